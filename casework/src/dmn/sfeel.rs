//! The S-FEEL subset of table cells: literals, lists, `not(...)`, comparisons, ranges, `-`.

use std::fmt;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `string`
    Text,
    /// `integer` or `long`: whole numbers
    Whole,
    /// `boolean`
    Flag,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "string",
            Self::Whole => "integer",
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
    /// `12`
    Whole(i64),
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
    pub const fn as_whole(&self) -> Option<i64> {
        match self {
            Self::Whole(number) => Some(*number),
            _ => None,
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
        Self::Whole(number)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "\"{text}\""),
        }
    }
}

/// The test in an input cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// `-`: anything, null included.
    Any,
    /// One of these holds.
    OneOf(Vec<Item>),
    /// `not(...)`: none of these holds, and the value is known.
    Not(Vec<Item>),
}

/// One part of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// `"a"`, `3`, `true`
    Is(Value),
    /// Whole numbers between two bounds, both included; `None` = no bound.
    Between(Option<i64>, Option<i64>),
}

impl Item {
    fn matches(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Is(wanted), value) => wanted == value,
            (Self::Between(low, high), Value::Whole(number)) => {
                low.is_none_or(|low| low <= *number) && high.is_none_or(|high| *number <= high)
            }
            (Self::Between(..), _) => false,
        }
    }
}

impl Test {
    /// Whether the test holds for a value.
    pub fn matches(&self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(items) => items.iter().any(|item| item.matches(value)),
            Self::Not(items) => *value != Value::Null && !items.iter().any(|item| item.matches(value)),
        }
    }

    /// The literals that the test names (not the bounds of ranges).
    pub fn values(&self) -> Vec<&Value> {
        match self {
            Self::Any => Vec::new(),
            Self::OneOf(items) | Self::Not(items) => items
                .iter()
                .filter_map(|item| match item {
                    Item::Is(value) => Some(value),
                    Item::Between(..) => None,
                })
                .collect(),
        }
    }
}

/// Reads the text of an input cell. Errors: a sentence that says what is allowed.
pub fn read_test(text: &str, kind: Kind) -> Result<Test, String> {
    let text = text.trim();
    if text.is_empty() || text == "-" {
        return Ok(Test::Any);
    }
    if let Some(rest) = text.strip_prefix("not") {
        let rest = rest.trim();
        if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            return Ok(Test::Not(items(inner, kind)?));
        }
    }
    Ok(Test::OneOf(items(text, kind)?))
}

/// Reads the text of an output cell: one literal, or nothing.
pub fn read_value(text: &str, kind: Kind) -> Result<Value, String> {
    match text.trim() {
        "" => Ok(Value::Null),
        text => literal(text, kind),
    }
}

/// Splits at commas outside quotes and reads each part.
fn items(text: &str, kind: Kind) -> Result<Vec<Item>, String> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (index, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().map(|part| item(part.trim(), kind)).collect()
}

fn item(text: &str, kind: Kind) -> Result<Item, String> {
    let ordered = text.starts_with(['<', '>', '[', '(', ']']);
    if !ordered {
        return literal(text, kind).map(Item::Is);
    }
    if kind != Kind::Whole {
        return Err(format!("{text}: comparisons and ranges are for whole numbers only"));
    }
    if text.starts_with(['<', '>']) {
        return comparison(text);
    }
    range(text)
}

fn comparison(text: &str) -> Result<Item, String> {
    let bound = |rest: &str| whole(rest.trim());
    if let Some(rest) = text.strip_prefix("<=") {
        Ok(Item::Between(None, Some(bound(rest)?)))
    } else if let Some(rest) = text.strip_prefix(">=") {
        Ok(Item::Between(Some(bound(rest)?), None))
    } else if let Some(rest) = text.strip_prefix('<') {
        Ok(Item::Between(None, Some(below(bound(rest)?)?)))
    } else {
        Ok(Item::Between(Some(above(bound(&text[1..])?)?), None))
    }
}

