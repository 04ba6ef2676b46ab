//! The rules read straight from `default-*.csv`, slowly and simply, without DMN, packs or `casework` at all
//! beyond the input types. What this says is right; `casework` must say the same.
//!
//! What is unknown of a child is tried out: every age with every sex and both answers about staying behind, one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use casework::report::{ChildFacts, Facts};
use casework::words::Sex;
use chrono::{DateTime, Datelike, Duration, FixedOffset, Months, NaiveDate, Utc, Weekday};

use crate::taihe::{FILES_OF_TAIHE, csv};

type Row = Vec<String>;
type Table = Vec<Row>;
/// What one unit kind is asked, with the rows that ask it.
type Ask<'t> = (String, Vec<&'t Row>);

static URGENCY: LazyLock<Table> = LazyLock::new(|| csv(include_str!("../data/default-urgency.csv")));
static OBLIGATIONS: LazyLock<Table> = LazyLock::new(|| csv(include_str!("../data/default-obligations.csv")));
static DEADLINES: LazyLock<Table> = LazyLock::new(|| csv(include_str!("../data/default-deadlines.csv")));
static ESCALATION: LazyLock<Table> = LazyLock::new(|| csv(include_str!("../data/default-escalation.csv")));
static RANKING: LazyLock<Table> = LazyLock::new(|| csv(include_str!("../data/default-ranking.csv")));
static HOLIDAYS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    csv(&FILES_OF_TAIHE["holidays.csv"])
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect()
});
static AREAS: LazyLock<Table> = LazyLock::new(|| csv(&FILES_OF_TAIHE["areas.csv"]));
static RECUSAL: LazyLock<Table> = LazyLock::new(|| csv(&FILES_OF_TAIHE["recusal.csv"]));
static SITUATIONS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    csv(&FILES_OF_TAIHE["situations.csv"])
        .into_iter()
        .map(|row| row[0].clone())
        .collect()
});

const STATUTORY: &str = "genital-injury sexual-under-14 sexual-14-plus sexual-other abuse-injury abnormal-harm \
                         abandoned missing-trafficked forced-begging other-serious";

/// A ticket as the CSV files have it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) obligation: String,
    pub(crate) unit: String,
    pub(crate) unit_kind: String,
    pub(crate) lead: bool,
    pub(crate) evidence: Option<String>,
    pub(crate) basis: BTreeSet<(String, String)>,
    /// Facts of which some value, all else being equal, takes the ticket away.
    pub(crate) unknowns: BTreeSet<&'static str>,
    pub(crate) stages: Vec<Stage>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) limit: String,
    pub(crate) start: String,
    pub(crate) basis: String,
    pub(crate) grade: String,
    pub(crate) due: Option<(DateTime<Utc>, bool)>,
    /// level, to, action, at
    pub(crate) steps: Vec<(u8, String, String, DateTime<Utc>)>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) urgency: String,
    pub(crate) tickets: Vec<Ticket>,
    pub(crate) unsent: BTreeSet<(String, String)>,
    pub(crate) rows: BTreeSet<(&'static str, usize)>,
}

fn among(list: &str, situation: &str) -> bool {
    list.split_whitespace().any(|word| {
        word == "*"
            || word == situation
            || (word == "STATUTORY" && STATUTORY.split_whitespace().any(|s| s == situation))
    })
}

fn fact(facts: &Facts, child: &ChildFacts, name: &str) -> String {
    match name {
        "present_danger" => facts.present_danger.to_string(),
        "place" => facts.place.to_string(),
        "suspect" => facts.suspect.to_string(),
        "sex" => child.sex.to_string(),
        "age" => child.age.unwrap().to_string(),
        "left_behind" => child.left_behind.unwrap().to_string(),
        "guardian_absent" => facts.guardian_absent.to_string(),
        "adult_co_offender" => facts.adult_co_offender.to_string(),
        "repeat" => facts.repeat.to_string(),
        other => panic!("a condition on {other}"),
    }
}

