//! `GET /reports/workbook`, `GET /tickets/workbook`: the list as a file. It says what the lines say and nothing more, ends at a
//! number of rows, and who took it is written down.

use axum::{
    extract::Query,
    response::{IntoResponse, Redirect, Response},
};
use platform::{clock, store::Listed, text::Lang};
use rust_xlsxwriter::{Color, Format, Workbook, XlsxError};

use super::{
    asked::{Asked, NotAsked},
    line::Line,
    reach::Reach,
};
use crate::internal::{
    By, Visit,
    auth::{Desk, Overseer},
    detached,
    error::PageError,
    page::words::{self, Telling},
    sheet,
};

/// Rows of a file. Whoever needs more takes a span of days at a time.
pub(super) const ROWS: i64 = 5000;

const COLUMNS: [&str; 11] = [
    "receipt",
    "received",
    "urgency",
    "obligation",
    "brief",
    "unit",
    "role",
    "assignee",
    "state",
    "due",
    "marks",
];

/// `GET /reports/workbook`
pub(super) async fn county(by: By<Overseer>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    file(&by, Reach::County, asked).await
}

/// `GET /tickets/workbook`
pub(super) async fn unit(by: By<Desk>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let reach = Reach::of_desk(&by, &asked.unit)?;
    file(&by, reach, asked).await
}

async fn file(visit: &Visit, reach: Reach, asked: Asked) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let query = match asked.read(visit, &reach, now).await {
        Ok(query) => query,
        Err(NotAsked::Store(e)) => return Err(e.into()),
        // The list itself says what is wrong.
        Err(NotAsked::Wrong(_)) => return Ok(Redirect::to(&asked.address(reach.path(), &[])).into_response()),
    };
    let found = reach.found(internal, &query, ROWS).await?;
    let more = found.next.is_some();
    let (read, unread) = Listed::sorted(found.lines);
    let loaded = internal.pack.current();
    let telling = Telling {
        pack: &loaded.pack,
        lang,
        now,
    };
    let lines: Vec<Line> = read
        .iter()
        .map(|line| Line::of(line, reach.is_county(), telling))
        .collect();
    let mut said: Vec<String> = unread.into_iter().map(|row| words::unread(lang, row)).collect();
    if more {
        said.push(words::fill(lang, "finding.workbook_more", "n", ROWS));
    }
    let file = write(&lines, &said, lang).map_err(PageError::unread)?;
    let (taken, who, rows) = (internal.clone(), visit.me(), lines.len());
    let list = asked.address(reach.path(), &[]);
    detached(async move { reach.taken(&taken, (&list, rows), (who, now)).await }).await?;
    Ok(sheet::download(file, "tickets.xlsx"))
}

fn write(lines: &[Line], said: &[String], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let head = Format::new().set_bold().set_background_color(Color::RGB(0xDD_E8_F2));
    sheet.set_freeze_panes(1, 0)?;
    for (column, name) in (0_u16..).zip(COLUMNS) {
        sheet.write_string_with_format(0, column, lang.t(&format!("finding.column.{name}")), &head)?;
        sheet.set_column_width(column, 20)?;
    }
    let mut next = 1;
    for line in lines {
        let mut marks = Vec::new();
        if line.danger {
            marks.push(lang.t("desk.danger_short"));
        }
        if line.drill {
            marks.push(lang.t("desk.drill"));
        }
        let cells = [
            line.receipt.as_str(),
            &line.received,
            line.urgency,
            &line.obligation,
            &line.brief,
            &line.unit,
            line.role,
            line.assignee.as_deref().unwrap_or_default(),
            line.state,
            line.countdown.as_ref().map_or("", |countdown| countdown.text.as_str()),
            &marks.join(" "),
        ];
        for (column, text) in (0_u16..).zip(cells) {
            sheet.write_string(next, column, text)?;
        }
        next += 1;
    }
    for text in said {
        sheet.write_string(next, 0, text)?;
        next += 1;
    }
    book.save_to_buffer()
}
