//! The own mail address of a person, on the page of their telephones: set or cleared by themselves or by whoever keeps the account,
//! verified by themselves alone.

use axum::{Form, extract::Path, http::StatusCode, response::Response};
use casework::{county::is_mailbox, typed::plain, words::Channel};
use platform::{
    clock,
    store::{
        AccountActKind, AccountId, CODE_MINUTES, CallId, CodeAsked, CodeTaken, Detail, NewCode, StoreError,
        act_detail::OfMail,
    },
};
use serde::Deserialize;
use tracing::info;
use uuid::Uuid;

use super::{
    number::{FreshCode, digits},
    view::{Again, Said, Typed, say, show},
};
use crate::internal::{
    By, Visit,
    again::Wrong,
    auth::{Keeper, SignedIn},
    detached,
    error::PageError,
    page::words,
    people::{fetch_kept, new_act},
};

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Mail {
    #[serde(default)]
    mail: String,
}

/// A code as typed.
#[derive(Deserialize)]
pub(super) struct Code {
    #[serde(default)]
    code: String,
}

/// How setting an address ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// It stands there, or is gone.
    Done { cleared: bool },
    /// It stood there before.
    Same,
    /// It is no address.
    Wrong,
}

/// `POST /phones/mail`: sets one's own, and sends a code there.
pub(super) async fn own(by: By<SignedIn>, Form(form): Form<Mail>) -> Result<Response, PageError> {
    let set = set(&by, by.me(), &form.mail).await?;
    if set != (Set::Done { cleared: false }) {
        return answer(&by, None, (set, form)).await;
    }
    let (_, asked) = asked(&by, send(&by).await?);
    let said = Said {
        // The address is there, though its code may have to wait.
        done: Some([by.t("phones.mail.done"), asked.done.as_deref().unwrap_or("")].concat()),
        error: asked.error,
    };
    say(&by, StatusCode::OK, said).await
}

/// `POST /people/{id}/phones/mail`
pub(super) async fn of_another(
    by: By<Keeper>,
    Path(id): Path<AccountId>,
    Form(form): Form<Mail>,
) -> Result<Response, PageError> {
    let whose = (id, fetch_kept(&by, id).await?.account.name);
    let set = set(&by, id, &form.mail).await?;
    answer(&by, Some(whose), (set, form)).await
}

async fn answer(
    visit: &Visit,
    whose: Option<(AccountId, String)>,
    (set, form): (Set, Mail),
) -> Result<Response, PageError> {
    let key = match set {
        Set::Wrong => {
            let typed = Typed {
                mail: Some(form.mail),
                ..Typed::default()
            };
            let said = Said::error(visit.t("phones.mail.not_set"));
            let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, said, typed);
            let wrong = Wrong::from([("mail", "units.bad_mailbox")]);
            return show(visit, whose, again.with_wrong(wrong)).await;
        }
        Set::Done { cleared: true } => "phones.mail.cleared",
        Set::Done { cleared: false } | Set::Same => "phones.mail.done",
    };
    show(visit, whose, Again::saying(StatusCode::OK, Said::done(visit.t(key)))).await
}

/// Sets the address of an account, or clears it.
pub(super) async fn set(visit: &Visit, account: AccountId, typed: &str) -> Result<Set, PageError> {
    let mail = plain(typed).trim().to_owned();
    if !mail.is_empty() && !is_mailbox(&mail) {
        return Ok(Set::Wrong);
    }
    let (writing, cleared) = (visit.clone(), mail.is_empty());
    let written = detached(async move {
        let mut act = new_act(&writing, AccountActKind::MailSet, Some(account), clock::now());
        act.detail = Detail::of(&OfMail { mailbox: masked(&mail) });
        let mail = Some(mail.as_str()).filter(|mail| !mail.is_empty());
        writing.internal.people.own_mail_set(account, mail, &act).await
    });
    if !written.await? {
        return Ok(Set::Same);
    }
    info!(account = account.0, by = visit.me().0, "an own mail address was set");
    Ok(Set::Done { cleared })
}

