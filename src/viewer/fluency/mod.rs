//! Keeps moves fluid on machines that are too slow for the whole picture: while the camera moves, less is drawn there.
//!
//! It stands behind the streaming, which says what the whole picture is, and before whatever draws. A camera at rest
//! gets the whole picture, drawn once, so that nothing that is looked at lacks anything. Which tiles are drawn is the
//! same at all steps: houses that are walked to and picked do not come and go.

mod ladder;

use bevy::prelude::*;

use crate::viewer::ViewerSystems;
use crate::viewer::camera::{Rig, TheCamera};
use crate::viewer::drive::{Alarm, Clock};
use crate::viewer::options::MovingPicture;
use crate::viewer::scene::{ENLARGES, Quality, Scene};
use crate::viewer::settings::Settings;
use ladder::Ladder;

/// Draws less while the camera moves, where that is needed.
pub struct FluencyPlugin;

impl Plugin for FluencyPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Fluency>()
            .add_systems(Update, follow.after(ViewerSystems::Stream).before(ViewerSystems::Overlay));
    }
}

/// A camera that has not moved for so long is at rest, seconds: a hand that turns the wheel pauses for less.
const REST_SECS: f64 = 0.25;
/// Where pictures are slow a hand is given the time of so many of them.
const REST_PICTURES: f64 = 2.0;
/// But no longer than this, seconds.
const LONGEST_REST_SECS: f64 = 2.0;

/// What is left out of the picture, each step with what the ones before leave out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    #[default]
    Whole,
    /// The smoothing of shadows' borders.
    HarderShadows,
    /// Shadows.
    WithoutShadows,
    /// Edges of roofs and walls.
    WithoutEdges,
    /// Three of four pixels.
    HalfPixels,
}

impl Step {
    const ALL: [Self; 5] =
        [Self::Whole, Self::HarderShadows, Self::WithoutShadows, Self::WithoutEdges, Self::HalfPixels];
    const LOWEST: Self = if ENLARGES { Self::HalfPixels } else { Self::WithoutEdges };

    /// What is drawn at this step of a picture. The shadow map is kept as it is, so that a picture at rest finds it.
    fn of(self, whole: Quality) -> Quality {
        match self {
            Self::Whole => whole,
            Self::HarderShadows => Quality { shadow_taps: whole.shadow_taps.min(1), ..whole },
            Self::WithoutShadows => Quality { shadow_taps: 0, ..whole },
            Self::WithoutEdges => Quality { shadow_taps: 0, edges: false, ..whole },
            Self::HalfPixels => Quality { half_pixels: true, ..Self::WithoutEdges.of(whole) },
        }
    }
}

/// How much of the picture is drawn.
#[derive(Resource)]
pub struct Fluency {
    ladder: Ladder,
    step: Step,
    /// The camera of the frame before, and whether it was another one than before that.
    seen_from: Option<Rig>,
    moved: bool,
    /// When the camera is at rest, if it does not move until then.
    rests_at_secs: f64,
    /// When the window is woken for that. It is not put off with each move: each change of the alarm costs a frame.
    wakes_at_secs: f64,
}

impl Default for Fluency {
    fn default() -> Self {
        let ladder = Ladder::new(Step::LOWEST as usize);
        let never = f64::NEG_INFINITY;
        let (rests_at_secs, wakes_at_secs) = (never, never);
        Self { ladder, step: Step::Whole, seen_from: None, moved: false, rests_at_secs, wakes_at_secs }
    }
}

impl Fluency {
    /// What the frame leaves out.
    pub fn step(&self) -> Step {
        self.step
    }

    /// When the window is to be woken, to see whether the camera is at rest.
    fn wakes_at_secs(&mut self, now_secs: f64) -> f64 {
        if self.wakes_at_secs <= now_secs {
            self.wakes_at_secs = self.rests_at_secs;
        }
        self.wakes_at_secs
    }

    /// Takes a frame: where its camera is, what the user wants, whether the camera jumps, and when it is.
    fn take(&mut self, rig: Rig, wish: MovingPicture, jumps: bool, clock: &Clock) {
        let moves = self.seen_from.replace(rig).is_some_and(|before| before != rig);
        let moved = std::mem::replace(&mut self.moved, moves);
        // The time is the one of the frame before, and between two moves that are apart it says nothing.
        let was_judged = self.step as usize == self.ladder.step() && wish == MovingPicture::Automatic;
        if moves && moved && was_judged {
            self.ladder.take(clock.busy_secs);
        }
        // A jump is over with its frame: nothing is gained, and the picture would change twice.
        let is_jump = jumps && !moved && clock.now_secs >= self.rests_at_secs;
        if moves && !is_jump {
            let pause_secs = (clock.busy_secs * REST_PICTURES).clamp(REST_SECS, LONGEST_REST_SECS);
            self.rests_at_secs = clock.now_secs + pause_secs;
        }
        self.step = match wish {
            _ if clock.now_secs >= self.rests_at_secs => Step::Whole,
            MovingPicture::Automatic => Step::ALL.get(self.ladder.step()).copied().unwrap_or(Step::LOWEST),
            MovingPicture::Fine => Step::Whole,
            MovingPicture::Fast => Step::LOWEST,
        };
    }
}

