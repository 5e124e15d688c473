//! Where each tile's features stand in the palette, the lookup texture that colours and highlights go through.
//!
//! Rows of [`WIDTH`] texels; a tile takes as many whole rows as its features need and gives them back when it is freed.

/// Texels in a row (shaders/frame.wgsl, `PALETTE_WIDTH`).
pub const WIDTH: u32 = 512;
/// Rows of the texture.
pub const ROWS: u32 = 2048;

/// A run of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// The first row.
    pub first: u32,
    /// How many.
    pub count: u32,
}

impl Rows {
    /// Index of the first texel.
    pub fn first_texel(self) -> u32 {
        self.first * WIDTH
    }
}

/// Hands out runs of rows, first fit.
#[derive(Debug)]
pub struct RowAllocator {
    free: Vec<Rows>,
}

impl Default for RowAllocator {
    fn default() -> Self {
        Self { free: vec![Rows { first: 0, count: ROWS }] }
    }
}

impl RowAllocator {
    /// Rows for `features` features; `None` when the texture is full.
    pub fn take(&mut self, features: u32) -> Option<Rows> {
        let count = features.div_ceil(WIDTH).max(1);
        let index = self.free.iter().position(|run| run.count >= count)?;
        let run = &mut self.free[index];
        let taken = Rows { first: run.first, count };
        run.first += count;
        run.count -= count;
        if run.count == 0 {
            self.free.remove(index);
        }
        Some(taken)
    }

    /// Takes rows back and joins them with their neighbours.
    pub fn give_back(&mut self, rows: Rows) {
        let at = self.free.partition_point(|run| run.first < rows.first);
        self.free.insert(at, rows);
        if let Some(next) = self.free.get(at + 1).copied()
            && rows.first + rows.count == next.first
        {
            self.free[at].count += next.count;
            self.free.remove(at + 1);
        }
        if at > 0 && self.free[at - 1].first + self.free[at - 1].count == self.free[at].first {
            self.free[at - 1].count += self.free[at].count;
            self.free.remove(at);
        }
    }

    /// Whether everything was given back.
    #[cfg(test)]
    pub fn is_untouched(&self) -> bool {
        self.free == [Rows { first: 0, count: ROWS }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_any_order() {
        let mut rows = RowAllocator::default();
        let runs: Vec<_> = [1, 600, 512, 5000].into_iter().filter_map(|features| rows.take(features)).collect();
        assert_eq!(runs.iter().map(|run| run.count).collect::<Vec<_>>(), [1, 2, 1, 10]);
        for index in [2, 0, 3, 1] {
            rows.give_back(runs[index]);
        }
        assert!(rows.is_untouched());
        assert_eq!(rows.take(WIDTH * (ROWS + 1)), None);
    }
}
