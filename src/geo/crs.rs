//! Names of coordinate reference systems as files write them.
//!
//! Readers hand the text of `srsName`, `referenceSystem` or `crs` here; `projection` takes the result to the ellipsoid.
//! Nothing here knows what a system means: only which EPSG codes its name stands for, and in which order a name promises
//! longitude and latitude. Readers swap them where it has to be: coordinates in this program are always east before
//! north, longitude before latitude.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A coordinate reference system by its EPSG codes.
///
/// A single code may be a system with heights of its own: a compound such as 5555 (25832 with DHHN92) or 7415 (Dutch RD
/// with NAP), or a three-dimensional one such as 4979. It stays as it is in [`Crs::horizontal`], so that a name is given
/// back as it was read; [`Crs::split`] takes the compounds apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Crs {
    /// EPSG code of the horizontal (or full three-dimensional) system.
    pub horizontal: u32,
    /// EPSG code of the heights, where the name gives one (7837 is DHHN2016, 5783 DHHN92). EPSG has no code for heights
    /// above the ellipsoid alone; 4979, which has them as its third coordinate, stands for them here.
    pub vertical: Option<u32>,
}

/// Why a name is not a known system.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum CrsError {
    /// The text follows none of the known patterns.
    #[error("\"{0}\" is not the name of a coordinate reference system")]
    NotAName(String),
    /// PROJ cannot take this system to the ellipsoid.
    #[error("no way is known from EPSG:{code} to WGS 84: {reason}")]
    NoWay {
        /// EPSG code asked for.
        code: u32,
        /// What PROJ said.
        reason: String,
    },
    /// PROJ's database could neither be found nor written where this program may write.
    #[error("the database of coordinate systems cannot be used: {0}")]
    Database(String),
    /// A point lies outside what its system can express.
    #[error("the point {x} {y} cannot be taken from EPSG:{code} to WGS 84: {reason}")]
    OutOfRange {
        /// EPSG code of the point's system.
        code: u32,
        /// Easting or longitude as given.
        x: f64,
        /// Northing or latitude as given.
        y: f64,
        /// What PROJ said.
        reason: String,
    },
}

/// Compound codes that German and Dutch city models use, with the systems they are made of (EPSG dataset 12).
const COMPOUNDS: [(u32, u32, u32); 8] = [
    (5554, 25831, 5783),
    (5555, 25832, 5783),
    (5556, 25833, 5783),
    (5834, 5684, 5783),
    (6893, 3395, 3855),
    (7415, 28992, 5709),
    (9518, 4326, 3855),
    (9924, 4258, 7837),
];

/// Systems whose third coordinate is the height above the ellipsoid: WGS 84 and ETRS89, by longitude and latitude and
/// earth-centred.
const ELLIPSOIDAL: [u32; 4] = [4979, 4937, 4978, 4936];

/// Horizontal systems by the short names of the German surveying authorities (AdV, GeoInfoDok, list of CRS).
const ADV_HORIZONTAL: [(&str, u32); 18] = [
    ("ETRS89_UTM31", 25831),
    ("ETRS89_UTM32", 25832),
    ("ETRS89_UTM33", 25833),
    ("ETRS89_LAT-LON-H", 4937),
    ("ETRS89_LAT-LON", 4258),
    ("ETRS89_X-Y-Z", 4936),
    ("WGS84_LAT-LON-H", 4979),
    ("WGS84_LAT-LON", 4326),
    ("DE_DHDN_3GK2", 31466),
    ("DE_DHDN_3GK3", 31467),
    ("DE_DHDN_3GK4", 31468),
    ("DE_DHDN_3GK5", 31469),
    ("DE_DHDN_LAT-LON", 4314),
    ("DE_42-83_3GK4", 2398),
    ("DE_42-83_3GK5", 2399),
    ("DE_PD-83_3GK4", 3397),
    ("DE_RD-83_3GK4", 3398),
    ("DE_RD-83_3GK5", 3399),
];

/// Height systems by their AdV short names.
const ADV_VERTICAL: [(&str, u32); 5] = [
    ("DE_DHHN2016_NH", 7837),
    ("DE_DHHN92_NH", 5783),
    ("DE_DHHN85_NOH", 5784),
    ("DE_DHHN12_NOH", 7699),
    ("DE_SNN76_NH", 5785),
];

