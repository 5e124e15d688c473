//! What a viewer gets over the wire: descriptions of twins, tilesets, contents of tiles.

use glam::{DMat4, DVec3};
use stadtzwilling::fetch::memory::MemoryFetch;
use stadtzwilling::stream::decode::{ContentFrame, Decoded, Decoder};
use stadtzwilling::stream::{
    Opened, Opening, Pickable, Prospect, SelectionSettings, Tile, TileId, TileTree, UpAxis, View, pick, select,
};
use stadtzwilling::tiles::{decoded_strings, validate_tileset};
use url::Url;

/// A description of a twin, or whatever else stands where one is looked for.
pub fn twin(bytes: &[u8]) {
    let url = Url::parse("https://twin.example/public/twin.json").expect("an address");
    let fetch = MemoryFetch::new();
    fetch.put(&url, bytes.to_vec());
    let mut opening = Opening::new(url.clone());
    let outcome = std::iter::repeat_with(|| opening.poll(&fetch, 0.0)).take(3).flatten().next();
    match outcome.expect("an answer at the second poll") {
        Err(error) => assert!(error.to_string().starts_with(url.as_str())),
        Ok(Opened::Tileset(found)) => assert_eq!(found.url, url),
        Ok(Opened::Twin(description, found)) => {
            assert_eq!(found, url);
            assert!(description.home.distance_m.is_finite());
        }
    }
}

/// Anyone's tileset: as a tree that a view is chosen from, with itself as a part of itself, and as `check` sees it.
pub fn tileset(bytes: &[u8]) {
    let url = Url::parse("https://tiles.example/a/tileset.json").expect("an address");
    match TileTree::parse(0, &url, bytes) {
        Err(error) => assert!(error.to_string().starts_with(url.as_str())),
        Ok(mut tree) => {
            check_tree(&tree);
            let elsewhere = url.join("b/tileset.json").expect("an address");
            let count = tree.len();
            match tree.graft(count as u32 - 1, &elsewhere, &elsewhere, bytes) {
                Ok(()) => check_tree(&tree),
                Err(_) => assert_eq!(tree.len(), count),
            }
        }
    }
    // A folder in which every short name is this file.
    let itself = |path: &str| (path.len() < 8 && !path.contains('/')).then(|| bytes.to_vec());
    let findings = validate_tileset(bytes, &itself);
    assert!(findings.iter().all(|finding| !finding.place.is_empty() && !finding.message.is_empty()));
}

fn check_tree(tree: &TileTree) {
    let tiles: Vec<&Tile> = (0..tree.len() as u32).filter_map(|index| tree.tile(index)).collect();
    assert_eq!(tiles.len(), tree.len());
    for (index, tile) in tiles.iter().enumerate() {
        assert!(tile.parent.is_none_or(|parent| (parent as usize) < index), "a parent behind its child");
        assert!(tile.children.iter().all(|child| (*child as usize) > index && (*child as usize) < tiles.len()));
    }
    let view = View {
        eye_ecef: DVec3::new(4_177_000.0, 855_000.0, 4_727_000.0),
        forward: DVec3::NEG_Z,
        right: DVec3::X,
        up: DVec3::Y,
        fov_y: 1.0,
        size_px: [800.0, 600.0],
    };
    for prospect in [Prospect::Ready, Prospect::Coming, Prospect::Lost, Prospect::Gone] {
        let selection = select(tree, &view, &SelectionSettings::default(), &|_| prospect);
        assert!(selection.draw.len() <= tree.len() && selection.load.len() <= tree.len());
    }
}

/// Largest file that is scanned as one of the release's own tiles.
const OWN_TILE_BYTES: usize = 1 << 20;

/// A tile's content: glb, or b3dm and cmpt around it.
pub fn content(bytes: &[u8]) {
    for up_axis in [UpAxis::Y, UpAxis::Z] {
        let frame = ContentFrame { ecef_from_tile: DMat4::IDENTITY, up_axis };
        match Decoder::new(vec![bytes.to_vec()], frame).run() {
            Err(error) => assert!(!error.to_string().is_empty()),
            Ok(decoded) => check_decoded(&decoded),
        }
    }
    // Written for the release's own tiles, which are small, and without a limit of its own.
    if bytes.len() <= OWN_TILE_BYTES {
        decoded_strings(bytes);
    }
}

fn check_decoded(decoded: &Decoded) {
    let content = &decoded.content;
    assert_eq!(content.meshes.len(), decoded.bvhs.len());
    for mesh in &content.meshes {
        let count = mesh.positions.len();
        assert!(mesh.indices.len() % 3 == 0 && mesh.indices.iter().all(|index| (*index as usize) < count));
        assert!(mesh.normals.is_empty() || mesh.normals.len() == count);
        assert!(mesh.colors.is_empty() || mesh.colors.len() == count);
        assert!(mesh.features.is_empty() || mesh.features.len() == count);
        assert!(mesh.features.iter().all(|row| *row == u32::MAX || *row < content.features.count));
    }
    let rows = content.features.count as usize;
    assert!(content.features.columns.iter().all(|(_, column)| column.len() <= rows));
    let tile = TileId { tileset: 0, tile: 0 };
    let pickable = Pickable { tile, content, bvhs: &decoded.bvhs };
    for direction in [DVec3::NEG_Z, DVec3::new(0.1, -0.2, 0.7)] {
        if let Some(hit) = pick(DVec3::new(0.2, 0.2, 10.0), direction, [pickable]) {
            assert!(hit.distance_m >= 0.0 && hit.point_ecef.is_finite());
        }
    }
}
