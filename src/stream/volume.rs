//! Bounding volumes of 3D Tiles in the earth-centred frame, and whether a view sees them.
//!
//! A region becomes the oriented box around it: the selection then knows two shapes only.

use glam::{DMat3, DMat4, DVec3};

use super::View;
use crate::geo::{Bounds3, EastNorthUp, Ecef, Geodetic};

/// Where a tile's content lies, in the earth-centred frame, metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Volume {
    /// An oriented box.
    Box {
        /// Its middle.
        center: DVec3,
        /// From the middle to the middle of three faces, as columns.
        half_axes: DMat3,
    },
    /// A ball.
    Sphere {
        /// Its middle.
        center: DVec3,
        /// Its radius.
        radius_m: f64,
    },
}

/// Regions wider than this (radians) become a ball around their middle instead of a box.
const WIDEST_REGION: f64 = 1.0;
/// Radius of a ball that holds the ellipsoid.
const EARTH_RADIUS_M: f64 = 6_378_137.0;
/// How far the ellipsoid and that ball are apart at most, for both ends of a chord.
const ELLIPSOID_SLACK_M: f64 = 2.0 * 21_400.0;
/// Points along each edge of a region that its box is put around.
const REGION_SAMPLES: u32 = 8;

impl Volume {
    /// `boundingVolume.box` (3D Tiles 1.1 § 8.5.5.2) under a tile's transform.
    pub fn from_box(numbers: &[f64; 12], ecef_from_tile: &DMat4) -> Self {
        let [cx, cy, cz, rest @ ..] = *numbers;
        let linear = DMat3::from_mat4(*ecef_from_tile);
        Self::Box {
            center: ecef_from_tile.transform_point3(DVec3::new(cx, cy, cz)),
            half_axes: linear * DMat3::from_cols_array(&rest),
        }
    }

    /// `boundingVolume.sphere` (§ 8.5.5.4) under a tile's transform; the largest scale counts.
    pub fn from_sphere([x, y, z, radius]: [f64; 4], ecef_from_tile: &DMat4) -> Self {
        Self::Sphere {
            center: ecef_from_tile.transform_point3(DVec3::new(x, y, z)),
            radius_m: radius.abs() * largest_scale(ecef_from_tile),
        }
    }

    /// `boundingVolume.region` (§ 8.5.5.3): west, south, east, north in radians, heights in metres. A tile's transform
    /// does not apply to it.
    pub fn from_region([west, south, east, north, low_m, high_m]: [f64; 6]) -> Self {
        let east = if east < west { east + std::f64::consts::TAU } else { east };
        let point =
            |lon: f64, lat: f64, height_m| Geodetic { lon_deg: lon.to_degrees(), lat_deg: lat.to_degrees(), height_m };
        if east - west > WIDEST_REGION || north - south > WIDEST_REGION {
            // The middle stands on the ground, so that whoever looks at it sees something. No point of the region is
            // farther around the earth than along the meridian and then along the circle of latitude.
            let Ecef(center) = point((west + east) / 2.0, (south + north) / 2.0, 0.0).into();
            let angle = ((east - west + north - south) / 2.0).min(std::f64::consts::PI);
            let radius_m = 2.0 * EARTH_RADIUS_M * (angle / 2.0).sin() + high_m.max(0.0) + low_m.abs();
            return Self::Sphere { center, radius_m: radius_m + ELLIPSOID_SLACK_M };
        }
        let frame = EastNorthUp::at(point((west + east) / 2.0, (south + north) / 2.0, 0.0));
        let mut bounds = Bounds3::EMPTY;
        for step in 0..=REGION_SAMPLES * REGION_SAMPLES + 2 * REGION_SAMPLES {
            let across = f64::from(step % (REGION_SAMPLES + 1)) / f64::from(REGION_SAMPLES);
            let along = f64::from(step / (REGION_SAMPLES + 1)) / f64::from(REGION_SAMPLES);
            let (lon, lat) = (west + (east - west) * across, south + (north - south) * along);
            for height_m in [low_m, high_m] {
                bounds = bounds.with(frame.local(point(lon, lat, height_m).into()));
            }
        }
        let Ecef(center) = frame.ecef(bounds.center());
        let axes = DMat3::from_mat4(frame.ecef_from_local);
        Self::Box { center, half_axes: axes * DMat3::from_diagonal(bounds.size() * 0.5) }
    }

    /// The middle.
    pub fn center(&self) -> DVec3 {
        match self {
            Self::Box { center, .. } | Self::Sphere { center, .. } => *center,
        }
    }

