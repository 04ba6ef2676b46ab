//! The same rules through the pages: granting by two people, a leader's own unit, the trail, refusals with their row.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::Value;
use tests::{
    System,
    officers::{Accounts, Browser, Page},
};

async fn id(system: &System, login: &str) -> i64 {
    sqlx::query_scalar("SELECT id FROM accounts WHERE login = $1")
        .bind(login)
        .fetch_one(&system.db)
        .await
        .unwrap()
}

/// Sends an act with the token of the page it would be sent from.
async fn act(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get("/password").await.hidden("csrf");
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend_from_slice(fields);
    browser.post(path, &all).await
}

async fn held(system: &System, account: i64, role: &str) -> bool {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM memberships WHERE account_id = $1 AND role = $2 AND ended_at IS NULL)",
    )
    .bind(account)
    .bind(role)
    .fetch_one(&system.db)
    .await
    .unwrap()
}

async fn api(system: &System, token: &str, path: &str) -> Value {
    let url = format!("{}{path}", system.internal_url);
    let answer = system.http.get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

#[tokio::test]
async fn an_administrator_asks_and_the_office_confirms() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (admin, office, member) = (
        accounts.browser(&system, "admin").await,
        accounts.browser(&system, "office").await,
        accounts.browser(&system, "member").await,
    );
    let me = id(&system, "demo-admin").await;
    let whom = id(&system, "demo-member").await;
    for role in ["office", "oversight", "leading-group", "admin", "member", "leader"] {
        let unit = if role == "leading-group" { "lg" } else { "office" };
        let own = act(
            &admin,
            &format!("/people/{me}/grant"),
            &[("unit", unit), ("role", role)],
        )
        .await;
        assert_eq!(own.status, 409, "{role} for oneself");
        assert!(own.text.contains("不能给自己增加角色"));
        assert_eq!(held(&system, me, role).await, role == "admin");
    }
    let asked = act(
        &admin,
        &format!("/people/{whom}/grant"),
        &[("unit", "office"), ("role", "oversight")],
    )
    .await;
    assert_eq!(asked.status, 200);
    assert!(asked.text.contains("7 天内有效") && !held(&system, whom, "oversight").await);
    let again = act(
        &admin,
        &format!("/people/{whom}/grant"),
        &[("unit", "office"), ("role", "oversight")],
    )
    .await;
    assert_eq!(again.status, 409);

    let page = admin.get("/grants").await;
    let request: i64 = sqlx::query_scalar("SELECT id FROM grant_requests")
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert!(page.text.contains(&format!("/grants/{request}/withdraw")) && !page.text.contains("/confirm\""));
    let alone = act(&admin, &format!("/grants/{request}/confirm"), &[]).await;
    assert_eq!(alone.status, 409, "who asked can't confirm");
    assert_eq!(member.get("/grants").await.status, 404);
    assert!(!held(&system, whom, "oversight").await);

    let page = office.get("/grants").await;
    assert!(
        page.text.contains("演示·派出所民警（demo-member）")
            && page.text.contains(&format!("/grants/{request}/confirm"))
    );
    assert!(
        office
            .get("/board")
            .await
            .text
            .contains("<span class=\"mark count\">1</span>"),
        "counted in the navigation"
    );
    let confirmed = act(&office, &format!("/grants/{request}/confirm"), &[]).await;
    assert_eq!(confirmed.status, 200);
    assert!(held(&system, whom, "oversight").await);
    assert_eq!(
        act(&office, &format!("/grants/{request}/confirm"), &[]).await.status,
        409,
        "once"
    );
    assert_eq!(act(&office, "/grants/999/confirm", &[]).await.status, 409);

    // Everybody sees it: the person on their own page, the auditors in the trail, with logins.
    let own = member.get("/account").await.text;
    for part in [
        "检察监督",
        "演示·未保办值班员（demo-office）",
        "演示·账号管理员（demo-admin）",
    ] {
        assert!(own.contains(part), "{part}");
    }
    for who in ["admin", "office"] {
        let trail = accounts
            .browser(&system, who)
            .await
            .get("/trail?account=demo-member")
            .await
            .text;
        assert!(
            trail.contains("演示·未保办值班员（demo-office） 确认了 演示·账号管理员（demo-admin） 提出的授权"),
            "{who}"
        );
    }
    // Taking it away takes one person; given again it is another row.
    let ended = act(
        &admin,
        &format!("/people/{whom}/end"),
        &[("unit", "office"), ("role", "oversight")],
    )
    .await;
    assert_eq!(ended.status, 200);
    assert!(!held(&system, whom, "oversight").await);

    // By API the same.
    let token = accounts.token(&system, "office").await;
    act(
        &admin,
        &format!("/people/{whom}/grant"),
        &[("unit", "office"), ("role", "office")],
    )
    .await;
    let listed = api(&system, &token, "/api/v1/grants").await;
    assert_eq!(listed[0]["role"], "office");
    assert_eq!(listed[0]["login"], "demo-member");
    let url = format!("{}/api/v1/grants/{}/confirm", system.internal_url, listed[0]["id"]);
    let own = accounts.token(&system, "admin").await;
    assert_eq!(
        system.http.post(&url).bearer_auth(own).send().await.unwrap().status(),
        409
    );
    assert_eq!(
        system
            .http
            .post(&url)
            .bearer_auth(&token)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert!(held(&system, whom, "office").await);
    let acts = api(&system, &token, "/api/v1/trail?account=demo-member").await;
    assert_eq!(acts["acts"][0]["act"], "granted");
    assert_eq!(acts["acts"][0]["by_login"], "demo-office");
}

#[tokio::test]
async fn somebody_new_gets_a_role_over_the_county_only_by_two_people() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let new = [
        ("login", "new.office"),
        ("name", "新人"),
        ("phone", ""),
        ("unit", "office"),
        ("role", "office"),
    ];
    let made = act(&admin, "/people", &new).await;
    assert_eq!(made.status, 201);
    assert!(made.text.contains("还没有这个角色"));
    let whom = id(&system, "new.office").await;
    assert!(!held(&system, whom, "office").await);
    let waits: i64 = system
        .count("SELECT count(*) FROM grant_requests WHERE decision IS NULL")
        .await;
    assert_eq!(waits, 1);
}

