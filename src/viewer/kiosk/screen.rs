//! What a public screen draws over the city: the invitation while nobody is there, the countdown, and what ends a visit.
//! Pure functions; the plugin carries out what they give.

use bevy_egui::egui::{self, Align2, Color32, Id, Order, Rect, RichText, Sense, pos2, vec2};

use crate::texts::{fill, text};
use crate::twin::Language;
use crate::viewer::panel::{Key, keyboard_ui, keyboard_width, look};

/// How far from the borders the invitation stays: a share of the screen.
const BORDER: f32 = 0.22;
/// How far panels are moved to spare the screen, points.
const SHIFT_PT: f32 = 3.0;
/// For how long they stay, seconds.
const SHIFT_SECS: f64 = 120.0;
/// How high above the line at the lower border something stands, points.
const ABOVE_PT: f32 = 8.0;
/// Width of what ends a visit, points.
const DONE_PT: f32 = 190.0;
/// Least size of a large button, points.
const BUTTON_PT: egui::Vec2 = vec2(150.0, 60.0);

/// A part of the screen for a number, 0 to 1 in both directions: each far from the one before, none twice.
fn place(number: u64) -> [f32; 2] {
    // The golden ratio's relatives for two dimensions, which fill a square most evenly.
    [0.754_877_67, 0.569_840_3].map(|step: f64| (0.5 + number as f64 * step).fract() as f32)
}

/// Covers everything below it, so that a touch wakes the screen and does nothing else.
fn cover(context: &egui::Context, name: &str, color: Color32) {
    let screen = context.content_rect();
    egui::Area::new(Id::new(name)).order(Order::Foreground).fixed_pos(screen.min).show(context, |ui| {
        // Beyond the border, which is moved now and then.
        let all = screen.expand(2.0 * SHIFT_PT);
        ui.allocate_rect(all, Sense::click_and_drag());
        ui.painter().rect_filled(all, 0.0, color);
    });
}

/// The invitation, in another place each minute so that it burns into none. At night the screen is dark.
pub fn attract(context: &egui::Context, now_secs: f64, night: bool) {
    if night {
        return cover(context, "kiosk cover", Color32::BLACK);
    }
    cover(context, "kiosk cover", Color32::TRANSPARENT);
    let screen = context.content_rect();
    let [x, y] = place((now_secs / 60.0) as u64).map(|at| BORDER + at * (1.0 - 2.0 * BORDER));
    let middle = pos2(screen.left() + x * screen.width(), screen.top() + y * screen.height());
    let wide = (screen.width() / 26.0).clamp(18.0, 46.0);
    let area = egui::Area::new(Id::new("kiosk invitation")).order(Order::Foreground).interactable(false);
    area.pivot(Align2::CENTER_CENTER).fixed_pos(middle).show(context, |ui| {
        let margin = egui::Margin::symmetric(30, 18);
        let frame = egui::Frame::new().fill(Color32::from_black_alpha(160)).corner_radius(18).inner_margin(margin);
        frame.show(ui, |ui| {
            ui.vertical_centered(|ui| {
                ui.set_max_width(screen.width() * 0.6);
                for (language, size) in [(Language::De, wide), (Language::En, wide * 0.75)] {
                    let line = RichText::new(text(language, "kiosk.begin")).size(size);
                    ui.add(egui::Label::new(line.color(Color32::from_gray(225))).extend());
                }
            });
        });
    });
}

/// What is seen before everything is forgotten. Whatever is touched or pressed goes on, so the button only says so.
pub fn countdown(context: &egui::Context, left: u32, language: Language) {
    cover(context, "kiosk cover", Color32::from_black_alpha(150));
    let area =
        egui::Area::new(Id::new("kiosk countdown")).order(Order::Tooltip).anchor(Align2::CENTER_CENTER, [0.0; 2]);
    area.show(context, |ui| {
        look::card(context).inner_margin(28).show(ui, |ui| {
            ui.set_max_width((context.content_rect().width() - 80.0).min(520.0));
            ui.vertical_centered(|ui| {
                ui.label(RichText::new(text(language, "kiosk.still_there")).heading().strong());
                ui.label(RichText::new(left.to_string()).size(72.0).strong());
                let key = if left == 1 { "kiosk.forgets_now" } else { "kiosk.forgets" };
                ui.label(fill(language, key, "secs", &left.to_string()));
                ui.add_space(12.0);
                ui.add(egui::Button::new(text(language, "kiosk.go_on")).min_size(BUTTON_PT));
            });
        });
    });
}

/// How much of the lower border is taken by the line there: nothing stands over the attribution.
fn foot(context: &egui::Context) -> f32 {
    let line = context.memory(|memory| memory.area_rect(Id::new("status")));
    line.map_or(0.0, |line| line.height()) + ABOVE_PT
}

/// Whether somebody ends the visit at once: nobody has to wait until the screen has forgotten. Lower left, above the
/// status line.
pub fn done(context: &egui::Context, language: Language) -> bool {
    let area = egui::Area::new(Id::new("kiosk done")).anchor(Align2::LEFT_BOTTOM, [10.0, -foot(context)]);
    let shown = area.show(context, |ui| {
        let size = vec2(DONE_PT, look::PUBLIC_TARGET_PT);
        ui.set_max_width(size.x);
        let button = egui::Button::new(RichText::new(text(language, "kiosk.done")).strong()).min_size(size);
        let done = ui.vertical_centered(|ui| ui.add(button).on_hover_text(text(language, "kiosk.done_why")));
        done.inner.clicked()
    });
    shown.inner
}

