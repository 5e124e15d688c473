//! What must not get out does not: planted values are looked for in every byte of the public release, and the release
//! does not change when everything that is kept back does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::replaced::{Other, TABLE, plant_hidden, replace_hidden, traits};
use super::{all_files, build_at, options, write_sample};
use crate::city::CityConfig;
use crate::privacy::Audience;
use crate::report::Report;
use crate::sample::{CANARIES, DEFAULT_BUILDINGS};
use crate::store::build::Quiet;
use crate::tiles::decoded_strings;
use crate::twin::TwinDescription;

/// Where a planted value stands in the release, in plain bytes, in UTF-16, or in anything that a format encodes.
fn leaks(public: &Path, needles: &[&str]) -> Vec<String> {
    let small: Vec<String> = needles.iter().map(|needle| needle.to_lowercase()).collect();
    let mut found = Vec::new();
    for (name, bytes) in all_files(public) {
        let texts: Vec<String> = texts(&name, &bytes).iter().chain([&name]).map(|text| text.to_lowercase()).collect();
        for (needle, small) in needles.iter().zip(&small) {
            let is_in_text = texts.iter().any(|text| text.contains(small.as_str()));
            if is_in_text || encodings(needle).iter().any(|code| contains(&bytes, code)) || has_number(&bytes, needle) {
                found.push(format!("{name}: {needle}"));
            }
        }
    }
    found
}

/// Everything that a file says in words, decoded. Fails for a file of a format that this cannot decode: such a file
/// would be a place to hide in.
fn texts(name: &str, bytes: &[u8]) -> Vec<String> {
    if name.ends_with(".glb") {
        return decoded_strings(bytes);
    }
    assert!(name.ends_with("json"), "{name} is of a format that the scan does not know");
    let mut found = Vec::new();
    strings(&serde_json::from_slice(bytes).unwrap(), &mut found);
    found
}

fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            found.push(name.clone());
            strings(value, found);
        }),
        _ => {}
    }
}

fn encodings(needle: &str) -> Vec<Vec<u8>> {
    let utf16: Vec<u16> = needle.encode_utf16().collect();
    let latin1 = needle.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    let escaped = serde_json::to_string(needle).unwrap().trim_matches('"').as_bytes().to_vec();
    let little = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big = utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    vec![needle.as_bytes().to_vec(), latin1, escaped, little, big]
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && memchr::memmem::find(bytes, needle).is_some()
}

/// Whether a number stands in the bytes as computers write it: a long one anywhere, a short one where glTF puts it, at a
/// multiple of its size. Any other place would be found by chance.
fn has_number(bytes: &[u8], needle: &str) -> bool {
    let Ok(number) = needle.parse::<f64>() else { return false };
    let long = [number.to_le_bytes(), (number as i64).to_le_bytes()];
    let short = [(number as f32).to_le_bytes(), (number as i32).to_le_bytes()];
    long.iter().any(|code| contains(bytes, code)) || bytes.as_chunks::<4>().0.iter().any(|found| short.contains(found))
}

/// What a city's file does not name of its places leaves nothing behind, and nothing of a building changes them.
#[test]
fn places_are_made_of_what_is_named_alone() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    let points = |out: &Path| -> BTreeMap<String, Vec<u8>> {
        all_files(out).into_iter().filter(|(name, _)| name.contains("points/")).collect()
    };
    build_at(&sources, &out, &[Audience::Citizen, Audience::Planner]).unwrap();
    let before = points(&out);
    assert_eq!(before.len(), 12, "six layers for either audience");
    let stops = String::from_utf8(before["public/points/stops.json"].clone()).unwrap();
    let marienplatz = stops.lines().find(|line| line.contains("Marienplatz")).unwrap();
    // 519 m above the sea there, and the ellipsoid 45.9 m below that.
    assert!(
        marienplatz.starts_with("{\"name\":\"Marienplatz\",\"note\":\"U3, U6, S-Bahn\",\"at\":[11.5754"),
        "{marienplatz}"
    );
    let height_m: f64 =
        marienplatz.rsplit(',').find_map(|part| part.trim_end_matches(['}', ']']).parse().ok()).unwrap();
    assert!((height_m - 564.9).abs() < 3.0, "{height_m}");

    let schools = sources.join("points/schools.geojson");
    let text = fs::read_to_string(&schools).unwrap();
    let planted = text.replace("\"name\":", "\"head\":\"Canaria Geheimnisträgerin\",\"pupils\":4711,\"name\":");
    assert!(planted.matches("Geheimnis").count() > 5);
    fs::write(&schools, planted).unwrap();
    let table = fs::read_to_string(sources.join(TABLE)).unwrap();
    fs::write(sources.join(TABLE), table.replace(CANARIES[0], "Wer auch immer")).unwrap();
    build_at(&sources, &out, &[Audience::Citizen, Audience::Planner]).unwrap();
    assert_eq!(points(&out), before);
    assert_eq!(leaks(&out, &["Geheimnisträgerin", "Wer auch immer"]), Vec::<String>::new());
}

