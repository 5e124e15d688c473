//! For whoever does not see the picture or does not point at it: what is shown as a tree of named nodes, what happens as
//! words, and what they do with it as egui's events.
//!
//! Stands behind everything else in a frame. A page takes the tree through [`Remote`](super::Remote) and mirrors it as
//! HTML; a window hands it to the system's screen reader. Told is only what has changed, and no frame is asked for.

mod city;
#[cfg(not(target_arch = "wasm32"))]
mod native;
mod node;
mod speech;
mod tree;

#[cfg(test)]
mod tests;

use bevy::prelude::*;
use bevy_egui::egui::accesskit::{ActionData, ActionRequest, NodeId, TreeId};
use bevy_egui::egui::{self, accesskit};
use bevy_egui::{EguiContexts, EguiInput, EguiOutput, EguiPreUpdateSet};

pub use node::{Act, Change, Deed, Node, Number, Role};

use self::speech::{Heard, say};
use self::tree::Tree;
use super::panel::{Card, Command, Wishes};
use super::pick::{Selected, Selection};
use super::remote::{Held, Signal};
use super::settings::Settings;

/// Tells what is shown, and does what is asked for.
pub struct AccessPlugin;

impl Plugin for AccessPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Mirror>()
            .add_systems(
                PreUpdate,
                (listen, obey.in_set(AccessSystems::Obey))
                    .chain()
                    .after(EguiPreUpdateSet::ProcessInput)
                    .before(EguiPreUpdateSet::BeginPass),
            )
            .add_systems(Last, look.in_set(AccessSystems::Look));
        #[cfg(not(target_arch = "wasm32"))]
        app.add_plugins(native::NativePlugin);
    }
}

/// The steps of a frame: what was asked for is done, and what it shows is told.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccessSystems {
    /// What was asked for is done.
    Obey,
    /// It is looked at.
    Look,
}

/// What was told last.
#[derive(Resource, Default)]
pub struct Mirror {
    tree: Tree,
    heard: Heard,
    /// What was said last.
    last_said: Vec<String>,
    selected: Selected,
    /// Whether somebody listens.
    listens: bool,
    /// Whether somebody has done something there since that was asked last.
    used: bool,
}

impl Mirror {
    /// Whether somebody has done something there since this was asked last.
    pub fn take_used(&mut self) -> bool {
        std::mem::take(&mut self.used)
    }

    /// Forgets what was told: whoever listens is told everything anew.
    pub fn forget(&mut self) {
        *self = Self { listens: self.listens, ..Self::default() };
    }
}

/// Has egui name what it draws, if somebody listens.
fn listen(mut contexts: EguiContexts, held: Option<Res<Held>>, settings: Res<Settings>, mut mirror: ResMut<Mirror>) {
    mirror.listens |= held.is_some();
    if mirror.listens
        && !settings.bench
        && let Ok(context) = contexts.ctx_mut()
    {
        context.enable_accesskit();
    }
}

/// What acts change.
#[derive(bevy::ecs::system::SystemParam)]
struct Hands<'w, 's> {
    inputs: Query<'w, 's, &'static mut EguiInput>,
    wishes: ResMut<'w, Wishes>,
    selection: Res<'w, Selection>,
    settings: ResMut<'w, Settings>,
}

/// Does what the page was asked for. In a page the order of its elements is that of the Tab key, and egui's own is not.
fn obey(mut contexts: EguiContexts, held: Option<Res<Held>>, mut mirror: ResMut<Mirror>, mut hands: Hands) {
    let (Some(held), Ok(context)) = (held, contexts.ctx_mut()) else { return };
    for mut input in &mut hands.inputs {
        input.events.retain(|event| !matches!(event, egui::Event::Key { key: egui::Key::Tab, .. }));
    }
    for act in held.remote.take_acts() {
        let target = mirror.tree.targets.get(&act.key).copied();
        // The system's wishes come by themselves, and so does that the city has the keyboard.
        mirror.used |= target.is_some() || act.deed == Deed::Escape;
        match (target, &act.deed) {
            (_, Deed::Escape) => {
                let card = hands.settings.card;
                hands.wishes.0.extend(step_back(mirror.tree.panel_of(&act.key), card, &hands.selection.selected));
            }
            (_, Deed::Comfort { still, contrast }) => {
                (hands.settings.still, hands.settings.contrast) = (*still, *contrast);
            }
            (Some(target), deed) => {
                let events = events(target, deed);
                hands.inputs.iter_mut().for_each(|mut input| input.events.extend(events.iter().cloned()));
            }
            // The city takes the keyboard back from the panels, also from one that is to have it with this frame.
            (None, Deed::Focus) => {
                hands.inputs.iter_mut().for_each(|mut input| input.events.retain(|event| !asks_for_focus(event)));
                context.memory_mut(|memory| {
                    if let Some(focused) = memory.focused() {
                        memory.surrender_focus(focused);
                    }
                });
            }
            (None, _) => {}
        }
    }
}

