//! The word lists of a pack.

use super::sheet::{Columns, Row, Sheet};
use crate::county::{
    Label, Outcome, PHRASES, PackFiles, Phrases, Problems, Situation, Term, Terms, UnitKind, Vocabulary,
};
use crate::words::reserved::{
    CLOSE_REQUESTED, DISPATCH, LEADING_GROUP, NOT_APPLICABLE, NOT_FILED, OFFICE, POLICE, POLICE_ACCEPT, STATUTORY,
    TRANSFERRED, TRIAGE,
};
use crate::words::{Grade, Need, is_code};

const TERM: [&str; 4] = ["code", "zh", "en", "retired"];

pub(crate) fn vocabulary(files: &PackFiles, problems: &mut Problems) -> Vocabulary {
    const KIND: [&str; 5] = ["code", "zh", "en", "letter", "retired"];
    const SITUATION: [&str; 15] = [
        "code", "group_zh", "group_en", "zh", "en", "plain_zh", "plain_en", "common", "hint_zh", "hint_en", "basis",
        "grade", "retired", "short_zh", "short_en",
    ];
    // Packs of earlier versions have no short names.
    let situation = Columns {
        all: &SITUATION,
        required: 13,
    };
    let situations = terms(
        files,
        List {
            file: "situations.csv",
            columns: situation,
            reserved: &STATUTORY,
        },
        problems,
        |row, term, problems| {
            grade(("situations.csv", row.line), row.get("grade"), problems);
            let plain = label(row, "plain_zh", "plain_en");
            let bare = plain.zh.is_empty() || plain.en.is_empty();
            if bare {
                let reason = format!("{} needs plain words in plain_zh and in plain_en", row.get("code"));
                problems.add("situations.csv", row.line, reason);
            }
            let common = row.get("common");
            if !common.is_empty() && common.parse::<u8>().is_err() {
                let reason = format!("common \"{common}\" must be a place among the commonest, such as 1, or empty");
                problems.add("situations.csv", row.line, reason);
            }
            Situation {
                term,
                group: label(row, "group_zh", "group_en"),
                plain,
                common: common.parse().ok(),
                hint: label(row, "hint_zh", "hint_en"),
                short: label(row, "short_zh", "short_en"),
                basis: row.get("basis").to_owned(),
                grade: Grade::of_cell(row.get("grade")),
            }
        },
    );
    let reserved = [LEADING_GROUP, OFFICE, POLICE];
    let unit_kinds = terms(
        files,
        List {
            file: "unit-kinds.csv",
            columns: Columns::exactly(&KIND),
            reserved: &reserved,
        },
        problems,
        |row, term, problems| UnitKind {
            term,
            letter: flag(("unit-kinds.csv", row.line), "letter", row.get("letter"), problems),
        },
    );
    let outcomes = outcomes(files, &unit_kinds, problems);
    let reserved = [POLICE_ACCEPT, TRIAGE];
    Vocabulary {
        situations,
        unit_kinds,
        obligations: terms(
            files,
            List {
                file: "obligations.csv",
                columns: Columns::exactly(&TERM),
                reserved: &reserved,
            },
            problems,
            |_, term, _| term,
        ),
        evidence: terms(
            files,
            List {
                file: "evidence.csv",
                columns: Columns::exactly(&TERM),
                reserved: &[],
            },
            problems,
            |_, term, _| term,
        ),
        outcomes,
        events: terms(
            files,
            List {
                file: "events.csv",
                columns: Columns::exactly(&TERM),
                reserved: &[DISPATCH, CLOSE_REQUESTED],
            },
            problems,
            |_, term, _| term,
        ),
    }
}

