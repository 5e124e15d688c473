//! What is announced: that the city is there or cannot be, what was selected, the house that somebody has walked to, and
//! what a command did. Each once, when it happens.

use bevy::prelude::*;

use super::city::bearing;
use crate::stream::Failure;
use crate::texts::{fill, metres, text};
use crate::twin::Language;
use crate::viewer::drive::{Phase, TheCity};
use crate::viewer::overlay::Layers;
use crate::viewer::panel::{Known, Notice, Shown, building, sentence, shown};
use crate::viewer::pick::{Selected, Selection};
use crate::viewer::places::Places;
use crate::viewer::settings::Settings;
use crate::viewer::walk::{Outcome, Walk};

/// How many facts of a house are told at once; its panel has the rest.
const FACTS: usize = 3;

/// What could be told in a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// The city is there, or was once; its line.
    ready: Option<String>,
    /// What went wrong.
    trouble: Option<String>,
    /// What a command did.
    notice: Option<String>,
    /// What is selected: what it is, and its line.
    selected: Option<(String, String)>,
    /// The last step of a walk: its number, and its line.
    walked: Option<(u64, String)>,
    /// The line for a selection that was let go.
    closed: String,
}

/// The lines for what was not so in the frame before.
pub fn say(before: &Heard, now: &Heard) -> Vec<String> {
    let mut lines = Vec::new();
    if before.ready.is_none() {
        lines.extend(now.ready.clone());
    }
    if before.trouble != now.trouble {
        lines.extend(now.trouble.clone());
    }
    if before.notice != now.notice {
        lines.extend(now.notice.clone());
    }
    let number = |heard: &Heard| heard.walked.as_ref().map(|(number, _)| *number);
    if number(before) != number(now) {
        lines.extend(now.walked.clone().map(|(_, line)| line));
    }
    match (&before.selected, &now.selected) {
        (Some(_), None) => lines.push(now.closed.clone()),
        (was, Some((what, line))) if was.as_ref().is_none_or(|(was, _)| was != what) => lines.push(line.clone()),
        _ => {}
    }
    lines
}

/// What lines are made of.
#[derive(bevy::ecs::system::SystemParam)]
pub struct Ears<'w, 's> {
    city: Res<'w, TheCity>,
    layers: Res<'w, Layers>,
    places: Res<'w, Places>,
    selection: Res<'w, Selection>,
    settings: Res<'w, Settings>,
    notice: Res<'w, Notice>,
    walk: Res<'w, Walk>,
    walked: Local<'s, Option<(u64, String)>>,
    opened: Local<'s, Option<(Selected, (String, String))>>,
    arrived: Local<'s, bool>,
}

impl Ears<'_, '_> {
    /// What could be told now.
    pub fn hear(&mut self) -> Heard {
        let language = self.settings.language;
        let title = self.city.twin.as_ref().map_or(text(language, "window.title"), |twin| twin.title.get(language));
        // Whatever comes into view later loads without a word.
        *self.arrived |= self.city.phase == Phase::Open && self.city.is_complete() && !self.city.drawn().is_empty();
        Heard {
            ready: self.arrived.then(|| fill(language, "access.ready", "city", title)),
            trouble: self.trouble(language),
            notice: self.notice.line.as_ref().map(|(line, _)| line.clone()),
            selected: self.opened(language),
            walked: self.walked(language),
            closed: text(language, "access.closed").to_owned(),
        }
    }

    /// Title of what is selected.
    pub fn title(&self) -> Option<String> {
        shown(self.known(), &self.selection, self.settings.language).map(|panel| panel.title().to_owned())
    }

