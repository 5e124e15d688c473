//! The search field's state: loads the published index once the first tiles are drawn, finds while somebody types, and
//! says where to go when a hit is picked.
//!
//! Both files of the index come whole; what is typed never leaves the machine and is forgotten when a hit is picked.

use std::sync::Arc;

use bevy::prelude::*;
use bevy::tasks::futures::check_ready;
use bevy::tasks::{AsyncComputeTaskPool, Task};
use url::Url;

use super::drive::{Alarm, Clock, Incoming, TheCity};
use super::panel::{MOST_HITS, SearchView, SearchWish};
use super::places::Places;
use super::settings::Settings;
use super::{ViewerSystems, platform};
use crate::fetch::{Body, Fetch, FetchError, RequestId};
use crate::search::{Addresses, Hit, Index, SearchError};
use crate::stream::{Failure, FailureKind};
use crate::twin::{Language, SearchInfo};

/// Searches.
pub struct SearchPlugin;

impl Plugin for SearchPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Search>().add_systems(Update, load.run_if(has_field).after(ViewerSystems::Stream));
    }
}

fn has_field(settings: Res<Settings>) -> bool {
    platform::has_search_field(settings.public)
}

/// What is searched and found.
#[derive(Resource, Default)]
pub struct Search {
    index: Option<Index>,
    names: Incoming,
    addresses: Incoming,
    reading: Option<Reading>,
    /// How many layers of places are in the index.
    layers: usize,
    lane: Option<Arc<dyn Fetch>>,
    query: String,
    hits: Vec<Hit>,
    marked: usize,
    language: Language,
}

/// The house numbers while they are read, beside the frames.
struct Reading {
    url: Url,
    task: Task<Result<Addresses, SearchError>>,
}

/// How often is looked whether they have been, seconds.
const READING_SECS: f64 = 0.1;

/// Asks for the index of an open twin, names before addresses, and takes it in.
fn load(
    mut search: ResMut<Search>,
    city: Res<TheCity>,
    places: Res<Places>,
    mut alarm: ResMut<Alarm>,
    clock: Res<Clock>,
) {
    let (Some(twin), Some(base)) = (&city.twin, &city.base) else { return };
    let Some(SearchInfo { names, addresses }) = &twin.search else { return };
    // The picture first.
    if search.lane.is_none() && city.drawn().is_empty() {
        return;
    }
    let search = &mut *search;
    let lane = Arc::clone(search.lane.get_or_insert_with(|| city.exchange.lane()));
    for (id, answer) in lane.poll() {
        search.take_in(id, answer, &twin.policy_hash, clock.now_secs);
    }
    search.take_what_was_read();
    search.names.ask(base, names, 0.5, lane.as_ref(), clock.now_secs);
    if search.names.is_there() {
        search.addresses.ask(base, addresses, 0.5, lane.as_ref(), clock.now_secs);
    }
    search.add_places(&places);
    let reading = search.reading.as_ref().map(|_| clock.now_secs + READING_SECS);
    [search.names.due_secs(), search.addresses.due_secs(), reading].iter().flatten().for_each(|at| alarm.set(*at));
}

impl Search {
    /// Adds the layers of places that have come since, each once, in the order of the twin.
    fn add_places(&mut self, places: &Places) {
        let Some(index) = &mut self.index else { return };
        let come: Vec<_> = places.files().iter().map_while(|file| Some((file.info.category, file.layer()?))).collect();
        for (category, layer) in come.iter().skip(self.layers) {
            index.add_places(*category, layer);
        }
        if come.len() > self.layers {
            self.layers = come.len();
            self.find(self.language);
        }
    }

