//! Which polygons make a building's geometry, and how references are followed.

use expect_test::expect;

use super::*;

#[test]
fn solid_before_and_after_the_surfaces_it_refers_to() {
    let surfaces = format!(
        "{}{}",
        bounded_by("RoofSurface", 2, &member(&triangle("p1", 3))),
        bounded_by("GroundSurface", 2, &member(&triangle("p2", 0)))
    );
    let solid = solid(2, &format!("{}{}", link("p1"), link("p2")));
    let either = [format!("{solid}{surfaces}"), format!("{surfaces}{solid}")];
    check_all(
        &either.map(|properties| house(&properties).into_bytes()),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          measuredHeight = 3.0
          lod 2 solid
          Roof s-RoofSurface
            0 0 3, 4 0 3, 0 4 3
          Ground s-GroundSurface
            0 0 0, 4 0 0, 0 4 0
    "#]],
    );
}

#[test]
fn surfaces_that_refer_to_the_polygons_of_the_solid() {
    let body = solid(
        2,
        &format!("{}{}{}", member(&triangle("p1", 3)), member(&triangle("p2", 0)), member(&triangle("p3", 9))),
    );
    let surfaces =
        format!("{}{}", bounded_by("RoofSurface", 2, &link("p1")), bounded_by("GroundSurface", 2, &link("p2")));
    check(
        &house(&format!("{body}{surfaces}")),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          measuredHeight = 9.0
          lod 2 solid
          Roof s-RoofSurface
            0 0 3, 4 0 3, 0 4 3
          Ground s-GroundSurface
            0 0 0, 4 0 0, 0 4 0
          Roof -
            0 0 9, 4 0 9, 0 4 9
    "#]],
    );
}

#[test]
fn a_polygon_written_down_twice_comes_once() {
    let twice = triangle("again", 3);
    let surfaces = bounded_by("RoofSurface", 2, &member(&triangle("p1", 3)));
    check(
        &house(&format!("{surfaces}{}", solid(2, &member(&twice)))),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 2 solid
          Roof s-RoofSurface
            0 0 3, 4 0 3, 0 4 3
    "#]],
    );
}

