//! A desktop: paths beside addresses, a window of its own or none, files.

use std::io;
use std::path::PathBuf;

use bevy::app::PluginGroupBuilder;
use bevy::asset::AssetEventSystems;
use bevy::camera::CameraMainTextureUsages;
use bevy::core_pipeline::tonemapping::{DebandDither, Tonemapping};
use bevy::log::{Level, LogPlugin};
use bevy::platform::time::Instant;
use bevy::prelude::*;
use bevy::render::render_resource::TextureUsages;
use bevy::render::renderer::RenderAdapterInfo;
use bevy::render::{ExtractSchedule, MainWorld, RenderApp};
use bevy::window::{
    Monitor, MonitorSelection, PresentMode, PrimaryMonitor, PrimaryWindow, RequestRedraw, WindowMode, WindowResolution,
};
use bevy_egui::EguiPostUpdateSet;
use bevy_egui::egui::{self, FontDefinitions};
use jiff::civil::DateTime;
use url::Url;
use wgpu_types::DeviceType;

use crate::stream::{StreamSettings, join};
use crate::twin::Language;
use crate::viewer::options::{Audience, ViewerOptions, ViewerSource};
use crate::viewer::window::{city_app, ended, source_error, source_name, with_window};
use crate::viewer::{ViewerError, shot};

/// Opens a window and runs until it is closed; or draws one picture and comes back, if a screenshot is asked for.
pub fn run(options: ViewerOptions) -> Result<(), ViewerError> {
    let options = &options;
    let Some(screenshot) = &options.screenshot else {
        return ended(city_app(options, with_window)?.run());
    };
    let mut app = city_app(options, shot::without_window)?;
    let plugin = shot::ShotPlugin::new(screenshot.path.clone(), options.size, source_name(options));
    let outcome = plugin.outcome();
    app.add_plugins(plugin);
    app.run();
    outcome.take()
}

/// Whether the window has a search field of its own.
pub fn has_search_field(_is_public: bool) -> bool {
    true
}

/// What a page around the window takes at its upper left, points.
pub fn page_top_pt(_is_public: bool) -> f32 {
    0.0
}

/// Opens an address in the system's browser.
pub fn open_link(context: &egui::Context, address: &str) {
    context.open_url(egui::OpenUrl::new_tab(address));
}

/// Bevy's plugins with a window, and the camera that looks into it.
pub fn add_plugins(app: &mut App, window: WindowPlugin) {
    app.add_plugins(logging(DefaultPlugins.build()).set(window)).add_systems(Startup, spawn_camera);
    // Letters that were not drawn before go into egui's texture in the frame that shows them. Were the renderer told only
    // in the next one, they would be missing for as long as nothing moves.
    app.configure_sets(PostUpdate, EguiPostUpdateSet::PostProcessOutput.before(AssetEventSystems));
}

fn spawn_camera(mut commands: Commands, adapter: Option<Res<RenderAdapterInfo>>) {
    // Four samples a pixel are nearly free on a graphics card and cost several times the frame without one.
    let has_card = adapter.is_some_and(|adapter| adapter.device_type != DeviceType::Cpu);
    commands.spawn(city_camera(if has_card { Msaa::Sample4 } else { Msaa::Off }));
}

/// The components of the one camera: the city writes its colours as they are to be seen.
pub fn city_camera(msaa: Msaa) -> impl Bundle {
    // A kept city is copied into what the camera draws into (`scene::kept`).
    let usages = CameraMainTextureUsages::default().with(TextureUsages::COPY_DST);
    (Camera3d::default(), msaa, Tonemapping::None, DebandDither::Disabled, usages)
}

/// Has a system run on the main world when a frame's picture has been handed to the renderer.
pub fn after_drawing(app: &mut App, run: fn(&mut World)) {
    if let Some(render_app) = app.get_sub_app_mut(RenderApp) {
        render_app.add_systems(ExtractSchedule, move |mut main: ResMut<MainWorld>| run(&mut main));
    }
}

/// When the renderer could take another frame. Here it takes none before the one before is done.
#[derive(Default)]
pub struct Readiness(Option<Instant>);

impl Readiness {
    /// A frame has been handed over.
    pub fn ask(&mut self) {
        self.0 = Some(Instant::now());
    }

    /// When it was, if it was since it was asked.
    pub fn take(&mut self) -> Option<Instant> {
        self.0.take()
    }
}

/// Only what is wrong is told, on standard error.
pub fn logging(plugins: PluginGroupBuilder) -> PluginGroupBuilder {
    plugins.set(LogPlugin { level: Level::WARN, filter: "error,stadtzwilling=warn".into(), ..default() })
}

/// Tells whoever looks after the program that something went wrong.
pub fn complain(what: &str) {
    warn!("{what}");
}

/// The fonts of the panels; `None` are egui's own.
pub fn fonts() -> Option<FontDefinitions> {
    None
}

/// Bytes that tiles may hold.
pub fn tile_budget_bytes() -> u64 {
    StreamSettings::default().budget_bytes
}

/// The address of what is to be opened; folders end with a slash.
pub fn source_url(options: &ViewerOptions) -> Result<Url, ViewerError> {
    let path = match &options.source {
        ViewerSource::Url(url) => return release_of(url, options),
        ViewerSource::Path(path) => path.canonicalize().map_err(|error| source_error(options, &error))?,
    };
    let url = if path.is_dir() { Url::from_directory_path(&path) } else { Url::from_file_path(&path) };
    let url = release_of(&url.map_err(|()| source_error(options, &"not a path that can be opened"))?, options)?;
    let planners = options.audience == Audience::Planner && path.is_dir();
    if planners && !path.join("planner").is_dir() {
        return Err(source_error(options, &"there is no release for planners (no folder planner/)"));
    }
    Ok(url)
}

