//! A square's flat triangles and trees → heights, skirt, normals, and one glb.

use glam::{DMat3, DVec2, DVec3};

use super::class::table;
use super::flat::Flat;
use super::trees::{Crowns, Detail};
use super::{GroundError, Place, Square, Tree};
use crate::geo::{Bounds3, Terrain};
use crate::tiles::glb::{GlbBuilder, GridFrame, Primitive};
use crate::twin::GroundClass;

/// Linear base colours for viewers that do not colour by class.
const GROUND_COLOR: [f32; 3] = [0.55, 0.56, 0.5];
const TREE_COLOR: [f32; 3] = [0.16, 0.28, 0.1];
/// Rounding of positions in space, in metres: what 16 bits give over 512 m and more.
const ACCURACY_M: f64 = 0.03;
/// How far a skirt hangs down, as a part of the distance of terrain posts: steep ground, seen from a coarser neighbour.
const SKIRT_PER_SPACING: f64 = 0.15;
/// The longest skirt, in metres: no terrain of a city leaves more between two levels.
const LONGEST_SKIRT_M: f64 = 60.0;

/// A finished content.
pub(super) struct Content {
    pub glb: Vec<u8>,
    pub triangles: u64,
    /// Holds everything that it draws, local metres.
    pub bounds: Bounds3,
}

/// Corners of triangles with normals and classes, local metres.
#[derive(Default)]
struct Corners {
    positions: Vec<DVec3>,
    normals: Vec<DVec3>,
    classes: Vec<GroundClass>,
    triangles: Vec<[u32; 3]>,
}

/// Writes a square's content. `trees` are those in the square, drawn in `detail`.
pub(super) fn content(
    square: &Square,
    flat: &Flat,
    trees: &[&Tree],
    detail: Detail,
    place: &Place<'_>,
) -> Result<Content, GroundError> {
    let ground = ground(square, flat, place)?;
    let crowns = Crowns::new(trees, detail, place)?;
    let bounds = Bounds3::of(ground.positions.iter().chain(&crowns.positions).copied());
    let frame = GridFrame::around(bounds, ACCURACY_M * square.edge_m / 500.0);
    let mut glb = GlbBuilder::new(frame, &place.settings.copyright);
    let mut drawn = Content { glb: Vec::new(), triangles: 0, bounds: Bounds3::EMPTY };
    drawn.add_ground(&mut glb, &frame, &ground);
    drawn.add_crowns(&mut glb, &frame, &crowns);
    drawn.glb = glb.finish();
    Ok(drawn)
}

impl Content {
    fn add_ground(&mut self, glb: &mut GlbBuilder, frame: &GridFrame, ground: &Corners) {
        let mut classes = ground.classes.clone();
        classes.sort_unstable();
        classes.dedup();
        let row = |class: &GroundClass| classes.binary_search(class).unwrap_or_default() as u32;
        let rows: Vec<u32> = ground.classes.iter().map(row).collect();
        let part = Primitive {
            positions: glb.add_positions_quantized(&ground.positions),
            normals: Some(glb.add_normals(&ground.normals)),
            feature_ids: Some(glb.add_feature_ids(&rows)),
            indices: glb.add_indices(&ground.triangles),
            material: glb.material("ground", GROUND_COLOR),
        };
        glb.primitive(part);
        glb.property_table(table(&classes));
        self.triangles += ground.triangles.len() as u64;
        self.grow(frame, &ground.positions);
    }

    fn add_crowns(&mut self, glb: &mut GlbBuilder, frame: &GridFrame, crowns: &Crowns) {
        if crowns.triangles.is_empty() {
            return;
        }
        let part = Primitive {
            positions: glb.add_positions_quantized(&crowns.positions),
            normals: Some(glb.add_normals(&crowns.normals)),
            feature_ids: None,
            indices: glb.add_indices(&crowns.triangles),
            material: glb.material("tree", TREE_COLOR),
        };
        glb.primitive(part);
        self.grow(frame, &crowns.positions);
    }

    fn grow(&mut self, frame: &GridFrame, positions: &[DVec3]) {
        self.bounds = positions.iter().map(|&point| frame.snap(point)).fold(self.bounds, Bounds3::with);
    }
}

