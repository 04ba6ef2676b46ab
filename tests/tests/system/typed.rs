//! Words and ids are typed to the edge of the database: in the store no field and no parameter that is called like a word of a closed
//! list is a text, and none that is called like an id is a bare number.

use std::{fs, path::Path};

use tests::root;

/// Names of what has a closed list.
const WORDS: [&str; 17] = [
    "urgency",
    "state",
    "stage",
    "clock",
    "kind",
    "grade",
    "side",
    "way",
    "verdict",
    "role",
    "act",
    "decision",
    "ground",
    "ended_how",
    "close_by",
    "identity",
    "reporter_kind",
];

/// Names of what is an id; so is all that ends in `_id` or `_account`.
const IDS: [&str; 9] = [
    "id", "account", "actor", "ticket", "report", "opening", "flood", "closing", "notice",
];

/// What stays a text or a number, and why.
const TOLD: [(&str, &str, &str); 6] = [
    // What a blind token is of: a word of the database alone.
    ("reports/batch.rs", "kind", "&'static str"),
    // A row of the table that the kind beside it names.
    ("notices/said.rs", "subject_id", "Option<i64>"),
    ("board/now.rs", "subject_id", "Option<i64>"),
    ("notices/subject.rs", "id", "i64"),
    // Read one by one after the query, so that a word nobody knows is that stage's and the others of the turn ring.
    ("rings/open.rs", "stage", "String"),
    ("rings/open.rs", "urgency", "String"),
];

/// `name: type` of fields and parameters of a line.
fn named(line: &str) -> Vec<(&str, &str)> {
    let code = line.split("//").next().unwrap_or_default();
    code.match_indices(": ")
        .filter_map(|(at, _)| {
            let name = code[..at]
                .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .next()?;
            let rest = &code[at + 2..];
            let mut depth = 0_i32;
            let end = rest.find(|c: char| {
                depth += i32::from(c == '<') - i32::from(c == '>');
                depth < 0 || depth == 0 && matches!(c, ',' | ')' | '=' | ';' | '{')
            });
            let ty = rest[..end.unwrap_or(rest.len())].trim_end();
            (!name.is_empty() && !ty.is_empty()).then_some((name, ty))
        })
        .collect()
}

/// Whether the type is a bare text.
fn is_text(ty: &str) -> bool {
    let bare = ty
        .strip_prefix("Option<")
        .and_then(|ty| ty.strip_suffix('>'))
        .unwrap_or(ty);
    bare == "String" || bare.starts_with('&') && bare.ends_with("str")
}

/// Whether the type is a bare number or uuid, or a list of such.
fn is_number(ty: &str) -> bool {
    let bare = ["Option<", "Vec<", "&["]
        .into_iter()
        .find_map(|begin| ty.strip_prefix(begin))
        .unwrap_or(ty)
        .trim_end_matches(['>', ']']);
    matches!(bare, "i64" | "Uuid")
}

fn is_id(name: &str) -> bool {
    IDS.contains(&name) || name.ends_with("_id") || name.ends_with("_account")
}

fn is_told(file: &str, name: &str, ty: &str) -> bool {
    TOLD.contains(&(file, name, ty))
}

/// Sources of a folder, by their path below it.
fn sources(dir: &Path, top: &Path, out: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).expect("a folder of sources").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, top, out);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let name = path.strip_prefix(top).expect("inside").to_string_lossy().into_owned();
            out.push((name, fs::read_to_string(&path).expect("a source")));
        }
    }
}

#[test]
fn words_and_ids_are_typed_in_the_store() {
    let store = root().join("platform/src/store");
    let mut files = Vec::new();
    sources(&store, &store, &mut files);
    assert!(files.len() > 60, "only {} sources were found", files.len());
    let (mut bare, mut told) = (Vec::new(), Vec::new());
    for (file, text) in &files {
        // Logins of the database are called roles as well.
        if file.starts_with("admin/") {
            continue;
        }
        for (number, line) in (1..).zip(text.lines()) {
            for (name, ty) in named(line) {
                let found = WORDS.contains(&name) && is_text(ty) || is_id(name) && is_number(ty);
                if found && is_told(file, name, ty) {
                    told.push((file.as_str(), name, ty));
                } else if found {
                    bare.push(format!("{file}:{number}: {name}: {ty}"));
                }
            }
        }
    }
    assert!(bare.is_empty(), "a closed list or an id as a bare value: {bare:#?}");
    let idle: Vec<_> = TOLD.iter().filter(|entry| !told.contains(entry)).collect();
    assert!(idle.is_empty(), "told and not there any more: {idle:?}");
}

#[test]
fn the_reader_sees_fields_and_parameters() {
    assert_eq!(named("    pub state: String,"), [("state", "String")]);
    assert_eq!(
        named("fn f(id: i64, of: Option<i64>, (kind, at): (&str, Utc)) -> u8 {"),
        [("id", "i64"), ("of", "Option<i64>")]
    );
    assert_eq!(named("    /// state: String"), []);
    assert!(is_text("Option<String>") && is_text("&'a str") && !is_text("Urgency"));
    assert!(is_number("&[i64]") && is_number("Option<Uuid>") && !is_number("TicketId"));
}
