//! What truly stands where: the triangles of the twin's finest tiles, read from its files and met by rays of the test's
//! own. The program's tree, levels, picking and camera have no part in it.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::LazyLock;

use glam::{DVec2, DVec3, Vec3};
use stadtzwilling::stream::decode::{ContentFrame, Decoder};
use stadtzwilling::stream::{MeshClass, TileContent, TileTree, looks_like_json};
use url::Url;

use crate::sample::{DESCRIPTION, TWIN};
use crate::sight::FRAME;

/// The sample city.
pub static CITY: LazyLock<Solids> = LazyLock::new(|| {
    let mut solids = Solids::default();
    for tileset in [&DESCRIPTION.buildings, &DESCRIPTION.ground].into_iter().flatten() {
        solids.add_leaves(&TWIN.join("public").join(tileset));
    }
    solids
});

/// Width of a cell of the index, metres.
const CELL_M: f64 = 20.0;
/// A triangle is found in cells that are so near as well, so that a ray need not be followed exactly, metres.
const MARGIN_M: f64 = CELL_M / 4.0;

/// What a triangle is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Ground,
    Building,
    Tree,
}

/// A triangle in local coordinates, counter-clockwise from outside.
#[derive(Clone, Debug)]
pub struct Triangle {
    pub corners: [DVec3; 3],
    pub kind: Kind,
    /// Whose it is, as a number in [`Solids::owners`].
    owner: usize,
}

/// Where a ray meets something.
#[derive(Clone, Copy, Debug)]
pub struct Met<'a> {
    pub triangle: &'a Triangle,
    pub at: DVec3,
}

/// All triangles, to be found by their place on the map.
#[derive(Default)]
pub struct Solids {
    triangles: Vec<Triangle>,
    /// Public ids; empty for what has none.
    owners: Vec<String>,
    cells: HashMap<(i32, i32), Vec<usize>>,
    low_m: f64,
    high_m: f64,
}

impl Solids {
    /// Adds the tiles of a tileset that have none below them.
    fn add_leaves(&mut self, path: &Path) {
        let url = Url::from_file_path(path).expect("the path is whole");
        let mut tree = TileTree::parse(0, &url, &read(&url)).expect("a tileset");
        let mut number = 0;
        while let Some(tile) = tree.tile(number).cloned() {
            for content in &tile.contents {
                let bytes = read(content);
                if looks_like_json(&bytes) {
                    tree.graft(number, content, content, &bytes).expect("a tileset in a tileset");
                } else if tile.children.is_empty() {
                    let frame =
                        ContentFrame { ecef_from_tile: tile.ecef_from_tile, up_axis: tree.content_up_axis(&tile) };
                    self.add(&Decoder::new(vec![bytes], frame).run().expect("a tile").content);
                }
            }
            number += 1;
        }
        assert!(number > 1, "{} has tiles", path.display());
    }

    fn add(&mut self, content: &TileContent) {
        let first_owner = self.owners.len();
        let owners = (0..content.features.count).map(|row| content.features.id(row).unwrap_or_default().to_owned());
        self.owners.extend(owners.chain([String::new()]));
        let nobody = self.owners.len() - 1;
        for mesh in &content.meshes {
            let kind = match mesh.class {
                MeshClass::Ground => Kind::Ground,
                MeshClass::Tree => Kind::Tree,
                MeshClass::Roof | MeshClass::Wall | MeshClass::Other { .. } => Kind::Building,
            };
            let local_from_mesh = FRAME.local_from_ecef * mesh.ecef_from_mesh;
            let corner =
                |index: u32| local_from_mesh.transform_point3(Vec3::from(mesh.positions[index as usize]).as_dvec3());
            for indices in mesh.indices.chunks_exact(3) {
                let row = mesh.features.get(indices[0] as usize).filter(|row| **row < content.features.count);
                let owner = row.map_or(nobody, |row| first_owner + *row as usize);
                self.place(Triangle {
                    corners: [corner(indices[0]), corner(indices[1]), corner(indices[2])],
                    kind,
                    owner,
                });
            }
        }
    }

    fn place(&mut self, triangle: Triangle) {
        let [a, b, c] = triangle.corners;
        let (low, high) = (a.min(b).min(c), a.max(b).max(c));
        (self.low_m, self.high_m) = (self.low_m.min(low.z), self.high_m.max(high.z));
        let [from, to] = [cell(low.truncate() - MARGIN_M), cell(high.truncate() + MARGIN_M)];
        for x in from.0..=to.0 {
            for y in from.1..=to.1 {
                self.cells.entry((x, y)).or_default().push(self.triangles.len());
            }
        }
        self.triangles.push(triangle);
    }

    /// The triangles near a place on the map.
    fn near(&self, at: DVec2) -> impl Iterator<Item = &Triangle> {
        self.cells.get(&cell(at)).into_iter().flatten().map(|number| &self.triangles[*number])
    }

    /// The public id of what a triangle belongs to.
    pub fn owner(&self, triangle: &Triangle) -> &str {
        &self.owners[triangle.owner]
    }

