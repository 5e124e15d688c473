//! What a tileset must hold, by the names of the invariants, and its golden summary.

mod city;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use expect_test::expect;
use glam::DVec3;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::building::{FaceClass, LocalBuilding};
use super::*;
use crate::geo::{Bounds3, EastNorthUp};
use city::{Dice, Flat, ORIGIN};

/// `TilesetBuilder::add` takes a `ReleasedBuilding`, and only `privacy` can make one: its constructor is private to
/// that module. What is left to test is that nothing but the values of the release comes out.
#[test]
fn only_a_release_is_tiled() {
    let (tiles, _) = city::tiles(&city::city(30));
    let known: BTreeSet<String> = city::city(30).iter().map(|building| building.id().to_owned()).collect();
    for (path, bytes) in tiles.0.iter().filter(|(path, _)| path.ends_with(".glb")) {
        let ids = read::glb(bytes).ids;
        assert!(ids.iter().all(|id| known.contains(id)), "{path}");
    }
}

#[test]
fn same_input_same_bytes() {
    let mut buildings = city::city(700);
    let (first, stats) = city::tiles(&buildings);
    let mut dice = Dice::new(7);
    for _ in 0..2 {
        for index in (1..buildings.len()).rev() {
            buildings.swap(index, dice.below(index + 1));
        }
        let (again, again_stats) = city::tiles(&buildings);
        assert!(first == again, "the order of the input shows in the bytes");
        assert_eq!(stats, again_stats);
    }
}

#[test]
fn every_released_building_is_in_exactly_one_leaf_chain() {
    let buildings = city::city(1500);
    let root = read::tree(&city::tiles(&buildings).0);
    let mut leaves = BTreeMap::<String, u32>::new();
    root.visit(&mut |tile| {
        let Some(glb) = &tile.glb else { return };
        if tile.children.is_empty() {
            let drawn: BTreeSet<usize> = glb.triangles.iter().map(|triangle| triangle.row).collect();
            assert_eq!(drawn.len(), glb.ids.len(), "every row of a leaf is drawn");
            glb.ids.iter().for_each(|id| *leaves.entry(id.clone()).or_default() += 1);
            return;
        }
        let mut below = BTreeSet::new();
        tile.visit(&mut |tile| {
            if tile.children.is_empty() {
                below.extend(tile.glb.iter().flat_map(|glb| glb.ids.clone()));
            }
        });
        assert!(glb.ids.iter().all(|id| below.contains(id)), "an inner tile shows what its leaves hold");
        assert_eq!(glb.ids.iter().collect::<BTreeSet<_>>().len(), glb.ids.len(), "no building twice");
    });
    assert_eq!(leaves.len(), buildings.len());
    assert!(leaves.values().all(|&count| count == 1));
}

#[test]
fn children_lie_in_their_parents() {
    let (tiles, _) = city::tiles(&city::city(1500));
    let findings = validate_tileset(&tiles.0["tileset.json"], &|path| tiles.0.get(path).cloned());
    assert_eq!(findings, []);
    // The check above knows boxes only; what is drawn lies in them too.
    read::tree(&tiles).visit(&mut |tile| {
        let bounds = bounds(&tile.json);
        let corners = tile.glb.iter().flat_map(|glb| &glb.triangles).flat_map(|triangle| triangle.corners);
        for corner in corners {
            assert!(bounds.contains(corner), "{corner} lies outside {bounds:?}");
        }
    });
}

fn bounds(tile: &serde_json::Value) -> Bounds3 {
    let number = |index: usize| tile["boundingVolume"]["box"][index].as_f64().expect("a number");
    let center = DVec3::new(number(0), number(1), number(2));
    let half = DVec3::new(number(3), number(7), number(11)) + 1e-9;
    Bounds3 { min: center - half, max: center + half }
}

#[test]
fn geometry_within_1_cm_of_the_source() {
    let buildings = city::city(400);
    let frame = EastNorthUp::at(ORIGIN);
    let sources: BTreeMap<String, LocalBuilding> = buildings
        .iter()
        .map(|building| (building.id().to_owned(), LocalBuilding::of(building, &frame, &Flat).expect("sound")))
        .collect();
    read::tree(&city::tiles(&buildings).0).visit(&mut |tile| {
        let Some(glb) = tile.glb.as_ref().filter(|_| tile.children.is_empty()) else { return };
        let mut areas_m2 = BTreeMap::<(usize, &str), f64>::new();
        for triangle in &glb.triangles {
            let source = &sources[&glb.ids[triangle.row]];
            for corner in triangle.corners {
                let nearest = source.drawn().flat_map(|face| face.polygon.points()).map(|p| p.distance(corner));
                assert!(nearest.fold(f64::INFINITY, f64::min) <= 0.01);
            }
            let [a, b, c] = triangle.corners;
            let area = (b - a).cross(c - a) * 0.5;
            assert!(area.normalize().dot(triangle.normal) > 0.98, "the normal points out of the front");
            *areas_m2.entry((triangle.row, triangle.material.as_str())).or_default() += area.length();
        }
        for ((row, material), area_m2) in areas_m2 {
            let class = if material == "roof" { FaceClass::Roof } else { FaceClass::Wall };
            let faces = sources[&glb.ids[row]].faces.iter().filter(|face| face.class == class);
            let source_m2: f64 = faces.map(|face| face.polygon.area_m2()).sum();
            assert!((area_m2 - source_m2).abs() < 0.002 * source_m2 + 0.1, "{area_m2} of {source_m2}");
        }
    });
}

