//! `ringing.csv`: whom a notice rings, when and how, read into what [`crate::ringing`] asks of it.

use std::collections::{BTreeMap, HashMap};

use crate::calendar::{Limit, Regime};
use crate::county::read::sheet::{Row, Sheet};
use crate::county::{Line, PackFiles, Problems, RINGING, Vocabulary};
use crate::ringing::table::{Ringing, Step, Steps};
use crate::words::{Channel, Seat, Urgency};
use crate::zh::ringing as said;

/// In place of a number: the step is repeated.
const AGAIN: &str = "again";

/// In place of obligations: any other.
const ANY_OTHER: &str = "*";

/// The longest time between two steps: whoever waits longer is not rung.
const LONGEST_MINUTES: i64 = 31 * 24 * 60;

/// A row of the file, as far as it can be read.
struct Read<'r> {
    line: Line,
    /// As written, for the sentences about its group.
    group: String,
    /// Each obligation; none = any other.
    obligations: Vec<Option<String>>,
    urgency: Urgency,
    /// None = again.
    number: Option<usize>,
    step: Step,
    after: &'r str,
}

/// The table of a pack; `None` = it has none, as packs of before.
pub(crate) fn read(files: &PackFiles, vocabulary: &Vocabulary, problems: &mut Problems) -> Option<Ringing> {
    const COLUMNS: [&str; 6] = ["obligations", "urgency", "step", "after", "to", "channels"];
    if !files.contains_key(RINGING) {
        return None;
    }
    let sheet = Sheet::read(files, RINGING, &COLUMNS, problems);
    let rows: Vec<Read<'_>> = sheet
        .rows()
        .filter_map(|row| row_of(row, vocabulary, problems))
        .collect();
    let mut groups: BTreeMap<(Option<&str>, Urgency), Vec<&Read<'_>>> = BTreeMap::new();
    for row in &rows {
        for obligation in &row.obligations {
            groups
                .entry((obligation.as_deref(), row.urgency))
                .or_default()
                .push(row);
        }
    }
    let mut table = HashMap::new();
    for ((obligation, urgency), rows) in groups {
        if let Some(steps) = steps(&rows, problems) {
            table.insert((obligation.map(str::to_owned), urgency), steps);
        }
    }
    Some(Ringing::new(table))
}

/// One row. Every wrong cell is named; what is left out is not half of a step.
fn row_of<'r>(row: &'r Row<'_>, vocabulary: &Vocabulary, problems: &mut Problems) -> Option<Read<'r>> {
    let at = (RINGING, row.line);
    let written: Vec<&str> = row.get("obligations").split_whitespace().collect();
    let mut obligations = Vec::new();
    for word in &written {
        if *word == ANY_OTHER && written.len() == 1 {
            obligations.push(None);
        } else if vocabulary.obligations.allows(word) {
            obligations.push(Some((*word).to_owned()));
        } else {
            let reason = format!(
                "column obligations: {word} is not a known obligation of obligations.csv; write one, or * alone for any other"
            );
            problems.add_zh(at, reason, said::unknown("obligations", word));
        }
    }
    if written.is_empty() {
        problems.add_zh(
            at,
            "column obligations: the cell is empty; write an obligation, or * for any other",
            said::empty("obligations"),
        );
    }
    let urgency = Urgency::from_word(row.get("urgency"));
    if urgency.is_none() {
        let reason = format!("column urgency: \"{}\" must be P1, P2 or P3", row.get("urgency"));
        problems.add_zh(at, reason, said::unknown("urgency", row.get("urgency")));
    }
    let number = match row.get("step") {
        AGAIN => Some(None),
        text => text.parse::<usize>().ok().filter(|number| *number > 0).map(Some),
    };
    if number.is_none() {
        let reason = format!(
            "column step: \"{}\" must be 1, 2, 3 and so on, or again",
            row.get("step")
        );
        problems.add_zh(at, reason, said::unknown("step", row.get("step")));
    }
    let after = after(at, row.get("after"), problems);
    let to = words(
        at,
        ("to", "duty, deputy, leader"),
        row,
        (Seat::from_word, &mut *problems),
    );
    let channels = words(
        at,
        ("channels", "voice, sms, mail, desk"),
        row,
        (Channel::from_word, &mut *problems),
    );
    Some(Read {
        line: row.line,
        group: format!("{} {}", written.join(" "), row.get("urgency")),
        obligations,
        urgency: urgency?,
        number: number?,
        step: Step {
            after: after?,
            to: to?,
            channels: channels?,
        },
        after: row.get("after"),
    })
}

