//! Through pages and API: a unit asks and the office approves, the police open and are reviewed, the oversight looks, and who read
//! what is listed.

use serde::Deserialize;
use serde_json::{Value, json};
use tests::{
    Api, Filed, Sample, System,
    officers::{Accounts, Browser},
};

/// Sample 01 with words that stand out, its police ticket, and the health unit's psychological support.
async fn filed(system: &System) -> (Filed, i64, i64) {
    let mut body: Value = Sample::BruisesAtSchool.json();
    body["children"][0]["school"] = json!("化名小学丁");
    body["children"][0]["home_address"] = json!("化名路7号");
    body["reporter"] =
        json!({"kind": "teacher", "identity": "confidential", "name": "化名报告人庚", "phone": "13911112222"});
    let filed = system.file(&body.to_string()).await;
    system.routed(&filed).await;
    let id = async |obligation: &str| {
        sqlx::query_scalar::<_, i64>(
            "SELECT id FROM tickets WHERE report_id = $1 AND obligation = $2 ORDER BY id LIMIT 1",
        )
        .bind(filed.id())
        .bind(obligation)
        .fetch_one(&system.db)
        .await
        .unwrap()
    };
    let (police, health) = (id("police-accept").await, id("psychological-support").await);
    (filed, police, health)
}

/// The list of who read what.
#[derive(Deserialize)]
struct Reads {
    reads: Vec<Value>,
}

/// People besides those of the demo.
const MORE: [(&str, &str, &str); 3] = [
    ("health", "health", "member"),
    ("office2", "office", "office"),
    ("oversight", "office", "oversight"),
];

