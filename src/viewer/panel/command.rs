//! What a panel asks for. Panels read and send commands; they change nothing themselves.

use jiff::civil::DateTime;

use super::search::SearchWish;
use crate::twin::{CameraPose, Language};
use crate::viewer::options::{MovingPicture, Theme};
use crate::viewer::walk::Step;

/// A wish of the user, carried out by the window after the panels are drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Fly to where the twin starts.
    Home,
    /// Turn to north.
    North,
    /// Come nearer (factor below 1) or go away from what is looked at.
    Zoom(f64),
    /// Fly to a place.
    FlyTo(CameraPose),
    /// Shows a place near what is selected: flies there and points at it.
    ShowPlace(CameraPose),
    /// Fly to one of the city's sights, by its number among the twin's places, and open the building that it is.
    ShowSight(usize),
    /// Have the selected building, which was just chosen, stand in this part of the picture: left, top, right and lower
    /// border, points.
    KeepInView([f32; 4]),
    /// Fly to the selected building.
    FlyToSelection,
    /// Nothing is selected any more.
    ClearSelection,
    /// Select a plan of a layer.
    SelectPlan {
        /// The layer's id.
        layer: String,
        /// The plan's id.
        plan: String,
    },
    /// Switch a layer on or off.
    SetLayerVisible(String, bool),
    /// Set a layer's opacity, 0 to 1.
    SetLayerOpacity(String, f32),
    /// Set the language.
    SetLanguage(Language),
    /// Set light or dark.
    SetTheme(Theme),
    /// Set the size of the text, 1 is normal.
    SetTextScale(f32),
    /// Stronger contrast, or the usual one.
    SetContrast(bool),
    /// The camera flies, or is there at once.
    SetStill(bool),
    /// Make a step from house to house.
    Walk(Step),
    /// Switch shadows on or off.
    SetShadows(bool),
    /// Name sights in the picture, or do not.
    SetNames(bool),
    /// Set what is drawn while the camera moves.
    SetMovingPicture(MovingPicture),
    /// Set date and time of the sun, in the city's time zone.
    SetSun(DateTime),
    /// Copy a text to the clipboard.
    Copy(String),
    /// Save a text as a file of that name.
    Export {
        /// Name of the file, without folder.
        file_name: String,
        /// What goes into it.
        text: String,
    },
    /// Open an address in the system's browser.
    OpenLink(String),
    /// Open or close one of the side cards.
    Toggle(Card),
    /// Something of the search field.
    Search(SearchWish),
    /// Try failed tiles again.
    Retry,
}

impl Command {
    /// Whether it brings something out of the program: into the clipboard, a file, or a browser.
    pub fn leads_out(&self) -> bool {
        matches!(self, Self::Copy(_) | Self::Export { .. } | Self::OpenLink(_))
    }
}

/// A card that can be opened from the tool bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Card {
    /// Layers with legend.
    Layers,
    /// Date and time of the sun.
    Sun,
    /// Places to fly to.
    Places,
    /// Language, theme, text size.
    Settings,
    /// Sources and licences.
    Sources,
    /// Mouse, keys, touch.
    Help,
}
