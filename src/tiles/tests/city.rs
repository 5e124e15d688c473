//! An invented city for the tests of this module: streets of houses, blocks with courtyards, garages and a church.

use std::sync::Mutex;

use glam::{DVec2, DVec3};

use crate::geo::{Crs, CrsError, EastNorthUp, Ecef, Geodetic, Polygon3};
use crate::model::SurfaceKind;
use crate::privacy::{ReleasedBuilding, ReleasedSurface, ReleasedValue};
use crate::tiles::{MemoryTiles, TilesetBuilder, TilesetSettings, TilesetStats, ToEcef};
use crate::twin::{AttributeInfo, AttributeKind, CategoryValue, Text};

pub(super) const ORIGIN: Geodetic = Geodetic { lon_deg: 11.5755, lat_deg: 48.1372, height_m: 565.0 };
pub(super) const CRS: Crs = Crs { horizontal: 25832, vertical: Some(7837) };
/// Where the invented projected system has the origin.
pub(super) const FALSE_ORIGIN: DVec3 = DVec3::new(691_500.0, 5_334_500.0, 519.0);

/// Takes projected metres for metres of the local frame: no projection library in these tests.
pub(super) struct Flat;

impl ToEcef for Flat {
    fn ecef(&self, _crs: Crs, point: DVec3) -> Result<Ecef, CrsError> {
        Ok(EastNorthUp::at(ORIGIN).ecef(point - FALSE_ORIGIN))
    }
}

/// Numbers that look random and are the same every time.
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 up to 1.
    pub fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1_u64 << 24) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.roll()
    }

    pub fn below(&mut self, count: usize) -> usize {
        (self.roll() * count as f64) as usize
    }
}

/// A footprint's place: its middle on the ground and its direction.
#[derive(Clone, Copy)]
struct Plot {
    middle: DVec3,
    angle: f64,
}

impl Plot {
    /// Millimetres, as sources write them.
    fn at(&self, x: f64, y: f64, z: f64) -> DVec3 {
        let flat = DVec2::from_angle(self.angle).rotate(DVec2::new(x, y));
        ((self.middle + DVec3::new(flat.x, flat.y, z)) * 1000.0).round() / 1000.0
    }
}

fn polygon(exterior: Vec<DVec3>) -> Polygon3 {
    Polygon3 { exterior, interiors: Vec::new() }
}

fn surface(kind: SurfaceKind, polygons: Vec<Polygon3>) -> ReleasedSurface {
    ReleasedSurface { kind, polygons }
}

/// Walls over a ring seen from above, outside to the right; closed by nothing.
fn walls(plot: Plot, ring: &[(f64, f64)], low: f64, high: f64) -> Vec<ReleasedSurface> {
    let next = ring.iter().cycle().skip(1);
    let wall = |(&(ax, ay), &(bx, by)): (&(f64, f64), &(f64, f64))| {
        let quad = vec![plot.at(ax, ay, low), plot.at(bx, by, low), plot.at(bx, by, high), plot.at(ax, ay, high)];
        surface(SurfaceKind::Wall, vec![polygon(quad)])
    };
    ring.iter().zip(next).map(wall).collect()
}

fn flat(plot: Plot, ring: &[(f64, f64)], z: f64) -> Vec<DVec3> {
    ring.iter().map(|&(x, y)| plot.at(x, y, z)).collect()
}

fn ground(plot: Plot, ring: &[(f64, f64)]) -> ReleasedSurface {
    let mut exterior = flat(plot, ring, 0.0);
    exterior.reverse();
    surface(SurfaceKind::Ground, vec![polygon(exterior)])
}

/// A prism with a flat roof.
fn prism(plot: Plot, ring: &[(f64, f64)], height: f64) -> Vec<ReleasedSurface> {
    let mut surfaces = walls(plot, ring, 0.0, height);
    surfaces.push(ground(plot, ring));
    surfaces.push(surface(SurfaceKind::Roof, vec![polygon(flat(plot, ring, height))]));
    surfaces
}

fn rectangle(half_width: f64, half_depth: f64) -> [(f64, f64); 4] {
    let (w, d) = (half_width, half_depth);
    [(-w, -d), (w, -d), (w, d), (-w, d)]
}

