//! The panels without Bevy: what they say, and the commands that a click on them gives.

use bevy_egui::egui;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use expect_test::expect;

use super::building::{building_ui, columns};
use super::command::{Card, Command};
use super::layers::{LayerView, layers_ui};
use super::plan::plan_ui;
use super::status::{StatusView, compass_ui, status_ui};
use super::tools::{ToolsView, card_ui, title_ui};
use super::views::{each_once, notice, sources};
use super::walk::{WalkView, walk_ui};
use crate::answer::{Around, BuildingView, NearGroup, NearLine, PlanLink, PlanView, ServiceLink};
use crate::geo::Geodetic;
use crate::stream::{FeatureTable, Property};
use crate::twin::{
    AttributeInfo, AttributeKind, CameraPose, CategoryValue, Language, LayerInfo, PlaceInfo, SourceInfo, Text,
    TwinDescription, WithheldInfo,
};
use crate::viewer::options::{MovingPicture, Theme};

fn attribute(name: &str, label: Text, kind: AttributeKind) -> AttributeInfo {
    AttributeInfo {
        name: name.into(),
        label,
        kind,
        class: "public".into(),
        legal_basis: Text::new("BayVermKatG Art. 11", "Bavarian cadastre act, Art. 11"),
        why: Text::new("Das ist offen.", "This is open."),
        operation: None,
    }
}

fn twin() -> TwinDescription {
    let gabled = CategoryValue { key: "gabled".into(), label: Text::new("Satteldach", "Gabled roof") };
    TwinDescription {
        format: crate::twin::FORMAT.into(),
        city: "test".into(),
        title: Text::new("Teststadt", "Test town"),
        notice: None,
        audience: "citizen".into(),
        policy_hash: "0".into(),
        policy_approved_by: None,
        purpose: None,
        sources: vec![SourceInfo {
            title: Text::new("Häuser", "Houses"),
            attribution: "Datenquelle: Test".into(),
            licence: "CC BY 4.0".into(),
            licence_url: None,
            date: None,
        }],
        home: CameraPose {
            lon_deg: 11.0,
            lat_deg: 48.0,
            height_m: 500.0,
            distance_m: 900.0,
            heading_deg: 0.0,
            pitch_deg: -30.0,
        },
        time_zone: "Europe/Berlin".into(),
        buildings: None,
        ground: None,
        attributes: vec![
            attribute("address", Text::new("Adresse", "Address"), AttributeKind::Text),
            attribute(
                "measuredHeight",
                Text::new("Höhe", "Height"),
                AttributeKind::Real { unit: Some("m".into()), decimals: 1 },
            ),
            attribute("roofType", Text::new("Dach", "Roof"), AttributeKind::Category { values: vec![gabled] }),
            attribute("monument", Text::new("Denkmal", "Monument"), AttributeKind::Boolean),
        ],
        withheld: vec![WithheldInfo {
            label: Text::new("Eigentum", "Ownership"),
            class: "never".into(),
            reason: Text::new("Gehört den Menschen.", "Belongs to the people."),
            legal_basis: Text::new("BayVermKatG Art. 11", "Bavarian cadastre act, Art. 11"),
        }],
        layers: Vec::new(),
        places: Vec::new(),
        search: None,
        points: Vec::new(),
        services: Vec::new(),
    }
}

fn features() -> FeatureTable {
    let text = |value: &str| vec![Some(Property::Text(value.into()))];
    let columns = vec![
        ("id".into(), text("DEBY_1")),
        ("address".into(), text("Tal 1")),
        ("measuredHeight".into(), vec![Some(Property::Real(17.5))]),
        ("roofType".into(), text("gabled")),
        ("monument".into(), vec![None]),
    ];
    FeatureTable::new(1, columns)
}

pub(super) fn view(language: Language) -> BuildingView {
    BuildingView::new(&twin(), &features(), 0, Around { plans: vec![link()], ..Around::default() }, language)
}

fn link() -> PlanLink {
    PlanLink { layer: "bplan".into(), plan: "7".into(), name: "Nr. 7 · Am Tal".into(), distance: None }
}

