//! All reports and requests as one finite space, and boxes in it.
//!
//! What a table can see of one situation and child is a tuple of words: every situation of the pack and one that it
//! does not know, every age from 0 to 17, every place, suspect and so on, and either no requester or one kind of
//! unit. Age, sex and `left_behind` may be unknown as well, and are every value then: a row answers for an unknown age
//! if it answers for any. A row is a box: a set of values per fact. What rows leave uncovered is found by splitting boxes, never by
//! walking through tuples, and is exact: the pieces are disjoint and together are all that is left.

use std::ops::Range;

use crate::dmn::sfeel::Value;
use crate::pack::Pack;
use crate::report::RoutingFact;
use crate::words::ReporterKind;

/// Boxes that are split before the search gives up and says so.
const MAX_BOXES: usize = 200_000;

/// More boxes than can be looked at: the answer is "not decided".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecided;

/// One fact of a report, of its child or of a request.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The column that sees it.
    pub name: &'static str,
    /// The default first: what a report says that does not mention the fact.
    pub values: Vec<Value>,
    /// Whether a value other than the default makes a counter-example longer.
    pub counts: bool,
    /// The default is null and stands for each of the other values.
    pub every: bool,
}

/// The facts beside the situation, in the order in which people are told them.
const TOLD: [RoutingFact; 11] = [
    RoutingFact::PresentDanger,
    RoutingFact::Age,
    RoutingFact::Sex,
    RoutingFact::LeftBehind,
    RoutingFact::LivingWith,
    RoutingFact::Place,
    RoutingFact::Suspect,
    RoutingFact::GuardianAbsent,
    RoutingFact::AdultCoOffender,
    RoutingFact::Repeat,
    RoutingFact::ReporterKind,
];

impl Fact {
    fn of(fact: RoutingFact) -> Self {
        let values = fact.values();
        Self {
            name: fact.as_str(),
            counts: true,
            every: fact.is_every(),
            values: match fact {
                _ if fact.is_every() => std::iter::once(Value::Null).chain(values).collect(),
                RoutingFact::ReporterKind => public_first(values),
                // What is usual stands last in every list: false, and what is unknown.
                _ => last_first(values),
            },
        }
    }
}

/// All tuples of facts.
#[derive(Debug, Clone)]
pub struct Space {
    /// In the order in which people are told them.
    pub facts: Vec<Fact>,
    words: Vec<Range<usize>>,
}

/// A set of values per fact, as bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region(Vec<u64>);

/// One tuple: for each fact the place of its value.
pub type Point = Vec<usize>;

impl Space {
    /// The space of a pack.
    pub fn new(pack: &Pack) -> Self {
        let terms = |codes: Vec<&str>| codes.into_iter().map(Value::from).collect::<Vec<_>>();
        let mut situations = terms(
            pack.vocabulary()
                .situations
                .iter()
                .map(|s| s.term.code.as_str())
                .collect(),
        );
        situations.push(UNLISTED.into());
        let mut requesters = vec![Value::Null];
        requesters.extend(terms(
            pack.vocabulary()
                .unit_kinds
                .iter()
                .map(|kind| kind.term.code.as_str())
                .collect(),
        ));
        let given = |name, values| Fact {
            name,
            values,
            counts: false,
            every: false,
        };
        let mut facts = vec![
            given("trigger", terms(vec!["report", "request"])),
            given("requester_kind", requesters),
            given("situation", situations),
        ];
        facts.extend(TOLD.map(Fact::of));
        let mut next = 0;
        let words = facts
            .iter()
            .map(|fact| {
                let start = next;
                next += fact.values.len().div_ceil(64);
                start..next
            })
            .collect();
        Self { facts, words }
    }

    /// Everything.
    pub fn all(&self) -> Region {
        let mut region = Region(vec![0; self.words.last().map_or(0, |words| words.end)]);
        for (index, fact) in self.facts.iter().enumerate() {
            for value in 0..fact.values.len() {
                self.insert(&mut region, index, value);
            }
        }
        region
    }

    /// All reports (`true`) or all requests.
    pub fn of_trigger(&self, report: bool) -> Region {
        let word = Value::from(if report { "report" } else { "request" });
        let region = self.keep(&self.all(), "trigger", |value| *value == word);
        self.keep(&region, "requester_kind", |value| (*value == Value::Null) == report)
    }

    /// The part of a region in which `fact` has one of the chosen values.
    pub fn keep(&self, region: &Region, fact: &str, mut chosen: impl FnMut(&Value) -> bool) -> Region {
        let mut kept = region.clone();
        for (index, known) in self.facts.iter().enumerate().filter(|(_, known)| known.name == fact) {
            for (place, value) in known.values.iter().enumerate() {
                if !chosen(value) {
                    let word = self.words[index].start + place / 64;
                    kept.0[word] &= !(1 << (place % 64));
                }
            }
        }
        kept
    }

    /// The part of a region in which nothing is unknown that counts as every value.
    #[must_use]
    pub fn known(&self, region: &Region) -> Region {
        let mut known = region.clone();
        for (index, _) in self.every() {
            known.0[self.words[index].start] &= !1;
        }
        known
    }

    /// A region of known facts with the unknown ones of which it holds some value: what is asked of any is asked.
    #[must_use]
    pub fn with_unknown(&self, region: &Region) -> Region {
        self.unknown_where(region, |held, _| held > 0)
    }

