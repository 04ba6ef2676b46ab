//! `GET /reports` (the county's) and `GET /tickets` (a unit's): the list, page by page.

use askama::Template;
use axum::{
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use platform::{
    asked as pasted, clock,
    store::{LISTED_COUNTED, Listed},
    text::Lang,
};

use super::{
    asked::{Asked, NotAsked, cursor},
    choices::{self, Select, Tab},
    line::Line,
    reach::Reach,
    workbook,
};
use crate::internal::{
    By, Visit,
    auth::{Desk, Overseer},
    desk,
    error::PageError,
    page::{
        Frame, render,
        words::{self, Telling},
    },
};

/// Lines of a page.
pub(super) const LINES: i64 = 50;

/// Reports without tickets that the first page of the county names; there are rarely any for longer than seconds.
const WAITING: i64 = 20;

/// Somebody to give tickets to.
struct Colleague {
    id: String,
    name: String,
}

#[derive(Template)]
#[template(path = "internal/finding/list.html")]
struct ListPage {
    frame: Frame,
    /// Address of the list.
    path: &'static str,
    title: &'static str,
    lead: &'static str,
    unit: Option<String>,
    tabs: Vec<Tab>,
    selects: Vec<Select>,
    asked: Asked,
    filtered: bool,
    wrong: Option<&'static str>,
    /// Reports that nothing was dispatched of yet: address and words.
    waiting: Vec<(String, String)>,
    lines: Vec<Line>,
    /// Sentences about rows that can't be read.
    unread: Vec<String>,
    count: Option<String>,
    /// On a page that is not the first.
    first: Option<String>,
    next: Option<String>,
    workbook: String,
    workbook_text: String,
    child: String,
    /// People to give several to; none: nobody acts here.
    people: Option<Vec<Colleague>>,
    /// The address of this page, to come back to.
    here: String,
    at: String,
}

impl ListPage {
    fn t(&self, key: &str) -> &'static str {
        self.frame.lang.t(key)
    }
}

/// `GET /reports`
pub(super) async fn county(by: By<Overseer>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    // A whole receipt is a wish to open that report.
    if let ([("receipt", typed)], Ok(report)) = (asked.given().as_slice(), pasted::read(&asked.receipt, "").receipt) {
        let internal = &by.internal;
        if !typed.is_empty() && internal.board.report_outline(&internal.county, report).await?.is_some() {
            return Ok(Redirect::to(&format!("/reports/{}", report.get())).into_response());
        }
    }
    show(&by, &Reach::County, asked).await
}

/// `GET /tickets`
pub(super) async fn unit(by: By<Desk>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let reach = Reach::of_desk(&by, &asked.unit)?;
    show(&by, &reach, asked).await
}

async fn show(visit: &Visit, reach: &Reach, asked: Asked) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let loaded = internal.pack.current();
    let telling = Telling {
        pack: &loaded.pack,
        lang,
        now,
    };
    let county = reach.is_county();
    let (mut wrong, mut lines, mut unread, mut next, mut count) = (None, Vec::new(), Vec::new(), None, None);
    match asked.read(visit, reach, now).await {
        Err(NotAsked::Store(e)) => return Err(e.into()),
        Err(NotAsked::Wrong(key)) => wrong = Some(lang.t(key)),
        Ok(query) => {
            let found = reach.found(internal, &query, LINES).await?;
            if query.after.is_none() {
                let known = i64::try_from(found.lines.len()).unwrap_or_default();
                count = Some(match found.next {
                    None => known,
                    Some(_) => reach.counted(internal, &query).await?,
                });
            }
            next = found.next.as_ref().map(cursor);
            let (read, unreadable) = Listed::sorted(found.lines);
            lines = read.iter().map(|line| Line::of(line, county, telling)).collect();
            unread = unreadable.into_iter().map(|row| words::unread(lang, row)).collect();
        }
    }
    let waiting = if county && wrong.is_none() && asked.given().is_empty() {
        waiting(visit, telling).await?
    } else {
        Vec::new()
    };
    let people = match reach.unit() {
        None => None,
        Some(unit) => Some(internal.desk.desk_people(&internal.county, unit).await?),
    };
    let path = reach.path();
    let here = match asked.after.as_str() {
        "" => asked.address(path, &[]),
        after => asked.address(path, &[("after", after)]),
    };
    let page = ListPage {
        frame: visit.frame(path),
        path,
        title: lang.t(if county { "finding.county" } else { "finding.unit" }),
        lead: lang.t(if county {
            "finding.county_lead"
        } else {
            "finding.unit_lead"
        }),
        unit: reach.unit().map(|unit| words::unit_name(&loaded.pack, unit)),
        tabs: choices::tabs(visit, reach, &asked),
        selects: choices::selects(visit, reach, &asked).await?,
        filtered: asked.filters(),
        waiting,
        lines,
        unread,
        count: count.map(|count| said(lang, count)),
        first: (!asked.after.is_empty()).then(|| asked.address(path, &[])),
        next: next.map(|after| asked.address(path, &[("after", &after)])),
        workbook: asked.address(&format!("{path}/workbook"), &[]),
        workbook_text: words::fill(lang, "finding.workbook_text", "n", workbook::ROWS),
        child: match reach.unit() {
            Some(unit) => format!("{path}/child?unit={unit}"),
            None => format!("{path}/child"),
        },
        people: people.map(|people| {
            let colleague = |(id, name, ..): desk::draft::Person| Colleague {
                id: id.to_string(),
                name,
            };
            people.into_iter().map(colleague).collect()
        }),
        here,
        at: words::fill(lang, "desk.as_of", "at", words::moment(lang, now, now)),
        asked,
        wrong,
    };
    let status = match wrong {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    Ok(render(status, &page))
}

