//! The own mail address of a person, on the page of their telephones: set or cleared by themselves or by whoever keeps the account.

use axum::{Form, extract::Path, http::StatusCode, response::Response};
use casework::county::is_mailbox;
use casework::typed::plain;
use platform::{
    clock,
    store::{AccountActKind, AccountId, Detail, act_detail::OfMail},
};
use serde::Deserialize;
use tracing::info;

use super::view::{Again, Said, Typed, show};
use crate::internal::{
    By, Visit,
    again::Wrong,
    auth::{Keeper, SignedIn},
    detached,
    error::PageError,
    people::{fetch_kept, new_act},
};

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Mail {
    #[serde(default)]
    mail: String,
}

/// `POST /phones/mail`
pub(super) async fn own(by: By<SignedIn>, Form(form): Form<Mail>) -> Result<Response, PageError> {
    set(&by, None, form).await
}

/// `POST /people/{id}/phones/mail`
pub(super) async fn of_another(
    by: By<Keeper>,
    Path(id): Path<AccountId>,
    Form(form): Form<Mail>,
) -> Result<Response, PageError> {
    let whose = (id, fetch_kept(&by, id).await?.account.name);
    set(&by, Some(whose), form).await
}

async fn set(visit: &Visit, whose: Option<(AccountId, String)>, form: Mail) -> Result<Response, PageError> {
    let mail = plain(&form.mail).trim().to_owned();
    if !mail.is_empty() && !is_mailbox(&mail) {
        let typed = Typed {
            mail: Some(form.mail),
            ..Typed::default()
        };
        let said = Said::error(visit.t("phones.mail.not_set"));
        let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, said, typed);
        return show(
            visit,
            whose,
            again.with_wrong(Wrong::from([("mail", "units.bad_mailbox")])),
        )
        .await;
    }
    let account = whose.as_ref().map_or(visit.me(), |(id, _)| *id);
    let (writing, key) = (
        visit.clone(),
        if mail.is_empty() {
            "phones.mail.cleared"
        } else {
            "phones.mail.done"
        },
    );
    let written = detached(async move {
        let mut act = new_act(&writing, AccountActKind::MailSet, Some(account), clock::now());
        act.detail = Detail::of(&OfMail { mailbox: masked(&mail) });
        let mail = Some(mail.as_str()).filter(|mail| !mail.is_empty());
        writing.internal.people.own_mail_set(account, mail, &act).await
    });
    written.await?;
    info!(account = account.0, by = visit.me().0, "an own mail address was set");
    show(visit, whose, Again::saying(StatusCode::OK, Said::done(visit.t(key)))).await
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