    fn take_in(&mut self, id: RequestId, answer: Result<Body, FetchError>, policy_hash: &str, now_secs: f64) {
        if self.names.awaits(id) {
            let names = |body: Body| {
                let read = Index::parse(&body.bytes).map_err(|error| error.to_string())?;
                let is_the_citys = read.policy_hash() == policy_hash;
                is_the_citys
                    .then_some(read)
                    .ok_or_else(|| "it was released under another policy than the city".to_owned())
            };
            self.index = self.names.take_in(answer, now_secs, names);
            self.find(self.language);
        } else if self.addresses.awaits(id) {
            let body = self.addresses.take_in(answer, now_secs, Ok::<_, SearchError>);
            self.reading = body.map(|Body { url, bytes }| {
                let task = AsyncComputeTaskPool::get().spawn(async move { Addresses::parse(&bytes) });
                Reading { url, task }
            });
        }
    }

    /// Takes in house numbers that have been read.
    fn take_what_was_read(&mut self) {
        let Some(Reading { url, task }) = &mut self.reading else { return };
        let Some(read) = check_ready(task) else { return };
        let taken =
            read.and_then(|addresses| self.index.as_mut().map_or(Ok(()), |index| index.take_addresses(addresses)));
        if let Err(error) = taken {
            self.addresses.give_up(Failure::new(FailureKind::Broken, format!("{url}: {error}")));
        }
        self.reading = None;
        self.find(self.language);
    }

    /// What the field shows; `None` where the city has no index.
    pub fn view(&self, city: &TheCity, language: Language) -> Option<SearchView<'_>> {
        city.twin.as_ref()?.search.as_ref()?;
        let setback = self.names.setback().or(self.addresses.setback());
        Some(SearchView {
            query: &self.query,
            hits: &self.hits,
            marked: self.marked,
            is_loading: !self.names.is_there(),
            failed: setback.map(|setback| &setback.why),
            language,
        })
    }

    /// Carries out what the field asks for; gives the hit that was picked.
    pub fn carry_out(&mut self, wish: SearchWish, language: Language) -> Option<Hit> {
        match wish {
            SearchWish::Type(query) => self.look_for(query, language),
            SearchWish::Mark(marked) => self.marked = marked.min(self.hits.len().saturating_sub(1)),
            SearchWish::Pick(number) => return self.pick(number),
            SearchWish::Confirm(query) => {
                if query != self.query {
                    self.look_for(query, language);
                }
                return self.pick(self.marked);
            }
            SearchWish::Clear => self.look_for(String::new(), language),
        }
        None
    }

    /// Forgets what was typed and found.
    pub fn forget(&mut self) {
        // Given back, and not kept for what is typed next.
        (self.query, self.hits, self.marked) = (String::new(), Vec::new(), 0);
    }

    /// Finds again, in a language.
    pub fn find(&mut self, language: Language) {
        self.language = language;
        self.hits = match &self.index {
            Some(index) => index.find(&self.query, language, MOST_HITS),
            None => Vec::new(),
        };
        self.marked = self.marked.min(self.hits.len().saturating_sub(1));
    }

    /// Asks again for what did not come, without waiting for its time.
    pub fn retry(&mut self) {
        self.names.retry();
        self.addresses.retry();
    }

    /// Whether nothing of the index is on its way or being read.
    pub fn is_settled(&self) -> bool {
        !self.names.is_asked_for() && !self.addresses.is_asked_for() && self.reading.is_none()
    }

    /// What was typed, and the titles of what was found.
    pub fn state(&self) -> (&str, Vec<&str>) {
        (&self.query, self.hits.iter().map(|hit| hit.title.as_str()).collect())
    }

    /// Whether house numbers can be found.
    pub fn has_addresses(&self) -> bool {
        self.addresses.is_there() && self.reading.is_none()
    }

    fn look_for(&mut self, query: String, language: Language) {
        self.query = query;
        self.marked = 0;
        self.find(language);
    }

    fn pick(&mut self, number: usize) -> Option<Hit> {
        let hit = self.hits.get(number).cloned()?;
        self.forget();
        Some(hit)
    }
}
