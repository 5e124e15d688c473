//! The page that the program runs in: its address, and what its scripts may read.

use std::sync::{Arc, Mutex, PoisonError};

use js_sys::{Object, Reflect};
use url::Url;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{CustomEvent, CustomEventInit, Window};

use super::object::set;
use super::{Address, pin, query};
use crate::twin::{CameraPose, Link};
use crate::viewer::{
    self, Act, Bench, Comfort, Figures, Kiosk, Pin, Remote, Signal, StateLog, Theme, Thrift, ViewerOptions,
    ViewerSource,
};

/// Where the published twin lies beside the page.
const TWIN: &str = "twin/public/twin.json";

/// Opens the twin beside the page. What goes wrong is told to the page.
pub fn run() {
    if let Err(reason) = start() {
        tell(&Signal::Failed(reason));
    }
}

fn start() -> Result<(), String> {
    let window = web_sys::window().ok_or("this is no page")?;
    let Address { link, state, bench, kiosk } = Address::parse(&said_by_address(&window));
    let here = beside_the_page(&window, "")?;
    let remote = Remote::new(tell).found_at(move |link| at_home(here.clone(), link));
    let measured = bench.is_some().then(Bench::default);
    let language = link.language;
    remote.show(link);
    let clock: Arc<Mutex<Option<f64>>> = Arc::default();
    let exposed = expose(&window, &remote, state.then_some(&clock), measured.as_ref());
    exposed.map_err(|error| format!("the page cannot be spoken to: {error:?}"))?;
    let source = ViewerSource::Url(beside_the_page(&window, bench.as_deref().unwrap_or(TWIN))?);
    viewer::run(ViewerOptions {
        language,
        theme: theme(&window),
        comfort: comfort(&window),
        thrift: thrift(&window),
        state_log: state.then(|| StateLog::Page(remote.clone())),
        remote: Some(remote),
        bench: measured,
        kiosk: kiosk.map(|idle_secs| Kiosk {
            pin: operators_pin(&window),
            alive: Some(Arc::new(say_alive)),
            clock: state.then(|| told_by(clock)),
            ..Kiosk::new(idle_secs)
        }),
        ..ViewerOptions::new(source)
    })
    .map_err(|error| error.to_string())
}

/// What opens the operator's menu. What is no PIN is not told: it may be nearly right.
fn operators_pin(window: &Window) -> Option<Pin> {
    let given = pin(&window.location().hash().unwrap_or_default())?;
    let pin = Pin::new(&given);
    if pin.is_none() {
        web_sys::console::warn_1(&"stadtzwilling: a PIN has 4 to 16 digits and nothing else".into());
    }
    pin
}

/// Tells the page that all is well; assets/web/kiosk.js waits for it.
fn say_alive() -> bool {
    // There always is a page; one that did not hear it starts again.
    let _ = dispatch("alive", JsValue::NULL);
    true
}

