//! Property tables of EXT_structural_metadata with feature ids of EXT_mesh_features.

use expect_test::{Expect, expect};
use serde_json::{Map, Value, json};

use super::{decode, summary};
use crate::stream::tests::fixtures::GlbBuilder;

/// One triangle of feature 1 in a table of three rows, with one property a call of [`Table::add`].
#[derive(Default)]
pub(super) struct Table {
    builder: GlbBuilder,
    class: Map<String, Value>,
    stored: Map<String, Value>,
}

impl Table {
    /// A property with its class definition and its buffers.
    pub fn add(mut self, name: &str, class: Value, values: &[u8], offsets: &[(&str, &[u8])]) -> Self {
        let mut stored = json!({"values": self.builder.view(values)});
        for (kind, bytes) in offsets {
            stored[*kind] = json!(self.builder.view(bytes));
        }
        self.class.insert(name.to_owned(), class);
        self.stored.insert(name.to_owned(), stored);
        self
    }

    /// A property of the class that the table does not store.
    pub fn absent(mut self, name: &str, class: Value) -> Self {
        self.class.insert(name.to_owned(), class);
        self
    }

    pub fn finish(mut self, ids: Value) -> Vec<u8> {
        let position = self.builder.vec3(&[[0., 0., 0.], [1., 0., 0.], [0., 1., 0.]]);
        let id = self.builder.accessor(&[1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], 5121, "SCALAR", 3);
        // Every id on four bytes, as the standard asks for.
        self.builder.strided(4);
        self.builder.finish(json!({
            "extensionsUsed": ["EXT_mesh_features", "EXT_structural_metadata"],
            "nodes": [{"mesh": 0}],
            "extensions": {"EXT_structural_metadata": {
                "schema": {
                    "id": "s",
                    "classes": {"building": {"properties": self.class}},
                    "enums": {"roof": {"valueType": "UINT8", "values": [
                        {"name": "flat", "value": 0}, {"name": "gabled", "value": 2}, {"name": "none", "value": 255},
                    ]}},
                },
                "propertyTables": [{"class": "building", "count": 3, "properties": self.stored}],
            }},
            "meshes": [{"primitives": [{
                "attributes": {"POSITION": position, "_FEATURE_ID_0": id},
                "extensions": {"EXT_mesh_features": {"featureIds": [ids]}},
            }]}],
        }))
    }
}

fn by_attribute() -> Value {
    json!({"featureCount": 3, "attribute": 0, "propertyTable": 0, "nullFeatureId": 9})
}

fn check(table: Table, expected: Expect) {
    expected.assert_eq(&match decode(table.finish(by_attribute())) {
        Ok(decoded) => summary(&decoded),
        Err(error) => error.to_string(),
    });
}