#[test]
fn no_owner_is_in_any_byte_of_the_public_release() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 300);
    let table = fs::read_to_string(sources.join(TABLE)).unwrap();
    let planted: Vec<&str> = CANARIES.iter().copied().filter(|canary| table.contains(canary)).collect();
    assert!(!planted.is_empty(), "the sample plants nothing");
    build_at(&sources, &out, &[Audience::Citizen, Audience::Planner]).unwrap();
    assert_eq!(leaks(&out, &planted), Vec::<String>::new());

    // The control: a policy that lets owners out. Every planted value must be found, or the scan above means nothing.
    open(&sources.join("policy.toml"));
    build_at(&sources, &out, &[Audience::Citizen]).unwrap();
    let found = leaks(&out.join("public"), &planted);
    for canary in planted {
        assert!(found.iter().any(|leak| leak.ends_with(canary)), "the scan does not find {canary}");
    }
}

/// Numbers about people and their homes, and one with a fraction.
const NUMBERS: [(&str, &str); 8] = [
    ("dwelling_units", "71234561"),
    ("living_area_m2", "72345617"),
    ("energy_demand_kwh_m2a", "73456171"),
    ("installed_pv_kw", "7456171.25"),
    ("solar_yield_kwh_a", "75617123"),
    ("residents", "76171234"),
    ("households", "77123456"),
    ("purchase_price_eur", "78912345"),
];

/// Puts each of the numbers into its column, in a row of its own.
fn plant_numbers(path: &Path) {
    let text = fs::read_to_string(path).unwrap();
    let mut rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    for (row, (name, number)) in (3..).zip(NUMBERS) {
        let column = rows[0].iter().position(|column| *column == name).unwrap();
        rows[row][column] = number;
    }
    let rows: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
    fs::write(path, rows.join("\n") + "\n").unwrap();
}

/// In the sample as it is shipped: neither an owner nor a number about people.
#[test]
fn no_private_value_is_in_any_byte_of_the_sample_as_shipped() {
    let planted: Vec<&str> = NUMBERS.iter().map(|(_, number)| *number).chain(CANARIES.iter().copied()).collect();
    let leaks_of = |buildings: usize, change_policy: &dyn Fn(&Path)| {
        let root = tempfile::tempdir().unwrap();
        let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
        write_sample(&sources, buildings);
        plant_numbers(&sources.join(TABLE));
        change_policy(&sources.join("policy.toml"));
        build_at(&sources, &out, &[Audience::Citizen]).unwrap();
        leaks(&out, &planted)
    };
    assert_eq!(leaks_of(DEFAULT_BUILDINGS, &|_| ()), Vec::<String>::new());
    // The control: a policy that tells who owns a house and how many live there.
    let found = leaks_of(60, &open);
    let (_, residents) = NUMBERS[5];
    assert!(found.iter().any(|leak| leak.ends_with(&format!(".glb: {residents}"))), "{found:?}");
    let is_let_out = |leak: &String| leak.ends_with(residents) || CANARIES.iter().any(|name| leak.ends_with(name));
    assert!(found.iter().all(is_let_out), "{found:?}");
}

/// Whichever way it is written.
#[test]
fn the_scan_finds_numbers() {
    let in_glb = |bytes: &[u8]| has_number(&[&[1, 2, 3, 4], bytes].concat(), "7456171.25");
    assert!(in_glb(&7_456_171.25_f64.to_le_bytes()) && in_glb(&(7_456_171.25_f64 as f32).to_le_bytes()));
    assert!(in_glb(&7_456_171_i64.to_le_bytes()) && in_glb(&7_456_171_i32.to_le_bytes()));
    assert!(!in_glb(&7_456_172_i32.to_le_bytes()) && !has_number(b"abcd", "Kanarie"));
}

