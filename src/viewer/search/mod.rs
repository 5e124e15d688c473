//! The search field's state: loads the published index once the first tiles are drawn, finds while somebody types, and
//! says where to go when a hit is picked.
//!
//! Both files of the index come whole; what is typed never leaves the machine and is forgotten when a hit is picked.

use std::sync::Arc;

use bevy::prelude::*;
use url::Url;

use super::drive::{Alarm, Clock, TheCity};
use super::panel::{MOST_HITS, SearchView, SearchWish};
use super::places::Places;
use super::settings::Settings;
use super::{ViewerSystems, platform};
use crate::fetch::{Body, Fetch, FetchError, Request, RequestId};
use crate::search::{Hit, Index};
use crate::stream::{Setback, join};
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
    names: Part,
    addresses: Part,
    /// How many layers of places are in the index.
    layers: usize,
    lane: Option<Arc<dyn Fetch>>,
    query: String,
    hits: Vec<Hit>,
    marked: usize,
    language: Language,
}

/// A file of the index on its way.
#[derive(Default)]
struct Part {
    request: Option<RequestId>,
    setback: Option<Setback>,
    is_there: bool,
}

impl Part {
    /// Asks for the file where it has not been asked for, or is due again.
    fn ask(&mut self, base: &Url, path: &str, lane: &dyn Fetch, now_secs: f64) {
        let due = self.setback.as_ref().is_none_or(|setback| setback.retry_at_secs.is_some_and(|at| at <= now_secs));
        if self.is_there || self.request.is_some() || !due {
            return;
        }
        match join(base, path) {
            Ok(url) => self.request = Some(lane.start(Request { url, priority: 0.5 })),
            Err(error) => self.setback = Some(Setback::for_good(format!("{path}: {error}"))),
        }
    }

    /// Takes in what came, by `read`.
    fn take_in(
        &mut self,
        outcome: Result<Body, FetchError>,
        now_secs: f64,
        read: impl FnOnce(&[u8]) -> Result<(), String>,
    ) {
        self.request = None;
        let read = match outcome {
            Ok(body) => read(&body.bytes).map_err(|error| Setback::for_good(format!("{}: {error}", body.url))),
            Err(error) => Err(Setback::after(self.setback.as_ref(), &error, now_secs)),
        };
        self.is_there = read.is_ok();
        self.setback = read.err();
    }
}

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
    for (id, outcome) in lane.poll() {
        search.take_in(id, outcome, &twin.policy_hash, clock.now_secs);
    }
    search.names.ask(base, names, lane.as_ref(), clock.now_secs);
    if search.names.is_there {
        search.addresses.ask(base, addresses, lane.as_ref(), clock.now_secs);
    }
    search.add_places(&places);
    let parts = [&search.names, &search.addresses];
    parts.iter().filter_map(|part| part.setback.as_ref()?.retry_at_secs).for_each(|at_secs| alarm.set(at_secs));
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

    fn take_in(&mut self, id: RequestId, outcome: Result<Body, FetchError>, policy_hash: &str, now_secs: f64) {
        if self.names.request == Some(id) {
            let index = &mut self.index;
            self.names.take_in(outcome, now_secs, |bytes| {
                let read = Index::parse(bytes).map_err(|error| error.to_string())?;
                if read.policy_hash() != policy_hash {
                    return Err("it was released under another policy than the city".to_owned());
                }
                *index = Some(read);
                Ok(())
            });
        } else if self.addresses.request == Some(id)
            && let Some(index) = &mut self.index
        {
            self.addresses
                .take_in(outcome, now_secs, |bytes| index.add_addresses(bytes).map_err(|error| error.to_string()));
        }
        self.find(self.language);
    }

    /// What the field shows; `None` where the city has no index.
    pub fn view(&self, city: &TheCity, language: Language) -> Option<SearchView<'_>> {
        city.twin.as_ref()?.search.as_ref()?;
        let setback = self.names.setback.as_ref().or(self.addresses.setback.as_ref());
        Some(SearchView {
            query: &self.query,
            hits: &self.hits,
            marked: self.marked,
            is_loading: !self.names.is_there,
            failed: setback.map(|setback| setback.why.as_str()),
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
        (self.names.setback, self.addresses.setback) = (None, None);
    }

    /// Whether nothing of the index is on its way.
    pub fn is_settled(&self) -> bool {
        self.names.request.is_none() && self.addresses.request.is_none()
    }

    /// What was typed, and the titles of what was found.
    pub fn state(&self) -> (&str, Vec<&str>) {
        (&self.query, self.hits.iter().map(|hit| hit.title.as_str()).collect())
    }

    /// Whether house numbers can be found.
    pub fn has_addresses(&self) -> bool {
        self.addresses.is_there
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
