//! Who is on duty, and where nobody is, as people read it.

use chrono::{DateTime, Timelike, Utc};

use crate::calendar::shanghai;
use crate::pack::Pack;
use crate::roster::{Answer, Handover, Hole, People, PersonId, Reached, Vacancy, Why, Window};
use crate::words::{Lang, Seat};
use crate::zh::times;

/// Where nothing is wrong.
pub const NO_HOLE: &str = "没有空班";
/// Who nobody is called.
const LAST_RESORT: &str = "兜底电话";

impl Why {
    /// What the UI shows.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Pattern => "按周排班",
            Self::Exception => "单次调整",
            Self::Swap => "换班",
            Self::Delegation => "代班",
            Self::Standing => "单位负责人",
            Self::Assigned => "承办人",
        }
    }
}

/// Names for the people and units of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Names<'n> {
    /// Of units.
    pub pack: &'n Pack,
    /// Of people.
    pub people: &'n People,
}

impl Names<'_> {
    /// `值班：李某（按周排班）`, `值班：没有排班，转办公室值班张某`
    pub fn seat(&self, seat: Seat, answer: &Answer) -> String {
        let reached = self.reached(&answer.reached, answer.fell.is_empty());
        match answer.fell.first() {
            None => format!("{}：{reached}", seat.zh()),
            Some(fall) => format!("{}：{}，转{reached}", seat.zh(), self.vacancy(&fall.vacancy)),
        }
    }

    /// `空班 2026年2月17日 08:00 至 2026年2月18日 08:00：没有排班，转兜底电话`
    pub fn hole(&self, hole: &Hole) -> String {
        format!("空班 {}", self.hole_line(hole))
    }

    /// The same where a label says that it is a hole.
    pub fn hole_line(&self, hole: &Hole) -> String {
        let (vacancy, falls_to) = (self.vacancy(&hole.vacancy), self.reached(&hole.falls_to, false));
        format!("{}：{vacancy}，转{falls_to}", window(hole.during))
    }

    /// `王某（县民政局）`
    pub fn person_of(&self, person: &PersonId, unit: &str) -> String {
        format!("{}（{}）", self.person(person), self.unit(unit))
    }

    /// `交班 2026年2月17日 08:00：李某 → 王某`
    pub fn handover(&self, change: &Handover) -> String {
        let (from, to) = (self.short(&change.from), self.short(&change.to));
        format!("交班 {}：{from} → {to}", moment(change.at))
    }

    fn reached(&self, reached: &Reached, own: bool) -> String {
        match reached {
            Reached::Person { person, why, .. } if own => format!("{}（{}）", self.person(person), why.zh()),
            Reached::Person { person, unit, seat, .. } => {
                format!("{}{}{}", self.unit(unit), seat.zh(), self.person(person))
            }
            Reached::LastResort => LAST_RESORT.to_owned(),
        }
    }

    fn short(&self, reached: &Reached) -> String {
        match reached {
            Reached::Person { person, .. } => self.person(person).to_owned(),
            Reached::LastResort => LAST_RESORT.to_owned(),
        }
    }

    /// Why a seat reaches nobody.
    fn vacancy(&self, vacancy: &Vacancy) -> String {
        match vacancy {
            Vacancy::NoShift => "没有排班".to_owned(),
            Vacancy::Emptied => "单次调整为无人".to_owned(),
            Vacancy::Away(person) => format!("{}不在岗，无人代班", self.person(person)),
            Vacancy::Gone(person) => format!("{}的账号已停用", self.person(person)),
            Vacancy::NoPhone(person) => format!("{}此时没有能接通的已验证电话", self.person(person)),
        }
    }

    /// The name of a person.
    pub fn person<'a>(&'a self, person: &'a PersonId) -> &'a str {
        let known = self.people.get(person).map(|person| person.name.as_str());
        known.filter(|name| !name.is_empty()).unwrap_or(&person.0)
    }

    /// The name of a unit.
    pub fn unit<'a>(&'a self, code: &'a str) -> &'a str {
        self.pack.units().get(code).map_or(code, |unit| &unit.name)
    }
}

/// `太和县公安局（pol）`
pub fn unit(pack: &Pack, code: &str) -> String {
    let kind = |kind: &str| pack.vocabulary().unit_kinds.label(kind, Lang::Zh).to_owned();
    match pack.units().get(code) {
        Some(unit) => format!("{}（{code}，{}）", unit.name, kind(&unit.kind)),
        None => code.to_owned(),
    }
}

/// `2026年2月17日 08:00 至 2026年2月18日 08:00`
pub fn window(during: Window) -> String {
    format!("{} 至 {}", moment(during.from), moment(during.to))
}

/// `县民政局：…`: of which unit a line is.
pub fn of_unit(unit: &str, line: &str) -> String {
    format!("{unit}：{line}")
}

/// Lines, with the last one saying how many are not shown.
pub fn cut(mut lines: Vec<String>, most: usize) -> Vec<String> {
    let more = lines.len().saturating_sub(most);
    if more > 0 {
        lines.truncate(most);
        lines.push(format!("另有{more}处，见值班表"));
    }
    lines
}

/// `2处，最近 …`
pub fn nearest(count: usize, line: &str) -> String {
    if count == 1 {
        return line.to_owned();
    }
    format!("{count}处，最近 {line}")
}

/// `2026年2月17日 08:00`
pub fn moment(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&shanghai());
    format!(
        "{} {:02}:{:02}",
        times::day(local.date_naive()),
        local.hour(),
        local.minute()
    )
}
