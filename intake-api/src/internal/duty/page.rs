//! `GET /duty/{unit}`: the roster of a unit. Its people read it, ask for swaps and say when they are away; its leader keeps it.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use casework::{county::Unit, pack::Pack, words::Seat};
use chrono::TimeDelta;
use platform::{
    clock,
    store::{AccountId, DutyBook, Role, RosterChange, RosterChangeId, RosterChangeKind, RosterPatternId, SwapDecision},
    text::Lang,
};

use super::{
    said::{Saying, seat_name},
    scope::{self, Colleague},
    sheet::{self, Day},
    waits,
};
use crate::internal::{
    By, Visit,
    again::{self, Fields, Wrong},
    auth::Staffed,
    error::PageError,
    page::{Frame, Paper, Phone, render, words},
};

/// How far ahead holes are looked for.
pub(super) const AHEAD: TimeDelta = TimeDelta::days(14);

/// What the page says at its top.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) done: Option<String>,
    pub(super) error: Option<String>,
}

/// The page after an act; `Fields` are those of all its forms.
pub(super) type Again = again::Again<Fields, Said>;

/// The page after an act that was done.
pub(super) fn done(text: impl Into<String>) -> Again {
    let said = Said {
        done: Some(text.into()),
        error: None,
    };
    Again::saying(StatusCode::OK, said)
}

/// The page after an act that was refused; what was typed comes back.
pub(super) fn refused(status: StatusCode, text: impl Into<String>, wrong: Wrong, fields: Fields) -> Again {
    let said = Said {
        done: None,
        error: Some(text.into()),
    };
    Again::keeping(status, said, fields).with_wrong(wrong)
}

/// Something that changes the pattern.
struct ChangeLine {
    id: RosterChangeId,
    text: String,
    by: String,
    /// What may be pressed: act and key of its text.
    acts: Vec<(&'static str, &'static str)>,
}

/// A pattern, and whether it may be taken back.
struct PatternLine {
    id: RosterPatternId,
    text: String,
    by: String,
}

#[derive(Template)]
#[template(path = "internal/duty/page.html")]
struct DutyPage {
    frame: Frame,
    paper: Paper,
    unit: String,
    name: String,
    holes: Vec<String>,
    unreadable: Option<String>,
    unverified: Vec<String>,
    /// Whose mail address nobody verified.
    unverified_mail: Vec<String>,
    days: Vec<Day>,
    changes: Vec<ChangeLine>,
    patterns: Vec<PatternLine>,
    hours: Hours,
    phone: Option<Phone>,
    duty_phone: String,
    colleagues: Vec<Colleague>,
    seats: Vec<(&'static str, &'static str)>,
    keeps: bool,
    belongs: bool,
    /// Holds the unit's tickets, so that there is something to hand over.
    holds: bool,
    fields: Fields,
    wrong: Wrong,
    said: Said,
}

/// Duty hours as the page shows them.
struct Hours {
    working: String,
    off: String,
    /// Who set them; none: the pack's.
    by: Option<String>,
}

impl DutyPage {
    fn wrong(&self, field: &str) -> Option<&'static str> {
        self.wrong.get(field).map(|key| self.frame.lang.t(key))
    }

    fn typed(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }

    /// What was typed, or what is stored where nothing was.
    fn typed_or<'a>(&'a self, field: &str, stored: &'a str) -> &'a str {
        self.fields.get(field).map_or(stored, String::as_str)
    }

    fn picked(&self, field: &str, id: &AccountId) -> bool {
        self.typed(field) == id.to_string()
    }

    /// Whether one of these fields was refused: the form stands open.
    fn open(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| self.wrong.contains_key(field))
    }
}

/// The page.
pub(super) async fn page(by: By<Staffed>, Path(unit): Path<String>) -> Result<Response, PageError> {
    show(&by, &unit, Again::default()).await
}

