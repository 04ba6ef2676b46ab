//! 重新办理 by the unit's leader and by the office: for a sealed reason, with clocks that begin anew and a first end that stays.

use serde_json::{Value, json};
use tests::{
    Api, System,
    officers::{Accounts, Browser, Page},
};

use super::{events, filed};

const REASON: &str = "邻居说孩子又被打了";

/// How the clocks stand, and how they went before.
async fn clocks(system: &System, ticket: i64) -> Value {
    sqlx::query_scalar(
        "SELECT jsonb_object_agg(s.stage, jsonb_build_object('generation', s.due_generation, 'open', s.ended_at IS NULL,
                    'due', s.due_at, 'first', (SELECT jsonb_build_object('due', r.due_at, 'ended', r.ended_at)
                                              FROM stage_rounds r WHERE r.stage_id = s.id AND r.due_generation = 1)))
         FROM stages s WHERE s.ticket_id = $1 AND s.stage IN ('sign', 'contact', 'resolve')",
    )
    .bind(ticket)
    .fetch_one(&system.db)
    .await
    .unwrap()
}

async fn version(system: &System, ticket: i64) -> i32 {
    sqlx::query_scalar("SELECT version FROM tickets WHERE id = $1")
        .bind(ticket)
        .fetch_one(&system.db)
        .await
        .unwrap()
}

/// Signed and closed by the member, confirmed by the leader.
async fn closed(system: &System, accounts: &Accounts, ticket: i64) {
    let (member, leader) = (
        Api::of(system, accounts, "member").await,
        Api::of(system, accounts, "leader").await,
    );
    let act = async |who: &Api<'_>, act: &str, mut body: Value| {
        body["version"] = json!(version(system, ticket).await);
        let (status, said): (u16, Value) = who.post(&format!("/tickets/{ticket}/{act}"), &body).await;
        assert_eq!(status, 200, "{act}: {said}");
    };
    act(&member, "sign", json!({})).await;
    let closing = json!({"outcome": "confirmed-handled", "missing": "尚未出具", "unseen": "孩子已离开本县"});
    act(&member, "resolve", closing).await;
    act(&leader, "confirm", json!({})).await;
}

async fn reopen(who: &Browser, page: &Page, ticket: i64, reason: &str) -> Page {
    who.act(page, ticket, "reopen", &[("reason", reason)]).await
}

#[tokio::test]
async fn the_leader_has_a_closed_ticket_done_again() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (ticket, _, filed) = filed(&system).await;
    let (member, leader) = (
        accounts.browser(&system, "member").await,
        accounts.browser(&system, "leader").await,
    );
    let address = format!("/tickets/{ticket}");
    let open = leader.get(&address).await;
    assert!(!open.text.contains("重新办理的理由"), "it is open");
    assert_eq!(reopen(&leader, &open, ticket, REASON).await.status, 409);
    closed(&system, &accounts, ticket).await;
    let before = clocks(&system, ticket).await;

    // Who is not the leader is not offered it, and reads who may.
    let page = member.get(&address).await;
    assert!(!page.text.contains("重新办理的理由"));
    let refused = reopen(&member, &page, ticket, REASON).await;
    assert!(
        refused.status == 409 && refused.text.contains("重新办理由本单位负责人或县未保办决定"),
        "{}",
        refused.text
    );
    let page = leader.get(&address).await;
    assert!(page.text.contains("重新办理的理由"));
    let empty = reopen(&leader, &page, ticket, " ").await;
    assert!(empty.status == 422 && empty.text.contains("请填写重新办理的理由"));
    assert_eq!(clocks(&system, ticket).await, before, "nothing was done");

    assert_eq!(reopen(&leader, &page, ticket, REASON).await.status, 303);
    // The same page again is a double click: one effect.
    let again = reopen(&leader, &page, ticket, REASON).await;
    assert!(
        again.status == 200 && again.text.contains("已经登记过了"),
        "{}",
        again.text
    );
    let after = clocks(&system, ticket).await;
    for stage in ["sign", "contact", "resolve"] {
        let (old, new) = (&before[stage], &after[stage]);
        assert_eq!(
            (new["generation"].as_i64(), new["open"].as_bool()),
            (Some(2), Some(true)),
            "{stage}"
        );
        assert_eq!(
            new["first"]["due"], old["due"],
            "{stage}: the first due stays in the record"
        );
        assert!(new["first"]["ended"].is_string(), "{stage}: and the first end");
        // A limit in days ends at midnight, whenever of the day it begins.
        assert!(new["due"].as_str() >= old["due"].as_str(), "{stage}: {after}");
    }
    let kinds = events(&system, ticket).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "reopened").count(), 1);
    assert!(kinds.contains(&"close-confirmed".to_owned()), "the first end stays");

    let page = leader.get(&address).await;
    assert!(
        page.text.contains("决定重新办理") && page.text.contains(REASON),
        "{}",
        page.text
    );
    let sealed: bool = sqlx::query_scalar(
        "SELECT position(convert_to('邻居', 'UTF8') in sealed) = 0 FROM events WHERE ticket_id = $1 AND kind = 'reopened'",
    )
    .bind(ticket)
    .fetch_one(&system.db)
    .await
    .unwrap();
    assert!(sealed);
    // The unit is told, the bell of the signature rings again, and the reporter reads that it is open.
    let told = system
        .count("SELECT count(*) FROM notices WHERE kind = 'reopened' AND unit = 'pol-341222101'")
        .await;
    assert_eq!(told, 1);
    let rings: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM ring_turns r JOIN stages s ON s.id = r.stage_id WHERE s.ticket_id = $1 AND s.stage = 'sign'",
    )
    .bind(ticket)
    .fetch_one(&system.db)
    .await
    .unwrap();
    assert_eq!(rings, 1);
    let known: Value = system.known(&filed).await;
    assert!(
        known["resolved_at"].is_null() && !known.to_string().contains("邻居"),
        "{known}"
    );
    // It can be signed and closed once more.
    closed(&system, &accounts, ticket).await;
}

