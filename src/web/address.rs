//! What an address says: the view of the city, for whoever is sent the link.
//!
//! It stands after `#`, which browsers keep to themselves: no server learns from it where somebody looks and at which
//! house. After `?` stand settings of the page, and in older links the view.
//! Whatever is not understood is ignored: links are typed, cut off and kept for years.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use url::form_urlencoded::{Serializer, parse};

use crate::twin::{CameraPose, Language, LayerLook, Link, LinkTarget, Mark};

/// The names that an address holds a view under.
const VIEW: &str = "view";
const BUILDING: &str = "house";
const PLAN: &str = "plan";
const LAYERS: &str = "layers";
const LANGUAGE: &str = "lang";
const SUN: &str = "at";
const MARK: &str = "mark";

/// What a page's address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Address {
    /// The view.
    pub link: Link,
    /// Whether scripts may read what is shown, for tests.
    pub state: bool,
    /// The tileset that is measured in a benchmark, relative to the page.
    pub bench: Option<String>,
    /// A public screen, where a visit is over so many seconds after its last touch. Such a page begins at the start,
    /// whatever view its address holds.
    pub kiosk: Option<f64>,
}

/// Seconds after its last touch that a visit to a public screen is over, where nobody says otherwise.
const IDLE_SECS: f64 = 60.0;

impl Address {
    /// Reads `lang=en&…`, also with the sign in front that it stands after.
    pub fn parse(query: &str) -> Self {
        let mut address = Self::default();
        let (mut bench, mut tileset) = (false, None);
        let (mut kiosk, mut idle_secs) = (false, IDLE_SECS);
        for (name, value) in parse(query.trim_start_matches(['?', '#']).as_bytes()) {
            let link = &mut address.link;
            match name.as_ref() {
                VIEW => link.camera = CameraPose::of_numbers(&value),
                BUILDING if !value.is_empty() => link.target = Some(LinkTarget::Building(value.into_owned())),
                PLAN => link.target = plan(&value),
                LAYERS => link.layers = value.split(',').filter_map(layer).collect(),
                LANGUAGE => link.language = Language::of_code(&value),
                MARK => link.mark = mark(&value),
                SUN => link.sun = value.parse::<DateTime>().ok(),
                "state" => address.state = value == "1",
                "bench" => bench = value == "1",
                "kiosk" => kiosk = matches!(value.as_ref(), "" | "1"),
                "idle" => idle_secs = idle(&value).unwrap_or(idle_secs),
                "tileset" => tileset = Some(value.into_owned()),
                _ => {}
            }
        }
        // Anyone may send a link: another city than the page's own opens only to be measured.
        address.bench = tileset.filter(|_| bench);
        address.kiosk = kiosk.then_some(idle_secs);
        if kiosk {
            // The start of one visitor is the start of the next one: there is no link to come in by.
            address.link = Link { language: address.link.language, ..Link::default() };
        }
        address
    }
}

/// What the part of an address after `#` says of the operator's PIN: no server is told of it there. Before `#`, where
/// every server's records would have it, it is none.
pub fn pin(fragment: &str) -> Option<String> {
    let mut said = parse(fragment.trim_start_matches('#').as_bytes());
    said.find_map(|(name, value)| (name == "pin").then(|| value.into_owned()))
}

/// A view as the part of an address after `#`, without that sign.
pub fn query(link: &Link) -> String {
    let mut query = Serializer::new(String::new());
    if let Some(pose) = &link.camera {
        query.append_pair(VIEW, &numbers(pose));
    }
    match &link.target {
        Some(LinkTarget::Building(id)) => _ = query.append_pair(BUILDING, id),
        Some(LinkTarget::Plan { layer, plan }) => _ = query.append_pair(PLAN, &format!("{layer},{plan}")),
        None => {}
    }
    if let Some(Mark { lon_deg, lat_deg, height_m }) = link.mark {
        query.append_pair(MARK, &format!("{lon_deg:.6},{lat_deg:.6},{height_m:.1}"));
    }
    if let Some(layers) = layers(&link.layers) {
        query.append_pair(LAYERS, &layers);
    }
    if let Some(language) = link.language {
        query.append_pair(LANGUAGE, language.code());
    }
    if let Some(sun) = link.sun {
        query.append_pair(SUN, &sun.strftime("%Y-%m-%dT%H:%M").to_string());
    }
    // A comma is allowed there as it is, and links are read by people.
    query.finish().replace("%2C", ",").replace("%3A", ":")
}

