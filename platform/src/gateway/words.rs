//! The words of a call: all that a registered template may be filled with. Nothing of a child, no name, no link.

use crate::{
    store::{CallSaid, ReportId},
    text::Lang,
};
use casework::{pack::Pack, words::Lang as PackLang, words::Urgency};

/// What a call says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The highest of its reports.
    pub urgency: Urgency,
    /// How many wait, 1 or more.
    pub count: usize,
    /// The report, where it is one.
    pub report: Option<ReportId>,
    /// A drill.
    pub drill: bool,
    /// Who calls: the office of the county.
    pub office: String,
}

impl Words {
    /// Of a call.
    pub fn of(call: &CallSaid, pack: &Pack) -> Self {
        let many = call.waiting.and_then(|waiting| usize::try_from(waiting).ok());
        let count = many.unwrap_or(call.reports.len()).max(1);
        Self {
            urgency: call.urgency,
            count,
            report: call.reports.first().copied().filter(|_| count == 1),
            drill: call.drill,
            office: pack.county_name(PackLang::Zh).to_owned(),
        }
    }

    /// The value of a parameter of templates. None is ever empty: a provider refuses an empty one.
    pub fn parameter(&self, name: &str) -> Option<String> {
        Some(match name {
            "office" => self.office.clone(),
            "urgency" => Lang::Zh
                .t(&format!("words.urgency.{}", self.urgency.as_str().to_lowercase()))
                .to_owned(),
            "count" => self.count.to_string(),
            "tail" => self.report.map_or_else(
                || Lang::Zh.t("call.tail-of-several").to_owned(),
                |report| {
                    let receipt = report.to_string();
                    receipt[receipt.len().saturating_sub(TAIL)..].to_owned()
                },
            ),
            "what" => Lang::Zh
                .t(if self.drill { "call.drill" } else { "call.report" })
                .to_owned(),
            _ => return None,
        })
    }
}

/// Characters of a receipt that a call says at the most.
const TAIL: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_says_little_and_every_word_says_something() {
        let report = "20261124-7K3M-9QXA7".parse::<ReportId>().ok();
        let mut words = Words {
            urgency: Urgency::P1,
            count: 1,
            report,
            drill: false,
            office: "太和县".into(),
        };
        let all =
            |words: &Words| ["office", "urgency", "count", "tail", "what"].map(|name| words.parameter(name).unwrap());
        assert_eq!(all(&words)[..3], ["太和县", "特急", "1"]);
        if let Some(report) = report {
            assert!(report.to_string().ends_with(&all(&words)[3]));
        }
        (words.count, words.report, words.drill) = (5, None, true);
        assert!(all(&words).iter().all(|word| !word.is_empty()));
        assert_ne!(all(&words)[4], Lang::Zh.t("call.report"));
        assert_eq!(words.parameter("child"), None);
    }
}
