//! Longitude and latitude → metres on a plane around a place, for questions of nearness.
//!
//! True to a thousandth within some kilometres of the place. Where centimetres count, go by [`super::EastNorthUp`].

use ::geo::{Coord, MapCoords};

/// Half the great axis of the WGS 84 ellipsoid, metres.
const RADIUS_M: f64 = 6_378_137.0;
/// Its first eccentricity, squared.
const ECCENTRICITY_2: f64 = 0.006_694_379_990_14;

/// A plane that touches the ellipsoid at a place, x east and y north of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetresAround {
    /// Longitude and latitude of the place, degrees.
    place_deg: [f64; 2],
    /// Metres of a degree of longitude and of latitude there.
    m_per_deg: [f64; 2],
}

impl MetresAround {
    /// The plane at a place, degrees.
    pub fn at(lon_deg: f64, lat_deg: f64) -> Self {
        let (sin, cos) = lat_deg.to_radians().sin_cos();
        let bulge = 1.0 - ECCENTRICITY_2 * sin * sin;
        let along_meridian_m = RADIUS_M * (1.0 - ECCENTRICITY_2) / bulge.powf(1.5);
        let along_parallel_m = RADIUS_M / bulge.sqrt() * cos;
        let m_per_deg = [along_parallel_m, along_meridian_m].map(|radius_m| radius_m.to_radians());
        Self { place_deg: [lon_deg, lat_deg], m_per_deg }
    }

    /// A geometry in degrees, in metres.
    pub fn of<G: MapCoords<f64, f64>>(&self, geometry: &G) -> G::Output {
        let ([lon_deg, lat_deg], [east_m, north_m]) = (self.place_deg, self.m_per_deg);
        geometry.map_coords(|at| Coord { x: (at.x - lon_deg) * east_m, y: (at.y - lat_deg) * north_m })
    }

    /// How many degrees of longitude and of latitude a distance is.
    pub fn degrees(&self, distance_m: f64) -> [f64; 2] {
        self.m_per_deg.map(|m_per_deg| distance_m / m_per_deg.max(1e-9))
    }
}

#[cfg(test)]
mod tests {
    use ::geo::{Distance, Euclidean, Point};
    use proptest::prelude::*;

    use super::*;
    use crate::geo::{Ecef, Geodetic};

    proptest! {
        /// The straight way through the Earth between two places is the measure.
        #[test]
        fn distances_are_true_to_a_thousandth(
            lon_deg in -179.0..179.0_f64, lat_deg in -80.0..80.0_f64, east in -0.01..0.01_f64, north in -0.01..0.01_f64,
        ) {
            let plane = MetresAround::at(lon_deg, lat_deg);
            let (here, there) = (Point::new(lon_deg, lat_deg), Point::new(lon_deg + east, lat_deg + north));
            let found_m = Euclidean.distance(&plane.of(&here), &plane.of(&there));
            let ecef = |at: Point| Ecef::from(Geodetic { lon_deg: at.x(), lat_deg: at.y(), height_m: 0.0 }).0;
            let true_m = ecef(here).distance(ecef(there));
            prop_assert!((found_m - true_m).abs() <= 0.001 * true_m + 0.001, "{found_m} instead of {true_m}");
            let [lon, lat] = plane.degrees(found_m);
            prop_assert!(east.abs() <= lon * 1.000_001 && north.abs() <= lat * 1.000_001);
        }
    }
}