/// Longitude, latitude, height, distance, heading, pitch: to a decimetre and a tenth of a degree.
fn numbers(pose: &CameraPose) -> String {
    let CameraPose { lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg } = pose;
    // Rounded first: 359.96° is north.
    let heading_deg = ((heading_deg * 10.0).round() / 10.0).rem_euclid(360.0);
    format!("{lon_deg:.6},{lat_deg:.6},{height_m:.1},{distance_m:.1},{heading_deg:.1},{pitch_deg:.1}")
}

/// Seconds: at least as long as it takes to read a line, at most an hour.
fn idle(value: &str) -> Option<f64> {
    value.parse().ok().filter(|secs| (5.0..=3600.0).contains(secs))
}

fn plan(value: &str) -> Option<LinkTarget> {
    let (layer, plan) = value.split_once(',')?;
    Some(LinkTarget::Plan { layer: layer.to_owned(), plan: plan.to_owned() })
}

/// `11.575400,48.137100,565.0`; `None` for what is no place on earth.
fn mark(value: &str) -> Option<Mark> {
    let numbers: Vec<f64> = value.split(',').map(str::parse).collect::<Result<_, _>>().ok()?;
    let &[lon_deg, lat_deg, height_m] = numbers.as_slice() else { return None };
    let is_on_earth = lon_deg.abs() <= 180.0 && lat_deg.abs() <= 90.0 && height_m.abs() <= 9000.0;
    is_on_earth.then_some(Mark { lon_deg, lat_deg, height_m })
}

/// The words for a layer that is hidden, and for one that is shown as the city shows it; a number is its opacity.
const HIDDEN: &str = "off";
const SHOWN: &str = "on";

/// `bplan:off,trees:40`; `None` where all layers are as at the start. An id with a comma, which no city gives, would be
/// taken for two.
fn layers(layers: &BTreeMap<String, LayerLook>) -> Option<String> {
    let look = |(id, look): (&String, &LayerLook)| match look {
        LayerLook::Hidden => format!("{id}:{HIDDEN}"),
        LayerLook::Shown => format!("{id}:{SHOWN}"),
        LayerLook::Opaque(percent) => format!("{id}:{percent}"),
    };
    let named = layers.iter().filter(|(id, _)| !id.is_empty() && !id.contains(','));
    let looks: Vec<String> = named.map(look).collect();
    (!looks.is_empty()).then(|| looks.join(","))
}

