//! What a unit on a closed network says by telephone: the office writes it down, and everything says who said so and who wrote.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::{Value, json};
use tests::{
    Api, Problem, System,
    officers::{Accounts, Browser, Page},
};

use super::{dispatched, events, filed, local};

/// Sends the form of the page at the ticket's telephone.
async fn say(office: &Browser, id: i64, act: &str, fields: &[(&str, &str)]) -> Page {
    let path = format!("/board/tickets/{id}/telephone");
    let outcome = fields
        .iter()
        .find(|(name, _)| *name == "outcome")
        .map_or("", |(_, outcome)| outcome);
    let page = office.get(&format!("{path}?act={act}&outcome={outcome}")).await;
    assert_eq!(page.status, 200);
    let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
    let mut all = vec![("csrf", csrf.as_str()), ("version", version.as_str()), ("act", act)];
    all.extend_from_slice(fields);
    office.post(&path, &all).await
}

#[tokio::test]
async fn a_unit_that_never_opens_the_page_signs_sees_and_closes_by_telephone() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    accounts
        .join(&system, "second", "演示·值班二", ("office", "office"))
        .await;
    let (id, _, _) = filed(&system).await;
    let office = accounts.browser(&system, "office").await;
    let at = local(dispatched(&system, id).await);

    let ticket = office.get(&format!("/board/tickets/{id}")).await;
    assert!(ticket.text.contains(&format!("/board/tickets/{id}/telephone")));
    let call = [("way", "in"), ("number", "0558-8655110"), ("called_at", at.as_str())];

    // What is missing is said beside the field, and nothing is done.
    let bad = say(
        &office,
        id,
        "sign",
        &[("number", "一二三"), ("called_at", "2020-01-01T08:00"), ("caller", "")],
    )
    .await;
    assert_eq!(bad.status, 422);
    for word in [
        "请选择对方是谁，或填写姓名。",
        "请选择对方来电还是我方去电。",
        "这不像一个电话号码，请核对。",
        "通话时间早于派单时间，请核对。",
        "value=\"一二三\"",
    ] {
        assert!(bad.text.contains(word), "the refused form says {word}");
    }
    assert!(events(&system, id).await.is_empty());

    let signed = say(&office, id, "sign", &[&call[..], &[("caller", "马警官")]].concat()).await;
    assert_eq!(
        signed.location.as_deref(),
        Some(format!("/board/tickets/{id}/telephone?done=sign").as_str())
    );
    let page = office.get(signed.location.as_deref().unwrap()).await;
    assert!(page.text.contains("签收已登记。") && !page.text.contains("登记签收"));
    let row: (String, Option<String>, Option<i64>, bool) = sqlx::query_as(
        "SELECT t.state, t.signed_by, t.assignee, s.ended_how = 'act' FROM tickets t
         JOIN stages s ON s.ticket_id = t.id AND s.stage = 'sign' WHERE t.id = $1",
    )
    .bind(id)
    .fetch_one(&system.db)
    .await
    .unwrap();
    let by = "马警官（电话，演示·未保办值班员记录）".to_owned();
    assert_eq!(
        row,
        ("signed".into(), Some(by), None, true),
        "the recorder does not have it in hand"
    );

    // Twice the same page does it once, and says so.
    let again = say(&office, id, "sign", &[&call[..], &[("caller", "马警官")]].concat()).await;
    assert_eq!(again.status, 409);

    // Somebody with an account is chosen from the unit's people.
    let page = office.get(&format!("/board/tickets/{id}/telephone?act=contact")).await;
    let (account, _) = page.text.split_once("\">演示·派出所民警</option>").unwrap();
    let account = account.rsplit_once("value=\"").unwrap().1.to_owned();
    let seen = [
        ("person", account.as_str()),
        ("who", "密封的人甲"),
        ("at", at.as_str()),
        ("place", "密封的地方乙"),
    ];
    assert_eq!(
        say(&office, id, "contact", &[&call[..], &seen].concat()).await.status,
        303
    );
    let evidence = [("person", account.as_str()), ("reference", "密封的编号丙")];
    assert_eq!(
        say(&office, id, "evidence", &[&call[..], &evidence].concat())
            .await
            .status,
        303
    );

    // A P1 is closed by two people; the other one is of the office, because the unit does not open the page.
    let form = office
        .get(&format!("/board/tickets/{id}/telephone?act=resolve&outcome=not-found"))
        .await;
    assert!(form.text.contains("由电话提交的办结，由县未保办另一人确认。"));
    let closing = [
        ("person", account.as_str()),
        ("outcome", "not-found"),
        ("note", "密封的结论丁"),
    ];
    assert_eq!(
        say(&office, id, "resolve", &[&call[..], &closing].concat())
            .await
            .status,
        303
    );
    let waiting = office.get(&format!("/closings/{id}")).await;
    let confirm = async |browser: &Browser| {
        let page = browser.get(&format!("/closings/{id}")).await;
        let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
        let fields = [("csrf", csrf.as_str()), ("version", version.as_str())];
        browser.post(&format!("/closings/{id}/confirm"), &fields).await
    };
    assert!(waiting.text.contains("密封的结论丁"));
    let own = confirm(&office).await;
    assert!(own.status == 409 && own.text.contains("不能自己确认"));
    assert_eq!(confirm(&accounts.browser(&system, "second").await).await.status, 303);
    assert_eq!(
        events(&system, id).await,
        ["signed", "contacted", "evidence", "close-requested", "close-confirmed"]
    );

    // The office reads who called and when; the unit reads the number as well; the database has neither it nor what was said.
    let board = office.get(&format!("/board/tickets/{id}")).await;
    assert!(board.text.contains("马警官（电话，演示·未保办值班员记录） · 来电时间"));
    let desk = accounts
        .browser(&system, "member")
        .await
        .get(&format!("/tickets/{id}"))
        .await;
    for word in [
        "演示·派出所民警（电话，演示·未保办值班员记录）",
        "0558-8655110",
        "密封的地方乙",
        "来电时间",
    ] {
        assert!(desk.text.contains(word), "the desk says {word}");
    }
    let rows: String = sqlx::query_scalar("SELECT string_agg(e::text, ' ') FROM events e")
        .fetch_one(&system.db)
        .await
        .unwrap();
    for sealed in ["8655110", "密封的"] {
        assert!(!rows.contains(sealed), "{sealed} is in the database");
    }
    let called: Vec<DateTime<Utc>> = sqlx::query_scalar(
        "SELECT (detail->'telephone'->>'at')::timestamptz FROM events WHERE ticket_id = $1 AND detail ? 'telephone' ORDER BY at",
    )
    .bind(id)
    .fetch_all(&system.db)
    .await
    .unwrap();
    assert_eq!(called.len(), 4);
    let minute: DateTime<FixedOffset> = dispatched(&system, id).await;
    assert!(
        called
            .iter()
            .all(|at| minute - at.fixed_offset() < TimeDelta::minutes(1))
    );
}

