//! There and back: what was not touched is no change, what was changed is this change and no other, and what can't be taken
//! says where it stands.

use std::{
    collections::HashSet,
    io::{Cursor, Read, Write},
    path::Path,
    sync::LazyLock,
};

use casework::county::PackFiles;
use casework::dmn::{self, Model};
use casework::office::clerk::{RowKind, TableDifference, differences};
use casework::pack::Pack;
use casework::zh::cells::cells;
use casework::zh::sheets::NUMBER;
use chrono::DateTime;
use platform::{
    store::{rules_digest, rules_of},
    text::Lang,
};
use rust_xlsxwriter::{Format, Workbook};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{
    export::{ABOUT, DECISIONS, MARK, Stamp, export},
    headings::headings,
    import::{Refused, import},
};
use crate::internal::sheet::{Mistake, Unopened, letters};

struct Taihe {
    pack: Pack,
    rules: PackFiles,
    model: Model,
    digest: String,
}

static TAIHE: LazyLock<Taihe> = LazyLock::new(|| {
    let files = platform::pack::dir::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../counties/taihe")).unwrap();
    let rules = rules_of(&files);
    Taihe {
        pack: Pack::read(&files).unwrap(),
        model: dmn::read(&rules["routing.dmn"]).unwrap(),
        digest: rules_digest(&rules),
        rules,
    }
});

/// Sheets by name, as lines of cells; the heading is the first.
type Grid = Vec<Vec<String>>;

impl Taihe {
    fn exported(&self) -> Vec<u8> {
        let stamp = Stamp {
            version: 3,
            digest: self.digest.clone(),
            at: DateTime::from_timestamp(1_790_000_000, 0).unwrap(),
        };
        export(&self.pack, &self.model, &stamp, Lang::Zh).unwrap()
    }

    fn import(&self, file: &[u8]) -> Result<Option<String>, Refused> {
        import(file, &self.pack, &self.rules["routing.dmn"], &self.digest, Lang::Zh)
    }

    fn mistakes(&self, file: &[u8]) -> Vec<Mistake> {
        match self.import(file) {
            Err(Refused::Mistakes(mistakes)) => mistakes,
            other => panic!("no mistakes: {other:?}"),
        }
    }

    fn grids(&self) -> Vec<Grid> {
        let grid = |table: &dmn::Table| {
            let mut lines = vec![headings(table)];
            lines[0].insert(0, NUMBER.to_owned());
            for rule in &table.rules {
                let mut line = cells(&self.pack, table, &rule.tests, &rule.outputs);
                line.insert(0, rule.number.to_string());
                lines.push(line);
            }
            lines
        };
        self.model.tables.iter().map(grid).collect()
    }

    /// A file as another program would write it.
    fn written(&self, grids: &[Grid], extra: impl Fn(&mut Workbook)) -> Vec<u8> {
        let mut book = Workbook::new();
        let about = book.add_worksheet().set_name(ABOUT).unwrap();
        about.write_string(0, 0, MARK).unwrap();
        about.write_string(1, 0, &self.digest).unwrap();
        for (at, table) in (DECISIONS..).zip(&self.model.tables) {
            about.write_string(at, 0, &table.id).unwrap();
            about.write_string(at, 1, &table.name).unwrap();
        }
        for (grid, table) in grids.iter().zip(&self.model.tables) {
            let sheet = book.add_worksheet().set_name(&table.name).unwrap();
            for (row, line) in (0_u32..).zip(grid) {
                for (col, words) in (0_u16..).zip(line) {
                    sheet.write_string(row, col, words).unwrap();
                }
            }
        }
        extra(&mut book);
        book.save_to_buffer().unwrap()
    }

    fn changes(&self, file: &[u8]) -> Vec<TableDifference> {
        let Some(text) = self.import(file).unwrap() else {
            return Vec::new();
        };
        let mut new = self.rules.clone();
        new.insert("routing.dmn".into(), text);
        differences(&self.rules, &new, &self.pack)
    }

