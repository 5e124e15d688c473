//! The desk of a page that draws nothing: files of a release in, questions in, answers as JSON and HTML out.
//!
//! Beside the city in every browser, and in its place where there are no graphics. Like everything that answers it opens
//! nothing itself: it says which files are [wanted](Desk::wanted), the page's scripts bring them.

#[cfg(test)]
#[cfg(feature = "import")]
mod tests;

use std::collections::BTreeMap;

use ::geo::{BoundingRect, Euclidean, Length, Line as Segment};
use serde::Serialize;
use url::Url;

use crate::answer::{
    Around, House, Houses, HousesError, NearGroup, PlanLink, PlanView, footprint, near_places, near_plans,
};
use crate::fetch::Body;
use crate::geo::{Geodetic, MetresAround};
use crate::plan::{DevelopmentPlan, PlanLayer};
use crate::points::{PointLayer, PointsError};
use crate::search::{Hit, Index, SearchError};
use crate::stream::{OpenError, Opened, join};
use crate::twin::{CameraPose, Language, LayerInfo, Link, LinkTarget, PointCategory, TwinDescription};
use crate::web::address::query;

/// Distance of the eye from a house that a list leads to, metres.
const HOUSE_M: f64 = 260.0;
/// How far it looks down, degrees.
const HOUSE_PITCH_DEG: f64 = -35.0;
/// Distance of the eye from a plan's middle, by how far it is from corner to corner.
const PLAN_REACH: f64 = 1.5;

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
    /// A layer of stops, schools and the like.
    #[error(transparent)]
    Points(#[from] PointsError),
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
    Points(usize),
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
    points: Vec<(PointCategory, PointLayer)>,
}

