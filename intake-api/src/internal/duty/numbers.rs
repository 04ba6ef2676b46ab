//! Telephones on the page of who is on duty: of each person the number that is tried first, masked or in full.
//!
//! One that can't be opened (sealed with another key, spoiled) is said to be so in its place; an administrator reads whose it is.
//! The page is looked at when something has happened, and must not be away because one number is.

use std::collections::{BTreeMap, BTreeSet};

use casework::{
    roster::{Holder, PersonId, Reached, Watch},
    words::{Channel, Seat},
};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{AccountId, DutyBook, OwnPhone, Role},
};
use tracing::error;

use crate::internal::{Visit, error::PageError, phones};

/// The telephones of a county's people on duty at a moment.
pub(super) struct Phones<'p> {
    visit: &'p Visit,
    book: &'p DutyBook,
    watch: &'p Watch<'p>,
    at: DateTime<Utc>,
    full: bool,
    phones: BTreeMap<AccountId, Vec<OwnPhone>>,
    locked: BTreeSet<PersonId>,
}

impl<'p> Phones<'p> {
    /// Those of everybody who answers for some unit, is a deputy or a leader on duty.
    pub(super) async fn of(
        visit: &'p Visit,
        (book, watch): (&'p DutyBook, &'p Watch<'p>),
        at: DateTime<Utc>,
        full: bool,
    ) -> Result<Self, PageError> {
        let mut accounts: Vec<AccountId> = Vec::new();
        for code in book.posts.keys() {
            for seat in [Seat::Duty, Seat::Leader] {
                if let Reached::Person { person, .. } = watch.answer(code, seat, &[Channel::Voice], at).reached {
                    accounts.extend(book.account(&person));
                }
            }
            let deputy = deputy(watch, code, at);
            accounts.extend(deputy.and_then(|deputy| book.account(&deputy.person)));
        }
        accounts.sort_unstable();
        accounts.dedup();
        let mut phones: BTreeMap<AccountId, Vec<OwnPhone>> = BTreeMap::new();
        for phone in visit.internal.people.phones_of(&accounts, clock::now()).await? {
            phones.entry(phone.account_id).or_default().push(phone);
        }
        Ok(Self {
            visit,
            book,
            watch,
            at,
            full,
            phones,
            locked: BTreeSet::new(),
        })
    }

    /// The number of whoever is reached; the last resort's stand in the pack.
    pub(super) fn of_reached(&mut self, reached: &Reached) -> Option<String> {
        match reached {
            Reached::Person { person, unit, .. } => self.first(person, unit),
            Reached::LastResort => None,
        }
    }

    /// The number that is tried first for the duty of a unit.
    pub(super) fn first(&mut self, person: &PersonId, unit: &str) -> Option<String> {
        let open = self.watch.clock(unit).is_open(self.at);
        let phones = self.phones.get(&self.book.account(person)?)?;
        let mut rings = phones
            .iter()
            .filter(|phone| phone.verified_at.is_some() && (open || phone.night));
        let phone = rings.next()?;
        let lang = self.visit.lang;
        match phones::open(&self.visit.internal, phone) {
            Ok(number) if self.full => Some(phones::in_full(&number, lang)),
            Ok(number) => Some(phones::masked(&number, lang)),
            Err(e) => {
                if self.locked.insert(person.clone()) {
                    error!(account = phone.account_id.0, phone = phone.id.0, error = ?e, "a stored telephone can't be opened");
                }
                Some(lang.t("duty.county.not_opened").to_owned())
            }
        }
    }

    /// Whose telephones can't be opened, for an administrator; none: all can.
    pub(super) fn locked(&self, visit: &Visit) -> Option<String> {
        if self.locked.is_empty() || !visit.actor.is(&[Role::Admin]) {
            return None;
        }
        let name = |person: &PersonId| match self.book.people.get(person) {
            Some(known) => format!("{}（{person}）", known.name),
            None => person.0.clone(),
        };
        let who: Vec<String> = self.locked.iter().map(name).collect();
        Some(visit.lang.fill("duty.county.locked", &[("who", &who.join("、"))]))
    }
}

/// Who has the deputy's seat.
pub(super) fn deputy(watch: &Watch<'_>, unit: &str, at: DateTime<Utc>) -> Option<Holder> {
    let post = watch.posts.get(unit)?;
    post.roster.holder(watch.calendar, Seat::Deputy, at).ok()
}
