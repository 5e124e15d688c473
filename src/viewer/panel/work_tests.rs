//! What the panels say of their own state, and that each of their buttons and sliders does something.

use bevy_egui::egui::{self, Color32, accesskit::Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::building::building_ui;
use super::command::{Card, Command};
use super::layers::{LayerView, LegendView, layers_ui};
use super::plan::plan_ui;
use super::status::{StatusView, status_ui};
use super::tests::{click, tools, view};
use super::tools::{ToolsView, card_ui, title_ui};
use super::views::with_licence;
use super::window::message_ui;
use super::{look, trouble};
use crate::answer::PlanView;
use crate::stream::{Failure, FailureKind};
use crate::texts::text;
use crate::twin::Language;
use crate::viewer::options::Theme;

fn status() -> StatusView {
    StatusView {
        attributions: Vec::new(),
        loading: 0,
        progress: 1.0,
        failed: Vec::new(),
        not_understood: Vec::new(),
        metres_per_point: 1.0,
        heading_deg: 0.0,
    }
}

/// The line at the lower border of a window of a size.
fn status_line(view: &StatusView, language: Language, size: egui::Vec2) -> Harness<'_> {
    let mut harness = Harness::builder().with_size(size).build_ui(move |ui| {
        look::apply(ui.ctx(), Theme::Light, 1.0, false, false);
        status_ui(ui, view, language);
    });
    harness.run_steps(3);
    harness
}

const WIDE: egui::Vec2 = vec2(1200.0, 100.0);

#[test]
fn loading_shows_how_far_it_is() {
    let loading = StatusView { loading: 3, progress: 0.4, ..status() };
    let harness = status_line(&loading, Language::En, WIDE);
    let bar = harness.get_by_role_and_label(Role::ProgressIndicator, "loading, 3 to go");
    assert_eq!(bar.accesskit_node().numeric_value(), Some(40.0));
    let at_rest = status();
    let harness = status_line(&at_rest, Language::En, WIDE);
    assert!(harness.query_by_role(Role::ProgressIndicator).is_none());
}

#[test]
fn what_failed_is_said_and_tried_again() {
    let failed = vec![("Development plans not loaded".into(), "The server has a fault. (status 503)".into())];
    let view = StatusView { failed, ..status() };
    assert_eq!(click("Try again", |ui| status_ui(ui, &view, Language::En)), Some(Command::Retry));
    let mut harness = status_line(&view, Language::En, vec2(1200.0, 300.0));
    assert!(harness.query_by_label("The server has a fault. (status 503)").is_none());
    harness.get_by_label("⚠ Development plans not loaded").hover();
    harness.run_steps(8);
    harness.get_by_label("The server has a fault. (status 503)");
    let well = status();
    assert!(status_line(&well, Language::En, WIDE).query_by_label("Try again").is_none());
}

#[test]
fn what_is_not_understood_is_named() {
    let view = StatusView { not_understood: vec!["textures".into(), "points".into()], ..status() };
    status_line(&view, Language::En, WIDE).get_by_label("⚠ Not everything can be shown (textures, points)");
    status_line(&view, Language::De, WIDE).get_by_label("⚠ Nicht alles kann gezeigt werden (textures, points)");
    let well = status();
    assert!(status_line(&well, Language::En, WIDE).query_by_label_contains("Not everything").is_none());
}

#[test]
fn a_city_that_does_not_open_says_why_in_the_language_in_use() {
    let why = Failure::new(FailureKind::Late, "https://city.example/twin.json did not answer in time");
    let line = "Die Stadt konnte nicht geöffnet werden.";
    let message = |ui: &mut egui::Ui| message_ui(ui, line, Some(&why), 500.0, Language::De);
    assert_eq!(click("Erneut versuchen", message), Some(Command::Retry));
    let harness = Harness::new_ui(|ui| {
        message(ui);
    });
    harness.get_by_label(line);
    harness.get_by_label(
        "Der Server antwortet nicht rechtzeitig. (https://city.example/twin.json did not answer in time)",
    );
    let harness = Harness::new_ui(|ui| {
        message_ui(ui, "Kopiert", None, 500.0, Language::De);
    });
    assert!(harness.query_by_label("Erneut versuchen").is_none());
    assert_eq!(trouble::sentence(Language::Leicht, why.kind), "Der Computer mit den Daten antwortet nicht.");
}

