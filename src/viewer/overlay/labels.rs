//! The codes of permitted uses (`WA`, `MI`, `GE`, … as the law and its plans write them) on the areas in the picture, so
//! that areas differ by more than their colours. Chosen here for a view, drawn by the panels.
//!
//! A code stands where its area is widest, on ground that is seen, and only where the area is large enough for it.

use bevy::prelude::{MessageWriter, Res, ResMut};
use bevy::window::RequestRedraw;
use geo::{BoundingRect, Contains, Coord, Distance, Euclidean, InteriorPoint, Point, Polygon, Rect};
use glam::{DVec2, DVec3};

use super::{Layer, Layers};
use crate::viewer::camera::{Rig, TheCamera};
use crate::viewer::chosen::{self, Chosen, meet};
use crate::viewer::drive::TheCity;
use crate::viewer::settings::{Canvas, Settings};

/// A code at its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The code.
    pub code: String,
    /// Where it stands, in local coordinates.
    pub at: DVec3,
}

impl Label {
    /// Where it stands in a camera's picture of a size, from its upper left to its lower right corner; `None` behind the
    /// eye.
    pub fn borders(&self, rig: &Rig, picture_pt: DVec2, text_scale: f64) -> Option<[DVec2; 2]> {
        let (at, half) = (rig.project(self.at, picture_pt)?, label_pt(&self.code, text_scale) * 0.5);
        Some([at - half, at + half])
    }
}

/// The labels of a view.
pub type Labels = Chosen<View, Label>;

/// Most labels of a picture.
const MOST: usize = 24;
/// Most areas that are looked at for them, the largest first: each costs a few rays.
const MOST_LOOKED_AT: usize = 40;
/// Longest code, characters; longer ones are names and no codes.
const LONGEST: usize = 8;
/// Most places that are looked at: in a block of houses many have to be tried before one is seen.
const MOST_TRIED: usize = 300;
/// Points of the grid, in each direction, over an area: so fine that courtyards and streets of a block are met.
const GRID: u32 = 9;
/// How far above the ground the place is, metres.
const ABOVE_M: f64 = 0.5;
/// Width of a character for text of usual size, points.
const LETTER_PT: f64 = 8.5;
/// Height of a label, points.
const HEIGHT_PT: f64 = 18.0;
/// What is left and right of the code together, points.
const BORDER_PT: f64 = 10.0;

/// Chooses the labels, where the view, the tiles or the layers are others than in the frame before.
pub fn choose(
    mut layers: ResMut<Layers>,
    city: Res<TheCity>,
    camera: Res<TheCamera>,
    canvas: Res<Canvas>,
    settings: Res<Settings>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let has_labels = |layer: &Layer| layer.visible && layer.flat.is_some();
    if settings.bench || !settings.panels || !layers.layers.iter().any(has_labels) {
        if layers.labels.is_for_any() {
            layers.labels = Labels::default();
        }
        return;
    }
    let view = View {
        rig: camera.rig,
        size_pt: canvas.size_pt,
        text_scale: f64::from(settings.text_scale),
        layers: layers.layers.iter().map(has_labels).collect(),
    };
    if !city.tiles_changed && layers.labels.is_for(&view) {
        return;
    }
    if layers.labels.outlasts_a_move(&view) {
        redraw.write(RequestRedraw);
        return;
    }
    let ground = Ground {
        height_m: &|at| city.ground_below(at.extend(0.0)),
        is_seen: &|at| {
            let hit = city.pick(view.rig.eye, view.rig.ray(at, view.size_pt));
            hit.is_some_and(|hit| city.is_ground(hit.tile))
        },
    };
    let chosen = view.choose(&mut layers.layers, &ground);
    layers.labels = Labels::new(chosen, view);
}

/// What labels are chosen for.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    rig: Rig,
    size_pt: DVec2,
    text_scale: f64,
    /// Of each layer, whether it has labels.
    layers: Vec<bool>,
}

impl chosen::View for View {
    fn rig(&self) -> Rig {
        self.rig
    }

    fn seen_from(self, rig: Rig) -> Self {
        Self { rig, ..self }
    }
}

