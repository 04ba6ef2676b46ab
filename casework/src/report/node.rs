//! JSON as it was written, duplicate names included.
//!
//! `serde_json::Value` silently keeps the last of two equal names; two readers that disagree about which one
//! counts is how a report gets lost, so names are kept as a list here and the decoder refuses repeats.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::ParseError;

/// One JSON value borrowing from the body where it can.
#[derive(Debug)]
pub(super) enum Node<'a> {
    Null,
    Bool(bool),
    /// A whole number within `i64`.
    Int(i64),
    /// Any other number.
    Float(f64),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

pub(super) fn parse(body: &[u8]) -> Result<Node<'_>, ParseError> {
    // Programs on Windows like to begin a file with a byte order mark.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    serde_json::from_slice(body).map_err(|error| ParseError::NotJson(error.to_string()))
}

/// The body with each half of a surrogate pair that stands alone as `\u0000`, which is as impossible a text and which the
/// decoder names by its field; the JSON reader would only give a line and a column. `None` where there is no such half.
pub(super) fn without_lone_surrogates(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = body.to_vec();
    let (mut at, mut found) = (0, false);
    while at + 1 < out.len() {
        if out[at] != b'\\' {
            at += 1;
        } else if let Some(unit) = escaped(&out, at).filter(|unit| (0xd800..0xe000).contains(unit)) {
            let pair = unit < 0xdc00 && escaped(&out, at + 6).is_some_and(|low| (0xdc00..0xe000).contains(&low));
            if !pair {
                out[at + 2..at + 6].copy_from_slice(b"0000");
                found = true;
            }
            at += if pair { 12 } else { 6 };
        } else {
            at += 2;
        }
    }
    found.then_some(out)
}

/// The code unit of `\uXXXX` at a place.
fn escaped(body: &[u8], at: usize) -> Option<u16> {
    let escape = body.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()
}

pub(super) fn from_value(value: &Value) -> Node<'_> {
    match value {
        Value::Null => Node::Null,
        Value::Bool(flag) => Node::Bool(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(int) => Node::Int(int),
            None => Node::Float(number.as_f64().unwrap_or(f64::MAX)),
        },
        Value::String(text) => Node::Text(Cow::Borrowed(text)),
        Value::Array(items) => Node::List(items.iter().map(from_value).collect()),
        Value::Object(fields) => Node::Object(
            fields
                .iter()
                .map(|(name, value)| (Cow::Borrowed(name.as_str()), from_value(value)))
                .collect(),
        ),
    }
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Node::Int(value))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "beyond i64 only 'not a small whole number' matters"
    )]
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(value).map_or(Node::Float(value as f64), Node::Int))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Node::Float(value))
    }

    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Self::Value, E> {
        Ok(Node::Text(Cow::Owned(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let mut object = Vec::new();
        while let Some(Name(name)) = fields.next_key()? {
            object.push((name, fields.next_value()?));
        }
        Ok(Node::Object(object))
    }
}

/// A field name, borrowed when it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Borrowed(value)))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Name(Cow::Owned(value.to_owned())))
    }
}
