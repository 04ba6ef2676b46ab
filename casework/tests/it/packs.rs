//! Each mistake of a pack is found, alone, with its file and line.

use casework::dmn;
use casework::pack::{FILES, Lang, Pack, PackProblem};

use crate::taihe::{FILES_OF_TAIHE, TAIHE};

/// The problems of the pack with `old` replaced once by `new` in `file`.
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
#[expect(clippy::too_many_lines, reason = "one table of cases")]
fn a_broken_line_is_named_with_its_reason() {
    let cases = [
        (
            "areas.csv",
            "341222101000,旧县镇,township",
            "341222101000,旧县镇,town",
            "level \"town\"",
        ),
        (
            "areas.csv",
            "341222400006,闪庄民族社区居民委员会,village,341222400000",
            "341222400006,闪庄民族社区居民委员会,village,341222999000",
            "parent 341222999000",
        ),
        (
            "areas.csv",
            "341222400006,",
            "341222400005,",
            "duplicate code 341222400005",
        ),
        (
            "areas.csv",
            "341222400006,闪庄民族社区居民委员会,village,341222400000",
            "341222400006,闪庄民族社区居民委员会,village,",
            "has no parent",
        ),
        (
            "areas.csv",
            "341222400006,闪庄民族社区居民委员会,village,341222400000",
            "341222400006,闪庄民族社区居民委员会,village,341222400005",
            "not above",
        ),
        (
            "units.csv",
            "relief,relief-station,太和县救助管理站(未成年人救助保护中心),341222000000",
            "relief,relief-station,太和县救助管理站(未成年人救助保护中心),341222000001",
            "341222000001 is not a known area",
        ),
        (
            "units.csv",
            "court,court,太和县人民法院,341222000000,office",
            "court,court,太和县人民法院,341222000000,nobody-here",
            "parent nobody-here",
        ),
        (
            "units.csv",
            "court,court,太和县人民法院,341222000000,office",
            "court,court,太和县人民法院,341222000000,",
            "has no parent",
        ),
        (
            "units.csv",
            "lg@taihe.example",
            "lg at taihe.example",
            "not a mail address",
        ),
        ("units.csv", "yl,youth-league,", "wf,youth-league,", "duplicate code wf"),
        (
            "units.csv",
            "court,court,太和县人民法院,341222000000,office",
            "court,court,太和县人民法院,341222000000,court",
            "circle",
        ),
        (
            "units.csv",
            "relief,relief-station,",
            "relief,office,",
            "second unit of kind office",
        ),
        ("holidays.csv", "2004-01-01,off", "2004-13-01,off", "not a date"),
        (
            "holidays.csv",
            "2004-01-01,off",
            "2004-01-01,free",
            "must be off or work",
        ),
        ("holidays.csv", "2004-01-18,", "2004-01-17,", "duplicate date"),
        ("situations.csv", "\norphan,", "\nOrphan,", "must be 1 to 60"),
        (
            "unit-kinds.csv",
            "court,人民法院,People's court,true",
            "court,人民法院,People's court,yes",
            "letter must be",
        ),
        (
            "obligations.csv",
            "legal-aid,法律援助,Legal aid",
            "legal-aid,法律援助,",
            "needs a label",
        ),
        (
            "ranking.csv",
            "24,triage,office",
            "23,triage,office",
            "duplicate rank 23",
        ),
        (
            "ranking.csv",
            "24,triage,office",
            "24,triage,offices",
            "offices is not a known unit kind",
        ),
        (
            "ranking.csv",
            "24,triage,office",
            "24,triages,office",
            "triages is not a known obligation",
        ),
        (
            "ranking.csv",
            "24,triage,office",
            "last,triage,office",
            "not a whole number",
        ),
        (
            "recusal.csv",
            "official,",
            "officials,",
            "officials is not a known suspect",
        ),
        (
            "recusal.csv",
            "village township",
            "village town",
            "town is not a known area level",
        ),
        (
            "pack.toml",
            "area = \"341222000000\"",
            "area = \"341222100000\"",
            "is not a county",
        ),
        (
            "pack.toml",
            "published_through = 2026-12-31",
            "published_through = 2026-12-32",
            "",
        ),
        (
            "routing.dmn",
            "<outputEntry id=\"obligations_1_out_unit_kind\"><text>\"police\"",
            "<outputEntry id=\"obligations_1_out_unit_kind\"><text>police",
            "row 1, column unit_kind",
        ),
    ];
    for (file, old, new, reason) in cases {
        let problems = broken(file, old, new);
        let at = if old.starts_with('\n') {
            line(file, old) + 1
        } else {
            line(file, old)
        };
        assert!(
            problems
                .iter()
                .any(|problem| problem.file == file && problem.line == at && problem.reason.contains(reason)),
            "{file}:{at} {reason:?} not among {problems:#?}"
        );
    }
}

