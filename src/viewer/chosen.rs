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
    /// Less was chosen, or is left of it, than at rest.
    is_thinned: bool,
}

impl<V, T> Default for Chosen<V, T> {
    fn default() -> Self {
        Self { all: Vec::new(), view: None, before: None, kept: 0, is_thinned: false }
    }
}

impl<V: View, T> Chosen<V, T> {
    /// What was chosen for a view.
    pub fn new(all: Vec<T>, view: V) -> Self {
        Self { all, before: Some(view.rig()), view: Some(view), kept: 0, is_thinned: false }
    }

    /// What was chosen for a view on the way of a move, and may be less than at rest, where it is chosen anew: whoever
    /// chooses so asks for another frame.
    pub fn on_the_way(all: Vec<T>, view: V) -> Self {
        Self { is_thinned: true, ..Self::new(all, view) }
    }

    /// What was chosen for the last view.
    pub fn all(&self) -> &[T] {
        &self.all
    }

    /// Whether it was chosen for a view, even if nothing was.
    pub fn is_for_any(&self) -> bool {
        self.view.is_some()
    }

    /// Whether it was chosen for this very view, and all of it is there.
    pub fn is_for(&self, view: &V) -> bool {
        !self.is_thinned && self.view.as_ref() == Some(view)
    }

    /// Whether the camera is elsewhere than in the frame before.
    pub fn moves(&self, view: &V) -> bool {
        self.before.is_some_and(|before| before != view.rig())
    }

    /// Leaves out what may not stay, until something is chosen anew.
    pub fn thin(&mut self, stays: impl FnMut(&T) -> bool) {
        let all = self.all.len();
        self.all.retain(stays);
        self.is_thinned |= self.all.len() < all;
    }

    /// Whether it is kept for a view, because only the camera is elsewhere than in the frame before. The last frame of a
    /// move is not known for one: whoever keeps asks for another frame.
    pub fn outlasts_a_move(&mut self, view: &V) -> bool {
        let (rig, moves) = (view.rig(), self.moves(view));
        self.before = Some(rig);
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
    fn what_was_left_out_on_the_way_is_chosen_anew_at_rest() {
        let rest = Seen(100.0, false);
        let mut names = Chosen::new(vec!["Isar", "Au"], rest.clone());
        assert!(!names.moves(&rest) && names.moves(&Seen(101.0, false)));
        names.thin(|_| true);
        assert!(names.is_for(&rest), "nothing was left out");
        names.thin(|name| *name == "Au");
        assert_eq!((names.all(), names.is_for(&rest)), (&["Au"][..], false));
        assert!(names.outlasts_a_move(&Seen(101.0, false)), "less of it is kept as well");
        let mut names = Chosen::on_the_way(vec!["Au"], rest.clone());
        assert!(!names.is_for(&rest) && !names.outlasts_a_move(&rest), "the move has ended");
    }

    #[test]
    fn borders_that_touch_do_not_meet() {
        let square = |x: f64| [DVec2::new(x, 0.0), DVec2::new(x + 10.0, 10.0)];
        assert!(meet(&square(0.0), &square(9.0)) && !meet(&square(0.0), &square(10.0)));
    }
}
