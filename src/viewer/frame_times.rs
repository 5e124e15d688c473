//! How long a frame takes: the city at home and on a fixed flight, drawn in full, without one part after the other, and
//! with the ten-line yardstick shader, in turns.
//!
//! For `./dev bench`. Stands beside the window: the same app without one, frame by frame, each waited for until the
//! graphics adapter has done it. It opens no window and writes no file.

use std::time::{Duration, Instant};

use bevy::camera::RenderTarget;
use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::render_resource::PollType;
use bevy::render::renderer::{RenderAdapterInfo, RenderDevice};

use super::camera::{Rig, TheCamera};
use super::drive::{Phase, TheCity};
use super::options::{ViewerOptions, ViewerSource};
use super::overlay::Layers;
use super::platform::city_camera;
use super::scene::{FrameLoad, Quality, Scene, frame_load};
use super::settings::Settings;
use super::shot::{canvas_image, windowless_plugins};
use super::window::city_app;
use super::{ViewerError, ViewerSystems};
use crate::twin::CameraPose;

/// What to measure.
#[derive(Clone, Debug)]
pub struct FrameOptions {
    /// The twin or tileset.
    pub source: ViewerSource,
    /// Width and height of the picture in pixels.
    pub size: (u32, u32),
    /// How often each way of drawing is measured at home.
    pub home_rounds: usize,
    /// Places on the flight; each way of drawing is measured once at each.
    pub flight_places: usize,
}

/// A way of drawing the city.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Resource)]
pub enum Drawing {
    /// As users see it.
    Full,
    /// Without shadows.
    WithoutShadows,
    /// With shadows whose borders are not smoothed further than the shadow map does by itself.
    HarderShadows,
    /// Without the edges of roofs and walls.
    WithoutEdges,
    /// With a ten-line shader and nothing else: what the rest is compared with.
    Plain,
    /// As users see it when nothing but the panels has changed since the frame before.
    Repeated,
    /// Neither buildings nor ground: what a frame costs before the city.
    Nothing,
}

impl Drawing {
    /// All ways of drawing, the full and the plain one first. Each draws something else than the one before it, and the
    /// first than the last: whatever is the same is drawn twice and then repeated.
    pub const ALL: [Self; 7] = [
        Self::Full,
        Self::Plain,
        Self::WithoutShadows,
        Self::HarderShadows,
        Self::WithoutEdges,
        Self::Repeated,
        Self::Nothing,
    ];

    /// Frames that stand before the one that counts.
    fn frames_before(self) -> usize {
        if self == Self::Repeated { 2 } else { 0 }
    }
}

/// The frames measured in one way of drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameSeries {
    /// The way of drawing.
    pub drawing: Drawing,
    /// Time of each frame in milliseconds, in rising order.
    pub sorted_ms: Vec<f64>,
}

impl FrameSeries {
    /// The time that a share of the frames stays within: 0.5 gives the median.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        let last = self.sorted_ms.len().saturating_sub(1);
        self.sorted_ms.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
    }
}

/// What was measured in one place or on the flight.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewFigures {
    /// Times by way of drawing, in the order of [`Drawing::ALL`].
    pub series: Vec<FrameSeries>,
    /// How many times the time of a plain frame the full one right before it took: the median. Whatever else the
    /// machine does weighs on both.
    pub full_by_plain: f64,
    /// Most triangles that a frame drew.
    pub triangles: u64,
    /// Most meshes that a frame drew.
    pub draws: u64,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameFigures {
    /// The graphics adapter's name for itself.
    pub adapter: String,
    /// The twin's home view, with a shadow map that is there already.
    pub home: ViewFigures,
    /// Around the home's point, down to the roofs and up again; the shadow map is drawn anew where it has to be.
    pub flight: ViewFigures,
}

/// Longest that a view may take to be complete.
const PATIENCE: Duration = Duration::from_secs(120);
/// Frames that are drawn before those that count: shaders are compiled, buffers grow.
const WARM_UP_FRAMES: usize = 3;

/// Opens a twin without a window and measures its frames.
///
/// # Errors
/// Where the twin cannot be opened, or the home view is not complete within two minutes.
pub fn measure(options: &FrameOptions) -> Result<FrameFigures, ViewerError> {
    let mut stage = Stage::open(options)?;
    let home = stage.camera_pose()?;
    let mut at_home = Measured::default();
    for _ in 0..options.home_rounds {
        stage.measure_each(&mut at_home);
    }
    let mut in_flight = Measured::default();
    for place in 0..options.flight_places {
        let part = place as f64 / options.flight_places.max(1) as f64;
        stage.go(&on_the_way(&home, part))?;
        stage.measure_each(&mut in_flight);
    }
    Ok(FrameFigures { adapter: stage.adapter(), home: at_home.figures(), flight: in_flight.figures() })
}

/// The pose at a part (0 to 1) of the flight: once around the home's point, coming down to a sixth of the distance.
fn on_the_way(home: &CameraPose, part: f64) -> CameraPose {
    let down = (std::f64::consts::PI * part).sin();
    CameraPose {
        heading_deg: home.heading_deg + 360.0 * part,
        pitch_deg: home.pitch_deg * (1.0 - 0.5 * down),
        distance_m: home.distance_m * (1.0 - down * 5.0 / 6.0),
        ..*home
    }
}

/// Times by way of drawing, as they come.
#[derive(Default)]
struct Measured {
    times_ms: [Vec<f64>; Drawing::ALL.len()],
    load: FrameLoad,
}

