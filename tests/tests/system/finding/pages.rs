//! The lists, the search and 批量办理 in a browser without a script, and by API.

use serde_json::{Value, json};
use tests::{
    Api, Filed, Problem, Sample, System,
    officers::{Accounts, Browser},
};

const NAME: &str = "阿依古丽·买买提";
const BIRTH: &str = "2017-03-02";
const NUMBER: &str = "341222201703020219";
const WORKBOOK: &[u8] = b"PK";

/// A report about a child that is named.
async fn named(system: &System) -> Filed {
    let mut body: Value = serde_json::from_str(Sample::BruisesAtSchool.body()).unwrap();
    body["children"][0]["name"] = json!(NAME);
    body["children"][0]["birth_date"] = json!(BIRTH);
    body["children"][0]["id_number"] = json!(NUMBER);
    let filed = system.file(&body.to_string()).await;
    system.routed(&filed).await;
    filed
}

async fn own_tickets(system: &System) -> Vec<(i64, i32)> {
    sqlx::query_as("SELECT id, version FROM tickets WHERE unit = 'pol-341222101' ORDER BY id")
        .fetch_all(&system.db)
        .await
        .unwrap()
}

#[tokio::test]
async fn lists_are_found_by_address_and_taken_as_a_workbook() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let filed = named(&system).await;
    let other = system.file(Sample::DropoutTwoWeeks.body()).await;
    system.routed(&other).await;
    let (member, office) = (
        accounts.browser(&system, "member").await,
        accounts.browser(&system, "office").await,
    );
    let piece = &filed.receipt[9..];
    for (browser, path) in [(&member, "/tickets"), (&office, "/reports")] {
        let page = browser.get(&format!("{path}?tab=all&receipt={piece}")).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(
            page.text.contains(&filed.receipt) && !page.text.contains(&other.receipt),
            "{path}"
        );
        assert!(
            !page.text.contains(NAME) && !page.text.contains(NUMBER),
            "a list says no name"
        );
        for wrong in [
            "tab=x",
            "sort=x",
            "receipt=12",
            "urgency=P7",
            "state=x",
            "area=12",
            "from=x",
            "after=x",
            "officer=x",
        ] {
            assert_eq!(
                browser.get(&format!("{path}?{wrong}")).await.status,
                422,
                "{path}?{wrong}"
            );
        }
        let none = browser.get(&format!("{path}?tab=closed")).await.text;
        assert!(none.contains("没有符合条件的工单"));
    }
    let whole = office.get("/reports").await.text;
    assert!(whole.contains(&filed.receipt) && whole.contains(&other.receipt));
    let dropout = office.get("/reports?situation=dropout").await.text;
    assert!(dropout.contains(&other.receipt) && !dropout.contains(&filed.receipt));
    assert_eq!(
        member.get("/tickets?unit=edu").await.status,
        404,
        "another unit's list is not there"
    );
    assert_eq!(member.get("/reports").await.status, 404);

    for (browser, path) in [
        (&member, "/tickets/workbook?tab=all"),
        (&office, "/reports/workbook?situation=dropout"),
    ] {
        assert!(browser.download(path).await.starts_with(WORKBOOK));
    }
    let taken: Vec<(String, Option<String>, i32)> =
        sqlx::query_as("SELECT list, unit, found FROM searches WHERE kind = 'workbook' ORDER BY id")
            .fetch_all(&system.db)
            .await
            .unwrap();
    assert_eq!(taken.len(), 2);
    assert_eq!(
        (taken[0].0.as_str(), taken[0].1.as_deref()),
        ("/tickets?tab=all", Some("pol-341222101"))
    );
    assert_eq!(
        (taken[1].0.as_str(), taken[1].1.as_deref()),
        ("/reports?situation=dropout", None)
    );
    assert!(taken.iter().all(|(.., rows)| *rows > 0));
    let searches = office.get("/reads/searches").await.text;
    assert!(searches.contains("/reports?situation=dropout") && searches.contains("导出列表"));
}