    /// A region of known facts with the unknown ones of which it holds each value: it is so whatever they are.
    #[must_use]
    pub fn whatever_unknown(&self, region: &Region) -> Region {
        self.unknown_where(region, |held, of| held == of)
    }

    fn unknown_where(&self, region: &Region, holds: impl Fn(usize, usize) -> bool) -> Region {
        let mut region = region.clone();
        for (index, fact) in self.every() {
            let of = fact.values.len();
            let held = (1..of).filter(|value| self.has(&region, index, *value)).count();
            if holds(held, of - 1) {
                self.insert(&mut region, index, 0);
            }
        }
        region
    }

    /// The facts that count as every value while they are unknown. Their null is the first bit of their first word.
    fn every(&self) -> impl Iterator<Item = (usize, &Fact)> {
        self.facts.iter().enumerate().filter(|(_, fact)| fact.every)
    }

    /// What of `regions` no row covers: disjoint boxes, none empty.
    pub fn uncovered<'r>(
        &self,
        regions: Vec<Region>,
        rows: impl IntoIterator<Item = &'r Region>,
    ) -> Result<Vec<Region>, Undecided> {
        let mut left: Vec<Region> = regions.into_iter().filter(|region| !self.is_empty(region)).collect();
        for row in rows {
            let mut next = Vec::new();
            for region in left {
                self.split(region, row, &mut next);
            }
            left = next;
            if left.len() > MAX_BOXES {
                return Err(Undecided);
            }
        }
        Ok(left)
    }

    /// `region` without `row`, as disjoint boxes.
    fn split(&self, region: Region, row: &Region, out: &mut Vec<Region>) {
        let both = region.and(row);
        if self.is_empty(&both) {
            out.push(region);
            return;
        }
        let mut rest = region;
        for words in &self.words {
            if rest.0[words.clone()]
                .iter()
                .zip(&row.0[words.clone()])
                .any(|(have, row)| have & !row != 0)
            {
                let mut outside = rest.clone();
                for word in words.clone() {
                    outside.0[word] &= !row.0[word];
                }
                out.push(outside);
                rest.0[words.clone()].copy_from_slice(&both.0[words.clone()]);
            }
        }
    }

    /// Whether a region holds nothing: some fact has no value left.
    pub fn is_empty(&self, region: &Region) -> bool {
        self.words
            .iter()
            .any(|words| region.0[words.clone()].iter().all(|word| *word == 0))
    }

    /// Whether a region holds a point.
    pub fn contains(&self, region: &Region, point: &Point) -> bool {
        point
            .iter()
            .enumerate()
            .all(|(fact, value)| self.has(region, fact, *value))
    }

    /// The point with the fewest facts that differ from the defaults; of equals the first.
    pub fn smallest<'r>(&self, regions: impl IntoIterator<Item = &'r Region>) -> Option<Point> {
        regions
            .into_iter()
            .filter(|region| !self.is_empty(region))
            .map(|region| {
                let point: Point = (0..self.facts.len())
                    .map(|fact| {
                        (0..self.facts[fact].values.len())
                            .find(|value| self.has(region, fact, *value))
                            .unwrap_or(0)
                    })
                    .collect();
                (self.differences(&point), point)
            })
            .min()
            .map(|(_, point)| point)
    }

    /// How many facts of a point differ from the defaults.
    pub fn differences(&self, point: &Point) -> usize {
        point
            .iter()
            .zip(&self.facts)
            .filter(|(value, fact)| fact.counts && **value != 0)
            .count()
    }

    /// The values of a fact that appear in any of the regions, in order.
    pub fn values<'s>(&'s self, regions: &[Region], name: &str) -> Vec<&'s Value> {
        let Some(fact) = self.facts.iter().position(|fact| fact.name == name) else {
            return Vec::new();
        };
        let values = self.facts[fact].values.iter().enumerate();
        values
            .filter(|(value, _)| regions.iter().any(|region| self.has(region, fact, *value)))
            .map(|(_, value)| value)
            .collect()
    }

    /// The value of a fact at a point; null where there is no such fact.
    pub fn value(&self, point: &Point, name: &str) -> &Value {
        let at = self.facts.iter().zip(point).find(|(fact, _)| fact.name == name);
        at.map_or(&Value::Null, |(fact, value)| &fact.values[*value])
    }

    fn has(&self, region: &Region, fact: usize, value: usize) -> bool {
        region.0[self.words[fact].start + value / 64] & (1 << (value % 64)) != 0
    }

    fn insert(&self, region: &mut Region, fact: usize, value: usize) {
        region.0[self.words[fact].start + value / 64] |= 1 << (value % 64);
    }
}

impl Region {
    /// What both hold.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, two)| one & two).collect())
    }
}

/// Stands for every situation code that the pack does not list; no code has a blank.
pub const UNLISTED: &str = "not listed";

/// The word lists end with `unknown`, which is the default of the wire.
fn last_first(mut values: Vec<Value>) -> Vec<Value> {
    values.rotate_right(1);
    values
}

/// Of reporters nothing is the default; anyone may be the public.
fn public_first(mut values: Vec<Value>) -> Vec<Value> {
    if let Some(at) = values
        .iter()
        .position(|value| *value == Value::from(ReporterKind::Public.as_str()))
    {
        values.swap(0, at);
    }
    values
}
