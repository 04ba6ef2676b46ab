//! From the text of a cell to a test or a value.

use rust_decimal::Decimal;

use super::{Bound, Item, Kind, Test, Value};

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
        "" | "null" => Ok(Value::Null),
        text => literal(text, kind),
    }
}

/// Reads a number as JSON writes it, exactly. Errors: it has more digits than are kept.
pub fn read_number(text: &str) -> Result<Decimal, String> {
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let beyond = || format!("{text} has more digits than the 28 that are kept exactly");
    let number = number(digits, Kind::Number)?;
    let exponent: i64 = exponent.parse().map_err(|_| beyond())?;
    let ten = Decimal::TEN;
    let mut scaled = number;
    // A decimal has fewer than 60 places in all, so that more steps lead nowhere.
    for _ in 0..exponent.unsigned_abs().min(60) {
        let next = if exponent > 0 {
            scaled.checked_mul(ten)
        } else {
            scaled.checked_div(ten)
        };
        scaled = next.ok_or_else(beyond)?;
    }
    let mut back = scaled;
    for _ in 0..exponent.unsigned_abs().min(60) {
        let next = if exponent > 0 {
            back.checked_div(ten)
        } else {
            back.checked_mul(ten)
        };
        back = next.ok_or_else(beyond)?;
    }
    if back == number {
        Ok(scaled.normalize())
    } else {
        Err(beyond())
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
    if !text.starts_with(['<', '>', '[', '(', ']']) {
        return literal(text, kind).map(Item::Is);
    }
    if !matches!(kind, Kind::Whole | Kind::Number) {
        return Err(format!("{text}: comparisons and ranges are for numbers only"));
    }
    let (low, high) = if text.starts_with(['<', '>']) {
        comparison(text, kind)?
    } else {
        range(text, kind)?
    };
    match kind {
        Kind::Whole => Ok(Item::Between(up(low)?, down(high)?)),
        _ => Ok(Item::Between(low, high)),
    }
    .and_then(|item| {
        if empty(&item) {
            Err(format!("{text} is an empty range"))
        } else {
            Ok(item)
        }
    })
}

type Bounds = (Option<Bound>, Option<Bound>);

fn comparison(text: &str, kind: Kind) -> Result<Bounds, String> {
    let bound = |rest: &str, included| number(rest.trim(), kind).map(|at| Some(Bound { at, included }));
    if let Some(rest) = text.strip_prefix("<=") {
        Ok((None, bound(rest, true)?))
    } else if let Some(rest) = text.strip_prefix(">=") {
        Ok((bound(rest, true)?, None))
    } else if let Some(rest) = text.strip_prefix('<') {
        Ok((None, bound(rest, false)?))
    } else {
        Ok((bound(&text[1..], false)?, None))
    }
}

fn range(text: &str, kind: Kind) -> Result<Bounds, String> {
    let wrong = || format!("{text} is not a range; write [a..b], or ( and ) for a bound that is left out");
    let included = match text.chars().last() {
        Some(']') => true,
        Some(')' | '[') => false,
        _ => return Err(wrong()),
    };
    let inner = text.get(1..text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let (low, high) = inner.split_once("..").ok_or_else(wrong)?;
    let low = Bound {
        at: number(low.trim(), kind)?,
        included: text.starts_with('['),
    };
    let high = Bound {
        at: number(high.trim(), kind)?,
        included,
    };
    Ok((Some(low), Some(high)))
}

/// The least whole number of a range that starts here. A bound of a whole column is read as a 64-bit number, so
/// one more or less never overflows a decimal.
fn up(low: Option<Bound>) -> Result<Option<Bound>, String> {
    shifted(low, Decimal::ONE)
}

/// The greatest whole number of a range that ends here.
fn down(high: Option<Bound>) -> Result<Option<Bound>, String> {
    shifted(high, Decimal::NEGATIVE_ONE)
}

fn shifted(bound: Option<Bound>, by: Decimal) -> Result<Option<Bound>, String> {
    let Some(bound) = bound else { return Ok(None) };
    let at = if bound.included { bound.at } else { bound.at + by };
    if at > Decimal::from(i64::MAX) || at < Decimal::from(i64::MIN) {
        return Err(format!("{} leaves no whole number of 64 bits", bound.at));
    }
    Ok(Some(Bound { at, included: true }))
}

fn empty(item: &Item) -> bool {
    match item {
        Item::Between(Some(low), Some(high)) => {
            low.at > high.at || (low.at == high.at && !(low.included && high.included))
        }
        _ => false,
    }
}

fn literal(text: &str, kind: Kind) -> Result<Value, String> {
    match kind {
        Kind::Whole | Kind::Number => number(text, kind).map(Value::Number),
        Kind::Flag => match text {
            "true" => Ok(Value::Flag(true)),
            "false" => Ok(Value::Flag(false)),
            _ => Err(format!("{text} is neither true nor false")),
        },
        Kind::Text => quoted(text).map(Value::Text),
    }
}

/// A number as S-FEEL writes it: digits, perhaps a point and a minus; no exponent, no separators.
fn number(text: &str, kind: Kind) -> Result<Decimal, String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || fraction.is_empty() || digits.is_empty() {
        return Err(match kind {
            Kind::Whole => format!("{text} is not a whole number"),
            _ => format!("{text} is not a number"),
        });
    }
    if kind == Kind::Whole {
        let whole: Result<i64, _> = text.parse();
        return whole
            .map(Decimal::from)
            .map_err(|_| format!("{text} is not a whole number of 64 bits"));
    }
    Decimal::from_str_exact(text)
        .map(|number| number.normalize())
        .map_err(|_| format!("{text} has more digits than the 28 that are kept exactly"))
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
            '\\' => {
                let escaped = escape(&mut chars);
                out.push(escaped.ok_or_else(|| {
                    format!("{text}: only \\\" \\\\ \\' \\n \\r \\t and \\uXXXX may follow a backslash")
                })?);
            }
            c => out.push(c),
        }
    }
    Ok(out)
}

/// The character after a backslash.
fn escape(chars: &mut std::str::Chars<'_>) -> Option<char> {
    match chars.next()? {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        c @ ('"' | '\\' | '\'') => Some(c),
        'u' => {
            let digits = chars.as_str().get(..4)?;
            if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            chars.nth(3);
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)
        }
        _ => None,
    }
}
