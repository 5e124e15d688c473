//! Which sights have their names in a picture: what fits, is not hidden, and meets neither another name nor the code of a
//! plan.

use glam::{DVec2, DVec3};

use super::SightName;
use crate::twin::{Language, PlaceInfo};
use crate::viewer::camera::Rig;
use crate::viewer::chosen::{self, meet};
use crate::viewer::overlay::Label;

/// A picture has one name for so many square points, at most.
const PT2_A_NAME: f64 = 55_000.0;
/// Farther away sights have no name, metres.
const FAR_M: f64 = 15_000.0;
/// Nearer ones neither, metres: who stands in a square does not ask for it.
const NEAR_M: f64 = 60.0;
/// What is hit so near to a sight belongs to it and does not hide it, metres.
const OWN_M: f64 = 80.0;
/// Width of a character for text of usual size, points.
const LETTER_PT: f64 = 7.6;
/// What is left and right of the name together, points.
const BORDER_PT: f64 = 18.0;
/// Height of a name, points.
const HEIGHT_PT: f64 = 25.0;
/// How far a name stands above what it points at, points.
pub const TIP_PT: f64 = 9.0;
/// How far from the codes of plans a name comes while the camera moves, points; nearer ones might take it away again at
/// once.
const COMES_PT: f64 = 12.0;

/// What names are chosen for.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub rig: Rig,
    pub size_pt: DVec2,
    pub text_scale: f64,
    pub language: Language,
    /// What panels cover of the picture, from upper left to lower right corners.
    pub covered: Vec<[DVec2; 2]>,
    /// The codes of plans in the picture.
    pub codes: Vec<Label>,
}

impl chosen::View for View {
    fn rig(&self) -> Rig {
        self.rig
    }

    fn seen_from(self, rig: Rig) -> Self {
        Self { rig, ..self }
    }
}

impl View {
    /// The names of sights with their tops, as many as the picture has room for. `hit_m`: how far away stands what is
    /// seen at a point of the picture. `before`: while the camera moves, the names of the frame before.
    pub fn choose(
        &self,
        sights: &[PlaceInfo],
        tops: &[DVec3],
        hit_m: &dyn Fn(DVec2) -> Option<f64>,
        before: Option<&[SightName]>,
    ) -> Vec<SightName> {
        let comes = |sight: usize| before.is_some_and(|names| names.iter().all(|name| name.sight != sight));
        let most = (self.size_pt.x * self.size_pt.y / PT2_A_NAME) as usize;
        let (mut names, mut taken) = (Vec::new(), self.covered.clone());
        for (sight, (place, at)) in sights.iter().zip(tops).enumerate() {
            if names.len() == most {
                break;
            }
            let name = place.title.get(self.language);
            let Some(borders) = self.borders(name, *at) else { continue };
            let from_codes_pt = if comes(sight) { COMES_PT } else { 0.0 };
            let is_free = !taken.iter().any(|other| meet(other, &borders)) && self.clears_codes(borders, from_codes_pt);
            if !is_free || self.is_hidden(*at, hit_m) {
                continue;
            }
            taken.push(borders);
            names.push(SightName { sight, name: name.to_owned(), at: *at });
        }
        names
    }

    /// Whether a name that was chosen elsewhere may stay in this picture.
    pub fn may_stay(&self, name: &SightName) -> bool {
        self.card(&name.name, name.at).is_none_or(|card| self.clears_codes(card, 0.0))
    }

    /// Whether a name with its tip stands so far from every code, points.
    fn clears_codes(&self, [upper_left, lower_right]: [DVec2; 2], gap_pt: f64) -> bool {
        let tip_pt = DVec2::new(0.0, TIP_PT * self.text_scale);
        let around = [upper_left - gap_pt, lower_right + tip_pt + gap_pt];
        let mut codes = self.codes.iter().filter_map(|code| code.borders(&self.rig, self.size_pt, self.text_scale));
        !codes.any(|code| meet(&code, &around))
    }

