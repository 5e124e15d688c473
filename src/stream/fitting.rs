//! Makes the selection fit the memory budget: where a view asks for more than that, the error that is let pass is
//! raised until it fits, and lowered again when it does.

use super::View;
use super::selection::Selection;
use super::streamer::Streamer;

/// Factor from one try to the next.
const STEP: f64 = 1.25;
/// Beyond this nothing but roots is left.
const COARSEST: f64 = 1e4;
/// Part of the budget that a selection may need; the rest is for bytes on their way.
const FULL: f64 = 0.9;
/// Part of the budget that a finer selection may need to be taken. Less than [`FULL`], so that it does not go back and
/// forth.
const ROOMY: f64 = 0.7;

impl Streamer {
    /// The finest selection that is foreseen to fit. Goes finer one step a frame, coarser as far as needed at once.
    pub(super) fn choose(&mut self, view: &View) -> Selection {
        if self.coarsening > 1.0 {
            let finer = (self.coarsening / STEP).max(1.0);
            let selection = self.select_all(view, finer);
            if self.needs(&selection, ROOMY) {
                self.coarsening = finer;
                return selection;
            }
        }
        let mut selection = self.select_all(view, self.coarsening);
        while !self.needs(&selection, FULL) && self.coarsening < COARSEST {
            self.coarsening *= STEP;
            selection = self.select_all(view, self.coarsening);
        }
        selection
    }

    /// Whether a selection is foreseen to need no more than a part of the budget.
    fn needs(&self, selection: &Selection, part: f64) -> bool {
        self.cache.foreseen_bytes(&selection.touched) as f64 <= self.cache.budget_bytes() as f64 * part
    }
}
