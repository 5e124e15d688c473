//! Draping: areas and lines on the ground, by cases and by properties; no tile, no engine.

use geo::{Area, BooleanOps, LineString, Polygon, polygon};
use proptest::prelude::*;

use super::*;

/// A hilly square ground of `size_m` with `count` squares a side, each of two triangles, and a skirt at its southern edge.
fn ground(size_m: f64, count: u32) -> Ground {
    let step = size_m / f64::from(count);
    let height = |x: f64, y: f64| (x / 30.0).sin() * 8.0 + (y / 40.0).cos() * 5.0;
    let mut positions: Vec<[f32; 3]> = Vec::new();
    for index in 0..(count + 1) * (count + 1) {
        let (x, y) = (f64::from(index % (count + 1)) * step, f64::from(index / (count + 1)) * step);
        positions.push([x as f32, y as f32, height(x, y) as f32]);
    }
    let mut indices = Vec::new();
    for (column, row) in (0..count).flat_map(|row| (0..count).map(move |column| (column, row))) {
        let a = row * (count + 1) + column;
        indices.extend([a, a + 1, a + count + 2, a, a + count + 2, a + count + 1]);
    }
    let below = positions.len() as u32;
    positions.extend([[0.0, 0.0, -50.0], [size_m as f32, 0.0, -50.0]]);
    indices.extend([below, below + 1, 0]);
    Ground::new(&positions, &indices)
}

fn flat_area(mesh: &DrapedMesh) -> f64 {
    let (triangles, _) = mesh.indices.as_chunks::<3>();
    triangles
        .iter()
        .map(|triangle| {
            let [a, b, c] = triangle.map(|index| mesh.positions[index as usize].truncate());
            (b - a).perp_dot(c - a) / 2.0
        })
        .sum()
}

#[test]
fn a_plan_with_a_courtyard_lies_on_the_ground() {
    let ground = ground(500.0, 16);
    let plan = polygon!(exterior: [(x: 50.0, y: 60.0), (x: 410.0, y: 90.0), (x: 300.0, y: 440.0)], interiors: [[(x: 200.0, y: 150.0), (x: 260.0, y: 150.0), (x: 260.0, y: 210.0)]]);
    let mesh = ground.drape(&plan);
    assert!((flat_area(&mesh) - plan.unsigned_area()).abs() < 1e-6);
    for point in &mesh.positions {
        let under = ground.height_m(point.truncate()).unwrap();
        assert!((point.z - under).abs() < 1e-9, "{point} over {under}");
    }
}

#[test]
fn nothing_beside_the_ground() {
    let ground = ground(500.0, 16);
    assert_eq!(
        ground.drape(&polygon![(x: 600.0, y: 0.0), (x: 700.0, y: 0.0), (x: 700.0, y: 90.0)]),
        DrapedMesh::default()
    );
    assert_eq!(ground.height_m(DVec2::new(-1.0, 5.0)), None);
    assert!(ground.drape_line(&LineString::from(vec![(600.0, 0.0), (700.0, 0.0)])).is_empty());
    let none = Ground::new(&[], &[0, 1, 2]);
    assert_eq!(none.height_m(DVec2::ZERO), None);
}

#[test]
fn a_line_follows_the_ground_and_ends_with_it() {
    let ground = ground(500.0, 16);
    // Along a row of vertices, so that two triangles claim each part.
    let lines = ground.drape_line(&LineString::from(vec![(-50.0, 250.0), (450.0, 250.0), (450.0, 100.0)]));
    assert_eq!(lines.len(), 1);
    let flat: f64 = lines[0].windows(2).map(|pair| pair[0].truncate().distance(pair[1].truncate())).sum();
    assert!((flat - 600.0).abs() < 1e-6, "{flat}");
    for point in &lines[0] {
        assert!((point.z - ground.height_m(point.truncate()).unwrap()).abs() < 1e-9);
    }
}

proptest! {
    #[test]
    fn area_is_preserved(radii in proptest::collection::vec(5.0..200.0f64, 3..40), x in -50.0..550.0f64, y in -50.0..550.0f64, count in 1u32..20) {
        let ring: Vec<(f64, f64)> = radii.iter().enumerate().map(|(index, radius)| {
            let angle = index as f64 / radii.len() as f64 * std::f64::consts::TAU;
            (x + radius * angle.cos(), y + radius * angle.sin())
        }).collect();
        let plan = Polygon::new(LineString::from(ring), vec![]);
        let inside = plan.intersection(&polygon![(x: 0.0, y: 0.0), (x: 500.0, y: 0.0), (x: 500.0, y: 500.0), (x: 0.0, y: 500.0)]);
        let draped = flat_area(&ground(500.0, count).drape(&plan));
        // The overlay works on a grid of its own, which costs it some square centimetres.
        prop_assert!((draped - inside.unsigned_area()).abs() < 0.01, "{draped} of {}", inside.unsigned_area());
    }

    #[test]
    fn lines_keep_their_length(points in proptest::collection::vec((0.0..500.0f64, 0.0..500.0f64), 2..12)) {
        let line = LineString::from(points);
        let expected: f64 = line.lines().map(|line| line.dx().hypot(line.dy())).sum();
        let draped = ground(500.0, 16).drape_line(&line);
        let found: f64 = draped.iter().flat_map(|piece| piece.windows(2)).map(|pair| pair[0].truncate().distance(pair[1].truncate())).sum();
        prop_assert!((found - expected).abs() < 1e-6, "{found} of {expected}");
    }
}