    /// Where a column of a decision stands: number of the table, column in its grid.
    fn at(&self, decision: &str, name: &str) -> (usize, usize) {
        let table = self.model.tables.iter().position(|table| table.id == decision).unwrap();
        let found = &self.model.tables[table];
        let column = found
            .inputs
            .iter()
            .chain(&found.outputs)
            .position(|column| column.name == name)
            .unwrap();
        (table, column + 1)
    }
}

/// The file with one part changed.
fn patched(file: &[u8], part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut from = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut entry = from.by_index(index).unwrap();
        let (name, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        if name == part {
            bytes = change(String::from_utf8(bytes).unwrap()).into_bytes();
        }
        to.start_file(name, SimpleFileOptions::default()).unwrap();
        to.write_all(&bytes).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn an_untouched_file_is_no_change() {
    let taihe = &*TAIHE;
    assert_eq!(taihe.import(&taihe.exported()), Ok(None));
    // The same with all cells as text, also the numbers.
    assert_eq!(taihe.import(&taihe.written(&taihe.grids(), |_| {})), Ok(None));
}

#[test]
fn a_changed_cell_is_this_change_and_no_other() {
    let taihe = &*TAIHE;
    // As a program writes it that keeps strings in their cells.
    let file = patched(&taihe.exported(), "xl/worksheets/sheet4.xml", |xml| {
        let (_, column) = taihe.at("deadlines", "limit");
        let cell = format!("<c r=\"{}2\"", letters(u32::try_from(column).unwrap()));
        let (before, rest) = xml.split_once(&cell).unwrap();
        let (_, after) = rest.split_once("</c>").unwrap();
        format!("{before}{cell} t=\"inlineStr\"><is><t>45 分钟</t></is></c>{after}")
    });
    let found = taihe.changes(&file);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].decision.as_str(), found[0].rows.len()), ("deadlines", 1));
    let row = &found[0].rows[0];
    assert_eq!(
        (row.kind, row.was, row.is, row.cells.len()),
        (RowKind::Changed, Some(1), Some(1), 1)
    );
    assert_eq!(row.cells[0].after, "45分钟");
}

#[test]
fn rows_come_and_go_and_columns_move() {
    let taihe = &*TAIHE;
    let mut grids = taihe.grids();
    let (table, limit) = taihe.at("deadlines", "limit");
    let (_, stage) = taihe.at("deadlines", "stage");
    // A whole row copied with its number and changed; another one deleted; a note of one's own; the columns turned round.
    let mut copy = grids[table][2].clone();
    "6个工作日".clone_into(&mut copy[limit]);
    grids[table].insert(3, copy);
    grids[table].remove(6);
    for (row, line) in grids[table].iter_mut().enumerate() {
        line.swap(0, stage);
        line.reverse();
        line.push(if row == 0 {
            "备注".to_owned()
        } else {
            "已与公安局核对".to_owned()
        });
    }
    grids[table].push(vec![String::new(); 3]);
    let found = taihe.changes(&taihe.written(&grids, |_| {}));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].decision, "deadlines");
    let changed = found[0].rows.iter().all(|row| row.kind != RowKind::Moved);
    assert!(
        changed && (1..=2).contains(&found[0].rows.len()),
        "one came and one went: {found:?}"
    );
    let text = taihe.import(&taihe.written(&grids, |_| {})).unwrap().unwrap();
    let model = dmn::read(&text).unwrap();
    let (new, old) = (
        model.table("deadlines").unwrap(),
        taihe.model.table("deadlines").unwrap(),
    );
    assert_eq!(new.rules.len(), old.rules.len());
    assert_eq!(new.rules[1].outputs, old.rules[1].outputs, "the row that was copied");
    assert_eq!(new.rules[2].tests, old.rules[1].tests, "the copy");
    assert_eq!(new.rules[2].outputs[0], "6wd".into());
}

