//! Who of the unit said so, on which number, when: read from the form.

use casework::typed::phone::is_callable;
use chrono::{DateTime, Utc};
use platform::{
    foreign::Foreign,
    store::{AccountId, ByTelephone, CallWay},
    text::Lang,
};

use crate::internal::desk::{
    draft::Person,
    found::Case,
    reader::{LINE, Reader},
};

/// A call as typed.
pub(super) struct Call {
    caller: String,
    account: Option<AccountId>,
    way: CallWay,
    /// Its number, which is sealed.
    pub(super) number: Foreign,
    at: DateTime<Utc>,
}

impl Call {
    /// Reads it; what is wrong is in the reader.
    pub(super) fn read(reader: &mut Reader<'_>, case: &Case, now: DateTime<Utc>) -> Option<Self> {
        let person = chosen(reader, &case.people);
        let typed = reader.may("caller", LINE);
        if person.is_none() && typed.is_none() {
            reader.wrong.insert("caller", "telephone.wrong.caller");
        }
        let caller = person
            .as_ref()
            .map(|(_, name)| name.clone())
            .or_else(|| typed.map(|_| casework::typed::plain(reader.get("caller"))));
        let way = CallWay::from_word(reader.get("way"));
        if way.is_none() {
            reader.wrong.insert("way", "telephone.wrong.way");
        }
        let number = reader.must("number", LINE, "telephone.wrong.number_missing");
        if number.is_some() && !is_callable(reader.get("number")) {
            reader.wrong.insert("number", "telephone.wrong.number");
        }
        let at = reader.time(
            "called_at",
            (case.ticket.dispatched_at, "telephone.wrong.early"),
            ("telephone.wrong.when", now),
        );
        Some(Self {
            caller: caller?,
            account: person.map(|(account, _)| account),
            way: way?,
            number: number?,
            at: at?,
        })
    }

    /// The name that the act is done under, and the call behind it. It is kept as the county reads it.
    pub(super) fn by(self, recorder: &str) -> (String, ByTelephone) {
        let values = [("name", self.caller.as_str()), ("recorder", recorder)];
        let shown = Lang::Zh.fill("telephone.by", &values);
        let call = ByTelephone {
            caller: self.caller,
            account: self.account,
            way: self.way,
            at: self.at,
            recorder: recorder.to_owned(),
        };
        (shown, call)
    }
}

/// Who was chosen of the unit's people; nobody where the name is typed.
fn chosen(reader: &Reader<'_>, people: &[Person]) -> Option<(AccountId, String)> {
    let account = reader.get("person").parse::<AccountId>().ok()?;
    let person = people.iter().find(|(id, ..)| *id == account)?;
    Some((person.0, person.1.clone()))
}
