//! Checks a tileset against 3D Tiles 1.1 (OGC 22-025r4 § 7 and its JSON schemas), whoever made it.
//!
//! Used by tests and by `check`. It looks at the tilesets and at the frame of their contents; what is inside a glb is
//! for glTF's own validator. Never fails: everything wrong is a [`Finding`].

mod schema;
mod shape;
mod volume;

use std::collections::{BTreeMap, BTreeSet};

use glam::{DMat4, DVec4};
use serde_json::Value;

use schema::Metadata;
use shape::{ASSET, TILE, TILESET, VOLUME};
use volume::Volume;

/// Tilesets nested deeper than this are not followed.
const MAX_DEPTH: usize = 16;
/// Largest tileset that is checked: as values it takes forty times as much memory.
const MAX_BYTES: usize = 32 << 20;
/// Findings beyond these are not kept; who has so many does not read them all.
const MAX_FINDINGS: usize = 10_000;
/// How often one tileset is followed: a handful that refer to each other have more ways between them than can be gone.
const MAX_VISITS: usize = 8;

/// One thing that is not as the standard asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// File and JSON pointer, such as `tileset.json#/root/children/0`.
    pub place: String,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// Everything wrong with a tileset and the tilesets that it refers to.
///
/// `json` is the tileset's text; `resolve` gives the bytes of a file by its path relative to it, percent-decoded.
/// References with a scheme (`https:`, `data:`) are not followed.
pub fn validate_tileset(json: &[u8], resolve: &dyn Fn(&str) -> Option<Vec<u8>>) -> Vec<Finding> {
    let mut check = Check {
        resolve,
        findings: Vec::new(),
        open: BTreeSet::new(),
        visits: BTreeMap::new(),
        extensions: BTreeSet::new(),
    };
    check.tileset("tileset.json", json, None);
    check.findings
}

/// What a tile may rely on from its parent, or from the tile that refers to its tileset.
struct Parent {
    error_m: f64,
    volume: Option<Volume>,
    /// Takes the parent's coordinates to those of the outermost tileset.
    to_root: DMat4,
}

/// The file that a tile stands in.
#[derive(Clone, Copy)]
struct File<'a> {
    path: &'a str,
    metadata: &'a Metadata<'a>,
}

struct Check<'a> {
    resolve: &'a dyn Fn(&str) -> Option<Vec<u8>>,
    findings: Vec<Finding>,
    /// Tilesets that are being checked, to notice one that refers to itself.
    open: BTreeSet<String>,
    /// How often each tileset was followed.
    visits: BTreeMap<String, usize>,
    /// Extensions that were met in the tileset that is being checked.
    extensions: BTreeSet<String>,
}