impl Crs {
    /// A horizontal system without a word about heights.
    pub const fn horizontal(code: u32) -> Self {
        Self { horizontal: code, vertical: None }
    }

    /// The system that a file's name for it means: `EPSG:25832`, `EPSG:25832+5783`, URNs and URLs of OGC, single and
    /// compound and with a version, the older `…/epsg.xml#25832`, the AdV's URNs, and CRS84 in its three spellings.
    ///
    /// CRS84 comes out as 4326: they differ in axis order alone. An AdV height that has no EPSG code is left out.
    pub fn from_srs_name(name: &str) -> Result<Self, CrsError> {
        let trimmed = name.trim();
        let known = match strip_prefix_ignoring_case(trimmed, "urn:adv:crs:") {
            Some(adv) => adv_system(adv),
            None => ogc_system(trimmed),
        };
        known.ok_or_else(|| CrsError::NotAName(name.to_owned()))
    }

    /// Whether longitude and latitude under this name stand with the latitude first, if it is a name of a geographic system:
    /// URNs and URLs of OGC promise the order of EPSG's own definition (OGC 09-048r5 § 6), the AdV's `Lat-Lon` says it.
    /// Short names such as `EPSG:4326`, the older `…/epsg.xml#4326` and CRS84 have the longitude first.
    pub fn is_latitude_first(name: &str) -> bool {
        let name = name.trim().to_ascii_lowercase();
        let of_epsg = ["urn:ogc:def:crs", "urn:x-ogc:def:crs"].iter().any(|urn| name.starts_with(urn))
            || name.contains("opengis.net/def/crs");
        let says_crs84 = name.contains("crs84");
        (of_epsg && !says_crs84) || name.starts_with("urn:adv:crs:")
    }

    /// Whether the third coordinate is the height above the ellipsoid.
    pub fn has_ellipsoidal_heights(self) -> bool {
        ELLIPSOIDAL.contains(&self.vertical.unwrap_or(self.horizontal))
    }

