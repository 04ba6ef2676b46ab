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
    Answer, By, FoldersOffered, Visit,
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
    /// Of a folder: the unit's public key.
    #[serde(default)]
    pub(super) key: String,
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
    kind: OutletKind,
    code: String,
    unit: String,
    /// The address, the name of the description, or the folder.
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
    folders: Option<FoldersOffered>,
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
    let lines = by
        .internal
        .people
        .outlets_list(&by.internal.county, clock::now())
        .await?;
    Ok(Answer(lines.into_iter().map(Into::into).collect()))
}

pub(super) async fn show(visit: &Visit, again: Again) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let found = internal.people.outlets_list(&internal.county, now).await?;
    let loaded = internal.pack.current();
    let name = |code: &str| {
        let known = loaded.pack.units().get(code);
        known.map_or_else(|| code.to_owned(), |unit| unit.name.clone())
    };
    let page = OutletsPage {
        lines: found
            .iter()
            .map(|line| say(line, &name(&line.unit), internal.folders.as_ref(), (lang, now)))
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
        folders: internal.folders.clone(),
    };
    Ok(render(again.status, &page))
}

fn say(line: &OutletLine, unit: &str, folders: Option<&FoldersOffered>, (lang, now): (Lang, DateTime<Utc>)) -> Line {
    let is_folder = line.kind == OutletKind::Folder;
    let at = |at: DateTime<Utc>| words::moment(lang, at, now);
    let made_at = at(line.made_at);
    let made = match &line.made_by {
        Some(by) => lang.fill("outlets.made", &[("by", by), ("at", &made_at)]),
        None => lang.fill("outlets.made_by_file", &[("at", &made_at)]),
    };
    let state = match (line.failing_since, line.last_sent_at) {
        (Some(since), _) if is_folder => lang.fill("outlets.folder_failing", &[("at", &at(since))]),
        (None, Some(sent)) if is_folder => lang.fill("outlets.folder_written", &[("at", &at(sent))]),
        (None, None) if is_folder => lang.t("outlets.folder_never").to_owned(),
        (Some(since), _) => lang.fill(
            "outlets.failing",
            &[("at", &at(since)), ("n", &line.failures.to_string())],
        ),
        (None, Some(sent)) => lang.fill("outlets.sent", &[("at", &at(sent))]),
        (None, None) => lang.t("outlets.never").to_owned(),
    };
    let mut facts = Vec::new();
    if let Some(key) = &line.recipient {
        facts.push(lang.fill("outlets.folder_key", &[("key", key)]));
        if folders.is_none() {
            facts.push(lang.t("outlets.folder_closed").to_owned());
        }
    }
    if line.late > 0 {
        facts.push(lang.fill("outlets.folder_late", &[("n", &line.late.to_string())]));
    }
    if let (Some(failed), Some(said)) = (line.last_failed_at, &line.last_error) {
        facts.push(lang.fill("outlets.last_error", &[("at", &at(failed)), ("why", &why(lang, said))]));
    }
    if line.waiting > 0 {
        let key = if is_folder {
            "outlets.folder_waiting"
        } else {
            "outlets.waiting"
        };
        facts.push(lang.fill(key, &[("n", &line.waiting.to_string())]));
    }
    if line.lost > 0 {
        facts.push(lang.fill("outlets.lost", &[("n", &line.lost.to_string())]));
    }
    if let Some(until) = line.old_until.filter(|until| *until > now) {
        facts.push(lang.fill("outlets.old_until", &[("at", &at(until))]));
    }
    Line {
        id: line.id,
        kind: line.kind,
        code: line.unit.clone(),
        unit: unit.to_owned(),
        place: match folders.filter(|_| is_folder) {
            Some(folders) => format!("{}/{}", folders.base, line.unit),
            None => line.url.clone().or_else(|| line.gateway.clone()).unwrap_or_default(),
        },
        made,
        state,
        bad: line.failing_since.is_some() || line.late > 0,
        facts,
    }
}

#[cfg(test)]
mod tests {
    use platform::store::Role;
    use uuid::Uuid;

    use super::*;
    use crate::internal::testing;

    const KEY: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    #[test]
    fn pages_of_outlets() {
        let now: DateTime<Utc> = "2026-11-24T08:10:00Z".parse().unwrap();
        let line = |kind: OutletKind, failing: bool| OutletLine {
            id: OutletId(Uuid::nil()),
            unit: "pol".into(),
            kind,
            gateway: (kind == OutletKind::Robot).then(|| "dingtalk-police".into()),
            url: (kind == OutletKind::Webhook).then(|| "https://oa.police.example/hook".into()),
            recipient: (kind == OutletKind::Folder).then(|| KEY.into()),
            old_until: (failing && kind == OutletKind::Webhook).then_some(now + chrono::TimeDelta::hours(20)),
            made_at: now,
            made_by: (kind != OutletKind::Robot).then(|| "王芳".into()),
            failures: if failing { 4 } else { 0 },
            failing_since: failing.then_some(now),
            last_sent_at: Some(now),
            last_failed_at: failing.then_some(now),
            last_error: failing.then(|| match kind {
                OutletKind::Folder => "refused".into(),
                _ => "it answered 503".into(),
            }),
            waiting: i64::from(failing) * 3,
            lost: i64::from(failing && kind == OutletKind::Webhook),
            late: i64::from(failing && kind == OutletKind::Folder),
        };
        let folders = FoldersOffered {
            base: "/var/lib/shouwang/folders".into(),
            public:
                r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"fk-01020304"}"#
                    .into(),
        };
        let mut page = OutletsPage {
            frame: testing::frame(&[("office", Role::Admin)], Lang::Zh, "/units"),
            lines: [
                line(OutletKind::Robot, false),
                line(OutletKind::Webhook, true),
                line(OutletKind::Folder, false),
                line(OutletKind::Folder, true),
            ]
            .iter()
            .map(|line| say(line, "太和县公安局", Some(&folders), (Lang::Zh, now)))
            .collect(),
            units: vec![("pol".into(), "太和县公安局".into())],
            typed: Typed::default(),
            wrong: Wrong::new(),
            said: Said {
                done: Some(Lang::Zh.t("outlets.added").into()),
                secret: Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()),
                ..Said::default()
            },
            folders: Some(folders),
        };
        testing::page("outlets", &page);
        page.said = Said {
            error: Some(Lang::Zh.t("outlets.not_saved").into()),
            ..Said::default()
        };
        page.typed = Typed {
            unit: "pol".into(),
            url: "http://10.0.0.1/".into(),
            ..Typed::default()
        };
        page.wrong = Wrong::from([("url", "outlets.wrong.open")]);
        testing::page("outlets-refused", &page);
        page.typed = Typed {
            unit: "pol".into(),
            key: "AGE-SECRET-KEY-1…".into(),
            ..Typed::default()
        };
        page.wrong = Wrong::from([("key", "outlets.wrong.key")]);
        testing::page("outlets-folder-refused", &page);
        page.folders = None;
        page.lines = vec![say(
            &line(OutletKind::Folder, false),
            "太和县公安局",
            None,
            (Lang::Zh, now),
        )];
        (page.typed, page.wrong, page.said) = (Typed::default(), Wrong::new(), Said::default());
        testing::page("outlets-no-folders", &page);
    }
}
