//! `GET /desk`: the unit's open tickets, the next due first. `GET /desk/list` is the list alone, for its refresh.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use casework::{pack::Pack, words::Urgency};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{Listed, QueueLine, Role, StoreError, TicketId},
    text::Lang,
};
use serde::Deserialize;

use super::ticket::done_key;
use crate::internal::{
    By,
    auth::Desk,
    error::PageError,
    page::{
        Frame, Live, Paper, is_neutral, render,
        words::{self, Countdown},
    },
};

/// Tickets on a page.
const PAGE: i64 = 50;
/// The store counts no further.
const MANY: i64 = 1000;

/// Which page.
#[derive(Deserialize)]
pub(super) struct Asked {
    page: Option<i64>,
    done: Option<String>,
}

/// One line in words.
struct Line {
    id: TicketId,
    obligation: String,
    urgency: &'static str,
    /// 特急
    hot_word: bool,
    /// 特急 without a signature: what must be seen first.
    burning: bool,
    countdown: Countdown,
    due: Option<String>,
    receipt: String,
    /// Place, sex and age, what is reported.
    brief: String,
    role: &'static str,
    state: &'static str,
    assignee: Option<String>,
    assignee_gone: bool,
    unit: Option<String>,
    danger: bool,
    drill: bool,
}

struct List {
    lang: Lang,
    csrf: String,
    /// Calls that ring for the person, in words.
    ringing: Option<String>,
    lines: Vec<Line>,
    /// Sentences about rows that can't be read.
    unread: Vec<String>,
    count: String,
    /// Title of the tab.
    title: String,
    drills: Option<String>,
    page: i64,
    previous: Option<i64>,
    next: Option<i64>,
    at: String,
}

impl List {
    fn fill(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        words::fill(self.lang, key, name, value)
    }
}

#[derive(Template)]
#[template(path = "internal/desk/queue.html")]
struct QueuePage {
    frame: Frame,
    paper: Paper,
    live: Live,
    list: List,
    units: String,
    /// What was just done.
    done: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "internal/desk/list.html")]
struct Fragment {
    list: List,
}

/// `GET /desk`
pub(super) async fn page(by: By<Desk>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let list = list(&by, asked.page).await?;
    let units = unit_names(&by).await?;
    let mut frame = by.frame("/desk");
    frame.title.clone_from(&list.title);
    let loaded = by.internal.pack.current();
    let county = loaded.pack.county_name(by.lang.pack());
    let page = QueuePage {
        paper: Paper::new(&frame, county, &units, by.t("desk.title"), &list.at),
        live: Live::new(by.lang, "queue", "/desk", 30),
        frame,
        list,
        units,
        done: asked.done.as_deref().and_then(done_key).map(|key| by.t(key)),
    };
    Ok(render(StatusCode::OK, &page))
}

/// The units of a person, each marked as an example until its contacts are confirmed.
async fn unit_names(by: &By<Desk>) -> Result<String, StoreError> {
    let (internal, lang) = (&by.internal, by.lang);
    let codes = by.actor.units(&[Role::Member, Role::Leader]);
    let contacts = internal.desk.units_contacts(&internal.county, &codes).await?;
    let loaded = internal.pack.current();
    let name = |code: &&str| {
        let name = loaded.pack.units().get(code).map_or(*code, |unit| unit.name.as_str());
        let example = contacts
            .iter()
            .any(|unit| unit.code == *code && unit.confirmed_at.is_none());
        if example {
            format!("{name}（{}）", lang.t("units.example"))
        } else {
            name.to_owned()
        }
    };
    Ok(codes.iter().map(name).collect::<Vec<_>>().join("、"))
}

/// `GET /desk/list`
pub(super) async fn fragment(by: By<Desk>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let list = list(&by, asked.page).await?;
    Ok(render(StatusCode::OK, &Fragment { list }))
}