/// What a label stands on.
struct Ground<'a> {
    /// Height of the ground at a place; `None` where none is loaded.
    height_m: &'a dyn Fn(DVec2) -> Option<f64>,
    /// Whether ground, or a tree on it, is seen at a point of the picture.
    is_seen: &'a dyn Fn(DVec2) -> bool,
}

/// A place in an area, with the distance to the area's border, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    at: DVec2,
    free_m: f64,
}

impl View {
    fn choose(&self, layers: &mut [Layer], ground: &Ground<'_>) -> Vec<Label> {
        let (mut chosen, mut taken, mut left) = (Vec::new(), Vec::new(), MOST_TRIED);
        for (layer, polygon) in self.largest(layers) {
            let Some((layer, code)) = layers.get_mut(layer).and_then(|layer| {
                let code = layer.code(polygon)?;
                Some((layer, code))
            }) else {
                continue;
            };
            let Some(flat) = &mut layer.flat else { continue };
            let size_pt = label_pt(&code, self.text_scale);
            let Some((at, point)) = self.place(flat.spots(polygon), size_pt, ground, &mut left) else { continue };
            let borders = [point - size_pt * 0.5, point + size_pt * 0.5];
            if taken.iter().any(|other| meet(other, &borders)) {
                continue;
            }
            taken.push(borders);
            chosen.push(Label { code, at });
            if chosen.len() == MOST {
                break;
            }
        }
        chosen
    }

    /// The areas that are largest in the picture: numbers of layer and polygon.
    fn largest(&self, layers: &[Layer]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for (number, layer) in layers.iter().enumerate().filter(|(_, layer)| layer.visible) {
            let bounds = layer.flat.iter().flat_map(|flat| flat.bounds()).enumerate();
            found.extend(bounds.filter_map(|(polygon, bounds)| Some((self.extent_pt(bounds)?, (number, polygon)))));
        }
        found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        found.into_iter().take(MOST_LOOKED_AT).map(|(_, which)| which).collect()
    }

    /// About how large an area is in the picture, points; `None` where it is not in it or smaller than any label.
    fn extent_pt(&self, bounds: Rect<f64>) -> Option<f64> {
        let middle = DVec3::new(bounds.center().x, bounds.center().y, 0.0);
        let radius_m = bounds.width().hypot(bounds.height()) * 0.5;
        let depth_m = (middle - self.rig.eye).dot(self.rig.forward());
        if depth_m < -radius_m {
            return None;
        }
        let extent_pt = radius_m * self.points_per_metre(depth_m.max(radius_m * 0.5).max(1.0));
        let beyond = |at: DVec2| {
            at.cmplt(DVec2::splat(-extent_pt)).any() || at.cmpgt(self.size_pt + DVec2::splat(extent_pt)).any()
        };
        // What reaches behind the eye may be anywhere.
        let is_out = depth_m > radius_m && self.rig.project(middle, self.size_pt).is_none_or(beyond);
        (!is_out && extent_pt >= HEIGHT_PT).then_some(extent_pt)
    }

    fn points_per_metre(&self, depth_m: f64) -> f64 {
        self.size_pt.y * 0.5 / ((self.rig.fov_y * 0.5).tan() * depth_m)
    }

    /// Where a label of a size stands, in the city and in the picture: on ground that is seen beneath all of it, or at
    /// least beneath its middle. `left` is how many places may still be looked at.
    fn place(&self, spots: &[Spot], size_pt: DVec2, ground: &Ground<'_>, left: &mut usize) -> Option<(DVec3, DVec2)> {
        let corners = [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]].map(|corner| DVec2::from(corner) * size_pt);
        let mut seen = None;
        for spot in spots {
            let Some(fewer) = left.checked_sub(1) else { break };
            *left = fewer;
            let Some(height_m) = (ground.height_m)(spot.at) else { continue };
            let at = spot.at.extend(height_m + ABOVE_M);
            let Some(point) = self.fits(at, spot.free_m, size_pt).filter(|point| (ground.is_seen)(*point)) else {
                continue;
            };
            if corners.iter().all(|corner| (ground.is_seen)(point + *corner)) {
                return Some((at, point));
            }
            seen = seen.or(Some((at, point)));
        }
        seen
    }

    /// Where a place stands in the picture; `None` if what is free around it is smaller there than a label, or if the label
    /// would reach out of the window.
    fn fits(&self, at: DVec3, free_m: f64, size_pt: DVec2) -> Option<DVec2> {
        let to = at - self.rig.eye;
        let depth_m = to.dot(self.rig.forward());
        let point = self.rig.project(at, self.size_pt)?;
        let free_pt = free_m * self.points_per_metre(depth_m);
        // A circle on the ground is seen as an ellipse, the flatter the more one looks along the ground.
        let free_pt = DVec2::new(free_pt, free_pt * to.z.abs() / to.length());
        let half = size_pt * 0.5;
        let is_inside = point.cmpgt(half).all() && point.cmplt(self.size_pt - half).all();
        (is_inside && half.cmple(free_pt).all()).then_some(point)
    }
}