/// The page after an act.
pub(super) async fn show(visit: &Visit, code: &str, again: Again) -> Result<Response, PageError> {
    if again.said.done.is_some() {
        waits::forget(&visit.internal);
    }
    let unit = scope::unit(visit, code)?;
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let (people, county) = (&internal.people, &internal.county);
    let loaded = internal.pack.current();
    // The week is shown from its Monday on, with what changed it then.
    let book = people.duty_book(&loaded.pack, now - TimeDelta::days(7)).await?;
    let changes = people.roster_changes(county, code, now).await?;
    let patterns = people.roster_patterns(county, code).await?;
    let hours = people.unit_hours(county, code).await?;
    let contacts = people.unit_contacts(county, code).await?.ok_or(PageError::NotFound)?;
    let say = Saying {
        pack: &loaded.pack,
        people: &book.people,
        lang,
        now,
    };
    let (keeps, me) = (scope::keeps(&visit.actor, code), visit.me());
    let watch = book.watch(&loaded.pack);
    let holes = watch.holes(code, now, now + AHEAD);
    let phone = contacts.duty_phone.clone();
    let frame = visit.frame("/duty").titled(&unit.name);
    let moment = |at| words::moment(lang, at, now);
    let page = DutyPage {
        paper: Paper::new(
            &frame,
            loaded.pack.county_name(lang.pack()),
            &unit.name,
            visit.t("duty.title"),
            &moment(now),
        ),
        holes: holes.iter().map(|hole| say.hole(hole, code)).collect(),
        unreadable: unreadable(&book, code, lang),
        unverified: watch
            .without_phone(code, now)
            .iter()
            .map(|person| say.person(person))
            .collect(),
        unverified_mail: watch
            .with_unverified_mail(code, now)
            .iter()
            .map(|person| say.person(person))
            .collect(),
        days: sheet::days(&watch, code, say),
        changes: changes.iter().map(|change| line(change, (keeps, me), say)).collect(),
        patterns: patterns
            .into_iter()
            .map(|pattern| PatternLine {
                id: pattern.id,
                text: lang.fill(
                    "duty.pattern.from",
                    &[
                        ("day", &sheet::name(lang, pattern.from_day)),
                        ("n", &pattern.weeks.len().to_string()),
                    ],
                ),
                by: lang.fill(
                    "duty.written",
                    &[("by", &pattern.made_by), ("at", &moment(pattern.made_at))],
                ),
            })
            .collect(),
        hours: match hours {
            Some(hours) => Hours {
                by: Some(lang.fill("duty.written", &[("by", &hours.set_by), ("at", &moment(hours.set_at))])),
                working: hours.working_days,
                off: hours.days_off,
            },
            None => default_hours(&loaded.pack, &unit),
        },
        phone: phone.as_deref().map(Phone::of),
        duty_phone: phone.unwrap_or_default(),
        colleagues: scope::colleagues(visit, code).await?,
        seats: Seat::ALL
            .iter()
            .map(|seat| (seat.as_str(), seat_name(lang, *seat)))
            .collect(),
        keeps,
        belongs: scope::is_of(&visit.actor, code),
        holds: visit.actor.units(&Role::HOLDERS).contains(&code),
        unit: unit.code,
        name: unit.name,
        fields: again.fields,
        wrong: again.wrong,
        said: again.said,
        frame,
    };
    Ok(render(again.status, &page))
}

/// What of the unit's rows this version can't read: the page says so rather than showing half a roster as a whole one.
fn unreadable(book: &DutyBook, code: &str, lang: Lang) -> Option<String> {
    let count = book
        .unreadable
        .iter()
        .filter(|row| row.unit == code || row.unit.is_empty())
        .count();
    (count > 0).then(|| lang.fill("duty.unreadable", &[("n", &count.to_string())]))
}

pub(super) fn default_hours_text(pack: &Pack, unit: &Unit) -> (String, String) {
    pack.duty_hours().hours(unit).written()
}

fn default_hours(pack: &Pack, unit: &Unit) -> Hours {
    let (working, off) = default_hours_text(pack, unit);
    Hours { working, off, by: None }
}

