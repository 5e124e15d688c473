//! The other end of a running viewer, for a page that holds it: how far it is, what it shows, and what it is to show.
//!
//! What it shows fits into a [`Link`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use serde::Serialize;

use super::ViewerSystems;
use super::access::{Act, Change};
use super::camera::TheCamera;
use super::drive::{Clock, Phase, TheCity};
use super::options::Theme;
use super::overlay::Layers;
use super::panel::Notice;
use super::pick::{Fresh, Picked, Selected, Selection};
use super::settings::Settings;
use crate::texts::text;
use crate::twin::{Language, Link, LinkTarget};

/// What a viewer tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// The first tiles are drawn; told once.
    Drawn,
    /// Everything in view has come, for the first time; told once.
    Complete,
    /// The city cannot be opened; addresses and numbers, for those who mend it.
    Failed(String),
    /// What is shown has changed.
    Shows(Link),
    /// How the panels look has changed, for what stands beside them.
    Looks(Looks),
    /// What is shown has changed, for who does not see it.
    Mirror(Box<Change>),
    /// A visit to a public screen is over: nothing that was told of it is to be kept. What is shown now follows.
    Forgotten,
    /// The operator of a public screen ends it for good, or else has it start anew: whoever holds the viewer does so.
    Ends {
        /// It is not to come back.
        for_good: bool,
    },
}

/// How the panels look.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Looks {
    /// Light on dark.
    pub dark: bool,
    /// Stronger contrast.
    pub contrast: bool,
    /// How many times its usual size the text has.
    pub scale: f32,
}

type Call = Arc<dyn Fn() + Send + Sync>;
type AddressOf = Arc<dyn Fn(&Link) -> String + Send + Sync>;

/// A hold on a running viewer. Copies hold the same one.
#[derive(Clone)]
pub struct Remote {
    shared: Arc<Mutex<Shared>>,
    listener: Arc<dyn Fn(&Signal) + Send + Sync>,
    address: Option<AddressOf>,
}

/// What is to be shown.
struct Wish {
    link: Link,
    /// Somebody asked for what it selects by name: it is to be seen beside its panel.
    led: bool,
}

#[derive(Default)]
struct Shared {
    state: String,
    wish: Option<Wish>,
    acts: Vec<Act>,
    wake: Option<Call>,
}

impl Remote {
    /// For a viewer that is going to run; `listener` is called with each signal.
    pub fn new(listener: impl Fn(&Signal) + Send + Sync + 'static) -> Self {
        Self { shared: Arc::default(), listener: Arc::new(listener), address: None }
    }

    /// The same hold, of a city that is found on the web: `address` gives where, for what a link holds.
    pub fn found_at(self, address: impl Fn(&Link) -> String + Send + Sync + 'static) -> Self {
        Self { address: Some(Arc::new(address)), ..self }
    }

    /// The state of the last frame as JSON, as tests read it; empty unless it was asked for.
    pub fn state(&self) -> String {
        self.shared().state.clone()
    }

    /// Asks for what a link holds; a viewer that is not open yet begins with it.
    pub fn show(&self, link: Link) {
        self.wish(Wish { link, led: false });
    }

    /// The same for who asked by name for what it selects, which may be moved a little for its panel to have room.
    pub fn lead(&self, link: Link) {
        self.wish(Wish { link, led: true });
    }

    fn wish(&self, wish: Wish) {
        self.shared().wish = Some(wish);
        self.wake();
    }

    /// Does something with what the mirror shows.
    pub fn act(&self, act: Act) {
        self.shared().acts.push(act);
        self.wake();
    }

    /// What was asked for since the last time.
    pub(super) fn take_acts(&self) -> Vec<Act> {
        std::mem::take(&mut self.shared().acts)
    }

    /// Has another frame drawn.
    pub fn wake(&self) {
        let wake = self.shared().wake.clone();
        if let Some(wake) = wake {
            wake();
        }
    }

    /// Sets what wakes an idle window.
    pub(super) fn set_wake(&self, wake: impl Fn() + Send + Sync + 'static) {
        self.shared().wake = Some(Arc::new(wake));
    }

    pub(super) fn set_state(&self, json: String) {
        self.shared().state = json;
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells what the viewer shows, and shows what it is asked for.
pub struct RemotePlugin {
    /// Who is told and asks.
    pub remote: Remote,
}

impl Plugin for RemotePlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(Held::of(&self.remote))
            .add_systems(Update, obey.after(ViewerSystems::Open).before(ViewerSystems::Camera))
            .add_systems(Last, (tell_how_far, tell_what_is_shown, tell_how_it_looks, tell_what_is_missing));
    }
}

/// The hold of whoever runs the viewer.
#[derive(Resource)]
pub struct Held {
    /// The other end.
    pub remote: Remote,
    told: Vec<Signal>,
    shown: Link,
    looks: Option<Looks>,
    /// The building that a link asked for last, until it is known whether it is there.
    asked_for: Option<String>,
}