fn asks_for_focus(event: &egui::Event) -> bool {
    matches!(event, egui::Event::AccessKitActionRequest(request) if request.action == accesskit::Action::Focus)
}

/// What closes by one step back from a panel.
fn step_back(panel: Option<&str>, card: Option<Card>, selected: &Selected) -> Option<Command> {
    match (panel, card) {
        (Some("title"), card) => card.map(Command::Toggle),
        (Some("walk"), _) => Some(Command::Walk(super::walk::Step::End)),
        _ if *selected != Selected::Nothing => Some(Command::ClearSelection),
        _ => None,
    }
}

/// egui's events for what is done with a widget.
fn events(target: NodeId, deed: &Deed) -> Vec<egui::Event> {
    let ask = |action, data| {
        egui::Event::AccessKitActionRequest(ActionRequest {
            action,
            target_tree: TreeId::ROOT,
            target_node: target,
            data,
        })
    };
    let focus = || [ask(accesskit::Action::Focus, None), ask(accesskit::Action::ScrollIntoView, None)];
    match deed {
        Deed::Focus => focus().into(),
        Deed::Click => vec![ask(accesskit::Action::Click, None)],
        Deed::Set { number } => vec![ask(accesskit::Action::SetValue, Some(ActionData::NumericValue(*number)))],
        // egui's text fields know no such action: everything is chosen, and typed over.
        Deed::Write { text } => {
            let key =
                |key, modifiers| egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
            let typed = if text.is_empty() {
                key(egui::Key::Backspace, egui::Modifiers::NONE)
            } else {
                egui::Event::Text(text.clone())
            };
            let mut events: Vec<egui::Event> = focus().into();
            events.extend([key(egui::Key::A, egui::Modifiers::COMMAND), typed]);
            events
        }
        Deed::Escape | Deed::Comfort { .. } => Vec::new(),
    }
}

/// Looks at what this frame shows, and tells what is new.
fn look(
    mut mirror: ResMut<Mirror>,
    held: Option<Res<Held>>,
    outputs: Query<&EguiOutput>,
    selection: Res<Selection>,
    scene: city::City,
    mut speech: speech::Ears,
) {
    if !mirror.listens {
        return;
    }
    let Some(update) = outputs.iter().find_map(|output| output.platform_output.accesskit_update.as_ref()) else {
        return;
    };
    let mut tree = Tree::of(update);
    tree.add_city(scene.node());
    let heard = speech.hear();
    let mut change = difference(&mirror.tree, &tree);
    change.say = say(&mirror.heard, &heard);
    mirror.heard = heard;
    if !change.say.is_empty() {
        mirror.last_said.clone_from(&change.say);
    }
    if mirror.selected != selection.selected {
        let title = speech.title();
        change.go = title.and_then(|title| opened(&tree, &title).map(str::to_owned));
        if change.go.is_some() || selection.selected == Selected::Nothing {
            mirror.selected = selection.selected.clone();
        }
    }
    mirror.tree = tree;
    if let Some(held) = held
        && !change.is_empty()
    {
        held.tell(&Signal::Mirror(Box::new(change)));
    }
}

/// The heading of what was opened, by its title; `None` as long as the panel shows what was open before, as it does in
/// the frame in which something in it is pressed.
fn opened<'a>(tree: &'a Tree, title: &str) -> Option<&'a str> {
    tree.heading_of("selection").filter(|heading| tree.nodes[*heading].name == title)
}

/// What is new, different or gone.
fn difference(before: &Tree, now: &Tree) -> Change {
    let new = now.nodes.iter().filter(|(key, node)| before.nodes.get(*key) != Some(node));
    let gone = before.nodes.keys().filter(|key| !now.nodes.contains_key(*key));
    Change { nodes: new.map(|(_, node)| node.clone()).collect(), gone: gone.cloned().collect(), ..Change::default() }
}