    /// Distance from a point to the nearest point of the volume, metres; 0 inside.
    pub fn distance_m(&self, point: DVec3) -> f64 {
        match self {
            Self::Sphere { center, radius_m } => (point.distance(*center) - radius_m).max(0.0),
            Self::Box { center, half_axes } => box_distance(point - *center, half_axes),
        }
    }

    /// Half its extent along a unit direction.
    fn reach(&self, direction: DVec3) -> f64 {
        match self {
            Self::Sphere { radius_m, .. } => *radius_m,
            Self::Box { half_axes, .. } => (half_axes.transpose() * direction).abs().element_sum(),
        }
    }
}

/// Distance of a point, relative to the middle, to a box. The axes of a tile's box are orthogonal (§ 8.5.5.2).
fn box_distance(offset: DVec3, half_axes: &DMat3) -> f64 {
    let outside = |axis: DVec3| {
        let length = axis.length();
        if length > 0.0 { ((offset.dot(axis) / length).abs() - length).max(0.0) } else { 0.0 }
    };
    let flat = flat_axis_distance(offset, half_axes);
    let near = DVec3::new(outside(half_axes.x_axis), outside(half_axes.y_axis), outside(half_axes.z_axis));
    near.length().max(flat)
}

/// Distance along the one axis of a flat box that has no length, taken from the other two.
fn flat_axis_distance(offset: DVec3, half_axes: &DMat3) -> f64 {
    let (x, y, z) = (half_axes.x_axis, half_axes.y_axis, half_axes.z_axis);
    let normal = if z == DVec3::ZERO {
        x.cross(y)
    } else if y == DVec3::ZERO {
        z.cross(x)
    } else if x == DVec3::ZERO {
        y.cross(z)
    } else {
        DVec3::ZERO
    };
    normal.try_normalize().map_or(0.0, |normal| offset.dot(normal).abs())
}

/// The largest factor by which a transform stretches lengths along its axes.
pub fn largest_scale(transform: &DMat4) -> f64 {
    let linear = DMat3::from_mat4(*transform);
    linear.x_axis.length().max(linear.y_axis.length()).max(linear.z_axis.length())
}

/// A [`View`] made ready for many questions.
#[derive(Clone, Debug)]
pub struct Eye {
    view: View,
    /// Inward normals of the planes through the eye: left, right, bottom, top, front.
    planes: [DVec3; 5],
    /// Pixels that one metre takes at one metre's distance.
    px_at_one_m: f64,
}

impl Eye {
    /// Prepares a view.
    pub fn new(view: &View) -> Self {
        let tan_y = (view.fov_y * 0.5).tan().max(1e-6);
        let tan_x = tan_y * view.size_px[0].max(1.0) / view.size_px[1].max(1.0);
        let side = |across: DVec3, tan: f64| (view.forward * tan + across).normalize_or_zero();
        let planes = [
            side(view.right, tan_x),
            side(-view.right, tan_x),
            side(view.up, tan_y),
            side(-view.up, tan_y),
            view.forward,
        ];
        Self { view: *view, planes, px_at_one_m: view.size_px[1].max(1.0) / (2.0 * tan_y) }
    }

    /// Whether any part of the volume may be in the picture and nearer than `far_m`.
    pub fn sees(&self, volume: &Volume, far_m: f64) -> bool {
        let offset = volume.center() - self.view.eye_ecef;
        self.planes.iter().all(|plane| offset.dot(*plane) + volume.reach(*plane) >= 0.0)
            && volume.distance_m(self.view.eye_ecef) <= far_m
    }

    /// Whether the eye is inside a volume.
    pub fn is_inside(&self, volume: &Volume) -> bool {
        volume.distance_m(self.view.eye_ecef) <= 0.0
    }

    /// Size in the picture of an error of `error_m` metres at the volume's nearest point, pixels; infinite inside it.
    pub fn screen_error_px(&self, volume: &Volume, error_m: f64) -> f64 {
        let distance_m = volume.distance_m(self.view.eye_ecef);
        if error_m <= 0.0 { 0.0 } else { error_m * self.px_at_one_m / distance_m }
    }

    /// Angle between the middle of the picture and the volume's middle, radians; 0 where the eye is in the middle.
    pub fn off_center(&self, volume: &Volume) -> f64 {
        let direction = (volume.center() - self.view.eye_ecef).normalize_or(self.view.forward);
        direction.dot(self.view.forward).clamp(-1.0, 1.0).acos()
    }
}
