//! A public screen: an invitation flies over the city, a visitor comes and goes, and nothing of the visit is left.
//!
//! Stands beside the other plugins and changes nothing of theirs while nobody is there. What a visit is stands in
//! [`visit`], what of it is put back in [`session`], both without the engine's hands in them; here are the systems that
//! carry it out. Ending and starting the program anew is the business of whoever started it.

mod corners;
mod counts;
mod desk;
mod menu;
mod options;
mod pin;
mod screen;
mod session;
mod tour;
mod visit;

#[cfg(test)]
mod tests;

use bevy::input::ButtonState;
use bevy::prelude::*;
use bevy::window::{CursorOptions, PrimaryWindow, RequestRedraw, WindowEvent};
use bevy_egui::egui::{self, Event};
use bevy_egui::{EguiContexts, EguiInput, EguiPreUpdateSet, EguiPrimaryContextPass};
use glam::DVec2;

pub use options::Kiosk;
pub use pin::Pin;

use crate::erase;
use crate::viewer::ViewerSystems;
use crate::viewer::access::{AccessSystems, Mirror};
use crate::viewer::camera::{Clicks, TheCamera};
use crate::viewer::drive::{Alarm, Clock, DriveSystems, TheCity};
use crate::viewer::panel::{Command, Key, PanelSystems, SearchWish, Wishes, look, search_field};
use crate::viewer::pick::{Selected, Selection};
use crate::viewer::platform;
use crate::viewer::remote::{Held, Signal};
use crate::viewer::search::Search;
use crate::viewer::settings::{Canvas, Settings};
use desk::{Desk, End};
use session::Session;
use tour::Tour;
use visit::{Stage, Visit};

/// The exit code with which a public screen asks to be started anew.
pub const RESTART_CODE: u8 = 10;

/// Whether a file can hold how often a screen is used: it is one already, or there is none yet.
///
/// # Errors
/// A sentence that names the file.
pub fn check_counts(file: &std::path::Path) -> Result<(), String> {
    desk::read(file).map(drop)
}

/// Frames a second while nobody is there.
const ATTRACT_FRAMES: f64 = 30.0;
/// How often it is said that all is well, seconds.
const ALIVE_SECS: f64 = 5.0;
/// How often a test's clock is read, seconds.
const CLOCK_SECS: f64 = 1.0;

/// Makes a public screen of the window.
pub struct KioskPlugin {
    /// How it is set up.
    pub kiosk: Kiosk,
}

impl Plugin for KioskPlugin {
    fn build(&self, app: &mut App) {
        // What was typed is not to be found in what was given back.
        erase::begin();
        let start = app.world().resource::<Settings>().clone();
        app.insert_resource(KioskScreen::new(&self.kiosk, start))
            .add_systems(First, read_time.after(DriveSystems::Tick))
            .add_systems(PreUpdate, feel.before(EguiPreUpdateSet::ProcessInput))
            .add_systems(PreUpdate, feel_the_mirror.after(AccessSystems::Obey).before(EguiPreUpdateSet::BeginPass))
            .add_systems(PreUpdate, keep_in.after(EguiPreUpdateSet::ProcessInput).before(EguiPreUpdateSet::BeginPass))
            .add_systems(Update, fly.after(ViewerSystems::Open).before(ViewerSystems::Camera))
            .add_systems(Update, count.after(ViewerSystems::Pick))
            .add_systems(
                EguiPrimaryContextPass,
                (type_on_screen, draw).chain().after(PanelSystems::Draw).before(PanelSystems::CarryOut),
            )
            // What this frame shows has been told before all of it is forgotten.
            .add_systems(
                Last,
                (forget.after(AccessSystems::Look), (wake, say_alive)).chain().before(DriveSystems::Rest),
            );
    }
}

/// The public screen.
#[derive(Resource)]
pub struct KioskScreen {
    kiosk: Kiosk,
    /// The settings at the start.
    start: Settings,
    visit: Visit,
    desk: Desk,
    now_secs: f64,
    /// What a test's clock told last.
    told_secs: Option<f64>,
    /// Where the mouse points, logical pixels.
    pointer: DVec2,
    /// Whether there is a keyboard on the screen.
    has_keyboard: bool,
    tour: Option<(Tour, f64)>,
    is_night: bool,
    next_alive_secs: f64,
    next_clock_secs: f64,
}

