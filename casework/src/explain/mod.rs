//! Why a ticket is as it is, in Chinese.

pub mod words;
