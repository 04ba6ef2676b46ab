//! 收办核对: what came in is routed or waits; what was dispatched is open, discharged or waived. Anything else has a name.

use platform::{receipt::ReportId, text::Lang};
use serde::{Deserialize, Serialize, Serializer};

/// The ledger as the snapshot keeps it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Ledger {
    accepted: i64,
    routed: i64,
    waiting: i64,
    dispatched: i64,
    open: i64,
    discharged: i64,
    waived: i64,
    /// Ids; programs read receipts.
    #[serde(serialize_with = "receipts")]
    missing: Vec<ReportId>,
}

fn receipts<S: Serializer>(missing: &[ReportId], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(missing.iter().map(ToString::to_string))
}

/// The ledger in words.
pub(crate) struct LedgerLine {
    pub(crate) balanced: bool,
    pub(crate) accepted: String,
    pub(crate) dispatched: String,
    /// Report id and receipt of what is missing.
    pub(crate) missing: Vec<(ReportId, String)>,
}

impl Ledger {
    /// Both equations hold and nothing is missing.
    pub(crate) fn balanced(&self) -> bool {
        self.accepted == self.routed + self.waiting
            && self.dispatched == self.open + self.discharged + self.waived
            && self.missing.is_empty()
    }

    /// The receipts that are missing.
    pub(crate) fn missing(&self) -> impl Iterator<Item = (ReportId, String)> {
        self.missing.iter().map(|id| (*id, id.to_string()))
    }

    /// In words.
    pub(crate) fn say(&self, lang: Lang) -> LedgerLine {
        let text = |n: i64| n.to_string();
        let (accepted, routed, waiting) = (text(self.accepted), text(self.routed), text(self.waiting));
        let (dispatched, open, discharged, waived) = (
            text(self.dispatched),
            text(self.open),
            text(self.discharged),
            text(self.waived),
        );
        LedgerLine {
            balanced: self.balanced(),
            accepted: lang.fill(
                "board.ledger_accepted",
                &[("accepted", &accepted), ("routed", &routed), ("waiting", &waiting)],
            ),
            dispatched: lang.fill(
                "board.ledger_dispatched",
                &[
                    ("dispatched", &dispatched),
                    ("open", &open),
                    ("discharged", &discharged),
                    ("waived", &waived),
                ],
            ),
            missing: self.missing().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ledger, ReportId};

    #[test]
    fn one_missing_report_unbalances_it() {
        let mut ledger = Ledger {
            accepted: 5,
            routed: 4,
            waiting: 1,
            dispatched: 9,
            open: 4,
            discharged: 4,
            waived: 1,
            missing: Vec::new(),
        };
        assert!(ledger.balanced());
        ledger.missing.push(ReportId::from_db(7));
        assert!(
            !ledger.balanced(),
            "a report without tickets is missing even where the numbers agree"
        );
        ledger.missing.clear();
        ledger.open = 3;
        assert!(!ledger.balanced());
    }
}