fn range(text: &str) -> Result<Item, String> {
    let wrong = || format!("{text} is not a range; write [a..b], or ( and ) for a bound that is left out");
    let inner = text.get(1..text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let (low, high) = inner.split_once("..").ok_or_else(wrong)?;
    let (low, high) = (whole(low.trim())?, whole(high.trim())?);
    let low = if text.starts_with('[') { low } else { above(low)? };
    let high = match text.chars().last() {
        Some(']') => high,
        Some(')' | '[') => below(high)?,
        _ => return Err(wrong()),
    };
    if low > high {
        return Err(format!("{text} is an empty range"));
    }
    Ok(Item::Between(Some(low), Some(high)))
}

fn above(number: i64) -> Result<i64, String> {
    number.checked_add(1).ok_or_else(|| format!("{number} is too large"))
}

fn below(number: i64) -> Result<i64, String> {
    number.checked_sub(1).ok_or_else(|| format!("{number} is too small"))
}

fn whole(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("{text} is not a whole number"))
}

fn literal(text: &str, kind: Kind) -> Result<Value, String> {
    match kind {
        Kind::Whole => whole(text).map(Value::Whole),
        Kind::Flag => match text {
            "true" => Ok(Value::Flag(true)),
            "false" => Ok(Value::Flag(false)),
            _ => Err(format!("{text} is neither true nor false")),
        },
        Kind::Text => quoted(text).map(Value::Text),
    }
}

fn quoted(text: &str) -> Result<String, String> {
    let wrong = || format!("{text} is not a text in straight double quotes, such as \"home\"");
    let inner = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .ok_or_else(wrong)?;
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Err(wrong()),
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(c @ ('"' | '\\' | '\'')) => out.push(c),
                _ => {
                    return Err(format!("{text}: only \\\" \\\\ \\' \\n \\t may follow a backslash"));
                }
            },
            c => out.push(c),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, kind: Kind, value: impl Into<Value>) -> bool {
        read_test(text, kind).unwrap().matches(&value.into())
    }

    #[test]
    fn texts_and_lists() {
        assert!(holds("\"a\", \"b,c\"", Kind::Text, "b,c"));
        assert!(!holds("\"a\",\"b\"", Kind::Text, "c"));
        assert!(holds("not(\"a\",\"b\")", Kind::Text, "c"));
        assert!(!holds("not(\"a\")", Kind::Text, "a"));
        assert!(holds("\"say \\\"x\\\"\"", Kind::Text, "say \"x\""));
    }

    #[test]
    fn null_matches_only_the_dash() {
        assert!(read_test("-", Kind::Text).unwrap().matches(&Value::Null));
        assert!(read_test(" ", Kind::Text).unwrap().matches(&Value::Null));
        for text in ["\"a\"", "not(\"a\")"] {
            assert!(!read_test(text, Kind::Text).unwrap().matches(&Value::Null));
        }
    }

    #[test]
    fn numbers() {
        for (text, yes, no) in [
            ("< 14", 13, 14),
            (">=3", 3, 2),
            ("[0..5]", 5, 6),
            ("(0..5)", 4, 5),
            ("]0..5[", 1, 0),
            ("3, [7..9]", 7, 4),
            ("not(<3)", 3, 2),
        ] {
            assert!(holds(text, Kind::Whole, yes), "{text} {yes}");
            assert!(!holds(text, Kind::Whole, no), "{text} {no}");
        }
    }

    #[test]
    fn what_is_outside_is_refused() {
        for (text, kind) in [
            ("a", Kind::Text),
            ("\"a", Kind::Text),
            ("“a”", Kind::Text),
            ("\"a\"\"b\"", Kind::Text),
            ("\"a\",", Kind::Text),
            ("< \"b\"", Kind::Text),
            ("1.5", Kind::Whole),
            ("[1..2", Kind::Whole),
            ("[5..1]", Kind::Whole),
            ("(5..6)", Kind::Whole),
            ("[", Kind::Whole),
            ("[1..二]", Kind::Whole),
            ("<-9223372036854775808", Kind::Whole),
            ("99999999999999999999", Kind::Whole),
            ("True", Kind::Flag),
            ("not(true", Kind::Flag),
            ("date(\"2020-01-01\")", Kind::Text),
        ] {
            assert!(read_test(text, kind).is_err(), "{text}");
        }
    }
}
