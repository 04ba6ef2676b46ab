//! What a number is here: read from a form, sealed for the database, masked for people, and the code that is sent to it.

use casework::{
    typed::{
        phone::{Dialled, NotDialled},
        plain,
    },
    words::Channel,
};
use chrono::{DateTime, Utc};
use platform::{
    store::{
        AccountActKind, AccountId, CallId, CodeAsked, Detail, NewCode, NewPhone, OwnPhone, PhoneAdded, PhoneId,
        StoreError, act_detail::OfPhone,
    },
    text::Lang,
};
use rand::Rng;
use tracing::error;
use uuid::Uuid;

use crate::internal::{Internal, Visit, error::PageError, people::new_act};

/// Digits of a code, and of an own number for shared telephones.
pub(super) const DIGITS: usize = 6;

/// A number as typed; the error is the key of what is wrong.
pub(super) fn read(typed: &str) -> Result<Dialled, &'static str> {
    Dialled::read(typed).map_err(|wrong| match wrong {
        NotDialled::None => "phones.wrong.none",
        NotDialled::Several => "phones.wrong.several",
        NotDialled::NoArea => "phones.wrong.no_area",
        NotDialled::Service => "phones.wrong.service",
    })
}

/// Six digits as typed.
pub(super) fn digits(typed: &str) -> Option<String> {
    let digits: String = plain(typed).chars().filter(|c| *c != ' ').collect();
    (digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// A number as people see it: masked, its extension in words.
pub(crate) fn masked(number: &Dialled, lang: Lang) -> String {
    match number.extension() {
        Some(extension) => lang.fill("phones.extended", &[("number", &number.masked()), ("n", extension)]),
        None => number.masked(),
    }
}

/// A number in full, as it is called.
pub(crate) fn in_full(number: &Dialled, lang: Lang) -> String {
    match number.extension() {
        Some(extension) => lang.fill("phones.extended", &[("number", number.number()), ("n", extension)]),
        None => number.number().to_owned(),
    }
}

/// Opens the number of a stored telephone.
pub(crate) fn open(internal: &Internal, phone: &OwnPhone) -> Result<Dialled, PageError> {
    let number = internal.contacts.open(phone.account_id, &phone.number)?;
    Dialled::read(&number).map_err(|_| PageError::unread("a stored telephone that is no number"))
}

/// A stored number as people see it; one that can't be opened is said to be so, so that its owner can take it away.
pub(crate) fn shown(internal: &Internal, phone: &OwnPhone, lang: Lang) -> String {
    match open(internal, phone) {
        Ok(number) => masked(&number, lang),
        Err(e) => {
            error!(account = phone.account_id.0, phone = phone.id.0, error = ?e, "a stored telephone can't be opened");
            lang.t("phones.not_opened").to_owned()
        }
    }
}

/// Adds a telephone to an account.
pub(super) async fn add(
    visit: &Visit,
    account: AccountId,
    (number, night): (&Dialled, bool),
    now: DateTime<Utc>,
) -> Result<PhoneAdded, StoreError> {
    let internal = &visit.internal;
    let dialled = number.to_string();
    let sealed = internal.contacts.seal(account, &dialled, &mut rand::rng());
    let new = NewPhone {
        account,
        number: &sealed,
        number_mac: &internal.contacts.mac(&dialled),
        night,
    };
    let mut act = new_act(visit, AccountActKind::PhoneAdded, Some(account), now);
    act.detail = Detail::of(&OfPhone {
        phone: masked(number, Lang::Zh),
    });
    internal.people.phone_add(&new, &act).await
}

/// Queues a code for a telephone of one's own.
pub(super) async fn send_code(
    visit: &Visit,
    (phone, number): (PhoneId, &Dialled),
    now: DateTime<Utc>,
) -> Result<CodeAsked, StoreError> {
    let (internal, account) = (&visit.internal, visit.me());
    let code = FreshCode::of(visit);
    let new = NewCode {
        account,
        to: phone,
        call: CallId(Uuid::new_v4()),
        channel: if number.takes_messages() {
            Channel::Sms
        } else {
            Channel::Voice
        },
        unit: &code.unit,
        sealed: &code.sealed,
        mac: &code.mac,
        at: now,
    };
    let asked = internal.people.code_ask(&internal.county, &new).await?;
    if asked == CodeAsked::Queued {
        // Somebody waits before the page; whoever doesn't hear it looks a moment later all the same.
        internal.people.notices_wake().await.ok();
    }
    Ok(asked)
}

/// A code for oneself, as the database keeps it.
pub(super) struct FreshCode {
    pub(super) sealed: Vec<u8>,
    pub(super) mac: Vec<u8>,
    /// A unit of the person.
    pub(super) unit: String,
}

impl FreshCode {
    pub(super) fn of(visit: &Visit) -> Self {
        let (internal, account) = (&visit.internal, visit.me());
        let code = fresh_code(&mut rand::rng());
        let loaded = internal.pack.current();
        let memberships = &visit.actor.person.memberships;
        Self {
            sealed: internal.contacts.seal_code(account, &code, &mut rand::rng()),
            mac: internal.contacts.code_mac(account, &code).to_vec(),
            unit: memberships
                .first()
                .map_or(loaded.pack.units().office(), |m| m.unit.as_str())
                .to_owned(),
        }
    }
}

fn fresh_code(rng: &mut impl Rng) -> String {
    format!("{:06}", rng.next_u64() % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_are_read_however_they_were_typed() {
        for typed in ["204613", " 204 613 ", "２０４６１３"] {
            assert_eq!(digits(typed).as_deref(), Some("204613"), "{typed}");
        }
        for typed in ["", "20461", "2046137", "20461a"] {
            assert_eq!(digits(typed), None, "{typed}");
        }
        assert_eq!(
            digits(&fresh_code(&mut rand::rng())).map(|code| code.len()),
            Some(DIGITS)
        );
    }

    #[test]
    fn what_can_t_be_called_is_refused_with_a_reason() {
        assert_eq!(read("8612345"), Err("phones.wrong.no_area"));
        assert_eq!(read("110"), Err("phones.wrong.service"));
        let number = read("0558-8612345转8012").unwrap();
        assert_eq!(masked(&number, Lang::Zh), "0558****345转8012");
    }
}