#[tokio::test]
async fn a_child_is_searched_by_form_and_stands_in_no_address_and_no_table() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let filed = named(&system).await;
    let office = accounts.browser(&system, "office").await;
    let member = accounts.browser(&system, "member").await;
    let form = office.get("/reports/child").await;
    let csrf = form.hidden("csrf");
    let search = async |browser: &Browser, path: &str, csrf: &str, fields: &[(&str, &str)]| {
        let mut all = vec![("csrf", csrf)];
        all.extend_from_slice(fields);
        browser.post(path, &all).await
    };
    for (fields, hit) in [
        (vec![("name", "阿依古丽 买买提"), ("birth", BIRTH)], true),
        (vec![("number", "３４１２２２ 2017-0302 0219")], true),
        (vec![("name", NAME), ("birth", "2017-03-03")], false),
        (vec![("number", "341222201703020218")], false),
    ] {
        let mut fields = fields;
        fields.push(("reason", "repeat"));
        let page = search(&office, "/reports/child", &csrf, &fields).await;
        assert_eq!(page.status, 200, "{fields:?}");
        assert_eq!(page.text.contains(&filed.receipt), hit, "{fields:?}");
        assert!(!page.text.contains(NUMBER), "what was typed does not come back");
    }
    for fields in [
        vec![("name", NAME), ("reason", "repeat")],
        vec![("birth", BIRTH), ("reason", "repeat")],
        vec![("name", NAME), ("birth", BIRTH)],
        vec![("name", NAME), ("birth", BIRTH), ("number", NUMBER), ("reason", "case")],
        vec![("number", "·"), ("reason", "case")],
        vec![("reason", "case")],
    ] {
        assert_eq!(
            search(&office, "/reports/child", &csrf, &fields).await.status,
            422,
            "{fields:?}"
        );
    }
    let own = member.get("/tickets/child").await.hidden("csrf");
    let page = search(
        &member,
        "/tickets/child",
        &own,
        &[("number", NUMBER), ("reason", "case")],
    )
    .await;
    assert!(
        page.status == 200 && page.text.contains(&filed.receipt),
        "the police row shows it"
    );
    let kept: Vec<(String, String, i32)> = sqlx::query_as("SELECT kind, reason, found FROM searches ORDER BY id")
        .fetch_all(&system.db)
        .await
        .unwrap();
    assert_eq!(kept.len(), 5, "{kept:?}");
    let row: String = sqlx::query_scalar("SELECT string_agg(s::text, ' ') FROM searches s")
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert!(!row.contains("买买提") && !row.contains("341222201703") && !row.contains(BIRTH));
    let listed = office.get("/reads/searches").await.text;
    assert!(listed.contains("按证件号码查找") && listed.contains("核对是否重复报告"));
    let reads = office.get(&format!("/reads?receipt={}", filed.receipt)).await.text;
    assert!(reads.contains("按姓名或证件号码查找"));
}

