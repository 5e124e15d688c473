//! The app that shows a city, and the window that it is shown in.

use std::sync::Arc;
use std::time::Duration;

use bevy::prelude::*;
use bevy::render::renderer::RenderAdapterInfo;
use bevy::window::PrimaryWindow;
use bevy::winit::{EventLoopProxyWrapper, UpdateMode, WinitSettings, WinitUserEvent};
use bevy_egui::EguiPlugin;
use glam::DVec2;
use wgpu_types::DeviceType;

use super::drive::{DrivePlugin, Start};
use super::options::{ViewerOptions, ViewerSource};
use super::panel::PanelPlugin;
use super::remote::Held;
use super::settings::{Canvas, Settings};
use super::{ViewerError, ViewerSystems, bench, camera, overlay, pick, places, platform, remote, scene, state_log};
use crate::fetch::{Fetch, PlatformFetch};

/// The app that shows a city. `add_platform` adds Bevy's own plugins: [`with_window`], or those of an app without one,
/// which then makes its own camera.
pub fn city_app(
    options: &ViewerOptions,
    add_platform: impl FnOnce(&mut App, &ViewerOptions, &Arc<dyn Fetch>),
) -> Result<App, ViewerError> {
    let fetch: Arc<dyn Fetch> = Arc::new(PlatformFetch::new().map_err(|error| source_error(options, &error))?);
    let start = Start { url: platform::source_url(options)?, fetch: Arc::clone(&fetch), camera: options.camera };
    let mut app = App::new();
    app.insert_resource(Settings::of(options)).insert_resource(ClearColor(Color::srgb(0.87, 0.91, 0.94)));
    let (width, height) = options.size;
    app.insert_resource(Canvas { size_pt: DVec2::new(f64::from(width), f64::from(height)), pixels_per_point: 1.0 });
    add_platform(&mut app, options, &fetch);
    app.add_plugins((EguiPlugin::default(), scene::ScenePlugin, DrivePlugin { start })).add_plugins((
        camera::CameraPlugin,
        pick::PickPlugin,
        overlay::OverlayPlugin,
        places::PlacesPlugin,
        PanelPlugin,
    ));
    if let Some(log) = &options.state_log {
        app.add_plugins(state_log::StateLogPlugin::new(log)?);
    }
    if let Some(remote) = &options.remote {
        app.add_plugins(remote::RemotePlugin { remote: remote.clone() });
    }
    if let Some(bench) = &options.bench {
        app.add_plugins(bench::BenchPlugin { bench: bench.clone() });
    }
    app.configure_sets(
        Update,
        (
            ViewerSystems::Open,
            ViewerSystems::Camera,
            ViewerSystems::Pick,
            ViewerSystems::Stream,
            ViewerSystems::Overlay,
            ViewerSystems::Places,
        )
            .chain(),
    );
    Ok(app)
}

/// What an app's end means.
pub fn ended(exit: AppExit) -> Result<(), ViewerError> {
    match exit {
        AppExit::Success => Ok(()),
        AppExit::Error(code) => Err(ViewerError::Ended(code.get())),
    }
}

/// The error for what cannot be opened.
pub fn source_error(options: &ViewerOptions, reason: &dyn std::fmt::Display) -> ViewerError {
    let what = match &options.source {
        ViewerSource::Path(path) => path.display().to_string(),
        ViewerSource::Url(url) => url.to_string(),
    };
    ViewerError::Source { what, reason: reason.to_string() }
}

/// Bevy's plugins with a window.
pub fn with_window(app: &mut App, options: &ViewerOptions, fetch: &Arc<dyn Fetch>) {
    let window = WindowPlugin { primary_window: Some(platform::window(options)), ..default() };
    app.add_plugins(platform::logging(DefaultPlugins.build()).set(window))
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

/// Where bytes arrive that wake the window.
#[derive(Resource)]
struct Arrivals(Arc<dyn Fetch>);

fn wake_on_arrival(arrivals: Res<Arrivals>, held: Option<Res<Held>>, proxy: Res<EventLoopProxyWrapper>) {
    let wake = || {
        let proxy = (**proxy).clone();
        move || {
            // The window may be closing already; then there is nobody to wake.
            let _ = proxy.send_event(WinitUserEvent::WakeUp);
        }
    };
    arrivals.0.set_waker(Box::new(wake()));
    if let Some(held) = held {
        held.remote.set_wake(wake());
    }
}

fn measure_canvas(windows: Query<&Window, With<PrimaryWindow>>, mut canvas: ResMut<Canvas>) {
    let Ok(window) = windows.single() else { return };
    let size_pt = DVec2::new(f64::from(window.width()), f64::from(window.height()));
    canvas.set_if_neq(Canvas { size_pt, pixels_per_point: window.scale_factor() });
}
