//! Which plans the selected building lies in and which are near: asked once for a selection and not once a frame.

use bevy::prelude::*;
use geo::MultiPolygon;

use super::Layers;
use crate::answer::{footprint, near_plans};
use crate::viewer::drive::TheCity;
use crate::viewer::pick::{Picked, Selection};

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

fn plans_near(layers: &Layers, footprint: &MultiPolygon<f64>) -> Vec<(String, String, f64)> {
    let known = layers.layers.iter().filter_map(|layer| Some((&layer.info, layer.data.as_ref()?)));
    let near = near_plans(known, footprint).into_iter();
    near.map(|(info, plan, distance_m)| (info.id.clone(), plan.id.clone(), distance_m)).collect()
}

fn plans_under(layers: &Layers, footprint: &MultiPolygon<f64>) -> Vec<(String, String)> {
    let mut under = Vec::new();
    for layer in &layers.layers {
        let Some(data) = &layer.data else { continue };
        under.extend(data.plans_under(footprint).map(|plan| (layer.info.id.clone(), plan.id.clone())));
    }
    under
}
