//! What widgets are to those who hear them: headings, lists, panels with names. egui knows buttons and labels alone.

use bevy_egui::egui::accesskit::Role;
use bevy_egui::egui::{self, Id, Response};

/// Makes what is drawn in `ui` a panel with a name; `word` is the program's own for it.
pub fn region(ui: &egui::Ui, word: &str, name: &str) {
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(Role::Region);
        node.set_author_id(word);
        node.set_label(name);
    });
}

/// Makes a text a heading, 1 is the highest.
pub fn heading(response: &Response, level: usize) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Heading);
        node.set_level(level);
    });
}

/// Makes what `add` draws a list of items.
pub fn list<R>(ui: &mut egui::Ui, add: impl FnOnce(&mut egui::Ui) -> R) -> R {
    ui.scope(|ui| {
        ui.ctx().accesskit_node_builder(ui.unique_id(), |node| node.set_role(Role::List));
        add(ui)
    })
    .inner
}

/// Makes what `add` draws an item of a list; `name` tells it from the others.
pub fn item<R>(ui: &mut egui::Ui, name: &str, add: impl FnOnce(&mut egui::Ui) -> R) -> R {
    ui.scope(|ui| {
        ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
            node.set_role(Role::ListItem);
            node.set_label(name);
        });
        add(ui)
    })
    .inner
}

/// Says whether a button shows what it opens.
pub fn opens(response: &Response, open: bool) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_expanded(open);
        node.clear_toggled();
    });
}

/// Says where a link leads to.
pub fn leads_to(response: &Response, url: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_url(url));
}

/// What a slider's value is called.
pub fn value(context: &egui::Context, id: Id, text: &str) {
    context.accesskit_node_builder(id, |node| node.set_value(text));
}
