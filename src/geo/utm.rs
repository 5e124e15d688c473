//! Longitude and latitude to UTM, by Krüger's series: for sources that give geographic coordinates where PROJ is not at
//! hand. Forward only; files in a projected system are read as they are.

use glam::DVec2;

use super::Geodetic;

/// Semi-major axis of GRS 80, the ellipsoid of ETRS89, in metres.
const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// Third flattening of GRS 80.
const THIRD_FLATTENING: f64 = 0.001_679_220_394_6;
/// Scale on the central meridian.
const SCALE: f64 = 0.9996;
/// Easting of the central meridian in metres.
const FALSE_EASTING_M: f64 = 500_000.0;

/// Easting and northing in metres of a point in a UTM zone of the northern hemisphere (zone 32 is EPSG:25832).
///
/// Krüger's series to the fourth power of the third flattening: below a tenth of a millimetre within the zone. Heights
/// play no part. WGS 84 and ETRS89 are taken as one.
///
/// ```
/// use stadtzwilling::geo::{Geodetic, utm_from_geodetic};
/// let point = utm_from_geodetic(Geodetic { lon_deg: 9.0, lat_deg: 0.0, height_m: 0.0 }, 32);
/// assert_eq!((point.x, point.y), (500_000.0, 0.0));
/// ```
pub fn utm_from_geodetic(point: Geodetic, zone: u8) -> DVec2 {
    let n = THIRD_FLATTENING;
    let radius_m = SEMI_MAJOR_M / (1.0 + n) * (1.0 + n * n / 4.0 + n.powi(4) / 64.0);
    let (xi, eta) = sphere_coordinates(point, f64::from(zone) * 6.0 - 183.0);
    let mut northing = xi;
    let mut easting = eta;
    for (index, alpha) in series().into_iter().enumerate() {
        let multiple = 2.0 * (index + 1) as f64;
        northing += alpha * (multiple * xi).sin() * (multiple * eta).cosh();
        easting += alpha * (multiple * xi).cos() * (multiple * eta).sinh();
    }
    DVec2::new(FALSE_EASTING_M + SCALE * radius_m * easting, SCALE * radius_m * northing)
}

/// The transverse coordinates on the conformal sphere, in radians.
fn sphere_coordinates(point: Geodetic, meridian_deg: f64) -> (f64, f64) {
    let eccentricity = 2.0 * THIRD_FLATTENING.sqrt() / (1.0 + THIRD_FLATTENING);
    let sin_lat = point.lat_deg.to_radians().sin();
    let conformal = (sin_lat.atanh() - eccentricity * (eccentricity * sin_lat).atanh()).sinh();
    let (sin_lon, cos_lon) = (point.lon_deg - meridian_deg).to_radians().sin_cos();
    (conformal.atan2(cos_lon), (sin_lon / conformal.hypot(cos_lon)).asinh())
}

/// The coefficients α₁ to α₄ of Krüger's series.
fn series() -> [f64; 4] {
    let n = THIRD_FLATTENING;
    let (n2, n3, n4) = (n * n, n.powi(3), n.powi(4));
    [
        n / 2.0 - 2.0 / 3.0 * n2 + 5.0 / 16.0 * n3 + 41.0 / 180.0 * n4,
        13.0 / 48.0 * n2 - 3.0 / 5.0 * n3 + 557.0 / 1440.0 * n4,
        61.0 / 240.0 * n3 - 103.0 / 140.0 * n4,
        49_561.0 / 161_280.0 * n4,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data::shared;

    /// Every pair of numbers under `value`, in order.
    fn pairs(value: &serde_json::Value, found: &mut Vec<DVec2>) {
        match value.as_array().map(Vec::as_slice) {
            Some([x, y, ..]) if x.is_number() => {
                found.push(DVec2::new(x.as_f64().unwrap(), y.as_f64().unwrap()));
            }
            Some(items) => items.iter().for_each(|item| pairs(item, found)),
            None => {}
        }
    }

    /// The vertices of a district file by the district's name; the first one of a name counts.
    fn districts(file: &str) -> Option<std::collections::BTreeMap<String, Vec<DVec2>>> {
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(shared(file)?).unwrap()).unwrap();
        let mut districts = std::collections::BTreeMap::new();
        for feature in json["features"].as_array().unwrap() {
            let name = feature["properties"]["name"].to_string();
            let mut vertices = Vec::new();
            pairs(&feature["geometry"]["coordinates"], &mut vertices);
            districts.entry(name).or_insert(vertices);
        }
        Some(districts)
    }

    #[test]
    fn agrees_with_the_citys_own_pair_of_files() {
        let Some(geographic) = districts("geojson/munich_stadtbezirke_4326.geojson") else { return };
        let Some(projected) = districts("geojson/munich_stadtbezirke_25832.json") else { return };
        let mut compared = 0;
        for (number, vertices) in &geographic {
            let Some(there) = projected.get(number).filter(|there| there.len() == vertices.len()) else { continue };
            for (lonlat, utm) in vertices.iter().zip(there) {
                let point = Geodetic { lon_deg: lonlat.x, lat_deg: lonlat.y, height_m: 0.0 };
                assert!(utm_from_geodetic(point, 32).distance(*utm) < 0.01, "{number}: {lonlat} is not {utm}");
                compared += 1;
            }
        }
        assert!(compared > 10_000, "{compared} vertices compared");
    }
}
