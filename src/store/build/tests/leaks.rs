//! What must not get out does not: planted values are looked for in every byte of the public release, and the release
//! does not change when everything that is kept back does.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{all_files, build_at, write_sample};
use crate::privacy::Audience;
use crate::sample::CANARIES;
use crate::tiles::decoded_strings;
use crate::twin::TwinDescription;

const TABLE: &str = "tables/attributes.csv";

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
    let path = sources.join("policy.toml");
    let policy = fs::read_to_string(&path).unwrap();
    let open = policy.replacen("names = [\"owner\", ", "names = [", 1).replacen("\n[[attribute]]\n", OPEN_OWNER, 1);
    fs::write(&path, open).unwrap();
    build_at(&sources, &out, &[Audience::Citizen]).unwrap();
    let found = leaks(&out.join("public"), &planted);
    for canary in planted {
        assert!(found.iter().any(|leak| leak.ends_with(canary)), "the scan does not find {canary}");
    }
}

const OPEN_OWNER: &str = r#"
[[attribute]]
name = "owner"
class = "public"
type = "text"
label = { de = "Eigentum", en = "Owner" }
legal_basis = { de = "keine", en = "none" }
why = { de = "Nur für die Gegenprobe.", en = "For the control only." }
release.citizen = { op = "as_is" }

[[attribute]]
"#;

/// Gives every row of the table another row's values in all columns that are not released, so that types and codes stay
/// right and nearly every value changes.
fn shuffle_table(path: &Path, released: &BTreeSet<String>) -> usize {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(&header).unwrap();
    let mut changed = 0;
    for (index, row) in rows.iter().enumerate() {
        let other = &rows[(index + 1) % rows.len()];
        let cells = header.iter().enumerate().map(|(column, name)| {
            let stays = name == "gml_id" || released.contains(name);
            let cell = if stays { &row[column] } else { &other[column] };
            changed += usize::from(cell != &row[column]);
            cell
        });
        writer.write_record(cells.collect::<Vec<_>>()).unwrap();
    }
    writer.flush().unwrap();
    changed
}

/// Replaces the values of all generic attributes that are not released, and gives how many.
fn replace_generic(path: &Path, released: &BTreeSet<String>) -> usize {
    let text = fs::read_to_string(path).unwrap();
    let mut changed = 0;
    let mut is_hidden = false;
    let lines = text.lines().map(|line| {
        if let Some(rest) = line.trim().strip_prefix("<gen:stringAttribute name=\"") {
            is_hidden = !released.contains(rest.split('"').next().unwrap());
        }
        if is_hidden && line.trim().starts_with("<gen:value>") {
            changed += 1;
            is_hidden = false;
            return "<gen:value>something quite different</gen:value>".to_owned();
        }
        line.to_owned()
    });
    let lines: Vec<String> = lines.collect();
    fs::write(path, lines.join("\n") + "\n").unwrap();
    changed
}

#[test]
fn non_interference() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 300);
    build_at(&sources, &out, &[Audience::Citizen]).unwrap();
    let before = all_files(&out);
    let twin: TwinDescription = serde_json::from_slice(&before["public/twin.json"]).unwrap();
    let released: BTreeSet<String> = twin.attributes.into_iter().map(|attribute| attribute.name).collect();
    assert!(released.contains("measuredHeight") && !released.contains("owner"));

    let mut changed = shuffle_table(&sources.join(TABLE), &released);
    for entry in fs::read_dir(sources.join("citygml")).unwrap() {
        changed += replace_generic(&entry.unwrap().path(), &released);
    }
    assert!(changed > 300 * 10, "only {changed} values were changed");
    build_at(&sources, &out, &[Audience::Citizen]).unwrap();
    let after = all_files(&out);
    for (name, bytes) in &before {
        assert!(after.get(name) == Some(bytes), "{name} depends on something that is not released");
    }
    assert_eq!(before.len(), after.len());

    // The control: a released value does change the release.
    let path = sources.join(TABLE);
    let table = fs::read_to_string(&path).unwrap();
    fs::write(&path, table.replace(",BRW-", ",BRX-")).unwrap();
    build_at(&sources, &out, &[Audience::Citizen]).unwrap();
    assert!(all_files(&out) != before);
}
