//! `GET /sheet`: the sheet, on a screen and on paper.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use casework::calendar::shanghai;
use chrono::{DateTime, Datelike, Days, Months, Utc};
use platform::{clock, text::Lang};

use super::{
    figures,
    said::Said,
    span::{Asked, Span},
};
use crate::internal::{
    By,
    auth::Overseer,
    error::PageError,
    page::{
        Frame, Paper, render,
        words::{self, Telling},
    },
};

/// A span to choose.
struct Choice {
    label: &'static str,
    path: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "internal/monday/sheet.html")]
struct SheetPage {
    frame: Frame,
    paper: Paper,
    choices: Vec<Choice>,
    asked: Asked,
    wrong: Option<&'static str>,
    workbook: String,
    sheet: Option<Said>,
}

impl SheetPage {
    fn t(&self, key: &str) -> &'static str {
        self.frame.lang.t(key)
    }
}

/// `GET /sheet`
pub(super) async fn page(by: By<Overseer>, Query(mut asked): Query<Asked>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&by.internal, by.lang, clock::now());
    let loaded = internal.pack.current();
    let telling = Telling {
        pack: &loaded.pack,
        lang,
        now,
    };
    let read = asked.read(now);
    let (sheet, at) = match read {
        Err(_) => (None, now),
        Ok(span) => {
            asked.from = span.first.to_string();
            asked.to = span.last.to_string();
            let figures = figures::of(internal, span, now).await?;
            (Some(Said::of(&figures, span, telling)), figures.at)
        }
    };
    let frame = by.frame("/board");
    let county = loaded.pack.county_name(lang.pack());
    let what = sheet.as_ref().map_or("", |sheet| &sheet.span);
    let page = SheetPage {
        paper: Paper::new(
            &frame,
            county,
            lang.t("monday.title"),
            what,
            &words::moment(lang, at, now),
        ),
        choices: choices(lang, read.ok(), now),
        asked,
        wrong: read.err().map(|key| lang.t(key)),
        workbook: read.map_or_else(
            |_| "/sheet/workbook".to_owned(),
            |span| format!("/sheet/workbook?{}", span.query()),
        ),
        sheet,
        frame,
    };
    let status = if page.wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(render(status, &page))
}

/// Last week, this month and the last, this quarter and the last.
fn choices(lang: Lang, shown: Option<Span>, now: DateTime<Utc>) -> Vec<Choice> {
    let today = now.with_timezone(&shanghai()).date_naive();
    let month = today - Days::new(u64::from(today.day0()));
    let quarter = month - Months::new(month.month0() % 3);
    let spans = [
        ("week", Some(Span::week_before(today))),
        ("month", Span::months(month, 1)),
        ("month_before", Span::months(month - Months::new(1), 1)),
        ("quarter", Span::months(quarter, 3)),
        ("quarter_before", Span::months(quarter - Months::new(3), 3)),
    ];
    let spans = spans.into_iter().filter_map(|(name, span)| Some((name, span?)));
    spans
        .map(|(name, span)| Choice {
            label: lang.t(&format!("monday.span.{name}")),
            path: format!("/sheet?{}", span.query()),
            current: shown == Some(span),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use casework::words::{Stage, TicketClock, Urgency};
    use platform::store::{Judged, OverdueLine, Received, ReceivedBy, ReportId, Role, TicketId, WhoseDelay};

    use super::{
        super::kept::{Counted, Figures},
        *,
    };
    use crate::internal::testing;

    fn received(by: ReceivedBy, code: &str, n: i64) -> Received {
        Received {
            by,
            code: code.into(),
            n,
        }
    }

    fn judged(unit: &str, stage: Stage, (kept, judged, done): (i64, i64, i64)) -> Judged {
        Judged {
            unit: unit.into(),
            stage,
            judged,
            kept,
            done,
            p50_s: (done > 0).then_some(5400.0),
            p90_s: (done > 0).then_some(7200.0),
        }
    }

    fn figures(at: DateTime<Utc>) -> Figures {
        use ReceivedBy::{Age, All, Reporter, Situation, Township};
        let now = Counted {
            received: vec![
                received(All, "", 14),
                received(Situation, "abuse-injury", 8),
                received(Situation, "dropout", 4),
                received(Situation, "<b>", 2),
                received(Township, "341222101", 14),
                received(Age, "6-11", 9),
                received(Age, "", 5),
                received(Reporter, "teacher", 13),
                received(Reporter, "child", 1),
            ],
            judged: vec![
                judged("pol", Stage::Sign, (11, 12, 12)),
                judged("pol", Stage::Contact, (0, 2, 0)),
                judged("edu", Stage::Sign, (3, 3, 3)),
                judged("court", Stage::Sign, (1, 1, 1)),
            ],
        };
        let before = Counted {
            received: vec![
                received(All, "", 1),
                received(Situation, "dropout", 1),
                received(Township, "", 1),
            ],
            judged: vec![judged("edu", Stage::Sign, (1, 4, 2))],
        };
        let line = |whose, stage| OverdueLine {
            ticket_id: TicketId(12),
            report_id: ReportId::from_db(7_290_000_000_000),
            unit: "pol".into(),
            obligation: "police-accept".into(),
            urgency: Urgency::P1,
            stage,
            since: at - chrono::TimeDelta::hours(5),
            level: 3,
            whose,
        };
        Figures {
            at,
            now,
            before,
            overdue: vec![
                line(WhoseDelay::Unit, TicketClock::Contact),
                line(WhoseDelay::Others, TicketClock::Confirm),
                line(WhoseDelay::System, TicketClock::Sign),
            ],
            unread: Vec::new(),
            more: true,
        }
    }

    fn sheet(lang: Lang) -> SheetPage {
        let now: DateTime<Utc> = "2026-11-23T01:00:00Z".parse().unwrap();
        let pack = testing::pack();
        let telling = Telling { pack: &pack, lang, now };
        let span = Asked::default().read(now).unwrap();
        let said = Said::of(&figures(now), span, telling);
        let frame = testing::frame(&[("office", Role::Office)], lang, "/board");
        SheetPage {
            paper: Paper::new(&frame, "太和县", lang.t("monday.title"), &said.span, "11月23日 09:00"),
            choices: choices(lang, Some(span), now),
            asked: Asked::default(),
            wrong: None,
            workbook: format!("/sheet/workbook?{}", span.query()),
            sheet: Some(said),
            frame,
        }
    }

    #[test]
    fn pages_of_the_sheet() {
        testing::page("sheet", &sheet(Lang::Zh));
        testing::page("sheet-en", &sheet(Lang::En));
        let wrong = SheetPage {
            sheet: None,
            wrong: Some(Lang::Zh.t("monday.wrong.days")),
            ..sheet(Lang::Zh)
        };
        testing::page("sheet-refused", &wrong);
    }
}
