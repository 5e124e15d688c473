//! The opened city, and what can be asked of it: what lies under a ray, which tiles are drawn, what a building's facts
//! are.

use std::collections::BTreeMap;
use std::sync::Arc;

use bevy::prelude::*;
use glam::DVec3;
use url::Url;

use super::Start;
use crate::fetch::Fetch;
use crate::fetch::lane::Exchange;
use crate::geo::{EastNorthUp, Ecef, Geodetic};
use crate::stream::{
    Failure, Hit, Kept, MeshClass, Opening, Setback, StreamSettings, StreamStatus, Streamer, TileContent, TileId,
};
use crate::twin::{CameraPose, TwinDescription};
use crate::viewer::camera::Rig;
use crate::viewer::options::Theme;
use crate::viewer::pick::{Picked, row_of};
use crate::viewer::settings::Settings;
use crate::viewer::{bench, platform, sun};

/// How far the opening is.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// The description is on its way.
    Opening,
    /// The city is open.
    Open,
    /// It cannot be opened, and why.
    Failed(Failure),
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
    pub(super) start: Start,
    pub(super) opening: Option<(Opening, Arc<dyn Fetch>)>,
    pub(super) streamer: Streamer,
    pub(super) ground: Option<u32>,
    pub(super) drawn: Vec<TileId>,
    pub(super) tiles: BTreeMap<TileId, Arc<TileContent>>,
    /// Ground tiles that came in this frame.
    pub(in crate::viewer) new_ground: Vec<TileId>,
    /// Ground tiles that went in this frame.
    pub(in crate::viewer) gone_ground: Vec<TileId>,
    pub(super) framed: bool,
    /// The view of the twin, or of the whole of a tileset.
    pub(super) home: Option<CameraPose>,
    pub(super) trims: bool,
    /// How long the last frame decoded and chose tiles.
    pub(super) sliced_secs: f64,
    /// Whether it is still to be said where to look from: tiles of another view are not asked for.
    pub(in crate::viewer) waits_for_view: bool,
    /// The camera of the frame before.
    pub(super) seen_from: Option<Rig>,
    /// The theme that the ground is painted for.
    pub(super) painted_for: Option<Theme>,
}

impl TheCity {
    /// Nothing yet, with its opening on the way.
    pub(in crate::viewer) fn new(start: &Start) -> Self {
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
            painted_for: None,
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

    /// Height of the ground below a local point, whatever stands on it; `None` where none is loaded.
    pub fn ground_below(&self, local: DVec3) -> Option<f64> {
        let Ecef(point) = self.frame.ecef(local);
        let up = self.frame.ecef_from_local.transform_vector3(DVec3::Z);
        let ground = |class| matches!(class, MeshClass::Ground);
        self.streamer.clearance_m(point, up, 4000.0, &ground).map(|clearance_m| local.z - clearance_m)
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

    /// The corners of a picked building in local coordinates, in the finest level that is held; none where none is.
    pub fn corners_of(&self, picked: &Picked) -> impl Iterator<Item = DVec3> {
        self.find(picked).into_iter().flat_map(move |(_, content, row)| {
            content.meshes.iter().flat_map(move |mesh| {
                let local_from_mesh = self.frame.local_from_ecef * mesh.ecef_from_mesh;
                let points = mesh.features.iter().zip(&mesh.positions).filter(move |(feature, _)| **feature == row);
                points.map(move |(_, at)| local_from_mesh.transform_point3(glam::Vec3::from(*at).as_dvec3()))
            })
        })
    }

    /// The middle of a picked building in local coordinates, from the finest level that is held.
    pub fn middle_of(&self, picked: &Picked) -> Option<DVec3> {
        let bounds = crate::geo::Bounds3::of(self.corners_of(picked));
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
}
