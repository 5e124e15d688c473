//! The node hierarchy of a glTF → each mesh with its transform in f64.
//!
//! Read apart from the rest of the file: earth-centred translations lose half a metre in the f32 of glTF readers.

use glam::{DMat4, DQuat, DVec3};
use serde::Deserialize;

use super::DecodeError;

/// Most nodes that are followed, and deepest nesting: far above real content, below what a circle would cost.
const MAX_INSTANCES: usize = 65_536;
const MAX_DEPTH: usize = 128;

/// The part of a glTF that the hierarchy needs.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HierarchyWire {
    scene: Option<usize>,
    scenes: Vec<SceneWire>,
    nodes: Vec<NodeWire>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SceneWire {
    nodes: Vec<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NodeWire {
    matrix: Option<[f64; 16]>,
    translation: Option<[f64; 3]>,
    rotation: Option<[f64; 4]>,
    scale: Option<[f64; 3]>,
    mesh: Option<usize>,
    children: Vec<usize>,
}

impl NodeWire {
    fn transform(&self) -> DMat4 {
        if let Some(matrix) = &self.matrix {
            return DMat4::from_cols_array(matrix);
        }
        DMat4::from_scale_rotation_translation(
            self.scale.map_or(DVec3::ONE, DVec3::from_array),
            self.rotation.map_or(DQuat::IDENTITY, |rotation| DQuat::from_array(rotation).normalize()),
            self.translation.map_or(DVec3::ZERO, DVec3::from_array),
        )
    }
}

/// A mesh at a place.
pub(super) struct MeshInstance {
    /// Number of the mesh in the file.
    pub mesh: usize,
    /// Takes the mesh to the scene (y up).
    pub scene_from_mesh: DMat4,
}

/// All meshes of the default scene (or the first one, or without scenes all nodes that are nobody's child), depth first.
pub(super) fn instances(json: &[u8]) -> Result<Vec<MeshInstance>, DecodeError> {
    let wire: HierarchyWire = serde_json::from_slice(json)
        .map_err(|error| DecodeError::Json { part: "glTF nodes", why: error.to_string() })?;
    let mut open: Vec<(usize, DMat4, usize)> =
        roots(&wire).into_iter().rev().map(|node| (node, DMat4::IDENTITY, 0)).collect();
    let mut instances = Vec::new();
    let mut visited = 0;
    while let Some((index, above, depth)) = open.pop() {
        visited += 1;
        if visited > MAX_INSTANCES || depth > MAX_DEPTH || open.len() > MAX_INSTANCES {
            return Err(DecodeError::TooDeep("glTF nodes"));
        }
        let node = wire.nodes.get(index).ok_or(DecodeError::Dangling { what: "node", index })?;
        let transform = above * node.transform();
        instances.extend(node.mesh.map(|mesh| MeshInstance { mesh, scene_from_mesh: transform }));
        open.extend(node.children.iter().rev().map(|child| (*child, transform, depth + 1)));
    }
    Ok(instances)
}

fn roots(wire: &HierarchyWire) -> Vec<usize> {
    if let Some(scene) = wire.scenes.get(wire.scene.unwrap_or(0)) {
        return scene.nodes.clone();
    }
    let mut is_child = vec![false; wire.nodes.len()];
    for child in wire.nodes.iter().flat_map(|node| &node.children) {
        if let Some(flag) = is_child.get_mut(*child) {
            *flag = true;
        }
    }
    is_child.iter().enumerate().filter(|(_, is_child)| !**is_child).map(|(node, _)| node).collect()
}
