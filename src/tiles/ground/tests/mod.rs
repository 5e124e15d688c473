//! Grounds around an invented village in real coordinates.

mod glb;

use std::collections::BTreeMap;
use std::sync::Mutex;

use expect_test::expect;
use geo::{Coord, LineString, Polygon, Rect, polygon};
use glam::{DVec2, DVec3};
use proptest::prelude::*;

use super::flat::{Flat, Posts};
use super::pieces::{ClassMap, of_polygons, within};
use super::*;
use crate::geo::{Ecef, HeightReference, Projector};
use crate::tiles::{MemoryTiles, validate_tileset};
use crate::twin::GroundClass;

/// South-western corner of the village, UTM 32; a multiple of a leaf's edge.
const CORNER: DVec2 = DVec2::new(691_000.0, 5_334_500.0);
const ORIGIN: Geodetic = Geodetic { lon_deg: 11.5755, lat_deg: 48.1372, height_m: 560.0 };

struct Utm(Projector);

impl ToEcef for Utm {
    fn ecef(&self, _crs: Crs, point: DVec3) -> Result<Ecef, CrsError> {
        self.0.ecef(point)
    }
}

fn utm() -> Utm {
    let heights = HeightReference::Geoid { undulation_constant_m: 45.7 };
    Utm(Projector::with_grid_folders(Crs::horizontal(25832), heights, &[]).unwrap())
}

fn square(edge_m: f64) -> Square {
    Square { level: 0, column: 0, row: 0, corner: CORNER, edge_m }
}

fn placed(class: GroundClass, polygon: Polygon) -> GroundPolygon {
    use geo::MapCoords;
    let polygon = polygon.map_coords(|Coord { x, y }| Coord { x: x + CORNER.x, y: y + CORNER.y });
    GroundPolygon { class, polygon }
}

/// A river through everything, a street over it, a wood with a clearing and a pond that crosses itself.
fn village() -> Vec<GroundPolygon> {
    vec![
        placed(
            GroundClass::Street,
            polygon![(x: 240.0, y: -900.0), (x: 252.0, y: -900.0), (x: 262.0, y: 1_900.0), (x: 250.0, y: 1_900.0)],
        ),
        placed(
            GroundClass::Water,
            polygon![(x: -5_000.0, y: 300.0), (x: 6_000.0, y: 420.0), (x: 6_000.0, y: 480.0), (x: -5_000.0, y: 360.0)],
        ),
        placed(
            GroundClass::Water,
            polygon![(x: 600.0, y: 600.0), (x: 640.0, y: 640.0), (x: 640.0, y: 600.0), (x: 600.0, y: 640.0)],
        ),
        placed(
            GroundClass::Wood,
            polygon!(exterior: [(x: 400.0, y: 500.0), (x: 900.0, y: 520.0), (x: 880.0, y: 980.0), (x: 420.0, y: 940.0)], interiors: [[(x: 700.0, y: 700.0), (x: 700.0, y: 800.0), (x: 800.0, y: 800.0), (x: 800.0, y: 700.0)]]),
        ),
    ]
}

fn hills() -> Terrain {
    let at = |x: f64, y: f64| {
        CORNER.extend(0.0) + DVec3::new(x, y, 515.0 + (x / 300.0).sin() * 6.0 + (y / 400.0).cos() * 9.0)
    };
    let points: Vec<DVec3> =
        (-20..40).flat_map(|x| (-20..40).map(move |y| at(f64::from(x) * 60.0, f64::from(y) * 60.0))).collect();
    Terrain::new(Vec::new(), &points)
}

fn trees() -> Vec<Tree> {
    let tree = |index: u32| Tree {
        place: CORNER + DVec2::new(f64::from(index * 37 % 990), f64::from(index * 91 % 985)),
        height_m: 4.0 + f64::from(index % 23),
        crown_m: 2.0 + f64::from(index % 9),
    };
    (0..600).map(tree).collect()
}

fn settings() -> GroundSettings {
    let area = Rect::new((CORNER.x, CORNER.y), (CORNER.x + 1_000.0, CORNER.y + 1_000.0));
    GroundSettings {
        far_m: 4_000.0,
        copyright: "© invented".into(),
        ..GroundSettings::new(Crs::horizontal(25832), ORIGIN, area)
    }
}

fn built() -> (MemoryTiles, GroundStats) {
    let out = Mutex::<MemoryTiles>::default();
    let stats = GroundBuilder::new(settings()).build(&hills(), &village(), &trees(), &utm(), &out, &|| ()).unwrap();
    (out.into_inner().unwrap(), stats)
}