    /// Where a name may stand in the picture; `None` where it would reach out of it, or is too near or too far.
    fn borders(&self, name: &str, at: DVec3) -> Option<[DVec2; 2]> {
        let far_m = self.rig.eye.distance(at);
        let card = self.card(name, at).filter(|_| (NEAR_M..FAR_M).contains(&far_m))?;
        let [upper_left, lower_right] = card;
        let tip_y = lower_right.y + TIP_PT * self.text_scale;
        let is_inside = upper_left.cmpge(DVec2::ZERO).all() && lower_right.x < self.size_pt.x;
        (is_inside && tip_y < self.size_pt.y).then_some(card)
    }

    /// Where a name's card stands in the picture or beside it; `None` behind the eye.
    fn card(&self, name: &str, at: DVec3) -> Option<[DVec2; 2]> {
        let point = self.rig.project(at, self.size_pt)?;
        let letters = name.chars().count() as f64;
        let size_pt = DVec2::new(letters * LETTER_PT + BORDER_PT, HEIGHT_PT) * self.text_scale;
        let upper_left = point - DVec2::new(size_pt.x * 0.5, size_pt.y + TIP_PT * self.text_scale);
        Some([upper_left, upper_left + size_pt])
    }

    /// Whether something stands before a sight that does not belong to it.
    fn is_hidden(&self, at: DVec3, hit_m: &dyn Fn(DVec2) -> Option<f64>) -> bool {
        let far_m = self.rig.eye.distance(at);
        let seen_m = self.rig.project(at, self.size_pt).and_then(hit_m);
        seen_m.is_some_and(|seen_m| seen_m < far_m - OWN_M)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::{CameraPose, Text};

    const NOTHING_BEFORE: &dyn Fn(DVec2) -> Option<f64> = &|_| None;

    /// Looks north along the ground, from 100 m above it.
    fn view() -> View {
        let rig = Rig {
            eye: DVec3::Z * 100.0,
            heading_deg: 0.0,
            pitch_deg: -5.0,
            fov_y: 0.8,
            reach_m: 1e5,
            level_m: f64::INFINITY,
        };
        View {
            rig,
            size_pt: DVec2::new(1280.0, 720.0),
            text_scale: 1.0,
            language: Language::De,
            covered: Vec::new(),
            codes: Vec::new(),
        }
    }

    fn place(name: &str) -> PlaceInfo {
        let pose = CameraPose {
            lon_deg: 11.5,
            lat_deg: 48.1,
            height_m: 500.0,
            distance_m: 300.0,
            heading_deg: 0.0,
            pitch_deg: -20.0,
        };
        PlaceInfo { title: Text::new(name, name), pose, building: None }
    }

    /// The names that a view has of sights at these places east and north of the eye.
    fn named(view: &View, places: &[(&str, f64, f64)], hit_m: &dyn Fn(DVec2) -> Option<f64>) -> Vec<String> {
        let sights: Vec<_> = places.iter().map(|(name, ..)| place(name)).collect();
        let tops: Vec<_> = places.iter().map(|(_, east_m, north_m)| DVec3::new(*east_m, *north_m, 30.0)).collect();
        view.choose(&sights, &tops, hit_m, None).into_iter().map(|name| name.name).collect()
    }

    #[test]
    fn what_comes_first_is_named_and_what_would_meet_it_is_not() {
        let places = [("Rathaus", 0.0, 900.0), ("Alter Peter", 5.0, 1000.0), ("Hofgarten", 400.0, 1500.0)];
        assert_eq!(named(&view(), &places, NOTHING_BEFORE), ["Rathaus", "Hofgarten"]);
        let large = View { text_scale: 4.0, ..view() };
        assert_eq!(named(&large, &places, NOTHING_BEFORE), ["Rathaus"]);
    }

    #[test]
    fn names_stand_whole_in_the_picture_neither_near_nor_far() {
        let places = [("behind", 0.0, -900.0), ("far", 0.0, 30_000.0), ("half", 370.0, 500.0), ("seen", 0.0, 500.0)];
        assert_eq!(named(&view(), &places, NOTHING_BEFORE), ["seen"]);
        let low = View { rig: Rig { eye: DVec3::Z * 35.0, ..view().rig }, ..view() };
        assert_eq!(named(&low, &[("near", 0.0, 55.0), ("seen", 0.0, 500.0)], NOTHING_BEFORE), ["seen"]);
        let behind_a_panel = View { covered: vec![[DVec2::ZERO, DVec2::new(1280.0, 720.0)]], ..view() };
        assert!(named(&behind_a_panel, &places, NOTHING_BEFORE).is_empty());
    }

    #[test]
    fn what_is_hidden_has_no_name_and_hides_itself_in_vain() {
        let place = [("Frauenkirche", 0.0, 900.0)];
        assert_eq!(named(&view(), &place, &|_| Some(870.0)), ["Frauenkirche"], "its own tower");
        assert!(named(&view(), &place, &|_| Some(300.0)).is_empty(), "a house before it");
        assert_eq!(named(&view(), &place, &|_| Some(2000.0)), ["Frauenkirche"], "the ground behind it");
    }

    /// A view with a code so far above the sight at 0 east, 900 m north.
    fn coded(above_m: f64) -> View {
        let code = Label { code: "WA".to_owned(), at: DVec3::new(0.0, 900.0, 30.0 + above_m) };
        View { codes: vec![code], ..view() }
    }

    #[test]
    fn a_name_gives_way_to_the_code_of_a_plan() {
        let count = |above_m| named(&coded(above_m), &[("Rathaus", 0.0, 900.0)], NOTHING_BEFORE).len();
        // Below the tip, at its foot, on the name, and above it.
        assert_eq!([-20.0, 0.0, 25.0, 50.0].map(count), [1, 0, 0, 1]);
        let name = SightName { sight: 0, name: "Rathaus".to_owned(), at: DVec3::new(0.0, 900.0, 30.0) };
        assert_eq!([0.0, 25.0, 50.0].map(|above_m| coded(above_m).may_stay(&name)), [false, false, true]);
        let behind = SightName { at: DVec3::new(0.0, -900.0, 30.0), ..name };
        assert!(coded(25.0).may_stay(&behind), "it is not seen");
    }

    #[test]
    fn while_the_camera_moves_no_name_comes_that_a_code_may_take_away_again() {
        let name = SightName { sight: 0, name: "Rathaus".to_owned(), at: DVec3::new(0.0, 900.0, 30.0) };
        let choose = |above_m: f64, before: Option<&[SightName]>| {
            let chosen = coded(above_m).choose(&[place("Rathaus")], &[name.at], NOTHING_BEFORE, before);
            chosen == [name.clone()]
        };
        let (other, own) = ([SightName { sight: 1, ..name.clone() }], [name.clone()]);
        assert_eq!([None, Some(&other[..]), Some(&own[..])].map(|before| choose(50.0, before)), [true, false, true]);
        assert!(choose(90.0, Some(&other)), "the code is far off");
    }

    #[test]
    fn a_small_picture_has_few_names() {
        let places: Vec<_> = (0..40)
            .map(|step| ("Ort", f64::from(step % 8) * 200.0 - 700.0, 1500.0 + f64::from(step / 8) * 900.0))
            .collect();
        let count = |size_pt: DVec2| named(&View { size_pt, ..view() }, &places, NOTHING_BEFORE).len();
        let (phone, window) = (count(DVec2::new(390.0, 844.0)), count(DVec2::new(1280.0, 720.0)));
        assert!(phone <= 5 && window > phone && window <= 16, "{phone} and {window}");
    }
}
