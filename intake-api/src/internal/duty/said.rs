//! Who is on duty and where nobody is, in the reader's language.

use casework::{
    calendar::shanghai,
    pack::Pack,
    roster::{Fall, Holder, Hole, People, PersonId, Reached, Vacancy, Why, Window},
    words::Seat,
};
use chrono::{DateTime, NaiveDate, Timelike, Utc};
use platform::text::Lang;

use crate::internal::page::words;

/// What it takes to say something about duty.
#[derive(Clone, Copy)]
pub(super) struct Saying<'a> {
    /// Names of units.
    pub(super) pack: &'a Pack,
    /// Names of people.
    pub(super) people: &'a People,
    pub(super) lang: Lang,
    pub(super) now: DateTime<Utc>,
}

impl Saying<'_> {
    /// Somebody's name.
    pub(super) fn person(&self, person: &PersonId) -> String {
        let known = self.people.get(person).map(|person| person.name.as_str());
        known.filter(|name| !name.is_empty()).unwrap_or(&person.0).to_owned()
    }

    /// A unit's name.
    pub(super) fn unit(&self, code: &str) -> String {
        let known = self.pack.units().get(code);
        known.map_or_else(|| code.to_owned(), |unit| unit.name.clone())
    }

    /// Who has a seat, and why where it is not by the week.
    pub(super) fn holder(&self, holder: &Holder) -> String {
        let name = self.person(&holder.person);
        match holder.why {
            Why::Pattern => name,
            why => self.lang.fill("duty.held", &[("name", &name), ("why", self.why(why))]),
        }
    }

    fn why(&self, why: Why) -> &'static str {
        self.lang.t(&format!("duty.why.{}", why.as_str()))
    }

    /// Why a seat reaches nobody.
    pub(super) fn vacancy(&self, vacancy: &Vacancy) -> String {
        let (key, person) = match vacancy {
            Vacancy::NoShift => ("duty.vacancy.no-shift", None),
            Vacancy::Emptied => ("duty.vacancy.emptied", None),
            Vacancy::Away(person) => ("duty.vacancy.away", Some(person)),
            Vacancy::Gone(person) => ("duty.vacancy.gone", Some(person)),
            Vacancy::NoPhone(person) => ("duty.vacancy.no-phone", Some(person)),
        };
        let name = person.map(|person| self.person(person)).unwrap_or_default();
        self.lang.fill(key, &[("name", &name)])
    }

    /// Who is called, seen from the unit that was asked for.
    pub(super) fn reached(&self, reached: &Reached, asked: &str) -> String {
        match reached {
            Reached::LastResort => self.lang.t("duty.last_resort").to_owned(),
            Reached::Person { person, unit, seat, .. } => {
                let name = self.person(person);
                let values = [("seat", seat_name(self.lang, *seat)), ("name", name.as_str())];
                if unit == asked {
                    self.lang.fill("duty.reached_here", &values)
                } else {
                    let unit = self.unit(unit);
                    self.lang
                        .fill("duty.reached_there", &[("unit", unit.as_str()), values[0], values[1]])
                }
            }
        }
    }

    /// A seat that was passed over, seen from the unit that was asked for.
    pub(super) fn fall(&self, fall: &Fall, asked: &str) -> String {
        let seat = seat_name(self.lang, fall.seat);
        let vacancy = self.vacancy(&fall.vacancy);
        if fall.unit == asked {
            return self
                .lang
                .fill("duty.fall_here", &[("seat", seat), ("vacancy", &vacancy)]);
        }
        self.lang.fill(
            "duty.fall",
            &[("unit", &self.unit(&fall.unit)), ("seat", seat), ("vacancy", &vacancy)],
        )
    }

    /// A hole in one sentence.
    pub(super) fn hole(&self, hole: &Hole, unit: &str) -> String {
        self.lang.fill(
            "duty.hole",
            &[
                ("when", &self.window(hole.during)),
                ("vacancy", &self.vacancy(&hole.vacancy)),
                ("to", &self.reached(&hole.falls_to, unit)),
            ],
        )
    }

    /// From when until when; one day is said once.
    pub(super) fn window(&self, during: Window) -> String {
        let from = words::moment(self.lang, during.from, self.now);
        let (first, last) = (local(during.from), local(during.to));
        let to = if first.date_naive() == last.date_naive() {
            format!("{:02}:{:02}", last.hour(), last.minute())
        } else {
            words::due(self.lang, during.to, self.now)
        };
        self.lang.fill("duty.window", &[("from", &from), ("to", &to)])
    }
}

fn local(at: DateTime<Utc>) -> DateTime<chrono::FixedOffset> {
    at.with_timezone(&shanghai())
}

/// A part of a day on that day: `08:00–17:30`, its end at the day's end as 24:00.
pub(super) fn part(during: Window, day: NaiveDate) -> String {
    let (from, to) = (local(during.from), local(during.to));
    let end = if to.date_naive() > day {
        "24:00".to_owned()
    } else {
        format!("{:02}:{:02}", to.hour(), to.minute())
    };
    format!("{:02}:{:02}–{end}", from.hour(), from.minute())
}

/// A seat's name.
pub(super) fn seat_name(lang: Lang, seat: Seat) -> &'static str {
    lang.t(&format!("duty.seat.{}", seat.as_str()))
}
