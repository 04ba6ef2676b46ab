//! Somebody leaves: what an account or a role that ends leaves behind is shown first, and each unit's open tickets go to a
//! colleague or to nobody, in the same act. No ticket stays with somebody who can't act on it.
//!
//! Nobody can end their own access, nor the last administrator's.

use std::collections::HashMap;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use platform::{
    clock,
    store::{Find, HandOver, Held, Leaving, Left, Person, StoreError},
    text::Lang,
};
use serde_json::json;
use tracing::info;

use super::{
    fields::{self, Wrong},
    list,
    person::{self, Typed, fetch, fetch_kept},
    said::Said,
    scope::Scope,
    trail::new_act,
};
use crate::internal::{
    Internal,
    auth::{Actor, Keeper},
    detached,
    page::{Frame, Language, problem, render, words},
    unavailable,
};

/// The choice that leaves a unit's tickets to be assigned.
const NOBODY: &str = "none";

/// Roles by which somebody holds tickets.
const HOLDERS: [&str; 2] = ["member", "leader"];

/// Open tickets of one unit, and who could take them.
struct UnitHeld {
    code: String,
    name: String,
    lines: Vec<String>,
    total: i64,
    colleagues: Vec<(i64, String)>,
    chosen: String,
}

#[derive(Template)]
#[template(path = "internal/people/leave.html")]
struct LeavePage {
    frame: Frame,
    id: i64,
    heading: String,
    action: &'static str,
    unit: String,
    role: String,
    consequences: Vec<String>,
    held: Vec<UnitHeld>,
    button: &'static str,
    error: Option<String>,
}

/// What ends, as typed: a role in a unit, or the whole account.
type Fields = HashMap<String, String>;

/// A role, or nothing for the whole account.
#[derive(Clone)]
enum What {
    Account,
    Role { unit: String, role: String },
}

impl What {
    fn read(fields: &Fields) -> Self {
        match (fields.get("unit"), fields.get("role")) {
            (Some(unit), Some(role)) if !role.is_empty() => Self::Role {
                unit: unit.clone(),
                role: role.clone(),
            },
            _ => Self::Account,
        }
    }

    fn leaving(&self) -> Leaving<'_> {
        match self {
            Self::Account => Leaving::Account,
            Self::Role { unit, role } => Leaving::Role { unit, role },
        }
    }

    /// Of what the person holds: what nobody could act on afterwards.
    fn leaves(&self, person: &Person, held: Vec<Held>) -> Vec<Held> {
        let stays = |held: &Held| {
            person.memberships.iter().any(|m| {
                let ends = matches!(self, Self::Role { unit, role } if *unit == m.unit && *role == m.role);
                m.unit == held.unit && HOLDERS.contains(&m.role.as_str()) && !ends
            })
        };
        match self {
            Self::Account => held,
            Self::Role { .. } => held.into_iter().filter(|h| !stays(h)).collect(),
        }
    }
}

/// `GET /people/{id}/leave`: what would follow.
pub(super) async fn page(
    State(internal): State<Internal>,
    actor: Keeper,
    Language(lang): Language,
    Path(id): Path<i64>,
    Query(fields): Query<Fields>,
) -> Response {
    let what = What::read(&fields);
    if let Some(refused) = locks_out(&internal, &actor, lang, id, &what).await {
        return refused;
    }
    show(&internal, &actor, lang, id, &what, &fields, StatusCode::OK, None).await
}

/// `POST /people/{id}/disable`
pub(super) async fn disable(
    internal: State<Internal>,
    actor: Keeper,
    lang: Language,
    id: Path<i64>,
    Form(fields): Form<Fields>,
) -> Response {
    act(&internal.0, &actor, lang.0, id.0, What::Account, fields).await
}

/// `POST /people/{id}/end`
pub(super) async fn end(
    internal: State<Internal>,
    actor: Keeper,
    lang: Language,
    id: Path<i64>,
    Form(fields): Form<Fields>,
) -> Response {
    match What::read(&fields) {
        What::Account => problem::not_found().into_response(),
        what @ What::Role { .. } => act(&internal.0, &actor, lang.0, id.0, what, fields).await,
    }
}

