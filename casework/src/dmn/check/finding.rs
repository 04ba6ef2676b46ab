//! What a check says of a table.

use super::region::Region;
use crate::dmn::DmnError;
use crate::dmn::sfeel::Value;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// What is wrong; the gap that is nearest to the defaults comes first.
    pub findings: Vec<Finding>,
    /// Kinds of which there are more findings than are listed.
    pub more: Vec<Kind>,
    /// What could not be settled in time.
    pub undecided: Vec<Undecided>,
}

impl Report {
    /// Whether the table is proved to be sound.
    pub fn sound(&self) -> bool {
        self.findings.is_empty() && self.undecided.is_empty()
    }
}

/// What may be wrong with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// No row matches.
    Gap,
    /// Rows of a UNIQUE table match together.
    Overlap,
    /// Rows of an ANY table match together and say different things.
    Conflict,
    /// A row that no allowed input matches.
    Never,
    /// A row that never answers, because better ones match wherever it does.
    Hidden,
    /// A row whose removal changes no answer.
    Redundant,
    /// A cell that says what its column does not allow.
    Outside,
}

impl Kind {
    /// As written in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Overlap => "overlap",
            Self::Conflict => "conflict",
            Self::Never => "never-matches",
            Self::Hidden => "hidden",
            Self::Redundant => "redundant",
            Self::Outside => "outside-allowed",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// The rows it is about, 1-based; none for a gap.
    pub rows: Vec<usize>,
    /// The rows that hide the row or say the same, 1-based.
    pub by: Vec<usize>,
    /// The column at fault (never, outside).
    pub column: Option<String>,
    /// Where it shows: all inputs of a gap or an overlap, or those that the row matches.
    pub region: Region,
    /// An input of the region with the fewest facts that differ from the defaults, one value per input column;
    /// empty where there is none.
    pub example: Vec<Value>,
    /// How many facts of it differ from the defaults.
    pub distance: usize,
    /// What a cell says that it must not say.
    pub detail: Option<DmnError>,
}

/// What was not settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// What might be wrong.
    pub kind: Kind,
    /// The rows in question, 1-based; none for gaps.
    pub rows: Vec<usize>,
    /// Inputs for which it is open, as many regions as are worth showing.
    pub left: Vec<Region>,
    /// How many such regions there are.
    pub regions: usize,
}
