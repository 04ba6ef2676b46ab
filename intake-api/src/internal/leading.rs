//! The leading group's one page: what is overdue at its level, the longest first, whom to phone, and one line to write on each (批示).
//! It reads nothing else.
//!
//! Court and procuratorate are independent of the leading group: what they let pass stands apart, as 提示函 that was sent.

use std::collections::HashMap;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use casework::calendar::rfc3339;
use casework::county::AreaLevel;
use casework::pack::Pack;
use casework::words::{TicketClock, Urgency};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    foreign::Foreign,
    store::{LeadingLine, LeadingNow, Listed, NewInstruction, StoreError, TicketId},
    text::Lang,
};
use serde::{Deserialize, Serialize};

use super::{
    Answer, By, Internal, Route,
    again::{Again, Fields, Wrong},
    auth::Leading,
    board::{
        answers,
        call::{Call, call},
    },
    desk::{
        invalid,
        reader::{Reader, TEXT},
    },
    detached,
    error::{ApiError, PageError},
    instructions::{self, Written},
    page::{Frame, render, words},
    wire::JsonBody,
};

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/leading", get(page)),
        Route::get("/api/v1/leading", get(api)),
        Route::post("/leading/tickets/{id}/instruct", post(instruct)),
        Route::post("/api/v1/leading/tickets/{id}/instruct", post(instruct_api)),
    ]
}

struct Line {
    ticket: TicketId,
    unit: String,
    what: String,
    urgency: &'static str,
    township: String,
    since: String,
    told: String,
    drill: bool,
    hot: bool,
    call: Call,
    /// What was written already.
    instructions: Vec<String>,
    /// What was typed and refused, and why.
    typed: String,
    wrong: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "internal/leading.html")]
struct LeadingPage {
    frame: Frame,
    at: String,
    /// Of each row that can't be read.
    unread: Vec<String>,
    supervised: Vec<Line>,
    letters: Vec<Line>,
    more: bool,
    office_name: String,
    office: Option<Call>,
    office_failed: Option<String>,
    looks: Option<String>,
    done: Option<&'static str>,
    error: Option<String>,
}

/// The page for programs.
#[derive(Serialize)]
struct Overdue {
    overdue: Vec<OverdueTicket>,
    /// Those that can't be read.
    unread: Vec<answers::UnreadRow>,
    /// There are more than are listed.
    more: bool,
    /// Null where the county has none.
    office: Option<answers::Call>,
    /// Its mailbox did not work then.
    office_failed_at: Option<String>,
    openings_overdue: i64,
}

/// A ticket that is overdue at the leading group's level.
#[derive(Serialize)]
struct OverdueTicket {
    ticket_id: TicketId,
    unit: String,
    unit_name: String,
    obligation: String,
    urgency: Urgency,
    stage: TicketClock,
    /// When it was due.
    since: String,
    sent_at: String,
    /// A 提示函, not 督办.
    letter: bool,
    drill: bool,
    /// Name of the township, never the village.
    township: Option<String>,
    call: answers::Call,
    /// What the leading group wrote, the first first.
    instructions: Vec<WrittenOn>,
}

/// 批示
#[derive(Serialize)]
struct WrittenOn {
    at: String,
    by: String,
    /// Null where it can't be opened, or was erased.
    text: Option<Foreign>,
}

/// A 批示 to write.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewText {
    text: String,
}

/// What came of it.
#[derive(Default, Deserialize)]
struct Asked {
    done: Option<String>,
}

/// Of which ticket something was refused, with what was typed.
type Refused = Again<Option<(TicketId, String)>>;

/// `GET /leading`
async fn page(by: By<Leading>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let done = asked.done.is_some().then(|| by.t("leading.instruct_done"));
    show(&by, Refused::default(), done).await
}

