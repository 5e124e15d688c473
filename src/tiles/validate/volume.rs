//! Bounding volumes of tiles and whether one holds another (OGC 22-025r4 § 7.3.3).

use std::f64::consts::{FRAC_PI_2, PI};

use glam::{DMat3, DMat4, DVec3};
use serde_json::Value;

use super::numbers;

/// Rounding in files is no fault: a millimetre, and for regions the same in radians.
const TOLERANCE_M: f64 = 1e-3;
const TOLERANCE_RAD: f64 = TOLERANCE_M / 6_378_137.0;

/// A bounding volume in the coordinates of the outermost tileset.
#[derive(Clone, Debug)]
pub(super) enum Volume {
    /// Centre and half axes.
    Box { center: DVec3, half_axes: DMat3 },
    /// Centre and radius.
    Sphere { center: DVec3, radius_m: f64 },
    /// West, south, east, north in radians, lowest and highest height; transforms do not move it.
    Region([f64; 6]),
}

impl Volume {
    /// Reads a `boundingVolume` and takes it to the outermost coordinates; else what is wrong with it.
    pub fn read(json: &Value, to_root: DMat4) -> Result<Self, &'static str> {
        if let Some(given) = json.get("box") {
            let n = numbers::<12>(given).ok_or("boundingVolume.box is not 12 numbers")?;
            let axes = DMat3::from_cols_array(&[n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11]]);
            let center = to_root.transform_point3(DVec3::new(n[0], n[1], n[2]));
            return Ok(Self::Box { center, half_axes: DMat3::from_mat4(to_root) * axes });
        }
        if let Some(given) = json.get("sphere") {
            let n = numbers::<4>(given).ok_or("boundingVolume.sphere is not 4 numbers")?;
            let scale = DMat3::from_mat4(to_root);
            let scale = scale.x_axis.length().max(scale.y_axis.length()).max(scale.z_axis.length());
            let center = to_root.transform_point3(DVec3::new(n[0], n[1], n[2]));
            return if n[3] >= 0.0 {
                Ok(Self::Sphere { center, radius_m: n[3] * scale })
            } else {
                Err("boundingVolume.sphere has a negative radius")
            };
        }
        let region = json.get("region").ok_or("has no boundingVolume of box, region or sphere")?;
        let n = numbers::<6>(region).ok_or("boundingVolume.region is not 6 numbers")?;
        if n[1] > n[3] || n[4] > n[5] {
            return Err("boundingVolume.region is upside down");
        }
        let is_within = |radians: f64, most: f64| radians.abs() <= most + TOLERANCE_RAD;
        if !(is_within(n[0], PI) && is_within(n[2], PI) && is_within(n[1], FRAC_PI_2) && is_within(n[3], FRAC_PI_2)) {
            return Err("boundingVolume.region is nowhere on earth, of which it tells radians");
        }
        Ok(Self::Region(n))
    }

    /// Whether `inner` lies in this volume. Where that cannot be told from their kinds, it is taken to.
    pub fn holds(&self, inner: &Self) -> bool {
        match (self, inner) {
            (Self::Region(outer), Self::Region(inner)) => region_holds(outer, inner),
            (Self::Region(_), _) | (_, Self::Region(_)) => true,
            (_, Self::Box { center, half_axes }) => {
                corners(*center, *half_axes).iter().all(|&corner| self.outside_m(corner) <= TOLERANCE_M)
            }
            (_, Self::Sphere { center, radius_m }) => self.outside_m(*center) + radius_m <= TOLERANCE_M,
        }
    }

    /// How far a point lies outside along the worst axis, metres; negative inside.
    fn outside_m(&self, point: DVec3) -> f64 {
        match self {
            Self::Sphere { center, radius_m } => point.distance(*center) - radius_m,
            Self::Box { center, half_axes } => {
                let from_center = point - *center;
                let axes = [half_axes.x_axis, half_axes.y_axis, half_axes.z_axis];
                let over = |axis: DVec3| from_center.dot(axis.normalize_or_zero()).abs() - axis.length();
                axes.into_iter().map(over).fold(f64::NEG_INFINITY, f64::max)
            }
            Self::Region(_) => 0.0,
        }
    }
}

fn corners(center: DVec3, half_axes: DMat3) -> [DVec3; 8] {
    std::array::from_fn(|index| {
        let sign = |bit: usize| if index >> bit & 1 == 0 { -1.0 } else { 1.0 };
        center + half_axes * DVec3::new(sign(0), sign(1), sign(2))
    })
}

fn region_holds(outer: &[f64; 6], inner: &[f64; 6]) -> bool {
    let [west, south, east, north, low, high] = *outer;
    // A region across the 180th meridian has its west east of its east; nothing can be said without unrolling.
    let across = west > east || inner[0] > inner[2];
    let wide = across || inner[0] >= west - TOLERANCE_RAD && inner[2] <= east + TOLERANCE_RAD;
    wide && inner[1] >= south - TOLERANCE_RAD
        && inner[3] <= north + TOLERANCE_RAD
        && inner[4] >= low - TOLERANCE_M
        && inner[5] <= high + TOLERANCE_M
}
