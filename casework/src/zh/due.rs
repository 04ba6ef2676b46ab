//! The derivation of a due date in Chinese sentences.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc, Weekday};

use super::times;
use crate::calendar::{Calendar, DayKind, Limit, shanghai};
use crate::words::TicketClock;

/// Days named one by one in a derivation; a longer list is summed up, since a page must stay readable.
const NAMED_DAYS: usize = 60;

/// Notes a day for the derivation, within reason: limits of decades must not collect every weekend.
pub(crate) fn remember(days: &mut Vec<NaiveDate>, day: NaiveDate) {
    if days.len() <= NAMED_DAYS {
        days.push(day);
    }
}

/// A limit that ends where the calendar does.
pub(crate) fn too_far(limit: Limit, last_year: i32) -> String {
    format!("{}期限超出可计算范围，以{last_year}年末为限。", limit.zh())
}

pub(crate) fn clock(limit: Limit, from: DateTime<Utc>, at: DateTime<Utc>) -> Vec<String> {
    vec![
        format!("自{}起计{}，按自然时间连续计算。", moment(from), limit.zh()),
        format!("截止时间为{}。", moment(at)),
    ]
}

pub(crate) fn counted(limit: Limit, from: DateTime<Utc>, last: NaiveDate) -> String {
    format!(
        "自{}起计{}，起始当日不计入，最后一日为{}。",
        moment(from),
        limit.zh(),
        date(last)
    )
}

pub(crate) fn months(limit: Limit, from: DateTime<Utc>, last: NaiveDate) -> String {
    let started = from.with_timezone(&shanghai()).day();
    let clamped = if last.day() == started {
        ""
    } else {
        "（该月无对应日，取月末）"
    };
    format!("自{}起计{}，至{}{clamped}。", moment(from), limit.zh(), date(last))
}

pub(crate) fn rolled(calendar: &Calendar, day: NaiveDate, last: NaiveDate) -> String {
    let why = match calendar.kind(day) {
        DayKind::Holiday => format!("{}放假", calendar.holiday_name(day).unwrap_or("节日")),
        _ => "周末".into(),
    };
    let made_up = if calendar.kind(last) == DayKind::MadeUp {
        "（调休上班日）"
    } else {
        ""
    };
    format!("{}为{why}，顺延至其后首个工作日{}{made_up}。", date(day), date(last))
}

pub(crate) fn skipped(calendar: &Calendar, days: &[NaiveDate]) -> Option<String> {
    if days.is_empty() {
        return None;
    }
    let (weekends, holidays): (Vec<_>, Vec<_>) = days
        .iter()
        .copied()
        .partition(|day| calendar.kind(*day) == DayKind::Weekend);
    let mut parts = Vec::new();
    if !weekends.is_empty() {
        parts.push(format!("周末{}", spans(&weekends)));
    }
    if !holidays.is_empty() {
        parts.push(format!("放假日{}", spans(&holidays)));
    }
    let more = if days.len() > NAMED_DAYS { "等" } else { "" };
    Some(format!("其间{}{more}不计入。", parts.join("；")))
}

pub(crate) fn made_up(days: &[NaiveDate]) -> Option<String> {
    (!days.is_empty()).then(|| format!("调休上班日{}计入。", spans(days)))
}

pub(crate) fn end(last: NaiveDate) -> String {
    format!("截止时间为{}{}。", date(last), times::MIDNIGHT)
}

pub(crate) fn provisional(published_through: NaiveDate) -> String {
    format!(
        "{}之后的放假调休安排尚未公布，暂按周末和固定节日推算。",
        times::day(published_through)
    )
}

/// A due that a new calendar moved to before the moment from which it holds.
pub(crate) fn before_it_held(due: DateTime<Utc>, from: DateTime<Utc>) -> String {
    format!(
        "按新公布的放假安排截止时间为{}，早于新安排启用的时间；此前不计逾期，自{}起算。",
        moment(due),
        moment(from)
    )
}

/// A due that no return puts off beyond that of the case's first ticket.
pub(crate) fn no_later(own: DateTime<Utc>, first: DateTime<Utc>, dispatched_at: DateTime<Utc>) -> String {
    let passed = if first < dispatched_at {
        "；该时限已过，派单时即到期"
    } else {
        ""
    };
    format!(
        "按本单位派单时间推算为{}；退单不重新计算个案的时限，以首次派单的办结时限{}为限{passed}。",
        moment(own),
        moment(first)
    )
}

/// A due that the office put off.
pub fn put_off(was: DateTime<Utc>, due: DateTime<Utc>) -> String {
    format!("经县未保办同意延期：原定{}，延至{}。", until(was), until(due))
}

/// A due that a calendar moved, in a line of a mail: `TH-… 办结：原定…，现为…`.
pub fn moved(receipt: &str, clock: TicketClock, was: DateTime<Utc>, due: DateTime<Utc>) -> String {
    format!("{receipt} {}：原定{}，现为{}", clock.zh(), until(was), until(due))
}

/// More dues moved than a mail lists.
pub fn moved_more(count: i64) -> String {
    format!("另有{count}个时限变动，见各工单")
}

/// The end of a day as such, another moment as it is.
fn until(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&shanghai());
    match local.date_naive().pred_opt() {
        Some(last) if local.time() == chrono::NaiveTime::MIN => format!("{}{}", times::day(last), times::MIDNIGHT),
        _ => moment(at),
    }
}

/// `五`
pub(crate) const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "一",
        Weekday::Tue => "二",
        Weekday::Wed => "三",
        Weekday::Thu => "四",
        Weekday::Fri => "五",
        Weekday::Sat => "六",
        Weekday::Sun => "日",
    }
}

/// `2026年10月9日（星期五）`.
pub fn date(day: NaiveDate) -> String {
    format!("{}（星期{}）", times::day(day), weekday(day.weekday()))
}

/// `2026年10月9日(星期五)10:05`, seconds only when there are some.
fn moment(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&shanghai());
    let seconds = if local.second() == 0 {
        String::new()
    } else {
        format!(":{:02}", local.second())
    };
    format!(
        "{}{:02}:{:02}{seconds}",
        date(local.date_naive()),
        local.hour(),
        local.minute()
    )
}

/// `10月1日至7日、10月11日`: neighbours are joined.
fn spans(days: &[NaiveDate]) -> String {
    let mut parts: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for &day in days {
        match parts.last_mut() {
            Some((_, end)) if end.succ_opt() == Some(day) => *end = day,
            _ => parts.push((day, day)),
        }
    }
    parts
        .iter()
        .map(|(first, last)| {
            let start = times::month_day(*first);
            if first == last {
                start
            } else if first.month() == last.month() {
                format!("{start}至{}日", last.day())
            } else {
                format!("{start}至{}", times::month_day(*last))
            }
        })
        .collect::<Vec<_>>()
        .join("、")
}
