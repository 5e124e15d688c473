//! The files that are measured with: the sample city, in memory or in a folder, and any number of files of one size.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use stadtzwilling::sample::{self, SampleFiles, SampleOptions};

/// Buildings of the sample that is measured: the whole of it, as a user gets it.
pub const BUILDINGS: usize = sample::DEFAULT_BUILDINGS;
/// Buildings of the smaller sample whose largest file is copied to see what memory does.
const COPIED_BUILDINGS: usize = 3000;

/// The CityGML files of the sample city.
pub fn sample_citygml() -> anyhow::Result<Vec<Vec<u8>>> {
    citygml_of(BUILDINGS)
}

fn citygml_of(buildings: usize) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut files = Memory::default();
    sample::write(&SampleOptions { buildings, ..SampleOptions::default() }, &mut files)?;
    Ok(files.0.into_iter().filter(|(path, _)| path.ends_with(".gml")).map(|(_, bytes)| bytes).collect())
}

/// Writes the sample city into a folder; gives its city file.
pub fn write_sample(folder: &Path) -> anyhow::Result<PathBuf> {
    write_sample_of(folder, BUILDINGS)
}

fn write_sample_of(folder: &Path, buildings: usize) -> anyhow::Result<PathBuf> {
    let mut files = Folder(folder.to_owned());
    sample::write(&SampleOptions { buildings, ..SampleOptions::default() }, &mut files)?;
    Ok(folder.join("city.toml"))
}

/// A file of a real city, where it is there.
pub fn real_citygml() -> Option<Vec<u8>> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/citygml/nrw_280_5657.gml")).ok()
}

/// Kilometres from one of the files of [`write_copies`] to the next; each is 2 km wide.
const COPY_STEP_M: f64 = 2000.0;
/// Copies along a row.
const COPIES_IN_A_ROW: usize = 8;

/// Writes a city of `count` files of one size into a folder: a sample's largest, moved to a place of its own each.
/// Gives its city file. There is no other source: memory is to be seen against files of buildings.
pub fn write_copies(folder: &Path, count: usize) -> anyhow::Result<PathBuf> {
    let largest =
        citygml_of(COPIED_BUILDINGS)?.into_iter().max_by_key(Vec::len).context("the sample has no buildings")?;
    let largest = String::from_utf8(largest)?;
    write_sample_of(folder, COPIED_BUILDINGS)?;
    fs::remove_dir_all(folder.join("citygml"))?;
    fs::create_dir(folder.join("citygml"))?;
    for copy in 0..count {
        let moved = moved(&largest, copy)?;
        fs::write(folder.join(format!("citygml/{copy:03}.gml")), moved)?;
    }
    let city_file = folder.join("city.toml");
    let mut city: toml::Table = fs::read_to_string(&city_file)?.parse()?;
    city.remove("layers");
    if let Some(toml::Value::Array(sources)) = city.get_mut("sources") {
        sources.retain(|source| source.get("kind").and_then(toml::Value::as_str) == Some("buildings"));
    }
    fs::write(&city_file, toml::to_string(&city)?)?;
    Ok(city_file)
}

/// The same buildings elsewhere under other ids.
fn moved(citygml: &str, copy: usize) -> anyhow::Result<String> {
    let east_m = (copy % COPIES_IN_A_ROW) as f64 * COPY_STEP_M;
    let north_m = (copy / COPIES_IN_A_ROW) as f64 * COPY_STEP_M;
    let named = citygml
        .replace("gml:id=\"", &format!("gml:id=\"C{copy}_"))
        .replace("xlink:href=\"#", &format!("xlink:href=\"#C{copy}_"));
    let mut pieces = named.split("<gml:posList");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (tag, rest) = piece.split_once('>').context("a list of coordinates has no end")?;
        let (numbers, rest) = rest.split_once('<').context("a list of coordinates has no end")?;
        write!(text, "<gml:posList{tag}>")?;
        for (index, number) in numbers.split_ascii_whitespace().enumerate() {
            let add = [east_m, north_m, 0.0][index % 3];
            let space = if index == 0 { "" } else { " " };
            write!(text, "{space}{:.3}", number.parse::<f64>()? + add)?;
        }
        text.push('<');
        text.push_str(rest);
    }
    Ok(text)
}

#[derive(Default)]
struct Memory(BTreeMap<String, Vec<u8>>);

impl SampleFiles for Memory {
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + '_>> {
        Ok(Box::new(self.0.entry(path.to_owned()).or_default()))
    }
}

struct Folder(PathBuf);

impl SampleFiles for Folder {
    fn create(&mut self, path: &str) -> io::Result<Box<dyn Write + '_>> {
        let path = self.0.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(Box::new(File::create(path)?))
    }
}
