//! Walking from house to house: a way through the city for whoever does not point at things. Steps come from keys and
//! from the panel; the house that one stands at is highlighted, the camera follows, and `access` announces it.
//!
//! Walks among the buildings of the drawn tiles. Walking is a mode, because its keys fly the camera otherwise: the
//! panel shows that it is on and how it ends.

mod keys;
mod rule;
mod spots;
mod street;

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use glam::{DVec2, DVec3};

pub use rule::Direction;

use self::spots::{Spot, Spots};
use super::ViewerSystems;
use super::camera::{Rig, TheCamera};
use super::drive::{Clock, TheCity};
use super::pick::{Fresh, Selected, Selection};
use super::settings::Canvas;

/// Walks.
pub struct WalkPlugin;

impl Plugin for WalkPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Walk>().add_systems(
            Update,
            (keys::read.before(ViewerSystems::Camera), go.after(ViewerSystems::Camera).before(ViewerSystems::Pick)),
        );
    }
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Begin at the house nearest to the middle of the picture, or at the selected one.
    Begin,
    /// To the next house in a direction.
    To(Direction),
    /// To the next house of the street, by its number; `false` is the one before.
    Along(bool),
    /// Open the panel of the house.
    Open,
    /// No more walking.
    End,
}

/// How the last step ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// At the first house.
    Began,
    /// At another house: so far (metres) and in that direction (degrees clockwise from north) from the one before.
    Moved {
        /// How far.
        distance_m: f64,
        /// Where to.
        bearing_deg: f64,
    },
    /// There is no house in that direction.
    NoneThere,
    /// The street does not go on, as far as its houses are loaded.
    EndOfStreet,
    /// There is no house in the picture to begin at.
    NothingHere,
}

/// Whether and where somebody walks.
#[derive(Resource, Default, Debug)]
pub struct Walk {
    /// Where.
    at: Option<Spot>,
    /// How the last step ended, and how many there were: two steps may end alike.
    last: Option<(Outcome, u64)>,
    asked: Vec<Step>,
    spots: Spots,
}

impl Walk {
    /// Asks for a step; it is made in the next frame.
    pub fn ask(&mut self, step: Step) {
        self.asked.push(step);
    }

    /// Whether somebody walks.
    pub fn is_on(&self) -> bool {
        self.at.is_some()
    }

    /// The house that is stood at.
    pub fn at(&self) -> Option<&super::pick::Picked> {
        self.at.as_ref().map(|spot| &spot.picked)
    }

    /// The middle of the house that is stood at, in local coordinates.
    pub fn middle(&self) -> Option<DVec3> {
        self.at.as_ref().map(|spot| spot.middle)
    }

    /// How the last step ended, with its number.
    pub fn last(&self) -> Option<(Outcome, u64)> {
        self.last
    }

    fn ended(&mut self, outcome: Outcome) {
        let number = self.last.map_or(0, |(_, number)| number);
        self.last = Some((outcome, number + 1));
    }
}

/// Makes the steps that were asked for.
fn go(
    mut walk: ResMut<Walk>,
    mut selection: ResMut<Selection>,
    mut camera: ResMut<TheCamera>,
    city: Res<TheCity>,
    canvas: Res<Canvas>,
    clock: Res<Clock>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if walk.asked.is_empty() || !city.is_framed() {
        return;
    }
    for step in std::mem::take(&mut walk.asked) {
        match step {
            Step::End => *walk = Walk { last: walk.last, ..Walk::default() },
            Step::Open => {
                if let Some(picked) = walk.at() {
                    selection.choose(Selected::Building(picked.clone()), Fresh::No);
                }
            }
            Step::Begin | Step::To(_) | Step::Along(_) => {
                make(step, &mut walk, &city, &selection, &camera, canvas.size_pt);
                if let Some(middle) = walk.middle() {
                    follow(&mut camera, middle, canvas.size_pt, clock.now_secs);
                }
            }
        }
    }
    selection.walked = walk.at().cloned();
    redraw.write(RequestRedraw);
}