#[test]
fn a_word_outside_the_vocabulary_in_the_model() {
    // Both in the cell and in the declared values, as an editor would write it.
    for (old, new, column) in [
        ("orphan", "orphanage", "situation"),
        ("acceptance-receipt", "receipt", "evidence"),
        ("case-filed", "case-opened", "start"),
        ("womens-federation", "women", "unit_kind"),
        ("school-staff", "teacher", "suspect"),
    ] {
        let mut files = FILES_OF_TAIHE.clone();
        let text = files["routing.dmn"].replace(&format!("\"{old}\""), &format!("\"{new}\""));
        files.insert("routing.dmn".into(), text);
        let problems = Pack::read(&files).err().unwrap_or_default();
        let found = problems
            .iter()
            .any(|p| p.file == "routing.dmn" && p.line > 1 && p.reason.contains(new) && p.reason.contains(column));
        assert_eq!(found, column != "suspect", "{new}: {problems:#?}");
    }
}

#[test]
fn a_rule_naming_a_kind_that_nobody_is() {
    let mut files = FILES_OF_TAIHE.clone();
    let units: Vec<_> = FILES_OF_TAIHE["units.csv"]
        .lines()
        .filter(|line| !line.contains(",justice,"))
        .collect();
    files.insert("units.csv".into(), units.join("\n"));
    let problems = Pack::read(&files).unwrap_err();
    let rows: Vec<_> = problems
        .iter()
        .filter(|p| p.reason.contains("no unit of units.csv is of kind justice"))
        .collect();
    assert_eq!(rows.len(), 4, "{problems:#?}");
    assert!(rows.iter().all(|p| p.file == "routing.dmn" && p.line > 1));
}

#[test]
fn a_missing_or_endless_deadline() {
    let id = |column: &str| format!("<outputEntry id=\"deadlines_1_out_{column}\"><text>");
    let limit = id("limit");
    for (new, reason) in [
        ("\"0min\"", "leaves no time"),
        ("\"soon\"", "is not a limit"),
        ("\"-\"", "is not a limit"),
        ("\"4000sd\"", "longer than ten years"),
    ] {
        let problems = broken("routing.dmn", &format!("{limit}\"30min\""), &format!("{limit}{new}"));
        assert!(
            problems.iter().any(|p| p.reason.contains(reason)),
            "{new}: {problems:#?}"
        );
        assert!(
            problems
                .iter()
                .any(|p| p.reason.contains("police-accept has no sign limit at urgency P1")),
            "{problems:#?}"
        );
    }
    // The row asks for an urgency that its neighbour already answers.
    let cell = "<inputEntry id=\"deadlines_1_in_urgency\"><text>";
    let problems = broken("routing.dmn", &format!("{cell}\"P1\""), &format!("{cell}\"P2\""));
    assert!(
        problems
            .iter()
            .any(|p| p.reason.contains("has no sign limit at urgency P1")),
        "{problems:#?}"
    );
    assert!(
        problems.iter().any(|p| p.reason.contains("rows [1, 4] all match")),
        "{problems:#?}"
    );
}

