//! How a provider stands, in words: for its page and for the board.

use casework::calendar::shanghai;
use chrono::{DateTime, TimeDelta, Utc};
use platform::{store::GatewaySpent, text::Lang};

use crate::internal::page::words;

/// A notifier says every half a minute that it has the description; after this long nobody knows how the provider stands.
const SILENT: TimeDelta = TimeDelta::minutes(3);

/// What the board says of the providers: those that answer nothing, and those of which too little is left.
pub(crate) fn on_board(found: &[GatewaySpent], lang: Lang, now: DateTime<Utc>) -> Vec<String> {
    let lines = found
        .iter()
        .flat_map(|spent| [away(spent, lang, now), short(spent, lang)]);
    lines.flatten().collect()
}

/// That it answers nothing; none where it answers, or where no notifier says how it stands.
pub(crate) fn away(spent: &GatewaySpent, lang: Lang, now: DateTime<Utc>) -> Option<String> {
    let (since, why) = spent.gateway.state.away.as_ref().filter(|_| !is_silent(spent, now))?;
    let since = words::moment(lang, *since, now);
    Some(lang.fill(
        "gateways.away",
        &[("name", &called(spent, lang)), ("since", &since), ("why", why)],
    ))
}

/// That somebody has to buy.
pub(crate) fn short(spent: &GatewaySpent, lang: Lang) -> Option<String> {
    let left = spent.outlook.left.filter(|_| spent.outlook.short)?;
    let (key, ends) = match spent.outlook.ends {
        _ if left <= 0 => ("gateways.short-over", String::new()),
        Some(ends) => ("gateways.short-ends", day(ends)),
        None => ("gateways.short-below", String::new()),
    };
    let left = left.to_string();
    Some(lang.fill(key, &[("name", &called(spent, lang)), ("left", &left), ("ends", &ends)]))
}

/// No notifier says how it stands.
pub(crate) fn is_silent(spent: &GatewaySpent, now: DateTime<Utc>) -> bool {
    now - spent.gateway.seen_at > SILENT
}

/// A day in the county.
pub(crate) fn day(at: DateTime<Utc>) -> String {
    at.with_timezone(&shanghai()).format("%Y-%m-%d").to_string()
}

/// `短信通道 aliyun-sms`
pub(crate) fn called(spent: &GatewaySpent, lang: Lang) -> String {
    let state = &spent.gateway.state;
    let key = format!("gateways.channel.{}", state.channel.as_str());
    lang.fill(&key, &[("name", &state.name)])
}
