//! `GET /calendar`: the days off in force, what waits for its second person, and the form for the next ones.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::Query, response::Response};
use casework::{
    calendar::{Calendar, DayChange, DayKind, shanghai},
    office::days_off::DaysOff,
    pack::Pack,
    zh::date,
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use platform::{
    clock,
    store::{CalendarChange, CalendarChangeId, CalendarMove, Role},
    text::Lang,
};
use serde::Deserialize;

use super::moves::{LISTED, Moves, moves};
use crate::internal::{
    By, Visit,
    again::Again,
    auth::Overseer,
    error::PageError,
    page::{Frame, render, words},
};

/// What was just done.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    done: Option<String>,
}

/// What was pasted, and what was understood of it.
#[derive(Clone, Default)]
pub(super) struct Pasted {
    pub(super) text: String,
    pub(super) problems: Vec<String>,
}

/// A calendar in words: days that change and dues that move.
struct Preview {
    /// All days that its years decide, a line for each holiday.
    holidays: Vec<String>,
    days: Vec<String>,
    unread: Vec<String>,
    count: String,
    settled: Option<String>,
    units: Vec<(String, usize)>,
    moves: Vec<Move>,
    more: Option<String>,
}

/// A due in words.
struct Move {
    receipt: String,
    unit: String,
    clock: &'static str,
    was: String,
    due: String,
}

/// The calendar that waits.
struct Waiting {
    id: CalendarChangeId,
    head: String,
    preview: Option<Preview>,
    /// This person may confirm it; otherwise why not.
    may: bool,
    own: bool,
    stale: bool,
}

#[derive(Template)]
#[template(path = "internal/calendar/page.html")]
struct CalendarPage {
    frame: Frame,
    through: String,
    ends: Option<String>,
    ahead: Vec<String>,
    waiting: Option<Waiting>,
    preview: Option<Preview>,
    history: Vec<(String, Vec<Move>)>,
    office: bool,
    pasted: Pasted,
    done: Option<&'static str>,
    notice: Option<String>,
}

/// `GET /calendar`
pub(super) async fn page(by: By<Overseer>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let done = asked.done.as_deref().and_then(|word| match word {
        "propose" => Some("calendar.done_propose"),
        "confirm" => Some("calendar.done_confirm"),
        "withdraw" => Some("calendar.done_withdraw"),
        _ => None,
    });
    show(&by, Again::default(), None, done).await
}

/// The page, with what was pasted and what was understood of it.
pub(super) async fn show(
    visit: &Visit,
    again: Again<Pasted>,
    understood: Option<DaysOff>,
    done: Option<&'static str>,
) -> Result<Response, PageError> {
    let (internal, lang, now) = (&visit.internal, visit.lang, clock::now());
    let loaded = internal.pack.current();
    let (pack, calendar) = (&*loaded.pack, loaded.pack.calendar());
    let changes = internal.board.calendar_changes(&internal.county).await?;
    let mut waiting = None;
    let mut history = Vec::new();
    for change in &changes {
        if change.confirmed_at.is_none() && change.withdrawn_at.is_none() {
            waiting = Some(wait(visit, change, pack, now).await?);
            continue;
        }
        let moved = if change.confirmed_at.is_some() && history.len() < 3 {
            let found = internal.board.calendar_moves(change.id, LISTED as i64).await?;
            found.iter().map(|of| Move::of(of, pack, lang, now)).collect()
        } else {
            Vec::new()
        };
        history.push((told(change, lang, now), moved));
    }
    let preview = match &understood {
        Some(understood) => {
            let found = moves(internal, &understood.calendar, now).await?;
            let said = (&*understood.changes, &*understood.unread);
            let mut preview = Preview::of(said, &found, pack, (lang, now));
            let of_them = |day: NaiveDate| understood.years.contains(&day.year());
            preview.holidays = holidays(&understood.calendar, of_them, lang);
            Some(preview)
        }
        None => None,
    };
    let page = CalendarPage {
        through: lang.fill("calendar.through", &[("day", &day(calendar.published_through(), lang))]),
        ends: ends(calendar, lang, now),
        ahead: ahead(calendar, lang, now),
        waiting,
        preview,
        history,
        office: visit.actor.is(&[Role::Office]),
        pasted: again.fields,
        done: done.map(|key| lang.t(key)),
        notice: again.said,
        frame: visit.frame("/calendar"),
    };
    Ok(render(again.status, &page))
}

