//! One picture without a window: waits until everything in view has come, writes it and ends.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bevy::app::{PluginGroupBuilder, ScheduleRunnerPlugin};
use bevy::asset::RenderAssetUsages;
use bevy::camera::RenderTarget;
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat, TextureUsages};
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::window::ExitCondition;
use bevy::winit::WinitPlugin;

use super::drive::{Phase, TheCity};
use super::options::ViewerOptions;
use super::overlay::Layers;
use super::platform::city_camera;
use super::{ViewerError, platform};
use crate::fetch::Fetch;

/// Takes the picture.
pub struct ShotPlugin {
    path: PathBuf,
    size: (u32, u32),
    source: String,
    outcome: Outcome,
}

/// How it went, once the app has ended.
#[derive(Clone, Default)]
pub struct Outcome(Arc<Mutex<Option<Result<(), ViewerError>>>>);

impl Outcome {
    fn set(&self, outcome: Result<(), ViewerError>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    }

    /// How it went.
    pub fn take(&self) -> Result<(), ViewerError> {
        let outcome = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        outcome.unwrap_or_else(|| {
            Err(ViewerError::Screenshot { path: String::new(), reason: "ended before the picture was taken".into() })
        })
    }
}

impl ShotPlugin {
    /// A picture of that size for that path; `source` is the name of what it is of.
    pub fn new(path: PathBuf, size: (u32, u32), source: String) -> Self {
        Self { path, size, source, outcome: Outcome::default() }
    }

    /// Where the outcome will stand.
    pub fn outcome(&self) -> Outcome {
        self.outcome.clone()
    }
}

impl Plugin for ShotPlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(Shot {
            path: self.path.clone(),
            size: self.size,
            source: self.source.clone(),
            outcome: self.outcome.clone(),
            image: Handle::default(),
            settled_frames: 0,
        })
        .add_systems(Startup, set_up)
        .add_systems(Last, take);
    }
}

#[derive(Resource)]
struct Shot {
    path: PathBuf,
    size: (u32, u32),
    source: String,
    outcome: Outcome,
    image: Handle<Image>,
    settled_frames: u32,
}

/// Bevy's plugins for an app that draws one frame after the other without a window, until it ends itself.
pub fn without_window(app: &mut App, _options: &ViewerOptions, _fetch: &Arc<dyn Fetch>) {
    app.add_plugins((windowless_plugins(), ScheduleRunnerPlugin::run_loop(Duration::from_millis(2))));
}

/// Bevy's plugins without a window.
pub fn windowless_plugins() -> PluginGroupBuilder {
    let none = WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() };
    platform::logging(DefaultPlugins.build()).set(none).disable::<WinitPlugin>()
}

/// Frames that everything must have been there for: the panels need some to find their place.
const SETTLED_FRAMES: u32 = 4;

fn set_up(mut commands: Commands, mut images: ResMut<Assets<Image>>, mut shot: ResMut<Shot>) {
    shot.image = images.add(canvas_image(shot.size));
    // Nobody sees what is drawn before everything has come.
    let waiting = Camera { is_active: false, ..default() };
    commands.spawn((city_camera(Msaa::Sample4), waiting, RenderTarget::Image(shot.image.clone().into())));
}

/// An image that a camera can draw to in place of a window.
pub fn canvas_image((width, height): (u32, u32)) -> Image {
    let size = Extent3d { width, height, depth_or_array_layers: 1 };
    let format = TextureFormat::Rgba8UnormSrgb;
    let mut image = Image::new_fill(size, TextureDimension::D2, &[0; 4], format, RenderAssetUsages::default());
    image.texture_descriptor.usage |= TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC;
    image
}

fn take(
    mut shot: ResMut<Shot>,
    city: Res<TheCity>,
    layers: Res<Layers>,
    mut cameras: Query<&mut Camera>,
    mut commands: Commands,
    mut exit: MessageWriter<AppExit>,
) {
    let lost = city.setback().filter(|setback| setback.is_lost()).map(|setback| setback.why.clone());
    let failed = if let Phase::Failed(why) = &city.phase { Some(why.clone()) } else { lost };
    if let Some(why) = failed {
        shot.outcome.set(Err(ViewerError::Source { what: shot.source.clone(), reason: why.to_string() }));
        exit.write(AppExit::Success);
        return;
    }
    let settled = city.is_complete() && layers.is_complete() && !city.tiles_changed;
    shot.settled_frames = if settled { shot.settled_frames + 1 } else { 0 };
    for mut camera in &mut cameras {
        camera.is_active = settled;
    }
    if shot.settled_frames == SETTLED_FRAMES {
        commands.spawn(Screenshot::image(shot.image.clone())).observe(write);
    }
}

fn error(shot: &Shot, reason: &dyn std::fmt::Display) -> ViewerError {
    ViewerError::Screenshot { path: shot.path.display().to_string(), reason: reason.to_string() }
}

/// What the picture should show and does not, one a line; `None` where everything came.
fn missing(city: &TheCity, layers: &Layers) -> Option<String> {
    let tiles = city.status.failed.iter().map(|(_, why)| why.to_string());
    let untold = city.status.failed_count.saturating_sub(city.status.failed.len());
    let more = (untold > 0).then(|| format!("and {untold} more tiles"));
    let of_layers = layers.iter().filter_map(|layer| Some(format!("{}: {}", layer.info.id, layer.setback()?.why)));
    // Where something failed, that is why.
    let empty = city.drawn().is_empty() && city.status.failed_count == 0;
    let empty = empty.then(|| "nothing of the city is in view".to_owned());
    let lines: Vec<String> = tiles.chain(more).chain(of_layers).chain(empty).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn write(
    captured: On<ScreenshotCaptured>,
    shot: Res<Shot>,
    city: Res<TheCity>,
    layers: Res<Layers>,
    mut exit: MessageWriter<AppExit>,
) {
    let written = captured
        .image
        .clone()
        .try_into_dynamic()
        .map_err(|reason| error(&shot, &reason))
        .and_then(|picture| picture.to_rgb8().save(&shot.path).map_err(|reason| error(&shot, &reason)));
    let written = written.and_then(|()| match missing(&city, &layers) {
        None => Ok(()),
        Some(missing) => Err(ViewerError::Incomplete { path: shot.path.display().to_string(), missing }),
    });
    shot.outcome.set(written);
    exit.write(AppExit::Success);
}
