//! What must not get out does not: planted values are looked for in every byte of the public release, and the release
//! does not change when everything that is kept back does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::replaced::{Other, TABLE, plant_hidden, replace_hidden, traits};
use super::{all_files, build_at, write_sample};
use crate::privacy::Audience;
use crate::sample::CANARIES;
use crate::tiles::decoded_strings;
use crate::twin::TwinDescription;

/// Where a planted value stands in the release, in plain bytes, in UTF-16, or in anything that a format encodes.
fn leaks(public: &Path, needles: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, bytes) in all_files(public) {
        let texts = texts(&name, &bytes);
        for needle in needles {
            let is_in_text =
                texts.iter().chain([&name]).any(|text| text.to_lowercase().contains(&needle.to_lowercase()));
            if is_in_text || encodings(needle).iter().any(|code| contains(&bytes, code)) {
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
    !needle.is_empty() && bytes.windows(needle.len()).any(|window| window == needle)
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