impl KioskScreen {
    fn new(kiosk: &Kiosk, start: Settings) -> Self {
        Self {
            kiosk: kiosk.clone(),
            start,
            visit: Visit::new(kiosk.idle_secs),
            desk: Desk::open(kiosk.pin.clone(), kiosk.counts.clone()),
            now_secs: 0.0,
            told_secs: None,
            pointer: DVec2::ZERO,
            has_keyboard: false,
            tour: None,
            is_night: false,
            next_alive_secs: 0.0,
            next_clock_secs: 0.0,
        }
    }

    /// What the screen does, in words for tests.
    pub fn as_json(&self) -> serde_json::Value {
        let stage = match self.visit.stage() {
            Stage::Attract => serde_json::json!("attract"),
            Stage::Visiting => serde_json::json!("visiting"),
            Stage::Countdown(left) => serde_json::json!(left),
            Stage::Reset => serde_json::json!("reset"),
        };
        let (menu, told_secs) = (self.desk.menu.name(), self.told_secs);
        serde_json::json!({ "stage": stage, "menu": menu, "night": self.is_night, "told_secs": told_secs })
    }

    /// Who has just come sees the city from its start.
    fn greet(&mut self, was: Stage, settings: &mut Settings, wishes: &mut Wishes) {
        if was == Stage::Attract && self.visit.stage() == Stage::Visiting {
            self.tour = None;
            settings.panels = true;
            wishes.0.push(Command::Home);
        }
    }

    fn is_attracting(&self) -> bool {
        self.visit.stage() == Stage::Attract
    }
}

/// The time that visits go by: the viewer's, or what a test's clock says.
fn read_time(mut screen: ResMut<KioskScreen>, clock: Res<Clock>) {
    let screen = &mut *screen;
    if let Some(tell) = &screen.kiosk.clock
        && clock.now_secs >= screen.next_clock_secs
    {
        screen.told_secs = tell().or(screen.told_secs);
        screen.next_clock_secs = clock.now_secs + CLOCK_SECS;
    }
    screen.now_secs = screen.told_secs.unwrap_or(clock.now_secs);
}

/// Takes in touches. A finger or thing that only rests on the screen is none: it may be dirt.
fn feel(
    mut screen: ResMut<KioskScreen>,
    mut events: MessageReader<WindowEvent>,
    buttons: Res<ButtonInput<MouseButton>>,
    mut cursor: Query<&mut CursorOptions, With<PrimaryWindow>>,
    canvas: Res<Canvas>,
    mut settings: ResMut<Settings>,
    mut wishes: ResMut<Wishes>,
) {
    let screen = &mut *screen;
    let was = screen.visit.stage();
    screen.visit.tick(screen.now_secs);
    let mut by_mouse = None;
    for event in events.read() {
        let pressed_at = match event {
            WindowEvent::CursorMoved(moved) => {
                screen.pointer = moved.position.as_dvec2();
                by_mouse = Some(true);
                if buttons.get_pressed().next().is_none() {
                    continue;
                }
                None
            }
            WindowEvent::MouseButtonInput(button) => (button.state == ButtonState::Pressed).then_some(screen.pointer),
            WindowEvent::TouchInput(touch) => {
                by_mouse = Some(false);
                (touch.phase == bevy::input::touch::TouchPhase::Started).then_some(touch.position.as_dvec2())
            }
            WindowEvent::KeyboardInput(key) if key.state == ButtonState::Pressed => None,
            WindowEvent::MouseWheel(_) | WindowEvent::PinchGesture(_) => None,
            _ => continue,
        };
        screen.visit.touch(screen.now_secs);
        if let Some(at) = pressed_at {
            screen.desk.feel(at, canvas.size_pt, screen.now_secs);
        }
    }
    // A finger needs no arrow beside it.
    for mut cursor in &mut cursor {
        cursor.visible = by_mouse.unwrap_or(cursor.visible);
    }
    screen.greet(was, &mut settings, &mut wishes);
}

