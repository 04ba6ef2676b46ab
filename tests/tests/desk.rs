//! The desk as an officer's browser uses it, without JavaScript: queue, a whole life of a ticket, double clicks, stale
//! pages, other units, forged forms, and what must not be in the database.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::{Filed, System, officers::Accounts, samples};

/// Sample 01 with a place and a reporter who has a name.
fn sample() -> Value {
    let mut sample: Value = serde_json::from_str(&samples()[0].1).unwrap();
    sample["where_now"] = json!("某村卫生室里间");
    sample["reporter"]["name"] = json!("化名报告人庚");
    sample["reporter"]["phone"] = json!("13900000000");
    sample
}

/// The police ticket of sample 01 at the demo's police station, and another unit's ticket of the same report.
async fn filed(system: &System) -> (i64, i64, Filed) {
    let filed = system.file(&sample().to_string()).await;
    system.routed(&filed).await;
    let id = |sql: &'static str| {
        let (db, report) = (system.db.clone(), filed.id());
        async move {
            sqlx::query_scalar::<_, i64>(sql)
                .bind(report)
                .fetch_one(&db)
                .await
                .unwrap()
        }
    };
    let mine =
        id("SELECT id FROM tickets WHERE report_id = $1 AND unit = 'pol-341222101' AND obligation = 'police-accept'")
            .await;
    let other = id("SELECT id FROM tickets WHERE report_id = $1 AND unit <> 'pol-341222101' ORDER BY id LIMIT 1").await;
    (mine, other, filed)
}

fn local(at: DateTime<FixedOffset>) -> String {
    at.with_timezone(&FixedOffset::east_opt(8 * 3600).unwrap())
        .format("%Y-%m-%dT%H:%M")
        .to_string()
}

async fn dispatched(system: &System, id: i64) -> DateTime<FixedOffset> {
    let at: DateTime<chrono::Utc> = sqlx::query_scalar("SELECT dispatched_at FROM tickets WHERE id = $1")
        .bind(id)
        .fetch_one(&system.db)
        .await
        .unwrap();
    at.fixed_offset()
}

