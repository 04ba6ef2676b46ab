//! A report on the wire, version 1: parsed once at the edge, then trusted.
//!
//! The same JSON is read by `POST /api/v1/reports`, by the sample files and by `router route FILE`.
//! Parsing finds every mistake in one go and names each by a JSON pointer, because a teacher who must correct
//! a form five times gives up. No field is judged against another: a code that does not fit the age is taken
//! as given, since refusing a report is worse than routing an odd one.

mod age;
mod decode;
mod errors;
mod facts;
mod fields;
mod filed;
pub mod limits;
mod node;
mod parse;
mod routing_fact;
mod salvage;

pub use errors::{FieldError, ParseError};
pub use facts::{AgeFrom, ChildFacts, Facts, Unknown, is_statutory};
pub use filed::{Child, Report, Reporter};
pub use routing_fact::RoutingFact;
pub use salvage::{StoredFacts, salvage};
