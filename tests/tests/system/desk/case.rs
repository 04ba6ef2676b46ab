//! Why a case is open: the office, the oversight and the unit read what holds it, and since when nothing does.

use casework::ticket::TicketState;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use tests::{Api, Fixture, System, cases_astray, officers::Accounts};

use super::filed;

#[tokio::test]
async fn the_schema_and_casework_say_alike_how_a_ticket_stands() {
    let fixture = Fixture::new().await;
    for state in TicketState::ALL {
        let stored: String = sqlx::query_scalar("SELECT ticket_standing($1)")
            .bind(state.as_str())
            .fetch_one(&fixture.db)
            .await
            .unwrap();
        assert_eq!(stored, state.standing().as_str(), "{state}");
    }
}

/// Everything that is owed of a report ends at this moment, without what it asks.
async fn end_all(system: &System, report: i64, at: DateTime<Utc>) {
    for sql in [
        "UPDATE tickets SET state = 'signed', signed_at = $2, signed_by = '甲' WHERE report_id = $1 AND state = 'dispatched'",
        "UPDATE stages SET ended_at = $2, ended_how = 'closed', next_at = NULL
         WHERE ended_at IS NULL AND ticket_id IN (SELECT id FROM tickets WHERE report_id = $1)",
        "UPDATE tickets SET state = 'resolved', resolved_at = $2, resolved_by = '甲', outcome = 'not-found', next_stage = NULL,
                next_due_at = NULL, version = version + 1
         WHERE report_id = $1 AND state IN ('signed', 'in-progress')",
    ] {
        sqlx::query(sql).bind(report).bind(at).execute(&system.db).await.unwrap();
    }
}