fn after(at: (&str, Line), cell: &str, problems: &mut Problems) -> Option<Limit> {
    let limit: Option<Limit> = cell.parse().ok();
    let fits = |limit: &Limit| {
        matches!(limit.regime, Regime::Minutes | Regime::Hours | Regime::WorkingDays)
            && limit.shortest_minutes() <= LONGEST_MINUTES
    };
    let limit = limit.filter(fits);
    if limit.is_none() {
        let reason = format!(
            "column after: \"{cell}\" must be minutes, hours or duty days of at most 31 days, such as 0min, 4h or 1wd"
        );
        problems.add_zh(at, reason, said::no_distance(cell));
    }
    limit
}

/// The words of a cell, each known and none twice.
fn words<T: PartialEq>(
    at: (&str, Line),
    (column, all): (&str, &str),
    row: &Row<'_>,
    (from_word, problems): (fn(&str) -> Option<T>, &mut Problems),
) -> Option<Vec<T>> {
    let mut words = Vec::new();
    let mut sound = true;
    for word in row.get(column).split_whitespace() {
        match from_word(word) {
            Some(known) if !words.contains(&known) => words.push(known),
            Some(_) => {
                problems.add_zh(
                    at,
                    format!("column {column}: {word} stands there twice; write it once"),
                    said::twice(column, word),
                );
                sound = false;
            }
            None => {
                let reason = format!("column {column}: {word} must be one of {all}, with spaces between them");
                problems.add_zh(at, reason, said::unknown(column, word));
                sound = false;
            }
        }
    }
    if words.is_empty() && sound {
        problems.add_zh(
            at,
            format!("column {column}: the cell is empty; write one of {all}"),
            said::empty(column),
        );
        sound = false;
    }
    sound.then_some(words)
}

/// The steps of one obligation and urgency: 1, 2, 3 and so on, each later than the one before, the last one repeated.
fn steps(rows: &[&Read<'_>], problems: &mut Problems) -> Option<Steps> {
    let last = rows.last()?;
    let mut first: Vec<Step> = Vec::new();
    let mut again = None;
    let mut before: Option<&Read<'_>> = None;
    for row in rows {
        let at = (RINGING, row.line);
        let group = &row.group;
        if again.is_some() {
            let reason = format!(
                "{group}: a row after the step {AGAIN}, which is repeated for ever; make it the last row of {group}"
            );
            problems.add_zh(at, reason, said::after_again(group));
            return None;
        }
        let Some(number) = row.number else {
            if row.step.after.count == 0 {
                let reason = format!(
                    "{group}: column after: {AGAIN} needs a distance, such as 10min; 0 would ring without an end"
                );
                problems.add_zh(at, reason, said::again_without_distance(group));
                return None;
            }
            again = Some(row.step.clone());
            continue;
        };
        if number != first.len() + 1 {
            let wanted = first.len() + 1;
            let reason = format!(
                "{group}: column step: {number} stands where {wanted} must be; number the steps 1, 2, 3 without a gap and each once"
            );
            problems.add_zh(at, reason, said::numbers(group, number, wanted));
            return None;
        }
        if let Some(before) = before
            && before.step.after.shortest_minutes() >= row.step.after.shortest_minutes()
        {
            let reason = format!(
                "{group}: column after: step {number} after {} must come later than step {} after {}; both count from the dispatch",
                row.after,
                number - 1,
                before.after
            );
            problems.add_zh(at, reason, said::unordered(group, number));
            return None;
        }
        before = Some(row);
        first.push(row.step.clone());
    }
    let Some(again) = again else {
        let group = &last.group;
        let reason = format!(
            "{group}: no step {AGAIN}: after the last step nobody would be rung any more; add a row with step {AGAIN}"
        );
        problems.add_zh((RINGING, last.line), reason, said::no_again(group));
        return None;
    };
    Some(Steps { first, again })
}
