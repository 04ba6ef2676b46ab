//! `/factor`: setting one's second factor up, its recovery codes, and turning it off where it is not demanded.
//!
//! The secret of a set-up that is not finished is nowhere but in the page, sealed for its account and a quarter of an hour.

use askama::Template;
use axum::{Form, http::StatusCode, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    store::{AccountActKind, AccountId, AccountSecret, NewFactor},
};
use serde::{Deserialize, Serialize};

use crate::internal::{
    By, Internal, Visit,
    again::Again,
    auth::{
        SignedIn,
        device::Device,
        factor::{Factor, recovery_codes, recovery_mac},
        login::retry_after,
        second,
    },
    detached,
    error::PageError,
    page::{Frame, render, words},
    people::new_act,
};

/// How long a set-up may take.
const GOOD: TimeDelta = TimeDelta::minutes(15);

const PURPOSE: &str = "set-up of a second factor";

/// The set-up that a page carries.
#[derive(Serialize, Deserialize)]
struct Slip {
    purpose: String,
    account: AccountId,
    until: i64,
    factor: String,
}

#[derive(Template)]
#[template(path = "internal/own/factor.html")]
struct FactorPage {
    frame: Frame,
    must: bool,
    error: Option<String>,
    done: Option<String>,
    setup: Option<Setup>,
    since: String,
    left: String,
    required: bool,
}

struct Setup {
    picture: String,
    letters: String,
    slip: String,
}

#[derive(Template)]
#[template(path = "internal/own/codes.html")]
struct CodesPage {
    frame: Frame,
    done: &'static str,
    whose: String,
    codes: Vec<String>,
}

/// What a form sends.
#[derive(Default, Deserialize)]
pub(super) struct Proof {
    #[serde(default)]
    slip: String,
    #[serde(default)]
    code: String,
}

/// What a page says, beside what it always has.
#[derive(Default)]
struct Seen {
    done: Option<String>,
    /// The set-up under way goes on.
    slip: Option<String>,
    /// It was turned off in this request.
    off: bool,
}

/// `GET /factor`
pub(super) async fn page(by: By<SignedIn>, device: Device) -> Result<Response, PageError> {
    show(&by, &device, Again::default()).await
}

/// `POST /factor`: the first code proves that the telephone has the secret.
pub(super) async fn set(by: By<SignedIn>, device: Device, Form(form): Form<Proof>) -> Result<Response, PageError> {
    let now = clock::now();
    let proved = opened(&by, &form.slip, now).and_then(|factor| Some((factor.step_of(&form.code, now)?, factor)));
    let Some((step, factor)) = proved else {
        let seen = Seen {
            slip: Some(form.slip),
            ..Seen::default()
        };
        let again = Again::keeping(StatusCode::UNPROCESSABLE_ENTITY, by.said("factor.wrong"), seen);
        return show(&by, &device, again).await;
    };
    let (codes, macs) = fresh(&by.internal, by.me());
    let visit = Visit::clone(&by);
    let done = detached(async move {
        let (internal, account) = (&visit.internal, visit.me());
        let sealed = factor.seal(&internal.keys, account, &mut rand::rng());
        let act = new_act(&visit, AccountActKind::FactorSet, Some(account), now);
        let new = NewFactor {
            account,
            sealed: &sealed,
            step,
            recovery: &macs,
            session: visit.actor.session,
        };
        internal.people.factor_set(&new, &act).await
    });
    if done.await? {
        Ok(codes_page(&by, "factor.set_done", codes))
    } else {
        let again = Again::saying(StatusCode::CONFLICT, by.said("factor.there"));
        show(&by, &device, again).await
    }
}

/// `POST /factor/codes`: fresh recovery codes, for a code.
pub(super) async fn codes(by: By<SignedIn>, device: Device, Form(form): Form<Proof>) -> Result<Response, PageError> {
    proved(&by, &device, &form.code).await?;
    let (codes, macs) = fresh(&by.internal, by.me());
    let visit = Visit::clone(&by);
    let done = detached(async move {
        let act = new_act(&visit, AccountActKind::RecoveryCodes, Some(visit.me()), clock::now());
        visit.internal.people.recovery_replace(visit.me(), &macs, &act).await
    });
    done.await?;
    Ok(codes_page(&by, "factor.codes_done", codes))
}

/// `POST /factor/off`: for a code, where it is not demanded.
pub(super) async fn off(by: By<SignedIn>, device: Device, Form(form): Form<Proof>) -> Result<Response, PageError> {
    if by.internal.rules.factor.binds(&by.actor.person, device.certain) {
        let again = Again::saying(StatusCode::CONFLICT, by.said("factor.demanded"));
        return show(&by, &device, again).await;
    }
    proved(&by, &device, &form.code).await?;
    let visit = Visit::clone(&by);
    let done = detached(async move {
        let act = new_act(&visit, AccountActKind::FactorOff, Some(visit.me()), clock::now());
        let (people, session) = (&visit.internal.people, visit.actor.session);
        people.factor_off(visit.me(), Some(session), &act).await
    });
    done.await?;
    let seen = Seen {
        done: by.said("factor.off_done"),
        off: true,
        ..Seen::default()
    };
    show(&by, &device, Again::keeping(StatusCode::OK, None, seen)).await
}