/// What a test has set its clock to.
fn told_by(clock: Arc<Mutex<Option<f64>>>) -> Arc<dyn Fn() -> Option<f64> + Send + Sync> {
    Arc::new(move || *clock.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What the page's address says: its settings after `?`, the view after `#`, as one query.
fn said_by_address(window: &Window) -> String {
    let location = window.location();
    let (query, view) = (location.search().unwrap_or_default(), location.hash().unwrap_or_default());
    format!("{query}&{}", view.trim_start_matches('#'))
}

/// An address relative to the page's own.
fn beside_the_page(window: &Window, path: &str) -> Result<Url, String> {
    let page = window.document().and_then(|document| document.base_uri().ok().flatten());
    let page = Url::parse(&page.ok_or("the page has no address")?).map_err(|error| error.to_string())?;
    page.join(path).map_err(|error| error.to_string())
}

/// A view as an address of the page, for who comes from elsewhere: what is set for one visit is left out.
fn at_home(mut page: Url, link: &Link) -> String {
    page.set_query(None);
    page.set_fragment(Some(&query(link)));
    page.into()
}

/// What the system is set to.
fn theme(window: &Window) -> Theme {
    if asks_for(window, "(prefers-color-scheme: dark)") { Theme::Dark } else { Theme::Light }
}

/// What the system asks for; the page's script tells when that changes.
fn comfort(window: &Window) -> Comfort {
    Comfort {
        still: asks_for(window, "(prefers-reduced-motion: reduce)"),
        contrast: asks_for(window, "(prefers-contrast: more)") || asks_for(window, "(forced-colors: active)"),
    }
}

/// What the page has found out about line and memory; see assets/web/thrift.js and failures.js.
fn thrift(window: &Window) -> Thrift {
    let body = window.document().and_then(|document| document.body());
    let says = |name, value| body.as_ref().and_then(|body| body.get_attribute(name)).is_some_and(|said| said == value);
    Thrift { bytes: says("data-saver", "1"), memory: says("data-detail", "low") }
}

fn asks_for(window: &Window, query: &str) -> bool {
    matches!(window.match_media(query), Ok(Some(asked)) if asked.matches())
}

/// Tells the page's scripts: an event `stadtzwilling` whose detail has a `phase` (a word), and `text`: what went wrong,
/// the view that is shown as the part of an address after `#`, or as JSON how it looks or what changed in the mirror.
fn tell(signal: &Signal) {
    let (phase, text) = match signal {
        Signal::Drawn => ("drawn", None),
        Signal::Complete => ("complete", None),
        Signal::Failed(reason) => ("failed", Some(reason.clone())),
        Signal::Shows(link) => ("shows", Some(query(link))),
        Signal::Looks(looks) => ("looks", serde_json::to_string(looks).ok()),
        Signal::Mirror(change) => ("mirror", serde_json::to_string(change).ok()),
        Signal::Forgotten => ("forgotten", None),
        Signal::Ends { for_good: true } => ("ends", None),
        Signal::Ends { for_good: false } => ("anew", None),
    };
    // A page that nobody listens in is told nothing.
    let _ = dispatch(phase, text.map_or(JsValue::NULL, JsValue::from));
}

fn dispatch(phase: &str, text: JsValue) -> Result<bool, JsValue> {
    let detail = Object::new();
    Reflect::set(&detail, &"phase".into(), &phase.into())?;
    Reflect::set(&detail, &"text".into(), &text)?;
    let event = CustomEventInit::new();
    event.set_detail(&detail);
    let event = CustomEvent::new_with_event_init_dict("stadtzwilling", &event)?;
    web_sys::window().map_or(Ok(false), |window| window.dispatch_event(&event))
}

/// `stadtzwilling.show(query)` shows what an address says, `stadtzwilling.lead(query)` so that what it selects is seen
/// beside its panel, `stadtzwilling.act(json)` does something with what is mirrored. For tests, `stadtzwilling.state()` gives what the last frame shows, as JSON, and
/// `stadtzwilling.clock(secs)` sets the time that visits to a public screen go by. For benchmarks, see [`measure`].
fn expose(
    window: &Window,
    remote: &Remote,
    clock: Option<&Arc<Mutex<Option<f64>>>>,
    bench: Option<&Bench>,
) -> Result<(), JsValue> {
    let object = Object::new();
    let asked = remote.clone();
    set(&object, "show", Closure::<dyn Fn(String)>::new(move |query: String| asked.show(Address::parse(&query).link)))?;
    let asked = remote.clone();
    set(&object, "lead", Closure::<dyn Fn(String)>::new(move |query: String| asked.lead(Address::parse(&query).link)))?;
    let asked = remote.clone();
    let act = move |json: String| {
        if let Ok(act) = serde_json::from_str::<Act>(&json) {
            asked.act(act);
        }
    };
    set(&object, "act", Closure::<dyn Fn(String)>::new(act))?;
    if let Some(clock) = clock {
        let asked = remote.clone();
        set(&object, "state", Closure::<dyn Fn() -> String>::new(move || asked.state()))?;
        let (clock, woken) = (Arc::clone(clock), remote.clone());
        let tell = move |secs: f64| {
            *clock.lock().unwrap_or_else(PoisonError::into_inner) = Some(secs);
            woken.wake();
        };
        set(&object, "clock", Closure::<dyn Fn(f64)>::new(tell))?;
    }
    if let Some(bench) = bench {
        measure(&object, remote, bench)?;
    }
    Reflect::set(window, &"stadtzwilling".into(), &object).map(|_| ())
}

/// What assets/web/bench.js makes the benchmark's contract of.
fn measure(object: &Object, remote: &Remote, bench: &Bench) -> Result<(), JsValue> {
    let asked = bench.clone();
    let look = move |pose: Vec<f64>| {
        if let &[lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg, fov_y_deg] = pose.as_slice() {
            asked.look(CameraPose { lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg }, fov_y_deg);
        }
    };
    set(object, "look", Closure::<dyn Fn(Vec<f64>)>::new(look))?;
    let asked = bench.clone();
    set(object, "pick", Closure::<dyn Fn(f64, f64) -> String>::new(move |x: f64, y: f64| asked.pick([x, y])))?;
    let woken = remote.clone();
    set(object, "wake", Closure::<dyn Fn()>::new(move || woken.wake()))?;
    let asked = bench.clone();
    let figures = move || {
        let Figures { frames, pending, tiles, triangles } = asked.figures();
        vec![frames as f64, pending as f64, tiles as f64, triangles as f64]
    };
    set(object, "figures", Closure::<dyn Fn() -> Vec<f64>>::new(figures))
}