/// A house with a gable roof, its ridge along the longer side.
fn gabled(plot: Plot, w: f64, d: f64, eave: f64, ridge: f64) -> Vec<ReleasedSurface> {
    let p = |x, y, z| plot.at(x, y, z);
    let side =
        |s: f64| vec![p(-w * s, -d * s, 0.0), p(w * s, -d * s, 0.0), p(w * s, -d * s, eave), p(-w * s, -d * s, eave)];
    let gable = |s: f64| {
        vec![
            p(w * s, -d * s, 0.0),
            p(w * s, d * s, 0.0),
            p(w * s, d * s, eave),
            p(w * s, 0.0, ridge),
            p(w * s, -d * s, eave),
        ]
    };
    let slope =
        |s: f64| vec![p(-w * s, -d * s, eave), p(w * s, -d * s, eave), p(w * s, 0.0, ridge), p(-w * s, 0.0, ridge)];
    let mut surfaces = vec![ground(plot, &rectangle(w, d))];
    for s in [1.0, -1.0] {
        surfaces.push(surface(SurfaceKind::Wall, vec![polygon(side(s))]));
        surfaces.push(surface(SurfaceKind::Wall, vec![polygon(gable(s))]));
        surfaces.push(surface(SurfaceKind::Roof, vec![polygon(slope(s))]));
    }
    surfaces
}

/// A block around a courtyard.
fn block(plot: Plot, half: f64, height: f64) -> Vec<ReleasedSurface> {
    let outer = rectangle(half, half);
    let mut inner = rectangle(half - 11.0, half - 11.0);
    inner.reverse();
    let mut surfaces = walls(plot, &outer, 0.0, height);
    surfaces.extend(walls(plot, &inner, 0.0, height));
    let roof = Polygon3 { exterior: flat(plot, &outer, height), interiors: vec![flat(plot, &inner, height)] };
    let mut ground = Polygon3 { exterior: flat(plot, &outer, 0.0), interiors: vec![flat(plot, &inner, 0.0)] };
    ground.exterior.reverse();
    ground.interiors.iter_mut().for_each(|ring| ring.reverse());
    surfaces.push(surface(SurfaceKind::Roof, vec![roof]));
    surfaces.push(surface(SurfaceKind::Ground, vec![ground]));
    surfaces
}

/// A nave with a tower and a steeple.
fn church(plot: Plot) -> Vec<ReleasedSurface> {
    let mut surfaces = gabled(plot, 25.0, 9.0, 14.0, 24.0);
    let tower = Plot { middle: plot.at(-30.0, 0.0, 0.0), ..plot };
    let ring = rectangle(5.0, 5.0);
    surfaces.extend(walls(tower, &ring, 0.0, 45.0));
    surfaces.push(ground(tower, &ring));
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let steeple = vec![tower.at(a.0, a.1, 45.0), tower.at(b.0, b.1, 45.0), tower.at(0.0, 0.0, 85.0)];
        surfaces.push(surface(SurfaceKind::Roof, vec![polygon(steeple)]));
    }
    surfaces
}

/// `count` buildings on a grid of plots with streets between, the church in the middle.
pub(super) fn city(count: usize) -> Vec<ReleasedBuilding> {
    let columns = (count as f64).sqrt().ceil() as usize;
    let mut dice = Dice::new(48_137);
    let middle = columns / 2 * columns + columns / 2;
    (0..count).map(|index| building(index, columns, index == middle, &mut dice)).collect()
}

