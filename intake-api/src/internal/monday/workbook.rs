//! `GET /sheet/workbook`: the sheet as a file. It says what the page says, and who took it is written down.

use axum::{
    extract::Query,
    response::{IntoResponse, Redirect, Response},
};
use platform::{clock, text::Lang};
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

use super::{
    figures,
    said::{Apart, Row, Said},
    span::Asked,
};
use crate::internal::{By, auth::Overseer, detached, error::PageError, page::words::Telling, sheet};

/// `GET /sheet/workbook`
pub(super) async fn file(by: By<Overseer>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&by.internal, by.lang, clock::now());
    // The page itself says what is wrong.
    let Ok(span) = asked.read(now) else {
        return Ok(Redirect::to("/sheet?to=x").into_response());
    };
    let figures = figures::of(internal, span, now).await?;
    let loaded = internal.pack.current();
    let telling = Telling {
        pack: &loaded.pack,
        lang,
        now,
    };
    let said = Said::of(&figures, span, telling);
    let county = loaded.pack.county_name(lang.pack());
    let file = write(&said, county, lang).map_err(PageError::unread)?;
    let (board, of, who) = (internal.board.clone(), internal.county.clone(), by.me());
    let (list, rows) = (format!("/sheet?{}", span.query()), said.overdue.len());
    detached(async move { board.list_taken(&of, (&list, rows), (who, now)).await }).await?;
    Ok(sheet::download(file, "sheet.xlsx"))
}

/// A sheet of the workbook, line by line.
struct Lines<'w> {
    sheet: &'w mut Worksheet,
    head: Format,
    next: u32,
}

impl<'w> Lines<'w> {
    /// Begins with where it comes from, of when it is, and that it stays inside.
    fn begin(book: &'w mut Workbook, name: &str, said: &Said, county: &str, lang: Lang) -> Result<Self, XlsxError> {
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        sheet.set_column_width(0, 28)?;
        for column in 1..13 {
            sheet.set_column_width(column, 16)?;
        }
        let head = Format::new().set_bold().set_background_color(Color::RGB(0xDD_E8_F2));
        let mut lines = Self { sheet, head, next: 0 };
        let title = lang.fill("monday.of", &[("county", county), ("span", &said.span)]);
        lines.line(&[&title, lang.t("monday.inside")], false)?;
        lines.line(&[&said.as_of], false)?;
        Ok(lines)
    }

    fn line(&mut self, cells: &[&str], head: bool) -> Result<(), XlsxError> {
        for (column, text) in (0_u16..).zip(cells) {
            if head {
                self.sheet
                    .write_string_with_format(self.next, column, *text, &self.head)?;
            } else {
                self.sheet.write_string(self.next, column, *text)?;
            }
        }
        self.next += 1;
        Ok(())
    }
}

fn write(said: &Said, county: &str, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    received(&mut book, said, (county, lang))?;
    units(&mut book, said, (county, lang))?;
    overdue(&mut book, said, (county, lang))?;
    let mut lines = Lines::begin(&mut book, lang.t("monday.definitions"), said, county, lang)?;
    for (term, text) in &said.definitions {
        lines.line(&[term, text], false)?;
    }
    book.save_to_buffer()
}

fn received(book: &mut Workbook, said: &Said, (county, lang): (&str, Lang)) -> Result<(), XlsxError> {
    let mut lines = Lines::begin(book, lang.t("monday.received"), said, county, lang)?;
    let heads = |first| [first, said.span.as_str(), said.before.as_str()];
    lines.line(&heads(lang.t("monday.received")), true)?;
    let all = &said.received;
    lines.line(&[&all.label, &all.now.text, &all.before], false)?;
    for Apart { title, kinds, few } in &said.apart {
        lines.line(&heads(title), true)?;
        for kind in kinds {
            lines.line(&[&kind.label, &kind.now.text, &kind.before], false)?;
        }
        if let Some(few) = few {
            lines.line(&[few], false)?;
        }
    }
    Ok(())
}

fn units(book: &mut Workbook, said: &Said, (county, lang): (&str, Lang)) -> Result<(), XlsxError> {
    let mut lines = Lines::begin(book, lang.t("monday.units"), said, county, lang)?;
    let mut heads = vec![lang.t("board.col_unit")];
    for head in &said.heads {
        heads.extend([head, lang.t("monday.rests_on"), lang.t("monday.before")]);
    }
    lines.line(&heads, true)?;
    let mut rows = |rows: &mut dyn Iterator<Item = &Row>| {
        for row in rows {
            let mut cells = vec![row.unit.as_str()];
            for cell in &row.cells {
                cells.extend([cell.now.text.as_str(), &cell.rests_on, &cell.before]);
            }
            lines.line(&cells, false)?;
        }
        Ok::<_, XlsxError>(())
    };
    rows(&mut said.total.iter().chain(&said.units))?;
    rows(&mut said.letters.iter())?;
    Ok(())
}

fn overdue(book: &mut Workbook, said: &Said, (county, lang): (&str, Lang)) -> Result<(), XlsxError> {
    let mut lines = Lines::begin(book, lang.t("monday.overdue"), said, county, lang)?;
    let heads = ["unit", "what", "urgency", "stage", "span", "due", "level", "whose"];
    let heads: Vec<&str> = heads
        .iter()
        .map(|head| lang.t(&format!("monday.column.{head}")))
        .collect();
    lines.line(&heads, true)?;
    for line in &said.overdue {
        let cells = [
            line.unit.as_str(),
            &line.what,
            line.urgency,
            line.stage,
            &line.span,
            &line.due,
            line.level,
            line.whose,
        ];
        lines.line(&cells, false)?;
    }
    for text in said.unread.iter().chain(&said.more) {
        lines.line(&[text], false)?;
    }
    Ok(())
}
