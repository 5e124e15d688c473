//! Files that are broken, hostile, or in another encoding.

use expect_test::expect;
use proptest::prelude::*;

use super::*;

#[test]
fn files_that_are_no_citygml() {
    check(
        "<XPlanAuszug xmlns='http://www.xplanung.de/xplangml/6/0'/>",
        expect![[r#"
        test.gml: the root element is XPlanAuszug, not CityGML's CityModel
    "#]],
    );
    check(
        "<CityModel/>",
        expect![[r#"
        test.gml: the root element CityModel is in no namespace of CityGML
    "#]],
    );
    check(
        "",
        expect![[r#"
        test.gml: there is no XML element in it
    "#]],
    );
    check(
        "{\"type\": \"CityJSON\"}",
        expect![[r#"
        test.gml: there is no XML element in it
    "#]],
    );
    check(
        "<CityModel",
        expect![[r#"
        test.gml: it is not XML: syntax error: tag not closed: `>` not found before end of input
    "#]],
    );
}

#[test]
fn a_file_that_ends_early_gives_what_came_before() {
    let two = city(
        "<core:cityObjectMember><bldg:Building gml:id='a'/></core:cityObjectMember>
        <core:cityObjectMember><bldg:Building gml:id='b'><gml:name>x</gml:name></bldg:Building></core:cityObjectMember>",
    );
    let (early, _) = two.split_once("</gml:name>").expect("it is there");
    check(
        early,
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 1, others {}
        a at 3
        NoGeometry: test.gml:3 (a): the building has no usable geometry
        SyntaxBroken: test.gml:4 (b): the file ends inside of an element
    "#]],
    );
    check(
        &two.replace("</gml:name>", "</gml:nam>"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 1, others {}
        a at 3
        NoGeometry: test.gml:3 (a): the building has no usable geometry
        SyntaxBroken: test.gml:4 (b): the rest is not XML: ill-formed document: expected `</gml:name>`, but `</gml:nam>` was found
    "#]],
    );
    check(
        &two.replace("<gml:name>x</gml:name>", "<gml:name>Meier & Söhne &lt;&#220;&gt;</gml:name>"),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 2, skipped 0, others {}
        a at 3
        b at 4
          name = "Meier & Söhne <Ü>"
        NoGeometry: test.gml:3 (a): the building has no usable geometry
        NoGeometry: test.gml:4 (b): the building has no usable geometry
    "#]],
    );
}

#[test]
fn entities_are_never_expanded() {
    let bomb = format!(
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>\n{}",
        house("<gml:name>&b;&f;x</gml:name><bldg:roofType>1&b;</bldg:roofType>")
    );
    check(
        &bomb,
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 4
          name = "x"
          roofType = "1"
        NoGeometry: test.gml:4 (b): the building has no usable geometry
        BadValue: test.gml:5: 3 references to entities of its own are left out
    "#]],
    );
}

#[test]
fn deep_nesting_is_passed_over() {
    let deep =
        |times: usize| format!("{}{}", "<gml:surfaceMember>".repeat(times), "</gml:surfaceMember>".repeat(times));
    check(
        &house(&format!("{}<bldg:roofType>1000</bldg:roofType>", solid(2, &deep(300)))),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
          roofType = "1000"
        LimitReached: test.gml:3 (b): elements nested too deeply are left out
        NoGeometry: test.gml:3 (b): the building has no usable geometry
    "#]],
    );
    check(
        &house(&solid(2, &deep(100_000))),
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
        LimitReached: test.gml:3 (b): elements nested too deeply are left out
        NoGeometry: test.gml:3 (b): the building has no usable geometry
    "#]],
    );
    let options = ReadOptions { max_depth: usize::MAX, ..ReadOptions::of("test.gml") };
    check_with(
        &options,
        house(&solid(2, &deep(100_000))).as_bytes(),
        &expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 3
        LimitReached: test.gml:3 (b): elements nested too deeply are left out
        NoGeometry: test.gml:3 (b): the building has no usable geometry
    "#]],
    );
}

#[test]
fn a_building_beyond_the_limit_is_left_out() {
    let large = format!(
        "<core:cityObjectMember><bldg:Building gml:id='large'>{}</bldg:Building></core:cityObjectMember>",
        bounded_by("WallSurface", 2, &member(&triangle("p", 0)).repeat(20))
    );
    let small = "<core:cityObjectMember><bldg:Building gml:id='small'/></core:cityObjectMember>";
    let options = ReadOptions { max_object_bytes: 2000, ..ReadOptions::of("test.gml") };
    check_with(
        &options,
        city(&format!("{large}{small}")).as_bytes(),
        &expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 1, others {}
        small at 3
        LimitReached: test.gml:3 (large): a building larger than the limit is left out
        NoGeometry: test.gml:3 (small): the building has no usable geometry
    "#]],
    );
    let endless = format!("{small}<!--{}-->{small}", "x".repeat(300_000));
    check_with(
        &options,
        city(&endless).as_bytes(),
        &expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        small at 3
        NoGeometry: test.gml:3 (small): the building has no usable geometry
        LimitReached: test.gml:3: a tag, a text or the nesting goes on without end; the rest is left out
    "#]],
    );
}

/// A text may be any number of tokens, each within the limit; it must not be gathered to its end.
#[test]
fn a_text_of_many_tokens_ends_at_the_limit() {
    let text = format!("<posList>{}</posList>", "1\n<!-- -->".repeat(100_000));
    let mut source = text.as_bytes();
    let mut pull = super::super::pull::Pull::new(&mut source, 4096);
    assert!(pull.child().is_ok_and(|child| child.is_some()));
    pull.begin_object(4096);
    assert!(matches!(pull.text(), Err(Stop::ObjectTooLarge)));
    assert!(pull.line() < 1000, "read to line {}", pull.line());
}

/// A number takes two bytes of text, eight in a list and eight more in a point.
#[test]
fn short_numbers_count_as_what_they_become() {
    let options = ReadOptions { max_object_bytes: 4000, ..ReadOptions::of("test.gml") };
    let list = |times: usize| {
        let ring = |times: usize| {
            format!(
                "<gml:exterior><gml:LinearRing><gml:posList>{}</gml:posList></gml:LinearRing></gml:exterior>",
                "1 1 1 ".repeat(times)
            )
        };
        member(&format!("<gml:Polygon>{}</gml:Polygon>", ring(times)))
    };
    let too_large = expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 0, skipped 1, others {}
        LimitReached: test.gml:3 (b): a building larger than the limit is left out
    "#]];
    // One list of 600 bytes; and several of 300, which together are more points than the limit allows.
    check_with(&options, house(&solid(2, &list(100))).as_bytes(), &too_large);
    check_with(&options, house(&solid(2, &list(50).repeat(4))).as_bytes(), &too_large);
    let fits = read_with(&options, house(&solid(2, &list(50))).as_bytes()).expect("it is CityGML");
    assert_eq!(fits.header.buildings, 1);
}

#[test]
fn every_encoding_gives_the_same() {
    let xml = |encoding: &str| {
        format!("<?xml version='1.0' encoding='{encoding}'?>\n{}", house("<gml:name>Größe</gml:name>"))
    };
    let latin = |text: &str| text.chars().map(|c| c as u8).collect::<Vec<u8>>();
    let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let readings = [
        xml("UTF-8").into_bytes(),
        format!("\u{feff}{}", xml("UTF-8")).into_bytes(),
        xml("utf-16").into_bytes(),
        latin(&xml("ISO-8859-1")),
        latin(&xml("windows-1252")),
        wide(&xml("UTF-16"), u16::to_le_bytes),
        wide(&xml("UTF-16"), u16::to_be_bytes),
        wide(&format!("\u{feff}{}", xml("UTF-16")), u16::to_be_bytes),
    ];
    check_all(
        &readings,
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 4
          name = "Größe"
        NoGeometry: test.gml:4 (b): the building has no usable geometry
    "#]],
    );
    check_all(
        &[latin(&xml("UTF-8"))],
        expect![[r#"
        CityGML 2.0, EPSG:25832, buildings 1, skipped 0, others {}
        b at 4
          name = "Gr��e"
        NoGeometry: test.gml:4 (b): the building has no usable geometry
        BadValue: test.gml:5: some bytes are not of the file's encoding and were replaced
    "#]],
    );
}

/// A source that gives one byte at a time.
struct Dripping<'a>(&'a [u8]);

impl std::io::Read for Dripping<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let one = self.0.get(..1).unwrap_or_default();
        let count = (&*one).read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Dripping<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        Ok(self.0.get(..1).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.0 = self.0.get(amount..).unwrap_or_default();
    }
}

#[test]
fn the_size_of_the_pieces_does_not_matter() {
    let Some(path) = crate::test_data::shared("citygml/munich_DEBY_LOD2_59772.gml") else { return };
    let bytes = std::fs::read(path).expect("it can be read");
    let options = ReadOptions::of("test.gml");
    let (mut buildings, mut report) = (Vec::new(), Report::default());
    let header = read(Dripping(&bytes), &options, &mut report, &mut |building, _| buildings.push(building));
    let dripped = rendered(&Outcome { header: header.expect("it is CityGML"), buildings, report });
    assert_eq!(dripped, rendered(&read_with(&options, &bytes).expect("it is CityGML")));
}

#[test]
fn a_source_that_fails_is_an_error() {
    struct Failing;
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("unplugged"))
        }
    }
    let xml = house("");
    let (start, _) = xml.split_at(xml.len() - 20);
    let source = std::io::BufReader::new(std::io::Read::chain(start.as_bytes(), Failing));
    let error = read(source, &ReadOptions::of("test.gml"), &mut Report::default(), &mut |_, _| {});
    assert!(matches!(error, Err(ReadError::Io { .. })), "{error:?}");
}

/// Small files with much in them.
const SEEDS: [&str; 6] = [
    "munich_DEBY_LOD2_59772.gml",
    "c4j_lod2_test_ade_v2.gml",
    "libcitygml_b1_lod2_cs_w_sem.gml",
    "ogc2_Building_and_garage_LOD2-EPSG25832.gml",
    "ogc2_Appearance-EPSG25832.gml",
    "berlin_Moabit_1Bldg_v2.gml",
];

#[derive(Clone, Debug)]
enum Mutation {
    Flip(u8),
    Delete(usize),
    Double(usize),
    Insert(&'static str),
    Cut,
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let pieces = [
        "<",
        ">",
        "&",
        "\"",
        "</",
        "/>",
        "<!--",
        "]]>",
        "<![CDATA[",
        " xmlns=''",
        "\u{feff}",
        "-",
        "1e999",
        "#",
        "<a>",
    ];
    prop_oneof![
        any::<u8>().prop_map(Mutation::Flip),
        (1_usize..400).prop_map(Mutation::Delete),
        (1_usize..4000).prop_map(Mutation::Double),
        proptest::sample::select(pieces.to_vec()).prop_map(Mutation::Insert),
        Just(Mutation::Cut),
    ]
}

fn mutate(bytes: &mut Vec<u8>, at: usize, mutation: &Mutation) {
    let at = at % bytes.len().max(1);
    let end = |length: usize| (at + length).min(bytes.len());
    match mutation {
        Mutation::Flip(bits) => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bits),
        Mutation::Delete(length) => drop(bytes.drain(at..end(*length))),
        Mutation::Double(length) => {
            let copy = bytes[at..end(*length)].to_vec();
            bytes.splice(at..at, copy);
        }
        Mutation::Insert(text) => drop(bytes.splice(at..at, text.bytes())),
        Mutation::Cut => bytes.truncate(at),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the bytes: an end, no panic, as many buildings as the header says, finite coordinates.
    #[test]
    fn mutated_files_never_panic(
        seed in proptest::sample::select(SEEDS.to_vec()),
        mutations in prop::collection::vec((any::<usize>(), mutation()), 1..6),
    ) {
        let Some(path) = crate::test_data::shared(&format!("citygml/{seed}")) else { return Ok(()) };
        let mut bytes = std::fs::read(path).expect("it can be read");
        for (at, mutation) in &mutations {
            mutate(&mut bytes, *at, mutation);
        }
        let options = ReadOptions { max_object_bytes: 1 << 20, ..ReadOptions::of(seed) };
        if let Ok(outcome) = read_with(&options, &bytes) {
            prop_assert_eq!(outcome.header.buildings, outcome.buildings.len() as u64);
            for (_, polygon) in outcome.buildings.iter().flat_map(Building::geometries).flat_map(|g| g.polygons()) {
                prop_assert!(polygon.exterior.len() > 2 && polygon.points().all(|point| point.is_finite()));
            }
        }
    }

    /// The reader's own numbers are those of the standard library, to the last bit.
    #[test]
    fn numbers_are_exact(values in prop::collection::vec("-?[0-9]{0,14}\\.?[0-9]{1,8}(e-?[0-9])?", 0..12)) {
        let mut numbers = Vec::new();
        super::super::coordinates::numbers(&values.join(" \n"), &mut numbers);
        let standard: Vec<f64> = values.iter().map(|value| value.parse().expect("a number")).collect();
        prop_assert_eq!(numbers, standard);
    }
}
