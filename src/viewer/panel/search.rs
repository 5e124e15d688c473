//! The search field and what it found: typing, arrows and Enter, a click or a tap.

use bevy_egui::egui::{self, Event, Id, Key, Modifiers, RichText, text::LayoutJob};

use super::command::Command;
use super::{look, trouble};
use crate::search::{Hit, HitKind};
use crate::stream::Failure;
use crate::texts::{fill, text};
use crate::twin::Language;

/// Most hits that are shown.
pub const MOST_HITS: usize = 8;
/// Height of a hit: a finger has to meet it, points.
const HIT_PT: f32 = 44.0;

/// What the search field shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SearchView<'a> {
    /// What was typed.
    pub query: &'a str,
    /// What was found, the best first.
    pub hits: &'a [Hit],
    /// Which of them Enter picks.
    pub marked: usize,
    /// Whether the index is still on its way.
    pub is_loading: bool,
    /// Why the index, or the house numbers of it, has not come.
    pub failed: Option<&'a Failure>,
    /// Language in use.
    pub language: Language,
}

/// What the search field asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum SearchWish {
    /// This stands in the field now.
    Type(String),
    /// Enter is to pick this hit.
    Mark(usize),
    /// Go to this hit.
    Pick(usize),
    /// Go to the marked hit of what stands in the field now: on a slow machine letters and Enter come in one frame.
    Confirm(String),
    /// Empty the field.
    Clear,
}

/// The field's id, by which it is given the focus.
pub fn field() -> Id {
    Id::new("search field")
}

/// Draws the field and what was found. `/` or Ctrl + F brings the cursor into it.
pub fn search_ui(ui: &mut egui::Ui, view: &SearchView<'_>) -> Option<Command> {
    let keys = keys(ui);
    let language = view.language;
    let mut typed = view.query.to_owned();
    let hint = text(language, "search.hint");
    let edit = egui::TextEdit::singleline(&mut typed).id(field()).hint_text(hint);
    let margin = if look::is_public(ui) { egui::vec2(12.0, 13.0) } else { egui::vec2(9.0, 6.0) };
    let edit = ui.add(edit.desired_width(f32::INFINITY).margin(margin));
    ui.ctx().accesskit_node_builder(field(), |node| node.set_label(text(language, "search.label")));
    let escaped = edit.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape));
    let wish = match keys {
        _ if escaped => Some(SearchWish::Clear),
        Some(Pressed::Enter) => {
            if !view.hits.is_empty() || typed != view.query {
                edit.surrender_focus();
            }
            Some(SearchWish::Confirm(typed.clone()))
        }
        _ if typed != view.query => Some(SearchWish::Type(typed.clone())),
        Some(Pressed::Up) => Some(SearchWish::Mark(view.marked.saturating_sub(1))),
        Some(Pressed::Down) => Some(SearchWish::Mark(view.marked + 1)),
        None => None,
    };
    let picked = found_ui(ui, view, matches!(keys, Some(Pressed::Up | Pressed::Down)));
    wish.or(picked).map(Command::Search)
}

/// Keys that the field takes before it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pressed {
    Up,
    Down,
    Enter,
}

/// Gives the field the focus if its key is pressed, and takes the keys that lead through the hits.
fn keys(ui: &mut egui::Ui) -> Option<Pressed> {
    let focused = ui.memory(|memory| memory.focused());
    if focused != Some(field()) {
        let called = ui.input_mut(|input| {
            let slash = input.events.iter().position(|event| *event == Event::Text("/".to_owned()));
            let slash = slash.filter(|_| focused.is_none());
            if let Some(slash) = slash {
                input.events.remove(slash);
            }
            slash.is_some() || input.consume_key(Modifiers::COMMAND, Key::F)
        });
        if !called {
            return None;
        }
        ui.memory_mut(|memory| memory.request_focus(field()));
    }
    let pressed = [(Key::Enter, Pressed::Enter), (Key::ArrowUp, Pressed::Up), (Key::ArrowDown, Pressed::Down)];
    ui.input_mut(|input| {
        pressed.into_iter().find(|(key, _)| input.consume_key(Modifiers::NONE, *key)).map(|(_, pressed)| pressed)
    })
}