#[tokio::test]
async fn a_case_says_what_holds_it_open_and_since_when_it_is_closed() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (ticket, other, filed) = filed(&system).await;
    let member = accounts.browser(&system, "member").await;
    let office = accounts.browser(&system, "office").await;
    let program = Api::of(&system, &accounts, "office").await;
    let desk = Api::of(&system, &accounts, "member").await;
    let (page, report) = (format!("/board/tickets/{other}"), format!("/reports/{}", filed.id()));
    let case = async || -> Value { program.get::<Value>(&report).await["case"].clone() };
    let of = |case: &Value, id: i64| {
        let open = case["open"].as_array().unwrap().iter();
        open.clone()
            .find(|one| one["ticket_id"] == id)
            .cloned()
            .unwrap_or_default()
    };
    let wait = |open: &Value, n: usize| open["waits"][n]["for"].as_str().map(str::to_owned);

    // Before anybody acted each waits for its signature first.
    let first = case().await;
    let all = first["open"].as_array().unwrap().len();
    assert!(first["closed_at"].is_null() && all >= 2, "{first}");
    assert_eq!(wait(&of(&first, ticket), 0).as_deref(), Some("signature"));
    for path in [&page, &report] {
        let text = office.get(path).await.text;
        assert!(text.contains(&format!("共 {all} 项应办事项，{all} 项未办结")), "{path}");
        assert!(text.contains("等待签收 · 期限 ") && text.contains("公安"), "{path}");
    }

    // Signed: somebody is to see the child, by the due of that clock, and it says who.
    let shown = member.get(&format!("/tickets/{ticket}")).await;
    assert!(shown.text.contains("个案未结束。") && shown.text.contains("等待签收 · 期限 "));
    assert!(shown.text.contains("未办结的其他单位") && shown.text.contains("下一期限 "));
    assert_eq!(member.act(&shown, ticket, "sign", &[]).await.status, 303);
    let (due, holder): (DateTime<Utc>, String) = sqlx::query_as(
        "SELECT s.due_at, t.assignee_name FROM stages s JOIN tickets t ON t.id = s.ticket_id WHERE t.id = $1 AND s.stage = 'contact'",
    )
    .bind(ticket)
    .fetch_one(&system.db)
    .await
    .unwrap();
    let open = of(&case().await, ticket);
    assert_eq!(wait(&open, 0).as_deref(), Some("seen"));
    let said: DateTime<Utc> = open["waits"][0]["due_at"].as_str().unwrap().parse().unwrap();
    assert_eq!((said, open["waits"][0]["clock"].as_str()), (due, Some("contact")));
    assert!(
        office
            .get(&page)
            .await
            .text
            .contains(&format!("等待见到孩子：{holder}"))
    );

    // Seen: what is left is to be done. Another unit still owes its own.
    let at = platform::clock::now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let seen = [("who", "民警甲"), ("at", at.as_str()), ("place", "学校")];
    let shown = member.get(&format!("/tickets/{ticket}")).await;
    assert_eq!(member.act(&shown, ticket, "contact", &seen).await.status, 303);
    let whole: Value = desk.get(&format!("/tickets/{ticket}")).await;
    assert_eq!(whole["case"]["waits"][0]["for"], "resolution", "{}", whole["case"]);
    assert_eq!(wait(&of(&case().await, other), 0).as_deref(), Some("signature"));
    assert_eq!(cases_astray(&system.db).await, [""; 0]);

    // The last obligation ends, and the case with it.
    let ended = platform::clock::now();
    end_all(&system, filed.id(), ended).await;
    assert_eq!(cases_astray(&system.db).await, [""; 0]);
    let closed = case().await;
    let since: DateTime<Utc> = closed["closed_at"].as_str().unwrap().parse().unwrap();
    assert!((since - ended).num_milliseconds().abs() < 1, "{closed}");
    assert_eq!(closed["open"], serde_json::json!([]));
    for path in [&page, &report] {
        let text = office.get(path).await.text;
        assert!(text.contains("个案已结束") && !text.contains("等待签收"), "{path}");
    }
    let whole: Value = desk.get(&format!("/tickets/{ticket}")).await;
    let shown = member.get(&format!("/tickets/{ticket}")).await.text;
    assert!(whole["case"]["closed_at"].is_string() && shown.contains("个案已结束："));

    // A ticket that doesn't show all situations says nothing of units that it does not name.
    sqlx::query("UPDATE tickets SET shows = '{place,own}' WHERE id = $1")
        .bind(ticket)
        .execute(&system.db)
        .await
        .unwrap();
    let whole: Value = desk.get(&format!("/tickets/{ticket}")).await;
    let shown = member.get(&format!("/tickets/{ticket}")).await.text;
    assert!(whole["case"]["closed_at"].is_null() && !shown.contains("个案已结束"));

    // Done again, the case is open again.
    sqlx::query(
        "UPDATE tickets SET state = 'reopened', resolved_at = NULL, resolved_by = NULL, outcome = NULL WHERE id = $1",
    )
    .bind(other)
    .execute(&system.db)
    .await
    .unwrap();
    assert!(case().await["closed_at"].is_null());
}

