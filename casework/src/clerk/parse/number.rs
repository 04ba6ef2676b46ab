//! Numbers as people write them: `9岁`, `14岁以上`, `不满14岁`, `8岁至13岁`.

use rust_decimal::Decimal;

use super::{CellProblem, is_separator, short};
use crate::clerk::words;
use crate::dmn::Column;
use crate::dmn::sfeel::{Bound, Item, Kind, Test, Value, read_number};
use crate::pack::Pack;

/// What stands before a number, and whether the number itself belongs to it.
const UP_TO: [(&str, bool); 7] = [
    ("不满", false),
    ("未满", false),
    ("小于", false),
    ("低于", false),
    ("不大于", true),
    ("不超过", true),
    ("至多", true),
];
const FROM: [(&str, bool); 7] = [
    ("大于", false),
    ("超过", false),
    ("不小于", true),
    ("不低于", true),
    ("至少", true),
    ("年满", true),
    ("已满", true),
];

/// The parts of a list of numbers and ranges.
pub(super) fn items(pack: &Pack, column: &Column, text: &str) -> Result<Vec<Item>, CellProblem> {
    let part = |part: &str| {
        let part = part.trim();
        let part = part.strip_prefix("也不是").unwrap_or(part).trim();
        let found = item(column, part).ok_or_else(|| unreadable(column, part))?;
        allowed(pack, column, found)
    };
    text.split(is_separator).map(part).collect()
}

fn unit(column: &Column) -> &'static str {
    if column.name == "age" { "岁" } else { "" }
}

fn unreadable(column: &Column, part: &str) -> CellProblem {
    let unit = unit(column);
    let like = format!("9{unit}、14{unit}以上、小于14{unit}、8{unit}至13{unit}");
    CellProblem::new(
        format!("“{}”看不懂，请写如：{like}。", short(part)),
        format!("\"{}\" can't be read; write for example {like}.", short(part)),
    )
}

/// What is declared as allowed may be named, nothing else.
fn allowed(pack: &Pack, column: &Column, item: Item) -> Result<Item, CellProblem> {
    let Some(allowed) = &column.allowed else {
        return Ok(item);
    };
    let fits = |number: Decimal| allowed.matches(&Value::Number(number));
    let good = match &item {
        Item::Is(value) => allowed.matches(value),
        Item::Between(low, high) => [low, high].into_iter().flatten().all(|bound| fits(bound.at)),
    };
    if good {
        return Ok(item);
    }
    let within = words::test(pack, column, allowed);
    let said = words::test(pack, column, &Test::OneOf(vec![item]));
    Err(CellProblem::new(
        format!("“{said}”超出本栏允许的范围：{within}。"),
        format!("\"{said}\" is outside of what this column allows: {within}."),
    ))
}

fn item(column: &Column, text: &str) -> Option<Item> {
    let whole = column.kind == Kind::Whole;
    let plain = |text: &str| -> Option<Decimal> {
        let text = text.trim();
        let text = text
            .strip_suffix("周岁")
            .or_else(|| text.strip_suffix(unit(column)))
            .unwrap_or(text);
        let digits = text.trim();
        let plausible = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
        let number = read_number(digits).ok().filter(|_| plausible)?;
        // A spreadsheet may write 8 as 8.0.
        (!whole || number.is_integer()).then(|| number.normalize())
    };
    let bound = |text: &str, included: bool| -> Option<Bound> {
        let open = text.trim().strip_suffix("（不含）");
        let at = plain(open.unwrap_or(text))?;
        Some(Bound {
            at,
            included: included && open.is_none(),
        })
    };
    if let Some(number) = plain(text) {
        return Some(Item::Is(Value::Number(number)));
    }
    for (way, included) in UP_TO {
        if let Some(high) = text.strip_prefix(way).and_then(|rest| bound(rest, included)) {
            return inward(None, Some(high), whole);
        }
    }
    for (way, included) in FROM {
        if let Some(low) = text.strip_prefix(way).and_then(|rest| bound(rest, included)) {
            return inward(Some(low), None, whole);
        }
    }
    let ends = |ways: [&str; 2]| ways.into_iter().find_map(|way| bound(text.strip_suffix(way)?, true));
    if let Some(low) = ends(["及以上", "以上"]) {
        return inward(Some(low), None, whole);
    }
    if let Some(high) = ends(["及以下", "以下"]) {
        return inward(None, Some(high), whole);
    }
    let (low, high) = text.split_once(['至', '～', '~', '–', '—'])?;
    inward(Some(bound(low, true)?), Some(bound(high, true)?), whole)
}

/// A range; in a column of whole numbers each bound is included. `None` where nothing is left.
fn inward(low: Option<Bound>, high: Option<Bound>, whole: bool) -> Option<Item> {
    let shift = |bound: Option<Bound>, step: Decimal| match bound {
        Some(Bound { at, included: false }) if whole => {
            at.checked_add(step).map(|at| Some(Bound { at, included: true }))
        }
        bound => Some(bound),
    };
    let (low, high) = (shift(low, Decimal::ONE)?, shift(high, -Decimal::ONE)?);
    let empty = match (&low, &high) {
        (Some(low), Some(high)) => low.at > high.at || (low.at == high.at && !(low.included && high.included)),
        _ => false,
    };
    (!empty).then_some(Item::Between(low, high))
}