#[test]
fn the_highest_building_is_seen_from_everywhere() {
    let root = read::tree(&city::tiles(&city::city(5000)).0);
    let top = |tile: &read::ReadTile| {
        let corners = tile.glb.iter().flat_map(|glb| &glb.triangles).flat_map(|triangle| triangle.corners);
        corners.map(|corner| corner.z).fold(f64::NEG_INFINITY, f64::max)
    };
    assert!(top(&root) > 80.0, "the steeple is missing at the root: {}", top(&root));
}

#[test]
fn summary_of_an_invented_city_of_5000() {
    let (tiles, stats) = city::tiles(&city::city(5000));
    let mut hash = Sha256::new();
    for (path, bytes) in &tiles.0 {
        hash.update(path.as_bytes());
        hash.update(bytes);
    }
    let hash: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let leaves = leaf_paths(&tiles);
    let gzip: usize = leaves.iter().map(|path| gzip_len(&tiles.0[path])).sum();
    let brotli: usize = leaves.iter().map(|path| brotli_len(&tiles.0[path])).sum();
    let per_building = |bytes: usize| bytes / stats.buildings as usize;
    let summary = format!(
        "{stats:#?}\nper building: {} bytes raw, {} gzip, {} brotli\nsha-256 {hash}\n",
        per_building(stats.leaf_bytes as usize),
        per_building(gzip),
        per_building(brotli),
    );
    assert!(per_building(brotli) <= 400 && per_building(gzip) <= 400, "{summary}");
    expect![[r#"
        TilesetStats {
            tiles: 141,
            tiles_by_level: {
                0: 1,
                1: 4,
                2: 12,
                3: 36,
                4: 88,
            },
            leaves: 96,
            buildings: 5000,
            without_geometry: 0,
            leaf_triangles: 73340,
            max_inner_triangles: 8192,
            bytes: 8508887,
            leaf_bytes: 3436972,
            bounds: Bounds3 {
                min: DVec3(
                    -1120.59375,
                    -1198.5703125,
                    -5.75,
                ),
                max: DVec3(
                    1089.390625,
                    1167.46875,
                    85.140625,
                ),
            },
        }
        per building: 687 bytes raw, 209 gzip, 182 brotli
        sha-256 f0a32ccc9da8f777
    "#]]
    .assert_eq(&summary);
}

#[test]
fn the_official_validator_finds_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, bytes) in &city::tiles(&city::city(600)).0.0 {
        std::fs::write(folder.path().join(path), bytes).expect("a file");
    }
    crate::test_data::assert_valid_gltf(folder.path());
}

#[test]
#[ignore = "writes a tileset to $TILES_OUT for a look at it in other viewers"]
fn write_for_a_look() {
    let folder = std::path::PathBuf::from(std::env::var_os("TILES_OUT").expect("TILES_OUT is a folder"));
    let count = std::env::var("TILES_BUILDINGS").ok().and_then(|count| count.parse().ok()).unwrap_or(500);
    let (tiles, stats) = city::tiles(&city::city(count));
    for (path, bytes) in &tiles.0 {
        std::fs::write(folder.join(path), bytes).expect("a file");
    }
    println!("{stats:#?}");
}

fn leaf_paths(tiles: &MemoryTiles) -> Vec<String> {
    let mut paths = Vec::new();
    read::tree(tiles).visit(&mut |tile| {
        if tile.children.is_empty() {
            paths.extend(tile.json["content"]["uri"].as_str().map(str::to_owned));
        }
    });
    paths
}

fn gzip_len(bytes: &[u8]) -> usize {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(9));
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory").len()
}

fn brotli_len(bytes: &[u8]) -> usize {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 9, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut out, &params).expect("memory");
    out.len()
}