/// What was found, or why nothing was; `follows` brings the marked hit into sight.
fn found_ui(ui: &mut egui::Ui, view: &SearchView<'_>, follows: bool) -> Option<SearchWish> {
    let language = view.language;
    if view.query.trim().is_empty() {
        return None;
    }
    if let Some(failure) = view.failed {
        let line = RichText::new(format!("⚠ {}", text(language, "search.failed"))).small();
        ui.label(line).on_hover_text(trouble::with_detail(language, failure));
    }
    if view.hits.is_empty() {
        let key = if view.is_loading { "search.loading" } else { "search.nothing" };
        if !(view.is_loading && view.failed.is_some()) {
            ui.label(text(language, key));
        }
        return None;
    }
    let mut wish = None;
    // What is left of the window below the field, but for the tools and the attribution.
    let room =
        (ui.ctx().content_rect().bottom() - ui.cursor().top() - 150.0 - look::taken_below(ui.ctx())).max(HIT_PT * 1.5);
    let rows = egui::ScrollArea::vertical().max_height(room).min_scrolled_height(room).auto_shrink([false, true]);
    rows.show(ui, |ui| {
        ui.with_layout(egui::Layout::top_down_justified(egui::Align::LEFT), |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for (number, hit) in view.hits.iter().enumerate() {
                let row = hit_ui(ui, hit, number == view.marked, language);
                if row.clicked() {
                    wish = Some(SearchWish::Pick(number));
                }
                if follows && number == view.marked {
                    row.scroll_to_me(None);
                }
            }
        });
    });
    wish
}

fn hit_ui(ui: &mut egui::Ui, hit: &Hit, is_marked: bool, language: Language) -> egui::Response {
    let below = below(hit, language);
    let mut job = LayoutJob::default();
    let body = RichText::new(&hit.title).strong();
    body.append_to(&mut job, ui.style(), egui::FontSelection::Default, egui::Align::Center);
    let small = RichText::new(format!("\n{below}")).small();
    small.append_to(&mut job, ui.style(), egui::FontSelection::Default, egui::Align::Center);
    let button = egui::Button::selectable(is_marked, job).wrap().min_size(egui::vec2(0.0, HIT_PT));
    let row = ui.add(button);
    let name = format!("{}, {below}", hit.title);
    row.widget_info(|| egui::WidgetInfo::selected(egui::WidgetType::Button, true, is_marked, &name));
    row
}

