//! Whom to call: a unit's people with their phones, or its mailbox while nobody of it has an account.

use casework::pack::Pack;

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Contact {
    /// Name.
    pub(crate) name: String,
    /// Phone at work, empty when none is known.
    pub(crate) phone: String,
}

/// Whom to call about a unit.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Call {
    /// Leaders first.
    pub(crate) people: Vec<Contact>,
    /// The unit's mailbox.
    pub(crate) mailbox: String,
}

/// Reads the database's `name phone、name phone`.
pub(crate) fn call(pack: &Pack, unit: &str, phones: Option<&str>) -> Call {
    let people = phones.unwrap_or_default().split('、').filter(|said| !said.is_empty());
    Call {
        people: people.map(contact).collect(),
        mailbox: pack.units().get(unit).map(|u| u.mailbox.clone()).unwrap_or_default(),
    }
}

fn contact(said: &str) -> Contact {
    match said.rsplit_once(' ') {
        Some((name, phone)) if phone.starts_with(|c: char| c.is_ascii_digit() || c == '+') => Contact {
            name: name.to_owned(),
            phone: phone.to_owned(),
        },
        _ => Contact {
            name: said.to_owned(),
            phone: String::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::contact;

    #[test]
    fn a_phone_is_told_from_a_name() {
        let with = contact("王 所长 0558-8600000");
        assert_eq!((with.name.as_str(), with.phone.as_str()), ("王 所长", "0558-8600000"));
        let without = contact("王 所长");
        assert_eq!((without.name.as_str(), without.phone.as_str()), ("王 所长", ""));
    }
}
