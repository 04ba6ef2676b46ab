//! How a call went, in words.

use casework::callback::CallResult;
use platform::text::Lang;

/// Word of a result.
pub(super) fn result(lang: Lang, result: CallResult) -> &'static str {
    lang.t(match result {
        CallResult::Satisfied => "callback.result.satisfied",
        CallResult::Dissatisfied => "callback.result.dissatisfied",
        CallResult::Unreachable => "callback.result.unreachable",
        CallResult::Anonymous => "callback.result.anonymous",
    })
}