impl Check<'_> {
    fn find(&mut self, place: &str, message: impl Into<String>) {
        if self.is_full() {
            return;
        }
        let is_last = self.findings.len() == MAX_FINDINGS;
        let message = if is_last { "is not all that is wrong".to_owned() } else { message.into() };
        self.findings.push(Finding { place: place.to_owned(), message });
    }

    fn is_full(&self) -> bool {
        self.findings.len() > MAX_FINDINGS
    }

    /// Checks a tileset file.
    fn tileset(&mut self, path: &str, bytes: &[u8], parent: Option<&Parent>) {
        if bytes.len() > MAX_BYTES {
            return self.find(path, format!("has more than {MAX_BYTES} bytes and was not checked"));
        }
        let Ok(json) = serde_json::from_slice::<Value>(bytes) else {
            return self.find(path, "is not JSON");
        };
        if self.open.len() >= MAX_DEPTH || !self.open.insert(path.to_owned()) {
            return self.find(path, "refers to itself, or is nested too deep");
        }
        let outer = std::mem::take(&mut self.extensions);
        let top = format!("{path}#");
        let metadata = Metadata::of(&json);
        let file = File { path, metadata: &metadata };
        self.shape(&top, &json, TILESET);
        self.asset(&top, &json["asset"]);
        self.metadata(&top, &json, &metadata);
        self.root(file, &json, parent);
        let found = std::mem::replace(&mut self.extensions, outer);
        self.extensions_used(&top, &json, &found);
        self.open.remove(path);
    }

    fn root(&mut self, file: File<'_>, json: &Value, parent: Option<&Parent>) {
        let error_m = self.error(&format!("{}#", file.path), json);
        let root = format!("{}#/root", file.path);
        if json["root"].is_object() {
            if json["root"].get("refine").is_none() {
                self.find(&root, "has no refine, which a root tile needs");
            }
            let top = Parent { error_m, volume: None, to_root: DMat4::IDENTITY };
            self.tile(file, &root, &json["root"], parent.unwrap_or(&top));
        } else {
            self.find(&root, "is missing");
        }
    }

    fn asset(&mut self, top: &str, asset: &Value) {
        let place = format!("{top}/asset");
        match asset["version"].as_str() {
            Some("1.0" | "1.1") => {}
            Some(other) => self.find(&place, format!("version {other} is not known here")),
            None => self.find(&place, "has no version"),
        }
        if !asset.is_null() {
            self.shape(&place, asset, ASSET);
        }
    }

    /// Every extension that is used is said to be used, and so is every one that is required.
    fn extensions_used(&mut self, top: &str, json: &Value, found: &BTreeSet<String>) {
        let names = |member: &str| json[member].as_array().into_iter().flatten().filter_map(Value::as_str);
        let used: BTreeSet<&str> = names("extensionsUsed").collect();
        let all: BTreeSet<&str> = found.iter().map(String::as_str).chain(names("extensionsRequired")).collect();
        for name in all.difference(&used) {
            self.find(top, format!("extension {name} is not in extensionsUsed"));
        }
    }

    fn error(&mut self, place: &str, json: &Value) -> f64 {
        let error_m = json["geometricError"].as_f64();
        if !error_m.is_some_and(|error_m| error_m >= 0.0) {
            self.find(place, "geometricError is missing or no number from 0 on");
        }
        error_m.unwrap_or(f64::INFINITY)
    }

    fn tile(&mut self, file: File<'_>, place: &str, tile: &Value, parent: &Parent) {
        self.shape(place, tile, TILE);
        self.entity(&format!("{place}/metadata"), &tile["metadata"], file.metadata);
        let error_m = self.error(place, tile);
        if error_m > parent.error_m {
            self.find(place, format!("geometricError {error_m} is above its parent's {}", parent.error_m));
        }
        if !matches!(tile.get("refine").map(Value::as_str), None | Some(Some("ADD" | "REPLACE"))) {
            self.find(place, "refine is neither ADD nor REPLACE");
        }
        let to_root = parent.to_root * self.transform(place, tile);
        let volume = self.volume(place, tile, parent, to_root);
        let here = Parent { error_m, volume, to_root };
        let refers = self.contents(file, place, tile, &here);
        self.children(file, place, tile, &here, refers);
    }

    fn children(&mut self, file: File<'_>, place: &str, tile: &Value, here: &Parent, refers: bool) {
        let Some(children) = tile.get("children") else {
            if here.error_m > 0.0 && !refers && tile.get("implicitTiling").is_none() {
                self.find(place, format!("is a leaf and has the geometricError {}", here.error_m));
            }
            return;
        };
        if children.as_array().is_none_or(Vec::is_empty) {
            return self.find(place, "children is no list, or an empty one");
        }
        if tile.get("implicitTiling").is_some() {
            self.find(place, "has children and implicitTiling");
        }
        for (index, child) in children.as_array().into_iter().flatten().enumerate() {
            self.tile(file, &format!("{place}/children/{index}"), child, here);
        }
    }

    fn transform(&mut self, place: &str, tile: &Value) -> DMat4 {
        let Some(given) = tile.get("transform") else { return DMat4::IDENTITY };
        let fault = match numbers::<16>(given).map(|columns| DMat4::from_cols_array(&columns)) {
            Some(transform) if transform.row(3).abs_diff_eq(DVec4::W, 1e-9) => return transform,
            Some(_) => "transform is not affine",
            None => "transform is not 16 numbers",
        };
        self.find(place, fault);
        DMat4::IDENTITY
    }

    fn volume(&mut self, place: &str, tile: &Value, parent: &Parent, to_root: DMat4) -> Option<Volume> {
        if let Some(request) = tile.get("viewerRequestVolume") {
            self.read_volume(&format!("{place}/viewerRequestVolume"), request, to_root);
        }
        let volume = self.read_volume(place, &tile["boundingVolume"], to_root)?;
        if parent.volume.as_ref().is_some_and(|parent| !parent.holds(&volume)) {
            self.find(place, "reaches out of its parent's boundingVolume");
        }
        Some(volume)
    }

    fn read_volume(&mut self, place: &str, json: &Value, to_root: DMat4) -> Option<Volume> {
        if !json.is_null() {
            self.shape(place, json, VOLUME);
        }
        match Volume::read(json, to_root) {
            Ok(volume) => Some(volume),
            Err(message) => {
                self.find(place, message);
                None
            }
        }
    }

    /// Checks contents. Gives whether one of them is a tileset.
    fn contents(&mut self, file: File<'_>, place: &str, tile: &Value, here: &Parent) -> bool {
        if tile.get("content").is_some() && tile.get("contents").is_some() {
            self.find(place, "has content and contents");
        }
        let is_template = tile.get("implicitTiling").is_some();
        let many = tile["contents"].as_array().into_iter().flatten();
        let mut refers = false;
        for content in tile.get("content").into_iter().chain(many) {
            self.around_content(file, place, content, here);
            match content["uri"].as_str() {
                None | Some("") => self.find(place, "has a content without uri"),
                Some(_) if is_template => {}
                Some(uri) => refers |= self.content(file.path, place, uri, here),
            }
        }
        refers
    }

    /// What is said of a content beside where it is.
    fn around_content(&mut self, file: File<'_>, place: &str, content: &Value, here: &Parent) {
        self.entity(place, &content["metadata"], file.metadata);
        self.group(place, content, file.metadata);
        let Some(volume) = content.get("boundingVolume") else { return };
        let volume = self.read_volume(&format!("{place}/content"), volume, here.to_root);
        if let (Some(tile), Some(content)) = (&here.volume, &volume)
            && !tile.holds(content)
        {
            self.find(place, "has a content that reaches out of its boundingVolume");
        }
    }

    fn content(&mut self, path: &str, place: &str, uri: &str, here: &Parent) -> bool {
        let Some(target) = relative(path, uri) else { return uri.contains(".json") };
        let Some(bytes) = (self.resolve)(&target) else {
            self.find(place, format!("{uri} is not there"));
            return false;
        };
        if target.ends_with(".json") {
            let visits = self.visits.entry(target.clone()).or_default();
            *visits += 1;
            if *visits <= MAX_VISITS {
                self.tileset(&target, &bytes, Some(here));
            }
            return true;
        }
        if let Some(message) = container_fault(&bytes) {
            self.find(&target, message);
        }
        false
    }
}

