//! Whose duty page it is: the units for which a person may be on duty, their own page, and what rings on it.

use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{DeskScope, DutyPage, DutyPageId, Role, StoreError},
};
use serde::Deserialize;

use super::hub::Rings;
use crate::internal::{Visit, error::PageError};

/// Roles whose people are on duty for a unit.
const ON_DUTY: [Role; 4] = [Role::Member, Role::Leader, Role::Office, Role::LeadingGroup];

/// Which page.
#[derive(Deserialize)]
pub(super) struct Which {
    pub(super) page: DutyPageId,
}

/// The units for which a person may be on duty.
pub(super) fn units(visit: &Visit) -> Vec<&str> {
    visit.actor.units(&ON_DUTY)
}

/// The same for the database.
pub(super) fn scope(visit: &Visit) -> DeskScope {
    DeskScope::new(units(visit))
}

/// A page of this person that is open.
pub(super) async fn own_page(visit: &Visit, id: DutyPageId) -> Result<DutyPage, PageError> {
    let open = visit.internal.desk.duty_pages_open(&scope(visit), clock::now()).await?;
    let mine = open
        .into_iter()
        .find(|page| page.id == id && page.account_id == visit.me());
    mine.ok_or(PageError::NotFound)
}

/// What rings for the person and this unit now.
pub(super) async fn look(visit: &Visit, unit: &str) -> Result<Rings, StoreError> {
    let (internal, now) = (&visit.internal, clock::now());
    let pages = [(visit.me(), unit.to_owned())];
    let calls = internal.board.page_calls(&internal.county, &pages, now).await?;
    Ok(Rings {
        calls: calls.iter().map(|call| call.call_id).collect(),
        at: now,
    })
}

/// When the session ends if nobody does anything after a moment.
pub(super) fn until(visit: &Visit, used_at: DateTime<Utc>) -> DateTime<Utc> {
    used_at + visit.internal.tokens.lifetime()
}
