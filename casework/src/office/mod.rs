//! What those who own the rules work with: tables in words and forms ([`clerk`]), why a ticket is as it is ([`explain`]),
//! whether any report would fall through ([`liveness`], [`soundness`]), two rule sets over past reports ([`replay`]).

pub mod clerk;
pub mod days_off;
pub mod explain;
pub mod liveness;
pub mod replay;
pub mod soundness;