async fn secret(visit: &Visit) -> Result<AccountSecret, PageError> {
    let login = &visit.actor.person.account.login;
    let (people, county) = (&visit.internal.people, &visit.internal.county);
    let secret = people.account_secret(county, login, None, &[]).await?;
    secret.ok_or(PageError::NotFound)
}

/// A code of the factor that there is, counted like those of a login; else the page that says what is wrong with it.
async fn proved(visit: &Visit, device: &Device, code: &str) -> Result<(), PageError> {
    let account = secret(visit).await?;
    let (internal, code) = (visit.internal.clone(), code.to_owned());
    let judged = tokio::spawn(async move { second::proves(&internal, &account, &code, clock::now()).await });
    let judged = judged.await.map_err(PageError::unread)??;
    if judged == Ok(true) {
        return Ok(());
    }
    let (status, said) = match judged {
        Err(seconds) => {
            let said = visit.lang.fill("login.wait", &[("seconds", &seconds.to_string())]);
            (StatusCode::TOO_MANY_REQUESTS, Some(said))
        }
        Ok(_) => (StatusCode::UNPROCESSABLE_ENTITY, visit.said("login.code_wrong")),
    };
    let page = show(visit, device, Again::saying(status, said)).await?;
    Err(match judged {
        Err(seconds) => retry_after(page, seconds).into(),
        Ok(_) => page.into(),
    })
}

fn fresh(internal: &Internal, account: AccountId) -> (Vec<String>, Vec<Vec<u8>>) {
    let codes = recovery_codes(&mut rand::rng());
    let macs = codes
        .iter()
        .filter_map(|code| recovery_mac(&internal.keys, account, code));
    let macs = macs.collect();
    (codes, macs)
}

fn opened(visit: &Visit, slip: &str, now: DateTime<Utc>) -> Option<Factor> {
    let internal = &visit.internal;
    let plain = internal.keys.open_slip(&hex::decode(slip).ok()?).ok()?;
    let slip: Slip = serde_json::from_slice(&plain).ok()?;
    let ours = slip.purpose == PURPOSE && slip.account == visit.me() && slip.until > now.timestamp();
    let sealed = hex::decode(&slip.factor).ok()?;
    ours.then(|| Factor::open(&internal.keys, slip.account, &sealed).ok())
        .flatten()
}

/// The picture of a set-up: the one under way, or a new one.
fn setup(visit: &Visit, under_way: Option<String>) -> anyhow::Result<Setup> {
    let (internal, now) = (&visit.internal, clock::now());
    let going_on = under_way.and_then(|slip| opened(visit, &slip, now).map(|factor| (factor, slip)));
    let (factor, slip) = going_on.unwrap_or_else(|| {
        let (account, factor) = (visit.me(), Factor::new(&mut rand::rng()));
        let slip = Slip {
            purpose: PURPOSE.to_owned(),
            account,
            until: (now + GOOD).timestamp(),
            factor: hex::encode(factor.seal(&internal.keys, account, &mut rand::rng())),
        };
        let plain = serde_json::to_vec(&slip).unwrap_or_default();
        let slip = hex::encode(internal.keys.seal_slip(&plain, &mut rand::rng()));
        (factor, slip)
    });
    Ok(Setup {
        picture: factor.picture(visit.t("factor.issuer"), &visit.actor.person.account.login)?,
        letters: factor.in_letters(),
        slip,
    })
}

fn codes_page(visit: &Visit, done: &str, codes: Vec<String>) -> Response {
    let page = CodesPage {
        done: visit.t(done),
        whose: visit.actor.person.account.login.clone(),
        codes,
        frame: visit.frame("/factor"),
    };
    render(StatusCode::OK, &page)
}

async fn show(visit: &Visit, device: &Device, again: Again<Seen>) -> Result<Response, PageError> {
    let (internal, actor, lang, seen) = (&visit.internal, &visit.actor, visit.lang, again.fields);
    let since = actor.person.account.factor_at.filter(|_| !seen.off);
    let left: i64 = internal.people.recovery_left(visit.me()).await?;
    let setup = match since {
        Some(_) => None,
        None => Some(setup(visit, seen.slip)?),
    };
    let page = FactorPage {
        must: actor.must_factor,
        error: again.said,
        done: seen.done,
        setup,
        since: since.map_or_else(String::new, |at| {
            lang.fill("factor.since", &[("at", &words::moment(lang, at, clock::now()))])
        }),
        left: lang.fill("factor.left", &[("n", &left.to_string())]),
        required: internal.rules.factor.binds(&actor.person, device.certain),
        frame: visit.frame("/factor"),
    };
    Ok(render(again.status, &page))
}