/// The keyboard, at the lower border. Gives the key that was touched.
pub fn keyboard(context: &egui::Context, language: Language) -> Option<Key> {
    let area = egui::Area::new(Id::new("kiosk keyboard")).order(Order::Foreground);
    let foot = foot(context);
    let shown = area.anchor(Align2::CENTER_BOTTOM, [0.0, -foot]).show(context, |ui| {
        look::card(context).show(ui, |ui| {
            ui.set_width(keyboard_width(context.content_rect().width() - 60.0));
            keyboard_ui(ui, language)
        })
    });
    look::take_below(context, shown.response.rect.height() + foot);
    shown.inner.inner
}

/// The screen's borders for the panels, moved a little every few minutes: edges of cards burn in too.
pub fn shifted(screen: Rect, now_secs: f64) -> Rect {
    let [x, y] = place((now_secs / SHIFT_SECS) as u64).map(|at| ((2.0 * at - 1.0) * SHIFT_PT).round());
    screen.translate(vec2(x, y))
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    use super::*;
    use crate::viewer::options::Theme;

    const SIZE: egui::Vec2 = vec2(1080.0, 1920.0);
    const SCREEN: Rect = Rect { min: egui::Pos2::ZERO, max: pos2(SIZE.x, SIZE.y) };

    /// Draws something over a public screen; it is asked at each frame whether something came of it.
    fn drawn<'a>(mut draw: impl FnMut(&egui::Context) -> bool + 'a) -> Harness<'a, bool> {
        let mut harness = Harness::builder().with_size(SIZE).build_ui_state(
            move |ui, came: &mut bool| {
                look::apply(ui.ctx(), Theme::Light, 1.4, false, true);
                *came |= draw(ui.ctx());
            },
            false,
        );
        harness.run_steps(3);
        harness
    }

    /// The invitation after so many minutes.
    fn invited<'a>(minute: u32, is_night: bool) -> Harness<'a, bool> {
        drawn(move |context| {
            attract(context, f64::from(minute) * 60.0, is_night);
            false
        })
    }

    #[test]
    fn the_invitation_is_in_another_place_each_minute() {
        let at = |minute| {
            let harness = invited(minute, false);
            let [de, en] = [Language::De, Language::En].map(|language| text(language, "kiosk.begin"));
            let at = harness.get_by_label(de).rect().union(harness.get_by_label(en).rect());
            assert!(SCREEN.contains_rect(at), "minute {minute}: {at}");
            at.center()
        };
        let places: Vec<_> = (0..8).map(at).collect();
        for (minute, pair) in places.windows(2).enumerate() {
            assert!(pair[0].distance(pair[1]) > 100.0, "minute {minute}: {pair:?}");
        }
    }

    /// Whether something of one colour is drawn over the whole screen, and whether nothing stands on it.
    fn covered(harness: &Harness<'_, bool>, color: Color32) -> bool {
        let is_cover = |shape: &egui::Shape| match shape {
            egui::Shape::Rect(of) => of.fill == color && of.rect.contains_rect(SCREEN),
            _ => false,
        };
        let shapes = harness.output().shapes.iter().map(|clipped| &clipped.shape);
        let drawn: Vec<_> = shapes.filter(|shape| !matches!(shape, egui::Shape::Noop)).collect();
        drawn.last().is_some_and(|last| is_cover(last))
    }

    #[test]
    fn at_night_the_screen_is_dark() {
        let night = invited(0, true);
        assert!(covered(&night, Color32::BLACK));
        assert!(night.query_by_label(text(Language::De, "kiosk.begin")).is_none());
        assert!(!covered(&invited(0, false), Color32::BLACK));
    }

    #[test]
    fn whoever_is_done_touches_the_button() {
        let mut harness = drawn(|context| done(context, Language::En));
        assert!(!harness.state());
        harness.get_by_label("Done").click();
        harness.run();
        assert!(harness.state());
    }

    #[test]
    fn buttons_over_the_city_are_as_large_as_fingers() {
        for &language in Language::ALL {
            let countdown = drawn(move |context| {
                countdown(context, 7, language);
                false
            });
            for harness in [drawn(move |context| done(context, language)), countdown] {
                let size = harness.get_by_role(egui::accesskit::Role::Button).rect().size();
                assert!(size.min_elem() >= look::PUBLIC_TARGET_PT, "{language:?}: {size}");
            }
        }
    }

    #[test]
    fn nothing_stays_in_one_place() {
        let mut seen: Vec<[f32; 2]> = Vec::new();
        for minute in 0..500 {
            let at = place(minute);
            assert!(at.iter().all(|part| (0.0..1.0).contains(part)), "{at:?}");
            let far = |other: &[f32; 2]| (other[0] - at[0]).abs().max((other[1] - at[1]).abs());
            if let Some(before) = seen.last() {
                assert!(far(before) > 0.2, "minute {minute}");
            }
            assert!(seen.iter().all(|other| far(other) > 0.001), "minute {minute} is where another one was");
            seen.push(at);
        }
    }

    #[test]
    fn the_panels_move_by_a_few_points() {
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1080.0, 1920.0));
        let moved = |minute: u32| shifted(screen, f64::from(minute) * 60.0);
        let places: std::collections::BTreeSet<_> =
            (0..600).map(|minute| (moved(minute).left() as i32, moved(minute).top() as i32)).collect();
        assert!(places.len() > 20, "{places:?}");
        assert!(places.iter().all(|(x, y)| x.abs() <= 3 && y.abs() <= 3));
        assert_eq!(moved(0), moved(1), "not every moment");
    }
}