impl Measured {
    fn figures(self) -> ViewFigures {
        let full_by_plain = self.full_by_plain();
        let series = Drawing::ALL.into_iter().zip(self.times_ms).map(|(drawing, mut sorted_ms)| {
            sorted_ms.sort_by(f64::total_cmp);
            FrameSeries { drawing, sorted_ms }
        });
        let FrameLoad { draws, triangles } = self.load;
        ViewFigures { series: series.collect(), full_by_plain, triangles, draws }
    }

    fn full_by_plain(&self) -> f64 {
        let [full, plain, ..] = &self.times_ms;
        let mut ratios: Vec<f64> = full.iter().zip(plain).map(|(full, plain)| full / plain).collect();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

/// The app with its hands tied: a frame is drawn when it is asked for.
struct Stage {
    app: App,
    what: String,
}

impl Stage {
    fn open(options: &FrameOptions) -> Result<Self, ViewerError> {
        let viewer = ViewerOptions { size: options.size, ..ViewerOptions::new(options.source.clone()) };
        let mut app = city_app(&viewer, |app, _, _| {
            // Each frame is drawn from start to end before the next.
            app.add_plugins(windowless_plugins().disable::<PipelinedRenderingPlugin>());
        })?;
        app.world_mut().resource_mut::<Settings>().panels = false;
        let size = options.size;
        let spawn = move |mut commands: Commands, mut images: ResMut<Assets<Image>>| {
            let image = images.add(canvas_image(size));
            commands.spawn((city_camera(Msaa::Off), RenderTarget::Image(image.into())));
        };
        app.insert_resource(Drawing::Full)
            .add_systems(Startup, spawn)
            .add_systems(Update, draw_as_told.after(ViewerSystems::Overlay));
        app.finish();
        app.cleanup();
        let mut stage = Self { app, what: format!("{:?}", options.source) };
        stage.settle()?;
        Ok(stage)
    }

    /// Draws one frame and waits until the adapter has done it.
    fn frame(&mut self) -> Duration {
        let begin = Instant::now();
        self.app.update();
        if let Some(device) = self.render_resource::<RenderDevice>() {
            // A device that was lost has nothing left to wait for.
            let _ = device.poll(PollType::wait_indefinitely());
        }
        begin.elapsed()
    }

    fn render_resource<R: Resource>(&self) -> Option<&R> {
        self.app.get_sub_app(RenderApp).and_then(|render_app| render_app.world().get_resource())
    }

    fn adapter(&self) -> String {
        self.render_resource::<RenderAdapterInfo>().map_or_else(|| "none".into(), |info| info.name.clone())
    }

    /// Each way of drawing once, in turns.
    fn measure_each(&mut self, into: &mut Measured) {
        for (drawing, times_ms) in Drawing::ALL.into_iter().zip(&mut into.times_ms) {
            self.app.insert_resource(drawing);
            (0..drawing.frames_before()).for_each(|_| _ = self.frame());
            times_ms.push(self.frame().as_secs_f64() * 1000.0);
            let load = frame_load(&self.app);
            into.load.draws = into.load.draws.max(load.draws);
            into.load.triangles = into.load.triangles.max(load.triangles);
        }
    }

    /// Moves the camera and waits until everything in view has come.
    fn go(&mut self, pose: &CameraPose) -> Result<(), ViewerError> {
        let frame = self.app.world().resource::<TheCity>().frame;
        let mut camera = self.app.world_mut().resource_mut::<TheCamera>();
        camera.rig = Rig::from_pose(pose, &frame);
        camera.distance_m = pose.distance_m;
        self.settle()
    }

    /// Where the twin's own camera stands once it is open.
    fn camera_pose(&self) -> Result<CameraPose, ViewerError> {
        self.app.world().resource::<TheCamera>().home.ok_or_else(|| self.error("it has no home view"))
    }

    /// Draws the yardstick, which leaves the shadow map as it is, until everything in view is there.
    fn settle(&mut self) -> Result<(), ViewerError> {
        self.app.insert_resource(Drawing::Plain);
        let begin = Instant::now();
        let mut settled = 0;
        while settled < WARM_UP_FRAMES {
            self.frame();
            let city = self.app.world().resource::<TheCity>();
            if let Phase::Failed(why) = &city.phase {
                return Err(self.error(&why.detail));
            }
            let layers = self.app.world().resource::<Layers>();
            let is_settled = city.is_complete() && layers.is_complete() && !city.tiles_changed;
            settled = if is_settled { settled + 1 } else { 0 };
            if begin.elapsed() > PATIENCE {
                return Err(self.error("the view does not become complete"));
            }
        }
        Ok(())
    }

    fn error(&self, reason: &str) -> ViewerError {
        ViewerError::Source { what: self.what.clone(), reason: reason.to_owned() }
    }
}

/// Changes the frame that the streaming has put together.
fn draw_as_told(drawing: Res<Drawing>, mut scene: ResMut<Scene>) {
    let full = Quality::default();
    // Each leaves the shadow map as it is, so that the next way of drawing finds it there.
    scene.set_quality(match *drawing {
        Drawing::Full | Drawing::Repeated => full,
        Drawing::WithoutShadows => Quality { shadow_taps: 0, ..full },
        Drawing::HarderShadows => Quality { shadow_taps: 1, ..full },
        Drawing::WithoutEdges => Quality { edges: false, ..full },
        Drawing::Plain | Drawing::Nothing => Quality { plain: true, ..full },
    });
    if *drawing == Drawing::Nothing {
        scene.draw_nothing();
    }
}
