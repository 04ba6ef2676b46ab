//! Holes of the days to come are told by mail: to whoever leads the unit, and to the office all of them in one.
//!
//! Once a day one router looks rosters through (`duty_told`), and what is told is queued in the same transaction. What is new
//! or has come nearer is casework's to say ([`Told`]).

use std::collections::BTreeMap;

use casework::{
    calendar::shanghai,
    pack::Pack,
    roster::{Ahead, Minute, PersonId, Told, day_of},
    words::Urgency,
    zh::roster::{self, Names},
};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use sqlx::{PgTransaction, types::Json};

use crate::store::{
    DutyBook, Legible, Router, Said, Store, StoreError, Subject, SubjectNotice, To, notices::subject::subject_notice,
};

/// From this hour in the county on, and before the other one: whoever is told can mend it by daylight.
const HOURS: std::ops::Range<u32> = 9..18;

/// Holes of a unit that its leader's mail lists, and units that the office's lists.
const LISTED: usize = 20;

/// A day's look at all rosters.
struct Look<'l> {
    pack: &'l Pack,
    book: &'l DutyBook,
    now: DateTime<Utc>,
    /// What is amiss, by unit; with it whether it is told now.
    ahead: BTreeMap<&'l str, (Ahead, bool)>,
}

impl Store<Router> {
    /// Queues the day's mails about holes of rosters, from nine o'clock on: none where nothing is new. How many.
    pub async fn duty_tell(&self, pack: &Pack, now: DateTime<Utc>) -> Result<i64, StoreError> {
        type Looked = (NaiveDate, Json<Legible<BTreeMap<String, Told>>>);
        let today = day_of(now);
        if !HOURS.contains(&now.with_timezone(&shanghai()).hour()) {
            return Ok(0);
        }
        let looked: Option<Looked> = sqlx::query_as("SELECT looked_on, units FROM duty_told WHERE county = $1")
            .bind(pack.county())
            .fetch_optional(&self.pool)
            .await?;
        if looked.as_ref().is_some_and(|(day, _)| today <= *day) {
            return Ok(0);
        }
        // What another version wrote is told anew.
        let before: BTreeMap<String, Told> = looked.and_then(|(_, units)| units.known().cloned()).unwrap_or_default();
        // Always from the same hour on: where a hole begins must not depend on when somebody looked.
        let from = Minute::START.on(today) + TimeDelta::hours(i64::from(HOURS.start));
        let book = self.duty_book(pack, from).await?;
        let watch = book.watch(pack);
        let (mut told, mut ahead) = (BTreeMap::new(), BTreeMap::new());
        for unit in book.posts.keys() {
            let mut of_unit = watch.ahead(unit, from);
            of_unit.holes.retain(|hole| now < hole.during.to);
            if let Some((after, tell)) = Told::after(before.get(unit), &of_unit, from) {
                told.insert(unit, after);
                ahead.insert(unit.as_str(), (of_unit, tell));
            }
        }
        let look = Look {
            pack,
            book: &book,
            now,
            ahead,
        };
        let mut tx = self.pool.begin().await?;
        let mine = sqlx::query(
            "INSERT INTO duty_told AS t (county, looked_on, units) VALUES ($1, $2, $3)
             ON CONFLICT (county) DO UPDATE SET looked_on = excluded.looked_on, units = excluded.units
             WHERE t.looked_on < excluded.looked_on",
        )
        .bind(pack.county())
        .bind(today)
        .bind(Json(&told))
        .execute(&mut *tx)
        .await?;
        if mine.rows_affected() == 0 {
            return Ok(0);
        }
        let mails = look.leaders(&mut tx).await? + look.office(&mut tx).await?;
        tx.commit().await?;
        Ok(mails)
    }
}

