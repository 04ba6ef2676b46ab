//! Whom to call: a unit's duty phone and people, or its mailbox while there is nobody to call.

use platform::store::{UnitCall, UnitContact};

use crate::internal::page::Phone;

/// One person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contact {
    /// Name.
    pub(crate) name: String,
    /// Login, where another person of the list has the same name.
    pub(crate) login: Option<String>,
    /// Phone at work.
    pub(crate) phone: Option<Phone>,
}

/// Whom to call about a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// 值班电话.
    pub(crate) duty: Option<Phone>,
    /// Leaders first.
    pub(crate) people: Vec<Contact>,
    /// The unit's mailbox.
    pub(crate) mailbox: String,
    /// Nobody has confirmed its contacts yet.
    pub(crate) example: bool,
}

impl Call {
    /// Nobody can be called.
    pub(crate) fn is_empty(&self) -> bool {
        self.duty.is_none() && self.people.is_empty()
    }
}

/// In words.
pub(crate) fn call(found: &UnitCall) -> Call {
    let same_name = |person: &UnitContact| found.people.iter().filter(|other| other.name == person.name).count() > 1;
    Call {
        duty: found.duty_phone.as_deref().map(Phone::of),
        people: found
            .people
            .iter()
            .map(|person| Contact {
                name: person.name.clone(),
                login: same_name(person).then(|| person.login.clone()),
                phone: person.phone.as_deref().map(Phone::of),
            })
            .collect(),
        mailbox: found.mailbox.clone(),
        example: found.example,
    }
}

#[cfg(test)]
mod tests {
    use platform::store::{UnitCall, UnitContact};

    use super::call;

    fn person(name: &str, login: &str, phone: Option<&str>) -> UnitContact {
        UnitContact {
            name: name.to_owned(),
            login: login.to_owned(),
            phone: phone.map(str::to_owned),
            leader: false,
        }
    }

    #[test]
    fn people_are_not_their_names() {
        let found = UnitCall {
            unit: "pol".into(),
            duty_phone: None,
            mailbox: "pol@taihe.example".into(),
            example: true,
            people: vec![
                person("王伟、李娜", "wl", None),
                person("值班 2", "duty2", Some("0558-8612345转8012")),
                person("王伟", "wang.wei", Some("13805581234")),
                person("王伟", "wang.wei2", None),
            ],
        };
        let said = call(&found);
        assert_eq!(said.people.len(), 4);
        assert_eq!(said.people[0].name, "王伟、李娜");
        assert_eq!((said.people[1].name.as_str(), &said.people[1].login), ("值班 2", &None));
        assert!(
            said.people[1]
                .phone
                .as_ref()
                .unwrap()
                .to_string()
                .contains("tel:05588612345,8012")
        );
        assert_eq!(
            said.people[2].login.as_deref(),
            Some("wang.wei"),
            "two of one name are told apart"
        );
    }
}
