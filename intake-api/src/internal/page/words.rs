//! Times, durations and codes in words, the same on every internal page.
//!
//! Times are Shanghai's. A due time at midnight is written as 24:00 of the day before, as people say it; a year is said only
//! when it is not this one. Durations show two units at most: nobody plans by the minute of a deadline three days away.

use casework::calendar::{Limit, shanghai};
use casework::county::{Area, Located, Phrases};
use casework::pack::Pack;
use casework::report::{Facts, StoredFacts, salvage};
use casework::ticket::TicketState;
use casework::words::{Grade, TicketClock, Urgency};
use casework::zh;
use chrono::{DateTime, Datelike, FixedOffset, TimeDelta, Timelike, Utc};
use platform::{
    store::{CallWay, EventCall, Unread},
    text::Lang,
};

const MINUTES_A_DAY: i64 = 24 * 60;

/// What it takes to say something: the county's words, the reader's language, and the moment at which they read.
#[derive(Clone, Copy)]
pub(crate) struct Telling<'a> {
    /// The county's words.
    pub(crate) pack: &'a Pack,
    /// The reader's language.
    pub(crate) lang: Lang,
    /// When.
    pub(crate) now: DateTime<Utc>,
}

/// A sentence with one value filled in; templates can't write slices.
pub(crate) fn fill(lang: Lang, key: &str, name: &str, value: impl std::fmt::Display) -> String {
    lang.fill(key, &[(name, &value.to_string())])
}

/// `11月24日 16:05`.
pub(crate) fn moment(lang: Lang, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let local = at.with_timezone(&shanghai());
    format!("{} {:02}:{:02}", day(lang, local, now), local.hour(), local.minute())
}

/// The call that an act was written down from.
pub(crate) fn called(call: &EventCall, lang: Lang, now: DateTime<Utc>) -> String {
    let way = match call.way {
        CallWay::In => "telephone.said_in",
        CallWay::Out => "telephone.said_out",
    };
    format!("{} {}", lang.t(way), moment(lang, call.at, now))
}

/// A due time: midnight is 24:00 of the day before.
pub(crate) fn due(lang: Lang, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let local = at.with_timezone(&shanghai());
    if local.hour() == 0 && local.minute() == 0 && local.second() == 0 {
        return format!("{} 24:00", day(lang, local - TimeDelta::days(1), now));
    }
    moment(lang, at, now)
}

fn day(lang: Lang, local: DateTime<FixedOffset>, now: DateTime<Utc>) -> String {
    let this_year = local.year() == now.with_timezone(&shanghai()).year();
    match (lang, this_year) {
        (Lang::Zh, true) => zh::times::month_day(local.date_naive()),
        (Lang::Zh, false) => zh::times::day(local.date_naive()),
        (Lang::En, true) => local.format("%-d %b").to_string(),
        (Lang::En, false) => local.format("%-d %b %Y").to_string(),
    }
}

/// `2 小时 15 分`; under a minute `不到 1 分钟`. The sign does not matter.
pub(crate) fn span(lang: Lang, span: TimeDelta) -> String {
    let minutes = span.abs().num_minutes();
    let (days, hours, rest) = (minutes / MINUTES_A_DAY, minutes / 60 % 24, minutes % 60);
    let part = |count: i64, key: &str| {
        let key = if count == 1 {
            format!("words.span.{key}-one")
        } else {
            format!("words.span.{key}")
        };
        lang.fill(&key, &[("n", &count.to_string())])
    };
    let two = |a: String, b: Option<String>| b.map_or_else(|| a.clone(), |b| format!("{a} {b}"));
    match (days, hours, rest) {
        (0, 0, 0) => lang.t("words.span.moment").to_owned(),
        (0, 0, m) => part(m, "minutes"),
        (0, h, m) => two(part(h, "hours"), (m > 0).then(|| part(m, "short"))),
        (d, h, _) => two(part(d, "days"), (h > 0).then(|| part(h, "hours"))),
    }
}

