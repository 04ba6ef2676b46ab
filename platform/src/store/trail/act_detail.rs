//! What each kind of act on accounts, units and floods, each step of the rules and each line of the doors says in its detail. The
//! stored names never change.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::store::{AccountId, FloodId, GrantRequestId, OutletId, RosterChangeKind};

/// Of an act by command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByCommand {
    /// The command.
    pub command: String,
    /// The user of the machine.
    pub os_user: String,
    /// `pack-loaded`: the version of the pack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
}

/// `flood-…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfFlood {
    /// Which flood.
    pub flood: FloodId,
    /// How many reports or tickets it touched.
    pub n: i64,
}

/// `granted`, `declined`, `withdrawn` of a role that takes two people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfRequest {
    /// The request.
    pub request: GrantRequestId,
    /// Who asked.
    pub asked_by: AccountId,
    /// Their name and login.
    pub asker: String,
}

/// `created` by a list, `ended` by enabling an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// Why.
    pub why: ActWhy,
}

casework::words! {
    /// What an act came from, where it is not the act itself.
    ActWhy {
        /// The account was enabled again.
        Enabled = "enabled",
        /// A list of people was read in.
        Import = "import",
    }
}

/// `disabled`, and `ended` with tickets in hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Tickets that were handed over.
    pub tickets: i64,
    /// To whom, unit by unit.
    pub handed_over: Vec<HandedTo>,
}

/// Who has a unit's tickets after that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedTo {
    /// Unit code.
    pub unit: String,
    /// The colleague; none: nobody, they are assigned again.
    pub to: Option<AccountId>,
}

/// `mended`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mended {
    /// Name before.
    pub old_name: String,
    /// Name.
    pub name: String,
    /// Telephone before.
    pub old_phone: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

/// `contacts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// Mailbox before.
    pub old_mailbox: String,
    /// Mailbox.
    pub mailbox: String,
    /// Telephone before.
    pub old_phone: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

/// `factor-reset-asked`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetAsked {
    /// Why, as typed.
    pub reason: String,
}

/// `factor-reset`, `factor-reset-refused`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetDecided {
    /// Name of who asked.
    pub asked_by: String,
    /// Why, as typed.
    pub reason: String,
}

/// `phone-…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfPhone {
    /// The number, masked.
    pub phone: String,
}

/// `mail-set`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfMail {
    /// The address, masked; empty: taken away.
    pub mailbox: String,
}

/// `webhook-set`, `webhook-rotated`, `webhook-ended`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfOutlet {
    /// Which.
    pub outlet: OutletId,
    /// Where the unit's own system listens.
    pub url: String,
}

/// `folder-set`, `folder-ended`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfFolder {
    /// The unit's public key.
    pub recipient: String,
}

/// `duty-hours`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyHours {
    /// Of working days: `08:00-12:00 14:30-17:30`.
    pub working: String,
    /// Of days off; empty: none.
    pub off: String,
}

/// `duty-phone`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyPhone {
    /// Before.
    pub old_phone: Option<String>,
    /// Now; none: taken away.
    pub phone: Option<String>,
}

/// `roster-pattern`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternWritten {
    /// Its first day.
    pub day: NaiveDate,
    /// Weeks that repeat.
    pub n: usize,
}

/// `roster-absence`, `roster-exception`, `roster-swap-asked`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeWritten {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// The other person of a swap.
    pub other: Option<AccountId>,
}

/// `roster-swap-…` that was decided, `roster-change-ended`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeDecided {
    /// What it was.
    pub change: RosterChangeKind,
    /// Name of whose it was.
    pub name: Option<String>,
    /// Name of the other person.
    pub other: Option<String>,
}

/// A step of the rules: `drafted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafted {
    /// The version whose content it has.
    pub from: i32,
}

/// A step of the rules: `saved`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The check of this content passed.
    pub sound: bool,
}

/// A step of the rules: `replayed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// The version that it was compared with.
    pub against: i32,
    /// Reports that were decided anew.
    pub reports: Option<u64>,
}

/// A step of the rules: `approved`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// In force from then on.
    pub active_from: DateTime<Utc>,
}

/// At a door: `refused`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnedAway {
    /// Status of the answer.
    pub status: u16,
    /// The path, cut.
    pub path: String,
}

/// At a door: a login that nobody has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedLogin {
    /// Its beginning alone: people type passwords into that field.
    pub typed: String,
}

#[cfg(test)]
mod tests {
    use super::super::detail::tests::holds;
    use super::*;