#[tokio::test]
async fn a_leader_keeps_the_members_of_the_unit_and_nobody_else() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let leader = accounts.browser(&system, "leader").await;
    let page = leader.get("/people").await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("demo-member") && !page.text.contains("demo-office") && !page.text.contains("demo-admin")
    );
    let new = |login, unit, role| {
        [
            ("login", login),
            ("name", "新人"),
            ("phone", ""),
            ("unit", unit),
            ("role", role),
        ]
    };
    assert_eq!(
        act(&leader, "/people", &new("new.one", "pol-341222101", "member"))
            .await
            .status,
        201
    );
    for (login, unit, role) in [
        ("new.two", "pol-341222101", "leader"),
        ("new.two", "ca", "member"),
        ("new.two", "office", "office"),
        ("new.two", "office", "admin"),
    ] {
        assert_eq!(
            act(&leader, "/people", &new(login, unit, role)).await.status,
            404,
            "{unit} {role}"
        );
    }
    let one = id(&system, "new.one").await;
    for (unit, role, status) in [
        ("pol-341222101", "leader", 404),
        ("ca", "member", 404),
        ("office", "oversight", 404),
        ("pol-341222101", "member", 409),
    ] {
        let given = act(
            &leader,
            &format!("/people/{one}/grant"),
            &[("unit", unit), ("role", role)],
        )
        .await;
        assert_eq!(given.status, status, "{unit} {role}");
    }
    // Whoever is more than a member is not the leader's to invite, mend or disable.
    sqlx::query("INSERT INTO memberships (account_id, county, unit, role, since) SELECT id, county, 'office', 'office', created_at FROM accounts WHERE login = 'demo-member'")
        .execute(&system.db)
        .await
        .unwrap();
    let (member, office, me) = (
        id(&system, "demo-member").await,
        id(&system, "demo-office").await,
        id(&system, "demo-leader").await,
    );
    for whom in [member, office, me] {
        for what in ["invite", "invitation-void", "disable", "enable"] {
            let done = act(&leader, &format!("/people/{whom}/{what}"), &[]).await;
            assert_eq!(done.status, 404, "{what} {whom}");
        }
        let mended = act(
            &leader,
            &format!("/people/{whom}/mend"),
            &[("name", "别人"), ("phone", "")],
        )
        .await;
        assert_eq!(mended.status, 404);
    }
    let invited = act(&leader, &format!("/people/{one}/invite"), &[]).await;
    assert_eq!(invited.status, 200);
    let ended = act(
        &leader,
        &format!("/people/{one}/end"),
        &[("unit", "pol-341222101"), ("role", "member")],
    )
    .await;
    assert_eq!(ended.status, 200);
    assert!(!held(&system, one, "member").await);
    assert_eq!(
        leader.get(&format!("/people/{one}")).await.status,
        404,
        "of the unit no longer"
    );
}

