//! Where the sun stands over the city at a date and time.
//!
//! The low-precision formulas of the Astronomical Almanac (2010, p. C5): within 0.02° from 1950 to 2050. Refraction is
//! left out, it matters only within a degree of the horizon.

use glam::DVec3;
use jiff::Timestamp;

/// Unit vector towards the sun in the local frame (east, north, up) of a place.
///
/// Longitude and latitude in degrees. Below the horizon `z` is negative.
pub fn direction(time: Timestamp, lon_deg: f64, lat_deg: f64) -> DVec3 {
    // Days since J2000.0, 2000-01-01 12:00 UT.
    let days = time.as_second() as f64 / 86_400.0 - 10_957.5;
    let mean_longitude = 280.460 + 0.985_647_4 * days;
    let anomaly = (357.528 + 0.985_600_3 * days).to_radians();
    let ecliptic = (mean_longitude + 1.915 * anomaly.sin() + 0.020 * (2.0 * anomaly).sin()).to_radians();
    let obliquity = (23.439 - 0.000_000_4 * days).to_radians();
    let right_ascension = (obliquity.cos() * ecliptic.sin()).atan2(ecliptic.cos());
    let declination = (obliquity.sin() * ecliptic.sin()).asin();
    let sidereal_deg = 280.460_618_37 + 360.985_647_366_29 * days;
    let hour_angle = (sidereal_deg + lon_deg).to_radians() - right_ascension;
    let (sin_lat, cos_lat) = lat_deg.to_radians().sin_cos();
    let (sin_dec, cos_dec) = declination.sin_cos();
    DVec3::new(
        -cos_dec * hour_angle.sin(),
        cos_lat * sin_dec - sin_lat * cos_dec * hour_angle.cos(),
        sin_lat * sin_dec + cos_lat * cos_dec * hour_angle.cos(),
    )
    .normalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Azimuth from north and height in degrees over Marienplatz.
    fn munich(time: &str) -> (f64, f64) {
        let at = direction(time.parse().expect("a time"), 11.5755, 48.1372);
        (at.x.atan2(at.y).to_degrees().rem_euclid(360.0), at.z.asin().to_degrees())
    }

    #[test]
    fn the_sun_over_munich() {
        // Height at noon is 90° - latitude ± declination: solstices 65.3° and 18.4°, equinox 41.9°; true noon is at
        // 12:00 UT less the longitude's 46 minutes, less the equation of time.
        let (azimuth, height) = munich("2026-06-21T11:15:30Z");
        assert!((azimuth - 180.0).abs() < 0.3 && (height - 65.30).abs() < 0.05, "{azimuth} {height}");
        let (azimuth, height) = munich("2026-12-21T11:11:48Z");
        assert!((azimuth - 180.0).abs() < 0.3 && (height - 18.42).abs() < 0.05, "{azimuth} {height}");
        let (azimuth, height) = munich("2026-03-20T05:20:00Z");
        assert!((azimuth - 90.0).abs() < 1.5 && height.abs() < 1.5, "sunrise in the east: {azimuth} {height}");
        assert!(munich("2026-06-21T23:00:00Z").1 < -10.0);
    }
}
