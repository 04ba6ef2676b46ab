//! The packs behind a mail.

use std::collections::BTreeMap;
use std::sync::Arc;

use casework::pack::Pack;

/// The packs that a mail is written with.
#[derive(Clone, Copy, Debug)]
pub struct Packs<'a> {
    /// For words, places and units.
    pub in_force: &'a Pack,
    /// Those by which its tickets were dispatched, by version of pack and rules: they tell which situations asked for what.
    pub pinned: &'a BTreeMap<(i32, i32), Arc<Pack>>,
}
