//! The sums of where panels stand: what they leave to each other in windows of all sizes. Knows sizes and nothing that is
//! shown.

use bevy_egui::egui::{Align2, Rect, Vec2, pos2, vec2};

use super::look;

/// Distance of panels from the window's border, points.
pub const MARGIN: f32 = 10.0;
/// What a card's border adds to the size of its content, points.
pub const CARD_BORDER: f32 = 26.0;
/// Least width and height of a panel's content, points.
pub const LEAST_PT: f32 = 90.0;
/// What a public screen keeps free at the lower left above the line there, points.
pub const PUBLIC_FOOT_PT: f32 = 64.0;
/// Least height of the compass with its tools, which scroll, points.
const LEAST_TOOLS_PT: f32 = 40.0;
/// Least height of the title's content, points: its tools are there in the smallest of windows.
const LEAST_TITLE_PT: f32 = 64.0;
/// Widest that a message of usual size is, points.
const WIDEST_MESSAGE_PT: f32 = 520.0;
/// Widest that the strip of who walks is, points.
const WIDEST_STRIP_PT: f32 = 660.0;
/// Windows narrower than this show the selection as a sheet at the lower border.
pub const NARROW_PT: f32 = 760.0;
/// In windows lower than this the cards scroll as a whole, and narrow ones show one card at a time: with text at 400 %
/// a desktop leaves no more than 320 by 180 to 320 by 256.
const LOW_PT: f32 = 420.0;

/// A panel of this part of the window's width leaves nothing beside it.
const WIDE: f32 = 0.7;

/// What the panels leave to each other, points.
pub struct Borders {
    /// Size of the compass with its card.
    pub compass: Vec2,
    /// Height of the line at the lower border.
    pub bottom: f32,
    /// Where the title with its card ends.
    pub top: f32,
    /// What a page has at the upper border.
    pub page: f32,
}

impl Borders {
    /// Width that the compass takes, with the gap beside it.
    fn beside(&self) -> f32 {
        self.compass.x + MARGIN
    }
}

/// Where a panel stands, and how large its content may be, points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The corner or side of the window that it keeps to.
    pub anchor: Align2,
    /// How far from it.
    pub offset: [f32; 2],
    /// Width of its content.
    pub width: f32,
    /// Most height of its content.
    pub height: f32,
}

/// Whether there is room for one card at a time and no more.
pub fn is_crowded(room: Rect) -> bool {
    room.width() < NARROW_PT && room.height() < LOW_PT
}

/// Most height of the compass with its tools.
pub fn compass_height(room: Rect, bottom: f32) -> f32 {
    (room.height() - bottom - 2.0 * MARGIN - 12.0).max(LEAST_TOOLS_PT)
}

/// The title with its card: upper left, beside the compass and down to what lies below it, of which `taken` is known.
pub fn title(room: Rect, text_scale: f32, borders: &Borders, taken: f32, has_sheet: bool) -> Place {
    let beside_the_compass = room.width() - 2.0 * MARGIN - CARD_BORDER - borders.beside();
    Place {
        anchor: Align2::LEFT_TOP,
        offset: [MARGIN, MARGIN + borders.page],
        width: panel_width(text_scale, room, borders).min(beside_the_compass).max(LEAST_PT),
        height: title_height(room.height() - borders.page, taken, has_sheet),
    }
}

/// The selection's panel: right beside the compass, or a sheet at the lower border of a narrow window, below the title;
/// in the smallest it takes all there is beside the compass.
pub fn selection(room: Rect, text_scale: f32, borders: &Borders) -> Place {
    let &Borders { top, bottom, page, .. } = borders;
    if is_crowded(room) {
        let width = room.width() - 2.0 * MARGIN - CARD_BORDER - borders.beside();
        let height = room.height() - page - bottom - 2.0 * MARGIN - CARD_BORDER;
        let (width, height) = (width.max(LEAST_PT), height.max(LEAST_PT));
        Place { anchor: Align2::LEFT_TOP, offset: [MARGIN, MARGIN + page], width, height }
    } else if room.width() < NARROW_PT {
        let height = sheet_height(room.height(), top, bottom);
        let below_the_compass = room.height() - bottom - height - CARD_BORDER > borders.compass.y + 2.0 * MARGIN;
        let taken = 2.0 * MARGIN + CARD_BORDER + if below_the_compass { 0.0 } else { borders.beside() };
        let width = (room.width() - taken).max(LEAST_PT);
        Place { anchor: Align2::LEFT_BOTTOM, offset: [MARGIN, -bottom - 4.0], width, height }
    } else {
        let width = panel_width(text_scale, room, borders);
        let height = (room.height() - bottom - 5.0 * MARGIN).max(LEAST_PT);
        Place { anchor: Align2::RIGHT_TOP, offset: [-MARGIN - borders.beside(), MARGIN], width, height }
    }
}

/// What a panel leaves of the window to see the city in: what is above one as wide as the window, or beside one.
/// It counts as large as it may become.
pub fn free_of(room: Rect, place: &Place) -> Rect {
    let size = vec2(place.width, place.height) + Vec2::splat(CARD_BORDER);
    let panel = place.anchor.align_size_within_rect(size, room).translate(place.offset.into());
    if panel.width() > WIDE * room.width() {
        Rect::from_min_max(room.min, pos2(room.right(), panel.top()))
    } else if panel.center().x > room.center().x {
        Rect::from_min_max(room.min, pos2(panel.left(), room.bottom()))
    } else {
        Rect::from_min_max(pos2(panel.right(), room.top()), room.max)
    }
}

