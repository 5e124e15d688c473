//! Everything of a sample that is not released, replaced: other ranges, lengths, numbers of values and types, in tables
//! and in buildings.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The table of the sample's facts.
pub(super) const TABLE: &str = "tables/attributes.csv";

/// What stands in the place of a hidden value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Other {
    /// Something of its type, out of the range of the first.
    OfItsType,
    /// Words for numbers, numbers for words, or nothing at all.
    OfAnyType,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Integer,
    Real,
    Boolean,
    Text,
}

impl Kind {
    fn of<'a>(mut cells: impl Iterator<Item = &'a str> + Clone) -> Self {
        let all = |is: fn(&str) -> bool| cells.clone().all(is);
        if all(|cell| cell.parse::<i64>().is_ok()) {
            return Self::Integer;
        }
        if cells.clone().all(|cell| cell.parse::<f64>().is_ok()) {
            return Self::Real;
        }
        if cells.all(|cell| matches!(cell, "true" | "false")) { Self::Boolean } else { Self::Text }
    }

    fn other(self, how: Other, index: usize) -> String {
        let step = index % 11;
        match (how, self) {
            (Other::OfItsType, Self::Integer) => (5_000_000_000 + 7 * step).to_string(),
            (Other::OfItsType, Self::Real) => (1_234_567.0 + 0.125 * step as f64).to_string(),
            (Other::OfItsType, Self::Boolean) => "true".to_owned(),
            (Other::OfItsType, Self::Text) => "ganz anders".repeat(1 + step),
            (Other::OfAnyType, _) if step.is_multiple_of(3) => String::new(),
            (Other::OfAnyType, Self::Text) => "-7".to_owned(),
            (Other::OfAnyType, _) => format!("Wort {step}"),
        }
    }
}

/// A column of the table with what a leak could be made of: its least and greatest value, how many there are, and how
/// much room they take.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Traits {
    pub least: String,
    pub greatest: String,
    pub distinct: usize,
    pub bytes: usize,
}

fn cells(path: &Path) -> (csv::StringRecord, Vec<csv::StringRecord>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    (reader.headers().unwrap().clone(), reader.records().map(Result::unwrap).collect())
}

fn hidden_columns(header: &csv::StringRecord, released: &BTreeSet<String>) -> Vec<usize> {
    let is_hidden = |name: &str| name != "gml_id" && !released.contains(name);
    header.iter().enumerate().filter(|(_, name)| is_hidden(name)).map(|(column, _)| column).collect()
}

/// The traits of every column that is not released, by name.
pub(super) fn traits(folder: &Path, released: &BTreeSet<String>) -> Vec<(String, Traits)> {
    let (header, rows) = cells(&folder.join(TABLE));
    let of = |column: usize| {
        let values: Vec<&str> = rows.iter().map(|row| &row[column]).collect();
        let mut sorted = values.clone();
        match Kind::of(values.iter().copied()) {
            Kind::Integer | Kind::Real => {
                sorted.sort_by(|a, b| a.parse::<f64>().unwrap().total_cmp(&b.parse::<f64>().unwrap()))
            }
            Kind::Boolean | Kind::Text => sorted.sort_unstable(),
        }
        let distinct = sorted.iter().collect::<BTreeSet<_>>().len();
        let (least, greatest) = (sorted[0].to_owned(), sorted[sorted.len() - 1].to_owned());
        Traits { least, greatest, distinct, bytes: values.iter().map(|value| value.len()).sum() }
    };
    hidden_columns(&header, released).into_iter().map(|column| (header[column].to_owned(), of(column))).collect()
}

/// Replaces all values of a sample that are not released, and gives how many.
pub(super) fn replace_hidden(folder: &Path, released: &BTreeSet<String>, how: Other) -> usize {
    let mut changed = replace_in_table(&folder.join(TABLE), released, how);
    for entry in fs::read_dir(folder.join("citygml")).unwrap() {
        changed += replace_in_buildings(&entry.unwrap().path(), released, how);
    }
    changed
}

