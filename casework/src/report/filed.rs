//! A report as it was filed.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::Serialize;

use super::facts::{ChildFacts, Facts};
use crate::words::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect};

/// One report as filed, immutable. Serializes to one canonical JSON: every field, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the wire format has these four")]
pub struct Report {
    /// 1–12 distinct codes; whether the pack knows them is judged later.
    pub situations: Vec<String>,
    /// A child is in danger now.
    pub present_danger: bool,
    /// Where the child is: 12 digits, `None` = unknown.
    pub area: Option<String>,
    /// Where exactly, in words.
    pub where_now: Option<String>,
    /// Where it happened.
    pub place: Place,
    /// Who is suspected.
    pub suspect: Suspect,
    /// When it was found.
    pub found_at: Option<DateTime<FixedOffset>>,
    /// 1–10 children.
    pub children: Vec<Child>,
    /// Who reports.
    pub reporter: Reporter,
    /// What was seen or heard, 1–10,000 characters.
    pub narrative: String,
    /// No guardian can come to an interview.
    pub guardian_absent: bool,
    /// An adult is suspected together with the child.
    pub adult_co_offender: bool,
    /// The same matter was reported before.
    pub repeat: bool,
}

/// One child of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Child {
    /// Name, if known.
    pub name: Option<String>,
    /// Sex.
    pub sex: Sex,
    /// Years, 0–17, as given: it wins over the birth date. `None` = taken from the papers below, else unknown.
    pub age: Option<u8>,
    /// Day of birth.
    pub birth_date: Option<NaiveDate>,
    /// Number of an identity paper, as typed.
    pub id_number: Option<String>,
    /// With whom the child lives.
    pub living_with: LivingWith,
    /// Left-behind child 留守儿童.
    pub left_behind: Option<bool>,
    /// School or kindergarten.
    pub school: Option<String>,
    /// Home address in words.
    pub home_address: Option<String>,
}

/// Who reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reporter {
    /// What the reporter is.
    pub kind: ReporterKind,
    /// How the reporter wishes to be known.
    pub identity: Identity,
    /// School, hospital, village committee.
    pub organization: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
}

impl Report {
    /// What routing needs, without anything that names a person. An age that was not given is computed for the moment of
    /// acceptance, so that the same facts give the same answer ever after.
    pub fn facts(&self, accepted_at: DateTime<Utc>) -> Facts {
        Facts {
            situations: self.situations.clone(),
            present_danger: self.present_danger,
            area: self.area.clone(),
            place: self.place,
            suspect: self.suspect,
            children: self
                .children
                .iter()
                .map(|child| {
                    let (age, age_from) = child.age_at(accepted_at);
                    ChildFacts {
                        sex: child.sex,
                        age,
                        age_from,
                        left_behind: child.left_behind,
                        living_with: child.living_with,
                    }
                })
                .collect(),
            reporter_kind: self.reporter.kind,
            identity: self.reporter.identity,
            guardian_absent: self.guardian_absent,
            adult_co_offender: self.adult_co_offender,
            repeat: self.repeat,
        }
    }
}
