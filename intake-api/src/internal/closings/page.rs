//! 办结确认和移送审批: what waits for the office. It sees the outcome and what was written with the closing, nothing else that is
//! sealed, and decides with a reason where it refuses. Page and API share one way through.

use askama::Template;
use axum::{
    Form, Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::pack::Pack;
use casework::routing;
use casework::words::Urgency;
use casework::words::reserved::{NOT_FILED, TRANSFERRED};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    pack::watch::LoadedPack,
    receipt::ReportId,
    store::{ActDone, Acting, ClosingCase, ClosingLine, Successor, TicketDeed},
    text::Lang,
};
use serde::Deserialize;
use serde_json::json;

use crate::internal::{
    Internal, api_of, api_unavailable,
    auth::{Actor, Office, Overseer},
    board::{facts, look::look},
    desk::{
        closing::oversight,
        post::what_happened,
        sealed::{self, Note},
        waiting::written,
    },
    detached,
    page::{Frame, Language, problem, render, words},
    unavailable,
    wire::JsonBody,
};

/// Instead of the word of what was done: the unit that was to take over is not in the pack any more.
const RECEIVER_GONE: &str = "receiver-gone";

/// Longest reason, in characters.
const LONGEST: usize = 5000;

struct Line {
    id: i64,
    receipt: String,
    unit: String,
    obligation: String,
    urgency: &'static str,
    hot: bool,
    what: String,
    why: &'static str,
    asked: String,
    due: words::Countdown,
    drill: bool,
}

#[derive(Template)]
#[template(path = "internal/closings/list.html")]
struct ListPage {
    frame: Frame,
    lines: Vec<Line>,
    count: String,
    done: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "internal/closings/page.html")]
