//! The colours of the city: a calm, bright model by day, a quiet one in the dark theme. sRGB with alpha.

use glam::Vec3;

use crate::viewer::options::Theme;

/// Every colour and strength that the shaders need.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Light of the sun.
    pub sun: [f32; 4],
    /// How strong the sun is now, 0 at night.
    pub sun_strength: f32,
    /// Light from above.
    pub sky_ambient: [f32; 4],
    /// Light from below.
    pub ground_ambient: [f32; 4],
    /// The horizon, and what distance turns everything into.
    pub haze: [f32; 4],
    /// How much of the view a metre of air takes.
    pub haze_per_m: f32,
    /// Straight up.
    pub zenith: [f32; 4],
    /// Roofs.
    pub roof: [f32; 4],
    /// Walls.
    pub wall: [f32; 4],
    /// Crowns of trees.
    pub tree: [f32; 4],
    /// What an edge's colour is of its facet's.
    pub edge_shade: f32,
    /// How much of the edge is seen.
    pub edge_strength: f32,
    /// The building under the cursor.
    pub hover: [f32; 4],
    /// The selected building.
    pub selected: [f32; 4],
    /// How dark a shadow is, 0 to 1.
    pub shadow_strength: f32,
    /// Ground by class name; the first is taken for unknown classes.
    pub ground: Vec<(&'static str, [f32; 4])>,
}

const fn rgb(hex: u32) -> [f32; 4] {
    [((hex >> 16) & 255) as f32 / 255.0, ((hex >> 8) & 255) as f32 / 255.0, (hex & 255) as f32 / 255.0, 1.0]
}

impl Style {
    /// The style of a theme with the sun in a direction (unit vector, local).
    pub fn of(theme: Theme, sun_local: Vec3) -> Self {
        let mut style = match theme {
            Theme::Light => Self::light(),
            Theme::Dark => Self::dark(),
        };
        style.set_sun(sun_local.z);
        style
    }

    /// The light of the benchmark that puts viewers side by side: of the light that a surface gets, 2.6 / π come from the
    /// sun and 1 / π from everywhere, in linear terms.
    pub fn bench() -> Self {
        let (sun, ambient) = ([0.919, 0.919, 0.919, 1.0], [0.601, 0.601, 0.601, 1.0]);
        Self { sun, sky_ambient: ambient, ground_ambient: ambient, haze_per_m: 0.0, ..Self::light() }
    }

    fn light() -> Self {
        Self {
            sun: rgb(0xe4d7c2),
            sun_strength: 1.0,
            sky_ambient: rgb(0xa2aec4),
            ground_ambient: rgb(0x8b8884),
            haze: rgb(0xd9e5f0),
            haze_per_m: 0.000_06,
            zenith: rgb(0x7fb0e0),
            roof: rgb(0xcd8468),
            wall: rgb(0xf2ece2),
            tree: rgb(0x7da065),
            edge_shade: 0.52,
            edge_strength: 0.75,
            hover: rgb(0xffd27a),
            selected: rgb(0xf7a11a),
            shadow_strength: 0.82,
            ground: vec![
                ("terrain", rgb(0xdcd6c8)),
                ("paved", rgb(0xd9d4c9)),
                ("street", rgb(0xf1efea)),
                ("square", rgb(0xe9dfcc)),
                ("path", rgb(0xe9e0cd)),
                ("green", rgb(0xb7cd99)),
                ("wood", rgb(0x9fbc82)),
                ("water", rgb(0x86b6d8)),
                ("rail", rgb(0xc8c2b8)),
            ],
        }
    }

    fn dark() -> Self {
        Self {
            sun: rgb(0xbfd0f0),
            sun_strength: 1.0,
            sky_ambient: rgb(0x6a7590),
            ground_ambient: rgb(0x3a3f4d),
            haze: rgb(0x1d2430),
            haze_per_m: 0.000_08,
            zenith: rgb(0x0d1119),
            roof: rgb(0x8d6a5c),
            wall: rgb(0x868a94),
            tree: rgb(0x3f5a43),
            edge_shade: 1.5,
            edge_strength: 0.6,
            hover: rgb(0xffd27a),
            selected: rgb(0xf7a11a),
            shadow_strength: 0.6,
            ground: vec![
                ("terrain", rgb(0x3b404b)),
                ("paved", rgb(0x3b404b)),
                ("street", rgb(0x565d6b)),
                ("square", rgb(0x4c5160)),
                ("path", rgb(0x4c5160)),
                ("green", rgb(0x37493a)),
                ("wood", rgb(0x304233)),
                ("water", rgb(0x2b4a66)),
                ("rail", rgb(0x454a55)),
            ],
        }
    }

    /// Low sun is weak and warm; below the horizon there is none.
    fn set_sun(&mut self, sine_of_height: f32) {
        let up = (sine_of_height / 0.25).clamp(0.0, 1.0);
        self.sun_strength = up.sqrt();
        self.sun[1] *= 0.80 + 0.20 * up;
        self.sun[2] *= 0.55 + 0.45 * up;
        let night = 0.35 + 0.65 * ((sine_of_height + 0.1) / 0.3).clamp(0.0, 1.0);
        for light in [&mut self.sky_ambient, &mut self.ground_ambient, &mut self.haze, &mut self.zenith] {
            for channel in &mut light[..3] {
                *channel *= night;
            }
        }
    }

    /// The colour of a class of ground.
    pub fn ground_color(&self, class: &str) -> [f32; 4] {
        self.ground
            .iter()
            .find(|(name, _)| *name == class)
            .or(self.ground.first())
            .map_or([0.5; 4], |(_, color)| *color)
    }
}
