//! The picture of the city as a node: where one is, where one looks, and how to go on from there.

use bevy::prelude::*;
use glam::DVec3;

use super::node::{Node, Role};
use super::tree::{ROOT, Tree};
use crate::geo::Geodetic;
use crate::texts::{metres, text};
use crate::twin::Language;
use crate::viewer::camera::TheCamera;
use crate::viewer::drive::TheCity;
use crate::viewer::settings::{Canvas, Settings};
use crate::viewer::walk::Walk;

/// Key of the city.
pub const CITY: &str = "city";

/// What the node is made of.
#[derive(bevy::ecs::system::SystemParam)]
pub struct City<'w> {
    city: Res<'w, TheCity>,
    camera: Res<'w, TheCamera>,
    canvas: Res<'w, Canvas>,
    settings: Res<'w, Settings>,
    walk: Res<'w, Walk>,
}

impl City<'_> {
    /// The node.
    pub fn node(&self) -> Node {
        let language = self.settings.language;
        let hint = if self.walk.is_on() { "access.walking" } else { "access.city_hint" };
        let [width, height] = self.canvas.size_pt.as_ivec2().to_array();
        Node {
            name: self.name(language),
            value: Some(text(language, hint).to_owned()),
            place: Some([0, 0, width, height]),
            ..Node::new(CITY, Role::City)
        }
    }

    /// "Munich, view to the north from 300 m above ground, at Marienplatz".
    fn name(&self, language: Language) -> String {
        let title = self.city.twin.as_ref().map_or(text(language, "window.title"), |twin| twin.title.get(language));
        if !self.city.is_framed() {
            return title.to_owned();
        }
        let camera = &self.camera;
        let height_m = if camera.clearance_m.is_finite() { camera.clearance_m } else { camera.rig.eye.z };
        let mut name = text(language, "access.city")
            .replace("{city}", title)
            .replace("{direction}", bearing(language, camera.rig.heading_deg))
            .replace("{height}", &metres(language, two_figures(height_m.max(1.0)), 0));
        if let Some(place) = self.place_near(camera.focus(), language) {
            name += &text(language, "access.at_place").replace("{place}", place);
        }
        name
    }

    /// The city's own place nearest to a point, within a kilometre.
    fn place_near(&self, local: DVec3, language: Language) -> Option<&str> {
        let distance_m = |place: &&crate::twin::PlaceInfo| {
            let (lon_deg, lat_deg) = (place.pose.lon_deg, place.pose.lat_deg);
            let at = Geodetic { lon_deg, lat_deg, height_m: place.pose.height_m };
            self.city.frame.local(at.into()).truncate().distance(local.truncate())
        };
        let places = self.city.twin.iter().flat_map(|twin| &twin.places);
        let nearest = places.min_by(|a, b| distance_m(a).total_cmp(&distance_m(b)))?;
        (distance_m(&nearest) < 1000.0).then(|| nearest.title.get(language))
    }
}

impl Tree {
    /// Adds the city, behind the first panel.
    pub fn add_city(&mut self, node: Node) {
        if let Some(root) = self.nodes.get_mut(ROOT) {
            let at = root.children.len().min(1);
            root.children.insert(at, node.key.clone());
        }
        self.nodes.insert(node.key.clone(), node);
    }
}

/// A number to two figures: what is read aloud need not be exact, and is not to change with every step.
fn two_figures(value: f64) -> f64 {
    let unit = 10f64.powf((value.log10().floor() - 1.0).max(0.0));
    (value / unit).round() * unit
}

/// A direction in words, degrees clockwise from north.
pub fn bearing(language: Language, degrees: f64) -> &'static str {
    let keys = [
        "access.north",
        "access.north_east",
        "access.east",
        "access.south_east",
        "access.south",
        "access.south_west",
        "access.west",
        "access.north_west",
    ];
    text(language, keys[(degrees / 45.0).round().rem_euclid(8.0) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_are_those_of_the_compass() {
        let words = [0.0, 22.0, 23.0, 90.0, 181.0, 338.0, 359.9, -45.0].map(|degrees| bearing(Language::En, degrees));
        let expected = ["north", "north", "north-east", "east", "south", "north", "north", "north-west"];
        assert_eq!(words, expected);
    }

    #[test]
    fn heights_are_told_to_two_figures() {
        assert_eq!([3.4, 57.0, 347.0, 1262.0].map(two_figures), [3.0, 57.0, 350.0, 1300.0]);
    }
}
