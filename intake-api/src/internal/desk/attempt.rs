//! A form of the desk that comes back, and what its choices are.

use axum::http::StatusCode;
use casework::pack::Pack;
use platform::{store::DeskTicket, text::Lang};

use super::{
    closing,
    draft::{People, Person},
};
use crate::internal::again::{Again, Fields, Wrong};

/// A choice of a form.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
}

/// What was typed into the form of one act, and what is wrong with it; an empty `form` is none of them.
#[derive(Default)]
pub(crate) struct Attempt {
    /// Id of the form: `contact`, `reporter` …
    pub(crate) form: &'static str,
    /// What comes back; it says a trouble of the whole form.
    pub(crate) again: Again<Fields>,
}

impl Attempt {
    /// Of a form whose fields are wrong.
    pub(crate) fn wrong(form: &'static str, wrong: Wrong, fields: Fields) -> Self {
        let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, None, fields);
        Self {
            form,
            again: again.with_wrong(wrong),
        }
    }

    /// What was typed into a field of a form.
    pub(crate) fn typed(&self, form: &str, field: &str) -> &str {
        if self.form == form {
            self.again.fields.get(field).map_or("", String::as_str)
        } else {
            ""
        }
    }

    /// The key of what is wrong with it.
    pub(crate) fn fault(&self, form: &str, field: &str) -> Option<&'static str> {
        let wrong = self.again.wrong.get(field).copied();
        wrong.filter(|_| self.form == form)
    }
}

/// The people of a unit to choose from.
pub(crate) fn people(of: &People) -> Vec<Choice> {
    let choice = |(id, name, ..): &Person| Choice {
        value: id.to_string(),
        label: name.clone(),
    };
    of.iter().map(choice).collect()
}

/// The outcomes to choose from, closed ones not offered.
pub(crate) fn outcomes(pack: &Pack, ticket: &DeskTicket, lang: Lang) -> Vec<Choice> {
    closing::offered(pack, ticket)
        .map(|outcome| Choice {
            value: outcome.term.code.clone(),
            label: outcome.term.label.get(lang.pack()).to_owned(),
        })
        .collect()
}
