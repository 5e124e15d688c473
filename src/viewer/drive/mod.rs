//! Drives the city: opens what was asked for, lets the streaming core run for a slice of each frame, hands its tiles to
//! the scene, and asks for another frame only while something moves.

mod alarm;
mod clock;
mod incoming;
mod sink;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bevy::platform::time::Instant;
use bevy::prelude::*;
use bevy::window::{PrimaryWindow, RequestRedraw};
use glam::{DVec2, DVec3};
use url::Url;

pub use alarm::Alarm;
pub use clock::Clock;
pub use incoming::Incoming;

use crate::fetch::Fetch;
use crate::fetch::lane::Exchange;
use crate::geo::{EastNorthUp, Ecef, Geodetic};
use crate::stream::{
    Hit, Kept, MeshClass, Opened, Opening, SelectionSettings, Setback, StreamSettings, StreamStatus, Streamer,
    TileContent, TileId, TileTree, View, Volume, join,
};
use crate::twin::{CameraPose, PLANNER, TwinDescription};
use crate::viewer::camera::{REACH_M, Rig, TheCamera, ZoomKeys, keys_held};
use crate::viewer::options::Audience;
use crate::viewer::pick::{Picked, Selection, row_of};
use crate::viewer::scene::{FrameView, Quality, Scene, Style};
use crate::viewer::settings::{Canvas, Settings};
use crate::viewer::{Thrift, ViewerSystems, bench, platform, sun};

/// Opens and streams.
pub struct DrivePlugin {
    /// What to open, and how bytes come.
    pub start: Start,
}

/// What to open, and how bytes come.
#[derive(Clone)]
pub struct Start {
    /// A `twin.json`, a folder that holds one, or any `tileset.json`.
    pub url: Url,
    /// How bytes come.
    pub fetch: Arc<dyn Fetch>,
    /// Where the camera starts; `None` is the twin's home.
    pub camera: Option<CameraPose>,
    /// What is to be saved.
    pub thrift: Thrift,
    /// Whose release it is to be.
    pub audience: Audience,
}

impl Plugin for DrivePlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(TheCity::new(&self.start))
            .add_plugins((clock::ClockPlugin, alarm::AlarmPlugin))
            .add_systems(Update, open.in_set(ViewerSystems::Open))
            .add_systems(Update, stream.in_set(ViewerSystems::Stream))
            .add_systems(Last, (keep_going, alarm::wind.in_set(DriveSystems::Rest)).chain());
    }
}

/// The first and the last step of a frame.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DriveSystems {
    /// The clock is read.
    Tick,
    /// It is known when the next frame is due.
    Rest,
}

/// Seconds of a frame that decoding and uploading may take.
const SLICE_SECS: f64 = 0.006;
/// The same while nothing else moves: the picture comes sooner. Where the graphics are busy for longer with a frame,
/// decoding may take as long, up to the longer time: fewer pictures of half the tiles are drawn.
const IDLE_SLICE_SECS: [f64; 2] = [0.030, 0.100];

/// How far the opening is.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// The description is on its way.
    Opening,
    /// The city is open.
    Open,
    /// It cannot be opened; a sentence for the user.
    Failed(String),
}

/// The opened city.
#[derive(Resource)]
pub struct TheCity {
    /// How far the opening is.
    pub phase: Phase,
    /// What the twin says of itself; `None` for a bare tileset.
    pub twin: Option<TwinDescription>,
    /// What the twin's paths are relative to.
    pub base: Option<Url>,
    /// The local frame.
    pub frame: EastNorthUp,
    /// The local frame's origin.
    pub origin: Geodetic,
    /// What the streaming core said last.
    pub status: StreamStatus,
    /// Whether tiles came, went or changed places in this frame.
    pub tiles_changed: bool,
    /// Shares the connections with the planning layers.
    pub exchange: Exchange,
    start: Start,
    opening: Option<(Opening, Arc<dyn Fetch>)>,
    streamer: Streamer,
    ground: Option<u32>,
    drawn: Vec<TileId>,
    tiles: BTreeMap<TileId, Arc<TileContent>>,
    /// Ground tiles that came in this frame.
    pub(super) new_ground: Vec<TileId>,
    /// Ground tiles that went in this frame.
    pub(super) gone_ground: Vec<TileId>,
    framed: bool,
    /// The view of the twin, or of the whole of a tileset.
    home: Option<CameraPose>,
    trims: bool,
    /// How long the last frame decoded and chose tiles.
    sliced_secs: f64,
    /// Whether it is still to be said where to look from: tiles of another view are not asked for.
    pub(super) waits_for_view: bool,
    /// The camera of the frame before.
    seen_from: Option<Rig>,
}