#[tokio::test]
async fn several_are_signed_and_assigned_each_by_itself() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    for _ in 0..3 {
        named(&system).await;
    }
    let member = accounts.browser(&system, "member").await;
    let page = member.get("/tickets").await;
    let csrf = page.hidden("csrf");
    let tickets = own_tickets(&system).await;
    let ticked: Vec<String> = tickets.iter().map(|(id, version)| format!("{id}.{version}")).collect();
    assert!(ticked.len() >= 3 && ticked.iter().all(|value| page.text.contains(value.as_str())));
    let foreign: i64 = sqlx::query_scalar("SELECT id FROM tickets WHERE unit <> 'pol-341222101' LIMIT 1")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let foreign = format!("{foreign}.1");
    let send = async |act: &str, account: &str, ticked: &[&str]| {
        let mut fields = vec![
            ("csrf", csrf.as_str()),
            ("act", act),
            ("account", account),
            ("back", "/tickets?tab=open"),
        ];
        fields.extend(ticked.iter().map(|value| ("ticket", *value)));
        member.post("/tickets/several", &fields).await
    };
    // Two of one's own and one of another unit: two are done, and the third is not there.
    let done = send("sign", "", &[&ticked[0], &ticked[1], &foreign]).await;
    assert_eq!(done.status, 200);
    assert!(done.text.contains("勾选 3 件，办成 2 件") && done.text.contains("没有这件工单"));
    assert!(done.text.contains("/tickets?tab=open"), "the way back");
    // The same press again: nothing more is done, and it says by whom and when.
    let again = send("sign", "", &[&ticked[0], &ticked[1]]).await;
    assert!(again.text.contains("办成 2 件"), "{}", again.text);
    let signed = system.count("SELECT count(*) FROM events WHERE kind = 'signed'").await;
    assert_eq!(signed, 2, "one effect");
    // A stale page: the third was changed meanwhile.
    sqlx::query("UPDATE tickets SET version = version + 1 WHERE id = $1")
        .bind(tickets[2].0)
        .execute(&system.db)
        .await
        .unwrap();
    let stale = send("sign", "", &[&ticked[2]]).await;
    assert!(stale.text.contains("勾选 1 件，办成 0 件"));
    assert_eq!(
        system.count("SELECT count(*) FROM events WHERE kind = 'signed'").await,
        2
    );
    // 分办 of both to a colleague, and to nobody.
    let now: Vec<String> = own_tickets(&system)
        .await
        .iter()
        .map(|(id, version)| format!("{id}.{version}"))
        .collect();
    let nobody = send("assign", "", &[&now[0]]).await;
    assert!(nobody.text.contains("办成 0 件"));
    let me: i64 = sqlx::query_scalar("SELECT account_id FROM memberships WHERE unit = 'pol-341222101' AND role = 'member' ORDER BY account_id LIMIT 1")
        .fetch_one(&system.db).await.unwrap();
    let given = send("assign", &me.to_string(), &[&now[0], &now[1]]).await;
    assert!(given.text.contains("办成 2 件"), "{}", given.text);
    assert_eq!(
        system
            .count("SELECT count(*) FROM tickets WHERE assignee IS NOT NULL")
            .await,
        2
    );
    assert_eq!(
        system
            .count("SELECT count(*) FROM listings WHERE assignee IS NOT NULL AND state = 'signed'")
            .await,
        2,
        "the lists follow"
    );
    assert!(send("sign", "", &[]).await.text.contains("没有勾选工单"));
}

#[tokio::test]
async fn programs_list_by_the_same_fields() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let filed = named(&system).await;
    named(&system).await;
    let own = own_tickets(&system).await.len();
    let (member, office) = (
        Api::of(&system, &accounts, "member").await,
        Api::of(&system, &accounts, "office").await,
    );
    let all: Value = member.get("/tickets").await;
    assert_eq!(
        (all["open"].as_u64(), all["count"].as_u64()),
        (Some(own as u64), Some(own as u64))
    );
    assert_eq!((all["offset"].as_i64(), all["limit"].as_i64()), (Some(0), Some(50)));
    let one: Value = member.get(&format!("/tickets?receipt={}", &filed.receipt[9..])).await;
    assert!(
        one["tickets"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| line["receipt"] == filed.receipt.as_str())
    );
    assert!(one["tickets"][0]["version"].is_i64());
    let first: Value = office.get("/reports?limit=1").await;
    let after = first["after"].as_str().unwrap();
    let second: Value = office.get(&format!("/reports?limit=1&after={after}")).await;
    assert_ne!(first["tickets"][0]["id"], second["tickets"][0]["id"]);
    let passed: Value = office.get("/reports?limit=1&offset=1").await;
    assert_eq!(passed["tickets"][0]["id"], second["tickets"][0]["id"]);
}