    #[test]
    fn of_accounts() {
        let mut command = ByCommand {
            command: "people create".to_owned(),
            os_user: "root".to_owned(),
            version: None,
        };
        holds(&command, r#"{"command":"people create","os_user":"root"}"#);
        command.version = Some(3);
        holds(&command, r#"{"command":"people create","os_user":"root","version":3}"#);
        let request = OfRequest {
            request: GrantRequestId(1),
            asked_by: AccountId(2),
            asker: "李（li）".to_owned(),
        };
        holds(&request, r#"{"request":1,"asked_by":2,"asker":"李（li）"}"#);
        holds(&Because { why: ActWhy::Enabled }, r#"{"why":"enabled"}"#);
        holds(&Because { why: ActWhy::Import }, r#"{"why":"import"}"#);
        let handed = |to| HandedTo {
            unit: "pol".to_owned(),
            to,
        };
        let left = Left {
            tickets: 4,
            handed_over: vec![handed(Some(AccountId(2))), handed(None)],
        };
        let text = r#"{"tickets":4,"handed_over":[{"unit":"pol","to":2},{"unit":"pol","to":null}]}"#;
        holds(&left, text);
        let mended = Mended {
            old_name: "李".to_owned(),
            name: "李四".to_owned(),
            old_phone: None,
            phone: Some("0558-1".to_owned()),
        };
        holds(
            &mended,
            r#"{"old_name":"李","name":"李四","old_phone":null,"phone":"0558-1"}"#,
        );
        let reason = "丢了".to_owned();
        let asked_by = "李".to_owned();
        holds(&ResetAsked { reason: reason.clone() }, r#"{"reason":"丢了"}"#);
        holds(
            &ResetDecided { asked_by, reason },
            r#"{"asked_by":"李","reason":"丢了"}"#,
        );
    }

    #[test]
    fn of_units_and_duty() {
        let contacts = Contacts {
            old_mailbox: "a@b".to_owned(),
            mailbox: "c@d".to_owned(),
            old_phone: Some("1".to_owned()),
            phone: None,
        };
        holds(
            &contacts,
            r#"{"old_mailbox":"a@b","mailbox":"c@d","old_phone":"1","phone":null}"#,
        );
        holds(
            &OfPhone {
                phone: "138****1".to_owned(),
            },
            r#"{"phone":"138****1"}"#,
        );
        holds(
            &OfMail {
                mailbox: "l***@b".to_owned(),
            },
            r#"{"mailbox":"l***@b"}"#,
        );
        let outlet = OutletId(uuid::Uuid::nil());
        let url = "https://oa.example/".to_owned();
        holds(
            &OfOutlet { outlet, url },
            r#"{"outlet":"00000000-0000-0000-0000-000000000000","url":"https://oa.example/"}"#,
        );
        let recipient = "age1".to_owned();
        holds(&OfFolder { recipient }, r#"{"recipient":"age1"}"#);
        let hours = DutyHours {
            working: "08:00-17:30".to_owned(),
            off: String::new(),
        };
        holds(&hours, r#"{"working":"08:00-17:30","off":""}"#);
        let phone = DutyPhone {
            old_phone: Some("1".to_owned()),
            phone: None,
        };
        holds(&phone, r#"{"old_phone":"1","phone":null}"#);
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        holds(&PatternWritten { day, n: 2 }, r#"{"day":"2026-11-24","n":2}"#);
        let at = |text: &str| text.parse().unwrap();
        let written = ChangeWritten {
            from: at("2026-11-24T00:00:00Z"),
            to: at("2026-11-25T00:00:00Z"),
            other: Some(AccountId(3)),
        };
        let text = r#"{"from":"2026-11-24T00:00:00Z","to":"2026-11-25T00:00:00Z","other":3}"#;
        holds(&written, text);
        let decided = ChangeDecided {
            change: RosterChangeKind::Swap,
            name: Some("李".to_owned()),
            other: None,
        };
        holds(&decided, r#"{"change":"swap","name":"李","other":null}"#);
        let flood = FloodId(9);
        holds(&OfFlood { flood, n: 12 }, r#"{"flood":9,"n":12}"#);
    }

    #[test]
    fn of_rules_and_doors() {
        holds(&Drafted { from: 1 }, r#"{"from":1}"#);
        holds(&Saved { sound: true }, r#"{"sound":true}"#);
        let replayed = |reports| Replayed { against: 1, reports };
        holds(&replayed(Some(40)), r#"{"against":1,"reports":40}"#);
        holds(&replayed(None), r#"{"against":1,"reports":null}"#);
        let active_from = "2026-11-24T00:00:00.123456Z".parse().unwrap();
        holds(
            &Approved { active_from },
            r#"{"active_from":"2026-11-24T00:00:00.123456Z"}"#,
        );
        let path = "/board".to_owned();
        holds(&TurnedAway { status: 403, path }, r#"{"status":403,"path":"/board"}"#);
        holds(
            &TypedLogin {
                typed: "lis".to_owned(),
            },
            r#"{"typed":"lis"}"#,
        );
    }
}
