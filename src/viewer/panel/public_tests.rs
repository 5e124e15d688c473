//! The panels as a public screen shows them: everything that can be touched is as large as a finger, and nothing leads
//! out of the program.

use bevy_egui::egui::{self, accesskit, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::building::building_ui;
use super::command::{Card, Command};
use super::layers::{LayerView, LegendView, layers_ui};
use super::look;
use super::plan::plan_ui;
use super::search::{SearchView, search_ui};
use super::status::{StatusView, compass_ui, status_ui};
use super::tools::{ToolsView, card_ui, title_ui};
use super::walk::{WalkView, walk_ui};
use super::window::unattended;
use crate::answer::{BuildingView, Fact, PlanLink, PlanView, ServiceLink, Withheld};
use crate::search::{Hit, HitKind};
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
        names: true,
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

/// Two things that were found.
fn hits() -> [Hit; 2] {
    ["Tal", "Tal 1"].map(|title| Hit {
        kind: HitKind::Address,
        title: title.into(),
        detail: "Altstadt".into(),
        instead_of: None,
        lon_deg: 11.0,
        lat_deg: 48.0,
        height_m: 500.0,
        extent_m: 0.0,
        view: None,
        building: None,
    })
}

fn search(hits: &[Hit]) -> SearchView<'_> {
    SearchView { query: "tal", hits, marked: 0, is_loading: false, failed: None, language: Language::De }
}

fn walk() -> WalkView {
    WalkView { title: "Tal 1".into(), facts: vec!["Höhe 17,5 m".into()] }
}

type Panel = Box<dyn Fn(&mut egui::Ui) -> Option<Command>>;

/// Every panel and card, by name.
fn panels() -> Vec<(String, Panel)> {
    let layers = || {
        let legend = vec![LegendView { color: [200, 20, 20], code: Some("W".into()), name: "Wohnen".into() }];
        vec![LayerView { id: "bplan".into(), title: "Bebauungspläne".into(), visible: true, opacity: 0.5, legend }]
    };
    let mut panels: Vec<(String, Panel)> = vec![
        ("building".into(), Box::new(|ui| building_ui(ui, &building(), None, Language::De))),
        ("plan".into(), Box::new(|ui| plan_ui(ui, &plan(), None, Language::De))),
        ("title".into(), Box::new(|ui| title_ui(ui, &tools(None)))),
        ("layers".into(), Box::new(move |ui| layers_ui(ui, &layers(), Language::De))),
        ("compass".into(), Box::new(|ui| compass_ui(ui, &status(), Language::De))),
        ("status".into(), Box::new(|ui| status_ui(ui, &status(), Language::De))),
        ("search".into(), Box::new(|ui| search_ui(ui, &search(&hits())))),
        ("walk".into(), Box::new(|ui| walk_ui(ui, &walk(), Language::De))),
    ];
    for card in [Card::Places, Card::Sun, Card::Settings, Card::Sources, Card::Help] {
        panels.push((format!("{card:?}"), Box::new(move |ui| card_ui(ui, &tools(Some(card))))));
    }
    panels
}

/// A drawn panel, with all that was asked for in it.
type Drawn<'a> = Harness<'a, Vec<Command>>;

/// Draws a panel as a public screen does, or as one's own does.
fn drawn(panel: &Panel, is_public: bool) -> Drawn<'_> {
    let mut harness = Harness::builder().with_size(vec2(460.0, 900.0)).build_ui_state(
        move |ui, asked: &mut Vec<Command>| {
            look::apply(ui.ctx(), Theme::Light, 1.4, false, is_public);
            asked.extend(panel(ui));
        },
        Vec::new(),
    );
    harness.run_steps(3);
    harness
}

fn public(panel: &Panel) -> Drawn<'_> {
    drawn(panel, true)
}

/// What can be touched.
const ROLES: [accesskit::Role; 7] = [
    accesskit::Role::Button,
    accesskit::Role::CheckBox,
    accesskit::Role::Link,
    accesskit::Role::RadioButton,
    accesskit::Role::Slider,
    accesskit::Role::SpinButton,
    accesskit::Role::TextInput,
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
    assert!(seen > 40, "only {seen} were found");
}

/// Touches one thing after the other that can be touched in a panel, each in a panel of its own; gives what was asked for.
fn asked_for(panel: &Panel, is_public: bool) -> Vec<Command> {
    let whole = drawn(panel, is_public);
    let count: usize = ROLES.iter().map(|role| whole.query_all_by_role(*role).count()).sum();
    let touch = |number: usize| {
        let mut harness = drawn(panel, is_public);
        let touched = ROLES.into_iter().flat_map(|role| harness.query_all_by_role(role)).nth(number);
        // As a screen reader does, so that it need not be in sight.
        if let Some(node) = touched {
            node.click_accesskit();
        }
        harness.run_steps(3);
        harness.into_state()
    };
    (0..count).flat_map(touch).collect()
}

#[test]
fn nothing_leads_out_of_a_public_screen() {
    let mut ways_out = Vec::new();
    for (name, panel) in panels() {
        let harness = public(&panel);
        assert_eq!(harness.query_all_by_role(accesskit::Role::Link).count(), 0, "{name} has a link");
        for way_out in ["Kopieren", "Als Text speichern", "Als Seite speichern", "Zum Plan", "Bauantrag"] {
            assert!(harness.query_by_label(way_out).is_none(), "{name}: {way_out}");
        }
        let out: Vec<_> = asked_for(&panel, true).into_iter().filter(Command::leads_out).collect();
        assert_eq!(out, [], "{name}");
        ways_out.extend(asked_for(&panel, false).into_iter().filter(Command::leads_out));
    }
    // The same touches find them where they are.
    let count = |is: fn(&Command) -> bool| ways_out.iter().filter(|way_out| is(way_out)).count();
    assert!(count(|way| matches!(way, Command::Copy(_))) > 0, "{ways_out:?}");
    assert!(count(|way| matches!(way, Command::Export { .. })) >= 3, "{ways_out:?}");
    for url in ["https://licence.example/by/4.0", "https://plan.example/7", "https://city.example/bauen"] {
        assert!(ways_out.contains(&Command::OpenLink(url.to_owned())), "{url}: {ways_out:?}");
    }
    assert!(!Command::Home.leads_out());
}

#[test]
fn where_a_link_leads_can_be_read() {
    let plan: Panel = Box::new(|ui| plan_ui(ui, &plan(), None, Language::De));
    let harness = public(&plan);
    harness.get_by_label("Zum Plan: https://plan.example/7");
    harness.get_by_label("Bauantrag: https://city.example/bauen");
    let sources: Panel = Box::new(|ui| card_ui(ui, &tools(Some(Card::Sources))));
    public(&sources).get_by_label("CC BY 4.0");
}

#[test]
fn the_attribution_changes_sides_while_nobody_is_there() {
    let width = 1000.0;
    let at = |now_secs: f64| {
        let mut harness = Harness::builder().with_size(vec2(width, 600.0)).build_ui_state(
            |ui, at: &mut egui::Rect| *at = unattended(ui.ctx(), &status(), Language::De, now_secs).1,
            egui::Rect::NOTHING,
        );
        harness.run_steps(3);
        harness.into_state()
    };
    assert!(at(0.0).left() < 1.0 && at(0.0).right() < width / 2.0, "{}", at(0.0));
    assert!(at(60.0).right() > width - 1.0 && at(60.0).left() > width / 2.0, "{}", at(60.0));
    assert_eq!([at(59.0), at(119.0), at(121.0)], [at(0.0), at(60.0), at(0.0)], "for a minute each");
}
