//! A report on the wire, version 1: parsed once at the edge, then trusted.
//!
//! The same JSON is read by `POST /api/v1/reports`, by the sample files and by `router route FILE`.
//! Parsing finds every mistake in one go and names each by a JSON pointer, because a teacher who must correct
//! a form five times gives up. No field is judged against another: a code that does not fit the age is taken
//! as given, since refusing a report is worse than routing an odd one.

mod age;
mod decode;
mod errors;
mod facts;
mod fields;
mod node;
mod salvage;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::Serialize;

pub use errors::{FieldError, ParseError};

pub use facts::{AgeFrom, ChildFacts, Facts, Unknown, is_statutory};
pub use salvage::salvage;

use crate::words::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect};

/// Limits of the wire format; text is counted in characters, not bytes.
pub mod limits {
    /// Situations of one report.
    pub const SITUATIONS: usize = 12;
    /// Children of one report.
    pub const CHILDREN: usize = 10;
    /// Names of persons.
    pub const NAME: usize = 100;
    /// Telephone numbers.
    pub const PHONE: usize = 40;
    /// Numbers of identity papers.
    pub const ID_NUMBER: usize = 40;
    /// Addresses, where_now, school, organization.
    pub const LINE: usize = 500;
    /// The narrative.
    pub const NARRATIVE: usize = 10_000;
    /// The highest age that is a child's.
    pub const AGE: u8 = 17;
    /// Mistakes reported at once; a body made of junk must not be answered with megabytes.
    pub const ERRORS: usize = 100;
}

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
    /// Reads a request body. Errors: not JSON at all, or every field that is wrong.
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        let why = match node::parse(body) {
            Ok(node) => return decode::report(&node).map_err(ParseError::Invalid),
            Err(why) => why,
        };
        let named = node::without_lone_surrogates(body).ok_or_else(|| why.clone())?;
        let node = node::parse(&named).map_err(|_| why.clone())?;
        match decode::report(&node) {
            Err(errors) => Err(ParseError::Invalid(errors)),
            // The half stood in a place where nothing is read from; still no text.
            Ok(_) => Err(why),
        }
    }

    /// Reads an already decoded value (the form builds one). Errors: every field that is wrong.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the value is spent; callers build it for this call"
    )]
    pub fn from_value(value: serde_json::Value) -> Result<Self, Vec<FieldError>> {
        decode::report(&node::from_value(&value))
    }

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