fn area_m2(flat: &Flat) -> f64 {
    let doubled = |[a, b, c]: [DVec2; 3]| (b - a).perp_dot(c - a);
    flat.triangles.iter().map(|(corners, _)| doubled(corners.map(|corner| flat.points[corner as usize])) / 2.0).sum()
}

/// No gap, no overlap: the triangles are all counter-clockwise, have the square's area together, and each of their edges
/// is either shared by two of them in opposite directions or on the border.
fn assert_watertight(flat: &Flat, edge_m: f64) {
    let area = area_m2(flat);
    assert!((area - edge_m * edge_m).abs() < 1e-6 * edge_m * edge_m, "{area}");
    let mut edges: BTreeMap<[u32; 2], u32> = BTreeMap::new();
    for ([a, b, c], _) in &flat.triangles {
        let [x, y, z] = [*a, *b, *c].map(|corner| flat.points[corner as usize]);
        assert!((y - x).perp_dot(z - x) > 0.0);
        [[*a, *b], [*b, *c], [*c, *a]].into_iter().for_each(|edge| *edges.entry(edge).or_default() += 1);
    }
    assert!(edges.values().all(|count| *count == 1));
    let mut open: Vec<[u32; 2]> = edges.keys().copied().filter(|[a, b]| !edges.contains_key(&[*b, *a])).collect();
    let mut border: Vec<[u32; 2]> = flat.border.iter().map(|(edge, _)| *edge).collect();
    open.sort_unstable();
    border.sort_unstable();
    assert_eq!(open, border);
    let length: f64 = border.iter().map(|[a, b]| flat.points[*a as usize].distance(flat.points[*b as usize])).sum();
    assert!((length - 4.0 * edge_m).abs() < 1e-6);
}

fn class_of(flat: &Flat, place: DVec2) -> GroundClass {
    let inside = |corners: &[u32; 3]| {
        let [a, b, c] = corners.map(|corner| flat.points[corner as usize]);
        [(a, b), (b, c), (c, a)].iter().all(|(a, b)| (*b - *a).perp_dot(place - *a) >= 0.0)
    };
    flat.triangles.iter().find(|(corners, _)| inside(corners)).map(|(_, class)| *class).unwrap()
}

