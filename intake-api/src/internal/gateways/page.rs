//! `GET /gateways`: for each provider what went out, what it cost, what is left and what the rest of the month comes to.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{GatewaySpent, Role},
    text::Lang,
};

use super::{answers::Gateway, said};
use crate::internal::{
    Answer, By,
    auth::Payer,
    error::{ApiError, PageError},
    page::{Frame, render, words},
};

/// A provider in words.
struct Line {
    name: String,
    /// It answers nothing, or no notifier says how it stands.
    state: Option<String>,
    short: Option<String>,
    facts: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "internal/gateways/page.html")]
struct GatewaysPage {
    frame: Frame,
    lines: Vec<Line>,
    /// Where the page is found: the board for the office, the units for an administrator.
    back: (&'static str, &'static str),
    at: String,
}

/// The page.
pub(super) async fn page(by: By<Payer>) -> Result<Response, PageError> {
    let (internal, lang, now) = (&by.internal, by.lang, clock::now());
    let found = internal.board.gateways_spent(&internal.county, now).await?;
    let back = if by.actor.is(&[Role::Office]) {
        ("/board", "board.back")
    } else {
        ("/units", "units.back")
    };
    let page = GatewaysPage {
        frame: by.frame(back.0),
        lines: found.iter().map(|spent| say(spent, lang, now)).collect(),
        back,
        at: words::moment(lang, now, now),
    };
    Ok(render(StatusCode::OK, &page))
}

/// `GET /api/v1/gateways`
pub(super) async fn api(by: By<Payer>) -> Result<Answer<Vec<Gateway>>, ApiError> {
    let (board, county) = (&by.internal.board, &by.internal.county);
    let found = board.gateways_spent(county, clock::now()).await?;
    Ok(Answer(found.into_iter().map(Into::into).collect()))
}

fn say(spent: &GatewaySpent, lang: Lang, now: DateTime<Utc>) -> Line {
    let (state, outlook) = (&spent.gateway.state, &spent.outlook);
    let n = |n: i64| lang.fill("gateways.n", &[("n", &n.to_string())]);
    let mut facts = vec![
        ("today", n(spent.today)),
        ("month", n(spent.month)),
        ("arrived", n(spent.arrived)),
        ("failed", n(spent.failed)),
        (
            "pace",
            lang.fill("gateways.per_day", &[("n", &format!("{:.1}", outlook.per_day))]),
        ),
    ];
    match state.price_yuan {
        Some(price) => {
            #[expect(clippy::cast_precision_loss, reason = "counts of messages stay far below 2^52")]
            let spent = spent.month as f64 * price;
            facts.push(("price", lang.fill("gateways.yuan", &[("n", &price.to_string())])));
            facts.push(("spent", yuan(lang, spent)));
            facts.push(("rest", yuan(lang, outlook.rest_of_month * price)));
        }
        None => facts.push(("price", lang.t("gateways.no_price").to_owned())),
    }
    match (&state.quota, outlook.left) {
        (Some(quota), Some(left)) => {
            let count = quota.count.to_string();
            let since = quota.from.map(|day| day.format("%Y-%m-%d").to_string());
            let bought = match &since {
                Some(day) => lang.fill("gateways.bought", &[("n", &count), ("day", day)]),
                None => lang.fill("gateways.monthly", &[("n", &count)]),
            };
            facts.push(("quota", bought));
            facts.push(("left", n(left.max(0))));
            facts.push((
                "ends",
                match outlook.ends {
                    _ if left <= 0 => lang.t("gateways.over").to_owned(),
                    Some(ends) => said::day(ends),
                    None if outlook.per_day <= 0.0 => lang.t("gateways.no_pace").to_owned(),
                    None => lang.t("gateways.lasts").to_owned(),
                },
            ));
        }
        _ => facts.push(("quota", lang.t("gateways.no_quota").to_owned())),
    }
    if spent.cut {
        facts.push(("counted", lang.t("gateways.cut").to_owned()));
    }
    let silent = said::is_silent(spent, now).then(|| {
        let at = words::moment(lang, spent.gateway.seen_at, now);
        lang.fill("gateways.silent", &[("at", &at)])
    });
    Line {
        name: said::called(spent, lang),
        state: silent.or_else(|| said::away(spent, lang, now)),
        short: said::short(spent, lang),
        facts: facts
            .into_iter()
            .map(|(key, value)| (lang.t(&format!("gateways.fact.{key}")), value))
            .collect(),
    }
}

