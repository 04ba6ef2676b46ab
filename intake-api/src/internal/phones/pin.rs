//! `POST /duty-pin`: a person's own number for answering on a shared telephone, set with the current password.

use axum::{Form, http::StatusCode, response::Response};
use platform::{clock, store::AccountActKind};
use serde::Deserialize;
use tracing::info;

use super::{
    number,
    view::{Again, Said, say, show},
};
use crate::internal::{
    By, Visit,
    again::Wrong,
    auth::{SignedIn, device::Device, known, login::retry_after, password},
    detached,
    error::PageError,
    people::new_act,
};

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Pin {
    #[serde(default)]
    password: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

/// Sets it.
pub(super) async fn set(by: By<SignedIn>, device: Device, Form(form): Form<Pin>) -> Result<Response, PageError> {
    let pin = match sound(&form) {
        Ok(pin) => pin,
        Err(key) => return refused(&by, Wrong::from([("pin", key)])).await,
    };
    match known::password(&by, &device, form.password).await? {
        Ok(true) => {}
        Ok(false) => return refused(&by, Wrong::from([("password", "password.wrong_old")])).await,
        Err(seconds) => {
            let said = by.lang.fill("login.wait", &[("seconds", &seconds.to_string())]);
            let page = say(&by, StatusCode::TOO_MANY_REQUESTS, Said::error(said)).await?;
            return Ok(retry_after(page, seconds));
        }
    }
    let hash = password::hash(pin).await?;
    let visit = Visit::clone(&by);
    let done = detached(async move {
        let act = new_act(&visit, AccountActKind::DutyPin, Some(visit.me()), clock::now());
        visit.internal.people.duty_pin_set(visit.me(), &hash, &act).await
    });
    done.await?;
    info!(account = by.me().0, "set a number for shared telephones");
    say(&by, StatusCode::OK, Said::done(by.t("phones.pin.done"))).await
}

/// Six digits that are not the first ones that anybody would try.
fn sound(form: &Pin) -> Result<String, &'static str> {
    let pin = number::digits(&form.new).ok_or("phones.pin.digits")?;
    if number::digits(&form.again).as_ref() != Some(&pin) {
        return Err("phones.pin.differ");
    }
    if is_trivial(pin.as_bytes()) {
        return Err("phones.pin.easy");
    }
    Ok(pin)
}

/// All in steps of one size (111111, 123456, 987654), or a part of it again and again (121212, 123123), or two digits alone.
fn is_trivial(pin: &[u8]) -> bool {
    let step = |pair: &[u8]| (10 + pair[1] - pair[0]) % 10;
    let even = pin.windows(2).all(|pair| step(pair) == step(&pin[..2])) && [0, 1, 9].contains(&step(&pin[..2]));
    let repeats = |length: usize| pin.chunks(length).all(|part| part == &pin[..length]);
    even || repeats(2) || repeats(3)
}

async fn refused(visit: &Visit, wrong: Wrong) -> Result<Response, PageError> {
    let said = Said::error(visit.t("phones.pin.not_set"));
    let again = Again::saying(StatusCode::UNPROCESSABLE_ENTITY, said);
    show(visit, None, again.with_wrong(wrong)).await
}

#[cfg(test)]
mod tests {
    use super::is_trivial;

    #[test]
    fn what_anybody_would_try_first_is_refused() {
        for easy in ["111111", "123456", "654321", "890123", "121212", "123123"] {
            assert!(is_trivial(easy.as_bytes()), "{easy}");
        }
        for good in ["204613", "112233", "135791", "246802"] {
            assert!(!is_trivial(good.as_bytes()), "{good}");
        }
    }
}