async fn wait(visit: &Visit, change: &CalendarChange, pack: &Pack, now: DateTime<Utc>) -> Result<Waiting, PageError> {
    let (internal, lang) = (&visit.internal, visit.lang);
    let stale = change.base != pack.calendar().version();
    let preview = match change.calendar() {
        Ok(calendar) if !stale => {
            let found = moves(internal, &calendar, now).await?;
            let days = pack.calendar().changes(&calendar);
            let mut preview = Preview::of((&days, &[]), &found, pack, (lang, now));
            preview.holidays = holidays(&calendar, |day| change.years.contains(&day.year()), lang);
            Some(preview)
        }
        _ => None,
    };
    let own = change.proposed_account == Some(visit.me());
    Ok(Waiting {
        id: change.id,
        head: lang.fill(
            "calendar.waits",
            &[
                ("by", &words::actor(lang, &change.proposed_by)),
                ("at", &words::moment(lang, change.proposed_at, now)),
                ("source", lang.t(&format!("calendar.source.{}", change.source))),
                ("years", &years(change)),
            ],
        ),
        may: visit.actor.is(&[Role::Office]) && !own && preview.is_some(),
        preview,
        own,
        stale,
    })
}

fn years(change: &CalendarChange) -> String {
    let years: Vec<String> = change.years.iter().map(ToString::to_string).collect();
    years.join("、")
}

/// What came of a change, in a sentence.
fn told(change: &CalendarChange, lang: Lang, now: DateTime<Utc>) -> String {
    let moment = |at| words::moment(lang, at, now);
    let (key, by, at) = match (change.confirmed_at, change.withdrawn_at, change.done_at) {
        (Some(at), _, Some(_)) => ("calendar.followed", &change.confirmed_by, at),
        (Some(at), _, None) => ("calendar.follows", &change.confirmed_by, at),
        (None, at, _) => (
            "calendar.withdrawn",
            &change.withdrawn_by,
            at.unwrap_or(change.proposed_at),
        ),
    };
    lang.fill(
        key,
        &[
            ("by", by.as_deref().unwrap_or("–")),
            ("at", &moment(at)),
            ("years", &years(change)),
            ("proposed", &words::actor(lang, &change.proposed_by)),
            ("n", &change.moved.to_string()),
        ],
    )
}

impl Preview {
    fn of(
        (changes, unread): (&[DayChange], &[String]),
        found: &Moves,
        pack: &Pack,
        (lang, now): (Lang, DateTime<Utc>),
    ) -> Self {
        let mut units: Vec<(String, usize)> = found
            .units
            .iter()
            .map(|(unit, count)| (words::unit_name(pack, unit), *count))
            .collect();
        units.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let more = found.moved.saturating_sub(found.listed.len());
        Self {
            holidays: Vec::new(),
            days: changes.iter().map(|change| in_words(change, lang)).collect(),
            unread: unread.to_vec(),
            count: if found.stopped {
                lang.fill("calendar.moves_stopped", &[("n", &found.moved.to_string())])
            } else {
                lang.fill("calendar.moves", &[("n", &found.moved.to_string())])
            },
            settled: (found.settled > 0).then(|| lang.fill("calendar.settled", &[("n", &found.settled.to_string())])),
            units,
            moves: found.listed.iter().map(|of| Move::of(of, pack, lang, now)).collect(),
            more: (more > 0).then(|| lang.fill("calendar.more", &[("n", &more.to_string())])),
        }
    }
}

impl Move {
    fn of(of: &CalendarMove, pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Self {
        Self {
            receipt: of.report_id.to_string(),
            unit: words::unit_name(pack, &of.unit),
            clock: words::stage(lang, of.clock),
            was: words::due(lang, of.was, now),
            due: words::due(lang, of.due, now),
        }
    }
}

/// A day that changes: `2027年2月6日（星期六） 春节：周末 → 调休上班`.
fn in_words(change: &DayChange, lang: Lang) -> String {
    let kind = |kind: DayKind| lang.t(kind_key(kind));
    let values = [
        ("day", day(change.day, lang)),
        ("name", change.name.clone()),
        ("was", kind(change.was).to_owned()),
        ("becomes", kind(change.becomes).to_owned()),
    ];
    lang.fill(
        "calendar.day",
        &values.each_ref().map(|(name, value)| (*name, value.as_str())),
    )
}

const fn kind_key(kind: DayKind) -> &'static str {
    match kind {
        DayKind::Weekday => "calendar.kind.weekday",
        DayKind::MadeUp => "calendar.kind.made_up",
        DayKind::Weekend => "calendar.kind.weekend",
        DayKind::Holiday => "calendar.kind.holiday",
    }
}

fn day(day: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::Zh => date(day),
        Lang::En => day.format("%a %e %b %Y").to_string(),
    }
}

/// The days to come that the calendar in force decides.
fn ahead(calendar: &Calendar, lang: Lang, now: DateTime<Utc>) -> Vec<String> {
    let today = now.with_timezone(&shanghai()).date_naive();
    holidays(calendar, |day| day >= today, lang)
}