#[test]
fn mistakes_are_named_by_sheet_and_cell() {
    let taihe = &*TAIHE;
    let mut grids = taihe.grids();
    let (urgency, age) = taihe.at("urgency", "age");
    let (deadlines, limit) = taihe.at("deadlines", "limit");
    "[0..7]".clone_into(&mut grids[urgency][3][age]);
    "999".clone_into(&mut grids[urgency][4][0]);
    "24h".clone_into(&mut grids[deadlines][5][limit]);
    let mistakes = taihe.mistakes(&taihe.written(&grids, |_| {}));
    let places: Vec<&str> = mistakes.iter().map(|mistake| mistake.place.as_str()).collect();
    let cell = |column: usize, row: usize| format!("{}{row}", letters(u32::try_from(column).unwrap()));
    assert_eq!(
        places,
        [
            format!("紧急程度 {}", cell(age, 4)),
            "紧急程度 A5".to_owned(),
            format!("环节时限 {}", cell(limit, 6))
        ]
    );
    assert!(mistakes[0].said.contains("8岁以上"), "{mistakes:?}");
    assert!(mistakes[2].said.contains("24小时"), "{mistakes:?}");
}

#[test]
fn what_is_no_word_is_not_taken_for_one() {
    let taihe = &*TAIHE;
    let (_, age) = taihe.at("urgency", "age");
    let column = u16::try_from(age).unwrap();
    let file = taihe.written(&taihe.grids(), |book| {
        let sheet = book.worksheet_from_name("紧急程度").unwrap();
        let date = Format::new().set_num_format("yyyy-mm-dd");
        sheet.write_formula(1, column, "=6+2").unwrap();
        sheet.write_number_with_format(2, column, 46_000, &date).unwrap();
        sheet.write_number(3, column, 8).unwrap();
        sheet.write_number(4, column, 8.5).unwrap();
        sheet.merge_range(5, column, 6, column, "不限", &Format::new()).unwrap();
    });
    let mistakes = taihe.mistakes(&file);
    let said: Vec<(&str, &str)> = mistakes
        .iter()
        .map(|mistake| (mistake.place.as_str(), mistake.said.as_str()))
        .collect();
    let cell = |row: usize| format!("紧急程度 {}{row}", letters(u32::from(column)));
    for (row, word) in [(2, "公式"), (3, "日期"), (5, "8.5"), (6, "合并")] {
        assert!(
            said.iter()
                .any(|(place, said)| *place == cell(row) && said.contains(word)),
            "{row}: {said:?}"
        );
    }
    assert!(
        !said.iter().any(|(place, _)| *place == cell(4)),
        "8 is an age: {said:?}"
    );
}

#[test]
fn sheets_and_headings_must_be_there() {
    let taihe = &*TAIHE;
    let mut grids = taihe.grids();
    "岁数".clone_into(&mut grids[0][0][taihe.at("urgency", "age").1]);
    grids[1].truncate(1);
    let missing = grids.pop().unwrap();
    assert!(missing.len() > 1);
    let said: Vec<String> = taihe
        .mistakes(&taihe.written(&grids, |_| {}))
        .into_iter()
        .map(|mistake| mistake.said)
        .collect();
    assert!(said[0].contains("“年龄”"), "{said:?}");
    assert!(said[1].contains("一行都没有"), "{said:?}");
    assert!(said[2].contains("缺少这张工作表"), "{said:?}");
}

#[test]
fn only_a_file_of_these_rules_is_taken() {
    let taihe = &*TAIHE;
    let text = &taihe.rules["routing.dmn"];
    let other = import(&taihe.exported(), &taihe.pack, text, "another digest", Lang::Zh);
    assert_eq!(other, Err(Refused::Other("3".to_owned())));
    let mut book = Workbook::new();
    book.add_worksheet().write_string(0, 0, "行").unwrap();
    assert_eq!(taihe.import(&book.save_to_buffer().unwrap()), Err(Refused::Foreign));
    assert_eq!(
        taihe.import(b"PK\x03\x04 and nothing more"),
        Err(Refused::Unopened(Unopened::Unreadable))
    );
    let cut = taihe.exported();
    assert_eq!(
        taihe.import(&cut[..cut.len() / 2]),
        Err(Refused::Unopened(Unopened::Unreadable))
    );
}

