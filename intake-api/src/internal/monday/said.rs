//! The sheet in words, once for page, paper and workbook.

use std::collections::{BTreeMap, BTreeSet};

use casework::{pack::Pack, words::Stage};
use chrono::{NaiveDate, TimeDelta};
use platform::{
    store::{Judged, OverdueLine, Received, ReceivedBy, WhoseDelay},
    text::Lang,
};

use super::{
    kept::{Counted, Figures},
    small::{SMALL, hidden},
    span::Span,
};
use crate::internal::page::words::{self, Telling};

/// What is said of each figure below the sheet, in this order.
const DEFINITIONS: [&str; 12] = [
    "received", "small", "owed", "due", "sign", "contact", "resolve", "took", "units", "overdue", "whose", "lists",
];

/// A figure, and the list that it opens.
pub(super) struct Figure {
    pub(super) text: String,
    pub(super) link: Option<String>,
}

/// What came of one kind.
pub(super) struct Kind {
    pub(super) label: String,
    pub(super) now: Figure,
    pub(super) before: String,
}

/// What came, told apart by something.
pub(super) struct Apart {
    pub(super) title: &'static str,
    pub(super) kinds: Vec<Kind>,
    /// Why it is not told apart, in this span or in the one before.
    pub(super) few: Option<&'static str>,
}

/// A share, or how long it took.
pub(super) struct Cell {
    pub(super) now: Figure,
    /// Counts that it rests on.
    pub(super) rests_on: String,
    /// Of a share: those not kept.
    pub(super) missed: Option<Figure>,
    pub(super) before: String,
}

/// One unit.
pub(super) struct Row {
    pub(super) unit: String,
    /// In the order of [`Said::heads`].
    pub(super) cells: Vec<Cell>,
}

/// One overdue clock.
pub(super) struct Overdue {
    pub(super) unit: String,
    pub(super) what: String,
    pub(super) stage: &'static str,
    pub(super) span: String,
    pub(super) due: String,
    pub(super) level: &'static str,
    pub(super) whose: &'static str,
    pub(super) urgency: &'static str,
    pub(super) link: String,
}

