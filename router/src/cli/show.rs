//! `router show RECEIPT`: everything about one report that needs no key.

use std::str::FromStr;

use anyhow::Context;
use casework::calendar::rfc3339;
use casework::office::explain::Sight;
use casework::words::Handling;
use casework::zh;
use chrono::{DateTime, Utc};
use platform::{
    foreign,
    office::why::Why,
    receipt::ReportId,
    run::config::Config,
    store::{Office, Owner, ReportShown},
};
use serde_json::{Value, json};

/// Prints the report as JSON, or as a readable text. An unknown receipt is an error.
pub(crate) async fn run(receipt: &str, as_json: bool, explain: bool) -> anyhow::Result<()> {
    let id = ReportId::from_str(receipt).with_context(|| format!("{receipt:?}"))?;
    let config = Config::load()?;
    let store = config.store::<Owner>("show", 1)?.lend::<Office>();
    let mut shown = store
        .report_show(id)
        .await?
        .with_context(|| format!("there is no report {id}"))?;
    let why = Why::new(store, &config.county, None);
    for ticket in shown.tickets.0.as_array_mut().into_iter().flatten() {
        let made = ticket.as_object_mut().and_then(|ticket| ticket.remove("made"));
        if as_json {
            ticket["explanation"] = serde_json::to_value(why.ticket(made.as_ref(), &Sight::whole()).await.explained())?;
        } else if explain {
            ticket["explanation"] = why.ticket(made.as_ref(), &Sight::whole()).await.text().into();
        }
    }
    if as_json {
        platform::say!("{}", foreign::json(&to_json(id, &shown).to_string()))?;
    } else {
        platform::say::answer(format_args!("{}", foreign::text(&to_text(id, &shown))))?;
    }
    Ok(())
}

fn to_json(id: ReportId, shown: &ReportShown) -> Value {
    let last = shown
        .decisions
        .0
        .as_array()
        .and_then(|d| d.last())
        .cloned()
        .unwrap_or_default();
    json!({
        "receipt": id.to_string(),
        "received_at": rfc3339(shown.received_at),
        "drill": shown.drill,
        "state": shown.state,
        "urgency": last.get("urgency"),
        "attempts": shown.attempts,
        "unsent": last.get("unsent").cloned().unwrap_or_else(|| json!([])),
        "triage_reasons": last.get("triage_reasons").cloned().unwrap_or_else(|| json!([])),
        "tickets": local(shown.tickets.0.clone()),
        "decisions": local(shown.decisions.0.clone()),
        "events": local(shown.events.0.clone()),
    })
}

/// Times of the database, in Taihe's own.
fn local(value: Value) -> Value {
    match value {
        Value::String(text) => match text.parse::<DateTime<Utc>>() {
            Ok(at) if text.contains('T') => json!(rfc3339(at)),
            _ => Value::String(text),
        },
        Value::Array(list) => list.into_iter().map(local).collect(),
        Value::Object(map) => map.into_iter().map(|(k, v)| (k, local(v))).collect(),
        other => other,
    }
}

fn to_text(id: ReportId, shown: &ReportShown) -> String {
    let shown = to_json(id, shown);
    let word = |v: &Value| v.as_str().unwrap_or("–").to_owned();
    let mut text = format!(
        "{id}  {}  {}  {}\n",
        word(&shown["received_at"]),
        word(&shown["urgency"]),
        word(&shown["state"])
    );
    for reason in shown["triage_reasons"].as_array().into_iter().flatten() {
        text += &format!("  {}: {}\n", zh::TRIAGE, word(reason));
    }
    for ticket in shown["tickets"].as_array().into_iter().flatten() {
        let role = Handling::of(ticket["lead"] == true).zh();
        text += &format!(
            "  {role} {} @ {} [{}]\n",
            word(&ticket["obligation"]),
            word(&ticket["unit"]),
            word(&ticket["state"])
        );
        if let Some(outcome) = ticket["close_outcome"].as_str() {
            text += &format!(
                "      waits as {outcome} since {}, asked by {}, for the {}{}\n",
                word(&ticket["close_requested_at"]),
                word(&ticket["close_requested_by"]),
                word(&ticket["close_by"]),
                ticket["transfer_to"]
                    .as_str()
                    .map(|unit| format!(", to {unit}"))
                    .unwrap_or_default()
            );
        }
        if let Some(outcome) = ticket["outcome"].as_str() {
            text += &format!("      closed as {outcome} by {}\n", word(&ticket["resolved_by"]));
        }
        if ticket["predecessor"].is_i64() {
            text += &format!("      follows ticket {}\n", ticket["predecessor"]);
        }
        for stage in ticket["stages"].as_array().into_iter().flatten() {
            let ended = match (stage["ended_at"].as_str(), stage["ended_how"].as_str()) {
                (Some(at), Some("closed")) => format!("  not done, closed {at}"),
                (Some(at), Some("void")) => format!("  taken away {at}"),
                (Some(at), _) => format!("  done {at}"),
                (None, _) => String::new(),
            };
            text += &format!(
                "      {:<8} due {} ({}, {}){ended}\n",
                word(&stage["stage"]),
                word(&stage["due"]),
                word(&stage["limit"]),
                word(&stage["grade"])
            );
            for step in stage["steps"].as_array().into_iter().flatten() {
                let late = if step["system_late"] == true {
                    "  (late by the system)"
                } else {
                    ""
                };
                text += &format!(
                    "          level {} {} -> {}  crossed {}  sent {}{late}\n",
                    step["level"],
                    word(&step["action"]),
                    word(&step["to"]),
                    word(&step["crossed_at"]),
                    word(&step["sent_at"])
                );
            }
        }
        for notice in ticket["notices"].as_array().into_iter().flatten() {
            text += &format!(
                "      mail {} -> {} [{}] attempts {}\n",
                word(&notice["kind"]),
                word(&notice["unit"]),
                word(&notice["state"]),
                notice["attempts"]
            );
        }
        for ring in ticket["rings"].as_array().into_iter().flatten() {
            text += &ring_line(ring);
        }
        for line in ticket["explanation"].as_str().unwrap_or_default().lines() {
            text += &format!("      {line}\n");
        }
    }
    text
}

/// A call that is for a ring of the ticket.
fn ring_line(ring: &Value) -> String {
    let word = |v: &Value| v.as_str().unwrap_or("–").to_owned();
    let who = match ring["last_resort"].as_i64() {
        Some(place) => format!("last resort {place}"),
        None => word(&ring["person"]),
    };
    let answered = match ring["answered_at"].as_str() {
        Some(at) => format!(
            "  answered {at} by {} ({})",
            word(&ring["answered_by"]),
            word(&ring["answered_how"])
        ),
        None => String::new(),
    };
    format!(
        "      ring {} {} #{} planned {}  {} -> {who} @ {} [{}]{answered}\n",
        word(&ring["stage"]),
        word(&ring["cause"]),
        ring["ring"],
        word(&ring["planned_at"]),
        word(&ring["channel"]),
        word(&ring["unit"]),
        word(&ring["state"])
    )
}