#[test]
fn orientable_surfaces_turn_polygons_and_references() {
    let turned = |inside: &str| format!(r#"<gml:OrientableSurface orientation="-">{inside}</gml:OrientableSurface>"#);
    let inline = member(&turned(&format!("<gml:baseSurface>{}</gml:baseSurface>", triangle("p1", 3))));
    let reference = member(&turned(r##"<gml:baseSurface xlink:href="#far"/>"##));
    let twice = member(&turned(&turned(&format!("<gml:baseSurface>{}</gml:baseSurface>", triangle("p2", 1)))));
    let far = format!(
        "<bldg:lod1MultiSurface><gml:MultiSurface>{}</gml:MultiSurface></bldg:lod1MultiSurface>",
        member(&triangle("far", 0))
    );
    check(
        &house(&format!("{}{far}", bounded_by("RoofSurface", 2, &format!("{inline}{reference}{twice}")))),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              measuredHeight = 3.0
              lod 2
              Roof s-RoofSurface
                0 4 3, 4 0 3, 0 0 3
                0 4 0, 4 0 0, 0 0 0
                0 0 1, 4 0 1, 0 4 1
        "#]],
    );
}

#[test]
fn a_wall_between_two_solids_is_inside_of_the_body() {
    let shell = |members: &str| {
        format!(
            "<gml:solidMember><gml:Solid><gml:exterior><gml:CompositeSurface>{members}</gml:CompositeSurface></gml:exterior></gml:Solid></gml:solidMember>"
        )
    };
    let turned = member(
        r##"<gml:OrientableSurface orientation="-"><gml:baseSurface xlink:href="#between"/></gml:OrientableSurface>"##,
    );
    let one = shell(&format!("{}{}", member(&triangle("between", 1)), member(&triangle("low", 0))));
    let two = shell(&format!("{turned}{}", member(&triangle("high", 2))));
    check(
        &house(&format!("<bldg:lod2Solid><gml:CompositeSolid>{one}{two}</gml:CompositeSolid></bldg:lod2Solid>")),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              measuredHeight = 2.0
              lod 2 solid
              Roof -
                0 0 2, 4 0 2, 0 4 2
              Ground -
                0 0 0, 4 0 0, 0 4 0
        "#]],
    );
}

#[test]
fn only_the_best_level_of_detail() {
    let body = solid(1, &member(&triangle("block", 0)));
    let low = bounded_by("WallSurface", 2, &member(&triangle("p2", 2)));
    let high = bounded_by("RoofSurface", 3, &member(&triangle("p3", 3)));
    let too_high = bounded_by("GroundSurface", 4, &member(&triangle("p4", 4)));
    let all = house(&format!("{body}{low}{high}{too_high}"));
    check(
        &all,
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 3
          Roof s-RoofSurface
            0 0 3, 4 0 3, 0 4 3
    "#]],
    );
    let options = ReadOptions { max_lod: 2, ..ReadOptions::of("test.gml") };
    check_with(
        &options,
        all.as_bytes(),
        &expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 2
          Wall s-WallSurface
            0 0 2, 4 0 2, 0 4 2
    "#]],
    );
}

/// A block that stands for the whole would stand in its own parts. What no part has stays.
#[test]
fn a_block_gives_way_to_its_finer_parts() {
    let part = |lod: u8, id: &str| {
        format!(
            "<bldg:consistsOfBuildingPart><bldg:BuildingPart gml:id='{id}'>{}</bldg:BuildingPart></bldg:consistsOfBuildingPart>",
            solid(lod, &member(&triangle("", 1)))
        )
    };
    let stairs = format!(
        "<bldg:outerBuildingInstallation><bldg:BuildingInstallation gml:id='stairs'><bldg:lod2Geometry>{}</bldg:lod2Geometry></bldg:BuildingInstallation></bldg:outerBuildingInstallation>",
        triangle("", 2)
    );
    let block = solid(1, &member(&triangle("", 9)));
    check(
        &house(&format!("{block}{stairs}{}{}", part(1, "p1"), part(2, "p2"))),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              measuredHeight = 1.0
              lod 1
              Installation stairs
                0 0 2, 4 0 2, 0 4 2
              part p1 at 3
              part   lod 1 solid
              part   Ground -
              part     0 0 1, 4 0 1, 0 4 1
              part p2 at 3
              part   lod 2 solid
              part   Ground -
              part     0 0 1, 4 0 1, 0 4 1
        "#]],
    );
    check(
        &house(&format!("{block}{}", part(1, "p1"))),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              measuredHeight = 8.0
              lod 1 solid
              Ground -
                0 0 9, 4 0 9, 0 4 9
              part p1 at 3
              part   lod 1 solid
              part   Ground -
              part     0 0 1, 4 0 1, 0 4 1
        "#]],
    );
}

#[test]
fn openings_and_installations_do_not_raise_the_level_of_detail() {
    let opening = format!(
        r#"<bldg:opening><bldg:Window gml:id="w"><bldg:lod3MultiSurface><gml:MultiSurface>{}</gml:MultiSurface></bldg:lod3MultiSurface></bldg:Window></bldg:opening>"#,
        member(&triangle("glass", 1))
    );
    let wall = |lod: u8| {
        format!(
            r#"<bldg:boundedBy><bldg:WallSurface gml:id="wall"><bldg:lod{lod}MultiSurface><gml:MultiSurface>{}</gml:MultiSurface></bldg:lod{lod}MultiSurface>{opening}</bldg:WallSurface></bldg:boundedBy>"#,
            member(&triangle("bricks", 0))
        )
    };
    let chimney = format!(
        r#"<bldg:outerBuildingInstallation><bldg:BuildingInstallation gml:id="chimney"><bldg:lod2Geometry><gml:MultiSurface>{}</gml:MultiSurface></bldg:lod2Geometry><bldg:lod3Geometry><gml:MultiGeometry><gml:geometryMember>{}</gml:geometryMember></gml:MultiGeometry></bldg:lod3Geometry></bldg:BuildingInstallation></bldg:outerBuildingInstallation>"#,
        member(&triangle("coarse", 5)),
        triangle("fine", 6)
    );
    check(
        &house(&format!("{}{chimney}", wall(2))),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          measuredHeight = 6.0
          lod 2
          Wall wall
            0 0 0, 4 0 0, 0 4 0
          Installation chimney
            0 0 6, 4 0 6, 0 4 6
    "#]],
    );
    check(
        &house(&format!("{}{chimney}", wall(3))),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          measuredHeight = 6.0
          lod 3
          Wall wall
            0 0 0, 4 0 0, 0 4 0
          Window w
            0 0 1, 4 0 1, 0 4 1
          Installation chimney
            0 0 6, 4 0 6, 0 4 6
    "#]],
    );
}

#[test]
fn footprint_and_roof_edge_where_there_is_nothing_else() {
    let lod0 = |name: &str, z| {
        format!(
            "<bldg:lod0{name}><gml:MultiSurface>{}</gml:MultiSurface></bldg:lod0{name}>",
            member(&triangle(name, z))
        )
    };
    let both = format!("{}{}", lod0("FootPrint", 0), lod0("RoofEdge", 7));
    check(
        &house(&both),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          measuredHeight = 7.0
          lod 0
          Ground -
            0 0 0, 4 0 0, 0 4 0
          Roof -
            0 0 7, 4 0 7, 0 4 7
    "#]],
    );
    check(
        &house(&format!("{both}{}", solid(1, &member(&triangle("p", 1))))),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 1 solid
          Ground -
            0 0 1, 4 0 1, 0 4 1
    "#]],
    );
}

#[test]
fn all_kinds_of_patches_and_containers() {
    let ring = |name: &str, z: u32| {
        format!(
            "<gml:{name}><gml:exterior><gml:LinearRing><gml:posList>0 0 {z} 4 0 {z} 0 4 {z} 0 0 {z}</gml:posList></gml:LinearRing></gml:exterior></gml:{name}>"
        )
    };
    let surface = format!(
        "<gml:surfaceMember><gml:Surface><gml:patches>{}{}</gml:patches></gml:Surface></gml:surfaceMember>",
        ring("PolygonPatch", 1),
        ring("Rectangle", 2)
    );
    let tin = format!(
        "<gml:surfaceMember><gml:TriangulatedSurface><gml:trianglePatches>{}</gml:trianglePatches></gml:TriangulatedSurface></gml:surfaceMember>",
        ring("Triangle", 3)
    );
    let old_tin = format!(
        "<gml:surfaceMember><gml:Tin><gml:trianglePatches>{}</gml:trianglePatches></gml:Tin></gml:surfaceMember>",
        ring("Triangle", 4)
    );
    let many = format!("<gml:surfaceMembers>{}{}</gml:surfaceMembers>", ring("Polygon", 5), ring("Polygon", 6));
    let nested = member(&format!("<gml:CompositeSurface>{}</gml:CompositeSurface>", member(&ring("Polygon", 7))));
    let curve = "<gml:surfaceMember><gml:LineString><gml:posList>1 1 1 2 2 2</gml:posList></gml:LineString></gml:surfaceMember>";
    check(
        &house(&bounded_by("RoofSurface", 2, &format!("{surface}{tin}{old_tin}{many}{nested}{curve}"))),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              measuredHeight = 6.0
              lod 2
              Roof s-RoofSurface
                0 0 1, 4 0 1, 0 4 1
                0 0 2, 4 0 2, 0 4 2
                0 0 3, 4 0 3, 0 4 3
                0 0 4, 4 0 4, 0 4 4
                0 0 5, 4 0 5, 0 4 5
                0 0 6, 4 0 6, 0 4 6
                0 0 7, 4 0 7, 0 4 7
        "#]],
    );
}

#[test]
fn references_that_lead_nowhere_in_circles_or_multiply() {
    check(
        &house(&solid(2, &format!("{}{}", link("nowhere"), member(&triangle("p", 1))))),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 2 solid
          Ground -
            0 0 1, 4 0 1, 0 4 1
        DanglingReference: test.gml:3 (b): #nowhere is not in this building
    "#]],
    );
    let circle = member(&format!(
        r#"<gml:CompositeSurface gml:id="a">{}{}</gml:CompositeSurface>"#,
        link("a"),
        member(&triangle("p", 1))
    ));
    check(
        &house(&solid(2, &circle)),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 2 solid
          Ground -
            0 0 1, 4 0 1, 0 4 1
    "#]],
    );
    let doubling = |n: u32| {
        let twice = link(&format!("c{}", n + 1)).repeat(2);
        member(&format!(r#"<gml:CompositeSurface gml:id="c{n}">{twice}</gml:CompositeSurface>"#))
    };
    let members: String = (0..200).map(|n| member(&triangle(&format!("t{n}"), n))).collect();
    let many_times = bounded_by("RoofSurface", 2, &link("all")).repeat(300);
    let all = format!(r#"<gml:CompositeSurface gml:id="all">{members}</gml:CompositeSurface>"#);
    let outcome =
        read_with(&ReadOptions::of("test.gml"), house(&format!("{many_times}{}", solid(2, &member(&all)))).as_bytes());
    let outcome = outcome.expect("it is CityGML");
    assert_eq!(outcome.report.counts().get(&WarningKind::LimitReached), Some(&1));
    let many: String = (0..60).map(doubling).collect();
    check(
        &house(&solid(2, &format!("{many}{}", member(&triangle("c60", 1))))),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          lod 2 solid
          Ground -
            0 0 1, 4 0 1, 0 4 1
    "#]],
    );
}

#[test]
fn a_part_takes_the_wall_of_its_neighbour() {
    let shared = r##"<gml:surfaceMember><gml:OrientableSurface orientation="-"><gml:baseSurface xlink:href="#shared"/></gml:OrientableSurface></gml:surfaceMember>"##;
    let part = format!(
        r#"<bldg:consistsOfBuildingPart><bldg:BuildingPart gml:id="garage">{}</bldg:BuildingPart></bldg:consistsOfBuildingPart>"#,
        bounded_by("WallSurface", 2, shared)
    );
    check(
        &house(&format!("{}{part}", bounded_by("WallSurface", 2, &member(&triangle("shared", 2))))),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              lod 2
              Wall s-WallSurface
                0 0 2, 4 0 2, 0 4 2
              part garage at 3
              part   lod 2
              part   Wall s-WallSurface
              part     0 4 2, 4 0 2, 0 0 2
        "#]],
    );
}

#[test]
fn what_is_left_out_of_a_building() {
    check(
        &house(
            "<bldg:lod2TerrainIntersection><gml:MultiCurve/></bldg:lod2TerrainIntersection>
            <bldg:interiorRoom><bldg:Room/></bldg:interiorRoom>
            <bldg:interiorBuildingInstallation><bldg:IntBuildingInstallation/></bldg:interiorBuildingInstallation>
            <bldg:outerBuildingInstallation><bldg:BuildingInstallation><bldg:lod2ImplicitRepresentation><core:ImplicitGeometry/></bldg:lod2ImplicitRepresentation></bldg:BuildingInstallation></bldg:outerBuildingInstallation>
            <ade:energy><ade:value>1</ade:value></ade:energy><ade:energy/>",
        ),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 1, others {"IntBuildingInstallation": 1, "Room": 1}
            b at 3
            ObjectSkipped: test.gml:6 (b): an implicit geometry is left out
            UnknownElement: test.gml:7 (b): the element ade:energy is not known
            NoGeometry: test.gml:3 (b): the building has no usable geometry
        "#]],
    );
}
