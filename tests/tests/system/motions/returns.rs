//! 退单: granted, refused, taken back; twice and no third time; never a P1 of the police.

use serde_json::{Value, json};
use tests::{Sample, Scene, scene::STATION};

use super::{Case, says};

#[tokio::test]
async fn a_return_that_is_granted_makes_a_successor_and_tells_both() {
    let case = Case::new().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    let before = case.row(case.ticket).await;
    let path = format!("/tickets/{}", case.ticket);
    says(&holder.get(&path).await, 200, &["申请退单", "不属本辖区"]);
    let asked = case.asks_return(&holder, case.ticket).await;
    assert_eq!(
        asked.location.as_deref(),
        Some(&*format!("{path}?done=return")),
        "{}",
        asked.text
    );
    assert_eq!(case.row(case.ticket).await["state"], "return-requested");
    // The unit owes everything still: its clocks run, and what is done meanwhile is recorded.
    for clock in ["contact", "resolve", "motion"] {
        assert_eq!(case.stage(case.ticket, clock).await["ended_at"], Value::Null, "{clock}");
    }
    let seen = [("who", "王伟"), ("at", &*now()), ("place", "学校")];
    let recorded = case.asks(&holder, case.ticket, "contact", &seen).await;
    assert_eq!(recorded.status, 303, "{}", recorded.text);
    assert_eq!(case.row(case.ticket).await["state"], "return-requested");
    // It waits for the office, on its list, with a counter, by mail and on its clock of an hour.
    says(&office.get("/motions").await, 200, &["退单", "共有 1 件申请事项"]);
    says(
        &office.get("/board").await,
        200,
        &["共有 1 件申请事项", "href=\"/motions\""],
    );
    let motion = case.motion().await;
    says(
        &office.get(&format!("/motions/{}", motion["id"])).await,
        200,
        &["孩子化名甲不归本单位管", "不属本单位职责"],
    );
    assert_eq!(case.stage(case.ticket, "motion").await["time_limit"], "1h");
    assert_eq!(case.mails("motion-asked", "office").await, 1);
    // The case's first due is near: no return puts it off.
    sqlx::query("UPDATE stages SET due_at = due_at - interval '2 days' WHERE ticket_id = $1 AND stage = 'resolve'")
        .bind(case.ticket)
        .execute(&case.scene.system.db)
        .await
        .unwrap();
    let there = case.another(&[]).await;
    let granted = case.decides(&office, "grant", &[("unit", &there)]).await;
    assert_eq!(
        granted.location.as_deref(),
        Some("/motions?done=grant"),
        "{}",
        granted.text
    );
    let old = case.row(case.ticket).await;
    let new = case
        .json("SELECT to_jsonb(t) FROM tickets t WHERE predecessor = $1", case.ticket)
        .await;
    assert_eq!(
        (&old["state"], &new["state"]),
        (&json!("returned"), &json!("dispatched"))
    );
    assert_eq!(new["unit"], json!(there));
    for same in ["case_id", "report_id", "obligation", "urgency", "evidence", "basis"] {
        assert_eq!(old[same], new[same], "{same}");
    }
    assert_eq!((&old["lead"], &new["lead"]), (&json!(false), &before["lead"]));
    // What the unit owed and had not done is not judged; what it did stands. The successor has its own clocks, and resolves no later.
    assert_eq!(case.stage(case.ticket, "contact").await["ended_how"], "act");
    assert_eq!(case.stage(case.ticket, "resolve").await["ended_how"], "void");
    let id = new["id"].as_i64().unwrap();
    let (first, own) = (
        case.stage(case.ticket, "resolve").await,
        case.stage(id, "resolve").await,
    );
    assert_eq!(
        (time(&own["due_at"]), &own["due_fixed"]),
        (time(&first["due_at"]), &json!(true))
    );
    assert!(
        own["derivation"].to_string().contains("退单不重新计算个案的时限"),
        "{own}"
    );
    assert!(time(&case.stage(id, "sign").await["started_at"]) > time(&first["started_at"]));
    assert_eq!(case.mails("dispatch", &there).await, 1);
    assert_eq!(case.mails("motion-granted", &case.unit).await, 1);
    case.balances().await;
    assert_eq!(case.stage(case.ticket, "motion").await["ended_how"], "act");
    says(&office.get("/motions").await, 200, &["现在没有等待决定的申请事项"]);
    // What it was made from: the office named it, no rule.
    let shown = case.scene.system.show(&case.scene.filed.receipt).await;
    let made = shown.tickets.into_iter().find(|ticket| ticket.id == id).unwrap();
    assert!(
        made.explanation.text.contains("申请退单，办公室同意后于"),
        "{}",
        made.explanation.text
    );
    // The page as it was is stale: one effect, a clear word.
    let again = office
        .post(
            &format!("/motions/{}/refuse", motion["id"]),
            &[("csrf", &*csrf(&office).await), ("version", "1"), ("reason", "不同意")],
        )
        .await;
    says(&again, 409, &["您的这次操作没有执行"]);
}