/// The page, with what was typed and refused.
async fn show(by: &By<Leading>, again: Refused, done: Option<&'static str>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&by.internal, by.lang, clock::now());
    let loaded = internal.pack.current();
    let (found, looks, written) = look(internal, now).await?;
    let pack = &loaded.pack;
    let (overdue, unread) = Listed::sorted(found.overdue);
    let (letters, supervised): (Vec<_>, Vec<_>) = overdue.iter().partition(|line| line.letter);
    let say = |lines: Vec<&LeadingLine>| {
        let lines = lines.into_iter().map(|found| {
            let mut line = line(found, pack, lang, now);
            line.instructions = said(&written, found.ticket_id, lang, now);
            if let Some((ticket, typed)) = &again.fields
                && *ticket == found.ticket_id
            {
                line.typed.clone_from(typed);
                line.wrong = again.wrong.get("text").map(|key| lang.t(key));
            }
            line
        });
        lines.collect()
    };
    let page = LeadingPage {
        at: words::moment(lang, now, now),
        unread: unread.into_iter().map(|row| words::unread(lang, row)).collect(),
        supervised: say(supervised),
        letters: say(letters),
        more: found.more,
        office_name: pack
            .units()
            .get(pack.units().office())
            .map(|unit| unit.name.clone())
            .unwrap_or_default(),
        office: found.office.as_ref().map(call),
        looks: (looks > 0).then(|| lang.fill("leading.looks", &[("n", &looks.to_string())])),
        office_failed: found
            .office_failed_at
            .map(|at| lang.fill("leading.office_failed", &[("at", &words::moment(lang, at, now))])),
        frame: by.frame("/leading"),
        done,
        error: again.said,
    };
    Ok(render(again.status, &page))
}

/// `POST /leading/tickets/{id}/instruct`
async fn instruct(
    by: By<Leading>,
    Path(id): Path<TicketId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let typed = fields.get("text").cloned().unwrap_or_default();
    let refused = |status, said| Refused::keeping(status, said, Some((id, typed.clone())));
    match write(&by, id, &fields).await? {
        Ok(true) => Ok(Redirect::to("/leading?done=instruct").into_response()),
        Ok(false) => {
            let said = by.said("leading.instruct_over");
            show(&by, refused(StatusCode::CONFLICT, said), None).await
        }
        Err(wrong) => {
            let again = refused(StatusCode::UNPROCESSABLE_ENTITY, None).with_wrong(wrong);
            show(&by, again, None).await
        }
    }
}

/// `POST /api/v1/leading/tickets/{id}/instruct`
async fn instruct_api(
    by: By<Leading>,
    Path(id): Path<TicketId>,
    JsonBody(body): JsonBody<NewText>,
) -> Result<StatusCode, ApiError> {
    let fields = Fields::from([("text".to_owned(), body.text)]);
    match write(&by, id, &fields).await? {
        Ok(true) => Ok(StatusCode::NO_CONTENT),
        Ok(false) => Err(ApiError::key(409, "leading.instruct_over")),
        Err(wrong) => Err(invalid(&wrong).into()),
    }
}

/// Writes a 批示; false where nothing of the ticket is overdue at the level of the leading group.
async fn write(by: &By<Leading>, id: TicketId, fields: &Fields) -> Result<Result<bool, Wrong>, PageError> {
    let mut reader = Reader {
        fields,
        wrong: Wrong::new(),
    };
    if reader.must("text", TEXT, "leading.wrong_empty").is_none() || !reader.wrong.is_empty() {
        return Ok(Err(reader.wrong));
    }
    let text = reader.get("text").trim().to_owned();
    let (office, internal, person) = (by.internal.office.clone(), by.internal.clone(), by.actor.person.clone());
    let Some((report, data_key)) = office.ticket_key(&internal.county, id).await? else {
        return Ok(Ok(false));
    };
    let sealed = instructions::seal(&internal, (report, &data_key), &text)?;
    let written = detached(async move {
        let loaded = internal.pack.current();
        let units = loaded.pack.units();
        let new = NewInstruction {
            county: &internal.county,
            leading_group: units.leading_group(),
            office: units.office(),
            ticket: id,
            by: (person.account.id, &person.account.name),
            sealed: &sealed,
            at: clock::now(),
        };
        let written = office.instruct(&new).await?;
        if written {
            // A bell that is not heard costs a poll, never a mail.
            let _ = office.notices_wake().await;
        }
        Ok::<_, StoreError>(written)
    });
    Ok(Ok(written.await?))
}