#[test]
fn classes_are_right_at_sample_points() {
    let square = square(1_000.0);
    let flat = Flat::new(&square, &within(&of_polygons(&village()), &square), &Posts::default());
    assert!(!flat.is_plain);
    assert_watertight(&flat, 1_000.0);
    let sampled = [
        (100.0, 100.0),
        (246.0, 100.0),
        (247.0, 388.0),
        (300.0, 388.0),
        (500.0, 600.0),
        (750.0, 750.0),
        (605.0, 620.0),
        (620.0, 605.0),
        (950.0, 950.0),
    ];
    let classes: Vec<_> = sampled.iter().map(|&(x, y)| class_of(&flat, DVec2::new(x, y)).name()).collect();
    expect![[r#"["terrain", "street", "street", "water", "wood", "terrain", "water", "wood", "terrain"]"#]]
        .assert_eq(&format!("{classes:?}"));
}

/// Rings of any shape around the square: they cross themselves and each other, leave it and run along its edge.
fn tangles() -> impl Strategy<Value = Vec<GroundPolygon>> {
    let coordinate = prop_oneof![4 => -100.0..600.0f64, 1 => Just(0.0), 1 => Just(500.0), 1 => Just(125.0)];
    let ring = proptest::collection::vec((coordinate.clone(), coordinate), 3..20);
    let polygon = (0usize..9, ring)
        .prop_map(|(class, ring)| placed(GroundClass::ALL[class], Polygon::new(LineString::from(ring), Vec::new())));
    proptest::collection::vec(polygon, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_square_is_watertight(polygons in tangles(), places in proptest::collection::vec((1.0..499.0f64, 1.0..499.0f64), 20)) {
        let square = square(500.0);
        let pieces = within(&of_polygons(&polygons), &square);
        let flat = Flat::new(&square, &pieces, &Posts::default());
        prop_assert!(!flat.is_plain && flat.borders_left_out == 0);
        assert_watertight(&flat, 500.0);
        // Away from every border each place has the class of the polygons.
        let classes = ClassMap::new(&pieces);
        for (x, y) in places {
            let place = DVec2::new(x, y);
            let near = |(a, b): (DVec2, DVec2)| {
                let along = ((CORNER + place - a).dot(b - a) / (b - a).length_squared()).clamp(0.0, 1.0);
                (CORNER + place).distance(a.lerp(b, along)) < 0.1
            };
            if !pieces.iter().flat_map(|piece| piece.edges()).any(near) {
                prop_assert_eq!(class_of(&flat, place), classes.class_at(CORNER + place));
            }
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert!(built() == built());
}

#[test]
fn summary_of_a_village() {
    let (tiles, stats) = built();
    let findings = validate_tileset(&tiles.0["tileset.json"], &|path| tiles.0.get(path).cloned());
    assert_eq!(findings, []);
    expect![[r#"
        GroundStats {
            tiles: 53,
            leaves: 40,
            triangles: 51327,
            trees: 600,
            plain_squares: 0,
            borders_left_out: 0,
            bytes: 1104067,
            largest_bytes: 52372,
            bounds: Bounds3 {
                min: DVec3(
                    -4227.5,
                    -3886.25,
                    -66.5,
                ),
                max: DVec3(
                    4036.25,
                    4377.5,
                    43.484375,
                ),
            },
        }"#]]
    .assert_eq(&format!("{stats:#?}"));
}

#[test]
fn neighbours_share_their_border() {
    let (tiles, _) = built();
    let leaf = |name: &str| glb::read(&tiles.0[name]);
    let tops = |name: &str| -> Vec<[i64; 3]> {
        leaf(name).ground.iter().flatten().map(|p| (*p * 64.0).round().to_array().map(|part| part as i64)).collect()
    };
    let (west, east) = (tops("4-7-7.glb"), tops("4-8-7.glb"));
    let shared = west.iter().filter(|point| east.contains(point)).count();
    assert!(shared > 40, "{shared} corners shared");
}

#[test]
fn the_ground_covers_its_square_and_the_trees_stand_on_it() {
    let (tiles, _) = built();
    let utm = utm();
    let frame = EastNorthUp::at(ORIGIN);
    let (mut trees_seen, mut leaves) = (0, 0);
    for (path, bytes) in tiles.0.iter().filter(|(path, _)| path.starts_with("4-")) {
        let content = glb::read(bytes);
        let upward = |[a, b, c]: &[DVec3; 3]| (b.truncate() - a.truncate()).perp_dot(c.truncate() - a.truncate()) / 2.0;
        let area: f64 = content.ground.iter().map(upward).sum();
        // A metre of UTM is 0.9999 of a metre here; the skirt is upright and has no area.
        assert!((area / 250_000.0 - 1.0).abs() < 1e-3, "{path}: {area}");
        trees_seen += content.trees.len();
        leaves += 1;
    }
    assert_eq!(leaves, 16);
    assert!(trees_seen > 600 * 12, "{trees_seen} triangles of trees");
    // A place on the ground of the tiles lies where the terrain says.
    let hills = hills();
    let at = CORNER + DVec2::new(310.0, 210.0);
    let expected = frame.local(utm.0.ecef(at.extend(hills.height_m(at))).unwrap());
    let found = tiles.0.iter().filter(|(path, _)| path.starts_with("4-")).find_map(|(_, bytes)| {
        let ground = glb::read(bytes).ground;
        let positions: Vec<[f32; 3]> = ground.iter().flatten().map(|p| p.as_vec3().to_array()).collect();
        let indices: Vec<u32> = (0..positions.len() as u32).collect();
        crate::geo::Ground::new(&positions, &indices).height_m(expected.truncate())
    });
    assert!((found.unwrap() - expected.z).abs() < 0.3, "{found:?} for {expected}");
}

#[test]
fn no_area_is_an_error() {
    let bad = |area: Rect, leaf_edge_m: f64| {
        let settings = GroundSettings { area, leaf_edge_m, ..settings() };
        GroundBuilder::new(settings)
            .build(&hills(), &[], &[], &utm(), &Mutex::<MemoryTiles>::default(), &|| ())
            .unwrap_err()
            .to_string()
    };
    let area = settings().area;
    expect!["the ground's area is empty or too large"].assert_eq(&bad(area, 0.0));
    expect!["the ground's area is empty or too large"].assert_eq(&bad(Rect::new((0.0, 0.0), (9e9, 1.0)), 500.0));
}

#[test]
fn the_official_validator_finds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in &built().0.0 {
        std::fs::write(folder.path().join(path), bytes).unwrap();
    }
    crate::test_data::assert_valid_gltf(folder.path());
}
