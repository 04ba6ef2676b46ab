//! `/phones`: one's own telephones. Each act answers with the page.

use axum::{Form, extract::Path, http::StatusCode, response::Response};
use casework::typed::phone::Dialled;
use platform::{
    clock,
    store::{
        AccountActKind, CODE_MINUTES, CodeAsked, CodeTaken, Detail, OwnPhone, PhoneAdded, PhoneId, StoreError,
        act_detail::OfPhone,
    },
    text::Lang,
};
use serde::Deserialize;
use tracing::info;

use super::{
    number,
    view::{Again, Said, Typed, say, show},
};
use crate::internal::{
    By, Visit, again::Wrong, auth::SignedIn, detached, error::PageError, page::words, people::new_act,
};

/// A code as typed.
#[derive(Deserialize)]
pub(super) struct Code {
    #[serde(default)]
    code: String,
}

/// Whether a telephone is to ring at night.
#[derive(Deserialize)]
pub(super) struct Night {
    #[serde(default)]
    night: String,
}

/// `GET /phones`
pub(super) async fn page(by: By<SignedIn>) -> Result<Response, PageError> {
    show(&by, None, Again::default()).await
}

/// `POST /phones`: adds one and sends a code there.
pub(super) async fn add(by: By<SignedIn>, Form(typed): Form<Typed>) -> Result<Response, PageError> {
    let number = match number::read(&typed.number) {
        Ok(number) => number,
        Err(key) => return refused(&by, typed, key).await,
    };
    let (visit, adding, night, now) = (Visit::clone(&by), number.clone(), typed.at_night(), clock::now());
    let added = detached(async move {
        let added = number::add(&visit, visit.me(), (&adding, night), now).await?;
        let sent = match added {
            PhoneAdded::Done(id) => Some(number::send_code(&visit, (id, &adding), now).await?),
            PhoneAdded::Twice | PhoneAdded::Full => None,
        };
        Ok::<_, StoreError>((added, sent))
    });
    match added.await? {
        (PhoneAdded::Twice, _) => refused(&by, typed, "phones.wrong.twice").await,
        (PhoneAdded::Full, _) => refused(&by, typed, "phones.wrong.full").await,
        (PhoneAdded::Done(_), sent) => {
            info!(account = by.me().0, "added a telephone");
            let (status, mut said) = asked(&by, &number, sent.unwrap_or(CodeAsked::Nothing));
            if status != StatusCode::OK {
                // The telephone is there, though its code has to wait.
                said.done = Some(by.t("phones.added").to_owned());
            }
            say(&by, StatusCode::OK, said).await
        }
    }
}

/// `POST /phones/{phone}/code`: another code.
pub(super) async fn code(by: By<SignedIn>, Path(id): Path<PhoneId>) -> Result<Response, PageError> {
    let (_, number) = find(&by, id).await?;
    let (visit, to) = (Visit::clone(&by), number.clone());
    let sent = detached(async move { number::send_code(&visit, (id, &to), clock::now()).await });
    let (status, said) = asked(&by, &number, sent.await?);
    say(&by, status, said).await
}

/// `POST /phones/{phone}/verify`: the code that came.
pub(super) async fn verify(
    by: By<SignedIn>,
    Path(id): Path<PhoneId>,
    Form(typed): Form<Code>,
) -> Result<Response, PageError> {
    let (_, number) = find(&by, id).await?;
    let Some(code) = number::digits(&typed.code) else {
        return say(
            &by,
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::error(by.t("phones.wrong.digits")),
        )
        .await;
    };
    let mac = by.internal.contacts.code_mac(by.me(), &code);
    let (visit, shown) = (Visit::clone(&by), number::masked(&number, Lang::Zh));
    let taken = detached(async move {
        let mut act = new_act(&visit, AccountActKind::PhoneVerified, Some(visit.me()), clock::now());
        act.detail = Detail::of(&OfPhone { phone: shown });
        visit.internal.people.code_take(visit.me(), (id, &mac), &act).await
    });
    let (status, said) = match taken.await? {
        CodeTaken::Verified => {
            info!(account = by.me().0, "verified a telephone");
            (StatusCode::OK, Said::done(by.t("phones.verified_done")))
        }
        CodeTaken::Wrong(left @ 1..) => {
            let left = by.lang.fill("phones.wrong.code", &[("n", &left.to_string())]);
            (StatusCode::UNPROCESSABLE_ENTITY, Said::error(left))
        }
        CodeTaken::Wrong(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::error(by.t("phones.wrong.code_last")),
        ),
        CodeTaken::Over => (StatusCode::CONFLICT, Said::error(by.t("phones.wrong.code_over"))),
        CodeTaken::Taken => (StatusCode::CONFLICT, Said::error(by.t("phones.wrong.taken"))),
    };
    say(&by, status, said).await
}

