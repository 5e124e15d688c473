//! Real files against goldens that were checked with an independent script, and the conformance corpus.

use std::fmt::Write as _;

use expect_test::{Expect, expect};

use super::{outline, read_bytes, summary};
use crate::model::Building;
use crate::source::ReadOptions;
use crate::test_data::shared;

/// Reads a shared file and compares what it amounts to. Gives the buildings.
fn check_file(path: &str, expected: Expect) -> Vec<Building> {
    let Some(full) = shared(path) else { return Vec::new() };
    let outcome = read_bytes(&std::fs::read(full).unwrap(), &ReadOptions::of("f"));
    expected.assert_eq(&summary(&outcome));
    outcome.1
}

#[test]
fn delft_has_160_buildings() {
    check_file(
        "cityjson/cjio_delft.json",
        expect![[r#"
            CityJSON 2.0, 160 buildings, 0 skipped
            other Bridge 3
            other GenericCityObject 54
            other LandUse 81
            other PlantCover 126
            other Road 143
            other WaterBody 3
            buildings 160, parts 0, addresses 0
            surfaces Roof 160
            surfaces Wall 160
            polygons 5563
            volume 22040 m³, roof area 8654 m²; bgt_status 160; bronhouder 160; creationdate 160; hoek 123; identificatiebagpnd 160; identificatiebagvbohoogstehuisnummer 23; identificatiebagvbolaagstehuisnummer 123; inonderzoek 160; lokaalid 160; lv_publicatiedatum 160; measuredHeight 160; min-height-surface 160; namespace 160; plaatsingspunt 123; plus_status 160; relatievehoogteligging 160; tekst 123; tijdstipregistratie 160
        "#]],
    );
}

#[test]
fn parts_hang_under_their_buildings() {
    check_file(
        "cityjson/cjio_DH_01_subs.city.json",
        expect![[r#"
            CityJSON 1.1, 4 buildings, 0 skipped
            buildings 4, parts 8, addresses 0
            surfaces Roof 13
            surfaces Wall 48
            surfaces Ground 9
            polygons 70
            volume 1826 m³, roof area 291 m²; AbsoluteEavesHeight 9; AbsoluteRidgeHeight 9; RelativeEavesHeight 9; RelativeRidgeHeight 9; measuredHeight 12; roofType 9
            CrsMissing 1
        "#]],
    );
}

#[test]
fn rotterdam_has_surfaces_without_solids() {
    check_file(
        "cityjson/cjio_rotterdam_subset.json",
        expect![[r#"
            CityJSON 2.0, 16 buildings, 0 skipped
            buildings 16, parts 0, addresses 0
            surfaces Roof 16
            surfaces Wall 16
            surfaces Ground 16
            polygons 236
            volume 0 m³, roof area 2205 m²; TerrainHeight 16; bron_geo 16; bron_tex 16; measuredHeight 16; status 16; voll_tex 16
            PolygonSkipped 12
            PolygonMended 9
            CrsMissing 1
        "#]],
    );
}

#[test]
fn the_highest_level_of_detail_is_taken() {
    let buildings = check_file(
        "cityjson/cjio_multi_lod.json",
        expect![[r#"
            CityJSON 2.0, 10 buildings, 0 skipped
            buildings 10, parts 0, addresses 0
            surfaces Roof 10
            surfaces Wall 15
            surfaces Ground 10
            polygons 348
            volume 2787 m³, roof area 655 m²; begingeldigheid 10; dak_type 10; documentdatum 10; documentnummer 10; fid 10; geconstateerd 10; h_maaiveld 10; identificatie 10; kas_warenhuis 10; lod11_replace 10; measuredHeight 10; ondergronds_type 10; oorspronkelijk_bouwjaar 10; pw_actueel 10; pw_bron 10; pw_datum 10; reconstructie_methode 10; reconstruction_skipped 10; status 10; tijdstipregistratielv 10; versie_methode 10; voorkomenidentificatie 10
            CrsMissing 1
        "#]],
    );
    assert!(buildings.iter().flat_map(Building::geometries).all(|geometry| geometry.lod.0 == 22));
}

#[test]
fn levels_above_the_limit_are_not_taken() {
    let Some(full) = shared("cityjson/cjio_multi_lod.json") else { return };
    let options = ReadOptions { max_lod: 1, ..ReadOptions::of("f") };
    let (_, buildings, _) = read_bytes(&std::fs::read(full).unwrap(), &options);
    assert!(buildings.iter().flat_map(Building::geometries).all(|geometry| geometry.lod.0 == 13));
    assert_eq!(buildings.len(), 10);
}

#[test]
fn templates_and_trees_leave_a_cube() {
    check_file(
        "cityjson/cjio_dummy.json",
        expect![[r#"
            CityJSON 2.0, 1 buildings, 0 skipped
            other SolitaryVegetationObject 1
            buildings 1, parts 0, addresses 0
            surfaces Roof 1
            surfaces Wall 1
            surfaces Ground 1
            polygons 6
            volume 0 m³, roof area 3 m²; measuredHeight 1; owner 1; roofType 1; yearOfConstruction 1
            PolygonSkipped 4
            PolygonMended 3
        "#]],
    );
}

#[test]
fn a_hundred_invented_houses() {
    check_file(
        "cityjson/citygml4j_lod2_buildings_v2.city.json",
        expect![[r#"
        CityJSON 2.0, 100 buildings, 0 skipped
        buildings 100, parts 0, addresses 0
        surfaces Roof 200
        surfaces Wall 400
        surfaces Ground 100
        polygons 700
        volume 35184 m³, roof area 9582 m²; class 100; dateOfConstruction 100; dateOfDemolition 100; description 100; measuredHeight 100; name 100; roofType 100; storeyHeightsAboveGround 100; storeyHeightsBelowGround 100; storeysAboveGround 100; storeysBelowGround 100
    "#]],
    );
}

#[test]
fn a_sequence_gives_what_the_whole_file_gives() {
    let mut whole = check_file(
        "cityjson/cjseq_3dbag_b2.city.json",
        expect![[r#"
            CityJSON 2.0, 2 buildings, 0 skipped
            buildings 2, parts 2, addresses 0
            surfaces Roof 2
            surfaces Wall 4
            surfaces Ground 2
            polygons 77
            volume 2349 m³, roof area 421 m²; b3_dak_type 2; b3_h_dak_50p 2; b3_h_dak_70p 2; b3_h_dak_max 2; b3_h_dak_min 2; b3_h_maaiveld 2; b3_kas_warenhuis 2; b3_mutatie_ahn3_ahn4 2; b3_nodata_fractie_ahn3 2; b3_nodata_fractie_ahn4 2; b3_nodata_radius_ahn3 2; b3_nodata_radius_ahn4 2; b3_puntdichtheid_ahn3 2; b3_puntdichtheid_ahn4 2; b3_pw_bron 2; b3_pw_datum 2; b3_pw_selectie_reden 2; b3_reconstructie_onvolledig 2; b3_rmse_lod12 2; b3_rmse_lod13 2; b3_rmse_lod22 2; b3_val3dity_lod12 2; b3_val3dity_lod13 2; b3_val3dity_lod22 2; b3_volume_lod12 2; b3_volume_lod13 2; b3_volume_lod22 2; begingeldigheid 2; documentdatum 2; documentnummer 2; geconstateerd 2; identificatie 2; measuredHeight 4; oorspronkelijkbouwjaar 2; status 2; tijdstipregistratie 2; tijdstipregistratielv 2; voorkomenidentificatie 2
        "#]],
    );
    let mut lines = check_file(
        "cityjson/cjseq_3dbag_b2.city.jsonl",
        expect![[r#"
            CityJSONSeq 2.0, 2 buildings, 0 skipped
            buildings 2, parts 2, addresses 0
            surfaces Roof 2
            surfaces Wall 4
            surfaces Ground 2
            polygons 77
            volume 2349 m³, roof area 421 m²; b3_dak_type 2; b3_h_dak_50p 2; b3_h_dak_70p 2; b3_h_dak_max 2; b3_h_dak_min 2; b3_h_maaiveld 2; b3_kas_warenhuis 2; b3_mutatie_ahn3_ahn4 2; b3_nodata_fractie_ahn3 2; b3_nodata_fractie_ahn4 2; b3_nodata_radius_ahn3 2; b3_nodata_radius_ahn4 2; b3_puntdichtheid_ahn3 2; b3_puntdichtheid_ahn4 2; b3_pw_bron 2; b3_pw_datum 2; b3_pw_selectie_reden 2; b3_reconstructie_onvolledig 2; b3_rmse_lod12 2; b3_rmse_lod13 2; b3_rmse_lod22 2; b3_val3dity_lod12 2; b3_val3dity_lod13 2; b3_val3dity_lod22 2; b3_volume_lod12 2; b3_volume_lod13 2; b3_volume_lod22 2; begingeldigheid 2; documentdatum 2; documentnummer 2; geconstateerd 2; identificatie 2; measuredHeight 4; oorspronkelijkbouwjaar 2; status 2; tijdstipregistratie 2; tijdstipregistratielv 2; voorkomenidentificatie 2
        "#]],
    );
    whole.sort_by(|a, b| a.id.cmp(&b.id));
    lines.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(whole.len(), lines.len());
    for (one, other) in whole.iter().zip(&lines) {
        assert_eq!((&one.id, &one.attributes), (&other.id, &other.attributes));
        assert!((one.bounds().min - other.bounds().min).length() < 1e-6);
        assert!((one.bounds().max - other.bounds().max).length() < 1e-6);
    }
}

#[test]
fn footprints_give_way_to_the_parts() {
    let buildings = check_file(
        "cityjson/fcb_small.city.jsonl",
        expect![[r#"
            CityJSONSeq 2.0, 3 buildings, 0 skipped
            buildings 3, parts 3, addresses 0
            surfaces Roof 3
            surfaces Wall 4
            surfaces Ground 3
            polygons 33
            volume 684 m³, roof area 124 m²; b3_bag_bag_overlap 3; b3_bouwlagen 1; b3_dak_type 3; b3_h_dak_50p 3; b3_h_dak_70p 3; b3_h_dak_max 3; b3_h_dak_min 3; b3_h_maaiveld 3; b3_kas_warenhuis 3; b3_mutatie_ahn3_ahn4 3; b3_nodata_fractie_ahn3 3; b3_nodata_fractie_ahn4 3; b3_nodata_radius_ahn3 3; b3_nodata_radius_ahn4 3; b3_opp_buitenmuur 3; b3_opp_dak_plat 3; b3_opp_dak_schuin 3; b3_opp_grond 3; b3_opp_scheidingsmuur 3; b3_puntdichtheid_ahn3 3; b3_puntdichtheid_ahn4 3; b3_pw_bron 3; b3_pw_datum 3; b3_pw_selectie_reden 3; b3_reconstructie_onvolledig 3; b3_rmse_lod12 3; b3_rmse_lod13 3; b3_rmse_lod22 3; b3_val3dity_lod12 3; b3_val3dity_lod13 3; b3_val3dity_lod22 3; b3_volume_lod12 3; b3_volume_lod13 3; b3_volume_lod22 3; begingeldigheid 3; documentdatum 3; documentnummer 3; geconstateerd 3; identificatie 3; measuredHeight 6; oorspronkelijkbouwjaar 3; status 3; tijdstipregistratie 3; tijdstipregistratielv 3; voorkomenidentificatie 3
        "#]],
    );
    assert!(buildings.iter().all(|building| building.geometry.is_none()));
}

#[test]
fn the_conformance_corpus_is_read_as_its_invariants_say() {
    let Some(folder) = shared("cityjson/corpus/conformance/v2_0") else { return };
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let mut text = String::new();
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let invariants = std::fs::read_to_string(case.join("invariants.json")).unwrap();
        assert!(invariants.contains("\"positive\""), "{name} is a file that must be read");
        let file = ["city.json", "city.jsonl"].map(|end| case.join(format!("{name}.{end}")));
        let bytes = file.iter().find_map(|path| std::fs::read(path).ok()).unwrap();
        let outcome = read_bytes(&bytes, &ReadOptions::of("f"));
        let header = outcome.0.as_ref().unwrap();
        let _ = writeln!(text, "{name}: {}, {} skipped", header.format, header.skipped);
        for line in outline(&outcome).lines().filter(|line| !line.contains("referenceSystem is missing")) {
            let _ = writeln!(text, "    {line}");
        }
    }
    expect![[r#"
        appearance_complete: CityJSON 2.0, 0 skipped
            building-0:36 lod2 Ground×1
            building-1:60 lod2 Ground×1
        cityjson_extended: CityJSON 2.0, 0 skipped
        cityjson_fake_complete: CityJSON 2.0, 1 skipped
            id-1:95 lod21 solid Roof×2 Roof×1 Ground×1 Ground×1 measuredHeight=22.3 nr_doors=3 residential=true roofType="gable" addresses×1
            f:103 (id-3): the type of the city object is not known
            f:95 (id-1): the part's building is missing; the part is taken as a building
        cityjson_minimal: CityJSON 2.0, 0 skipped
        cityjsonfeature_minimal: CityJSONSeq, 0 skipped
            myid:7
            f:1: the sequence has no first line with its transform and CRS
            f: the transform is missing, so no vertex can be placed
            f:7 (myid): the building has no usable geometry
        cityobject_all_types: CityJSON 2.0, 0 skipped
            Building:14
              BuildingPart:83
            f:14 (Building): the building has no usable geometry
        cityobject_building_address: CityJSON 2.0, 0 skipped
            fixture:33 addresses×2
            f:33 (fixture): the building has no usable geometry
        cityobject_complete: CityJSON 2.0, 0 skipped
        cityobject_extended: CityJSON 2.0, 2 skipped
            f:11 (fixture): the type of the city object is not known
            f:18 (fixture-2): the type of the city object is not known
        coordinates_precision_ecef: CityJSON 2.0, 0 skipped
        coordinates_precision_local: CityJSON 2.0, 0 skipped
        coordinates_precision_stateplane: CityJSON 2.0, 0 skipped
        coordinates_precision_utm: CityJSON 2.0, 0 skipped
        coordinates_precision_wgs84: CityJSON 2.0, 0 skipped
        coordinates_precision_worst: CityJSON 2.0, 0 skipped
        extension: CityJSON 2.0, 0 skipped
        geometry_instance: CityJSON 2.0, 0 skipped
        geometry_material_multisolid: CityJSON 2.0, 0 skipped
        geometry_material_multisurface: CityJSON 2.0, 0 skipped
        geometry_material_solid: CityJSON 2.0, 0 skipped
        geometry_semantics_multilinestring: CityJSON 2.0, 0 skipped
        geometry_semantics_multipoint: CityJSON 2.0, 0 skipped
        geometry_semantics_multisolid: CityJSON 2.0, 0 skipped
        geometry_semantics_multisurface: CityJSON 2.0, 0 skipped
        geometry_semantics_solid: CityJSON 2.0, 0 skipped
        geometry_texture_multisolid: CityJSON 2.0, 0 skipped
        geometry_texture_multisurface: CityJSON 2.0, 0 skipped
        geometry_texture_solid: CityJSON 2.0, 0 skipped
        metadata_complete: CityJSON 2.0, 0 skipped
        metadata_extra_properties: CityJSON 2.0, 0 skipped
        semantic_all_types: CityJSON 2.0, 0 skipped
        semantic_complete: CityJSON 2.0, 0 skipped
            fixture:34
            f:34 (fixture): a polygon's ring has no area
            f:34 (fixture): a polygon's ring has no area
            f:34 (fixture): the building has no usable geometry
        semantic_extended: CityJSON 2.0, 0 skipped
            fixture:35
            f:35 (fixture): a polygon's ring has no area
            f:35 (fixture): a polygon's ring has no area
            f:35 (fixture): a polygon's ring has no area
            f:35 (fixture): the building has no usable geometry
        vertices: CityJSON 2.0, 0 skipped
    "#]].assert_eq(&text);
}
