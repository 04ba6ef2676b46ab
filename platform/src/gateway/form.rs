//! What a provider tells later: that a message arrived, that a digit was pressed, that somebody replied.

use serde::Deserialize;
use serde_json::Value;

use super::judge::{plain, text};

/// Where one kind of news stands in a callback or in the answer to a question. All places are JSON pointers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    /// The item, or the list of them; unset: the whole.
    #[serde(default)]
    pub(super) items: String,
    /// Our id of the try, as it was sent with `{id}`.
    pub(super) ours: Option<String>,
    /// The provider's.
    pub(super) provider: Option<String>,
    /// What became of it.
    pub(super) state: Option<String>,
    /// Words that mean that it arrived, or was picked up.
    #[serde(default)]
    pub(super) arrived: Vec<String>,
    /// Words that mean that it did not. Others are no news.
    #[serde(default)]
    pub(super) failed: Vec<String>,
    /// Why.
    pub(super) why: Option<String>,
    /// Digits that were pressed in a call.
    pub(super) digits: Option<String>,
    /// Who writes.
    pub(super) number: Option<String>,
    /// What they write.
    pub(super) text: Option<String>,
}

/// One piece of news.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Our id of the try, as the provider gives it back.
    pub ours: Option<String>,
    /// The provider's.
    pub provider: Option<String>,
    /// What is news.
    pub parts: Vec<Part>,
}

/// What a piece of news says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// It arrived, or was picked up; why not, without numbers.
    Receipt(bool, String),
    /// Digits were pressed.
    Digits(String),
    /// A message came.
    Message {
        /// From where.
        number: String,
        /// What it says.
        text: String,
    },
}

/// All news of a callback. An item that no form fits is none.
pub(super) fn read(forms: &[Form], whole: &Value) -> Vec<Heard> {
    let mut heard = Vec::new();
    for form in forms {
        match whole.pointer(&form.items) {
            Some(Value::Array(items)) => heard.extend(items.iter().filter_map(|item| form.read(item))),
            Some(item @ Value::Object(_)) => heard.extend(form.read(item)),
            _ => {}
        }
    }
    heard
}

impl Form {
    fn read(&self, item: &Value) -> Option<Heard> {
        let at = |pointer: &Option<String>| text(item.pointer(pointer.as_deref()?)?).filter(|said| !said.is_empty());
        let mut parts = Vec::new();
        if let Some(state) = at(&self.state) {
            let why = plain(&at(&self.why).unwrap_or_default());
            if self.arrived.contains(&state) {
                parts.push(Part::Receipt(true, why));
            } else if self.failed.contains(&state) || self.failed.iter().any(|word| word == "*") {
                parts.push(Part::Receipt(false, why));
            }
        }
        if let Some(digits) = at(&self.digits) {
            parts.push(Part::Digits(digits));
        }
        if let (Some(number), Some(text)) = (at(&self.number), at(&self.text)) {
            parts.push(Part::Message { number, text });
        }
        (!parts.is_empty()).then(|| Heard {
            ours: at(&self.ours),
            provider: at(&self.provider),
            parts,
        })
    }
}