async fn post(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> tests::officers::Page {
    let csrf = browser.get("/password").await.hidden("csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    browser.post(path, &all).await
}

async fn last(system: &System) -> i64 {
    sqlx::query_scalar("SELECT max(id) FROM openings")
        .fetch_one(&system.db)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_unit_asks_the_office_approves_and_it_is_shown_to_one_person() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    accounts.more(&system, &MORE).await;
    let (filed, _, ticket) = filed(&system).await;
    let health = accounts.browser(&system, "health").await;
    let office = accounts.browser(&system, "office").await;
    let path = format!("/tickets/{ticket}");
    let page = health.get(&path).await.text;
    assert!(page.contains("part-school") && page.contains("part-home") && !page.contains("part-narrative"));
    assert!(!page.contains("化名小学丁"));
    // Without a reason, or without a part, nothing is stored and nothing typed is lost.
    let none = post(
        &health,
        &format!("{path}/openings"),
        &[("part-school", "on"), ("reason", " \u{200b}")],
    )
    .await;
    assert!(none.status == 422 && none.text.contains("请填写理由"));
    let none = post(&health, &format!("{path}/openings"), &[("reason", "密封理由戊")]).await;
    assert!(none.status == 422 && none.text.contains("请勾选") && none.text.contains("密封理由戊"));
    assert_eq!(system.count("SELECT count(*) FROM openings").await, 0);
    // Not signed: it waits, though it is a P1.
    let asked = post(
        &health,
        &format!("{path}/openings"),
        &[("part-school", "on"), ("reason", "密封理由戊")],
    )
    .await;
    assert_eq!(asked.status, 303, "{}", asked.text);
    let id = last(&system).await;
    assert!(!health.get(&path).await.text.contains("化名小学丁"));
    let read = format!("{path}/openings/{id}");
    assert_eq!(health.get(&read).await.status, 410);
    let again = post(
        &health,
        &format!("{path}/openings"),
        &[("part-school", "on"), ("reason", "再来")],
    )
    .await;
    assert!(again.status == 409 && again.text.contains("已经申请过"));

    let list = office.get("/openings").await.text;
    assert!(list.contains(&format!("/openings/{id}")) && list.contains("学校"));
    let page = office.get(&format!("/openings/{id}")).await;
    assert!(page.text.contains("密封理由戊"), "who decides reads the reason");
    let rows: String = sqlx::query_scalar(
        "SELECT string_agg(o::text, ' ') || (SELECT string_agg(e::text, ' ') FROM events e) FROM openings o",
    )
    .fetch_one(&system.db)
    .await
    .unwrap();
    assert!(
        !rows.contains("密封理由戊") && !rows.contains(&hex::encode("密封理由戊")),
        "sealed"
    );
    let version = page.hidden("version");
    let refused = post(
        &office,
        &format!("/openings/{id}/refuse"),
        &[("version", &version), ("note", "")],
    )
    .await;
    assert!(refused.status == 422 && refused.text.contains("不批准的理由"));
    let done = post(&office, &format!("/openings/{id}/approve"), &[("version", &version)]).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let twice = post(&office, &format!("/openings/{id}/approve"), &[("version", &version)]).await;
    assert_eq!(twice.status, 409);

    // On the ticket's page, for this person alone, by page and by API alike.
    let shown = health.get(&path).await.text;
    assert!(shown.contains("化名小学丁") && !shown.contains("化名路7号"));
    let own = health.get(&read).await;
    assert!(own.status == 200 && own.text.contains("化名小学丁") && !own.text.contains("化名路7号"));
    let program = Api::of(&system, &accounts, "health").await;
    let body: Value = program.get(&path).await;
    assert_eq!(body["matter"]["children"][0]["school"], "化名小学丁");
    let body: Value = program.get(&read).await;
    assert_eq!(body["matter"]["children"][0]["school"], "化名小学丁");
    assert!(body["identity"].is_null() && body["matter"]["narrative"].is_null());
    // Who read what, per report, to the office; a unit finds no such page.
    let reads = office.get(&format!("/reads?receipt={}", filed.receipt)).await;
    assert!(reads.status == 200 && reads.text.contains("demo-health") && reads.text.contains("学校"));
    assert_eq!(health.get("/reads").await.status, 404);
    let offices = Api::of(&system, &accounts, "office").await;
    let listed: Reads = offices
        .get(&format!("/reads?receipt={}&who=demo-health", filed.receipt))
        .await;
    let of_the_opening = |read: &Value| read["how"] == "opening" && read["parts"] == json!(["school"]);
    assert!(listed.reads.iter().any(of_the_opening));
    let one: Value = offices.get(&format!("/openings/{id}")).await;
    assert_eq!(
        (&one["reason"], &one["opening"]["state"]),
        (&json!("密封理由戊"), &json!("open"))
    );

    // Ended by who asked: nothing is shown any more, and it stands in the trail.
    let version: i32 = sqlx::query_scalar("SELECT version FROM openings WHERE id = $1")
        .bind(id)
        .fetch_one(&system.db)
        .await
        .unwrap();
    let ended = post(&health, &format!("{read}/end"), &[("version", &version.to_string())]).await;
    assert_eq!(ended.status, 303);
    assert!(!health.get(&path).await.text.contains("化名小学丁"));
    let over = health.get(&read).await;
    assert!(over.status == 410 && !over.text.contains("化名小学丁") && over.text.contains("现在没有开放给您的内容"));
    assert_eq!(program.status(&read).await, 410);
    let trail = office.get(&format!("/openings/{id}")).await.text;
    for line in ["申请查看", "批准", "演示·health 查看：", "提前结束"] {
        assert!(trail.contains(line), "{line}");
    }
    let board = office.get(&format!("/board/tickets/{ticket}")).await.text;
    assert!(board.contains("/openings/") && board.contains("谁看过"));
}

#[tokio::test]
async fn the_police_open_who_reported_and_the_office_reviews() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    accounts.more(&system, &MORE).await;
    let (filed, ticket, _) = filed(&system).await;
    let member = accounts.browser(&system, "member").await;
    let leader = accounts.browser(&system, "leader").await;
    let office = accounts.browser(&system, "office").await;
    let path = format!("/tickets/{ticket}");
    let page = member.get(&path).await;
    assert_eq!(member.act(&page, ticket, "sign", &[]).await.status, 303);
    let none = post(&member, &format!("{path}/reporter"), &[("reason", " ")]).await;
    assert!(none.status == 422 && none.text.contains("请填写理由") && !none.text.contains("化名报告人庚"));
    assert_eq!(
        post(&member, &format!("{path}/reporter"), &[("reason", "核实报告人所述")])
            .await
            .status,
        303
    );
    let id = last(&system).await;
    let read = format!("{path}/openings/{id}");
    assert!(
        !member.get(&path).await.text.contains("化名报告人庚"),
        "it has a page of its own"
    );
    let opened = member.get(&read).await;
    assert!(opened.text.contains("化名报告人庚") && opened.text.contains("13911112222"));
    assert_eq!(leader.get(&read).await.status, 404, "not to a colleague");
    // It waits for somebody else; a finding that is not in order needs words.
    assert!(office.get("/openings").await.text.contains(&format!("/openings/{id}")));
    let review = format!("/openings/{id}/review");
    let bare = post(
        &office,
        &review,
        &[("version", "1"), ("finding", "not-compliant"), ("note", "")],
    )
    .await;
    assert_eq!(bare.status, 422);
    let done = post(
        &office,
        &review,
        &[("version", "1"), ("finding", "compliant"), ("note", "理由与案情无关")],
    )
    .await;
    assert_eq!(done.status, 303);
    let page = office.get(&format!("/openings/{id}")).await.text;
    assert!(page.contains("复核：合规") && page.contains("理由与案情无关"));
    let reads = office
        .get(&format!("/reads?receipt={}&identity=on", filed.receipt))
        .await
        .text;
    assert!(reads.contains("demo-member") && reads.contains("报告人身份"));
    // Somebody else ends it early.
    let version: i32 = sqlx::query_scalar("SELECT version FROM openings WHERE id = $1")
        .bind(id)
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert_eq!(
        post(
            &office,
            &format!("/openings/{id}/end"),
            &[("version", &version.to_string())]
        )
        .await
        .status,
        303
    );
    assert_eq!(member.get(&read).await.status, 410);
}

#[tokio::test]
async fn the_oversight_looks_without_a_ticket_and_leaves_a_line() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    accounts.more(&system, &MORE).await;
    let (filed, ..) = filed(&system).await;
    let oversight = accounts.browser(&system, "oversight").await;
    assert_eq!(oversight.get("/reports?receipt=123").await.status, 422);
    let found = oversight.get(&format!("/reports?receipt={}", filed.receipt)).await;
    assert_eq!(
        found.location.as_deref(),
        Some(format!("/reports/{}", filed.id()).as_str())
    );
    let page = oversight.get(&format!("/reports/{}", filed.id())).await;
    assert!(page.status == 200 && page.text.contains("化名小学丁") && page.text.contains("化名路7号"));
    assert!(
        !page.text.contains("化名报告人庚") && !page.text.contains("13911112222"),
        "never who reported"
    );
    let looks: Vec<(String, String)> =
        sqlx::query_as("SELECT role, how FROM reads WHERE report_id = $1 AND role = 'oversight'")
            .bind(filed.id())
            .fetch_all(&system.db)
            .await
            .unwrap();
    assert_eq!(looks, [("oversight".to_owned(), "page".to_owned())]);
    assert!(
        oversight.get("/reads").await.text.contains("demo-oversight"),
        "its own looks stand in the list too"
    );
    // The office by its own row: what, where and who the child is, and no more.
    let office = accounts.browser(&system, "office").await;
    let page = office.get(&format!("/reports/{}", filed.id())).await.text;
    assert!(!page.contains("化名小学丁") && !page.contains("化名路7号"));
    // What is opened for the office is read through the opening.
    let asked = post(
        &office,
        &format!("/reports/{}/openings", filed.id()),
        &[("part-home", "on"), ("reason", "上门")],
    )
    .await;
    let opening = asked.location.unwrap();
    assert!(opening.starts_with("/openings/"));
    let id = last(&system).await;
    let own = post(&office, &format!("/openings/{id}/approve"), &[("version", "1")]).await;
    assert!(own.status == 409 && own.text.contains("另一人"));
    assert_eq!(
        post(&oversight, &format!("/openings/{id}/approve"), &[("version", "1")])
            .await
            .status,
        303
    );
    let read = office.get(&format!("/openings/{id}/read")).await.text;
    assert!(read.contains("化名路7号") && !read.contains("化名小学丁"));
    assert_eq!(
        oversight.get(&format!("/openings/{id}/read")).await.status,
        404,
        "to who asked alone"
    );
    let program = Api::of(&system, &accounts, "oversight").await;
    let body: Value = program.get(&format!("/reports/{}", filed.id())).await;
    assert!(body["matter"]["narrative"].is_string() && body["hidden"] == json!(["identity"]));
}
