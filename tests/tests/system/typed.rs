//! Words and ids are typed to the edge of the database: in the store no field and no parameter that is called like a word of a closed
//! list is a text, and none that is called like an id is a bare number.

use std::{fs, path::Path};

use platform::store::EventKind;
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

/// Kinds that the statement of an event, from its columns on, writes as literals.
fn literal_kinds(statement: &str) -> Vec<&str> {
    let (columns, rest) = statement.split_once(')').expect("columns");
    let nth = columns
        .split(',')
        .position(|column| column.trim() == "kind")
        .expect("a kind");
    let (mut depth, mut item, mut found) = (0_i32, 0, "");
    let values = rest
        .trim_start()
        .trim_start_matches("VALUES (")
        .trim_start_matches("SELECT ");
    let mut from = 0;
    for (at, c) in values.char_indices() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth == 0 && c == ',' || depth < 0 {
            if item == nth {
                found = &values[from..at];
                break;
            }
            (item, from) = (item + 1, at + 1);
        }
    }
    // Of a choice the words after THEN and ELSE; else the literal itself.
    let words: Vec<&str> = found.split_whitespace().collect();
    let after = |word: &str| {
        let pairs = words.windows(2).filter(|pair| pair[0] == word);
        pairs.map(|pair| pair[1]).collect::<Vec<_>>()
    };
    let chosen = [after("THEN"), after("ELSE")].concat();
    let all = if chosen.is_empty() { words } else { chosen };
    all.into_iter()
        .filter_map(|word| word.strip_prefix('\'')?.strip_suffix('\''))
        .collect()
}

#[test]
fn sql_writes_no_event_of_a_kind_that_is_not_of_the_list() {
    let mut files = Vec::new();
    let store = root().join("platform/src/store");
    sources(&store, &store, &mut files);
    for dir in ["migrations", "platform/src/store/notices", "platform/src/store/packs"] {
        for entry in fs::read_dir(root().join(dir)).expect(dir).filter_map(Result::ok) {
            if entry.path().extension().is_some_and(|end| end == "sql") {
                let text = fs::read_to_string(entry.path()).expect("SQL");
                files.push((entry.path().display().to_string(), text));
            }
        }
    }
    let mut seen = 0;
    for (file, text) in &files {
        for statement in text.split("INSERT INTO events (").skip(1) {
            for kind in literal_kinds(statement) {
                assert!(
                    EventKind::from_word(kind).is_some(),
                    "{file} writes an event of the kind {kind}"
                );
                seen += 1;
            }
        }
    }
    assert!(seen >= 15, "only {seen} kinds were found");
}

#[test]
fn the_reader_sees_fields_and_parameters() {
    assert_eq!(
        literal_kinds("at, kind, actor) SELECT f(a, b), CASE WHEN x = 'no' THEN 'opened' ELSE 'ended' END, 'who'"),
        ["opened", "ended"]
    );
    assert_eq!(literal_kinds("at, kind) VALUES ($1, 'signed')"), ["signed"]);
    assert_eq!(named("    pub state: String,"), [("state", "String")]);
    assert_eq!(
        named("fn f(id: i64, of: Option<i64>, (kind, at): (&str, Utc)) -> u8 {"),
        [("id", "i64"), ("of", "Option<i64>")]
    );
    assert_eq!(named("    /// state: String"), []);
    assert!(is_text("Option<String>") && is_text("&'a str") && !is_text("Urgency"));
    assert!(is_number("&[i64]") && is_number("Option<Uuid>") && !is_number("TicketId"));
}
