//! 签收 and 分办 of several tickets. Each is an act of its own, with its own version: what could not be done is said beside it, and
//! the others are done. `page` is for people, `api` for programs.

pub(super) mod api;
pub(super) mod page;

use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{ActDone, EventKind, Loose},
};

use crate::internal::{
    By,
    again::{Fields, Wrong},
    auth::Desk,
    desk::{
        act::{Doing, NotDone, perform, read, version},
        draft::Kind,
        found::Case,
    },
    error::PageError,
};

/// What can be done to several at once.
fn kind_of(word: Option<&str>) -> Option<Kind> {
    match word {
        Some("sign") => Some(Kind::Sign),
        Some("assign") => Some(Kind::Assign),
        _ => None,
    }
}

/// What became of one ticket.
enum Came {
    Done,
    /// The same press a second time: it was done, and once.
    Before(Loose<EventKind>, DateTime<Utc>),
    Wrong(Wrong),
    Not(ActDone),
    Failed(NotDone),
}

/// The ticket and what became of it; none where there is no such ticket, as one of another unit. Only what nobody can answer for is
/// an error of the whole.
async fn one(by: &By<Desk>, kind: Kind, id: &str, fields: &Fields) -> Result<Option<(Case, Came)>, PageError> {
    let case = match Case::fetch(by, id).await {
        Ok(case) => case,
        Err(PageError::NotFound) => return Ok(None),
        Err(e) => return Err(e),
    };
    let came = done(by, kind, &case, fields).await;
    Ok(Some((case, came)))
}

async fn done(by: &By<Desk>, kind: Kind, case: &Case, fields: &Fields) -> Came {
    let (loaded, now) = (by.internal.pack.current(), clock::now());
    let against = case.against(&loaded, by.me(), now);
    let ready = match read(kind, fields, against) {
        Ok(ready) => ready,
        Err(wrong) => return Came::Wrong(wrong),
    };
    let deed = ready.act.kind();
    let doing = Doing {
        scope: &by.right.scope,
        ticket: &case.ticket,
        version: version(fields),
        now,
        telephone: None,
    };
    match perform(by, doing, ready).await {
        Ok(ActDone::Done) => Came::Done,
        Ok(other) => match other.was_done(deed, by.me()) {
            Some((what, at)) => Came::Before(what.clone(), at),
            None => Came::Not(other),
        },
        Err(why) => Came::Failed(why),
    }
}

/// The fields of one act, as a ticket's own form has them.
fn fields_of(version: &str, account: &str) -> Fields {
    Fields::from([
        ("version".to_owned(), version.to_owned()),
        ("account".to_owned(), account.to_owned()),
    ])
}

/// What is wrong, in the words of the first field that is.
fn first(wrong: &Wrong) -> &'static str {
    wrong.values().next().copied().unwrap_or("desk.wrong.account")
}
