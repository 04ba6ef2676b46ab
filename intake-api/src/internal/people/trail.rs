//! The trail in words: who did what to an account or a unit.

use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    store::{AccountAct, AccountActKind, AccountId, NewAct},
    text::Lang,
};
use serde_json::Value;

use super::fields::{role_name, unit_name};
use crate::internal::{Visit, page::words};

/// An act in words.
pub(crate) struct ActLine {
    pub(crate) at: String,
    pub(crate) text: String,
}

/// An act of this person, to be recorded.
pub(crate) fn new_act(visit: &Visit, act: AccountActKind, account: Option<AccountId>, at: DateTime<Utc>) -> NewAct<'_> {
    NewAct {
        county: &visit.internal.county,
        at,
        actor: Some(visit.me()),
        actor_name: &visit.actor.person.account.name,
        act,
        account,
        unit: None,
        role: None,
        detail: Value::Object(serde_json::Map::new()),
    }
}

/// The acts in words, the newest first.
pub(crate) fn lines(acts: &[AccountAct], pack: &Pack, lang: Lang, now: DateTime<Utc>) -> Vec<ActLine> {
    acts.iter()
        .map(|act| ActLine {
            at: words::moment(lang, act.at, now),
            text: text(act, pack, lang),
        })
        .collect()
}

/// Who acted: always with the login, so that two of one name are never one. By command line: the user of the machine.
pub(super) fn actor(act: &AccountAct, lang: Lang) -> String {
    if let Some(login) = &act.actor_login {
        return format!("{}（{login}）", act.actor_name);
    }
    match (act.detail["os_user"].as_str(), act.detail["command"].as_str()) {
        (Some(user), command) => lang.fill(
            "accounts.act.command",
            &[("user", user), ("command", command.unwrap_or_default())],
        ),
        (None, _) if ["command line", "pack load"].contains(&act.actor_name.as_str()) => {
            lang.t("accounts.act.command_bare").to_owned()
        }
        (None, _) => act.actor_name.clone(),
    }
}

/// What was done, in words.
pub(super) fn text(act: &AccountAct, pack: &Pack, lang: Lang) -> String {
    let by = actor(act, lang);
    let said = |name: &str| match &act.detail[name] {
        Value::String(text) if !text.is_empty() => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => lang.t("accounts.act.nothing").to_owned(),
    };
    let place = act
        .unit
        .as_deref()
        .map(|unit| unit_name(pack, unit))
        .unwrap_or_default();
    let role = act.role.map(|role| role_name(lang, role.0)).unwrap_or_default();
    let word = match act.act.known() {
        // Made without a role: the role waits for a second person.
        Some(AccountActKind::Created) if act.role.is_none() => "created_bare",
        Some(AccountActKind::Granted) if act.detail["asker"].is_string() => "confirmed",
        Some(AccountActKind::Ended) if act.detail["why"] == "enabled" => "ended_enabled",
        Some(kind) => kind.as_str(),
        None => "other",
    };
    lang.fill(
        &format!("accounts.act.{word}"),
        &[
            ("by", &by),
            ("unit", &place),
            ("role", role),
            ("asker", &said("asker")),
            ("flood", &said("flood")),
            ("n", &said("n")),
            ("tickets", &said("tickets")),
            ("name", &said("name")),
            ("old_name", &said("old_name")),
            ("phone", &said("phone")),
            ("old_phone", &said("old_phone")),
            ("mailbox", &said("mailbox")),
            ("old_mailbox", &said("old_mailbox")),
            ("reason", &said("reason")),
            ("asked_by", &said("asked_by")),
            ("working", &said("working")),
            ("off", &said("off")),
            ("day", &said("day")),
        ],
    )
}