/// Exactly `N` finite numbers.
fn numbers<const N: usize>(value: &Value) -> Option<[f64; N]> {
    let numbers: Vec<f64> = value.as_array()?.iter().map(Value::as_f64).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

/// A reference resolved against the file that it stands in; `None` where it leaves the tileset's folder or has a
/// scheme.
fn relative(base: &str, uri: &str) -> Option<String> {
    let root = url::Url::parse("tiles://tileset/").ok()?;
    let target = root.join(base).ok()?.join(uri).ok()?;
    (target.scheme() == "tiles").then(|| target.path().trim_start_matches('/').to_owned())
}

/// What is wrong with a content's frame; the formats of version 1.0 are only told apart.
fn container_fault(bytes: &[u8]) -> Option<&'static str> {
    let word = |at: usize| bytes.get(at..at + 4).map(|four| four.iter().rev().fold(0, |n, &b| n << 8 | u32::from(b)));
    match bytes.get(..4) {
        Some(b"glTF") if word(4) != Some(2) => Some("is not binary glTF of version 2"),
        Some(b"glTF") if word(8).map(u64::from) != Some(bytes.len() as u64) => Some("is not as long as it says"),
        Some(b"glTF" | b"b3dm" | b"i3dm" | b"pnts" | b"cmpt") => None,
        // glTF as JSON.
        Some(start) if start.starts_with(b"{") => None,
        _ => Some("is no content that the standard knows"),
    }
}

#[cfg(test)]
mod tests;
