//! The ways in which a person is called. Each takes the words of a call and an address, and says what came of it.
//!
//! A message and a voice call are two descriptions of one implementation, [`Gateway`]: what a provider wants to hear stands in a file
//! of the operator, not here. [`ByMail`] is the mailer of the notices.

mod address;
mod gateway;
mod mail;
mod words;

use futures::future::BoxFuture;

pub(crate) use self::{
    address::{Address, TryId},
    gateway::{Gateway, Gateways, Heard, Part},
    mail::ByMail,
    words::Words,
};

/// What came of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The other side took it; what it calls it.
    HandedOver(Option<String>),
    /// It may work in a moment. Why, without numbers.
    Later(String),
    /// It will never work for this address by this way. Why, without numbers.
    Never(String),
}

/// A way to call somebody.
pub(crate) trait Channel: Send + Sync + 'static {
    /// Its name, in the trail of a call and in metrics.
    fn name(&self) -> &str;

    /// Sends. `id` is the same with each repeat, so that the other side can know one.
    fn send<'a>(&'a self, words: &'a Words, to: &'a Address, id: TryId) -> BoxFuture<'a, Outcome>;
}
