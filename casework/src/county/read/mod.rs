//! Reading the files of a county's data, one file here for each kind of them.

pub(crate) mod duty;
pub(crate) mod law;
pub(crate) mod places;
pub(crate) mod sheet;
pub(crate) mod tables;
pub(crate) mod tree;
pub(crate) mod words;

pub use tree::is_mailbox;