/// Draws what the step leaves, and asks for a frame in which the camera is at rest.
fn follow(
    mut fluency: ResMut<Fluency>,
    mut scene: ResMut<Scene>,
    mut alarm: ResMut<Alarm>,
    camera: Res<TheCamera>,
    settings: Res<Settings>,
    clock: Res<Clock>,
) {
    // Viewers that are put side by side draw the same at all times.
    if settings.bench {
        return;
    }
    fluency.take(camera.rig, settings.moving, settings.still, &clock);
    if fluency.step != Step::Whole {
        scene.lower_quality(|whole| fluency.step.of(whole));
        alarm.set(fluency.wakes_at_secs(clock.now_secs));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of a camera that moves in some of them, each of so many milliseconds; gives the steps.
    fn steps(fluency: &mut Fluency, wish: MovingPicture, frame_ms: f64, moves: &[bool]) -> Vec<Step> {
        let mut clock = Clock { now_secs: 100.0, busy_secs: frame_ms / 1000.0, ..Clock::default() };
        let mut rig = TheCamera::default().rig;
        let frame = |moves: &bool| {
            rig.eye.x += f64::from(u8::from(*moves));
            clock.now_secs += frame_ms / 1000.0;
            fluency.take(rig, wish, false, &clock);
            fluency.step()
        };
        moves.iter().map(frame).collect()
    }

    #[test]
    fn less_is_drawn_while_the_camera_moves_and_everything_at_rest() {
        let mut fluency = Fluency::default();
        let moving = steps(&mut fluency, MovingPicture::Automatic, 62.5, &[true; 200]);
        let mut order = moving;
        order.dedup();
        assert_eq!(order, Step::ALL[..=Step::LOWEST as usize]);
        // Known from the first frame on, until the camera has been at rest for a quarter of a second.
        let mut again = vec![true, true];
        again.resize(10, false);
        let expected = [[Step::LOWEST; 5], [Step::Whole; 5]].concat();
        assert_eq!(steps(&mut fluency, MovingPicture::Automatic, 62.5, &again), expected);
    }

    #[test]
    fn a_pause_between_slow_pictures_is_no_rest() {
        let mut fluency = Fluency::default();
        steps(&mut fluency, MovingPicture::Automatic, 312.5, &[true; 60]);
        let paused = steps(&mut fluency, MovingPicture::Automatic, 312.5, &[true, false, true, false, false, false]);
        const LOWEST: Step = Step::LOWEST;
        assert_eq!(paused, [LOWEST, LOWEST, LOWEST, LOWEST, Step::Whole, Step::Whole]);
    }

    #[test]
    fn whoever_wishes_it_sees_moves_in_full_or_as_fast_as_can_be() {
        let of = |wish| steps(&mut Fluency::default(), wish, 125.0, &[false, true, true, false, false, false, false]);
        use Step::Whole;
        const LOWEST: Step = Step::LOWEST;
        assert_eq!(of(MovingPicture::Fine), [Whole; 7]);
        let fast = [Whole, LOWEST, LOWEST, LOWEST, Whole, Whole, Whole];
        assert_eq!(of(MovingPicture::Fast), fast);
    }

    #[test]
    fn jumps_say_nothing_of_how_fluid_a_move_is() {
        let jumps: Vec<bool> = (0..200).map(|frame| frame % 2 == 0).collect();
        let seen = steps(&mut Fluency::default(), MovingPicture::Automatic, 400.0, &jumps);
        assert!(seen.iter().all(|step| *step == Step::Whole));
    }

    #[test]
    fn a_camera_that_jumps_does_not_change_the_picture_twice() {
        let mut fluency = Fluency::default();
        let mut rig = TheCamera::default().rig;
        let mut jump = |now_secs| {
            rig.eye.x += 1.0;
            let clock = Clock { now_secs, busy_secs: 0.1, ..Clock::default() };
            fluency.take(rig, MovingPicture::Fast, true, &clock);
            let step = fluency.step();
            fluency.take(rig, MovingPicture::Fast, true, &Clock { now_secs: now_secs + 0.1, ..clock });
            (step, fluency.step())
        };
        assert_eq!([1.0, 2.0, 3.0].map(&mut jump), [(Step::Whole, Step::Whole); 3]);
        // Held keys make a move of it.
        let mut held = |now_secs| {
            rig.eye.x += 1.0;
            fluency.take(rig, MovingPicture::Fast, true, &Clock { now_secs, busy_secs: 0.1, ..Clock::default() });
            fluency.step()
        };
        assert_eq!([5.0, 5.1, 5.2].map(&mut held), [Step::Whole, Step::LOWEST, Step::LOWEST]);
    }

    #[test]
    fn a_long_move_hardly_ever_winds_the_alarm() {
        let mut fluency = Fluency::default();
        let mut rig = TheCamera::default().rig;
        let mut wakes: Vec<f64> = (0..100)
            .filter_map(|frame| {
                rig.eye.x += 1.0;
                let now_secs = 1.0 + f64::from(frame) / 64.0;
                fluency.take(rig, MovingPicture::Fast, false, &Clock { now_secs, ..Clock::default() });
                (fluency.step() != Step::Whole).then(|| fluency.wakes_at_secs(now_secs))
            })
            .collect();
        wakes.dedup();
        // A hundred frames take a second and a half.
        assert!(wakes.len() <= 8, "{wakes:?}");
        assert!(wakes.windows(2).all(|pair| pair[1] - pair[0] >= REST_SECS), "{wakes:?}");
    }

    #[test]
    fn each_step_leaves_out_what_the_one_before_does_and_more() {
        let whole = Quality::default();
        let drawn = Step::ALL.map(|step| step.of(whole)).map(|q| (q.shadow_taps, q.edges, q.half_pixels));
        assert_eq!(drawn, [(2, true, false), (1, true, false), (0, true, false), (0, false, false), (0, false, true)]);
        assert!(Step::ALL.iter().all(|step| step.of(whole).shadow_texels == whole.shadow_texels), "the map stays");
        let bare = Quality { shadow_taps: 0, edges: false, half_pixels: true, ..whole };
        assert!(Step::ALL.iter().all(|step| step.of(bare) == bare), "nothing is added");
    }
}