impl Held {
    /// Of a viewer that has told nothing yet.
    pub(super) fn of(remote: &Remote) -> Self {
        Self { remote: remote.clone(), told: Vec::new(), shown: Link::default(), looks: None, asked_for: None }
    }

    /// Tells something.
    pub(super) fn tell(&self, signal: &Signal) {
        (self.remote.listener)(signal);
    }

    /// The web address of what is selected as it is seen now, in a language, for who comes back to it later; `None` where
    /// the city has no address or nothing is selected.
    pub(super) fn address_of(&self, selected: &Selected, language: Language) -> Option<String> {
        // Only what stands in the view is there to be opened.
        let (target, camera) = (Some(target(selected)?), self.shown.camera);
        let link = Link { camera, target, language: Some(language), ..Link::default() };
        self.remote.address.as_ref().map(|address| address(&link))
    }

    /// Tells something for the first time.
    fn tell_once(&mut self, signal: Signal) {
        if !self.told.contains(&signal) {
            (self.remote.listener)(&signal);
            self.told.push(signal);
        }
    }
}

/// Shows what was asked for, once it is known where the city is.
fn obey(
    mut held: ResMut<Held>,
    city: Res<TheCity>,
    mut camera: ResMut<TheCamera>,
    mut selection: ResMut<Selection>,
    mut layers: ResMut<Layers>,
    mut settings: ResMut<Settings>,
) {
    if !city.is_framed() {
        return;
    }
    let Some(Wish { link, led }) = held.remote.shared().wish.take() else { return };
    if let Some(pose) = link.camera.or(camera.home) {
        camera.flight = None;
        camera.rig = camera.rig.moved_to(&pose, &city.frame);
        camera.distance_m = pose.distance_m;
    }
    held.asked_for = match &link.target {
        Some(LinkTarget::Building(id)) => Some(id.clone()),
        _ => None,
    };
    let selected = match link.target {
        None => Selected::Nothing,
        Some(LinkTarget::Building(id)) => Selected::building(id),
        Some(LinkTarget::Plan { layer, plan }) => Selected::Plan(layer, plan),
    };
    selection.choose(selected, if led { Fresh::LedTo(camera.rig) } else { Fresh::No });
    selection.mark = link.mark;
    layers.look_like(link.layers);
    settings.language = link.language.unwrap_or(settings.language);
    settings.sun = link.sun.unwrap_or(settings.sun);
}

fn tell_how_far(mut held: ResMut<Held>, city: Res<TheCity>) {
    if let Phase::Failed(why) = &city.phase {
        held.tell_once(Signal::Failed(why.to_string()));
    } else if !city.drawn().is_empty() || city.is_complete() {
        // Who comes to a place where there is nothing has seen all there is.
        held.tell_once(Signal::Drawn);
        if city.is_complete() {
            held.tell_once(Signal::Complete);
        }
    }
}

fn tell_what_is_shown(
    mut held: ResMut<Held>,
    city: Res<TheCity>,
    camera: Res<TheCamera>,
    selection: Res<Selection>,
    layers: Res<Layers>,
    settings: Res<Settings>,
) {
    if !city.is_framed() {
        return;
    }
    let now = Link {
        camera: Some(camera.rig.pose(camera.distance_m, &city.frame)),
        target: target(&selection.selected),
        mark: selection.mark,
        layers: layers.looks(),
        language: Some(settings.language),
        sun: Some(settings.sun),
    };
    if now != held.shown {
        (held.remote.listener)(&Signal::Shows(now.clone()));
        held.shown = now;
    }
}

/// Links are kept for years, and houses are pulled down.
fn tell_what_is_missing(
    mut held: ResMut<Held>,
    city: Res<TheCity>,
    selection: Res<Selection>,
    settings: Res<Settings>,
    clock: Res<Clock>,
    mut notice: ResMut<Notice>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if held.asked_for.is_none() || !city.is_complete() {
        return;
    }
    let asked_for = held.asked_for.take();
    let is_asked_for = |picked: &&Picked| Some(&picked.id) == asked_for.as_ref();
    if selection.building().filter(is_asked_for).is_some_and(|picked| city.find(picked).is_none()) {
        notice.show(text(settings.language, "building.unknown"), clock.now_secs);
        redraw.write(RequestRedraw);
    }
}

fn tell_how_it_looks(mut held: ResMut<Held>, settings: Res<Settings>) {
    let Settings { theme, contrast, text_scale: scale, .. } = *settings;
    let now = Looks { dark: theme == Theme::Dark, contrast, scale };
    if held.looks != Some(now) {
        held.tell(&Signal::Looks(now));
        held.looks = Some(now);
    }
}

/// What a link selects; a building without an id cannot be linked to.
fn target(selected: &Selected) -> Option<LinkTarget> {
    match selected {
        Selected::Nothing => None,
        Selected::Building(picked) => (!picked.id.is_empty()).then(|| LinkTarget::Building(picked.id.clone())),
        Selected::Plan(layer, plan) => Some(LinkTarget::Plan { layer: layer.clone(), plan: plan.clone() }),
    }
}
