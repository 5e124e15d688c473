//! The desk of a page that draws nothing: files of a release in, questions in, answers as JSON and HTML out.
//!
//! Beside the city in every browser, and in its place where there are no graphics. Like everything that answers it opens
//! nothing itself: it says which files are [wanted](Desk::wanted), the page's scripts bring them.

#[cfg(all(test, feature = "import"))]
mod tests;

use std::collections::BTreeMap;

use geo::MultiPolygon;
use serde::Serialize;
use url::Url;

use crate::answer::{House, Houses, HousesError, PlanLink};
use crate::fetch::Body;
use crate::geo::Geodetic;
use crate::plan::PlanLayer;
use crate::search::{Hit, Index, SearchError};
use crate::stream::{OpenError, Opened, join};
use crate::twin::{CameraPose, Language, Link, LinkTarget, TwinDescription};
use crate::web::address::query;

/// Distance of the eye from a house that a list leads to, metres.
const HOUSE_M: f64 = 260.0;
/// How far it looks down, degrees.
const HOUSE_PITCH_DEG: f64 = -35.0;

/// Why a file was of no use.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// No twin.
    #[error(transparent)]
    Twin(#[from] OpenError),
    /// A tileset or tile.
    #[error(transparent)]
    Houses(#[from] HousesError),
    /// A file of names.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// A planning layer.
    #[error("{url}: {why}")]
    Layer {
        /// Its address.
        url: Url,
        /// What is wrong.
        why: String,
    },
}

/// What a file of the release is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Houses,
    Names,
    Addresses,
    Layer(usize),
}

/// Everything that questions are answered from.
#[derive(Debug)]
pub struct Desk {
    twin: TwinDescription,
    /// Files that every answer may need, and which have not come, in the order in which they are to come.
    wanted: Vec<(Url, Part)>,
    houses: Option<Houses>,
    index: Index,
    /// In the order of the twin.
    layers: BTreeMap<usize, PlanLayer>,
}

/// A line of a list: what it says and the view of it, as the part of an address after `?`.
#[derive(Serialize)]
struct Line<'a> {
    title: &'a str,
    detail: &'a str,
    /// Kind of a hit in a word, such as `street`; `house` in a list of houses.
    kind: String,
    /// The house number that was asked for, where there is none such.
    instead_of: Option<&'a str>,
    /// Public id of the house.
    house: Option<&'a str>,
    lon: f64,
    lat: f64,
    /// Metres from the place that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_m: Option<f64>,
    view: String,
}

impl Desk {
    /// Begins with the description of a twin; `url` is where it came from.
    pub fn open(url: &Url, twin: &[u8]) -> Result<Self, DeskError> {
        let twin = match Opened::recognise(Body { url: url.clone(), bytes: twin.to_vec() })? {
            Opened::Twin(twin, _) => *twin,
            Opened::Tileset(body) => return Err(OpenError::NothingThere { url: body.url }.into()),
        };
        let mut wanted = Vec::new();
        let mut want = |path: &str, part| wanted.extend(join(url, path).ok().map(|url| (url, part)));
        if let Some(search) = &twin.search {
            want(&search.names, Part::Names);
        }
        if let Some(buildings) = &twin.buildings {
            want(buildings, Part::Houses);
        }
        if let Some(search) = &twin.search {
            want(&search.addresses, Part::Addresses);
        }
        for (number, layer) in twin.layers.iter().enumerate() {
            want(&layer.data, Part::Layer(number));
        }
        Ok(Self { twin, wanted, houses: None, index: Index::default(), layers: BTreeMap::new() })
    }

    /// Files of the whole release that are still wanted, the most useful first.
    pub fn wanted(&self) -> impl Iterator<Item = &Url> {
        self.wanted.iter().map(|(url, _)| url)
    }

    /// Files that are wanted before all houses around a place are known, the nearest first.
    pub fn missing(&self, place: Geodetic, radius_m: f64) -> Vec<Url> {
        self.houses.as_ref().map_or_else(Vec::new, |houses| houses.missing(place, radius_m))
    }

