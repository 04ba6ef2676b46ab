//! people: pages follow.

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    Vec::new()
}
