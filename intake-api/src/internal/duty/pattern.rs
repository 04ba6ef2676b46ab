//! `/duty/{unit}/pattern`: the weekly pattern of a unit, from a day on. What was before stays readable.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use casework::{roster::day_of, words::Seat};
use platform::{
    clock,
    store::{AccountActKind, Detail, RosterPatternId, StoreError, act_detail::PatternWritten},
    text::Lang,
};
use serde::Deserialize;
use tracing::info;

use super::{
    page::{self, done, refused},
    said::seat_name,
    scope::{self, Colleague},
    typed,
    weeks::{self, DAYS, MOST_TIMES, MOST_WEEKS},
};
use crate::internal::{
    By, Visit,
    again::{Fields, Wrong},
    auth::Staffed,
    detached,
    error::PageError,
    page::{Frame, render},
    people::new_act,
};

/// How large the form is.
#[derive(Default, Deserialize)]
pub(super) struct Size {
    weeks: Option<usize>,
    times: Option<usize>,
}

/// One person to choose.
struct Pick {
    field: String,
    label: &'static str,
    chosen: String,
}

struct Cell {
    time: String,
    picks: Vec<Pick>,
}

struct Day {
    name: &'static str,
    cells: Vec<Cell>,
}

struct Week {
    title: String,
    days: Vec<Day>,
}

struct Time {
    number: usize,
    from: String,
    to: String,
    wrong: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "internal/duty/pattern.html")]
struct PatternPage {
    frame: Frame,
    unit: String,
    name: String,
    from_day: String,
    weeks: Vec<Week>,
    times: Vec<Time>,
    colleagues: Vec<Colleague>,
    week_count: usize,
    time_count: usize,
    wrong: Wrong,
    error: Option<String>,
}

impl PatternPage {
    fn wrong(&self, field: &str) -> Option<&'static str> {
        self.wrong.get(field).map(|key| self.frame.lang.t(key))
    }

    fn knows(&self, login: &str) -> bool {
        self.colleagues.iter().any(|colleague| colleague.login == login)
    }

    fn week_counts(&self) -> std::ops::RangeInclusive<usize> {
        1..=MOST_WEEKS
    }

    fn time_counts(&self) -> std::ops::RangeInclusive<usize> {
        1..=MOST_TIMES
    }
}

/// What the form holds.
struct Filled {
    fields: Fields,
    weeks: usize,
    times: usize,
}

/// The form, filled with the pattern that was written last.
pub(super) async fn page(
    by: By<Staffed>,
    Path(unit): Path<String>,
    Query(size): Query<Size>,
) -> Result<Response, PageError> {
    scope::kept_unit(&by, &unit)?;
    let patterns = by.internal.people.roster_patterns(&by.internal.county, &unit).await?;
    let (mut fields, mut filled) = (Fields::new(), (1, 2));
    if let Some(last) = patterns.first() {
        let (stored, times) = weeks::fields(&last.weeks.0);
        fields = stored;
        filled = (last.weeks.0.len(), times);
    }
    fields.insert("from_day".to_owned(), day_of(clock::now()).to_string());
    let filled = Filled {
        fields,
        weeks: size.weeks.unwrap_or(filled.0).clamp(1, MOST_WEEKS),
        times: size.times.unwrap_or(filled.1).clamp(1, MOST_TIMES),
    };
    show(&by, &unit, filled, Wrong::new()).await
}

