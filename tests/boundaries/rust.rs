//! Rust source → words, texts and marks with their lines, and what the invariants ask of them: paths from the crate's
//! root, functions, what is compiled for tests alone. No comments, so prose may name anything. Not a parser: it knows
//! just enough of the language to be right about the code that rustfmt has been over.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An identifier, keyword or number.
    Word,
    /// What stands between the quotes of a string.
    Text,
    /// A single character of punctuation.
    Mark,
}

/// A piece of source.
#[derive(Clone, Debug)]
pub struct Token {
    pub kind: Kind,
    pub text: String,
    /// Counted from 1.
    pub line: usize,
    /// Stands under `#[cfg(test)]`.
    pub is_test: bool,
}

impl Token {
    fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.text == text
    }
}

/// A path from the crate's root, such as `["geo", "Crs"]`; a glob ends with `*`.
pub struct CratePath {
    pub segments: Vec<String>,
    pub line: usize,
    pub is_test: bool,
}

/// A function with a body.
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
    pub is_test: bool,
}

/// Takes a source apart.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut reader = Reader { chars: source.chars().collect(), at: 0, line: 1, out: Vec::new() };
    while reader.at < reader.chars.len() {
        reader.step();
    }
    mark_tests(&mut reader.out);
    reader.out
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
    out: Vec<Token>,
}

impl Reader {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    /// Goes on by `count` characters and gives them.
    fn take(&mut self, count: usize) -> String {
        let end = (self.at + count).min(self.chars.len());
        let taken: String = self.chars[self.at..end].iter().collect();
        self.line += taken.matches('\n').count();
        self.at = end;
        taken
    }

    /// How many characters come before the next place where `stops` says so.
    fn until(&self, stops: impl Fn(usize) -> bool) -> usize {
        (0..self.chars.len() - self.at).find(|&ahead| stops(ahead)).unwrap_or(self.chars.len() - self.at)
    }

    fn push(&mut self, kind: Kind, line: usize, text: String) {
        self.out.push(Token { kind, text, line, is_test: false });
    }

    fn step(&mut self) {
        let line = self.line;
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => drop(self.take(self.until(|ahead| self.peek(ahead) == '\n'))),
            ('/', '*') => self.block_comment(),
            ('"', _) => self.string(),
            ('\'', _) => self.quote(),
            (c, _) if c.is_alphanumeric() || c == '_' => self.word(line),
            (c, _) if c.is_whitespace() => drop(self.take(1)),
            _ => {
                let mark = self.take(1);
                self.push(Kind::Mark, line, mark);
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                ('\0', _) => return,
                _ => {
                    self.take(1);
                    continue;
                }
            }
            self.take(2);
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        let line = self.line;
        self.take(1);
        let mut text = String::new();
        while !matches!(self.peek(0), '"' | '\0') {
            let length = if self.peek(0) == '\\' { 2 } else { 1 };
            text += &self.take(length);
        }
        self.take(1);
        self.push(Kind::Text, line, text);
    }

    /// A string that starts with `hashes` of `#`.
    fn raw_string(&mut self, hashes: usize) {
        let line = self.line;
        self.take(hashes + 1);
        let ends =
            |ahead: usize| self.peek(ahead) == '"' && (1..=hashes).all(|further| self.peek(ahead + further) == '#');
        let length = self.until(ends);
        let text = self.take(length);
        self.take(hashes + 1);
        self.push(Kind::Text, line, text);
    }

    /// A character, or a lifetime's name.
    fn quote(&mut self) {
        let is_char = self.peek(1) == '\\' || self.peek(2) == '\'';
        if !is_char {
            self.take(1);
            return;
        }
        self.take(if self.peek(1) == '\\' { 3 } else { 2 });
        self.take(self.until(|ahead| self.peek(ahead) == '\''));
        self.take(1);
    }

    fn word(&mut self, line: usize) {
        let length = self.until(|ahead| !(self.peek(ahead).is_alphanumeric() || self.peek(ahead) == '_'));
        let word = self.take(length);
        let hashes = self.until(|ahead| self.peek(ahead) != '#');
        let is_raw = matches!(word.as_str(), "r" | "br" | "cr") && self.peek(hashes) == '"';
        match word.as_str() {
            _ if is_raw => self.raw_string(hashes),
            "b" | "c" if self.peek(0) == '"' => {}
            _ => self.push(Kind::Word, line, word),
        }
    }
}