/// `POST /phones/mail/code`: another code.
pub(super) async fn code(by: By<SignedIn>) -> Result<Response, PageError> {
    let (status, said) = asked(&by, send(&by).await?);
    say(&by, status, said).await
}

/// Queues a code to one's own address.
pub(super) async fn send(visit: &Visit) -> Result<CodeAsked, PageError> {
    let visit = visit.clone();
    let asked = detached(async move {
        let code = FreshCode::of(&visit);
        let new = NewCode {
            account: visit.me(),
            to: (),
            call: CallId(Uuid::new_v4()),
            channel: Channel::Mail,
            unit: &code.unit,
            sealed: &code.sealed,
            mac: &code.mac,
            at: clock::now(),
        };
        let people = &visit.internal.people;
        let asked = people.mail_code_ask(&visit.internal.county, &new).await?;
        if asked == CodeAsked::Queued {
            // Somebody waits before the page; whoever doesn't hear it looks a moment later all the same.
            people.notices_wake().await.ok();
        }
        Ok::<_, StoreError>(asked)
    });
    asked.await
}

/// What asking for a code led to, in words.
fn asked(visit: &Visit, asked: CodeAsked) -> (StatusCode, Said) {
    let (lang, now) = (visit.lang, clock::now());
    let error = |key| Said::error(lang.t(key));
    match asked {
        CodeAsked::Queued => {
            let minutes = [("minutes", &*CODE_MINUTES.to_string())];
            (StatusCode::OK, Said::done(lang.fill("phones.mail.code_sent", &minutes)))
        }
        CodeAsked::Wait(until) => {
            let until = words::moment(lang, until, now);
            let said = Said::error(lang.fill("phones.mail.code_wait", &[("until", &until)]));
            (StatusCode::TOO_MANY_REQUESTS, said)
        }
        CodeAsked::Shared => (StatusCode::UNPROCESSABLE_ENTITY, error("phones.mail.shared")),
        CodeAsked::Nothing => (StatusCode::CONFLICT, error("phones.mail.code_nothing")),
    }
}

/// `POST /phones/mail/verify`: the code that came.
pub(super) async fn verify(by: By<SignedIn>, Form(typed): Form<Code>) -> Result<Response, PageError> {
    let (status, said) = match take(&by, &typed.code).await? {
        CodeTaken::Verified => (StatusCode::OK, Said::done(by.t("phones.mail.verified_done"))),
        CodeTaken::Taken => (StatusCode::CONFLICT, Said::error(by.t("phones.mail.taken"))),
        // One answer, whatever is wrong with it.
        CodeTaken::Wrong(_) | CodeTaken::Over => (
            StatusCode::UNPROCESSABLE_ENTITY,
            Said::error(by.t("phones.mail.wrong_code")),
        ),
    };
    say(&by, status, said).await
}

/// Takes a typed code for one's own address.
pub(super) async fn take(visit: &Visit, typed: &str) -> Result<CodeTaken, PageError> {
    let Some(code) = digits(typed) else {
        return Ok(CodeTaken::Wrong(0));
    };
    let mac = visit.internal.contacts.code_mac(visit.me(), &code);
    let writing = visit.clone();
    let taken = detached(async move {
        let (people, now) = (&writing.internal.people, clock::now());
        let mail = people.own_mail(writing.me(), now).await?.mail.unwrap_or_default();
        let mut act = new_act(&writing, AccountActKind::MailVerified, Some(writing.me()), now);
        act.detail = Detail::of(&OfMail { mailbox: masked(&mail) });
        people.mail_code_take(writing.me(), &mac, &act).await
    });
    let taken = taken.await?;
    if taken == CodeTaken::Verified {
        info!(account = visit.me().0, "verified an own mail address");
    }
    Ok(taken)
}

/// An address as the trail has it: its first letter and where it is.
fn masked(mail: &str) -> String {
    match mail.split_once('@') {
        Some((name, place)) => format!("{}***@{place}", name.chars().next().unwrap_or('*')),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn the_trail_has_no_whole_address() {
        assert_eq!(masked("wangfang@taihe.example"), "w***@taihe.example");
        assert_eq!(masked(""), "");
    }
}