#[test]
fn a_small_file_that_means_harm_stays_small() {
    let taihe = &*TAIHE;
    let bomb = patched(&taihe.exported(), "docProps/app.xml", |xml| {
        xml + &" ".repeat(21 * 1024 * 1024)
    });
    assert!(bomb.len() < 1024 * 1024, "{}", bomb.len());
    assert_eq!(taihe.import(&bomb), Err(Refused::Unopened(Unopened::TooLarge)));
    // One cell in the last corner would be 17 thousand million cells for who keeps them all.
    let corner = taihe.written(&taihe.grids(), |book| {
        let sheet = book.worksheet_from_name("紧急程度").unwrap();
        sheet.write_string(1_048_575, 16_383, "不限").unwrap();
    });
    let mistakes = taihe.mistakes(&corner);
    assert!(mistakes.len() == 1 && mistakes[0].said.contains("5000"), "{mistakes:?}");
}

#[test]
fn names_of_sheets_and_columns() {
    let named: Vec<String> = [0, 25, 26, 51, 701, 702].into_iter().map(letters).collect();
    assert_eq!(named, ["A", "Z", "AA", "AZ", "ZZ", "AAA"]);
    let mut model = TAIHE.model.clone();
    for table in &mut model.tables {
        table.name = "环节/时限：一个很长很长很长很长很长很长很长很长很长很长很长的名称".to_owned();
        for column in &mut table.outputs {
            column.label = "结果".to_owned();
        }
    }
    for table in &model.tables {
        let headings = headings(table);
        assert_eq!(
            headings.iter().collect::<HashSet<_>>().len(),
            headings.len(),
            "{headings:?}"
        );
    }
    let stamp = Stamp {
        version: 1,
        digest: "theirs".to_owned(),
        at: DateTime::UNIX_EPOCH,
    };
    let file = export(&TAIHE.pack, &model, &stamp, Lang::En).unwrap();
    let read = import(&file, &TAIHE.pack, &dmn_of(&model), "theirs", Lang::En);
    assert_eq!(read, Ok(None));
}

/// The county's file with the names of another model.
fn dmn_of(model: &Model) -> String {
    let mut text = TAIHE.rules["routing.dmn"].clone();
    for (new, old) in model.tables.iter().zip(&TAIHE.model.tables) {
        text = text.replace(
            &format!("id=\"{}\" name=\"{}\"", old.id, old.name),
            &format!("id=\"{}\" name=\"{}\"", new.id, new.name),
        );
        for column in &old.outputs {
            let label = |label: &str| format!("id=\"{}_out_{}\" label=\"{label}\"", old.id, column.name);
            text = text.replace(&label(&column.label), &label("结果"));
        }
    }
    text
}

/// Cells of other rows of the same column, put anywhere, and rows in any order: what was written is what is read.
#[test]
fn any_mixture_of_rows_is_read_as_it_is_written() {
    let taihe = &*TAIHE;
    let mut seed = 0x5851_f42d_4c95_7f2d_u64;
    let mut any = |below: usize| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for _ in 0..6 {
        let mut grids = taihe.grids();
        for grid in &mut grids {
            for _ in 0..40 {
                let (to, from, column) = (
                    1 + any(grid.len() - 1),
                    1 + any(grid.len() - 1),
                    1 + any(grid[0].len() - 1),
                );
                grid[to][column] = grid[from][column].clone();
                let (one, other) = (1 + any(grid.len() - 1), 1 + any(grid.len() - 1));
                grid.swap(one, other);
            }
            let gone = 1 + any(grid.len() - 1);
            grid.remove(gone);
        }
        let text = taihe.import(&taihe.written(&grids, |_| {})).unwrap().unwrap();
        let model = dmn::read(&text).unwrap();
        for (table, grid) in model.tables.iter().zip(&grids) {
            let words: Vec<Vec<String>> = table
                .rules
                .iter()
                .map(|rule| cells(&taihe.pack, table, &rule.tests, &rule.outputs))
                .collect();
            let wanted: Vec<Vec<String>> = grid[1..].iter().map(|line| line[1..].to_vec()).collect();
            assert_eq!(words, wanted, "{}", table.id);
        }
    }
}
