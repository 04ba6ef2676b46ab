//! `GET /outlets`: all outlets of the county, how each goes, and the form that sets a unit's own system.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{OutletId, OutletKind, OutletLine},
    text::Lang,
};
use serde::Deserialize;

use super::{answers::Outlet, why::why};
use crate::internal::{
    Answer, By, Visit,
    again::{self, Wrong},
    auth::Admin,
    error::{ApiError, PageError},
    page::{Frame, render, words},
};

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Typed {
    /// Of which unit.
    #[serde(default)]
    pub(super) unit: String,
    /// Where it listens.
    #[serde(default)]
    pub(super) url: String,
}

/// What the page says after an act.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) done: Option<String>,
    pub(super) error: Option<String>,
    /// A new secret, shown on this answer and never again.
    pub(super) secret: Option<String>,
}

pub(super) type Again = again::Again<Typed, Said>;

struct Line {
    id: OutletId,
    webhook: bool,
    unit: String,
    /// The address, or the name of the description.
    place: String,
    made: String,
    state: String,
    bad: bool,
    facts: Vec<String>,
}

#[derive(Template)]
#[template(path = "internal/outlets/list.html")]
struct OutletsPage {
    frame: Frame,
    lines: Vec<Line>,
    units: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
    said: Said,
}

impl OutletsPage {
    fn wrong(&self, field: &str) -> Option<&'static str> {
        self.wrong.get(field).map(|key| self.frame.lang.t(key))
    }
}

/// `GET /outlets`
pub(super) async fn page(by: By<Admin>) -> Result<Response, PageError> {
    show(&by, Again::saying(StatusCode::OK, Said::default())).await
}

/// `GET /api/v1/outlets`
pub(super) async fn api(by: By<Admin>) -> Result<Answer<Vec<Outlet>>, ApiError> {
    let lines = by.internal.people.outlets_list(&by.internal.county).await?;
    Ok(Answer(lines.into_iter().map(Into::into).collect()))
}

pub(super) async fn show(visit: &Visit, again: Again) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let found = internal.people.outlets_list(&internal.county).await?;
    let loaded = internal.pack.current();
    let name = |code: &str| {
        let known = loaded.pack.units().get(code);
        known.map_or_else(|| code.to_owned(), |unit| unit.name.clone())
    };
    let page = OutletsPage {
        lines: found
            .iter()
            .map(|line| say(line, &name(&line.unit), lang, now))
            .collect(),
        units: loaded
            .pack
            .units()
            .iter()
            .map(|unit| (unit.code.clone(), unit.name.clone()))
            .collect(),
        typed: again.fields,
        wrong: again.wrong,
        said: again.said,
        frame: visit.frame("/units"),
    };
    Ok(render(again.status, &page))
}

fn say(line: &OutletLine, unit: &str, lang: Lang, now: DateTime<Utc>) -> Line {
    let at = |at: DateTime<Utc>| words::moment(lang, at, now);
    let made_at = at(line.made_at);
    let made = match &line.made_by {
        Some(by) => lang.fill("outlets.made", &[("by", by), ("at", &made_at)]),
        None => lang.fill("outlets.made_by_file", &[("at", &made_at)]),
    };
    let state = match (line.failing_since, line.last_sent_at) {
        (Some(since), _) => lang.fill(
            "outlets.failing",
            &[("at", &at(since)), ("n", &line.failures.to_string())],
        ),
        (None, Some(sent)) => lang.fill("outlets.sent", &[("at", &at(sent))]),
        (None, None) => lang.t("outlets.never").to_owned(),
    };
    let mut facts = Vec::new();
    if let (Some(failed), Some(said)) = (line.last_failed_at, &line.last_error) {
        facts.push(lang.fill("outlets.last_error", &[("at", &at(failed)), ("why", &why(lang, said))]));
    }
    if line.waiting > 0 {
        facts.push(lang.fill("outlets.waiting", &[("n", &line.waiting.to_string())]));
    }
    if line.lost > 0 {
        facts.push(lang.fill("outlets.lost", &[("n", &line.lost.to_string())]));
    }
    if let Some(until) = line.old_until.filter(|until| *until > now) {
        facts.push(lang.fill("outlets.old_until", &[("at", &at(until))]));
    }
    Line {
        id: line.id,
        webhook: line.kind == OutletKind::Webhook,
        unit: unit.to_owned(),
        place: line.url.clone().or_else(|| line.gateway.clone()).unwrap_or_default(),
        made,
        state,
        bad: line.failing_since.is_some(),
        facts,
    }
}

#[cfg(test)]
mod tests {
    use platform::store::Role;
    use uuid::Uuid;

    use super::*;
    use crate::internal::testing;

    #[test]
    fn pages_of_outlets() {
        let now: DateTime<Utc> = "2026-11-24T08:10:00Z".parse().unwrap();
        let line = |kind: OutletKind, failing: bool| OutletLine {
            id: OutletId(Uuid::nil()),
            unit: "pol".into(),
            kind,
            gateway: (kind == OutletKind::Robot).then(|| "dingtalk-police".into()),
            url: (kind == OutletKind::Webhook).then(|| "https://oa.police.example/hook".into()),
            old_until: failing.then_some(now + chrono::TimeDelta::hours(20)),
            made_at: now,
            made_by: (kind == OutletKind::Webhook).then(|| "王芳".into()),
            failures: if failing { 4 } else { 0 },
            failing_since: failing.then_some(now),
            last_sent_at: Some(now),
            last_failed_at: failing.then_some(now),
            last_error: failing.then(|| "it answered 503".into()),
            waiting: i64::from(failing) * 3,
            lost: i64::from(failing),
        };
        let mut page = OutletsPage {
            frame: testing::frame(&[("office", Role::Admin)], Lang::Zh, "/units"),
            lines: [line(OutletKind::Robot, false), line(OutletKind::Webhook, true)]
                .iter()
                .map(|line| say(line, "太和县公安局", Lang::Zh, now))
                .collect(),
            units: vec![("pol".into(), "太和县公安局".into())],
            typed: Typed::default(),
            wrong: Wrong::new(),
            said: Said {
                done: Some(Lang::Zh.t("outlets.added").into()),
                secret: Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()),
                ..Said::default()
            },
        };
        testing::page("outlets", &page);
        page.said = Said {
            error: Some(Lang::Zh.t("outlets.not_saved").into()),
            ..Said::default()
        };
        page.typed = Typed {
            unit: "pol".into(),
            url: "http://10.0.0.1/".into(),
        };
        page.wrong = Wrong::from([("url", "outlets.wrong.open")]);
        testing::page("outlets-refused", &page);
    }
}
