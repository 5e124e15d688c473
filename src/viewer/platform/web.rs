//! A browser: addresses alone, the page's canvas, downloads.

use std::io;

use bevy::app::PluginGroupBuilder;
use bevy::prelude::*;
use bevy::window::PresentMode;
use bevy_egui::egui::FontDefinitions;
use js_sys::{Array, Reflect};
use url::Url;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement};

use crate::twin::Language;
use crate::viewer::ViewerError;
use crate::viewer::options::{ViewerOptions, ViewerSource};
use crate::viewer::panel::subset;
use crate::viewer::window::{city_app, ended, source_error, with_window};

/// The page's canvas.
const CANVAS: &str = "#city";

/// Hands the city to the page and comes back at once: from then on the browser calls for each frame.
pub fn run(options: ViewerOptions) -> Result<(), ViewerError> {
    ended(city_app(&options, with_window)?.run())
}

/// The engine's own log is left out: it would be a tenth of the program.
pub fn logging(plugins: PluginGroupBuilder) -> PluginGroupBuilder {
    plugins
}

/// Tells whoever looks into the browser's console that something went wrong.
pub fn complain(what: &str) {
    web_sys::console::warn_1(&what.into());
}

/// The fonts of the panels: those that egui has, cut down to what is written here.
pub fn fonts() -> Option<FontDefinitions> {
    Some(subset())
}

/// Bytes that tiles may hold: a sixteenth of the machine's memory where the browser tells it, in steps that give no
/// machine away; else what a phone can spare.
pub fn tile_budget_bytes() -> u64 {
    const MEBIBYTE: u64 = 1024 * 1024;
    let memory = web_sys::window().map(|window| Reflect::get(&window.navigator(), &"deviceMemory".into()));
    let gibibytes = memory.and_then(Result::ok).and_then(|memory| memory.as_f64());
    gibibytes.map_or(192, |gibibytes| (gibibytes * 64.0).clamp(128.0, 512.0) as u64) * MEBIBYTE
}

/// The address of what is to be opened. There are no paths in a browser.
pub fn source_url(options: &ViewerOptions) -> Result<Url, ViewerError> {
    match &options.source {
        ViewerSource::Url(url) => Ok(url.clone()),
        ViewerSource::Path(_) => Err(source_error(options, &"a browser opens addresses, not paths")),
    }
}

/// The canvas of the page, as large as the page gives it room. Keys and gestures that the city does not use stay the
/// browser's: reload, zoom, the way back.
pub fn window(_options: &ViewerOptions) -> Window {
    Window {
        canvas: Some(CANVAS.to_owned()),
        fit_canvas_to_parent: true,
        prevent_default_event_handling: false,
        present_mode: PresentMode::AutoVsync,
        ..default()
    }
}

/// The first of the browser's languages that the city speaks; German where there is none.
pub fn system_language() -> Language {
    let Some(window) = web_sys::window() else { return Language::default() };
    let asked = window.navigator().languages().iter().filter_map(|language| language.as_string()).collect::<Vec<_>>();
    asked.iter().find_map(|language| Language::of_locale(language)).unwrap_or_default()
}

/// Gives a text to the browser as a download and says under which name.
pub fn save(file_name: &str, content: &str) -> io::Result<String> {
    download(file_name, content)
        .map(|()| file_name.to_owned())
        .map_err(|error| io::Error::other(format!("the browser refused: {error:?}")))
}

fn download(file_name: &str, content: &str) -> Result<(), JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or("there is no page")?;
    let kind = BlobPropertyBag::new();
    let is_page = file_name.ends_with(".html");
    kind.set_type(if is_page { "text/html;charset=utf-8" } else { "text/plain;charset=utf-8" });
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&content.into()), &kind)?;
    let address = web_sys::Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = document.create_element("a")?.dyn_into()?;
    link.set_href(&address);
    link.set_download(file_name);
    link.click();
    web_sys::Url::revoke_object_url(&address)
}
