//! The duty of a whole county, read for a moment and from then on.
//!
//! It is read anew for each question: one statement, and a change of a roster counts at once. A row that this version can't read is
//! left out and named; it is a hole of its own unit, which falls as any hole does, and holds up nobody else.

use std::collections::BTreeMap;

use casework::{
    pack::Pack,
    roster::{
        Absence, Exception, Hours, Pattern, People, Person, PersonId, Phone, Post, Roster, Swap, SwapState, Watch,
        Week, Window,
    },
    words::Seat,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::Value;
use sqlx::types::Json;

use crate::store::{AccountId, Legible, ReadsDuty, Store, StoreError};

/// Rosters, duty hours and people of a county.
#[derive(Clone, Debug, Default)]
pub struct DutyBook {
    /// By login.
    pub people: People,
    /// By unit code: every unit of the pack.
    pub posts: BTreeMap<String, Post>,
    /// What could not be read and was left out.
    pub unreadable: Vec<DutyUnreadable>,
    accounts: BTreeMap<PersonId, AccountId>,
}

/// A row that this version can't read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DutyUnreadable {
    /// Whose duty is not complete; empty: the row does not say it.
    pub unit: String,
    /// What is wrong with it.
    pub why: String,
}

impl DutyBook {
    /// The watch over it, by a pack's calendar.
    pub fn watch<'w>(&'w self, pack: &'w Pack) -> Watch<'w> {
        Watch {
            calendar: pack.calendar(),
            people: &self.people,
            posts: &self.posts,
            office: pack.units().office(),
        }
    }

    /// The account of a person.
    pub fn account(&self, person: &PersonId) -> Option<AccountId> {
        self.accounts.get(person).copied()
    }
}

impl<L: ReadsDuty> Store<L> {
    /// Who is on duty for each unit of a pack, from a moment on.
    pub async fn duty_book(&self, pack: &Pack, from: DateTime<Utc>) -> Result<DutyBook, StoreError> {
        let rows: Rows = sqlx::query_as(include_str!("book.sql"))
            .bind(pack.county())
            .bind(from)
            .fetch_one(&self.pool)
            .await?;
        Ok(rows.book(pack))
    }
}

#[derive(sqlx::FromRow)]
struct Rows {
    people: Json<Vec<Account>>,
    leaders: Json<Vec<(String, PersonId)>>,
    patterns: Json<Vec<Legible<PatternRow>>>,
    changes: Json<Vec<Legible<Change>>>,
    hours: Json<Vec<(String, String, String)>>,
}

#[derive(Deserialize)]
struct Account {
    id: AccountId,
    login: PersonId,
    name: String,
    phones: Vec<Phone>,
    mail_unverified: bool,
    disabled_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct PatternRow {
    unit: String,
    from: NaiveDate,
    weeks: Vec<Week>,
}

#[derive(Deserialize)]
struct Change {
    unit: String,
    kind: Kind,
    seat: Option<Seat>,
    person: Option<PersonId>,
    other: Option<PersonId>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    takes_from: Option<DateTime<Utc>>,
    takes_to: Option<DateTime<Utc>>,
    decision: Option<SwapState>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Exception,
    Swap,
    Absence,
}

impl Rows {
    fn book(self, pack: &Pack) -> DutyBook {
        let mut book = DutyBook::default();
        for account in self.people.0 {
            book.accounts.insert(account.login.clone(), account.id);
            let person = Person {
                name: account.name,
                phones: account.phones,
                mail_unverified: account.mail_unverified,
                disabled_at: account.disabled_at,
            };
            book.people.insert(account.login, person);
        }
        for unit in pack.units().iter() {
            let post = Post {
                roster: Roster::default(),
                hours: pack.duty_hours().hours(unit),
            };
            book.posts.insert(unit.code.clone(), post);
        }
        for (unit, working, off) in self.hours.0 {
            match Hours::read(&working, &off) {
                Ok(hours) => book.at(&unit, |post| post.hours = hours),
                Err(error) => book.unreadable(unit, &error),
            }
        }
        for (unit, person) in self.leaders.0 {
            book.at(&unit, |post| post.roster.leaders.push(person));
        }
        for row in self.patterns.0 {
            match row {
                Legible::Read(PatternRow { unit, weeks, .. }) if weeks.is_empty() => {
                    book.unreadable(unit, &"a pattern has no week");
                }
                Legible::Read(PatternRow { unit, from, weeks }) => {
                    book.at(&unit, |post| post.roster.patterns.push(Pattern { from, weeks }));
                }
                Legible::Unread { found, why } => book.unreadable(unit_of(&found), &why),
            }
        }
        for row in self.changes.0 {
            match row {
                Legible::Read(change) => book.change(change),
                Legible::Unread { found, why } => book.unreadable(unit_of(&found), &why),
            }
        }
        book
    }
}

fn unit_of(row: &Value) -> String {
    row["unit"].as_str().unwrap_or_default().to_owned()
}

impl DutyBook {
    /// Changes a unit's post. A unit that left the pack has none.
    fn at(&mut self, unit: &str, change: impl FnOnce(&mut Post)) {
        if let Some(post) = self.posts.get_mut(unit) {
            change(post);
        }
    }

    fn unreadable(&mut self, unit: String, why: &impl ToString) {
        let why = why.to_string();
        self.unreadable.push(DutyUnreadable { unit, why });
    }

    fn change(&mut self, change: Change) {
        let Change { unit, kind, .. } = change;
        let during = Window {
            from: change.from,
            to: change.to,
        };
        let takes = change.takes_from.zip(change.takes_to);
        match (kind, change.seat, change.person, change.other) {
            (Kind::Exception, Some(seat), person, _) => self.at(&unit, |post| {
                post.roster.exceptions.push(Exception { during, seat, person });
            }),
            (Kind::Swap, _, Some(asked_by), Some(with)) => self.at(&unit, |post| {
                post.roster.swaps.push(Swap {
                    asked_by,
                    with,
                    gives: during,
                    takes: takes.map(|(from, to)| Window { from, to }),
                    state: change.decision.unwrap_or(SwapState::Asked),
                });
            }),
            (Kind::Absence, _, Some(person), delegate) => self.at(&unit, |post| {
                post.roster.absences.push(Absence {
                    person,
                    during,
                    delegate,
                });
            }),
            _ => self.unreadable(unit, &"a change of the roster names nobody"),
        }
    }
}
