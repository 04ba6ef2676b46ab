//! Every path that a document or a comment names is there: files, folders, links, and modules of our crates in backticks.
//!
//! What is asked of a word: one with a slash that begins at the top of the repository, from there; one in backticks that looks like
//! a file of ours or ends in a slash, as the end of some path (`store/due.rs` is found wherever it lies); `platform::store::Store`
//! module by module, and then as a word of the module's own file.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use tests::root;

/// Kinds of files that lie in the repository. Others (logs, keys, answers) are made where it runs.
const KINDS: [&str; 11] = [
    "rs", "sql", "sh", "toml", "md", "html", "css", "js", "csv", "dmn", "txt",
];

/// What is not ours, or is not there before something ran.
const SKIPPED: [&str; 5] = [".git", "target", "node_modules", ".run", "vendor"];

#[test]
fn every_named_path_exists() {
    let tree = Tree::read();
    let mut missing = Vec::new();
    let mut seen = 0;
    for file in &tree.files {
        for (number, line) in prose(file) {
            for named in named(&line, file) {
                seen += 1;
                if !tree.has(&named) {
                    missing.push(format!("{file}:{number}: {named:?}"));
                }
            }
        }
    }
    assert!(seen > 500, "only {seen} paths were found: is the search broken?");
    assert!(missing.is_empty(), "named, but not there:\n{}", missing.join("\n"));
}

/// Something that a line names.
#[derive(Debug, PartialEq)]
enum Named {
    /// From the top of the repository.
    Path(String),
    /// The end of some path.
    End(String),
    /// `crate::module::Item`.
    Module(String),
}

/// What lies in the repository, as paths from its top.
struct Tree {
    files: BTreeSet<String>,
    all: BTreeSet<String>,
    ends: BTreeSet<String>,
}

impl Tree {
    fn read() -> Self {
        let (mut files, mut all) = (BTreeSet::new(), BTreeSet::new());
        let mut open = vec![PathBuf::new()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(root().join(&folder))
                .expect("a folder")
                .map_while(Result::ok)
            {
                let name = entry.file_name().to_string_lossy().into_owned();
                let path = folder.join(&name);
                all.insert(path.to_string_lossy().into_owned());
                if !entry.path().is_dir() {
                    files.insert(path.to_string_lossy().into_owned());
                } else if !SKIPPED.contains(&name.as_str()) {
                    open.push(path);
                }
            }
        }
        let ends = all.iter().flat_map(|path| ends_of(path)).map(str::to_owned).collect();
        Self { files, all, ends }
    }

    fn has(&self, named: &Named) -> bool {
        match named {
            Named::Path(path) => self.all.contains(path) || self.inside_of_skipped(path),
            Named::End(end) => self.ends.contains(end) || self.inside_of_skipped(end),
            Named::Module(path) => self.has_module(path),
        }
    }

    fn inside_of_skipped(&self, path: &str) -> bool {
        path.split('/').any(|part| SKIPPED.contains(&part))
    }

    fn has_module(&self, path: &str) -> bool {
        let mut words = path.split("::");
        let mut folder = format!("{}/src", words.next().unwrap_or_default().replace('_', "-"));
        let mut inside = vec![format!("{folder}/lib.rs"), format!("{folder}/main.rs")];
        for word in words {
            folder = format!("{folder}/{word}");
            let module = [format!("{folder}.rs"), format!("{folder}/mod.rs")];
            if module.iter().any(|file| self.files.contains(file)) {
                inside = module.into();
                continue;
            }
            // An item of the module, or something that it hands on; what lies within the item is not looked at.
            return inside.iter().any(|file| {
                let text = fs::read_to_string(root().join(file)).unwrap_or_default();
                text.split(|c: char| !c.is_alphanumeric() && c != '_')
                    .any(|found| found == word)
            });
        }
        true
    }
}

/// `a/b/c`, `b/c`, `c`.
fn ends_of(path: &str) -> impl Iterator<Item = &str> {
    std::iter::once(path).chain(path.match_indices('/').map(|(at, _)| &path[at + 1..]))
}

/// The lines of a file that people read: a document's, or the comments of a source. Of the changelog only what is newest.
fn prose(file: &str) -> Vec<(usize, String)> {
    let name = file.rsplit('/').next().unwrap_or(file);
    let kind = name.rsplit_once('.').map_or("", |(_, kind)| kind);
    let mark = match kind {
        "md" => "",
        "rs" | "js" => "//",
        "sql" => "--",
        "sh" | "toml" => "#",
        "" if file.starts_with("deploy/") || file.starts_with("tests/") => "#",
        _ => return Vec::new(),
    };
    let text = fs::read_to_string(root().join(file)).unwrap_or_default();
    let newest = if file == "CHANGELOG.md" {
        text.match_indices("\n## ").nth(1).map_or(text.len(), |(at, _)| at)
    } else {
        text.len()
    };
    text[..newest]
        .lines()
        .enumerate()
        .filter(|(_, line)| line.trim_start().starts_with(mark))
        .map(|(at, line)| (at + 1, line.to_owned()))
        .collect()
}

