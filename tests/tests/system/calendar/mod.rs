//! Days off that are published while reports are open: two people bring them into force, and every open clock follows.

mod follow;
mod kept;
mod pages;

use casework::calendar::{Calendar, NamedDay};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use platform::store::{
    AccountId, CalendarChangeId, CalendarError, CalendarFollowed, CalendarSource, Clerk, InForce, NewCalendar, Office,
    PinnedRules, Router, Store,
};
use tests::{Fixture, NewPerson, person};

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// The office with two people, and a router that looks when it is told to.
struct County {
    fixture: Fixture,
    office: Store<Office>,
    router: Store<Router>,
    first: AccountId,
    second: AccountId,
}

impl County {
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        let since = time("2026-01-01T00:00:00Z");
        let mut people = Vec::new();
        for login in ["chen", "lin"] {
            let new = NewPerson {
                login,
                name: login,
                phone: None,
                unit: "office",
                role: "office",
                since,
            };
            people.push(person(&fixture.db, new).await);
        }
        Self {
            office: fixture.store_as(),
            router: fixture.store_as(),
            first: people[0],
            second: people[1],
            fixture,
        }
    }

    fn in_force(&self) -> &Calendar {
        self.fixture.pack.calendar()
    }

    /// The calendar in force with whole years of these days: `+2027-02-06` is off, `-2027-01-31` is worked.
    fn with(&self, days: &[&str]) -> (Calendar, Vec<i32>) {
        let named: Vec<NamedDay> = days
            .iter()
            .map(|text| NamedDay {
                day: day(&text[1..]),
                off: text.starts_with('+'),
                name: "made up".to_owned(),
            })
            .collect();
        let years: std::collections::BTreeSet<i32> = named.iter().map(|named| named.day.year()).collect();
        let calendar = self.in_force().with_years(&years, &named).expect("no gap");
        (calendar, years.into_iter().collect())
    }

    async fn propose(
        &self,
        calendar: &Calendar,
        years: Vec<i32>,
        at: DateTime<Utc>,
    ) -> Result<CalendarChangeId, CalendarError> {
        let new = NewCalendar {
            county: "taihe",
            source: CalendarSource::Table,
            said: "a table",
            years,
            calendar,
            base: self.in_force().version(),
            account: Some(self.first),
            by: "chen",
            at,
        };
        self.office.calendar_propose(&new).await
    }

    async fn confirm(&self, id: CalendarChangeId, account: AccountId, at: DateTime<Utc>) -> Result<(), CalendarError> {
        let by = Clerk {
            account,
            name: "lin",
            at,
        };
        self.office.calendar_confirm("taihe", id, by).await
    }

    /// Proposed by one, confirmed by the other at a moment.
    async fn brings_in(&self, days: &[&str], at: DateTime<Utc>) -> CalendarChangeId {
        let (calendar, years) = self.with(days);
        let id = self.propose(&calendar, years, at).await.expect("proposed");
        self.confirm(id, self.second, at).await.expect("confirmed");
        id
    }

    /// All steps that the router takes at a moment, by the pack that it would have taken up.
    async fn follow(&self, at: DateTime<Utc>) -> CalendarFollowed {
        let loaded = platform::pack::watch::read(&self.fixture.store, "taihe").await;
        let loaded = loaded.expect("the pack").expect("a pack");
        let in_force = InForce {
            pack: &loaded.pack,
            version: loaded.version,
            rule_set: loaded.rule_set,
        };
        let mut sum = CalendarFollowed::default();
        loop {
            let mut pinned = PinnedRules::default();
            let step = self
                .router
                .calendar_follow(in_force, &mut pinned, at)
                .await
                .expect("a step");
            sum.looked += step.looked;
            sum.moved += step.moved;
            sum.mails += step.mails;
            if !step.more {
                return sum;
            }
        }
    }
}