/// Marks what stands under `#[cfg(test)]`: up to the end of the braces that follow, or to a semicolon before them.
fn mark_tests(tokens: &mut [Token]) {
    const ATTRIBUTE: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    for start in 0..tokens.len() {
        let follows = |(offset, text): (usize, &&str)| tokens.get(start + offset).is_some_and(|token| token.is(text));
        if ATTRIBUTE.iter().enumerate().all(follows) {
            let end = end_of_item(tokens, start + ATTRIBUTE.len());
            tokens[start..end].iter_mut().for_each(|token| token.is_test = true);
        }
    }
}

/// The index after the item that starts at `start`.
fn end_of_item(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0_i32;
    for (index, token) in tokens.iter().enumerate().skip(start) {
        match token.text.as_str() {
            _ if token.kind != Kind::Mark => {}
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth < 0 {
                    return index;
                }
                if depth == 0 && token.text == "}" {
                    return index + 1;
                }
            }
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Every path that starts at the crate's root: after one of `roots` (such as `crate`), or after so many `super` that
/// they lead there from a module `depth` below it.
pub fn crate_paths(tokens: &[Token], roots: &[&str], depth: usize) -> Vec<CratePath> {
    let mut paths = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let starts = !(index >= 2 && is_separator(tokens, index - 2));
        if token.kind != Kind::Word || !starts {
            continue;
        }
        let supers =
            tokens[index..].chunks(3).take_while(|chunk| chunk[0].is("super") && is_separator(chunk, 1)).count();
        let after = match supers {
            0 if roots.contains(&token.text.as_str()) && is_separator(tokens, index + 1) => index + 3,
            n if n > 0 && n >= depth => index + 3 * n,
            _ => continue,
        };
        let mut found = Vec::new();
        use_tree(tokens, after, &mut Vec::new(), &mut found);
        let told = |segments| CratePath { segments, line: token.line, is_test: token.is_test };
        paths.extend(found.into_iter().map(told));
    }
    paths
}

fn is_separator(tokens: &[Token], at: usize) -> bool {
    (0..2).all(|offset| tokens.get(at + offset).is_some_and(|token| token.is(":")))
}

/// Reads `a::b`, `a::{b, c::*}`, `a as b` from `at`; gives the index after it.
fn use_tree(tokens: &[Token], mut at: usize, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let length = path.len();
    while let Some(token) = tokens.get(at) {
        if token.is("{") {
            at = use_list(tokens, at + 1, path, found);
            path.truncate(length);
            return at;
        }
        if token.kind != Kind::Word && !token.is("*") {
            break;
        }
        if !token.is("self") {
            path.push(token.text.clone());
        }
        at += 1;
        if !is_separator(tokens, at) {
            break;
        }
        at += 2;
    }
    found.push(path.clone());
    path.truncate(length);
    at
}

fn use_list(tokens: &[Token], mut at: usize, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    while let Some(token) = tokens.get(at) {
        at = match token.text.as_str() {
            "}" => return at + 1,
            "," => at + 1,
            "as" => at + 2,
            _ => use_tree(tokens, at, path, found).max(at + 1),
        };
    }
    at
}

/// Every function that has a body.
pub fn functions(tokens: &[Token]) -> Vec<Function> {
    let starts = tokens.windows(2).enumerate().filter(|(_, pair)| pair[0].is("fn") && pair[1].kind == Kind::Word);
    starts
        .filter_map(|(index, pair)| {
            let last = &tokens[end_of_item(tokens, index) - 1];
            let name = pair[1].text.clone();
            let lines = last.line - pair[0].line + 1;
            last.is("}").then_some(Function { name, line: pair[0].line, lines, is_test: pair[0].is_test })
        })
        .collect()
}

/// Names of the modules that a file declares for tests alone: `#[cfg(test)] mod name;`.
pub fn test_modules(tokens: &[Token]) -> Vec<String> {
    let declared = |three: &[Token]| three[0].is("mod") && three[2].is(";") && three[0].is_test;
    tokens.windows(3).filter(|three| declared(three)).map(|three| three[1].text.clone()).collect()
}