#[test]
fn every_value_comes_back() {
    let buildings = city::city(40);
    let (tiles, _) = city::tiles(&buildings);
    let texts: BTreeSet<String> = tiles.0.values().flat_map(|glb| decoded_strings(glb)).collect();
    for building in &buildings {
        assert!(texts.contains(building.id()));
        for value in building.values().iter().flatten() {
            use crate::privacy::ReleasedValue::{Boolean, Category, Integer, Real, Text};
            let text = match value {
                Text(text) => text.clone(),
                Integer(number) => number.to_string(),
                Real(number) => number.to_string(),
                Boolean(yes) => u8::from(*yes).to_string(),
                Category(index) => index.to_string(),
            };
            assert!(texts.contains(&text), "{text} is missing");
        }
    }
}

#[test]
fn no_building_makes_an_empty_tileset() {
    let (tiles, stats) = city::tiles(&[]);
    assert_eq!(stats, TilesetStats { bytes: stats.bytes, ..Default::default() });
    assert_eq!(validate_tileset(&tiles.0["tileset.json"], &|_| None), []);
}

#[test]
fn what_does_not_fit_the_release_is_refused() {
    use crate::privacy::{ReleasedBuilding, ReleasedValue};
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut builder = TilesetBuilder::new(city::settings(folder.path())).expect("distinct attributes");
    let sound = city::city(1).remove(0);
    let mut add = |id: &str, values: Vec<Option<ReleasedValue>>, surfaces: &[_]| {
        let building = ReleasedBuilding::invented(id.to_owned(), city::CRS, surfaces.to_vec(), values);
        builder.add(&building, &Flat).map_err(|error| error.to_string())
    };
    let values = || sound.values().to_vec();
    let wrong = |index: usize, value| {
        let mut values = values();
        values[index] = Some(value);
        values
    };
    let mut far = sound.surfaces().to_vec();
    far[0].polygons[0].exterior[0].x = f64::NAN;
    let errors = [
        add("a", values(), sound.surfaces()),
        add("a", values(), sound.surfaces()),
        add("b", vec![None], sound.surfaces()),
        add("c", wrong(0, ReleasedValue::Integer(1)), sound.surfaces()),
        add("d", wrong(1, ReleasedValue::Category(3)), sound.surfaces()),
        add("e", wrong(2, ReleasedValue::Real(f64::NAN)), sound.surfaces()),
        add("f", values(), &far),
        add("g", values(), sound.surfaces()),
    ];
    let errors = errors.map(|result| result.err().unwrap_or_else(|| "taken".to_owned()));
    expect![[r#"
        taken
        building a was given twice
        building b has 1 values, the release has 9 attributes
        building c: the value of address is not of the attribute's kind
        building d: the value of roof_shape is not of the attribute's kind
        building e: the value of height is not of the attribute's kind
        building f lies nowhere, or more than 100 km from the origin of the tileset
        taken"#]]
    .assert_eq(&errors.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_broken_glb_is_decoded_without_a_panic(at in any::<prop::sample::Index>(), with in any::<u8>()) {
        let (tiles, _) = city::tiles(&city::city(2));
        let mut glb = tiles.0.into_values().next().unwrap_or_default();
        let at = at.index(glb.len());
        glb[at] = with;
        decoded_strings(&glb);
    }

    #[test]
    fn any_polygons_are_tiled_without_a_panic(
        surfaces in prop::collection::vec((0..4_u8, prop::collection::vec(ring(), 1..3)), 0..8),
    ) {
        use crate::model::SurfaceKind::{Closure, Ground, Roof, Wall};
        let kind = |kind: u8| [Ground, Roof, Wall, Closure].into_iter().nth(usize::from(kind)).unwrap_or(Wall);
        let surfaces = surfaces.into_iter().map(|(class, mut rings)| {
            let polygon = crate::geo::Polygon3 { exterior: rings.remove(0), interiors: rings };
            crate::privacy::ReleasedSurface { kind: kind(class), polygons: vec![polygon] }
        });
        // Enough sound ones around it for an inner tile, where it is simplified.
        let mut buildings = city::city(400);
        let values = buildings[0].values().to_vec();
        let odd = crate::privacy::ReleasedBuilding::invented("odd".into(), city::CRS, surfaces.collect(), values);
        buildings.push(odd);
        let (tiles, stats) = city::tiles(&buildings);
        prop_assert_eq!(stats.buildings + stats.without_geometry, 401);
        prop_assert_eq!(validate_tileset(&tiles.0["tileset.json"], &|path| tiles.0.get(path).cloned()), []);
    }
}

/// A ring on a coarse grid, so that points fall together and lines cross.
fn ring() -> impl Strategy<Value = Vec<DVec3>> {
    let axis = || (0..6_i8).prop_map(|steps| f64::from(steps) * 7.0);
    let point = (axis(), axis(), axis()).prop_map(|(x, y, z)| city::FALSE_ORIGIN + DVec3::new(x, y, z));
    prop::collection::vec(point, 0..7)
}