fn layer(value: &str) -> Option<(String, LayerLook)> {
    let (id, look) = value.rsplit_once(':').filter(|(id, _)| !id.is_empty())?;
    let look = match look {
        HIDDEN => LayerLook::Hidden,
        SHOWN => LayerLook::Shown,
        percent => LayerLook::Opaque(percent.parse().ok().filter(|percent| *percent <= 100)?),
    };
    Some((id.to_owned(), look))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pose() -> CameraPose {
        CameraPose {
            lon_deg: 11.574,
            lat_deg: 48.1392,
            height_m: 575.0,
            distance_m: 1250.0,
            heading_deg: 334.0,
            pitch_deg: -27.0,
        }
    }

    #[test]
    fn a_view_is_a_short_address_and_comes_back() {
        let link = Link {
            camera: Some(pose()),
            target: Some(LinkTarget::Building("DEBY_LOD2_1".to_owned())),
            mark: Some(Mark { lon_deg: 11.5754, lat_deg: 48.1371, height_m: 565.0 }),
            layers: [("bplan".to_owned(), LayerLook::Hidden), ("trees".to_owned(), LayerLook::Opaque(40))].into(),
            language: Some(Language::En),
            sun: Some(jiff::civil::date(2026, 6, 21).at(15, 30, 0, 0)),
        };
        let expected = "view=11.574000,48.139200,575.0,1250.0,334.0,-27.0&house=DEBY_LOD2_1\
            &mark=11.575400,48.137100,565.0&layers=bplan:off,trees:40&lang=en&at=2026-06-21T15:30";
        assert_eq!(query(&link), expected);
        assert_eq!(Address::parse(expected).link, link);
        assert_eq!(Address::parse("").link, Link::default());
        for &language in Language::ALL {
            let link = Link { language: Some(language), ..Link::default() };
            assert_eq!(Address::parse(&query(&link)).link, link);
        }
        assert_eq!(Address::parse("lang=leicht").link.language, Some(Language::Leicht));
    }

    #[test]
    fn ids_of_any_form_come_back() {
        for id in ["a b&c=d", "Ä,ö", "100%", "#1?"] {
            let building = Some(LinkTarget::Building(id.to_owned()));
            let plan = Some(LinkTarget::Plan { layer: "bplan".to_owned(), plan: id.to_owned() });
            for target in [building, plan] {
                let link = Link { target, ..Link::default() };
                assert_eq!(Address::parse(&format!("?{}", query(&link))).link, link);
            }
        }
    }

    #[test]
    fn layers_are_named_by_their_ids() {
        use LayerLook::{Hidden, Opaque, Shown};
        let check = |value: &str, expected: &[(&str, LayerLook)]| {
            let expected: BTreeMap<_, _> = expected.iter().map(|(id, look)| ((*id).to_owned(), *look)).collect();
            assert_eq!(Address::parse(&format!("layers={value}")).link.layers, expected, "{value}");
        };
        check("bplan:off,fnp:on,trees:40", &[("bplan", Hidden), ("fnp", Shown), ("trees", Opaque(40))]);
        check("a:off,a:on", &[("a", Shown)]);
        check("-a:0,b_2:100", &[("-a", Opaque(0)), ("b_2", Opaque(100))]);
        check("urn%3Ax%3Aoff", &[("urn:x", Hidden)]);
        for value in ["", "bplan", ":off", "bplan:", "bplan:101", "bplan:-1", "bplan:OFF", "bplan:4.5", ",,:,", "%2C"] {
            check(value, &[]);
        }
        // Not taken for another layer, where there is such an id.
        let odd = Link { layers: [("a,b".to_owned(), Hidden), (String::new(), Hidden)].into(), ..Link::default() };
        assert_eq!(query(&odd), "");
    }

    #[test]
    fn what_is_not_understood_is_ignored() {
        assert_eq!(Address::parse("?lang=xx&%ff=%00&&=&house=&plan=x&at=soon&utm_source=y"), Address::default());
        for view in ["1,2,3", "1,2,3,4,5,6,x", "200,48,0,100,0,0", "NaN,48,0,100,0,0", "11,48,0,-5,0,0", "a,b,c,d,e,f"]
        {
            assert_eq!(Address::parse(&format!("view={view}")), Address::default(), "{view}");
        }
        for mark in ["1,2", "11,48,x", "200,48,0", "NaN,48,0", "11,48,1e9", "11,48,0,0"] {
            assert_eq!(Address::parse(&format!("mark={mark}")), Address::default(), "{mark}");
        }
        assert!(Address::parse("state=1").state);
        assert_eq!(Address::parse("tileset=a.json").bench, None);
        assert_eq!(Address::parse("bench=1&tileset=a.json").bench.as_deref(), Some("a.json"));
    }

    #[test]
    fn a_public_screen_begins_at_the_start() {
        let address =
            Address::parse("?kiosk=1&lang=en&house=DEBY_LOD2_1&layers=bplan:off&view=11.574,48.1392,575,1250,334,-27");
        assert_eq!(address.kiosk, Some(60.0));
        assert_eq!(address.link, Link { language: Some(Language::En), ..Link::default() });
        assert_eq!(Address::parse("kiosk").kiosk, Some(60.0));
        assert_eq!(Address::parse("kiosk=1&idle=12").kiosk, Some(12.0));
        assert_eq!(Address::parse("kiosk=1&idle=0").kiosk, Some(60.0));
        assert_eq!(Address::parse("kiosk=0&idle=12").kiosk, None);
    }

    #[test]
    fn a_pin_is_told_to_no_server() {
        assert_eq!(pin("#pin=4711"), Some("4711".to_owned()));
        assert_eq!(pin("#lang=en&pin=0815"), Some("0815".to_owned()));
        assert_eq!(pin(""), None);
        assert_eq!(Address::parse("?kiosk=1&pin=4711"), Address::parse("?kiosk=1"), "it opens nothing there");
    }

    /// A name and a value as people, mailers and other pages write them.
    fn pair() -> impl Strategy<Value = String> {
        let name = prop_oneof![
            8 => prop::sample::select(vec![VIEW, BUILDING, PLAN, MARK, LAYERS, LANGUAGE, SUN, "state", "bench", "tileset"])
                .prop_map(str::to_owned),
            1 => "[a-zA-Z%=+&]{0,8}",
        ];
        let number = prop_oneof![
            (-200.0..200.0_f64).prop_map(|number| format!("{number:.3}")),
            any::<f64>().prop_map(|number| number.to_string()),
            "[0-9x.-]{0,6}",
        ];
        let value = prop_oneof![
            ".{0,30}",
            prop::collection::vec(number, 4..8).prop_map(|numbers| numbers.join(",")),
            "[a-z0-9]{0,9},[^&]{0,9}",
            prop::collection::vec(".{0,5}:(on|off|[0-9]{1,3}|.{0,3})", 0..4).prop_map(|layers| layers.join(",")),
            prop::sample::select(vec!["de", "en", "leicht", "2026-06-21T15:30", "2026-06-21", "9999-12-31T23:59:59"])
                .prop_map(str::to_owned),
        ];
        (name, value, any::<bool>()).prop_map(|(name, value, is_written)| match is_written {
            true => format!("{name}={value}"),
            false => Serializer::new(String::new()).append_pair(&name, &value).finish(),
        })
    }

    fn look() -> impl Strategy<Value = LayerLook> {
        prop_oneof![Just(LayerLook::Hidden), Just(LayerLook::Shown), (0..=100u8).prop_map(LayerLook::Opaque)]
    }

    proptest! {
        /// Whatever was understood of an address is told by the address that is made of it: the very same view.
        #[test]
        fn any_address_is_survived(pairs in prop::collection::vec(pair(), 0..6)) {
            let link = Address::parse(&pairs.join("&")).link;
            let written = query(&link);
            let again = Address::parse(&written).link;
            prop_assert_eq!(&again.target, &link.target);
            prop_assert_eq!(&again.layers, &link.layers);
            prop_assert_eq!(again.language, link.language);
            prop_assert_eq!(again.sun.map(to_the_minute), link.sun.map(to_the_minute));
            prop_assert_eq!(again.camera.is_some(), link.camera.is_some(), "{}", written);
            // Written to a tenth of a unit, so that it is the same from then on.
            prop_assert_eq!(query(&again), written);
        }

        #[test]
        fn layers_come_back(layers in prop::collection::btree_map("[a-z0-9_-]{1,64}", look(), 0..9)) {
            let link = Link { layers, ..Link::default() };
            prop_assert_eq!(Address::parse(&query(&link)).link, link);
        }

        #[test]
        fn what_an_address_says_is_understood(
            id in "[^\\p{C}]{1,20}",
            numbers in (-180.0..180.0_f64, -90.0..90.0_f64, -2e4..2e4_f64, 0.1..1e8_f64, -360.0..360.0_f64, -90.0..90.0_f64),
        ) {
            let (lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg) = numbers;
            let camera = Some(CameraPose { lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg });
            for target in [LinkTarget::Building(id.clone()), LinkTarget::Plan { layer: "bplan".to_owned(), plan: id.clone() }] {
                let link = Link { camera, target: Some(target), ..Link::default() };
                let again = Address::parse(&query(&link)).link;
                prop_assert_eq!(again.target, link.target);
                let there = again.camera.expect("a camera");
                prop_assert!((there.lon_deg - lon_deg).abs() < 1e-6 && (there.distance_m - distance_m).abs() < 0.1);
            }
        }
    }

    fn to_the_minute(time: DateTime) -> String {
        time.strftime("%Y-%m-%dT%H:%M").to_string()
    }
}
