//! What an answer means: a 200 alone says little, since many providers refuse with it.

use serde::Deserialize;
use serde_json::Value;

use super::http::Answer;
use super::outcome::Outcome;

/// How answers are read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Judge {
    /// The place (a JSON pointer) and the words that mean that it was taken. Unset: any 2xx does.
    pub(super) ok: Option<Ok>,
    /// Where the provider's id stands.
    pub(super) id: Option<String>,
    /// Where its code of a refusal stands; the first that is there counts.
    #[serde(default)]
    pub(super) code: Vec<String>,
    /// Codes of a provider that is well and says "too many". `*` at the end stands for any rest.
    #[serde(default)]
    pub(super) busy: Vec<String>,
    /// Codes that pass: a fault of the provider, an account without money.
    #[serde(default)]
    pub(super) passing: Vec<String>,
    /// Codes that never pass for this number.
    #[serde(default, rename = "final")]
    pub(super) last: Vec<String>,
}

/// What success looks like.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ok {
    /// A JSON pointer.
    pub(super) at: String,
    /// Any of these; `*` at the end stands for any rest.
    pub(super) is: Vec<String>,
}

impl Judge {
    /// Judges. What nobody described is tried again a few times: it may be a proxy's word.
    pub(super) fn judge(&self, answer: &Answer) -> Outcome {
        let well = (200..300).contains(&answer.status);
        let value: Option<Value> = serde_json::from_str(&answer.body).ok();
        let at = |pointer: &str| value.as_ref().and_then(|value| text(value.pointer(pointer)?));
        let taken = match &self.ok {
            None => well,
            Some(ok) => well && at(&ok.at).is_some_and(|said| ok.is.iter().any(|known| fits(known, &said))),
        };
        if taken {
            return Outcome::HandedOver(self.id.as_deref().and_then(at).filter(|id| !id.is_empty()));
        }
        let code = self.code.iter().find_map(|pointer| at(pointer));
        let said = match &code {
            Some(code) => plain(&format!("{} {code}", answer.status)),
            None => answer.status.to_string(),
        };
        let code = code.unwrap_or_default();
        if self.last.iter().any(|known| fits(known, &code)) {
            return Outcome::Never(said);
        }
        if answer.status == 429 || self.busy.iter().any(|known| fits(known, &code)) {
            return Outcome::Busy(said);
        }
        let passes = self.passing.iter().any(|known| fits(known, &code));
        let theirs = well || answer.status >= 500 || matches!(answer.status, 408 | 425);
        if passes || theirs {
            Outcome::Later(said)
        } else {
            Outcome::Never(said)
        }
    }
}

fn fits(known: &str, code: &str) -> bool {
    match known.strip_suffix('*') {
        Some(start) => code.starts_with(start),
        None => known == code,
    }
}

/// A value as words: a provider may write 0 or "0".
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Words of a provider as they may be kept: one short line, and nothing in it that may be a telephone number.
pub(super) fn plain(said: &str) -> String {
    const LONGEST: usize = 200;
    /// The shortest run of digits that may be a number.
    const NUMBER: usize = 5;
    let mut kept = String::new();
    let mut digits = String::new();
    for c in said.chars().take(LONGEST).chain(['\0']) {
        if c.is_numeric() || (matches!(c, '-' | ' ') && !digits.is_empty()) {
            digits.push(c);
            continue;
        }
        if digits.chars().filter(|c| c.is_numeric()).count() < NUMBER {
            kept.push_str(&digits);
        } else {
            kept.push('…');
        }
        digits.clear();
        if c != '\0' {
            kept.push(if c.is_control() { ' ' } else { c });
        }
    }
    kept
}
