//! What lists of the office say alike: a report in a line, a count.

use casework::{pack::Pack, report::StoredFacts};
use platform::{receipt::ReportId, text::Lang};

use crate::internal::page::words;

/// More than this is not counted; the page then says "1000+".
const COUNTED: i64 = 1000;

/// Receipt, place, sex and age, what is reported.
pub(crate) fn brief(lang: Lang, pack: &Pack, report: ReportId, facts: Option<&StoredFacts>) -> String {
    let said = facts.map_or_else(String::new, |facts| words::brief(lang, pack, facts));
    format!("{report} · {said}")
}

pub(crate) fn counted(count: i64) -> String {
    if count > COUNTED {
        format!("{COUNTED}+")
    } else {
        count.to_string()
    }
}
