//! Rings: positions, lists of them, old names, dimensions, separators.

use expect_test::expect;

use super::*;

fn one_polygon(rings: &str) -> String {
    house(&bounded_by("RoofSurface", 2, &member(&format!("<gml:Polygon>{rings}</gml:Polygon>"))))
}

#[test]
fn holes_positions_and_names_of_old_gml() {
    check(
        &one_polygon(
            "<gml:exterior><gml:LinearRing><gml:pos>0 0 1</gml:pos><gml:pos> 9 0 1 </gml:pos><gml:pos>0\n9\t1</gml:pos><gml:pos>0 0 1</gml:pos></gml:LinearRing></gml:exterior>
            <gml:interior><gml:LinearRing><gml:posList>1 1 1 1 2 1 2 1 1 1 1 1</gml:posList></gml:LinearRing></gml:interior>
            <gml:interior><gml:LinearRing><gml:posList>3 3 1 3 4 1</gml:posList></gml:LinearRing></gml:interior>",
        ),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              lod 2
              Roof s-RoofSurface
                0 0 1, 9 0 1, 0 9 1 without 1 1 1, 1 2 1, 2 1 1
            PolygonSkipped: test.gml:6 (b): a hole without three points that make sense is left out
        "#]],
    );
    check(
        &one_polygon(
            r#"<gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>0,0,1 9,0,1 0,9,1 0,0,1</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs>
            <gml:innerBoundaryIs><gml:LinearRing><gml:coordinates decimal="," cs=" " ts=";">1,5 1,5 1,0;1,5 2 1;2 1,5 1</gml:coordinates></gml:LinearRing></gml:innerBoundaryIs>"#,
        ),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              lod 2
              Roof s-RoofSurface
                0 0 1, 9 0 1, 0 9 1 without 1.5 1.5 1, 1.5 2 1, 2 1.5 1
        "#]],
    );
    check(
        &one_polygon(
            "<gml:exterior><gml:Ring><gml:curveMember><gml:LineString><gml:posList>0 0 1 4 0 1 4 4 1</gml:posList></gml:LineString></gml:curveMember><gml:curveMember><gml:LineString><gml:pos>0 4 1</gml:pos></gml:LineString></gml:curveMember></gml:Ring></gml:exterior>",
        ),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              lod 2
              Roof s-RoofSurface
                0 0 1, 4 0 1, 4 4 1, 0 4 1
        "#]],
    );
}

fn one_list(tag: &str, text: &str) -> String {
    one_polygon(&format!(
        "<gml:exterior><gml:LinearRing><gml:posList{tag}>{text}</gml:posList></gml:LinearRing></gml:exterior>"
    ))
}

#[test]
fn two_dimensions_and_lists_that_do_not_come_out_even() {
    check(
        &one_list(r#" srsDimension="2""#, "0 0 4 0 0 4 0 0"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 2
          Roof s-RoofSurface
            0 0 0, 4 0 0, 0 4 0
        BadValue: test.gml:3 (b): coordinates without heights; they are taken as 0
    "#]],
    );
    check(
        &one_list("", "0 0 4 0 0 4 4 4"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 2
          Roof s-RoofSurface
            0 0 0, 4 0 0, 0 4 0, 4 4 0
        BadValue: test.gml:3 (b): coordinates without heights; they are taken as 0
    "#]],
    );
    check(
        &one_list(r#" srsDimension="4""#, "0 0 1 9 4 0 1 9 0 4 1 9"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 2
          Roof s-RoofSurface
            0 0 1, 4 0 1, 0 4 1
        BadValue: test.gml:3 (b): coordinates of more than three dimensions; three are taken
    "#]],
    );
    check(
        &one_list(r#" srsDimension="3""#, "0 0 1 4 0 1 0 4"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
        PolygonSkipped: test.gml:3 (b): a polygon without three points that make sense is left out
        NoGeometry: test.gml:3 (b): the building has no usable geometry
    "#]],
    );
}

#[test]
fn commas_and_odd_white_space() {
    check(
        &one_list("", "0,5 0 1,25 4 0 1,25 0 4 1,25"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 2
          Roof s-RoofSurface
            0.5 0 1.25, 4 0 1.25, 0 4 1.25
        BadValue: test.gml:3 (b): commas in a list of coordinates
    "#]],
    );
    check(
        &one_list("", "0.5,0,1 4,0,1 0,4,1"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 2
          Roof s-RoofSurface
            0.5 0 1, 4 0 1, 0 4 1
        BadValue: test.gml:3 (b): commas in a list of coordinates
    "#]],
    );
    check(
        &one_list("", "\n\t0\u{a0}0 1\r\n4   0 1<!-- here --> 0 4 1\n"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 2
          Roof s-RoofSurface
            0 0 1, 4 0 1, 0 4 1
    "#]],
    );
    check(
        &one_list("", "0 0 1 <![CDATA[4 0 1]]>&#32;0 4 1&#10;"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 2
          Roof s-RoofSurface
            0 0 1, 4 0 1, 0 4 1
    "#]],
    );
}

#[test]
fn coordinates_that_are_none() {
    check(
        &one_list("", "0 0 1 4 0 1 0 nan 1"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
        PolygonSkipped: test.gml:3 (b): a polygon without three points that make sense is left out
        NoGeometry: test.gml:3 (b): the building has no usable geometry
    "#]],
    );
    check(
        &one_list("", "0 0 1 4 0 1 0 1e300 1"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
        PolygonSkipped: test.gml:3 (b): a polygon without three points that make sense is left out
        NoGeometry: test.gml:3 (b): the building has no usable geometry
    "#]],
    );
    check(
        &one_list("", "0 0 1 4 zero 1 0 4 1"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
        PolygonSkipped: test.gml:3 (b): a polygon without three points that make sense is left out
        NoGeometry: test.gml:3 (b): the building has no usable geometry
    "#]],
    );
}
