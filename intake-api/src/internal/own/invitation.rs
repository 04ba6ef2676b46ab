//! `/invitation`: by a code, as a link or from paper, a person sets the password that nobody else knows. Whoever has the code is
//! whom it invites, so the page asks for nothing else; looking at it uses nothing up.
//!
//! Unknown, used, taken back and over: one answer for all, or a stranger would learn which codes there were.

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    clock,
    store::{Invited, StoreError},
    text::Lang,
};
use serde::Deserialize;
use tracing::info;

use crate::internal::{
    Internal,
    again::Again,
    auth::{argon, gate, invitation::Code, login::retry_after, password, weak::About},
    detached,
    error::PageError,
    page::{Frame, Language, render, words},
};

/// Whom the page greets.
struct Greeted {
    name: String,
    login: String,
    until: String,
    code: String,
}

#[derive(Template)]
#[template(path = "internal/own/invitation.html")]
struct InvitationPage {
    frame: Frame,
    /// None: the page asks for a code.
    greeted: Option<Greeted>,
    /// The code is good for nothing.
    over: bool,
    error: Option<String>,
    done: bool,
}

/// What the form sends.
#[derive(Default, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    code: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

/// `GET /invitation`: for a code from paper.
pub(super) async fn ask(Language(lang): Language) -> Response {
    render(StatusCode::OK, &InvitationPage::empty(lang))
}

/// `GET /invitation/{code}`
pub(super) async fn page(
    State(internal): State<Internal>,
    Language(lang): Language,
    Path(typed): Path<String>,
) -> Result<Response, PageError> {
    Ok(match find(&internal, &typed).await? {
        Some((code, invited)) => greet(lang, &code, invited, Again::default()),
        None => over(lang),
    })
}

/// `POST /invitation`: a code from paper, or a code with the new password, twice.
pub(super) async fn set(
    State(internal): State<Internal>,
    Language(lang): Language,
    Form(form): Form<Chosen>,
) -> Result<Response, PageError> {
    let Some((code, invited)) = find(&internal, &form.code).await? else {
        return Ok(over(lang));
    };
    if form.new.is_empty() && form.again.is_empty() {
        return Ok(greet(lang, &code, invited, Again::default()));
    }
    let about = About {
        login: &invited.login,
        name: &invited.name,
        units: &invited.units,
    };
    let wrong = if form.new == form.again {
        password::weakness(&form.new, about)
    } else {
        Some("password.differ")
    };
    if let Some(key) = wrong {
        let said = Some(lang.t(key).to_owned());
        let again = Again::saying(StatusCode::UNPROCESSABLE_ENTITY, said);
        return Ok(greet(lang, &code, invited, again));
    }
    let hash = match password::hash(form.new).await {
        Ok(hash) => hash,
        Err(e) if e.is::<argon::Busy>() => {
            let said = lang.fill("login.busy", &[("seconds", &gate::RETRY_S.to_string())]);
            let again = Again::saying(StatusCode::TOO_MANY_REQUESTS, Some(said));
            return Ok(retry_after(greet(lang, &code, invited, again), gate::RETRY_S));
        }
        Err(e) => return Err(e.into()),
    };
    let (within, digest) = (internal.clone(), code.digest());
    let used = detached(async move {
        let (people, county) = (&within.people, &within.county);
        people.invitation_use(county, &digest, &hash, clock::now()).await
    });
    if !used.await? {
        return Ok(over(lang));
    }
    info!(account = invited.account_id.0, "an invitation was used");
    let done = InvitationPage {
        done: true,
        ..InvitationPage::empty(lang)
    };
    Ok(render(StatusCode::OK, &done))
}

async fn find(internal: &Internal, typed: &str) -> Result<Option<(Code, Invited)>, StoreError> {
    let Some(code) = Code::read(typed) else {
        return Ok(None);
    };
    let (people, county) = (&internal.people, &internal.county);
    let found = people.invitation_find(county, &code.digest(), clock::now()).await?;
    Ok(found.map(|invited| (code, invited)))
}

impl InvitationPage {
    /// The page that asks for a code.
    fn empty(lang: Lang) -> Self {
        Self {
            frame: Frame::nobody(lang),
            greeted: None,
            over: false,
            error: None,
            done: false,
        }
    }
}

/// The one answer to a code that is good for nothing.
fn over(lang: Lang) -> Response {
    let page = InvitationPage {
        over: true,
        ..InvitationPage::empty(lang)
    };
    render(StatusCode::NOT_FOUND, &page)
}

fn greet(lang: Lang, code: &Code, invited: Invited, again: Again) -> Response {
    let greeted = Greeted {
        until: lang.fill(
            "invitation.until",
            &[("at", &words::moment(lang, invited.expires_at, clock::now()))],
        ),
        name: invited.name,
        login: invited.login,
        code: code.shown(),
    };
    let page = InvitationPage {
        greeted: Some(greeted),
        error: again.said,
        ..InvitationPage::empty(lang)
    };
    render(again.status, &page)
}
