//! A call by mail: to a person's own address, through the server of the notices.

use std::sync::Arc;

use futures::future::BoxFuture;
use platform::{
    clock,
    gateway::{Address, Outcome, TryId, Words},
    seal::ContactKey,
    store::CallFault,
};

use super::Channel;
use crate::{
    mail::{self, ComposeError, Mail},
    mailer::{Fault, Mailer},
};

/// The mailer as a channel.
pub(crate) struct ByMail<M> {
    mailer: Arc<M>,
    internal_url: String,
    contacts: ContactKey,
}

impl<M: Mailer> ByMail<M> {
    /// `internal_url` is how officers reach the desk, without a trailing slash.
    pub(crate) fn new(mailer: Arc<M>, internal_url: String, contacts: ContactKey) -> Self {
        Self {
            mailer,
            internal_url,
            contacts,
        }
    }

    async fn hand_over(&self, written: Result<Mail, ComposeError>) -> Outcome {
        let mail = match written {
            Ok(mail) => mail,
            Err(e) => return Outcome::Never(format!("the mail can't be written: {e}")),
        };
        match self.mailer.send(&mail).await {
            Ok(()) => Outcome::HandedOver(None),
            Err(failure) => match failure.fault {
                Fault::Recipient => Outcome::Never(failure.to_string()),
                Fault::Passing | Fault::Full | Fault::Server | Fault::Ours => Outcome::Later(failure.to_string()),
            },
        }
    }
}

impl<M: Mailer> Channel for ByMail<M> {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn send<'a>(&'a self, words: &'a Words, to: &'a Address, id: TryId) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Address::Mail(to) = to else {
                return Outcome::Never(CallFault::NoMail.to_string());
            };
            let code = self.contacts.answer_code(id.call);
            let link = format!("{}/answer/{}/{code}", self.internal_url, id.call);
            self.hand_over(mail::ring(words, (id.call, to), link, clock::now()))
                .await
        })
    }

    fn send_code<'a>(&'a self, code: &'a str, to: &'a Address, id: TryId) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Address::Mail(to) = to else {
                return Outcome::Never(CallFault::NoMail.to_string());
            };
            let link = format!("{}/phones", self.internal_url);
            self.hand_over(mail::code(code, (id.call, to), link, clock::now()))
                .await
        })
    }
}
