//! Where each tile's features stand in the palette, the lookup texture that colours and highlights go through.
//!
//! A tile, or a layer of plans, takes as long a run of texels as it has features, rounded up a little, and gives it back
//! when it is freed. Small tiles share a row of the texture, so that their number is not limited by its height.

/// Texels in a row (shaders/frame.wgsl, `PALETTE_WIDTH`).
pub const WIDTH: u32 = 512;
/// Rows of the texture.
pub const ROWS: u32 = 2048;
/// Runs are multiples of this, so that what is free does not fall into crumbs.
const STEP: u32 = 16;

/// A run of texels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first texel.
    pub first: u32,
    /// How many.
    pub count: u32,
}

/// Hands out runs of texels, first fit.
#[derive(Debug)]
pub struct RunAllocator {
    free: Vec<Run>,
}

impl Default for RunAllocator {
    fn default() -> Self {
        Self { free: vec![Run { first: 0, count: WIDTH * ROWS }] }
    }
}

impl RunAllocator {
    /// Texels for `features` features; `None` when the texture is full.
    pub fn take(&mut self, features: u32) -> Option<Run> {
        let count = features.max(1).checked_next_multiple_of(STEP)?;
        let index = self.free.iter().position(|run| run.count >= count)?;
        let run = &mut self.free[index];
        let taken = Run { first: run.first, count };
        run.first += count;
        run.count -= count;
        if run.count == 0 {
            self.free.remove(index);
        }
        Some(taken)
    }

    /// Takes a run back and joins it with its neighbours.
    pub fn give_back(&mut self, run: Run) {
        let at = self.free.partition_point(|free| free.first < run.first);
        self.free.insert(at, run);
        if let Some(next) = self.free.get(at + 1).copied()
            && run.first + run.count == next.first
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
        self.free == [Run { first: 0, count: WIDTH * ROWS }]
    }
}

/// A run of texels from `first` as rectangles of the texture: place, size, texels.
pub fn rows_of(first: u32, texels: &[[u8; 4]]) -> impl Iterator<Item = ([u32; 2], [u32; 2], &[[u8; 4]])> {
    let (mut at, mut rest) = (first, texels);
    std::iter::from_fn(move || {
        if rest.is_empty() || at >= WIDTH * ROWS {
            return None;
        }
        let (x, y) = (at % WIDTH, at / WIDTH);
        let rows = if x == 0 { (rest.len() as u32 / WIDTH).max(1) } else { 1 };
        let width = if rows > 1 { WIDTH } else { (WIDTH - x).min(rest.len() as u32) };
        let (now, later) = rest.split_at(((width * rows) as usize).min(rest.len()));
        (at, rest) = (at + width * rows, later);
        Some(([x, y], [width, rows], now))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_come_back_in_any_order() {
        let mut runs = RunAllocator::default();
        let taken: Vec<_> = [1, 600, 512, 5000].into_iter().filter_map(|features| runs.take(features)).collect();
        assert_eq!(taken.iter().map(|run| run.count).collect::<Vec<_>>(), [16, 608, 512, 5008]);
        for index in [2, 0, 3, 1] {
            runs.give_back(taken[index]);
        }
        assert!(runs.is_untouched());
        assert_eq!(runs.take(WIDTH * ROWS + 1), None);
        assert_eq!(runs.take(u32::MAX), None);
    }

    #[test]
    fn a_run_is_written_in_whole_rows_where_it_can_be() {
        let texels = vec![[0; 4]; 1300];
        let of = |first| rows_of(first, &texels).map(|(at, size, now)| (at, size, now.len())).collect::<Vec<_>>();
        assert_eq!(of(512), [([0, 1], [512, 2], 1024), ([0, 3], [276, 1], 276)]);
        assert_eq!(of(500), [([500, 0], [12, 1], 12), ([0, 1], [512, 2], 1024), ([0, 3], [264, 1], 264)]);
        assert_eq!(of(WIDTH * ROWS - 16).len(), 1, "what does not fit is left out");
    }

    #[test]
    fn small_tiles_are_not_limited_by_the_height_of_the_texture() {
        let mut runs = RunAllocator::default();
        let taken: Vec<_> = (0..10_000).map_while(|_| runs.take(5)).collect();
        assert_eq!(taken.len(), 10_000);
    }
}
