//! How many bytes a building takes in the leaves of the public tileset, as it lies on disk and as it is sent.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::table::{Row, Section};
use crate::{child, corpus};

/// Quality of the brotli encoder.
const BROTLI_QUALITY: i32 = 9;

/// Bytes of the leaves.
#[derive(Default)]
struct Sizes {
    leaves: u64,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Measures.
pub fn measure() -> anyhow::Result<Section> {
    let folder = tempfile::tempdir()?;
    let city_file = corpus::write_sample(folder.path())?;
    let twin = folder.path().join("twin");
    child::build(&city_file, &twin)?;
    let mut sizes = Sizes::default();
    let tileset = twin.join("public/tiles/tileset.json");
    sizes.add_tileset(&tileset)?;
    let each = |bytes: u64| bytes as f64 / corpus::BUILDINGS as f64;
    let row = |what: &str, bytes: u64| Row::new(what, format!("{:.0} bytes", each(bytes)));
    Ok(Section {
        title: "Bytes of a building",
        note: format!(
            "{} buildings in {} leaves of the public release of the sample, attributes included; glb divided by buildings.",
            corpus::BUILDINGS,
            sizes.leaves
        ),
        rows: vec![
            row("as it lies on disk", sizes.raw),
            row("gzip", sizes.gzip),
            row("brotli (quality 9)", sizes.brotli).aims_at("at most 400", each(sizes.brotli) <= 400.0),
        ],
    })
}

impl Sizes {
    fn add_tileset(&mut self, path: &Path) -> anyhow::Result<()> {
        let bytes = fs::read(path).with_context(|| path.display().to_string())?;
        let tileset: Value = serde_json::from_slice(&bytes)?;
        self.add_tile(&tileset["root"], path)
    }

    /// Tilesets may be cut into several files; a tile whose content is one goes on there.
    fn add_tile(&mut self, tile: &Value, tileset: &Path) -> anyhow::Result<()> {
        let content = tile["content"]["uri"].as_str().map(|uri| tileset.with_file_name("").join(uri));
        match (content, tile["children"].as_array()) {
            (Some(content), _) if content.extension().is_some_and(|extension| extension == "json") => {
                self.add_tileset(&content)
            }
            (_, Some(children)) => children.iter().try_for_each(|child| self.add_tile(child, tileset)),
            (Some(content), None) => self.add_leaf(&fs::read(&content).with_context(|| content.display().to_string())?),
            (None, None) => Ok(()),
        }
    }

    fn add_leaf(&mut self, glb: &[u8]) -> anyhow::Result<()> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(glb)?;
        let mut brotli = Vec::new();
        let settings = brotli::enc::BrotliEncoderParams { quality: BROTLI_QUALITY, ..Default::default() };
        brotli::BrotliCompress(&mut &*glb, &mut brotli, &settings)?;
        self.leaves += 1;
        self.raw += glb.len() as u64;
        self.gzip += gzip.finish()?.len() as u64;
        self.brotli += brotli.len() as u64;
        Ok(())
    }
}
