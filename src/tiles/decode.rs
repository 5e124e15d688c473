//! Everything that a glb says in words or numbers, decoded: what the tests of a release scan for values that must not
//! be there. A raw scan of the bytes would miss most encodings.

use serde_json::Value;

/// Every text of a glb: names and texts of its JSON, and each value of each property table, numbers written out
/// (`12`, `0.5`). What is broken is left out; other files give nothing.
pub fn decoded_strings(glb: &[u8]) -> Vec<String> {
    let Some((json, bin)) = chunks(glb) else { return Vec::new() };
    let Ok(json) = serde_json::from_slice::<Value>(json) else { return Vec::new() };
    let mut found = Vec::new();
    json_strings(&json, &mut found);
    let metadata = &json["extensions"]["EXT_structural_metadata"];
    for table in metadata["propertyTables"].as_array().into_iter().flatten() {
        let class = &metadata["schema"]["classes"][table["class"].as_str().unwrap_or_default()];
        for (name, column) in table["properties"].as_object().into_iter().flatten() {
            let property = &class["properties"][name];
            found.extend(column_strings(&json, bin, column, property, &metadata["schema"]["enums"]));
        }
    }
    found
}

/// The JSON chunk and the binary one, empty where there is none (glTF 2.0 § 4.4). The gltf crate's own reader overflows
/// on lengths that are too small.
fn chunks(glb: &[u8]) -> Option<(&[u8], &[u8])> {
    const HEADER: usize = 12;
    let chunk = |at: usize| {
        let length = u32::from_le_bytes(*glb.get(at..)?.first_chunk()?) as usize;
        glb.get(at + 8..)?.get(..length)
    };
    let json = glb.starts_with(b"glTF").then(|| chunk(HEADER)).flatten()?;
    Some((json, chunk(HEADER + 8 + json.len()).unwrap_or_default()))
}

fn json_strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| json_strings(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                found.push(name.clone());
                json_strings(member, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn column_strings(json: &Value, bin: &[u8], column: &Value, property: &Value, enums: &Value) -> Vec<String> {
    let Some(values) = view(json, bin, &column["values"]) else { return Vec::new() };
    if property["type"] == "STRING" {
        let Some(offsets) = view(json, bin, &column["stringOffsets"]) else { return Vec::new() };
        let kind = column["stringOffsetType"].as_str().unwrap_or("UINT32");
        return texts(values, &numbers(offsets, kind));
    }
    let enum_type = &enums[property["enumType"].as_str().unwrap_or_default()];
    let kind = property["componentType"].as_str().or(enum_type["valueType"].as_str()).unwrap_or("UINT16");
    numbers(values, kind)
}

fn texts(values: &[u8], offsets: &[String]) -> Vec<String> {
    let offsets: Vec<usize> = offsets.iter().filter_map(|offset| offset.parse().ok()).collect();
    let pairs = offsets.iter().zip(offsets.iter().skip(1));
    let texts = pairs.filter_map(|(&start, &end)| values.get(start..end));
    texts.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
}

/// Little-endian numbers of a component type (3D Metadata Specification, "Component Type"), as text.
fn numbers(bytes: &[u8], kind: &str) -> Vec<String> {
    fn each<const N: usize, T: ToString>(bytes: &[u8], of: impl Fn([u8; N]) -> T) -> Vec<String> {
        bytes.as_chunks::<N>().0.iter().map(|chunk| of(*chunk).to_string()).collect()
    }
    match kind {
        "INT8" => each(bytes, i8::from_le_bytes),
        "UINT8" => each(bytes, u8::from_le_bytes),
        "INT16" => each(bytes, i16::from_le_bytes),
        "UINT16" => each(bytes, u16::from_le_bytes),
        "INT32" => each(bytes, i32::from_le_bytes),
        "UINT32" => each(bytes, u32::from_le_bytes),
        "INT64" => each(bytes, i64::from_le_bytes),
        "UINT64" => each(bytes, u64::from_le_bytes),
        "FLOAT32" => each(bytes, f32::from_le_bytes),
        "FLOAT64" => each(bytes, f64::from_le_bytes),
        _ => Vec::new(),
    }
}

fn view<'a>(json: &Value, bin: &'a [u8], index: &Value) -> Option<&'a [u8]> {
    let view = json["bufferViews"].get(usize::try_from(index.as_u64()?).ok()?)?;
    let start = usize::try_from(view["byteOffset"].as_u64().unwrap_or(0)).ok()?;
    let length = usize::try_from(view["byteLength"].as_u64()?).ok()?;
    bin.get(start..start.checked_add(length)?)
}
