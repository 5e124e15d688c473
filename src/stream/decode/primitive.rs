//! One glTF primitive at one place → one [`Mesh`], z up and with small coordinates.

use glam::{DMat3, DMat4, DVec3};
use gltf::json;
use gltf::json::material::AlphaMode;
use gltf::json::mesh::{Mode, Semantic};
use gltf::json::validation::Checked;
use serde::Deserialize;

use super::accessor::Elements;
use super::features::{Rows, add_rows};
use super::glb::Glb;
use super::{DecodeError, Unfolding};
use crate::geo::Bounds3;
use crate::stream::mesh::{Mesh, MeshClass, once_a_run};

/// Which primitive, and where.
pub(super) struct Primitive {
    pub mesh: usize,
    pub primitive: usize,
    pub scene_from_mesh: DMat4,
}

/// Where features of a glb's ids stand in the tile's table.
pub(super) struct FeatureRows<'a> {
    /// Those of the batch table around the glb.
    pub batches: Option<Rows>,
    /// Those of its property tables.
    pub tables: &'a [Rows],
    /// Those of ids without a table, reserved when the first is met.
    pub loose: &'a mut Option<Rows>,
}

/// EXT_mesh_features on a primitive.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MeshFeaturesWire {
    feature_ids: Vec<FeatureIdWire>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FeatureIdWire {
    feature_count: u64,
    null_feature_id: Option<u32>,
    attribute: Option<u32>,
    texture: Option<serde::de::IgnoredAny>,
    property_table: Option<usize>,
}

/// Decodes a primitive. `None` for points and lines, which are named, and for one without triangles.
pub(super) fn decode(
    glb: &Glb,
    place: &Primitive,
    (ecef_from_tile, tile_from_scene): (DMat4, DMat4),
    rows: FeatureRows<'_>,
    out: &mut Unfolding,
) -> Result<Option<Mesh>, DecodeError> {
    let index = place.primitive;
    let meshes = glb.root.meshes.get(place.mesh);
    let primitive = meshes.and_then(|mesh| mesh.primitives.get(index));
    let primitive = primitive.ok_or(DecodeError::Dangling { what: "primitive", index })?;
    let Some(mode) = triangle_mode(primitive, out) else { return Ok(None) };
    let Some(positions) = attribute(glb, primitive, &Semantic::Positions)? else { return Ok(None) };
    // 12 + 12 + 4 + 4 bytes a vertex, before any of it is allocated.
    out.allow(32 * positions.count as u64)?;

    // The turn and scale go into the vertices, the large translation stays in f64.
    let tile_from_mesh = tile_from_scene * place.scene_from_mesh;
    let linear = DMat3::from_mat4(tile_from_mesh);
    let ecef_from_mesh = ecef_from_tile * DMat4::from_translation(tile_from_mesh.w_axis.truncate());

    let mut mesh = Mesh {
        class: class_of(glb, primitive, out),
        ecef_from_mesh,
        positions: read_positions(&positions, linear)?,
        normals: Vec::new(),
        colors: Vec::new(),
        features: read_features(glb, primitive, positions.count, rows, out)?,
        indices: Vec::new(),
        double_sided: material(glb, primitive).is_some_and(|material| material.double_sided),
        bounds: Bounds3::EMPTY,
    };
    if let Some(normals) = attribute(glb, primitive, &Semantic::Normals)? {
        mesh.normals = read_normals(&normals, linear, positions.count)?;
    }
    if let Some(colors) = attribute(glb, primitive, &Semantic::Colors(0))? {
        mesh.colors = read_colors(&colors, positions.count)?;
    }
    mesh.indices = read_triangles(glb, primitive, mode, &mesh.positions, out)?;
    if linear.determinant() < 0.0 {
        mesh.indices.chunks_exact_mut(3).for_each(|triangle| triangle.swap(1, 2));
    }
    mesh.bounds = bounds(&mesh.positions);
    Ok((!mesh.indices.is_empty()).then_some(mesh))
}

/// The primitive's mode where it has triangles; others are named.
fn triangle_mode(primitive: &json::mesh::Primitive, out: &mut Unfolding) -> Option<Mode> {
    match primitive.mode {
        Checked::Valid(mode @ (Mode::Triangles | Mode::TriangleStrip | Mode::TriangleFan)) => Some(mode),
        Checked::Valid(Mode::Points) => {
            out.not_understood("points");
            None
        }
        _ => {
            out.not_understood("lines");
            None
        }
    }
}

