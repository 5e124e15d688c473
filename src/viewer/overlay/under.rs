//! Which plans the selected building lies in and which are near: asked once for a selection and not once a frame.

use bevy::prelude::*;
use geo::{Coord, LineString, MultiPolygon, Polygon, unary_union};

use super::Layers;
use crate::answer::PLANS_WITHIN_M;
use crate::geo::{Ecef, Geodetic};
use crate::stream::TileContent;
use crate::viewer::drive::TheCity;
use crate::viewer::pick::{Picked, Selection};

/// Triangles that are smaller than this seen from above belong to walls, square degrees: about a square centimetre.
const LEAST_DEG2: f64 = 1e-14;

/// The plans under a building, by layer and id.
pub struct Under {
    building: Option<Picked>,
    footprint: MultiPolygon<f64>,
    plans: Vec<(String, String)>,
    /// With their distance in metres, nearest first.
    near: Vec<(String, String, f64)>,
    /// Counts the looks.
    looks: u64,
}

impl Default for Under {
    fn default() -> Self {
        Self { building: None, footprint: MultiPolygon(Vec::new()), plans: Vec::new(), near: Vec::new(), looks: 0 }
    }
}

impl Under {
    /// The plans under a building, if it is the one that was asked for.
    pub fn plans_of(&self, building: &Picked) -> &[(String, String)] {
        if self.building.as_ref() == Some(building) { &self.plans } else { &[] }
    }

    /// The plans near a building, if it is the one that was asked for.
    pub fn plans_near(&self, building: &Picked) -> &[(String, String, f64)] {
        if self.building.as_ref() == Some(building) { &self.near } else { &[] }
    }

    /// The building that was asked for, what it covers, and how often was looked.
    pub fn footprint(&self) -> Option<(&Picked, &MultiPolygon<f64>, u64)> {
        Some((self.building.as_ref()?, &self.footprint, self.looks))
    }
}

/// Looks again where the selection, its tiles or the layers have changed.
pub fn look(mut layers: ResMut<Layers>, selection: Res<Selection>, city: Res<TheCity>) {
    let selected = selection.building();
    let news = std::mem::take(&mut layers.news) || city.tiles_changed || layers.under.building.as_ref() != selected;
    if !news {
        return;
    }
    let looks = layers.under.looks + 1;
    // A building whose tile has gone keeps what was found of it.
    if let Some((_, content, row)) = selected.and_then(|picked| city.find(picked)) {
        let footprint = footprint(content, row);
        let (plans, near) = (plans_under(&layers, &footprint), plans_near(&layers, &footprint));
        layers.under = Under { building: selected.cloned(), footprint, plans, near, looks };
    } else if selected.is_none() {
        layers.under = Under { looks, ..Under::default() };
    }
}

/// Of all layers, nearest first.
fn plans_near(layers: &Layers, footprint: &MultiPolygon<f64>) -> Vec<(String, String, f64)> {
    let mut near = Vec::new();
    for layer in &layers.layers {
        let Some(data) = &layer.data else { continue };
        let found = data.plans_within(footprint, PLANS_WITHIN_M).into_iter();
        near.extend(found.map(|(plan, distance_m)| (layer.info.id.clone(), plan.id.clone(), distance_m)));
    }
    near.sort_by(|one, other| one.2.total_cmp(&other.2));
    near
}

fn plans_under(layers: &Layers, footprint: &MultiPolygon<f64>) -> Vec<(String, String)> {
    let mut under = Vec::new();
    for layer in &layers.layers {
        let Some(data) = &layer.data else { continue };
        under.extend(data.plans_under(footprint).map(|plan| (layer.info.id.clone(), plan.id.clone())));
    }
    under
}

/// What a building of a tile covers seen from above, in longitude and latitude.
pub fn footprint(content: &TileContent, row: u32) -> MultiPolygon<f64> {
    let mut facets = Vec::new();
    for mesh in &content.meshes {
        let place = |corner: u32| {
            let position = mesh.positions.get(corner as usize)?;
            let at = mesh.ecef_from_mesh.transform_point3(glam::Vec3::from(*position).as_dvec3());
            let Geodetic { lon_deg, lat_deg, .. } = Ecef(at).into();
            Some(Coord { x: lon_deg, y: lat_deg })
        };
        let of_row = |corners: &&[u32]| mesh.features.get(corners[0] as usize) == Some(&row);
        for corners in mesh.indices.chunks_exact(3).filter(of_row) {
            let corners: Option<Vec<Coord<f64>>> = corners.iter().map(|corner| place(*corner)).collect();
            facets.extend(corners.and_then(|corners| facet(&corners)));
        }
    }
    unary_union(&facets)
}

/// A triangle seen from above, counter-clockwise; none for one that stands upright.
fn facet(corners: &[Coord<f64>]) -> Option<Polygon<f64>> {
    let [a, b, c] = *corners else { return None };
    let doubled = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
    let ring = if doubled > 0.0 { vec![a, b, c, a] } else { vec![a, c, b, a] };
    (doubled.abs() > 2.0 * LEAST_DEG2).then(|| Polygon::new(LineString(ring), Vec::new()))
}