impl TheCity {
    /// Nothing yet, with its opening on the way.
    pub(super) fn new(start: &Start) -> Self {
        let exchange = Exchange::new(Arc::clone(&start.fetch));
        let origin = Geodetic { lon_deg: 0.0, lat_deg: 0.0, height_m: 0.0 };
        let settings = StreamSettings { budget_bytes: platform::tile_budget_bytes(), ..StreamSettings::default() };
        let settings = start.thrift.applied_to(settings);
        Self {
            phase: Phase::Opening,
            twin: None,
            base: None,
            frame: EastNorthUp::at(origin),
            origin,
            status: StreamStatus::default(),
            tiles_changed: false,
            opening: Some((Opening::new(start.url.clone()), exchange.lane())),
            streamer: Streamer::new(settings, exchange.lane()),
            exchange,
            start: start.clone(),
            ground: None,
            drawn: Vec::new(),
            tiles: BTreeMap::new(),
            new_ground: Vec::new(),
            gone_ground: Vec::new(),
            framed: false,
            home: None,
            trims: false,
            sliced_secs: 0.0,
            waits_for_view: false,
            seen_from: None,
        }
    }

    /// The first thing that a ray meets; origin and unit direction in local coordinates.
    pub fn pick(&self, origin: DVec3, direction: DVec3) -> Option<Hit> {
        let Ecef(origin) = self.frame.ecef(origin);
        self.streamer.pick(origin, self.frame.ecef_from_local.transform_vector3(direction))
    }

    /// What is drawn, to be picked from after this frame.
    pub fn kept(&self) -> Vec<Kept> {
        self.streamer.kept()
    }

    /// Height of the ground or roof below a local point, or of the house that the point is inside; `None` where
    /// nothing is loaded.
    pub fn floor_below(&self, local: DVec3) -> Option<f64> {
        let Ecef(point) = self.frame.ecef(local);
        let up = self.frame.ecef_from_local.transform_vector3(DVec3::Z);
        let solid = |class| !matches!(class, MeshClass::Tree);
        self.streamer.clearance_m(point, up, 400.0, &solid).map(|clearance_m| local.z - clearance_m)
    }

    /// Longitude, latitude and height of a local point.
    pub fn geodetic(&self, local: DVec3) -> Geodetic {
        self.frame.ecef(local).into()
    }

    /// Unit vector towards the sun in local coordinates.
    pub fn sun(&self, settings: &Settings) -> DVec3 {
        if settings.bench {
            return bench::sun_local();
        }
        let zone = self.twin.as_ref().map_or("UTC", |twin| &twin.time_zone);
        sun::direction(settings.sun_time(zone), self.origin.lon_deg, self.origin.lat_deg)
    }

    /// Whether a tile belongs to the ground.
    pub fn is_ground(&self, tile: TileId) -> bool {
        Some(tile.tileset) == self.ground
    }

    /// A tile's content.
    pub fn content(&self, tile: TileId) -> Option<&Arc<TileContent>> {
        self.tiles.get(&tile)
    }

    /// All tiles that the scene holds.
    pub fn tiles(&self) -> impl Iterator<Item = (TileId, &Arc<TileContent>)> {
        self.tiles.iter().map(|(tile, content)| (*tile, content))
    }

    /// The tiles drawn in this frame.
    pub fn drawn(&self) -> &[TileId] {
        &self.drawn
    }

    /// Whether it is known where the city is.
    pub fn is_framed(&self) -> bool {
        self.framed
    }

    /// Whether everything that this view needs is there, or known not to come.
    pub fn is_complete(&self) -> bool {
        match &self.phase {
            Phase::Opening => false,
            Phase::Failed(_) => true,
            // A bare tileset that does not come is never framed.
            Phase::Open => self.status.complete && (self.framed || self.status.failed_count > 0),
        }
    }

    /// A picked building's content and row in the finest level that is held.
    pub fn find(&self, picked: &Picked) -> Option<(TileId, &Arc<TileContent>, u32)> {
        let buildings = self.tiles().filter(|(tile, _)| !self.is_ground(*tile));
        // Tiles are numbered from the root down, so the last one is the finest.
        buildings.filter_map(|(tile, content)| Some((tile, content, row_of(picked, tile, content)?))).last()
    }