impl Place<'_> {
    /// A point of the projected system in the tileset's local frame.
    pub(super) fn local(&self, projected: DVec3) -> Result<DVec3, GroundError> {
        Ok(self.frame.local(self.to_ecef.ecef(self.settings.crs, projected)?))
    }

    /// Points of the projected system in the tileset's local frame.
    pub(super) fn local_all(&self, projected: &[DVec3]) -> Result<Vec<DVec3>, GroundError> {
        let earth = self.to_ecef.ecef_all(self.settings.crs, projected)?;
        Ok(earth.into_iter().map(|position| self.frame.local(position)).collect())
    }

    /// A place on the ground, in the projected system.
    pub(super) fn on_ground(&self, place: DVec2) -> DVec3 {
        place.extend(self.terrain.height_m(place))
    }

    /// How directions of the projected system lie in the local frame, around a point: turned by the meridian's
    /// convergence and the earth's curvature.
    fn local_axes(&self, around: DVec3) -> Result<DMat3, GroundError> {
        let zero = self.local(around)?;
        let along = |axis: DVec3| Ok::<_, GroundError>((self.local(around + axis)? - zero).normalize_or(axis));
        Ok(DMat3::from_cols(along(DVec3::X)?, along(DVec3::Y)?, along(DVec3::Z)?))
    }
}

/// The ground's triangles with its skirt. A corner where classes meet stands once for each of them.
fn ground(square: &Square, flat: &Flat, place: &Place<'_>) -> Result<Corners, GroundError> {
    let middle = place.on_ground(square.corner + square.edge_m * 0.5);
    let axes = place.local_axes(middle)?;
    let raised: Vec<DVec3> = flat.points.iter().map(|&point| place.on_ground(square.corner + point)).collect();
    let positions = place.local_all(&raised)?;
    let normals = normals(&raised, square, place.terrain).map(|normal| axes * normal).collect();
    let mut lift = Lift { positions, normals, numbers: vec![[None; GroundClass::ALL.len()]; raised.len()] };
    let mut corners = Corners::default();
    for &(triangle, class) in &flat.triangles {
        let triangle = triangle.map(|point| lift.corner(point as usize, class, &mut corners));
        corners.triangles.push(triangle);
    }
    let skirt_m = (square.spacing_m() * SKIRT_PER_SPACING).min(LONGEST_SKIRT_M);
    for &(edge, class) in &flat.border {
        let [a, b] = edge.map(|point| lift.corner(point as usize, class, &mut corners));
        let [below_a, below_b] = [a, b].map(|top| corners.below(top, skirt_m));
        corners.triangles.extend([[a, below_a, b], [b, below_a, below_b]]);
    }
    Ok(corners)
}

fn normals<'a>(points: &'a [DVec3], square: &Square, terrain: &'a Terrain) -> impl Iterator<Item = DVec3> + 'a {
    let reach_m = square.spacing_m() * 0.5;
    points.iter().map(move |point| terrain.normal(point.truncate(), reach_m))
}

/// A flat mesh's points in space, and their corners by class as far as they have been asked for.
struct Lift {
    positions: Vec<DVec3>,
    normals: Vec<DVec3>,
    numbers: Vec<[Option<u32>; GroundClass::ALL.len()]>,
}

impl Lift {
    fn corner(&mut self, point: usize, class: GroundClass, corners: &mut Corners) -> u32 {
        let (position, normal) = (self.positions[point], self.normals[point]);
        *self.numbers[point][class.number()].get_or_insert_with(|| corners.add(position, normal, class))
    }
}

impl Corners {
    fn add(&mut self, position: DVec3, normal: DVec3, class: GroundClass) -> u32 {
        self.positions.push(position);
        self.normals.push(normal);
        self.classes.push(class);
        (self.positions.len() - 1) as u32
    }

    /// A corner below another, lit like it.
    fn below(&mut self, top: u32, depth_m: f64) -> u32 {
        let top = top as usize;
        self.add(self.positions[top] - DVec3::Z * depth_m, self.normals[top], self.classes[top])
    }
}
