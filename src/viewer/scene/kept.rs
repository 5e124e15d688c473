//! A copy of the city as it was drawn, for frames that show the same. It is made and shown after the city's own pass and
//! before the panels; when, `repeats` says.

use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, Texture, TextureUsages};
use bevy::render::renderer::{RenderContext, RenderDevice, ViewQuery};
use bevy::render::view::ViewTarget;

use super::gpu::{GpuScene, texture};
use super::repeats::{Repeats, Way};

/// What is known of the city on the screen, and the copy of it.
#[derive(Default)]
pub struct KeptCity {
    changed: bool,
    repeats: Repeats,
    way: Way,
    copy: Option<Texture>,
}

impl KeptCity {
    /// Notes that the next frame shows another city than the last one.
    pub fn change(&mut self) {
        self.changed = true;
    }

    /// Begins a frame whose city is drawn into that; gives what is done for it.
    pub fn begin(&mut self, target: &Texture) -> Way {
        let is_like = |copy: &Texture| (copy.size(), copy.format()) == (target.size(), target.format());
        if self.copy.as_ref().is_some_and(|copy| !is_like(copy)) {
            self.copy = None;
            self.changed = true;
        }
        self.way = self.repeats.next(std::mem::take(&mut self.changed), false);
        self.way
    }
}

/// Copies the city of this frame, or shows the copy. Runs once a camera, between the city and the panels.
pub fn keep_city(
    view: ViewQuery<&ViewTarget>,
    scene: Option<ResMut<GpuScene>>,
    device: Res<RenderDevice>,
    mut context: RenderContext,
) {
    let Some(mut scene) = scene else { return };
    let target = view.into_inner().main_texture();
    let kept = &mut scene.kept;
    if kept.way == Way::Drawn {
        return;
    }
    let copy = kept.copy.get_or_insert_with(|| copy_of(&device, target));
    let (from, to) = if kept.way == Way::Copied { (target, &*copy) } else { (&*copy, target) };
    context.command_encoder().copy_texture_to_texture(from.as_image_copy(), to.as_image_copy(), target.size());
}

fn copy_of(device: &RenderDevice, target: &Texture) -> Texture {
    let Extent3d { width, height, .. } = target.size();
    let usage = TextureUsages::COPY_SRC | TextureUsages::COPY_DST;
    device.create_texture(&texture("kept city", [width, height], target.format(), usage, 1))
}
