//! The names of the city's sights in the picture, so that people know where they are and where they look. Chosen here for
//! a view, drawn by the panels.
//!
//! A name stands over its sight, in the order of the city's file: what comes first there is named first. What is farther
//! down the list and would meet it is left out, and so is what a house or a hill hides. Names give way to the codes of
//! plans, which are chosen before: an area is told by its code, a sight by more than its name. A click on a name leads
//! there.

mod choice;

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy_egui::{EguiContexts, egui};
use glam::{DVec2, DVec3};

use crate::geo::Geodetic;
use crate::twin::PlaceInfo;
use crate::viewer::ViewerSystems;
use crate::viewer::camera::{Clicks, TheCamera};
use crate::viewer::chosen::Chosen;
use crate::viewer::drive::TheCity;
use crate::viewer::overlay::Layers;
use crate::viewer::panel::{Command, Wishes, rects, sight_at};
use crate::viewer::settings::{Canvas, Settings};
pub use choice::TIP_PT;
use choice::View;

/// Names the sights.
pub struct SightsPlugin;

impl Plugin for SightsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Sights>()
            .add_systems(Update, follow.after(ViewerSystems::Camera).before(ViewerSystems::Pick))
            .add_systems(Update, choose.after(ViewerSystems::Overlay));
    }
}

/// A name at its place.
#[derive(Clone, Debug, PartialEq)]
pub struct SightName {
    /// The number of the sight among the twin's places.
    pub sight: usize,
    /// Its name in the language in use.
    pub name: String,
    /// What its name points at, in local coordinates.
    pub at: DVec3,
}

/// The names of a view.
#[derive(Resource, Default)]
pub struct Sights {
    /// What each name points at, by the tiles that are drawn.
    tops: Vec<DVec3>,
    names: Chosen<View, SightName>,
}

impl Sights {
    /// What was chosen for the last view.
    pub fn names(&self) -> &[SightName] {
        self.names.all()
    }

    /// Knows nothing of any view.
    pub fn forget(&mut self) {
        self.names = Chosen::default();
    }
}

/// How far above ground or roof a name points, metres.
const ABOVE_M: f64 = 4.0;

/// What the names of a picture depend on.
#[derive(bevy::ecs::system::SystemParam)]
struct Picture<'w> {
    city: Res<'w, TheCity>,
    layers: Res<'w, Layers>,
    camera: Res<'w, TheCamera>,
    canvas: Res<'w, Canvas>,
    settings: Res<'w, Settings>,
}

impl Picture<'_> {
    fn view(&self, covered: Vec<[DVec2; 2]>) -> View {
        View {
            rig: self.camera.rig,
            size_pt: self.canvas.size_pt,
            text_scale: f64::from(self.settings.text_scale),
            language: self.settings.language,
            covered,
            codes: self.layers.labels().to_vec(),
        }
    }
}

/// Chooses the names, where the view or the tiles are others than in the frame before.
fn choose(
    mut sights: ResMut<Sights>,
    picture: Picture,
    mut contexts: EguiContexts,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let Picture { city, settings, .. } = &picture;
    if city.tiles_changed {
        sights.tops.clear();
    }
    let shows = settings.names && settings.panels && !settings.bench && city.is_framed();
    let Some(twin) = city.twin.as_ref().filter(|_| shows) else {
        if sights.names.is_for_any() {
            sights.forget();
        }
        return;
    };
    let sights = &mut *sights;
    let are_old = sights.tops.len() != twin.places.len();
    let view = picture.view(contexts.ctx_mut().map(|context| covered(context)).unwrap_or_default());
    if !are_old && sights.names.is_for(&view) {
        return;
    }
    let moves = sights.names.moves(&view);
    if moves {
        // What is kept or chosen on the way is chosen anew at rest.
        redraw.write(RequestRedraw);
    }
    if sights.names.outlasts_a_move(&view) {
        sights.names.thin(|name| view.may_stay(name));
        return;
    }
    if are_old {
        sights.tops = twin.places.iter().map(|sight| top_of(sight, city)).collect();
    }
    let hit_m = |at: DVec2| city.pick(view.rig.eye, view.rig.ray(at, view.size_pt)).map(|hit| hit.distance_m);
    let before = moves.then(|| sights.names.all());
    let names = view.choose(&twin.places, &sights.tops, &hit_m, before);
    sights.names = if moves { Chosen::on_the_way(names, view) } else { Chosen::new(names, view) };
}

/// Where panels stood in the frame before: what nobody sees has no name.
fn covered(context: &egui::Context) -> Vec<[DVec2; 2]> {
    let corner = |at: egui::Pos2| DVec2::new(f64::from(at.x), f64::from(at.y));
    rects(context).into_iter().map(|(_, rect)| [corner(rect.min), corner(rect.max)]).collect()
}

/// What a sight's name points at: its roof, or the ground of a square; what the city's file looks at until tiles are there.
fn top_of(sight: &PlaceInfo, city: &TheCity) -> DVec3 {
    let pose = &sight.pose;
    let looked_at = Geodetic { lon_deg: pose.lon_deg, lat_deg: pose.lat_deg, height_m: pose.height_m };
    let looked_at = city.frame.local(looked_at.into());
    city.floor_below(looked_at).map_or(looked_at, |floor_m| looked_at.with_z(floor_m + ABOVE_M))
}

/// Leads to the sight whose name was clicked, and keeps the click from what stands behind the name.
fn follow(mut contexts: EguiContexts, mut clicks: ResMut<Clicks>, sights: Res<Sights>, mut wishes: ResMut<Wishes>) {
    let Some(at) = clicks.click.or(clicks.cursor).filter(|_| !sights.names().is_empty()) else { return };
    let Some(sight) = contexts.ctx_mut().ok().and_then(|context| sight_at(context, at)) else { return };
    if clicks.click.is_some() {
        wishes.0.push(Command::ShowSight(sight));
    }
    *clicks = Clicks::default();
}
