//! The trail in words: who did what to an account or a unit.

use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    store::{AccountAct, NewAct},
    text::Lang,
};
use serde_json::Value;

use super::fields::{role_name, unit_name};
use crate::internal::{Internal, auth::Actor, page::words};

/// An act in words.
pub(crate) struct ActLine {
    pub(crate) at: String,
    pub(crate) text: String,
}

/// An act of this person, to be recorded.
pub(crate) fn new_act<'a>(
    internal: &'a Internal,
    actor: &'a Actor,
    act: &'static str,
    account: Option<i64>,
    at: DateTime<Utc>,
) -> NewAct<'a> {
    NewAct {
        county: &internal.county,
        at,
        actor: Some(actor.person.account.id),
        actor_name: &actor.person.account.name,
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

fn text(act: &AccountAct, pack: &Pack, lang: Lang) -> String {
    let by = act.actor_login.as_ref().map_or_else(
        || act.actor_name.clone(),
        |login| format!("{}（{login}）", act.actor_name),
    );
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
    let role = act
        .role
        .as_deref()
        .map(|role| role_name(lang, role))
        .unwrap_or_default();
    let key = match act.act.as_str() {
        "created" => "accounts.act.created",
        "granted" => "accounts.act.granted",
        "ended" => "accounts.act.ended",
        "reset" => "accounts.act.reset",
        "disabled" => "accounts.act.disabled",
        "enabled" => "accounts.act.enabled",
        "mended" => "accounts.act.mended",
        "contacts" => "accounts.act.contacts",
        "password" => "accounts.act.password",
        "sessions-ended" => "accounts.act.sessions-ended",
        "factor-set" => "accounts.act.factor-set",
        "factor-off" => "accounts.act.factor-off",
        "factor-reset-asked" => "accounts.act.factor-reset-asked",
        "factor-reset" => "accounts.act.factor-reset",
        "factor-reset-refused" => "accounts.act.factor-reset-refused",
        "recovery-codes" => "accounts.act.recovery-codes",
        "recovery-code-used" => "accounts.act.recovery-code-used",
        _ => "accounts.act.other",
    };
    lang.fill(
        key,
        &[
            ("by", &by),
            ("unit", &place),
            ("role", role),
            ("tickets", &said("tickets")),
            ("name", &said("name")),
            ("old_name", &said("old_name")),
            ("phone", &said("phone")),
            ("old_phone", &said("old_phone")),
            ("mailbox", &said("mailbox")),
            ("old_mailbox", &said("old_mailbox")),
            ("reason", &said("reason")),
            ("asked_by", &said("asked_by")),
        ],
    )
}
