//! From the state of the window to what the panels show.

use super::layers::{LayerView, LegendView};
use super::status::StatusView;
use super::tools::ToolsView;
use super::trouble;
use super::walk::WalkView;
use crate::answer::{Around, BuildingView, NearGroup, PlanLink, PlanView};
use crate::texts::{fill, text};
use crate::twin::{Language, LayerInfo, LegendEntry, PLANNER, SourceInfo, TwinDescription};
use crate::viewer::camera::TheCamera;
use crate::viewer::drive::TheCity;
use crate::viewer::overlay::{Layer, Layers, code, parse_color};
use crate::viewer::pick::{Picked, Selected, Selection};
use crate::viewer::places::Places;
use crate::viewer::settings::{Canvas, Settings};
use crate::viewer::walk::Walk;

/// The panel of what is selected.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// A building's.
    Building(Box<BuildingView>),
    /// A plan's.
    Plan(PlanView),
}

impl Shown {
    /// What stands above the panel.
    pub fn title(&self) -> &str {
        match self {
            Self::Building(view) => &view.title,
            Self::Plan(view) => &view.title,
        }
    }

    /// The panel as plain text.
    pub fn as_text(&self, language: Language) -> String {
        match self {
            Self::Building(view) => view.as_text(language),
            Self::Plan(view) => view.as_text(language),
        }
    }
}

/// What the window knows that a panel may speak of.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The city.
    pub city: &'a TheCity,
    /// Its planning layers.
    pub layers: &'a Layers,
    /// Its places of everyday life.
    pub places: &'a Places,
}

/// The panel of what is selected; `None` for nothing, or for what is not loaded any more and was never shown.
pub fn shown(known: Known<'_>, selection: &Selection, language: Language) -> Option<Shown> {
    match &selection.selected {
        Selected::Nothing => None,
        Selected::Building(picked) => building(known, picked, language).map(|v| Shown::Building(Box::new(v))),
        Selected::Plan(layer, plan) => {
            let (layer, plan) = known.layers.plan(layer, plan)?;
            Some(Shown::Plan(PlanView::new(known.city.twin.as_ref()?, &layer.info, plan, language)))
        }
    }
}

/// The panel of a building; `None` where no loaded tile has it.
pub fn building(known: Known<'_>, picked: &Picked, language: Language) -> Option<BuildingView> {
    let Known { city, layers, places } = known;
    let (content, row) = city.facts(picked)?;
    let Some(twin) = &city.twin else { return Some(BuildingView::of_foreign(&content.features, row, language)) };
    let under = layers.plans_under(picked).into_iter();
    let away = layers.plans_near(picked).into_iter();
    let near = places.near(picked).iter();
    let around = Around {
        plans: under.map(|(layer, plan)| PlanLink::new(&layer.info, plan, language)).collect(),
        plans_near: away.map(|(layer, plan, away_m)| PlanLink::away(&layer.info, plan, away_m, language)).collect(),
        near: near.map(|(category, places)| NearGroup::new(*category, places, language)).collect(),
    };
    Some(BuildingView::new(twin, &content.features, row, around, language))
}

/// The strip of who walks from house to house.
pub fn walk_view(known: Known<'_>, walk: &Walk, language: Language) -> Option<WalkView> {
    let view = building(known, walk.at()?, language)?;
    Some(WalkView { facts: view.spoken_facts(2), title: view.title })
}

/// The layers' card.
pub fn layer_views(layers: &Layers, language: Language) -> Vec<LayerView> {
    let legend = |layer: &Layer| {
        let entry = |entry: &LegendEntry| {
            Some(LegendView {
                color: parse_color(&entry.color)?,
                code: code(&entry.key).map(str::to_owned),
                name: entry.label.get(language).to_owned(),
            })
        };
        layer.info.legend.iter().filter_map(entry).collect()
    };
    layers
        .iter()
        .map(|layer| LayerView {
            id: layer.info.id.clone(),
            title: match layer.setback() {
                Some(setback) => {
                    let why = trouble::sentence(language, setback.why.kind);
                    format!("{} ⚠ {why}", layer.info.title.get(language))
                }
                None => layer.info.title.get(language).to_owned(),
            },
            visible: layer.visible,
            opacity: layer.opacity,
            legend: legend(layer),
        })
        .collect()
}

/// Title, tool bar and cards.
pub fn tools_view(city: &TheCity, settings: &Settings) -> ToolsView {
    let language = settings.language;
    let twin = city.twin.as_ref();
    ToolsView {
        title: twin.map_or(text(language, "window.title"), |twin| twin.title.get(language)).to_owned(),
        notice: twin.and_then(|twin| notice(twin, language)),
        open: settings.card,
        language,
        theme: settings.theme,
        text_scale: settings.text_scale,
        contrast: settings.contrast,
        still: settings.still,
        shadows: settings.shadows,
        names: settings.names,
        moving: settings.moving,
        sun: settings.sun,
        sun_is_up: city.sun(settings).z > 0.0,
        places: twin
            .map(|twin| twin.places.iter().map(|p| (p.title.get(language).to_owned(), p.pose)).collect())
            .unwrap_or_default(),
        sources: twin.map(|twin| sources(twin, language)).unwrap_or_default(),
    }
}

