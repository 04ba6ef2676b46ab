//! A line of a mail: what is told, and its name.

use super::texts::t;

/// A label and its value.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) strong: bool,
}

impl Row {
    pub(super) fn new(name: &str, value: String) -> Self {
        Self {
            label: t(&format!("notice.row.{name}")).to_owned(),
            value,
            strong: name == "urgency",
        }
    }
}
