//! The children that a child with unknown facts may be.
//!
//! An unknown age is every age from 0 to 17, an unknown sex is both, an unknown `left_behind` is yes and no: what is asked
//! for any of them is asked, and the highest urgency counts. A table is not asked 72 times for it: ages that no cell of
//! it tells apart are one, so a table without a word about age is asked once, and the shipped ones at most eight times.
//!
//! What is asked under some values and not under others rests on what is unknown. The ticket says so, because whoever
//! learns the child's age may find that nothing was owed.

use crate::dmn::sfeel::Value;
use crate::dmn::{Column, Table};
use crate::report::limits::AGE;
use crate::report::{ChildFacts, Facts, Unknown};
use crate::words::Sex;

/// Of age, sex and `left_behind` one value of each kind that a table tells apart.
#[derive(Debug, Clone)]
pub struct Cuts {
    ages: Vec<u8>,
    sexes: Vec<Sex>,
    flags: Vec<bool>,
}

/// Sets of the children of [`Cuts::every`], by their place in it. 18 ages of two sexes, left behind or not, are 72.
pub(crate) type Places = u128;

impl Cuts {
    /// What the cells of a table tell apart.
    pub fn of(table: &Table) -> Self {
        Self {
            ages: representatives(table, Unknown::Age, (0..=AGE).collect(), |age| i64::from(*age).into()),
            sexes: representatives(table, Unknown::Sex, vec![Sex::Female, Sex::Male], |sex| {
                sex.as_str().into()
            }),
            flags: representatives(table, Unknown::LeftBehind, vec![true, false], |flag| (*flag).into()),
        }
    }

    /// A table that asks about none of the three.
    pub(crate) fn none() -> Self {
        Self {
            ages: vec![0],
            sexes: vec![Sex::Female],
            flags: vec![true],
        }
    }

    /// The children that a child may be, each fact known; itself where nothing is unknown.
    pub fn every(&self, child: &ChildFacts) -> Vec<ChildFacts> {
        let (ages, sexes, flags) = self.values(child);
        let mut every = Vec::with_capacity(ages.len() * sexes.len() * flags.len());
        for age in ages {
            for sex in &sexes {
                for left_behind in &flags {
                    every.push(ChildFacts {
                        sex: *sex,
                        age: Some(age),
                        left_behind: Some(*left_behind),
                        ..child.clone()
                    });
                }
            }
        }
        every
    }

    fn values(&self, child: &ChildFacts) -> (Vec<u8>, Vec<Sex>, Vec<bool>) {
        (
            child.age.map_or_else(|| self.ages.clone(), |age| vec![age]),
            match child.sex {
                Sex::Unknown => self.sexes.clone(),
                sex => vec![sex],
            },
            child.left_behind.map_or_else(|| self.flags.clone(), |flag| vec![flag]),
        )
    }

    /// Whether the value of an unknown fact makes a difference to the table.
    pub(crate) fn cares(&self, fact: Unknown) -> bool {
        let count = match fact {
            Unknown::Age => self.ages.len(),
            Unknown::Sex => self.sexes.len(),
            Unknown::LeftBehind => self.flags.len(),
        };
        count > 1
    }

    /// On which unknown facts something rests that is asked of each child at these places. Nothing where some child is
    /// asked for whatever it is: then it does not hang on what is unknown.
    pub(crate) fn rests_on(&self, facts: &Facts, asked: &[Places]) -> Vec<Unknown> {
        let mut found = Vec::new();
        for (child, asked) in facts.children.iter().zip(asked) {
            let (ages, sexes, flags) = self.values(child);
            let shape = [ages.len(), sexes.len(), flags.len()];
            let count: usize = shape.iter().product();
            let is = |place: usize| asked >> place & 1 == 1;
            if (0..count).all(is) {
                return Vec::new();
            }
            for (axis, fact) in Unknown::ALL.iter().enumerate() {
                let step: usize = shape[axis + 1..].iter().product();
                // Places that differ in this fact alone are `step` apart.
                let differs = (0..count)
                    .filter(|place| place / step % shape[axis] + 1 < shape[axis])
                    .any(|place| is(place) != is(place + step));
                if differs && !found.contains(fact) {
                    found.push(*fact);
                }
            }
        }
        found.sort_unstable();
        found
    }
}

/// The first of the values that the cells of a column tell apart from those before.
fn representatives<T>(table: &Table, fact: Unknown, values: Vec<T>, value: impl Fn(&T) -> Value) -> Vec<T> {
    let column: Option<(usize, &Column)> = table.inputs.iter().enumerate().find(|(_, c)| c.name == fact.as_str());
    let mut seen: Vec<Vec<bool>> = Vec::new();
    let mut chosen = Vec::new();
    for each in values {
        let accepted = match column {
            None => Vec::new(),
            Some((at, column)) => {
                let value = value(&each);
                let tests = table.rules.iter().filter_map(|rule| rule.tests.get(at));
                tests.map(|test| test.matches(column.seen(&value))).collect()
            }
        };
        if !seen.contains(&accepted) {
            seen.push(accepted);
            chosen.push(each);
        }
    }
    chosen
}
