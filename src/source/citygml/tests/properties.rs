//! Attributes, addresses, parts, ids and reference systems.

use expect_test::expect;

use super::*;

#[test]
fn attributes_of_citygml_2() {
    check(
        &house(
            "<gml:description>two\n   lines</gml:description><gml:name>Rathaus</gml:name>
            <core:creationDate>2023-06-05</core:creationDate>
            <core:externalReference><core:informationSystem>x</core:informationSystem><core:externalObject><core:name>DEBY1</core:name></core:externalObject></core:externalReference>
            <core:externalReference><core:externalObject><core:uri>urn:second</core:uri></core:externalObject></core:externalReference>
            <bldg:class>1000</bldg:class><bldg:function> 31001_1000 </bldg:function><bldg:usage>1010</bldg:usage>
            <bldg:yearOfConstruction>1905</bldg:yearOfConstruction><bldg:yearOfDemolition>2020-02</bldg:yearOfDemolition>
            <bldg:roofType>3100</bldg:roofType><bldg:measuredHeight uom='urn:adv:uom:m'>12.5</bldg:measuredHeight>
            <bldg:storeysAboveGround>4</bldg:storeysAboveGround><bldg:storeysBelowGround>1</bldg:storeysBelowGround>
            <bldg:storeyHeightsAboveGround uom='m'>3.0 2.5 2.5 2.5</bldg:storeyHeightsAboveGround>",
        ),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              class = "1000"
              creationDate = "2023-06-05"
              description = "two lines"
              externalReference = "DEBY1"
              function = "31001_1000"
              measuredHeight = 12.5
              name = "Rathaus"
              roofType = "3100"
              storeyHeightsAboveGround = "3.0 2.5 2.5 2.5"
              storeysAboveGround = 4
              storeysBelowGround = 1
              usage = "1010"
              yearOfConstruction = 1905
              yearOfDemolition = 2020
            NoGeometry: test.gml:3 (b): the building has no usable geometry
        "#]],
    );
}

#[test]
fn generic_attributes_of_citygml_2() {
    check(
        &house(
            "<gen:stringAttribute name='s &amp; t'><gen:value> text </gen:value></gen:stringAttribute>
            <gen:intAttribute name='i'><gen:value>-7</gen:value></gen:intAttribute>
            <gen:doubleAttribute name='d'><gen:value>1.5e2</gen:value></gen:doubleAttribute>
            <gen:dateAttribute name='date'><gen:value>2020-01-02</gen:value></gen:dateAttribute>
            <gen:uriAttribute name='uri'><gen:value>http://x</gen:value></gen:uriAttribute>
            <gen:measureAttribute name='m'><gen:value uom='m2'>120,5</gen:value></gen:measureAttribute>
            <gen:measureAttribute name='ft'><gen:value uom='ft'>10</gen:value></gen:measureAttribute>
            <gen:genericAttributeSet name='set'><gen:intAttribute name='i'><gen:value>3</gen:value></gen:intAttribute></gen:genericAttributeSet>
            <gen:stringAttribute name='i'><gen:value>second</gen:value></gen:stringAttribute>
            <gen:stringAttribute name='roofType'><gen:value>gives way</gen:value></gen:stringAttribute>
            <gen:stringAttribute name='empty'><gen:value/></gen:stringAttribute>
            <bldg:roofType>1000</bldg:roofType>",
        ),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              d = 150.0
              date = "2020-01-02"
              ft = 3.048
              i = -7
              m = 120.5
              roofType = "1000"
              s & t = "text"
              set.i = 3
              uri = "http://x"
            NoGeometry: test.gml:3 (b): the building has no usable geometry
        "#]],
    );
}