    /// What is told of a picked building: the row that was picked as long as its tile is held, else as [`TheCity::find`].
    pub fn facts(&self, picked: &Picked) -> Option<(&Arc<TileContent>, u32)> {
        let own = self.content(picked.tile).filter(|_| !self.is_ground(picked.tile));
        let own = own.and_then(|content| Some((content, row_of(picked, picked.tile, content)?)));
        own.or_else(|| self.find(picked).map(|(_, content, row)| (content, row)))
    }

    /// The middle of a picked building in local coordinates, from the finest level that is held.
    pub fn middle_of(&self, picked: &Picked) -> Option<DVec3> {
        let (_, content, row) = self.find(picked)?;
        let of_row = content.meshes.iter().flat_map(|mesh| {
            let local_from_mesh = self.frame.local_from_ecef * mesh.ecef_from_mesh;
            let points = mesh.features.iter().zip(&mesh.positions).filter(move |(feature, _)| **feature == row);
            points.map(move |(_, at)| local_from_mesh.transform_point3(glam::Vec3::from(*at).as_dvec3()))
        });
        let bounds = crate::geo::Bounds3::of(of_row);
        (!bounds.is_empty()).then(|| bounds.center())
    }

    /// Why the city is still not open although it was asked for.
    pub fn setback(&self) -> Option<&Setback> {
        self.opening.as_ref()?.0.setback()
    }

    /// Where the camera starts; `None` until it is known where the city is.
    pub fn start_pose(&self) -> Option<CameraPose> {
        self.start.camera.or(self.home)
    }

    /// Frees the tiles that the next frame does not need: those that are kept tell where somebody has been.
    pub fn trim(&mut self) {
        self.trims = true;
    }

    /// Tries again what failed, without waiting for its time.
    pub fn retry(&mut self) {
        match (&self.phase, &mut self.opening) {
            (Phase::Open, _) => self.streamer.retry_failed(),
            (Phase::Opening, Some((opening, _))) => opening.retry_now(),
            (Phase::Opening, None) | (Phase::Failed(_), _) => {
                self.opening = Some((Opening::new(self.start.url.clone()), self.exchange.lane()));
                self.phase = Phase::Opening;
            }
        }
    }

    fn open_twin(&mut self, twin: TwinDescription, base: &Url) -> Result<(), String> {
        check_audience(&twin.audience, self.start.audience)?;
        let address = |path: &String| join(base, path).map_err(|error| format!("{path}: {error}"));
        let ground = twin.ground.as_ref().map(address).transpose()?;
        let buildings = twin.buildings.as_ref().map(address).transpose()?;
        let origin = Geodetic { lon_deg: twin.home.lon_deg, lat_deg: twin.home.lat_deg, height_m: twin.home.height_m };
        self.set_origin(origin);
        self.ground = ground.map(|url| self.streamer.open_released(url, &twin.policy_hash));
        if let Some(url) = buildings {
            self.streamer.open_released(url, &twin.policy_hash);
        }
        self.base = Some(base.clone());
        self.twin = Some(twin);
        Ok(())
    }

    fn set_origin(&mut self, origin: Geodetic) {
        self.origin = origin;
        self.frame = EastNorthUp::at(origin);
    }
}

/// The privileged release opens only for whoever asks for it, and nobody who asks for it works with the public one.
fn check_audience(release: &str, asked: Audience) -> Result<(), String> {
    let is_planners = release == PLANNER;
    match asked {
        Audience::Citizen if is_planners => {
            Err(format!("this is the release for \"{PLANNER}\": it opens with --audience {PLANNER}"))
        }
        Audience::Planner if !is_planners => {
            Err(format!("this is the release for \"{release}\", not the one for \"{PLANNER}\" that was asked for"))
        }
        _ => Ok(()),
    }
}

