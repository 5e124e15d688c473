//! The fonts of the browser's build: egui's own, cut down to the letters of European languages and to the signs that the
//! panels use, 45 kB instead of 1.4 MB.

use std::sync::Arc;

use bevy_egui::egui::{FontData, FontDefinitions, FontFamily, FontTweak};

/// The fonts by name with their size, the first that has a letter draws it.
const FONTS: [(&str, &[u8], f32); 3] = [
    ("text", include_bytes!("../../../assets/fonts/text.ttf"), 1.0),
    ("noto", include_bytes!("../../../assets/fonts/noto.ttf"), 0.81),
    ("emoji", include_bytes!("../../../assets/fonts/emoji.ttf"), 0.90),
];

/// The fonts for all text.
pub fn subset() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes, scale) in FONTS {
        let tweak = FontTweak { scale, ..FontTweak::default() };
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes).tweak(tweak)));
        for family in [FontFamily::Proportional, FontFamily::Monospace] {
            fonts.families.entry(family).or_default().push(name.to_owned());
        }
    }
    fonts
}

#[cfg(test)]
mod tests {
    use bevy_egui::egui::{Context, RawInput};

    use super::*;
    use crate::texts::Language;

    /// What is drawn over the city, in texts and in code.
    const SOURCES: [&str; 6] = [
        include_str!("tools.rs"),
        include_str!("status.rs"),
        include_str!("building.rs"),
        include_str!("walk.rs"),
        include_str!("../kiosk/menu.rs"),
        include_str!("../kiosk/counts.rs"),
    ];

    #[test]
    fn the_browsers_fonts_have_every_sign_of_the_panels() {
        let context = Context::default();
        context.set_fonts(subset());
        context.run_ui(RawInput::default(), |_| {}).textures_delta.clear();
        let texts = Language::ALL.iter().map(|language| language.file());
        let mut signs: Vec<char> = texts.chain(SOURCES).flat_map(str::chars).collect();
        signs.extend("äöüßÄÖÜéèêëçñøåčšžğıłœæ„“”‚‘’–—…·×−²³½€§©°".chars());
        signs.retain(|sign| !sign.is_control());
        signs.sort_unstable();
        signs.dedup();
        // Not by `has_glyph`: it takes every letter of the font that has the replacement sign for missing.
        let missing: String = context.fonts_mut(|fonts| {
            let mut font = fonts.fonts.font(&FontFamily::Proportional);
            let there = font.characters();
            signs.into_iter().filter(|sign| !there.contains_key(sign)).collect()
        });
        assert_eq!(missing, "");
    }
}
