//! A mail as RFC 5322 wants it.

use lettre::{
    Address, Message,
    address::Envelope,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use uuid::Uuid;

use super::{Failure, Fault, Phase};
use crate::mail::Mail;

/// Who writes: the address of `mail.from`, and where what can't be delivered comes back to.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    from: Address,
    /// Before and behind the notice's id; the second is `None` where all come back to one address.
    return_path: Option<(String, Option<String>)>,
}

/// A sender's address that is none.
#[derive(Debug, thiserror::Error)]
#[error("mail.from (SHOUWANG_MAIL_FROM) = {0:?} is not a mail address; write one such as shouwang@taihe.example")]
pub(crate) struct NotAnAddress(String);

/// A return path that is none.
#[derive(Debug, thiserror::Error)]
#[error(
    "mail.return_path (SHOUWANG_MAIL_RETURN_PATH) = {0:?} is not a mail address; write one such as bounce+{{notice}}@taihe.example"
)]
pub(crate) struct NotAReturnPath(String);

/// Stands for the notice's id in the return path.
const NOTICE: &str = "{notice}";

impl Sender {
    /// Checks the address.
    pub(crate) fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let from = address(text).ok_or_else(|| NotAnAddress(text.to_owned()))?;
        Ok(Self {
            from,
            return_path: None,
        })
    }

    /// With a return path of its own; `{notice}` in it becomes the notice's id.
    pub(crate) fn returning_to(self, text: Option<&str>) -> Result<Self, NotAReturnPath> {
        let return_path = text.map(|text| match text.split_once(NOTICE) {
            Some((before, after)) => (before.to_owned(), Some(after.to_owned())),
            None => (text.to_owned(), None),
        });
        let sender = Self { return_path, ..self };
        if sender.return_address(Uuid::nil()).is_none() {
            return Err(NotAReturnPath(text.unwrap_or_default().to_owned()));
        }
        Ok(sender)
    }

    /// The envelope's sender of a notice or a call.
    fn return_address(&self, id: Uuid) -> Option<Address> {
        match &self.return_path {
            None => Some(self.from.clone()),
            Some((whole, None)) => address(whole),
            Some((before, Some(after))) => address(&format!("{before}{}{after}", id.simple())),
        }
    }

    /// Greets with the sender's domain, which the receiving side can look up.
    pub(super) fn domain(&self) -> &str {
        self.from.domain()
    }

    /// The envelope and the mail's bytes. A recipient that can't be written to is final.
    pub(super) fn write(&self, mail: &Mail) -> Result<(Envelope, Vec<u8>), Failure> {
        let broken = |what: &str| Failure::new(Fault::Recipient, Phase::Render, what);
        let to = address(&mail.to).ok_or_else(|| broken("the unit's mailbox is not a mail address"))?;
        let built = Message::builder()
            .message_id(Some(format!("<{}@{}>", mail.id, self.domain())))
            .date(mail.at.into())
            .from(Mailbox::new(None, self.from.clone()))
            .to(Mailbox::new(None, to.clone()))
            .subject(&mail.subject)
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()));
        let mut message = built.map_err(|e| broken(&format!("the mail can't be built: {e}")))?;
        // Machines must not answer it, and filters need something steady to look at.
        header(&mut message, "Auto-Submitted", "auto-generated");
        header(&mut message, "X-Shouwang-Notice", mail.kind);
        if mail.urgent {
            header(&mut message, "Importance", "high");
            header(&mut message, "X-Priority", "1");
        }
        let envelope =
            Envelope::new(self.return_address(mail.id), vec![to]).map_err(|e| broken(&format!("no envelope: {e}")))?;
        Ok((envelope, message.formatted()))
    }
}

/// Plain ASCII only: servers without SMTPUTF8 would refuse the rest in their own ways.
fn address(text: &str) -> Option<Address> {
    text.is_ascii().then(|| text.parse().ok()).flatten()
}

fn header(message: &mut Message, name: &'static str, value: &str) {
    let name = HeaderName::new_from_ascii_str(name);
    message
        .headers_mut()
        .insert_raw(HeaderValue::new(name, value.to_owned()));
}
