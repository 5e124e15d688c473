//! Which building is the next one in a direction. Pure geometry on the ground plan: no engine, no city.
//!
//! The rule: a building counts as being in a direction if it lies within 45° of it, and the next one is the one with the
//! least sum of the way along the direction and the way across it. What lies straight ahead costs its distance, what
//! lies at 45° costs 1.4 times that. The four directions share the plane without gap or overlap, and each step towards
//! any building brings one nearer to it (by that same sum), so every building can be reached from every other.

use std::cmp::Ordering;

use glam::DVec2;

/// Where to go, as seen in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Away from the eye.
    Ahead,
    /// To the right.
    Right,
    /// Towards the eye.
    Back,
    /// To the left.
    Left,
}

impl Direction {
    /// The unit vector on the ground, for a picture whose level direction of view is `ahead` (a unit vector).
    pub fn on_the_ground(self, ahead: DVec2) -> DVec2 {
        match self {
            Self::Ahead => ahead,
            Self::Right => -ahead.perp(),
            Self::Back => -ahead,
            Self::Left => ahead.perp(),
        }
    }
}

/// What going somewhere costs, in a direction (a unit vector); `None` if it does not lie there.
pub fn cost(from: DVec2, to: DVec2, direction: DVec2) -> Option<f64> {
    let way = to - from;
    let (along, across) = (way.dot(direction), way.dot(direction.perp()));
    (along > 0.0 && -along < across && across <= along).then_some(along + across.abs())
}

/// The next of several places in a direction (a unit vector): its index. Of two that cost the same it is the nearer one,
/// of two as near the one named first.
pub fn next(from: DVec2, places: &[DVec2], direction: DVec2) -> Option<usize> {
    let costs = places.iter().enumerate().filter_map(|(index, place)| {
        let cost = cost(from, *place, direction)?;
        Some((index, cost, from.distance_squared(*place)))
    });
    let order = |a: &(usize, f64, f64), b: &(usize, f64, f64)| {
        a.1.partial_cmp(&b.1).unwrap_or(Ordering::Equal).then(a.2.partial_cmp(&b.2).unwrap_or(Ordering::Equal))
    };
    costs.min_by(order).map(|(index, _, _)| index)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Direction; 4] = [Direction::Ahead, Direction::Right, Direction::Back, Direction::Left];

    /// Some places, and the direction of a picture.
    fn town() -> impl Strategy<Value = (Vec<DVec2>, DVec2)> {
        let place = (-500.0..500.0, -500.0..500.0).prop_map(|(x, y)| DVec2::new(x, y));
        let ahead = (0.0..std::f64::consts::TAU).prop_map(DVec2::from_angle);
        (prop::collection::vec(place, 2..60), ahead)
    }

    fn steps(places: &[DVec2], at: usize, ahead: DVec2) -> impl Iterator<Item = usize> {
        let ways = ALL.map(|direction| direction.on_the_ground(ahead));
        ways.into_iter().filter_map(move |way| next(places[at], places, way))
    }

    proptest! {
        #[test]
        fn every_building_can_be_walked_to((places, ahead) in town(), start in any::<prop::sample::Index>()) {
            let start = start.index(places.len());
            let mut seen = vec![false; places.len()];
            let mut open = vec![start];
            while let Some(at) = open.pop() {
                if !std::mem::replace(&mut seen[at], true) {
                    open.extend(steps(&places, at, ahead));
                }
            }
            prop_assert!(seen.iter().all(|seen| *seen), "{seen:?}");
        }

        #[test]
        fn steps_towards_a_building_come_nearer_to_it((places, ahead) in town(), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
            let (mut at, goal) = (a.index(places.len()), b.index(places.len()));
            let mut steps = 0;
            while at != goal {
                let way = ALL.map(|direction| direction.on_the_ground(ahead));
                let there: Vec<DVec2> = way.into_iter().filter(|way| cost(places[at], places[goal], *way).is_some()).collect();
                prop_assert_eq!(there.len(), 1, "a place lies in one direction and no other");
                at = next(places[at], &places, there[0]).expect("the goal at least");
                steps += 1;
                prop_assert!(steps <= places.len(), "it goes round in circles");
            }
        }

        #[test]
        fn there_and_back_returns_unless_something_is_nearer((places, ahead) in town(), start in any::<prop::sample::Index>()) {
            let start = start.index(places.len());
            for direction in ALL {
                let way = direction.on_the_ground(ahead);
                let Some(there) = next(places[start], &places, way) else { continue };
                let back = next(places[there], &places, -way).expect("where one came from lies behind");
                let of = |to: usize| cost(places[there], places[to], -way).expect("it lies behind");
                prop_assert!(back == start || of(back) <= of(start));
            }
        }
    }

    #[test]
    fn in_rows_of_houses_there_and_back_is_where_one_was() {
        let places: Vec<DVec2> =
            (0..25).map(|n| DVec2::new(f64::from(n % 5) * 20.0 + f64::from(n % 3), f64::from(n / 5) * 22.0)).collect();
        for (start, from) in places.iter().enumerate() {
            for direction in ALL {
                let way = direction.on_the_ground(DVec2::Y);
                if let Some(there) = next(*from, &places, way) {
                    assert_eq!(next(places[there], &places, -way), Some(start), "{start} {direction:?}");
                }
            }
        }
        assert_eq!(next(places[6], &places, DVec2::Y), Some(11));
        assert_eq!(next(places[6], &places, DVec2::X), Some(7));
    }

    #[test]
    fn what_lies_straight_ahead_is_preferred() {
        let places = [DVec2::new(9.0, 9.5), DVec2::new(0.0, 17.0), DVec2::new(0.0, -1.0)];
        assert_eq!(next(DVec2::ZERO, &places, DVec2::Y), Some(1));
        assert_eq!(next(DVec2::ZERO, &places[..1], DVec2::Y), Some(0));
        assert_eq!(next(DVec2::ZERO, &places[..1], DVec2::X), None);
        assert_eq!(next(DVec2::ZERO, &[DVec2::ZERO], DVec2::X), None, "where one stands is no step");
    }
}
