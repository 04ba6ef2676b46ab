//! Each mistake in a line is found, alone, with its file, its line and the reason.

use super::{broken, line};
use crate::taihe::FILES_OF_TAIHE;
use casework::pack::Pack;

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
