//! The window, or one picture without a window.

use std::sync::Arc;
use std::time::Duration;

use bevy::app::ScheduleRunnerPlugin;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::renderer::RenderAdapterInfo;
use bevy::window::{ExitCondition, PresentMode, PrimaryWindow, WindowResolution};
use bevy::winit::{EventLoopProxyWrapper, UpdateMode, WinitPlugin, WinitSettings, WinitUserEvent};
use bevy_egui::EguiPlugin;
use glam::DVec2;
use url::Url;
use wgpu_types::DeviceType;

use super::drive::{DrivePlugin, Start};
use super::options::{Audience, ViewerOptions, ViewerSource};
use super::panel::PanelPlugin;
use super::settings::{Canvas, Settings};
use super::{ViewerError, ViewerSystems, camera, overlay, pick, scene, shot, state_log};
use crate::fetch::{Fetch, PlatformFetch};
use crate::stream::join;

/// Opens a window and runs until it is closed; or draws one picture and comes back, if a screenshot is asked for.
pub fn run(options: ViewerOptions) -> Result<(), ViewerError> {
    let options = &options;
    let Some(screenshot) = &options.screenshot else {
        return ended(city_app(options, Platform::Window)?.run());
    };
    let mut app = city_app(options, Platform::Picture)?;
    let plugin = shot::ShotPlugin::new(screenshot.path.clone(), options.size);
    let outcome = plugin.outcome();
    app.add_plugins(plugin);
    app.run();
    outcome.take()
}

/// What the app runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// A window.
    Window,
    /// No window; frames follow each other until the app ends itself.
    Picture,
    /// No window; whoever holds the app draws frame by frame, each from start to end before the next.
    Frames,
}

/// The app that shows a city, without a camera where there is no window.
pub fn city_app(options: &ViewerOptions, platform: Platform) -> Result<App, ViewerError> {
    let fetch: Arc<dyn Fetch> = Arc::new(PlatformFetch::new().map_err(|error| source_error(options, &error))?);
    let start = Start { url: source_url(options)?, fetch: Arc::clone(&fetch), camera: options.camera };
    let mut app = App::new();
    app.insert_resource(Settings::of(options)).insert_resource(ClearColor(Color::srgb(0.87, 0.91, 0.94)));
    let (width, height) = options.size;
    app.insert_resource(Canvas { size_pt: DVec2::new(f64::from(width), f64::from(height)), pixels_per_point: 1.0 });
    add_platform(&mut app, options, platform, &fetch);
    app.add_plugins((EguiPlugin::default(), scene::ScenePlugin, DrivePlugin { start })).add_plugins((
        camera::CameraPlugin,
        pick::PickPlugin,
        overlay::OverlayPlugin,
        PanelPlugin,
    ));
    if let Some(path) = &options.state_log {
        app.add_plugins(state_log::StateLogPlugin::new(path)?);
    }
    app.configure_sets(
        Update,
        (
            ViewerSystems::Open,
            ViewerSystems::Camera,
            ViewerSystems::Pick,
            ViewerSystems::Stream,
            ViewerSystems::Overlay,
        )
            .chain(),
    );
    Ok(app)
}

fn ended(exit: AppExit) -> Result<(), ViewerError> {
    match exit {
        AppExit::Success => Ok(()),
        AppExit::Error(code) => Err(ViewerError::Ended(code.get())),
    }
}

fn source_error(options: &ViewerOptions, reason: &dyn std::fmt::Display) -> ViewerError {
    let what = match &options.source {
        ViewerSource::Path(path) => path.display().to_string(),
        ViewerSource::Url(url) => url.to_string(),
    };
    ViewerError::Source { what, reason: reason.to_string() }
}

/// The address of what is to be opened; folders end with a slash.
fn source_url(options: &ViewerOptions) -> Result<Url, ViewerError> {
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

/// Bevy's plugins, with a window or without.
fn add_platform(app: &mut App, options: &ViewerOptions, platform: Platform, fetch: &Arc<dyn Fetch>) {
    let (width, height) = options.size;
    let log = LogPlugin { level: bevy::log::Level::WARN, filter: "error,stadtzwilling=warn".into(), ..default() };
    if platform != Platform::Window {
        let none = WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() };
        let plugins = DefaultPlugins.set(log).set(none).disable::<WinitPlugin>();
        match platform {
            Platform::Frames => app.add_plugins(plugins.disable::<PipelinedRenderingPlugin>()),
            _ => app.add_plugins((plugins, ScheduleRunnerPlugin::run_loop(Duration::from_millis(2)))),
        };
        return;
    }
    let window = Window {
        title: "Stadtzwilling".into(),
        name: Some("stadtzwilling".into()),
        resolution: WindowResolution::new(width, height),
        present_mode: PresentMode::AutoVsync,
        ..default()
    };
    app.add_plugins(DefaultPlugins.set(log).set(WindowPlugin { primary_window: Some(window), ..default() }))
        .insert_resource(WinitSettings {
            // Draw on demand: nothing is drawn until the user, the network or a flight asks for it.
            focused_mode: UpdateMode::reactive_low_power(Duration::MAX),
            unfocused_mode: UpdateMode::reactive_low_power(Duration::MAX),
        })
        .insert_resource(Arrivals(Arc::clone(fetch)))
        .add_systems(Startup, (spawn_camera, wake_on_arrival))
        .add_systems(PreUpdate, measure_canvas);
}

fn spawn_camera(mut commands: Commands, adapter: Option<Res<RenderAdapterInfo>>) {
    // Four samples a pixel are nearly free on a graphics card and cost several times the frame without one.
    let has_card = adapter.is_some_and(|adapter| adapter.device_type != DeviceType::Cpu);
    commands.spawn(city_camera(if has_card { Msaa::Sample4 } else { Msaa::Off }));
}

/// The components of the one camera: the city writes its colours as they are to be seen.
pub fn city_camera(msaa: Msaa) -> impl Bundle {
    (
        Camera3d::default(),
        msaa,
        bevy::core_pipeline::tonemapping::Tonemapping::None,
        bevy::core_pipeline::tonemapping::DebandDither::Disabled,
    )
}

/// What wakes the window when bytes arrive.
#[derive(Resource)]
struct Arrivals(Arc<dyn Fetch>);

fn wake_on_arrival(arrivals: Res<Arrivals>, proxy: Res<EventLoopProxyWrapper>) {
    let proxy = (**proxy).clone();
    arrivals.0.set_waker(Box::new(move || {
        // The window may be closing already; then there is nobody to wake.
        let _ = proxy.send_event(WinitUserEvent::WakeUp);
    }));
}

fn measure_canvas(windows: Query<&Window, With<PrimaryWindow>>, mut canvas: ResMut<Canvas>) {
    let Ok(window) = windows.single() else { return };
    let size_pt = DVec2::new(f64::from(window.width()), f64::from(window.height()));
    canvas.set_if_neq(Canvas { size_pt, pixels_per_point: window.scale_factor() });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::viewer::Theme;

    fn address(source: ViewerSource, audience: Audience) -> Result<String, String> {
        let options = ViewerOptions {
            source,
            audience,
            camera: None,
            size: (16, 16),
            screenshot: None,
            language: None,
            theme: Theme::Light,
            time: None,
            state_log: None,
        };
        source_url(&options).map(|url| url.to_string()).map_err(|error| error.to_string())
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
