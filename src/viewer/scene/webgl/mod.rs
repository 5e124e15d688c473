//! The scene on the canvas of a page, drawn with WebGL 2 and nothing between.
//!
//! It stands where `gpu`, `pipelines` and `draw` stand in a window, takes the same changes and the same picture, and has
//! the same shaders (shaders/webgl beside shaders). In a browser Bevy's renderer would be half of the program, copy
//! every picture twice, and make its pipelines before the first one. The panels, which Bevy's renderer draws elsewhere,
//! are drawn here as well. A frame that shows what the one before showed is not drawn, and where only panels differ they
//! are drawn over a copy of the city.

mod draw;
mod half;
mod held;
mod kept;
mod objects;
mod palette;
mod panels;
mod program;

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy_egui::EguiRenderOutput;
use wasm_bindgen::JsCast;
use web_sys::{HtmlCanvasElement, WebGl2RenderingContext};

use super::repeats::{Repeats, Way};
use super::{Change, Picture, Scene, Style};
use crate::viewer::drive::Clock;
use crate::viewer::platform::{CANVAS, complain};
use crate::viewer::settings::Canvas;
use held::Held;
use kept::KeptCity;
use panels::Panels;
use program::{Kind, Programs};

/// The canvas is drawn on; everything that changes the picture comes before, in `Last` too.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GraphicsSystems;

/// While tiles come one after the other, it is so many times as long from one picture to the next as a picture takes:
/// where a processor draws, it has to decode them too.
const BETWEEN_ARRIVALS: f64 = 3.0;
/// But no shorter and no longer than this, seconds.
const BETWEEN_ARRIVALS_SECS: [f64; 2] = [0.1, 1.0];

/// Where a picture takes longer than this, seconds, shadows are those of the tiles that were there first until all are.
const SLOW_SECS: f64 = 0.05;

/// The page's canvas and everything that is held for drawing on it.
struct Graphics {
    gl: WebGl2RenderingContext,
    canvas: HtmlCanvasElement,
    programs: Programs,
    held: Held,
    panels: Panels,
    /// The city that the canvas shows, and since when.
    shown: Option<(Picture, f64)>,
    /// If the last frame drew the city: how long it decoded tiles before, seconds.
    sliced_secs: Option<f64>,
    /// How long the city took to be drawn the last time, seconds.
    drawn_secs: f64,
    /// Whether the next frame shows the copy.
    repeats: Repeats,
    /// The copy of the city, once there was a use for one.
    kept: Option<KeptCity>,
}

/// Draws on the page's canvas. A page that gives none has said so before.
pub fn add(app: &mut App) {
    match Graphics::of_the_page() {
        Ok(graphics) => {
            app.insert_non_send(graphics).add_systems(Last, draw.in_set(GraphicsSystems));
        }
        Err(reason) => complain(&reason),
    }
}

impl Graphics {
    fn of_the_page() -> Result<Self, String> {
        let document = web_sys::window().and_then(|window| window.document()).ok_or("there is no page")?;
        let canvas = document.query_selector(CANVAS).ok().flatten().ok_or("the page has no canvas")?;
        let canvas: HtmlCanvasElement = canvas.dyn_into().map_err(|_| "what should be a canvas is none")?;
        // The page has asked for it already, and said how: this gives the same one.
        let gl = canvas.get_context("webgl2").ok().flatten().ok_or("the canvas has no WebGL 2")?;
        let gl: WebGl2RenderingContext = gl.dyn_into().map_err(|_| "the canvas has something else than WebGL 2")?;
        let held = Held::new(&gl).ok_or("the graphics were lost")?;
        Ok(Self {
            programs: Programs::new(&gl),
            panels: Panels::new(&gl).ok_or("the graphics were lost")?,
            held,
            canvas,
            gl,
            shown: None,
            sliced_secs: None,
            drawn_secs: 0.0,
            repeats: Repeats::default(),
            kept: None,
        })
    }