fn holds(conditions: &str, facts: &Facts, child: &ChildFacts) -> bool {
    conditions.split_whitespace().all(|test| {
        let value = |name| fact(facts, child, name);
        let number = |name, bound: &str| (value(name).parse::<i64>().unwrap(), bound.parse::<i64>().unwrap());
        if let Some((name, bound)) = test.split_once(">=") {
            let (value, bound) = number(name, bound);
            value >= bound
        } else if let Some((name, other)) = test.split_once("!=") {
            value(name) != other
        } else if let Some((name, bound)) = test.split_once('<') {
            let (value, bound) = number(name, bound);
            value < bound
        } else {
            let (name, wanted) = test.split_once('=').unwrap();
            value(name) == wanted
        }
    })
}

/// The unit of a kind for an area among `units` (rows of units.csv).
pub(crate) fn unit(units: &[Vec<String>], kind: &str, area: Option<&str>, suspect: &str) -> Option<String> {
    let row = |code: &str| AREAS.iter().find(|row| row[0] == code);
    let township = |code: &str| {
        let same = |row: &&Row| row[2] == "township" && row[0][..9] == code[..9];
        AREAS.iter().find(same)
    };
    let mut here = match area.map(|code| row(code).or_else(|| township(code))) {
        Some(Some(row)) if row[2] != "province" && row[2] != "prefecture" => row[0].clone(),
        _ => "341222000000".to_owned(),
    };
    loop {
        let area = row(&here)?;
        let skipped = RECUSAL.iter().any(|recusal| {
            recusal[0] == suspect
                && (recusal[1] == "*" || recusal[1] == kind)
                && recusal[2].split_whitespace().any(|level| level == area[2])
        });
        let found = units
            .iter()
            .filter(|unit| unit[1] == kind && unit[3] == here)
            .map(|unit| &unit[0])
            .min();
        if let (false, Some(found)) = (skipped, found) {
            return Some(found.clone());
        }
        here.clone_from(&area[3]);
    }
}

fn works(day: NaiveDate) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    if day.year() > 2026 {
        let fixed = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)];
        return !weekend && !fixed.contains(&(day.month(), day.day()));
    }
    match HOLIDAYS.get(&day.to_string()).map(String::as_str) {
        Some("off") => false,
        Some(_) => true,
        None => !weekend,
    }
}

/// The due of a limit such as `3sd`, and whether it read a day after 2026.
pub(crate) fn due(limit: &str, from: DateTime<Utc>) -> (DateTime<Utc>, bool) {
    let unit = limit.trim_start_matches(|c: char| c.is_ascii_digit());
    let count: i64 = limit[..limit.len() - unit.len()].parse().unwrap();
    let shanghai = FixedOffset::east_opt(8 * 3600).unwrap();
    let start = from.with_timezone(&shanghai).date_naive();
    let mut unpublished = false;
    let mut read = |day: NaiveDate| {
        unpublished |= day.year() > 2026;
        works(day)
    };
    let last = match unit {
        "min" => return (from + Duration::minutes(count), false),
        "h" => return (from + Duration::hours(count), false),
        "wd" => {
            let (mut day, mut worked) = (start, 0);
            while worked < count {
                day += Duration::days(1);
                if read(day) {
                    worked += 1;
                }
            }
            day
        }
        _ => {
            let mut day = match unit {
                "sd" => start + Duration::days(count),
                _ => start + Months::new(u32::try_from(count).unwrap()),
            };
            while !read(day) {
                day += Duration::days(1);
            }
            day
        }
    };
    let midnight = (last + Duration::days(1)).and_hms_opt(0, 0, 0).unwrap();
    (midnight.and_local_timezone(shanghai).unwrap().to_utc(), unpublished)
}

fn rank(obligation: &str, kind: &str) -> usize {
    RANKING
        .iter()
        .position(|row| row[1] == obligation && row[2] == kind)
        .unwrap()
}

fn stages(obligation: &str, unit_kind_of_unit: &str, urgency: &str, from: DateTime<Utc>) -> Vec<Stage> {
    let mut index = DEADLINES
        .iter()
        .position(|row| row[0] == obligation && row[1] == urgency)
        .unwrap();
    let row = &DEADLINES[index];
    while DEADLINES[index][7] == "as above" {
        index -= 1;
    }
    let resolve_basis = &DEADLINES[index][7];
    let grades: Vec<&str> = row[6].split(' ').collect();
    ["sign", "contact", "resolve"]
        .into_iter()
        .enumerate()
        .filter(|(index, _)| !row[2 + index].is_empty())
        .map(|(index, stage)| {
            let limit = row[2 + index].clone();
            let start = if stage == "resolve" {
                row[5].clone()
            } else {
                "dispatch".to_owned()
            };
            let due = (start == "dispatch").then(|| due(&limit, from));
            Stage {
                name: stage,
                limit,
                start,
                basis: if stage == "resolve" {
                    resolve_basis.clone()
                } else {
                    "county policy".to_owned()
                },
                grade: grades[index].to_owned(),
                due,
                steps: due.map_or_else(Vec::new, |(due, _)| steps(unit_kind_of_unit, from, due)),
            }
        })
        .collect()
}

