//! How a call went, in words.

use casework::callback::CallResult;
use platform::text::Lang;

/// Word of a result.
pub(super) fn result(lang: Lang, word: &str) -> &'static str {
    lang.t(match CallResult::from_word(word) {
        Some(CallResult::Satisfied) => "callback.result.satisfied",
        Some(CallResult::Dissatisfied) => "callback.result.dissatisfied",
        Some(CallResult::Unreachable) => "callback.result.unreachable",
        Some(CallResult::Anonymous) => "callback.result.anonymous",
        None => "desk.what.changed",
    })
}
