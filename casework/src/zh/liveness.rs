//! A counter-example as the report that a reporter would file, and as a sentence that a clerk reads.

use super::facts::{fact_zh, word_zh};
use crate::dmn::sfeel::Value;
use crate::office::liveness::example::ExampleReport;
use crate::office::liveness::space::{Point, Space, UNLISTED};
use crate::pack::Pack;
use crate::report::RoutingFact;
use crate::words::Lang;

/// Words for the points of a pack's space.
#[derive(Clone, Copy)]
pub(crate) struct Words<'p> {
    pub(crate) pack: &'p Pack,
    pub(crate) space: &'p Space,
}

pub(crate) struct Example {
    pub(crate) report: ExampleReport,
    pub(crate) requester_kind: Option<String>,
    pub(crate) sentence: String,
}

impl Words<'_> {
    /// The report of a point: only what is required or differs from the defaults.
    pub(crate) fn example(&self, point: &Point, area: Option<&str>) -> Example {
        let word = |name| self.space.value(point, name).as_text().unwrap_or_default().to_owned();
        let situation = match word("situation").as_str() {
            UNLISTED => self.unlisted(),
            code => code.to_owned(),
        };
        let mut report = ExampleReport::new(
            situation.clone(),
            self.space.value(point, "present_danger") == &Value::from(true),
            area,
            word("reporter_kind"),
            "有人接办检查的最小反例，并非真实报告。",
        );
        let mut said = Vec::new();
        for (fact, value) in self
            .space
            .facts
            .iter()
            .zip(point)
            .filter(|(fact, value)| fact.counts && **value != 0)
        {
            let value = &fact.values[*value];
            said.push(self.said(fact.name, value));
            if let Some(fact) = RoutingFact::from_word(fact.name) {
                report.say(fact, value);
            }
        }
        if let Some(area) = area {
            said.push(format!(
                "地点在{}",
                self.pack.areas().path_name(area).unwrap_or_else(|| area.to_owned())
            ));
        }
        let requester_kind = Some(word("requester_kind")).filter(|kind| !kind.is_empty());
        Example {
            sentence: self.sentence(&situation, &said, requester_kind.as_deref()),
            report,
            requester_kind,
        }
    }

    fn sentence(&self, situation: &str, said: &[String], requester: Option<&str>) -> String {
        let situation = if self.pack.vocabulary().situations.contains(situation) {
            format!("情形“{}”", self.pack.vocabulary().situations.label(situation, Lang::Zh))
        } else {
            "情形不在本县词汇表中".to_owned()
        };
        let said = if said.is_empty() {
            String::new()
        } else {
            format!("，{}", said.join("，"))
        };
        match requester {
            Some(kind) => {
                let kind = self.pack.vocabulary().unit_kinds.label(kind, Lang::Zh);
                format!("例如：{kind}就一份报告提请，{situation}{said}；其余不填。")
            }
            None => format!("例如这样一份报告：{situation}{said}；其余不填。"),
        }
    }

    /// `孩子12岁`, `发生地点为学校`.
    fn said(&self, fact: &str, value: &Value) -> String {
        match (fact, value) {
            ("age", Value::Number(age)) => format!("孩子{age}岁"),
            ("present_danger", _) => "孩子正面临现实危险".to_owned(),
            ("left_behind", value) if *value == Value::from(true) => "孩子是留守儿童".to_owned(),
            ("left_behind", _) => "孩子不是留守儿童".to_owned(),
            ("guardian_absent" | "adult_co_offender" | "repeat", _) => fact_zh(fact).to_owned(),
            (_, Value::Text(word)) => format!("{}为{}", fact_zh(fact), word_zh(fact, word).unwrap_or(word)),
            _ => format!("{}为{value}", fact_zh(fact)),
        }
    }

    /// A situation code that the pack does not list.
    fn unlisted(&self) -> String {
        let listed = |code: &String| self.pack.vocabulary().situations.contains(code);
        (0..=u32::MAX)
            .map(|n| format!("unlisted-{n}"))
            .find(|code| !listed(code))
            .unwrap_or_default()
    }

    /// Labels of situations, joined; a long list is cut.
    pub(crate) fn situations(&self, codes: &[&Value]) -> String {
        const NAMED: usize = 3;
        let label = |code: &&&Value| match code.as_text() {
            Some(UNLISTED) | None => "词汇表以外的情形".to_owned(),
            Some(code) => format!("“{}”", self.pack.vocabulary().situations.label(code, Lang::Zh)),
        };
        let named: Vec<String> = codes.iter().take(NAMED).map(|code| label(&code)).collect();
        let more = if codes.len() > NAMED {
            format!("等{}种情形", codes.len())
        } else {
            String::new()
        };
        format!("{}{more}", named.join("、"))
    }

    pub(crate) fn obligation(&self, code: &str) -> String {
        format!("“{}”", self.pack.vocabulary().obligations.label(code, Lang::Zh))
    }

    pub(crate) fn kind(&self, code: &str) -> String {
        self.pack.vocabulary().unit_kinds.label(code, Lang::Zh).to_owned()
    }
}