async fn list(by: &By<Desk>, page: Option<i64>) -> Result<List, StoreError> {
    let (internal, lang, now) = (&by.internal, by.lang, clock::now());
    let page = page.unwrap_or(1).clamp(1, 1_000_000);
    let (mut lines, _) = internal
        .desk
        .desk_queue(&by.right.scope, &internal.county, (page - 1) * PAGE, PAGE + 1)
        .await?;
    let (open, drills) = internal.desk.desk_open(&by.right.scope, &internal.county).await?;
    let ringing = internal.desk.desk_ringing(&by.right.scope, by.me(), now).await?;
    let drilled = internal.desk.desk_drilled(&by.right.scope, by.me(), now).await?;
    let more = lines.len() as i64 > PAGE;
    lines.truncate(usize::try_from(PAGE).unwrap_or_default());
    let (readable, unread) = Listed::sorted(lines);
    let unread: Vec<_> = unread.into_iter().map(|row| words::unread(lang, row)).collect();
    let loaded = internal.pack.current();
    let units = by.actor.units(&[Role::Member, Role::Leader]);
    let many_units = units.len() > 1;
    let count = if open + drills >= MANY {
        format!("{MANY}+")
    } else {
        open.to_string()
    };
    let unit = units.first().and_then(|code| loaded.pack.units().get(code));
    let title = format!("{} {count}", lang.t("frame.tab.desk"));
    // Everybody at this desk knows the county.
    let unit = unit.map_or("", |unit| unit.name.as_str());
    let unit = unit.strip_prefix(loaded.pack.county_name(lang.pack())).unwrap_or(unit);
    Ok(List {
        lang,
        csrf: by.actor.csrf.clone(),
        ringing: match (ringing, drilled) {
            (0, false) => None,
            (0, true) => Some(lang.t("drills.waiting").to_owned()),
            (count, _) => Some(words::fill(lang, "rings.waiting", "count", count)),
        },
        title: if is_neutral(unit) {
            format!("{title} · {unit}")
        } else {
            title
        },
        count,
        drills: (drills > 0).then(|| words::fill(lang, "desk.drills", "n", drills)),
        page,
        previous: (page > 1).then_some(page - 1),
        next: more.then_some(page + 1),
        at: words::moment(lang, now, now),
        unread,
        lines: readable
            .into_iter()
            .map(|line| in_words(line, lang, &loaded.pack, many_units, now))
            .collect(),
    })
}

fn in_words(line: QueueLine, lang: Lang, pack: &Pack, many_units: bool, now: DateTime<Utc>) -> Line {
    let unsigned = line.state.is_unsigned();
    Line {
        id: line.id,
        obligation: pack
            .vocabulary()
            .obligations
            .label(&line.obligation, lang.pack())
            .to_owned(),
        urgency: words::urgency(lang, line.urgency),
        hot_word: line.urgency == Urgency::P1,
        burning: line.urgency == Urgency::P1 && unsigned,
        countdown: words::countdown(lang, line.next_stage.map(|clock| *clock), line.next_due_at, now).since(
            line.dispatched_at,
            line.next_due_at,
            now,
        ),
        due: line.next_due_at.map(|due| words::due(lang, due, now)),
        receipt: line.report_id.to_string(),
        brief: words::brief(lang, pack, &line.facts),
        role: words::role(lang, line.lead),
        state: words::state(lang, line.state),
        assignee: line.assignee_name,
        assignee_gone: line.assignee_gone,
        unit: many_units.then(|| {
            pack.units()
                .get(&line.unit)
                .map_or(line.unit.clone(), |unit| unit.name.clone())
        }),
        danger: line.present_danger,
        drill: line.drill,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::internal::testing;

    fn page(lines: Vec<Line>, lang: Lang) -> QueuePage {
        let frame = testing::frame(&[("public-security", Role::Leader)], lang, "/desk");
        QueuePage {
            paper: Paper::new(&frame, "太和县", "县公安局", lang.t("desk.title"), "11月24日 16:05"),
            live: Live::new(lang, "queue", "/desk", 30),
            frame,
            units: "县公安局".into(),
            done: None,
            list: List {
                csrf: "csrf".into(),
                ringing: None,
                lang,
                count: lines.len().to_string(),
                title: lang.t("frame.tab.desk").to_owned(),
                drills: None,
                page: 1,
                previous: None,
                next: (!lines.is_empty()).then_some(2),
                at: "11月24日 16:05".into(),
                unread: Vec::new(),
                lines,
            },
        }
    }

    fn urgent() -> Line {
        Line {
            id: TicketId(12),
            obligation: "公安受理".into(),
            urgency: "特急",
            hot_word: true,
            burning: true,
            countdown: Countdown {
                text: "距签收时限还有 20 分钟".into(),
                overdue: false,
                soon: true,
            },
            due: Some("11月24日 16:25".into()),
            receipt: "SW-2026-0001".into(),
            brief: "城关镇 · 男 9岁 · <b>身上有伤</b>".into(),
            role: "主办",
            state: "待签收",
            assignee: None,
            assignee_gone: false,
            unit: Some("县公安局".into()),
            danger: true,
            drill: false,
        }
    }

    #[test]
    fn pages_of_the_queue() {
        testing::page("desk-queue", &page(vec![urgent()], Lang::Zh));
        testing::page("desk-queue-en", &page(vec![urgent()], Lang::En));
        testing::page("desk-queue-empty", &page(Vec::new(), Lang::Zh));
    }
}
