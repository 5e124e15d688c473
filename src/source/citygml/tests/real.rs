//! Real files: what is in them, told by counts. Every number was counted in the XML as well, by other means.

use expect_test::{Expect, expect};

use super::*;
use crate::model::Summary;

/// Reads a file and compares header, summary and counts of warnings.
fn check_file(name: &str, expected: Expect) {
    let Some(path) = crate::test_data::shared(&format!("citygml/{name}")) else { return };
    let bytes = std::fs::read(path).expect("it can be read");
    // One file is in a system of its own.
    let options = ReadOptions { refuses_unknown_crs: false, ..ReadOptions::of(name) };
    let outcome = read_with(&options, &bytes).expect("it is CityGML");
    let mut summary = Summary::default();
    outcome.buildings.iter().for_each(|building| summary.add(building));
    let FileHeader { format, crs, buildings, skipped, other_objects, .. } = &outcome.header;
    let crs = crs.map(|crs| (crs.horizontal, crs.vertical));
    let summary = summary.to_string().replace("\nattribute ", "; ").replace("\nsurfaces ", ", ");
    expected.assert_eq(&format!(
        "{format}, {crs:?}, {buildings} buildings, {skipped} skipped, others {other_objects:?}\n{summary}{:?}\n",
        outcome.report.counts()
    ));
}

