//! A browser: addresses alone, the page's canvas, downloads.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bevy::a11y::AccessibilityPlugin;
use bevy::app::{PanicHandlerPlugin, TaskPoolPlugin};
use bevy::camera::RenderTargetInfo;
use bevy::diagnostic::FrameCountPlugin;
use bevy::input::InputPlugin;
use bevy::platform::time::Instant;
use bevy::prelude::*;
use bevy::time::TimePlugin;
use bevy::window::{PresentMode, PrimaryWindow};
use bevy::winit::WinitPlugin;
use bevy_egui::EguiPreUpdateSet;
use bevy_egui::egui::{self, FontDefinitions};
use jiff::civil::DateTime;
use js_sys::{Array, Reflect};
use url::Url;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement};

use crate::twin::Language;
use crate::viewer::ViewerError;
use crate::viewer::drive::{Phase, TheCity};
use crate::viewer::options::{ViewerOptions, ViewerSource};
use crate::viewer::panel::subset;
use crate::viewer::scene::GraphicsSystems;
use crate::viewer::settings::Settings;
use crate::viewer::window::{city_app, ended, source_error, with_window};

/// The page's canvas.
pub const CANVAS: &str = "#city";

/// Whether the window has a search field of its own: the page has one in HTML, but not on a public screen, where what is
/// typed is forgotten with everything else.
pub fn has_search_field(is_public: bool) -> bool {
    is_public
}

/// What the page's search box takes at the upper left, points.
pub fn page_top_pt(is_public: bool) -> f32 {
    if is_public { 0.0 } else { 52.0 }
}

/// Opens an address in a tab of its own, which cannot reach back to this page.
pub fn open_link(_: &egui::Context, address: &str) {
    if let Some(window) = web_sys::window() {
        // Without a way back there is nothing to be had; a browser that refuses says so to its user.
        let _ = window.open_with_url_and_target_and_features(address, "_blank", "noopener");
    }
}

/// Hands the city to the page and comes back at once: from then on the browser calls for each frame.
pub fn run(options: ViewerOptions) -> Result<(), ViewerError> {
    ended(city_app(&options, with_window)?.run())
}

/// Those of Bevy's plugins that a page needs: no log, no assets and no renderer, which would be the larger part of the
/// program.
pub fn add_plugins(app: &mut App, window: WindowPlugin) {
    app.add_plugins((PanicHandlerPlugin, TaskPoolPlugin::default(), FrameCountPlugin, TimePlugin, InputPlugin))
        .add_plugins((window, AccessibilityPlugin, WinitPlugin::default()))
        .add_systems(PreUpdate, (look_out, measure).chain().before(EguiPreUpdateSet::InitContexts));
}

/// Makes what the panels are drawn for, once there is a city below them or a word to be said about it.
fn look_out(mut commands: Commands, city: Res<TheCity>, settings: Res<Settings>, mut is_there: Local<bool>) {
    let nothing_comes = matches!(city.phase, Phase::Failed(_)) || city.is_complete();
    if !*is_there && !settings.bench && (nothing_comes || !city.drawn().is_empty()) {
        commands.spawn(Camera::default());
        *is_there = true;
    }
}

/// Tells the panels how large the canvas is, which Bevy's renderer would.
fn measure(windows: Query<&bevy::window::Window, With<PrimaryWindow>>, mut cameras: Query<&mut Camera>) {
    let Ok(window) = windows.single() else { return };
    for mut camera in &mut cameras {
        let (physical_size, scale_factor) = (window.physical_size(), window.scale_factor());
        camera.computed.target_info = Some(RenderTargetInfo { physical_size, scale_factor });
    }
}

/// Has a system run when a frame's picture has been drawn.
pub fn after_drawing(app: &mut App, run: fn(&mut World)) {
    app.add_systems(Last, run.after(GraphicsSystems));
}

/// When the browser could take another picture. A page is told nothing of its graphics, but it is called for the next
/// picture no sooner than they can take it.
#[derive(Default)]
pub struct Readiness(Arc<Mutex<Called>>);

#[derive(Default)]
struct Called {
    at: Option<Instant>,
    is_awaited: bool,
}

impl Readiness {
    /// A picture has been drawn.
    pub fn ask(&mut self) {
        let Some(window) = web_sys::window().filter(|_| !lock(&self.0).is_awaited) else { return };
        let called = Arc::clone(&self.0);
        let call = Closure::once_into_js(move || {
            *lock(&called) = Called { at: Some(Instant::now()), is_awaited: false };
        });
        let is_awaited = window.request_animation_frame(call.unchecked_ref()).is_ok();
        *lock(&self.0) = Called { at: None, is_awaited };
    }

    /// When it was, if it was since it was asked.
    pub fn take(&mut self) -> Option<Instant> {
        lock(&self.0).at.take()
    }
}

fn lock(called: &Mutex<Called>) -> MutexGuard<'_, Called> {
    called.lock().unwrap_or_else(PoisonError::into_inner)
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

/// The page gives the canvas its room.
pub fn fill_the_screen(_app: &mut App) {}

/// Date and time by the browser's clock and time zone.
pub fn local_time() -> DateTime {
    let now = js_sys::Date::new_0();
    let date = jiff::civil::Date::new(now.get_full_year() as i16, now.get_month() as i8 + 1, now.get_date() as i8);
    let time = jiff::civil::Time::new(now.get_hours() as i8, now.get_minutes() as i8, 0, 0);
    date.unwrap_or_default().to_datetime(time.unwrap_or_default())
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
