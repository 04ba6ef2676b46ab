//! Accounts: who may come in, for which unit, as what; and whom to call at a unit. Administrators keep both and see no report;
//! a unit's leader keeps the accounts of its members (`scope`).
//!
//! `list` and `person` show, `create`, `mend`, `roles`, `invite` and `leave` act, `grants` confirms what takes two people, `units`
//! keeps a unit's contacts, `import` takes many people from a spreadsheet, `fields` is the one reader of what is typed. Every act
//! is recorded: `audit` shows the trail of everybody, `account` that of one's own account, `access` who came to which door.

mod access;
mod account;
mod answers;
mod audit;
mod create;
mod fields;
mod grants;
mod held;
mod import;
mod invite;
mod leave;
mod list;
mod mend;
mod own;
mod person;
mod roles;
mod said;
mod scope;
mod trail;
mod units;

use axum::routing::{get, post};

pub(crate) use fields::name as person_name;
pub(crate) use person::fetch_kept;
pub(crate) use trail::{ActLine, lines as act_lines, new_act};

use super::Route;

/// Routes of this part.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/people", get(list::page)),
        Route::get("/api/v1/people", get(list::api)),
        Route::post("/people", post(create::create)),
        Route::get("/people/import", get(import::page)),
        Route::get("/people/import/people.xlsx", get(import::template)),
        Route::post("/people/import", post(import::upload)),
        Route::post("/people/import/confirm", post(import::confirm)),
        Route::get("/people/{id}", get(person::page)),
        Route::post("/people/{id}/mend", post(mend::mend)),
        Route::post("/people/{id}/grant", post(roles::grant)),
        Route::get("/people/{id}/leave", get(leave::page)),
        Route::post("/people/{id}/end", post(leave::end)),
        Route::post("/people/{id}/disable", post(leave::disable)),
        Route::post("/people/{id}/enable", post(roles::enable)),
        Route::post("/people/{id}/invite", post(invite::invite)),
        Route::post("/people/{id}/invitation-void", post(invite::void)),
        Route::get("/units", get(units::list)),
        Route::get("/units/{code}", get(units::page)),
        Route::post("/units/{code}", post(units::confirm)),
        Route::get("/grants", get(grants::page)),
        Route::post("/grants/{id}/{act}", post(grants::act)),
        Route::get("/api/v1/grants", get(grants::api)),
        Route::post("/api/v1/grants/{id}/{act}", post(grants::api_act)),
        Route::get("/trail", get(audit::page)),
        Route::get("/api/v1/trail", get(audit::api)),
        Route::get("/access", get(access::page)),
        Route::get("/api/v1/access", get(access::api)),
        Route::get("/account", get(account::page)),
        Route::get("/api/v1/account", get(account::api)),
        Route::get("/password", get(own::page)),
        Route::post("/password", post(own::change)),
    ]
}
