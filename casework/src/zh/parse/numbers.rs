//! Cells of numbers: `8岁以上`, `6岁至13岁`, `小于8岁`. They are turned into the cell's S-FEEL, whose reader knows what a
//! column of whole numbers can hold and refuses ranges that hold nothing.

use super::problem::{CellProblem, clipped};
use crate::dmn::Column;
use crate::dmn::sfeel::{Kind, Test, read_test};
use crate::zh::cells::ANY;

const BEFORE: [(&str, &str); 7] = [
    ("不超过", "<="),
    ("至少", ">="),
    ("大于", ">"),
    ("超过", ">"),
    ("小于", "<"),
    ("不满", "<"),
    ("未满", "<"),
];
const BEHIND: [(&str, &str); 4] = [("及以上", ">="), ("以上", ">="), ("及以下", "<="), ("以下", "<=")];
const TO: [&str; 7] = ["至", "到", "～", "~", "—", "－", "-"];

/// What a folded text means; `None` = nothing.
pub(super) fn test(column: &Column, text: &str) -> Option<Test> {
    if text.is_empty() || text == ANY {
        return Some(Test::Any);
    }
    let (list, not) = text.strip_prefix("不是").map_or((text, false), |rest| (rest, true));
    let mut list = list.to_owned();
    for sign in ["也不是", "或者", "或", "、", "，", "；"] {
        list = list.replace(sign, "\n");
    }
    if column.name == "age" {
        list = list.replace("周岁", "").replace('岁', "");
    }
    let parts: Option<Vec<String>> = list.split('\n').filter(|part| !part.is_empty()).map(part).collect();
    let parts = parts.filter(|parts| !parts.is_empty())?.join(",");
    read_test(&if not { format!("not({parts})") } else { parts }, column.kind).ok()
}

/// One number or range as S-FEEL.
fn part(part: &str) -> Option<String> {
    if let Some(number) = number(part) {
        return Some(number.to_owned());
    }
    let before = BEFORE
        .iter()
        .find_map(|(sign, as_cell)| Some((part.strip_prefix(sign)?, as_cell)));
    let behind = || {
        BEHIND
            .iter()
            .find_map(|(sign, as_cell)| Some((part.strip_suffix(sign)?, as_cell)))
    };
    if let Some((rest, as_cell)) = before.or_else(behind) {
        return Some(format!("{as_cell} {}", number(rest)?));
    }
    TO.iter().find_map(|sign| {
        let (low, high) = part.split_once(sign)?;
        let end = |end: &str| end.strip_suffix("（不含）").map(str::to_owned);
        let (low_open, high_open) = (end(low), end(high));
        let (open, close) = (
            if low_open.is_some() { '(' } else { '[' },
            if high_open.is_some() { ')' } else { ']' },
        );
        let (low, high) = (low_open.as_deref().unwrap_or(low), high_open.as_deref().unwrap_or(high));
        Some(format!("{open}{}..{}{close}", number(low)?, number(high)?))
    })
}

fn number(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let signs = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    (signs && digits.starts_with(|c: char| c.is_ascii_digit())).then_some(text)
}

pub(super) fn problem(column: &Column, typed: &str) -> CellProblem {
    let text = clipped(typed);
    let whole = if column.kind == Kind::Whole { "整数" } else { "数" };
    if column.name == "age" {
        return CellProblem {
            zh: format!("“{text}”不是年龄范围。请写成“8岁”“8岁以上”“小于8岁”“6岁至13岁”，不作限制的写“不限”。"),
            en: format!("“{text}” is no range of ages. Write 8岁, 8岁以上, 小于8岁, 6岁至13岁, or 不限 for any."),
        };
    }
    CellProblem {
        zh: format!("“{text}”不对。请填写{whole}，例如“3”；条件列也可以写“3以上”“1至3”或“不限”。"),
        en: format!("“{text}” won't do. Write a number such as 3; a condition may also say 3以上, 1至3 or 不限."),
    }
}
