use std::{path::Path, sync::LazyLock};

use casework::pack::Pack;
use platform::{pack::dir, store::Role, text::Lang};
use rust_xlsxwriter::Workbook;

use super::{Refused, read_people, template};
use crate::internal::sheet::Unopened;

static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../counties/taihe");
    Pack::read(&dir::read(&dir).unwrap()).unwrap()
});

const HEAD: [&str; 5] = ["姓名", "账号名", "工作电话", "单位", "角色"];

fn file(rows: &[[&str; 5]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("人员").unwrap();
    for (at, row) in (0..).zip(std::iter::once(&HEAD).chain(rows)) {
        for (col, text) in (0..).zip(row) {
            if !text.is_empty() {
                sheet.write_string(at, col, *text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_file_gives_people() {
    let (rows, places) = read_people(
        &file(&[
            [
                "王伟、李娜",
                "ＷＡＮＧ．wei",
                "0558-8612345转8012",
                "太和县民政局",
                "经办人",
            ],
            ["", "", "", "", ""],
            ["值班 2", "duty2", "", "pol-341222101", "leader"],
        ]),
        &PACK,
        Lang::Zh,
    )
    .unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (rows[0].name.as_str(), rows[0].login.as_str()),
        ("王伟、李娜", "wang.wei")
    );
    assert_eq!((rows[0].unit.as_str(), rows[0].role), ("ca", Role::Member));
    assert_eq!(rows[1].phone, None);
    assert_eq!(places, ["人员 B2", "人员 B4"]);
}

#[test]
fn each_mistake_is_named_by_its_cell() {
    let refused = read_people(
        &file(&[
            ["", "张三", "没有", "火星派出所", "所长"],
            ["李四", "li.si", "", "ca", "领导小组"],
            ["王五", "wang.wu", "", "ca", "经办人"],
            ["赵六", "WANG.WU", "", "ca", "经办人"],
        ]),
        &PACK,
        Lang::Zh,
    );
    let Err(Refused::Mistakes(mistakes)) = refused else {
        panic!("{refused:?}")
    };
    let places: Vec<&str> = mistakes.iter().map(|m| m.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "人员 A2",
            "人员 B2",
            "人员 C2",
            "人员 D2",
            "人员 E2",
            "人员 E3",
            "人员 B5"
        ]
    );
    assert!(mistakes[6].said.contains('4'), "{}", mistakes[6].said);
}

#[test]
fn other_files_are_refused_with_a_reason() {
    assert_eq!(
        read_people(b"PK", &PACK, Lang::Zh),
        Err(Refused::Unopened(Unopened::Unreadable))
    );
    assert_eq!(read_people(&file(&[]), &PACK, Lang::Zh), Err(Refused::Empty));
    let mut book = Workbook::new();
    book.add_worksheet().write_string(0, 0, "姓名").unwrap();
    assert_eq!(
        read_people(&book.save_to_buffer().unwrap(), &PACK, Lang::Zh),
        Err(Refused::Foreign)
    );
    let many: Vec<[&str; 5]> = vec![["张三", "x", "", "ca", "经办人"]; 201];
    assert!(matches!(
        read_people(&file(&many), &PACK, Lang::Zh),
        Err(Refused::Mistakes(_))
    ));
}

#[test]
fn the_template_is_a_file_without_people() {
    assert_eq!(
        read_people(&template(&PACK, Lang::Zh).unwrap(), &PACK, Lang::Zh),
        Err(Refused::Empty)
    );
}