#[test]
fn berlin_moabit_1bldg_v2() {
    check_file(
        "berlin_Moabit_1Bldg_v2.gml",
        expect![[r#"
            CityGML 2.0, None, 1 buildings, 0 skipped, others {}
            buildings 1, parts 0, addresses 1, Roof 1, Wall 1, Ground 1
            polygons 6
            volume 0 m³, roof area 259 m²; ANZ_LOC 1; EIG_KL_PV 1; EIG_KL_ST 1; FOLIE 1; GE_LoD2_zOffset 1; GMDE 1; HNR 1; H_First_Max 1; H_First_Min 1; H_Trauf_Max 1; H_Trauf_Min 1; KREIS 1; Kachel 1; LAND 1; LFD 1; RBEZ 1; STR 1; TexVersion 1; creationDate 1; externalReference 1; function 1; measuredHeight 1
            {}
        "#]],
    );
}

#[test]
fn c4j_lod2_buildings_v3() {
    check_file(
        "c4j_lod2_buildings_v3.gml",
        expect![[r#"
            CityGML 3.0, Some((3068, Some(5783))), 100 buildings, 0 skipped, others {}
            buildings 100, parts 0, addresses 0, Roof 200, Wall 400, Ground 100
            polygons 700
            volume 35184 m³, roof area 9582 m²; class 100; description 100; measuredHeight 100; name 100; roofType 100; storeyHeightsAboveGround 100; storeyHeightsBelowGround 100; storeysAboveGround 100; storeysBelowGround 100; yearOfConstruction 100; yearOfDemolition 100
            {}
        "#]],
    );
}

#[test]
fn c4j_lod2_test_ade_v2() {
    check_file(
        "c4j_lod2_test_ade_v2.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, Some(5783))), 1 buildings, 0 skipped, others {"OtherConstruction": 1}
            buildings 1, parts 0, addresses 1, Roof 2, Wall 4, Ground 1
            polygons 7
            volume 200 m³, roof area 64 m²; function 1; measuredHeight 1; roofType 1; storeyHeightsAboveGround 1; storeysAboveGround 1; yearOfConstruction 1
            {UnknownElement: 6}
        "#]],
    );
}

#[test]
fn fzk_haus_lod0_v2() {
    check_file(
        "fzk_haus_lod0_v2.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, Some(5783))), 1 buildings, 0 skipped, others {}
            buildings 1, parts 0, addresses 1, Roof 1, Ground 1
            polygons 2
            volume 0 m³, roof area 143 m²; ConstructionMethod 1; GrossPlannedArea 1; IsLandmarked 1; class 1; creationDate 1; description 1; function 1; measuredHeight 1; name 1; relativeToTerrain 1; roofType 1; storeysAboveGround 1; storeysBelowGround 1; usage 1; yearOfConstruction 1
            {}
        "#]],
    );
}

#[test]
fn fzk_haus_lod1_v2() {
    check_file(
        "fzk_haus_lod1_v2.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, Some(5783))), 1 buildings, 0 skipped, others {}
            buildings 1, parts 0, addresses 1, Roof 1, Wall 1, Ground 1
            polygons 6
            volume 782 m³, roof area 120 m²; ConstructionMethod 1; GrossPlannedArea 1; IsLandmarked 1; class 1; creationDate 1; description 1; function 1; measuredHeight 1; name 1; relativeToTerrain 1; roofType 1; storeysAboveGround 1; storeysBelowGround 1; usage 1; yearOfConstruction 1
            {}
        "#]],
    );
}

#[test]
fn fzk_haus_lod2_v2() {
    check_file(
        "fzk_haus_lod2_v2.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, Some(5783))), 1 buildings, 0 skipped, others {}
            buildings 1, parts 0, addresses 1, Roof 2, Wall 4, Ground 1
            polygons 7
            volume 609 m³, roof area 139 m²; ConstructionMethod 1; GrossPlannedArea 1; IsLandmarked 1; class 1; creationDate 1; description 1; function 1; measuredHeight 1; name 1; relativeToTerrain 1; roofType 1; storeysAboveGround 1; storeysBelowGround 1; usage 1; yearOfConstruction 1
            {}
        "#]],
    );
}

#[test]
fn fzk_haus_lod3_v2() {
    check_file(
        "fzk_haus_lod3_v2.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, Some(5783))), 1 buildings, 0 skipped, others {}
            buildings 1, parts 0, addresses 1, Roof 2, Wall 4, Ground 1, Window 11, Door 2
            polygons 210
            volume 623 m³, roof area 165 m²; ConstructionMethod 1; GrossPlannedArea 1; IsLandmarked 1; class 1; creationDate 1; description 1; function 1; measuredHeight 1; name 1; relativeToTerrain 1; roofType 1; storeysAboveGround 1; storeysBelowGround 1; usage 1; yearOfConstruction 1
            {}
        "#]],
    );
}

#[test]
fn ingolstadt_lod3_4018257() {
    check_file(
        "ingolstadt_lod3_4018257.xml",
        expect![[r#"
            CityGML 2.0, Some((32632, None)), 1 buildings, 0 skipped, others {}
            buildings 1, parts 0, addresses 0, Roof 5, Wall 7, Ground 1, OuterCeiling 2, Window 99, Door 1, Installation 1
            polygons 142
            volume 0 m³, roof area 520 m²; creationDate 1; dataAvailable 1; measuredHeight 1; name 1; opendrive_identifier_modelDate 1; opendrive_identifier_modelName 1; opendrive_identifier_modelVendor 1; opendrive_identifier_roadId 1; opendrive_identifier_roadObjectId 1; opendrive_identifier_roadObjectName 1; opendrive_identifier_sourceFileHashSha256 1; opendrive_identifier_sourceFileName 1; opendrive_roadObject_dynamic 1; opendrive_roadObject_orientation 1; opendrive_roadObject_type 1; opendrive_road_length 1; opendrive_road_rule 1
            {}
        "#]],
    );
}

#[test]
fn ingolstadt_lod3_4018302() {
    check_file(
        "ingolstadt_lod3_4018302.xml",
        expect![[r#"
            CityGML 2.0, Some((32632, None)), 1 buildings, 0 skipped, others {}
            buildings 1, parts 0, addresses 0, Roof 7, Wall 11, Ground 1, Window 16
            polygons 51
            volume 0 m³, roof area 4432 m²; creationDate 1; measuredHeight 1
            {}
        "#]],
    );
}

#[test]
fn libcitygml_b1_lod2_cs_w_sem() {
    check_file(
        "libcitygml_b1_lod2_cs_w_sem.gml",
        expect![[r#"
            CityGML 2.0, None, 1 buildings, 0 skipped, others {}
            buildings 1, parts 0, addresses 0, Roof 4, Wall 4, Ground 1
            polygons 9
            volume 1250000 m³, roof area 19142 m²; measuredHeight 1
            {BadValue: 1, CrsMissing: 1}
        "#]],
    );
}

#[test]
fn libcitygml_b1_lod2_s() {
    check_file(
        "libcitygml_b1_lod2_s.gml",
        expect![[r#"
            CityGML 2.0, None, 1 buildings, 0 skipped, others {}
            buildings 1, parts 0, addresses 0, Roof 1, Wall 1, Ground 1
            polygons 9
            volume 1250000 m³, roof area 14142 m²; measuredHeight 1
            {BadValue: 1, CrsMissing: 1}
        "#]],
    );
}

#[test]
fn libcitygml_berlin_sample() {
    check_file(
        "libcitygml_berlin_sample.gml",
        expect![[r#"
            CityGML 1.0, Some((25833, None)), 61 buildings, 0 skipped, others {}
            buildings 61, parts 0, addresses 0, Roof 249, Wall 793, Ground 83
            polygons 1125
            volume 0 m³, roof area 35264 m²; measuredHeight 61; name 61; roofType 60
            {}
        "#]],
    );
}

#[test]
fn munich_deby_lod2_4959322() {
    check_file(
        "munich_DEBY_LOD2_4959322.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, None)), 1 buildings, 0 skipped, others {}
            buildings 1, parts 0, addresses 1, Roof 2, Wall 4, Ground 1
            polygons 7
            volume 0 m³, roof area 427 m²; creationDate 1; externalReference 1; function 1; measuredHeight 1; name 1; roofType 1; storeysAboveGround 1
            {}
        "#]],
    );
}

#[test]
fn munich_deby_lod2_4959323() {
    check_file(
        "munich_DEBY_LOD2_4959323.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, None)), 1 buildings, 0 skipped, others {}
            buildings 1, parts 0, addresses 1, Roof 4, Wall 9, Ground 1
            polygons 14
            volume 0 m³, roof area 1385 m²; creationDate 1; externalReference 1; function 1; measuredHeight 1; name 1; roofType 1; storeysAboveGround 1
            {}
        "#]],
    );
}

#[test]
fn munich_deby_lod2_59772() {
    check_file(
        "munich_DEBY_LOD2_59772.gml",
        expect![[r#"
            CityGML 1.0, None, 1 buildings, 0 skipped, others {}
            buildings 1, parts 0, addresses 0, Roof 1, Wall 9, Ground 1
            polygons 11
            volume 578 m³, roof area 49 m²; DatenquelleBodenhoehe 1; DatenquelleDachhoehe 1; DatenquelleLage 1; Gemeindeschluessel 1; Geometrietyp2DReferenz 1; Grundrissaktualitaet 1; HoeheDach 1; HoeheGrund 1; Methode 1; NiedrigsteTraufeDesGebaeudes 1; creationDate 1; externalReference 1; function 1; measuredHeight 1; roofType 1; storeysAboveGround 1
            {CrsMissing: 1}
        "#]],
    );
}

#[test]
fn nrw_280_5657() {
    check_file(
        "nrw_280_5657.gml",
        expect![[r#"
            CityGML 1.0, Some((25832, Some(7837))), 83 buildings, 0 skipped, others {}
            buildings 83, parts 50, addresses 73, Roof 170, Wall 708, Ground 113, Closure 78
            polygons 1144
            volume 26022 m³, roof area 5689 m²; DatenquelleBodenhoehe 113; DatenquelleDachhoehe 113; DatenquelleLage 113; Gemeindeschluessel 83; Geometrietyp2DReferenz 83; Grundrissaktualitaet 133; creationDate 133; externalReference 83; function 83; measuredHeight 133; roofType 113; storeysAboveGround 6
            {}
        "#]],
    );
}

#[test]
fn ogc2_appearance_epsg25832() {
    check_file(
        "ogc2_Appearance-EPSG25832.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, Some(5783))), 1 buildings, 0 skipped, others {"ReliefFeature": 1}
            buildings 1, parts 0, addresses 1, Roof 1, Wall 1, Ground 1
            polygons 8
            volume 200 m³, roof area 64 m²; function 1; measuredHeight 1; name 1; roofType 1; storeyHeightsAboveGround 1; storeysAboveGround 1; yearOfConstruction 1
            {}
        "#]],
    );
}

#[test]
fn ogc2_building_lod0_epsg25832() {
    check_file(
        "ogc2_Building_LOD0-EPSG25832.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, Some(5783))), 1 buildings, 0 skipped, others {"ReliefFeature": 1}
            buildings 1, parts 0, addresses 1, Roof 1, Ground 1
            polygons 2
            volume 0 m³, roof area 61 m²; function 1; measuredHeight 1; name 1; roofType 1; storeyHeightsAboveGround 1; storeysAboveGround 1; yearOfConstruction 1
            {}
        "#]],
    );
}

#[test]
fn ogc2_building_lod1_epsg25832() {
    check_file(
        "ogc2_Building_LOD1-EPSG25832.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, Some(5783))), 1 buildings, 0 skipped, others {"ReliefFeature": 1}
            buildings 1, parts 0, addresses 1, Roof 1, Wall 1, Ground 1
            polygons 6
            volume 200 m³, roof area 50 m²; function 1; measuredHeight 1; name 1; roofType 1; storeyHeightsAboveGround 1; storeysAboveGround 1; yearOfConstruction 1
            {}
        "#]],
    );
}

#[test]
fn ogc2_building_lod1_localengineeringcrs() {
    check_file(
        "ogc2_Building_LOD1-LocalEngineeringCRS.gml",
        expect![[r#"
            CityGML 2.0, None, 1 buildings, 0 skipped, others {"ReliefFeature": 1}
            buildings 1, parts 0, addresses 1, Roof 1, Wall 1, Ground 1
            polygons 6
            volume 200 m³, roof area 50 m²; function 1; measuredHeight 1; name 1; roofType 1; storeyHeightsAboveGround 1; storeysAboveGround 1; yearOfConstruction 1
            {CrsMissing: 1}
        "#]],
    );
}

#[test]
fn ogc2_building_lod2_epsg25832() {
    check_file(
        "ogc2_Building_LOD2-EPSG25832.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, Some(5783))), 1 buildings, 0 skipped, others {"ReliefFeature": 1}
            buildings 1, parts 0, addresses 1, Roof 2, Wall 4, Ground 1
            polygons 7
            volume 200 m³, roof area 64 m²; function 1; measuredHeight 1; name 1; roofType 1; storeyHeightsAboveGround 1; storeysAboveGround 1; yearOfConstruction 1
            {}
        "#]],
    );
}

#[test]
fn ogc2_building_lod3_epsg25832() {
    check_file(
        "ogc2_Building_LOD3-EPSG25832.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, Some(5783))), 1 buildings, 0 skipped, others {"ReliefFeature": 1}
            buildings 1, parts 0, addresses 1, Roof 2, Wall 4, Ground 1, Window 2, Door 1
            polygons 24
            volume 231 m³, roof area 78 m²; function 1; measuredHeight 1; name 1; roofType 1; storeyHeightsAboveGround 1; storeysAboveGround 1; yearOfConstruction 1
            {}
        "#]],
    );
}

#[test]
fn ogc2_building_and_garage_lod2_epsg25832() {
    check_file(
        "ogc2_Building_and_garage_LOD2-EPSG25832.gml",
        expect![[r#"
            CityGML 2.0, Some((25832, Some(5783))), 1 buildings, 0 skipped, others {"ReliefFeature": 1}
            buildings 1, parts 1, addresses 1, Roof 3, Wall 8, Ground 2
            polygons 14
            volume 224 m³, roof area 74 m²; function 2; measuredHeight 2; name 2; roofType 2; storeyHeightsAboveGround 1; storeysAboveGround 1; yearOfConstruction 2
            {}
        "#]],
    );
}

/// Files in which every `gml:Polygon` belongs to a building and there is one level of detail.
const ONE_LEVEL: [&str; 14] = [
    "c4j_lod2_buildings_v3.gml",
    "fzk_haus_lod0_v2.gml",
    "fzk_haus_lod1_v2.gml",
    "fzk_haus_lod2_v2.gml",
    "fzk_haus_lod3_v2.gml",
    "ingolstadt_lod3_4018257.xml",
    "ingolstadt_lod3_4018302.xml",
    "libcitygml_b1_lod2_s.gml",
    "libcitygml_berlin_sample.gml",
    "munich_DEBY_LOD2_4959322.gml",
    "munich_DEBY_LOD2_4959323.gml",
    "munich_DEBY_LOD2_59772.gml",
    "nrw_280_5657.gml",
    "ogc2_Building_LOD3-EPSG25832.gml",
];

/// The reader against a search for the bytes of a tag.
#[test]
fn every_polygon_of_a_file_comes_out_once() {
    for name in ONE_LEVEL {
        let Some(path) = crate::test_data::shared(&format!("citygml/{name}")) else { return };
        let text = std::fs::read_to_string(path).expect("it can be read");
        let outcome = read_with(&ReadOptions::of(name), text.as_bytes()).expect("it is CityGML");
        let read = outcome.buildings.iter().flat_map(Building::geometries).flat_map(|g| g.polygons()).count();
        let written = text.matches("<gml:Polygon>").count() + text.matches("<gml:Polygon ").count();
        assert_eq!(read, written, "{name}");
    }
}

/// Line, id, values and places of one building, looked up in the file.
#[test]
fn a_house_in_munich() {
    let Some(path) = crate::test_data::shared("citygml/munich_DEBY_LOD2_59772.gml") else { return };
    let outcome = read_with(&ReadOptions::of("test.gml"), &std::fs::read(path).expect("it can be read"));
    let buildings = outcome.expect("it is CityGML").buildings;
    let [house] = &buildings[..] else { panic!("one building") };
    assert_eq!((&*house.id.0, house.place.line), ("DEBY_LOD2_59772", 8));
    let value = |name: &str| house.attributes.get(name).map(shown).unwrap_or_default();
    assert_eq!(value("measuredHeight"), "11.715");
    assert_eq!(value("storeysAboveGround"), "3");
    assert_eq!(value("HoeheGrund"), "\"516.710\"");
    let geometry = house.geometry.as_ref().expect("it has one");
    assert!(geometry.is_solid);
    let first = geometry.surfaces.first().expect("a wall");
    assert_eq!(first.id.as_deref(), Some("DEBY_LOD2_59772_4becb506-d53b-44ca-a483-e6a3d238b4c2_2"));
    assert_eq!(first.polygons[0].exterior.len(), 4);
    assert_eq!(first.polygons[0].exterior[1], glam::DVec3::new(691_478.01, 5_334_825.81, 528.425));
    assert_eq!((geometry.bounds().min.z, geometry.bounds().max.z), (516.71, 528.425));
}
