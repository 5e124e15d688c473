//! The same house in every language, as text and as a page, and what no name can do to a page.

use ::geo::{MultiPolygon, Rect};
use expect_test::{Expect, expect};

use super::*;
use crate::geo::Geodetic;
use crate::plan::{DevelopmentPlan, PlanStatus};
use crate::points::NamedPoint;
use crate::stream::{FeatureTable, Property};
use crate::twin::{
    AttributeInfo, AttributeKind, CameraPose, CategoryValue, Language, LayerInfo, PlaceInfo, PointCategory,
    ServiceInfo, ServiceSubject, SourceInfo, Text, TwinDescription, WithheldInfo,
};

fn texts(de: &str, en: &str, leicht: &str) -> Text {
    Text::new(de, en).with(Language::Leicht, leicht)
}

fn attribute(name: &str, label: Text, kind: AttributeKind) -> AttributeInfo {
    AttributeInfo {
        name: name.into(),
        label,
        kind,
        class: "public".into(),
        legal_basis: Text::new("BayDSchG Art. 2", "BayDSchG Art. 2"),
        why: texts("Das ist offen.", "This is open.", "Das dürfen alle sehen."),
        operation: None,
    }
}

fn layer() -> LayerInfo {
    LayerInfo {
        id: "bplan".into(),
        title: Text::new("Bebauungspläne", "Development plans"),
        data: "layers/bplan.geojson".into(),
        opacity: 0.5,
        visible: true,
        legend: Vec::new(),
        legal_basis: Text::new("BauGB § 10 Abs. 3", "BauGB § 10(3)"),
        attribution: "Stadt Teststadt".into(),
        licence: "dl-de/by-2-0".into(),
        licence_url: None,
    }
}

fn service(title: Text, url: &str, subject: ServiceSubject) -> ServiceInfo {
    ServiceInfo { title, url: url.into(), subject }
}

fn twin() -> TwinDescription {
    let gabled = CategoryValue { key: "gabled".into(), label: Text::new("Satteldach", "Gabled roof") };
    let mut height = attribute(
        "height",
        texts("Höhe", "Height", "So hoch ist das Haus"),
        AttributeKind::Real { unit: Some("m".into()), decimals: 1 },
    );
    height.operation = Some(Text::new("auf 0,5 m gerundet", "rounded to 0.5 m"));
    let home =
        CameraPose { lon_deg: 11.0, lat_deg: 48.0, height_m: 5e2, distance_m: 9e2, heading_deg: 0.0, pitch_deg: -30.0 };
    TwinDescription {
        format: crate::twin::FORMAT.into(),
        city: "test".into(),
        title: Text::new("Teststadt", "Test town"),
        notice: Some(texts("Alles erfunden.", "All invented.", "Das ist alles erfunden.")),
        audience: "citizen".into(),
        policy_hash: "0".into(),
        policy_approved_by: None,
        purpose: None,
        sources: vec![SourceInfo {
            title: Text::new("Häuser", "Houses"),
            attribution: "Datenquelle: Test".into(),
            licence: "CC BY 4.0".into(),
            licence_url: None,
            date: Some("2026-02-06".into()),
        }],
        home,
        time_zone: "Europe/Berlin".into(),
        buildings: None,
        ground: None,
        attributes: vec![
            attribute("address", Text::new("Adresse", "Address"), AttributeKind::Text),
            height,
            attribute("roof", Text::new("Dach", "Roof"), AttributeKind::Category { values: vec![gabled] }),
            attribute("listed", texts("Stand", "Listed on", "In der Liste seit"), AttributeKind::Text),
            attribute("monument", Text::new("Denkmal", "Monument"), AttributeKind::Boolean),
        ],
        withheld: vec![WithheldInfo {
            label: Text::new("Eigentum", "Ownership"),
            class: "never".into(),
            reason: texts(
                "Gehört den Menschen.",
                "Belongs to the people.",
                "Das geht nur die Menschen im Haus etwas an.",
            ),
            legal_basis: Text::new("DSGVO Art. 6", "GDPR Art. 6"),
        }],
        layers: vec![layer()],
        places: Vec::<PlaceInfo>::new(),
        search: None,
        points: Vec::new(),
        services: vec![
            service(
                Text::new("Bauantrag", "Building application"),
                "https://city.example/bauen",
                ServiceSubject::Building,
            ),
            service(Text::new("Mitreden", "Have a say"), "https://city.example/reden", ServiceSubject::Plan),
            service(Text::new("Schlecht", "Bad"), "javascript:alert(1)", ServiceSubject::Building),
        ],
    }
}