/// How many there are: exactly, or that it was not counted on.
fn said(lang: Lang, count: i64) -> String {
    if count > LISTED_COUNTED {
        words::fill(lang, "finding.count_more", "n", LISTED_COUNTED)
    } else {
        words::fill(lang, "finding.count", "n", count)
    }
}

async fn waiting(visit: &Visit, telling: Telling<'_>) -> Result<Vec<(String, String)>, PageError> {
    let internal = &visit.internal;
    let waiting = internal.board.reports_waiting(&internal.county, WAITING).await?;
    let words = |(report, at): (platform::receipt::ReportId, _)| {
        let said = format!("{report} · {}", words::moment(telling.lang, at, telling.now));
        (format!("/reports/{}", report.get()), said)
    };
    Ok(waiting.into_iter().map(words).collect())
}

#[cfg(test)]
mod tests {
    use platform::store::{Role, TicketId};

    use super::{super::choices::Choice, *};
    use crate::internal::{page::words::Countdown, testing};

    fn line(county: bool) -> Line {
        Line {
            id: TicketId(12),
            version: 3,
            path: if county { "/board/tickets/12" } else { "/tickets/12" }.into(),
            obligation: "公安受理".into(),
            urgency: "特急",
            strong: true,
            burning: true,
            brief: "城关镇 · 男 9岁 · <b>身上有伤</b>".into(),
            receipt: "20261124-7K3M-9QXAC".into(),
            report: county.then(|| "/reports/71".into()),
            unit: "公安局".into(),
            assignee: Some("李娜".into()),
            assignee_gone: true,
            role: "主办",
            state: "待签收",
            countdown: Some(Countdown {
                text: "签收须在 11月24日 16:25 前".into(),
                overdue: true,
                soon: false,
            }),
            received: "11月24日 15:55".into(),
            danger: true,
            drill: false,
        }
    }

    fn page(lang: Lang, county: bool, lines: Vec<Line>) -> ListPage {
        let roles = if county {
            [("office", Role::Office)]
        } else {
            [("public-security", Role::Leader)]
        };
        let path = if county { "/reports" } else { "/tickets" };
        ListPage {
            frame: testing::frame(&roles, lang, path),
            path,
            title: lang.t(if county { "finding.county" } else { "finding.unit" }),
            lead: lang.t(if county {
                "finding.county_lead"
            } else {
                "finding.unit_lead"
            }),
            unit: (!county).then(|| "县公安局".into()),
            tabs: vec![Tab {
                label: lang.t("finding.tab.open"),
                path: "/tickets?tab=open".into(),
                current: true,
            }],
            selects: vec![Select {
                name: "urgency",
                label: lang.t("finding.field.urgency"),
                any: Some(lang.t("finding.any")),
                choices: vec![Choice {
                    value: "P1".into(),
                    label: "特急".into(),
                    chosen: true,
                }],
            }],
            asked: Asked {
                receipt: "7K3M".into(),
                ..Asked::default()
            },
            filtered: true,
            wrong: None,
            waiting: if county {
                vec![("/reports/72".into(), "20261124-0000-00000 · 11月24日 15:58".into())]
            } else {
                Vec::new()
            },
            count: Some(said(lang, LISTED_COUNTED + 1)),
            first: None,
            next: (!lines.is_empty()).then(|| "/tickets?after=P1-17-12".into()),
            lines,
            unread: Vec::new(),
            workbook: format!("{path}/workbook?receipt=7K3M"),
            workbook_text: words::fill(lang, "finding.workbook_text", "n", workbook::ROWS),
            child: format!("{path}/child"),
            people: (!county).then(|| {
                vec![Colleague {
                    id: "7".into(),
                    name: "王芳".into(),
                }]
            }),
            here: format!("{path}?receipt=7K3M"),
            at: "11月24日 16:05 更新。".into(),
        }
    }

    #[test]
    fn pages_of_the_list() {
        testing::page("finding-unit", &page(Lang::Zh, false, vec![line(false)]));
        testing::page("finding-unit-en", &page(Lang::En, false, vec![line(false)]));
        testing::page("finding-county", &page(Lang::Zh, true, vec![line(true)]));
        testing::page("finding-empty", &page(Lang::Zh, true, Vec::new()));
    }
}
