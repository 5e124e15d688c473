//! Whether a camera's pose can be one. Poses come from files, addresses and command lines, and are checked here alone.

use thiserror::Error;

use super::CameraPose;

/// A number of a pose that is out of its range, or none.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{name} is {value}, not within {least} to {most}")]
pub struct PoseError {
    /// Which number, as it is called in files.
    pub name: &'static str,
    /// What it is.
    pub value: f64,
    /// The least that it may be.
    pub least: f64,
    /// The most that it may be.
    pub most: f64,
}

impl CameraPose {
    /// The pose itself where all its numbers can be: a place on the Earth or not far from it, from as near as a hand and
    /// as far as makes the whole Earth small.
    pub fn checked(self) -> Result<Self, PoseError> {
        let Self { lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg } = self;
        let ranges = [
            ("lon_deg", lon_deg, -180.0, 180.0),
            ("lat_deg", lat_deg, -90.0, 90.0),
            ("height_m", height_m, -20_000.0, 20_000.0),
            ("distance_m", distance_m, 0.1, 1e8),
            ("heading_deg", heading_deg, -360.0, 360.0),
            ("pitch_deg", pitch_deg, -90.0, 90.0),
        ];
        let bad = ranges.into_iter().find(|(_, value, least, most)| !(least..=most).contains(&value));
        match bad {
            Some((name, value, least, most)) => Err(PoseError { name, value, least, most }),
            None => Ok(self),
        }
    }

    /// The pose that six numbers with commas between them stand for, in the order of the fields; `None` where they are
    /// not six, or no pose.
    pub fn of_numbers(text: &str) -> Option<Self> {
        let numbers: Vec<f64> = text.split(',').map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
        let &[lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg] = numbers.as_slice() else { return None };
        Self { lon_deg, lat_deg, height_m, distance_m, heading_deg, pitch_deg }.checked().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pose_is_six_numbers_in_their_ranges() {
        let pose = CameraPose::of_numbers("11.5, 48.1,565,900,-20,-35").expect("a pose");
        assert_eq!((pose.lon_deg, pose.heading_deg, pose.pitch_deg), (11.5, -20.0, -35.0));
        for text in ["", "1,2,3", "1,2,3,4,5,6,7", "1,2,3,4,5,6,x", "1,2,3,4,5,6,", "NaN,2,3,4,5,6", "1,2,3,inf,5,6"] {
            assert_eq!(CameraPose::of_numbers(text), None, "{text}");
        }
        let wrong = |text: &str| CameraPose::of_numbers(text).is_none();
        assert!(wrong("181,2,3,4,5,6") && wrong("1,91,3,4,5,6") && wrong("1,2,3e4,4,5,6") && wrong("1,2,3,0,5,6"));
        let error = CameraPose { pitch_deg: f64::NAN, ..pose }.checked().expect_err("no pose");
        assert_eq!(error.to_string(), "pitch_deg is NaN, not within -90 to 90");
    }
}