/// Takes in what is done in the mirror, with a keyboard or a screen reader: no window hears of that.
fn feel_the_mirror(
    mut screen: ResMut<KioskScreen>,
    mut mirror: ResMut<Mirror>,
    mut settings: ResMut<Settings>,
    mut wishes: ResMut<Wishes>,
) {
    if mirror.take_used() {
        let was = screen.visit.stage();
        let now_secs = screen.now_secs;
        screen.visit.touch(now_secs);
        screen.greet(was, &mut settings, &mut wishes);
    }
}

/// Keeps what is done in the program: nothing goes to or comes from the clipboard. And moves the panels a little.
fn keep_in(mut inputs: Query<&mut EguiInput>, clock: Res<Clock>) {
    for mut input in &mut inputs {
        without_clipboard(&mut input.events);
        input.screen_rect = input.screen_rect.map(|rect| screen::shifted(rect, clock.now_secs));
    }
}

fn without_clipboard(events: &mut Vec<Event>) {
    let mut pastes = false;
    events.retain(|event| {
        // In a window what is pasted comes as text, right after its key.
        let is_pasted = std::mem::take(&mut pastes) && matches!(event, Event::Text(_));
        pastes = matches!(event, Event::Key { key: egui::Key::V, pressed: true, modifiers, .. } if modifiers.command);
        !is_pasted && !matches!(event, Event::Copy | Event::Cut | Event::Paste(_))
    });
}

/// Flies over the sights while nobody is there.
fn fly(mut screen: ResMut<KioskScreen>, mut camera: ResMut<TheCamera>, city: Res<TheCity>, clock: Res<Clock>) {
    screen.is_night = screen.kiosk.night.is_some() && screen.kiosk.is_night(platform::local_time().time());
    let Some(start) = city.start_pose().filter(|_| city.is_framed() && screen.is_attracting() && !screen.is_night)
    else {
        return;
    };
    let (tour, since_secs) = screen.tour.get_or_insert_with(|| {
        let places = city.twin.iter().flat_map(|twin| twin.places.iter().map(|place| place.pose));
        (Tour::new(&start, &places.collect::<Vec<_>>(), &city.frame), clock.now_secs)
    });
    let (rig, distance_m) = tour.at(clock.now_secs - *since_secs, &camera.rig);
    (camera.rig, camera.distance_m, camera.flight) = (rig, distance_m, None);
}

/// Shows the keyboard from the time that the search field is touched until a hit is picked, the city or a name in it is
/// touched, or it is put away; and types what is touched on it.
fn type_on_screen(
    mut contexts: EguiContexts,
    mut screen: ResMut<KioskScreen>,
    search: Res<Search>,
    settings: Res<Settings>,
    clicks: Res<Clicks>,
    mut wishes: ResMut<Wishes>,
) {
    let Ok(context) = contexts.ctx_mut() else { return };
    let screen = &mut *screen;
    let follows = |wish: &Command| matches!(wish, Command::Search(SearchWish::Pick(_) | SearchWish::Confirm(_)));
    let followed = wishes.0.iter().filter(|wish| follows(wish)).count();
    screen.desk.tally.searches += followed as u64;
    screen.has_keyboard |= context.memory(|memory| memory.focused()) == Some(search_field());
    let is_led = wishes.0.iter().any(|wish| matches!(wish, Command::ShowSight(_)));
    screen.has_keyboard &=
        followed == 0 && !is_led && clicks.click.is_none() && screen.visit.stage() == Stage::Visiting;
    if !screen.has_keyboard || screen.desk.is_open() {
        return look::take_below(context, 0.0);
    }
    let Some(key) = screen::keyboard(context, settings.language) else { return };
    let mut text = search.state().0.to_owned();
    key.apply(&mut text);
    screen.has_keyboard = !matches!(key, Key::Hide | Key::Enter);
    match key {
        Key::Char(_) | Key::Back => wishes.0.push(Command::Search(SearchWish::Type(text))),
        Key::Clear => wishes.0.push(Command::Search(SearchWish::Clear)),
        Key::Enter => {
            screen.desk.tally.searches += 1;
            wishes.0.push(Command::Search(SearchWish::Confirm(text)));
        }
        Key::Hide => {}
    }
    if !screen.has_keyboard {
        context.memory_mut(|memory| memory.surrender_focus(search_field()));
    }
}

