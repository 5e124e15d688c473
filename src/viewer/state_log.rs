//! What the window shows, as JSON: for tests that drive a real window or a page and must know what it did.
//!
//! Stands behind everything else in a frame and changes nothing: it asks for no frame, so that what it counts is what
//! the window draws without it. Off unless it is asked for.

use std::fs::File;
use std::io::Write;

use bevy::prelude::*;
use bevy_egui::{EguiContexts, EguiOutput, egui};
use serde_json::{Value, json};

use super::camera::{Clicks, TheCamera};
use super::drive::{Phase, TheCity};
use super::fluency::{Fluency, Step};
use super::kiosk::KioskScreen;
use super::options::StateLog;
use super::overlay::Layers;
use super::panel::{Known, Notice, drawn_labels, drawn_sights, rects, shown, status_view};
use super::pick::{Picked, Selected, Selection, row_of};
use super::places::Places;
use super::remote::Remote;
use super::search::Search;
use super::settings::{Canvas, Settings};
use super::{ViewerError, platform};

/// Tells the state of each frame.
pub struct StateLogPlugin {
    sink: Sink,
}

/// Where it goes.
enum Sink {
    /// A line for each frame: the whole state where it differs from the line before, else the frame's number alone.
    File(File),
    /// The last state.
    Page(Remote),
    /// It could not be written any more.
    Gone,
}

impl StateLogPlugin {
    /// A log for a page, or in a new file; what was there is replaced.
    pub fn new(log: &StateLog) -> Result<Self, ViewerError> {
        Ok(Self {
            sink: match log {
                StateLog::Page(remote) => Sink::Page(remote.clone()),
                StateLog::File(path) => Sink::File(File::create(path).map_err(|error| ViewerError::StateLog {
                    path: path.display().to_string(),
                    reason: error.to_string(),
                })?),
            },
        })
    }
}

impl Plugin for StateLogPlugin {
    fn build(&self, app: &mut App) {
        let sink = match &self.sink {
            Sink::File(file) => file.try_clone().map_or(Sink::Gone, Sink::File),
            Sink::Page(remote) => Sink::Page(remote.clone()),
            Sink::Gone => Sink::Gone,
        };
        app.insert_resource(Log { sink, frame: 0, last: Value::Null })
            .add_systems(PreUpdate, name_widgets)
            .add_systems(Last, write);
    }
}

#[derive(Resource)]
struct Log {
    sink: Sink,
    frame: u64,
    last: Value,
}

impl Log {
    /// Takes the state of another frame.
    fn take(&mut self, now: Value) -> std::io::Result<()> {
        self.frame += 1;
        match &mut self.sink {
            Sink::File(file) => {
                let mut line = json!({ "frame": self.frame });
                if now != self.last {
                    line["state"] = now.clone();
                    self.last = now;
                }
                file.write_all(format!("{line}\n").as_bytes())
            }
            Sink::Page(remote) => {
                remote.set_state(json!({ "frame": self.frame, "state": now }).to_string());
                Ok(())
            }
            Sink::Gone => Ok(()),
        }
    }
}

/// Has egui say what it draws, as it does for screen readers.
fn name_widgets(mut contexts: EguiContexts) {
    if let Ok(context) = contexts.ctx_mut() {
        context.enable_accesskit();
    }
}

/// What the log reads.
#[derive(bevy::ecs::system::SystemParam)]
struct State<'w, 's> {
    city: Res<'w, TheCity>,
    layers: Res<'w, Layers>,
    places: Res<'w, Places>,
    selection: Res<'w, Selection>,
    clicks: Res<'w, Clicks>,
    camera: Res<'w, TheCamera>,
    settings: Res<'w, Settings>,
    fluency: Res<'w, Fluency>,
    notice: Res<'w, Notice>,
    kiosk: Option<Res<'w, KioskScreen>>,
    canvas: Res<'w, Canvas>,
    search: Res<'w, Search>,
    drawn: Query<'w, 's, &'static EguiOutput>,
}

fn write(mut log: ResMut<Log>, mut contexts: EguiContexts, state: State) {
    let context = contexts.ctx_mut().ok().filter(|context| context.has_requested_repaint());
    let mut now = state.as_json(context.map(|context| asked(context)).unwrap_or_default());
    let panels = contexts.ctx_mut().map(|context| rects(context)).unwrap_or_default();
    let borders =
        panels.into_iter().map(|(name, at)| (name.to_owned(), json!([at.left(), at.top(), at.right(), at.bottom()])));
    now["panels"] = Value::Object(borders.collect());
    let labels = contexts.ctx_mut().map(|context| drawn_labels(context)).unwrap_or_default();
    let label = |(code, at): (String, egui::Rect)| json!({ "code": code, "at": [at.left(), at.top(), at.right(), at.bottom()] });
    now["labels"] = labels.into_iter().map(label).collect();
    let sights = contexts.ctx_mut().map(|context| drawn_sights(context)).unwrap_or_default();
    let sight = |(_, name, at): (usize, String, egui::Rect)| json!({ "name": name, "at": [at.left(), at.top(), at.right(), at.bottom()] });
    now["sights"] = sights.into_iter().map(sight).collect();
    if let Err(error) = log.take(now) {
        platform::complain(&format!("the state log cannot be written any more: {error}"));
        log.sink = Sink::Gone;
    }
}

