//! `GET /people`: every account with its roles; the forms beside it.

use askama::Template;
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use platform::{clock, store::Person, text::Lang};
use serde_json::json;

use crate::internal::{
    Internal, api_unavailable,
    auth::{Actor, Admin},
    page::{Frame, Language, render, words},
    unavailable,
};

/// Roles in the order in which they are offered.
pub(super) const ROLES: [&str; 5] = ["member", "leader", "office", "oversight", "admin"];

struct Held {
    unit: String,
    unit_name: String,
    role: String,
    role_name: &'static str,
}

struct Line {
    id: i64,
    login: String,
    name: String,
    phone: String,
    disabled: bool,
    must_change: bool,
    last: String,
    held: Vec<Held>,
    myself: bool,
}

/// A fresh password, shown on this answer and never again.
pub(super) struct Fresh {
    pub(super) login: String,
    pub(super) password: String,
}

/// What an act leaves to say.
#[derive(Default)]
pub(super) struct Said {
    pub(super) done: Option<String>,
    pub(super) error: Option<String>,
    pub(super) fresh: Option<Fresh>,
}

#[derive(Template)]
#[template(path = "internal/people/list.html")]
struct PeoplePage {
    frame: Frame,
    people: Vec<Line>,
    units: Vec<(String, String)>,
    roles: Vec<(&'static str, &'static str)>,
    said: Said,
}

/// The page.
pub(crate) async fn page(State(internal): State<Internal>, actor: Admin, Language(lang): Language) -> Response {
    show(&internal, &actor, lang, StatusCode::OK, Said::default()).await
}

/// `GET /api/v1/people`
pub(crate) async fn api(State(internal): State<Internal>, _: Admin) -> Response {
    match internal.people.accounts_list(&internal.county).await {
        Ok(people) => Json(
            people
                .iter()
                .map(|p| json!({"account": p.account, "memberships": p.memberships}))
                .collect::<Vec<_>>(),
        )
        .into_response(),
        Err(e) => api_unavailable(&e),
    }
}

/// The page after an act.
pub(super) async fn show(internal: &Internal, actor: &Actor, lang: Lang, status: StatusCode, said: Said) -> Response {
    let people = match internal.people.accounts_list(&internal.county).await {
        Ok(people) => people,
        Err(e) => return unavailable(&e),
    };
    let loaded = internal.pack.current();
    let unit_name = |code: &str| {
        loaded
            .pack
            .units()
            .get(code)
            .map_or(code, |u| u.name.as_str())
            .to_owned()
    };
    let mut units: Vec<_> = loaded
        .pack
        .units()
        .iter()
        .map(|u| (u.code.clone(), u.name.clone()))
        .collect();
    units.sort_by(|a, b| a.1.cmp(&b.1));
    let page = PeoplePage {
        people: people.into_iter().map(|p| line(p, actor, lang, &unit_name)).collect(),
        units,
        roles: ROLES.map(|role| (role, role_name(lang, role))).to_vec(),
        said,
        frame: Frame::of(actor, lang, "/people"),
    };
    render(status, &page)
}

fn line(person: Person, actor: &Actor, lang: Lang, unit_name: &impl Fn(&str) -> String) -> Line {
    let now = clock::now();
    let Person { account, memberships } = person;
    let held = memberships.into_iter().map(|m| Held {
        unit_name: unit_name(&m.unit),
        role_name: role_name(lang, &m.role),
        unit: m.unit,
        role: m.role,
    });
    Line {
        id: account.id,
        myself: account.id == actor.person.account.id,
        disabled: account.disabled_at.is_some(),
        must_change: account.must_change,
        last: account.last_login_at.map_or_else(
            || lang.t("accounts.never").to_owned(),
            |at| words::moment(lang, at, now),
        ),
        phone: account.phone.unwrap_or_default(),
        login: account.login,
        name: account.name,
        held: held.collect(),
    }
}

pub(super) fn role_name(lang: Lang, role: &str) -> &'static str {
    lang.t(match role {
        "member" => "accounts.role.member",
        "leader" => "accounts.role.leader",
        "office" => "accounts.role.office",
        "oversight" => "accounts.role.oversight",
        _ => "accounts.role.admin",
    })
}
