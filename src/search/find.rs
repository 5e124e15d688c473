//! A query → hits in order: exact before begun before mistyped, sights and places before streets.

use super::distance::allowed;
use super::fold::MAX_WORDS;
use super::houses::{Choice, Fit, Houses};
use super::number::HouseNumber;
use super::query::{Numbered, Query, Words as Typed, town_words};
use super::words::Meeting;
use super::{Entry, Hit, HitKind, Index};
use crate::twin::Language;

/// Streets that are looked through for a house number, the best ones.
const MOST_STREETS: usize = 40;

/// How well an entry's name fits as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whole {
    /// It is what was typed.
    Same,
    /// It begins so.
    Begins,
    /// Its words are there, in some order.
    Words,
}

/// What speaks for a hit; the least comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    slips: u8,
    /// A street whose whole name was typed comes first, also with another number.
    is_other: bool,
    fit: Fit,
    whole: Whole,
    /// Words that only begin as was typed, or only say where it is.
    loose: u8,
    kind: HitKind,
    /// Letters of the name that were not typed.
    left_over: u16,
    entry: u32,
    house: Option<u32>,
}

/// An entry that has all words of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    entry: u32,
    slips: u8,
    loose: u8,
}

/// What a word that only says where a thing is counts as.
const DETAIL_IS_LOOSE: u8 = 2;

impl Index {
    /// Up to `limit` hits for what was typed so far, the best first; names in `language` where there are several. The
    /// same query gives the same hits.
    pub fn find(&self, query: &str, language: Language, limit: usize) -> Vec<Hit> {
        let towns = town_words(&self.towns);
        let query = Query::parse(query, |word| towns.iter().any(|town| town == word));
        let mut ranks = Vec::new();
        for with_slips in [false, true] {
            if ranks.len() < limit {
                self.rank(&query, with_slips, limit, &mut ranks);
                ranks.sort_unstable();
                let mut seen = std::collections::BTreeSet::new();
                ranks.retain(|rank| seen.insert((rank.entry, rank.house)));
            }
        }
        let asked = query.with_number.as_ref().map(|numbered| &numbered.number);
        ranks.truncate(limit);
        ranks.iter().filter_map(|rank| self.hit(rank, asked, language)).collect()
    }

    /// Ranks everything that has all words, and the houses of streets that have those beside a number.
    fn rank(&self, query: &Query, with_slips: bool, limit: usize, ranks: &mut Vec<Rank>) {
        let before = ranks.len();
        ranks.extend(self.ranked(&query.as_name, with_slips));
        // A number that is part of a name is nobody's house number.
        let is_name = ranks.len() > before;
        let Some(Numbered { number, words, is_last }) = &query.with_number else { return };
        let mut streets: Vec<Rank> = self.ranked(words, with_slips).collect();
        streets.retain(|rank| rank.kind == HitKind::Street);
        streets.sort_unstable();
        streets.truncate(MOST_STREETS.max(limit));
        let Some(houses) = &self.houses else { return ranks.extend(streets) };
        for (nth, street) in streets.into_iter().enumerate() {
            let choices = houses.choose(street.entry as usize, number, *is_last, limit);
            if choices.is_empty() {
                ranks.push(Rank { fit: Fit::Nowhere, ..street });
            }
            let of_house = |Choice { house, fits }: Choice| Rank {
                fit: fits,
                kind: HitKind::Address,
                house: Some(house),
                ..street
            };
            // Of further streets the nearest house alone: their neighbours are not to push out what begins so.
            let is_wanted = |choice: &Choice| match choice.fits {
                Fit::Nearest(nearer) => !is_name && (nth == 0 || nearer == 0),
                _ => true,
            };
            let choices = choices.into_iter().filter(is_wanted);
            ranks.extend(choices.map(of_house));
        }
    }

    fn ranked(&self, typed: &Typed, with_slips: bool) -> impl Iterator<Item = Rank> {
        self.candidates(typed, with_slips).into_iter().map(|candidate| self.rank_of(candidate, typed))
    }

    fn rank_of(&self, Candidate { entry, slips, loose }: Candidate, typed: &Typed) -> Rank {
        let found = &self.entries[entry as usize];
        let fit = |name: &String| {
            let ways = [&typed.joined, &typed.spelled_out];
            let whole = if ways.contains(&name) {
                Whole::Same
            } else if ways.iter().any(|way| name.starts_with(way.as_str())) {
                Whole::Begins
            } else {
                Whole::Words
            };
            (whole, name.len().abs_diff(typed.spelled_out.len()) as u16)
        };
        let (whole, left_over) = found.joined.iter().map(fit).min().unwrap_or((Whole::Words, u16::MAX));
        Rank {
            slips,
            is_other: whole != Whole::Same,
            fit: Fit::Exact,
            whole,
            loose,
            kind: found.kind,
            left_over,
            entry,
            house: None,
        }
    }

    /// The entries that have every word, at least one of them in their name.
    fn candidates(&self, typed: &Typed, with_slips: bool) -> Vec<Candidate> {
        let mut alive: Vec<Candidate> = Vec::new();
        let mut met = Met::new(self.entries.len());
        let mut named = vec![false; self.entries.len()];
        for (number, word) in typed.all.iter().take(MAX_WORDS).enumerate() {
            let is_last = number + 1 == typed.all.len();
            self.meet(word, is_last && typed.is_unfinished, with_slips, &mut met);
            let cost = |entry: u32| met.best(entry as usize);
            alive = if number == 0 {
                met.touched
                    .iter()
                    .filter_map(|&entry| Some((entry, cost(entry)?)))
                    .map(|(entry, best)| {
                        named[entry as usize] = best.2;
                        Candidate { entry, slips: best.0, loose: best.1 }
                    })
                    .collect()
            } else {
                alive
                    .into_iter()
                    .filter_map(|candidate| {
                        let best = cost(candidate.entry)?;
                        named[candidate.entry as usize] |= best.2;
                        let (slips, loose) = (candidate.slips + best.0, candidate.loose.saturating_add(best.1));
                        Some(Candidate { slips, loose, ..candidate })
                    })
                    .collect()
            };
            met.clear();
        }
        alive.retain(|candidate| named[candidate.entry as usize]);
        alive
    }

