//! A cell's words back to what it means: the way home of what `words` says, for sheets that people fill in.
//!
//! A cell is read in every way that its column knows, and taken only where there is exactly one: a guess could send a child
//! to the wrong office. Labels may hold 或 or commas themselves, so known labels are looked for from the longest down, and
//! nothing is split blindly. Codes and S-FEEL are no words. Where the words are those of the cell as it was, the cell stays
//! exactly as it was.

mod list;
mod numbers;
mod problem;

use list::{Known, fold};
pub use problem::CellProblem;
use problem::clipped;

use super::cells::{self, Choice, choices, heading};
use crate::calendar::{Limit, Regime};
use crate::dmn::sfeel::{Kind, Test, Value, read_value};
use crate::dmn::{Column, Row, Table};
use crate::office::clerk::same;
use crate::pack::Pack;

/// Longest cell, in characters: all labels of a long list fit several times.
const CELL_MAX: usize = 2_000;
/// Labels that a problem names.
const NAMED: usize = 5;
const NOTHING: &str = "（空）";

/// A row from the words of its cells: inputs, then outputs. `was` is the row of the table that it was. Errors: which cells
/// can't be taken, and why.
pub fn row_from_words(
    pack: &Pack,
    table: &Table,
    was: Option<usize>,
    cells: &[String],
) -> Result<Row, Vec<(usize, CellProblem)>> {
    let old = was.and_then(|number| table.rules.get(number.checked_sub(1)?));
    let mut row = Row {
        was: old.map(|rule| rule.number),
        tests: Vec::new(),
        outputs: Vec::new(),
    };
    let mut problems = Vec::new();
    let cell = |index: usize| cells.get(index).map_or("", String::as_str);
    for (index, column) in table.inputs.iter().enumerate() {
        match test_from_words(pack, column, old.map(|rule| &rule.tests[index]), cell(index)) {
            Ok(test) => row.tests.push(test),
            Err(problem) => problems.push((index, problem)),
        }
    }
    for (index, column) in table.outputs.iter().enumerate() {
        let at = table.inputs.len() + index;
        let others = table.rules.iter().map(|rule| &rule.outputs[index]);
        match value_from_words(pack, column, old.map(|rule| &rule.outputs[index]), others, cell(at)) {
            Ok(value) => row.outputs.push(value),
            Err(problem) => problems.push((at, problem)),
        }
    }
    if problems.is_empty() { Ok(row) } else { Err(problems) }
}

/// An input cell from its words.
pub fn test_from_words(pack: &Pack, column: &Column, was: Option<&Test>, typed: &str) -> Result<Test, CellProblem> {
    let text = short(typed)?;
    if let Some(was) = was.filter(|was| fold(&cells::test(pack, column, was)) == text) {
        return Ok(was.clone());
    }
    let test = match column.kind {
        Kind::Whole | Kind::Number => numbers::test(column, &text).ok_or_else(|| numbers::problem(column, typed))?,
        Kind::Text | Kind::Flag => {
            let known = known(pack, column);
            let mut readings = known.tests(&text);
            match (readings.pop(), readings.is_empty()) {
                (Some(only), true) => only,
                (None, _) => return Err(unknown(pack, column, typed, true)),
                (Some(_), false) => return Err(ambiguous(typed)),
            }
        }
    };
    Ok(was.filter(|was| same(was, &test)).cloned().unwrap_or(test))
}

/// An output cell from its words. `others` = what else stands in this column: free text keeps the form in which it is
/// stored there, so that a copied row says the same to programs too.
pub fn value_from_words<'v>(
    pack: &Pack,
    column: &Column,
    was: Option<&Value>,
    others: impl IntoIterator<Item = &'v Value>,
    typed: &str,
) -> Result<Value, CellProblem> {
    let text = short(typed)?;
    if text.is_empty() {
        return Err(empty(pack, column));
    }
    let says = |value: &Value| fold(&cells::value(pack, column, value)) == text;
    if let Some(was) = was.filter(|was| says(was)) {
        return Ok(was.clone());
    }
    if text == NOTHING {
        return Ok(Value::Null);
    }
    match (column.kind, choices(pack, column)) {
        (Kind::Whole | Kind::Number, _) => read_value(&text, column.kind)
            .ok()
            .filter(|value| *value != Value::Null)
            .ok_or_else(|| numbers::problem(column, typed)),
        (Kind::Text, None) if matches!(column.name.as_str(), "limit" | "minimum") => limit(column, &text, typed),
        (Kind::Text, None) => {
            let kept = others.into_iter().find(|value| says(value)).cloned();
            Ok(kept.unwrap_or_else(|| typed.split_whitespace().collect::<Vec<_>>().join(" ").as_str().into()))
        }
        (Kind::Text | Kind::Flag, _) => match self::known(pack, column).exactly(&text).as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(unknown(pack, column, typed, false)),
            _ => Err(ambiguous(typed)),
        },
    }
}