async fn act(internal: &Internal, actor: &Actor, lang: Lang, id: i64, what: What, fields: Fields) -> Response {
    if let Some(refused) = locks_out(internal, actor, lang, id, &what).await {
        return refused;
    }
    let person = match fetch(internal, actor, id).await {
        Ok(person) => person,
        Err(response) => return response,
    };
    let held = match internal.people.account_holds(&internal.county, id).await {
        Ok(held) => what.leaves(&person, held),
        Err(e) => return unavailable(&e),
    };
    let units = match units_of(internal, id, &held, &fields, lang).await {
        Ok(units) => units,
        Err(e) => return unavailable(&e),
    };
    let Some(hand_over) = units.iter().map(chosen).collect::<Option<Vec<_>>>() else {
        let said = lang.t("accounts.leave.choose").to_owned();
        return show(
            internal,
            actor,
            lang,
            id,
            &what,
            &fields,
            StatusCode::UNPROCESSABLE_ENTITY,
            Some(said),
        )
        .await;
    };
    let (within, by, ending) = (internal.clone(), actor.clone(), what.clone());
    let done = detached(async move {
        let leaving = ending.leaving();
        let (word, unit, role) = match leaving {
            Leaving::Account => ("disabled", None, None),
            Leaving::Role { unit, role } => ("ended", Some(unit), Some(role)),
        };
        let mut act = new_act(&within, &by, word, Some(id), clock::now());
        (act.unit, act.role) = (unit, role);
        let total: i64 = units.iter().map(|unit| unit.total).sum();
        let to: Vec<_> = hand_over.iter().map(|h| json!({"unit": h.unit, "to": h.to})).collect();
        act.detail = json!({"tickets": total, "handed_over": to});
        within
            .people
            .account_leave(&within.county, id, leaving, &hand_over, &act)
            .await
    });
    match done.await {
        Ok(Left::Done(moved)) => {
            info!(
                account = id,
                by = actor.person.account.id,
                moved,
                "an account or a role was ended"
            );
            let key = match what {
                What::Account => "accounts.disabled_done",
                What::Role { .. } => "accounts.ended",
            };
            let mut text = lang.t(key).to_owned();
            if moved > 0 {
                text += &lang.fill("accounts.leave.moved", &[("n", &moved.to_string())]);
            }
            if fetch(internal, actor, id).await.is_err() {
                // A leader's unit has one member less, whose page is not the leader's any more.
                let (typed, said) = (list::NewPerson::default(), Said::done(text));
                return list::show(internal, actor, lang, StatusCode::OK, "", typed, Wrong::new(), said).await;
            }
            person::show(
                internal,
                actor,
                lang,
                id,
                StatusCode::OK,
                Typed::default(),
                Wrong::new(),
                Said::done(text),
            )
            .await
        }
        Ok(Left::Before) => {
            let said = Said::error(lang.t("accounts.ended_before"));
            person::show(
                internal,
                actor,
                lang,
                id,
                StatusCode::CONFLICT,
                Typed::default(),
                Wrong::new(),
                said,
            )
            .await
        }
        Ok(Left::LastAdmin) => {
            let said = Said::error(lang.t("accounts.last_admin"));
            person::show(
                internal,
                actor,
                lang,
                id,
                StatusCode::CONFLICT,
                Typed::default(),
                Wrong::new(),
                said,
            )
            .await
        }
        Ok(Left::Holds(_)) => {
            let said = lang.t("accounts.leave.more").to_owned();
            show(
                internal,
                actor,
                lang,
                id,
                &what,
                &fields,
                StatusCode::CONFLICT,
                Some(said),
            )
            .await
        }
        Err(response) => response,
    }
}

fn chosen(unit: &UnitHeld) -> Option<HandOver> {
    let to = match unit.chosen.as_str() {
        NOBODY => None,
        typed => {
            let id = typed.parse().ok()?;
            unit.colleagues.iter().find(|(colleague, _)| *colleague == id)?;
            Some(id)
        }
    };
    Some(HandOver {
        unit: unit.code.clone(),
        to,
    })
}

async fn units_of(
    internal: &Internal,
    id: i64,
    held: &[Held],
    fields: &Fields,
    lang: Lang,
) -> Result<Vec<UnitHeld>, StoreError> {
    let loaded = internal.pack.current();
    let pack = &loaded.pack;
    let mut units: Vec<UnitHeld> = Vec::new();
    for held in held {
        if units.last().is_none_or(|unit| unit.code != held.unit) {
            units.push(UnitHeld {
                code: held.unit.clone(),
                name: fields::unit_name(pack, &held.unit),
                lines: Vec::new(),
                total: 0,
                colleagues: colleagues(internal, id, &held.unit).await?,
                chosen: fields.get(&format!("to-{}", held.unit)).cloned().unwrap_or_default(),
            });
        }
        let Some(unit) = units.last_mut() else { continue };
        unit.total += held.tickets;
        unit.lines.push(lang.fill(
            "accounts.leave.line",
            &[
                ("urgency", words::urgency(lang, &held.urgency)),
                (
                    "what",
                    pack.vocabulary().obligations.label(&held.obligation, lang.pack()),
                ),
                ("n", &held.tickets.to_string()),
            ],
        ));
    }
    Ok(units)
}

