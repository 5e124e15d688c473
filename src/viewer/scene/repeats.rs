//! How the city comes onto the screen in frames that show it as the frame before did, because nothing but the panels over
//! it changes: to draw it again would cost as much as the first time.

/// What is done for the city of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// It is drawn. While the camera moves no frame repeats another, and a copy would be made in vain.
    #[default]
    Drawn,
    /// It is drawn, and copied: the frame before was the same already, or the next ones will be.
    Copied,
    /// The copy is shown.
    Repeated,
}

/// How often the same city was shown.
#[derive(Debug, Default)]
pub struct Repeats {
    last: Option<Way>,
}

impl Repeats {
    /// The way of the next frame, whose city is another than that of the frame before where `changed`, and is known to be
    /// repeated where `stays`.
    pub fn next(&mut self, changed: bool, stays: bool) -> Way {
        let way = match self.last {
            Some(Way::Copied | Way::Repeated) if !changed => Way::Repeated,
            Some(Way::Drawn) if !changed => Way::Copied,
            _ if stays => Way::Copied,
            _ => Way::Drawn,
        };
        self.last = Some(way);
        way
    }

    /// Whether there is a copy of what is shown.
    #[cfg(any(target_arch = "wasm32", test))]
    pub fn has_copy(&self) -> bool {
        matches!(self.last, Some(Way::Copied | Way::Repeated))
    }
}

#[cfg(test)]
mod tests {
    use super::Way::{Copied, Drawn, Repeated};
    use super::*;

    #[test]
    fn what_stays_the_same_is_drawn_twice_and_what_changes_each_time() {
        let mut repeats = Repeats::default();
        let changes = [false, false, false, false, true, true, false, true, false, false];
        let ways = changes.map(|changed| repeats.next(changed, false));
        assert_eq!(ways, [Drawn, Copied, Repeated, Repeated, Drawn, Drawn, Copied, Drawn, Copied, Repeated]);
    }

    #[test]
    fn what_is_going_to_stay_is_drawn_once() {
        let mut repeats = Repeats::default();
        let ways = [true, false, false, true, false].map(|changed| (repeats.next(changed, true), repeats.has_copy()));
        assert_eq!(ways.map(|(way, _)| way), [Copied, Repeated, Repeated, Copied, Repeated]);
        assert!(ways.iter().all(|(_, has_copy)| *has_copy));
        assert_eq!((repeats.next(true, false), repeats.has_copy()), (Drawn, false));
    }
}
