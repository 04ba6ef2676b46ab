//! Versions of the rules, from a draft to the one in force.

pub(super) mod rule_set;
pub(super) mod steps;

pub use rule_set::{Clerk, RuleSet, RuleSetAct, RuleSetState, RuleSetStep, RulesError};
