//! Schemas, and what refers to them.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::super::validate_tileset;
use super::{check, glb, sound};

/// With metadata of every kind.
fn described() -> Value {
    let mut tileset = sound();
    tileset["schema"] = json!({
        "id": "city",
        "classes": { "house": { "properties": {
            "id": { "type": "STRING", "required": true, "semantic": "ID" },
            "height": { "type": "SCALAR", "componentType": "INT8", "noData": -128, "min": 0, "max": 127 },
            "share": { "type": "SCALAR", "componentType": "UINT8", "normalized": true, "scale": 2, "offset": 1 },
            "roof": { "type": "ENUM", "enumType": "roofs", "noData": "none" },
            "corner": { "type": "VEC2", "componentType": "FLOAT32", "noData": [-1.5, 0], "array": true, "count": 2 },
        } } },
        "enums": { "roofs": { "valueType": "UINT8", "values": [
            { "name": "flat", "value": 0 }, { "name": "none", "value": 255 },
        ] } },
    });
    tileset["statistics"] = json!({ "classes": { "house": { "count": 1, "properties": { "height": { "max": 9 } } } } });
    tileset["groups"] = json!([{ "class": "house", "properties": { "id": "a" } }]);
    tileset["metadata"] = json!({ "class": "house", "properties": { "id": "b", "height": 3 } });
    tileset["properties"] = json!({ "height above ground": { "minimum": 0, "maximum": 9 } });
    tileset["root"]["children"][0]["content"]["group"] = 0.into();
    tileset
}

fn check_described(change: impl FnOnce(&mut Value), expected: Expect) {
    check(
        |tileset| {
            *tileset = described();
            change(tileset);
        },
        expected,
    );
}