/// How far a stage is from its due time.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Countdown {
    /// `距签收时限还有 20 分钟`, `首次见面核实已超期 3 小时`.
    pub(crate) text: String,
    /// The due time has passed.
    pub(crate) overdue: bool,
    /// Most of the time is used.
    #[serde(skip)]
    pub(crate) soon: bool,
}

impl Countdown {
    /// Of a stage that runs since `start`: amber once three quarters of its time are used, red only when it is over.
    pub(crate) fn since(mut self, start: DateTime<Utc>, due: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        self.soon = !self.overdue && due.is_some_and(|due| due > start && (now - start) * 4 >= (due - start) * 3);
        self
    }

    /// Its style.
    pub(crate) fn class(&self) -> &'static str {
        match (self.overdue, self.soon) {
            (true, _) => "late",
            (_, true) => "soon",
            _ => "",
        }
    }
}

/// The countdown of the next stage of a ticket.
pub(crate) fn countdown(
    lang: Lang,
    stage: Option<TicketClock>,
    due: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Countdown {
    let Some(code) = stage else {
        return Countdown {
            text: lang.t("words.countdown.none").to_owned(),
            overdue: false,
            soon: false,
        };
    };
    let name = self::stage(lang, code);
    let Some(due) = due else {
        return Countdown {
            text: lang.fill("words.countdown.waiting", &[("stage", name)]),
            overdue: false,
            soon: false,
        };
    };
    let overdue = due <= now;
    let key = if overdue {
        "words.countdown.over"
    } else {
        "words.countdown.left"
    };
    Countdown {
        text: lang.fill(key, &[("stage", name), ("span", &span(lang, due - now))]),
        overdue,
        soon: false,
    }
}

/// The same for a page that does not refresh itself: the time of the day, which stays true while the page stays open.
pub(crate) fn fixed(
    lang: Lang,
    stage: Option<TicketClock>,
    due: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Countdown {
    let relative = countdown(lang, stage, due, now);
    let (Some(code), Some(at)) = (stage, due) else {
        return relative;
    };
    let key = if relative.overdue {
        "words.countdown.past"
    } else {
        "words.countdown.by"
    };
    let values = [("stage", self::stage(lang, code)), ("at", &self::due(lang, at, now))];
    Countdown {
        text: lang.fill(key, &values),
        ..relative
    }
}

/// 特急 / 紧急 / 一般
pub(crate) fn urgency(lang: Lang, urgency: Urgency) -> &'static str {
    lang.t(match urgency {
        Urgency::P1 => "words.urgency.p1",
        Urgency::P2 => "words.urgency.p2",
        Urgency::P3 => "words.urgency.p3",
    })
}

/// 签收 / 首次见面核实 / 办结
pub(crate) fn stage(lang: Lang, clock: TicketClock) -> &'static str {
    lang.t(match clock {
        TicketClock::Sign => "words.stage.sign",
        TicketClock::Contact => "words.stage.contact",
        TicketClock::Resolve => "words.stage.resolve",
        TicketClock::Confirm => "words.stage.confirm",
        TicketClock::Approve => "words.stage.approve",
        TicketClock::Motion => "words.stage.motion",
    })
}

/// 已派单 …
pub(crate) fn state(lang: Lang, state: TicketState) -> &'static str {
    lang.t(&format!("words.state.{state}"))
}

/// A row of a list that can't be read: whose it is, so that somebody can look.
pub(crate) fn unread(lang: Lang, row: Unread) -> String {
    let number = row.number();
    match row {
        Unread::Ticket { .. } => lang.fill("words.unread", &[("receipt", &number)]),
        _ => lang.fill("words.unread_row", &[("number", &number)]),
    }
}

/// 主办 / 协办
pub(crate) fn role(lang: Lang, lead: bool) -> &'static str {
    lang.t(if lead { "words.role.lead" } else { "words.role.assist" })
}

/// What an escalation level is called, here and in mails: 到期提醒, 催办, 办公室督办, 领导小组督办; a unit that is written to
/// (court, procuratorate) gets a 提示函 instead of the last two.
pub(crate) fn level(lang: Lang, level: i16, letters: bool) -> &'static str {
    lang.t(match level {
        ..=1 => "notice.what.remind",
        2 => "notice.what.urge",
        _ if letters => "notice.what.advisory-letter",
        3 => "notice.what.supervise",
        _ => "notice.what.supervise-letter",
    })
}