#[tokio::test]
async fn a_return_that_is_refused_goes_back_to_work_with_the_reason() {
    let case = Case::new().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    let due = case.stage(case.ticket, "resolve").await["due_at"].clone();
    assert_eq!(case.asks_return(&holder, case.ticket).await.status, 303);
    says(
        &case.decides(&office, "refuse", &[("reason", " ")]).await,
        422,
        &["请填写不同意的理由"],
    );
    says(
        &case.decides(&office, "grant", &[("unit", &case.unit)]).await,
        422,
        &["请从列表中选择承办单位"],
    );
    let refused = case.decides(&office, "refuse", &[("reason", "属于贵单位职责")]).await;
    assert_eq!(
        refused.location.as_deref(),
        Some("/motions?done=refuse"),
        "{}",
        refused.text
    );
    let ticket = case.row(case.ticket).await;
    assert_eq!(ticket["state"], "in-progress");
    assert_eq!(
        case.stage(case.ticket, "resolve").await["due_at"],
        due,
        "nothing was reset"
    );
    assert_eq!(case.mails("motion-refused", &case.unit).await, 1);
    says(
        &holder.get(&format!("/tickets/{}", case.ticket)).await,
        200,
        &["不同意申请：退单", "属于贵单位职责"],
    );
    case.balances().await;
}

#[tokio::test]
async fn an_obligation_is_returned_twice_and_no_third_time() {
    let mut case = Case::new().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    let (second, third) = {
        let second = case.another(&[]).await;
        let third = case.another(&[&second]).await;
        (second, third)
    };
    let mut ticket = case.ticket;
    let mut who = holder;
    for (login, unit) in [("second", second.as_str()), ("third", third.as_str())] {
        assert_eq!(case.asks_return(&who, ticket).await.status, 303);
        if login == "third" {
            let motion = case.last().await;
            says(
                &office.get(&format!("/motions/{motion}")).await,
                200,
                &["这是第二次退单"],
            );
        }
        let granted = case.decides(&office, "grant", &[("unit", unit)]).await;
        assert_eq!(granted.status, 303, "{}", granted.text);
        ticket = case
            .scene
            .system
            .count("SELECT max(id) FROM tickets WHERE predecessor IS NOT NULL")
            .await;
        who = case.joined(login, unit, ticket).await;
    }
    let page = who.get(&format!("/tickets/{ticket}")).await;
    says(&page, 200, &["已退单两次"]);
    assert!(!page.text.contains("提交退单申请"), "no form leads there");
    says(
        &case.asks_return(&who, ticket).await,
        409,
        &["已退单两次", "不能再退单"],
    );
    assert_eq!(case.row(ticket).await["state"], "signed");
    // Nor does the schema take it from anybody.
    let written = sqlx::query(
        "INSERT INTO motions (county, report_id, ticket_id, unit, kind, urgency, drill, state, ground, asked_at, asked_by, asked_account,
                              reason, due_at)
         SELECT t.county, t.report_id, t.id, t.unit, 'return', t.urgency, false, 'asked', 'other', now(), '甲', a.id, '\\x01', now()
         FROM tickets t, accounts a WHERE t.id = $1 AND a.login = 'third'",
    )
    .bind(ticket)
    .execute(&case.scene.system.db)
    .await;
    assert!(written.unwrap_err().to_string().contains("three times"));
    case.balances().await;
    let leads = case.scene.system.count("SELECT count(*) FROM tickets WHERE lead").await;
    assert_eq!(leads, 1, "one ticket leads, whatever was returned");
}

