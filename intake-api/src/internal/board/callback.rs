//! 回访: after every ticket of a report is resolved the office calls the reporter, once, and records how it went.
//!
//! The reporter's contact stays sealed until somebody opens it with a reason, which is kept. The note is sealed with the
//! report's own key, because people repeat in it what reporters say.

use askama::Template;
use axum::{
    Form, Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use platform::{
    clock,
    receipt::ReportId,
    seal::{Column, MasterKey},
    store::{CallbackDone, CallbackDue, StoreError},
    text::Lang,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::internal::{
    Internal, api_unavailable,
    auth::{Actor, Office, Overseer},
    detached,
    page::{Frame, Language, Pages, problem, render, tail, words},
    unavailable,
};

const RESULTS: [&str; 4] = ["satisfied", "dissatisfied", "unreachable", "anonymous"];

/// Longest note; it is a sentence about a call, not a file.
const LONGEST_NOTE: usize = 2000;

struct Due {
    report_id: i64,
    receipt: String,
    since: String,
    outcomes: String,
    reporter: String,
    drill: bool,
}

#[derive(Template)]
#[template(path = "internal/board/callbacks.html")]
struct ListPage {
    frame: Frame,
    due: Vec<Due>,
    pages: Pages,
}

/// The reporter's contact, on the answer that opened it and nowhere else.
struct Opened {
    name: String,
    phone: String,
    organization: String,
}

#[derive(Template)]
#[template(path = "internal/board/callback.html")]
struct CallbackPage {
    frame: Frame,
    due: Due,
    notice: Option<String>,
    done: Option<String>,
    office: bool,
    waiting: bool,
    anonymous: bool,
    opened: Option<Opened>,
    results: Vec<(&'static str, &'static str)>,
}

/// What the forms and the API send.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    result: String,
    #[serde(default)]
    note: String,
}

impl Typed {
    fn can_be_recorded(&self) -> bool {
        RESULTS.contains(&self.result.as_str()) && self.note.chars().count() <= LONGEST_NOTE
    }
}

/// `GET /callbacks`
pub(crate) async fn list(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Query(mut pages): Query<Pages>,
) -> Response {
    let (offset, limit) = pages.part();
    match internal.board.callbacks_page(&internal.county, offset, limit).await {
        Ok(found) => {
            let due = pages.cut(found).iter().map(|d| say(&internal, d, lang)).collect();
            render(
                StatusCode::OK,
                &ListPage {
                    frame: Frame::of(&actor, lang, "/callbacks"),
                    due,
                    pages: pages.at("/callbacks"),
                },
            )
        }
        Err(e) => unavailable(&e),
    }
}

/// `GET /api/v1/callbacks`
pub(crate) async fn api_list(State(internal): State<Internal>, _: Overseer) -> Response {
    match internal.board.callbacks_due(&internal.county).await {
        Ok(found) => Json(found).into_response(),
        Err(e) => api_unavailable(&e),
    }
}

/// `GET /callbacks/{report_id}`
pub(crate) async fn page(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    show(&internal, &actor, lang, id, StatusCode::OK, None, None).await
}

/// `POST /callbacks/{report_id}/open`: the contact, by a logged act with a reason.
pub(crate) async fn open(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    let (status, said, contact) = if typed.reason.trim().is_empty() {
        (StatusCode::UNPROCESSABLE_ENTITY, "callback.need_reason", None)
    } else {
        match find(&internal, id).await {
            Ok((Some(due), _)) if due.identity.as_deref() != Some("anonymous") => {
                match opened(&internal, &actor, id, typed.reason).await {
                    Ok(contact) => (StatusCode::OK, "callback.opened", contact),
                    Err(response) => return response,
                }
            }
            Ok(_) => (StatusCode::CONFLICT, "callback.nothing_to_open", None),
            Err(e) => return unavailable(&e),
        }
    };
    show(
        &internal,
        &actor,
        lang,
        id,
        status,
        Some(lang.t(said).to_owned()),
        contact,
    )
    .await
}

/// The act is recorded before anything is opened.
async fn opened(internal: &Internal, actor: &Actor, id: i64, reason: String) -> Result<Option<Opened>, Response> {
    let (office, person) = (internal.office.clone(), actor.person.clone());
    detached(async move {
        let by = (person.account.name.as_str(), person.account.id);
        office.identity_opened(id, by, reason.trim(), clock::now()).await
    })
    .await?;
    let sealed = internal
        .office
        .callback_sealed(&internal.county, id)
        .await
        .map_err(|e| unavailable(&e))?;
    let Some(sealed) = sealed else { return Ok(None) };
    let Some(reporter) = sealed.reporter else {
        return Ok(None);
    };
    let plain = internal
        .keys
        .open_data_key(id, &sealed.data_key)
        .and_then(|key| MasterKey::open(&key, Column::Reporter, id, &reporter));
    let plain = plain.map_err(|e| unavailable(&e))?;
    let reporter: Value = serde_json::from_slice(&plain).map_err(|e| unavailable(&e))?;
    let text = |key: &str| reporter[key].as_str().unwrap_or_default().to_owned();
    Ok(Some(Opened {
        name: text("name"),
        phone: text("phone"),
        organization: text("organization"),
    }))
}

enum Recorded {
    Now,
    Before(Option<CallbackDone>),
}

/// `POST /callbacks/{report_id}`
pub(crate) async fn record(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    if !typed.can_be_recorded() {
        let said = Some(lang.t("callback.need_result").to_owned());
        return show(
            &internal,
            &actor,
            lang,
            id,
            StatusCode::UNPROCESSABLE_ENTITY,
            said,
            None,
        )
        .await;
    }
    let (status, said) = match keep(&internal, &actor, id, typed).await {
        Ok(Recorded::Now) => (StatusCode::OK, lang.t("callback.recorded").to_owned()),
        Ok(Recorded::Before(Some(done))) => {
            // A person is their account: another of the same name is told that it was not recorded.
            let status = if done.by_account == Some(actor.person.account.id) {
                StatusCode::OK
            } else {
                StatusCode::CONFLICT
            };
            let at = words::moment(lang, done.at, clock::now());
            (
                status,
                lang.fill("callback.before", &[("by", &done.by_name), ("at", &at)]),
            )
        }
        Ok(Recorded::Before(None)) => (StatusCode::CONFLICT, lang.t("callback.not_due").to_owned()),
        Err(response) => return response,
    };
    show(&internal, &actor, lang, id, status, Some(said), None).await
}

/// `POST /api/v1/callbacks/{report_id}`: `{"result", "note"}`; 409 when it was recorded before or is not due.
pub(crate) async fn api_record(
    State(internal): State<Internal>,
    actor: Office,
    Path(id): Path<i64>,
    Json(typed): Json<Typed>,
) -> Response {
    if !typed.can_be_recorded() {
        return problem::api(
            422,
            "result is satisfied, dissatisfied, unreachable or anonymous; note has at most 2000 characters",
        );
    }
    match keep(&internal, &actor, id, typed).await {
        Ok(Recorded::Now) => Json(json!({"recorded": true})).into_response(),
        Ok(Recorded::Before(Some(done))) => problem::api(
            409,
            &format!(
                "{} recorded it at {}",
                done.by_name,
                casework::calendar::rfc3339(done.at)
            ),
        ),
        Ok(Recorded::Before(None)) => problem::api(409, "this report is not due: some ticket is not resolved"),
        Err(_) => problem::api(503, "try again later"),
    }
}

async fn keep(internal: &Internal, actor: &Actor, id: i64, typed: Typed) -> Result<Recorded, Response> {
    let found = internal
        .office
        .callback_sealed(&internal.county, id)
        .await
        .map_err(|e| unavailable(&e))?;
    let Some(found) = found else {
        return Ok(Recorded::Before(None));
    };
    let note = typed.note.trim().to_owned();
    let sealed = if note.is_empty() {
        None
    } else {
        let key = internal
            .keys
            .open_data_key(id, &found.data_key)
            .map_err(|e| unavailable(&e))?;
        Some(
            internal
                .keys
                .seal(&key, Column::Event, id, note.as_bytes(), &mut rand::rng()),
        )
    };
    let (office, person) = (internal.office.clone(), actor.person.clone());
    let kept = detached(async move {
        let by = (person.account.name.as_str(), person.account.id);
        office
            .callback_record(id, &typed.result, by, sealed.as_deref(), clock::now())
            .await
    })
    .await?;
    if kept {
        return Ok(Recorded::Now);
    }
    internal
        .office
        .callback_fetch(id)
        .await
        .map(Recorded::Before)
        .map_err(|e| unavailable(&e))
}

async fn find(internal: &Internal, id: i64) -> Result<(Option<CallbackDue>, Option<CallbackDone>), StoreError> {
    let due = internal.board.callback_due(&internal.county, id).await?;
    Ok((due, internal.board.callback_fetch(id).await?))
}

fn say(internal: &Internal, due: &CallbackDue, lang: Lang) -> Due {
    let now = clock::now();
    let loaded = internal.pack.current();
    let outcome = |code: &String| loaded.pack.vocabulary().outcomes.label(code, lang.pack()).to_owned();
    let word = |table: &str, code: &Option<String>| {
        code.as_deref()
            .map_or("", |code| lang.t(&format!("{table}.{code}")))
            .to_owned()
    };
    Due {
        report_id: due.report_id,
        receipt: ReportId::from_db(due.report_id).to_string(),
        since: lang.fill(
            "callback.since",
            &[
                ("span", &words::span(lang, now - due.resolved_at)),
                ("at", &words::moment(lang, due.resolved_at, now)),
            ],
        ),
        outcomes: due.outcomes.iter().map(outcome).collect::<Vec<_>>().join(" · "),
        reporter: [
            word("form.reporter_kind", &due.reporter_kind),
            word("desk.identity", &due.identity),
        ]
        .join(" · "),
        drill: due.drill,
    }
}

async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    id: i64,
    status: StatusCode,
    notice: Option<String>,
    opened: Option<Opened>,
) -> Response {
    let (due, done) = match find(internal, id).await {
        Ok((None, None)) => return problem::not_found().into_response(),
        Ok(found) => found,
        Err(e) => return unavailable(&e),
    };
    let anonymous = due.as_ref().is_some_and(|d| d.identity.as_deref() == Some("anonymous"));
    let receipt = ReportId::from_db(id).to_string();
    let page = CallbackPage {
        office: actor.is(&["office"]),
        waiting: done.is_none(),
        done: done.map(|d| {
            let at = words::moment(lang, d.at, clock::now());
            lang.fill(
                "callback.done",
                &[("by", &d.by_name), ("at", &at), ("result", result(lang, &d.result))],
            )
        }),
        anonymous,
        due: due.as_ref().map_or(
            Due {
                report_id: id,
                receipt,
                since: String::new(),
                outcomes: String::new(),
                reporter: String::new(),
                drill: false,
            },
            |due| say(internal, due, lang),
        ),
        notice,
        opened,
        // An anonymous reporter can't be called; anybody else was called or tried.
        results: RESULTS
            .iter()
            .filter(|r| (**r == "anonymous") == anonymous)
            .map(|r| (*r, result(lang, r)))
            .collect(),
        frame: Frame::of(actor, lang, "/callbacks").titled(tail(&ReportId::from_db(id).to_string())),
    };
    render(status, &page)
}

fn result(lang: Lang, code: &str) -> &'static str {
    lang.t(match code {
        "satisfied" => "callback.result.satisfied",
        "dissatisfied" => "callback.result.dissatisfied",
        "unreachable" => "callback.result.unreachable",
        _ => "callback.result.anonymous",
    })
}