fn line(change: &RosterChange, (keeps, me): (bool, AccountId), say: Saying<'_>) -> ChangeLine {
    let lang = say.lang;
    let window = |from, to| say.window(casework::roster::Window { from, to });
    let when = window(change.starts_at, change.ends_at);
    let name = change.name.clone().unwrap_or_else(|| lang.t("duty.nobody").to_owned());
    let other = change.other_name.clone();
    let mut acts = Vec::new();
    let text = match change.kind {
        RosterChangeKind::Exception => {
            let seat = change.seat.map_or("", |seat| seat_name(lang, seat.0));
            lang.fill(
                "duty.change.exception",
                &[("when", &when), ("seat", seat), ("name", &name)],
            )
        }
        RosterChangeKind::Absence => match &other {
            Some(other) => lang.fill(
                "duty.change.absence_with",
                &[("when", &when), ("name", &name), ("other", other)],
            ),
            None => lang.fill("duty.change.absence", &[("when", &when), ("name", &name)]),
        },
        RosterChangeKind::Swap => {
            let key = if change.takes_from.is_some() {
                "duty.change.swap_for"
            } else {
                "duty.change.swap"
            };
            let takes = change
                .takes_from
                .zip(change.takes_to)
                .map(|(from, to)| window(from, to));
            let state = change.decision.map_or("asked", |decision| decision.0.as_str());
            lang.fill(
                key,
                &[
                    ("when", &when),
                    ("name", &name),
                    ("other", other.as_deref().unwrap_or_default()),
                    ("takes", takes.as_deref().unwrap_or_default()),
                    ("state", lang.t(&format!("duty.swap.{state}"))),
                ],
            )
        }
    };
    let is_swap = change.kind == RosterChangeKind::Swap;
    if is_swap && change.decision.is_none() {
        if change.other_id == Some(me) {
            acts.extend([("accept", "duty.swap.accept"), ("decline", "duty.swap.decline")]);
        }
        if change.account_id == Some(me) {
            acts.push(("withdraw", "duty.swap.withdraw"));
        }
    }
    let agreed = change
        .decision
        .is_none_or(|decision| decision.0 == SwapDecision::Accepted);
    let own = change.kind == RosterChangeKind::Absence && change.account_id == Some(me);
    if (keeps && agreed) || own {
        acts.push(("end", "duty.change.end"));
    }
    ChangeLine {
        id: change.id,
        text,
        by: lang.fill(
            "duty.written",
            &[
                ("by", &change.made_by),
                ("at", &words::moment(lang, change.made_at, say.now)),
            ],
        ),
        acts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::internal::{duty::sheet::Part, testing};

    #[test]
    fn pages_of_a_roster() {
        let frame = testing::frame(&[("ca", Role::Leader)], Lang::Zh, "/duty");
        let part = |time: &str, duty: &str, hole| Part {
            time: time.into(),
            duty: duty.into(),
            hole,
            deputy: "无人".into(),
            leader: "王芳".into(),
        };
        let mut page = DutyPage {
            paper: Paper::new(&frame, "太和县", "县民政局", "值班表", "11月24日 16:05"),
            unit: "ca".into(),
            name: "县民政局".into(),
            holes: vec!["11月24日 18:00 至 11月25日 08:00：没有排班，转办公室值班 张伟".into()],
            unreadable: None,
            unverified: vec!["李娜".into()],
            unverified_mail: vec!["王芳".into()],
            days: vec![Day {
                name: "11月24日 周二".into(),
                mark: None,
                today: true,
                parts: vec![
                    part("00:00–18:00", "李娜（换班）", false),
                    part("18:00–24:00", "没有排班", true),
                ],
            }],
            changes: vec![ChangeLine {
                id: RosterChangeId(3),
                text: "换班：11月24日 08:00 至 18:00的班，王芳请李娜来值（等待对方同意）".into(),
                by: "王芳，11月24日 16:05".into(),
                acts: vec![("withdraw", "duty.swap.withdraw"), ("end", "duty.change.end")],
            }],
            patterns: vec![PatternLine {
                id: RosterPatternId(5),
                text: Lang::Zh.fill("duty.pattern.from", &[("day", "11月24日 周二"), ("n", "1")]),
                by: "王芳，11月24日 16:05".into(),
            }],
            hours: Hours {
                working: "08:00-12:00 14:30-17:30".into(),
                off: String::new(),
                by: None,
            },
            phone: Some(Phone::of("0558-8612345")),
            duty_phone: "0558-8612345".into(),
            colleagues: vec![Colleague {
                id: AccountId(9),
                login: "lina".into(),
                name: "李娜".into(),
            }],
            seats: Seat::ALL
                .iter()
                .map(|seat| (seat.as_str(), seat_name(Lang::Zh, *seat)))
                .collect(),
            keeps: true,
            belongs: true,
            holds: true,
            fields: Fields::new(),
            wrong: Wrong::new(),
            said: Said::default(),
            frame,
        };
        testing::page("duty-unit", &page);
        page.wrong = Wrong::from([("s_to", "duty.wrong.order")]);
        page.fields = Fields::from([
            ("s_to".to_owned(), "2026-11-24T08:00".to_owned()),
            ("s_other".to_owned(), "9".to_owned()),
        ]);
        page.said.error = Some(Lang::Zh.t("duty.not_saved").to_owned());
        testing::page("duty-unit-refused", &page);
    }
}