fn steps(kind: &str, from: DateTime<Utc>, due: DateTime<Utc>) -> Vec<(u8, String, String, DateTime<Utc>)> {
    ESCALATION
        .iter()
        .map(|row| {
            let span = (due - from).num_microseconds().unwrap();
            let minimum: i64 = row[4].strip_suffix("min").unwrap().parse().unwrap();
            let share = Duration::microseconds(span * row[3].parse::<i64>().unwrap() / 100);
            let delay = share.max(Duration::minutes(minimum));
            let level: u8 = row[0].parse().unwrap();
            let at = if row[2] == "start" { from } else { due } + delay;
            if level >= 3 && ["court", "procuratorate"].contains(&kind) {
                return (level, "unit-leader".to_owned(), "advisory-letter".to_owned(), at);
            }
            (level, row[1].clone(), row[5].clone(), at)
        })
        .collect()
}

/// Every child that a child may be, its facts known.
pub(crate) fn every(child: &ChildFacts) -> Vec<ChildFacts> {
    let ages = child.age.map_or((0..=17).collect(), |age| vec![age]);
    let sexes = match child.sex {
        Sex::Unknown => vec![Sex::Female, Sex::Male],
        sex => vec![sex],
    };
    let flags = child.left_behind.map_or(vec![true, false], |flag| vec![flag]);
    let mut every = Vec::new();
    for age in ages {
        for sex in &sexes {
            for left_behind in &flags {
                every.push(ChildFacts {
                    age: Some(age),
                    sex: *sex,
                    left_behind: Some(*left_behind),
                    ..child.clone()
                });
            }
        }
    }
    every
}

/// (obligation, unit) of each ticket that the rows ask of one child with all its facts known.
fn landed(
    facts: &Facts,
    child: &ChildFacts,
    unit: &BTreeMap<&str, Option<String>>,
) -> BTreeSet<(&'static str, String)> {
    let mut landed = BTreeSet::new();
    for situation in &facts.situations {
        for (_, row) in asking(situation, facts, child) {
            let unit = unit[row[2].as_str()].clone();
            let unit = unit.or_else(|| (row[3] == "lead").then(|| "office".to_owned()));
            landed.extend(unit.map(|unit| (row[0].as_str(), unit)));
        }
    }
    landed
}

/// Every child that each child may be, with the tickets that are asked of it.
type Tried = Vec<Vec<(ChildFacts, BTreeSet<(&'static str, String)>)>>;

fn tried(units: &[Vec<String>], facts: &Facts) -> Tried {
    let found = |row: &'static Row| {
        let area = facts.area.as_deref();
        (row[2].as_str(), unit(units, &row[2], area, facts.suspect.as_str()))
    };
    let unit: BTreeMap<&str, Option<String>> = OBLIGATIONS.iter().map(found).collect();
    let one = |child: ChildFacts| {
        let landed = landed(facts, &child, &unit);
        (child, landed)
    };
    let children = facts.children.iter();
    children
        .map(|child| every(child).into_iter().map(one).collect())
        .collect()
}

/// Rows of the obligations that ask something of one child.
fn asking<'f>(
    situation: &'f str,
    facts: &'f Facts,
    child: &'f ChildFacts,
) -> impl Iterator<Item = (usize, &'static Row)> + 'f {
    OBLIGATIONS
        .iter()
        .enumerate()
        .filter(|(_, row)| row[4] == "report" && among(&row[5], situation) && holds(&row[6], facts, child))
}

/// Which unknown facts a ticket hangs on: none if some child is asked for whatever it is; else each fact that can take
/// it away from a child by its value alone.
fn rests_on(tried: &Tried, facts: &Facts, obligation: &str, unit: &str) -> BTreeSet<&'static str> {
    let statutory = facts.situations.iter().any(|code| among("STATUTORY", code));
    if obligation == "triage" || (obligation == "police-accept" && (statutory || facts.present_danger)) {
        return BTreeSet::new();
    }
    let mut found = BTreeSet::new();
    for every in tried {
        let is_asked = |landed: &BTreeSet<(&str, String)>| landed.iter().any(|at| at.0 == obligation && at.1 == unit);
        let (with, without): (Vec<_>, Vec<_>) = every.iter().partition(|(_, landed)| is_asked(landed));
        if without.is_empty() {
            return BTreeSet::new();
        }
        let pairs = with
            .iter()
            .flat_map(|(one, _)| without.iter().map(move |(other, _)| (one, other)));
        for (one, other) in pairs {
            match (
                one.age == other.age,
                one.sex == other.sex,
                one.left_behind == other.left_behind,
            ) {
                (false, true, true) => found.insert("age"),
                (true, false, true) => found.insert("sex"),
                (true, true, false) => found.insert("left_behind"),
                _ => false,
            };
        }
    }
    found
}

