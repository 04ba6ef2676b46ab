//! The trail in words: who did what to an account or a unit.

use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    store::{
        AccountAct, AccountActKind, AccountId, Detail, NewAct,
        act_detail::{
            ActWhy, Because, ByCommand, Contacts, DutyHours, DutyPhone, Left, Mended, OfFlood, OfFolder, OfMail,
            OfOutlet, OfPhone, OfRequest, PatternWritten, ResetAsked, ResetDecided,
        },
    },
    text::Lang,
};

use super::fields::any_role;
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
        detail: Detail::default(),
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
    match act.detail.read::<ByCommand>() {
        Some(typed) => lang.fill(
            "accounts.act.command",
            &[("user", &typed.os_user), ("command", &typed.command)],
        ),
        None if ["command line", "pack load"].contains(&act.actor_name.as_str()) => {
            lang.t("accounts.act.command_bare").to_owned()
        }
        None => act.actor_name.clone(),
    }
}

/// What was done, in words.
pub(super) fn text(act: &AccountAct, pack: &Pack, lang: Lang) -> String {
    let by = actor(act, lang);
    let place = act
        .unit
        .as_deref()
        .map(|unit| words::unit_name(pack, unit))
        .unwrap_or_default();
    let role = act.role.as_ref().map(|role| any_role(lang, role)).unwrap_or_default();
    let because = |why| act.detail.read::<Because>() == Some(Because { why });
    let word = match act.act.known() {
        // Made without a role: the role waits for a second person.
        Some(AccountActKind::Created) if act.role.is_none() => "created_bare",
        Some(AccountActKind::Granted) if act.detail.read::<OfRequest>().is_some() => "confirmed",
        Some(AccountActKind::Ended) if because(ActWhy::Enabled) => "ended_enabled",
        Some(kind) => kind.as_str(),
        None => "other",
    };
    let said = act.act.known().map(|kind| said(kind, &act.detail)).unwrap_or_default();
    let mut values = vec![("by", by.as_str()), ("unit", &place), ("role", &role)];
    for (name, text) in &said {
        let text = text.as_deref().filter(|text| !text.is_empty());
        values.push((name, text.unwrap_or_else(|| lang.t("accounts.act.nothing"))));
    }
    lang.fill(&format!("accounts.act.{word}"), &values)
}

/// What the sentence of this kind names of the detail.
fn said(kind: AccountActKind, detail: &Detail) -> Vec<(&'static str, Option<String>)> {
    use AccountActKind as K;
    match kind {
        K::Ended | K::Disabled => {
            let left = detail.read::<Left>();
            vec![("tickets", left.map(|left| left.tickets.to_string()))]
        }
        K::Granted | K::Declined | K::Withdrawn => {
            let request = detail.read::<OfRequest>();
            vec![("asker", request.map(|request| request.asker))]
        }
        K::Mended => {
            let (old_name, name, old_phone, phone) = detail
                .read::<Mended>()
                .map(|m| (Some(m.old_name), Some(m.name), m.old_phone, m.phone))
                .unwrap_or_default();
            let phones = [("old_phone", old_phone), ("phone", phone)];
            [("old_name", old_name), ("name", name)]
                .into_iter()
                .chain(phones)
                .collect()
        }
        K::Contacts => {
            let (old_mailbox, mailbox, old_phone, phone) = detail
                .read::<Contacts>()
                .map(|c| (Some(c.old_mailbox), Some(c.mailbox), c.old_phone, c.phone))
                .unwrap_or_default();
            let phones = [("old_phone", old_phone), ("phone", phone)];
            let mailboxes = [("old_mailbox", old_mailbox), ("mailbox", mailbox)];
            mailboxes.into_iter().chain(phones).collect()
        }
        K::FactorResetAsked => {
            let asked = detail.read::<ResetAsked>();
            vec![("reason", asked.map(|asked| asked.reason))]
        }
        K::FactorReset | K::FactorResetRefused => {
            let decided = detail.read::<ResetDecided>().map(|d| (d.asked_by, d.reason));
            let (asked_by, reason) = decided.unzip();
            vec![("asked_by", asked_by), ("reason", reason)]
        }
        K::PhoneAdded | K::PhoneVerified | K::PhoneMoved | K::PhoneNight | K::PhoneDay | K::PhoneEnded => {
            vec![("phone", detail.read::<OfPhone>().map(|of| of.phone))]
        }
        K::MailSet | K::MailVerified => vec![("mailbox", detail.read::<OfMail>().map(|of| of.mailbox))],
        K::DutyHours => {
            let (working, off) = detail.read::<DutyHours>().map(|d| (d.working, d.off)).unzip();
            vec![("working", working), ("off", off)]
        }
        K::DutyPhone => {
            let (old_phone, phone) = detail
                .read::<DutyPhone>()
                .map(|d| (d.old_phone, d.phone))
                .unwrap_or_default();
            vec![("old_phone", old_phone), ("phone", phone)]
        }
        K::RosterPattern => {
            let written = detail.read::<PatternWritten>();
            vec![("day", written.map(|written| written.day.to_string()))]
        }
        K::FloodTreated
        | K::FloodEnded
        | K::FloodTaken
        | K::FloodClosingAsked
        | K::FloodClosingConfirmed
        | K::FloodClosingRefused
        | K::FloodClosingGivenBack => {
            let of = detail
                .read::<OfFlood>()
                .map(|of| (of.flood.to_string(), of.n.to_string()));
            let (flood, n) = of.unzip();
            vec![("flood", flood), ("n", n)]
        }
        K::WebhookSet | K::WebhookRotated | K::WebhookEnded => {
            vec![("url", detail.read::<OfOutlet>().map(|of| of.url))]
        }
        K::FolderSet | K::FolderEnded => {
            vec![("key", detail.read::<OfFolder>().map(|of| of.recipient))]
        }
        _ => Vec::new(),
    }
}
