//! Least disclosure: the parts of a report, and which of them somebody is shown.
//!
//! What a unit may see of a report follows from what is asked of it, not from who it is: a row of the rules says it for each
//! obligation and unit kind, and the ticket keeps what its row said when it was dispatched. Nothing here hides anything; the
//! database does ([`Part`] names its columns), so that a page that forgets to ask shows nothing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::words::words;

/// The decision table that says what is shown.
pub const DISCLOSURE: &str = "disclosure";
/// The obligation of its rows for who looks without a ticket.
pub const ANY_TICKET: &str = "*";
/// The oversight looking: a role of people, no unit kind.
pub const OVERSIGHT_LOOK: &str = "oversight";
/// Who looks without a ticket, by a row of their own.
pub const LOOKS: [&str; 3] = ["office", "leading-group", OVERSIGHT_LOOK];

words! {
    /// A part of a report that is shown or hidden as one.
    Part {
        /// 地点: area, where the child is now, when it was found
        Place = "place",
        /// 全部情形: all situations, and how it came about
        Situations = "situations",
        /// 本事项的情形: those that asked this obligation
        Own = "own",
        /// 孩子: name, sex, age, with whom it lives
        Child = "child",
        /// 出生日期和证件号码
        Birth = "birth",
        /// 学校
        School = "school",
        /// 家庭住址
        Home = "home",
        /// 嫌疑人
        Suspect = "suspect",
        /// 事情经过
        Narrative = "narrative",
        /// 报告人: kind, organization and, if named, contact
        Reporter = "reporter",
        /// 报告人身份: sealed, opened by a recorded act
        Identity = "identity",
    }
}

/// The parts that somebody is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shows(BTreeSet<Part>);

/// What is shown where no row says anything: where to go, and what is asked.
const LEAST: [Part; 2] = [Part::Place, Part::Own];

impl Shows {
    /// Nothing.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// What is shown where no row says anything.
    pub fn least() -> Self {
        LEAST.into_iter().collect()
    }

    /// Every part.
    pub fn all() -> Self {
        Part::ALL.iter().copied().collect()
    }

    /// Words separated by blanks, as a table's cell has them; the error is the first that is no part.
    pub fn parse(text: &str) -> Result<Self, &str> {
        text.split_whitespace()
            .map(|word| Part::from_word(word).ok_or(word))
            .collect()
    }

    /// From stored words; one that is not known shows nothing.
    pub fn from_words<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        words.into_iter().filter_map(Part::from_word).collect()
    }

    /// Whether a part is shown.
    pub fn has(&self, part: Part) -> bool {
        self.0.contains(&part)
    }

    /// The parts in the order in which people are shown them.
    pub fn iter(&self) -> impl Iterator<Item = Part> {
        self.0.iter().copied()
    }

    /// The words, as they are stored.
    pub fn words(&self) -> Vec<&'static str> {
        self.iter().map(Part::as_str).collect()
    }

    /// What is not shown of a report; all situations hold one's own.
    pub fn hidden(&self) -> impl Iterator<Item = Part> {
        let all = self.has(Part::Situations);
        Part::ALL
            .iter()
            .copied()
            .filter(move |part| !(self.has(*part) || all && *part == Part::Own))
    }
}

impl FromIterator<Part> for Shows {
    fn from_iter<I: IntoIterator<Item = Part>>(parts: I) -> Self {
        Self(parts.into_iter().collect())
    }
}

impl std::fmt::Display for Shows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Shows};

    #[test]
    fn a_cell_names_parts_and_nothing_else() {
        let shows = Shows::parse("home place  own").unwrap();
        assert_eq!(shows.to_string(), "place own home");
        assert!(shows.has(Part::Home) && !shows.has(Part::Child));
        assert_eq!(Shows::parse("place all"), Err("all"));
        assert_eq!(Shows::parse(""), Ok(Shows::nothing()));
        assert_eq!(Shows::least().to_string(), "place own");
        assert_eq!(Shows::from_words(["place", "moon"]).to_string(), "place");
    }

    #[test]
    fn what_is_hidden_is_the_rest() {
        let hidden = |text: &str| {
            Shows::parse(text)
                .unwrap()
                .hidden()
                .map(Part::as_str)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(
            hidden("place situations child"),
            "birth school home suspect narrative reporter identity"
        );
        assert_eq!(
            hidden("place own"),
            "situations child birth school home suspect narrative reporter identity"
        );
        assert_eq!(Shows::all().hidden().count(), 0);
    }
}
