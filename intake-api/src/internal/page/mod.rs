//! What internal pages share: the frame around them, the language, errors.

pub(crate) mod frame;
pub(crate) mod problem;

pub(crate) use frame::{Frame, Language, render};

use super::Route;

/// Routes that every page relies on.
pub(crate) fn routes() -> Vec<Route> {
    Vec::new()
}
