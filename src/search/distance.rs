//! How many slips of the finger lie between what was typed and a word: letters left out, too many, wrong or exchanged.
//!
//! The optimal string alignment distance with a bound, over bytes of folded words, in rows on the stack. strsim has the
//! distance without a bound and without the beginning of a word; the tests hold this one against it.

use super::fold::MAX_WORD;

/// Row of the table: the distance to each beginning of the word.
type Row = [u8; MAX_WORD + 1];

/// The distance from `typed` to `word`, or with `to_beginning` to the beginning of `word` that is nearest; `None` above
/// `most`, and for words longer than any that is kept.
pub fn slips(typed: &[u8], word: &[u8], most: u8, to_beginning: bool) -> Option<u8> {
    let reach = typed.len() + usize::from(most);
    if typed.len() > MAX_WORD || word.len() + usize::from(most) < typed.len() || (!to_beginning && word.len() > reach) {
        return None;
    }
    let word = &word[..word.len().min(reach).min(MAX_WORD)];
    let mut before_last: Row = [0; MAX_WORD + 1];
    let mut last: Row = std::array::from_fn(|column| column as u8);
    let mut least_before = 0;
    for row in 1..=typed.len() {
        let mut now: Row = [row as u8; MAX_WORD + 1];
        let mut least = row as u8;
        for column in 1..=word.len() {
            let same = typed[row - 1] == word[column - 1];
            let mut cost = (last[column] + 1).min(now[column - 1] + 1).min(last[column - 1] + u8::from(!same));
            let exchanged =
                row > 1 && column > 1 && typed[row - 1] == word[column - 2] && typed[row - 2] == word[column - 1];
            if exchanged {
                cost = cost.min(before_last[column - 2] + 1);
            }
            now[column] = cost;
            least = least.min(cost);
        }
        // An exchange reaches back over one row.
        if least > most && least_before + 1 > most {
            return None;
        }
        least_before = least;
        before_last = std::mem::replace(&mut last, now);
    }
    let columns = &last[..=word.len()];
    let distance = if to_beginning { columns.iter().copied().min() } else { columns.last().copied() };
    distance.filter(|distance| *distance <= most)
}

/// How many slips a word of so many letters may have.
pub fn allowed(letters: usize) -> u8 {
    match letters {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    }
}

/// Which letters a word has, a bit for each class of them: each slip takes away and adds at most one.
pub fn letters(word: &[u8]) -> u32 {
    word.iter().fold(0, |letters, byte| letters | 1 << (byte % 32))
}
