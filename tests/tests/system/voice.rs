//! One voice: what people read in Chinese stands in `casework/src/zh/` and in the text files, and nowhere else in Rust.
//!
//! Comments may speak Chinese, and so may tests.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use tests::root;

/// The crates that speak to people.
const CRATES: [&str; 5] = ["casework", "platform", "intake-api", "router", "notifier"];

/// The room of the voice.
const VOICE: &str = "casework/src/zh/";

/// Sources below a folder.
fn sources(dir: &Path, out: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(dir).expect("a folder of sources").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            out.push((path, text));
        }
    }
}

/// Where the modules lie that `#[cfg(test)] mod name;` names, without `.rs`.
fn test_modules(file: &Path, text: &str) -> Vec<PathBuf> {
    let stem = file.file_stem().expect("a name");
    let of_folder = ["mod", "lib", "main"].iter().any(|root| stem == *root);
    let dir = if of_folder {
        file.parent().expect("a folder").to_owned()
    } else {
        file.with_extension("")
    };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let named = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]");
    let names = named.filter_map(|pair| {
        pair[1]
            .trim_start_matches("pub(crate) ")
            .strip_prefix("mod ")?
            .strip_suffix(';')
    });
    names.map(|name| dir.join(name)).collect()
}

/// Lines of code with Chinese in them.
fn spoken(text: &str) -> usize {
    let mut tests = text.match_indices("#[cfg(test)]\nmod ").map(|(at, _)| at);
    let inline = |at: &usize| text[*at..].lines().nth(1).is_some_and(|line| line.ends_with('{'));
    let code = tests.find(inline).map_or(text, |at| &text[..at]);
    code.lines()
        .filter(|line| without_comment(line).chars().any(is_chinese))
        .count()
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// A line up to `//`, unless that stands in quotes.
fn without_comment(line: &str) -> &str {
    let comment = line
        .match_indices("//")
        .find(|(at, _)| line[..*at].matches('"').count().is_multiple_of(2));
    comment.map_or(line, |(at, _)| &line[..at])
}

#[test]
fn chinese_is_spoken_in_one_room() {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut files = Vec::new();
    for name in CRATES {
        sources(&root().join(name).join("src"), &mut files);
    }
    assert!(files.len() > 300, "only {} sources were found", files.len());
    let tests: Vec<PathBuf> = files.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    for (path, text) in files {
        if tests.iter().any(|module| path.with_extension("").starts_with(module)) {
            continue;
        }
        let name = path
            .strip_prefix(root())
            .expect("inside")
            .to_string_lossy()
            .into_owned();
        let lines = spoken(&text);
        if lines > 0 && !name.starts_with(VOICE) {
            found.insert(name, lines);
        }
    }
    assert!(
        found.is_empty(),
        "Chinese outside of {VOICE} and the text files: {found:#?}"
    );
}

#[test]
fn the_reader_hears_code_alone() {
    assert_eq!(spoken("let a = \"签收\";\nlet b = 1; // 办结\n/// 办结\n"), 1);
    assert_eq!(spoken("let url = \"https://例\";\n"), 1);
    assert_eq!(
        spoken("fn f() {}\n#[cfg(test)]\nmod tests {\n    const A: &str = \"签收\";\n}\n"),
        0
    );
    assert_eq!(spoken("#[cfg(test)]\nmod tests;\nconst A: &str = \"签收\";\n"), 1);
    assert_eq!(
        spoken("#[cfg(test)]\nmod a;\n#[cfg(test)]\nmod b {\n    const A: &str = \"签收\";\n}\n"),
        0
    );
    let tests = test_modules(Path::new("a/b.rs"), "#[cfg(test)]\nmod tests;\nmod c;\n");
    assert_eq!(tests, [PathBuf::from("a/b/tests")]);
}
