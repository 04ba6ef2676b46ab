//! 待人工研判: what no rule could settle, by a named person with a reason. Page and API share one way through.

use askama::Template;
use axum::{
    Form, Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    office::triage::{Settle, SettleError, settle},
    receipt::ReportId,
    store::{Act, TriageError, TriageSettled, TriageState},
    text::Lang,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::internal::{
    Internal, api_unavailable, api_undone,
    auth::{Actor, Office, Overseer},
    board::{
        facts,
        look::look_as_holder,
        now::{brief, reasons},
    },
    in_own_task,
    page::{Frame, Language, Pages, problem, render, tail, words},
    unavailable, undone,
    wire::JsonBody,
};

/// Most reports of one answer of the API.
const API_MOST: i64 = 200;

struct Waiting {
    report_id: i64,
    /// Receipt, place, sex and age, what is reported.
    brief: String,
    drill: bool,
    urgency: &'static str,
    hot: bool,
    reasons: Vec<String>,
    since: String,
    due: words::Countdown,
    holder: String,
}

#[derive(Template)]
#[template(path = "internal/triage/list.html")]
struct ListPage {
    frame: Frame,
    waiting: Vec<Waiting>,
    pages: Pages,
}

#[derive(Template)]
#[template(path = "internal/triage/page.html")]
struct TriagePage {
    frame: Frame,
    report_id: i64,
    receipt: String,
    notice: Option<String>,
    holder: String,
    taken: bool,
    open: bool,
    closed: String,
    office: bool,
    reasons: Vec<String>,
    facts: Vec<(&'static str, String)>,
    police: Vec<String>,
    obligations: Vec<(String, String)>,
    /// By kind, because a county has hundreds: label of the kind, and code and name of each.
    units: Vec<(String, Vec<(String, String)>)>,
    typed: Typed,
}

/// What a form or the API sends.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    obligation: String,
    #[serde(default)]
    unit: String,
}

/// `GET /triage`
pub(crate) async fn list(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Query(mut pages): Query<Pages>,
) -> Response {
    let now = clock::now();
    let (offset, limit) = pages.part();
    let waiting = match internal.board.triage_list(&internal.county, offset, limit).await {
        Ok(found) => pages.cut(found),
        Err(e) => return unavailable(&e),
    };
    let loaded = internal.pack.current();
    let waiting = waiting.into_iter().map(|line| Waiting {
        brief: brief(lang, &loaded.pack, line.report_id, line.facts.as_ref()),
        drill: line.drill,
        report_id: line.report_id,
        urgency: words::urgency(lang, &line.urgency),
        hot: line.urgency == "P1",
        reasons: reasons(&line.reasons),
        since: words::fill(
            lang,
            "board.waits_from",
            "at",
            words::moment(lang, line.dispatched_at, now),
        ),
        due: words::fixed(
            lang,
            line.next_due_at
                .map(|_| if line.signed_by.is_some() { "resolve" } else { "sign" }),
            line.next_due_at,
            now,
        )
        .since(line.dispatched_at, line.next_due_at, now),
        holder: holder(lang, line.signed_by.as_deref()),
    });
    render(
        StatusCode::OK,
        &ListPage {
            frame: Frame::of(&actor, lang, "/triage"),
            waiting: waiting.collect(),
            pages: pages.at("/triage"),
        },
    )
}

/// `GET /api/v1/triage`
pub(crate) async fn api_list(State(internal): State<Internal>, _: Overseer) -> Response {
    match internal.board.triage_list(&internal.county, 0, API_MOST).await {
        Ok(found) => Json(found).into_response(),
        Err(e) => api_unavailable(&e),
    }
}

/// `GET /triage/{report_id}`
pub(crate) async fn page(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    show(&internal, &actor, lang, id, StatusCode::OK, None, Typed::default()).await
}

/// `POST /triage/{report_id}/take`
pub(crate) async fn take(state: State<Internal>, actor: Office, lang: Language, id: Path<i64>) -> Response {
    act(state, actor, lang, id, Settle::Take, Typed { ..Typed::default() }).await
}

/// `POST /triage/{report_id}/assign`
pub(crate) async fn assign(
    state: State<Internal>,
    actor: Office,
    lang: Language,
    id: Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    if typed.obligation.is_empty() || typed.unit.is_empty() {
        let said = lang.0.t("triage.need_choice").to_owned();
        return show(
            &state,
            &actor,
            lang.0,
            id.0,
            StatusCode::UNPROCESSABLE_ENTITY,
            Some(said),
            typed,
        )
        .await;
    }
    let what = Settle::Assign {
        obligation: typed.obligation.clone(),
        unit: typed.unit.clone(),
    };
    act(state, actor, lang, id, what, typed).await
}

/// `POST /triage/{report_id}/reroute`
pub(crate) async fn reroute(
    state: State<Internal>,
    actor: Office,
    lang: Language,
    id: Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    act(state, actor, lang, id, Settle::Reroute, typed).await
}

async fn act(
    State(internal): State<Internal>,
    actor: Office,
    Language(lang): Language,
    Path(id): Path<i64>,
    what: Settle,
    typed: Typed,
) -> Response {
    if typed.reason.trim().is_empty() && what != Settle::Take {
        let said = lang.t("triage.need_reason").to_owned();
        return show(
            &internal,
            &actor,
            lang,
            id,
            StatusCode::UNPROCESSABLE_ENTITY,
            Some(said),
            typed,
        )
        .await;
    }
    let now = clock::now();
    let taking = what == Settle::Take;
    let (status, said) = match run(&internal, &actor, id, what, &typed.reason, now).await {
        Ok(_) if taking => (StatusCode::OK, lang.t("triage.taken").to_owned()),
        Ok(done) => {
            let key = if done.closed {
                "triage.settled"
            } else {
                "triage.still_open"
            };
            (StatusCode::OK, lang.fill(key, &[("n", &done.tickets.to_string())]))
        }
        Err(SettleError::Triage(TriageError::Taken { by, account, at })) => {
            // Twice the same person is a double click, not a conflict; a person is their account, not their name.
            let status = if account == Some(actor.person.account.id) {
                StatusCode::OK
            } else {
                StatusCode::CONFLICT
            };
            (
                status,
                lang.fill(
                    "triage.taken_before",
                    &[("by", &by), ("at", &words::moment(lang, at, now))],
                ),
            )
        }
        Err(SettleError::Triage(TriageError::NoTriage)) => match internal.office.triage_state(id).await {
            Ok(Some(TriageState {
                resolved_by: Some(by),
                resolved_by_account: account,
                resolved_at: Some(at),
                ..
            })) => {
                let status = if account == Some(actor.person.account.id) {
                    StatusCode::OK
                } else {
                    StatusCode::CONFLICT
                };
                (
                    status,
                    lang.fill(
                        "triage.closed_before",
                        &[("by", &by), ("at", &words::moment(lang, at, now))],
                    ),
                )
            }
            Ok(_) => (StatusCode::CONFLICT, lang.t("triage.none").to_owned()),
            Err(e) => return unavailable(&e),
        },
        Err(SettleError::NotInPack(_)) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            lang.t("triage.not_in_pack").to_owned(),
        ),
        Err(SettleError::Unreadable(_)) => (StatusCode::CONFLICT, lang.t("triage.unreadable").to_owned()),
        Err(SettleError::NoReport) => return problem::not_found().into_response(),
        Err(e) => return undone(&e),
    };
    let keep = if status == StatusCode::OK {
        Typed::default()
    } else {
        typed
    };
    show(&internal, &actor, lang, id, status, Some(said), keep).await
}