/// The sample's table with the zone, which everyone may read, and the owner behind all other columns, and the number of a
/// row with a planted owner.
fn zone_beside_owner(table: &str) -> (Vec<String>, usize) {
    let mut rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    for name in ["land_value_zone", "owner"] {
        let column = rows[0].iter().position(|column| *column == name).unwrap();
        for row in &mut rows {
            let cell = row.remove(column);
            row.push(cell);
        }
    }
    let planted = rows.iter().position(|row| CANARIES.contains(row.last().unwrap())).unwrap();
    (rows.iter().map(|row| row.join(",")).collect(), planted)
}

/// The slips that once put an owner under the zone's name: a mark too many, a cell too few.
#[test]
fn a_slip_in_a_table_lets_nobody_out() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 300);
    let (lines, row) = zone_beside_owner(&fs::read_to_string(sources.join(TABLE)).unwrap());
    let mut city = CityConfig::load(&sources.join("city.toml")).unwrap();
    // This table alone, so that the buildings that it is joined to can be counted.
    city.sources.iter_mut().find(|source| source.id == "facts").unwrap().paths = vec![TABLE.to_owned()];
    let build = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        fs::write(sources.join(TABLE), lines.join("\n") + "\n").unwrap();
        let mut report = Report::default();
        let built = crate::store::build::build(&city, &options(&city, &out, &[Audience::Citizen]), &Quiet, &mut report);
        let words = |text: String| text.replace(&format!("{}/", sources.display()), "");
        built.map(|summary| (summary.joined, report.total())).map_err(|error| words(error.to_string()))
    };
    assert_eq!(build(&|_| {}), Ok((300, 0)));
    let is_tight = || assert_eq!(leaks(&out, CANARIES), Vec::<String>::new());
    let stray = |line: &str| line.replace(",BRW-", ",\"BRW-");
    let error = format!("{TABLE}:{}: a quotation mark is opened here and never closed", row + 1);
    assert_eq!(build(&|lines| lines[row] = stray(&lines[row])), Err(error));
    // Closed by the first mark of a later row: what lies between is lost, and is nobody's zone.
    let closed = build(&|lines| {
        lines[row] = stray(&lines[row]);
        let (before, owner) = lines[row + 2].rsplit_once(',').unwrap();
        lines[row + 2] = format!("{before},\"{owner}\"");
    });
    assert_eq!(closed, Ok((297, 1)));
    is_tight();
    let short = build(&|lines| {
        let cells: Vec<&str> = lines[row].split(',').filter(|cell| !cell.starts_with("BRW-")).collect();
        lines[row] = cells.join(",");
    });
    assert_eq!(short, Ok((299, 1)));
    is_tight();
    // One too few and one too many: of the right width, but a number stands where a class of floods should.
    let shifted = build(&|lines| {
        let cells: Vec<&str> = lines[row].split(',').collect();
        lines[row] = [&cells[..1], &cells[2..], &["GmbH"]].concat().join(",");
    });
    let said = shifted.unwrap_err();
    assert!(said.starts_with("citygml/") && said.contains(" of the attribute \"flood_zone\""), "{said}");
    assert!(!CANARIES.iter().any(|canary| said.contains(canary)), "{said}");
}

/// A row that cannot be read might be the one that says that a place is sensitive.
#[test]
fn a_table_of_sensitive_places_is_read_whole_or_not_at_all() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    let table = fs::read_to_string(sources.join(TABLE)).unwrap();
    let with = |cells: [&str; 3]| {
        let mut rows: Vec<String> = table.lines().map(str::to_owned).collect();
        rows[0].push_str(",function");
        for (row, cell) in rows[1..].iter_mut().zip(cells.iter().chain(std::iter::repeat(&","))) {
            row.push_str(cell);
        }
        fs::write(sources.join(TABLE), rows.join("\n")).unwrap();
        build_at(&sources, &out, &[Audience::Citizen]).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(with([",", ",", ","]), Ok(()));
    let error = with([",", ",", ""]).unwrap_err();
    assert!(
        error
            .ends_with("attributes.csv: 1 rows are left out, and any might name a sensitive place by its \"function\""),
        "{error}"
    );
}

