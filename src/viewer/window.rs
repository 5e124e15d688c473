//! The app that shows a city, and the window that it is shown in.

use std::sync::Arc;
use std::time::Duration;

use bevy::prelude::*;
use bevy::window::{CursorOptions, PrimaryWindow, RequestRedraw};
use bevy::winit::{EventLoopProxyWrapper, UpdateMode, WinitSettings, WinitUserEvent};
use bevy_egui::EguiPlugin;
use glam::DVec2;

use super::drive::{DrivePlugin, Start};
use super::options::{ViewerOptions, ViewerSource};
use super::panel::PanelPlugin;
use super::remote::Held;
use super::settings::{Canvas, Settings};
use super::{
    ViewerError, ViewerSystems, access, bench, camera, fluency, kiosk, overlay, pace, pick, places, platform, remote,
    scene, search, sights, state_log, walk,
};
use crate::fetch::{Fetch, PlatformFetch};

/// The app that shows a city. `add_platform` adds Bevy's own plugins: [`with_window`], or those of an app without one,
/// which then makes its own camera.
pub fn city_app(
    options: &ViewerOptions,
    add_platform: impl FnOnce(&mut App, &ViewerOptions, &Arc<dyn Fetch>),
) -> Result<App, ViewerError> {
    let fetch: Arc<dyn Fetch> = Arc::new(PlatformFetch::new().map_err(|error| source_error(options, &error))?);
    let start = Start {
        url: platform::source_url(options)?,
        fetch: Arc::clone(&fetch),
        camera: options.camera,
        thrift: options.thrift,
        audience: options.audience,
    };
    let mut app = App::new();
    app.insert_resource(Settings::of(options));
    let (width, height) = options.size;
    app.insert_resource(Canvas { size_pt: DVec2::new(f64::from(width), f64::from(height)), pixels_per_point: 1.0 });
    add_platform(&mut app, options, &fetch);
    app.add_plugins((EguiPlugin::default(), scene::ScenePlugin, DrivePlugin { start })).add_plugins((
        camera::CameraPlugin,
        fluency::FluencyPlugin,
        pick::PickPlugin,
        overlay::OverlayPlugin,
        search::SearchPlugin,
        places::PlacesPlugin,
        sights::SightsPlugin,
        PanelPlugin,
        walk::WalkPlugin,
        access::AccessPlugin,
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
    if let Some(kiosk) = &options.kiosk {
        app.add_plugins(kiosk::KioskPlugin { kiosk: kiosk.clone() });
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
    ViewerError::Source { what: source_name(options), reason: reason.to_string() }
}

/// What is to be opened, as it was named.
pub fn source_name(options: &ViewerOptions) -> String {
    match &options.source {
        ViewerSource::Path(path) => path.display().to_string(),
        ViewerSource::Url(url) => url.to_string(),
    }
}

/// Bevy's plugins with a window.
pub fn with_window(app: &mut App, options: &ViewerOptions, fetch: &Arc<dyn Fetch>) {
    let holds_on = options.kiosk.as_ref().is_some_and(|kiosk| !kiosk.windowed);
    let window = WindowPlugin {
        primary_window: Some(platform::window(options)),
        primary_cursor_options: Some(CursorOptions { visible: options.kiosk.is_none(), ..default() }),
        // A public screen is not closed by whoever finds the keys for it.
        close_when_requested: !holds_on,
        ..default()
    };
    platform::add_plugins(app, window);
    app.add_plugins(pace::PacePlugin);
    if holds_on {
        platform::fill_the_screen(app);
    }
    app.insert_resource(WinitSettings {
        // Draw on demand: nothing is drawn until the user, the network or a flight asks for it.
        focused_mode: UpdateMode::reactive_low_power(Duration::MAX),
        unfocused_mode: UpdateMode::reactive_low_power(Duration::MAX),
    })
    .insert_resource(Arrivals(Arc::clone(fetch)))
    .add_systems(Startup, wake_on_arrival)
    .add_systems(PreUpdate, measure_canvas);
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

/// Frames until the panels lie where they belong in a window of another size: they hear of it in the next one, and are
/// placed by the size that they had in the one before.
const FRAMES_TO_SETTLE: u8 = 3;

fn measure_canvas(
    windows: Query<&Window, With<PrimaryWindow>>,
    mut canvas: ResMut<Canvas>,
    mut unsettled: Local<u8>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let Ok(window) = windows.single() else { return };
    let size_pt = DVec2::new(f64::from(window.width()), f64::from(window.height()));
    if canvas.set_if_neq(Canvas { size_pt, pixels_per_point: window.scale_factor() }) {
        *unsettled = FRAMES_TO_SETTLE;
    }
    if *unsettled > 0 {
        *unsettled -= 1;
        redraw.write(RequestRedraw);
    }
}