#[tokio::test]
async fn a_p1_of_the_police_is_acted_on_and_not_returned() {
    let scene = Scene::of(Sample::BruisesAtSchool).await;
    let (member, ticket) = (scene.browser("member").await, scene.ticket_of(STATION).await);
    let page = scene.signed(&member, ticket).await;
    says(&page, 200, &["特急工单公安机关不能退单", "已移送"]);
    assert!(!page.text.contains("提交退单申请"));
    let asked = member
        .act(
            &page,
            ticket,
            "return",
            &[("ground", "not-our-area"), ("reason", "案发地不在本所")],
        )
        .await;
    says(&asked, 409, &["特急工单公安机关不能退单"]);
    let api = scene.api("member").await;
    let body = json!({"version": 2, "ground": "not-our-area", "reason": "案发地不在本所"});
    let (status, answer): (u16, Value) = api.post(&format!("/tickets/{ticket}/return"), &body).await;
    assert_eq!((status, &answer["denied"]), (409, &json!("police-urgent")), "{answer}");
    assert_eq!(scene.system.count("SELECT count(*) FROM motions").await, 0);
}

#[tokio::test]
async fn a_double_click_asks_once_and_what_is_asked_is_taken_back() {
    let case = Case::new().await;
    let holder = case.browser("holder").await;
    let fields = [
        ("ground", "duplicate"),
        ("unit", "不存在的单位"),
        ("reason", "另一单位已在办"),
    ];
    says(
        &case.asks(&holder, case.ticket, "return", &fields).await,
        422,
        &["没有找到这个单位", "另一单位已在办"],
    );
    let page = holder.get(&format!("/tickets/{}", case.ticket)).await;
    let fields = [("ground", "duplicate"), ("reason", "另一单位已在办")];
    assert_eq!(holder.act(&page, case.ticket, "return", &fields).await.status, 303);
    says(
        &holder.act(&page, case.ticket, "return", &fields).await,
        200,
        &["已经登记过了"],
    );
    assert_eq!(case.scene.system.count("SELECT count(*) FROM motions").await, 1);
    let closing = case.asks(&holder, case.ticket, "assign", &[("account", "0")]).await;
    assert_eq!(closing.status, 422);
    let back = case.asks(&holder, case.ticket, "unask", &[]).await;
    assert_eq!(back.status, 303, "{}", back.text);
    assert_eq!(case.row(case.ticket).await["state"], "in-progress");
    assert_eq!(case.motion().await["state"], "withdrawn");
    assert_eq!(case.stage(case.ticket, "motion").await["ended_how"], "void");
    says(
        &case.asks(&holder, case.ticket, "unask", &[]).await,
        409,
        &["没有执行任何更改"],
    );
    // Taken back is not returned: it may be asked again, and the clock begins anew.
    assert_eq!(case.asks_return(&holder, case.ticket).await.status, 303);
    assert_eq!(case.stage(case.ticket, "motion").await["due_generation"], 2);
}

#[tokio::test]
async fn nobody_decides_what_they_asked_themselves() {
    let case = Case::new().await;
    sqlx::query(
        "INSERT INTO memberships (account_id, county, unit, role, since) SELECT id, county, 'office', 'office', now() FROM accounts
         WHERE login = 'holder'",
    )
    .execute(&case.scene.system.db)
    .await
    .unwrap();
    let holder = case.browser("holder").await;
    assert_eq!(case.asks_return(&holder, case.ticket).await.status, 303);
    let there = case.another(&[]).await;
    says(
        &case.decides(&holder, "grant", &[("unit", &there)]).await,
        409,
        &["自己提出的申请由另一人决定"],
    );
    let motion = case.motion().await;
    assert_eq!(motion["state"], "asked");
    let api = case.scene.api("office").await;
    let waiting: Vec<Value> = api.get("/motions").await;
    assert_eq!((waiting.len(), &waiting[0]["kind"]), (1, &json!("return")));
    let body = json!({"version": waiting[0]["version"], "unit": there});
    let (status, answer): (u16, Value) = api.post(&format!("/motions/{}/grant", motion["id"]), &body).await;
    assert_eq!((status, &answer["done"]), (200, &json!("grant")), "{answer}");
    case.balances().await;
}

async fn csrf(browser: &tests::officers::Browser) -> String {
    browser.get("/triage").await.hidden("csrf")
}

fn time(of: &Value) -> chrono::DateTime<chrono::Utc> {
    of.as_str().unwrap().parse().unwrap()
}

fn now() -> String {
    let shanghai = chrono::FixedOffset::east_opt(8 * 3600).unwrap();
    platform::clock::now()
        .with_timezone(&shanghai)
        .format("%Y-%m-%dT%H:%M")
        .to_string()
}
