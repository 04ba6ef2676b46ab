//! The shipped tables are proved sound, and what an office breaks in them is said in its own words.

use casework::dmn::check::{Kind, Report, check};
use casework::dmn::grid::Grid;
use casework::dmn::{self, Model, Table};
use casework::office::soundness::{is_county, named, scope};
use casework::zh::check::chinese;

use crate::taihe::{FILES_OF_TAIHE, TAIHE};

fn model() -> Model {
    dmn::read(&FILES_OF_TAIHE["routing.dmn"]).unwrap()
}

fn checked(table: &Table) -> (Report, Vec<String>) {
    let report = check(table, &Grid::new(table), &scope(table), &mut || true);
    let named = |column: &dmn::Column, word: &str| named(TAIHE.vocabulary(), column, word);
    let said = report
        .findings
        .iter()
        .map(|finding| chinese(table, finding, &named))
        .collect();
    (report, said)
}

#[test]
fn the_shipped_tables_are_sound() {
    let model = model();
    assert!(is_county(&model));
    for table in &model.tables {
        let (report, said) = checked(table);
        assert!(report.sound(), "{}: {said:#?} {:?}", table.id, report.undecided);
    }
}

#[test]
fn a_lost_row_of_urgency_shows_the_child_who_would_be_lost() {
    let mut table = model().table("urgency").unwrap().clone();
    table.rules.pop();
    let (report, said) = checked(&table);
    assert!(report.findings.iter().all(|finding| finding.kind == Kind::Gap));
    let orphan = "没有规则覆盖：情形=事实无人抚养、孤儿、";
    assert!(said.iter().any(|line| line.contains(orphan)), "{said:#?}");
}

#[test]
fn a_lost_or_doubled_deadline_is_found_unless_it_is_one_of_first_contact() {
    let whole = model().table("deadlines").unwrap().clone();
    for row in 0..whole.rules.len() {
        let mut table = whole.clone();
        let lost = table.rules.remove(row);
        let contact = lost.tests[2] == dmn::sfeel::read_test("\"contact\"", dmn::sfeel::Kind::Text).unwrap();
        assert_eq!(
            checked(&table).0.findings.len(),
            usize::from(!contact),
            "row {}",
            row + 1
        );
        let mut table = whole.clone();
        table.rules.insert(row, lost);
        assert_eq!(checked(&table).0.findings[0].kind, Kind::Overlap, "row {}", row + 1);
    }
}