#[test]
fn escalation_must_climb() {
    let percent = |row: u8| format!("<outputEntry id=\"escalation_{row}_out_percent\"><text>");
    for (row, old, new) in [(1, "50", "100"), (3, "25", "0"), (4, "50", "25"), (4, "50", "10")] {
        let problems = broken(
            "routing.dmn",
            &format!("{}{old}", percent(row)),
            &format!("{}{new}", percent(row)),
        );
        assert!(
            problems.iter().any(|p| p.reason.contains("must come after level")),
            "{row} {new}: {problems:#?}"
        );
    }
    let level = "<inputEntry id=\"escalation_3_in_level\"><text>";
    let problems = broken("routing.dmn", &format!("{level}3"), &format!("{level}5"));
    assert!(
        problems.iter().any(|p| p.reason.contains("without a gap")),
        "{problems:#?}"
    );
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
    assert!(Pack::read(&casework::pack::PackFiles::new()).unwrap_err().len() >= FILES.len());
}

#[test]
fn form_mistakes_of_a_csv_file() {
    assert!(
        broken("units.csv", "code,kind", "code;kind")[0]
            .reason
            .contains("the first line must be")
    );
    let problems = broken(
        "recusal.csv",
        "official,*,village township",
        "\n\nofficial,*,village,township",
    );
    assert_eq!(
        (problems[0].line, problems[0].reason.contains("has 4 cells")),
        (5, true),
        "{problems:#?}"
    );
    let marked = broken("units.csv", "code,kind", "\u{feff}code,kind");
    assert!(marked.is_empty(), "a byte order mark is not a mistake: {marked:#?}");
    let windows = FILES_OF_TAIHE["recusal.csv"].replace('\n', "\r\n");
    let mut files = FILES_OF_TAIHE.clone();
    files.insert("recusal.csv".into(), windows);
    assert!(Pack::read(&files).is_ok());
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

#[test]
fn outside_the_subset_of_dmn() {
    let model = &FILES_OF_TAIHE["routing.dmn"];
    let cases = [
        (
            "hitPolicy=\"FIRST\"",
            "hitPolicy=\"OUTPUT ORDER\"",
            "hit policy OUTPUT ORDER",
        ),
        (
            "typeRef=\"integer\"><text>age",
            "typeRef=\"date\"><text>age",
            "type date",
        ),
        ("<text>age</text>", "<text>age + 1</text>", "one plain name"),
        ("<text>&lt; 14</text>", "<text>before 14</text>", "before 14"),
        (
            "<decision id=\"urgency\"",
            "<decision id=\"obligations\"",
            "second decision",
        ),
        (
            "<inputEntry id=\"urgency_1_in_age\"><text>-</text></inputEntry>",
            "",
            "the row has",
        ),
        (
            "<inputEntry id=\"urgency_1_in_age\">",
            "<inputEntry id=\"urgency_1_in_age\" expressionLanguage=\"javascript\">",
            "javascript",
        ),
        ("20191111/MODEL", "20151101/MODEL", "DMN 1.3"),
        ("</definitions>", "", "well-formed"),
    ];
    for (old, new, reason) in cases {
        assert!(model.contains(old), "{old}");
        let errors = dmn::read(&model.replacen(old, new, 1)).unwrap_err();
        assert!(
            errors.iter().any(|error| error.to_string().contains(reason)),
            "{reason}: {errors:#?}"
        );
        assert!(errors.iter().all(|error| error.line > 0));
    }
    let bombs = [
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".to_owned(),
        "<a>".repeat(200_000),
        String::new(),
    ];
    for text in bombs {
        assert!(dmn::read(&text).is_err());
    }
}

#[test]
fn newer_dmn_versions_are_read() {
    for version in ["20211108", "20230324"] {
        let text = FILES_OF_TAIHE["routing.dmn"].replace("20191111/MODEL", &format!("{version}/MODEL"));
        assert_eq!(dmn::read(&text).unwrap().tables.len(), 4);
    }
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
