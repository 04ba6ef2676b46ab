//! A child's tickets, by name with birth date or by the number of an identity paper. What is typed is turned into a token of the
//! blind index and is gone: it stands in no address, no log and no table. `page` is for people, `api` for programs.

pub(super) mod api;
pub(super) mod page;

use casework::typed::plain;
use chrono::{DateTime, NaiveDate, Utc};
use platform::{
    seal::normalise,
    store::{ChildToken, ListSort, SearchKind, Searching, TicketsAsked, TicketsFound},
};

use super::reach::Reach;
use crate::internal::{
    Visit,
    again::{Fields, Wrong},
    detached,
    error::PageError,
};

/// Why somebody searches: a closed list, because a sentence would name the child.
pub(super) const REASONS: [&str; 5] = ["repeat", "case", "inquiry", "handover", "supervision"];
/// Longest name or number.
const LONGEST: usize = 60;
/// Tickets of an answer: as many as the store finds.
const MOST: i64 = 200;

/// What somebody searches by, and why.
type Search = (ChildToken, &'static str);

/// The tickets that this person reaches, the newest first. The search is written down, whatever it finds.
async fn find(visit: &Visit, reach: &Reach, search: Search, now: DateTime<Utc>) -> Result<TicketsFound, PageError> {
    let (internal, me) = (visit.internal.clone(), visit.me());
    let reaching = reach.clone();
    let tickets = detached(async move {
        let (token, reason) = search;
        let by = Searching {
            county: &internal.county,
            account: me,
            reason,
            at: now,
        };
        reaching.child(&internal, &token, by).await
    })
    .await?;
    let asked = TicketsAsked {
        unit: reach.unit().map(ToOwned::to_owned),
        tickets: Some(tickets),
        sort: ListSort::New,
        ..TicketsAsked::all(&visit.internal.county, me)
    };
    Ok(reach.found(&visit.internal, &asked, MOST).await?)
}

/// What was typed or sent, as a search.
fn read(visit: &Visit, fields: &Fields) -> Result<Search, Wrong> {
    let field = |name: &str| plain(fields.get(name).map_or("", String::as_str)).trim().to_owned();
    let (name, birth, number) = (field("name"), field("birth"), field("number"));
    let mut wrong = Wrong::new();
    let reason = REASONS.iter().find(|reason| **reason == field("reason")).copied();
    if reason.is_none() {
        wrong.insert("reason", "finding.wrong.reason");
    }
    let county = &visit.internal.county;
    let token = |kind: SearchKind, parts: &[&str]| ChildToken {
        kind,
        token: visit.internal.keys.blind_token(county, kind.as_str(), parts),
    };
    let long = |text: &str| text.chars().count() > LONGEST || normalise(text).is_empty();
    let token = match (name.is_empty() && birth.is_empty(), number.is_empty()) {
        (true, true) => {
            wrong.insert("name", "finding.wrong.child");
            None
        }
        (false, false) => {
            wrong.insert("number", "finding.wrong.both");
            None
        }
        (true, false) if long(&number) => {
            wrong.insert("number", "finding.wrong.number");
            None
        }
        (true, false) => Some(token(SearchKind::IdNumber, &[&normalise(&number)])),
        (false, true) => {
            if long(&name) {
                wrong.insert("name", "finding.wrong.name");
            }
            let day = NaiveDate::parse_from_str(&birth, "%Y-%m-%d").ok();
            if day.is_none() {
                wrong.insert("birth", "finding.wrong.birth");
            }
            day.map(|day| token(SearchKind::NameBirth, &[&normalise(&name), &day.to_string()]))
        }
    };
    match (token, reason) {
        (Some(token), Some(reason)) if wrong.is_empty() => Ok((token, reason)),
        _ => Err(wrong),
    }
}