/// What must be said of the data at all times: that it is nobody else's business, that it is invented.
pub fn notice(twin: &TwinDescription, language: Language) -> Option<String> {
    let release = (twin.audience == PLANNER).then(|| text(language, "release.planner"));
    let own = twin.notice.as_ref().map(|notice| notice.get(language));
    let lines: Vec<&str> = release.into_iter().chain(own).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The sources of everything that a twin shows, planning layers among them, each with its name.
pub fn sources(twin: &TwinDescription, language: Language) -> Vec<(String, SourceInfo)> {
    let of_layer = |layer: &LayerInfo| SourceInfo {
        title: layer.title.clone(),
        attribution: layer.attribution.clone(),
        licence: layer.licence.clone(),
        licence_url: layer.licence_url.clone(),
        date: None,
    };
    let layers = twin.layers.iter().filter(|layer| !layer.attribution.is_empty()).map(of_layer);
    let sources = twin.sources.iter().cloned().chain(layers);
    sources.map(|source| (source.title.get(language).to_owned(), source)).collect()
}

/// What could not be loaded of the open city: a short line for each kind, with the reasons.
fn failures(known: Known<'_>, language: Language) -> Vec<(String, String)> {
    let Known { city, layers, places } = known;
    let mut failures = Vec::new();
    if city.status.failed_count > 0 {
        let line = fill(language, "window.failed", "count", &city.status.failed_count.to_string());
        failures.push((line, trouble::lines(language, city.status.failed.iter().map(|(_, why)| why))));
    }
    for (layer, setback) in layers.iter().filter_map(|layer| Some((layer, layer.setback()?))) {
        let line = fill(language, "layers.failed", "name", layer.info.title.get(language));
        failures.push((line, trouble::with_detail(language, &setback.why)));
    }
    for (file, setback) in places.files().iter().filter_map(|file| Some((file, file.setback()?))) {
        let line = fill(language, "layers.failed", "name", file.info.title.get(language));
        failures.push((line, trouble::with_detail(language, &setback.why)));
    }
    failures
}

/// Whether a panel tells something of a layer, drawn or not: the selected plan, or those that the selected house lies in.
fn is_named(layer: &Layer, layers: &Layers, selection: &Selection) -> bool {
    match &selection.selected {
        Selected::Nothing => false,
        Selected::Plan(of, _) => *of == layer.info.id,
        Selected::Building(picked) => {
            layers.plans_under(picked).iter().any(|(other, _)| other.info.id == layer.info.id)
        }
    }
}

/// An attribution with the name of its licence after it, where it does not name that itself.
pub fn with_licence(attribution: &str, licence: &str) -> String {
    // "CC BY" is not named by "CC BY-SA".
    let is_whole = |(at, found): (usize, &str)| {
        let after = attribution[at + found.len()..].chars().next();
        after.is_none_or(|after| !after.is_alphanumeric() && after != '-')
    };
    if attribution.is_empty() || licence.is_empty() || attribution.match_indices(licence).any(is_whole) {
        return attribution.to_owned();
    }
    format!("{attribution} · {licence}")
}

/// Attributions in order, each once, and none that stands word for word in another.
pub fn each_once(mut attributions: Vec<String>) -> Vec<String> {
    attributions.retain(|attribution| !attribution.is_empty());
    attributions.sort();
    attributions.dedup();
    let said = |one: &String| attributions.iter().any(|other| other != one && other.contains(one));
    attributions.iter().filter(|one| !said(one)).cloned().collect()
}

/// The lower border.
pub fn status_view(
    known: Known<'_>,
    selection: &Selection,
    camera: &TheCamera,
    canvas: &Canvas,
    language: Language,
) -> StatusView {
    let Known { city, layers, .. } = known;
    let status = &city.status;
    let attributions = match &city.twin {
        Some(twin) => {
            let shown = layers.iter().filter(|layer| layer.visible || is_named(layer, layers, selection));
            let of_layers = shown.map(|layer| with_licence(&layer.info.attribution, &layer.info.licence));
            let of_sources = twin.sources.iter().map(|source| with_licence(&source.attribution, &source.licence));
            each_once(of_sources.chain(of_layers).collect())
        }
        None => each_once(status.attributions.clone()),
    };
    let tiles = (status.awaited + city.drawn().len()).max(1);
    StatusView {
        attributions,
        loading: status.awaited,
        progress: city.drawn().len() as f32 / tiles as f32,
        failed: failures(known, language),
        not_understood: status.not_understood.clone(),
        metres_per_point: 2.0 * camera.distance_m * (camera.rig.fov_y * 0.5).tan() / canvas.size_pt.y.max(1.0),
        heading_deg: camera.rig.heading_deg,
    }
}