struct ClosingPage {
    frame: Frame,
    line: Line,
    version: i32,
    transfer: bool,
    decide: bool,
    not_due: bool,
    goes_on: bool,
    seen: String,
    written: Vec<(&'static str, String)>,
    facts: Vec<(&'static str, String)>,
    case_clock: String,
    notice: Option<String>,
    typed: String,
}

/// What the forms and the API send.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    version: i32,
    #[serde(default)]
    reason: String,
}

/// What was just done.
#[derive(Deserialize)]
pub(crate) struct Asked {
    done: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    /// Confirms a closing or approves a transfer, whichever waits.
    Agree,
    Refuse,
}

/// `GET /closings`
pub(crate) async fn list(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    axum::extract::Query(asked): axum::extract::Query<Asked>,
) -> Response {
    let now = clock::now();
    let found = match internal.board.closings_waiting(&internal.county, now).await {
        Ok(found) => found,
        Err(e) => return unavailable(&e),
    };
    let count = match internal.board.closings_count(&internal.county, now).await {
        Ok(count) => count,
        Err(e) => return unavailable(&e),
    };
    let loaded = internal.pack.current();
    let done = asked.done.as_deref().and_then(|word| match word {
        "confirm" => Some("closings.done_confirm"),
        "approve" => Some("closings.done_approve"),
        "refuse" => Some("closings.done_refuse"),
        _ => None,
    });
    render(
        StatusCode::OK,
        &ListPage {
            frame: Frame::of(&actor, lang, "/closings"),
            lines: found.iter().map(|line| say(line, &loaded.pack, lang, now)).collect(),
            count: lang.fill("closings.count", &[("n", &count.to_string())]),
            done: done.map(|key| lang.t(key)),
        },
    )
}

/// `GET /api/v1/closings`
pub(crate) async fn api_list(State(internal): State<Internal>, _: Overseer) -> Response {
    match internal.board.closings_waiting(&internal.county, clock::now()).await {
        Ok(found) => Json(found).into_response(),
        Err(e) => api_unavailable(&e),
    }
}

/// `GET /closings/{id}`
pub(crate) async fn page(
    State(internal): State<Internal>,
    actor: Overseer,
    Language(lang): Language,
    Path(id): Path<i64>,
) -> Response {
    show(&internal, &actor, lang, id, StatusCode::OK, None, String::new()).await
}

/// `POST /closings/{id}/confirm`
pub(crate) async fn confirm(
    internal: State<Internal>,
    actor: Office,
    lang: Language,
    id: Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    act(internal.0, actor, lang.0, id.0, Verb::Agree, typed).await
}

/// `POST /closings/{id}/refuse`
pub(crate) async fn refuse(
    internal: State<Internal>,
    actor: Office,
    lang: Language,
    id: Path<i64>,
    Form(typed): Form<Typed>,
) -> Response {
    act(internal.0, actor, lang.0, id.0, Verb::Refuse, typed).await
}

async fn act(internal: Internal, actor: Office, lang: Lang, id: i64, verb: Verb, typed: Typed) -> Response {
    if verb == Verb::Refuse && !reason_fits(&typed.reason) {
        let said = Some(lang.t("closings.need_reason").to_owned());
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return show(&internal, &actor, lang, id, status, said, typed.reason).await;
    }
    let now = clock::now();
    let (done, word) = match decide(&internal, &actor, id, verb, &typed, now).await {
        Ok(done) => done,
        Err(response) => return response,
    };
    let said = match done {
        ActDone::Done => return Redirect::to(&format!("/closings?done={word}")).into_response(),
        ActDone::Stale {
            last_kind,
            last_by,
            last_at,
            ..
        } => lang.fill(
            "closings.stale",
            &[
                ("by", &last_by),
                ("at", &words::moment(lang, last_at, now)),
                ("what", what_happened(lang, &last_kind)),
            ],
        ),
        ActDone::Denied(why) => lang.t(&format!("close.denied_{}", why.as_str())).to_owned(),
        ActDone::NotAllowed { .. } if word == RECEIVER_GONE => lang.t("closings.receiver_gone").to_owned(),
        ActDone::NotAllowed { .. } => lang.t("closings.gone").to_owned(),
        ActDone::NotFound => return problem::not_found().into_response(),
    };
    show(
        &internal,
        &actor,
        lang,
        id,
        StatusCode::CONFLICT,
        Some(said),
        typed.reason,
    )
    .await
}

/// `POST /api/v1/closings/{id}/{act}`: `confirm` (approves, where it is a transfer) or `refuse`; `{"version", "reason"}`.
pub(crate) async fn api_act(
    State(internal): State<Internal>,
    actor: Office,
    Path((id, act)): Path<(i64, String)>,
    JsonBody(typed): JsonBody<Typed>,
) -> Response {
    let verb = match act.as_str() {
        "confirm" => Verb::Agree,
        "refuse" => Verb::Refuse,
        _ => return problem::api(404, "the acts are confirm and refuse"),
    };
    if verb == Verb::Refuse && !reason_fits(&typed.reason) {
        // What is not there can't be refused with a reason either.
        return match internal.office.closing_case(&internal.county, id).await {
            Ok(None) => problem::api(404, "no closing of such a ticket waits"),
            Ok(Some(_)) => problem::api(422, "give a reason of at most 5000 characters: it is recorded"),
            Err(e) => api_unavailable(&e),
        };
    }
    match decide(&internal, &actor, id, verb, &typed, clock::now()).await {
        Ok((ActDone::Done, word)) => Json(json!({"done": word})).into_response(),
        Ok((ActDone::Stale { .. }, _)) => {
            problem::api(409, "the ticket has changed since this version; nothing was done")
        }
        Ok((ActDone::Denied(why), _)) => problem::api(409, Lang::En.t(&format!("close.denied_{}", why.as_str()))),
        Ok((ActDone::NotAllowed { .. }, RECEIVER_GONE)) => problem::api(409, Lang::En.t("closings.receiver_gone")),
        Ok((ActDone::NotAllowed { .. }, _)) => problem::api(409, "no closing of this ticket waits; nothing was done"),
        Ok((ActDone::NotFound, _)) => problem::api(404, "there is no such ticket"),
        Err(page) => api_of(&page),
    }
}

fn reason_fits(reason: &str) -> bool {
    !reason.trim().is_empty() && reason.chars().count() <= LONGEST
}

/// Decides in a task of its own, with the office's login; also says which word was done.
async fn decide(
    internal: &Internal,
    actor: &Actor,
    id: i64,
    verb: Verb,
    typed: &Typed,
    now: DateTime<Utc>,
) -> Result<(ActDone, &'static str), Response> {
    let found = internal.office.closing_case(&internal.county, id).await;
    let Some(case) = found.map_err(|e| unavailable(&e))? else {
        let exists = internal
            .board
            .board_ticket(&internal.county, id)
            .await
            .map_err(|e| unavailable(&e))?;
        let done = exists.map_or(ActDone::NotFound, |ticket| ActDone::NotAllowed { state: ticket.state });
        return Ok((done, ""));
    };
    let loaded = internal.pack.current();
    let transfer = case.line.outcome.as_deref() == Some(TRANSFERRED);
    let (deed, word) = match verb {
        Verb::Refuse => (TicketDeed::Refuse, "refuse"),
        Verb::Agree if transfer => match successor(&case, &loaded, now) {
            Some(successor) => (TicketDeed::Approve(Box::new(successor)), "approve"),
            // The unit left the pack since: refuse, and another is chosen.
            None => return Ok((ActDone::NotAllowed { state: case.line.state }, RECEIVER_GONE)),
        },
        Verb::Agree => {
            let urgency = urgency(&case.line);
            let oversight = oversight(&case.facts, urgency, &loaded, case.line.outcome.as_deref(), now);
            (TicketDeed::Confirm(oversight), "confirm")
        }
    };
    let note = Note {
        reason: Some(typed.reason.trim())
            .filter(|reason| !reason.is_empty())
            .map(Into::into),
        ..Note::default()
    };
    let sealed = note
        .reason
        .is_some()
        .then(|| sealed::seal_with(&internal.keys, case.line.report_id, &case.data_key, &note));
    let sealed = sealed.transpose().map_err(|e| unavailable(&e))?;
    let (office, county, person, version) = (
        internal.office.clone(),
        internal.county.clone(),
        actor.person.clone(),
        typed.version,
    );
    let work = async move {
        let acting = Acting {
            by: &person.account.name,
            account: person.account.id,
            version,
            at: now,
            sealed,
            detail: json!({}),
        };
        let done = office.office_act(&county, id, &deed, &acting).await?;
        if done == ActDone::Done {
            let _ = office.notices_wake().await;
        }
        Ok::<_, platform::store::StoreError>(done)
    };
    Ok((detached(work).await?, word))
}

fn urgency(line: &ClosingLine) -> Urgency {
    Urgency::from_word(&line.urgency).unwrap_or(Urgency::P1)
}

fn successor(case: &ClosingCase, loaded: &LoadedPack, now: DateTime<Utc>) -> Option<Successor> {
    let unit = loaded.pack.units().get(case.line.transfer_to.as_deref()?)?;
    Some(Successor {
        unit_kind: unit.kind.clone(),
        shows: loaded.pack.rules().shows(&case.line.obligation, &unit.kind),
        stages: routing::successor(
            &loaded.pack,
            &case.line.obligation,
            &unit.code,
            urgency(&case.line),
            now,
        ),
        rule_set: loaded.rule_set,
        calendar: loaded.pack.calendar().version().to_owned(),
    })
}

fn say(line: &ClosingLine, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let pl = lang.pack();
    let unit = |code: &str| {
        pack.units()
            .get(code)
            .map_or(code, |unit| unit.name.as_str())
            .to_owned()
    };
    let outcome = line.outcome.as_deref().unwrap_or_default();
    let stage = if line.transfer_to.is_some() {
        "approve"
    } else {
        "confirm"
    };
    Line {
        id: line.ticket_id,
        receipt: ReportId::from_db(line.report_id).to_string(),
        unit: line.unit_name.clone(),
        obligation: pack.vocabulary().obligations.label(&line.obligation, pl).to_owned(),
        urgency: words::urgency(lang, &line.urgency),
        hot: line.urgency == "P1",
        what: match &line.transfer_to {
            Some(to) => lang.fill("closings.transfer", &[("unit", &unit(to))]),
            None => pack.vocabulary().outcomes.label(outcome, pl).to_owned(),
        },
        why: match (&line.transfer_to, line.close_by.as_deref()) {
            (None, Some("office")) => lang.t("closings.alone"),
            (None, _) if line.due_at.is_some_and(|due| due <= now) => lang.t("closings.late"),
            _ => "",
        },
        asked: lang.fill(
            "close.asked",
            &[
                ("by", line.requested_by.as_deref().unwrap_or("–")),
                (
                    "at",
                    &line
                        .requested_at
                        .map(|at| words::moment(lang, at, now))
                        .unwrap_or_default(),
                ),
                ("outcome", pack.vocabulary().outcomes.label(outcome, pl)),
            ],
        ),
        due: words::countdown(lang, Some(stage), line.due_at, now),
        drill: line.drill,
    }
}

async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    id: i64,
    status: StatusCode,
    notice: Option<String>,
    typed: String,
) -> Response {
    let now = clock::now();
    // What was written is sealed: the office's login may read it, the board's may not.
    let case = match internal.office.closing_case(&internal.county, id).await {
        Ok(Some(case)) => case,
        Ok(None) => {
            return match internal.board.board_ticket(&internal.county, id).await {
                Ok(Some(_)) => Redirect::to(&format!("/board/tickets/{id}")).into_response(),
                Ok(None) => problem::not_found().into_response(),
                Err(e) => unavailable(&e),
            };
        }
        Err(e) => return unavailable(&e),
    };
    let waiting = match internal.board.closings_waiting(&internal.county, now).await {
        Ok(waiting) => waiting.iter().any(|line| line.ticket_id == id),
        Err(e) => return unavailable(&e),
    };
    let opened = match look(internal, actor, case.line.report_id, Some(id)).await {
        Ok(opened) => opened,
        Err(response) => return response,
    };
    let loaded = internal.pack.current();
    let transfer = case.line.outcome.as_deref() == Some(TRANSFERRED);
    let office = actor.is(&["office"]) && case.line.state == "close-requested";
    let key = internal.keys.open_data_key(case.line.report_id, &case.data_key).ok();
    let at = case.line.requested_at.unwrap_or(now);
    let page = ClosingPage {
        // Oversight reads that a closing waits; what was written is for who decides.
        written: if actor.is(&["office"]) {
            written(&case.events, at, key.as_ref(), case.line.report_id, lang, now)
        } else {
            Vec::new()
        },
        version: case.line.version,
        transfer,
        decide: office && waiting,
        not_due: office && !waiting,
        goes_on: case.line.outcome.as_deref() == Some(NOT_FILED),
        seen: match (&case.contacted_by, case.seen_at) {
            (Some(by), Some(at)) => lang.fill("closings.seen", &[("by", by), ("at", &words::moment(lang, at, now))]),
            _ => lang.t("closings.unseen").to_owned(),
        },
        facts: facts::lines(&opened, &loaded.pack, lang),
        case_clock: case
            .case_dispatched_at
            .map(|at| lang.fill("close.case_clock", &[("at", &words::moment(lang, at, now))]))
            .unwrap_or_default(),
        line: say(&case.line, &loaded.pack, lang, now),
        notice,
        typed,
        frame: Frame::of(actor, lang, "/closings"),
    };
    render(status, &page)
}