#[test]
fn values_that_are_not_of_their_type() {
    check(
        &house(
            "<bldg:storeysAboveGround>three</bldg:storeysAboveGround><bldg:storeysBelowGround>2.0</bldg:storeysBelowGround>
            <bldg:measuredHeight uom='cubit'>7</bldg:measuredHeight><bldg:yearOfConstruction>about 1900</bldg:yearOfConstruction>
            <bldg:function>1</bldg:function><bldg:function>1</bldg:function><bldg:function>2</bldg:function>
            <gen:intAttribute name='i'><gen:value>x</gen:value></gen:intAttribute><bldg:roofType> </bldg:roofType><bldg:roof/>",
        ),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              function = "1"
              storeysBelowGround = 2
            BadValue: test.gml:3 (b): the value of storeysAboveGround is not of its type or unit
            BadValue: test.gml:4 (b): the value of measuredHeight is not of its type or unit
            BadValue: test.gml:4 (b): the value of yearOfConstruction is not of its type or unit
            BadValue: test.gml:5 (b): a second function is kept, but not taken as the value
            BadValue: test.gml:6 (b): the value of i is not of its type or unit
            UnknownElement: test.gml:6 (b): the element bldg:roof is not known
            NoGeometry: test.gml:3 (b): the building has no usable geometry
        "#]],
    );
    check(
        &house("<bldg:measuredHeight uom='#ft'>10</bldg:measuredHeight>"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          measuredHeight = 3.048
        NoGeometry: test.gml:3 (b): the building has no usable geometry
    "#]],
    );
}

#[test]
fn every_code_of_a_building_is_kept() {
    let codes = |properties: &str| {
        let outcome = read_with(&ReadOptions::of("test.gml"), house(properties).as_bytes()).expect("it is CityGML");
        outcome.buildings[0].attributes.all("function").map(shown).collect::<Vec<_>>().join(" ")
    };
    let function = |code: &str| format!("<bldg:function>{code}</bldg:function>");
    let three = [function("31001_1110"), function("31001_3066"), function("31001_1110")].concat();
    assert_eq!(codes(&three), r#""31001_1110" "31001_3066""#);
    let generic = "<gen:stringAttribute name='function'><gen:value>31001_3041</gen:value></gen:stringAttribute>";
    assert_eq!(codes(&(generic.to_owned() + &three)), r#""31001_1110" "31001_3066" "31001_3041""#);
}

#[test]
fn properties_of_citygml_3() {
    check(
        &house3(
            "<gml:name>3.0</gml:name><creationDate>2024-01-01T00:00:00Z</creationDate>
            <externalReference><ExternalReference><targetResource>urn:x</targetResource><informationSystem>y</informationSystem></ExternalReference></externalReference>
            <genericAttribute><gen:StringAttribute><gen:name>s</gen:name><gen:value>text</gen:value></gen:StringAttribute></genericAttribute>
            <genericAttribute><gen:GenericAttributeSet><gen:name>set</gen:name><gen:genericAttribute><gen:IntAttribute><gen:name>i</gen:name><gen:value>3</gen:value></gen:IntAttribute></gen:genericAttribute></gen:GenericAttributeSet></genericAttribute>
            <genericAttribute><gen:MeasureAttribute><gen:name>m</gen:name><gen:value uom='m'>2</gen:value></gen:MeasureAttribute></genericAttribute>
            <con:dateOfConstruction>1985-03-01</con:dateOfConstruction>
            <con:height><con:Height><con:highReference>highestRoofEdge</con:highReference><con:value uom='m'>9.5</con:value></con:Height></con:height>
            <bldg:class>1000</bldg:class><bldg:function>1010</bldg:function>
            <bldg:address><Address><xalAddress><xAL:Address><xAL:Country><xAL:NameElement>Deutschland</xAL:NameElement></xAL:Country><xAL:Locality><xAL:NameElement>München</xAL:NameElement></xAL:Locality><xAL:Thoroughfare><xAL:NameElement>Marienplatz</xAL:NameElement><xAL:Number>8</xAL:Number></xAL:Thoroughfare><xAL:PostCode><xAL:Identifier>80331</xAL:Identifier></xAL:PostCode></xAL:Address></xalAddress></Address></bldg:address>",
        ),
        expect![[r#"
            CityGML 3.0, EPSG:25832, buildings 1, skipped 0, others {}
            b at 3
              class = "1000"
              creationDate = "2024-01-01T00:00:00Z"
              externalReference = "urn:x"
              function = "1010"
              m = 2.0
              measuredHeight = 9.5
              name = "3.0"
              s = "text"
              set.i = 3
              yearOfConstruction = 1985
              address "Marienplatz" | "8" | "80331" | "München"
            NoGeometry: test.gml:3 (b): the building has no usable geometry
        "#]],
    );
}

#[test]
fn surfaces_of_citygml_3() {
    let surfaces = |name: &str, lod: u8, id: &str, z| {
        format!(
            "<{name}{lod}MultiSurface><gml:MultiSurface>{}</gml:MultiSurface></{name}{lod}MultiSurface>",
            member(&triangle(id, z))
        )
    };
    check(
        &house3(&format!(
            "<boundary><con:WallSurface gml:id='wall'>{}<con:fillingSurface><con:WindowSurface gml:id='glass'>{}</con:WindowSurface></con:fillingSurface></con:WallSurface></boundary>
            <boundary><ClosureSurface gml:id='gap'>{}</ClosureSurface></boundary>
            <lod3Solid><gml:Solid><gml:exterior><gml:Shell>{}{}</gml:Shell></gml:exterior></gml:Solid></lod3Solid>
            <bldg:buildingInstallation><bldg:BuildingInstallation gml:id='stairs'>{}<con:relationToConstruction>outside</con:relationToConstruction></bldg:BuildingInstallation></bldg:buildingInstallation>
            <bldg:buildingInstallation><bldg:BuildingInstallation gml:id='lift'>{}<con:relationToConstruction>inside</con:relationToConstruction></bldg:BuildingInstallation></bldg:buildingInstallation>
            <bldg:buildingRoom><bldg:BuildingRoom/></bldg:buildingRoom>
            <bldg:buildingPart><bldg:BuildingPart gml:id='part'/></bldg:buildingPart>",
            surfaces("lod", 3, "p1", 1),
            surfaces("lod", 3, "p2", 2),
            surfaces("lod", 3, "p3", 3),
            link("p1"),
            link("p3"),
            surfaces("lod", 3, "p4", 4),
            surfaces("lod", 3, "p5", 5),
        )),
        expect![[r#"
            CityGML 3.0, EPSG:25832, buildings 1, skipped 0, others {"BuildingInstallation (inside)": 1, "BuildingRoom": 1}
            b at 3
              measuredHeight = 3.0
              lod 3 solid
              Wall wall
                0 0 1, 4 0 1, 0 4 1
              Window glass
                0 0 2, 4 0 2, 0 4 2
              Closure gap
                0 0 3, 4 0 3, 0 4 3
              Installation stairs
                0 0 4, 4 0 4, 0 4 4
              part part at 9
        "#]],
    );
}

#[test]
fn addresses_of_xal_2() {
    let address = |inside: &str| {
        format!(
            "<bldg:address><core:Address><core:xalAddress><xAL:AddressDetails>{inside}</xAL:AddressDetails></core:xalAddress><core:multiPoint/></core:Address></bldg:address>"
        )
    };
    let full = address(
        "<xAL:Country><xAL:CountryName>D</xAL:CountryName><xAL:Locality Type='Town'><xAL:LocalityName>München</xAL:LocalityName><xAL:Thoroughfare Type='Street'><xAL:ThoroughfareNumber>21</xAL:ThoroughfareNumber><xAL:ThoroughfareNumberSuffix>a</xAL:ThoroughfareNumberSuffix><xAL:ThoroughfareName>Arcisstraße</xAL:ThoroughfareName></xAL:Thoroughfare><xAL:PostalCode><xAL:PostalCodeNumber>80333</xAL:PostalCodeNumber></xAL:PostalCode></xAL:Locality></xAL:Country>",
    );
    let short = address("<xAL:Locality><xAL:LocalityName>Planegg</xAL:LocalityName></xAL:Locality>");
    check(
        &house(&format!("{full}{short}{}", address(""))),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          address "Arcisstraße" | "21a" | "80333" | "München"
          address - | - | - | "Planegg"
        NoGeometry: test.gml:3 (b): the building has no usable geometry
    "#]],
    );
}

#[test]
fn parts_of_parts_become_parts_of_the_building() {
    let part = |attributes: &str, inside: &str| {
        format!(
            "<bldg:consistsOfBuildingPart><bldg:BuildingPart{attributes}><bldg:roofType>1000</bldg:roofType>{}{inside}</bldg:BuildingPart></bldg:consistsOfBuildingPart>",
            solid(1, &member(&triangle("p", 0)).replace("0 4 0", "0 4 6"))
        )
    };
    let nested = part(" gml:id='p1'", &part("", ""));
    check(
        &house(&format!("<bldg:roofType>3100</bldg:roofType>{nested}{}", part(" gml:id='p3'", ""))),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          measuredHeight = 6.0
          roofType = "3100"
          part p1 at 3
          part   measuredHeight = 6.0
          part   roofType = "1000"
          part   lod 1 solid
          part   Wall -
          part     0 0 0, 4 6 0, 0 4 6
          part p1_2 at 3
          part   measuredHeight = 6.0
          part   roofType = "1000"
          part   lod 1 solid
          part   Wall -
          part     0 0 0, 4 6 0, 0 4 6
          part p3 at 3
          part   measuredHeight = 6.0
          part   roofType = "1000"
          part   lod 1 solid
          part   Wall -
          part     0 0 0, 4 6 0, 0 4 6
        BadValue: test.gml:3 (p1): a building part without gml:id; it is called by its number
    "#]],
    );
}

#[test]
fn ids_that_are_missing_or_stand_twice() {
    let building =
        |attributes: &str| format!("<core:cityObjectMember><bldg:Building{attributes}/></core:cityObjectMember>\n");
    check(
        &city(
            &[
                building(""),
                building(" gml:id='x'"),
                building(" gml:id='x'"),
                building(" gml:id='test_5'"),
                building(""),
            ]
            .concat(),
        ),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 4, skipped 1, others {}
            test_1 at 3
            x at 4
            test_5 at 6
            test_5_ at 7
            BadValue: test.gml:3 (test_1): a building without gml:id; it is called by its number in the file
            NoGeometry: test.gml:3 (test_1): the building has no usable geometry
            NoGeometry: test.gml:4 (x): the building has no usable geometry
            DuplicateId: test.gml:5 (x): a building of this id stands before; this one is left out
            NoGeometry: test.gml:6 (test_5): the building has no usable geometry
            BadValue: test.gml:7 (test_5_): a building without gml:id; it is called by its number in the file
            NoGeometry: test.gml:7 (test_5_): the building has no usable geometry
        "#]],
    );
}

#[test]
fn other_objects_are_counted() {
    check(
        &city(
            "<core:cityObjectMember><ade:Shed/></core:cityObjectMember><core:cityObjectMember><ade:Shed/></core:cityObjectMember>
            <core:cityObjectMember><core:CityObjectGroup/></core:cityObjectMember><core:cityObjectMember xlink:href='#b'/>
            <gml:featureMember><bldg:Building gml:id='b'/></gml:featureMember><ade:metadata/>",
        ),
        expect![[r#"
            CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {"CityObjectGroup": 1, "Shed": 2}
            b at 5
            UnknownElement: test.gml:3: the element ade:Shed is not known
            NoGeometry: test.gml:5 (b): the building has no usable geometry
            UnknownElement: test.gml:5: the element ade:metadata is not known
        "#]],
    );
}

#[test]
fn an_unknown_system_is_an_error_and_a_missing_one_is_not() {
    let named = |name: &str| {
        format!(
            "<bldg:lod1Solid><gml:Solid srsName='{name}'>{}</gml:Solid></bldg:lod1Solid>",
            member(&triangle("p", 0))
        )
    };
    let read = |xml: &str, refuses_unknown_crs: bool| {
        let options = ReadOptions { refuses_unknown_crs, ..ReadOptions::of("test.gml") };
        read_with(&options, xml.as_bytes())
    };
    let crs = |xml: &str| {
        let outcome = read(xml, false).expect("it is CityGML");
        let missing = outcome.report.counts().get(&WarningKind::CrsMissing).copied().unwrap_or_default();
        (outcome.buildings.first().and_then(|building| building.crs).map(|crs| crs.horizontal), missing)
    };
    let without = |properties: &str| house(properties).replace("srsName=\"EPSG:25832\"", "");
    assert_eq!(crs(&house("")), (Some(25832), 0));
    assert_eq!(crs(&house(&named("EPSG:25833"))), (Some(25833), 0));
    assert_eq!(crs(&house(&named("nonsense"))), (None, 1));
    assert_eq!(crs(&without(&named("EPSG:25833"))), (Some(25833), 0));
    assert_eq!(crs(&without("<gml:boundedBy><gml:Envelope srsName='EPSG:25833'/></gml:boundedBy>")), (Some(25833), 0));
    assert_eq!(crs(&without("")), (None, 1));
    assert_eq!(
        crs(&house("").replace("<gml:Envelope srsName=\"EPSG:25832\"/>", "<gml:Null>unknown</gml:Null>")),
        (None, 1)
    );
    let refused = |xml: &str| read(xml, true).err().map_or("read".to_owned(), |error| error.to_string());
    let of_file = |name: &str, properties: &str| house(properties).replace("EPSG:25832", name);
    expect![[r##"test.gml:2: "#local-CRS-1" is not the name of a coordinate reference system"##]]
        .assert_eq(&refused(&of_file("#local-CRS-1", "")));
    expect!["test.gml:2: no way is known from EPSG:99999 to WGS 84: PROJ's database does not have it"]
        .assert_eq(&refused(&of_file("EPSG:99999", "")));
    expect![[r#"test.gml:3: "nonsense" is not the name of a coordinate reference system"#]]
        .assert_eq(&refused(&house(&named("nonsense"))));
    assert_eq!(refused(&without("")), "read");
    assert_eq!(refused(&of_file("nonsense", &named("EPSG:25833"))), "read");
}

#[test]
fn namespaces_count_and_prefixes_do_not() {
    check(
        "<x:CityModel xmlns:x='http://www.opengis.net/citygml/1.0' xmlns:core='http://example.org/other'>
        <core:cityObjectMember><core:Building/></core:cityObjectMember>
        <x:cityObjectMember><Building xmlns='http://www.opengis.net/citygml/building/1.0' xmlns:a='http://www.opengis.net/gml' a:id='b' id='no'>
        <creationDate xmlns=''>2020-01-01</creationDate><roofType>1000</roofType><a:name xmlns:a='http://example.org/other'>no</a:name><a:name>yes</a:name></Building></x:cityObjectMember>
        </x:CityModel>",
        expect![[r#"
            CityGML 1.0, no CRS, buildings 1, skipped 0, others {}
            b at 3
              creationDate = "2020-01-01"
              name = "yes"
              roofType = "1000"
            UnknownElement: test.gml:2: the element core:cityObjectMember is not known
            UnknownElement: test.gml:4 (b): the element a:name is not known
            CrsMissing: test.gml:4 (b): no coordinate reference system is named
            NoGeometry: test.gml:3 (b): the building has no usable geometry
        "#]],
    );
}