    fn known(&self) -> Known<'_> {
        Known { city: &self.city, layers: &self.layers, places: &self.places }
    }

    fn trouble(&self, language: Language) -> Option<String> {
        let why = match &self.city.phase {
            Phase::Failed(why) => why,
            Phase::Opening => &self.city.setback()?.why,
            Phase::Open => return None,
        };
        Some(trouble(language, why))
    }

    /// What is selected, and its line, made once: a house does not change.
    fn opened(&mut self, language: Language) -> Option<(String, String)> {
        let now = &self.selection.selected;
        if self.opened.as_ref().is_none_or(|(known, _)| known != now) {
            let panel = shown(self.known(), &self.selection, language);
            *self.opened = panel.map(|panel| (now.clone(), selected(&panel, language)));
        }
        self.opened.as_ref().map(|(_, told)| told.clone())
    }

    /// The line of the last step, made once: a house does not change.
    fn walked(&mut self, language: Language) -> Option<(u64, String)> {
        let Some((outcome, number)) = self.walk.last() else {
            *self.walked = None;
            return None;
        };
        if self.walked.as_ref().is_none_or(|(known, _)| *known != number) {
            *self.walked = Some((number, self.step(outcome, language)));
        }
        self.walked.clone()
    }

    fn step(&self, outcome: Outcome, language: Language) -> String {
        let house = || self.walk.at().and_then(|at| building(self.known(), at, language));
        let house = || house().map(|view| line(&view.title, &view.spoken_facts(FACTS))).unwrap_or_default();
        match outcome {
            Outcome::Began => format!("{} {}", house(), text(language, "access.walking")),
            Outcome::Moved { distance_m, bearing_deg } => {
                format!("{} {}", house(), moved(language, distance_m, bearing_deg))
            }
            Outcome::NoneThere => text(language, "access.none_there").to_owned(),
            Outcome::EndOfStreet => text(language, "access.end_of_street").to_owned(),
            Outcome::NothingHere => text(language, "access.nothing_here").to_owned(),
        }
    }
}

/// What went wrong. Addresses and numbers are for those who read them.
fn trouble(language: Language, why: &Failure) -> String {
    format!("{} {}", text(language, "window.not_opened"), sentence(language, why.kind))
}

/// "40 m to the north."
fn moved(language: Language, distance_m: f64, bearing_deg: f64) -> String {
    let distance = metres(language, distance_m.max(1.0), 0);
    fill(language, "access.moved", "distance", &distance).replace("{direction}", bearing(language, bearing_deg))
}

/// What is selected, and its line.
fn selected(panel: &Shown, language: Language) -> (String, String) {
    match panel {
        Shown::Building(view) => (
            view.id.clone(),
            format!("{} {}", text(language, "access.opened"), line(&view.title, &view.spoken_facts(FACTS))),
        ),
        Shown::Plan(view) => (view.title.clone(), format!("{} {}.", text(language, "access.opened"), view.title)),
    }
}

fn line(title: &str, facts: &[String]) -> String {
    std::iter::once(title)
        .chain(facts.iter().map(String::as_str))
        .map(|part| format!("{part}."))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::FailureKind;

    #[test]
    fn what_happens_is_said_once() {
        let nothing = Heard { closed: "Closed.".into(), ..Heard::default() };
        let house =
            Heard { ready: Some("There.".into()), selected: Some(("1".into(), "Tal 1.".into())), ..nothing.clone() };
        assert_eq!(say(&nothing, &house), ["There.", "Tal 1."]);
        assert!(say(&house, &house).is_empty());
        // Another language changes lines and nothing that happened.
        let other = Heard { ready: Some("Da.".into()), selected: Some(("1".into(), "No. 1.".into())), ..house.clone() };
        assert!(say(&house, &other).is_empty());
        assert_eq!(say(&house, &nothing), ["Closed."]);
    }

    #[test]
    fn what_went_wrong_is_said_without_addresses() {
        let why = Failure::new(FailureKind::Server, "https://city.example/twin.json answered with status 503");
        let said = |language| trouble(language, &why);
        assert_eq!(said(Language::En), "The city could not be opened. The server has a fault.");
        assert_eq!(said(Language::De), "Die Stadt konnte nicht geöffnet werden. Der Server hat eine Störung.");
    }

    #[test]
    fn steps_that_end_alike_are_told_each() {
        let step = |number| Heard { walked: Some((number, "No house there.".into())), ..Heard::default() };
        assert_eq!(say(&step(1), &step(2)), ["No house there."]);
        assert!(say(&step(2), &step(2)).is_empty());
    }
}
