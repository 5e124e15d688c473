//! The dictionary of an index: every word of every name once, with the names that it stands in.

use std::collections::BTreeMap;

use super::distance::{letters, slips};

/// A name that a word stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Post(u32);

impl Post {
    /// The place of the name in the index.
    pub fn entry(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// Whether the word is no part of the name, but says where it is.
    pub fn is_detail(self) -> bool {
        self.0 & 1 == 1
    }
}

/// How well a word meets what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Slips of the finger.
    pub slips: u8,
    /// Whether the word goes on.
    pub goes_on: bool,
}

/// The dictionary while names are put in.
#[derive(Default)]
pub struct Collected(BTreeMap<String, Vec<Post>>);

impl Collected {
    /// Adds a word of a name.
    pub fn add(&mut self, word: String, entry: usize, is_detail: bool) {
        let post = Post((entry as u32) << 1 | u32::from(is_detail));
        self.0.entry(word).or_default().push(post);
    }
}

/// Words in order, in few pieces of memory.
#[derive(Clone, Debug, Default)]
pub struct Words {
    text: String,
    words: Vec<Word>,
    posts: Vec<Post>,
}

#[derive(Clone, Copy, Debug)]
struct Word {
    /// Where its text ends.
    text_end: u32,
    /// Where its posts end.
    posts_end: u32,
    letters: u32,
}

impl From<Collected> for Words {
    fn from(collected: Collected) -> Self {
        let mut words = Self::default();
        for (word, mut posts) in collected.0 {
            posts.sort_unstable();
            posts.dedup();
            words.text.push_str(&word);
            words.posts.append(&mut posts);
            words.words.push(Word {
                text_end: words.text.len() as u32,
                posts_end: words.posts.len() as u32,
                letters: letters(word.as_bytes()),
            });
        }
        words
    }
}

impl Words {
    fn word(&self, index: usize) -> &str {
        let from = if index == 0 { 0 } else { self.words[index - 1].text_end as usize };
        &self.text[from..self.words[index].text_end as usize]
    }

    fn posts(&self, index: usize) -> &[Post] {
        let from = if index == 0 { 0 } else { self.words[index - 1].posts_end as usize };
        &self.posts[from..self.words[index].posts_end as usize]
    }

    /// Every word that is `typed` or begins so.
    pub fn beginning(&self, typed: &str, mut meet: impl FnMut(&[Post], Meeting)) {
        let first = self.first_from(typed);
        for index in first..self.words.len() {
            let word = self.word(index);
            if !word.starts_with(typed) {
                return;
            }
            meet(self.posts(index), Meeting { slips: 0, goes_on: word.len() > typed.len() });
        }
    }

    /// Every word that is `typed` with at least one slip and at most `most`; with `is_unfinished` also one whose
    /// beginning is.
    pub fn resembling(&self, typed: &str, most: u8, is_unfinished: bool, mut meet: impl FnMut(&[Post], Meeting)) {
        let typed_letters = letters(typed.as_bytes());
        for (index, word) in self.words.iter().enumerate() {
            let missing = (typed_letters & !word.letters).count_ones();
            let other = (word.letters & !typed_letters).count_ones();
            if missing > u32::from(most) || (!is_unfinished && other > u32::from(most)) {
                continue;
            }
            let text = self.word(index).as_bytes();
            let Some(slips) = slips(typed.as_bytes(), text, most, is_unfinished).filter(|slips| *slips > 0) else {
                continue;
            };
            meet(self.posts(index), Meeting { slips, goes_on: is_unfinished });
        }
    }

    fn first_from(&self, typed: &str) -> usize {
        let (mut low, mut high) = (0, self.words.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.word(middle) < typed { low = middle + 1 } else { high = middle }
        }
        low
    }
}
