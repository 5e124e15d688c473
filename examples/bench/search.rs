//! How long a search takes at each key press, over a city much larger than any in the country: 10,000 streets with
//! 200,000 house numbers, and how large its two files are.

use std::fmt::Write;
use std::time::Instant;

use anyhow::Context;
use stadtzwilling::search::{
    ADDRESSES_FORMAT, AddressesFile, DistrictRecord, HitKind, HouseRecord, Index, NAMES_FORMAT, NamedPoint, NamesFile,
    PointRecord, StreetRecord,
};
use stadtzwilling::twin::{Language, Text};

use crate::clock::median;
use crate::table::{Row, Section};

const STREETS: usize = 10_000;
const HOUSES_PER_STREET: usize = 20;
const STOPS: usize = 5_000;
/// Hits that a field shows.
const HITS: usize = 8;
/// Longest that an answer may take, milliseconds.
const MOST_MS: f64 = 5.0;

/// Measures.
pub fn measure() -> anyhow::Result<Section> {
    let (names, addresses) = (serde_json::to_vec(&names())?, serde_json::to_vec(&addresses())?);
    let (mut index, names_secs) = timed(|| Index::parse(&names));
    let index = index.as_mut().ok().context("the names are an index")?;
    let (added, addresses_secs) = timed(|| index.add_addresses(&addresses));
    added?;
    let ((), stops_secs) = timed(|| index.add_points(HitKind::Stop, stops()));
    let queries = queries();
    let mut times = Vec::new();
    for query in &queries {
        let tries = (0..5).map(|_| timed(|| index.find(query, Language::De, HITS)).1);
        times.push((median(tries.collect()) * 1e3, query));
    }
    let worst = times.iter().max_by(|one, other| one.0.total_cmp(&other.0)).context("there are queries")?;
    let typical_ms = median(times.iter().map(|(ms, _)| *ms).collect());
    let megabytes = |bytes: &[u8]| format!("{:.1} MB", bytes.len() as f64 / 1e6);
    Ok(Section {
        title: "Search",
        note: format!(
            "{} queries, every beginning of names, addresses and mistyped names, over {STREETS} streets, {} house \
             numbers and {STOPS} stops, on one core; median of 5.",
            queries.len(),
            STREETS * HOUSES_PER_STREET
        ),
        rows: vec![
            Row::new("a query: median", format!("{typical_ms:.2} ms")),
            Row::new(format!("a query: slowest (\"{}\")", worst.1), format!("{:.2} ms", worst.0))
                .aims_at("less than 5 ms", worst.0 < MOST_MS),
            Row::new("names.json", format!("{}, read in {:.0} ms", megabytes(&names), names_secs * 1e3)),
            Row::new("addresses.json", format!("{}, read in {:.0} ms", megabytes(&addresses), addresses_secs * 1e3)),
            Row::new("adding the stops", format!("{:.0} ms", stops_secs * 1e3)),
        ],
    })
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begin = Instant::now();
    let done = work();
    (done, begin.elapsed().as_secs_f64())
}

const BEGINNINGS: [&str; 50] = [
    "Ahorn",
    "Amsel",
    "Bavaria",
    "Berg",
    "Birken",
    "Brunn",
    "Buchen",
    "Dachauer",
    "Drossel",
    "Eichen",
    "Erlen",
    "Falken",
    "Finken",
    "Fliederer",
    "Forst",
    "Fürsten",
    "Garten",
    "Gärtner",
    "Goethe",
    "Hasel",
    "Hohen",
    "Isar",
    "Jäger",
    "Kaiser",
    "Kirch",
    "König",
    "Lerchen",
    "Linden",
    "Ludwigs",
    "Maximilian",
    "Meisen",
    "Mühl",
    "Münchner",
    "Nelken",
    "Nymphenburger",
    "Ober",
    "Platanen",
    "Quell",
    "Rosen",
    "Schiller",
    "Schwabinger",
    "Sendlinger",
    "Sonnen",
    "Tannen",
    "Ulmen",
    "Unter",
    "Veilchen",
    "Wald",
    "Wiesen",
    "Ziegel",
];
const MIDDLES: [&str; 20] = [
    "", "bach", "berg", "brunn", "dorf", "eck", "feld", "grund", "hain", "hof", "holz", "kamp", "moos", "ried", "see",
    "stein", "tal", "wald", "winkel", "zell",
];
const ENDINGS: [&str; 10] = ["straße", "weg", "platz", "gasse", "allee", "ring", " Straße", "-Anger", "steig", "ufer"];

fn street(number: usize) -> String {
    let (beginning, rest) = (BEGINNINGS[number % BEGINNINGS.len()], number / BEGINNINGS.len());
    let (middle, ending) = (MIDDLES[rest % MIDDLES.len()], ENDINGS[rest / MIDDLES.len() % ENDINGS.len()]);
    format!("{beginning}{middle}{ending}")
}

fn point(number: usize) -> PointRecord {
    PointRecord(11_400_000 + (number % 3000) as i32 * 100, 48_050_000 + (number / 3000) as i32 * 9_000, 560)
}

fn names() -> NamesFile {
    let record = |number: usize| StreetRecord(street(number), point(number), 300, vec![(number % 25) as u16], 0);
    let district = |number: usize| DistrictRecord(format!("{}er Stadtteil", BEGINNINGS[number]), point(number), 2000);
    NamesFile {
        format: NAMES_FORMAT.to_owned(),
        policy_hash: "0".to_owned(),
        towns: vec!["München".to_owned()],
        districts: (0..25).map(district).collect(),
        streets: (0..STREETS).map(record).collect(),
        places: Vec::new(),
    }
}

fn addresses() -> AddressesFile {
    let house = |street: usize, number: usize| {
        let (east, north) = (number as i32 * 90 - 900, (number % 2) as i32 * 200);
        let id = (4_000_000 + street * HOUSES_PER_STREET + number).to_string();
        HouseRecord((number + 1).to_string(), east, north, (number % 3) as i16, id, 1)
    };
    AddressesFile {
        format: ADDRESSES_FORMAT.to_owned(),
        policy_hash: "0".to_owned(),
        id_prefix: "DEBY_LOD2_".to_owned(),
        streets: (0..STREETS)
            .map(|street| (0..HOUSES_PER_STREET).map(|number| house(street, number)).collect())
            .collect(),
    }
}

fn stops() -> impl Iterator<Item = NamedPoint> {
    (0..STOPS).map(|number| NamedPoint {
        name: street(number * 2 + 1),
        detail: Text::new("Bus", "Bus"),
        lon_deg: 11.4 + number as f64 * 1e-4,
        lat_deg: 48.1,
        height_m: 560.0,
    })
}

/// Every beginning of what people type.
fn queries() -> Vec<String> {
    let whole = [
        "Sendlinger Straße 5",
        "Muenchner Freiheit",
        "Nymphenburgerstr. 12a, 80331 München",
        "Schwabingre Waldstrase 17",
        "straße ludwigs",
        "s 1",
        "Maximilianbergplatz",
        "xylophonstraße",
        "in der nähe vom alten wirtshaus am berg 3",
    ];
    let mut queries = Vec::new();
    for whole in whole {
        let mut typed = String::new();
        for letter in whole.chars() {
            // Writing to a string cannot fail.
            let _ = write!(typed, "{letter}");
            queries.push(typed.clone());
        }
    }
    queries
}
