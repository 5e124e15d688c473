//! Text as it is compared: small letters without marks, and the ways in which German is typed made one.
//!
//! A word and its beginning fold to a word and its beginning, so that whoever is still typing is understood: letters are
//! taken one by one from the left, and none is changed by what comes after it.

/// Longest word that is told from others, bytes; what goes on behind is left off.
pub const MAX_WORD: usize = 40;
/// Most words of a name, and of a query, that are looked at.
pub const MAX_WORDS: usize = 12;

/// The folded words of a text, in its order. Hyphens, dots and white space part words, apostrophes do not.
pub fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric() && !is_apostrophe(c) && !is_mark(c));
    parts.map(fold).filter(|word| !word.is_empty()).take(MAX_WORDS).collect()
}

/// One word, folded: "Müller", "Mueller" and "MULLER" alike, "Straße" and "Strasse" too.
pub fn fold(word: &str) -> String {
    let mut folded = Folded::default();
    for c in word.chars().flat_map(char::to_lowercase) {
        match plain(c) {
            Some(letters) => letters.chars().for_each(|letter| folded.push(letter)),
            None if c.is_alphanumeric() => folded.push(c),
            None => {}
        }
    }
    folded.word
}

/// A word while it grows; a letter that only says how the one before it is spoken is left out.
#[derive(Default)]
struct Folded {
    word: String,
    last: Option<char>,
}

impl Folded {
    fn push(&mut self, letter: char) {
        let is_taken_in = matches!((self.last, letter), (Some('a' | 'o' | 'u'), 'e') | (Some('s'), 's'));
        if is_taken_in {
            self.last = None;
        } else {
            self.last = Some(letter);
            if self.word.len() + letter.len_utf8() <= MAX_WORD {
                self.word.push(letter);
            }
        }
    }
}

/// What is written for a letter where it is not on the keyboard; `None` for one that has no such form here.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' | 'æ' => "ae",
        'ö' | 'ø' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ł' | 'ĺ' | 'ľ' | 'ļ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => "o",
        'ŕ' | 'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ţ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'þ' => "th",
        _ => return None,
    })
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´')
}

/// A mark of its own over the letter before it (U+0300 to U+036F), as some systems write umlauts: it is left out.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// A folded word with its abbreviated ending written out: `marienpl` is `marienplatz`, `sendlingerstr`
/// `sendlingerstrase`, `st` `sankt`.
pub fn spelled_out(word: &str) -> String {
    match word {
        "st" => "sankt".to_owned(),
        "pl" => "platz".to_owned(),
        _ => match word.strip_suffix("str") {
            Some(stem) => format!("{stem}strase"),
            None => match word.strip_suffix("pl").filter(|stem| stem.len() > 2) {
                Some(stem) => format!("{stem}platz"),
                None => word.to_owned(),
            },
        },
    }
}

/// The words under which a name is found: its words, whole and without the ending that many share, neighbours written
/// together, and all of it in one; short forms beside the long ones.
pub fn forms(words: &[String]) -> Vec<String> {
    let long: Vec<String> = words.iter().map(|word| spelled_out(word)).collect();
    let mut forms = Vec::new();
    for word in &long {
        with_short(&mut forms, word);
        for ending in ["strase", "platz"] {
            if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() > 1) {
                forms.push(stem.to_owned());
                with_short(&mut forms, ending);
            }
        }
    }
    let neighbours = long.windows(2).map(|pair| pair.concat());
    for together in neighbours.chain([long.concat()]) {
        with_short(&mut forms, &together);
    }
    forms.iter_mut().for_each(shorten);
    forms.sort();
    forms.dedup();
    forms
}

fn with_short(forms: &mut Vec<String>, word: &str) {
    forms.push(word.to_owned());
    if word == "sankt" {
        forms.push("st".to_owned());
    } else if let Some(stem) = word.strip_suffix("strase") {
        forms.push(format!("{stem}str"));
    } else if let Some(stem) = word.strip_suffix("platz") {
        forms.push(format!("{stem}pl"));
    }
}

/// Leaves off what goes on behind the longest word.
fn shorten(word: &mut String) {
    let mut end = MAX_WORD.min(word.len());
    while !word.is_char_boundary(end) {
        end -= 1;
    }
    word.truncate(end);
}