/// Follows the opening, and sets the camera once it is known where the city is.
fn open(mut city: ResMut<TheCity>, mut camera: ResMut<TheCamera>, mut scene: ResMut<Scene>, clock: Res<Clock>) {
    let city = &mut *city;
    if let Some((opening, lane)) = &mut city.opening
        && let Some(outcome) = opening.poll(lane.as_ref(), clock.now_secs)
    {
        city.opening = None;
        let opened = outcome.map_err(|error| error.to_string()).and_then(|opened| match opened {
            Opened::Twin(description, base) => city.open_twin(*description, &base),
            Opened::Tileset(body) => {
                city.streamer.open_here(body);
                Ok(())
            }
        });
        city.phase = match opened {
            Ok(()) => Phase::Open,
            Err(reason) => Phase::Failed(reason),
        };
    }
    if city.phase == Phase::Open && !city.framed {
        frame_the_city(city, &mut camera, &mut scene);
    }
}

/// A twin says where its home is; a bare tileset is looked at as a whole, once its root is known.
fn frame_the_city(city: &mut TheCity, camera: &mut TheCamera, scene: &mut Scene) {
    let home = match &city.twin {
        Some(twin) => Some(twin.home),
        None => city.streamer.tree(0).and_then(home_of),
    };
    let Some(home) = home else { return };
    if city.twin.is_none() {
        city.set_origin(Geodetic { lon_deg: home.lon_deg, lat_deg: home.lat_deg, height_m: home.height_m });
    }
    scene.set_local_frame(city.frame.local_from_ecef);
    let start = city.start.camera.unwrap_or(home);
    let reach_m = REACH_M.max(home.distance_m * 2.0);
    // Whoever can stand far off can see as far again.
    city.streamer.set_far_m(SelectionSettings::default().far_m.max(reach_m * 2.0));
    camera.home = Some(home);
    city.home = Some(home);
    camera.rig = Rig { reach_m, ..Rig::from_pose(&start, &city.frame) };
    camera.distance_m = start.distance_m;
    city.framed = true;
}

/// A root that is larger than this, metres, is a country: what is looked at first is a part of it.
const LARGEST_FRAMED_M: f64 = 300_000.0;

/// A view of a whole tileset, from south of it; of a country the first part that is of a size to be looked at.
fn home_of(tree: &TileTree) -> Option<CameraPose> {
    let mut tile = tree.tile(0)?;
    while radius_m(&tile.volume) > LARGEST_FRAMED_M
        && let Some(below) = tile.children.first().and_then(|child| tree.tile(*child))
    {
        tile = below;
    }
    let center: Geodetic = Ecef(tile.volume.center()).into();
    Some(CameraPose {
        lon_deg: center.lon_deg,
        lat_deg: center.lat_deg,
        // A volume as large as a country may have its middle far below the ground.
        height_m: center.height_m.max(-1000.0),
        distance_m: (radius_m(&tile.volume) * 1.6).clamp(20.0, 2e7),
        heading_deg: 20.0,
        pitch_deg: -35.0,
    })
}

/// Distance from a volume's middle to its farthest point, metres.
fn radius_m(volume: &Volume) -> f64 {
    match volume {
        Volume::Box { half_axes, .. } => (half_axes.x_axis + half_axes.y_axis + half_axes.z_axis).length(),
        Volume::Sphere { radius_m, .. } => *radius_m,
    }
}

/// Lets the streaming core run and tells the scene what to draw.
fn stream(
    mut city: ResMut<TheCity>,
    mut scene: ResMut<Scene>,
    camera: Res<TheCamera>,
    selection: Res<Selection>,
    settings: Res<Settings>,
    canvas: Res<Canvas>,
    clock: Res<Clock>,
) {
    let city = &mut *city;
    let still = city.seen_from.replace(camera.rig) == Some(camera.rig);
    let sun_local = city.sun(&settings);
    let style = if settings.bench { Style::bench() } else { Style::of(settings.theme, sun_local.as_vec3()) };
    let view = frame_view(&camera, &canvas, sun_local);
    scene.set_quality(quality(&settings));
    city.tiles_changed = false;
    city.new_ground.clear();
    city.gone_ground.clear();
    // A bare tileset is framed as soon as its root is known, before any of its tiles can have been decoded.
    if city.phase == Phase::Open && !city.waits_for_view {
        run_streamer(city, &mut scene, &selection, &style, &view, &clock, still);
    }
    if settings.is_changed() {
        sink::repaint(city, &mut scene, &style, &selection);
    }
    scene.expect_more(city.status.requested + city.status.decoding > 0);
    scene.draw(view, &style, &city.drawn);
}

