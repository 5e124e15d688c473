//! `city.toml` as it stands in the file, and the way from there to [`CityConfig`].
//!
//! serde gives unknown and missing keys their line; what concerns more than one key is checked here and points at the
//! line of the table's `id`.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::{CityConfig, CityError, Layer, Source, SourceKind};
use crate::geo::Crs;
use crate::plan::checked_link;
use crate::source::plans::PlanMapping;
use crate::source::points::PointMapping;
use crate::twin::{CameraPose, GroundClass, PlaceInfo, PointCategory, ServiceInfo, ServiceSubject, SourceInfo, Text};

/// What heights are measured from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Heights {
    /// Normal heights of the German main height network 2016 (EPSG:7837).
    #[serde(alias = "EPSG:7837")]
    DHHN2016,
    /// Normal heights of the German main height network 1992 (EPSG:5783).
    #[serde(alias = "EPSG:5783")]
    DHHN92,
    /// Heights above the ellipsoid.
    #[serde(rename = "ellipsoid")]
    Ellipsoid,
}

impl Heights {
    /// EPSG code of the system of heights; `None` for heights above the ellipsoid.
    pub fn epsg(self) -> Option<u32> {
        match self {
            Self::DHHN2016 => Some(7837),
            Self::DHHN92 => Some(5783),
            Self::Ellipsoid => None,
        }
    }
}

