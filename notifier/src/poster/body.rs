//! What a unit's own system is told: of a ticket what stands in the unit's own list, and nothing of a child, a reporter or an officer.
//! The link opens the ticket's page for whoever may log in; by itself it opens nothing.

use std::collections::BTreeMap;

use casework::{ticket::TicketState, words::Urgency};
use chrono::{DateTime, Utc};
use platform::store::{PostDetail, PostSaid, TicketId};
use serde::Serialize;

#[derive(Serialize)]
struct Envelope<'a> {
    r#type: String,
    timestamp: DateTime<Utc>,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    receipt: String,
    ticket: TicketId,
    obligation: &'a str,
    unit: &'a str,
    lead: bool,
    urgency: Urgency,
    drill: bool,
    state: TicketState,
    dispatched_at: DateTime<Utc>,
    /// Of the clocks that run.
    dues: &'a BTreeMap<String, DateTime<Utc>>,
    url: String,
    #[serde(flatten)]
    detail: &'a PostDetail,
}

/// The body of a post. `internal_url`: how officers reach the desk.
pub(super) fn of(post: &PostSaid, internal_url: &str) -> String {
    let envelope = Envelope {
        r#type: format!("ticket.{}", post.event),
        timestamp: post.created_at,
        data: Data {
            receipt: post.report_id.to_string(),
            ticket: post.ticket_id,
            obligation: &post.obligation,
            unit: &post.unit,
            lead: post.lead,
            urgency: post.urgency,
            drill: post.drill,
            state: post.state,
            dispatched_at: post.dispatched_at,
            dues: &post.dues,
            url: format!("{internal_url}/tickets/{}", post.ticket_id),
            detail: &post.detail,
        },
    };
    // Words, numbers and times: nothing that JSON can't hold.
    serde_json::to_string(&envelope).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use platform::store::{OutletId, PostEvent, PostId, ReportId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_unit_is_told_what_its_list_shows_and_nothing_more() {
        let at: DateTime<Utc> = "2026-11-24T03:00:00Z".parse().unwrap();
        let post = PostSaid {
            id: PostId(Uuid::from_u128(1)),
            outlet_id: OutletId(Uuid::from_u128(2)),
            event: PostEvent::Escalated,
            detail: PostDetail {
                stage: Some("sign".to_owned().into()),
                level: Some(2),
                ..PostDetail::default()
            },
            created_at: at,
            attempts: 0,
            drill: false,
            report_id: "20261124-7K3M-9QXA7"
                .parse::<ReportId>()
                .unwrap_or(ReportId::from_db(0)),
            ticket_id: TicketId(7),
            obligation: "police-accept".into(),
            unit: "pol".into(),
            urgency: Urgency::P1,
            lead: true,
            state: TicketState::Dispatched,
            dispatched_at: at,
            rings: true,
            dues: BTreeMap::from([("sign".to_owned(), at)]),
        };
        let said = of(&post, "https://sw.taihe.example");
        let value: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(value["type"], "ticket.escalated");
        assert_eq!(value["timestamp"], "2026-11-24T03:00:00Z");
        let names: Vec<&str> = value["data"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut names = names;
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "dispatched_at",
                "drill",
                "dues",
                "lead",
                "level",
                "obligation",
                "receipt",
                "stage",
                "state",
                "ticket",
                "unit",
                "urgency",
                "url"
            ]
        );
        assert_eq!(value["data"]["url"], "https://sw.taihe.example/tickets/7");
        assert_eq!(of(&post, "https://sw.taihe.example"), said, "a repeat says the same");
    }
}