/// `POST /phones/{phone}/up`: called before the one above it.
pub(super) async fn up(by: By<SignedIn>, Path(id): Path<PhoneId>) -> Result<Response, PageError> {
    let shown = mine(&by, id).await?;
    let visit = Visit::clone(&by);
    let moved = detached(async move {
        let mut act = new_act(&visit, AccountActKind::PhoneMoved, Some(visit.me()), clock::now());
        act.detail = Detail::of(&OfPhone { phone: shown });
        visit.internal.people.phone_up(visit.me(), id, &act).await
    });
    done(&by, moved.await?, "phones.moved").await
}

/// `POST /phones/{phone}/night`: whether it rings outside of duty hours.
pub(super) async fn night(
    by: By<SignedIn>,
    Path(id): Path<PhoneId>,
    Form(typed): Form<Night>,
) -> Result<Response, PageError> {
    let shown = mine(&by, id).await?;
    let (visit, night) = (Visit::clone(&by), typed.night == "yes");
    let changed = detached(async move {
        let word = if night {
            AccountActKind::PhoneNight
        } else {
            AccountActKind::PhoneDay
        };
        let mut act = new_act(&visit, word, Some(visit.me()), clock::now());
        act.detail = Detail::of(&OfPhone { phone: shown });
        visit.internal.people.phone_night(visit.me(), (id, night), &act).await
    });
    let key = if night { "phones.night_done" } else { "phones.day_done" };
    done(&by, changed.await?, key).await
}

/// `POST /phones/{phone}/end`
pub(super) async fn end(by: By<SignedIn>, Path(id): Path<PhoneId>) -> Result<Response, PageError> {
    let shown = mine(&by, id).await?;
    let visit = Visit::clone(&by);
    let ended = detached(async move {
        let mut act = new_act(&visit, AccountActKind::PhoneEnded, Some(visit.me()), clock::now());
        act.detail = Detail::of(&OfPhone { phone: shown });
        visit.internal.people.phone_end(visit.me(), id, &act).await
    });
    done(&by, ended.await?, "phones.ended").await
}

/// One's own telephone, as it stands in the trail: masked, or that it can't be opened.
async fn mine(visit: &Visit, id: PhoneId) -> Result<String, PageError> {
    let phone = own(visit, id).await?;
    Ok(number::shown(&visit.internal, &phone, Lang::Zh))
}

async fn own(visit: &Visit, id: PhoneId) -> Result<OwnPhone, PageError> {
    let phones = visit.internal.people.phones_of(&[visit.me()], clock::now()).await?;
    let own = phones.into_iter().find(|phone| phone.id == id);
    own.ok_or(PageError::NotFound)
}

/// One's own telephone with its number.
async fn find(visit: &Visit, id: PhoneId) -> Result<(OwnPhone, Dialled), PageError> {
    let phone = own(visit, id).await?;
    let number = number::open(&visit.internal, &phone)?;
    Ok((phone, number))
}

/// What asking for a code led to, in words.
fn asked(visit: &Visit, number: &Dialled, asked: CodeAsked) -> (StatusCode, Said) {
    let (lang, now) = (visit.lang, clock::now());
    match asked {
        CodeAsked::Queued => {
            let key = if number.takes_messages() {
                "phones.code_sent"
            } else {
                "phones.code_said"
            };
            let values = [
                ("number", number::masked(number, lang)),
                ("minutes", CODE_MINUTES.to_string()),
            ];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            (StatusCode::OK, Said::done(lang.fill(key, &values)))
        }
        CodeAsked::Wait(until) => {
            let until = words::moment(lang, until, now);
            let said = Said::error(lang.fill("phones.code_wait", &[("until", &until)]));
            (StatusCode::TOO_MANY_REQUESTS, said)
        }
        CodeAsked::Nothing | CodeAsked::Shared => (StatusCode::CONFLICT, Said::error(visit.t("phones.code_nothing"))),
    }
}

async fn done(visit: &Visit, done: bool, key: &str) -> Result<Response, PageError> {
    // Twice pressed is done once: the page shows how it stands either way.
    let said = if done {
        Said::done(visit.t(key))
    } else {
        Said::default()
    };
    say(visit, StatusCode::OK, said).await
}

async fn refused(visit: &Visit, typed: Typed, key: &'static str) -> Result<Response, PageError> {
    let said = Said::error(visit.t("phones.not_added"));
    let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, said, typed);
    show(visit, None, again.with_wrong(Wrong::from([("number", key)]))).await
}
