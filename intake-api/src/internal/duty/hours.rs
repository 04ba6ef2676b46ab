//! A unit's duty hours and the telephone on its desk.

use axum::{Form, extract::Path, http::StatusCode, response::Response};
use casework::roster::{Hours, HoursError};
use casework::typed::{phone, plain};
use platform::{
    clock,
    store::{
        AccountActKind, Detail,
        act_detail::{DutyHours, DutyPhone},
    },
};
use tracing::info;

use super::{
    page::{default_hours_text, done, refused, show},
    scope,
};
use crate::internal::{
    By, Visit,
    again::{Fields, Wrong},
    auth::Staffed,
    detached,
    error::PageError,
    people::new_act,
};

fn get(fields: &Fields, name: &str) -> String {
    let typed = fields.get(name).map_or("", String::as_str);
    plain(typed).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `POST /duty/{unit}/hours`: the unit's own, or the pack's again where it sets nothing of its own.
pub(super) async fn set(
    by: By<Staffed>,
    Path(unit): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let of = scope::kept_unit(&by, &unit)?;
    let (working, off) = (get(&fields, "h_working"), get(&fields, "h_off"));
    let mut wrong = Wrong::new();
    if let Err(error) = Hours::read(&working, "") {
        wrong.insert("h_working", key(&error));
    }
    if let Err(error) = Hours::read("00:00-24:00", &off) {
        wrong.insert("h_off", key(&error));
    }
    if !wrong.is_empty() {
        let again = refused(StatusCode::UNPROCESSABLE_ENTITY, by.t("duty.not_saved"), wrong, fields);
        return show(&by, &unit, again).await;
    }
    // What the pack says anyway is not the unit's own: it follows the pack when that changes.
    let default = default_hours_text(&by.internal.pack.current().pack, &of);
    let own = (working.clone(), off.clone()) != default;
    let (visit, code) = (Visit::clone(&by), unit.clone());
    let written = detached(async move {
        let mut act = new_act(&visit, AccountActKind::DutyHours, None, clock::now());
        act.unit = Some(&code);
        act.detail = Detail::of(&DutyHours {
            working: working.clone(),
            off: off.clone(),
        });
        let hours = own.then_some((working.as_str(), off.as_str()));
        visit.internal.people.unit_hours_set(hours, &act).await
    });
    written.await?;
    info!(unit, by = by.me().0, "duty hours were set");
    show(&by, &unit, done(by.t("duty.hours.done"))).await
}

/// `POST /duty/{unit}/phone`: the telephone on the unit's desk, which is nobody's own.
pub(super) async fn phone(
    by: By<Staffed>,
    Path(unit): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    scope::kept_unit(&by, &unit)?;
    // A form without the field is none of ours, and must not take the telephone away.
    let typed = fields.get("p_phone").map(|typed| typed.trim().to_owned());
    let Some(typed) = typed.filter(|typed| typed.is_empty() || phone::is_callable(typed)) else {
        let wrong = Wrong::from([("p_phone", "accounts.bad_phone")]);
        let again = refused(StatusCode::UNPROCESSABLE_ENTITY, by.t("duty.not_saved"), wrong, fields);
        return show(&by, &unit, again).await;
    };
    let county = &by.internal.county;
    let before = by.internal.people.unit_contacts(county, &unit).await?;
    let before = before.ok_or(PageError::NotFound)?.duty_phone;
    let (visit, code) = (Visit::clone(&by), unit.clone());
    let written = detached(async move {
        let phone = Some(typed.as_str()).filter(|typed| !typed.is_empty());
        let mut act = new_act(&visit, AccountActKind::DutyPhone, None, clock::now());
        act.unit = Some(&code);
        act.detail = Detail::of(&DutyPhone {
            old_phone: before,
            phone: phone.map(str::to_owned),
        });
        visit.internal.people.unit_duty_phone_set(phone, &act).await
    });
    if !written.await? {
        return Err(PageError::NotFound);
    }
    info!(unit, by = by.me().0, "a shared telephone was set");
    show(&by, &unit, done(by.t("duty.phone.done"))).await
}

fn key(error: &HoursError) -> &'static str {
    match error {
        HoursError::Unreadable(_) => "duty.wrong.hours",
        HoursError::Disorder(_) => "duty.wrong.hours_order",
        HoursError::Never => "duty.wrong.hours_never",
    }
}
