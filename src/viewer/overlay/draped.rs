//! A planning layer cut along the triangles of a ground tile. No engine in here.

use geo::{BoundingRect, MapCoords, Rect};
use glam::{DMat4, DVec2, DVec3};

use super::labels::{self, Spot};
use crate::geo::{EastNorthUp, Geodetic, Ground};
use crate::plan::PlanLayer;
use crate::stream::{MeshClass, TileContent};
use crate::viewer::scene::OverlayMesh;

/// The polygons of a layer in the city's local frame: made once for a layer, cut once for each ground tile.
pub struct FlatLayer {
    origin_height_m: f64,
    polygons: Vec<FlatPolygon>,
}

struct FlatPolygon {
    /// Number of its plan in the layer.
    row: u32,
    /// At the height of the frame's origin, metres east and north of it.
    outline: geo::Polygon<f64>,
    bounds: Rect<f64>,
    /// How far it moves for each metre that the ground is higher: upright is not quite the same there as at the origin.
    lean: DVec2,
    /// Where a label may stand, once somebody has asked.
    spots: Option<Vec<Spot>>,
}

impl FlatLayer {
    /// The polygons of a layer around a frame's origin, which is `origin_height_m` high.
    pub fn new(layer: &PlanLayer, frame: &EastNorthUp, origin_height_m: f64) -> Self {
        let local = |at: geo::Coord<f64>, height_m: f64| {
            let at = frame.local(Geodetic { lon_deg: at.x, lat_deg: at.y, height_m }.into());
            geo::Coord { x: at.x, y: at.y }
        };
        let flat = |(row, polygon): (usize, &geo::Polygon<f64>)| {
            let outline = polygon.map_coords(|at| local(at, origin_height_m));
            let bounds = outline.bounding_rect()?;
            let corner = *polygon.exterior().0.first()?;
            let [low, high] = [0.0, 1.0].map(|up_m| local(corner, origin_height_m + up_m));
            let lean = DVec2::new(high.x - low.x, high.y - low.y);
            Some(FlatPolygon { row: row as u32, outline, bounds, lean, spots: None })
        };
        let plans = layer.plans().iter().enumerate();
        let all = plans.flat_map(|(row, plan)| plan.geometry.iter().map(move |polygon| (row, polygon)));
        Self { origin_height_m, polygons: all.filter_map(flat).collect() }
    }

    /// The boxes around its polygons, metres east and north of the frame's origin.
    pub fn bounds(&self) -> impl Iterator<Item = Rect<f64>> {
        self.polygons.iter().map(|polygon| polygon.bounds)
    }

    /// Number of a polygon's plan in the layer.
    pub fn row(&self, polygon: usize) -> Option<usize> {
        self.polygons.get(polygon).map(|polygon| polygon.row as usize)
    }

    /// Where a label of a polygon may stand.
    pub fn spots(&mut self, polygon: usize) -> &[Spot] {
        let Some(FlatPolygon { spots, outline, .. }) = self.polygons.get_mut(polygon) else { return &[] };
        spots.get_or_insert_with(|| labels::spots(outline))
    }

    /// The layer's areas and outlines on a ground tile; `None` where no plan lies on it.
    pub fn drape(&self, content: &TileContent, frame: &EastNorthUp) -> Option<OverlayMesh> {
        let ground = TileGround::of(content, frame, self.origin_height_m)?;
        let near: Vec<_> = self.polygons.iter().filter(|polygon| ground.meets(polygon)).collect();
        if near.is_empty() {
            return None;
        }
        let triangles = Ground::new(&ground.positions, &ground.indices);
        let mut mesh = OverlayMesh { local_from_mesh: DMat4::from_translation(ground.origin), ..Default::default() };
        for polygon in near {
            let shift = ground.shift_to(polygon);
            let outline = polygon.outline.map_coords(|at| geo::Coord { x: at.x + shift.x, y: at.y + shift.y });
            add_area(&mut mesh, &triangles, &outline, polygon.row);
            add_lines(&mut mesh, &triangles, &outline, polygon.row);
        }
        (!mesh.area_indices.is_empty() || !mesh.lines.is_empty()).then_some(mesh)
    }
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
    /// How much higher it lies than the frame's origin.
    rise_m: f64,
    positions: Vec<[f32; 3]>,
    indices: Vec<u32>,
    low: DVec2,
    high: DVec2,
}