/// All that a cell of words can name.
fn known(pack: &Pack, column: &Column) -> Known {
    if column.kind == Kind::Flag {
        return Known::of([("是".to_owned(), true.into()), ("否".to_owned(), false.into())]);
    }
    let Some(listed) = choices(pack, column) else {
        return Known::free();
    };
    // Grades are known to everybody by their letter; it is printed in front of what it means.
    let letters = (column.name == "grade").then(|| {
        listed
            .iter()
            .map(|choice| (choice.code.clone(), choice.code.as_str().into()))
            .collect::<Vec<_>>()
    });
    let labels = listed
        .iter()
        .map(|choice| (choice.label.clone(), choice.code.as_str().into()));
    Known::of(labels.chain(letters.into_iter().flatten()))
}

fn limit(column: &Column, text: &str, typed: &str) -> Result<Value, CellProblem> {
    let short = column.name == "minimum";
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (count, unit) = text.split_at(digits);
    let regime = Regime::ALL.iter().copied().find(|regime| {
        let short = regime.zh().trim_start_matches('个');
        unit == regime.zh() || unit == short || (unit == "天" && *regime == Regime::StatutoryDays)
    });
    let exact = |regime: &Regime| !short || matches!(regime, Regime::Minutes | Regime::Hours);
    match (count.parse::<u32>(), regime.filter(exact)) {
        // A level may come at once; a deadline leaves some time.
        (Ok(count), Some(regime)) if count > 0 || short => Ok(Limit { count, regime }.to_string().as_str().into()),
        _ if short => Err(CellProblem {
            zh: format!("“{}”不是时长。请写成“30分钟”或“2小时”。", clipped(typed)),
            en: format!("“{}” is no span of time. Write 30分钟 or 2小时.", clipped(typed)),
        }),
        _ => Err(CellProblem {
            zh: format!(
                "“{}”不是时限。请写成“30分钟”“24小时”“3日”“5个工作日”或“1个月”。",
                clipped(typed)
            ),
            en: format!(
                "“{}” is no time limit. Write 30分钟, 24小时, 3日, 5个工作日 or 1个月.",
                clipped(typed)
            ),
        }),
    }
}

fn short(typed: &str) -> Result<String, CellProblem> {
    if typed.chars().count() <= CELL_MAX {
        return Ok(fold(typed));
    }
    Err(CellProblem {
        zh: format!("内容超过 {CELL_MAX} 字。请缩短。"),
        en: format!("More than {CELL_MAX} characters. Please shorten it."),
    })
}

/// The labels of a column, those that look most like what was typed first.
fn labels(pack: &Pack, column: &Column, typed: &str) -> String {
    if column.kind == Kind::Flag {
        return "是、否".to_owned();
    }
    let mut listed = choices(pack, column).unwrap_or_default();
    let shared = |choice: &Choice| choice.label.chars().filter(|c| typed.contains(*c)).count();
    listed.sort_by_key(|choice| std::cmp::Reverse(shared(choice)));
    let all = listed.len();
    let mut named: Vec<String> = listed.into_iter().take(NAMED).map(|choice| choice.label).collect();
    if all > NAMED {
        named.push(format!("……（共 {all} 项）"));
    }
    named.join("、")
}

fn unknown(pack: &Pack, column: &Column, typed: &str, input: bool) -> CellProblem {
    let (text, labels) = (clipped(typed), labels(pack, column, typed));
    let coded = choices(pack, column).unwrap_or_default();
    if let Some(choice) = coded.into_iter().find(|choice| choice.code == typed.trim()) {
        return CellProblem {
            zh: format!("“{text}”是代码。请写“{}”。", choice.label),
            en: format!("“{text}” is a code. Write {}.", choice.label),
        };
    }
    let (how, how_en) = if input {
        (
            "几个选项用“或”连接，排除的写“不是……”，不作限制的写“不限”。",
            " Join several with 或, exclude with 不是, and write 不限 for any.",
        )
    } else {
        ("", "")
    };
    CellProblem {
        zh: format!("“{text}”不是“{}”一列的选项。可以写：{labels}。{how}", heading(column)),
        en: format!(
            "“{text}” is no word of the column {}. It takes: {labels}.{how_en}",
            heading(column)
        ),
    }
}

fn ambiguous(typed: &str) -> CellProblem {
    let text = clipped(typed);
    CellProblem {
        zh: format!("“{text}”可以有两种理解：有选项名称相同，或名称中带有“或”“不是”。请在网页上修改这一行。"),
        en: format!("“{text}” can be read in two ways, because labels are alike. Change this row on its page instead."),
    }
}

fn empty(pack: &Pack, column: &Column) -> CellProblem {
    let labels = labels(pack, column, "");
    let (zh, en) = if labels.is_empty() {
        (String::new(), String::new())
    } else {
        (format!("可以写：{labels}。"), format!(" It takes: {labels}."))
    };
    CellProblem {
        zh: format!("“{}”不能为空。{zh}", heading(column)),
        en: format!("{} can't be empty.{en}", heading(column)),
    }
}