#[tokio::test]
async fn the_office_has_it_done_again_and_nobody_a_ticket_that_goes_on_elsewhere() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (ticket, other, _) = filed(&system).await;
    let office = accounts.browser(&system, "office").await;
    let oversight = accounts.browser(&system, "oversight").await;
    let (board, form) = (
        format!("/board/tickets/{ticket}"),
        format!("/board/tickets/{ticket}/reopen"),
    );
    assert!(!office.get(&board).await.text.contains(&form), "it is open");
    assert!(office.get(&form).await.text.contains("这件工单没有办结"));
    closed(&system, &accounts, ticket).await;
    assert!(office.get(&board).await.text.contains(&form));
    assert!(!oversight.get(&board).await.text.contains(&form));
    assert_eq!(oversight.get(&form).await.status, 404);

    let page = office.get(&form).await;
    let send = async |reason: &str, version: i32| {
        let (csrf, version) = (page.hidden("csrf"), version.to_string());
        let fields = [("csrf", csrf.as_str()), ("version", &version), ("reason", reason)];
        office.post(&form, &fields).await
    };
    let now = version(&system, ticket).await;
    let empty = send("", now).await;
    assert!(empty.status == 422 && empty.text.contains("请填写重新办理的理由"));
    assert_eq!(send(REASON, now).await.status, 303);
    let twice = send(REASON, now).await;
    assert!(
        twice.status == 409 && twice.text.contains("决定重新办理这件工单"),
        "{}",
        twice.text
    );
    let after = clocks(&system, ticket).await;
    assert_eq!(after["resolve"]["generation"], 2);
    let told = system
        .count("SELECT count(*) FROM notices WHERE kind = 'reopened' AND unit = 'pol-341222101'")
        .await;
    assert_eq!(told, 1);
    // Its unit reads why.
    let leader = accounts.browser(&system, "leader").await;
    assert!(leader.get(&format!("/tickets/{ticket}")).await.text.contains(REASON));

    // By API: an open one, and one that another unit has taken over.
    let api = Api::of(&system, &accounts, "office").await;
    let ask = async |id: i64| -> (u16, Value) {
        let body = json!({"version": version(&system, id).await, "reason": REASON});
        api.post(&format!("/board/tickets/{id}/reopen"), &body).await
    };
    let (status, refused) = ask(ticket).await;
    assert_eq!(
        (status, refused["state"].as_str()),
        (409, Some("reopened")),
        "{refused}"
    );
    closed(&system, &accounts, ticket).await;
    let again = sqlx::query_scalar::<_, i64>(
        "INSERT INTO tickets (county, case_id, report_id, predecessor, obligation, unit, unit_kind, lead, urgency, evidence, basis, unknowns,
                              rule_set, dispatched_at, state, shows, own)
         SELECT county, case_id, report_id, id, obligation, unit, unit_kind, false, urgency, evidence, basis, unknowns, rule_set, now(),
                'dispatched', shows, own FROM tickets WHERE id = $1 RETURNING id",
    )
    .bind(ticket)
    .fetch_one(&system.db)
    .await
    .unwrap();
    let (status, refused) = ask(ticket).await;
    assert_eq!(
        (status, refused["denied"].as_str()),
        (409, Some("goes-on")),
        "{refused}"
    );
    assert!(!office.get(&board).await.text.contains(&form), "and it is not offered");
    assert!(office.get(&form).await.text.contains("请在后续工单上重新办理"));
    let page = leader.get(&format!("/tickets/{ticket}")).await;
    assert!(!page.text.contains("重新办理的理由"));
    let body = json!({"version": version(&system, ticket).await, "reason": REASON});
    let of_unit = Api::of(&system, &accounts, "leader").await;
    let (status, refused): (u16, Value) = of_unit.post(&format!("/tickets/{ticket}/reopen"), &body).await;
    assert_eq!(
        (status, refused["denied"].as_str()),
        (409, Some("goes-on")),
        "{refused}"
    );
    sqlx::query("UPDATE tickets SET state = 'waived' WHERE id = $1")
        .bind(again)
        .execute(&system.db)
        .await
        .unwrap();
    let (status, done) = ask(ticket).await;
    assert_eq!(
        (status, done["done"].as_str()),
        (200, Some("reopen")),
        "what follows was waived: {done}"
    );
    for step in [
        "UPDATE tickets SET state = 'signed', signed_at = now(), signed_by = 'x' WHERE id = $1",
        "UPDATE tickets SET state = 'resolved', outcome = 'transferred', resolved_at = now(), resolved_by = 'x' WHERE id = $1",
    ] {
        sqlx::query(step).bind(other).execute(&system.db).await.unwrap();
    }
    let (status, refused) = ask(other).await;
    assert_eq!(
        (status, refused["denied"].as_str()),
        (409, Some("goes-on")),
        "{refused}"
    );
    // Judging is not done again.
    sqlx::query("UPDATE tickets SET obligation = 'triage', outcome = 'confirmed-handled' WHERE id = $1")
        .bind(other)
        .execute(&system.db)
        .await
        .unwrap();
    let (status, refused) = ask(other).await;
    assert_eq!(
        (status, refused["state"].as_str()),
        (409, Some("resolved")),
        "{refused}"
    );
    let nowhere = json!({"version": 1, "reason": REASON});
    let (status, _): (u16, Value) = api.post("/board/tickets/999999/reopen", &nowhere).await;
    assert_eq!(status, 404);
}
