//! What is chosen for what a camera sees, and costs rays: while the camera moves, what was chosen is kept for some frames.

use glam::DVec2;

use super::camera::Rig;

/// For how many frames it is kept while the camera moves: it stays at its places, which cost rays to find.
const MOST_KEPT: u32 = 8;

/// What something is chosen for: a camera, and whatever else it depends on.
pub trait View: Clone + PartialEq {
    /// The camera.
    fn rig(&self) -> Rig;

    /// The same for another camera.
    fn seen_from(self, rig: Rig) -> Self;
}

/// What was chosen for a view.
pub struct Chosen<V, T> {
    all: Vec<T>,
    view: Option<V>,
    /// The camera of the frame before, and for how many frames of a move the choice has been kept.
    before: Option<Rig>,
    kept: u32,
}

impl<V, T> Default for Chosen<V, T> {
    fn default() -> Self {
        Self { all: Vec::new(), view: None, before: None, kept: 0 }
    }
}

impl<V: View, T> Chosen<V, T> {
    /// What was chosen for a view.
    pub fn new(all: Vec<T>, view: V) -> Self {
        Self { all, before: Some(view.rig()), view: Some(view), kept: 0 }
    }

    /// What was chosen for the last view.
    pub fn all(&self) -> &[T] {
        &self.all
    }

    /// Whether it was chosen for a view, even if nothing was.
    pub fn is_for_any(&self) -> bool {
        self.view.is_some()
    }

    /// Whether it was chosen for this very view.
    pub fn is_for(&self, view: &V) -> bool {
        self.view.as_ref() == Some(view)
    }

    /// Whether it is kept for a view, because only the camera is elsewhere than in the frame before. The last frame of a
    /// move is not known for one: whoever keeps asks for another frame.
    pub fn outlasts_a_move(&mut self, view: &V) -> bool {
        let rig = view.rig();
        let moves = self.before.replace(rig).is_some_and(|before| before != rig);
        let is_same = self.view.as_ref().is_some_and(|chosen| chosen.clone().seen_from(rig) == *view);
        self.kept = if moves && is_same && self.kept < MOST_KEPT { self.kept + 1 } else { 0 };
        self.kept > 0
    }
}

/// Whether two places of a picture, each from its upper left to its lower right corner, have a point in common.
pub fn meet(one: &[DVec2; 2], other: &[DVec2; 2]) -> bool {
    one[0].cmplt(other[1]).all() && other[0].cmplt(one[1]).all()
}

#[cfg(test)]
mod tests {
    use glam::DVec3;

    use super::*;

    /// A camera at a height, and one thing besides.
    #[derive(Clone, Debug, PartialEq)]
    struct Seen(f64, bool);

    impl View for Seen {
        fn rig(&self) -> Rig {
            Rig {
                eye: DVec3::Z * self.0,
                heading_deg: 0.0,
                pitch_deg: -30.0,
                fov_y: 0.8,
                reach_m: 1e5,
                level_m: f64::INFINITY,
            }
        }

        fn seen_from(self, rig: Rig) -> Self {
            Self(rig.eye.z, self.1)
        }
    }

    #[test]
    fn a_move_keeps_the_choice_for_some_frames_and_its_end_chooses_anew() {
        let chosen = || Chosen::new(vec!["WA"], Seen(100.0, false));
        let mut labels = chosen();
        assert!(labels.is_for(&Seen(100.0, false)) && !labels.is_for(&Seen(101.0, false)));
        let kept = (1..100).take_while(|step| labels.outlasts_a_move(&Seen(100.0 + f64::from(*step), false))).count();
        assert_eq!(kept, MOST_KEPT as usize, "not for ever");
        let mut labels = chosen();
        assert!(labels.outlasts_a_move(&Seen(101.0, false)));
        assert!(!labels.outlasts_a_move(&Seen(101.0, false)), "the move has ended");
        assert!(!chosen().outlasts_a_move(&Seen(101.0, true)), "something else has changed too");
        assert!(!Chosen::<Seen, u8>::default().is_for_any());
    }

    #[test]
    fn borders_that_touch_do_not_meet() {
        let square = |x: f64| [DVec2::new(x, 0.0), DVec2::new(x + 10.0, 10.0)];
        assert!(meet(&square(0.0), &square(9.0)) && !meet(&square(0.0), &square(10.0)));
    }
}