fn features() -> FeatureTable {
    let text = |value: &str| vec![Some(Property::Text(value.into()))];
    FeatureTable::new(
        1,
        vec![
            ("id".into(), text("DEBY_1")),
            ("address".into(), text("Tal 1")),
            ("height".into(), vec![Some(Property::Real(12_345.5))]),
            ("roof".into(), text("gabled")),
            ("listed".into(), text("2019-03-03")),
            ("monument".into(), vec![None]),
        ],
    )
}

fn plan(name: &str) -> DevelopmentPlan {
    DevelopmentPlan {
        id: "7".into(),
        number: Some("1930a".into()),
        name: name.into(),
        status: PlanStatus::InForce,
        resolved_on: "2019-07-24".parse().ok(),
        in_force_since: None,
        permitted_use: Some("WA".into()),
        max_height_m: Some(21.5),
        max_storeys: Some(6),
        site_coverage: Some(0.4),
        floor_area_ratio: None,
        link: Some("https://city.example/1930a.pdf".into()),
        geometry: MultiPolygon(Vec::new()),
    }
}

fn around(name: &str, language: Language) -> Around {
    let place = Geodetic { lon_deg: 11.5, lat_deg: 48.1, height_m: 560.0 };
    let point = NamedPoint { name: name.into(), note: Some("U3".into()), place };
    let near = [NearPlace { point, distance_m: 276.0 }];
    Around {
        plans: vec![PlanLink::new(&layer(), &plan(name), language)],
        plans_near: vec![PlanLink::away(&layer(), &plan(name), 123.4, language)],
        near: vec![
            NearGroup::new(PointCategory::Stop, &near, language),
            NearGroup::new(PointCategory::Doctor, &[], language),
        ],
    }
}

fn view(language: Language) -> BuildingView {
    BuildingView::new(&twin(), &features(), 0, around("Am Tal", language), language)
}

fn check(language: Language, expected: Expect) {
    expected.assert_eq(&view(language).as_text(language));
}

