//! Which tiles to draw and which to load for a view: a pure function of tree, view, settings and the tiles' states.
//!
//! What it promises for tiles that replace their parent: every visible part of the city is covered by exactly one drawn
//! tile as soon as any tile above it is ready. A parent stays until all its visible children can take over, and children
//! stay until their parent can. A tile that is lost counts as there with nothing to draw: it is missed in its own place
//! and holds nobody back. Only where all children of a tile are lost does the tile stay.

use super::tree::{Refine, Tile, TileTree};
use super::volume::{Eye, Volume};
use super::{TileId, View};

/// How fine and how far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelectionSettings {
    /// Largest error in the picture that is let pass, pixels.
    pub max_sse_px: f64,
    /// Tiles farther away than this are left out, metres.
    pub far_m: f64,
}

impl Default for SelectionSettings {
    fn default() -> Self {
        Self { max_sse_px: 16.0, far_m: 200_000.0 }
    }
}

/// What a view asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Tiles to draw, all of them ready. Depth first.
    pub draw: Vec<TileId>,
    /// Tiles whose content is wanted and not there, with their priority: greater first, of equal ones the one that comes
    /// first here. A tile never goes before one above it. Holds tiles that are on their
    /// way too, so that whatever is not in here is out of date.
    pub load: Vec<(TileId, f32)>,
    /// Every tile with content that this view uses: drawn, wanted, or kept because it stands above those. What is not
    /// in here may be freed.
    pub touched: Vec<TileId>,
}

/// What may be hoped of a tile's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prospect {
    /// It is there and can be drawn.
    Ready,
    /// It is waited for, or not asked for yet.
    Coming,
    /// It has failed so often that nothing waits for it. It is still asked for.
    Lost,
    /// It has failed for good.
    Gone,
}

/// Chooses for a view. `prospect` tells what may be hoped of a tile with content.
pub fn select(
    tree: &TileTree,
    view: &View,
    settings: &SelectionSettings,
    prospect: &dyn Fn(TileId) -> Prospect,
) -> Selection {
    let mut walk = Walk { tree, eye: Eye::new(view), settings, prospect, selection: Selection::default() };
    walk.visit(0, f64::INFINITY, f32::INFINITY);
    walk.selection
}

struct Walk<'a> {
    tree: &'a TileTree,
    eye: Eye,
    settings: &'a SelectionSettings,
    prospect: &'a dyn Fn(TileId) -> Prospect,
    selection: Selection,
}

/// What may be hoped of a tile's own content; `None` where it has none.
type Own = Option<Prospect>;

/// Whether something that children can stand in for is missing.
fn is_missing(own: Own) -> bool {
    matches!(own, None | Some(Prospect::Lost | Prospect::Gone))
}

impl<'a> Walk<'a> {
    /// Chooses in a tile and below. Gives whether its visible part is covered by what was drawn.
    /// `error_px` is the error in the picture while this tile is not there: its parent's. `ceiling` is the priority of
    /// the nearest tile above that is not there either.
    fn visit(&mut self, index: u32, error_px: f64, ceiling: f32) -> bool {
        let Some(tile) = self.visible(index) else { return true };
        let own = self.own(index, tile);
        let below = self.note(index, tile, own, error_px, ceiling);
        let own_error_px = self.eye.screen_error_px(&tile.volume, tile.geometric_error_m);
        let too_coarse = own_error_px > self.settings.max_sse_px || is_missing(own);
        let deeper = too_coarse && !tile.children.is_empty();
        match (deeper, tile.refine) {
            (false, _) => self.draw_or_cover(index, tile, own),
            (true, Refine::Replace) => self.replace(index, tile, own, (own_error_px, below)),
            (true, Refine::Add) => self.add(index, tile, own, (own_error_px, below)),
        }
    }

