//! Sentences in Chinese, in the words above the columns: an office clerk knows no hit policies and no brackets.

use super::{Named, READ_OUT, Said, facts, read_out};
use crate::dmn::check::{Finding, Kind, Region};
use crate::dmn::grid::Extent;
use crate::dmn::sfeel::{Bound, Kind as ValueKind, Value};
use crate::dmn::{Column, Table};

/// A finding or an open question as one sentence or two.
pub fn chinese<'r>(table: &Table, said: impl Into<Said<'r>>, named: &Named<'_>) -> String {
    match said.into() {
        Said::Finding(found) => finding(table, found, named),
        Said::Undecided(open) => {
            let what = match open.kind {
                Kind::Gap => "是否每种情况都有规则覆盖".to_owned(),
                Kind::Overlap | Kind::Conflict => format!("{}是否与其他行重叠", rows(&open.rows)),
                Kind::Hidden => format!("{}是否用得上", rows(&open.rows)),
                _ => format!("{}是否多余", rows(&open.rows)),
            };
            let left = open
                .left
                .first()
                .map_or(String::new(), |left| format!("，例如：{}", place(table, left, named)));
            format!("限定时间内未能判定：{what}。尚有 {} 处没有查完{left}。", open.regions)
        }
    }
}

fn finding(table: &Table, found: &Finding, named: &Named<'_>) -> String {
    let subject = rows(&found.rows);
    let place = place(table, &found.region, named);
    let example = example(table, found, named);
    match found.kind {
        Kind::Gap => format!("没有规则覆盖：{place}。{example}"),
        Kind::Overlap => format!("{subject}同时符合：{place}。同一情况只能有一行符合，否则无法取舍。{example}"),
        Kind::Conflict => format!("{subject}同时符合而结果不同：{place}。{example}"),
        Kind::Never => format!(
            "{subject}永远不会符合：“{}”一栏没有一个允许的值满足它。",
            column(table, found)
        ),
        Kind::Hidden => format!(
            "{subject}永远用不上：凡符合它的情况，都已由{}优先答复。",
            rows(&found.by)
        ),
        Kind::Redundant => format!("{subject}多余：删去它，结果不变，因为{}已经这样规定。", rows(&found.by)),
        Kind::Outside => {
            let words = outside(table, found, named);
            format!("{subject}“{}”一栏写了不允许的值：{words}。", column(table, found))
        }
    }
}

/// `情形=遗弃、独居；年龄=6–17`
fn place(table: &Table, region: &Region, named: &Named<'_>) -> String {
    if region.0.is_empty() {
        return "任何情况".to_owned();
    }
    let parts = region.0.iter().map(|part| {
        let (column, mut values) = read_out(table, part, |column, value| extent(column, value, named));
        let all = values.len();
        values.truncate(READ_OUT);
        let rest = if all > READ_OUT {
            format!("等 {all} 项")
        } else {
            String::new()
        };
        format!("{}={}{rest}", column.heading(), values.join("、"))
    });
    parts.collect::<Vec<_>>().join("；")
}

fn example(table: &Table, found: &Finding, named: &Named<'_>) -> String {
    let facts: Vec<String> = facts(table, &found.region, &found.example)
        .into_iter()
        .map(|(column, given)| format!("{}={}", column.heading(), value(column, given, named)))
        .collect();
    if facts.is_empty() {
        return String::new();
    }
    format!("例如：{}。", facts.join("；"))
}

fn extent(column: &Column, extent: &Extent, named: &Named<'_>) -> String {
    let number = |bound: &Bound| bound.at.normalize().to_string();
    match extent {
        Extent::Null => "未填".to_owned(),
        Extent::Text(text) => value(column, &Value::from(text.as_str()), named),
        Extent::OtherText => "其他".to_owned(),
        Extent::Flag(flag) => value(column, &Value::Flag(*flag), named),
        Extent::Numbers(None, None) => "任何数".to_owned(),
        Extent::Numbers(Some(low), None) if low.included => format!("{} 及以上", number(low)),
        Extent::Numbers(Some(low), None) => format!("大于 {}", number(low)),
        Extent::Numbers(None, Some(high)) if high.included => format!("{} 及以下", number(high)),
        Extent::Numbers(None, Some(high)) => format!("小于 {}", number(high)),
        Extent::Numbers(Some(low), Some(high)) if low.at == high.at => number(low),
        Extent::Numbers(Some(low), Some(high)) => {
            let ends = match (column.kind, low.included, high.included) {
                (ValueKind::Whole, ..) | (_, true, true) => "",
                (_, true, false) => "（不含后者）",
                (_, false, true) => "（不含前者）",
                (_, false, false) => "（不含两端）",
            };
            format!("{}–{}{ends}", number(low), number(high))
        }
    }
}

fn value(column: &Column, value: &Value, named: &Named<'_>) -> String {
    match value {
        Value::Null => "未填".to_owned(),
        Value::Flag(true) => "是".to_owned(),
        Value::Flag(false) => "否".to_owned(),
        Value::Number(number) => number.normalize().to_string(),
        Value::Text(text) => named(column, text).unwrap_or_else(|| format!("“{text}”")),
    }
}

/// The label of the column that a finding names.
fn column<'t>(table: &'t Table, found: &'t Finding) -> &'t str {
    let name = found.column.as_deref().unwrap_or_default();
    let columns = table.inputs.iter().chain(&table.outputs);
    columns
        .into_iter()
        .find(|column| column.name == name)
        .map_or(name, Column::heading)
}

/// The values of a row that its column does not allow.
fn outside(table: &Table, found: &Finding, named: &Named<'_>) -> String {
    let name = found.column.as_deref().unwrap_or_default();
    let Some(rule) = found.rows.first().and_then(|number| table.rules.get(number - 1)) else {
        return String::new();
    };
    let tests = table.inputs.iter().zip(rule.tests.iter().map(|test| test.values()));
    let outputs = table.outputs.iter().zip(rule.outputs.iter().map(|value| vec![value]));
    let cells = tests.chain(outputs).filter(|(column, _)| column.name == name);
    let words = cells.flat_map(|(column, values)| {
        let allowed = |value: &&&Value| column.allowed.as_ref().is_none_or(|allowed| allowed.matches(value));
        let outside: Vec<&Value> = values.iter().filter(|value| !allowed(value)).copied().collect();
        outside
            .into_iter()
            .map(|given| value(column, given, named))
            .collect::<Vec<_>>()
    });
    words.collect::<Vec<_>>().join("、")
}

/// `第 3 行`, `第 3、7 行`
fn rows(numbers: &[usize]) -> String {
    let mut words: Vec<String> = numbers.iter().take(READ_OUT).map(ToString::to_string).collect();
    if let Some(last) = words.last_mut().filter(|_| numbers.len() > READ_OUT) {
        last.push_str(&format!(" 等 {} ", numbers.len()));
    }
    match words[..] {
        [] => "其余各行".to_owned(),
        _ => format!("第 {} 行", words.join("、")),
    }
}
