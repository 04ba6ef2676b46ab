//! Monday's sheet: each figure of random histories (extensions, recomputed dues, reopenings, returns, closings taken back) against
//! what the test itself knows of them and against a reading row by row; what a figure opens; page, workbook and API.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod figures;
pub(super) mod naive;
mod pages;
mod world;
