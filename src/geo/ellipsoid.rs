//! The WGS 84 ellipsoid: geodetic and earth-centred coordinates, and the local east-north-up frame between them.
//!
//! Closed formulas in f64, so that the browser needs no projection library.

use glam::{DMat3, DMat4, DVec3};

/// Semi-major axis of WGS 84 in metres.
const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// Flattening of WGS 84.
const FLATTENING: f64 = 1.0 / 298.257_223_563;
/// First eccentricity squared.
const ECCENTRICITY2: f64 = FLATTENING * (2.0 - FLATTENING);

/// Longitude, latitude and ellipsoidal height (EPSG:4979 in longitude-latitude order).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geodetic {
    /// Degrees east of Greenwich.
    pub lon_deg: f64,
    /// Degrees north of the equator.
    pub lat_deg: f64,
    /// Metres above the WGS 84 ellipsoid.
    pub height_m: f64,
}

/// A point in the earth-centred, earth-fixed frame EPSG:4978, in metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ecef(pub DVec3);

impl From<Geodetic> for Ecef {
    fn from(point: Geodetic) -> Self {
        let (sin_lat, cos_lat) = point.lat_deg.to_radians().sin_cos();
        let (sin_lon, cos_lon) = point.lon_deg.to_radians().sin_cos();
        let prime_vertical_m = SEMI_MAJOR_M / (1.0 - ECCENTRICITY2 * sin_lat * sin_lat).sqrt();
        let across_m = (prime_vertical_m + point.height_m) * cos_lat;
        Self(DVec3::new(
            across_m * cos_lon,
            across_m * sin_lon,
            (prime_vertical_m * (1.0 - ECCENTRICITY2) + point.height_m) * sin_lat,
        ))
    }
}

impl From<Ecef> for Geodetic {
    /// Bowring's latitude with two refinements: below a tenth of a millimetre for heights of ±100 km.
    fn from(Ecef(p): Ecef) -> Self {
        let semi_minor_m = SEMI_MAJOR_M * (1.0 - FLATTENING);
        let across_m = p.x.hypot(p.y);
        let second = ECCENTRICITY2 / (1.0 - ECCENTRICITY2);
        let mut reduced = (p.z * SEMI_MAJOR_M).atan2(across_m * semi_minor_m);
        let mut lat = 0.0;
        for _ in 0..3 {
            let (sin, cos) = reduced.sin_cos();
            lat = (p.z + second * semi_minor_m * sin.powi(3))
                .atan2(across_m - ECCENTRICITY2 * SEMI_MAJOR_M * cos.powi(3));
            reduced = ((1.0 - FLATTENING) * lat.tan()).atan();
        }
        let (sin, cos) = lat.sin_cos();
        let prime_vertical_m = SEMI_MAJOR_M / (1.0 - ECCENTRICITY2 * sin * sin).sqrt();
        let height_m = across_m * cos + p.z * sin - prime_vertical_m * (1.0 - ECCENTRICITY2 * sin * sin);
        Self { lon_deg: p.y.atan2(p.x).to_degrees(), lat_deg: lat.to_degrees(), height_m }
    }
}

/// A local frame in metres: x east, y north, z up along the ellipsoid's normal at an origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EastNorthUp {
    /// Takes local to earth-centred coordinates.
    pub ecef_from_local: DMat4,
    /// Takes earth-centred to local coordinates.
    pub local_from_ecef: DMat4,
}

impl EastNorthUp {
    /// The frame whose zero lies at `origin`.
    pub fn at(origin: Geodetic) -> Self {
        let (sin_lat, cos_lat) = origin.lat_deg.to_radians().sin_cos();
        let (sin_lon, cos_lon) = origin.lon_deg.to_radians().sin_cos();
        let axes = DMat3::from_cols(
            DVec3::new(-sin_lon, cos_lon, 0.0),
            DVec3::new(-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat),
            DVec3::new(cos_lat * cos_lon, cos_lat * sin_lon, sin_lat),
        );
        let Ecef(zero) = origin.into();
        let back = axes.transpose();
        let mut ecef_from_local = DMat4::from_mat3(axes);
        ecef_from_local.w_axis = zero.extend(1.0);
        let mut local_from_ecef = DMat4::from_mat3(back);
        local_from_ecef.w_axis = (back * -zero).extend(1.0);
        Self { ecef_from_local, local_from_ecef }
    }

    /// A point of the earth-centred frame in this frame.
    pub fn local(&self, Ecef(point): Ecef) -> DVec3 {
        self.local_from_ecef.transform_point3(point)
    }

    /// A point of this frame in the earth-centred frame.
    pub fn ecef(&self, local: DVec3) -> Ecef {
        Ecef(self.ecef_from_local.transform_point3(local))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geodetic_and_ecef_round_trip_within_a_tenth_of_a_millimetre() {
        for lat_deg in [-89.9, -45.0, 0.0, 48.137, 89.9] {
            for height_m in [-500.0, 0.0, 565.0, 30_000.0] {
                let point = Geodetic { lon_deg: 11.5755, lat_deg, height_m };
                let Ecef(there) = point.into();
                let Ecef(again) = Geodetic::from(Ecef(there)).into();
                assert!(there.distance(again) < 1e-4, "{point:?}: {}", there.distance(again));
            }
        }
    }

    #[test]
    fn local_frame_points_east_north_up() {
        let origin = Geodetic { lon_deg: 11.5755, lat_deg: 48.1372, height_m: 565.0 };
        let frame = EastNorthUp::at(origin);
        let above = frame.local(Geodetic { height_m: 575.0, ..origin }.into());
        assert!(above.distance(DVec3::new(0.0, 0.0, 10.0)) < 1e-6);
        let north = frame.local(Geodetic { lat_deg: origin.lat_deg + 1e-4, ..origin }.into());
        assert!(north.y > 11.0 && north.x.abs() < 1e-3);
    }
}
