//! 重新办理 by the office: of a ticket that is closed, for a reason. Its unit's leader does the same at the desk. Page and API share one
//! way through.

use askama::Template;
use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use platform::{
    clock,
    store::{ActDone, TicketId},
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Answer, By, Route,
    again::{Again, Fields, Wrong},
    auth::Office,
    desk::{
        Case,
        act::{read, version},
        draft::Kind,
        fields, invalid, undone,
        waiting::is_over,
    },
    error::{ApiError, PageError},
    office_act::OfficeAct,
    page::{Frame, render, words},
    wire::JsonBody,
};

/// Routes of this part.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/board/tickets/{id}/reopen", get(page)),
        Route::post("/board/tickets/{id}/reopen", post(submit)),
        Route::post("/api/v1/board/tickets/{id}/reopen", post(api)),
    ]
}

#[derive(Template)]
#[template(path = "internal/reopening.html")]
struct ReopeningPage {
    frame: Frame,
    ticket: TicketId,
    version: i32,
    receipt: String,
    title: String,
    /// How it stands, and how it ended.
    stands: String,
    may: bool,
    /// Why not.
    not: &'static str,
    notice: Option<String>,
    wrong: Option<&'static str>,
    typed: String,
}

/// What was done.
#[derive(Serialize)]
struct Done {
    done: &'static str,
}

/// `GET /board/tickets/{id}/reopen`
async fn page(by: By<Office>, Path(id): Path<TicketId>) -> Result<Response, PageError> {
    let case = found(&by, id).await?;
    Ok(show(&by, &case, Again::default()))
}

/// `POST /board/tickets/{id}/reopen`
async fn submit(by: By<Office>, Path(id): Path<TicketId>, Form(fields): Form<Fields>) -> Result<Response, PageError> {
    let case = found(&by, id).await?;
    match reopen(&by, &case, &fields).await? {
        Err(wrong) => {
            let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, None, fields).with_wrong(wrong);
            Ok(show(&by, &case, again))
        }
        Ok(ActDone::Done) => Ok(Redirect::to(&format!("/board/tickets/{id}")).into_response()),
        Ok(other) => {
            let said = undone::said(&other, by.lang, clock::now())?;
            // The page as it is now: who pressed twice reads that it is done.
            let case = found(&by, id).await?;
            Ok(show(
                &by,
                &case,
                Again::keeping(StatusCode::CONFLICT, Some(said), fields),
            ))
        }
    }
}

/// `POST /api/v1/board/tickets/{id}/reopen`: `{"version", "reason"}`.
async fn api(
    by: By<Office>,
    Path(id): Path<TicketId>,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Result<Answer<Done>, ApiError> {
    let case = found(&by, id).await?;
    let fields = fields(body);
    match reopen(&by, &case, &fields).await? {
        Err(wrong) => Err(invalid(&wrong).into()),
        Ok(ActDone::Done) => Ok(Answer(Done { done: "reopen" })),
        Ok(other) => Err(undone::problem(other)),
    }
}

/// A ticket of any unit.
async fn found(by: &By<Office>, id: TicketId) -> Result<Case, PageError> {
    let (case, ..) = Case::of_any_unit(by, id).await?;
    Ok(case)
}

/// Reads what the unit's leader would send, and does it with the office's login.
async fn reopen(by: &By<Office>, case: &Case, fields: &Fields) -> Result<Result<ActDone, Wrong>, PageError> {
    let now = clock::now();
    let loaded = by.internal.pack.current();
    let ready = match read(Kind::Reopen, fields, case.against(&loaded, by.me(), now)) {
        Ok(ready) => ready,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let deed = ready.act.seal(&by.internal.keys, &case.ticket)?;
    let act = OfficeAct {
        ticket: case.ticket.id,
        report: case.ticket.report_id,
        data_key: &case.ticket.data_key,
        version: version(fields),
        reason: fields.get("reason").map_or("", String::as_str),
        now,
    };
    Ok(Ok(act.perform(by, deed).await?))
}

fn show(by: &By<Office>, case: &Case, again: Again<Fields>) -> Response {
    let (lang, ticket) = (by.lang, &case.ticket);
    let loaded = by.internal.pack.current();
    let vocabulary = loaded.pack.vocabulary();
    let obligation = vocabulary.obligations.label(&ticket.obligation, lang.pack());
    let outcome = ticket.outcome.as_deref();
    let outcome = outcome.map(|code| vocabulary.outcomes.label(code, lang.pack()));
    let stands: Vec<&str> = std::iter::once(words::state(lang, ticket.state))
        .chain(outcome)
        .collect();
    let page = ReopeningPage {
        frame: by.frame("/board"),
        ticket: ticket.id,
        version: ticket.version,
        receipt: ticket.report_id.to_string(),
        title: format!("{} · {obligation}", words::unit_name(&loaded.pack, &ticket.unit)),
        stands: stands.join(" · "),
        may: is_over(ticket),
        not: lang.t(if ticket.state.is_open() {
            "desk.reopen_none"
        } else {
            "desk.reopen_not"
        }),
        notice: again.said,
        wrong: again.wrong.get("reason").map(|key| lang.t(key)),
        typed: again.fields.get("reason").cloned().unwrap_or_default(),
    };
    render(again.status, &page)
}

#[cfg(test)]
mod tests {
    use platform::{store::Role, text::Lang};

    use super::*;
    use crate::internal::testing;

    #[test]
    fn pages_of_reopening() {
        let page = |lang, may, notice: Option<&str>| ReopeningPage {
            frame: testing::frame(&[("office", Role::Office)], lang, "/board"),
            ticket: TicketId(12),
            version: 4,
            receipt: "20261124-7K3M-9QXAC".into(),
            title: "太和县公安局旧县派出所 · 接报处置".into(),
            stands: "已办结 · 未发现侵害".into(),
            may,
            not: lang.t("desk.reopen_not"),
            notice: notice.map(ToOwned::to_owned),
            wrong: notice.is_none().then(|| lang.t("desk.wrong.reopen")),
            typed: "<b>邻居说</b>".into(),
        };
        testing::page("reopening", &page(Lang::Zh, true, None));
        testing::page("reopening-en", &page(Lang::En, true, None));
        testing::page("reopening-none", &page(Lang::Zh, false, Some("工单已有变化")));
    }
}
