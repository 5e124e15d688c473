//! The operator's hidden gesture: the four corners of the screen, touched clockwise from the upper left.

use glam::DVec2;

/// How far a corner reaches, logical pixels.
const REACH_PT: f64 = 90.0;
/// Within this time all four must be touched, seconds.
const WITHIN_SECS: f64 = 10.0;

/// How far the gesture is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Corners {
    touched: usize,
    first_secs: f64,
}

impl Corners {
    /// Takes in a touch at a point of the screen; says whether it was the last of the four.
    pub fn touch(&mut self, at: DVec2, size: DVec2, now_secs: f64) -> bool {
        let corners = [DVec2::ZERO, DVec2::new(size.x, 0.0), size, DVec2::new(0.0, size.y)];
        let is_at = |corner: usize| (at - corners[corner]).abs().max_element() <= REACH_PT;
        if self.touched > 0 && now_secs - self.first_secs > WITHIN_SECS {
            self.touched = 0;
        }
        if is_at(self.touched) {
            if self.touched == 0 {
                self.first_secs = now_secs;
            }
            self.touched += 1;
        } else {
            // A touch of the first corner always begins.
            (self.touched, self.first_secs) = (usize::from(is_at(0)), now_secs);
        }
        let is_whole = self.touched == corners.len();
        if is_whole {
            *self = Self::default();
        }
        is_whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: DVec2 = DVec2::new(1080.0, 1920.0);
    const TOUR: [(f64, f64); 4] = [(20.0, 30.0), (1070.0, 5.0), (1000.0, 1900.0), (60.0, 1850.0)];

    fn is_whole(touches: &[(f64, f64)], apart_secs: f64) -> bool {
        let mut corners = Corners::default();
        let mut now_secs = 100.0;
        touches.iter().fold(false, |_, (x, y)| {
            now_secs += apart_secs;
            corners.touch(DVec2::new(*x, *y), SIZE, now_secs)
        })
    }

    #[test]
    fn four_corners_in_their_order_and_nothing_else() {
        assert!(is_whole(&TOUR, 1.0));
        assert!(!is_whole(&TOUR[..3], 1.0));
        assert!(!is_whole(&TOUR, 4.0), "too slow");
        let [a, b, c, d] = TOUR;
        assert!(!is_whole(&[b, c, d, a], 1.0));
        assert!(!is_whole(&[a, c, b, d], 1.0));
        assert!(!is_whole(&[a, b, (500.0, 900.0), c, d], 1.0), "a touch between begins anew");
        assert!(is_whole(&[b, a, a, b, c, d], 1.0), "the first corner always begins");
    }
}