async fn events(system: &System, id: i64) -> Vec<String> {
    sqlx::query_scalar("SELECT kind FROM events WHERE ticket_id = $1 ORDER BY at")
        .bind(id)
        .fetch_all(&system.db)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_whole_life_through_the_pages() {
    let mut system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (id, other, filed) = filed(&system).await;
    let sample = sample();
    let member = accounts.browser(&system, "member").await;

    let queue = member.get("/desk").await;
    assert_eq!(queue.status, 200);
    for word in [
        "接报处置",
        "特急",
        "距签收时限还有",
        "旧县",
        "主办",
        "已派单",
        &format!("/tickets/{id}"),
    ] {
        assert!(queue.text.contains(word), "the queue says {word}");
    }
    assert!(queue.text.contains("ticket-line hot"), "an unsigned P1 burns");
    assert!(
        !queue.text.contains(&format!("/tickets/{other}")),
        "no ticket of another unit"
    );

    let page = member.get(&format!("/tickets/{id}")).await;
    let child = &sample["children"][0];
    for word in [&sample["where_now"], &sample["narrative"], &child["name"]]
        .into_iter()
        .filter_map(Value::as_str)
    {
        assert!(page.text.contains(word), "the ticket says {word}");
    }
    assert!(
        page.text.contains("收到并签收")
            && page.text.contains("本县工作规定")
            && page.text.contains("本个案的其他单位")
    );
    assert!(
        !page.text.contains(sample["reporter"]["name"].as_str().unwrap()),
        "the reporter's name stays shut"
    );
    assert!(
        !page.text.contains("/resolve\""),
        "an unsigned ticket offers signing only"
    );

    let signed = member.act(&page, id, "sign", &[]).await;
    assert_eq!(
        (signed.status, signed.location.as_deref()),
        (StatusCode::SEE_OTHER, Some(format!("/tickets/{id}?done=sign").as_str()))
    );
    let page = member.get(signed.location.as_deref().unwrap()).await;
    assert!(
        page.text.contains("已签收。") && page.text.contains("id=\"contact\""),
        "the next act is to see the child"
    );

    // 分办 by the leader, to the member.
    let leader = accounts.browser(&system, "leader").await;
    let leaders = leader.get(&format!("/tickets/{id}")).await;
    let (account, _) = leaders.text.split_once("\">演示·派出所民警</option>").unwrap();
    let account = account.rsplit_once("value=\"").unwrap().1.to_owned();
    assert_eq!(
        leader
            .act(&leaders, id, "assign", &[("account", "999999")])
            .await
            .status,
        422,
        "nobody of the unit"
    );
    assert_eq!(
        leader
            .act(&leaders, id, "assign", &[("account", &account)])
            .await
            .status,
        303
    );

    // The member's page is now stale: nothing is done, what was typed is kept, the words say who did what.
    let at = local(dispatched(&system, id).await);
    let seen = [
        ("who", "演示·派出所民警"),
        ("at", at.as_str()),
        ("place", "密封测试地点甲"),
        ("note", "密封测试说明乙"),
    ];
    let stale = member.act(&page, id, "contact", &seen).await;
    assert_eq!(stale.status, 409);
    assert!(
        stale.text.contains("演示·派出所所长")
            && stale.text.contains("分办了这件工单")
            && stale.text.contains("密封测试说明乙")
    );

    // Bad input keeps what was typed and says what is wrong beside the field.
    let page = member.get(&format!("/tickets/{id}")).await;
    let future = local(dispatched(&system, id).await + TimeDelta::hours(3));
    let bad = member
        .act(
            &page,
            id,
            "contact",
            &[
                ("who", "密封的人"),
                ("at", &future),
                ("place", ""),
                ("note", "写了一半的话"),
            ],
        )
        .await;
    assert_eq!(bad.status, 422);
    for word in [
        "密封的人",
        "写了一半的话",
        "时间还没有到",
        "请填写在哪里见到",
        "aria-invalid",
    ] {
        assert!(bad.text.contains(word), "the refused form says {word}");
    }
    let early = local(dispatched(&system, id).await - TimeDelta::hours(3));
    let bad = member
        .act(&page, id, "contact", &[("who", "甲"), ("at", &early), ("place", "乙")])
        .await;
    assert!(bad.status == 422 && bad.text.contains("时间早于派单"));

    assert_eq!(member.act(&page, id, "contact", &seen).await.status, 303);
    let page = member.get(&format!("/tickets/{id}?done=contact")).await;
    assert!(
        page.text.contains("密封测试地点甲") && page.text.contains("密封测试说明乙"),
        "the timeline opens the note"
    );
    assert!(page.text.contains("受案回执号"), "evidence is asked next");
    assert_eq!(
        member.act(&page, id, "evidence", &[("reference", "")]).await.status,
        422
    );
    assert_eq!(
        member
            .act(&page, id, "evidence", &[("reference", "密封编号丙号")])
            .await
            .status,
        303
    );

    let page = member.get(&format!("/tickets/{id}")).await;
    assert_eq!(
        member
            .act(&page, id, "resolve", &[("outcome", "invented"), ("note", "x")])
            .await
            .status,
        422
    );
    assert!(
        page.text.contains("不予立案") && page.text.contains("检察机关"),
        "a statutory ticket says where 不予立案 leads"
    );
    assert_eq!(
        member
            .act(
                &page,
                id,
                "resolve",
                &[("outcome", "not-filed"), ("note", "密封结论丁")]
            )
            .await
            .status,
        303
    );
    let page = member.get(&format!("/tickets/{id}")).await;
    assert!(
        page.text.contains("已办结：不予立案")
            && page.text.contains("将转送检察机关监督")
            && page.text.contains("密封结论丁")
    );
    assert!(
        !member.get("/desk").await.text.contains(&format!("/tickets/{id}\"")),
        "a closed ticket leaves the queue"
    );
    assert_eq!(
        events(&system, id).await,
        ["signed", "assigned", "contacted", "evidence", "resolved"]
    );

    // Nothing that an officer typed is readable in the database.
    let rows: String = sqlx::query_scalar("SELECT coalesce(string_agg(e::text, ' '), '') FROM events e")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let tickets: String = sqlx::query_scalar("SELECT coalesce(string_agg(t::text, ' '), '') FROM tickets t")
        .fetch_one(&system.db)
        .await
        .unwrap();
    for planted in ["密封测试地点甲", "密封测试说明乙", "密封编号丙号", "密封结论丁"] {
        assert!(
            !rows.contains(planted) && !tickets.contains(planted),
            "{planted} is in the database"
        );
        assert!(
            !rows.contains(&hex::encode(planted)),
            "{planted} is in the database as hex"
        );
    }

    // The signed stage is quiet for ever after: no later tick sends anything about it.
    system.router.stop().await;
    let late = dispatched(&system, id).await + TimeDelta::hours(12);
    assert_eq!(system.router_cli(&["tick", "--at", &late.to_rfc3339()]).await.code, 0);
    let shown = system.show(&filed.receipt).await;
    let ticket = shown["tickets"]
        .as_array()
        .unwrap()
        .iter()
        .find(|t| t["obligation"] == "police-accept" && t["unit"] == "pol-341222101")
        .unwrap();
    for stage in ticket["stages"].as_array().unwrap() {
        assert_eq!(
            stage["steps"].as_array().map_or(0, Vec::len),
            0,
            "{} escalated after it ended",
            stage["stage"]
        );
    }
}

#[tokio::test]
async fn a_double_click_does_one_thing_and_says_so() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (id, ..) = filed(&system).await;
    let member = accounts.browser(&system, "member").await;
    let page = member.get(&format!("/tickets/{id}")).await;
    let (one, two) = tokio::join!(member.act(&page, id, "sign", &[]), member.act(&page, id, "sign", &[]));
    let mut answers = [one, two];
    answers.sort_by_key(|a| a.status);
    assert_eq!(
        (answers[0].status, answers[1].status),
        (StatusCode::OK, StatusCode::SEE_OTHER)
    );
    assert!(answers[0].text.contains("只记录一次") && answers[0].text.contains("签收了这件工单"));
    assert_eq!(events(&system, id).await, ["signed"]);

    // A colleague with the old page: a conflict that names who signed.
    let leader = accounts.browser(&system, "leader").await;
    let fresh = leader.get(&format!("/tickets/{id}")).await;
    let old = [("csrf", fresh.hidden("csrf")), ("version", "1".to_owned())];
    let old: Vec<_> = old.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let conflict = leader.post(&format!("/tickets/{id}/sign"), &old).await;
    assert!(conflict.status == 409 && conflict.text.contains("演示·派出所民警"));
    assert_eq!(events(&system, id).await, ["signed"]);
}

