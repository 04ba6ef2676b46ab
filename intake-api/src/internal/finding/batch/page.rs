//! `POST /tickets/several`: of the tickets that were ticked on the list.

use askama::Template;
use axum::{Form, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use platform::{clock, store::TicketId};

use super::{super::list::LINES, Came, fields_of, first, kind_of, one};
use crate::internal::{
    By,
    again::Fields,
    auth::Desk,
    desk::{
        draft::Kind,
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
pub(crate) async fn several(by: By<Desk>, Form(fields): Form<Vec<(String, String)>>) -> Result<Response, PageError> {
    let lang = by.lang;
    let field = |name: &str| {
        fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    let kind = kind_of(field("act")).ok_or(PageError::NotFound)?;
    let most = usize::try_from(LINES).unwrap_or_default();
    let ticked = fields.iter().filter(|(name, _)| name == "ticket").take(most);
    let mut outcomes = Vec::new();
    for (_, ticked) in ticked {
        let (id, version) = ticked.split_once('.').unwrap_or((ticked, ""));
        let sent = fields_of(version, field("account").unwrap_or_default());
        outcomes.push(one_of(&by, kind, id, &sent).await?);
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

async fn one_of(by: &By<Desk>, kind: Kind, id: &str, fields: &Fields) -> Result<Outcome, PageError> {
    let (lang, now) = (by.lang, clock::now());
    let Some((case, came)) = one(by, kind, id, fields).await? else {
        return Ok(Outcome {
            id: TicketId::default(),
            name: String::new(),
            done: false,
            text: lang.t("finding.no_ticket").to_owned(),
        });
    };
    let loaded = by.internal.pack.current();
    let obligation = loaded
        .pack
        .vocabulary()
        .obligations
        .label(&case.ticket.obligation, lang.pack());
    let (done, text) = match came {
        Came::Done => (true, lang.t("finding.done").to_owned()),
        Came::Before(what, at) => (true, again(by, what_happened(lang, &what), at, now)),
        Came::Wrong(wrong) => (false, lang.t(first(&wrong)).to_owned()),
        Came::Not(other) => (false, said(&other, lang, now)?),
        Came::Failed(why) => (false, lang.t(why.key()).to_owned()),
    };
    Ok(Outcome {
        id: case.ticket.id,
        name: format!("{} · {obligation}", case.ticket.report_id),
        done,
        text,
    })
}

fn again(by: &By<Desk>, what: &str, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let at = words::moment(by.lang, at, now);
    by.lang.fill("undone.again", &[("at", &at), ("what", what)])
}