    /// Takes a file that was wanted or missing. A broken one is not asked for again, and the rest still answers.
    pub fn take(&mut self, url: &Url, bytes: Vec<u8>) -> Result<(), DeskError> {
        let Some(position) = self.wanted.iter().position(|(wanted, _)| wanted == url) else {
            let stranger = || HousesError::Stranger { url: url.clone() };
            return Ok(self.houses.as_mut().ok_or_else(stranger)?.take(url, bytes)?);
        };
        match self.wanted.remove(position).1 {
            Part::Houses => self.houses = Some(Houses::new(url, &bytes, &self.twin.policy_hash)?),
            Part::Names => self.index = Index::parse(&bytes)?,
            Part::Addresses => self.index.add_addresses(&bytes)?,
            Part::Layer(number) => {
                let layer = PlanLayer::from_geojson(&bytes);
                let layer = layer.map_err(|error| DeskError::Layer { url: url.clone(), why: error.to_string() })?;
                self.layers.insert(number, layer);
            }
        }
        Ok(())
    }

    /// Says that a file will not come.
    pub fn lose(&mut self, url: &Url) {
        self.wanted.retain(|(wanted, _)| wanted != url);
        if let Some(houses) = &mut self.houses {
            houses.lose(url);
        }
    }

    /// Hits for what was typed so far as a JSON array of lines; views look in the direction `heading_deg`.
    pub fn find(&self, typed: &str, language: Language, limit: usize, heading_deg: f64) -> String {
        let hits = self.index.find(typed, language, limit);
        let lines = hits.iter().map(|hit| Line {
            title: &hit.title,
            detail: &hit.detail,
            kind: word(hit),
            instead_of: hit.instead_of.as_deref(),
            house: hit.building.as_deref(),
            lon: hit.lon_deg,
            lat: hit.lat_deg,
            distance_m: None,
            view: query(&Link {
                camera: Some(hit.pose(heading_deg)),
                target: hit.building.clone().map(LinkTarget::Building),
                ..Link::default()
            }),
        });
        json(&lines.collect::<Vec<_>>())
    }

    /// Known houses around a place as a JSON array of lines, the nearest first.
    pub fn around(&self, place: Geodetic, radius_m: f64, language: Language) -> String {
        let Some(houses) = &self.houses else { return "[]".to_owned() };
        let near = houses.around(place, radius_m);
        let views: Vec<_> = near.iter().map(|(_, house)| house.view(&self.twin, Vec::new(), language)).collect();
        let lines = near.iter().zip(&views).map(|((distance_m, house), view)| Line {
            title: &view.title,
            detail: view.facts.iter().find_map(|fact| fact.value.as_deref()).unwrap_or_default(),
            kind: "house".to_owned(),
            instead_of: None,
            house: Some(&house.id),
            lon: house.place.lon_deg,
            lat: house.place.lat_deg,
            distance_m: Some(distance_m.round()),
            view: query(&Link {
                camera: Some(pose(house)),
                target: Some(LinkTarget::Building(house.id.clone())),
                ..Link::default()
            }),
        });
        json(&lines.collect::<Vec<_>>())
    }

    /// Where the house of a public id is known to stand.
    pub fn place_of(&self, id: &str) -> Option<Geodetic> {
        self.houses.as_ref()?.of_id(id).map(|house| house.place)
    }

    /// Where a view of the city begins.
    pub fn home(&self) -> CameraPose {
        self.twin.home
    }

    fn plans_under(&self, footprint: &MultiPolygon<f64>, language: Language) -> Vec<PlanLink> {
        let layers = self.layers.iter().filter_map(|(number, layer)| Some((self.twin.layers.get(*number)?, layer)));
        let links = |(info, layer): (&_, &PlanLayer)| {
            let under = layer.plans_under(footprint);
            under.map(|plan| PlanLink::new(info, plan, language)).collect::<Vec<_>>()
        };
        layers.flat_map(links).collect()
    }
}

fn pose(house: &House) -> CameraPose {
    let Geodetic { lon_deg, lat_deg, height_m } = house.place;
    CameraPose { lon_deg, lat_deg, height_m, distance_m: HOUSE_M, heading_deg: 0.0, pitch_deg: HOUSE_PITCH_DEG }
}

/// The kind of a hit as scripts know it.
fn word(hit: &Hit) -> String {
    serde_json::to_value(hit.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default()
}

fn json(lines: &[Line]) -> String {
    serde_json::to_string(lines).unwrap_or_else(|_| "[]".to_owned())
}
