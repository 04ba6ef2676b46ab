//! A request body read into a [`Report`].

use super::errors::{FieldError, ParseError};
use super::filed::Report;
use super::{decode, node};

impl Report {
    /// Reads a request body. Errors: not JSON at all, or every field that is wrong.
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        let why = match node::parse(body) {
            Ok(node) => return decode::report(&node).map_err(ParseError::Invalid),
            Err(why) => why,
        };
        let named = node::without_lone_surrogates(body).ok_or_else(|| why.clone())?;
        let node = node::parse(&named).map_err(|_| why.clone())?;
        match decode::report(&node) {
            Err(errors) => Err(ParseError::Invalid(errors)),
            // The half stood in a place where nothing is read from; still no text.
            Ok(_) => Err(why),
        }
    }

    /// Reads an already decoded value (the form builds one). Errors: every field that is wrong.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the value is spent; callers build it for this call"
    )]
    pub fn from_value(value: serde_json::Value) -> Result<Self, Vec<FieldError>> {
        decode::report(&node::from_value(&value))
    }
}
