//! The unit's door: asks for what its ticket does not show, reads what is open, ends it.

use std::collections::HashMap;

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::disclosure::{Part, Shows};
use casework::pack::Pack;
use casework::ticket::TicketState;
use casework::ticket::opening::{Asker, Way, may_ask, way};
use casework::words::Urgency;
use casework::words::reserved::POLICE;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{DeskTicket, Opening, OpeningAsked, OpeningDeed, OpeningDone, Reading},
    text::Lang,
};

use super::{
    act::acted,
    ask::{Asking, at_desk},
    read,
    words::{Line, line},
};
use crate::internal::{
    Internal,
    auth::Desk,
    desk::{Attempt, fetch, people_of, show},
    detached,
    kept::Said,
    page::{Language, problem},
    unavailable,
};

/// A part that can be asked for.
pub(crate) struct Askable {
    pub(crate) part: &'static str,
    pub(crate) name: &'static str,
}

/// The openings of a ticket as its page shows them, and what can be asked.
pub(crate) struct DeskOpenings {
    /// Mine first asked last shown; everybody's of the unit.
    pub(crate) lines: Vec<DeskLine>,
    /// Opens at once, and is reviewed.
    pub(crate) at_once: Vec<Askable>,
    /// Takes an approval.
    pub(crate) approved: Vec<Askable>,
    /// The identity can be asked for: `true` opens at once.
    pub(crate) identity: Option<bool>,
}

/// A line with what this person may do.
pub(crate) struct DeskLine {
    pub(crate) line: Line,
    pub(crate) mine: bool,
}

/// What the page of a ticket says of its openings.
pub(crate) fn of_ticket(
    ticket: &DeskTicket,
    found: &[Opening],
    me: i64,
    pack: &Pack,
    lang: Lang,
    now: DateTime<Utc>,
) -> DeskOpenings {
    let state = TicketState::from_word(&ticket.state);
    let police = pack.units().get(&ticket.unit).is_some_and(|unit| unit.kind == POLICE);
    let row = Shows::from_words(ticket.shows.iter().map(String::as_str));
    let asker = Asker {
        urgency: Urgency::from_word(&ticket.urgency).unwrap_or(Urgency::P1),
        ticket: state,
        sees_identity: police && row.has(Part::Identity),
    };
    // Nobody stands behind an anonymous report, and who chose to be named stands on the ticket already where its row shows that.
    let choice = &ticket.ground.facts["identity"];
    let nothing_hidden = choice == "anonymous" || choice == "named" && row.has(Part::Reporter);
    // What is asked or open already is not offered again.
    let mine = |part: Part| {
        found.iter().any(|o| {
            o.asked_account == me
                && (o.state == "asked" || o.is_open(now))
                && o.parts.iter().any(|p| p == part.as_str())
        })
    };
    let may = state.is_some_and(may_ask);
    let shown = Shows::from_words(
        ticket
            .shows
            .iter()
            .map(String::as_str)
            .filter(|part| *part != "identity"),
    );
    let hidden = shown.hidden().filter(|part| may && !mine(*part));
    let (mut at_once, mut approved, mut identity) = (Vec::new(), Vec::new(), None);
    for part in hidden {
        let how = way(asker, part.as_str());
        if part == Part::Identity {
            identity = (!nothing_hidden).then_some(how == Way::Police);
            continue;
        }
        let askable = Askable {
            part: part.as_str(),
            name: lang.t(&format!("parts.{part}")),
        };
        match how {
            Way::Urgent => at_once.push(askable),
            _ => approved.push(askable),
        }
    }
    DeskOpenings {
        lines: found
            .iter()
            .rev()
            .map(|o| DeskLine {
                line: line(o, pack, lang, now),
                mine: o.asked_account == me,
            })
            .collect(),
        at_once,
        approved,
        identity,
    }
}

/// `POST /tickets/{id}/openings`
pub(super) async fn ask(
    internal: State<Internal>,
    desk: Desk,
    lang: Language,
    id: Path<String>,
    fields: Form<HashMap<String, String>>,
) -> Response {
    let asking = Asking::of_form(&fields);
    asked(internal.0, desk, lang.0, &id.0, fields.0, "openings", asking).await
}

/// `POST /tickets/{id}/reporter`: asks for who reported.
pub(super) async fn ask_identity(
    internal: State<Internal>,
    desk: Desk,
    lang: Language,
    id: Path<String>,
    fields: Form<HashMap<String, String>>,
) -> Response {
    let asking = Asking::read(["identity"], fields.get("reason").map_or("", String::as_str));
    asked(internal.0, desk, lang.0, &id.0, fields.0, "reporter", asking).await
}