#[tokio::test]
async fn a_program_of_the_office_writes_down_the_same_acts_and_is_refused_alike() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (id, _, _) = filed(&system).await;
    let api = Api::of(&system, &accounts, "office").await;
    let path = format!("/board/tickets/{id}/telephone");
    let asked: Value = api.get(&path).await;
    assert_eq!(asked["acts"], json!(["sign"]));
    let version = asked["version"].as_i64().unwrap();
    let person = asked["people"]
        .as_array()
        .unwrap()
        .iter()
        .find(|person| person["name"] == "演示·派出所民警")
        .unwrap()["person"]
        .as_i64()
        .unwrap();

    let (status, wrong): (u16, Problem) = api
        .post(&path, &json!({"act": "sign", "version": version, "number": "一二三"}))
        .await;
    assert_eq!(status, 422);
    assert_eq!(wrong.pointers(), ["/called_at", "/caller", "/number", "/way"]);
    for (bad, pointer) in [
        (json!({"act": "assign", "version": version}), "/act"),
        (json!({"act": "sign"}), "/version"),
    ] {
        let (status, wrong): (u16, Problem) = api.post(&path, &bad).await;
        assert_eq!((status, wrong.pointers()), (422, vec![pointer]));
    }
    assert!(events(&system, id).await.is_empty());

    let at = local(dispatched(&system, id).await);
    let sign = json!({"act": "sign", "version": version, "person": person, "way": "out", "number": "0558-8655110", "called_at": at});
    let (status, done): (u16, Value) = api.post(&path, &sign).await;
    assert_eq!((status, done["state"].as_str()), (200, Some("signed")), "{done}");
    let (status, _): (u16, Value) = api.post(&path, &sign).await;
    assert_eq!(status, 409, "once");
    assert_eq!(events(&system, id).await, ["signed"]);
    let by: String = sqlx::query_scalar("SELECT signed_by FROM tickets WHERE id = $1")
        .bind(id)
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert_eq!(by, "演示·派出所民警（电话，演示·未保办值班员记录）");
    // Nobody else writes down for a unit.
    assert_eq!(Api::of(&system, &accounts, "leader").await.status(&path).await, 404);
}