/// Outcomes with what each needs. Three are reserved, because something follows from them.
fn outcomes(files: &PackFiles, kinds: &Terms<UnitKind>, problems: &mut Problems) -> Terms<Outcome> {
    const FILE: &str = "outcomes.csv";
    const COLUMNS: [&str; 6] = ["code", "zh", "en", "needs", "unit_kinds", "retired"];
    let reserved = [TRANSFERRED, NOT_FILED, NOT_APPLICABLE];
    terms(
        files,
        List {
            file: FILE,
            columns: Columns::exactly(&COLUMNS),
            reserved: &reserved,
        },
        problems,
        |row, term, problems| {
            let mut needs = Vec::new();
            for word in row.get("needs").split_whitespace() {
                match Need::from_word(word) {
                    Some(need) if needs.contains(&need) => {
                        problems.add(FILE, row.line, format!("needs {word} stands there twice"));
                    }
                    Some(need) => needs.push(need),
                    None => problems.known((FILE, row.line), "need (evidence, decision, unit, note)", word, false),
                }
            }
            let must = match term.code.as_str() {
                TRANSFERRED => Some(Need::Unit),
                NOT_FILED => Some(Need::Decision),
                NOT_APPLICABLE => Some(Need::Note),
                _ => None,
            };
            if let Some(need) = must.filter(|need| !needs.contains(need)) {
                problems.add(FILE, row.line, format!("{} must need {need}", term.code));
            }
            if term.code != TRANSFERRED && needs.contains(&Need::Unit) {
                problems.add(
                    FILE,
                    row.line,
                    format!("only {TRANSFERRED} may need unit: it moves the ticket"),
                );
            }
            if needs.is_empty() && !term.retired {
                let reason = format!("{} needs nothing; closing would say nothing about the child", term.code);
                problems.add(FILE, row.line, reason);
            }
            let unit_kinds: Vec<String> = row.get("unit_kinds").split_whitespace().map(str::to_owned).collect();
            for kind in &unit_kinds {
                problems.known(
                    (FILE, row.line),
                    "unit kind of unit-kinds.csv",
                    kind,
                    kinds.allows(kind),
                );
            }
            Outcome {
                term,
                needs,
                unit_kinds,
            }
        },
    )
}

/// A file of words.
struct List<'l> {
    file: &'static str,
    columns: Columns<'l>,
    /// Codes that must be among it, because the program itself speaks of them.
    reserved: &'l [&'l str],
}

/// One word list.
fn terms<T: AsRef<Term>>(
    files: &PackFiles,
    list: List<'_>,
    problems: &mut Problems,
    read: impl Fn(&Row<'_>, Term, &mut Problems) -> T,
) -> Terms<T> {
    let List {
        file,
        columns,
        reserved,
    } = list;
    let sheet = Sheet::read_with(files, file, columns, problems);
    sheet.unique(&["code"], problems);
    let mut terms = Vec::new();
    for row in sheet.rows() {
        code((file, row.line), row.get("code"), problems);
        let label = label(row, "zh", "en");
        if label.zh.is_empty() || label.en.is_empty() {
            problems.add(
                file,
                row.line,
                format!("{} needs a label in zh and in en", row.get("code")),
            );
        }
        let retired = flag((file, row.line), "retired", row.get("retired"), problems);
        terms.push(read(
            row,
            Term {
                code: row.get("code").to_owned(),
                label,
                retired,
            },
            problems,
        ));
    }
    let terms = Terms::new(terms);
    for word in reserved {
        if files.contains_key(file) && !terms.contains(word) {
            problems.add(file, 0, format!("{word} is missing; the program needs it"));
        }
    }
    terms
}

fn label(row: &Row<'_>, zh: &str, en: &str) -> Label {
    Label {
        zh: row.get(zh).to_owned(),
        en: row.get(en).to_owned(),
    }
}

pub(crate) fn code(at: (&str, u32), code: &str, problems: &mut Problems) {
    if !is_code(code) {
        problems.add(at.0, at.1, format!("code \"{code}\" must be 1 to 60 of a-z, 0-9 and -"));
    }
}

pub(crate) fn grade(at: (&str, u32), grade: &str, problems: &mut Problems) {
    if Grade::from_word(grade).is_none() {
        problems.add(at.0, at.1, format!("grade \"{grade}\" must be V, S or P"));
    }
}

/// `true`, `false` or empty (= false).
fn flag(at: (&str, u32), column: &str, text: &str, problems: &mut Problems) -> bool {
    if !matches!(text, "" | "true" | "false") {
        problems.add(
            at.0,
            at.1,
            format!("{column} must be true, false or empty, not \"{text}\""),
        );
    }
    text == "true"
}

/// Phrases of a basis. A pack may do without them; then its English stays English.
pub(crate) fn phrases(files: &PackFiles, problems: &mut Problems) -> Phrases {
    if !files.contains_key(PHRASES) {
        return Phrases::default();
    }
    let sheet = Sheet::read(files, PHRASES, &["en", "zh"], problems);
    sheet.unique(&["en"], problems);
    let mut pairs = Vec::new();
    for row in sheet.rows() {
        if row.get("en").is_empty() || row.get("zh").is_empty() {
            problems.add(PHRASES, row.line, "a phrase needs its text in en and in zh");
            continue;
        }
        pairs.push((row.get("en").to_owned(), row.get("zh").to_owned()));
    }
    Phrases::new(pairs)
}
