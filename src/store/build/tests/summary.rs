//! What `build` says at its end, as it is printed.

use std::fs;

use expect_test::expect;
use glam::DVec3;

use super::strays::{GML, add_moved};
use super::{build_at, write_sample};
use crate::geo::{Crs, HeightMethod, PositionMethod};
use crate::privacy::Audience;
use crate::store::build::{BuildSummary, SystemSummary};

/// As it is printed, but for the sizes in bytes, which change with every change of a format, and for the way of the
/// heights, which depends on the grids that the machine has.
fn printed(mut summary: BuildSummary) -> String {
    for system in summary.systems.values_mut() {
        if let HeightMethod::Grid(_) = system.heights {
            system.heights = HeightMethod::Constant(45.9);
        }
    }
    let without_size = |line: &str| match line.strip_suffix(" MB").and_then(|line| line.rsplit_once(' ')) {
        Some((before, size)) if size.parse::<f64>().is_ok_and(|size| size > 0.0) => format!("{before} … MB\n"),
        _ => format!("{line}\n"),
    };
    summary.to_string().lines().map(without_size).collect()
}

/// A city in which a bit of everything is wrong: a file of no known format, one that is cut off and says again what
/// another has said, a house whose coordinates are local, one with a digit that slipped, and one without geometry.
#[test]
fn the_summary_says_what_was_read_and_left_out_and_why() {
    let root = tempfile::tempdir().unwrap();
    let (sources, out) = (root.path().join("sources"), root.path().join("twin"));
    write_sample(&sources, 60);
    let file = sources.join(GML);
    let whole = fs::read(&file).unwrap();
    add_moved(&file, "LOCAL", DVec3::new(-690_000.0, -5_334_000.0, -500.0));
    add_moved(&file, "SLIP", DVec3::X * 80_000.0);
    let text = fs::read_to_string(&file).unwrap();
    let empty = "<core:cityObjectMember><bldg:Building gml:id=\"EMPTY\"/></core:cityObjectMember></core:CityModel>";
    fs::write(&file, text.replace("</core:CityModel>", empty)).unwrap();
    fs::write(sources.join("citygml/000.gml"), "not at all CityGML").unwrap();
    fs::write(sources.join("citygml/999.gml"), &whole[..whole.len() / 2]).unwrap();
    let summary = build_at(&sources, &out, &[Audience::Citizen, Audience::Planner]).unwrap();
    expect![[r#"
        read     74 buildings with 187 parts in 4 files
        skipped  1 objects; 1 broken files
        joined   71 buildings with rows of tables
        system   EPSG:25832: Inverse of UTM zone 32N, ETRS89 to WGS 84 (1), within 1 m; heights to the ellipsoid by the constant 45.9 m (no grid found)
        system   EPSG:25832+7837: Inverse of UTM zone 32N, ETRS89 to WGS 84 (1), within 1 m; heights to the ellipsoid by the constant 45.9 m (no grid found)
        citizen  61 buildings, 18 tiles, 5987 triangles, … MB
                 left out: 1 without anything to draw
                 left out: 11 with an id that was there already
                 left out: 1 far from the city
        planner  61 buildings, 18 tiles, 5987 triangles, … MB
                 left out: 1 without anything to draw
                 left out: 11 with an id that was there already
                 left out: 1 far from the city
        ground   93 tiles from 2 grids, 615 areas, 8489 trees
        layer    bplan: 12 plans
        points   doctors: 14 places
        points   nurseries: 16 places
        points   offices: 6 places
        points   playgrounds: 18 places
        points   schools: 14 places
        points   stops: 26 places
        warnings 1 objects left out
        warnings 11 ids that stand more than once
        warnings 1 values that cannot be right
        warnings 2 buildings without geometry
        warnings 2 files that break or end early
        twin     246 files, … MB
    "#]].assert_eq(&printed(summary));
}

#[test]
fn the_summary_says_how_heights_came_to_the_ellipsoid() {
    let check = |heights, expected: expect_test::Expect| {
        let positions =
            Some(PositionMethod { description: "Inverse of UTM zone 32N".to_owned(), accuracy_m: Some(1.0) });
        let crs = Crs { horizontal: 25832, vertical: Some(7837) };
        expected.assert_eq(&format!("{crs}: {}", SystemSummary { positions, heights }));
    };
    check(
        HeightMethod::Grid("de_bkg_gcg2016.tif".to_owned()),
        expect![
            "EPSG:25832+7837: Inverse of UTM zone 32N, within 1 m; heights to the ellipsoid by the grid de_bkg_gcg2016.tif"
        ],
    );
    check(
        HeightMethod::Constant(45.9),
        expect![
            "EPSG:25832+7837: Inverse of UTM zone 32N, within 1 m; heights to the ellipsoid by the constant 45.9 m (no grid found)"
        ],
    );
    check(
        HeightMethod::Ellipsoidal,
        expect!["EPSG:25832+7837: Inverse of UTM zone 32N, within 1 m; heights above the ellipsoid already"],
    );
}