fn u32s(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

pub(super) fn strings() -> Table {
    let class = json!({"type": "STRING", "noData": "-"});
    Table::default().add("id", class, "DEBY_1-Straße".as_bytes(), &[("stringOffsets", &u32s(&[0, 6, 7, 14]))])
}

#[test]
fn strings_enums_and_booleans() {
    check(
        strings().add("roof", json!({"type": "ENUM", "enumType": "roof", "noData": "none"}), &[2, 255, 7], &[]).add(
            "listed",
            json!({"type": "BOOLEAN"}),
            &[0b101],
            &[],
        ),
        expect![[r#"
            Other { color: [255, 255, 255, 255] } 3 vertices [0, 1, 2] at [0, 0, 0] box [0, 0, 0] [1, 0, 1]
              features [1, 1, 1]
            id: [Some(Text("DEBY_1")), None, Some(Text("Straße"))]
            roof: [Some(Text("gabled")), None, Some(Integer(7))]
            listed: [Some(Boolean(true)), Some(Boolean(false)), Some(Boolean(true))]
        "#]],
    );
}

#[test]
fn numbers_of_every_type() {
    let mut table = Table::default();
    let bytes = [1_u8, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255];
    for kind in ["INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "UINT64"] {
        table = table.add(kind, json!({"type": "SCALAR", "componentType": kind}), &bytes, &[]);
    }
    let floats = [1.5_f32, -2.0, 1e9].map(f32::to_le_bytes).concat();
    let doubles = [1.5_f64, -2.0, 0.1].map(f64::to_le_bytes).concat();
    table = table.add("FLOAT32", json!({"type": "SCALAR", "componentType": "FLOAT32"}), &floats, &[]);
    table = table.add("FLOAT64", json!({"type": "SCALAR", "componentType": "FLOAT64"}), &doubles, &[]);
    check(
        table,
        expect![[r#"
        Other { color: [255, 255, 255, 255] } 3 vertices [0, 1, 2] at [0, 0, 0] box [0, 0, 0] [1, 0, 1]
          features [1, 1, 1]
        INT8: [Some(Integer(1)), Some(Integer(0)), Some(Integer(0))]
        UINT8: [Some(Integer(1)), Some(Integer(0)), Some(Integer(0))]
        INT16: [Some(Integer(1)), Some(Integer(0)), Some(Integer(0))]
        UINT16: [Some(Integer(1)), Some(Integer(0)), Some(Integer(0))]
        INT32: [Some(Integer(1)), Some(Integer(0)), Some(Integer(2))]
        UINT32: [Some(Integer(1)), Some(Integer(0)), Some(Integer(2))]
        INT64: [Some(Integer(1)), Some(Integer(2)), Some(Integer(-1))]
        UINT64: [Some(Integer(1)), Some(Integer(2)), Some(Real(1.8446744073709552e19))]
        FLOAT32: [Some(Real(1.5)), Some(Real(-2.0)), Some(Real(1000000000.0))]
        FLOAT64: [Some(Real(1.5)), Some(Real(-2.0)), Some(Real(0.1))]
    "#]],
    );
}

#[test]
fn normalized_scaled_and_missing_values() {
    let normalized = json!({"type": "SCALAR", "componentType": "UINT8", "normalized": true, "scale": 10, "offset": 5});
    let with_default = json!({"type": "SCALAR", "componentType": "INT16", "noData": -1, "default": 7});
    check(
        Table::default()
            .add("share", normalized, &[0, 255, 51], &[])
            .add("storeys", with_default, &[3, 0, 255, 255, 0, 0], &[])
            .absent("source", json!({"type": "STRING", "default": "survey"}))
            .absent("secret", json!({"type": "STRING"})),
        expect![[r#"
            Other { color: [255, 255, 255, 255] } 3 vertices [0, 1, 2] at [0, 0, 0] box [0, 0, 0] [1, 0, 1]
              features [1, 1, 1]
            share: [Some(Real(5.0)), Some(Real(15.0)), Some(Real(7.0))]
            storeys: [Some(Integer(3)), Some(Integer(7)), Some(Integer(0))]
            source: [Some(Text("survey")), Some(Text("survey")), Some(Text("survey"))]
        "#]],
    );
}

#[test]
fn vectors_and_arrays_are_texts() {
    let vector = json!({"type": "VEC2", "componentType": "INT8", "noData": [0, 0]});
    let fixed = json!({"type": "SCALAR", "componentType": "UINT8", "array": true, "count": 2});
    let names = json!({"type": "STRING", "array": true});
    let offsets: [(&str, &[u8]); 2] = [("arrayOffsets", &u32s(&[0, 2, 2, 3])), ("stringOffsets", &u32s(&[0, 1, 3, 6]))];
    check(
        Table::default()
            .add("shift", vector, &[1, 255, 0, 0, 3, 4], &[])
            .add("pair", fixed, &[1, 2, 3, 4, 5, 6], &[])
            .add("names", names, b"abbccc", &offsets),
        expect![[r#"
            Other { color: [255, 255, 255, 255] } 3 vertices [0, 1, 2] at [0, 0, 0] box [0, 0, 0] [1, 0, 1]
              features [1, 1, 1]
            shift: [Some(Text("1, -1")), None, Some(Text("3, 4"))]
            pair: [Some(Text("1, 2")), Some(Text("3, 4")), Some(Text("5, 6"))]
            names: [Some(Text("a, bb")), None, Some(Text("ccc"))]
        "#]],
    );
}

#[test]
fn tables_that_end_early_are_refused() {
    let number = json!({"type": "SCALAR", "componentType": "UINT32"});
    check(
        Table::default().add("x", number, &[0; 11], &[]),
        expect!["the file ends early or a length in it is wrong: property table"],
    );
    let text = json!({"type": "STRING"});
    check(
        Table::default().add("x", text, b"abc", &[("stringOffsets", &u32s(&[0, 3, 2, 3]))]),
        expect!["the file ends early or a length in it is wrong: property table"],
    );
    check(
        Table::default().add("x", json!({"type": "ENUM", "enumType": "no such"}), &[0; 3], &[]),
        expect!["enum property has a type that does not fit"],
    );
}

#[test]
fn feature_ids_are_found_in_attributes_by_order_and_named_in_textures() {
    let features = |ids: Value| {
        let decoded = decode(strings().finish(ids)).map_err(|error| error.to_string())?;
        let mesh = decoded.content.meshes.first().ok_or("no mesh")?;
        Ok::<_, String>((mesh.features.clone(), decoded.content.not_understood.clone()))
    };
    assert_eq!(features(by_attribute()), Ok((vec![1, 1, 1], vec![])));
    let with_null = json!({"featureCount": 3, "attribute": 0, "propertyTable": 0, "nullFeatureId": 1});
    assert_eq!(features(with_null), Ok((vec![u32::MAX; 3], vec![])));
    assert_eq!(features(json!({"featureCount": 3, "propertyTable": 0})), Ok((vec![0, 1, 2], vec![])));
    // Without a table they get rows of their own, after those of the table.
    assert_eq!(features(json!({"featureCount": 3, "attribute": 0})), Ok((vec![4, 4, 4], vec![])));
    let in_texture = json!({"featureCount": 3, "texture": {"index": 0}});
    assert_eq!(features(in_texture), Ok((vec![], vec!["feature ids in textures".to_owned()])));
    assert!(features(json!({"featureCount": 3, "attribute": 4})).is_err());
}

#[test]
fn a_feature_is_found_by_its_id_and_its_row() {
    let decoded = decode(strings().finish(by_attribute())).expect("a mesh");
    let table = &decoded.content.features;
    assert_eq!((table.count, table.id(0), table.id(1), table.id(2)), (3, Some("DEBY_1"), None, Some("Straße")));
}