#[test]
fn a_building_reads_as_text_in_german() {
    expect![[r#"
        Tal 1
        DEBY_1
        Freigabe für: Bürgerinnen und Bürger

        Adresse: Tal 1
            Das ist offen.
            Rechtsgrundlage: BayVermKatG Art. 11
        Höhe: 17,5 m
            Das ist offen.
            Rechtsgrundlage: BayVermKatG Art. 11
        Dach: Satteldach
            Das ist offen.
            Rechtsgrundlage: BayVermKatG Art. 11
        Denkmal: keine Angabe
            Das ist offen.
            Rechtsgrundlage: BayVermKatG Art. 11

        Bebauungspläne an dieser Stelle
        - Nr. 7 · Am Tal

        Nicht gezeigt
        - Eigentum (nie veröffentlicht): Gehört den Menschen. BayVermKatG Art. 11

        Datenquelle: Test
    "#]]
    .assert_eq(&view(Language::De).as_text(Language::De));
    assert!(view(Language::En).as_text(Language::En).contains("Roof: Gabled roof"));
}

#[test]
fn what_was_done_to_a_value_is_in_the_text() {
    let mut twin = twin();
    twin.attributes[1].operation = Some(Text::new("auf halbe Meter gerundet", "rounded to half a metre"));
    let text = BuildingView::new(&twin, &features(), 0, Around::default(), Language::De).as_text(Language::De);
    assert!(text.contains("Höhe: 17,5 m\n    Das ist offen.\n    Bearbeitung: auf halbe Meter gerundet\n"), "{text}");
}

#[test]
fn a_planning_layer_is_attributed_wherever_its_plans_are_shown() {
    let mut twin = twin();
    twin.layers.push(LayerInfo {
        id: "bplan".into(),
        title: Text::new("Bebauungspläne", "Development plans"),
        data: "layers/bplan.geojson".into(),
        opacity: 0.5,
        visible: true,
        legend: Vec::new(),
        legal_basis: Text::new("BauGB § 10", "BauGB § 10"),
        attribution: "Stadt Teststadt".into(),
        licence: "dl-de/by-2-0".into(),
        licence_url: None,
    });
    let text = |around| BuildingView::new(&twin, &features(), 0, around, Language::De).as_text(Language::De);
    let (here, near) =
        (Around { plans: vec![link()], ..Around::default() }, Around { plans_near: vec![link()], ..Around::default() });
    assert!(text(here).ends_with("Datenquelle: Test\nStadt Teststadt\n"));
    assert!(text(near).ends_with("Datenquelle: Test\nStadt Teststadt\n"));
    assert!(!text(Around::default()).contains("Stadt Teststadt"));
    let sources = sources(&twin, Language::En);
    assert_eq!(sources.iter().map(|(title, _)| title.as_str()).collect::<Vec<_>>(), ["Houses", "Development plans"]);
    assert_eq!((sources[1].1.attribution.as_str(), sources[1].1.licence.as_str()), ("Stadt Teststadt", "dl-de/by-2-0"));
    let plan = PlanView {
        title: "Nr. 7".into(),
        facts: Vec::new(),
        link: None,
        legal_basis: "BauGB § 10".into(),
        attribution: "Stadt Teststadt".into(),
        services: Vec::new(),
    };
    assert!(plan.as_text(Language::De).ends_with("\n\nStadt Teststadt\n"));
    let harness = Harness::new_ui(|ui| {
        plan_ui(ui, &plan, None, Language::De);
    });
    harness.get_by_label("© Stadt Teststadt");
}

#[test]
fn the_planners_release_is_named_on_the_first_screen() {
    let mut twin = twin();
    assert_eq!(notice(&twin, Language::En), None);
    twin.audience = crate::twin::PLANNER.into();
    assert_eq!(notice(&twin, Language::En).as_deref(), Some("Release for planners: not public, not to be passed on"));
    twin.notice = Some(Text::new("Erfunden", "Invented"));
    assert!(notice(&twin, Language::De).is_some_and(|notice| notice.ends_with("\nErfunden")));
}

#[test]
fn an_attribution_is_said_once() {
    let all = ["Stadt", "", "Land Bayern", "Stadt", "Daten: Stadt"].map(str::to_owned);
    assert_eq!(each_once(all.to_vec()), ["Daten: Stadt", "Land Bayern"]);
}

#[test]
fn spacings_grow_with_the_text() {
    let context = egui::Context::default();
    let of = |scale| {
        super::look::apply(&context, Theme::Light, scale, false, false);
        let style = context.global_style();
        (super::look::text_scale(&style), style.spacing.icon_width, style.spacing.button_padding.y)
    };
    let (usual, twice, small) = (of(1.0), of(2.0), of(0.8));
    assert_eq!((usual.0, twice.0), (1.0, 2.0));
    assert_eq!((twice.1, twice.2), (usual.1 * 2.0, usual.2 * 2.0));
    assert_eq!((small.1, small.2), (usual.1, usual.2), "fingers do not shrink");
}

#[test]
fn no_word_is_broken_in_the_facts() {
    assert_eq!(columns(300.0, 80.0, 90.0), Some((150.0, 150.0)));
    assert_eq!(columns(300.0, 180.0, 90.0), Some((180.0, 120.0)));
    assert_eq!(columns(300.0, 60.0, 200.0), Some((100.0, 200.0)));
    assert_eq!(columns(300.0, 180.0, 140.0), None);
}

#[test]
fn a_sight_is_called_by_the_citys_own_name_for_it() {
    let mut twin = twin();
    let place = |building: &str| PlaceInfo {
        title: Text::new("Rathaus", "Town hall"),
        pose: twin.home,
        building: Some(building.into()),
    };
    let (other, this) = (place("DEBY_2"), place("DEBY_1"));
    twin.places = vec![other];
    assert_eq!(BuildingView::new(&twin, &features(), 0, Around::default(), Language::En).title, "Tal 1");
    twin.places.push(this);
    let view = BuildingView::new(&twin, &features(), 0, Around::default(), Language::En);
    assert_eq!((view.title.as_str(), view.facts[0].value.as_deref()), ("Town hall", Some("Town hall")));
    assert!(view.as_text(Language::En).contains("Address: Tal 1"));
}

/// Draws a panel, clicks on what has a label, and gives the command that came of it.
pub(super) fn click(label: &str, mut panel: impl FnMut(&mut egui::Ui) -> Option<Command>) -> Option<Command> {
    let mut given = None;
    {
        let mut harness = Harness::new_ui(|ui| {
            if let Some(command) = panel(ui) {
                given = Some(command);
            }
        });
        harness.get_by_label(label).click();
        harness.run();
    }
    given
}

#[test]
fn a_buildings_panel_gives_commands_and_shows_why() {
    let shown = view(Language::En);
    let plan = Command::SelectPlan { layer: "bplan".into(), plan: "7".into() };
    assert_eq!(click("Nr. 7 · Am Tal", |ui| building_ui(ui, &shown, None, Language::En)), Some(plan));
    assert_eq!(click("Fly there", |ui| building_ui(ui, &shown, None, Language::En)), Some(Command::FlyToSelection));
    assert_eq!(
        click("Copy", |ui| building_ui(ui, &shown, None, Language::En)),
        Some(Command::Copy(shown.as_text(Language::En)))
    );
    let mut harness = Harness::new_ui(|ui| {
        building_ui(ui, &shown, None, Language::En);
    });
    assert!(harness.query_by_label("Belongs to the people.").is_none());
    harness.get_by_label("Ownership · never published").click();
    harness.run();
    harness.get_by_label("Belongs to the people.");
    assert!(harness.query_by_label("This is open.").is_none());
    harness.get_by_label("Why do I see this? Height").click();
    harness.run();
    harness.get_by_label("This is open.");
}

#[test]
fn what_is_near_is_told_in_sections_and_a_click_leads_there() {
    let place = Geodetic { lon_deg: 11.5, lat_deg: 48.1, height_m: 560.0 };
    let stop = NearLine { name: "Marienplatz (U3)".into(), way: "280 m, about 5 minutes on foot".into(), place };
    let shown = BuildingView {
        plans_near: vec![PlanLink { distance: Some("120 m".into()), ..link() }],
        near: vec![
            NearGroup { title: "Stops".into(), places: vec![stop] },
            NearGroup { title: "Schools".into(), places: Vec::new() },
        ],
        services: vec![ServiceLink { title: "Building permits".into(), url: "https://city.example/permits".into() }],
        ..view(Language::En)
    };
    let ui = |ui: &mut egui::Ui| building_ui(ui, &shown, None, Language::En);
    let plan = Command::SelectPlan { layer: "bplan".into(), plan: "7".into() };
    assert_eq!(click("Nr. 7 · Am Tal · 120 m", ui), Some(plan));
    let flown = match click("Marienplatz (U3)", ui) {
        Some(Command::ShowPlace(pose)) => Some((pose.lon_deg, pose.lat_deg, pose.height_m)),
        _ => None,
    };
    assert_eq!(flown, Some((11.5, 48.1, 560.0)));
    let opened = Command::OpenLink("https://city.example/permits".into());
    assert_eq!(click("Building permits", ui), Some(opened));
    let page = Command::Export { file_name: "DEBY_1.html".into(), text: shown.as_page(Language::En, None) };
    assert_eq!(click("Save as page", ui), Some(page));
    let address = "https://city.example/#house=DEBY_1&lang=en";
    let page = Command::Export { file_name: "DEBY_1.html".into(), text: shown.as_page(Language::En, Some(address)) };
    assert_eq!(click("Save as page", |ui| building_ui(ui, &shown, Some(address), Language::En)), Some(page));
    let harness = Harness::new_ui(|ui| {
        building_ui(ui, &shown, None, Language::En);
    });
    for said in
        ["Development plans within 300 m", "Near on foot", "280 m, about 5 minutes on foot", "nothing within 1000 m"]
    {
        let is_said =
            harness.query_all_by_label(said).next().is_some() || harness.query_all_by_value(said).next().is_some();
        assert!(is_said, "{said}");
    }
}

#[test]
fn layers_are_switched_and_cards_opened() {
    let layers = [LayerView {
        id: "bplan".into(),
        title: "Development plans".into(),
        visible: true,
        opacity: 0.5,
        legend: Vec::new(),
    }];
    let off = click("Development plans", |ui| layers_ui(ui, &layers, Language::En));
    assert_eq!(off, Some(Command::SetLayerVisible("bplan".into(), false)));
    assert_eq!(click("Layers", |ui| title_ui(ui, &tools(None))), Some(Command::Toggle(Card::Layers)));
}

pub(super) fn tools(open: Option<Card>) -> ToolsView {
    let source = SourceInfo {
        title: Text::new("Häuser", "Houses"),
        attribution: "Datenquelle: Test".into(),
        licence: "CC BY 4.0".into(),
        licence_url: Some("https://licence.example/".into()),
        date: None,
    };
    ToolsView {
        title: "Test town".into(),
        notice: None,
        open,
        language: Language::En,
        theme: Theme::Light,
        text_scale: 1.0,
        contrast: false,
        still: false,
        shadows: true,
        names: true,
        moving: MovingPicture::default(),
        sun: jiff::civil::date(2026, 6, 21).at(12, 0, 0, 0),
        sun_is_up: true,
        places: vec![("Tal".into(), twin().home)],
        sources: vec![("Houses".into(), source)],
    }
}

/// Role, name and size of everything in a panel that can have the keyboard.
fn targets(mut panel: impl FnMut(&mut egui::Ui)) -> Vec<(egui::accesskit::Role, String, f64, f64)> {
    let context = egui::Context::default();
    super::look::apply(&context, Theme::Light, 1.0, false, false);
    context.enable_accesskit();
    let screen_rect = Some(egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(330.0, 2000.0)));
    let input = || egui::RawInput { screen_rect, ..egui::RawInput::default() };
    context.run_ui(input(), &mut panel).textures_delta.clear();
    let update = context.run_ui(input(), &mut panel).platform_output.accesskit_update.expect("it was asked for");
    let target = |(_, node): (_, egui::accesskit::Node)| {
        let at = node.bounds().filter(|_| node.supports_action(egui::accesskit::Action::Focus))?;
        Some((node.role(), node.label().unwrap_or_default().to_owned(), at.width(), at.height()))
    };
    update.nodes.into_iter().filter_map(target).collect()
}

#[test]
fn everything_that_can_be_pressed_is_large_enough() {
    let shown = view(Language::De);
    let plan = PlanView {
        title: "Nr. 7".into(),
        facts: Vec::new(),
        link: Some("https://plan.example/".into()),
        legal_basis: "BauGB § 10".into(),
        attribution: String::new(),
        services: Vec::new(),
    };
    let layer = LayerView { id: "a".into(), title: "A".into(), visible: true, opacity: 0.5, legend: Vec::new() };
    let status = StatusView {
        attributions: Vec::new(),
        loading: 0,
        progress: 1.0,
        failed: vec![("Layer".into(), "why".into())],
        not_understood: Vec::new(),
        metres_per_point: 1.0,
        heading_deg: 0.0,
    };
    let walk = WalkView { title: "Tal 1".into(), facts: vec!["Höhe: 17,5 m".into()] };
    let mut found = targets(|ui| {
        building_ui(ui, &shown, None, Language::De);
        plan_ui(ui, &plan, None, Language::De);
        layers_ui(ui, std::slice::from_ref(&layer), Language::De);
        status_ui(ui, &status, Language::De);
        compass_ui(ui, &status, Language::De);
        walk_ui(ui, &walk, Language::De);
    });
    for card in [Card::Places, Card::Sun, Card::Settings, Card::Sources, Card::Help] {
        found.extend(targets(|ui| {
            title_ui(ui, &tools(Some(card)));
            card_ui(ui, &tools(Some(card)));
        }));
    }
    assert!(found.len() > 60, "{}", found.len());
    // WCAG 2.2, 2.5.8: 24 by 24.
    let small: Vec<_> = found.iter().filter(|(_, _, width, height)| *width < 24.0 || *height < 24.0).collect();
    assert!(small.is_empty(), "{small:#?}");
    let nameless = found.iter().filter(|(role, name, _, _)| name.is_empty() && *role == egui::accesskit::Role::Button);
    assert_eq!(nameless.count(), 0);
}

#[test]
fn two_panels_never_overlap() {
    // What the compass and all margins take at the least.
    let taken = 172.0;
    for room in 760..1600 {
        for text_scale in [0.8, 1.0, 1.25, 2.0] {
            let width = super::look::panel_width(text_scale, room as f32, taken);
            assert!(2.0 * width + taken <= room as f32 + 0.01, "two of {width} in {room} with text of {text_scale}");
        }
    }
}
