//! Somebody leaves: what an account or a role that ends leaves behind is shown first, and each unit's open tickets go to a
//! colleague or to nobody, in the same act. No ticket stays with somebody who can't act on it.
//!
//! Nobody can end their own access, nor the last administrator's.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use platform::{
    clock,
    store::{
        AccountActKind, AccountId, Detail, HandOver, Held, Leaving, Left, Person, Role,
        act_detail::{self, HandedTo},
    },
};
use tracing::info;

use super::{
    fields,
    held::{UnitHeld, units_of},
    list,
    person::{fetch, fetch_kept, say},
    said::{self, Said},
    scope::Scope,
    trail::new_act,
};
use crate::internal::{
    By, Visit,
    again::{Again, Fields},
    auth::Keeper,
    detached,
    error::PageError,
    page::{Frame, render, words},
};

#[derive(Template)]
#[template(path = "internal/people/leave.html")]
struct LeavePage {
    frame: Frame,
    id: AccountId,
    heading: String,
    action: &'static str,
    unit: String,
    role: &'static str,
    consequences: Vec<String>,
    held: Vec<UnitHeld>,
    button: &'static str,
    error: Option<String>,
}

/// A role, or nothing for the whole account.
#[derive(Clone)]
enum What {
    Account,
    Role { unit: String, role: Role },
}

impl What {
    /// `None` for a role that is none.
    fn read(fields: &Fields) -> Option<Self> {
        match (fields.get("unit"), fields.get("role")) {
            (Some(unit), Some(role)) if !role.is_empty() => Some(Self::Role {
                unit: unit.clone(),
                role: Role::from_word(role)?,
            }),
            _ => Some(Self::Account),
        }
    }