async fn asked(
    internal: Internal,
    desk: Desk,
    lang: Lang,
    id: &str,
    fields: HashMap<String, String>,
    form: &'static str,
    asking: Result<Asking, (&'static str, &'static str)>,
) -> Response {
    let ticket = match fetch(&internal, &desk, id).await {
        Ok(ticket) => ticket,
        Err(response) => return response,
    };
    let asking = match asking {
        Ok(asking) => asking,
        Err((field, key)) => {
            let attempt = Attempt {
                form,
                fields,
                wrong: [(field, key)].into(),
                trouble: None,
            };
            let people = people_of(&internal, &ticket).await;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return show(status, &internal, &desk, lang, &ticket, &people, attempt, None).await;
        }
    };
    let trouble = match at_desk(&internal, &desk, &desk.scope, &ticket, &asking).await {
        Ok(OpeningAsked::Now(stored)) => {
            let word = done_word(&stored);
            return Redirect::to(&format!("/tickets/{}?done={word}#openings-list", ticket.id)).into_response();
        }
        Ok(OpeningAsked::NotFound) => return problem::not_found().into_response(),
        Ok(OpeningAsked::Before) => "openings.before",
        Ok(OpeningAsked::Nobody) => "openings.nobody",
        Ok(OpeningAsked::NotAllowed { .. }) => "openings.not_open",
        Err(response) => return response,
    };
    let attempt = Attempt {
        form,
        fields,
        wrong: crate::internal::desk::Wrong::new(),
        trouble: Some(trouble),
    };
    let people = people_of(&internal, &ticket).await;
    let mut answer = show(
        StatusCode::CONFLICT,
        &internal,
        &desk,
        lang,
        &ticket,
        &people,
        attempt,
        None,
    )
    .await;
    answer.extensions_mut().insert(Said(lang.t(trouble).to_owned()));
    answer
}

/// Which sentence says what came of it.
fn done_word(stored: &[Opening]) -> &'static str {
    let waits = stored.iter().any(|o| o.state == "asked");
    let open = stored.iter().any(|o| o.state == "open");
    match (open, waits) {
        (true, true) => "opening-both",
        (true, false) => "opening-opened",
        _ => "opening-asked",
    }
}

/// The opening of an address, if it is this ticket's.
pub(super) async fn found(
    internal: &Internal,
    desk: &Desk,
    id: &str,
    opening: i64,
) -> Result<(DeskTicket, Opening), Response> {
    let ticket = fetch(internal, desk, id).await?;
    let all = internal
        .desk
        .desk_openings(&desk.scope, ticket.id)
        .await
        .map_err(|e| unavailable(&e))?;
    match all.into_iter().find(|o| o.id == opening) {
        Some(found) => Ok((ticket, found)),
        None => Err(problem::not_found().into_response()),
    }
}

/// What is open, with the look written down, in a task of its own.
pub(super) async fn handed(
    internal: &Internal,
    desk: &Desk,
    opening: i64,
    how: &'static str,
) -> Result<Option<platform::store::OpeningHanded>, Response> {
    let (store, scope) = (internal.desk.clone(), desk.scope.clone());
    let reading = Reading {
        account: desk.person.account.id,
        how,
        at: clock::now(),
    };
    detached(async move { store.desk_opening_read(&scope, opening, reading).await }).await
}

/// `GET /tickets/{id}/openings/{opening}`
pub(super) async fn read(
    State(internal): State<Internal>,
    desk: Desk,
    Language(lang): Language,
    Path((id, opening)): Path<(String, i64)>,
) -> Response {
    let (ticket, opening) = match found(&internal, &desk, &id, opening).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    // What is open for a colleague is not open for me.
    if opening.asked_account != desk.person.account.id {
        return problem::not_found().into_response();
    }
    match handed(&internal, &desk, opening.id, "opening").await {
        Ok(handed) => read::page(
            &internal,
            &desk,
            lang,
            &opening,
            handed,
            (format!("/tickets/{}", ticket.id), "desk.back_to_ticket"),
            "/desk",
        ),
        Err(response) => response,
    }
}

/// Ends it, or takes the asking back, whichever it is.
pub(super) async fn ended(
    internal: &Internal,
    desk: &Desk,
    opening: &Opening,
    version: i32,
) -> Result<OpeningDone, Response> {
    let deed = if opening.state == "asked" {
        OpeningDeed::Withdraw
    } else {
        OpeningDeed::End
    };
    let scope = Some(desk.scope.clone());
    acted(internal, desk, scope, opening.id, deed, (version, None)).await
}

/// `POST /tickets/{id}/openings/{opening}/end`
pub(super) async fn end(
    State(internal): State<Internal>,
    desk: Desk,
    Language(lang): Language,
    Path((id, opening)): Path<(String, i64)>,
    Form(fields): Form<HashMap<String, String>>,
) -> Response {
    let (ticket, opening) = match found(&internal, &desk, &id, opening).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let version = fields.get("version").and_then(|v| v.parse().ok()).unwrap_or(0);
    let trouble = match ended(&internal, &desk, &opening, version).await {
        Ok(OpeningDone::Done(done)) => {
            let word = if done.state == "withdrawn" {
                "opening-withdrawn"
            } else {
                "opening-ended"
            };
            return Redirect::to(&format!("/tickets/{}?done={word}#openings-list", ticket.id)).into_response();
        }
        Ok(OpeningDone::Stale(_) | OpeningDone::NotAllowed(_)) => "openings.changed",
        Ok(OpeningDone::Denied(why)) => denied(why),
        Ok(OpeningDone::NotFound) => return problem::not_found().into_response(),
        Err(response) => return response,
    };
    let attempt = Attempt {
        form: "openings",
        trouble: Some(trouble),
        ..Attempt::default()
    };
    let people = people_of(&internal, &ticket).await;
    show(
        StatusCode::CONFLICT,
        &internal,
        &desk,
        lang,
        &ticket,
        &people,
        attempt,
        None,
    )
    .await
}

/// Why not, as a text key.
pub(super) fn denied(why: platform::store::OpeningDenied) -> &'static str {
    use platform::store::OpeningDenied as D;
    match why {
        D::Own => "openings.denied_own",
        D::OwnUnit => "openings.denied_own-unit",
        D::Role => "openings.denied_role",
        D::TicketClosed => "openings.denied_ticket-closed",
        D::NotYours => "openings.denied_not-yours",
    }
}