fn yuan(lang: Lang, yuan: f64) -> String {
    lang.fill("gateways.yuan", &[("n", &format!("{yuan:.2}"))])
}

#[cfg(test)]
mod tests {
    use casework::{
        spending::{Outlook, Quota},
        words::Channel,
    };
    use platform::store::{GatewayState, StateOfGateway};

    use super::*;
    use crate::internal::testing;

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}:00+08:00").parse().expect("a time")
    }

    fn spent(name: &str, channel: Channel, quota: Option<Quota>) -> GatewaySpent {
        GatewaySpent {
            gateway: GatewayState {
                state: StateOfGateway {
                    name: name.into(),
                    channel,
                    price_yuan: Some(0.045),
                    quota,
                    away: None,
                },
                seen_at: at("2026-11-24T16:04"),
            },
            today: 12,
            month: 480,
            arrived: 470,
            failed: 13,
            outlook: Outlook {
                per_day: 20.0,
                rest_of_month: 126.5,
                left: None,
                ends: None,
                short: false,
            },
            cut: false,
        }
    }

    #[test]
    fn pages_of_gateways() {
        let quota = Quota {
            count: 5000,
            from: Some("2026-01-01".parse().expect("a day")),
            warn_below: 500,
        };
        let mut sms = spent("aliyun-sms", Channel::Sms, Some(quota));
        sms.outlook = Outlook {
            left: Some(90),
            ends: Some(at("2026-11-29T04:00")),
            short: true,
            ..sms.outlook
        };
        let mut voice = spent("aliyun-voice", Channel::Voice, None);
        voice.gateway.state.price_yuan = None;
        voice.gateway.state.away = Some((at("2026-11-24T15:00"), "connect: refused".into()));
        let mut old = spent("generic-sms", Channel::Sms, Some(Quota { from: None, ..quota }));
        old.gateway.seen_at = at("2026-11-20T16:00");
        old.outlook.left = Some(4520);
        old.cut = true;
        let now = at("2026-11-24T16:05");
        for (lang, name) in [(Lang::Zh, "gateways"), (Lang::En, "gateways-en")] {
            let page = GatewaysPage {
                frame: testing::frame(&[("office", Role::Office)], lang, "/board"),
                lines: [&sms, &voice, &old].map(|spent| say(spent, lang, now)).into(),
                back: ("/board", "board.back"),
                at: words::moment(lang, now, now),
            };
            testing::page(name, &page);
        }
    }

    #[test]
    fn the_board_says_what_is_away_and_what_ends_and_nothing_of_what_is_well() {
        let now = at("2026-11-24T16:05");
        let mut one = spent("g", Channel::Sms, None);
        assert_eq!(said::on_board(std::slice::from_ref(&one), Lang::Zh, now), [""; 0]);
        one.gateway.state.away = Some((at("2026-11-24T15:00"), "connect: refused".into()));
        let lines = said::on_board(std::slice::from_ref(&one), Lang::Zh, now);
        assert!(lines.len() == 1 && lines[0].contains("connect: refused"), "{lines:?}");
        one.outlook = Outlook {
            left: Some(0),
            ends: Some(now),
            short: true,
            ..one.outlook
        };
        let lines = said::on_board(std::slice::from_ref(&one), Lang::Zh, now);
        assert!(lines.len() == 2 && lines[1].contains("用完"), "{lines:?}");
        one.gateway.seen_at = at("2026-11-24T15:00");
        let lines = said::on_board(&[one], Lang::Zh, now);
        assert_eq!(lines.len(), 1, "nobody knows whether it answers: {lines:?}");
    }
}
