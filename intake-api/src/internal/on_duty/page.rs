//! `GET /on-duty`: the page, and the list of what rings alone.

use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use platform::{clock, store::DutyPage};
use serde::Deserialize;

use super::{
    lines::{Line, drill, line},
    own::{look, scope, units},
};
use crate::internal::{
    By, Visit,
    auth::OnRoster,
    error::PageError,
    page::{Frame, render, words},
};

/// A unit to be on duty for.
struct Choice {
    code: String,
    name: String,
}

#[derive(Template)]
#[template(path = "internal/on_duty/page.html")]
struct DutyPageView {
    frame: Frame,
    units: Vec<Choice>,
    /// Whose pages are open, in words.
    others: Vec<String>,
    list: List,
}

#[derive(Template)]
#[template(path = "internal/on_duty/list.html")]
struct List {
    frame: Frame,
    unit: String,
    count: String,
    /// Ids of all calls that are shown by it, with spaces between.
    calls: String,
    lines: Vec<Line>,
}

/// For which unit.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    unit: String,
}

/// The page.
pub(super) async fn page(by: By<OnRoster>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let own = units(&by);
    let unit = own.iter().find(|unit| **unit == asked.unit).or(own.first());
    let unit = (*unit.ok_or(PageError::NotFound)?).to_owned();
    let (internal, now) = (&by.internal, clock::now());
    let open = internal.desk.duty_pages_open(&scope(&by), now).await?;
    let loaded = internal.pack.current();
    let name = |code: &str| words::unit_name(&loaded.pack, code);
    let mut others = Vec::new();
    for page in &open {
        others.push(said(&by, page, &name(&page.unit)).await?);
    }
    let view = DutyPageView {
        list: list_of(&by, &unit).await?,
        frame: by.frame("/on-duty"),
        units: own
            .iter()
            .map(|code| Choice {
                code: (*code).to_owned(),
                name: name(code),
            })
            .collect(),
        others,
    };
    Ok(render(StatusCode::OK, &view))
}

async fn said(visit: &Visit, page: &DutyPage, unit: &str) -> Result<String, PageError> {
    let internal = &visit.internal;
    let people = internal.desk.desk_people(&internal.county, &page.unit).await?;
    let person = people.into_iter().find(|(id, ..)| *id == page.account_id);
    let name = person.map_or_else(|| visit.t("on_duty.colleague").to_owned(), |(_, name, ..)| name);
    let at = words::moment(visit.lang, page.began_at, clock::now());
    let values = [("name", name.as_str()), ("unit", unit), ("at", &at)];
    Ok(visit.lang.fill("on_duty.open", &values))
}

/// `GET /on-duty/list`
pub(super) async fn list(by: By<OnRoster>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    fragment(&by, &asked.unit).await
}

/// The list alone.
pub(super) async fn fragment(visit: &Visit, unit: &str) -> Result<Response, PageError> {
    if !units(visit).contains(&unit) {
        return Err(PageError::NotFound);
    }
    Ok(render(StatusCode::OK, &list_of(visit, unit).await?))
}

async fn list_of(visit: &Visit, unit: &str) -> Result<List, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let calls = look(visit, unit).await?.calls;
    let (rings, drills) = tokio::try_join!(internal.board.page_rings(&calls), internal.board.page_drills(&calls))?;
    let loaded = internal.pack.current();
    let calls: Vec<String> = calls.iter().map(ToString::to_string).collect();
    Ok(List {
        frame: visit.frame("/on-duty"),
        unit: unit.to_owned(),
        count: words::fill(lang, "on_duty.count", "n", rings.len() + drills.len()),
        calls: calls.join(" "),
        lines: rings
            .iter()
            .map(|ring| line(ring, &loaded.pack, lang, now))
            .chain(drills.iter().map(|ring| drill(ring, lang, now)))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use platform::{
        store::{CallId, Role},
        text::Lang,
    };
    use uuid::Uuid;

    use super::*;
    use crate::internal::testing;

    fn view(lang: Lang, lines: Vec<Line>) -> DutyPageView {
        let frame = testing::frame(&[("public-security", Role::Leader)], lang, "/on-duty");
        DutyPageView {
            units: vec![Choice {
                code: "public-security".into(),
                name: "县公安局".into(),
            }],
            others: vec!["王芳（县公安局）的值班页面自 21:00 起在线。".into()],
            list: List {
                frame: frame.clone(),
                unit: "public-security".into(),
                count: words::fill(lang, "on_duty.count", "n", lines.len()),
                calls: Uuid::nil().to_string(),
                lines,
            },
            frame,
        }
    }

    #[test]
    fn pages_of_the_duty() {
        let line = || Line {
            call: CallId(Uuid::nil()),
            what: "公安受理".into(),
            unit: "<b>县公安局</b>".into(),
            urgency: "特急",
            hot: true,
            why: "签收·派单，已呼叫 3 分钟".into(),
            receipt: Some("000GR".into()),
            drill: false,
        };
        let drilled = Line {
            what: "点验".into(),
            why: Lang::Zh.fill("on_duty.drill", &[("span", "1 分钟")]),
            hot: false,
            receipt: None,
            drill: true,
            ..line()
        };
        testing::page("on-duty", &view(Lang::Zh, vec![line(), drilled]));
        testing::page("on-duty-en", &view(Lang::En, Vec::new()));
    }
}