impl TileGround {
    fn of(content: &TileContent, frame: &EastNorthUp, origin_height_m: f64) -> Option<Self> {
        let meshes = || content.meshes.iter().filter(|mesh| mesh.class == MeshClass::Ground);
        let first = meshes().next()?;
        let origin = (frame.local_from_ecef * first.ecef_from_mesh).transform_point3(first.bounds.center());
        let mut ground = Self {
            origin,
            rise_m: Geodetic::from(frame.ecef(origin)).height_m - origin_height_m,
            positions: Vec::new(),
            indices: Vec::new(),
            low: DVec2::INFINITY,
            high: DVec2::NEG_INFINITY,
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
        (self.low, self.high) = (self.low.min(at.truncate()), self.high.max(at.truncate()));
    }

    /// Takes a polygon to this ground's origin and height.
    fn shift_to(&self, polygon: &FlatPolygon) -> DVec2 {
        polygon.lean * self.rise_m - self.origin.truncate()
    }

    fn meets(&self, polygon: &FlatPolygon) -> bool {
        let shift = self.shift_to(polygon);
        let (min, max) = (polygon.bounds.min(), polygon.bounds.max());
        let (low, high) = (DVec2::new(min.x, min.y) + shift, DVec2::new(max.x, max.y) + shift);
        low.cmple(self.high).all() && high.cmpge(self.low).all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::Bounds3;
    use crate::plan::{DevelopmentPlan, PlanStatus};
    use crate::stream::Mesh;

    const ORIGIN: Geodetic = Geodetic { lon_deg: 11.5755, lat_deg: 48.1372, height_m: 565.0 };

    fn plan(id: &str, [lon, lat]: [f64; 2]) -> DevelopmentPlan {
        let corner = |dx: f64, dy: f64| geo::Coord { x: lon + dx, y: lat + dy };
        let ring = geo::LineString(vec![corner(0., 0.), corner(1e-3, 0.), corner(1e-3, 1e-3), corner(0., 1e-3)]);
        DevelopmentPlan {
            id: id.into(),
            number: None,
            name: id.into(),
            status: PlanStatus::InForce,
            resolved_on: None,
            in_force_since: None,
            permitted_use: None,
            max_height_m: None,
            max_storeys: None,
            site_coverage: None,
            floor_area_ratio: None,
            link: None,
            geometry: geo::MultiPolygon(vec![geo::Polygon::new(ring, Vec::new())]),
        }
    }

    /// A level square of ground, 400 m wide, around a place.
    fn ground(at: Geodetic) -> TileContent {
        let positions = vec![[-200., -200., 0.], [200., -200., 0.], [200., 200., 0.], [-200., 200., 0.]];
        let mesh = Mesh {
            class: MeshClass::Ground,
            ecef_from_mesh: EastNorthUp::at(at).ecef_from_local,
            bounds: Bounds3::of(positions.iter().map(|at| glam::Vec3::from(*at).as_dvec3())),
            positions,
            normals: Vec::new(),
            colors: Vec::new(),
            features: Vec::new(),
            indices: vec![0, 1, 2, 0, 2, 3],
            double_sided: false,
        };
        TileContent { meshes: vec![mesh], ..TileContent::default() }
    }

    #[test]
    fn plans_lie_where_they_are_also_far_from_the_origin_and_high_above_it() {
        let frame = EastNorthUp::at(ORIGIN);
        let (near, far) = (plan("near", [11.575, 48.137]), plan("far", [11.775, 48.237]));
        let layer = FlatLayer::new(&PlanLayer::new(vec![near, far]), &frame, ORIGIN.height_m);
        // 18 km away and 150 m higher.
        let content = ground(Geodetic { lon_deg: 11.7755, lat_deg: 48.2375, height_m: 715.0 });
        let mesh = layer.drape(&content, &frame).expect("a plan lies there");
        assert!(mesh.area.iter().all(|(_, row)| *row == 0), "plans are in the order of their ids");
        let places = mesh.area.iter().map(|(at, _)| {
            let local = mesh.local_from_mesh.transform_point3(glam::Vec3::from(*at).as_dvec3());
            Geodetic::from(frame.ecef(local))
        });
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for place in places {
            for (axis, value) in [place.lon_deg, place.lat_deg].into_iter().enumerate() {
                (low[axis], high[axis]) = (low[axis].min(value), high[axis].max(value));
            }
        }
        // A hundred-thousandth of a degree is a metre, about.
        let off = [low[0] - 11.775, low[1] - 48.237, high[0] - 11.776, high[1] - 48.238];
        assert!(off.iter().all(|off| off.abs() < 5e-7), "{off:?}");
        assert!(layer.drape(&ground(Geodetic { lon_deg: 11.7, ..ORIGIN }), &frame).is_none());
    }
}