/// In a task of its own, with the office's login.
async fn run(
    internal: &Internal,
    actor: &Actor,
    id: i64,
    what: Settle,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<TriageSettled, SettleError> {
    let (office, loaded) = (internal.office.clone(), internal.pack.current());
    let (county, person, reason) = (internal.county.clone(), actor.person.clone(), reason.trim().to_owned());
    let write = async move {
        // Another county's report is no report of ours.
        match office.report_to_route(id).await? {
            Some(report) if *report.county == *county => {
                settle(
                    &office,
                    &loaded,
                    id,
                    &what,
                    Act {
                        by: &person.account.name,
                        account: Some(person.account.id),
                        os_user: None,
                        reason: &reason,
                        at,
                    },
                )
                .await
            }
            _ => Err(SettleError::NoReport),
        }
    };
    in_own_task(write).await.unwrap_or_else(|e| {
        Err(SettleError::Triage(TriageError::Store(
            platform::store::StoreError::Unreadable(e.to_string()),
        )))
    })
}

/// `POST /api/v1/triage/{report_id}/take|assign|reroute`: `{"reason", "obligation", "unit"}` -> `{"tickets", "closed"}`.
pub(crate) async fn api_act(
    State(internal): State<Internal>,
    actor: Office,
    Path((id, verb)): Path<(i64, String)>,
    JsonBody(typed): JsonBody<Typed>,
) -> Response {
    let what = match verb.as_str() {
        "take" => Settle::Take,
        "reroute" => Settle::Reroute,
        "assign" => Settle::Assign {
            obligation: typed.obligation.clone(),
            unit: typed.unit.clone(),
        },
        _ => return problem::api(404, "the acts are take, assign and reroute"),
    };
    if typed.reason.trim().is_empty() && what != Settle::Take {
        // What is not there can't be done with a reason either.
        return match internal.office.triage_state(id).await {
            Ok(None) => problem::api(404, "there is no such report, or nothing of it waits"),
            Ok(Some(_)) => problem::api(422, "give a reason: it is recorded"),
            Err(e) => api_unavailable(&e),
        };
    }
    match run(&internal, &actor, id, what, &typed.reason, clock::now()).await {
        Ok(done) => Json(json!({"tickets": done.tickets, "closed": done.closed})).into_response(),
        Err(SettleError::NoReport) => problem::api(404, "there is no such report"),
        Err(e @ SettleError::NotInPack(_)) => problem::api(422, &e.to_string()),
        Err(SettleError::Triage(TriageError::Store(e))) => api_undone(&e),
        Err(e) => problem::api(409, &e.to_string()),
    }
}

fn holder(lang: Lang, by: Option<&str>) -> String {
    by.map_or_else(
        || lang.t("triage.nobody").to_owned(),
        |by| lang.fill("triage.taken_by", &[("by", by)]),
    )
}

async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    id: i64,
    status: StatusCode,
    notice: Option<String>,
    typed: Typed,
) -> Response {
    let now = clock::now();
    let found = internal.office.report_to_route(id).await;
    let (report, shown, state) = match (
        found,
        internal.office.report_show(id).await,
        internal.board.triage_state(id).await,
    ) {
        (Ok(Some(report)), Ok(Some(shown)), Ok(state)) if *report.county == *internal.county => (report, shown, state),
        (Ok(_), Ok(_), Ok(_)) => return problem::not_found().into_response(),
        (Err(e), ..) | (_, Err(e), _) | (.., Err(e)) => return unavailable(&e),
    };
    let ticket = shown
        .tickets
        .as_array()
        .and_then(|all| all.iter().find(|t| t["obligation"] == "triage"))
        .and_then(|t| t["id"].as_i64());
    let opened = match look_as_holder(internal, actor, report.id, ticket).await {
        Ok(opened) => opened,
        Err(response) => return response,
    };
    let loaded = internal.pack.current();
    let words_in = lang.pack();
    let vocabulary = loaded.pack.vocabulary();
    let decision = shown.decisions.as_array().and_then(|all| all.last());
    let police = shown
        .tickets
        .as_array()
        .into_iter()
        .flatten()
        .filter(|t| t["obligation"] == "police-accept");
    let open = state.as_ref().is_some_and(|s| s.resolved_at.is_none());
    let closed = match &state {
        Some(TriageState {
            resolved_by: Some(by),
            resolved_at: Some(at),
            ..
        }) => lang.fill(
            "triage.closed_text",
            &[("by", by), ("at", &words::moment(lang, *at, now))],
        ),
        Some(_) => String::new(),
        None => lang.t("triage.none_text").to_owned(),
    };
    let units = units_by_kind(&loaded.pack, words_in);
    let obligations = vocabulary.obligations.offered().filter(|o| o.code != "triage");
    let signed_by = state.as_ref().and_then(|s| s.signed_by.as_deref());
    let page = TriagePage {
        report_id: id,
        receipt: ReportId::from_db(id).to_string(),
        notice,
        holder: holder(lang, signed_by),
        taken: signed_by.is_some(),
        open,
        closed,
        office: actor.is(&["office"]),
        reasons: decision.map(|d| reasons(&d["triage_reasons"])).unwrap_or_default(),
        facts: facts::lines(&opened, &loaded.pack, lang),
        police: police.map(|t| police_line(t, &loaded.pack, lang)).collect(),
        obligations: obligations
            .map(|o| (o.code.clone(), o.label.get(words_in).to_owned()))
            .collect(),
        units,
        typed,
        frame: Frame::of(actor, lang, "/triage").titled(tail(&ReportId::from_db(id).to_string())),
    };
    render(status, &page)
}

fn units_by_kind(pack: &casework::pack::Pack, lang: casework::words::Lang) -> Vec<(String, Vec<(String, String)>)> {
    let of_kind = |kind: &str| {
        let mut units: Vec<_> = pack
            .units()
            .iter()
            .filter(|u| u.kind == kind)
            .map(|u| (u.code.clone(), u.name.clone()))
            .collect();
        units.sort_by(|a, b| a.1.cmp(&b.1));
        units
    };
    let kinds = pack.vocabulary().unit_kinds.iter();
    let named = kinds.map(|kind| (kind.term.label.get(lang).to_owned(), of_kind(&kind.term.code)));
    named.filter(|(_, units)| !units.is_empty()).collect()
}

fn police_line(ticket: &Value, pack: &casework::pack::Pack, lang: Lang) -> String {
    let unit = ticket["unit"].as_str().unwrap_or_default();
    let name = pack.units().get(unit).map_or(unit, |u| u.name.as_str());
    format!(
        "{name} · {}",
        words::state(lang, ticket["state"].as_str().unwrap_or("dispatched"))
    )
}
