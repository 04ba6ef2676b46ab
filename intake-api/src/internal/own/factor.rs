//! `/factor`: setting one's second factor up, its recovery codes, and turning it off where it is not demanded.
//!
//! The secret of a set-up that is not finished is nowhere but in the page, sealed for its account and a quarter of an hour.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    store::{AccountSecret, NewFactor, StoreError},
    text::Lang,
};
use serde::{Deserialize, Serialize};
use tracing::error;

use crate::internal::{
    Internal,
    auth::{
        Actor, SignedIn,
        device::Device,
        factor::{Factor, recovery_codes, recovery_mac},
        login::retry_after,
        second,
    },
    detached,
    page::{Frame, Language, problem, render, words},
    people::new_act,
};

/// How long a set-up may take.
const GOOD: TimeDelta = TimeDelta::minutes(15);

const PURPOSE: &str = "set-up of a second factor";

/// The set-up that a page carries.
#[derive(Serialize, Deserialize)]
struct Slip {
    purpose: String,
    account: i64,
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

/// `GET /factor`
pub(super) async fn page(
    State(internal): State<Internal>,
    actor: SignedIn,
    Language(lang): Language,
    device: Device,
) -> Response {
    show(&internal, &actor, lang, &device, StatusCode::OK, Seen::default()).await
}

/// `POST /factor`: the first code proves that the telephone has the secret.
pub(super) async fn set(
    State(internal): State<Internal>,
    actor: SignedIn,
    Language(lang): Language,
    device: Device,
    Form(form): Form<Proof>,
) -> Response {
    let now = clock::now();
    let Some((factor, step)) = opened(&internal, &actor, &form.slip, now)
        .and_then(|factor| factor.step_of(&form.code, now).map(|step| (factor, step)))
    else {
        let seen = Seen {
            error: Some(lang.t("factor.wrong").to_owned()),
            slip: Some(form.slip),
            ..Seen::default()
        };
        return show(&internal, &actor, lang, &device, StatusCode::UNPROCESSABLE_ENTITY, seen).await;
    };
    let (codes, macs) = fresh(&internal, actor.person.account.id);
    let (within, by) = (internal.clone(), actor.0.clone());
    let done = detached(async move {
        let account = by.person.account.id;
        let sealed = factor.seal(&within.keys, account, &mut rand::rng());
        let act = new_act(&within, &by, "factor-set", Some(account), now);
        let new = NewFactor {
            account,
            sealed: &sealed,
            step,
            recovery: &macs,
            session: by.session,
        };
        within.people.factor_set(&new, &act).await
    });
    match done.await {
        Ok(true) => codes_page(&actor, lang, "factor.set_done", codes),
        Ok(false) => {
            let seen = Seen {
                error: Some(lang.t("factor.there").to_owned()),
                ..Seen::default()
            };
            show(&internal, &actor, lang, &device, StatusCode::CONFLICT, seen).await
        }
        Err(response) => response,
    }
}

/// `POST /factor/codes`: fresh recovery codes, for a code.
pub(super) async fn codes(
    State(internal): State<Internal>,
    actor: SignedIn,
    Language(lang): Language,
    device: Device,
    Form(form): Form<Proof>,
) -> Response {
    if let Err(response) = proved(&internal, &actor, lang, &device, &form.code).await {
        return response;
    }
    let (codes, macs) = fresh(&internal, actor.person.account.id);
    let (within, by) = (internal.clone(), actor.0.clone());
    let done = detached(async move {
        let account = by.person.account.id;
        let act = new_act(&within, &by, "recovery-codes", Some(account), clock::now());
        within.people.recovery_replace(account, &macs, &act).await
    });
    match done.await {
        Ok(()) => codes_page(&actor, lang, "factor.codes_done", codes),
        Err(response) => response,
    }
}

/// `POST /factor/off`: for a code, where it is not demanded.
pub(super) async fn off(
    State(internal): State<Internal>,
    actor: SignedIn,
    Language(lang): Language,
    device: Device,
    Form(form): Form<Proof>,
) -> Response {
    if internal.rules.factor.binds(&actor.person, device.certain) {
        let seen = Seen {
            error: Some(lang.t("factor.demanded").to_owned()),
            ..Seen::default()
        };
        return show(&internal, &actor, lang, &device, StatusCode::CONFLICT, seen).await;
    }
    if let Err(response) = proved(&internal, &actor, lang, &device, &form.code).await {
        return response;
    }
    let (within, by) = (internal.clone(), actor.0.clone());
    let done = detached(async move {
        let account = by.person.account.id;
        let act = new_act(&within, &by, "factor-off", Some(account), clock::now());
        within.people.factor_off(account, Some(by.session), &act).await
    });
    match done.await {
        Ok(_) => {
            let seen = Seen {
                done: Some(lang.t("factor.off_done").to_owned()),
                off: true,
                ..Seen::default()
            };
            show(&internal, &actor, lang, &device, StatusCode::OK, seen).await
        }
        Err(response) => response,
    }
}

#[derive(Default)]
struct Seen {
    error: Option<String>,
    done: Option<String>,
    /// The set-up under way goes on.
    slip: Option<String>,
    /// It was turned off in this request.
    off: bool,
}

async fn secret(internal: &Internal, actor: &Actor) -> Result<AccountSecret, Response> {
    let login = &actor.person.account.login;
    match internal.people.account_secret(&internal.county, login, None, &[]).await {
        Ok(Some(secret)) => Ok(secret),
        Ok(None) => Err(problem::not_found().into_response()),
        Err(e) => Err(crate::internal::unavailable(&e)),
    }
}

/// A code of the factor that there is, counted like those of a login.
async fn proved(internal: &Internal, actor: &Actor, lang: Lang, device: &Device, code: &str) -> Result<(), Response> {
    let account = secret(internal, actor).await?;
    let (within, code) = (internal.clone(), code.to_owned());
    let judged = tokio::spawn(async move { second::proves(&within, &account, &code, clock::now()).await });
    let refused = |text: String| Seen {
        error: Some(text),
        ..Seen::default()
    };
    match judged.await.map_err(anyhow::Error::from).flatten() {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => {
            let seen = refused(lang.t("login.code_wrong").to_owned());
            Err(show(internal, actor, lang, device, StatusCode::UNPROCESSABLE_ENTITY, seen).await)
        }
        Ok(Err(seconds)) => {
            let seen = refused(lang.fill("login.wait", &[("seconds", &seconds.to_string())]));
            let page = show(internal, actor, lang, device, StatusCode::TOO_MANY_REQUESTS, seen).await;
            Err(retry_after(page, seconds))
        }
        Err(e) => {
            error!(error = format!("{e:#}"), "a code can't be checked");
            Err(problem::unavailable().into_response())
        }
    }
}

fn fresh(internal: &Internal, account: i64) -> (Vec<String>, Vec<Vec<u8>>) {
    let codes = recovery_codes(&mut rand::rng());
    let macs = codes
        .iter()
        .filter_map(|code| recovery_mac(&internal.keys, account, code));
    let macs = macs.collect();
    (codes, macs)
}

fn opened(internal: &Internal, actor: &Actor, slip: &str, now: DateTime<Utc>) -> Option<Factor> {
    let plain = internal.keys.open_slip(&hex::decode(slip).ok()?).ok()?;
    let slip: Slip = serde_json::from_slice(&plain).ok()?;
    let ours = slip.purpose == PURPOSE && slip.account == actor.person.account.id && slip.until > now.timestamp();
    let sealed = hex::decode(&slip.factor).ok()?;
    ours.then(|| Factor::open(&internal.keys, slip.account, &sealed).ok())
        .flatten()
}

/// The picture of a set-up: the one under way, or a new one.
fn setup(internal: &Internal, actor: &Actor, lang: Lang, under_way: Option<String>) -> anyhow::Result<Setup> {
    let now = clock::now();
    let going_on = under_way.and_then(|slip| opened(internal, actor, &slip, now).map(|factor| (factor, slip)));
    let (factor, slip) = going_on.unwrap_or_else(|| {
        let (account, factor) = (actor.person.account.id, Factor::new(&mut rand::rng()));
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
        picture: factor.picture(lang.t("factor.issuer"), &actor.person.account.login)?,
        letters: factor.in_letters(),
        slip,
    })
}

fn codes_page(actor: &Actor, lang: Lang, done: &str, codes: Vec<String>) -> Response {
    let page = CodesPage {
        done: lang.t(done),
        whose: actor.person.account.login.clone(),
        codes,
        frame: Frame::of(actor, lang, "/factor"),
    };
    render(StatusCode::OK, &page)
}

async fn show(
    internal: &Internal,
    actor: &Actor,
    lang: Lang,
    device: &Device,
    status: StatusCode,
    seen: Seen,
) -> Response {
    let since = actor.person.account.factor_at.filter(|_| !seen.off);
    let left: Result<i64, StoreError> = internal.people.recovery_left(actor.person.account.id).await;
    let left = match left {
        Ok(left) => left,
        Err(e) => return crate::internal::unavailable(&e),
    };
    let setup = match since {
        Some(_) => None,
        None => match setup(internal, actor, lang, seen.slip) {
            Ok(setup) => Some(setup),
            Err(e) => {
                error!(error = format!("{e:#}"), "a picture can't be made");
                return problem::unavailable().into_response();
            }
        },
    };
    let page = FactorPage {
        must: actor.must_factor,
        error: seen.error,
        done: seen.done,
        setup,
        since: since.map_or_else(String::new, |at| {
            lang.fill("factor.since", &[("at", &words::moment(lang, at, clock::now()))])
        }),
        left: lang.fill("factor.left", &[("n", &left.to_string())]),
        required: internal.rules.factor.binds(&actor.person, device.certain),
        frame: Frame::of(actor, lang, "/factor"),
    };
    render(status, &page)
}
