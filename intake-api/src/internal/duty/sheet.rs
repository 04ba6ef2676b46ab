//! The table of a unit's roster: this week and the next, day by day, as it stands with every change.

use casework::{
    calendar::{Calendar, DayKind},
    roster::{Holder, Minute, Seated, Vacancy, Watch, day_of},
};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use platform::text::Lang;

use super::said::{self, Saying};

/// Days that the table shows.
const DAYS: usize = 14;

/// A day of the table.
pub(super) struct Day {
    pub(super) name: String,
    /// 节假日 or 调休上班.
    pub(super) mark: Option<&'static str>,
    pub(super) today: bool,
    pub(super) parts: Vec<Part>,
}

/// A part of a day in which everything stays as it is.
pub(super) struct Part {
    pub(super) time: String,
    pub(super) duty: String,
    /// Nobody has the duty seat.
    pub(super) hole: bool,
    pub(super) deputy: String,
    pub(super) leader: String,
}

/// The days from the Monday of this week on.
pub(super) fn days(watch: &Watch<'_>, unit: &str, say: Saying<'_>) -> Vec<Day> {
    let today = day_of(say.now);
    let monday = today
        .checked_sub_days(Days::new(today.weekday().num_days_from_monday().into()))
        .unwrap_or(today);
    let days = monday.iter_days().take(DAYS);
    days.map(|day| {
        let next = day.succ_opt().unwrap_or(day);
        let parts = watch.seats(unit, start(day), start(next));
        Day {
            name: name(say.lang, day),
            mark: mark(say.lang, watch.calendar, day),
            today: day == today,
            parts: parts.iter().map(|seated| part(seated, day, say)).collect(),
        }
    })
    .collect()
}

fn start(day: NaiveDate) -> DateTime<Utc> {
    Minute::START.on(day)
}

fn part(seated: &Seated, day: NaiveDate, say: Saying<'_>) -> Part {
    // An empty seat of the deputy or the leader is no hole: nobody is called there in the first place.
    let quiet = |seat: &Result<Holder, Vacancy>| match seat {
        Ok(holder) => say.holder(holder),
        Err(Vacancy::NoShift) => say.lang.t("duty.nobody").to_owned(),
        Err(vacancy) => say.vacancy(vacancy),
    };
    Part {
        time: said::part(seated.during, day),
        duty: match &seated.duty {
            Ok(holder) => say.holder(holder),
            Err(vacancy) => say.vacancy(vacancy),
        },
        // What is over is no hole any more that somebody could mend.
        hole: seated.duty.is_err() && seated.during.to > say.now,
        deputy: quiet(&seated.deputy),
        leader: quiet(&seated.leader),
    }
}

/// `11月24日 周二`
pub(super) fn name(lang: Lang, day: NaiveDate) -> String {
    let weekday = lang.t(&format!("duty.weekday.{}", weekday(day)));
    let date = match lang {
        Lang::Zh => casework::zh::times::month_day(day),
        Lang::En => day.format("%-d %b").to_string(),
    };
    format!("{date} {weekday}")
}

fn weekday(day: NaiveDate) -> &'static str {
    const KEYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let index = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default();
    KEYS[index]
}

fn mark(lang: Lang, calendar: &Calendar, day: NaiveDate) -> Option<&'static str> {
    match calendar.kind(day) {
        DayKind::Holiday => Some(lang.t("duty.day.holiday")),
        DayKind::MadeUp => Some(lang.t("duty.day.made_up")),
        DayKind::Weekday | DayKind::Weekend => None,
    }
}