impl Look<'_> {
    /// One mail for each leader with all of their units. Where nobody leads a unit that has begun with a roster, its mailbox is told;
    /// of one that has nobody at all, the office alone.
    async fn leaders(&self, tx: &mut PgTransaction<'_>) -> Result<i64, StoreError> {
        let mut led: BTreeMap<&PersonId, Vec<&str>> = BTreeMap::new();
        let mut mails = 0;
        for (unit, (ahead, tell)) in &self.ahead {
            if !tell || *unit == self.pack.units().office() {
                continue;
            }
            let leaders = self.book.posts.get(*unit).map_or(&[][..], |post| &post.roster.leaders);
            for leader in leaders {
                led.entry(leader).or_default().push(unit);
            }
            if leaders.is_empty() && ahead.begun {
                mails += self.queue(tx, To::Unit(unit), &[unit]).await?;
            }
        }
        let mut led: Vec<_> = led.into_iter().collect();
        // Two without an address of their own share the unit's mailbox, which gets the mail that says more.
        led.sort_by_key(|(leader, units)| (std::cmp::Reverse(units.len()), *leader));
        for (leader, units) in led {
            if let (Some(account), Some(first)) = (self.book.account(leader), units.first()) {
                mails += self.queue(tx, To::Person(first, account), &units).await?;
            }
        }
        Ok(mails)
    }

    /// All units on which something is new, in one mail.
    async fn office(&self, tx: &mut PgTransaction<'_>) -> Result<i64, StoreError> {
        if !self.ahead.values().any(|(_, tell)| *tell) {
            return Ok(0);
        }
        let units: Vec<&str> = self.ahead.keys().copied().collect();
        self.queue(tx, To::Office, &units).await
    }

    async fn queue(&self, tx: &mut PgTransaction<'_>, to: To<'_>, units: &[&str]) -> Result<i64, StoreError> {
        let day = day_of(self.now);
        let day = day.year() * 10_000 + i32::try_from(day.month() * 100 + day.day()).unwrap_or(0);
        let begun = units
            .iter()
            .any(|unit| self.ahead.get(unit).is_some_and(|(ahead, _)| ahead.begun));
        let notice = SubjectNotice {
            county: self.pack.county(),
            subject: match to {
                To::Office => Subject::DutyHoles(day),
                _ if begun => Subject::DutyHole(day),
                _ => Subject::DutyNone(day),
            },
            round: 0,
            to,
            urgency: Urgency::P3,
            drill: false,
            said: self.said(units, to == To::Office),
            at: self.now,
        };
        Ok(subject_notice(tx, &notice).await?)
    }

    /// What is amiss with these units; in the office's mail a line for each.
    fn said(&self, units: &[&str], in_short: bool) -> Said {
        let names = Names {
            pack: self.pack,
            people: &self.book.people,
        };
        let (mut holes, mut without_phone, mut count, mut without_roster) = (Vec::new(), Vec::new(), 0, 0);
        for unit in units {
            let Some((ahead, _)) = self.ahead.get(unit) else {
                continue;
            };
            let people = ahead.without_phone.iter();
            without_phone.extend(people.map(|person| names.person_of(person, unit)));
            if !ahead.begun {
                without_roster += 1;
                continue;
            }
            count += ahead.holes.len();
            let lines = ahead.holes.iter().map(|hole| names.hole_line(hole));
            if in_short {
                let first = lines.clone().next();
                holes.extend(
                    first.map(|first| roster::of_unit(names.unit(unit), &roster::nearest(lines.len(), &first))),
                );
            } else if units.len() > 1 {
                holes.extend(lines.map(|line| roster::of_unit(names.unit(unit), &line)));
            } else {
                holes.extend(lines);
            }
        }
        Said {
            count: (count > 0).then(|| i64::try_from(count).unwrap_or(i64::MAX)),
            holes: roster::cut(holes, LISTED),
            without_phone: roster::cut(without_phone, LISTED),
            without_roster: (without_roster > 0 && in_short).then_some(without_roster),
            ..Said::default()
        }
    }
}