fn quality(settings: &Settings) -> Quality {
    let full = Quality { plain: settings.plain, ..Quality::default() };
    if settings.bench {
        Quality { shadow_texels: 0, edges: false, sky: false, ..full }
    } else {
        Quality { shadow_texels: if settings.shadows { full.shadow_texels } else { 0 }, ..full }
    }
}

fn run_streamer(
    city: &mut TheCity,
    scene: &mut Scene,
    selection: &Selection,
    style: &Style,
    view: &FrameView,
    clock: &Clock,
    still: bool,
) {
    let begun = Instant::now();
    let until = begun + Duration::from_secs_f64(slice_secs(still, clock.busy_secs - city.sliced_secs));
    let mut go_on = || Instant::now() < until;
    let held = city.tiles.len();
    city.streamer.reserve(scene.overlay_bytes());
    let mut sink = sink::SceneSink {
        scene,
        selection,
        style,
        ground: city.ground,
        tiles: &mut city.tiles,
        new_ground: &mut city.new_ground,
        gone_ground: &mut city.gone_ground,
        changed: false,
    };
    let view = ecef_view(view, &city.frame);
    let frame = city.streamer.update(&view, clock.now_secs, &mut go_on, &mut sink);
    if city.drawn != frame.draw {
        city.drawn.clear();
        city.drawn.extend_from_slice(frame.draw);
        city.tiles_changed = true;
    }
    city.status = frame.status;
    city.sliced_secs = begun.elapsed().as_secs_f64();
    if std::mem::take(&mut city.trims) {
        city.streamer.trim(&mut sink);
    }
    let changed = sink.changed;
    city.tiles_changed |= changed || held != city.tiles.len();
}

/// Seconds of a frame that decoding may take, by how long all else kept the window and its graphics busy with the frame
/// before.
fn slice_secs(still: bool, busy_secs: f64) -> f64 {
    let [shortest, longest] = IDLE_SLICE_SECS;
    if still { busy_secs.clamp(shortest, longest) } else { SLICE_SECS }
}

fn frame_view(camera: &TheCamera, canvas: &Canvas, sun_local: DVec3) -> FrameView {
    let rig = &camera.rig;
    FrameView {
        eye_local: rig.eye,
        forward: rig.forward(),
        right: rig.right(),
        up: rig.up(),
        fov_y: rig.fov_y,
        near_m: near_m(camera.distance_m, camera.clearance_m),
        size_px: (canvas.size_pt * f64::from(canvas.pixels_per_point)).max(DVec2::ONE).to_array(),
        pixels_per_point: canvas.pixels_per_point,
        sun_local,
        focus_local: camera.focus(),
    }
}

/// Nothing nearer than this is drawn: far enough for an exact depth, but never so far that the ground or roof under the
/// eye is cut away.
fn near_m(distance_m: f64, clearance_m: f64) -> f64 {
    (distance_m * 0.002).min(clearance_m * 0.5).clamp(0.2, 20.0)
}

fn ecef_view(view: &FrameView, frame: &EastNorthUp) -> View {
    let direction = |local: DVec3| frame.ecef_from_local.transform_vector3(local);
    let Ecef(eye_ecef) = frame.ecef(view.eye_local);
    View {
        eye_ecef,
        forward: direction(view.forward),
        right: direction(view.right),
        up: direction(view.up),
        fov_y: view.fov_y,
        size_px: view.size_px,
    }
}

/// Asks for another frame while something moves or is on its way through the decoder, and for one when something that
/// failed is due again. What comes over the network wakes the window by itself.
fn keep_going(
    city: Res<TheCity>,
    mut alarm: ResMut<Alarm>,
    camera: Res<TheCamera>,
    keys: Option<Res<ButtonInput<KeyCode>>>,
    zoom_keys: Res<ZoomKeys>,
    windows: Query<(), With<PrimaryWindow>>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let moving = camera.flight.is_some() || keys.is_some_and(|keys| keys_held(&keys, &zoom_keys));
    // A bare tileset that came late says where it is when its root has come: the next frame looks there.
    let to_be_framed = city.phase == Phase::Open && !city.framed && city.streamer.tree(0).is_some();
    if !windows.is_empty() && (moving || to_be_framed || city.status.needs_redraw || city.tiles_changed) {
        redraw.write(RequestRedraw);
    }
    let reopening = city.setback().and_then(|setback| setback.retry_at_secs);
    reopening.into_iter().chain(city.status.next_retry_at_secs).for_each(|at_secs| alarm.set(at_secs));
}
