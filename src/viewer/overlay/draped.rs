//! A planning layer cut along the triangles of a ground tile. No engine in here.

use geo::{BoundingRect, MapCoords};
use glam::{DMat4, DVec3};

use crate::geo::{EastNorthUp, Geodetic, Ground};
use crate::plan::PlanLayer;
use crate::stream::{MeshClass, TileContent};
use crate::viewer::scene::OverlayMesh;

/// Height at which plans are taken to the local plane: any near the ground will do, a plan has no height of its own.
fn to_local(frame: &EastNorthUp, lon_deg: f64, lat_deg: f64, height_m: f64) -> DVec3 {
    frame.local(Geodetic { lon_deg, lat_deg, height_m }.into())
}

/// The layer's areas and outlines on a ground tile; `None` where no plan lies on it.
pub fn drape(layer: &PlanLayer, content: &TileContent, frame: &EastNorthUp) -> Option<OverlayMesh> {
    let ground = TileGround::of(content, frame)?;
    let triangles = Ground::new(&ground.positions, &ground.indices);
    let mut mesh = OverlayMesh { local_from_mesh: DMat4::from_translation(ground.origin), ..Default::default() };
    for (row, plan) in layer.plans().iter().enumerate() {
        let local = plan.geometry.map_coords(|c| {
            let at = to_local(frame, c.x, c.y, ground.height_m) - ground.origin;
            geo::Coord { x: at.x, y: at.y }
        });
        for polygon in local.iter().filter(|polygon| ground.meets(polygon)) {
            add_area(&mut mesh, &triangles, polygon, row as u32);
            add_lines(&mut mesh, &triangles, polygon, row as u32);
        }
    }
    (!mesh.area_indices.is_empty() || !mesh.lines.is_empty()).then_some(mesh)
}

fn add_area(mesh: &mut OverlayMesh, ground: &Ground, polygon: &geo::Polygon<f64>, row: u32) {
    let piece = ground.drape(polygon);
    let first = mesh.area.len() as u32;
    mesh.area.extend(piece.positions.iter().map(|position| (position.as_vec3().to_array(), row)));
    mesh.area_indices.extend(piece.indices.iter().map(|index| index + first));
}

fn add_lines(mesh: &mut OverlayMesh, ground: &Ground, polygon: &geo::Polygon<f64>, row: u32) {
    for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
        for line in ground.drape_line(ring) {
            let ends = line.windows(2).map(|ends| (ends[0].as_vec3().to_array(), ends[1].as_vec3().to_array(), row));
            mesh.lines.extend(ends);
        }
    }
}

/// The ground triangles of a tile around an origin of their own.
struct TileGround {
    origin: DVec3,
    height_m: f64,
    positions: Vec<[f32; 3]>,
    indices: Vec<u32>,
    low: [f64; 2],
    high: [f64; 2],
}

impl TileGround {
    fn of(content: &TileContent, frame: &EastNorthUp) -> Option<Self> {
        let meshes = || content.meshes.iter().filter(|mesh| mesh.class == MeshClass::Ground);
        let first = meshes().next()?;
        let origin = (frame.local_from_ecef * first.ecef_from_mesh).transform_point3(first.bounds.center());
        let mut ground = Self {
            origin,
            height_m: Geodetic::from(frame.ecef(origin)).height_m,
            positions: Vec::new(),
            indices: Vec::new(),
            low: [f64::INFINITY; 2],
            high: [f64::NEG_INFINITY; 2],
        };
        for mesh in meshes() {
            let around = DMat4::from_translation(-origin) * frame.local_from_ecef * mesh.ecef_from_mesh;
            let start = ground.positions.len() as u32;
            for position in &mesh.positions {
                ground.add(around.transform_point3(glam::Vec3::from(*position).as_dvec3()));
            }
            ground.indices.extend(mesh.indices.iter().map(|index| index + start));
        }
        Some(ground)
    }

    fn add(&mut self, at: DVec3) {
        self.positions.push(at.as_vec3().to_array());
        for (axis, value) in [at.x, at.y].into_iter().enumerate() {
            self.low[axis] = self.low[axis].min(value);
            self.high[axis] = self.high[axis].max(value);
        }
    }

    fn meets(&self, polygon: &geo::Polygon<f64>) -> bool {
        polygon.bounding_rect().is_some_and(|rect| {
            rect.min().x <= self.high[0]
                && rect.max().x >= self.low[0]
                && rect.min().y <= self.high[1]
                && rect.max().y >= self.low[1]
        })
    }
}