/// Size of a label, points.
fn label_pt(code: &str, text_scale: f64) -> DVec2 {
    let letters = code.chars().count() as f64;
    DVec2::new(letters * LETTER_PT + BORDER_PT, HEIGHT_PT) * text_scale
}

impl Layer {
    /// The code of a polygon's permitted use.
    fn code(&self, polygon: usize) -> Option<String> {
        let row = self.flat.as_ref()?.row(polygon)?;
        let plan = self.data.as_ref()?.plans().get(row)?;
        code(plan.permitted_use.as_deref()?).map(str::to_owned)
    }
}

/// A permitted use as it stands in the picture and in the legend; `None` where it is no code.
pub fn code(permitted_use: &str) -> Option<&str> {
    Some(permitted_use.trim()).filter(|code| !code.is_empty() && code.chars().count() <= LONGEST)
}

/// Places in an area, those that are farthest from its border first.
pub fn spots(area: &Polygon<f64>) -> Vec<Spot> {
    let Some(bounds) = area.bounding_rect() else { return Vec::new() };
    let share = |step: u32| (f64::from(step) + 0.5) / f64::from(GRID);
    let grid = (0..GRID).flat_map(|row| (0..GRID).map(move |column| (share(column), share(row))));
    let grid = grid.map(|(x, y)| bounds.min() + Coord { x: bounds.width() * x, y: bounds.height() * y });
    let inside = grid.map(Point).filter(|point| area.contains(point)).chain(area.interior_point());
    let rings = || std::iter::once(area.exterior()).chain(area.interiors());
    let free_m = |point: &Point<f64>| rings().map(|ring| Euclidean.distance(point, ring)).fold(f64::MAX, f64::min);
    let mut spots: Vec<Spot> =
        inside.map(|point| Spot { at: DVec2::new(point.x(), point.y()), free_m: free_m(&point) }).collect();
    spots.sort_by(|one, other| other.free_m.total_cmp(&one.free_m));
    spots
}

#[cfg(test)]
mod tests {
    use geo::LineString;

    use super::*;

    /// An area like an L, 100 m along each arm, 20 m and 40 m wide.
    fn corner() -> Polygon<f64> {
        let ring = [(0.0, 0.0), (100.0, 0.0), (100.0, 40.0), (20.0, 40.0), (20.0, 100.0), (0.0, 100.0)];
        Polygon::new(LineString::from(ring.to_vec()), Vec::new())
    }

    /// Straight above a place, looking down almost straight.
    fn above(at: DVec2, height_m: f64) -> View {
        let rig = Rig {
            eye: at.extend(height_m),
            heading_deg: 0.0,
            pitch_deg: -89.5,
            fov_y: 0.8,
            reach_m: f64::INFINITY,
            level_m: f64::INFINITY,
        };
        View { rig, size_pt: DVec2::new(1000.0, 800.0), text_scale: 1.0, layers: Vec::new() }
    }

    const FLAT: &dyn Fn(DVec2) -> Option<f64> = &|_| Some(0.0);
    const SEEN: &dyn Fn(DVec2) -> bool = &|_| true;

    #[test]
    fn a_label_has_its_place_where_the_area_is_widest() {
        let area = corner();
        let spots = spots(&area);
        assert!(spots.len() > 20, "{spots:?}");
        for spot in &spots {
            assert!(area.contains(&Point::new(spot.at.x, spot.at.y)), "{spot:?}");
            let to_border = Euclidean.distance(&Point::new(spot.at.x, spot.at.y), area.exterior());
            assert!((spot.free_m - to_border).abs() < 1e-9);
        }
        assert!(spots[0].at.y < 40.0 && spots[0].free_m > 15.0, "{spots:?}");
        assert!(spots.windows(2).all(|two| two[0].free_m >= two[1].free_m));
        assert_eq!(super::spots(&Polygon::new(LineString::new(Vec::new()), Vec::new())), []);
    }