#[tokio::test]
async fn others_find_nothing_and_forged_forms_do_nothing() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (id, other, _) = filed(&system).await;
    let member = accounts.browser(&system, "member").await;
    let mine = member.get(&format!("/tickets/{id}")).await;
    let foreign = member.get(&format!("/tickets/{other}")).await;
    let missing = member.get("/tickets/999999999").await;
    assert_eq!(
        (foreign.status, missing.status),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
    assert_eq!(foreign.text, missing.text, "a foreign ticket looks like none");
    for act in ["sign", "assign", "contact", "evidence", "resolve", "reporter"] {
        assert_eq!(member.act(&mine, other, act, &[]).await.status, 404, "{act}");
        let forged = member
            .post(&format!("/tickets/{id}/{act}"), &[("csrf", "0"), ("version", "1")])
            .await;
        assert_eq!(forged.status, 403, "{act} without the session's token");
    }
    let untouched: i64 = sqlx::query_scalar("SELECT count(*) FROM tickets WHERE version > 1 OR signed_at IS NOT NULL")
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert_eq!(untouched, 0);
    let office = accounts.browser(&system, "office").await;
    assert_eq!(
        office.get("/desk").await.status,
        403,
        "the office has a board, not a desk"
    );
}

#[tokio::test]
async fn the_reporters_identity_opens_with_a_reason_and_leaves_a_trace() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (id, ..) = filed(&system).await;
    let sample = sample();
    let name = sample["reporter"]["name"].as_str().unwrap();
    let member = accounts.browser(&system, "member").await;
    let page = member.get(&format!("/tickets/{id}")).await;
    let unsigned = member.act(&page, id, "reporter", &[("reason", "想看看")]).await;
    assert!(unsigned.status == 403 && unsigned.text.contains("须经批准") && !unsigned.text.contains(name));
    assert_eq!(member.act(&page, id, "sign", &[]).await.status, 303);
    let page = member.get(&format!("/tickets/{id}")).await;
    let none = member.act(&page, id, "reporter", &[("reason", " ")]).await;
    assert!(none.status == 422 && none.text.contains("请填写查看理由") && !none.text.contains(name));
    let opened = member.act(&page, id, "reporter", &[("reason", "密封理由戊")]).await;
    assert!(opened.status == 200 && opened.text.contains(name));
    assert_eq!(events(&system, id).await, ["signed", "identity-opened"]);
    assert!(
        !member.get(&format!("/tickets/{id}")).await.text.contains(name),
        "shown once"
    );
    let rows: String = sqlx::query_scalar("SELECT string_agg(e::text, ' ') FROM events e")
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert!(!rows.contains("密封理由戊") && !rows.contains(&hex::encode("密封理由戊")));
}

