//! Files that say how: city configurations, policies, indexes of downloads, manifests of twins.

use std::path::Path;

use stadtzwilling::city::{CityConfig, CityError};
use stadtzwilling::privacy::{Policy, PolicyError};
use stadtzwilling::source::download::{DownloadError, Index};
use stadtzwilling::store::{MANIFEST, Manifest};
use url::Url;

use super::{FILE, folder_with};

/// A line that is there, counted from 1.
fn check_line(text: &[u8], line: u64) {
    let lines = text.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    assert!((1..=lines).contains(&line), "line {line} of {lines}");
}

/// A city configuration.
pub fn city(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match CityConfig::parse(Path::new(FILE), text) {
        Err(CityError::Invalid { file, line, message }) => {
            assert_eq!(file, Path::new(FILE));
            assert!(!message.is_empty());
            check_line(bytes, line as u64);
        }
        Err(error) => assert!(error.to_string().starts_with(FILE)),
        Ok(city) => {
            assert!(city.home.lon_deg.is_finite() && city.home.distance_m >= 1.0);
            assert!(city.layers.iter().all(|layer| (0.0..=1.0).contains(&layer.opacity)));
        }
    }
}

/// A policy: an error that points at a line, or a decision for every cell.
pub fn policy(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Policy::parse(text, FILE) {
        Err(error) => {
            assert!(error.to_string().starts_with(FILE));
            if let PolicyError::Shape { line, .. } | PolicyError::Rule { line, .. } = error {
                check_line(bytes, line);
            }
        }
        Ok(policy) => {
            assert_eq!(policy.hash().len(), 64);
            assert!(policy.attributes().iter().all(|attribute| policy.attribute(&attribute.name).is_some()));
            assert!(policy.cells().len() >= policy.attributes().len());
            assert!(!policy.cell_table().is_empty());
        }
    }
}

/// An index of downloads: every name in it stays in its folder, every address is one of the web.
pub fn metalink(bytes: &[u8]) {
    let address = Url::parse("https://geodaten.example/meta/x.meta4").expect("an address");
    match Index::parse(&address, bytes) {
        Err(DownloadError::Index { index, line, message }) => {
            assert!(index == address.as_str() && !message.is_empty());
            check_line(bytes, line);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(index) => {
            assert!(index.files.windows(2).all(|pair| pair[0].name < pair[1].name));
            assert!(index.files.iter().all(|file| file.size.is_none_or(|size| size <= index.bytes())));
            for file in &index.files {
                assert!(!file.name.as_str().contains(['/', '\\', '\0', '\n']) && !file.name.as_str().starts_with('.'));
                assert!(!file.mirrors.is_empty());
                assert!(file.mirrors.iter().all(|mirror| matches!(mirror.scheme(), "http" | "https")));
            }
        }
    }
}

/// The manifest of a twin, as `check` reads it.
pub fn manifest(bytes: &[u8]) {
    let folder = folder_with(MANIFEST, bytes);
    match Manifest::read(folder.path()) {
        Err(error) => assert!(error.to_string().contains(MANIFEST)),
        Ok(_) => {
            let mut report = stadtzwilling::report::Report::default();
            stadtzwilling::store::check(folder.path(), &mut report).expect("the manifest was read before");
        }
    }
}
