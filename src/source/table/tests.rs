//! Tables as offices export them, and any bytes.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::{open, read};
use crate::model::Value;
use crate::report::Report;
use crate::source::ReadOptions;

fn outline(bytes: &[u8]) -> String {
    let mut report = Report::default();
    let mut text = String::new();
    match read(bytes, "id", &ReadOptions::of("f"), &mut report) {
        Ok(table) => {
            for (key, attributes) in table.iter() {
                let cells = attributes.iter().map(|(name, value)| match value.expose() {
                    Value::Text(text) => format!(" {name}={text:?}"),
                    Value::Integer(number) => format!(" {name}={number}"),
                    Value::Real(number) => format!(" {name}={number:?}"),
                    Value::Bool(truth) => format!(" {name}={truth}"),
                });
                text.push_str(&format!("{key}:{}\n", cells.collect::<String>()));
            }
        }
        Err(error) => text.push_str(&format!("error: {error}\n")),
    }
    text.extend(report.warnings().iter().map(|warning| format!("{warning}\n")));
    text
}

fn check(bytes: impl AsRef<[u8]>, expected: Expect) {
    expected.assert_eq(&outline(bytes.as_ref()));
}

#[test]
fn columns_have_one_type_each() {
    check(
        "id,n,r,b,t,plz,e\na,1,1.5,true,x,01067,\nb,-2,2,false,\"y, z\",80331,\n c ,,,,,,\n",
        expect![[r#"
            a: b=true n=1 plz="01067" r=1.5 t="x"
            b: b=false n=-2 plz="80331" r=2.0 t="y, z"
            c:
        "#]],
    );
}

#[test]
fn columns_are_known_before_the_rows() {
    // Only the last row tells that this is not UTF-8.
    let bytes = b"\xE4;id;zweite\nx;a;1\n\xFC;b;2\n";
    let options = ReadOptions::of("f");
    let unread = open(&bytes[..], "id", &options).unwrap();
    let columns: Vec<String> = unread.columns().map(str::to_owned).collect();
    assert_eq!(columns, ["ä", "zweite"]);
    let table = unread.read(&mut Report::default()).unwrap();
    assert!(table.columns().eq(columns.iter().map(String::as_str)));
    assert_eq!(table.len(), 2);
    assert!(open(&bytes[..], "no such column", &options).is_err());
}

#[test]
fn semicolons_come_with_decimal_commas() {
    check(
        "id;r;s;n;m\na;1,5;1.234,5;1234;1.5\nb;-0,25;12,0;0;1.25\n",
        expect![[r#"
        a: m=1.5 n=1234 r=1.5 s=1234.5
        b: m=1.25 n=0 r=-0.25 s=12.0
    "#]],
    );
    check(
        "id;code\na;1.23,5\nb;1\n",
        expect![[r#"
        a: code="1.23,5"
        b: code="1"
    "#]],
    );
    check(
        "id,r\na,\"1,5\"\n",
        expect![[r#"
        a: r="1,5"
    "#]],
    );
}

#[test]
fn encodings() {
    check(
        "\u{feff}id;straße\na;Müllerstraße\n",
        expect![[r#"
        a: straße="Müllerstraße"
    "#]],
    );
    check(
        b"id;stra\xDFe\na;M\xFCllerstra\xDFe \x80\n",
        expect![[r#"
        a: straße="Müllerstraße €"
    "#]],
    );
}

#[test]
fn duplicates_and_missing_keys() {
    check(
        "id,n\na,1\na,2\n,3\n",
        expect![[r#"
        a: n=1
        f:4: the row has no key
        f:3 (a): the key stands more than once; the first row is kept
    "#]],
    );
}

/// A missing or a surplus cell moves values under the names of their neighbours.
#[test]
fn a_short_row_is_left_out() {
    check(
        "id,zone,owner\na,B1,Erika\nb,Erika\nc,B2,Erika,\nd,B3,\n",
        expect![[r#"
        a: owner="Erika" zone="B1"
        d: zone="B3"
        f:3: the row has fewer cells than columns
        f:4: the row has more cells than columns
    "#]],
    );
}

#[test]
fn an_open_quote_is_an_error() {
    check(
        "id,zone,owner\na,B1,Erika\nb,\"B2,Erika\nc,B3,Erika\n",
        expect![[r#"
        error: f:3: a quotation mark is opened here and never closed
    "#]],
    );
    check(
        "id,\"zone,owner\na,B1,Erika\n",
        expect![[r#"
        error: f:1: a quotation mark is opened here and never closed
    "#]],
    );
}

/// One that is opened by a slip ends at the next mark, wherever that stands: in a later row, or in this one.
#[test]
fn a_stray_quote_costs_its_row_alone() {
    check(
        "id,zone,owner\na,\"B1,Erika\nb,B2,\"Max\"\nc,\"B3,Erika,\"Max, the\"\nd,B\"4,Erika\ne, \"B5\",Max\n\"f\",\"B\"\"6\",\"M,M\"\n",
        expect![[r#"
        f: owner="M,M" zone="B\"6"
        f:2: a quotation mark stands inside of a cell
        f:4: a quotation mark stands inside of a cell
        f:5: a quotation mark stands inside of a cell
        f:6: a quotation mark stands inside of a cell
    "#]],
    );
}

#[test]
fn a_cell_with_a_line_break_is_left_out_with_its_row() {
    check(
        "id;zone;owner\r\na;\"B1\r\nB2\";Erika\r\nb;\"B3\";Max\r\nc;B\u{7}4;Max\r\nd;B\u{2028}5;Max\r\n",
        expect![[r#"
        b: owner="Max" zone="B3"
        f:2: a cell of the row has a line break or a control character
        f:5: a cell of the row has a line break or a control character
        f:6: a cell of the row has a line break or a control character
    "#]],
    );
}

#[test]
fn what_is_no_table() {
    check(
        "",
        expect![[r#"
        error: f:1: there is no column id
    "#]],
    );
    check(
        "a,b\n1,2\n",
        expect![[r#"
        error: f:1: there is no column id
    "#]],
    );
    check(
        "id,n,n\n1,2,3\n",
        expect![[r#"
        error: f:1: column n stands more than once
    "#]],
    );
    let options = ReadOptions { max_object_bytes: 5, ..ReadOptions::of("f") };
    let error = read(&b"id,n\n1,2\n"[..], "id", &options, &mut Report::default()).unwrap_err();
    expect!["f: the table is larger than 5 bytes"].assert_eq(&error.to_string());
}

#[test]
fn stops_of_munichs_public_transport() {
    let Some(path) = crate::test_data::shared("geojson/mvv_gtfs_stops.txt") else { return };
    let mut report = Report::default();
    let table = read(&std::fs::read(path).unwrap()[..], "stop_id", &ReadOptions::of("f"), &mut report).unwrap();
    assert_eq!((table.len(), report.total()), (10_926, 0));
    let stop = table.get("de:09162:1").unwrap();
    assert!(matches!(stop.get("stop_lat").unwrap().expose(), Value::Real(lat) if (lat - 48.139505).abs() < 1e-9));
    assert!(matches!(stop.get("location_type").unwrap().expose(), Value::Integer(1)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        outline(&bytes);
        outline(&[b"id;n\n", &bytes[..]].concat());
    }

    #[test]
    fn numbers_come_back(number in -1e9..1e9_f64, whole in any::<i64>()) {
        let german = format!("{number:.3}").replace('.', ",");
        let text = outline(format!("id;r;i\na;{german};{whole}\n").as_bytes());
        let rounded: f64 = format!("{number:.3}").parse().unwrap();
        prop_assert_eq!(text, format!("a: i={whole} r={rounded:?}\n"));
    }
}