#[test]
fn the_licence_stands_in_the_corner() {
    let said = |attribution, licence| with_licence(attribution, licence);
    assert_eq!(said("Land Bayern", "CC BY 4.0"), "Land Bayern · CC BY 4.0");
    assert_eq!(said("Stadt (dl-de/by-2-0), verändert", "dl-de/by-2-0"), "Stadt (dl-de/by-2-0), verändert");
    assert_eq!(said("Stadt (CC BY-SA)", "CC BY"), "Stadt (CC BY-SA) · CC BY");
    assert_eq!([said("", "CC0 1.0"), said("Stadt", "")], ["", "Stadt"]);
}

#[test]
fn every_attribution_is_whole_in_a_narrow_window() {
    let long = "Datenquelle: Bayerische Vermessungsverwaltung – www.geodaten.bayern.de, verändert";
    let attributions = vec![with_licence(long, "CC BY 4.0"), with_licence("Landeshauptstadt München", "dl-de/by-2-0")];
    let view = StatusView { attributions, loading: 3, progress: 0.4, ..status() };
    let harness = status_line(&view, Language::De, vec2(320.0, 256.0));
    for attribution in &view.attributions {
        let at = harness.get_by_label(&format!("© {attribution}")).rect();
        assert!(at.left() >= 0.0 && at.right() <= 320.0 && at.bottom() <= 256.0, "{attribution} at {at}");
    }
}

#[test]
fn that_a_city_is_invented_is_said_above_its_tools() {
    let view = ToolsView { notice: Some("The houses are invented.".into()), ..tools(None) };
    let harness = Harness::new_ui(|ui| {
        title_ui(ui, &view);
    });
    let notice = harness.get_by_label("The houses are invented.").rect();
    assert!(notice.bottom() <= harness.get_by_label("Layers").rect().top());
}

fn layer() -> LayerView {
    let housing = LegendView { color: [200, 20, 20], code: Some("WA".into()), name: "Housing".into() };
    let park = LegendView { color: [20, 200, 20], code: None, name: "Park".into() };
    LayerView {
        id: "bplan".into(),
        title: "Development plans".into(),
        visible: true,
        opacity: 0.5,
        legend: vec![housing, park],
    }
}

#[test]
fn the_legend_shows_colour_code_and_name_of_each_kind_of_area() {
    let layers = [layer()];
    let harness = Harness::new_ui(|ui| {
        layers_ui(ui, &layers, Language::En);
    });
    let rect = |shape: &egui::epaint::ClippedShape| match &shape.shape {
        egui::Shape::Rect(rect) => Some((rect.fill, rect.rect)),
        _ => None,
    };
    let rects: Vec<(Color32, egui::Rect)> = harness.output().shapes.iter().filter_map(rect).collect();
    for LegendView { color: [r, g, b], name, code } in &layers[0].legend {
        let named = harness.get_by_role_and_label(Role::Label, name).rect();
        let is_swatch = |(fill, at): &&(Color32, egui::Rect)| {
            *fill == Color32::from_rgb(*r, *g, *b)
                && at.right() <= named.left()
                && at.y_range().contains(named.center().y)
        };
        assert_eq!(rects.iter().filter(is_swatch).count(), 1, "{name}");
        if let Some(code) = code {
            let coded = harness.get_by_label(code).rect();
            assert!(coded.right() <= named.left() && (coded.center().y - named.center().y).abs() < 2.0);
        }
    }
}