/// Who of the unit could take tickets. Two of one name are told apart by their logins.
async fn colleagues(internal: &Internal, id: i64, unit: &str) -> Result<Vec<(i64, String)>, StoreError> {
    let people = internal
        .people
        .accounts_list(&internal.county, Find::OfUnit(unit))
        .await?;
    let may_take = |person: &Person| {
        let of_unit = |m: &platform::store::Membership| m.unit == unit && HOLDERS.contains(&m.role.as_str());
        person.account.id != id && person.account.disabled_at.is_none() && person.memberships.iter().any(of_unit)
    };
    let label = |person: Person| {
        (
            person.account.id,
            format!("{}（{}）", person.account.name, person.account.login),
        )
    };
    Ok(people.into_iter().filter(may_take).map(label).collect())
}

#[expect(clippy::too_many_arguments, reason = "the parts of one page")]
async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    id: i64,
    what: &What,
    fields: &Fields,
    status: StatusCode,
    error: Option<String>,
) -> Response {
    let person = match fetch(internal, actor, id).await {
        Ok(person) => person,
        Err(response) => return response,
    };
    let held = match internal.people.account_holds(&internal.county, id).await {
        Ok(held) => what.leaves(&person, held),
        Err(e) => return unavailable(&e),
    };
    let held = match units_of(internal, id, &held, fields, lang).await {
        Ok(held) => held,
        Err(e) => return unavailable(&e),
    };
    let pack = &internal.pack.current().pack;
    let role_words =
        |unit: &str, role: &str| format!("{} · {}", fields::unit_name(pack, unit), fields::role_name(lang, role));
    let name = &person.account.name;
    let (heading, action, button, (unit, role), mut consequences) = match what {
        What::Account => (
            lang.fill("accounts.leave.account_title", &[("name", name)]),
            "disable",
            lang.t("accounts.disable"),
            (String::new(), String::new()),
            vec![lang.t("accounts.leave.account_text").to_owned()],
        ),
        What::Role { unit, role } => (
            lang.fill(
                "accounts.leave.role_title",
                &[("name", name), ("role", &role_words(unit, role))],
            ),
            "end",
            lang.t("accounts.end"),
            (unit.clone(), role.clone()),
            vec![lang.t("accounts.leave.role_text").to_owned()],
        ),
    };
    if held.is_empty() {
        consequences.push(lang.t("accounts.leave.nothing").to_owned());
    }
    let page = LeavePage {
        frame: Frame::of(actor, lang, "/people"),
        id,
        heading,
        action,
        unit,
        role,
        consequences,
        held,
        button,
        error,
    };
    render(status, &page)
}

/// The refusal, when this is not the actor's to end, would lock them out, or leave the county without an administrator.
async fn locks_out(internal: &Internal, actor: &Actor, lang: Lang, id: i64, what: &What) -> Option<Response> {
    let scope = Scope::of(actor);
    let theirs = match what {
        What::Account => fetch_kept(internal, actor, id).await.map(|_| true),
        What::Role { unit, role } => fetch(internal, actor, id).await.map(|_| scope.gives(unit, role)),
    };
    match theirs {
        Ok(true) => {}
        Ok(false) => return Some(problem::not_found().into_response()),
        Err(response) => return Some(response),
    }
    if matches!(what, What::Role { role, .. } if role != "admin") {
        return None;
    }
    let key = if id == actor.person.account.id {
        "accounts.yourself"
    } else {
        match internal.people.admins_besides(&internal.county, id).await {
            Ok(0) => "accounts.last_admin",
            Ok(_) => return None,
            Err(e) => return Some(unavailable(&e)),
        }
    };
    let (status, said) = (StatusCode::CONFLICT, Said::error(lang.t(key)));
    Some(person::show(internal, actor, lang, id, status, Typed::default(), Wrong::new(), said).await)
}
