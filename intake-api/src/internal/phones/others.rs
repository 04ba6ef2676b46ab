//! `/people/{id}/phones`: telephones of somebody whose account is kept. They are added and ended here, and never verified: the code
//! goes to the telephone, and its owner types it on their own page.

use axum::{Form, extract::Path, http::StatusCode, response::Response};
use platform::{
    clock,
    store::{AccountActKind, AccountId, Detail, PhoneAdded, PhoneId, act_detail::OfPhone},
    text::Lang,
};
use tracing::info;

use super::{
    number,
    view::{Again, Said, Typed, show},
};
use crate::internal::{
    By, Visit,
    again::Wrong,
    auth::Keeper,
    detached,
    error::PageError,
    people::{fetch_kept, new_act},
};

/// The page.
pub(super) async fn page(by: By<Keeper>, Path(id): Path<AccountId>) -> Result<Response, PageError> {
    let whose = whose(&by, id).await?;
    show(&by, Some(whose), Again::default()).await
}

/// Adds one.
pub(super) async fn add(
    by: By<Keeper>,
    Path(id): Path<AccountId>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let whose = whose(&by, id).await?;
    let number = match number::read(&typed.number) {
        Ok(number) => number,
        Err(key) => return refused(&by, whose, typed, key).await,
    };
    let (visit, night) = (Visit::clone(&by), typed.at_night());
    let added = detached(async move { number::add(&visit, id, (&number, night), clock::now()).await });
    match added.await? {
        PhoneAdded::Twice => refused(&by, whose, typed, "phones.wrong.twice").await,
        PhoneAdded::Full => refused(&by, whose, typed, "phones.wrong.full").await,
        PhoneAdded::Done(_) => {
            info!(account = id.0, by = by.me().0, "a telephone was added");
            let said = Said::done(by.t("phones.added_for"));
            show(&by, Some(whose), Again::saying(StatusCode::OK, said)).await
        }
    }
}

/// Ends one.
pub(super) async fn end(by: By<Keeper>, Path((id, phone)): Path<(AccountId, PhoneId)>) -> Result<Response, PageError> {
    let whose = whose(&by, id).await?;
    let phones = by.internal.people.phones_of(&[id], clock::now()).await?;
    let ending = phones
        .iter()
        .find(|known| known.id == phone)
        .ok_or(PageError::NotFound)?;
    let shown = number::shown(&by.internal, ending, Lang::Zh);
    let visit = Visit::clone(&by);
    let ended = detached(async move {
        let mut act = new_act(&visit, AccountActKind::PhoneEnded, Some(id), clock::now());
        act.detail = Detail::of(&OfPhone { phone: shown });
        visit.internal.people.phone_end(id, phone, &act).await
    });
    if !ended.await? {
        return Err(PageError::NotFound);
    }
    info!(account = id.0, by = by.me().0, "a telephone was ended");
    let said = Said::done(by.t("phones.ended"));
    show(&by, Some(whose), Again::saying(StatusCode::OK, said)).await
}

/// Whose page it is; nobody finds that of an account which they don't keep.
async fn whose(visit: &Visit, id: AccountId) -> Result<(AccountId, String), PageError> {
    Ok((id, fetch_kept(visit, id).await?.account.name))
}

async fn refused(
    visit: &Visit,
    whose: (AccountId, String),
    typed: Typed,
    key: &'static str,
) -> Result<Response, PageError> {
    let said = Said::error(visit.t("phones.not_added"));
    let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, said, typed);
    show(visit, Some(whose), again.with_wrong(Wrong::from([("number", key)]))).await
}