#[test]
fn metadata_refers_to_what_is_there() {
    check_described(|_| {}, expect![[""]]);
    check_described(|t| t["schemaUri"] = "schema.json".into(), expect!["tileset.json#: has schema and schemaUri"]);
    check_described(
        |t| t["groups"][0]["class"] = "tree".into(),
        expect!["tileset.json#/groups/0: class tree is not in the schema"],
    );
    check_described(
        |t| t["metadata"]["properties"] = json!({ "width": 1 }),
        expect![[r#"
        tileset.json#/metadata: width is no property of house
        tileset.json#/metadata: has no id, which its class requires"#]],
    );
    check_described(|t| t["root"]["metadata"] = json!({}), expect!["tileset.json#/root/metadata: has no class"]);
    check_described(
        |t| t["statistics"]["classes"]["house"]["properties"] = json!({ "width": {} }),
        expect!["tileset.json#/statistics/classes/house: width is no property of house"],
    );
    check_described(
        |t| t["root"]["children"][0]["content"]["group"] = 1.into(),
        expect!["tileset.json#/root/children/0: has a content of a group that is not there"],
    );
    check_described(
        |t| t["properties"]["width"] = json!({ "minimum": "0" }),
        expect![[r#"
        tileset.json#/properties/width: minimum is no number
        tileset.json#/properties/width: has no maximum"#]],
    );
    check_described(
        |t| t["schema"]["classes"] = json!({ "1house": {} }),
        expect![[r#"
        tileset.json#/schema: classes is no object by identifiers, or an empty one
        tileset.json#/metadata: class house is not in the schema
        tileset.json#/groups/0: class house is not in the schema
        tileset.json#/statistics/classes/house: class house is not in the schema"#]],
    );
}

/// Each of many held against each of many would take for ever.
#[test]
fn metadata_of_any_size_comes_to_an_end() {
    const MANY: usize = 100_000;
    let numbered = |value: Value| -> Value {
        (0..MANY).map(|n| (format!("p{n}"), value.clone())).collect::<serde_json::Map<_, _>>().into()
    };
    let no_data = vec![json!("no name"); MANY];
    check_described(
        |t| {
            t["schema"]["classes"]["house"]["properties"] = numbered(json!({ "type": "ENUM", "enumType": "roofs" }));
            t["schema"]["classes"]["house"]["properties"]["p0"]["noData"] = no_data.into();
            t["schema"]["classes"]["tree"] =
                json!({ "properties": numbered(json!({ "type": "STRING", "required": true })) });
            t["schema"]["enums"]["roofs"]["valueType"] = "UINT32".into();
            t["schema"]["enums"]["roofs"]["values"] =
                (0..MANY).map(|n| json!({ "name": format!("v{n}"), "value": n })).collect();
            t["groups"] = vec![json!({ "class": "tree", "properties": numbered(json!("")) })].into();
            t["statistics"] = json!({});
            t["metadata"] = json!({ "class": "house" });
        },
        expect!["tileset.json#/schema/classes/house/properties/p0: has noData that is no name of its enum"],
    );
    let mut tileset = described();
    tileset["schema"]["classes"]["tree"] =
        json!({ "properties": numbered(json!({ "type": "STRING", "required": true })) });
    tileset["groups"] = vec![json!({ "class": "tree" }); MANY].into();
    let findings = validate_tileset(tileset.to_string().as_bytes(), &|_| Some(glb()));
    assert!(findings.len() > MANY / 20, "{}", findings.len());
}

#[test]
fn enums_hold_each_value_once() {
    let with = |values: Value| move |t: &mut Value| t["schema"]["enums"]["roofs"]["values"] = values;
    let (flat, none) = (json!({ "name": "flat", "value": 0 }), json!({ "name": "none", "value": 0 }));
    let twice = expect!["tileset.json#/schema/enums/roofs: has a name or a value twice"];
    check_described(with(json!([flat, none])), twice);
    check_described(
        with(json!([flat, { "name": "none", "value": 256 }])),
        expect!["tileset.json#/schema/enums/roofs: has a value that is no UINT8"],
    );
    check_described(
        with(json!([{ "name": "none", "value": 0.5 }])),
        expect!["tileset.json#/schema/enums/roofs/values/0: value is no whole number"],
    );
}

#[test]
fn properties_of_classes_are_what_they_say() {
    let faults = |property: Value| {
        let mut tileset = described();
        tileset["schema"]["classes"]["house"]["properties"]["new"] = property;
        let findings = validate_tileset(tileset.to_string().as_bytes(), &|_| Some(glb()));
        // Whoever has metadata of the class lacks what is required; that is not asked here.
        let of_schema = findings.into_iter().filter(|finding| finding.place.contains("#/schema/"));
        of_schema.map(|finding| finding.message).collect::<Vec<_>>().join("; ")
    };
    for (property, expected) in [
        (json!({}), "has no type"),
        (
            json!({ "type": "TEXT" }),
            "type is none of SCALAR, VEC2, VEC3, VEC4, MAT2, MAT3, MAT4, STRING, BOOLEAN, ENUM",
        ),
        (json!({ "type": "SCALAR" }), "has numbers without componentType"),
        (json!({ "type": "STRING", "componentType": "INT8" }), "has a componentType without numbers"),
        (json!({ "type": "ENUM", "enumType": "walls" }), "has an enumType that is not in the schema"),
        (json!({ "type": "STRING", "enumType": "roofs" }), "has an enumType and is no enum"),
        (json!({ "type": "STRING", "count": 2 }), "has a count and is no array"),
        (json!({ "type": "STRING", "array": true, "count": 1 }), "count is no whole number from 2 on"),
        (
            json!({ "type": "SCALAR", "componentType": "FLOAT32", "normalized": true }),
            "is normalized and has no whole numbers",
        ),
        (json!({ "type": "SCALAR", "componentType": "INT8", "scale": 2 }), "has offset or scale and no fractions"),
        (json!({ "type": "STRING", "min": 1 }), "has min or max and no numbers"),
        (json!({ "type": "STRING", "required": true, "noData": "" }), "is required and has noData or default"),
        (json!({ "type": "BOOLEAN", "noData": false }), "has noData, which booleans cannot have"),
        (json!({ "type": "ENUM", "enumType": "roofs", "noData": "gable" }), "has noData that is no name of its enum"),
        (
            json!({ "type": "SCALAR", "componentType": "INT8", "noData": 128 }),
            "has noData that its componentType cannot hold",
        ),
        (json!({ "type": "STRING", "semantic": "ID" }), "has the semantic of another property"),
        (json!({ "type": "STRING", "name": "" }), "name is no text, or an empty one"),
        (json!({ "type": "STRING", "required": 1 }), "required is neither true nor false"),
    ] {
        assert_eq!(faults(property.clone()), expected, "{property}");
    }
}
