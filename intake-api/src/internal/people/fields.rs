//! Fields of the forms about people: read in one place, so that a form, a spreadsheet and the command line take the same.

use casework::pack::Pack;
use casework::typed::phone;
use platform::{
    foreign::Foreign,
    store::{Loose, Role},
    text::Lang,
};

use crate::internal::auth::login_name;

/// Longest name, as the database has it.
const NAME: usize = 60;

/// A login name that can be one.
pub(super) fn login(typed: &str) -> Result<String, &'static str> {
    let login = login_name::normalised(typed);
    if login_name::is_sound(&login) {
        Ok(login)
    } else {
        Err("accounts.bad_login")
    }
}

/// A name: anything that can be seen on one line, and nothing that hides in it or turns round what stands beside it.
pub(crate) fn name(typed: &str) -> Result<String, &'static str> {
    let name = typed.trim();
    let unseen = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{3164}'
            )
    };
    let hides = Foreign::from(name).marked() != name;
    if name.chars().all(unseen) || name.chars().count() > NAME || name.chars().any(char::is_control) || hides {
        Err("accounts.bad_name")
    } else {
        Ok(name.to_owned())
    }
}

/// A phone as typed, or none.
pub(super) fn phone(typed: &str) -> Result<Option<String>, &'static str> {
    let typed = typed.trim();
    if typed.is_empty() {
        Ok(None)
    } else if phone::is_callable(typed) {
        Ok(Some(typed.to_owned()))
    } else {
        Err("accounts.bad_phone")
    }
}

/// A role in a unit of the pack, as typed.
pub(super) fn role(pack: &Pack, unit: &str, typed: &str) -> Result<Role, (&'static str, &'static str)> {
    if pack.units().get(unit).is_none() {
        return Err(("unit", "accounts.bad_unit"));
    }
    let role = typed.parse().map_err(|_| ("role", "accounts.bad_role"))?;
    fits(pack, unit, role).map(|()| role)
}

/// Whether somebody of this unit can have the role: the leading group is a unit of its own.
pub(super) fn fits(pack: &Pack, unit: &str, role: Role) -> Result<(), (&'static str, &'static str)> {
    if pack.units().get(unit).is_none() {
        Err(("unit", "accounts.bad_unit"))
    } else if role == Role::LeadingGroup && unit != pack.units().leading_group() {
        Err(("role", "accounts.bad_role_leading"))
    } else {
        Ok(())
    }
}

/// A role in words; of a newer version than this its word.
pub(crate) fn any_role(lang: Lang, role: &Loose<Role>) -> String {
    let known = role.known().map(|role| role_name(lang, role).to_owned());
    known.unwrap_or_else(|| role.to_string())
}

/// A role in words.
pub(crate) fn role_name(lang: Lang, role: Role) -> &'static str {
    lang.t(match role {
        Role::Member => "accounts.role.member",
        Role::Leader => "accounts.role.leader",
        Role::Office => "accounts.role.office",
        Role::LeadingGroup => "accounts.role.leading-group",
        Role::Oversight => "accounts.role.oversight",
        Role::Admin => "accounts.role.admin",
    })
}

/// Choices of a form: roles.
pub(super) fn roles(lang: Lang) -> Vec<(Role, &'static str)> {
    Role::ALL.iter().map(|role| (*role, role_name(lang, *role))).collect()
}

/// Choices of a form: units by name.
pub(super) fn units(pack: &Pack) -> Vec<(String, String)> {
    let mut units: Vec<_> = pack.units().iter().map(|u| (u.code.clone(), u.name.clone())).collect();
    units.sort_by(|a, b| a.1.cmp(&b.1));
    units
}

#[cfg(test)]
mod tests {
    use super::{name, phone};

    #[test]
    fn a_name_is_anything_that_can_be_seen() {
        for good in [
            "张三",
            "王伟、李娜",
            "值班 2",
            "O’Brien-García",
            "买买提·吐尔逊",
            "𠮷田",
            "<b>",
            "ئالىم تۇرسۇن",
        ] {
            assert_eq!(name(good).as_deref(), Ok(good));
        }
        assert_eq!(name("  张三\u{3000}").as_deref(), Ok("张三"));
        for bad in [
            "",
            " ",
            "\u{200b}",
            "\u{feff}\u{2060}",
            "张\n三",
            "张\0三",
            "张\u{202e}三",
            "张\u{200b}三",
            "张三\u{e0041}",
            &"长".repeat(61),
        ] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_phone_stays_as_it_was_typed() {
        for good in [
            "0558-8612345转8012",
            "(0558)8612345",
            "０５５８８６１２３４５",
            "0558-8612345、13805581234",
        ] {
            assert_eq!(phone(good), Ok(Some(good.to_owned())));
        }
        assert_eq!(phone(" "), Ok(None));
        assert!(phone("没有").is_err());
    }
}
