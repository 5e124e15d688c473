//! The tree for the system's own screen readers, through the adapter that the window has anyway.
//!
//! Windows and macOS need nothing else. On Linux the adapter is there and silent unless Bevy is built with
//! `accesskit_unix`. A screen reader's wishes wake no window, so that one that is listened to looks for them by itself.

use bevy::a11y::{AccessibilityRequested, ActionRequest, ManageAccessibilityUpdates};
use bevy::ecs::system::NonSendMarker;
use bevy::prelude::*;
use bevy::winit::accessibility::ACCESS_KIT_ADAPTERS;
use bevy_egui::egui::accesskit::{self, Action, Live, NodeId, Rect, TreeUpdate};
use bevy_egui::egui::{self, Id};
use bevy_egui::{EguiInput, EguiOutput, EguiPreUpdateSet};

use super::Mirror;
use super::city::CITY;
use crate::viewer::drive::{Alarm, Clock};

/// Speaks to the system.
pub struct NativePlugin;

impl Plugin for NativePlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<ActionRequest>()
            .add_systems(PreUpdate, obey.after(EguiPreUpdateSet::ProcessInput).before(EguiPreUpdateSet::BeginPass))
            .add_systems(Update, notice)
            .add_systems(Last, tell.after(super::look));
    }
}

/// How often a window that is listened to looks for wishes, seconds.
const LOOK_SECS: f64 = 0.2;

/// Whether a screen reader has asked for the tree.
fn notice(
    requested: Option<Res<AccessibilityRequested>>,
    manage: Option<ResMut<ManageAccessibilityUpdates>>,
    mut mirror: ResMut<Mirror>,
    mut alarm: ResMut<Alarm>,
    clock: Res<Clock>,
) {
    if !requested.is_some_and(|requested| requested.get()) {
        return;
    }
    mirror.listens = true;
    alarm.set(clock.now_secs + LOOK_SECS);
    // Bevy's own tree would take the place of this one.
    if let Some(mut manage) = manage
        && **manage
    {
        **manage = false;
    }
}

fn obey(mut requests: MessageReader<ActionRequest>, mut inputs: Query<&mut EguiInput>) {
    for request in requests.read() {
        for mut input in &mut inputs {
            input.events.push(egui::Event::AccessKitActionRequest(request.0.clone()));
        }
    }
}

fn tell(
    mirror: Res<Mirror>,
    outputs: Query<&EguiOutput>,
    requested: Option<Res<AccessibilityRequested>>,
    _main_thread: NonSendMarker,
) {
    if !requested.is_some_and(|requested| requested.get()) {
        return;
    }
    let Some(update) = outputs.iter().find_map(|output| output.platform_output.accesskit_update.as_ref()) else {
        return;
    };
    ACCESS_KIT_ADAPTERS.with_borrow_mut(|adapters| {
        for adapter in adapters.values_mut() {
            adapter.update_if_active(|| with_city(update, &mirror));
        }
    });
}

/// egui's tree with the city and what is announced.
pub(super) fn with_city(update: &TreeUpdate, mirror: &Mirror) -> TreeUpdate {
    let mut update = update.clone();
    let [city_id, said_id] = ["city", "said"].map(|word| NodeId::from(Id::new(("access", word)).value()));
    let mut city = accesskit::Node::new(accesskit::Role::Canvas);
    if let Some(node) = mirror.tree.nodes.get(CITY) {
        city.set_label(node.name.clone());
        city.set_description(node.value.clone().unwrap_or_default());
        if let Some([x, y, width, height]) = node.place {
            let [x0, y0, x1, y1] = [x, y, x + width, y + height].map(f64::from);
            city.set_bounds(Rect { x0, y0, x1, y1 });
        }
    }
    city.add_action(Action::Focus);
    let mut said = accesskit::Node::new(accesskit::Role::Status);
    said.set_live(Live::Polite);
    said.set_value(mirror.last_said.join(" "));
    if let Some(root_id) = update.tree.as_ref().map(|tree| tree.root)
        && let Some((_, root)) = update.nodes.iter_mut().find(|(id, _)| *id == root_id)
    {
        root.push_child(city_id);
        root.push_child(said_id);
        update.nodes.extend([(city_id, city), (said_id, said)]);
    }
    update
}
