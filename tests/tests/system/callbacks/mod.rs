//! 回访 leads somewhere: what follows 不满意, 无法联系 and a second person, in the store and through pages and API.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod pages;
mod store;

pub(crate) use store::close;