#[tokio::test]
async fn the_queue_is_ordered_by_next_due() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (first, ..) = filed(&system).await;
    let (second, ..) = filed(&system).await;
    let token = accounts.token(&system, "member").await;
    let queue = async || -> Vec<i64> {
        let url = format!("{}/api/v1/tickets?limit=100", system.internal_url);
        let body: Value = system
            .http
            .get(url)
            .bearer_auth(&token)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let tickets = body["tickets"].as_array().unwrap();
        assert_eq!(body["open"].as_u64().unwrap(), tickets.len() as u64);
        let due: Vec<_> = tickets
            .iter()
            .map(|t| {
                t["next_due_at"]
                    .as_str()
                    .map(|d| d.parse::<DateTime<FixedOffset>>().unwrap())
            })
            .collect();
        assert!(due.is_sorted(), "{due:?}");
        tickets.iter().map(|t| t["id"].as_i64().unwrap()).collect()
    };
    let before = queue().await;
    let place = |ids: &[i64], id| ids.iter().position(|x| *x == id).unwrap();
    assert!(
        place(&before, first) < place(&before, second),
        "both wait for a signature, the older first"
    );
    let member = accounts.browser(&system, "member").await;
    let page = member.get(&format!("/tickets/{first}")).await;
    assert_eq!(member.act(&page, first, "sign", &[]).await.status, 303);
    let after = queue().await;
    assert!(
        place(&after, first) > place(&after, second),
        "signed: its next due is later"
    );
    let html = member.get("/desk").await.text;
    let at = |id| html.find(&format!("/tickets/{id}\"")).unwrap();
    assert!(at(second) < at(first), "the page has the same order");
    let list = member.get("/desk/list").await;
    assert!(list.status == 200 && list.text.contains("hx-swap-oob") && !list.text.contains("<html"));
}