/// What a line names, with `{a,b}` spelt out.
fn named(line: &str, file: &str) -> Vec<Named> {
    let mut found = Vec::new();
    for (before, word) in words(line) {
        let ours = top_folders().iter().any(|top| word.split('/').next() == Some(top));
        if ours && word.contains('/') && !before.is_some_and(|c| "/$~<>:@=".contains(c)) {
            found.extend(spelt_out(word).into_iter().map(|path| Named::Path(trimmed(&path))));
        }
    }
    for quoted in line.split('`').skip(1).step_by(2) {
        for word in quoted.split_whitespace() {
            found.extend(
                spelt_out(word)
                    .into_iter()
                    .filter(|path| is_an_end(path))
                    .map(|path| Named::End(trimmed(&path))),
            );
        }
        let crate_name = quoted.split("::").next().unwrap_or_default();
        let plain = quoted.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c));
        if plain
            && quoted.contains("::")
            && ["casework", "platform", "intake_api", "router", "notifier"].contains(&crate_name)
        {
            found.push(Named::Module(quoted.to_owned()));
        }
    }
    if Path::new(file).extension().is_some_and(|kind| kind == "md") {
        let folder = Path::new(file).parent().expect("a folder");
        for link in line
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split([')', '#']).next())
        {
            if !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:") {
                found.push(Named::Path(joined(folder, link)));
            }
        }
    }
    found.retain(
        |named| !matches!(named, Named::Path(path) | Named::End(path) if path.contains('*') || path.is_empty()),
    );
    found
}

fn top_folders() -> [&'static str; 11] {
    [
        ".ci",
        "casework",
        "counties",
        "deploy",
        "docs",
        "intake-api",
        "migrations",
        "notifier",
        "platform",
        "router",
        "tests",
    ]
}

/// Words of letters that stand in paths, each with the character before it.
fn words(line: &str) -> impl Iterator<Item = (Option<char>, &str)> {
    let in_path = |c: char| c.is_ascii_alphanumeric() || "_.{},*/+-".contains(c);
    let mut rest = line;
    let mut before = None;
    std::iter::from_fn(move || {
        let start = rest.find(in_path)?;
        before = rest[..start].chars().next_back().or(before);
        let end = rest[start..]
            .find(|c| !in_path(c))
            .map_or(rest.len(), |length| start + length);
        let word = (before, &rest[start..end]);
        before = rest[..end].chars().next_back();
        rest = &rest[end..];
        Some(word)
    })
}

/// Whether a word in backticks is the name of a file or folder of ours. FILE.dmn stands for any.
fn is_an_end(word: &str) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "_./-".contains(c));
    let word = word.trim_end_matches(['.', ',']);
    let (stem, kind) = word.rsplit_once('.').unwrap_or((word, ""));
    let stands_for_any =
        stem.chars().all(|c| c.is_ascii_uppercase() || c == '_') && KINDS.contains(&kind) && kind != "md";
    plain
        && !word.starts_with(['/', '-'])
        && !stem.is_empty()
        && !stands_for_any
        && (word.ends_with('/') || KINDS.contains(&kind))
}

fn trimmed(path: &str) -> String {
    path.trim_end_matches(['.', ',', '/'])
        .trim_start_matches("./")
        .to_owned()
}

fn spelt_out(word: &str) -> Vec<String> {
    let braces = word
        .find('{')
        .and_then(|open| Some((open, open + word[open..].find('}')?)));
    let Some((open, close)) = braces else {
        return vec![word.to_owned()];
    };
    word[open + 1..close]
        .split(',')
        .flat_map(|one| spelt_out(&format!("{}{one}{}", &word[..open], &word[close + 1..])))
        .collect()
}

fn joined(folder: &Path, link: &str) -> String {
    let mut path = folder.to_path_buf();
    for part in link.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => _ = path.pop(),
            name => path.push(name),
        }
    }
    path.to_string_lossy().into_owned()
}

#[test]
fn the_search_finds_what_is_written() {
    let of = |line: &str| named(line, "docs/some.md");
    assert_eq!(
        of("in platform/src/store/mod.rs."),
        [Named::Path("platform/src/store/mod.rs".into())]
    );
    assert_eq!(
        of("`store/{due,act}.rs`"),
        [Named::End("store/due.rs".into()), Named::End("store/act.rs".into())]
    );
    assert_eq!(of("[it](../README.md#here)"), [Named::Path("README.md".into())]);
    assert_eq!(
        of("`casework::dmn`, target/release, `router show FILE.dmn`"),
        [Named::Module("casework::dmn".into())]
    );
    assert_eq!(of("http://localhost/tests/run and `a/b`"), []);
    let tree = Tree::read();
    assert!(tree.has(&Named::Module("platform::store::Store".into())));
    assert!(!tree.has(&Named::Module("platform::storage".into())));
    assert!(!tree.has(&Named::End("no/such.rs".into())));
}
