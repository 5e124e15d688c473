//! A building of the sample, as it goes into the files.

use glam::DVec2;

use super::body::Body;

/// The AdV's code list of roof types (ALKIS AX_Dachform), as far as the sample uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RoofType {
    Flat,
    Pent,
    Gabled,
    Hipped,
    HalfHipped,
    Mansard,
    Tent,
    Cone,
    Dome,
    Arched,
    Mixed,
}

impl RoofType {
    /// The code.
    pub(super) fn code(self) -> u16 {
        match self {
            Self::Flat => 1000,
            Self::Pent => 2100,
            Self::Gabled => 3100,
            Self::Hipped => 3200,
            Self::HalfHipped => 3300,
            Self::Mansard => 3400,
            Self::Tent => 3500,
            Self::Cone => 3600,
            Self::Dome => 3700,
            Self::Arched => 3900,
            Self::Mixed => 5000,
        }
    }
}

/// A body with its roof type.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) body: Body,
    pub(super) roof: RoofType,
}

/// Where post is delivered.
#[derive(Clone, Debug)]
pub(super) struct HouseAddress {
    pub(super) street: String,
    pub(super) number: String,
    pub(super) postcode: String,
}

/// A building: one part is its own geometry, several are its building parts.
#[derive(Clone, Debug)]
pub(super) struct SampleBuilding {
    /// `gml:id`.
    pub(super) id: String,
    /// Its name, for landmarks.
    pub(super) name: Option<String>,
    /// Code of its function, with the code list in front: `31001_1010`.
    pub(super) function: String,
    pub(super) storeys: u32,
    pub(super) year: u32,
    pub(super) ground_m: f64,
    pub(super) parts: Vec<Part>,
    pub(super) address: Option<HouseAddress>,
    pub(super) monument: bool,
    pub(super) ensemble: bool,
    /// The middle of its ground outline.
    pub(super) place: DVec2,
}

impl SampleBuilding {
    /// Its highest point.
    pub(super) fn top_m(&self) -> f64 {
        self.parts.iter().map(|part| part.body.heights().1).fold(self.ground_m, f64::max)
    }

    /// Its lowest eaves.
    pub(super) fn eaves_m(&self) -> f64 {
        self.parts.iter().map(|part| part.body.eaves()).fold(f64::INFINITY, f64::min)
    }

    /// The type all its roofs have, else mixed.
    pub(super) fn roof(&self) -> RoofType {
        let mut roofs = self.parts.iter().map(|part| part.roof);
        let first = roofs.next().unwrap_or(RoofType::Flat);
        if roofs.all(|roof| roof == first) { first } else { RoofType::Mixed }
    }

    /// Square metres of ground it covers.
    pub(super) fn floor_m2(&self) -> f64 {
        self.parts.iter().map(|part| super::plane::area_m2(&part.body.outline())).sum()
    }

    /// Whether people live there.
    pub(super) fn is_dwelling(&self) -> bool {
        self.function.starts_with("31001_1")
    }
}
