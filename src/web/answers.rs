//! The program of a page that draws nothing: gives the page's scripts a [`Desk`].
//!
//! The same crate without the feature `viewer`, a small part of the city's program in size: it is there at once, finds
//! places while the city is still coming, and answers where the city cannot be shown. The scripts that bring files and
//! show answers are assets/web/desk.js and its neighbours.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Object, Reflect, Uint8Array};
use url::Url;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

use super::Desk;
use super::object::{set, strings};
use crate::geo::Geodetic;
use crate::twin::Language;

type Held = Rc<RefCell<Option<Desk>>>;

/// Puts `stadtzwillingDesk` beside the page's scripts. Where that is refused there is no page to serve.
pub fn run() {
    let Some(window) = web_sys::window() else { return };
    let object = Object::new();
    let held = Held::default();
    let exposed = files(&object, &held).and_then(|()| questions(&object, &held));
    let _ = exposed.and_then(|()| Reflect::set(&window, &"stadtzwillingDesk".into(), &object));
}

/// `open`, `wanted`, `wantedNames`, `missing`, `take`, `lose`: addresses and bytes. What went wrong is a sentence,
/// `undefined` is well.
fn files(object: &Object, held: &Held) -> Result<(), JsValue> {
    let desk = Rc::clone(held);
    let open = move |url: String, twin: Uint8Array| {
        let url = Url::parse(&url).map_err(|error| error.to_string());
        let opened = url.and_then(|url| Desk::open(&url, &twin.to_vec()).map_err(|error| error.to_string()));
        reason(opened.map(|opened| _ = desk.replace(Some(opened))).err())
    };
    set(object, "open", Closure::<dyn Fn(String, Uint8Array) -> JsValue>::new(open))?;
    let desk = Rc::clone(held);
    let wanted = move || with(&desk, |desk| strings(desk.wanted().map(Url::as_str)));
    set(object, "wanted", Closure::<dyn Fn() -> JsValue>::new(wanted))?;
    let desk = Rc::clone(held);
    let names = move || with(&desk, |desk| strings(desk.wanted_names().map(Url::as_str)));
    set(object, "wantedNames", Closure::<dyn Fn() -> JsValue>::new(names))?;
    let desk = Rc::clone(held);
    let missing = move |lon_deg: f64, lat_deg: f64, radius_m: f64| {
        let place = Geodetic { lon_deg, lat_deg, height_m: 0.0 };
        with(&desk, |desk| strings(desk.missing(place, radius_m).iter().map(Url::as_str)))
    };
    set(object, "missing", Closure::<dyn Fn(f64, f64, f64) -> JsValue>::new(missing))?;
    let desk = Rc::clone(held);
    let take = move |url: String, bytes: Uint8Array| {
        let mut held = desk.borrow_mut();
        let (Ok(url), Some(desk)) = (Url::parse(&url), held.as_mut()) else { return JsValue::UNDEFINED };
        reason(desk.take(&url, bytes.to_vec()).err().map(|error| error.to_string()))
    };
    set(object, "take", Closure::<dyn Fn(String, Uint8Array) -> JsValue>::new(take))?;
    let desk = Rc::clone(held);
    let lose = move |url: String| {
        if let (Ok(url), Some(desk)) = (Url::parse(&url), desk.borrow_mut().as_mut()) {
            desk.lose(&url);
        }
    };
    set(object, "lose", Closure::<dyn Fn(String)>::new(lose))
}

/// `find`, `around`: JSON; `house`, `plan`: HTML, or `undefined` for what is not known.
fn questions(object: &Object, held: &Held) -> Result<(), JsValue> {
    let desk = Rc::clone(held);
    let find = move |typed: String, language: String, limit: u32, heading_deg: f64| {
        let language = Language::of_code(&language).unwrap_or_default();
        with(&desk, |desk| desk.find(&typed, language, limit as usize, heading_deg).into())
    };
    set(object, "find", Closure::<dyn Fn(String, String, u32, f64) -> JsValue>::new(find))?;
    let desk = Rc::clone(held);
    let around = move |lon_deg: f64, lat_deg: f64, radius_m: f64, language: String| {
        let place = Geodetic { lon_deg, lat_deg, height_m: 0.0 };
        let language = Language::of_code(&language).unwrap_or_default();
        with(&desk, |desk| desk.around(place, radius_m, language).into())
    };
    set(object, "around", Closure::<dyn Fn(f64, f64, f64, String) -> JsValue>::new(around))?;
    let desk = Rc::clone(held);
    let house = move |id: String, language: String| {
        let language = Language::of_code(&language).unwrap_or_default();
        with(&desk, |desk| desk.house(&id, language).map_or(JsValue::UNDEFINED, JsValue::from))
    };
    set(object, "house", Closure::<dyn Fn(String, String) -> JsValue>::new(house))?;
    let desk = Rc::clone(held);
    let plan = move |layer: String, plan: String, language: String| {
        let language = Language::of_code(&language).unwrap_or_default();
        with(&desk, |desk| desk.plan(&layer, &plan, language).map_or(JsValue::UNDEFINED, JsValue::from))
    };
    set(object, "plan", Closure::<dyn Fn(String, String, String) -> JsValue>::new(plan))
}

/// What went wrong; `undefined` where nothing did. No `Option`, which would be two values at once: a browser that runs the
/// program as a plain script (tools/site/plain.mjs) knows functions of one.
fn reason(error: Option<String>) -> JsValue {
    error.map_or(JsValue::UNDEFINED, JsValue::from)
}

/// What an open desk says; `undefined` before one is open.
fn with(desk: &Held, ask: impl FnOnce(&Desk) -> JsValue) -> JsValue {
    desk.borrow().as_ref().map_or(JsValue::UNDEFINED, ask)
}