fn building(index: usize, columns: usize, is_church: bool, dice: &mut Dice) -> ReleasedBuilding {
    let (column, row) = ((index % columns) as f64, (index / columns) as f64);
    let half = columns as f64 / 2.0;
    // Streets bend a little and the ground slopes by a metre in two hundred.
    let (x, y) = ((column - half) * 31.0, (row - half) * 33.0 + 12.0 * (column / 7.0).sin());
    let middle = FALSE_ORIGIN + DVec3::new(x + dice.between(-2.0, 2.0), y + dice.between(-2.0, 2.0), -y / 200.0);
    let plot = Plot { middle, angle: dice.between(-0.05, 0.05) + (column / 7.0).cos() * 0.35 };
    let kind = dice.below(100);
    let eave = dice.between(5.0, 16.0);
    let (surfaces, roof, height) = match kind {
        _ if is_church => (church(plot), 2, 85.0),
        0..15 => (prism(plot, &rectangle(1.5, 3.0), 2.5), 0, 2.5),
        15..25 => (block(plot, dice.between(14.0, 15.0), eave + 4.0), 0, eave + 4.0),
        25..40 => {
            (prism(plot, &[(-8.0, -7.0), (9.0, -7.0), (9.0, 1.0), (0.0, 1.0), (0.0, 8.0), (-8.0, 8.0)], eave), 0, eave)
        }
        _ => {
            let (w, d) = (dice.between(5.0, 10.0), dice.between(4.0, 6.5));
            (gabled(plot, w, d, eave, eave + d * 0.8), 1, eave + d * 0.8)
        }
    };
    let values = values(index, row, roof, height, dice);
    ReleasedBuilding::invented(format!("DEBY_LOD2_{}", 4_900_000 + index * 37), CRS, surfaces, values)
}

fn values(index: usize, row: f64, roof: u16, height: f64, dice: &mut Dice) -> Vec<Option<ReleasedValue>> {
    use ReleasedValue::{Boolean, Category, Integer, Real, Text};
    let mut some = |value| (dice.roll() > 0.1).then_some(value);
    vec![
        some(Text(format!("Prüfstraße {}, 80{}", index % 97, 331 + row as usize % 40))),
        some(Category(roof)),
        Some(Real((height * 2.0).round() / 2.0)),
        some(Integer((height / 3.0) as i64)),
        some(Category((index / 13 % 5) as u16)),
        some(Category((index / 7 % 3) as u16)),
        some(Boolean(index.is_multiple_of(40))),
        some(Real((height * 31.7).round() / 10.0)),
        None,
    ]
}

fn category(keys: &[&str]) -> AttributeKind {
    let value = |key: &&str| CategoryValue { key: (*key).to_owned(), label: Text::new(key, key) };
    AttributeKind::Category { values: keys.iter().map(value).collect() }
}

pub(super) fn attributes() -> Vec<AttributeInfo> {
    let info = |name: &str, de: &str, en: &str, kind| AttributeInfo {
        name: name.to_owned(),
        label: Text::new(de, en),
        kind,
        class: "public".to_owned(),
        legal_basis: Text::default(),
        why: Text::default(),
        operation: None,
    };
    let metres = Some("m".to_owned());
    vec![
        info("address", "Adresse", "address", AttributeKind::Text),
        info("roof_shape", "Dachform", "roof shape", category(&["flat", "gabled", "mixed"])),
        info("height", "Höhe", "height", AttributeKind::Real { unit: metres, decimals: 1 }),
        info("storeys", "Geschosse", "storeys", AttributeKind::Integer { unit: None }),
        info("year_bin", "Baujahr", "year of construction", category(&["1918", "1948", "1978", "2000", "later"])),
        info("use", "Nutzung", "use", category(&["living", "work", "no_data"])),
        info("monument", "Denkmal", "monument", AttributeKind::Boolean),
        info("heat", "Wärmebedarf", "heat demand", AttributeKind::Real { unit: None, decimals: 1 }),
        info("never-given", "Leer", "empty", AttributeKind::Text),
    ]
}

pub(super) fn settings(spool_dir: &std::path::Path) -> TilesetSettings {
    TilesetSettings {
        attributes: attributes(),
        policy_hash: "c0ffee".to_owned(),
        audience: "citizen".to_owned(),
        copyright: "Invented by a test".to_owned(),
        ..TilesetSettings::at(ORIGIN, spool_dir.to_owned())
    }
}

/// The tileset of some buildings.
pub(super) fn tiles(buildings: &[ReleasedBuilding]) -> (MemoryTiles, TilesetStats) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut builder = TilesetBuilder::new(settings(folder.path())).expect("distinct attributes");
    for building in buildings {
        builder.add(building, &Flat).expect("a sound building");
    }
    let out = Mutex::<MemoryTiles>::default();
    let stats = builder.finish(&out, &|_| {}).expect("memory takes everything");
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0, "the spool is left empty");
    (out.into_inner().expect("no thread has panicked"), stats)
}