fn attribute<'a>(
    glb: &'a Glb,
    primitive: &json::mesh::Primitive,
    semantic: &Semantic,
) -> Result<Option<Elements<'a>>, DecodeError> {
    let index = primitive.attributes.get(&Checked::Valid(semantic.clone()));
    index.map(|index| glb.accessor(index.value())).transpose()
}

fn read_positions(elements: &Elements<'_>, linear: DMat3) -> Result<Vec<[f32; 3]>, DecodeError> {
    let position = |index| elements.triple(index).map(|point| (linear * DVec3::from_array(point)).as_vec3().to_array());
    (0..elements.count).map(position).collect::<Option<_>>().ok_or(DecodeError::Type("POSITION"))
}

/// Normals turn with the inverse transpose, so that they stay upright on stretched meshes.
fn read_normals(elements: &Elements<'_>, linear: DMat3, count: usize) -> Result<Vec<[f32; 3]>, DecodeError> {
    let turn = linear.inverse().transpose();
    let mut turned =
        once_a_run(|normal: [f64; 3]| (turn * DVec3::from_array(normal)).normalize_or(DVec3::Z).as_vec3().to_array());
    (0..count)
        .map(|index| elements.triple(index).map(&mut turned))
        .collect::<Option<_>>()
        .ok_or(DecodeError::Type("NORMAL"))
}

fn read_colors(elements: &Elements<'_>, count: usize) -> Result<Vec<[u8; 4]>, DecodeError> {
    let byte = |value: f64| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
    let color = |index| {
        let [r, g, b] = elements.triple(index)?.map(byte);
        Some([r, g, b, elements.real(index, 3).map_or(255, byte)])
    };
    (0..count).map(color).collect::<Option<_>>().ok_or(DecodeError::Type("COLOR_0"))
}

/// The triangles of any mode as a list. Triangles with a corner that is no number are left out.
fn read_triangles(
    glb: &Glb,
    primitive: &json::mesh::Primitive,
    mode: Mode,
    positions: &[[f32; 3]],
    out: &mut Unfolding,
) -> Result<Vec<u32>, DecodeError> {
    let corners = match primitive.indices {
        Some(index) => {
            let elements = glb.accessor(index.value())?;
            if !elements.is_unsigned() {
                return Err(DecodeError::Type("indices"));
            }
            out.allow(4 * elements.count as u64)?;
            (0..elements.count).map(|k| elements.whole(k)).collect::<Option<Vec<u32>>>()
        }
        None => Some((0..positions.len() as u32).collect()),
    };
    let corners = corners.ok_or(DecodeError::Type("indices"))?;
    if let Some(index) = corners.iter().find(|index| **index as usize >= positions.len()) {
        return Err(DecodeError::Dangling { what: "vertex", index: *index as usize });
    }
    out.allow(12 * corners.len() as u64)?;
    let mut triangles = triangulate(mode, corners);
    drop_numberless(&mut triangles, positions, out);
    Ok(triangles)
}

/// Strips and fans as lists (glTF 2.0 § 3.7.2.1), keeping each triangle's orientation.
fn triangulate(mode: Mode, mut corners: Vec<u32>) -> Vec<u32> {
    match mode {
        Mode::TriangleStrip => {
            let turned = |(k, strip): (usize, &[u32])| match strip {
                [a, b, c] if k % 2 == 0 => [*a, *b, *c],
                [a, b, c] => [*a, *c, *b],
                _ => [0; 3],
            };
            corners.windows(3).enumerate().flat_map(turned).collect()
        }
        Mode::TriangleFan => {
            let Some((&hub, rim)) = corners.split_first() else { return Vec::new() };
            rim.windows(2).flat_map(|edge| std::iter::once(hub).chain(edge.iter().copied())).collect()
        }
        _ => {
            corners.truncate(corners.len() / 3 * 3);
            corners
        }
    }
}

fn drop_numberless(triangles: &mut Vec<u32>, positions: &[[f32; 3]], out: &mut Unfolding) {
    let is_number = |index: &u32| {
        positions.get(*index as usize).is_some_and(|position| position.iter().all(|number| number.is_finite()))
    };
    if triangles.iter().all(is_number) {
        return;
    }
    out.not_understood("positions that are no numbers");
    let kept = triangles.chunks_exact(3).filter(|triangle| triangle.iter().all(is_number));
    *triangles = kept.flatten().copied().collect();
}

fn bounds(positions: &[[f32; 3]]) -> Bounds3 {
    Bounds3::of(
        positions.iter().map(|point| glam::Vec3::from_array(*point).as_dvec3()).filter(|point| point.is_finite()),
    )
}

fn material<'a>(glb: &'a Glb, primitive: &json::mesh::Primitive) -> Option<&'a json::Material> {
    primitive.material.and_then(|index| glb.root.materials.get(index.value()))
}

