//! What routing needs of a report, and nothing that names a person.
//!
//! Facts are kept unsealed beside the sealed report (`report_facts`), so that rules can be replayed over old
//! reports. Two judgements are made here from the raw codes and not from the rules: which queue a report
//! takes, and whether police must be told whatever the rules say (the safety floor).

use serde::{Deserialize, Serialize};

use crate::words::reserved::STATUTORY;
use crate::words::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect, words};

/// The routing facts of one report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the wire format has these four")]
pub struct Facts {
    /// Codes as given, distinct, possibly unknown to the pack.
    pub situations: Vec<String>,
    /// The reporter says that a child is in danger now.
    pub present_danger: bool,
    /// 12-digit area code as given; `None` = unknown.
    pub area: Option<String>,
    /// Where it happened.
    pub place: Place,
    /// Who is suspected.
    pub suspect: Suspect,
    /// One entry per child, in the report's order.
    pub children: Vec<ChildFacts>,
    /// What the reporter is.
    pub reporter_kind: ReporterKind,
    /// How the reporter wishes to be known.
    pub identity: Identity,
    /// No guardian can come to an interview.
    pub guardian_absent: bool,
    /// An adult is suspected together with the child.
    pub adult_co_offender: bool,
    /// The same matter was reported before.
    pub repeat: bool,
}

/// The routing facts of one child. What is unknown of age, sex and `left_behind` is every value that it may have
/// ([`crate::rules::possible`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildFacts {
    /// Sex as given.
    pub sex: Sex,
    /// Years at the moment of acceptance; `None` = unknown.
    pub age: Option<u8>,
    /// From what the age was computed; `None` = it was given, or is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_from: Option<AgeFrom>,
    /// Left-behind child 留守儿童; `None` = unknown.
    pub left_behind: Option<bool>,
    /// With whom the child lives.
    pub living_with: LivingWith,
}

words! {
    /// What an age was computed from. The day itself is sealed and no fact.
    AgeFrom {
        /// 出生日期
        BirthDate = "birth-date",
        /// 身份证号
        IdNumber = "id-number",
    }
}

words! {
    /// A fact of a child that counts as every value while it is unknown; named as the tables' columns are.
    Unknown {
        /// 年龄
        Age = "age",
        /// 性别
        Sex = "sex",
        /// 是否留守
        LeftBehind = "left_behind",
    }
}

impl Facts {
    /// Whether any situation is one of [`STATUTORY`].
    pub fn is_statutory(&self) -> bool {
        self.situations.iter().any(|code| is_statutory(code))
    }

    /// Which queue: present danger or a statutory situation goes ahead of the rest. Also the condition of the
    /// safety floor.
    pub fn is_urgent(&self) -> bool {
        self.present_danger || self.is_statutory()
    }
}

/// Whether one situation code is among [`STATUTORY`].
pub fn is_statutory(code: &str) -> bool {
    STATUTORY.contains(&code)
}

impl ChildFacts {
    /// Which facts are unknown and count as every value.
    pub fn unknowns(&self) -> impl Iterator<Item = Unknown> + use<> {
        let unknown = [
            (self.age.is_none(), Unknown::Age),
            (self.sex == Sex::Unknown, Unknown::Sex),
            (self.left_behind.is_none(), Unknown::LeftBehind),
        ];
        unknown.into_iter().filter_map(|(holds, fact)| holds.then_some(fact))
    }
}