    #[test]
    fn only_what_is_large_enough_in_the_picture_has_a_label() {
        let spot = spots(&corner())[0];
        let size_pt = label_pt("WA", 1.0);
        let placed = |height_m| {
            above(spot.at, height_m)
                .place(&[spot], size_pt, &Ground { height_m: FLAT, is_seen: SEEN }, &mut 9)
                .is_some()
        };
        assert!(placed(100.0) && placed(400.0));
        assert!(!placed(4000.0), "smaller than its label");
        let along = View { rig: Rig { pitch_deg: -2.0, ..above(spot.at, 3.0).rig }, ..above(spot.at, 3.0) };
        let ahead = Spot { at: spot.at + DVec2::new(0.0, 100.0), ..spot };
        let ground = Ground { height_m: FLAT, is_seen: SEEN };
        assert_eq!(along.place(&[ahead], size_pt, &ground, &mut 9), None, "seen along the ground it is flat");
    }

    #[test]
    fn no_label_stands_where_the_ground_is_not_seen_or_not_there() {
        let spots = spots(&corner());
        let view = above(spots[0].at, 200.0);
        let size_pt = label_pt("WA", 1.0);
        let place = |height_m: &dyn Fn(DVec2) -> Option<f64>, is_seen: &dyn Fn(DVec2) -> bool| {
            view.place(&spots, size_pt, &Ground { height_m, is_seen }, &mut 99)
        };
        let first = place(FLAT, SEEN).expect("it is seen");
        // A house over the first place.
        let beside = |at: DVec2| at.distance(first.1) > 12.0;
        assert!(place(FLAT, &beside).is_some_and(|(_, point)| beside(point)));
        assert_eq!(place(FLAT, &|_| false), None);
        assert_eq!(place(&|_| None, SEEN), None);
        assert_eq!(view.place(&spots, size_pt, &Ground { height_m: FLAT, is_seen: SEEN }, &mut 0), None);
    }

    #[test]
    fn a_courtyard_of_a_block_has_the_label() {
        let block =
            Polygon::new(LineString::from(vec![(0.0, 0.0), (120.0, 0.0), (120.0, 90.0), (0.0, 90.0)]), Vec::new());
        let view = above(DVec2::new(60.0, 45.0), 250.0);
        let (spots, size_pt) = (spots(&block), label_pt("WA", 1.0));
        for middle in [[25.0, 25.0], [95.0, 25.0], [60.0, 45.0], [40.0, 65.0]].map(DVec2::from) {
            let yard = view.rig.project(middle.extend(0.0), view.size_pt).expect("it is in the picture");
            let half_pt = 12.0 * view.points_per_metre(250.0);
            let is_yard = |at: DVec2| (at - yard).abs().max_element() < half_pt;
            let placed = view.place(&spots, size_pt, &Ground { height_m: FLAT, is_seen: &is_yard }, &mut 99);
            assert!(placed.is_some_and(|(_, point)| is_yard(point)), "{middle}");
        }
    }

    #[test]
    fn areas_outside_of_the_picture_are_not_looked_at() {
        let view = above(DVec2::ZERO, 500.0);
        let square = |x: f64, half: f64| Rect::new(Coord { x: x - half, y: -half }, Coord { x: x + half, y: half });
        assert!(view.extent_pt(square(0.0, 50.0)).is_some_and(|extent_pt| extent_pt > 60.0));
        assert_eq!(view.extent_pt(square(5000.0, 50.0)), None);
        assert_eq!(view.extent_pt(square(0.0, 1.0)), None, "it is a few points large");
        assert!(view.extent_pt(square(300.0, 5000.0)).is_some(), "it is all around");
    }

    #[test]
    fn codes_are_short() {
        assert_eq!([code(" WA "), code(""), code("Allgemeines Wohngebiet")], [Some("WA"), None, None]);
    }
}
