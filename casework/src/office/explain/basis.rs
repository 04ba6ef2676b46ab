//! A basis with its grade, as people read both.

use serde::Serialize;

use crate::pack::Pack;
use crate::words::Grade;
use crate::zh::basis_zh;

/// A basis as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BasisWhy {
    /// The text, in Chinese.
    pub text: String,
    /// How well it is known.
    pub grade: Grade,
    /// What the grade means.
    pub grade_zh: String,
}

impl BasisWhy {
    pub(crate) fn new(pack: &Pack, text: &str, grade: Grade) -> Self {
        Self {
            text: basis_zh(pack.phrases(), text),
            grade,
            grade_zh: grade.zh().to_owned(),
        }
    }
}