    /// The key of what is said when it is done.
    fn done(&self) -> &'static str {
        match self {
            Self::Account => "accounts.disabled_done",
            Self::Role { .. } => "accounts.ended",
        }
    }

    fn leaving(&self) -> Leaving<'_> {
        match self {
            Self::Account => Leaving::Account,
            Self::Role { unit, role } => Leaving::Role { unit, role: *role },
        }
    }

    /// Of what the person holds: what nobody could act on afterwards.
    fn leaves(&self, person: &Person, held: Vec<Held>) -> Vec<Held> {
        let stays = |held: &Held| {
            person.memberships.iter().any(|m| {
                let ends = matches!(self, Self::Role { unit, role } if *unit == m.unit && *role == m.role);
                m.unit == held.unit && m.role.holds_tickets() && !ends
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
    by: By<Keeper>,
    Path(id): Path<AccountId>,
    Query(fields): Query<Fields>,
) -> Result<Response, PageError> {
    let what = What::read(&fields).ok_or(PageError::NotFound)?;
    locks_out(&by, id, &what).await?;
    show(&by, id, &what, Again::keeping(StatusCode::OK, None, fields)).await
}

/// `POST /people/{id}/disable`
pub(super) async fn disable(
    by: By<Keeper>,
    Path(id): Path<AccountId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    act(&by, id, What::Account, fields).await
}

/// `POST /people/{id}/end`
pub(super) async fn end(
    by: By<Keeper>,
    Path(id): Path<AccountId>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    match What::read(&fields) {
        Some(what @ What::Role { .. }) => act(&by, id, what, fields).await,
        Some(What::Account) | None => Err(PageError::NotFound),
    }
}

async fn act(by: &By<Keeper>, id: AccountId, what: What, fields: Fields) -> Result<Response, PageError> {
    locks_out(by, id, &what).await?;
    let units = left(by, id, &what, &fields).await?.1;
    let again = |status, key| Again::keeping(status, by.said(key), fields.clone());
    let Some(hand_over) = units.iter().map(UnitHeld::hand_over).collect::<Option<Vec<_>>>() else {
        let again = again(StatusCode::UNPROCESSABLE_ENTITY, "accounts.leave.choose");
        return show(by, id, &what, again).await;
    };
    let (visit, ending) = (Visit::clone(by), what.clone());
    let done = detached(async move {
        let leaving = ending.leaving();
        let (word, unit, role) = match leaving {
            Leaving::Account => (AccountActKind::Disabled, None, None),
            Leaving::Role { unit, role } => (AccountActKind::Ended, Some(unit), Some(role)),
        };
        let mut act = new_act(&visit, word, Some(id), clock::now());
        (act.unit, act.role) = (unit, role);
        let total: i64 = units.iter().map(|unit| unit.total).sum();
        let handed = |h: &HandOver| HandedTo {
            unit: h.unit.clone(),
            to: h.to,
        };
        act.detail = Detail::of(&act_detail::Left {
            tickets: total,
            handed_over: hand_over.iter().map(handed).collect(),
        });
        let (people, county) = (&visit.internal.people, &visit.internal.county);
        people.account_leave(county, id, leaving, &hand_over, &act).await
    });
    let refused = match done.await? {
        Left::Done(moved) => return ended(by, id, &what, moved).await,
        Left::Holds(_) => return show(by, id, &what, again(StatusCode::CONFLICT, "accounts.leave.more")).await,
        Left::Before => "accounts.ended_before",
        Left::LastAdmin => "accounts.last_admin",
    };
    say(by, id, StatusCode::CONFLICT, Said::error(by.t(refused))).await
}

/// It is done, and so many tickets went to others.
async fn ended(by: &By<Keeper>, id: AccountId, what: &What, moved: i64) -> Result<Response, PageError> {
    info!(account = id.0, by = by.me().0, moved, "an account or a role was ended");
    let mut text = by.t(what.done()).to_owned();
    if moved > 0 {
        text += &by.lang.fill("accounts.leave.moved", &[("n", &moved.to_string())]);
    }
    if fetch(by, id).await.is_err() {
        // A leader's unit has one member less, whose page is not the leader's any more.
        let again = said::Again::saying(StatusCode::OK, Said::done(text));
        return list::show(by, "", again).await;
    }
    say(by, id, StatusCode::OK, Said::done(text)).await
}

/// The person, and what would stay with nobody, by unit.
async fn left(
    visit: &Visit,
    id: AccountId,
    what: &What,
    fields: &Fields,
) -> Result<(Person, Vec<UnitHeld>), PageError> {
    let internal = &visit.internal;
    let person = fetch(visit, id).await?;
    let held = internal.people.account_holds(&internal.county, id).await?;
    let held = what.leaves(&person, held);
    let units = units_of(internal, id, &held, fields, visit.lang).await?;
    Ok((person, units))
}

async fn show(visit: &Visit, id: AccountId, what: &What, again: Again<Fields>) -> Result<Response, PageError> {
    let (internal, lang) = (&visit.internal, visit.lang);
    let (person, held) = left(visit, id, what, &again.fields).await?;
    let pack = &internal.pack.current().pack;
    let role_words =
        |unit: &str, role: Role| format!("{} · {}", words::unit_name(pack, unit), fields::role_name(lang, role));
    let name = &person.account.name;
    let (heading, action, button, (unit, role), mut consequences) = match what {
        What::Account => (
            lang.fill("accounts.leave.account_title", &[("name", name)]),
            "disable",
            lang.t("accounts.disable"),
            (String::new(), ""),
            vec![lang.t("accounts.leave.account_text").to_owned()],
        ),
        What::Role { unit, role } => (
            lang.fill(
                "accounts.leave.role_title",
                &[("name", name), ("role", &role_words(unit, *role))],
            ),
            "end",
            lang.t("accounts.end"),
            (unit.clone(), role.as_str()),
            vec![lang.t("accounts.leave.role_text").to_owned()],
        ),
    };
    if held.is_empty() {
        consequences.push(lang.t("accounts.leave.nothing").to_owned());
    }
    let page = LeavePage {
        frame: visit.frame("/people"),
        id,
        heading,
        action,
        unit,
        role,
        consequences,
        held,
        button,
        error: again.said,
    };
    Ok(render(again.status, &page))
}

/// Refused with a page, when this is not the actor's to end, would lock them out, or leave the county without an administrator.
async fn locks_out(visit: &Visit, id: AccountId, what: &What) -> Result<(), PageError> {
    match what {
        What::Account => drop(fetch_kept(visit, id).await?),
        What::Role { unit, role } => {
            fetch(visit, id).await?;
            if !Scope::of(&visit.actor).gives(unit, *role) {
                return Err(PageError::NotFound);
            }
        }
    }
    if matches!(what, What::Role { role, .. } if *role != Role::Admin) {
        return Ok(());
    }
    let (people, county) = (&visit.internal.people, &visit.internal.county);
    let key = if id == visit.me() {
        "accounts.yourself"
    } else if people.admins_besides(county, id).await? == 0 {
        "accounts.last_admin"
    } else {
        return Ok(());
    };
    Err(say(visit, id, StatusCode::CONFLICT, Said::error(visit.t(key)))
        .await?
        .into())
}