#[tokio::test]
async fn the_same_acts_by_api() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (id, other, _) = filed(&system).await;
    let token = accounts.token(&system, "member").await;
    let url = |path: &str| format!("{}/api/v1/tickets/{path}", system.internal_url);
    let post = async |act: &str, body: Value| {
        let answer = system
            .http
            .post(url(&format!("{id}/{act}")))
            .bearer_auth(&token)
            .json(&body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(
        system.http.get(url(&id.to_string())).send().await.unwrap().status(),
        401
    );
    assert_eq!(
        system
            .http
            .get(url(&other.to_string()))
            .bearer_auth(&token)
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    let ticket: Value = system
        .http
        .get(url(&id.to_string()))
        .bearer_auth(&token)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        (ticket["state"].as_str(), ticket["next_act"].as_str()),
        (Some("dispatched"), Some("sign"))
    );
    assert!(ticket["matter"]["narrative"].is_string() && ticket.get("reporter").is_none());

    let (status, body) = post("sign", json!({})).await;
    assert_eq!((status, body["errors"][0]["pointer"].as_str()), (422, Some("/version")));
    let (status, body) = post("sign", json!({"version": ticket["version"]})).await;
    assert_eq!(
        (status, body["state"].as_str(), body["next_act"].as_str()),
        (200, Some("signed"), Some("contact"))
    );
    let (status, stale) = post("sign", json!({"version": ticket["version"]})).await;
    assert_eq!((status, stale["last_act"]["kind"].as_str()), (409, Some("signed")));
    let (status, wrong) = post(
        "contact",
        json!({"version": body["version"], "who": "甲", "at": "yesterday"}),
    )
    .await;
    let pointers: Vec<_> = wrong["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect();
    assert_eq!((status, pointers), (422, vec!["/at", "/place"]));
    let (status, body) = post(
        "resolve",
        json!({"version": body["version"], "outcome": "confirmed-handled", "note": "完"}),
    )
    .await;
    assert_eq!((status, body["state"].as_str()), (200, Some("resolved")));
    let (status, body) = post("sign", json!({"version": body["version"]})).await;
    assert_eq!((status, body["state"].as_str()), (409, Some("resolved")));

    let document: Value = system
        .http
        .get(format!("{}/api/v1/openapi.json", system.internal_url))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let out = system.intake_cli(&["routes"]).await;
    let api = out
        .stdout
        .lines()
        .filter_map(|l| l.split_once(' '))
        .filter(|(_, p)| p.starts_with("/api/"));
    let mut count = 0;
    for (method, path) in api {
        assert!(
            document["paths"][path][method.to_lowercase()].is_object(),
            "{method} {path} is not in the document"
        );
        count += 1;
    }
    assert!(count >= 16, "{count}");
    system.quiet(Duration::from_secs(20)).await;
}

#[tokio::test]
async fn shared_pages_work_without_a_session() {
    let system = System::start().await;
    let url = |path: &str| format!("{}{path}", system.internal_url);
    let get = async |path: &str| system.http.get(url(path)).send().await.unwrap();
    let leave = get("/leave").await;
    assert_eq!(leave.status(), 200);
    assert!(leave.text().await.unwrap().contains("<title>工作台</title>"));
    assert!(get("/robots.txt").await.text().await.unwrap().contains("Disallow: /"));
    let login = get("/login").await.text().await.unwrap();
    for file in ["style.css", "htmx.js", "leave.js"] {
        let (_, rest) = login.split_once(&format!("/assets/{file}?v=")).unwrap();
        let digest = rest.split_once('"').unwrap().0;
        let asset = get(&format!("/assets/{file}?v={digest}")).await;
        assert!(
            asset.status() == 200 && asset.headers()["cache-control"].to_str().unwrap().contains("immutable"),
            "{file}"
        );
        assert_eq!(
            get(&format!("/assets/{file}?v=0")).await.headers()["cache-control"],
            "no-cache"
        );
    }
    assert_eq!(get("/assets/other.js").await.status(), 404);
    let english = get("/login?lang=en").await;
    assert!(english.headers()["set-cookie"].to_str().unwrap().starts_with("lang=en"));
    assert!(english.text().await.unwrap().contains("lang=\"en\""));
}