/// The days that a calendar decides, as far as they are wanted: a line for each holiday of a year.
fn holidays(calendar: &Calendar, wanted: impl Fn(NaiveDate) -> bool, lang: Lang) -> Vec<String> {
    let mut lines: BTreeMap<(NaiveDate, String), (Vec<String>, Vec<String>)> = BTreeMap::new();
    let mut first: BTreeMap<(i32, String), NaiveDate> = BTreeMap::new();
    for named in calendar.named_days().filter(|named| wanted(named.day)) {
        let of = (named.day.year(), named.name.clone());
        let at = *first.entry(of).or_insert(named.day);
        let (off, work) = lines.entry((at, named.name.clone())).or_default();
        let list = if named.off { off } else { work };
        list.push(day(named.day, lang));
    }
    let join = |days: Vec<String>| {
        if days.is_empty() {
            "–".to_owned()
        } else {
            days.join(lang.t("calendar.comma"))
        }
    };
    lines
        .into_iter()
        .map(|((_, name), (off, work))| {
            let (off, work) = (join(off), join(work));
            lang.fill("calendar.ahead", &[("name", &name), ("off", &off), ("work", &work)])
        })
        .collect()
}

/// The published days end soon, or have ended.
fn ends(calendar: &Calendar, lang: Lang, now: DateTime<Utc>) -> Option<String> {
    let left = (calendar.published_through() - now.with_timezone(&shanghai()).date_naive()).num_days();
    match left {
        ..0 => Some(lang.t("calendar.ended").to_owned()),
        0..=60 => Some(lang.fill("calendar.ends", &[("n", &left.to_string())])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use casework::words::TicketClock;
    use platform::store::{CalendarSource, ReportId};

    use super::*;
    use crate::internal::testing;

    fn moved() -> Move {
        Move {
            receipt: ReportId::from_db(7_290_000_000_000).to_string(),
            unit: "旧县镇人民政府".into(),
            clock: words::stage(Lang::Zh, TicketClock::Resolve),
            was: "2027年1月5日 24:00".into(),
            due: "2027年1月8日 24:00".into(),
        }
    }

    fn preview() -> Preview {
        Preview {
            holidays: vec!["春节：放假 2027年2月5日（星期五）；调休上班 2027年1月31日（星期日）".into()],
            days: vec![
                "2027年1月31日（星期日） 春节：周末 → 调休上班".into(),
                "2027年2月5日（星期五） 春节：平日上班 → 放假".into(),
            ],
            unread: vec!["春节：鼓励各单位安排职工在2月4日休息".into()],
            count: Lang::Zh.fill("calendar.moves", &[("n", "1")]),
            settled: Some(Lang::Zh.fill("calendar.settled", &[("n", "12")])),
            units: vec![("旧县镇人民政府".into(), 1)],
            moves: vec![moved()],
            more: None,
        }
    }

    fn page() -> CalendarPage {
        CalendarPage {
            frame: testing::frame(&[("office", Role::Office)], Lang::Zh, "/calendar"),
            through: Lang::Zh.fill("calendar.through", &[("day", "2026年12月31日（星期四）")]),
            ends: Some(Lang::Zh.fill("calendar.ends", &[("n", "34")])),
            ahead: Vec::new(),
            waiting: None,
            preview: None,
            history: Vec::new(),
            office: true,
            pasted: Pasted::default(),
            done: None,
            notice: None,
        }
    }

    #[test]
    fn pages_of_days_off() {
        let text = "国务院办公厅关于2027年部分节假日安排的通知\n一、元旦：…";
        let looked = CalendarPage {
            preview: Some(preview()),
            pasted: Pasted {
                text: text.into(),
                problems: Vec::new(),
            },
            ..page()
        };
        testing::page("calendar-looked", &looked);
        let refused = CalendarPage {
            pasted: Pasted {
                text: text.into(),
                problems: vec!["通知里没有读到端午的安排，可能没有粘贴完整。".into()],
            },
            ..page()
        };
        testing::page("calendar-refused", &refused);
        let waits = CalendarPage {
            waiting: Some(Waiting {
                id: CalendarChangeId(3),
                head: Lang::Zh.fill(
                    "calendar.waits",
                    &[
                        ("by", "陈静"),
                        ("at", "今天 10:05"),
                        (
                            "source",
                            Lang::Zh.t(&format!("calendar.source.{}", CalendarSource::Notice)),
                        ),
                        ("years", "2027"),
                    ],
                ),
                preview: Some(preview()),
                may: true,
                own: false,
                stale: false,
            }),
            history: vec![(
                "王芳 于 今天 09:00 撤回了 2027 年的安排（陈静 提交）。".into(),
                vec![moved()],
            )],
            ..page()
        };
        testing::page("calendar-waits", &waits);
    }
}
