//! Words that people type into fields which are read.

/// Words that stand before an extension, the longer ones first.
pub(crate) const EXTENSION: [&str; 9] = ["转接", "分机", "分機", "内线", "转", "轉", "ext", "x", "#"];
