//! `POST /tickets/several`: 签收 or 分办 of the tickets that were ticked. Each is an act of its own, with its own version: what
//! could not be done is said beside it, and the others are done.

use askama::Template;
use axum::{Form, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{ActDone, TicketId},
};

use super::list::LINES;
use crate::internal::{
    By,
    again::Fields,
    auth::Desk,
    desk::{
        act::{Doing, perform, read},
        draft::{Against, Kind},
        found::Case,
        undone::{said, what_happened},
    },
    error::PageError,
    page::{Frame, render, words},
};

/// What became of one ticket.
struct Outcome {
    id: TicketId,
    /// Its number, or receipt and what is owed.
    name: String,
    done: bool,
    text: String,
}

#[derive(Template)]
#[template(path = "internal/finding/several.html")]
struct SeveralPage {
    frame: Frame,
    title: &'static str,
    count: String,
    outcomes: Vec<Outcome>,
    back: String,
}

/// `POST /tickets/several`
pub(super) async fn several(by: By<Desk>, Form(fields): Form<Vec<(String, String)>>) -> Result<Response, PageError> {
    let lang = by.lang;
    let field = |name: &str| {
        fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    let kind = match field("act") {
        Some("sign") => Kind::Sign,
        Some("assign") => Kind::Assign,
        _ => return Err(PageError::NotFound),
    };
    let most = usize::try_from(LINES).unwrap_or_default();
    let ticked = fields.iter().filter(|(name, _)| name == "ticket").take(most);
    let mut outcomes = Vec::new();
    for (_, ticked) in ticked {
        let (id, version) = ticked.split_once('.').unwrap_or((ticked, ""));
        let one = Fields::from([
            ("version".to_owned(), version.to_owned()),
            ("account".to_owned(), field("account").unwrap_or_default().to_owned()),
        ]);
        outcomes.push(one_of(&by, kind, id, &one).await?);
    }
    let done = outcomes.iter().filter(|outcome| outcome.done).count();
    let count = match (outcomes.len(), done) {
        (0, _) => lang.t("finding.none_ticked").to_owned(),
        (all, done) => {
            let values = [("done", &*done.to_string()), ("all", &*all.to_string())];
            lang.fill("finding.several_done", &values)
        }
    };
    // Nothing but an address of the list itself.
    let back = field("back").filter(|back| *back == "/tickets" || back.starts_with("/tickets?"));
    let page = SeveralPage {
        frame: by.frame("/tickets"),
        title: lang.t(match kind {
            Kind::Sign => "finding.several_sign",
            _ => "finding.several_assign",
        }),
        count,
        outcomes,
        back: back.unwrap_or("/tickets").to_owned(),
    };
    // Never the status of a form that was refused: it would come back to be sent again, and some of it is done.
    Ok(render(StatusCode::OK, &page))
}

/// Only what nobody can answer for is an error of the whole: a ticket of another unit is not there.
async fn one_of(by: &By<Desk>, kind: Kind, id: &str, fields: &Fields) -> Result<Outcome, PageError> {
    let (lang, now) = (by.lang, clock::now());
    let case = match Case::fetch(by, id).await {
        Ok(case) => case,
        Err(PageError::NotFound) => {
            return Ok(Outcome {
                id: TicketId::default(),
                name: String::new(),
                done: false,
                text: lang.t("finding.no_ticket").to_owned(),
            });
        }
        Err(e) => return Err(e),
    };
    let loaded = by.internal.pack.current();
    let obligation = loaded
        .pack
        .vocabulary()
        .obligations
        .label(&case.ticket.obligation, lang.pack());
    let name = format!("{} · {obligation}", case.ticket.report_id);
    let against = Against {
        ticket: &case.ticket,
        people: &case.people,
        loaded: &loaded,
        account: by.me(),
        now,
    };
    let (done, text) = match read(kind, fields, against) {
        Err(wrong) => {
            let key = wrong.values().next().copied().unwrap_or("desk.wrong.account");
            (false, lang.t(key).to_owned())
        }
        Ok(ready) => {
            let deed = ready.act.kind();
            let doing = Doing {
                scope: &by.right.scope,
                ticket: &case.ticket,
                version: crate::internal::desk::act::version(fields),
                now,
                telephone: None,
            };
            match perform(by, doing, ready).await {
                Ok(ActDone::Done) => (true, lang.t("finding.done").to_owned()),
                // The same press a second time: it was done, and once.
                Ok(ActDone::Stale {
                    last_kind,
                    last_account,
                    last_at,
                    ..
                }) if last_kind.is(deed) && last_account == Some(by.me()) => {
                    (true, again(by, what_happened(lang, &last_kind), last_at, now))
                }
                Ok(other) => (false, said(&other, lang, now)?),
                Err(why) => (false, lang.t(why.key()).to_owned()),
            }
        }
    };
    Ok(Outcome {
        id: case.ticket.id,
        name,
        done,
        text,
    })
}

fn again(by: &By<Desk>, what: &str, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let at = words::moment(by.lang, at, now);
    by.lang.fill("undone.again", &[("at", &at), ("what", what)])
}
