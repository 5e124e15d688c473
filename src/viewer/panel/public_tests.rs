//! The panels as a public screen shows them: everything that can be touched is as large as a finger, and nothing leads
//! out of the program.

use bevy_egui::egui::{self, accesskit, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::building::building_ui;
use super::command::{Card, Command};
use super::layers::{LayerView, layers_ui};
use super::look;
use super::plan::plan_ui;
use super::status::{StatusView, compass_ui, status_ui};
use super::tools::{ToolsView, card_ui, title_ui};
use crate::answer::{BuildingView, Fact, PlanLink, PlanView, ServiceLink, Withheld};
use crate::twin::{CameraPose, Language, SourceInfo, Text};
use crate::viewer::options::{MovingPicture, Theme};

const POSE: CameraPose =
    CameraPose { lon_deg: 11.0, lat_deg: 48.0, height_m: 500.0, distance_m: 900.0, heading_deg: 0.0, pitch_deg: -30.0 };

fn building() -> BuildingView {
    let fact = |label: &str| Fact {
        label: label.into(),
        value: Some("17,5 m".into()),
        why: "Das ist offen.".into(),
        legal_basis: "BayVermKatG".into(),
        operation: None,
    };
    BuildingView {
        title: "Tal 1".into(),
        id: "DEBY_1".into(),
        facts: vec![fact("Höhe"), fact("Dach")],
        withheld: vec![Withheld {
            label: "Eigentum".into(),
            class: "nie veröffentlicht".into(),
            reason: "Gehört den Menschen.".into(),
            legal_basis: "BayVermKatG".into(),
        }],
        plans: vec![PlanLink { layer: "bplan".into(), plan: "7".into(), name: "Nr. 7".into(), distance: None }],
        services: vec![service()],
        audience: "Alle".into(),
        ..BuildingView::default()
    }
}

fn service() -> ServiceLink {
    ServiceLink { title: "Bauantrag".into(), url: "https://city.example/bauen".into() }
}

fn tools(open: Option<Card>) -> ToolsView {
    let source = SourceInfo {
        title: Text::new("Häuser", "Houses"),
        attribution: "Datenquelle: Test".into(),
        licence: "CC BY 4.0".into(),
        licence_url: Some("https://licence.example/by/4.0".into()),
        date: None,
    };
    ToolsView {
        title: "Teststadt".into(),
        notice: None,
        open,
        language: Language::De,
        theme: Theme::Light,
        text_scale: 1.4,
        contrast: false,
        still: false,
        shadows: true,
        moving: MovingPicture::default(),
        sun: jiff::civil::date(2026, 6, 21).at(12, 0, 0, 0),
        sun_is_up: true,
        places: vec![("Dom".into(), POSE), ("Tor".into(), POSE)],
        sources: vec![("Häuser".into(), source)],
    }
}

fn status() -> StatusView {
    StatusView {
        attributions: vec!["Datenquelle: Test".into()],
        loading: 0,
        progress: 1.0,
        failed: vec![("3 Kacheln nicht geladen".into(), "status 503".into())],
        not_understood: Vec::new(),
        metres_per_point: 1.0,
        heading_deg: 0.0,
    }
}

fn plan() -> PlanView {
    PlanView {
        title: "Nr. 7".into(),
        facts: Vec::new(),
        link: Some("https://plan.example/7".into()),
        legal_basis: "BauGB § 10".into(),
        attribution: String::new(),
        services: vec![service()],
    }
}

type Panel = Box<dyn Fn(&mut egui::Ui) -> Option<Command>>;

/// Every panel and card, by name.
fn panels() -> Vec<(String, Panel)> {
    let layers = || {
        let legend = vec![([200, 20, 20], "Wohnen".into())];
        vec![LayerView { id: "bplan".into(), title: "Bebauungspläne".into(), visible: true, opacity: 0.5, legend }]
    };
    let mut panels: Vec<(String, Panel)> = vec![
        ("building".into(), Box::new(|ui| building_ui(ui, &building(), Language::De))),
        ("plan".into(), Box::new(|ui| plan_ui(ui, &plan(), Language::De))),
        ("title".into(), Box::new(|ui| title_ui(ui, &tools(None)))),
        ("layers".into(), Box::new(move |ui| layers_ui(ui, &layers(), Language::De))),
        ("compass".into(), Box::new(|ui| compass_ui(ui, &status(), Language::De))),
        ("status".into(), Box::new(|ui| status_ui(ui, &status(), Language::De))),
    ];
    for card in [Card::Places, Card::Sun, Card::Settings, Card::Sources, Card::Help] {
        panels.push((format!("{card:?}"), Box::new(move |ui| card_ui(ui, &tools(Some(card))))));
    }
    panels
}

/// Draws a panel as a public screen does.
fn public(panel: &Panel) -> Harness<'_> {
    let mut harness = Harness::builder().with_size(vec2(460.0, 900.0)).build_ui(|ui| {
        look::apply(ui.ctx(), Theme::Light, 1.4, false, true);
        panel(ui);
    });
    harness.run_steps(3);
    harness
}

/// What can be touched.
const ROLES: [accesskit::Role; 6] = [
    accesskit::Role::Button,
    accesskit::Role::CheckBox,
    accesskit::Role::Link,
    accesskit::Role::RadioButton,
    accesskit::Role::Slider,
    accesskit::Role::SpinButton,
];

#[test]
fn what_can_be_touched_on_a_public_screen_is_as_large_as_a_finger() {
    let mut seen = 0;
    for (name, panel) in panels() {
        let harness = public(&panel);
        for node in ROLES.into_iter().flat_map(|role| harness.query_all_by_role(role)) {
            seen += 1;
            let size = node.rect().size();
            assert!(size.min_elem() >= look::PUBLIC_TARGET_PT - 0.01, "{name}: {node:?} has {size}");
        }
    }
    assert!(seen > 30, "only {seen} were found");
}

#[test]
fn nothing_leads_out_of_a_public_screen() {
    for (name, panel) in panels() {
        let harness = public(&panel);
        for way_out in ["Kopieren", "Als Text speichern", "Zum Plan"] {
            assert!(harness.query_by_label(way_out).is_none(), "{name}: {way_out}");
        }
    }
    // What a link leads to can be read.
    public(&(Box::new(|ui: &mut egui::Ui| plan_ui(ui, &plan(), Language::De)) as Panel))
        .get_by_label("Zum Plan: https://plan.example/7");
    let sources: Panel = Box::new(|ui| card_ui(ui, &tools(Some(Card::Sources))));
    let mut harness = public(&sources);
    harness.get_by_label("CC BY 4.0").click();
    harness.run();
    for command in [Command::Copy(String::new()), Command::OpenLink(String::new())] {
        assert!(command.leads_out());
    }
    assert!(!Command::Home.leads_out());
}
