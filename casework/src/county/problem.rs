//! What is wrong with a pack, and where: said for the person who edits the file.

use std::fmt;

/// 1-based line of a file; 0 = the file as a whole.
pub type Line = u32;

/// One mistake of a county pack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct PackProblem {
    /// File name inside the pack.
    pub file: String,
    /// 1-based line; 0 = the file as a whole.
    pub line: Line,
    /// What is wrong and what to do, in English.
    pub reason: String,
    /// The same in Chinese, for what an office can bring about on its pages.
    #[serde(skip)]
    pub zh: Option<String>,
}

impl fmt::Display for PackProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.reason)
    }
}

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<PackProblem>);

impl Problems {
    pub(crate) fn add(&mut self, file: &str, line: Line, reason: impl Into<String>) {
        self.0.push(PackProblem {
            file: file.to_owned(),
            line,
            reason: reason.into(),
            zh: None,
        });
    }

    /// As [`Problems::add`], with the Chinese for the office.
    pub(crate) fn add_zh(&mut self, (file, line): (&str, Line), reason: impl Into<String>, zh: impl Into<String>) {
        self.0.push(PackProblem {
            file: file.to_owned(),
            line,
            reason: reason.into(),
            zh: Some(zh.into()),
        });
    }

    pub(crate) fn push(&mut self, problem: PackProblem) {
        self.0.push(problem);
    }

    /// Sorted by file and line, each once.
    pub(crate) fn finish(mut self) -> Vec<PackProblem> {
        self.0.sort();
        self.0.dedup();
        self.0
    }
}
