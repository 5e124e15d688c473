//! From the state of the window to what the panels show.

use geo::{ConvexHull, MultiPoint, Point};

use super::building::{BuildingView, PlanLink};
use super::layers::LayerView;
use super::plan::PlanView;
use super::status::StatusView;
use super::texts::{date, metres, number, text};
use super::tools::ToolsView;
use crate::geo::{Ecef, Geodetic};
use crate::plan::DevelopmentPlan;
use crate::twin::Language;
use crate::viewer::camera::TheCamera;
use crate::viewer::drive::{Phase, TheCity};
use crate::viewer::overlay::{Layer, Layers, labels};
use crate::viewer::pick::{Picked, Selected, Selection};
use crate::viewer::settings::{Canvas, Settings};

/// The panel of what is selected.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// A building's.
    Building(Box<BuildingView>),
    /// A plan's.
    Plan(PlanView),
}

impl Shown {
    /// The panel as plain text.
    pub fn as_text(&self, language: Language) -> String {
        match self {
            Self::Building(view) => view.as_text(language),
            Self::Plan(view) => view.as_text(language),
        }
    }
}

/// The panel of what is selected; `None` for nothing, or for what is not loaded any more and was never shown.
pub fn shown(city: &TheCity, layers: &Layers, selection: &Selection, language: Language) -> Option<Shown> {
    match &selection.selected {
        Selected::Nothing => None,
        Selected::Building(picked) => building(city, layers, picked, language).map(|v| Shown::Building(Box::new(v))),
        Selected::Plan(layer, plan) => {
            let (layer, plan) = layers.plan(layer, plan)?;
            Some(Shown::Plan(plan_view(layer, plan, language)))
        }
    }
}

fn building(city: &TheCity, layers: &Layers, picked: &Picked, language: Language) -> Option<BuildingView> {
    let (tile, content, row) = city.find(picked)?;
    let Some(twin) = &city.twin else { return Some(BuildingView::of_foreign(&content.features, row, language)) };
    let plans = footprint(city, tile, row).map_or(Vec::new(), |footprint| layers.plans_touching(&footprint));
    let link = |(layer, plan): (&Layer, &DevelopmentPlan)| PlanLink {
        layer: layer.info.id.clone(),
        plan: plan.id.clone(),
        name: format!("{} ({})", Layer::name(plan), labels(plan, language).1),
    };
    Some(BuildingView::new(twin, &content.features, row, plans.into_iter().map(link).collect(), language))
}

/// The hull around a building of a tile, in longitude and latitude.
fn footprint(city: &TheCity, tile: crate::stream::TileId, row: u32) -> Option<geo::Polygon<f64>> {
    let content = city.content(tile)?;
    let points: MultiPoint<f64> = content
        .meshes
        .iter()
        .flat_map(|mesh| {
            let of_row = mesh.features.iter().zip(&mesh.positions).filter(move |(feature, _)| **feature == row);
            of_row.map(|(_, position)| {
                let at = mesh.ecef_from_mesh.transform_point3(glam::Vec3::from(*position).as_dvec3());
                let at = Geodetic::from(Ecef(at));
                Point::new(at.lon_deg, at.lat_deg)
            })
        })
        .collect();
    (points.0.len() >= 3).then(|| points.convex_hull())
}

fn plan_view(layer: &Layer, plan: &DevelopmentPlan, language: Language) -> PlanView {
    let (use_label, status) = labels(plan, language);
    let mut facts = vec![(text(language, "plan.status"), status), (text(language, "plan.use"), use_label)];
    if let Some(number) = &plan.number {
        facts.insert(0, (text(language, "plan.number"), number.clone()));
    }
    let mut add = |key, value: Option<String>| facts.extend(value.map(|value| (text(language, key), value)));
    add("plan.resolved_on", plan.resolved_on.map(|day| date(language, &day.to_string())));
    add("plan.in_force_since", plan.in_force_since.map(|day| date(language, &day.to_string())));
    add("plan.max_height", plan.max_height_m.map(|height_m| metres(language, height_m, 1)));
    add("plan.max_storeys", plan.max_storeys.map(|storeys| storeys.to_string()));
    add("plan.site_coverage", plan.site_coverage.map(|ratio| number(language, ratio, 2)));
    add("plan.floor_area_ratio", plan.floor_area_ratio.map(|ratio| number(language, ratio, 2)));
    PlanView {
        title: plan.name.clone(),
        facts: facts.into_iter().map(|(label, value)| (label.to_owned(), value)).collect(),
        link: plan.link.clone(),
        legal_basis: layer.info.legal_basis.get(language).to_owned(),
    }
}

/// The layers' card.
pub fn layer_views(layers: &Layers, language: Language) -> Vec<LayerView> {
    let legend = |layer: &Layer| {
        let entry = |entry: &crate::twin::LegendEntry| {
            Some((crate::viewer::overlay::parse_color(&entry.color)?, entry.label.get(language).to_owned()))
        };
        layer.info.legend.iter().filter_map(entry).collect()
    };
    layers
        .iter()
        .map(|layer| LayerView {
            id: layer.info.id.clone(),
            title: match &layer.failed {
                Some(reason) => format!("{} ⚠ {reason}", layer.info.title.get(language)),
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
        notice: twin.and_then(|twin| Some(twin.notice.as_ref()?.get(language).to_owned())),
        open: settings.card,
        language,
        theme: settings.theme,
        text_scale: settings.text_scale,
        shadows: settings.shadows,
        sun: settings.sun,
        sun_is_up: city.sun(settings).z > 0.0,
        places: twin
            .map(|twin| twin.places.iter().map(|p| (p.title.get(language).to_owned(), p.pose)).collect())
            .unwrap_or_default(),
        sources: twin
            .map(|twin| twin.sources.iter().map(|s| (s.title.get(language).to_owned(), s.clone())).collect())
            .unwrap_or_default(),
    }
}

/// The lower border.
pub fn status_view(city: &TheCity, camera: &TheCamera, canvas: &Canvas) -> StatusView {
    let status = &city.status;
    let mut attributions: Vec<String> = match &city.twin {
        Some(twin) => twin.sources.iter().map(|source| source.attribution.clone()).collect(),
        None => status.attributions.clone(),
    };
    attributions.sort();
    attributions.dedup();
    // One that stands word for word in another is said there.
    let said = |one: &String| attributions.iter().any(|other| other != one && other.contains(one));
    let attributions: Vec<String> = attributions.iter().filter(|one| !said(one)).cloned().collect();
    let loading = status.requested + status.decoding;
    let known = (loading + city.drawn().len()).max(1);
    let (count, mut reasons) =
        (status.failed_count, status.failed.iter().map(|(_, why)| why.to_string()).collect::<Vec<_>>());
    if let Phase::Failed(reason) = &city.phase {
        reasons.insert(0, reason.clone());
    }
    StatusView {
        attributions,
        loading,
        progress: city.drawn().len() as f32 / known as f32,
        failed: (count, reasons),
        not_understood: status.not_understood.clone(),
        metres_per_point: 2.0 * camera.distance_m * (camera.rig.fov_y * 0.5).tan() / canvas.size_pt.y.max(1.0),
        heading_deg: camera.rig.heading_deg,
    }
}