#[tokio::test]
async fn refusals_and_failed_logins_leave_a_row_with_address_and_door() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let member = accounts.browser(&system, "member").await;
    for _ in 0..3 {
        assert_eq!(member.get("/board").await.status, 404);
    }
    assert_eq!(member.get("/tickets/999999").await.status, 404);
    assert_eq!(member.get("/no-such-page").await.status, 404);
    let token = accounts.token(&system, "member").await;
    let url = format!("{}/api/v1/people", system.internal_url);
    assert_eq!(
        system.http.get(url).bearer_auth(token).send().await.unwrap().status(),
        404
    );
    let account = id(&system, "demo-member").await;
    let rows: Vec<(String, i64, Option<i64>, String)> = sqlx::query_as(
        "SELECT door, times, account_id, host(address) FROM access_events WHERE kind = 'refused' ORDER BY door",
    )
    .fetch_all(&system.db)
    .await
    .unwrap();
    let seen: Vec<_> = rows.iter().map(|(door, ..)| door.as_str()).collect();
    assert_eq!(seen, ["GET /api/v1/people", "GET /board", "GET /tickets/{id}"]);
    assert!(
        rows.iter()
            .all(|(_, _, who, from)| *who == Some(account) && from == "127.0.0.1"),
        "{rows:?}"
    );
    assert_eq!(rows.iter().map(|(_, times, ..)| times).sum::<i64>(), 5);

    // A forged form is refused with 403.
    let forged = member
        .post(
            "/password",
            &[("csrf", "x"), ("old", "a"), ("new", "b"), ("again", "b")],
        )
        .await;
    if forged.status == 403 {
        let rows = system
            .count("SELECT count(*) FROM access_events WHERE detail ->> 'status' = '403'")
            .await;
        assert_eq!(rows, 1);
    }

    // Whoever may read them finds them, by account and by address.
    let admin = accounts.browser(&system, "admin").await;
    let page = admin
        .get("/access?kind=refused&account=demo-member&address=127.0.0.1")
        .await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("演示·派出所民警（demo-member）") && page.text.contains("GET /tickets/999999"));
    assert!(!admin.get("/access?address=10.9.9.9").await.text.contains("GET /board"));
    assert_eq!(admin.get("/access?address=nowhere").await.status, 422);
    let token = accounts.token(&system, "admin").await;
    let found = api(&system, &token, "/api/v1/access?kind=refused").await;
    let kept = system
        .count("SELECT count(*) FROM access_events WHERE kind = 'refused'")
        .await;
    let found: Vec<Value> = serde_json::from_value(found["events"].clone()).unwrap();
    assert_eq!(Some(found.len()), usize::try_from(kept).ok());
}

#[tokio::test]
async fn the_command_line_is_named_with_the_users_of_the_machine() {
    let system = System::start().await;
    let made = system
        .intake_cli(&[
            "people",
            "first",
            "--admin-login",
            "first.admin",
            "--admin-name",
            "张一",
            "--office-login",
            "first.office",
            "--office-name",
            "李一",
        ])
        .await;
    assert_eq!(made.code, 0, "{}", made.stderr);
    let users: i64 = system
        .count("SELECT count(*) FROM account_acts WHERE actor IS NULL AND detail ->> 'command' = 'people first' AND detail ->> 'os_user' <> ''")
        .await;
    assert_eq!(users, 4, "two accounts, each with its invitation");
    let accounts = Accounts::make(&system).await;
    let trail = accounts
        .browser(&system, "admin")
        .await
        .get("/trail?account=first.admin")
        .await
        .text;
    assert!(
        trail.contains("命令行（系统用户 ") && trail.contains("，people first） 建立账号"),
        "{trail}"
    );
}

#[tokio::test]
async fn two_of_one_name_are_told_apart_in_every_trail() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    for login in ["wang.1", "wang.2"] {
        let new = [
            ("login", login),
            ("name", "王伟"),
            ("phone", ""),
            ("unit", "ca"),
            ("role", "member"),
        ];
        assert_eq!(act(&admin, "/people", &new).await.status, 201);
    }
    let trail = admin.get("/trail?unit=ca").await.text;
    assert!(trail.contains("王伟（wang.1）") && trail.contains("王伟（wang.2）"));
    let one = admin.get("/trail?account=wang.1").await.text;
    assert!(one.contains("wang.1") && !one.contains("wang.2"));
    assert!(
        admin
            .get("/trail?account=nobody.here")
            .await
            .text
            .contains("没有这个账号名")
    );
}
