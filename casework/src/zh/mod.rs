//! The one voice: what facts, cells, times, bases and laws are called for people.

mod basis;
pub mod cells;
pub(crate) mod due;
pub mod facts;
mod law;

pub use basis::basis_zh;
pub use due::date;
pub use law::cited;
