//! What cells of a decision table hold: values, and the tests of S-FEEL on them.
//!
//! A closed subset: literals, lists, `not(...)`, comparisons, ranges and `-`. Numbers are exact decimals, so that
//! a bound written as 0.1 is 0.1. One variant holds whole and other numbers alike; which of them a column means is
//! its [`Kind`]: between [0..5] and [6..17] lies nothing in a column of whole numbers, and 5.5 in one of decimals.
//!
//! What is displayed is S-FEEL again and reads back as the same value or test.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt;

pub use parse::{read_number, read_test, read_value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Serialize, Serializer};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `string`
    Text,
    /// `integer` or `long`: whole numbers
    Whole,
    /// `number`, `double` or `decimal`
    Number,
    /// `boolean`
    Flag,
}

impl Kind {
    /// Whether a value is of this kind. Null is of none.
    pub fn holds(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text, Value::Text(_)) | (Self::Number, Value::Number(_)) | (Self::Flag, Value::Flag(_)) => true,
            (Self::Whole, Value::Number(number)) => number.is_integer(),
            _ => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "string",
            Self::Whole => "integer",
            Self::Number => "number",
            Self::Flag => "boolean",
        })
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// Nothing known; only `-` matches it.
    Null,
    /// `true`, `false`
    Flag(bool),
    /// `12`, `-0.5`
    Number(Decimal),
    /// `"text"`
    Text(String),
}

impl Value {
    /// The text of a text value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of a whole number.
    pub fn as_whole(&self) -> Option<i64> {
        match self {
            Self::Number(number) if number.is_integer() => number.to_i64(),
            _ => None,
        }
    }
}

/// As JSON has it. A number that JSON's readers would round is written as text.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_unit(),
            Self::Flag(flag) => flag.serialize(to),
            Self::Text(text) => text.serialize(to),
            Self::Number(number) => {
                let text = number.normalize().to_string();
                match serde_json::from_str::<serde_json::Number>(&text) {
                    Ok(number) if number.to_string() == text => number.serialize(to),
                    _ => text.serialize(to),
                }
            }
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

/// The test in an input cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// `-`: anything, null included.
    Any,
    /// One of these holds; never empty.
    OneOf(Vec<Item>),
    /// `not(...)`: none of these holds, and the value is known; never empty.
    Not(Vec<Item>),
}

/// One part of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// `"a"`, `3`, `true`
    Is(Value),
    /// Numbers between two bounds, of which at most one is absent. In a column of whole numbers each bound is
    /// itself a whole number and included.
    Between(Option<Bound>, Option<Bound>),
}

/// One end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// Where it lies.
    pub at: Decimal,
    /// Whether the number itself belongs to the range.
    pub included: bool,
}

impl Test {
    /// Whether the test holds for a value of its column's kind, or for null.
    pub fn matches(&self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(items) => items.iter().any(|item| item.matches(value)),
            Self::Not(items) => *value != Value::Null && !items.iter().any(|item| item.matches(value)),
        }
    }

    /// The parts of the test; none for `-`.
    pub fn items(&self) -> &[Item] {
        match self {
            Self::Any => &[],
            Self::OneOf(items) | Self::Not(items) => items,
        }
    }

    /// The literals that the test names (not the bounds of ranges).
    pub fn values(&self) -> Vec<&Value> {
        let mut values = Vec::new();
        for item in self.items() {
            if let Item::Is(value) = item {
                values.push(value);
            }
        }
        values
    }
}

impl Item {
    fn matches(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Is(wanted), value) => wanted == value,
            (Self::Between(low, high), Value::Number(number)) => {
                low.is_none_or(|low| low.at < *number || (low.included && low.at == *number))
                    && high.is_none_or(|high| *number < high.at || (high.included && high.at == *number))
            }
            (Self::Between(..), _) => false,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{}", number.normalize()),
            Self::Text(text) => quoted(text, f),
        }
    }
}

/// Writes a text in quotes. What XML can't carry or would fold into a space is escaped.
fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => write!(f, "\\u{:04X}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("-"),
            Self::OneOf(items) => listed(items, f),
            Self::Not(items) => {
                f.write_str("not(")?;
                listed(items, f)?;
                f.write_str(")")
            }
        }
    }
}

fn listed(items: &[Item], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(",")?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |bound: &Bound| bound.at.normalize();
        match self {
            Self::Is(value) => write!(f, "{value}"),
            Self::Between(Some(low), Some(high)) => {
                let open = if low.included { '[' } else { '(' };
                let close = if high.included { ']' } else { ')' };
                write!(f, "{open}{}..{}{close}", number(low), number(high))
            }
            Self::Between(Some(low), None) => write!(f, ">{} {}", equals(low), number(low)),
            Self::Between(None, Some(high)) => write!(f, "<{} {}", equals(high), number(high)),
            Self::Between(None, None) => f.write_str("-"),
        }
    }
}

const fn equals(bound: &Bound) -> &'static str {
    if bound.included { "=" } else { "" }
}