/// Whether a unit is written to instead of supervised.
pub(crate) fn letters(pack: &Pack, unit: &str) -> bool {
    let kind = pack.units().get(unit).map(|unit| unit.kind.as_str());
    kind.and_then(|kind| pack.vocabulary().unit_kinds.get(kind))
        .is_some_and(|kind| kind.letter)
}

/// A basis in words, with the law's title. The grade is for those who edit rules: to others county policy is said so, and law
/// stands as law.
pub(crate) fn basis(lang: Lang, phrases: &Phrases, text: &str, grade: Grade) -> String {
    let said = zh::cited(phrases, text);
    match grade {
        Grade::P if said.is_ascii() => lang.t("desk.county_policy").to_owned(),
        Grade::P if !zh::names_county(&said) => lang.fill("notice.policy", &[("basis", &said)]),
        _ => said,
    }
}

/// `30min` as 30 分钟; a text that is no limit stays as it is.
pub(crate) fn limit(lang: Lang, text: &str) -> String {
    let Ok(limit) = text.parse::<Limit>() else {
        return text.to_owned();
    };
    let key = format!("words.limit.{}", limit.regime.as_str());
    lang.fill(&key, &[("n", &limit.count.to_string())])
}

/// Township and village of an area code, without the county; a code that the list doesn't have is said so.
pub(crate) fn place(lang: Lang, pack: &Pack, area: Option<&str>) -> String {
    let code = area.unwrap_or_default();
    match pack.areas().locate(area) {
        Located::Unknown => lang.t("words.place.unknown").to_owned(),
        Located::Listed(area) => within(pack, area),
        Located::InTownship(township) => {
            let name = within(pack, township);
            lang.fill("words.place.in-township", &[("code", code), ("township", &name)])
        }
        Located::InCounty => lang.fill("words.place.in-county", &[("code", code)]),
        Located::Foreign => lang.fill("words.place.foreign", &[("code", code)]),
    }
}

/// The name of a listed area without the county's own.
fn within(pack: &Pack, area: &Area) -> String {
    let name = pack.areas().path_name(&area.code).unwrap_or_else(|| area.name.clone());
    let county = pack.county_name(casework::words::Lang::Zh);
    match name.strip_prefix(county).map(str::trim) {
        Some(within) if !within.is_empty() => within.to_owned(),
        _ => name,
    }
}

/// A report in one line for lists: place, sex and age of each child, what is reported. Nothing that is sealed, and of an
/// illness never which.
pub(crate) fn brief(lang: Lang, pack: &Pack, stored: &StoredFacts) -> String {
    let (facts, _) = salvage(stored);
    let children = facts.children.iter().map(|child| {
        let age = match child.age {
            None => lang.t("board.fact.age_unknown").to_owned(),
            Some(0) => lang.t("form.age.under_one").to_owned(),
            Some(age) => lang.fill("form.age.years", &[("age", &age.to_string())]),
        };
        format!("{} {age}", lang.t(&format!("words.sex.{}", child.sex.as_str())))
    });
    let children = children.collect::<Vec<_>>().join(lang.t("words.and"));
    let parts = [
        place(lang, pack, facts.area.as_deref()),
        children,
        situations(lang, pack, &facts),
    ];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join(" · ")
}

