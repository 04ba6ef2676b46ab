//! A basis with its grade, as people read both.

use serde::Serialize;

use crate::pack::Pack;
use crate::zh::basis_zh;
use crate::zh::facts::grade_zh;

/// A basis as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BasisWhy {
    /// The text, in Chinese.
    pub text: String,
    /// V, S or P.
    pub grade: String,
    /// What the grade means.
    pub grade_zh: String,
}

impl BasisWhy {
    pub(crate) fn new(pack: &Pack, text: &str, grade: &str) -> Self {
        Self {
            text: basis_zh(pack.phrases(), text),
            grade: grade.to_owned(),
            grade_zh: grade_zh(grade).to_owned(),
        }
    }
}