/// `POST`: another pattern from a day on.
pub(super) async fn write(
    by: By<Staffed>,
    Path(unit): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    scope::kept_unit(&by, &unit)?;
    let colleagues = scope::colleagues(&by, &unit).await?;
    let count = |name: &str, most: usize| {
        let typed = fields.get(name).and_then(|typed| typed.parse().ok());
        typed.unwrap_or(1_usize).clamp(1, most)
    };
    let (week_count, time_count) = (count("weeks", MOST_WEEKS), count("times", MOST_TIMES));
    let knows = |login: &str| colleagues.iter().any(|colleague| colleague.login == login);
    let read = weeks::read(&fields, week_count, knows);
    let from_day = fields.get("from_day").and_then(|typed| typed::day(typed));
    let (read, from_day) = match (read, from_day) {
        (Ok(read), Some(day)) => (read, day),
        (read, day) => {
            let mut wrong = read.err().unwrap_or_default();
            if day.is_none() {
                wrong.insert("from_day", "duty.wrong.day");
            }
            let filled = Filled {
                fields,
                weeks: week_count,
                times: time_count,
            };
            return show(&by, &unit, filled, wrong).await;
        }
    };
    let (visit, code) = (Visit::clone(&by), unit.clone());
    let written = detached(async move {
        let mut act = new_act(&visit, AccountActKind::RosterPattern, None, clock::now());
        act.unit = Some(&code);
        act.detail = Detail::of(&PatternWritten {
            day: from_day,
            n: read.len(),
        });
        visit
            .internal
            .people
            .roster_pattern_write(from_day, &read, &act)
            .await?;
        Ok::<_, StoreError>(())
    });
    written.await?;
    info!(unit, by = by.me().0, "a weekly pattern was written");
    page::show(&by, &unit, done(by.t("duty.pattern.done"))).await
}

/// `POST /duty/{unit}/patterns/{pattern}/end`: takes one back; what was before it counts again.
pub(super) async fn end(
    by: By<Staffed>,
    Path((unit, pattern)): Path<(String, RosterPatternId)>,
) -> Result<Response, PageError> {
    scope::kept_unit(&by, &unit)?;
    let (visit, code) = (Visit::clone(&by), unit.clone());
    let ended = detached(async move {
        let mut act = new_act(&visit, AccountActKind::RosterPatternEnded, None, clock::now());
        act.unit = Some(&code);
        visit.internal.people.roster_pattern_end(pattern, &act).await
    });
    let again = if ended.await? {
        info!(unit, by = by.me().0, "a weekly pattern was taken back");
        done(by.t("duty.pattern.ended"))
    } else {
        refused(
            StatusCode::CONFLICT,
            by.t("duty.change.before"),
            Wrong::new(),
            Fields::new(),
        )
    };
    page::show(&by, &unit, again).await
}

async fn show(visit: &Visit, code: &str, filled: Filled, wrong: Wrong) -> Result<Response, PageError> {
    let (unit, lang) = (scope::unit(visit, code)?, visit.lang);
    let typed = |name: &str| filled.fields.get(name).cloned().unwrap_or_default();
    let time = |number: usize| {
        let [from, to] = weeks::time_fields(number).map(|name| typed(&name));
        Time {
            number,
            from,
            to,
            wrong: wrong.get(weeks::time_key(number)).map(|key| lang.t(key)),
        }
    };
    let cell = |week: usize, day: &'static str, number: usize| Cell {
        time: lang.fill("duty.pattern.shift", &[("n", &(number + 1).to_string())]),
        picks: Seat::ALL
            .iter()
            .map(|seat| {
                let field = weeks::person_field(week, day, number, *seat);
                Pick {
                    chosen: typed(&field),
                    label: seat_name(lang, *seat),
                    field,
                }
            })
            .collect(),
    };
    let day = |week: usize, day: &'static str| Day {
        name: day_name(lang, day),
        cells: (0..filled.times).map(|number| cell(week, day, number)).collect(),
    };
    let week = |number: usize| Week {
        title: lang.fill("duty.pattern.week", &[("n", &(number + 1).to_string())]),
        days: DAYS.iter().map(|name| day(number, name)).collect(),
    };
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = PatternPage {
        from_day: typed("from_day"),
        weeks: (0..filled.weeks).map(week).collect(),
        times: (0..filled.times).map(time).collect(),
        colleagues: scope::colleagues(visit, code).await?,
        week_count: filled.weeks,
        time_count: filled.times,
        error: (!wrong.is_empty()).then(|| lang.t("duty.not_saved").to_owned()),
        wrong,
        frame: visit.frame("/duty").titled(&unit.name),
        unit: unit.code,
        name: unit.name,
    };
    Ok(render(status, &page))
}

fn day_name(lang: Lang, day: &str) -> &'static str {
    lang.t(&format!("duty.weekday.{day}"))
}