/// Makes a policy let out who owns a house and how many live there.
fn open(path: &Path) {
    const HIDDEN: &str = "names = [\"owner\", \"residents\", ";
    let policy = fs::read_to_string(path).unwrap();
    assert!(policy.contains(HIDDEN));
    let open = policy.replacen(HIDDEN, "names = [", 1).replacen("\n[[attribute]]\n", OPEN_PEOPLE, 1);
    fs::write(path, open).unwrap();
}

const OPEN_PEOPLE: &str = r#"
[[attribute]]
name = "owner"
class = "public"
type = "text"
label = { de = "Eigentum", en = "Owner" }
legal_basis = { de = "keine", en = "none" }
why = { de = "Nur für die Gegenprobe.", en = "For the control only." }
release.citizen = { op = "as_is" }

[[attribute]]
name = "residents"
class = "public"
type = "integer"
label = { de = "Personen", en = "Residents" }
legal_basis = { de = "keine", en = "none" }
why = { de = "Nur für die Gegenprobe.", en = "For the control only." }
release.citizen = { op = "as_is" }

[[attribute]]
"#;

/// What the public release of a sample of so many buildings is, by a policy, before and after everything hidden in it is
/// replaced.
fn before_and_after(buildings: usize, how: &[Other], change_policy: impl Fn(&Path)) -> Vec<BTreeMap<String, Vec<u8>>> {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, buildings);
    plant_hidden(&sources);
    let twin = || {
        build_at(&sources, &out, &[Audience::Citizen]).unwrap();
        all_files(&out)
    };
    let released = released(&twin()["public/twin.json"]);
    assert!(released.contains("measuredHeight") && !released.contains("owner"));
    change_policy(&sources.join("policy.toml"));
    let mut twins = vec![twin()];
    for &how in how {
        let traits_before = traits(&sources, &released);
        let changed = replace_hidden(&sources, &released, how);
        assert!(changed > buildings * 20, "only {changed} values were changed");
        for ((name, before), (_, after)) in traits_before.iter().zip(traits(&sources, &released)) {
            // Whatever a leak could be made of has changed; a yes or no has nothing but its values.
            assert!(before.least != after.least && before.bytes != after.bytes, "{name}: {before:?} {after:?}");
            let is_switch = matches!(before.greatest.as_str(), "true" | "false");
            let is_new = before.greatest != after.greatest && before.distinct != after.distinct;
            assert!(is_switch || is_new, "{name}: {before:?} {after:?}");
        }
        twins.push(twin());
    }
    twins
}

fn released(twin: &[u8]) -> BTreeSet<String> {
    let twin: TwinDescription = serde_json::from_slice(twin).unwrap();
    twin.attributes.into_iter().map(|attribute| attribute.name).collect()
}

fn differing(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
}

#[test]
fn non_interference() {
    for twins in before_and_after(300, &[Other::OfItsType, Other::OfAnyType], |_| {}).windows(2) {
        assert_eq!(differing(&twins[0], &twins[1]), [""; 0], "these depend on something that is not released");
    }
}

/// The control of the test above: a policy that lets owners and residents out. The same replacement then shows in the
/// tiles and in what the tileset says of its columns; and so does a change of what is released in any case.
#[test]
fn interference_is_found() {
    let twins = before_and_after(60, &[Other::OfItsType], open);
    let differing = differing(&twins[0], &twins[1]);
    assert!(differing.iter().any(|name| name.ends_with(".glb")), "{differing:?}");
    assert!(differing.iter().any(|name| name == "public/tiles/tileset.json"), "{differing:?}");
    let lengths = |twin: &BTreeMap<String, Vec<u8>>| twin.values().map(Vec::len).sum::<usize>();
    assert!(lengths(&twins[0]) != lengths(&twins[1]), "lengths give it away");

    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 20);
    build_at(&sources, &out, &[Audience::Citizen]).unwrap();
    let before = all_files(&out);
    let table = fs::read_to_string(sources.join(TABLE)).unwrap();
    fs::write(sources.join(TABLE), table.replace(",BRW-", ",BRX-")).unwrap();
    build_at(&sources, &out, &[Audience::Citizen]).unwrap();
    assert!(all_files(&out) != before);
}
