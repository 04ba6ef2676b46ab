//! `POST /openings/{id}/{act}`: the office or the oversight approves, refuses, reviews or ends. Page and API share one way through.

use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::ticket::opening::Finding;
use platform::{
    clock,
    store::{DeskScope, OpeningActing, OpeningDeed, OpeningDone, OpeningId},
};
use serde::Deserialize;

use super::{
    ask::{LONGEST, note},
    page::show,
    words::denied,
};
use crate::internal::{By, Visit, again::Again, auth::Overseer, desk::sealed, detached, error::PageError};

/// What the forms and the API send.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    pub(super) version: i32,
    #[serde(default)]
    pub(super) note: String,
    #[serde(default)]
    pub(super) finding: String,
}

/// An act with what it needs, or the key of what is missing.
pub(super) fn read(act: &str, typed: &Typed) -> Option<Result<OpeningDeed, &'static str>> {
    let deed = match act {
        "approve" => OpeningDeed::Approve,
        "refuse" => OpeningDeed::Refuse,
        "end" => OpeningDeed::End,
        "withdraw" => OpeningDeed::Withdraw,
        "review" => match Finding::from_word(&typed.finding) {
            Some(finding) => OpeningDeed::Review(finding),
            None => return Some(Err("openings.wrong_finding")),
        },
        _ => return None,
    };
    let blank = casework::typed::is_blank(&typed.note);
    Some(match deed {
        _ if typed.note.chars().count() > LONGEST => Err("desk.wrong.too_long"),
        OpeningDeed::Refuse if blank => Err("openings.wrong_refuse"),
        OpeningDeed::Review(Finding::NotCompliant) if blank => Err("openings.wrong_note"),
        deed => Ok(deed),
    })
}

/// Does it in a task of its own.
pub(super) async fn perform(
    visit: &Visit,
    id: OpeningId,
    deed: OpeningDeed,
    typed: &Typed,
) -> Result<OpeningDone, PageError> {
    let internal = &visit.internal;
    let Some(found) = internal.board.opening(&internal.county, id).await? else {
        return Ok(OpeningDone::NotFound);
    };
    let keep = matches!(
        deed,
        OpeningDeed::Approve | OpeningDeed::Refuse | OpeningDeed::Review(_)
    );
    let written = if keep && !casework::typed::is_blank(&typed.note) {
        let sealed = internal.office.callback_sealed(&internal.county, found.report_id);
        let Some(key) = sealed.await? else {
            return Ok(OpeningDone::NotFound);
        };
        let note = note(typed.note.trim());
        Some(sealed::seal_with(
            &internal.keys,
            found.report_id,
            &key.data_key,
            &note,
        )?)
    } else {
        None
    };
    acted(visit, None, id, deed, (typed.version, written)).await
}

/// What both doors do, in a task of its own: at a desk with its units, else as the office or the oversight.
pub(super) async fn acted(
    visit: &Visit,
    desk: Option<DeskScope>,
    id: OpeningId,
    deed: OpeningDeed,
    (version, written): (i32, Option<Vec<u8>>),
) -> Result<OpeningDone, PageError> {
    let (internal, person) = (&visit.internal, visit.actor.person.clone());
    let stores = (internal.desk.clone(), internal.office.clone());
    let county = internal.county.clone();
    detached(async move {
        let acting = OpeningActing {
            by: &person.account.name,
            account: person.account.id,
            version,
            at: clock::now(),
            note: written.as_deref(),
        };
        let done = match desk {
            Some(scope) => stores.0.desk_opening_act(&scope, id, deed, &acting).await?,
            None => stores.1.opening_act(&county, id, deed, &acting).await?,
        };
        if matches!(done, OpeningDone::Done(_)) {
            let _ = stores.1.notices_wake().await;
        }
        Ok::<_, platform::store::StoreError>(done)
    })
    .await
}

/// By form.
pub(super) async fn act(
    by: By<Overseer>,
    Path((id, act)): Path<(OpeningId, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let (status, key) = match read(&act, &typed).ok_or(PageError::NotFound)? {
        Err(key) => (StatusCode::UNPROCESSABLE_ENTITY, key),
        Ok(deed) => match perform(&by, id, deed, &typed).await? {
            OpeningDone::Done(_) => return Ok(Redirect::to(&format!("/openings/{id}?done={act}")).into_response()),
            OpeningDone::Stale(_) | OpeningDone::NotAllowed(_) => (StatusCode::CONFLICT, "openings.changed"),
            OpeningDone::Denied(why) => (StatusCode::CONFLICT, denied(why)),
            OpeningDone::NotFound => return Err(PageError::NotFound),
        },
    };
    show(&by, id, Again::keeping(status, by.said(key), typed.note), None).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_and_a_bad_review_need_words() {
        let typed = |note: &str, finding: &str| Typed {
            version: 1,
            note: note.into(),
            finding: finding.into(),
        };
        assert_eq!(read("approve", &typed("", "")), Some(Ok(OpeningDeed::Approve)));
        assert_eq!(
            read("refuse", &typed(" \u{200b}", "")),
            Some(Err("openings.wrong_refuse"))
        );
        assert_eq!(read("refuse", &typed("不需要", "")), Some(Ok(OpeningDeed::Refuse)));
        assert_eq!(read("review", &typed("", "")), Some(Err("openings.wrong_finding")));
        assert_eq!(
            read("review", &typed("", "compliant")),
            Some(Ok(OpeningDeed::Review(Finding::Compliant)))
        );
        assert_eq!(
            read("review", &typed("", "not-compliant")),
            Some(Err("openings.wrong_note"))
        );
        assert_eq!(read("take", &typed("", "")), None);
        assert_eq!(
            read("approve", &typed(&"长".repeat(5001), "")),
            Some(Err("desk.wrong.too_long"))
        );
    }
}