/// The whole sheet.
pub(super) struct Said {
    pub(super) span: String,
    pub(super) before: String,
    pub(super) as_of: String,
    pub(super) received: Kind,
    pub(super) apart: Vec<Apart>,
    pub(super) heads: Vec<&'static str>,
    pub(super) units: Vec<Row>,
    /// Of the units above together: shares only.
    pub(super) total: Option<Row>,
    /// Court and procuratorate.
    pub(super) letters: Vec<Row>,
    pub(super) overdue: Vec<Overdue>,
    pub(super) unread: Vec<String>,
    pub(super) more: Option<String>,
    /// Term and what it means.
    pub(super) definitions: Vec<(&'static str, String)>,
}

impl Said {
    pub(super) fn of(figures: &Figures, span: Span, telling: Telling<'_>) -> Self {
        let Telling { pack, lang, now } = telling;
        let of_letters = |unit: &str| words::letters(pack, unit);
        let units: BTreeSet<&str> = figures
            .now
            .judged
            .iter()
            .chain(&figures.before.judged)
            .map(|j| j.unit.as_str())
            .collect();
        let (letters, ranked): (Vec<&str>, Vec<&str>) = units.into_iter().partition(|unit| of_letters(unit));
        let clocks = Clocks {
            now: by_unit(&figures.now.judged),
            before: by_unit(&figures.before.judged),
            span,
            lang,
        };
        let rows = |units: &[&str]| {
            units
                .iter()
                .map(|unit| clocks.row(unit, words::unit_name(pack, unit)))
                .collect()
        };
        Self {
            span: days(lang, span),
            before: days(lang, span.before()),
            as_of: words::fill(lang, "monday.as_of", "at", words::moment(lang, figures.at, now)),
            received: received(figures, span, lang),
            apart: [
                ReceivedBy::Situation,
                ReceivedBy::Township,
                ReceivedBy::Age,
                ReceivedBy::Reporter,
            ]
            .map(|by| apart(figures, by, span, telling))
            .into(),
            heads: HEADS.map(|head| lang.t(&format!("board.col_{head}"))).into(),
            total: (ranked.len() > 1).then(|| clocks.total(&ranked, lang.t("monday.total").to_owned())),
            units: rows(&ranked),
            letters: rows(&letters),
            overdue: figures.overdue.iter().map(|line| overdue(line, telling)).collect(),
            unread: figures.unread.iter().map(|row| words::unread(lang, *row)).collect(),
            more: figures
                .more
                .then(|| words::fill(lang, "monday.more", "n", figures.overdue.len())),
            definitions: DEFINITIONS
                .map(|term| {
                    let text = words::fill(lang, &format!("monday.means.{term}"), "n", SMALL);
                    (lang.t(&format!("monday.term.{term}")), text)
                })
                .into(),
        }
    }
}

const HEADS: [&str; 6] = [
    "sign_rate",
    "contact_rate",
    "resolve_rate",
    "sign",
    "contact",
    "resolve",
];

/// `2026-11-16 至 2026-11-22`
pub(super) fn days(lang: Lang, span: Span) -> String {
    let day = |day: NaiveDate| day.format("%Y-%m-%d").to_string();
    lang.fill("monday.days", &[("first", &day(span.first)), ("last", &day(span.last))])
}

fn reports(span: Span, more: &[(&str, &str)]) -> String {
    let (from, to) = (span.first.to_string(), span.last.to_string());
    let mut fields = vec![("from", from.as_str()), ("to", to.as_str())];
    fields.extend_from_slice(more);
    list(&fields)
}

/// The list of these filters.
fn list(fields: &[(&str, &str)]) -> String {
    format!("/reports?{}", serde_urlencoded::to_string(fields).unwrap_or_default())
}

fn counts(counted: &Counted, by: ReceivedBy) -> BTreeMap<&str, i64> {
    let of = |line: &&Received| line.by == by;
    counted
        .received
        .iter()
        .filter(of)
        .map(|line| (line.code.as_str(), line.n))
        .collect()
}

fn received(figures: &Figures, span: Span, lang: Lang) -> Kind {
    let all = |counted| counts(counted, ReceivedBy::All).into_values().sum::<i64>();
    Kind {
        label: lang.t("monday.received").to_owned(),
        now: Figure {
            text: all(&figures.now).to_string(),
            link: Some(reports(span, &[])),
        },
        before: all(&figures.before).to_string(),
    }
}

fn apart(figures: &Figures, by: ReceivedBy, span: Span, telling: Telling<'_>) -> Apart {
    let lang = telling.lang;
    let (now, before) = (named(&figures.now, by, telling), named(&figures.before, by, telling));
    let mut keys: Vec<&Named> = now.keys().chain(before.keys()).collect();
    keys.sort();
    keys.dedup();
    let values =
        |of: &BTreeMap<Named, i64>| -> Vec<i64> { keys.iter().map(|key| of.get(key).copied().unwrap_or(0)).collect() };
    let (now, before) = (hidden(&values(&now)), hidden(&values(&before)));
    // A kind of which only a span that is not told apart has any is not named: that it is there would tell.
    let named = |half: &Option<Vec<Option<i64>>>, place: usize| half.as_ref().is_some_and(|all| all[place] != Some(0));
    let text = |shown: Option<&Option<i64>>| match shown {
        Some(Some(count)) => count.to_string(),
        _ => lang.t("monday.hidden").to_owned(),
    };
    let few = match (&now, &before) {
        (None, None) => Some("monday.few"),
        (None, _) => Some("monday.few_now"),
        (_, None) => Some("monday.few_before"),
        _ => None,
    };
    let kinds = keys.iter().enumerate();
    let kinds = kinds.filter(|(place, _)| named(&now, *place) || named(&before, *place));
    let kinds = kinds.map(|(place, key)| {
        let (now, before) = (
            now.as_ref().and_then(|all| all.get(place)),
            before.as_ref().and_then(|all| all.get(place)),
        );
        let opens = matches!(now, Some(Some(count)) if *count > 0);
        Kind {
            label: key.label.clone(),
            now: Figure {
                text: text(now),
                link: key
                    .filter
                    .as_ref()
                    .filter(|_| opens)
                    .map(|(field, value)| reports(span, &[(field, value)])),
            },
            before: text(before),
        }
    });
    Apart {
        title: lang.t(&format!("monday.by.{by}")),
        kinds: kinds.collect(),
        few: few.map(|key| lang.t(key)),
    }
}

/// A kind in words, in the order in which kinds are listed, and the filter of the list that has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    place: usize,
    label: String,
    filter: Option<(&'static str, String)>,
}

/// Kinds in words; those that nobody knows, or that are not of the county, are one.
fn named(counted: &Counted, by: ReceivedBy, Telling { pack, lang, .. }: Telling<'_>) -> BTreeMap<Named, i64> {
    let mut all = BTreeMap::new();
    for (code, count) in counts(counted, by) {
        let known = match by {
            ReceivedBy::Situation => situation(pack, code, lang),
            ReceivedBy::Township => township(pack, code),
            ReceivedBy::Age => AGES
                .iter()
                .position(|age| *age == code)
                .map(|place| (place, lang.t(&format!("monday.age.{code}")).to_owned(), None)),
            ReceivedBy::Reporter => REPORTERS
                .iter()
                .position(|kind| *kind == code)
                .map(|place| (place, lang.t(&format!("monday.reporter.{code}")).to_owned(), None)),
            ReceivedBy::All => None,
        };
        let (place, label, filter) = known.unwrap_or_else(|| (usize::MAX, lang.t("monday.unknown").to_owned(), None));
        *all.entry(Named { place, label, filter }).or_insert(0) += count;
    }
    all
}

const AGES: [&str; 5] = ["0-5", "6-11", "12-13", "14-15", "16-17"];
const REPORTERS: [&str; 8] = [
    "teacher",
    "doctor",
    "child-director",
    "social-worker",
    "police",
    "relative",
    "public",
    "child",
];

type Place = (usize, String, Option<(&'static str, String)>);

fn situation(pack: &Pack, code: &str, lang: Lang) -> Option<Place> {
    let vocabulary = pack.vocabulary();
    let place = vocabulary
        .situations
        .iter()
        .position(|situation| situation.term.code == code)?;
    let label = vocabulary.discreet(code, lang.pack()).unwrap_or(code).to_owned();
    Some((place, label, Some(("situation", code.to_owned()))))
}

fn township(pack: &Pack, code: &str) -> Option<Place> {
    let whole = format!("{code}000");
    let (place, area) = pack
        .areas()
        .townships()
        .enumerate()
        .find(|(_, area)| area.code == whole)?;
    Some((place, area.name.clone(), Some(("area", whole))))
}

fn by_unit(judged: &[Judged]) -> BTreeMap<(&str, &str), &Judged> {
    judged
        .iter()
        .map(|line| ((line.unit.as_str(), line.stage.as_str()), line))
        .collect()
}

/// How clocks were kept, in words.
struct Clocks<'f> {
    now: BTreeMap<(&'f str, &'f str), &'f Judged>,
    before: BTreeMap<(&'f str, &'f str), &'f Judged>,
    span: Span,
    lang: Lang,
}

impl Clocks<'_> {
    fn row(&self, unit: &str, name: String) -> Row {
        let stages = Stage::ALL.iter().map(|stage| {
            let key = (unit, stage.as_str());
            (*stage, self.now.get(&key).copied(), self.before.get(&key).copied())
        });
        let stages: Vec<_> = stages.collect();
        let shares = stages.iter().map(|(stage, now, before)| {
            let counts = |judged: Option<&Judged>| judged.map_or((0, 0), |judged| (judged.kept, judged.judged));
            self.share(Some(unit), *stage, counts(*now), counts(*before))
        });
        let took = stages
            .iter()
            .map(|(stage, now, before)| self.took(unit, *stage, *now, *before));
        Row {
            unit: name,
            cells: shares.chain(took).collect(),
        }
    }

    /// Shares of several units together. How long it took them together is no sum of theirs.
    fn total(&self, units: &[&str], name: String) -> Row {
        let sum = |of: &BTreeMap<(&str, &str), &Judged>, stage: Stage| {
            let lines = units.iter().filter_map(|unit| of.get(&(*unit, stage.as_str())));
            lines.fold((0, 0), |(kept, judged), line| (kept + line.kept, judged + line.judged))
        };
        let shares = Stage::ALL
            .iter()
            .map(|stage| self.share(None, *stage, sum(&self.now, *stage), sum(&self.before, *stage)));
        Row {
            unit: name,
            cells: shares.collect(),
        }
    }

    fn share(&self, unit: Option<&str>, stage: Stage, (kept, judged): (i64, i64), before: (i64, i64)) -> Cell {
        let link = |kept| self.list(unit, stage, kept);
        let text = |(kept, judged): (i64, i64)| match judged {
            0 => self.lang.t("board.no_value").to_owned(),
            _ => percent(kept, judged),
        };
        Cell {
            now: Figure {
                text: text((kept, judged)),
                link: link("").filter(|_| judged > 0),
            },
            rests_on: if judged > 0 {
                format!("{kept}/{judged}")
            } else {
                String::new()
            },
            missed: (judged > kept).then(|| Figure {
                text: words::fill(self.lang, "monday.missed", "n", judged - kept),
                link: link("no"),
            }),
            before: match before {
                (_, 0) => text(before),
                (kept, judged) => format!("{} {kept}/{judged}", text(before)),
            },
        }
    }

    /// The list of a unit's tickets with such clocks. None of several units': it would have the court's as well.
    fn list(&self, unit: Option<&str>, stage: Stage, kept: &str) -> Option<String> {
        let (from, to) = (self.span.first.to_string(), self.span.last.to_string());
        let mut fields = vec![("unit", unit?), ("clock", stage.as_str())];
        if !kept.is_empty() {
            fields.push(("kept", kept));
        }
        fields.extend([("due_from", from.as_str()), ("due_to", to.as_str())]);
        Some(list(&fields))
    }

    fn took(&self, unit: &str, stage: Stage, now: Option<&Judged>, before: Option<&Judged>) -> Cell {
        let said = |judged: Option<&Judged>| match judged
            .and_then(|judged| Some((judged.done, judged.p50_s?, judged.p90_s?)))
        {
            Some((done, p50, p90)) => {
                let (p90, n) = (seconds(self.lang, p90), done.to_string());
                (
                    seconds(self.lang, p50),
                    self.lang.fill("monday.p90", &[("p90", &p90), ("n", &n)]),
                )
            }
            None => (self.lang.t("board.no_value").to_owned(), String::new()),
        };
        let ((text, rests_on), (was, was_on)) = (said(now), said(before));
        Cell {
            now: Figure {
                text,
                link: self.list(Some(unit), stage, "done").filter(|_| !rests_on.is_empty()),
            },
            rests_on,
            missed: None,
            before: format!("{was} {was_on}").trim_end().to_owned(),
        }
    }
}

/// Cut, not rounded: 100% is said of all and of nothing less.
pub(super) fn percent(kept: i64, judged: i64) -> String {
    let thousandths = kept * 1000 / judged;
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

fn seconds(lang: Lang, seconds: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "years fit into whole seconds; the fraction is not said"
    )]
    words::span(lang, TimeDelta::seconds(seconds.round() as i64))
}

fn overdue(line: &OverdueLine, Telling { pack, lang, now }: Telling<'_>) -> Overdue {
    Overdue {
        unit: words::unit_name(pack, &line.unit),
        what: pack
            .vocabulary()
            .obligations
            .label(&line.obligation, lang.pack())
            .to_owned(),
        stage: words::stage(lang, line.stage),
        span: words::span(lang, now - line.since),
        due: words::due(lang, line.since, now),
        level: words::level(lang, line.level, words::letters(pack, &line.unit)),
        whose: whose(lang, line.whose),
        urgency: words::urgency(lang, line.urgency),
        link: format!("/board/tickets/{}", line.ticket_id),
    }
}

pub(super) fn whose(lang: Lang, whose: WhoseDelay) -> &'static str {
    lang.t(&format!("monday.whose.{whose}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_said_of_all_and_of_nothing_less() {
        assert_eq!(percent(1999, 2000), "99.9%");
        assert_eq!(percent(3, 3), "100.0%");
        assert_eq!(percent(0, 7), "0.0%");
    }
}
