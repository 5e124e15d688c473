//! The panels' trees as a page gets them: names, order, keys that stay, sizes of targets.

use bevy_egui::egui::{self, Context, RawInput, Rect, pos2, vec2};
use expect_test::expect;

use super::tree::Tree;
use super::*;

/// The tree of an interface that is drawn until it has found its place.
fn tree(add: impl FnMut(&mut egui::Ui)) -> Tree {
    let context = Context::default();
    frames(&context, add)
}

fn frames(context: &Context, mut add: impl FnMut(&mut egui::Ui)) -> Tree {
    context.enable_accesskit();
    let input = || RawInput {
        screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0))),
        ..RawInput::default()
    };
    // The first frame finds out how large everything is.
    context.run_ui(input(), &mut add).textures_delta.clear();
    let output = context.run_ui(input(), &mut add);
    Tree::of(output.platform_output.accesskit_update.as_ref().expect("it was asked for"))
}

/// The tree as lines.
fn lines(tree: &Tree) -> String {
    fn below(tree: &Tree, key: &str, depth: usize, out: &mut String) {
        for key in &tree.nodes[key].children {
            let node = &tree.nodes[key];
            *out += &format!("{}{:?} {:?}", "  ".repeat(depth), node.role, node.name);
            let states = [("on", node.on.map(|on| on.to_string())), ("open", node.open.map(|open| open.to_string()))];
            out.extend(states.into_iter().filter_map(|(name, state)| Some(format!(" {name}={}", state?))));
            if let Some(number) = &node.number {
                *out += &format!(" {}", number.now);
            }
            *out += "\n";
            below(tree, key, depth + 1, out);
        }
    }
    let mut out = String::new();
    below(tree, super::tree::ROOT, 0, &mut out);
    out
}

#[test]
fn containers_that_say_nothing_are_left_out_and_names_are_looked_up() {
    let tree = tree(|ui| {
        ui.horizontal(|ui| {
            ui.vertical(|ui| {
                let label = ui.label("Opacity");
                let mut value = 30.0;
                ui.add(egui::Slider::new(&mut value, 0.0..=100.0)).labelled_by(label.id);
            });
            let mut on = true;
            ui.checkbox(&mut on, "Plans");
            let _ = ui.button("Try again");
            ui.label("");
            let mut text = String::from("Tal");
            let label = ui.label("Search");
            ui.text_edit_singleline(&mut text).labelled_by(label.id);
        });
    });
    expect![[r#"
        Text "Opacity"
        Slider "Opacity" 30
        Checkbox "Plans" on=true
        Button "Try again"
        Text "Search"
        Input "Search"
    "#]]
    .assert_eq(&lines(&tree));
    let slider = tree.nodes.values().find(|node| node.role == Role::Slider).expect("it is there");
    assert_eq!(slider.number, Some(Number { now: 30.0, min: Some(0.0), max: Some(100.0), step: None }));
    let input = tree.nodes.values().find(|node| node.role == Role::Input).expect("it is there");
    assert_eq!(input.value.as_deref(), Some("Tal"));
}

#[test]
fn keys_stay_while_things_come_and_go() {
    let context = Context::default();
    let draw = |more: bool| {
        frames(&context, |ui| {
            if more {
                ui.label("Above");
                let _ = ui.button("New");
            }
            let _ = ui.button("Places");
            let _ = ui.button("Places");
        })
    };
    let (before, after) = (draw(false), draw(true));
    let keys = |tree: &Tree| {
        let places = tree.nodes.values().filter(|node| node.name == "Places");
        places.map(|node| node.key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(keys(&before).len(), 2);
    assert_eq!(keys(&before), keys(&after));
    assert_ne!(before.targets[&keys(&before)[0]], after.targets[&keys(&after)[0]], "egui's own ids do not stay");
    let change = difference(&before, &after);
    assert!(change.gone.is_empty());
    assert!(difference(&after, &after).is_empty());
}

#[test]
fn the_keyboard_goes_to_what_was_opened_and_not_to_what_was_open_before() {
    let tree = tree(|ui| {
        ui.scope(|ui| {
            ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
                node.set_role(accesskit::Role::Region);
                node.set_author_id("selection");
            });
            let title = ui.label("Tal 1");
            ui.ctx().accesskit_node_builder(title.id, |node| node.set_role(accesskit::Role::Heading));
        });
    });
    assert_eq!(opened(&tree, "Tal 1"), tree.heading_of("selection"));
    assert!(opened(&tree, "Tal 1").is_some());
    assert_eq!(opened(&tree, "B-9002"), None);
}

#[test]
fn a_step_back_closes_what_one_is_in() {
    let house = Selected::Plan("bplan".into(), "7".into());
    assert_eq!(step_back(Some("title"), Some(Card::Help), &house), Some(Command::Toggle(Card::Help)));
    assert_eq!(step_back(Some("title"), None, &house), None, "it leads to the city and closes nothing");
    assert_eq!(step_back(Some("selection"), Some(Card::Help), &house), Some(Command::ClearSelection));
    assert_eq!(step_back(Some("walk"), None, &house), Some(Command::Walk(crate::viewer::walk::Step::End)));
    assert_eq!(step_back(None, None, &Selected::Nothing), None);
}

#[test]
fn what_is_done_in_the_mirror_is_done_in_egui() {
    let context = Context::default();
    let (mut clicks, mut value, mut text) = (0, 30.0, String::from("Tal"));
    let mut draw = |ui: &mut egui::Ui, clicks: &mut i32| {
        *clicks += i32::from(ui.button("Go").clicked());
        ui.add(egui::Slider::new(&mut value, 0.0..=100.0));
        ui.text_edit_singleline(&mut text);
    };
    let tree = frames(&context, |ui| draw(ui, &mut clicks));
    let target = |role| tree.targets[&tree.nodes.values().find(|node| node.role == role).expect("it is there").key];
    let deeds = [
        (Role::Button, Deed::Click),
        (Role::Slider, Deed::Set { number: 70.0 }),
        (Role::Input, Deed::Focus),
        (Role::Input, Deed::Write { text: "Marienplatz".into() }),
    ];
    for (role, deed) in deeds {
        for events in [events(target(role), &deed), Vec::new()] {
            let input = RawInput { events, ..RawInput::default() };
            context.run_ui(input, |ui| draw(ui, &mut clicks)).textures_delta.clear();
        }
    }
    assert_eq!((clicks, value, text.as_str()), (1, 70.0, "Marienplatz"));
}