/// The strip of who walks: at the lower border between the panels that are open, or below the title of a narrow window.
pub fn strip(room: Rect, text_scale: f32, borders: &Borders, has_card: bool, has_selection: bool) -> Place {
    let &Borders { top, bottom, .. } = borders;
    let narrow = room.width() < NARROW_PT;
    // Not over what stands on either side.
    let panel = panel_width(text_scale, room, borders) + CARD_BORDER + MARGIN;
    let left = if !narrow && has_card { panel } else { 0.0 };
    let right = match has_selection {
        _ if narrow => borders.beside(),
        false => 0.0,
        true => panel + borders.beside(),
    };
    let (anchor, offset) = if narrow {
        (Align2::LEFT_TOP, [MARGIN, top.max(MARGIN - 4.0) + 4.0])
    } else {
        (Align2::CENTER_BOTTOM, [(left - right) * 0.5, -bottom - 4.0])
    };
    let width = (room.width() - left - right - 2.0 * MARGIN - CARD_BORDER).clamp(LEAST_PT, WIDEST_STRIP_PT);
    let height = room.height() - if narrow { top } else { 0.0 } - bottom - CARD_BORDER - 2.0 * MARGIN;
    Place { anchor, offset, width, height: height.max(LEAST_PT) }
}

/// Most width of a message.
pub fn message_width(room: Rect, text_scale: f32) -> f32 {
    (WIDEST_MESSAGE_PT * text_scale.max(1.0)).min(room.width() - 2.0 * MARGIN - CARD_BORDER)
}

/// Height of the sheet at the lower border: what is left below the title, not more than two fifths of the window, and in
/// the smallest of windows as much as a few lines need, over whatever else is there.
fn sheet_height(room: f32, top: f32, bottom: f32) -> f32 {
    let free = room - top - bottom - 2.0 * MARGIN - CARD_BORDER;
    free.min(room * 0.42).max(LEAST_PT)
}

/// Most height that the title's content with its card may have: down to the line at the lower border, or in a narrow
/// window to the sheet there.
fn title_height(room: f32, bottom: f32, has_sheet: bool) -> f32 {
    let free = room - bottom - 2.0 * MARGIN - CARD_BORDER;
    let free = if has_sheet { free - LEAST_PT.max(room * 0.25) - CARD_BORDER - MARGIN } else { free };
    free.max(LEAST_TITLE_PT)
}

/// Width of the side panels: both have room beside the compass. In a narrow window there is one at a time.
fn panel_width(text_scale: f32, room: Rect, borders: &Borders) -> f32 {
    if room.width() < NARROW_PT {
        return look::PANEL_WIDTH;
    }
    look::panel_width(text_scale, room.width(), borders.beside() + 4.0 * MARGIN + 2.0 * CARD_BORDER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_ends_above_what_lies_below_it() {
        for (room, bottom) in [(480.0, 60.0), (720.0, 24.0), (360.0, 90.0)] {
            let end = |has_sheet| 2.0 * MARGIN + CARD_BORDER + title_height(room, bottom, has_sheet);
            assert!(end(false) <= room - bottom);
            let top = MARGIN + CARD_BORDER + title_height(room, bottom, true);
            assert!(top + sheet_height(room, top, bottom) + CARD_BORDER <= room - bottom, "{room}");
        }
        assert_eq!(title_height(120.0, 40.0, true), LEAST_TITLE_PT);
    }

    #[test]
    fn the_sheet_has_a_height_in_every_window() {
        assert_eq!(sheet_height(360.0, 100.0, 40.0), 360.0 * 0.42);
        assert_eq!(sheet_height(900.0, 100.0, 40.0), 900.0 * 0.42);
        assert_eq!(sheet_height(480.0, 320.0, 40.0), LEAST_PT);
        // Two fifths of it are less than the least.
        assert_eq!(sheet_height(200.0, 100.0, 40.0), LEAST_PT);
        assert_eq!(sheet_height(16.0, 100.0, 40.0), LEAST_PT);
    }

    #[test]
    fn what_a_panel_leaves_free_is_beside_it_or_above_it() {
        let borders = Borders { compass: Vec2::new(62.0, 190.0), bottom: 30.0, top: 150.0, page: 0.0 };
        for (size, is_above) in [([390.0, 844.0], true), ([1280.0, 720.0], false), ([844.0, 390.0], false)] {
            let room = Rect::from_min_size(Default::default(), size.into());
            let free = free_of(room, &selection(room, 1.0, &borders));
            assert!(room.contains_rect(free) && free.width() > 100.0 && free.height() > 100.0, "{size:?}: {free:?}");
            assert_eq!(free.width() == room.width(), is_above, "{size:?}: {free:?}");
        }
    }

    #[test]
    fn no_panel_lies_over_the_compass() {
        let borders = Borders { compass: Vec2::new(62.0, 190.0), bottom: 30.0, top: 150.0, page: 0.0 };
        for width in (320..1600).step_by(20) {
            for text_scale in [1.0, 1.5, 2.0] {
                let room = Rect::from_min_size(Default::default(), Vec2::new(width as f32, 400.0));
                let end = |place: Place| place.offset[0] + place.width + CARD_BORDER;
                let free = room.width() - borders.compass.x - MARGIN;
                assert!(end(title(room, text_scale, &borders, 30.0, false)) <= free, "{width}");
                let selection = selection(room, text_scale, &borders);
                let ends = match selection.anchor {
                    Align2::RIGHT_TOP => room.width() + selection.offset[0],
                    _ => end(selection),
                };
                assert!(ends <= free, "{width}");
            }
        }
    }
}
