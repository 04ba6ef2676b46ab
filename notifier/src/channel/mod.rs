//! The ways in which a person is called. Each takes the words of a call and an address, and says what came of it.
//!
//! A message and a voice call are two descriptions of one implementation, [`Gateway`]: what a provider wants to hear stands in a file
//! of the operator, not here. [`ByMail`] is the mailer of the notices.

mod mail;

use futures::future::BoxFuture;
use platform::gateway::{Address, Gateway, Outcome, TryId, Words};

pub(crate) use self::mail::ByMail;

/// A way to call somebody.
pub(crate) trait Channel: Send + Sync + 'static {
    /// Its name, in the trail of a call and in metrics.
    fn name(&self) -> &str;

    /// Sends. `id` is the same with each repeat, so that the other side can know one.
    fn send<'a>(&'a self, words: &'a Words, to: &'a Address, id: TryId) -> BoxFuture<'a, Outcome>;

    /// Sends a code by which a person shows that the address is theirs.
    fn send_code<'a>(&'a self, code: &'a str, to: &'a Address, id: TryId) -> BoxFuture<'a, Outcome>;
}

impl Channel for Gateway {
    fn name(&self) -> &str {
        Self::name(self)
    }

    fn send<'a>(&'a self, words: &'a Words, to: &'a Address, id: TryId) -> BoxFuture<'a, Outcome> {
        Box::pin(async move { self.say(words, to, &id.to_string()).await })
    }

    fn send_code<'a>(&'a self, code: &'a str, to: &'a Address, id: TryId) -> BoxFuture<'a, Outcome> {
        Box::pin(async move { Self::send_code(self, code, to, &id.to_string()).await })
    }
}