/// Situations in short names, each once.
pub(crate) fn situations(lang: Lang, pack: &Pack, facts: &Facts) -> String {
    let mut names: Vec<&str> = Vec::new();
    for code in &facts.situations {
        let name = short(lang, pack, code);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(lang.t("words.and"))
}

/// Who acted, as pages say it: what no person did has words of its own.
pub(crate) fn actor(lang: Lang, name: &str) -> String {
    match name {
        "pack load" => lang.t("words.actor.pack").to_owned(),
        "command line" => lang.t("words.actor.command").to_owned(),
        name => name.to_owned(),
    }
}

/// The name of a unit, or its code where the pack has dropped it.
pub(crate) fn unit_name(pack: &Pack, code: &str) -> String {
    pack.units()
        .get(code)
        .map_or_else(|| code.to_owned(), |unit| unit.name.clone())
}

fn short<'a>(lang: Lang, pack: &'a Pack, code: &'a str) -> &'a str {
    // A code that is no word of the county is shown as it came.
    pack.vocabulary().discreet(code, lang.pack()).unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amber_is_most_of_the_time_and_red_is_over() {
        let (start, due) = (at("2026-11-24T08:00:00Z"), at("2026-11-24T09:00:00Z"));
        let class = |now: &str| {
            countdown(Lang::Zh, Some(TicketClock::Sign), Some(due), at(now))
                .since(start, Some(due), at(now))
                .class()
        };
        let said = ["08:44", "08:45", "08:59", "09:00"].map(|time| class(&format!("2026-11-24T{time}:00Z")));
        assert_eq!(said, ["", "soon", "soon", "late"]);
    }

    #[test]
    fn a_basis_has_its_law_by_title_and_policy_never_looks_like_law() {
        let said = |text: &str, grade: Grade| basis(Lang::Zh, &Phrases::default(), text, grade);
        assert_eq!(said("未成年人保护法 11", Grade::V), "《未成年人保护法》第十一条");
        assert!(said("强制报告意见 2 与 4", Grade::V).ends_with("》第二条、第四条"));
        assert_eq!(said("county policy", Grade::P), "本县规定");
        assert_eq!(said("some rule", Grade::P), "本县规定");
        assert_eq!(
            said("未成年人保护法 11", Grade::P),
            "本县规定：《未成年人保护法》第十一条"
        );
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn countdowns_say_what_and_how_long() {
        let now = at("2026-11-24T08:00:00Z");
        let left = countdown(Lang::Zh, Some(TicketClock::Sign), Some(at("2026-11-24T08:20:30Z")), now);
        assert_eq!((left.text.as_str(), left.overdue), ("距签收时限还有 20 分钟", false));
        let over = countdown(
            Lang::Zh,
            Some(TicketClock::Contact),
            Some(at("2026-11-24T05:00:00Z")),
            now,
        );
        assert_eq!((over.text.as_str(), over.overdue), ("首次见面核实已超期 3 小时", true));
        let english = countdown(
            Lang::En,
            Some(TicketClock::Resolve),
            Some(at("2026-11-25T09:00:00Z")),
            now,
        );
        assert_eq!(english.text, "1 day 1 hour left to close");
        let (due, late) = (Some(at("2026-11-24T08:20:30Z")), Some(at("2026-11-24T05:00:00Z")));
        assert_eq!(
            fixed(Lang::Zh, Some(TicketClock::Sign), due, now).text,
            "签收时限：11月24日 16:20"
        );
        let past = fixed(Lang::Zh, Some(TicketClock::Contact), late, now);
        assert_eq!(
            (past.text.as_str(), past.overdue),
            ("首次见面核实已超期（11月24日 13:00到期）", true)
        );
        assert!(
            countdown(Lang::Zh, Some(TicketClock::Resolve), None, now)
                .text
                .contains("尚未起算")
        );
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        let now = at("2026-11-24T08:00:00Z");
        assert_eq!(moment(Lang::Zh, at("2026-11-24T08:05:00Z"), now), "11月24日 16:05");
        assert_eq!(moment(Lang::Zh, at("2027-01-02T16:05:00Z"), now), "2027年1月3日 00:05");
        assert_eq!(due(Lang::Zh, at("2026-10-08T16:00:00Z"), now), "10月8日 24:00");
        assert_eq!(moment(Lang::En, at("2025-11-24T08:05:00Z"), now), "24 Nov 2025 16:05");
        assert_eq!(span(Lang::Zh, TimeDelta::minutes(135)), "2 小时 15 分");
        assert_eq!(span(Lang::Zh, TimeDelta::seconds(20)), "不到 1 分钟");
        assert_eq!(span(Lang::Zh, TimeDelta::hours(50)), "2 天 2 小时");
        assert_eq!(limit(Lang::Zh, "5wd"), "5 个工作日");
    }
}
