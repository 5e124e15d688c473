//! Metadata of a tileset: what has to fit together within its schema, and what refers to that (3D Metadata Specification
//! of OGC 22-025r4, and § 7.4). Each object by itself is checked in `shape`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Check;
use super::shape::NUMERIC_TYPES;

/// The metadata of the tileset that a tile stands in.
pub(super) struct Metadata<'a> {
    /// Classes by their names; `None` where the schema is in another file, so that nothing can be said.
    classes: Option<&'a Value>,
    /// The properties that a class requires, gathered once: there may be as many that refer to it.
    required: BTreeMap<&'a str, Vec<&'a str>>,
    groups: usize,
}

/// The names in each enum.
type EnumNames<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

impl<'a> Metadata<'a> {
    pub fn of(tileset: &'a Value) -> Self {
        let elsewhere = tileset.get("schemaUri").is_some();
        let groups = tileset["groups"].as_array().map_or(0, Vec::len);
        let classes = (!elsewhere).then(|| &tileset["schema"]["classes"]);
        let required = members(classes.unwrap_or(&Value::Null)).map(|(name, class)| {
            let required = members(&class["properties"]).filter(|(_, property)| property["required"] == true);
            (name.as_str(), required.map(|(name, _)| name.as_str()).collect())
        });
        Self { classes, required: required.collect(), groups }
    }
}

impl Check<'_> {
    /// Checks a tileset's schema and everything at its top that refers to it.
    pub(super) fn metadata(&mut self, place: &str, tileset: &Value, metadata: &Metadata<'_>) {
        if tileset.get("schema").is_some() && tileset.get("schemaUri").is_some() {
            self.find(place, "has schema and schemaUri");
        }
        let (classes, enums) = (&tileset["schema"]["classes"], &tileset["schema"]["enums"]);
        let names: EnumNames<'_> = members(enums).map(|(name, values)| (name.as_str(), names(values))).collect();
        for (name, class) in members(classes) {
            self.class(&format!("{place}/schema/classes/{name}"), class, &names);
        }
        for (name, values) in members(enums) {
            self.enumeration(&format!("{place}/schema/enums/{name}"), values);
        }
        self.entity(&format!("{place}/metadata"), &tileset["metadata"], metadata);
        for (index, group) in tileset["groups"].as_array().into_iter().flatten().enumerate() {
            self.entity(&format!("{place}/groups/{index}"), group, metadata);
        }
        for (name, statistics) in members(&tileset["statistics"]["classes"]) {
            let place = format!("{place}/statistics/classes/{name}");
            self.refers_to(&place, name, &statistics["properties"], metadata);
        }
    }

    fn class(&mut self, place: &str, class: &Value, enums: &EnumNames<'_>) {
        let mut semantics = BTreeSet::new();
        for (name, property) in members(&class["properties"]) {
            let place = format!("{place}/properties/{name}");
            property_faults(property, enums).into_iter().for_each(|fault| self.find(&place, fault));
            if property["semantic"].as_str().is_some_and(|semantic| !semantics.insert(semantic)) {
                self.find(&place, "has the semantic of another property");
            }
        }
    }

    fn enumeration(&mut self, place: &str, enumeration: &Value) {
        let (mut names, mut numbers) = (BTreeSet::new(), BTreeSet::new());
        let value_type = enumeration["valueType"].as_str().unwrap_or("UINT16");
        for value in enumeration["values"].as_array().into_iter().flatten() {
            let number = whole(&value["value"]);
            if value["name"].as_str().is_some_and(|name| !names.insert(name))
                || number.is_some_and(|number| !numbers.insert(number))
            {
                self.find(place, "has a name or a value twice");
            }
            if number.is_some_and(|number| !fits(number, value_type)) {
                self.find(place, format!("has a value that is no {value_type}"));
            }
        }
    }

    /// Checks the metadata of a tileset, a group, a tile or a content.
    pub(super) fn entity(&mut self, place: &str, entity: &Value, metadata: &Metadata<'_>) {
        let Some(name) = entity["class"].as_str() else { return };
        self.refers_to(place, name, &entity["properties"], metadata);
        for property in metadata.required.get(name).into_iter().flatten() {
            // As many lists that are short of as many properties would take for ever.
            if self.is_full() {
                return;
            }
            if entity["properties"].get(property).is_none() {
                self.find(place, format!("has no {property}, which its class requires"));
            }
        }
    }

    /// Checks that a class is there and has properties of these names.
    fn refers_to(&mut self, place: &str, class: &str, properties: &Value, metadata: &Metadata<'_>) {
        let Some(classes) = metadata.classes else { return };
        let Some(known) = classes.get(class) else {
            return self.find(place, format!("class {class} is not in the schema"));
        };
        for (name, _) in members(properties).filter(|(name, _)| known["properties"].get(name).is_none()) {
            self.find(place, format!("{name} is no property of {class}"));
        }
    }

    /// Checks that a content's group is there.
    pub(super) fn group(&mut self, place: &str, content: &Value, metadata: &Metadata<'_>) {
        if content["group"].as_u64().is_some_and(|group| group >= metadata.groups as u64) {
            self.find(place, "has a content of a group that is not there");
        }
    }
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flat_map(Map::iter)
}