/// The address of the release for an audience. The public one is found in a twin's folder by itself, the privileged one
/// only where it is asked for; a file is what it is.
fn release_of(url: &Url, options: &ViewerOptions) -> Result<Url, ViewerError> {
    let mut folder = url.clone();
    if options.audience == Audience::Citizen || url.path().ends_with(".json") {
        return Ok(folder);
    }
    if !folder.path().ends_with('/') {
        folder.set_path(&format!("{}/", url.path()));
    }
    join(&folder, "planner/").map_err(|error| source_error(options, &error))
}

/// The window that the city is shown in; that of a public screen has no border to take hold of.
pub fn window(options: &ViewerOptions) -> Window {
    let (width, height) = options.size;
    let fills_the_screen = options.kiosk.as_ref().is_some_and(|kiosk| !kiosk.windowed);
    Window {
        title: "Stadtzwilling".into(),
        name: Some("stadtzwilling".into()),
        resolution: WindowResolution::new(width, height),
        present_mode: PresentMode::AutoVsync,
        decorations: !fills_the_screen,
        ..default()
    }
}

/// Has the window fill the screen once it is known how large that is. Asked for at the start it would be a wish to the
/// window manager alone: where there is none the window would stay small, and be taken for a large one.
pub fn fill_the_screen(app: &mut App) {
    app.add_systems(Update, fill);
}

fn fill(
    mut windows: Query<&mut Window, With<PrimaryWindow>>,
    monitors: Query<(&Monitor, Has<PrimaryMonitor>)>,
    mut is_full: Local<bool>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if *is_full {
        return;
    }
    let Some((screen, _)) = monitors.iter().max_by_key(|(_, is_primary)| *is_primary) else { return };
    let Ok(mut window) = windows.single_mut() else { return };
    window.mode = WindowMode::BorderlessFullscreen(MonitorSelection::Primary);
    window.resolution.set_physical_resolution(screen.physical_width, screen.physical_height);
    *is_full = true;
    redraw.write(RequestRedraw);
}

/// Date and time by the system's clock and time zone.
pub fn local_time() -> DateTime {
    jiff::Zoned::now().datetime()
}

/// The language that the system's settings ask for; German where they do not say.
pub fn system_language() -> Language {
    language_of(|name| std::env::var(name).ok())
}

/// The language of the first variable that is set, which one without a value is not (POSIX, 8.2).
fn language_of(variable: impl Fn(&str) -> Option<String>) -> Language {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let asked = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    asked.and_then(|locale| Language::of_locale(&locale)).unwrap_or_default()
}

/// Saves a text in the user's home (or the current folder) and gives the path. Never replaces a file.
pub fn save(file_name: &str, content: &str) -> io::Result<String> {
    let folder = std::env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let (stem, extension) = file_name.rsplit_once('.').unwrap_or((file_name, "txt"));
    for number in 0..1000 {
        let name = if number == 0 { format!("{stem}.{extension}") } else { format!("{stem}-{number}.{extension}") };
        let path = folder.join(name);
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                io::Write::write_all(&mut file, content.as_bytes())?;
                return Ok(path.display().to_string());
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(source: ViewerSource, audience: Audience) -> Result<String, String> {
        let options = ViewerOptions { audience, ..ViewerOptions::new(source) };
        source_url(&options).map(|url| url.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_variable_without_a_value_is_not_set() {
        let of = |set: &[(&str, &str)]| {
            let found = |name: &str| set.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
            language_of(found)
        };
        assert_eq!(of(&[("LC_ALL", ""), ("LC_MESSAGES", ""), ("LANG", "en_US.UTF-8")]), Language::En);
        assert_eq!(of(&[("LC_ALL", "de_DE.UTF-8"), ("LANG", "en_US.UTF-8")]), Language::De);
        assert_eq!(of(&[]), Language::default());
    }

    #[test]
    fn planners_get_their_release_or_are_told_that_there_is_none() {
        let url = |text: &str| ViewerSource::Url(Url::parse(text).expect("an address"));
        let planner = |text: &str| address(url(text), Audience::Planner).expect("an address");
        assert_eq!(planner("https://city.example/munich"), "https://city.example/munich/planner/");
        assert_eq!(planner("https://city.example/munich/?key=1"), "https://city.example/munich/planner/?key=1");
        assert_eq!(planner("https://city.example/a/twin.json"), "https://city.example/a/twin.json");
        let citizen = address(url("https://city.example/munich"), Audience::Citizen);
        assert_eq!(citizen.as_deref(), Ok("https://city.example/munich"));
        let folder = tempfile::tempdir().expect("a folder");
        let twin = || ViewerSource::Path(folder.path().to_owned());
        let refused = address(twin(), Audience::Planner).expect_err("there is no planner/");
        assert!(refused.contains("no folder planner/"), "{refused}");
        std::fs::create_dir(folder.path().join("planner")).expect("a folder");
        assert!(address(twin(), Audience::Planner).expect("there is one").ends_with("/planner/"));
        assert!(!address(twin(), Audience::Citizen).expect("a folder").contains("planner"));
    }
}
