//! What a county pack says to people, and each mistake of one: what is missing here, mistakes of lines and of the model apart.

mod lines;
mod model;
mod ringing;

use casework::county::{FILES, PackProblem};
use casework::pack::Pack;
use casework::words::Lang;

use crate::taihe::{FILES_OF_TAIHE, TAIHE};

fn broken(file: &str, old: &str, new: &str) -> Vec<PackProblem> {
    let mut files = FILES_OF_TAIHE.clone();
    let text = &files[file];
    assert!(text.contains(old), "{old} in {file}");
    files.insert(file.into(), text.replacen(old, new, 1));
    Pack::read(&files).err().unwrap_or_default()
}

/// Line of the first occurrence.
fn line(file: &str, part: &str) -> u32 {
    let text = &FILES_OF_TAIHE[file];
    let index = text.find(part).unwrap_or_else(|| panic!("{part} in {file}"));
    u32::try_from(text[..index].matches('\n').count() + 1).unwrap()
}

#[test]
fn what_people_read() {
    assert_eq!(
        (TAIHE.county(), TAIHE.county_name(Lang::Zh), TAIHE.county_name(Lang::En)),
        ("taihe", "太和县", "Taihe County")
    );
    assert_eq!(TAIHE.units().office(), "office");
    assert_eq!(TAIHE.units().leading_group(), "lg");
    let vocabulary = TAIHE.vocabulary();
    assert_eq!(vocabulary.situations.len(), 23);
    assert_eq!(vocabulary.situations.label("orphan", Lang::Zh), "孤儿");
    assert_eq!(vocabulary.obligations.label("nothing", Lang::En), "nothing");
    assert!(vocabulary.unit_kinds.iter().filter(|kind| kind.letter).count() == 2);
    for situation in vocabulary.situations.offered() {
        for text in [&situation.hint, &situation.group, &situation.term.label] {
            assert!(!text.zh.is_empty() && !text.en.is_empty(), "{}", situation.term.code);
        }
    }
}

#[test]
fn a_missing_file_is_named() {
    for file in FILES {
        let mut files = FILES_OF_TAIHE.clone();
        files.remove(file);
        let problems = Pack::read(&files).unwrap_err();
        assert!(
            problems.iter().any(|p| p.file == file && p.reason.contains("missing")),
            "{file}: {problems:#?}"
        );
    }
    assert!(Pack::read(&casework::county::PackFiles::new()).unwrap_err().len() >= FILES.len());
}

#[test]
fn what_the_program_itself_speaks_of_must_be_there() {
    for (file, code) in [
        ("obligations.csv", "triage"),
        ("obligations.csv", "police-accept"),
        ("unit-kinds.csv", "office"),
        ("events.csv", "dispatch"),
        ("situations.csv", "forced-begging"),
    ] {
        let mut files = FILES_OF_TAIHE.clone();
        let text: Vec<_> = FILES_OF_TAIHE[file]
            .lines()
            .filter(|line| !line.starts_with(&format!("{code},")))
            .collect();
        files.insert(file.into(), text.join("\n"));
        let problems = Pack::read(&files).unwrap_err();
        assert!(
            problems
                .iter()
                .any(|p| p.file == file && p.reason.contains(code) && p.reason.contains("missing")),
            "{code}: {problems:#?}"
        );
    }
}