#[tokio::test]
async fn programs_search_for_a_child_and_are_told_what_is_missing() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let filed = named(&system).await;
    let (member, office) = (
        Api::of(&system, &accounts, "member").await,
        Api::of(&system, &accounts, "office").await,
    );
    for (api, path, all) in [(&office, "/reports/child", true), (&member, "/tickets/child", false)] {
        for child in [
            json!({"name": "阿依古丽 买买提", "birth": BIRTH, "reason": "case"}),
            json!({"number": NUMBER, "reason": "case"}),
        ] {
            let (status, found): (u16, Value) = api.post(path, &child).await;
            assert_eq!(status, 200, "{path} {child}");
            let lines = found["tickets"].as_array().unwrap();
            assert_eq!(lines.len() > 1, all, "{path}: the county's or the unit's own: {found}");
            assert!(lines.iter().all(|line| line["receipt"] == filed.receipt.as_str()));
            assert!(!found.to_string().contains(NUMBER), "an answer repeats nothing");
        }
        let (status, none): (u16, Value) = api
            .post(path, &json!({"number": "341222201703020218", "reason": "case"}))
            .await;
        assert_eq!((status, none), (200, json!({"tickets": []})));
        for (body, pointer) in [
            (json!({"name": NAME, "reason": "case"}), "/birth"),
            (json!({"number": NUMBER}), "/reason"),
            (json!({"number": NUMBER, "reason": "curious"}), "/reason"),
            (json!({"number": NUMBER, "name": NAME, "reason": "case"}), "/number"),
        ] {
            let (status, problem): (u16, Problem) = api.post(path, &body).await;
            assert_eq!((status, problem.pointers()), (422, vec![pointer]), "{body}");
        }
    }
    let (status, _): (u16, Value) = member
        .post(
            "/tickets/child",
            &json!({"unit": "edu", "number": NUMBER, "reason": "case"}),
        )
        .await;
    assert_eq!(status, 404, "another unit's tickets are not there");
    let kept = system.count("SELECT count(*) FROM searches").await;
    assert_eq!(
        kept, 6,
        "what was searched for is written down, and what was refused is none"
    );
}

#[tokio::test]
async fn programs_sign_and_assign_several_and_read_what_became_of_each() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    for _ in 0..2 {
        named(&system).await;
    }
    let member = Api::of(&system, &accounts, "member").await;
    let own = own_tickets(&system).await;
    let foreign: i64 = sqlx::query_scalar("SELECT id FROM tickets WHERE unit <> 'pol-341222101' LIMIT 1")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let one = |(id, version): (i64, i32)| json!({"id": id, "version": version});
    let send = async |act: &str, account: Option<i64>, tickets: Vec<Value>| -> (u16, Value) {
        member
            .post(
                "/tickets/several",
                &json!({"act": act, "account": account, "tickets": tickets}),
            )
            .await
    };
    let statuses = |answer: &Value| -> Vec<u64> {
        let tickets = answer["tickets"].as_array().unwrap();
        tickets.iter().map(|one| one["status"].as_u64().unwrap()).collect()
    };
    // One's own, a page that is old, and another unit's: each by itself, in the order that was sent.
    let tickets = vec![one(own[0]), one((own[1].0, own[1].1 + 7)), one((foreign, 1))];
    let (status, answer) = send("sign", None, tickets.clone()).await;
    assert_eq!(
        (status, answer["done"].as_u64(), statuses(&answer)),
        (200, Some(1), vec![200, 409, 404])
    );
    let (_, again) = send("sign", None, tickets).await;
    assert_eq!(
        statuses(&again),
        [200, 409, 404],
        "the same request again: done, and once"
    );
    assert_eq!(
        system.count("SELECT count(*) FROM events WHERE kind = 'signed'").await,
        1
    );
    let me: i64 = sqlx::query_scalar("SELECT account_id FROM memberships WHERE unit = 'pol-341222101' AND role = 'member' ORDER BY account_id LIMIT 1")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let now = own_tickets(&system).await;
    let (_, given) = send("assign", Some(me), vec![one(now[0])]).await;
    assert_eq!(statuses(&given), [200], "{given}");
    let (_, nobody) = send("assign", None, vec![one(own_tickets(&system).await[0])]).await;
    assert_eq!(statuses(&nobody), [422], "{nobody}");
    for (act, tickets) in [("close", vec![one(now[0])]), ("sign", vec![])] {
        assert_eq!(send(act, None, tickets).await.0, 422, "{act}");
    }
}