fn replace_in_table(path: &Path, released: &BTreeSet<String>, how: Other) -> usize {
    let (header, rows) = cells(path);
    let mut columns: Vec<Vec<String>> =
        (0..header.len()).map(|column| rows.iter().map(|row| row[column].to_owned()).collect()).collect();
    let hidden = hidden_columns(&header, released);
    for &column in &hidden {
        let kind = Kind::of(rows.iter().map(|row| &row[column]));
        // Each column begins elsewhere, so that no row has nothing in all of them.
        columns[column] = (0..rows.len()).map(|row| kind.other(how, row + column)).collect();
    }
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(&header).unwrap();
    for row in 0..rows.len() {
        writer.write_record(columns.iter().map(|column| &column[row])).unwrap();
    }
    writer.flush().unwrap();
    hidden.len() * rows.len()
}

/// Gives every building hidden attributes that the sample's buildings do not have: CityGML's own and generic ones, text
/// and numbers, and a name to each that has none.
pub(super) fn plant_hidden(folder: &Path) {
    for entry in fs::read_dir(folder.join("citygml")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let mut planted = String::new();
        for (index, member) in text.split_inclusive("<bldg:Building ").enumerate() {
            let Some((id, rest)) = member.split_once('\n').filter(|_| index > 0) else {
                planted.push_str(member);
                continue;
            };
            planted.push_str(&format!("{id}\n{}", attributes(index, !rest.starts_with("<gml:name>"))));
            planted.push_str(rest);
        }
        fs::write(&path, planted).unwrap();
    }
}

fn attributes(index: usize, is_nameless: bool) -> String {
    let digit = index % 7;
    let name = if is_nameless { format!("<gml:name>Praxis {digit}</gml:name>\n") } else { String::new() };
    let generic = |form: &str, name: &str| {
        format!("<gen:{form}Attribute name=\"{name}\">\n<gen:value>{digit}</gen:value>\n</gen:{form}Attribute>\n")
    };
    let own = format!(
        "<gml:description>d{digit}</gml:description>\n<bldg:class>{digit}</bldg:class>\n<bldg:usage>{digit}</bldg:usage>\n\
         <bldg:yearOfDemolition>200{digit}</bldg:yearOfDemolition>\n\
         <bldg:storeysBelowGround>{digit}</bldg:storeysBelowGround>\n"
    );
    let planted = [("int", "shelter"), ("double", "contamination_suspicion"), ("string", "smart_meter")];
    let generics: String = planted.into_iter().map(|(form, name)| generic(form, name)).collect();
    name + &own + &generics
}

/// The elements that [`plant_hidden`] and the sample write and that nobody is shown, up to their values.
const OWN: [&str; 8] = [
    "<gml:name>Praxis ",
    "<gml:description>",
    "<bldg:class>",
    "<bldg:usage>",
    "<bldg:yearOfDemolition>",
    "<bldg:storeysBelowGround>",
    "<creationDate>",
    "<name>",
];

fn replace_in_buildings(path: &Path, released: &BTreeSet<String>, how: Other) -> usize {
    let text = fs::read_to_string(path).unwrap();
    let mut changed = 0;
    let mut is_hidden = false;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some((_, rest)) = line.split_once("Attribute name=\"") {
            is_hidden = !released.contains(rest.split('"').next().unwrap());
        }
        let start = OWN.into_iter().find(|start| line.starts_with(start));
        let start = start.or((is_hidden && line.starts_with("<gen:value>")).then_some("<gen:value>"));
        let Some((start, (value, end))) = start.and_then(|start| Some((start, line[start.len()..].split_once("</")?)))
        else {
            lines.push(line.to_owned());
            continue;
        };
        changed += 1;
        lines.push(format!("{start}{}</{end}", Kind::of([value].into_iter()).other(how, index)));
    }
    fs::write(path, lines.join("\n") + "\n").unwrap();
    changed
}
