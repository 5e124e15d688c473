//! GeoTIFFs built byte by byte here: sample types, strips and tiles, georeferences, false claims, mutated bytes.

use std::io::Cursor;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::read;
use crate::geo::HeightGrid;
use crate::report::Report;
use crate::source::{ReadError, ReadOptions};

/// A tag's values.
#[derive(Clone)]
enum Field {
    Short(Vec<u16>),
    Long(Vec<u32>),
    Double(Vec<f64>),
    Text(&'static str),
}

impl Field {
    fn bytes(&self) -> (u16, u32, Vec<u8>) {
        match self {
            Self::Short(v) => (3, v.len() as u32, v.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Self::Long(v) => (4, v.len() as u32, v.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Self::Double(v) => (12, v.len() as u32, v.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Self::Text(v) => (2, v.len() as u32 + 1, v.bytes().chain([0]).collect()),
        }
    }
}

/// A TIFF as parts to change.
#[derive(Clone)]
struct Tiff {
    tags: std::collections::BTreeMap<u16, Field>,
    chunks: Vec<Vec<u8>>,
    /// Tags of the chunks' offsets and byte counts.
    chunk_tags: (u16, u16),
}

impl Tiff {
    /// 3 × 2 samples of `bits` and `format` (1 unsigned, 2 signed, 3 float) in one strip, near Munich's centre.
    fn new(bits: u16, format: u16, samples: Vec<u8>) -> Self {
        let tags = [
            (256, Field::Long(vec![3])),
            (257, Field::Long(vec![2])),
            (258, Field::Short(vec![bits])),
            (259, Field::Short(vec![1])),
            (262, Field::Short(vec![1])),
            (277, Field::Short(vec![1])),
            (278, Field::Long(vec![2])),
            (339, Field::Short(vec![format])),
            (33550, Field::Double(vec![1.0, 1.0, 0.0])),
            (33922, Field::Double(vec![0.0, 0.0, 0.0, 691_000.0, 5_335_000.0, 0.0])),
            (34735, Field::Short(vec![1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 25832])),
            (42113, Field::Text("-9999")),
        ];
        Self { tags: tags.into(), chunks: vec![samples], chunk_tags: (273, 279) }
    }

    fn floats() -> Self {
        Self::new(32, 3, [1.0_f32, 2.0, 3.0, 4.0, -9999.0, 6.5].iter().flat_map(|v| v.to_le_bytes()).collect())
    }

    fn with(mut self, tag: u16, field: Field) -> Self {
        self.tags.insert(tag, field);
        self
    }

    fn without(mut self, tag: u16) -> Self {
        self.tags.remove(&tag);
        self
    }

    fn bytes(mut self) -> Vec<u8> {
        let mut bytes = b"II\x2A\0\0\0\0\0".to_vec();
        let (mut offsets, mut counts) = (Vec::new(), Vec::new());
        for chunk in &self.chunks {
            offsets.push(bytes.len() as u32);
            counts.push(chunk.len() as u32);
            bytes.extend(chunk);
        }
        self.tags.insert(self.chunk_tags.0, Field::Long(offsets));
        self.tags.insert(self.chunk_tags.1, Field::Long(counts));
        let mut entries = (self.tags.len() as u16).to_le_bytes().to_vec();
        for (tag, field) in &self.tags {
            let (kind, count, mut value) = field.bytes();
            entries.extend(tag.to_le_bytes().into_iter().chain(kind.to_le_bytes()).chain(count.to_le_bytes()));
            if value.len() > 4 {
                let offset = bytes.len() as u32;
                bytes.extend(value);
                value = offset.to_le_bytes().to_vec();
            }
            value.resize(4, 0);
            entries.extend(value);
        }
        let directory = bytes.len() as u32;
        bytes.splice(4..8, directory.to_le_bytes());
        bytes.extend(entries);
        bytes.extend([0; 4]);
        bytes
    }
}

fn read_bytes(bytes: &[u8]) -> (Result<HeightGrid, ReadError>, Report) {
    let mut report = Report::default();
    (read(Cursor::new(bytes), &ReadOptions::of("f"), &mut report), report)
}

fn check(tiff: Tiff, expected: Expect) {
    let (grid, report) = read_bytes(&tiff.bytes());
    let mut text = match grid {
        Ok(grid) => {
            let crs = grid.crs.map_or("none".to_owned(), |crs| format!("{} {:?}", crs.horizontal, crs.vertical));
            format!("crs {crs}, from {} by {} m, {:?}\n", grid.origin, grid.spacing_m, grid.heights_m)
        }
        Err(error) => format!("error: {error}\n"),
    };
    text.extend(report.warnings().iter().map(|warning| format!("{warning}\n")));
    expected.assert_eq(&text);
}

#[test]
fn floats_in_a_strip() {
    check(
        Tiff::floats(),
        expect![[r#"
        crs 25832 None, from [691000.5, 5334998.5] by 1 m, [4.0, NaN, 6.5, 1.0, 2.0, 3.0]
    "#]],
    );
}

#[test]
fn other_types_of_samples() {
    let i16s = [1_i16, 2, 3, 4, -9999, 6].iter().flat_map(|v| v.to_le_bytes()).collect();
    check(
        Tiff::new(16, 2, i16s),
        expect![[r#"
        crs 25832 None, from [691000.5, 5334998.5] by 1 m, [4.0, NaN, 6.0, 1.0, 2.0, 3.0]
    "#]],
    );
    let u16s = [1_u16, 2, 3, 4, 5, 6].iter().flat_map(|v| v.to_le_bytes()).collect();
    check(
        Tiff::new(16, 1, u16s),
        expect![[r#"
        crs 25832 None, from [691000.5, 5334998.5] by 1 m, [4.0, 5.0, 6.0, 1.0, 2.0, 3.0]
    "#]],
    );
    let i32s = [1_i32, 2, 3, 4, -9999, 6].iter().flat_map(|v| v.to_le_bytes()).collect();
    check(
        Tiff::new(32, 2, i32s),
        expect![[r#"
        crs 25832 None, from [691000.5, 5334998.5] by 1 m, [4.0, NaN, 6.0, 1.0, 2.0, 3.0]
    "#]],
    );
    let f64s = [1.0_f64, 2.0, 3.0, 4.0, -9999.0, 1e30].iter().flat_map(|v| v.to_le_bytes()).collect();
    check(
        Tiff::new(64, 3, f64s),
        expect![[r#"
        crs 25832 None, from [691000.5, 5334998.5] by 1 m, [4.0, NaN, NaN, 1.0, 2.0, 3.0]
        f: 1 heights are of no place on earth and were left out
    "#]],
    );
}

#[test]
fn tiles_are_put_together() {
    let tile =
        |first: f32| (0..256).flat_map(move |i| (first + (i % 16) as f32 + (i / 16) as f32 * 100.0).to_le_bytes());
    let mut tiff = Tiff::floats().without(278).with(256, Field::Long(vec![18])).with(257, Field::Long(vec![17]));
    tiff = tiff.with(322, Field::Short(vec![16])).with(323, Field::Short(vec![16]));
    tiff.chunk_tags = (324, 325);
    tiff.chunks = [0.0, 16.0, 1600.0, 1616.0].map(|first| tile(first).collect()).into();
    let (grid, report) = read_bytes(&tiff.bytes());
    let grid = grid.unwrap();
    assert_eq!((grid.columns, grid.rows, report.total()), (18, 17, 0));
    for row in 0..17 {
        for column in 0..18 {
            assert_eq!(grid.post_m(column, 16 - row), Some((row * 100 + column) as f32));
        }
    }
}

#[test]
fn georeferences() {
    let keys = |raster: u16, crs: u16, vertical: u16| {
        Field::Short(vec![1, 1, 0, 4, 1024, 0, 1, 1, 1025, 0, 1, raster, 3072, 0, 1, crs, 4096, 0, 1, vertical])
    };
    check(
        Tiff::floats().with(34735, keys(2, 25832, 7837)),
        expect![[r#"
        crs 25832 Some(7837), from [691000, 5334999] by 1 m, [4.0, NaN, 6.5, 1.0, 2.0, 3.0]
    "#]],
    );
    check(
        Tiff::floats().with(34735, keys(1, 32767, 0)),
        expect![[r#"
        crs none, from [691000.5, 5334998.5] by 1 m, [4.0, NaN, 6.5, 1.0, 2.0, 3.0]
        f: the GeoTIFF names no projected system by an EPSG code
    "#]],
    );
    check(
        Tiff::floats().with(34735, Field::Short(vec![1, 1, 0, 1, 1024, 0, 1, 2])),
        expect![[r#"
        error: f: the grid is not in a projected system
    "#]],
    );
    check(
        Tiff::floats().with(33550, Field::Double(vec![1.0, 2.0, 0.0])),
        expect![[r#"
        error: f: the grid's cells are not squares with north above
    "#]],
    );
    check(
        Tiff::floats().with(33922, Field::Double(vec![1.0, 1.0, 0.0, 691_001.0, 5_334_999.0, 0.0])),
        expect![[r#"
        crs 25832 None, from [691000.5, 5334998.5] by 1 m, [4.0, NaN, 6.5, 1.0, 2.0, 3.0]
    "#]],
    );
    let matrix = |turn: f64| {
        let rows = vec![2.0, turn, 0.0, 691_000.0, 0.0, -2.0, 0.0, 5_335_000.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        Tiff::floats().without(33550).without(33922).with(34264, Field::Double(rows))
    };
    check(
        matrix(0.0),
        expect![[r#"
        crs 25832 None, from [691001, 5334997] by 2 m, [4.0, NaN, 6.5, 1.0, 2.0, 3.0]
    "#]],
    );
    check(
        matrix(0.1),
        expect![[r#"
        error: f: the grid is turned against its system's axes
    "#]],
    );
    check(
        Tiff::floats().without(33550),
        expect![[r#"
        error: f: the tags that say where the grid lies are missing
    "#]],
    );
}

#[test]
fn false_claims_are_refused() {
    let sized = |columns: u32, rows: u32| {
        let size = Tiff::floats().with(256, Field::Long(vec![columns])).with(257, Field::Long(vec![rows]));
        size.with(278, Field::Long(vec![rows]))
    };
    check(
        sized(8000, 8000),
        expect![[r#"
        error: f: the file is too short for a grid of 8000 × 8000
    "#]],
    );
    check(
        sized(u32::MAX, u32::MAX),
        expect![[r#"
        error: f: a grid of 4294967295 × 4294967295 is larger than the limit
    "#]],
    );
    check(
        sized(0, 2),
        expect![[r#"
        error: f: the TIFF cannot be read: format error: invalid dimensions: 0x2
    "#]],
    );
    check(
        sized(4, 2),
        expect![[r#"
            error: f: the strips hold less than a grid of 4 × 2
        "#]],
    );
    check(
        Tiff::floats().with(277, Field::Short(vec![3])),
        expect![[r#"
        error: f: the image has colours, not one band of heights
    "#]],
    );
    assert!(matches!(read_bytes(b"not a TIFF").0, Err(ReadError::Malformed { .. })));
    assert!(matches!(read_bytes(b"").0, Err(ReadError::Malformed { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_bytes_never_panic(
        is_tiled in any::<bool>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
    ) {
        let mut tiff = Tiff::floats();
        if is_tiled {
            tiff = tiff.without(278).with(322, Field::Short(vec![16])).with(323, Field::Short(vec![16]));
            tiff.chunk_tags = (324, 325);
            tiff.chunks = vec![vec![0; 1024]];
        }
        let mut bytes = tiff.bytes();
        // Samples make up most of a tiled file; the tags behind them are what matters.
        let start = if is_tiled { 1032 } else { 0 };
        for (at, byte) in edits {
            let at = start + at.index(bytes.len() - start);
            bytes[at] = byte;
        }
        if let Ok(grid) = read_bytes(&bytes).0 {
            prop_assert_eq!(grid.heights_m.len(), grid.columns as usize * grid.rows as usize);
            prop_assert!(grid.spacing_m > 0.0 && grid.origin.is_finite());
        }
    }
}
