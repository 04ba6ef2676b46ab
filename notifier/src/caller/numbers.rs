//! To which addresses a call may go, in their order.

use casework::{pack::Pack, typed::phone::Dialled, words::Channel};
use platform::{
    gateway::Address,
    seal::ContactKey,
    store::{CallFault, CallNumber, CallSaid},
};

/// The place of the unit's shared telephone: behind all of a person's own.
const SHARED: i16 = 10;

/// One address of a call.
#[derive(Clone, Debug)]
pub(super) struct Number {
    /// Which.
    pub(super) number: CallNumber,
    /// Where.
    pub(super) address: Address,
    /// How often a gateway took something for it within the last day.
    pub(super) today: i64,
}

/// All that are left, and why there is none where there never was one.
pub(super) fn of(call: &CallSaid, pack: &Pack, contacts: &ContactKey) -> Result<Vec<Number>, &'static str> {
    if call.closed {
        return Err(CallFault::Closed.as_str());
    }
    let all = match (call.channel, call.last_resort) {
        (Channel::Mail, _) => mailbox(call),
        (Channel::Voice | Channel::Sms, Some(nth)) => last_resort(nth, pack),
        (Channel::Voice | Channel::Sms, None) => own(call, contacts),
        // It stands on the page; nothing is sent.
        (Channel::Desk, _) => Vec::new(),
    };
    let takes = |number: &Number| match &number.address {
        Address::Phone(dialled) => call.channel == Channel::Voice || dialled.takes_messages(),
        Address::Mail(_) => true,
    };
    let all: Vec<Number> = all.into_iter().filter(takes).collect();
    if all.is_empty() {
        return Err(match call.channel {
            Channel::Mail if call.mail_shared => CallFault::SharedMailbox.as_str(),
            Channel::Mail => CallFault::NoMail.as_str(),
            Channel::Sms => CallFault::NoMessages.as_str(),
            Channel::Voice | Channel::Desk => CallFault::NoTelephone.as_str(),
        });
    }
    Ok(all)
}

/// The person's own. Where they gave a unit's mailbox, the notice lies there already, and the button that a call brings would let
/// whoever reads it answer in their name.
fn mailbox(call: &CallSaid) -> Vec<Number> {
    let own = call.mail.iter().filter(|_| !call.mail_shared);
    let to = own.map(|to| Number {
        number: CallNumber::ONLY,
        address: Address::Mail(to.clone()),
        today: 0,
    });
    to.collect()
}

fn last_resort(nth: i16, pack: &Pack) -> Vec<Number> {
    let nth = usize::try_from(nth).ok().and_then(|nth| nth.checked_sub(1));
    let phone = nth.and_then(|nth| pack.last_resort().get(nth));
    let dialled = phone.and_then(|phone| Dialled::read(&phone.phone).ok());
    dialled
        .into_iter()
        .map(|dialled| shared(CallNumber::ONLY.place, dialled))
        .collect()
}

/// The person's own, then the unit's shared one, which rings and is nobody. A code goes to the one telephone that it is for.
fn own(call: &CallSaid, contacts: &ContactKey) -> Vec<Number> {
    let Some(account) = call.account_id else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for phone in &call.phones {
        if call.night && !phone.night && call.code.is_none() {
            continue;
        }
        // One that was sealed with another key can't be called; the person enters it again.
        let opened = contacts.open(account, &phone.number).ok();
        let Some(dialled) = opened.and_then(|number| Dialled::read(&number).ok()) else {
            tracing::warn!(phone = %phone.id, "a telephone can't be opened with this contact key");
            continue;
        };
        all.push(Number {
            number: CallNumber {
                place: phone.place,
                phone: Some(phone.id),
            },
            address: Address::Phone(dialled),
            today: phone.today,
        });
    }
    let duty = call.unit_phone.as_deref().and_then(|phone| Dialled::read(phone).ok());
    if let (Channel::Voice, None, Some(dialled)) = (call.channel, &call.code, duty) {
        all.push(shared(SHARED, dialled));
    }
    all
}

fn shared(place: i16, dialled: Dialled) -> Number {
    Number {
        number: CallNumber { place, phone: None },
        address: Address::Phone(dialled),
        today: 0,
    }
}
