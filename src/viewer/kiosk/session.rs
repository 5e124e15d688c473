//! What a visitor can leave behind in the program, in one place: everything is put back whole and nothing is picked out,
//! so that what comes new cannot be forgotten. The tests hold this list against all state that the viewer has.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy_egui::egui::Memory;
use bevy_egui::{EguiContext, EguiInput};

use crate::twin::Language;
use crate::viewer::access::Mirror;
use crate::viewer::camera::{Clicks, Gesture, TheCamera, ZoomKeys};
use crate::viewer::drive::TheCity;
use crate::viewer::overlay::Layers;
use crate::viewer::pace::Unread;
use crate::viewer::panel::{Notice, Styled, Wishes};
use crate::viewer::pick::{Fresh, Selected, Selection};
use crate::viewer::search::Search;
use crate::viewer::settings::Settings;
use crate::viewer::sights::Sights;
use crate::viewer::walk::Walk;

/// Everything that a visitor changes.
#[derive(SystemParam)]
pub struct Session<'w, 's> {
    settings: ResMut<'w, Settings>,
    selection: ResMut<'w, Selection>,
    camera: ResMut<'w, TheCamera>,
    city: ResMut<'w, TheCity>,
    layers: ResMut<'w, Layers>,
    search: ResMut<'w, Search>,
    sights: ResMut<'w, Sights>,
    gesture: ResMut<'w, Gesture>,
    clicks: ResMut<'w, Clicks>,
    zoom_keys: ResMut<'w, ZoomKeys>,
    walk: ResMut<'w, Walk>,
    wishes: ResMut<'w, Wishes>,
    notice: ResMut<'w, Notice>,
    styled: ResMut<'w, Styled>,
    mirror: ResMut<'w, Mirror>,
    unread: ResMut<'w, Unread>,
    panels: Query<'w, 's, (&'static mut EguiContext, &'static mut EguiInput)>,
}

impl Session<'_, '_> {
    /// Puts everything back to what it was when the program started with these settings.
    pub fn forget(&mut self, start: &Settings) {
        *self.settings = start.clone();
        // What the scene shows of it goes with the next frame.
        self.selection.hovered = None;
        self.selection.selected = Selected::Nothing;
        (self.selection.mark, self.selection.fresh) = (None, Fresh::No);
        self.go_home();
        self.city.trim();
        self.layers.forget();
        self.search.forget();
        self.sights.forget();
        *self.gesture = Gesture::default();
        *self.clicks = Clicks::default();
        *self.zoom_keys = ZoomKeys::default();
        *self.walk = Walk::default();
        *self.wishes = Wishes::default();
        *self.notice = Notice::default();
        *self.styled = Styled::default();
        self.mirror.forget();
        *self.unread = Unread::default();
        for (mut context, mut input) in &mut self.panels {
            // Where lists were scrolled to, what was folded out, what was typed and could be undone, what had the focus.
            context.get_mut().memory_mut(|memory| *memory = Memory::default());
            input.events = Vec::new();
        }
    }

    /// The language that the visit ends in.
    pub fn language(&self) -> Language {
        self.settings.language
    }

