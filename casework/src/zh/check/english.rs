//! Sentences in English, in the terms of DMN.

use super::{READ_OUT, Said, facts, read_out};
use crate::dmn::check::{Cell, Finding, Kind, Region};
use crate::dmn::{HitPolicy, Table};

/// A finding or an open question as one sentence or two.
pub fn english<'r>(table: &Table, said: impl Into<Said<'r>>) -> String {
    match said.into() {
        Said::Finding(found) => finding(table, found),
        Said::Undecided(open) => {
            let what = match open.kind {
                Kind::Gap => "whether every input is covered".to_owned(),
                Kind::Overlap | Kind::Conflict => format!("whether {} overlap others", rows(&open.rows)),
                Kind::Hidden => format!("whether {} can ever answer", rows(&open.rows)),
                _ => format!("whether {} change any answer", rows(&open.rows)),
            };
            let left = open.left.first().map_or(String::new(), |left| {
                format!(", the first where {}", place(table, left))
            });
            format!("not decided in time: {what}. Left: {} region(s){left}.", open.regions)
        }
    }
}

fn finding(table: &Table, found: &Finding) -> String {
    let subject = rows(&found.rows);
    let place = place(table, &found.region);
    let column = found.column.as_deref().unwrap_or_default();
    match found.kind {
        Kind::Gap => format!("no row matches where {place}.{}", example(table, found)),
        Kind::Overlap => {
            let same = match found.rows[..] {
                [a, b] if table.rules[a - 1].outputs == table.rules[b - 1].outputs => "They say the same there. ",
                _ => "",
            };
            format!(
                "{subject} match together where {place}. {same}UNIQUE allows one.{}",
                example(table, found)
            )
        }
        Kind::Conflict => {
            format!(
                "{subject} match together and say different things where {place}.{}",
                example(table, found)
            )
        }
        Kind::Never => format!("{subject} can never match: no allowed value of column {column} passes its test."),
        Kind::Hidden => {
            let first = match (table.hit_policy, &found.by[..]) {
                (HitPolicy::First, [_]) => "comes first",
                (HitPolicy::First, _) => "come first",
                (_, [_]) => "has priority",
                _ => "have priority",
            };
            format!(
                "{subject} never answers: {} {first} wherever it matches.",
                rows(&found.by)
            )
        }
        Kind::Redundant => {
            let by = rows(&found.by);
            format!("{subject} changes nothing: without it the answers are the same, by {by}.")
        }
        Kind::Outside => found.detail.as_ref().map_or(String::new(), |error| {
            format!("{subject}, column {column}: {}.", error.reason)
        }),
    }
}

/// `situation is "a" or "b", and age is [6..17]`
fn place(table: &Table, region: &Region) -> String {
    if region.0.is_empty() {
        return "anything is given".to_owned();
    }
    let parts = region.0.iter().map(|part| {
        let (column, mut values) = read_out(table, part, |_, value| Cell(value).to_string());
        if values.len() > READ_OUT + 1 {
            let more = values.len() - READ_OUT;
            values.truncate(READ_OUT);
            values.push(format!("one of {more} more"));
        }
        format!("{} is {}", column.name, values.join(" or "))
    });
    parts.collect::<Vec<_>>().join(", and ")
}

fn example(table: &Table, found: &Finding) -> String {
    let facts: Vec<String> = facts(table, &found.region, &found.example)
        .into_iter()
        .map(|(column, value)| format!("{} = {value}", column.name))
        .collect();
    if facts.is_empty() {
        return String::new();
    }
    format!(" For example: {}.", facts.join(", "))
}

/// `row 3`, `rows 3 and 7`
fn rows(numbers: &[usize]) -> String {
    let mut words: Vec<String> = numbers.iter().take(READ_OUT).map(ToString::to_string).collect();
    if numbers.len() > READ_OUT {
        words.push(format!("{} more", numbers.len() - READ_OUT));
    }
    match words.split_last() {
        None => "nothing else".to_owned(),
        Some((one, [])) => format!("row {one}"),
        Some((last, before)) => format!("rows {} and {last}", before.join(", ")),
    }
}