/// What a hit is and where, and what is to be said of its number.
fn below(hit: &Hit, language: Language) -> String {
    let kind = text(
        language,
        match hit.kind {
            HitKind::Landmark => "search.landmark",
            HitKind::Place => "search.place",
            HitKind::District => "search.district",
            HitKind::Stop => "search.stop",
            HitKind::Point => "search.point",
            HitKind::Street => "search.street",
            HitKind::Address => "search.address",
        },
    );
    let missing = hit.instead_of.as_ref().map(|number| fill(language, "search.instead", "number", number));
    let detail = Some(hit.detail.clone()).filter(|detail| !detail.is_empty());
    let parts = missing.into_iter().chain([kind.to_owned()]).chain(detail);
    parts.collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;

    use super::*;

    fn hit(title: &str, kind: HitKind) -> Hit {
        Hit {
            kind,
            title: title.to_owned(),
            detail: "Altstadt-Lehel".to_owned(),
            instead_of: None,
            lon_deg: 11.0,
            lat_deg: 48.0,
            height_m: 500.0,
            extent_m: 0.0,
            view: None,
            building: None,
        }
    }

    fn view<'a>(query: &'a str, hits: &'a [Hit]) -> SearchView<'a> {
        SearchView { query, hits, marked: 0, is_loading: false, failed: None, language: Language::En }
    }

    /// Does something with the drawn field, and gives all wishes that came of it.
    fn wishes(view: &SearchView<'_>, act: impl FnOnce(&mut Harness<'_>)) -> Vec<SearchWish> {
        let mut given = Vec::new();
        {
            let mut harness = Harness::new_ui(|ui| match search_ui(ui, view) {
                Some(Command::Search(wish)) => given.push(wish),
                Some(other) => panic!("{other:?}"),
                None => {}
            });
            act(&mut harness);
            harness.run();
        }
        given.dedup();
        given
    }

    #[test]
    fn a_key_brings_the_cursor_into_the_field() {
        let empty = view("", &[]);
        let typed = |text: &str| Event::Text(text.to_owned());
        let given = wishes(&empty, |harness| {
            harness.event(typed("x"));
            harness.run();
            harness.input_mut().events.extend([typed("/"), typed("ta")]);
        });
        assert_eq!(given, [SearchWish::Type("ta".to_owned())]);
        let given = wishes(&empty, |harness| {
            harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
            harness.run();
            harness.event(typed("/"));
        });
        assert_eq!(given, [SearchWish::Type("/".to_owned())]);
    }

    #[test]
    fn arrows_mark_and_enter_confirms() {
        let hits = [hit("Tal", HitKind::Street), hit("Tal 1", HitKind::Address)];
        let focused = |harness: &mut Harness<'_>| {
            harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
            harness.run();
        };
        let pressed = |key| {
            wishes(&view("tal", &hits), |harness| {
                focused(harness);
                harness.key_press(key);
            })
        };
        assert_eq!(pressed(Key::ArrowDown), [SearchWish::Mark(1)]);
        assert_eq!(pressed(Key::ArrowUp), [SearchWish::Mark(0)]);
        assert_eq!(pressed(Key::Enter), [SearchWish::Confirm("tal".to_owned())]);
        assert_eq!(pressed(Key::Escape), [SearchWish::Clear]);
        // Who has not called the field keeps the keys.
        assert_eq!(wishes(&view("tal", &hits), |harness| harness.key_press(Key::ArrowDown)), []);
        // Letters and Enter in one frame are confirmed as they stand then.
        let given = wishes(&view("", &[]), |harness| {
            focused(harness);
            let enter = Event::Key {
                key: Key::Enter,
                physical_key: None,
                pressed: true,
                repeat: false,
                modifiers: Modifiers::NONE,
            };
            harness.input_mut().events.extend([Event::Text("tal".to_owned()), enter]);
        });
        assert_eq!(given, [SearchWish::Confirm("tal".to_owned())]);
    }

    #[test]
    fn hits_say_what_they_are_and_are_picked() {
        let other = Hit { instead_of: Some("3".to_owned()), ..hit("Tal 1", HitKind::Address) };
        let hits = [hit("Residence", HitKind::Landmark), other];
        let shown = view("t", &hits);
        let pick = |label: &str| wishes(&shown, |harness| harness.get_by_label(label).click());
        assert_eq!(pick("Residence, Sight · Altstadt-Lehel"), [SearchWish::Pick(0)]);
        assert_eq!(pick("Tal 1, There is no no. 3 here · Address · Altstadt-Lehel"), [SearchWish::Pick(1)]);
    }

    #[test]
    fn who_finds_nothing_is_told_why() {
        let said = |view: &SearchView<'_>, label: &str| {
            let harness = Harness::new_ui(|ui| {
                search_ui(ui, view);
            });
            harness.query_by_label(label).is_some()
        };
        assert!(said(&view("xyz", &[]), "Nothing found."));
        assert!(!said(&view("", &[]), "Nothing found."));
        let loading = SearchView { is_loading: true, ..view("xyz", &[]) };
        assert!(said(&loading, "The search is being loaded …"));
        let failure = Failure::new(crate::stream::FailureKind::Server, "status 503");
        let failed = SearchView { failed: Some(&failure), ..loading };
        assert!(said(&failed, "⚠ The search is not loaded."));
    }
}