    fn go_home(&mut self) {
        self.camera.flight = None;
        if let Some(home) = self.city.start_pose() {
            self.camera.rig = self.camera.rig.moved_to(&home, &self.city.frame);
            self.camera.distance_m = home.distance_m;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    /// What [`Session::forget`](super::Session::forget) puts back.
    const PUT_BACK: [&str; 16] = [
        "Clicks",
        "Gesture",
        "Layers",
        "Mirror",
        "Notice",
        "Search",
        "Selection",
        "Settings",
        "Sights",
        "Styled",
        "TheCamera",
        "TheCity",
        "Unread",
        "Walk",
        "Wishes",
        "ZoomKeys",
    ];
    /// State that no visitor leaves anything in, with the reason.
    const NOT_A_VISITORS: [(&str, &str); 15] = [
        ("Alarm", "wishes of a frame"),
        ("Arrivals", "how bytes come"),
        ("Canvas", "the screen's size"),
        ("Clock", "the time"),
        ("Drawing", "for benchmarks"),
        ("Fluency", "how fast the machine draws, whoever moves the camera"),
        ("GpuScene", "buffers of the tiles that the scene holds"),
        ("Held", "for a page or a benchmark; a page of a public screen keeps nothing of what it is told"),
        ("Inbox", "what the scene hands to the graphics card in a frame"),
        ("KioskScreen", "the visit itself, which begins anew"),
        ("Log", "for tests"),
        ("Places", "layers of the city; what is near goes with the selection"),
        ("Rested", "the time"),
        ("Scene", "follows the tiles and the selection"),
        ("Shot", "for pictures without a window"),
    ];
    /// State of single systems, by what they are of, with the reason why no visitor leaves anything in it.
    const LOCALS: [(&str, &str); 9] = [
        ("Option<Instant>", "when the clock was started"),
        ("Option<Rig>", "the camera that was settled last, which the start's replaces"),
        ("Option<(Selected, (String, String))>", "the line of what is selected, which goes with the selection"),
        ("Option<(u64, String)>", "the line of a walk's last step, which goes with the walk"),
        ("bool", "whether the city has come, a page looks out for it, or the screen is filled"),
        ("u8", "how many frames a window that was resized still needs"),
        ("MessageCursor<WindowEvent>", "how many of the window's events were read"),
        ("Modifiers", "which of Shift, Ctrl and Alt are held"),
        ("Option<Seen>", "the selection that was counted last, which a reset empties"),
    ];

    fn sources(folder: &Path, into: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder of the sources") {
            let path = entry.expect("its entries").path();
            if path.is_dir() {
                sources(&path, into);
            } else {
                into.push(std::fs::read_to_string(&path).expect("a source"));
            }
        }
    }

    /// The names of all resources in a source, and the types of what its systems remember.
    fn state(source: &str) -> (Vec<String>, Vec<String>) {
        let lines: Vec<&str> = source.lines().map(str::trim).collect();
        let derives =
            lines.iter().enumerate().filter(|(_, line)| line.starts_with("#[derive(") && line.contains("Resource"));
        let resources = derives.filter_map(|(at, _)| {
            let declared = lines[at..].iter().find(|line| line.contains("struct ") || line.contains("enum "))?;
            let (_, name) = declared.split_once("struct ").or(declared.split_once("enum "))?;
            Some(name.chars().take_while(|char| char.is_alphanumeric()).collect())
        });
        // Not in comments and texts, such as here.
        let locals = source.match_indices(concat!(": Local", "<")).filter_map(|(at, found)| {
            let rest = &source[at + found.len()..];
            let mut depth = 1;
            let end = rest.find(|char| {
                depth += i32::from(char == '<') - i32::from(char == '>');
                depth == 0
            })?;
            Some(rest[..end].trim_start_matches("'s, ").to_owned())
        });
        (resources.collect(), locals.collect())
    }

    #[test]
    fn no_state_of_the_viewer_is_forgotten_to_be_forgotten() {
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/viewer"), &mut files);
        let (mut resources, mut locals) = (BTreeSet::new(), BTreeSet::new());
        for (of_file, remembered) in files.iter().map(|file| state(file)) {
            resources.extend(of_file);
            locals.extend(remembered);
        }
        let known = PUT_BACK.into_iter().chain(NOT_A_VISITORS.into_iter().map(|(name, _)| name));
        assert_eq!(resources, known.map(str::to_owned).collect(), "each resource is put back, or no visitor's");
        assert_eq!(locals, LOCALS.into_iter().map(|(of, _)| of.to_owned()).collect());
        let own = include_str!("session.rs");
        let params = own.split("impl Session").next().unwrap_or_default();
        for name in PUT_BACK {
            assert!(params.contains(&format!("ResMut<'w, {name}>")), "{name} is part of a session");
        }
    }
}