/// Counts what is opened.
fn count(mut screen: ResMut<KioskScreen>, selection: Res<Selection>, mut seen: Local<Option<Seen>>) {
    let now = match &selection.selected {
        Selected::Nothing => None,
        Selected::Building(picked) => Some(Seen::House(picked.id.clone())),
        Selected::Plan(layer, plan) => Some(Seen::Plan(layer.clone(), plan.clone())),
    };
    if *seen != now {
        match &now {
            Some(Seen::House(_)) => screen.desk.tally.houses += 1,
            Some(Seen::Plan(..)) => screen.desk.tally.plans += 1,
            None => {}
        }
        *seen = now;
    }
}

/// What was counted last.
#[derive(PartialEq)]
enum Seen {
    House(String),
    Plan(String, String),
}

/// Draws what is over the city and its panels.
fn draw(
    mut contexts: EguiContexts,
    mut screen: ResMut<KioskScreen>,
    settings: Res<Settings>,
    clock: Res<Clock>,
    held: Option<Res<Held>>,
    mut exit: MessageWriter<AppExit>,
) {
    let Ok(context) = contexts.ctx_mut() else { return };
    let language = settings.language;
    let screen = &mut *screen;
    match screen.visit.stage() {
        Stage::Attract => screen::attract(context, clock.now_secs, screen.is_night),
        Stage::Countdown(left) => screen::countdown(context, left, language),
        Stage::Visiting if screen.desk.is_open() => {
            let end = screen.desk.draw(context, screen.now_secs, language);
            exit.write_batch(end.and_then(|end| carried_out(end, held.as_deref())));
        }
        Stage::Visiting if screen.has_keyboard => {}
        Stage::Visiting => {
            if screen::done(context, language) {
                screen.visit.finish();
            }
        }
        Stage::Reset => {}
    }
}

/// Has whoever holds the viewer end the screen, as a page does; where nobody does, says how the program is to end.
fn carried_out(end: End, held: Option<&Held>) -> Option<AppExit> {
    let Some(held) = held else {
        return Some(match end {
            End::Anew => AppExit::from_code(RESTART_CODE),
            End::ForGood => AppExit::Success,
        });
    };
    held.tell(&Signal::Ends { for_good: end == End::ForGood });
    None
}

/// Forgets a visit that is over, and tells whoever shows something of it.
fn forget(
    mut screen: ResMut<KioskScreen>,
    mut session: Session,
    held: Option<Res<Held>>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let screen = &mut *screen;
    if screen.visit.stage() != Stage::Reset {
        return;
    }
    screen.desk.close(session.language(), platform::local_time().date());
    session.forget(&screen.start);
    screen.visit.was_reset();
    screen.tour = None;
    if let Some(held) = held {
        held.tell(&Signal::Forgotten);
    }
    redraw.write(RequestRedraw);
}

/// Has frames come when they are due.
fn wake(screen: Res<KioskScreen>, city: Res<TheCity>, mut alarm: ResMut<Alarm>) {
    let is_flying = screen.is_attracting() && city.is_framed() && !screen.is_night;
    if is_flying {
        alarm.pace(1.0 / ATTRACT_FRAMES);
    }
    if screen.kiosk.clock.is_some() {
        alarm.set(screen.next_clock_secs);
    }
    // What is due by a test's clock shows when it is read.
    if screen.told_secs.is_none() {
        screen.visit.due_secs().into_iter().for_each(|at_secs| alarm.set(at_secs));
    }
}

/// Says that all is well. Where nobody listens any more the program ends.
fn say_alive(
    mut screen: ResMut<KioskScreen>,
    mut alarm: ResMut<Alarm>,
    clock: Res<Clock>,
    mut exit: MessageWriter<AppExit>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let Some(alive) = screen.kiosk.alive.clone() else { return };
    if clock.now_secs >= screen.next_alive_secs {
        screen.next_alive_secs = clock.now_secs + ALIVE_SECS;
        if !alive() {
            exit.write(AppExit::Success);
            redraw.write(RequestRedraw);
        }
    }
    alarm.set(screen.next_alive_secs);
}
