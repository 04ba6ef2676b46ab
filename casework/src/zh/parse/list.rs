//! Lists of words: `遗弃或性侵害`, `不是学校，也不是网络`.

use std::collections::HashSet;

use crate::dmn::sfeel::{Item, Test, Value};
use crate::zh::cells::ANY;

/// Readings that are looked for: one is taken, a second makes it a question.
const READINGS: usize = 2;
/// What stands between words; the longer first.
const OR: [&str; 7] = ["或者", "或", "、", "，", "；", "/", "\n"];
const NOR: [&str; 10] = ["也不是", "且不是", "不是", "或者", "或", "、", "，", "；", "/", "\n"];

/// The words that a cell can name.
pub(super) struct Known {
    /// Folded label and its value, the longest first.
    words: Vec<(String, Value)>,
    /// Whether the column takes any text.
    free: bool,
}

impl Known {
    pub(super) fn of(words: impl IntoIterator<Item = (String, Value)>) -> Self {
        let mut words: Vec<(String, Value)> = words.into_iter().map(|(label, value)| (fold(&label), value)).collect();
        words.retain(|(label, _)| !label.is_empty());
        words.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        words.dedup();
        Self { words, free: false }
    }

    /// Any text.
    pub(super) fn free() -> Self {
        Self {
            words: Vec::new(),
            free: true,
        }
    }

    /// Values with exactly this label.
    pub(super) fn exactly(&self, text: &str) -> Vec<Value> {
        let found = self.words.iter().filter(|(label, _)| label == text);
        found.map(|(_, value)| value.clone()).collect()
    }

    /// All that an input cell can mean.
    pub(super) fn tests(&self, text: &str) -> Vec<Test> {
        let mut tests = Vec::new();
        if text.is_empty() || text == ANY {
            tests.push(Test::Any);
        }
        let excluded = text.strip_prefix("不是");
        if self.free {
            if let (Some(rest), true) = (excluded, tests.is_empty()) {
                tests.push(Test::Not(items(rest.split("，也不是").map(Value::from).collect())));
            } else if tests.is_empty() {
                tests.push(Test::OneOf(items(text.split(['或', '\n']).map(Value::from).collect())));
            }
            return tests;
        }
        tests.extend(
            self.readings(text, &OR)
                .into_iter()
                .map(|found| Test::OneOf(items(found))),
        );
        if let Some(rest) = excluded {
            tests.extend(
                self.readings(rest, &NOR)
                    .into_iter()
                    .map(|found| Test::Not(items(found))),
            );
        }
        tests
    }

    fn readings(&self, text: &str, between: &[&str]) -> Vec<Vec<Value>> {
        let mut search = Search {
            known: self,
            between,
            dead: HashSet::new(),
            found: Vec::new(),
        };
        search.read(text, &mut Vec::new());
        search.found
    }
}

struct Search<'k> {
    known: &'k Known,
    between: &'k [&'k str],
    /// Lengths of rests that lead nowhere, so that no text takes long.
    dead: HashSet<usize>,
    found: Vec<Vec<Value>>,
}

impl Search<'_> {
    fn read(&mut self, rest: &str, so_far: &mut Vec<Value>) {
        if self.found.len() >= READINGS || self.dead.contains(&rest.len()) {
            return;
        }
        let before = self.found.len();
        let known = self.known;
        for (label, value) in &known.words {
            let Some(mut next) = rest.strip_prefix(label.as_str()) else {
                continue;
            };
            so_far.push(value.clone());
            if next.is_empty() {
                self.found.push(so_far.clone());
            }
            while let Some(cut) = self.between.iter().find_map(|sign| next.strip_prefix(sign)) {
                next = cut;
                if next.is_empty() {
                    self.found.push(so_far.clone());
                } else {
                    self.read(next, so_far);
                }
            }
            so_far.pop();
        }
        if self.found.len() == before {
            self.dead.insert(rest.len());
        }
    }
}

fn items(values: Vec<Value>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for value in values {
        let item = Item::Is(value);
        if !items.contains(&item) {
            items.push(item);
        }
    }
    items
}

/// A text without what people write one way or the other: spaces, half-width signs, full-width digits.
pub(super) fn fold(text: &str) -> String {
    let sign = |c: char| match c {
        '\n' => Some(c),
        c if c.is_whitespace() => None,
        '(' => Some('（'),
        ')' => Some('）'),
        ',' => Some('，'),
        ';' => Some('；'),
        ':' => Some('：'),
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(u32::from(c) - 0xFEE0),
        c => Some(c),
    };
    text.trim().chars().filter_map(sign).collect()
}