/// Why panels that ask for another frame do so: egui tells the reasons of the frame before alone, and the first frame of
/// what opens, which only takes its measure, may have none.
fn asked(context: &egui::Context) -> Vec<String> {
    let causes = context.repaint_causes();
    if causes.is_empty() { vec!["panels".to_owned()] } else { causes.iter().map(ToString::to_string).collect() }
}

impl State<'_, '_> {
    fn as_json(&self, asked: Vec<String>) -> Value {
        let Self { city, selection, camera, settings, .. } = self;
        let (phase, reason) = match &city.phase {
            Phase::Opening => ("opening", None),
            Phase::Open => ("open", None),
            Phase::Failed(why) => ("failed", Some(why.to_string())),
        };
        let known = Known { city, layers: &self.layers, places: &self.places };
        let panel = shown(known, selection, settings.language);
        json!({
            "phase": phase,
            "reason": reason,
            "complete": city.is_complete() && self.layers.is_complete() && self.search.is_settled(),
            "pending": city.status.requested + city.status.decoding,
            "failed": city.status.failed_count,
            "drawn": city.drawn().len(),
            "attributions": status_view(known, selection, camera, &self.canvas, settings.language).attributions,
            "size": self.canvas.size_pt.to_array(),
            "clicked": self.clicks.click.map(|at| at.to_array()),
            "walked": selection.walked.as_ref().map(|picked| &picked.id),
            "hovered": selection.hovered.as_ref().map(|picked| &picked.id),
            "selected": selected(&selection.selected),
            "selected_at": selection.building().and_then(|picked| self.place(picked)),
            "selected_in": selection.building().map(|picked| self.drawn_tiles_of(picked)),
            "panel": panel.map(|panel| panel.as_text(settings.language)),
            "widgets": self.drawn.iter().flat_map(widgets).collect::<Vec<_>>(),
            "search": self.search(),
            "card": settings.card.map(|card| format!("{card:?}").to_lowercase()),
            "language": settings.language,
            "theme": format!("{:?}", settings.theme).to_lowercase(),
            "layers": self.layers.iter().map(|layer| json!({ "id": layer.info.id, "visible": layer.visible, "opacity": layer.opacity })).collect::<Vec<_>>(),
            "text_scale": settings.text_scale,
            "shadows": settings.shadows,
            "picture": format!("{:?}", self.fluency.step()).to_lowercase(),
            "sun": settings.sun.to_string(),
            "notice": self.notice.line.as_ref().map(|(line, _)| line),
            "kiosk": self.kiosk.as_ref().map(|screen| screen.as_json()),
            "tiles": city.tiles().count(),
            "awake": self.awake(asked),
            "flying": camera.flight.is_some(),
            "camera": camera.rig.pose(camera.distance_m, &city.frame),
            "clearance_m": city.floor_below(camera.rig.eye).map(|floor_m| camera.rig.eye.z - floor_m),
        })
    }

    /// What was typed and found.
    fn search(&self) -> Value {
        let (query, hits) = self.search.state();
        json!({ "query": query, "hits": hits, "addresses": self.search.has_addresses() })
    }

    /// Why another frame was asked for.
    fn awake(&self, asked: Vec<String>) -> Vec<String> {
        let own = [
            (self.city.status.needs_redraw, "streaming"),
            (self.city.tiles_changed, "tiles changed"),
            (self.camera.flight.is_some(), "flight"),
            (self.fluency.step() != Step::Whole, "less than the whole picture"),
        ];
        own.into_iter().filter(|(is, _)| *is).map(|(_, why)| why.to_owned()).chain(asked).collect()
    }

    /// The middle of a building in the window, logical pixels; `None` where it is not loaded or behind the eye.
    fn place(&self, picked: &Picked) -> Option<[f64; 2]> {
        let middle = self.city.middle_of(picked)?;
        Some(self.camera.rig.project(middle, self.canvas.size_pt)?.to_array())
    }

    /// The drawn tiles that hold a building: tileset and tile.
    fn drawn_tiles_of(&self, picked: &Picked) -> Vec<[u32; 2]> {
        let drawn = self.city.drawn().iter().filter(|tile| !self.city.is_ground(**tile));
        let holds =
            |tile: &&_| self.city.content(**tile).is_some_and(|content| row_of(picked, **tile, content).is_some());
        drawn.filter(holds).map(|tile| [tile.tileset, tile.tile]).collect()
    }
}

fn selected(selected: &Selected) -> Value {
    match selected {
        Selected::Nothing => Value::Null,
        Selected::Building(picked) => json!({ "building": picked.id }),
        Selected::Plan(layer, plan) => json!({ "layer": layer, "plan": plan }),
    }
}

/// What the panels have drawn: each named widget's text with its borders (left, top, right, bottom) in points.
fn widgets(output: &EguiOutput) -> Vec<Value> {
    let Some(update) = &output.platform_output.accesskit_update else { return Vec::new() };
    let widget = |(_, node): &(_, bevy_egui::egui::accesskit::Node)| {
        let text = node.label().or(node.value())?;
        let at = node.bounds()?;
        Some(json!({ "role": format!("{:?}", node.role()), "text": text, "at": [at.x0, at.y0, at.x1, at.y1] }))
    };
    update.nodes.iter().filter_map(widget).collect()
}
