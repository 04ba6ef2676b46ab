//! 回访: after every ticket of a report is resolved the office calls the reporter, records how it went, and something follows.
//!
//! Content, or anonymous: over. Not reached: again on another day, three times. Not content: whoever called reopens tickets at
//! once, or says why not, and then another person of the office decides. The reporter's contact stays sealed until somebody
//! opens it with a reason; reasons and notes are sealed with the report's own key, because people repeat in them what
//! reporters say.

mod api;
mod call;
mod decide;
mod list;
mod open;
mod page;
mod record;

pub(crate) use api::{
    decide as api_decide, list as api_list, record as api_record, show as api_show, undecided as api_undecided,
};
pub(crate) use decide::decide;
pub(crate) use list::list;
pub(crate) use open::open;
pub(crate) use page::page;
pub(crate) use record::record;

use casework::callback::CallResult;
use platform::text::Lang;

/// Word of a result.
fn result(lang: Lang, word: &str) -> &'static str {
    lang.t(match CallResult::from_word(word) {
        Some(CallResult::Satisfied) => "callback.result.satisfied",
        Some(CallResult::Dissatisfied) => "callback.result.dissatisfied",
        Some(CallResult::Unreachable) => "callback.result.unreachable",
        Some(CallResult::Anonymous) => "callback.result.anonymous",
        None => "desk.what.changed",
    })
}