/// Walks to another house.
fn make(step: Step, walk: &mut Walk, city: &TheCity, selection: &Selection, camera: &TheCamera, size_pt: DVec2) {
    let mut cache = std::mem::take(&mut walk.spots);
    let spots = cache.drawn(city);
    let (found, otherwise) = match (step, &walk.at) {
        (Step::To(direction), Some(at)) => (in_direction(&spots, at, direction, &camera.rig), Outcome::NoneThere),
        (Step::Along(forward), Some(at)) => (along_street(&spots, at, forward), Outcome::EndOfStreet),
        _ => (first(&spots, selection, &camera.rig, size_pt), Outcome::NothingHere),
    };
    let found = found.cloned();
    walk.spots = cache;
    let Some(to) = found else { return walk.ended(otherwise) };
    let outcome = match &walk.at {
        None => Outcome::Began,
        Some(from) => {
            let way = (to.middle - from.middle).truncate();
            Outcome::Moved { distance_m: way.length(), bearing_deg: way.x.atan2(way.y).to_degrees().rem_euclid(360.0) }
        }
    };
    walk.at = Some(to);
    walk.ended(outcome);
}

/// The selected house, else the one nearest to the middle of the picture.
fn first<'a>(spots: &[&'a Spot], selection: &Selection, rig: &Rig, size_pt: DVec2) -> Option<&'a Spot> {
    let selected = selection.building().and_then(|picked| spots.iter().find(|spot| is(&spot.picked, picked)));
    let from_middle = |spot: &&&Spot| {
        let seen = rig.project(spot.middle, size_pt)?;
        let inside = seen.cmpge(DVec2::ZERO).all() && seen.cmple(size_pt).all();
        inside.then(|| seen.distance_squared(size_pt * 0.5))
    };
    let seen = || {
        let places = spots.iter().filter_map(|spot| Some((from_middle(&spot)?, spot)));
        places.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, spot)| spot)
    };
    selected.or_else(seen).copied()
}

fn in_direction<'a>(spots: &[&'a Spot], at: &Spot, direction: Direction, rig: &Rig) -> Option<&'a Spot> {
    let ahead = rig.right().truncate().perp();
    let others: Vec<&Spot> = spots.iter().copied().filter(|spot| !is(&spot.picked, &at.picked)).collect();
    let places: Vec<DVec2> = others.iter().map(|spot| spot.middle.truncate()).collect();
    rule::next(at.middle.truncate(), &places, direction.on_the_ground(ahead)).map(|index| others[index])
}

fn along_street<'a>(spots: &[&'a Spot], at: &Spot, forward: bool) -> Option<&'a Spot> {
    // Of the order of tiles nobody knows anything: houses of one number follow each other by their ids.
    let mut spots = spots.to_vec();
    spots.sort_by(|a, b| a.picked.id.cmp(&b.picked.id));
    let from = spots.iter().position(|spot| is(&spot.picked, &at.picked))?;
    let addresses: Vec<_> = spots.iter().map(|spot| spot.addresses.clone()).collect();
    street::next(from, &addresses, forward).map(|index| spots[index])
}

/// Whether two are the same building: by id, else by place in a tile.
fn is(a: &super::pick::Picked, b: &super::pick::Picked) -> bool {
    if a.id.is_empty() { a == b } else { a.id == b.id }
}

/// How far the camera looks at most while somebody walks, and at least, metres.
const FOLLOW_M: std::ops::RangeInclusive<f64> = 90.0..=320.0;

/// Brings a house into the middle of the picture, unless it stands there already.
fn follow(camera: &mut TheCamera, middle: DVec3, size_pt: DVec2, now_secs: f64) {
    let near = camera.rig.eye.distance(middle) <= FOLLOW_M.end() * 1.5;
    let off = camera.rig.project(middle, size_pt).map(|seen| ((seen - size_pt * 0.5) / size_pt).abs());
    if near && camera.flight.is_none() && off.is_some_and(|off| off.max_element() < 0.17) {
        return;
    }
    let distance_m = camera.rig.eye.distance(middle).clamp(*FOLLOW_M.start(), *FOLLOW_M.end());
    let mut to = Rig { pitch_deg: camera.rig.pitch_deg.clamp(-55.0, -25.0), ..camera.rig };
    to.eye = middle - to.forward() * distance_m;
    camera.fly(to, distance_m, now_secs);
}
