//! Reports in which each part holds a word of its own.

use std::collections::BTreeSet;

use serde_json::json;
use tests::{Filed, System};

/// The sealed words of a report by part; `contact` and `identity` are what a named, or any, reporter said of themselves.
pub(super) const PARTS: [(&str, &str); 9] = [
    ("place", "暗号地点"),
    ("child", "暗号姓名"),
    ("birth", "暗号证件"),
    ("school", "暗号学校"),
    ("home", "暗号住址"),
    ("narrative", "暗号经过"),
    ("reporter", "暗号单位"),
    ("contact", "暗号报告人"),
    ("contact", "暗号电话"),
];

/// A report with its words.
pub(super) struct Planted {
    pub(super) filed: Filed,
    pub(super) mark: &'static str,
    pub(super) named: bool,
}

impl Planted {
    pub(super) async fn file(
        system: &System,
        mark: &'static str,
        named: bool,
        situations: &[&str],
        danger: bool,
    ) -> Self {
        let word = |part: usize| format!("{}{mark}", PARTS[part].1);
        let body = json!({
            "situations": situations, "present_danger": danger, "area": "341222101001", "where_now": word(0), "place": "home",
            "suspect": "acquaintance",
            "children": [{"name": word(1), "sex": "female", "age": 13, "id_number": word(2), "living_with": "grandparents",
                          "left_behind": true, "school": word(3), "home_address": word(4)}],
            "reporter": {"kind": "doctor", "identity": if named { "named" } else { "confidential" }, "organization": word(6),
                         "name": word(7), "phone": word(8)},
            "narrative": word(5),
        });
        let filed = system.file(&body.to_string()).await;
        system.routed(&filed).await;
        Self { filed, mark, named }
    }

    /// Which parts a text holds words of, as `reads` names them.
    pub(super) fn told(&self, text: &str) -> BTreeSet<&'static str> {
        PARTS
            .iter()
            .filter(|(_, word)| text.contains(&format!("{word}{}", self.mark)))
            .map(|(part, _)| *part)
            .collect()
    }

    /// Whether somebody who is shown `parts` may read words of this one.
    pub(super) fn covers(&self, parts: &BTreeSet<String>, part: &str) -> bool {
        match part {
            "contact" => parts.contains("identity") || self.named && parts.contains("reporter"),
            "reporter" => parts.contains("identity") || parts.contains("reporter"),
            part => parts.contains(part),
        }
    }
}