/// Whether the data is about real houses. A policy that nobody approved builds only synthetic data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DataKind {
    /// Invented.
    Synthetic,
    /// Real.
    Real,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCity {
    id: WireId,
    title: Text,
    notice: Option<Text>,
    crs: WireCrs,
    heights: Heights,
    geoid_undulation_m: Undulation,
    policy: String,
    time_zone: String,
    data: DataKind,
    home: WirePose,
    #[serde(default)]
    sources: Vec<WireSource>,
    #[serde(default)]
    layers: Vec<WireLayer>,
    #[serde(default)]
    places: Vec<WirePlace>,
    #[serde(default)]
    services: Vec<WireService>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSource {
    id: Spanned<WireId>,
    kind: WireSourceKind,
    class: Option<GroundClass>,
    key: Option<String>,
    category: Option<PointCategory>,
    mapping: Option<PointMapping>,
    title: Text,
    #[serde(default)]
    paths: Vec<String>,
    index: Option<WireUrl>,
    attribution: String,
    licence: String,
    licence_url: Option<WireUrl>,
    date: Option<WireDate>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum WireSourceKind {
    Buildings,
    Terrain,
    Ground,
    Trees,
    Table,
    Points,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireLayer {
    id: Spanned<WireId>,
    #[expect(dead_code, reason = "there is one kind so far; reading it refuses all others")]
    kind: WireLayerKind,
    title: Text,
    paths: Vec<String>,
    #[serde(default)]
    visible: bool,
    #[serde(default)]
    opacity: Opacity,
    legal_basis: Text,
    #[serde(default)]
    attribution: String,
    #[serde(default)]
    licence: String,
    licence_url: Option<WireUrl>,
    #[serde(default)]
    mapping: PlanMapping,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireLayerKind {
    DevelopmentPlans,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WirePlace {
    title: Text,
    pose: WirePose,
    building: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireService {
    title: Text,
    url: WireLink,
    #[serde(rename = "for")]
    subject: ServiceSubject,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PoseFields {
    lon_deg: f64,
    lat_deg: f64,
    height_m: f64,
    distance_m: f64,
    heading_deg: f64,
    pitch_deg: f64,
}

#[derive(Deserialize)]
#[serde(try_from = "PoseFields")]
struct WirePose(CameraPose);

impl TryFrom<PoseFields> for WirePose {
    type Error = String;

    fn try_from(pose: PoseFields) -> Result<Self, String> {
        within("lon_deg", pose.lon_deg, -180.0, 180.0)?;
        within("lat_deg", pose.lat_deg, -90.0, 90.0)?;
        within("height_m", pose.height_m, -12_000.0, 9_000.0)?;
        within("distance_m", pose.distance_m, 1.0, 100_000.0)?;
        within("heading_deg", pose.heading_deg, -360.0, 360.0)?;
        within("pitch_deg", pose.pitch_deg, -90.0, 90.0)?;
        Ok(Self(CameraPose {
            lon_deg: pose.lon_deg,
            lat_deg: pose.lat_deg,
            height_m: pose.height_m,
            distance_m: pose.distance_m,
            heading_deg: pose.heading_deg,
            pitch_deg: pose.pitch_deg,
        }))
    }
}

fn within(name: &str, value: f64, min: f64, max: f64) -> Result<(), String> {
    if (min..=max).contains(&value) { Ok(()) } else { Err(format!("{name} is {value}, not within {min} to {max}")) }
}

/// A text that is checked while it is read, so that an error has its line.
macro_rules! checked_text {
    ($name:ident, $inner:ty, $check:expr) => {
        #[derive(Deserialize)]
        #[serde(try_from = "String")]
        struct $name($inner);

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                let check: fn(String) -> Result<$inner, String> = $check;
                check(text).map(Self)
            }
        }
    };
}

checked_text!(WireId, String, check_id);
checked_text!(WireCrs, u32, check_crs);
checked_text!(WireUrl, Url, check_url);
checked_text!(WireLink, String, check_link);
checked_text!(WireDate, String, check_date);

fn check_id(text: String) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !text.is_empty() && text.len() <= 64 && text.chars().all(fits) {
        return Ok(text);
    }
    Err(format!("\"{text}\" is not an id: 1 to 64 of a–z, 0–9, \"-\" and \"_\""))
}

fn check_crs(text: String) -> Result<u32, String> {
    text.strip_prefix("EPSG:")
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| format!("\"{text}\" is not a coordinate reference system such as \"EPSG:25832\""))
}

fn check_url(text: String) -> Result<Url, String> {
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err(format!("\"{text}\" is not an http or https address")),
    }
}

fn check_link(text: String) -> Result<String, String> {
    checked_link(&text).ok_or_else(|| format!("\"{text}\" is not an https address without a login"))
}

fn check_date(text: String) -> Result<String, String> {
    match text.parse::<jiff::civil::Date>() {
        Ok(_) => Ok(text),
        Err(_) => Err(format!("\"{text}\" is not a date such as \"2026-11-01\"")),
    }
}

/// Height of the geoid above the ellipsoid; on earth between −107 m and 86 m.
#[derive(Deserialize)]
#[serde(try_from = "f64")]
struct Undulation(f64);

impl TryFrom<f64> for Undulation {
    type Error = String;

    fn try_from(metres: f64) -> Result<Self, String> {
        within("geoid_undulation_m", metres, -110.0, 90.0).map(|()| Self(metres))
    }
}

#[derive(Deserialize)]
#[serde(try_from = "f64")]
struct Opacity(f64);

impl Default for Opacity {
    fn default() -> Self {
        Self(0.6)
    }
}

impl TryFrom<f64> for Opacity {
    type Error = String;

    fn try_from(opacity: f64) -> Result<Self, String> {
        within("opacity", opacity, 0.0, 1.0).map(|()| Self(opacity))
    }
}

/// The text of the file `path` as a validated configuration.
pub(super) fn parse(path: &Path, text: &str) -> Result<CityConfig, CityError> {
    let source = SourceText { path, text };
    let wire: WireCity = toml::from_str(text).map_err(|error| source.syntax(&error))?;
    let sources = source.unique(wire.sources, |wire| &wire.id)?;
    let layers = source.unique(wire.layers, |wire| &wire.id)?;
    Ok(CityConfig {
        file: path.to_owned(),
        id: wire.id.0,
        title: wire.title,
        notice: wire.notice,
        crs: Crs { horizontal: wire.crs.0, vertical: wire.heights.epsg() },
        heights: wire.heights,
        geoid_undulation_m: wire.geoid_undulation_m.0,
        policy: path.parent().unwrap_or(Path::new("")).join(wire.policy),
        time_zone: wire.time_zone,
        data: wire.data,
        home: wire.home.0,
        sources: sources.into_iter().map(|wire| source.source(wire)).collect::<Result<_, _>>()?,
        layers: layers.into_iter().map(|layer| source.layer(layer, wire.data)).collect::<Result<_, _>>()?,
        places: wire.places.into_iter().map(place).collect(),
        services: wire.services.into_iter().map(service).collect(),
    })
}

fn service(wire: WireService) -> ServiceInfo {
    ServiceInfo { title: wire.title, url: wire.url.0, subject: wire.subject }
}

fn place(wire: WirePlace) -> PlaceInfo {
    PlaceInfo { title: wire.title, pose: wire.pose.0, building: wire.building }
}

/// A file's text and name, to point at its lines.
struct SourceText<'a> {
    path: &'a Path,
    text: &'a str,
}

impl SourceText<'_> {
    fn invalid(&self, at_byte: usize, message: impl Into<String>) -> CityError {
        let before = self.text.get(..at_byte).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        CityError::Invalid { file: self.path.to_owned(), line, message: message.into() }
    }

    fn syntax(&self, error: &toml::de::Error) -> CityError {
        self.invalid(error.span().map_or(0, |span| span.start), error.message().replace('\n', " "))
    }

    fn unique<T>(&self, tables: Vec<T>, id: fn(&T) -> &Spanned<WireId>) -> Result<Vec<T>, CityError> {
        let mut seen = BTreeSet::new();
        for table in &tables {
            let id = id(table);
            if !seen.insert(&id.get_ref().0) {
                let message = format!("the id \"{}\" stands more than once", id.get_ref().0);
                return Err(self.invalid(id.span().start, message));
            }
        }
        Ok(tables)
    }

    fn source(&self, wire: WireSource) -> Result<Source, CityError> {
        let start = wire.id.span().start;
        if wire.paths.is_empty() && wire.index.is_none() {
            return Err(self.invalid(start, "a source needs \"paths\", or an \"index\" to download from"));
        }
        let kind = self.kind(&wire).map_err(|message| self.invalid(start, message))?;
        let info = SourceInfo {
            title: wire.title,
            attribution: wire.attribution,
            licence: wire.licence,
            licence_url: wire.licence_url.map(|url| url.0.into()),
            date: wire.date.map(|date| date.0),
        };
        let index = wire.index.map(|url| url.0);
        Ok(Source { id: wire.id.into_inner().0, kind, info, paths: wire.paths, index })
    }

    /// Whoever shows real plans must say whose they are; invented ones belong to nobody.
    fn layer(&self, wire: WireLayer, data: DataKind) -> Result<Layer, CityError> {
        let start = wire.id.span().start;
        if data == DataKind::Real && (wire.attribution.trim().is_empty() || wire.licence.trim().is_empty()) {
            return Err(self.invalid(start, "a layer of real data needs an \"attribution\" and a \"licence\""));
        }
        Ok(Layer {
            id: wire.id.into_inner().0,
            title: wire.title,
            paths: wire.paths,
            visible: wire.visible,
            opacity: wire.opacity.0 as f32,
            legal_basis: wire.legal_basis,
            attribution: wire.attribution,
            licence: wire.licence,
            licence_url: wire.licence_url.map(|url| url.0.into()),
            mapping: wire.mapping,
        })
    }

    fn kind(&self, wire: &WireSource) -> Result<SourceKind, &'static str> {
        if wire.class.is_some() && wire.kind != WireSourceKind::Ground {
            return Err("only a source of kind \"ground\" has a \"class\"");
        }
        if wire.key.is_some() && wire.kind != WireSourceKind::Table {
            return Err("only a source of kind \"table\" has a \"key\"");
        }
        if wire.category.is_some() && wire.kind != WireSourceKind::Points {
            return Err("only a source of kind \"points\" has a \"category\"");
        }
        if wire.mapping.is_some() && wire.kind != WireSourceKind::Points {
            return Err("only a source of kind \"points\" has a \"mapping\"");
        }
        match wire.kind {
            WireSourceKind::Buildings => Ok(SourceKind::Buildings),
            WireSourceKind::Terrain => Ok(SourceKind::Terrain),
            WireSourceKind::Trees => Ok(SourceKind::Trees),
            WireSourceKind::Ground => {
                wire.class.map(SourceKind::Ground).ok_or("a source of kind \"ground\" needs a \"class\"")
            }
            WireSourceKind::Table => {
                let key = wire.key.clone().ok_or("a source of kind \"table\" needs a \"key\"")?;
                Ok(SourceKind::Table { key })
            }
            WireSourceKind::Points => {
                let category = wire.category.ok_or("a source of kind \"points\" needs a \"category\"")?;
                Ok(SourceKind::Points { category, mapping: wire.mapping.clone().unwrap_or_default() })
            }
        }
    }
}