/// What the CSV files say of a report, with these rows of units.csv.
pub(crate) fn decide(units: &[Vec<String>], facts: &Facts, from: DateTime<Utc>) -> Answer {
    let mut rows = BTreeSet::new();
    let mut urgency = "P3".to_owned();
    // (obligation, kind) -> matching rows
    let mut asked: BTreeMap<(String, String), Vec<&Vec<String>>> = BTreeMap::new();
    let mut unknown = false;
    for situation in &facts.situations {
        unknown |= !SITUATIONS.contains(situation);
        for child in &facts.children.iter().flat_map(every).collect::<Vec<_>>() {
            let first = URGENCY
                .iter()
                .position(|row| among(&row[1], situation) && holds(&row[2], facts, child))
                .unwrap();
            rows.insert(("urgency", first + 1));
            urgency = urgency.min(URGENCY[first][0].clone());
            for (index, row) in asking(situation, facts, child) {
                rows.insert(("obligations", index + 1));
                let rows = asked.entry((row[0].clone(), row[2].clone())).or_default();
                if !rows.contains(&row) {
                    rows.push(row);
                }
            }
        }
    }
    if facts.repeat && urgency != "P1" {
        urgency = String::from(if urgency == "P3" { "P2" } else { "P1" });
    }
    let mut unsent = BTreeSet::new();
    let mut placed: BTreeMap<(String, String), Vec<Ask<'_>>> = BTreeMap::new();
    for ((obligation, kind), rows) in asked {
        let lead = rows.iter().any(|row| row[3] == "lead");
        let unit = unit(units, &kind, facts.area.as_deref(), facts.suspect.as_str());
        match unit.or_else(|| lead.then(|| "office".to_owned())) {
            Some(unit) => placed.entry((obligation, unit)).or_default().push((kind, rows)),
            None => {
                unsent.insert((obligation, kind));
            }
        }
    }
    if unknown || placed.is_empty() {
        placed.insert(("triage".into(), "office".into()), vec![("office".into(), Vec::new())]);
    }
    let tried = tried(units, facts);
    let mut tickets: Vec<Ticket> = placed
        .into_iter()
        .map(|((obligation, unit), mut asks)| {
            asks.sort_by_key(|(kind, _)| rank(&obligation, kind));
            let own_kind = units.iter().find(|row| row[0] == unit).unwrap()[1].clone();
            let basis = asks
                .iter()
                .flat_map(|(_, rows)| rows)
                .map(|row| (row[8].clone(), row[9].clone()));
            let mut basis: BTreeSet<_> = basis.collect();
            if obligation == "triage" {
                basis.insert(("county policy".into(), "P".into()));
            }
            Ticket {
                stages: stages(&obligation, &own_kind, &urgency, from),
                evidence: asks[0].1.first().map(|row| row[7].clone()),
                unit_kind: asks[0].0.clone(),
                unknowns: rests_on(&tried, facts, &obligation, &unit),
                obligation,
                unit,
                lead: false,
                basis,
            }
        })
        .collect();
    tickets.sort_by_key(|ticket| (rank(&ticket.obligation, &ticket.unit_kind), ticket.unit.clone()));
    tickets[0].lead = true;
    Answer {
        urgency,
        tickets,
        unsent,
        rows,
    }
}