/// A line of a list: what it says and the view of it, as the part of an address after `#`.
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
        for (number, points) in twin.points.iter().enumerate() {
            want(&points.data, Part::Points(number));
        }
        let (layers, points) = (BTreeMap::new(), Vec::new());
        Ok(Self { twin, wanted, houses: None, index: Index::default(), layers, points })
    }

    /// Files of the whole release that are still wanted, the most useful first.
    pub fn wanted(&self) -> impl Iterator<Item = &Url> {
        self.wanted.iter().map(|(url, _)| url)
    }

    /// Those of them that hold names and house numbers: until they have come, another hit may be the best.
    pub fn wanted_names(&self) -> impl Iterator<Item = &Url> {
        let is_searched = |part: Part| matches!(part, Part::Names | Part::Addresses | Part::Points(_));
        self.wanted.iter().filter(move |(_, part)| is_searched(*part)).map(|(url, _)| url)
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
            Part::Names => {
                let index = Index::parse(&bytes)?;
                if index.policy_hash() != self.twin.policy_hash {
                    return Err(SearchError::OtherPolicy.into());
                }
                self.index = index;
                for (category, layer) in &self.points {
                    self.index.add_places(*category, layer);
                }
            }
            Part::Addresses => self.index.add_addresses(&bytes)?,
            Part::Layer(number) => {
                let layer = PlanLayer::from_geojson(&bytes);
                let layer = layer.map_err(|error| DeskError::Layer { url: url.clone(), why: error.to_string() })?;
                self.layers.insert(number, layer);
            }
            Part::Points(number) => self.take_points(number, &bytes)?,
        }
        Ok(())
    }

    fn take_points(&mut self, number: usize, bytes: &[u8]) -> Result<(), DeskError> {
        let layer = PointLayer::from_json(bytes)?;
        if let Some(info) = self.twin.points.get(number) {
            self.index.add_places(info.category, &layer);
            self.points.push((info.category, layer));
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
                mark: hit.mark(),
                ..Link::default()
            }),
        });
        json(&lines.collect::<Vec<_>>())
    }

    /// Known houses around a place as a JSON array of lines, the nearest first.
    pub fn around(&self, place: Geodetic, radius_m: f64, language: Language) -> String {
        let Some(houses) = &self.houses else { return "[]".to_owned() };
        let near = houses.around(place, radius_m);
        let views: Vec<_> = near.iter().map(|(_, house)| house.view(&self.twin, Around::default(), language)).collect();
        let lines = near.iter().zip(&views).map(|((distance_m, house), view)| Line {
            title: &view.title,
            detail: view.facts.iter().find_map(|fact| fact.value.as_deref()).unwrap_or_default(),
            kind: "house".to_owned(),
            instead_of: None,
            house: Some(&house.id),
            lon: house.place.lon_deg,
            lat: house.place.lat_deg,
            distance_m: Some(distance_m.round()),
            view: shows(house),
        });
        json(&lines.collect::<Vec<_>>())
    }

    /// What there is to say of a known house, as a part of an HTML page.
    pub fn house(&self, id: &str, language: Language) -> Option<String> {
        let house = self.houses.as_ref()?.of_id(id)?;
        let view = house.view(&self.twin, self.around_of(house, language), language);
        let plan = |link: &PlanLink| {
            let (_, plan) = self.plan_of(&link.layer, &link.plan)?;
            Some(format!("#{}", self.shows_plan(&link.layer, plan)))
        };
        Some(view.as_html(language, Some(&format!("#{}", shows(house))), &plan))
    }

    /// What there is to say of a plan of a layer that has come, as a part of an HTML page.
    pub fn plan(&self, layer: &str, plan: &str, language: Language) -> Option<String> {
        let (info, plan) = self.plan_of(layer, plan)?;
        let view = PlanView::new(&self.twin, info, plan, language);
        Some(view.as_html(language, Some(&format!("#{}", self.shows_plan(layer, plan)))))
    }

    fn plan_of(&self, layer: &str, plan: &str) -> Option<(&LayerInfo, &DevelopmentPlan)> {
        let number = self.twin.layers.iter().position(|info| info.id == layer)?;
        Some((self.twin.layers.get(number)?, self.layers.get(&number)?.get(plan)?))
    }

    /// The part of an address after `#` that shows a plan: all of it, on the height where the city begins.
    fn shows_plan(&self, layer: &str, plan: &DevelopmentPlan) -> String {
        let camera = plan.geometry.bounding_rect().map(|area| {
            let (middle, plane) = (area.center(), MetresAround::at(area.center().x, area.center().y));
            let across_m = Euclidean.length(&plane.of(&Segment::new(area.min(), area.max())));
            CameraPose {
                lon_deg: middle.x,
                lat_deg: middle.y,
                height_m: self.twin.home.height_m,
                distance_m: (PLAN_REACH * across_m).max(HOUSE_M),
                heading_deg: 0.0,
                pitch_deg: HOUSE_PITCH_DEG,
            }
        });
        let target = LinkTarget::Plan { layer: layer.to_owned(), plan: plan.id.clone() };
        query(&Link { camera, target: Some(target), ..Link::default() })
    }

    /// What lies around a house, as far as its layers have come.
    fn around_of(&self, house: &House, language: Language) -> Around {
        let footprint = footprint(house.content(), house.row());
        let layers = self.layers.iter().filter_map(|(number, layer)| Some((self.twin.layers.get(*number)?, layer)));
        let under = |(info, layer): (&LayerInfo, &PlanLayer)| {
            layer.plans_under(&footprint).map(|plan| PlanLink::new(info, plan, language)).collect::<Vec<_>>()
        };
        let plans = layers.clone().flat_map(under).collect();
        let near = near_plans(layers, &footprint).into_iter();
        let away = |(info, plan, away_m)| PlanLink::away(info, plan, away_m, language);
        let places: Vec<_> = self.points.iter().map(|(category, layer)| (*category, layer)).collect();
        let group = |(category, places): (_, Vec<_>)| NearGroup::new(category, &places, language);
        let near_on_foot = near_places(&places, &footprint).into_iter().map(group).collect();
        Around { plans, plans_near: near.map(away).collect(), near: near_on_foot }
    }
}

/// The part of an address after `#` that shows a house.
fn shows(house: &House) -> String {
    query(&Link { camera: Some(pose(house)), target: Some(LinkTarget::Building(house.id.clone())), ..Link::default() })
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
