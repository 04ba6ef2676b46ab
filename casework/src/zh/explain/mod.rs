//! The sentences of an explanation.

pub(crate) mod beside;
pub(crate) mod leads;
pub(crate) mod made;
pub(crate) mod reported;
pub(crate) mod stages;
mod text;
pub(crate) mod unit;
pub(crate) mod urgent;

pub use stages::StageWhy;