/// `GET /api/v1/leading`
async fn api(by: By<Leading>) -> Result<Answer<Overdue>, ApiError> {
    let internal = &by.internal;
    let (found, looks, written) = look(internal, clock::now()).await?;
    let loaded = internal.pack.current();
    let (overdue, unread) = Listed::sorted(found.overdue);
    Ok(Answer(Overdue {
        overdue: overdue
            .into_iter()
            .map(|line| {
                // A ticket may be overdue in more than one stage.
                let written = written.get(&line.ticket_id).cloned().unwrap_or_default();
                OverdueTicket::of(line, written, &loaded.pack)
            })
            .collect(),
        unread: answers::unread("overdue", unread).collect(),
        more: found.more,
        office: found.office.map(Into::into),
        office_failed_at: found.office_failed_at.map(rfc3339),
        openings_overdue: looks,
    }))
}

/// The page, how many looks at what is hidden nobody decided or reviewed in time, and what was written on each ticket.
async fn look(
    internal: &Internal,
    now: DateTime<Utc>,
) -> Result<(LeadingNow, i64, HashMap<TicketId, Vec<Written>>), StoreError> {
    let office = internal.pack.current().pack.units().office().to_owned();
    let found = internal.board.leading_now(&internal.county, &office).await?;
    let (_, _, overdue) = internal.board.openings_counts(&internal.county, now).await?;
    let read = found.overdue.iter().filter_map(|line| match line {
        Listed::Read(line) => Some(line.ticket_id),
        Listed::Unread(_) => None,
    });
    let tickets: Vec<TicketId> = read.collect();
    let written = instructions::of(internal, &tickets).await?;
    Ok((found, overdue, written))
}

fn line(line: &LeadingLine, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Line {
    let told = if line.letter {
        "leading.letter_sent"
    } else {
        "leading.supervised_since"
    };
    Line {
        ticket: line.ticket_id,
        unit: line.unit_name.clone(),
        what: pack
            .vocabulary()
            .obligations
            .label(&line.obligation, lang.pack())
            .to_owned(),
        urgency: words::urgency(lang, line.urgency),
        township: township(pack, line.area.as_deref())
            .map_or_else(|| lang.t("leading.no_township").to_owned(), str::to_owned),
        since: lang.fill(
            "board.overdue_since",
            &[
                ("stage", words::stage(lang, line.stage)),
                ("span", &words::span(lang, now - line.since)),
                ("at", &words::due(lang, line.since, now)),
            ],
        ),
        told: lang.fill(told, &[("at", &words::moment(lang, line.sent_at, now))]),
        drill: line.drill,
        hot: line.urgency == Urgency::P1,
        call: call(&line.call),
        instructions: Vec::new(),
        typed: String::new(),
        wrong: None,
    }
}

impl OverdueTicket {
    fn of(line: LeadingLine, written: Vec<Written>, pack: &Pack) -> Self {
        Self {
            township: township(pack, line.area.as_deref()).map(str::to_owned),
            ticket_id: line.ticket_id,
            unit: line.unit,
            unit_name: line.unit_name,
            obligation: line.obligation,
            urgency: line.urgency,
            stage: line.stage,
            since: rfc3339(line.since),
            sent_at: rfc3339(line.sent_at),
            letter: line.letter,
            drill: line.drill,
            call: line.call.0.into(),
            instructions: written
                .into_iter()
                .map(|written| WrittenOn {
                    at: rfc3339(written.at),
                    by: written.by,
                    text: written.text,
                })
                .collect(),
        }
    }
}

/// What was written on a ticket, line by line.
fn said(written: &HashMap<TicketId, Vec<Written>>, ticket: TicketId, lang: Lang, now: DateTime<Utc>) -> Vec<String> {
    let lines = written.get(&ticket).into_iter().flatten().map(|line| {
        let (at, text) = (words::moment(lang, line.at, now), line.text(lang));
        lang.fill(
            "leading.instructed",
            &[("by", line.by.as_str()), ("at", &at), ("text", &text)],
        )
    });
    lines.collect()
}

/// The township of an area, never its village. A village that the list does not know has the township of its first nine digits.
fn township<'p>(pack: &'p Pack, area: Option<&str>) -> Option<&'p str> {
    let code = area?;
    let areas = pack.areas();
    let above = |code: &str| areas.climb(code).find(|area| area.level == AreaLevel::Township);
    let known = above(code).or_else(|| above(&format!("{}000", code.get(..9)?)));
    known.map(|area| area.name.as_str())
}