#[tokio::test]
async fn a_child_looked_for_in_vain_is_on_the_board_until_somebody_sees_it() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    let (ticket, _, filed) = filed(&system).await;
    let member = accounts.browser(&system, "member").await;
    let office = accounts.browser(&system, "office").await;
    let program = Api::of(&system, &accounts, "office").await;
    let board = async || -> Value { program.get("/board/now").await };
    let calm = "目前没有上门未见到、至今也没有人见到的孩子。";
    let visit = async || {
        let page = member.get(&format!("/tickets/{ticket}")).await;
        let at = platform::clock::now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let fields = [
            ("visit", "failed"),
            ("at", at.as_str()),
            ("place", "村东头"),
            ("note", "家里没有人"),
        ];
        member.act(&page, ticket, "progress", &fields).await.status
    };
    assert!(office.get("/board").await.text.contains(calm) && office.get("/board/in-vain").await.text.contains(calm));
    assert_eq!(board().await["in_vain_count"], 0);
    let page = member.get(&format!("/tickets/{ticket}")).await;
    assert_eq!(member.act(&page, ticket, "sign", &[]).await.status, 303);
    assert_eq!(
        (visit().await, visit().await),
        (303.try_into().unwrap(), 303.try_into().unwrap())
    );

    // The board, its list, the ticket for the office and for the unit, and programs say the same: twice, and what comes next.
    let now = board().await;
    let line = &now["in_vain"][0];
    assert_eq!(
        (&now["in_vain_count"], &line["visits"]),
        (&1.into(), &2.into()),
        "{now}"
    );
    assert_eq!(
        (line["ticket_id"].as_i64(), &line["next_stage"]),
        (Some(ticket), &"contact".into())
    );
    assert!(line["next_due_at"].is_string() && line["next_unit"] == line["unit_name"]);
    for path in ["/board", "/board/in-vain", &format!("/board/tickets/{ticket}")] {
        let text = office.get(path).await.text;
        assert!(
            text.contains("上门 2 次，未见到孩子；最近一次记录于") && text.contains("下一步：首次见面核实，期限"),
            "{path}"
        );
        assert!(text.contains(&filed.receipt) && !text.contains("家里没有人"), "{path}");
    }
    assert!(
        member
            .get(&format!("/tickets/{ticket}"))
            .await
            .text
            .contains("上门 2 次，未见到孩子")
    );
    let own: Value = Api::of(&system, &accounts, "member")
        .await
        .get(&format!("/tickets/{ticket}"))
        .await;
    assert_eq!(own["in_vain"]["visits"], 2);

    // Closed with everything that is owed, it is off the board; done again, it is on it.
    let mut tx = system.db.begin().await.unwrap();
    let listed = "SELECT open FROM visits_in_vain WHERE report_id = $1";
    for (sql, open) in [
        (
            "UPDATE tickets SET state = 'waived' WHERE report_id = $1 AND state = 'dispatched'",
            true,
        ),
        (
            "UPDATE tickets SET state = 'resolved', resolved_at = signed_at, resolved_by = '甲' WHERE report_id = $1 AND state = 'in-progress'",
            false,
        ),
        (
            "UPDATE tickets SET state = 'reopened', resolved_at = NULL, resolved_by = NULL WHERE report_id = $1 AND state = 'resolved'",
            true,
        ),
    ] {
        sqlx::query(sql).bind(filed.id()).execute(&mut *tx).await.unwrap();
        let stands: bool = sqlx::query_scalar(listed)
            .bind(filed.id())
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        assert_eq!(stands, open, "{sql}");
    }
    tx.rollback().await.unwrap();

    // Whoever of the case sees the child ends the looking for it.
    let (there, unit): (i64, String) =
        sqlx::query_as("SELECT id, unit FROM tickets WHERE report_id = $1 AND unit <> 'pol-341222101' AND unit <> 'office' ORDER BY id LIMIT 1")
            .bind(filed.id())
            .fetch_one(&system.db)
            .await
            .unwrap();
    accounts.more(&system, &[("elsewhere", &unit, "member")]).await;
    let elsewhere = accounts.browser(&system, "elsewhere").await;
    let page = elsewhere.get(&format!("/tickets/{there}")).await;
    assert_eq!(elsewhere.act(&page, there, "sign", &[]).await.status, 303);
    let page = elsewhere.get(&format!("/tickets/{there}")).await;
    let at = platform::clock::now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let seen = [("who", "老师乙"), ("at", at.as_str()), ("place", "学校")];
    assert_eq!(elsewhere.act(&page, there, "contact", &seen).await.status, 303);
    assert_eq!(board().await["in_vain_count"], 0);
    assert!(office.get("/board").await.text.contains(calm));
    // What is in vain after that counts from one.
    assert_eq!(visit().await, 303);
    assert_eq!(board().await["in_vain"][0]["visits"], 1);
}
