//! The sentences of an explanation.

pub(crate) mod leads;
pub(crate) mod reported;
pub(crate) mod stages;
mod text;
pub(crate) mod unit;

pub use stages::StageWhy;