/// Class and colour by the material (glTF 2.0 § 3.9); without one, white.
fn class_of(glb: &Glb, primitive: &json::mesh::Primitive, out: &mut Unfolding) -> MeshClass {
    let Some(material) = material(glb, primitive) else { return MeshClass::Other { color: [255; 4] } };
    match material.name.as_deref() {
        Some("roof") => return MeshClass::Roof,
        Some("wall") => return MeshClass::Wall,
        Some("ground") => return MeshClass::Ground,
        Some("tree") => return MeshClass::Tree,
        _ => {}
    }
    let look = &material.pbr_metallic_roughness;
    if look.base_color_texture.is_some() {
        out.not_understood("textures");
    }
    if matches!(material.alpha_mode, Checked::Valid(AlphaMode::Blend)) {
        out.not_understood("transparency");
    }
    let [r, g, b, a] = look.base_color_factor.0.map(|part| part.clamp(0.0, 1.0));
    MeshClass::Other { color: [srgb(r), srgb(g), srgb(b), (a * 255.0).round() as u8] }
}

/// A linear part of a colour in sRGB (IEC 61966-2-1).
fn srgb(linear: f32) -> u8 {
    let part = if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (part * 255.0).round() as u8
}

/// The row of each vertex in the tile's features: by EXT_mesh_features, else by `_BATCHID`; empty for neither.
fn read_features(
    glb: &Glb,
    primitive: &json::mesh::Primitive,
    vertices: usize,
    rows: FeatureRows<'_>,
    out: &mut Unfolding,
) -> Result<Vec<u32>, DecodeError> {
    if let Some(set) = feature_set(primitive, out)? {
        let target = match set.property_table {
            Some(index) => *rows.tables.get(index).ok_or(DecodeError::Dangling { what: "property table", index })?,
            None => loose_rows(rows.loose, set.feature_count, glb, out)?,
        };
        let null = set.null_feature_id;
        let row = |feature: u32| if Some(feature) == null { u32::MAX } else { target.row(feature) };
        return match set.attribute {
            Some(number) => {
                let name = Semantic::Extras(format!("FEATURE_ID_{number}"));
                let missing = DecodeError::Dangling { what: "feature id attribute", index: number as usize };
                let ids = attribute(glb, primitive, &name)?.ok_or(missing)?;
                rows_of(&ids, vertices, &row)
            }
            None => Ok((0..vertices as u32).map(row).collect()),
        };
    }
    let batch_ids = attribute(glb, primitive, &Semantic::Extras("BATCHID".to_owned()))?;
    match (batch_ids, rows.batches) {
        (Some(ids), Some(batches)) => rows_of(&ids, vertices, &|feature| batches.row(feature)),
        _ => Ok(Vec::new()),
    }
}

fn rows_of(ids: &Elements<'_>, vertices: usize, row: &dyn Fn(u32) -> u32) -> Result<Vec<u32>, DecodeError> {
    let ids = (0..vertices).map(|vertex| ids.whole(vertex).map(row));
    ids.collect::<Option<_>>().ok_or(DecodeError::Type("feature ids"))
}

/// The feature ids to use: the first with a property table, else the first. Ids in textures are named.
fn feature_set(primitive: &json::mesh::Primitive, out: &mut Unfolding) -> Result<Option<FeatureIdWire>, DecodeError> {
    let extension = primitive.extensions.as_ref().and_then(|extensions| extensions.others.get("EXT_mesh_features"));
    let Some(extension) = extension else { return Ok(None) };
    let wire = MeshFeaturesWire::deserialize(extension)
        .map_err(|error| DecodeError::Json { part: "EXT_mesh_features", why: error.to_string() })?;
    let (textures, mut sets): (Vec<_>, Vec<_>) = wire.feature_ids.into_iter().partition(|set| set.texture.is_some());
    if !textures.is_empty() {
        out.not_understood("feature ids in textures");
    }
    let first = sets.iter().position(|set| set.property_table.is_some()).unwrap_or(0);
    Ok((first < sets.len()).then(|| sets.swap_remove(first)))
}

/// Rows without properties, as many as the largest of the ids without a table needs.
fn loose_rows(loose: &mut Option<Rows>, count: u64, glb: &Glb, out: &mut Unfolding) -> Result<Rows, DecodeError> {
    match *loose {
        Some(rows) if u64::from(rows.count) >= count => Ok(rows),
        _ => {
            let rows = add_rows(out, count, glb.length())?;
            *loose = Some(rows);
            Ok(rows)
        }
    }
}