#[test]
fn the_opacity_of_a_layer_follows_its_slider() {
    let layers = [layer()];
    let mut given = Vec::new();
    {
        let mut harness = Harness::new_ui(|ui| given.extend(layers_ui(ui, &layers, Language::En)));
        let rail = harness.get_by_role(Role::Slider).rect();
        harness.drag_at(rail.right_center() - vec2(1.0, 0.0));
        harness.run();
    }
    let opacity = given.iter().map(|command| match command {
        Command::SetLayerOpacity(id, opacity) if id == "bplan" => *opacity,
        other => panic!("{other:?}"),
    });
    assert!(opacity.clone().count() > 0 && opacity.fold(0.0, f32::max) > 0.9, "{given:?}");
}

#[test]
fn a_house_and_a_plan_leave_the_window_by_their_buttons() {
    let house = view(Language::En);
    let ui = |ui: &mut egui::Ui| building_ui(ui, &house, None, Language::En);
    let text = house.as_text(Language::En);
    assert!(text.contains("Tal 1"), "{text}");
    assert_eq!(click("Copy", ui), Some(Command::Copy(text.clone())));
    assert_eq!(click("Save as text", ui), Some(Command::Export { file_name: "DEBY_1.txt".into(), text }));
    let plan = PlanView {
        title: "Nr. 7".into(),
        facts: Vec::new(),
        link: Some("https://plan.example/7".into()),
        legal_basis: "BauGB § 10".into(),
        attribution: String::new(),
        services: Vec::new(),
    };
    let ui = |ui: &mut egui::Ui| plan_ui(ui, &plan, None, Language::En);
    assert_eq!(click("Open the plan", ui), Some(Command::OpenLink("https://plan.example/7".into())));
    let page = Command::Export { file_name: "Nr__7.html".into(), text: plan.as_page(Language::En, None) };
    assert_eq!(click("Save as page", ui), Some(page));
    let licence = click("CC BY 4.0", |ui| card_ui(ui, &tools(Some(Card::Sources))));
    assert_eq!(licence, Some(Command::OpenLink("https://licence.example/".into())));
}

/// How many rows the tool bar takes in a window of a height. Its buttons are as large as they have to be and stay within
/// the width.
fn tool_rows([width, height]: [f32; 2], text_scale: f32, public: bool, language: Language) -> usize {
    let view = ToolsView { text_scale, language, ..tools(None) };
    let mut harness = Harness::builder().with_size(vec2(width + 16.0, height)).build_ui(|ui| {
        look::apply(ui.ctx(), Theme::Light, text_scale, false, public);
        ui.set_width(width);
        title_ui(ui, &view);
    });
    harness.run_steps(3);
    let least = if public { look::PUBLIC_TARGET_PT } else { look::TARGET_PT };
    let mut tops: Vec<i32> = Vec::new();
    for key in ["tools.places", "tools.layers", "tools.sun", "tools.settings", "tools.sources", "tools.help"] {
        let name = text(language, key);
        let at = harness.get_by_role_and_label(Role::Button, name).rect();
        assert!(at.size().min_elem() >= least - 0.01, "{name} has {}", at.size());
        assert!(at.right() <= width + 9.0, "{name} ends at {} of {width}", at.right());
        tops.push(at.top().round() as i32);
    }
    tops.dedup();
    tops.len()
}

#[test]
fn the_tools_stand_in_one_row_also_in_narrow_windows() {
    // What is left of windows of 320 and 360 points beside the compass, and of a narrow public screen.
    let rows = |width| tool_rows([width, 300.0], 1.0, false, Language::En);
    assert_eq!([rows(196.0), rows(236.0), rows(330.0)], [1, 1, 1]);
    assert_eq!(tool_rows([350.0, 600.0], 1.4, true, Language::En), 1);
}

#[test]
fn the_tools_of_a_public_screen_have_their_names_beside_each_other_where_there_is_room() {
    for language in [Language::De, Language::En] {
        assert_eq!(tool_rows([450.0, 1200.0], 1.4, true, language), 3, "{}", language.code());
    }
    assert_eq!(tool_rows([318.0, 1200.0], 1.4, true, Language::Leicht), 6);
    assert_eq!(tool_rows([450.0, 1200.0], 2.0, true, Language::Leicht), 6);
}