    /// The tile, where the view sees it and is where the tile asks to be seen from.
    fn visible(&self, index: u32) -> Option<&'a Tile> {
        let asked_from = |volume: &Volume| self.eye.is_inside(volume);
        self.tree.tile(index).filter(|tile| {
            self.eye.sees(&tile.volume, self.settings.far_m) && tile.request_volume.as_ref().is_none_or(asked_from)
        })
    }

    fn own(&self, index: u32, tile: &Tile) -> Own {
        (!tile.contents.is_empty()).then(|| (self.prospect)(self.tree.id(index)))
    }

    /// Writes down that the tile is used, and wanted where it is not there. Gives the ceiling for what is below: nothing
    /// goes before a tile above it, because it could not be drawn without that one and its siblings.
    fn note(&mut self, index: u32, tile: &Tile, own: Own, error_px: f64, ceiling: f32) -> f32 {
        let id = self.tree.id(index);
        let wanted = matches!(own, Some(Prospect::Coming | Prospect::Lost));
        if wanted || own == Some(Prospect::Ready) {
            self.selection.touched.push(id);
        }
        if !wanted {
            return ceiling;
        }
        let priority = priority(error_px, self.eye.off_center(&tile.volume)).min(ceiling);
        self.selection.load.push((id, priority));
        priority
    }

    /// A tile that is fine enough: itself, or until it is there what is ready below it.
    fn draw_or_cover(&mut self, index: u32, tile: &Tile, own: Own) -> bool {
        match own {
            Some(Prospect::Ready) => self.draw(index),
            Some(Prospect::Coming) => tile.refine == Refine::Replace && self.cover_from_below(tile),
            // What has children would not have come here: see `is_missing`.
            Some(Prospect::Lost | Prospect::Gone) | None => true,
        }
    }

    /// A tile that its children replace, once they all can; not where they are all lost.
    fn replace(&mut self, index: u32, tile: &Tile, own: Own, below: (f64, f32)) -> bool {
        let before = self.selection.draw.len();
        let covered = self.visit_children(tile, below);
        let stays = own == Some(Prospect::Ready) && (!covered || self.are_hopeless(tile));
        if !stays {
            return covered;
        }
        self.selection.draw.truncate(before);
        self.draw(index)
    }

    /// A tile that its children add to.
    fn add(&mut self, index: u32, tile: &Tile, own: Own, below: (f64, f32)) -> bool {
        if own == Some(Prospect::Ready) {
            self.draw(index);
        }
        let covered = self.visit_children(tile, below);
        match own {
            Some(Prospect::Ready) => true,
            Some(Prospect::Coming) => false,
            Some(Prospect::Lost | Prospect::Gone) | None => covered,
        }
    }

    /// All children, also after one that is not covered: each has to be asked for.
    fn visit_children(&mut self, tile: &Tile, (error_px, ceiling): (f64, f32)) -> bool {
        let mut all_covered = true;
        for child in &tile.children {
            all_covered &= self.visit(*child, error_px, ceiling);
        }
        all_covered
    }

    fn draw(&mut self, index: u32) -> bool {
        self.selection.draw.push(self.tree.id(index));
        true
    }

    /// Covers a tile that is not there with ready tiles below it, asking for none; all or nothing.
    fn cover_from_below(&mut self, tile: &Tile) -> bool {
        let before = (self.selection.draw.len(), self.selection.touched.len());
        let covered = !tile.children.is_empty()
            && !self.are_hopeless(tile)
            && tile.children.iter().all(|child| self.cover(*child));
        if !covered {
            self.selection.draw.truncate(before.0);
            self.selection.touched.truncate(before.1);
        }
        covered
    }

    fn cover(&mut self, index: u32) -> bool {
        let Some(tile) = self.visible(index) else { return true };
        match self.own(index, tile) {
            Some(Prospect::Ready) => {
                self.selection.touched.push(self.tree.id(index));
                self.draw(index)
            }
            own if is_missing(own) && tile.children.is_empty() => true,
            _ => self.cover_from_below(tile),
        }
    }

    /// Whether all of a tile's children are lost with everything below them, seen or not: what is drawn must not change
    /// because the camera turns.
    fn are_hopeless(&self, tile: &Tile) -> bool {
        !tile.children.is_empty() && tile.children.iter().all(|child| self.is_hopeless(*child))
    }

    fn is_hopeless(&self, index: u32) -> bool {
        let Some(tile) = self.tree.tile(index) else { return false };
        match self.own(index, tile) {
            Some(Prospect::Ready | Prospect::Coming) => false,
            Some(Prospect::Lost | Prospect::Gone) => tile.children.is_empty() || self.are_hopeless(tile),
            None => self.are_hopeless(tile),
        }
    }
}

/// Greater for a greater error in the picture and for the middle of the picture.
fn priority(error_px: f64, off_center: f64) -> f32 {
    // A root has no parent whose error counts; it goes before everything.
    (error_px.min(1e9) / (1.0 + 4.0 * off_center * off_center)) as f32
}
