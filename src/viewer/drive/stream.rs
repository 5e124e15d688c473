//! A frame of the streaming core: it is told where the camera looks, has a slice of the frame to work in, and says what
//! the scene draws.

use std::time::Duration;

use bevy::platform::time::Instant;
use bevy::prelude::*;
use glam::{DVec2, DVec3};

use super::{Clock, Phase, TheCity, sink};
use crate::geo::{EastNorthUp, Ecef};
use crate::stream::View;
use crate::viewer::camera::TheCamera;
use crate::viewer::pick::Selection;
use crate::viewer::scene::{FrameView, Quality, Scene, Style};
use crate::viewer::settings::{Canvas, Settings};

/// Seconds of a frame that decoding and uploading may take.
pub(super) const SLICE_SECS: f64 = 0.006;
/// The same while nothing else moves: the picture comes sooner. Where the graphics are busy for longer with a frame,
/// decoding may take as long, up to the longer time: fewer pictures of half the tiles are drawn.
pub(super) const IDLE_SLICE_SECS: [f64; 2] = [0.030, 0.100];

/// Lets the streaming core run and tells the scene what to draw.
pub fn stream(
    mut city: ResMut<TheCity>,
    mut scene: ResMut<Scene>,
    camera: Res<TheCamera>,
    selection: Res<Selection>,
    settings: Res<Settings>,
    canvas: Res<Canvas>,
    clock: Res<Clock>,
) {
    let city = &mut *city;
    let still = city.seen_from.replace(camera.rig) == Some(camera.rig);
    let sun_local = city.sun(&settings);
    let style = if settings.bench { Style::bench() } else { Style::of(settings.theme, sun_local.as_vec3()) };
    let view = frame_view(&camera, &canvas, sun_local);
    scene.set_quality(quality(&settings));
    city.tiles_changed = false;
    city.new_ground.clear();
    city.gone_ground.clear();
    // A bare tileset is framed as soon as its root is known, before any of its tiles can have been decoded.
    if city.phase == Phase::Open && !city.waits_for_view {
        run_streamer(city, &mut scene, &selection, &style, &view, &clock, still);
    }
    if city.painted_for.replace(settings.theme).is_some_and(|before| before != settings.theme) {
        sink::repaint(city, &mut scene, &style, &selection);
    }
    scene.expect_more(city.status.requested + city.status.decoding > 0, city.sliced_secs);
    scene.draw(view, &style, &city.drawn);
}

fn quality(settings: &Settings) -> Quality {
    let full = Quality { plain: settings.plain, ..Quality::default() };
    if settings.bench {
        Quality { shadow_texels: 0, edges: false, sky: false, ..full }
    } else {
        Quality { shadow_texels: if settings.shadows { full.shadow_texels } else { 0 }, ..full }
    }
}

fn run_streamer(
    city: &mut TheCity,
    scene: &mut Scene,
    selection: &Selection,
    style: &Style,
    view: &FrameView,
    clock: &Clock,
    still: bool,
) {
    let begun = Instant::now();
    let until = begun + Duration::from_secs_f64(slice_secs(still, clock.busy_secs, city.sliced_secs));
    let mut go_on = || Instant::now() < until;
    let held = city.tiles.len();
    city.streamer.reserve(scene.overlay_bytes());
    let mut sink = sink::SceneSink {
        scene,
        selection,
        style,
        ground: city.ground,
        tiles: &mut city.tiles,
        new_ground: &mut city.new_ground,
        gone_ground: &mut city.gone_ground,
        changed: false,
    };
    let view = ecef_view(view, &city.frame);
    let frame = city.streamer.update(&view, clock.now_secs, &mut go_on, &mut sink);
    if city.drawn != frame.draw {
        city.drawn.clear();
        city.drawn.extend_from_slice(frame.draw);
        city.tiles_changed = true;
    }
    city.status = frame.status;
    city.sliced_secs = begun.elapsed().as_secs_f64();
    if std::mem::take(&mut city.trims) {
        city.streamer.trim(&mut sink);
    }
    let changed = sink.changed;
    city.tiles_changed |= changed || held != city.tiles.len();
}

/// Seconds of a frame that decoding may take, by how long all else kept the window and its graphics busy with the frame
/// before, which took `busy_secs` of which `sliced_secs` were its own decoding.
pub(super) fn slice_secs(still: bool, busy_secs: f64, sliced_secs: f64) -> f64 {
    let [shortest, longest] = IDLE_SLICE_SECS;
    if still { (busy_secs - sliced_secs).clamp(shortest, longest) } else { SLICE_SECS }
}

fn frame_view(camera: &TheCamera, canvas: &Canvas, sun_local: DVec3) -> FrameView {
    let rig = &camera.rig;
    FrameView {
        eye_local: rig.eye,
        forward: rig.forward(),
        right: rig.right(),
        up: rig.up(),
        fov_y: rig.fov_y,
        near_m: near_m(camera.distance_m, camera.clearance_m),
        size_px: (canvas.size_pt * f64::from(canvas.pixels_per_point)).max(DVec2::ONE).to_array(),
        pixels_per_point: canvas.pixels_per_point,
        sun_local,
        focus_local: camera.focus(),
    }
}

/// Nothing nearer than this is drawn: far enough for an exact depth, but never so far that the ground or roof under the
/// eye is cut away.
pub(super) fn near_m(distance_m: f64, clearance_m: f64) -> f64 {
    (distance_m * 0.002).min(clearance_m * 0.5).clamp(0.2, 20.0)
}

fn ecef_view(view: &FrameView, frame: &EastNorthUp) -> View {
    let direction = |local: DVec3| frame.ecef_from_local.transform_vector3(local);
    let Ecef(eye_ecef) = frame.ecef(view.eye_local);
    View {
        eye_ecef,
        forward: direction(view.forward),
        right: direction(view.right),
        up: direction(view.up),
        fov_y: view.fov_y,
        size_px: view.size_px,
    }
}