#[test]
fn a_house_in_german() {
    check(
        Language::De,
        expect![[r#"
        Tal 1
        DEBY_1
        Freigabe für: Bürgerinnen und Bürger

        Adresse: Tal 1
            Das ist offen.
            Rechtsgrundlage: BayDSchG Art. 2
        Höhe: 12.345,5 m
            Das ist offen.
            Bearbeitung: auf 0,5 m gerundet
            Rechtsgrundlage: BayDSchG Art. 2
        Dach: Satteldach
            Das ist offen.
            Rechtsgrundlage: BayDSchG Art. 2
        Stand: 3.3.2019
            Das ist offen.
            Rechtsgrundlage: BayDSchG Art. 2
        Denkmal: keine Angabe
            Das ist offen.
            Rechtsgrundlage: BayDSchG Art. 2

        Bebauungspläne an dieser Stelle
        - 1930a · Am Tal (rechtsverbindlich)

        Bebauungspläne im Umkreis von 300 m
        - 1930a · Am Tal (rechtsverbindlich) · 120 m

        Zu Fuß in der Nähe
        Entfernung in Luftlinie, Gehzeit geschätzt: 1,3-mal die Luftlinie mit 1,2 m in der Sekunde. Bis 1000 m.
        Haltestellen:
        - Am Tal (U3): 280 m, etwa 5 Minuten zu Fuß
        Arztpraxen:
        - nichts im Umkreis von 1000 m

        Dienste der Stadt
        - Bauantrag: https://city.example/bauen

        Nicht gezeigt
        - Eigentum (nie veröffentlicht): Gehört den Menschen. DSGVO Art. 6

        Alles erfunden.
        Datenquelle: Test
        Stadt Teststadt
    "#]],
    );
}

#[test]
fn a_house_in_english() {
    check(
        Language::En,
        expect![[r#"
        Tal 1
        DEBY_1
        Released for: Citizens

        Address: Tal 1
            This is open.
            Legal basis: BayDSchG Art. 2
        Height: 12,345.5 m
            This is open.
            Processing: rounded to 0.5 m
            Legal basis: BayDSchG Art. 2
        Roof: Gabled roof
            This is open.
            Legal basis: BayDSchG Art. 2
        Listed on: 3 March 2019
            This is open.
            Legal basis: BayDSchG Art. 2
        Monument: no data
            This is open.
            Legal basis: BayDSchG Art. 2

        Development plans at this place
        - 1930a · Am Tal (in force)

        Development plans within 300 m
        - 1930a · Am Tal (in force) · 120 m

        Near on foot
        Distance as the crow flies; time on foot estimated: 1.3 times that way at 1.2 m a second. Up to 1000 m.
        Stops:
        - Am Tal (U3): 280 m, about 5 minutes on foot
        Doctors' practices:
        - nothing within 1000 m

        Services of the city
        - Building application: https://city.example/bauen

        Not shown
        - Ownership (never published): Belongs to the people. GDPR Art. 6

        All invented.
        Datenquelle: Test
        Stadt Teststadt
    "#]],
    );
}

#[test]
fn a_house_in_plain_german() {
    check(
        Language::Leicht,
        expect![[r#"
        Tal 1
        DEBY_1
        Das dürfen sehen: alle Menschen

        Adresse: Tal 1
            Das dürfen alle sehen.
            Diese Regel gilt: BayDSchG Art. 2
        So hoch ist das Haus: 12.345,5 m
            Das dürfen alle sehen.
            Das haben wir geändert: auf 0,5 m gerundet
            Diese Regel gilt: BayDSchG Art. 2
        Dach: Satteldach
            Das dürfen alle sehen.
            Diese Regel gilt: BayDSchG Art. 2
        In der Liste seit: 3. März 2019
            Das dürfen alle sehen.
            Diese Regel gilt: BayDSchG Art. 2
        Denkmal: Dazu steht hier nichts
            Das dürfen alle sehen.
            Diese Regel gilt: BayDSchG Art. 2

        Bebauungs·pläne für diesen Ort
        - 1930a · Am Tal (Der Plan gilt.)

        Bebauungs·pläne in der Nähe, bis 300 Meter
        - 1930a · Am Tal (Der Plan gilt.) · 120 m

        Das ist in der Nähe
        Die Meter sind ohne Umwege gemessen. Die Minuten sind geschätzt. Das heißt: Sie stimmen nicht ganz genau. Wir zeigen Orte bis 1000 Meter.
        Haltestellen:
        - Am Tal (U3): 280 m, zu Fuß etwa 5 Minuten
        Ärzte:
        - Bis 1000 Meter ist nichts da.

        Hier hilft die Stadt
        - Bauantrag: https://city.example/bauen

        Das zeigen wir nicht
        - Eigentum (für niemanden): Das geht nur die Menschen im Haus etwas an. DSGVO Art. 6

        Das ist alles erfunden.
        Datenquelle: Test
        Stadt Teststadt
    "#]],
    );
}

#[test]
fn a_plan_in_three_languages() {
    let text = |&language: &Language| PlanView::new(&twin(), &layer(), &plan("Am Tal"), language).as_text(language);
    expect![[r#"
        Am Tal
        Bebauungsplan

        Nummer: 1930a
        Stand: rechtsverbindlich
        Art der Nutzung: Allgemeines Wohngebiet
        Satzungsbeschluss: 24.7.2019
        Höchste Höhe: 21,5 m
        Vollgeschosse höchstens: 6
        Grundflächenzahl (GRZ): 0,40
        Zum Plan: https://city.example/1930a.pdf
        Rechtsgrundlage: BauGB § 10 Abs. 3

        Dienste der Stadt
        - Mitreden: https://city.example/reden

        Stadt Teststadt

        Am Tal
        Development plan

        Number: 1930a
        Status: in force
        Permitted use: general residential area
        Adopted on: 24 July 2019
        Maximum height: 21.5 m
        Maximum full storeys: 6
        Site occupancy index (GRZ): 0.40
        Open the plan: https://city.example/1930a.pdf
        Legal basis: BauGB § 10(3)

        Services of the city
        - Have a say: https://city.example/reden

        Stadt Teststadt

        Am Tal
        Bebauungs·plan

        Nummer: 1930a
        So weit ist der Plan: Der Plan gilt.
        Dafür ist der Platz da: Hier sind vor allem Wohnungen
        Der Stadtrat hat den Plan beschlossen am: 24. Juli 2019
        So hoch darf ein Haus sein: 21,5 m
        So viele Stock·werke darf ein Haus haben: 6
        So viel vom Grund·stück darf das Haus bedecken (GRZ): 0,40
        Den Plan ansehen: https://city.example/1930a.pdf
        Diese Regel gilt: BauGB § 10 Abs. 3

        Hier hilft die Stadt
        - Mitreden: https://city.example/reden

        Stadt Teststadt
    "#]]
    .assert_eq(&Language::ALL.iter().map(text).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_house_as_a_page() {
    let language = Language::Leicht;
    let page = view(language).as_page(language, Some("https://city.example/?house=DEBY_1&lang=leicht"));
    expect![[r#"
        <!doctype html>
        <html lang="de-simple">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="referrer" content="no-referrer">
        <title>Tal 1</title>
        <style>
        /* A page about a house or a plan, to keep and to print. */
        :root { color-scheme: light dark; }
        body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
        main { max-width: 46rem; margin: 0 auto; padding: 1rem; }
        h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0; }
        h2 { font-size: 1.2rem; margin: 1.6rem 0 0.4rem; border-bottom: 1px solid currentColor; }
        h3 { font-size: 1rem; margin: 0.8rem 0 0.2rem; }
        dl { margin: 0; }
        dt { font-weight: 600; margin-top: 0.6rem; }
        dd { margin: 0; }
        ul { margin: 0.2rem 0; padding-left: 1.2rem; }
        li { margin: 0.25rem 0; }
        small { font-size: 0.875rem; }
        @page { margin: 16mm; }
        @media print {
          :root { color-scheme: light; }
          body { font-size: 10.5pt; color: #000; }
          main { max-width: none; padding: 0; }
          h1, h2, h3, dt { break-after: avoid; }
          h2 + p { break-after: avoid; }
          dd, li { break-inside: avoid; }
          small { font-size: 0.85em; color: #333; }
          a { color: #000; }
          a[href^="http"]::after { content: " (" attr(href) ")"; }
        }
        </style>
        </head>
        <body>
        <main>
        <article class="answer" lang="de-simple">
        <h1><bdi>Tal 1</bdi></h1>
        <p><bdi>DEBY_1</bdi></p>
        <p><strong><bdi>Das ist alles erfunden.</bdi></strong></p>
        <p>Das dürfen sehen: <bdi>alle Menschen</bdi></p>
        <h2>Das wissen wir</h2>
        <dl>
        <dt><bdi>Adresse</bdi></dt>
        <dd><bdi>Tal 1</bdi><br><small>Warum sehe ich das? <bdi>Das dürfen alle sehen.</bdi></small><br><small>Diese Regel gilt: <bdi>BayDSchG Art. 2</bdi></small></dd>
        <dt><bdi>So hoch ist das Haus</bdi></dt>
        <dd><bdi>12.345,5 m</bdi><br><small>Warum sehe ich das? <bdi>Das dürfen alle sehen.</bdi></small><br><small>Das haben wir geändert: <bdi>auf 0,5 m gerundet</bdi></small><br><small>Diese Regel gilt: <bdi>BayDSchG Art. 2</bdi></small></dd>
        <dt><bdi>Dach</bdi></dt>
        <dd><bdi>Satteldach</bdi><br><small>Warum sehe ich das? <bdi>Das dürfen alle sehen.</bdi></small><br><small>Diese Regel gilt: <bdi>BayDSchG Art. 2</bdi></small></dd>
        <dt><bdi>In der Liste seit</bdi></dt>
        <dd><bdi>3. März 2019</bdi><br><small>Warum sehe ich das? <bdi>Das dürfen alle sehen.</bdi></small><br><small>Diese Regel gilt: <bdi>BayDSchG Art. 2</bdi></small></dd>
        <dt><bdi>Denkmal</bdi></dt>
        <dd><em>Dazu steht hier nichts</em><br><small>Warum sehe ich das? <bdi>Das dürfen alle sehen.</bdi></small><br><small>Diese Regel gilt: <bdi>BayDSchG Art. 2</bdi></small></dd>
        </dl>
        <h2>Bebauungs·pläne für diesen Ort</h2>
        <ul>
        <li><bdi>1930a · Am Tal (Der Plan gilt.)</bdi></li>
        </ul>
        <h2>Bebauungs·pläne in der Nähe, bis 300 Meter</h2>
        <ul>
        <li><bdi>1930a · Am Tal (Der Plan gilt.) · 120 m</bdi></li>
        </ul>
        <h2>Das ist in der Nähe</h2>
        <p>Die Meter sind ohne Umwege gemessen. Die Minuten sind geschätzt. Das heißt: Sie stimmen nicht ganz genau. Wir zeigen Orte bis 1000 Meter.</p>
        <h3><bdi>Haltestellen</bdi></h3>
        <ul>
        <li><bdi>Am Tal (U3)</bdi>: 280 m, zu Fuß etwa 5 Minuten</li>
        </ul>
        <h3><bdi>Ärzte</bdi></h3>
        <p>Bis 1000 Meter ist nichts da.</p>
        <h2>Hier hilft die Stadt</h2>
        <ul>
        <li><a href="https://city.example/bauen" rel="noopener noreferrer"><bdi>Bauantrag</bdi></a></li>
        </ul>
        <h2>Das zeigen wir nicht</h2>
        <p>Manches über das Haus zeigen wir nicht. Wir verstecken es nicht. Es ist gar nicht in den Daten.</p>
        <ul>
        <li><bdi>Eigentum</bdi> (<bdi>für niemanden</bdi>)<br><small><bdi>Das geht nur die Menschen im Haus etwas an.</bdi> <bdi>DSGVO Art. 6</bdi></small></li>
        </ul>
        <h2>Von hier kommen die Daten</h2>
        <ul>
        <li><bdi>Häuser</bdi> · <bdi>Datenquelle: Test</bdi> · <bdi>CC BY 4.0</bdi> · Die Daten sind vom 6. Februar 2026</li>
        <li><bdi>Bebauungspläne</bdi> · <bdi>Stadt Teststadt</bdi> · <bdi>dl-de/by-2-0</bdi></li>
        </ul>
        <p><a href="https://city.example/?house=DEBY_1&amp;lang=leicht" rel="noopener noreferrer"><bdi>Das Haus in der Stadt ansehen</bdi></a></p>
        </article>
        </main>
        </body>
        </html>
    "#]].assert_eq(&page);
}

#[test]
fn a_service_is_a_plain_https_link_or_none() {
    let services = view(Language::En).services;
    let expected = ServiceLink { title: "Building application".into(), url: "https://city.example/bauen".into() };
    assert_eq!(services, [expected]);
}

/// Everything between `<` and `>` of a page, without what is in the stylesheet.
fn tags(page: &str) -> Vec<&str> {
    let body = page.split("</style>").nth(1).unwrap_or_default();
    body.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()).collect()
}

#[test]
fn a_plan_is_a_link_where_it_can_be_opened() {
    let language = Language::De;
    let house = |plan: &dyn Fn(&PlanLink) -> Option<String>| view(language).as_html(language, None, plan);
    let linked = house(&|plan| Some(format!("#plan={},{}", plan.layer, plan.plan)));
    let PlanLink { layer, plan, .. } = view(language).plans.remove(0);
    assert_eq!(linked.matches(&format!("<a href=\"#plan={layer},{plan}\" ")).count(), 2, "in it and near it: {linked}");
    assert!(!house(&|_| None).contains("#plan="));
    assert!(!house(&|_| Some("javascript:alert(1)".into())).contains("javascript"));
}

#[test]
fn what_is_kept_back_is_named_once_with_all_its_classes() {
    let mut twin = twin();
    let owners = twin.withheld[0].clone();
    let kept = |class: &str| WithheldInfo { class: class.into(), ..owners.clone() };
    let other = WithheldInfo { reason: Text::new("Darum.", "That is why."), ..owners.clone() };
    twin.withheld = vec![kept("aggregated"), kept("restricted"), kept("restricted"), other];
    let view = BuildingView::new(&twin, &features(), 0, Around::default(), Language::En);
    let told: Vec<_> = view.withheld.iter().map(|kept| (kept.class.as_str(), kept.reason.as_str())).collect();
    let expected = [("aggregated only, restricted", "Belongs to the people."), ("never published", "That is why.")];
    assert_eq!(told, expected);
}

#[test]
fn hostile_names_stay_names() {
    let hostile = "</bdi></title></style><script>alert(\"1\")</script><img src=x onerror='alert(1)'>&lt;\u{0}\u{1b}";
    let language = Language::En;
    let clean = view(language).as_page(language, None);
    let mut twin = twin();
    let mut view = BuildingView::new(&twin, &features(), 0, around(hostile, language), language);
    view.title = hostile.into();
    view.id = hostile.into();
    view.audience = hostile.into();
    view.notice = Some(hostile.into());
    for fact in &mut view.facts {
        for text in [&mut fact.label, &mut fact.why, &mut fact.legal_basis] {
            *text = hostile.into();
        }
        fact.value = fact.value.as_ref().map(|_| hostile.into());
        fact.operation = fact.operation.as_ref().map(|_| hostile.into());
    }
    for kept in &mut view.withheld {
        (kept.label, kept.class, kept.reason) = (hostile.into(), hostile.into(), hostile.into());
    }
    for source in &mut view.sources {
        (source.title, source.attribution, source.licence) = (hostile.into(), hostile.into(), hostile.into());
    }
    view.services[0].title = hostile.into();
    let page = view.as_page(language, None);
    assert_eq!(tags(&page), tags(&clean));
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains('\0') && !page.contains('\u{1b}'));
    assert!(page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"));

    view.services[0].url = "https://a.example/\"><script>".into();
    assert!(!view.as_page(language, None).contains("<script"));
    for url in ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "\" onclick=\"x"] {
        view.services[0].url = url.into();
        let page = view.as_page(language, Some(url));
        assert_eq!(page.matches("<a ").count(), 0, "{url}");
    }
    let plan = |name: &str, link: &str| {
        let plan = DevelopmentPlan { link: Some(link.into()), number: None, ..plan(name) };
        PlanView::new(&twin, &layer(), &plan, language).as_page(language, None)
    };
    let (fine, evil) = (plan("Am Tal", "https://a.example"), plan(hostile, "https://a.example"));
    assert_eq!(tags(&fine), tags(&evil));
    twin.services.clear();
    assert_eq!(PlanView::new(&twin, &layer(), &super::tests::plan("x"), language).services, []);
}

/// A house next to one plan, in another, and far from a third.
#[test]
fn plans_near_are_told_by_their_distance() {
    let square = |lon: f64, lat: f64| -> MultiPolygon<f64> {
        Rect::new((lon, lat), (lon + 0.0004, lat + 0.0003)).to_polygon().into()
    };
    let plan = |id: &str, geometry| DevelopmentPlan { id: id.into(), geometry, ..plan("x") };
    let plans = crate::plan::PlanLayer::new(vec![
        plan("here", square(11.5, 48.1)),
        plan("east", square(11.5014, 48.1)),
        plan("north", square(11.5, 48.1008)),
        plan("far", square(11.51, 48.1)),
        plan("nowhere", MultiPolygon(Vec::new())),
    ]);
    let house = square(11.5, 48.1);
    let found = |reach_m| {
        let plans = plans.plans_within(&house, reach_m).into_iter();
        plans.map(|(plan, away_m)| (plan.id.as_str(), away_m.round() as i64)).collect::<Vec<_>>()
    };
    assert_eq!(found(PLANS_WITHIN_M), [("north", 56), ("east", 74)]);
    assert_eq!(found(60.0), [("north", 56)]);
    assert_eq!(found(10.0), []);
    assert_eq!(found(1000.0).last(), Some(&("far", 715)));
    assert_eq!(plans.plans_within(&MultiPolygon(Vec::new()), 1e4), []);
}