    /// Notes for each entry how well its best word meets a typed one.
    fn meet(&self, typed: &str, is_unfinished: bool, with_slips: bool, met: &mut Met) {
        self.words.beginning(typed, |posts, meeting| met.note(posts, meeting));
        let has_digits = typed.bytes().any(|byte| byte.is_ascii_digit());
        let most = if has_digits { 0 } else { allowed(typed.len()) };
        if with_slips && most > 0 {
            self.words.resembling(typed, most, is_unfinished, |posts, meeting| met.note(posts, meeting));
        }
    }

    fn hit(&self, rank: &Rank, asked: Option<&HouseNumber>, language: Language) -> Option<Hit> {
        let entry = self.entries.get(rank.entry as usize)?;
        let mut hit = Hit {
            kind: entry.kind,
            title: entry.name.get(language).to_owned(),
            detail: self.detail(entry, language),
            instead_of: None,
            lon_deg: entry.point[0],
            lat_deg: entry.point[1],
            height_m: entry.point[2],
            extent_m: entry.extent_m,
            view: entry.view,
            building: entry.building.clone(),
        };
        if let Some(house) = rank.house {
            let houses = self.houses.as_ref()?;
            self.at_house(&mut hit, entry, houses, house)?;
            if matches!(rank.fit, Fit::Nearest(_)) {
                hit.instead_of = asked.map(HouseNumber::written);
            }
        }
        Some(hit)
    }

    /// Makes the hit of a street that of a house in it.
    fn at_house(&self, hit: &mut Hit, street: &Entry, houses: &Houses, house: u32) -> Option<()> {
        let house = houses.get(house)?;
        let (lon_e6, lat_e6, height_m) = house.offset;
        hit.kind = HitKind::Address;
        hit.title = format!("{} {}", hit.title, house.number);
        hit.lon_deg += f64::from(lon_e6) / super::E6;
        hit.lat_deg += f64::from(lat_e6) / super::E6;
        hit.height_m += f64::from(height_m);
        hit.extent_m = 0.0;
        hit.building = Some(house.building).filter(|id| !id.is_empty());
        let district = usize::from(house.district).checked_sub(1).and_then(|place| street.districts.get(place));
        if let Some(district) = district.and_then(|place| self.districts.get(usize::from(*place))) {
            hit.detail = self.with_town(district.clone(), street);
        }
        Some(())
    }

    /// Where an entry is: its own word, its districts, its town where there are several.
    fn detail(&self, entry: &Entry, language: Language) -> String {
        const MOST_DISTRICTS: usize = 3;
        if let Some(detail) = &entry.detail {
            return detail.get(language).to_owned();
        }
        let names = entry.districts.iter().filter_map(|place| self.districts.get(usize::from(*place)));
        let names: Vec<&str> = names.map(String::as_str).take(MOST_DISTRICTS).collect();
        self.with_town(names.join(", "), entry)
    }

    fn with_town(&self, place: String, entry: &Entry) -> String {
        let is_told = self.towns.len() > 1 && entry.kind == HitKind::Street;
        match self.towns.get(usize::from(entry.town)).filter(|town| is_told && !town.is_empty()) {
            Some(town) if place.is_empty() => town.clone(),
            Some(town) => format!("{place}, {town}"),
            None => place,
        }
    }
}

/// The best meeting of one typed word with each entry.
struct Met {
    /// By entry: slips and loose words of a word of the name, and of one that says where it is.
    name: Vec<Option<(u8, u8)>>,
    detail: Vec<Option<(u8, u8)>>,
    touched: Vec<u32>,
}

impl Met {
    fn new(entries: usize) -> Self {
        Self { name: vec![None; entries], detail: vec![None; entries], touched: Vec::new() }
    }

    fn note(&mut self, posts: &[super::words::Post], meeting: Meeting) {
        for post in posts {
            let entry = post.entry();
            if self.name[entry].is_none() && self.detail[entry].is_none() {
                self.touched.push(entry as u32);
            }
            let (best, loose) = match post.is_detail() {
                true => (&mut self.detail[entry], DETAIL_IS_LOOSE),
                false => (&mut self.name[entry], 0),
            };
            let cost = (meeting.slips, loose + u8::from(meeting.goes_on));
            if best.is_none_or(|best| cost < best) {
                *best = Some(cost);
            }
        }
    }

    /// Slips, loose words, and whether the word is one of the name.
    fn best(&self, entry: usize) -> Option<(u8, u8, bool)> {
        let name = self.name[entry].map(|(slips, loose)| (slips, loose, true));
        let detail = self.detail[entry].map(|(slips, loose)| (slips, loose, false));
        match (name, detail) {
            (Some(name), Some(detail)) if detail.0 < name.0 => Some(detail),
            (Some(name), _) => Some(name),
            (None, detail) => detail,
        }
    }

    fn clear(&mut self) {
        for entry in self.touched.drain(..) {
            self.name[entry as usize] = None;
            self.detail[entry as usize] = None;
        }
    }
}