    /// The horizontal and the vertical system of a compound code such as 5555, apart; every other system unchanged.
    pub fn split(self) -> Self {
        match COMPOUNDS.iter().find(|(code, ..)| *code == self.horizontal) {
            Some(&(_, horizontal, vertical)) => Self { horizontal, vertical: self.vertical.or(Some(vertical)) },
            None => self,
        }
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EPSG:{}", self.horizontal)?;
        match self.vertical {
            Some(vertical) => write!(f, "+{vertical}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Crs {
    type Err = CrsError;

    fn from_str(name: &str) -> Result<Self, CrsError> {
        Self::from_srs_name(name)
    }
}

/// `ETRS89_UTM32*DE_DHHN2016_NH*GCG2016`: position, height and geoid; the last says nothing that the codes do not.
fn adv_system(name: &str) -> Option<Crs> {
    let upper = name.to_ascii_uppercase();
    let mut parts = upper.split('*');
    let horizontal = adv_horizontal(parts.next()?)?;
    let height = parts.next().unwrap_or_default();
    let vertical = ADV_VERTICAL.iter().find(|(short, _)| *short == height).map(|(_, code)| *code);
    Some(Crs { horizontal, vertical })
}

/// A position's code; a suffix for a state's own network (`DE_DHDN_3GK4_BY120`) is left aside.
fn adv_horizontal(name: &str) -> Option<u32> {
    let fits = |short: &str| name.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    ADV_HORIZONTAL.iter().find(|(short, _)| fits(short)).map(|(_, code)| *code)
}

/// The patterns of OGC and EPSG.
fn ogc_system(name: &str) -> Option<Crs> {
    let mut codes = compound_members(name).into_iter().map(single_code);
    let horizontal = codes.next()??;
    let vertical = match codes.next() {
        Some(code) => Some(code?),
        None => None,
    };
    codes.next().is_none().then_some(Crs { horizontal, vertical })
}

/// The names that a compound is written with; one for anything else.
fn compound_members(name: &str) -> Vec<&str> {
    if let Some(list) = strip_prefix_ignoring_case(name, "urn:ogc:def:crs,") {
        return list.split(',').collect();
    }
    if let Some((_, query)) = name.split_once("/def/crs-compound?") {
        return query.split('&').filter_map(|pair| Some(pair.split_once('=')?.1)).collect();
    }
    name.split('+').collect()
}

/// The code of one member: the last part of the name, if what stands before it is a way to say EPSG or OGC's CRS84.
/// The second member of `EPSG:25832+5783` is the bare number.
fn single_code(member: &str) -> Option<u32> {
    let member = member.trim();
    let (before, last) = match member.rsplit_once([':', '/', '#']) {
        Some(split) => split,
        None => ("epsg", member),
    };
    let before = before.to_ascii_lowercase();
    let says = |authority: &str| before.split([':', '/', '.']).any(|part| part == authority);
    match last {
        "CRS84" | "CRS84h" if says("ogc") || before.ends_with("1.3") => Some(if last == "CRS84" { 4326 } else { 4979 }),
        _ if says("epsg") => last.parse().ok().filter(|code| (1..=999_999).contains(code)),
        _ => None,
    }
}

/// What follows `prefix`, whose case the writers of URNs do not agree on.
fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(names: &str, expected: Expect) {
        let found: String = names
            .lines()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(|name| match Crs::from_srs_name(name) {
                Ok(crs) => format!("{name} = {crs}\n"),
                Err(error) => format!("{error}\n"),
            })
            .collect();
        expected.assert_eq(&found);
    }

    #[test]
    fn names_by_code() {
        check(
            "EPSG:25832
             epsg:25832
             EPSG:25832+5783
             EPSG:25832+EPSG:7837
             urn:ogc:def:crs:EPSG::25832
             urn:ogc:def:crs:EPSG:6.12:25833
             urn:x-ogc:def:crs:EPSG:25832
             urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::5783
             urn:ogc:def:crs,crs:EPSG:6.12:3068,crs:EPSG:6.12:5783
             http://www.opengis.net/def/crs/EPSG/0/7415
             https://www.opengis.net/def/crs/EPSG/0/7415
             http://www.opengis.net/gml/srs/epsg.xml#25832
             http://www.opengis.net/def/crs-compound?1=http://www.opengis.net/def/crs/EPSG/0/25832&2=http://www.opengis.net/def/crs/EPSG/0/7837
             EPSG:5555
             EPSG:4979",
            expect![[r#"
                EPSG:25832 = EPSG:25832
                epsg:25832 = EPSG:25832
                EPSG:25832+5783 = EPSG:25832+5783
                EPSG:25832+EPSG:7837 = EPSG:25832+7837
                urn:ogc:def:crs:EPSG::25832 = EPSG:25832
                urn:ogc:def:crs:EPSG:6.12:25833 = EPSG:25833
                urn:x-ogc:def:crs:EPSG:25832 = EPSG:25832
                urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::5783 = EPSG:25832+5783
                urn:ogc:def:crs,crs:EPSG:6.12:3068,crs:EPSG:6.12:5783 = EPSG:3068+5783
                http://www.opengis.net/def/crs/EPSG/0/7415 = EPSG:7415
                https://www.opengis.net/def/crs/EPSG/0/7415 = EPSG:7415
                http://www.opengis.net/gml/srs/epsg.xml#25832 = EPSG:25832
                http://www.opengis.net/def/crs-compound?1=http://www.opengis.net/def/crs/EPSG/0/25832&2=http://www.opengis.net/def/crs/EPSG/0/7837 = EPSG:25832+7837
                EPSG:5555 = EPSG:5555
                EPSG:4979 = EPSG:4979
            "#]],
        );
    }

    #[test]
    fn names_of_the_german_surveying_authorities() {
        check(
            "urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH*GCG2016
             urn:adv:crs:ETRS89_UTM32*DE_DHHN92_NH
             urn:adv:crs:ETRS89_UTM33*DE_DHHN2016_NH
             urn:adv:crs:ETRS89_UTM32
             urn:adv:crs:DE_DHDN_3GK4
             urn:adv:crs:DE_DHDN_3GK4_BY120*DE_DHHN12_NOH
             urn:adv:crs:ETRS89_Lat-Lon-h
             urn:adv:crs:DE_RD-83_3GK5*DE_SOMETHING_ELSE
             URN:ADV:CRS:etrs89_utm32",
            expect![[r#"
                urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH*GCG2016 = EPSG:25832+7837
                urn:adv:crs:ETRS89_UTM32*DE_DHHN92_NH = EPSG:25832+5783
                urn:adv:crs:ETRS89_UTM33*DE_DHHN2016_NH = EPSG:25833+7837
                urn:adv:crs:ETRS89_UTM32 = EPSG:25832
                urn:adv:crs:DE_DHDN_3GK4 = EPSG:31468
                urn:adv:crs:DE_DHDN_3GK4_BY120*DE_DHHN12_NOH = EPSG:31468+7699
                urn:adv:crs:ETRS89_Lat-Lon-h = EPSG:4937
                urn:adv:crs:DE_RD-83_3GK5*DE_SOMETHING_ELSE = EPSG:3399
                URN:ADV:CRS:etrs89_utm32 = EPSG:25832
            "#]],
        );
    }

    #[test]
    fn longitude_and_latitude_by_name() {
        check(
            "urn:ogc:def:crs:OGC:1.3:CRS84
             urn:ogc:def:crs:OGC::CRS84h
             http://www.opengis.net/def/crs/OGC/1.3/CRS84
             OGC:CRS84",
            expect![[r#"
                urn:ogc:def:crs:OGC:1.3:CRS84 = EPSG:4326
                urn:ogc:def:crs:OGC::CRS84h = EPSG:4979
                http://www.opengis.net/def/crs/OGC/1.3/CRS84 = EPSG:4326
                OGC:CRS84 = EPSG:4326
            "#]],
        );
    }

    #[test]
    fn who_has_the_latitude_first() {
        let first = |name| Crs::is_latitude_first(name);
        for name in [
            "urn:ogc:def:crs:EPSG::4979",
            "urn:x-ogc:def:crs:EPSG:4326",
            "urn:ogc:def:crs,crs:EPSG::4326,crs:EPSG::5783",
            "http://www.opengis.net/def/crs/EPSG/0/4979",
            " https://www.opengis.net/def/crs/EPSG/0/4326",
            "urn:adv:crs:ETRS89_Lat-Lon-h",
        ] {
            assert!(first(name), "{name}");
        }
        for name in ["EPSG:4326", "epsg:4979", "urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84"] {
            assert!(!first(name), "{name}");
        }
        assert!(!first("http://www.opengis.net/def/crs/OGC/0/CRS84h"));
        assert!(!first("http://www.opengis.net/gml/srs/epsg.xml#4326"));
    }

    #[test]
    fn what_is_no_name() {
        check(
            "#local-CRS-1
             EPSG:
             EPSG:0
             EPSG:25832+5783+1
             EPSG:25832+
             ESRI:102100
             urn:adv:crs:DE_NIRGENDS
             urn:ogc:def:crs,
             http://example.org/25832
             🏠",
            expect![[r##"
                "#local-CRS-1" is not the name of a coordinate reference system
                "EPSG:" is not the name of a coordinate reference system
                "EPSG:0" is not the name of a coordinate reference system
                "EPSG:25832+5783+1" is not the name of a coordinate reference system
                "EPSG:25832+" is not the name of a coordinate reference system
                "ESRI:102100" is not the name of a coordinate reference system
                "urn:adv:crs:DE_NIRGENDS" is not the name of a coordinate reference system
                "urn:ogc:def:crs," is not the name of a coordinate reference system
                "http://example.org/25832" is not the name of a coordinate reference system
                "🏠" is not the name of a coordinate reference system
            "##]],
        );
    }

    #[test]
    fn compounds_come_apart() {
        let apart = |code| Crs::horizontal(code).split().to_string();
        assert_eq!(apart(5555), "EPSG:25832+5783");
        assert_eq!(apart(7415), "EPSG:28992+5709");
        assert_eq!(apart(25832), "EPSG:25832");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic_and_display_reads_back(name in "\\PC{0,40}", code in 1u32..999_999, vertical in proptest::option::of(1u32..99_999)) {
            let _ = Crs::from_srs_name(&name);
            let crs = Crs { horizontal: code, vertical };
            proptest::prop_assert_eq!(Crs::from_srs_name(&crs.to_string()), Ok(crs));
        }
    }
}