    /// The first triangle that a ray meets.
    pub fn first_met(&self, from: DVec3, direction: DVec3) -> Option<Met<'_>> {
        let (begin, end) = self.within_heights(from, direction)?;
        let level_m = direction.truncate().length();
        let step = (MARGIN_M / level_m.max(1e-9)).min(end - begin).max(1e-9);
        let mut seen = BTreeSet::new();
        let mut best: Option<(f64, &Triangle)> = None;
        for number in 0..=((end - begin) / step).ceil() as usize {
            let along = begin + step * number as f64;
            if best.is_some_and(|(distance, _)| distance < along - step) {
                break;
            }
            let at = cell((from + direction * along).truncate());
            if !seen.insert(at) {
                continue;
            }
            for triangle in self.cells.get(&at).into_iter().flatten().map(|number| &self.triangles[*number]) {
                if let Some(distance) = meets(triangle, from, direction)
                    && best.is_none_or(|(nearest, _)| distance < nearest)
                {
                    best = Some((distance, triangle));
                }
            }
        }
        best.map(|(distance, triangle)| Met { triangle, at: from + direction * distance })
    }

    /// The part of a ray that lies between the lowest and the highest triangle.
    fn within_heights(&self, from: DVec3, direction: DVec3) -> Option<(f64, f64)> {
        // Farther than that nothing stands.
        const FAR_M: f64 = 20_000.0;
        let at = |height_m: f64| (height_m - from.z) / direction.z;
        let (low, high) = (at(self.low_m - 1.0), at(self.high_m + 1.0));
        let (begin, end) = (low.min(high).max(0.0), low.max(high).min(FAR_M));
        (begin < end).then_some((begin, end))
    }

    /// Where the vertical line through a place meets triangles of a kind: heights, with the triangles.
    pub fn column(&self, at: DVec2, kind: Kind) -> impl Iterator<Item = (f64, &Triangle)> {
        let from = at.extend(self.low_m - 1.0);
        let of_kind = self.near(at).filter(move |triangle| triangle.kind == kind);
        of_kind.filter_map(move |triangle| Some((from.z + meets(triangle, from, DVec3::Z)?, triangle)))
    }

    /// Height of the ground at a place.
    pub fn ground_m(&self, at: DVec2) -> Option<f64> {
        self.column(at, Kind::Ground).map(|(height_m, _)| height_m).max_by(f64::total_cmp)
    }

    /// The building that a point is inside: above it more of its faces look up than down. Faces on the ground are in no
    /// tile.
    pub fn house_around(&self, at: DVec3) -> Option<&str> {
        let mut balance: HashMap<usize, i32> = HashMap::new();
        for (_, triangle) in self.column(at.truncate(), Kind::Building).filter(|(height_m, _)| *height_m > at.z) {
            *balance.entry(triangle.owner).or_default() += if triangle.normal().z > 0.0 { 1 } else { -1 };
        }
        let around = balance.into_iter().find(|(_, balance)| *balance > 0)?;
        Some(&self.owners[around.0])
    }
}

impl Triangle {
    /// Outward, with any length.
    pub fn normal(&self) -> DVec3 {
        let [a, b, c] = self.corners;
        (b - a).cross(c - a)
    }
}

fn read(url: &Url) -> Vec<u8> {
    let path = url.to_file_path().expect("a file");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn cell(at: DVec2) -> (i32, i32) {
    let at = (at / CELL_M).floor();
    (at.x as i32, at.y as i32)
}

/// How far along a ray a triangle is met, from either side (Möller and Trumbore).
fn meets(triangle: &Triangle, from: DVec3, direction: DVec3) -> Option<f64> {
    let [a, b, c] = triangle.corners;
    let (ab, ac) = (b - a, c - a);
    let across = direction.cross(ac);
    let volume = ab.dot(across);
    if volume == 0.0 {
        return None;
    }
    let to = from - a;
    let u = to.dot(across) / volume;
    let around = to.cross(ab);
    let v = direction.dot(around) / volume;
    let distance = ac.dot(around) / volume;
    (u >= 0.0 && v >= 0.0 && u + v <= 1.0 && distance > 0.0).then_some(distance)
}

#[test]
fn a_point_in_a_house_is_told_from_one_beside_and_above_it() {
    let mut solids = Solids { owners: vec!["house".to_owned()], ..Solids::default() };
    let corner = |x: u8, y: u8, z: u8| DVec3::new(f64::from(x), f64::from(y), f64::from(z)) * 10.0;
    let quads = [
        [corner(0, 0, 1), corner(1, 0, 1), corner(1, 1, 1), corner(0, 1, 1)],
        [corner(0, 0, 0), corner(1, 0, 0), corner(1, 0, 1), corner(0, 0, 1)],
        [corner(1, 0, 0), corner(1, 1, 0), corner(1, 1, 1), corner(1, 0, 1)],
    ];
    for [a, b, c, d] in quads {
        for corners in [[a, b, c], [a, c, d]] {
            solids.place(Triangle { corners, kind: Kind::Building, owner: 0 });
        }
    }
    assert_eq!(solids.house_around(DVec3::new(4.0, 3.0, 5.0)), Some("house"));
    assert_eq!(solids.house_around(DVec3::new(4.0, 3.0, 10.5)), None);
    assert_eq!(solids.house_around(DVec3::new(14.0, 3.0, 5.0)), None);
    let met = solids.first_met(DVec3::new(4.0, -100.0, 50.0), DVec3::new(0.0, 1.0, -0.45).normalize());
    assert!(met.is_some_and(|met| met.at.distance(DVec3::new(4.0, 0.0, 5.0)) < 1e-6), "{met:?}");
}
