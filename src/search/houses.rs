//! The house numbers of an index, street by street, in few pieces of memory: some 45 bytes a house.

use super::SearchError;
use super::files::{AddressesFile, HouseRecord};
use super::number::HouseNumber;

/// All houses, those of a street together and in the order of their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Houses {
    id_prefix: String,
    text: String,
    houses: Vec<House>,
    /// Where the houses of each street end.
    ends: Vec<u32>,
}

/// A house.
#[derive(Clone, Copy, Debug)]
struct House {
    /// Where its text begins: the number, then the id.
    text: u32,
    number_len: u8,
    id_len: u8,
    district: u8,
    height_m: i16,
    value: u32,
    lon_e6: i32,
    lat_e6: i32,
}

/// A house as it is told.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FoundHouse {
    pub number: String,
    /// Offset from the street's middle: millionths of a degree, metres.
    pub offset: (i32, i32, i16),
    /// Which of the street's districts, counted from 1.
    pub district: u8,
    pub building: String,
}

/// A house among those of its street, with what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choice {
    pub house: u32,
    pub fits: Fit,
}

/// How well a house's number fits the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It is the number.
    Exact,
    /// It is a range that has the number.
    Within,
    /// There is no such number; so many of its street are nearer than this one.
    Nearest(u8),
    /// It begins so: whoever types may go on.
    GoesOn,
    /// Its street has no numbers.
    Nowhere,
}

/// Houses that are offered where a number is not there.
const MOST_NEAR: usize = 3;
/// The second of them and the third are no more houses away than this, on their side of the street.
const MOST_STEPS: u32 = 5;

impl Houses {
    /// The houses of a file.
    pub fn of(file: AddressesFile) -> Result<Self, SearchError> {
        let mut all = Self { id_prefix: file.id_prefix, ..Self::default() };
        for street in file.streets {
            if let Some(far) = street.iter().find(|house| !is_near(house)) {
                return Err(SearchError::NowhereOnEarth(far.0.clone()));
            }
            let mut street: Vec<(HouseNumber, HouseRecord)> = street.into_iter().filter_map(numbered).collect();
            street.sort_by(|(one, _), (other, _)| one.cmp(other));
            for (number, record) in street {
                all.add(&number, &record)?;
            }
            all.ends.push(all.houses.len() as u32);
        }
        Ok(all)
    }

    fn add(&mut self, number: &HouseNumber, record: &HouseRecord) -> Result<(), SearchError> {
        let HouseRecord(written, lon_e6, lat_e6, height_m, id, district) = record;
        let text = u32::try_from(self.text.len()).map_err(|_| SearchError::TooLarge(self.text.len()))?;
        let lengths = (u8::try_from(written.len()), u8::try_from(id.len()));
        // No number and no id is that long: a house that claims so cannot be told.
        let (Ok(number_len), Ok(id_len)) = lengths else { return Ok(()) };
        self.text.push_str(written);
        self.text.push_str(id);
        self.houses.push(House {
            text,
            number_len,
            id_len,
            district: *district,
            height_m: *height_m,
            value: number.value,
            lon_e6: *lon_e6,
            lat_e6: *lat_e6,
        });
        Ok(())
    }

    /// How many streets there are.
    pub fn streets(&self) -> usize {
        self.ends.len()
    }

    /// How many houses there are.
    pub fn len(&self) -> usize {
        self.houses.len()
    }

    fn range(&self, street: usize) -> std::ops::Range<usize> {
        let end = |street: usize| self.ends.get(street).map_or(self.houses.len(), |end| *end as usize);
        let from = if street == 0 { 0 } else { end(street - 1) };
        from..end(street)
    }

    fn number(&self, house: &House) -> &str {
        &self.text[house.text as usize..][..usize::from(house.number_len)]
    }

    /// A house.
    pub fn get(&self, house: u32) -> Option<FoundHouse> {
        let house = self.houses.get(house as usize)?;
        let number = self.number(house);
        let id = &self.text[house.text as usize + number.len()..][..usize::from(house.id_len)];
        Some(FoundHouse {
            number: number.to_owned(),
            offset: (house.lon_e6, house.lat_e6, house.height_m),
            district: house.district,
            building: format!("{}{id}", self.id_prefix),
        })
    }

    /// The houses of a street for a number: those that have it, or the nearest where none has; and with `is_unfinished`
    /// up to `most` whose number begins so. One may be there as the nearest and because it begins so.
    pub fn choose(&self, street: usize, asked: &HouseNumber, is_unfinished: bool, most: usize) -> Vec<Choice> {
        let written = asked.written();
        let mut choices = Vec::new();
        let mut going_on = 0;
        for index in self.range(street) {
            let house = &self.houses[index];
            let text = self.number(house);
            // Most houses are told by their number alone; few have more to be read.
            let reads_on = house.value == asked.value || text.contains(['-', '–', '/']);
            let number = HouseNumber { value: house.value, rest: String::new() };
            let number = if reads_on { HouseNumber::parse(text).unwrap_or(number) } else { number };
            if number.answers(asked) {
                let fits = if number == *asked { Fit::Exact } else { Fit::Within };
                choices.push(Choice { house: index as u32, fits });
            } else if is_unfinished && going_on < most && begins(&number, &written) {
                going_on += 1;
                choices.push(Choice { house: index as u32, fits: Fit::GoesOn });
            }
        }
        // Who asks for 5 where there is none means its neighbours rather than 50.
        if !choices.iter().any(|choice| matches!(choice.fits, Fit::Exact | Fit::Within)) {
            choices.extend(self.nearest(street, asked));
        }
        choices
    }

    /// The nearest house of a street that lacks a number, and further ones while they are neighbours.
    fn nearest(&self, street: usize, asked: &HouseNumber) -> impl Iterator<Item = Choice> {
        let gap = |index: usize| HouseNumber { value: self.houses[index].value, rest: String::new() }.gap(asked);
        let mut by_gap: Vec<_> = self.range(street).map(|index| (gap(index), index as u32)).collect();
        by_gap.sort_unstable();
        let near = by_gap.into_iter().take(MOST_NEAR).zip(0_u8..);
        near.take_while(|(((steps, _), _), nearer)| *nearer == 0 || *steps <= MOST_STEPS)
            .map(|((_, house), nearer)| Choice { house, fits: Fit::Nearest(nearer) })
    }
}

/// No house is farther from the middle of its street than this, millionths of a degree.
const FARTHEST_E6: u32 = 1_000_000;

fn is_near(house: &HouseRecord) -> bool {
    house.1.unsigned_abs() <= FARTHEST_E6 && house.2.unsigned_abs() <= FARTHEST_E6
}

/// A house with its number; one without a number cannot be found by it.
fn numbered(record: HouseRecord) -> Option<(HouseNumber, HouseRecord)> {
    Some((HouseNumber::parse(&record.0)?, record))
}

/// Whether a number begins as was typed.
fn begins(number: &HouseNumber, typed: &str) -> bool {
    number.written().starts_with(typed)
}
