//! What was pasted, in the language of the page.

use casework::{
    calendar::Calendar,
    office::days_off::{DaysOff, days_off},
};
use platform::text::Lang;

/// Reads it. Errors: what is wrong, each a sentence.
pub(super) fn read(text: &str, in_force: &Calendar, lang: Lang) -> Result<DaysOff, Vec<String>> {
    days_off(text, in_force).map_err(|problems| {
        let say = |problem: casework::zh::notice::NoticeProblem| match lang {
            Lang::Zh => problem.zh,
            Lang::En => problem.en,
        };
        problems.into_iter().map(say).collect()
    })
}
