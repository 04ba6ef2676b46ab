//! One source file read for its imports: plain words and signs, no grammar.

/// A word (`use`, `decide`) or a sign (`::`, `{`).
type Token = String;

/// A path as it is written, and the name under which the file knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) path: Vec<String>,
    pub(super) name: String,
    /// `pub use`: handed on, not taken in.
    pub(super) public: bool,
}

/// What a file says of others.
#[derive(Debug, Default)]
pub(super) struct Source {
    pub(super) uses: Vec<Use>,
    /// Paths in the code itself: `crate::words::Stage`, `rows::asked`.
    pub(super) paths: Vec<Vec<String>>,
    /// Modules that exist in tests alone.
    pub(super) test_modules: Vec<String>,
}

impl Source {
    pub(super) fn read(text: &str) -> Self {
        let (tokens, test_modules) = without_tests(tokens(&plain(text)));
        let mut source = Self {
            test_modules,
            ..Self::default()
        };
        let mut at = 0;
        while at < tokens.len() {
            if tokens[at] == "use" && begins_item(&tokens, at) {
                let end = at + tokens[at..].iter().position(|t| t == ";").unwrap_or(tokens.len() - at);
                let public = at > 0 && (tokens[at - 1] == "pub" || tokens[at - 1] == ")");
                tree(&tokens[at + 1..end], &[], public, &mut source.uses);
                at = end;
            } else if word(&tokens[at]) && (at == 0 || tokens[at - 1] != "::") {
                let mut path = vec![tokens[at].clone()];
                while at + 2 < tokens.len() && tokens[at + 1] == "::" && word(&tokens[at + 2]) {
                    path.push(tokens[at + 2].clone());
                    at += 2;
                }
                if path.len() > 1 {
                    source.paths.push(path);
                }
            }
            at += 1;
        }
        source
    }
}

fn word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '*')
}

/// Whether a `use` stands where an item may: `use<'a>` of a return type does not.
fn begins_item(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map_or(";", |before| tokens[before].as_str());
    matches!(before, ";" | "{" | "}" | "]" | "pub" | ")")
}

/// The leaves of `a::{b, c::{self, d as e}}`.
fn tree(tokens: &[Token], above: &[String], public: bool, out: &mut Vec<Use>) {
    let mut path = above.to_vec();
    let mut name = None;
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "{" => {
                let inner = &tokens[at + 1..closing(tokens, at)];
                for part in split(inner) {
                    tree(part, &path, public, out);
                }
                return;
            }
            "as" => {
                name = tokens.get(at + 1).cloned();
                break;
            }
            "::" => {}
            segment => path.push(segment.to_owned()),
        }
        at += 1;
    }
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    if let Some(last) = path.last() {
        let name = name.unwrap_or_else(|| last.clone());
        out.push(Use { path, name, public });
    }
}

/// The parts between commas that stand in no braces.
fn split(tokens: &[Token]) -> Vec<&[Token]> {
    let (mut depth, mut from, mut parts) = (0_usize, 0, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 0 => {
                parts.push(&tokens[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&tokens[from..]);
    parts
}

/// The place of the brace that closes the one at `open`.
fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}

/// Without `#[cfg(test)] mod tests { … }`, and with the names of `#[cfg(test)] mod tests;`.
fn without_tests(tokens: Vec<Token>) -> (Vec<Token>, Vec<String>) {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut named, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        let marked = tokens[at..]
            .iter()
            .zip(MARK)
            .filter(|(token, mark)| token == mark)
            .count()
            == MARK.len();
        let module = marked
            .then(|| tokens[at..].iter().position(|token| token == "mod" || token == "fn"))
            .flatten()
            .map(|found| at + found)
            .filter(|found| tokens[*found] == "mod" && *found <= at + MARK.len() + 4);
        match module {
            Some(module) if tokens.get(module + 2).is_some_and(|token| token == "{") => {
                at = closing(&tokens, module + 2) + 1;
            }
            Some(module) => {
                named.extend(tokens.get(module + 1).cloned());
                at = module + 3;
            }
            None => {
                kept.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    (kept, named)
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        if sign.is_alphanumeric() || sign == '_' {
            let mut token = String::from(sign);
            while let Some(next) = signs.next_if(|c| c.is_alphanumeric() || *c == '_') {
                token.push(next);
            }
            tokens.push(token);
        } else if sign == ':' && signs.next_if_eq(&':').is_some() {
            tokens.push("::".to_owned());
        } else if !sign.is_whitespace() {
            tokens.push(sign.to_string());
        }
    }
    tokens
}

/// The code without comments, and without what stands in quotes.
fn plain(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let ahead = |at: usize, what: &str| what.chars().enumerate().all(|(n, c)| signs.get(at + n) == Some(&c));
    let mut out = String::new();
    let mut at = 0;
    while at < signs.len() {
        if ahead(at, "//") {
            while at < signs.len() && signs[at] != '\n' {
                at += 1;
            }
        } else if ahead(at, "/*") {
            while at < signs.len() && !ahead(at, "*/") {
                at += 1;
            }
            at += 2;
        } else if let Some(hashes) = raw(&signs, at) {
            let end = format!("\"{}", "#".repeat(hashes));
            at += hashes + 2;
            while at < signs.len() && !ahead(at, &end) {
                at += 1;
            }
            at += end.len();
        } else if signs[at] == '"' {
            at += 1;
            while at < signs.len() && signs[at] != '"' {
                at += if signs[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if ahead(at, "'\\") {
            at += 3;
            while at < signs.len() && signs[at] != '\'' {
                at += 1;
            }
            at += 1;
        } else if signs[at] == '\'' && signs.get(at + 2) == Some(&'\'') {
            at += 3;
        } else {
            out.push(signs[at]);
            at += 1;
        }
    }
    out
}

/// How many `#` a raw text begins with, where one begins.
fn raw(signs: &[char], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).and_then(|before| signs.get(before));
    if signs[at] != 'r' || before.is_some_and(|c| (c.is_alphanumeric() && *c != 'b') || *c == '_') {
        return None;
    }
    let hashes = signs[at + 1..].iter().take_while(|c| **c == '#').count();
    (signs.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}