    /// Makes the canvas as large as it is shown. Gives whether it was another size.
    fn fit(&self, [width, height]: [u32; 2]) -> bool {
        let fits = (self.canvas.width(), self.canvas.height()) == (width, height);
        if !fits {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        !fits
    }

    /// Puts the city onto the canvas: another one than is shown where `changed`, and for more than a frame where it
    /// `stays`.
    fn show(&mut self, picture: &Picture, style: &Style, size: [u32; 2], changed: bool, stays: bool) {
        let way = self.repeats.next(changed, stays);
        if way == Way::Repeated
            && let Some(kept) = &self.kept
        {
            return kept.show(&mut self.programs);
        }
        if way != Way::Drawn && self.kept.as_ref().is_none_or(|kept| !kept.fits(size)) {
            self.kept = KeptCity::new(&self.gl, size);
            // Asked for before the graphics have something to do: else it would be waited for.
            self.programs.take(Kind::Enlarged);
        }
        self.held.shadows_lag = stays && self.drawn_secs > SLOW_SECS;
        draw::draw_city(&self.gl, &mut self.programs, &mut self.held, picture, style, size);
        if way != Way::Drawn {
            self.kept.iter().for_each(KeptCity::copy);
        }
    }

    /// Whether the picture is to wait for more of what it shows, which comes in a moment. The first of the city does not.
    fn waits(&self, scene: &Scene, now_secs: f64) -> bool {
        let [shortest, longest] = BETWEEN_ARRIVALS_SECS;
        let pause_secs = (self.drawn_secs * BETWEEN_ARRIVALS).clamp(shortest, longest);
        let shown = self.shown.as_ref().filter(|(shown, _)| !shown.drawn.is_empty());
        shown.is_some_and(|(shown, since_secs)| {
            scene.more_comes && only_more_of(shown, &scene.picture) && now_secs - since_secs < pause_secs
        })
    }

    /// Takes the time of the frame before, if that drew the city.
    fn take_time(&mut self, clock: &Clock) {
        if let Some(sliced_secs) = self.sliced_secs.take() {
            self.drawn_secs = (clock.busy_secs - sliced_secs).max(0.0);
        }
    }
}

/// Whether a picture has nothing but other tiles than the one that is shown, with what lies on them.
fn only_more_of(shown: &Picture, picture: &Picture) -> bool {
    let same = (shown.view, &shown.style, shown.quality) == (picture.view, &picture.style, picture.quality);
    same && shown.overlays.iter().all(|overlay| picture.overlays.contains(overlay))
}

/// Whether something that was there is to look different, which somebody waits for. Tiles bring their own looks.
fn is_answer(changes: &[Change]) -> bool {
    let is_own = |at: usize| matches!(at.checked_sub(1).map(|before| &changes[before]), Some(Change::Create(..)));
    changes.iter().enumerate().any(|(at, change)| matches!(change, Change::Texels(..)) && !is_own(at))
}

fn draw(
    mut graphics: NonSendMut<Graphics>,
    mut scene: ResMut<Scene>,
    mut panels: Query<&mut EguiRenderOutput>,
    canvas: Res<Canvas>,
    clock: Res<Clock>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let (graphics, scene) = (&mut *graphics, scene.bypass_change_detection());
    graphics.take_time(&clock);
    let (arrived, answers) = (!scene.changes.is_empty(), is_answer(&scene.changes));
    graphics.held.take_in(scene.changes.drain(..));
    let repainted = panels.iter_mut().any(|mut panel| graphics.panels.take_in(&mut panel));
    // Before anything is known of the city there is nothing to draw.
    let Some(style) = &scene.picture.style else { return };
    if graphics.shown.is_none() {
        draw::prepare(&mut graphics.programs, &scene.picture, style);
        // Begins now: nothing else is sent before the first picture.
        graphics.gl.flush();
    }
    let size = (canvas.size_pt * f64::from(canvas.pixels_per_point)).round().as_uvec2().max(glam::UVec2::ONE);
    let resized = graphics.fit(size.to_array());
    let is_other = graphics.shown.as_ref().is_none_or(|(shown, _)| *shown != scene.picture);
    let all_came = graphics.held.shadows_lag && !scene.more_comes;
    let changed = arrived || resized || is_other || all_came || graphics.held.waits;
    if !(repainted || changed) {
        return;
    }
    // Panels do not wait: they are drawn over what is there.
    let can_wait = !resized && !answers && (!repainted || graphics.repeats.has_copy());
    let waits = changed && can_wait && graphics.waits(scene, clock.now_secs);
    graphics.held.waits = waits;
    if waits {
        redraw.write(RequestRedraw);
    }
    if waits && !repainted {
        return;
    }
    let is_still = graphics.shown.as_ref().is_some_and(|(shown, _)| shown.view == scene.picture.view);
    let stays = scene.more_comes && is_still && !graphics.panels.is_empty();
    graphics.show(&scene.picture, style, size.to_array(), changed && !waits, stays);
    graphics.panels.draw(&mut graphics.programs, size.to_array(), canvas.pixels_per_point);
    if changed && !waits {
        graphics.shown = Some((scene.picture.clone(), clock.now_secs));
        graphics.sliced_secs = Some(scene.sliced_secs);
    }
}
