//! Where things stand in a twin. All paths are relative, with `/` between their parts.

/// The manifest, in the twin's folder.
pub const MANIFEST: &str = "manifest.json";
/// What a viewer opens, in an audience's folder.
pub const TWIN: &str = "twin.json";
/// The buildings' tileset, in an audience's folder.
pub const BUILDINGS: &str = "tiles/tileset.json";
/// The ground's tileset, in an audience's folder.
pub const GROUND: &str = "ground/tileset.json";
/// The folder of the planning layers, in an audience's folder.
pub const LAYERS: &str = "layers";
/// The folder of the places of everyday life, in an audience's folder.
pub const POINTS: &str = "points";

/// The folder of an audience's release: `public` for `citizen` and `kiosk`, whose release is the same byte for byte.
pub fn audience_folder(audience: &str) -> Option<&'static str> {
    match audience {
        "citizen" | "kiosk" => Some("public"),
        "planner" => Some("planner"),
        _ => None,
    }
}