/// What does not fit together in a property of a class.
fn property_faults(property: &Value, enums: &EnumNames<'_>) -> Vec<&'static str> {
    let has = |name: &str| property.get(name).is_some();
    let is = |name: &str| property[name] == true;
    let (kind, component) = (property["type"].as_str().unwrap_or_default(), property["componentType"].as_str());
    let is_numeric = NUMERIC_TYPES.contains(&kind);
    let is_whole = component.is_some_and(|component| component.contains("INT"));
    let is_enum = kind == "ENUM";
    let values = property["enumType"].as_str().and_then(|name| enums.get(name));
    let is_missing = has("noData") || has("default");
    let is_limited = has("min") || has("max");
    let is_scaled = has("offset") || has("scale");
    [
        (is_numeric && component.is_none(), "has numbers without componentType"),
        (!is_numeric && has("componentType"), "has a componentType without numbers"),
        (is_enum && values.is_none(), "has an enumType that is not in the schema"),
        (!is_enum && has("enumType"), "has an enumType and is no enum"),
        (has("count") && !is("array"), "has a count and is no array"),
        (is("normalized") && !(is_numeric && is_whole), "is normalized and has no whole numbers"),
        (is_scaled && !(is_numeric && (!is_whole || is("normalized"))), "has offset or scale and no fractions"),
        (is_limited && !is_numeric, "has min or max and no numbers"),
        (is("required") && is_missing, "is required and has noData or default"),
        (kind == "BOOLEAN" && has("noData"), "has noData, which booleans cannot have"),
        (
            is_enum && !values.is_none_or(|values| are_names(&property["noData"], values)),
            "has noData that is no name of its enum",
        ),
        (
            !component.is_none_or(|component| can_be(&property["noData"], component)),
            "has noData that its componentType cannot hold",
        ),
    ]
    .into_iter()
    .filter_map(|(is_broken, fault)| is_broken.then_some(fault))
    .collect()
}

fn names(enumeration: &Value) -> BTreeSet<&str> {
    enumeration["values"].as_array().into_iter().flatten().filter_map(|value| value["name"].as_str()).collect()
}

/// Whether a value, or each in a list, is one of the names. Nothing is.
fn are_names(value: &Value, names: &BTreeSet<&str>) -> bool {
    let known = |name: &Value| name.as_str().is_some_and(|name| names.contains(name));
    match value {
        Value::Null => true,
        Value::Array(list) => list.iter().all(known),
        one => known(one),
    }
}

/// Whether numbers, nested or not, can be of a component type. Nothing can.
fn can_be(value: &Value, component: &str) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.iter().all(|one| can_be(one, component)),
        one if component.starts_with("FLOAT") => one.is_number(),
        one => whole(one).is_some_and(|number| fits(number, component)),
    }
}

fn whole(value: &Value) -> Option<i128> {
    let real = || value.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i128);
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from)).or_else(real)
}

/// Whether a number is one of an integer type; of one that is not known any is.
fn fits(number: i128, integer_type: &str) -> bool {
    let signed = integer_type.strip_prefix("INT");
    let bits = signed.or(integer_type.strip_prefix("UINT")).and_then(|bits| bits.parse::<u32>().ok());
    let Some(bits) = bits.filter(|bits| (1..=64).contains(bits)) else { return true };
    let range = if signed.is_some() { -(1_i128 << (bits - 1))..1 << (bits - 1) } else { 0..1 << bits };
    range.contains(&number)
}
