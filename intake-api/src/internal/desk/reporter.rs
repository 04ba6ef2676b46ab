//! `POST /tickets/{id}/reporter`: opens who reported, for the police unit that signed, with a reason.
//!
//! The opening is written down before anything is shown: a look that leaves no trace must be impossible, a trace of a look
//! that then failed is harmless. The answer page shows the identity once and stays out of caches.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::{clock, foreign::Foreign, store::ActDone};

use super::{
    act::{self, Fields},
    post::{overtaken, trouble},
    ticket::{Attempt, fetch, people_of, show},
    view::may_open_reporter,
};
use crate::{
    internal::{
        Internal,
        auth::Desk,
        detached,
        page::{Frame, Language, render},
    },
    parts,
};

#[derive(Template)]
#[template(path = "internal/desk/reporter.html")]
struct ReporterPage {
    frame: Frame,
    id: i64,
    lines: Vec<(&'static str, String)>,
    shut: bool,
}

/// The page.
pub(super) async fn open(
    State(internal): State<Internal>,
    desk: Desk,
    Language(lang): Language,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Response {
    let now = clock::now();
    let ticket = match fetch(&internal, &desk, &id).await {
        Ok(ticket) => ticket,
        Err(response) => return response,
    };
    let refuse = |status, wrong, trouble, fields, people: Vec<_>| {
        let attempt = Attempt {
            form: "reporter",
            fields,
            wrong,
            trouble,
        };
        let (internal, desk, ticket) = (&internal, &desk, &ticket);
        async move { show(status, internal, desk, lang, ticket, &people, attempt, None).await }
    };
    let people = people_of(&internal, &ticket).await;
    if !may_open_reporter(&ticket, &internal.pack.current().pack) {
        return refuse(
            StatusCode::FORBIDDEN,
            act::Wrong::new(),
            Some("desk.reporter.approval"),
            fields,
            people,
        )
        .await;
    }
    let ready = match act::read_reason(&fields) {
        Ok(ready) => ready,
        Err(wrong) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, wrong, None, fields, people).await,
    };
    match act::perform(
        &internal,
        &desk.scope,
        &desk,
        &ticket,
        ready,
        act::version(&fields),
        now,
    )
    .await
    {
        Ok(ActDone::Done) => {}
        Ok(other) => return overtaken(&desk, lang, ticket.id, "identity-opened", &fields, other, now),
        Err(why) => {
            return refuse(
                StatusCode::SERVICE_UNAVAILABLE,
                act::Wrong::new(),
                Some(trouble(&why)),
                fields,
                people,
            )
            .await;
        }
    }
    let (store, scope, account) = (internal.desk.clone(), desk.scope.clone(), desk.person.account.id);
    let handed = detached(async move { store.desk_ticket_identity(&scope, ticket.id, account, now).await }).await;
    let opened = match handed {
        Ok(sealed) => {
            sealed.and_then(|sealed| parts::identity(&internal.keys, ticket.report_id, &ticket.data_key, &sealed))
        }
        Err(response) => return response,
    };
    let shut = opened.is_none();
    let lines = opened.map(|reporter| {
        let said = |words: Option<Foreign>| {
            words.map_or_else(
                || lang.t("desk.reporter.not_given").to_owned(),
                |words| words.to_string(),
            )
        };
        vec![
            (
                lang.t("form.label.reporter_kind"),
                lang.t(&format!("form.reporter_kind.{}", reporter.kind)).to_owned(),
            ),
            (
                lang.t("desk.reporter.wish"),
                lang.t(&format!("desk.identity.{}", reporter.identity)).to_owned(),
            ),
            (lang.t("form.label.reporter_organization"), said(reporter.organization)),
            (lang.t("form.label.reporter_name"), said(reporter.name)),
            (lang.t("form.label.reporter_phone"), said(reporter.phone)),
        ]
    });
    render(
        StatusCode::OK,
        &ReporterPage {
            frame: Frame::of(&desk, lang, "/desk"),
            id: ticket.id,
            lines: lines.unwrap_or_default(),
            shut,
        },
    )
}
