//! Accounts from their invitation to their end.

use reqwest::StatusCode;
use tests::{
    Sample, System,
    officers::{Accounts, Browser},
};

use super::{accept, id, invited, person, try_login};

fn query(q: &str) -> String {
    let encoded: String = q.bytes().map(|b| format!("%{b:02X}")).collect();
    format!("q={encoded}")
}

#[tokio::test]
async fn an_account_from_invitation_to_disabled() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let csrf = admin.get("/people").await.hidden("csrf");
    let new = person(&csrf, "zhang.san", "张三", "0558-1", "ca");
    let made = admin.post("/people", &new).await;
    assert_eq!(made.status, 201);
    let link = invited(&made, "zhang.san");
    assert!(!admin.get("/people").await.text.contains(&link), "shown once");
    assert_eq!(admin.post("/people", &new).await.status, 409, "a login is taken once");

    let (own_one, own_two) = ("一个够长的新密码吧好", "另一个够长的密码也好");
    assert_eq!(accept(&system, &link, own_one, own_one).await.0, 200);
    let own = Browser::login(&system, "zhang.san", own_one).await;
    let other = Browser::login(&system, "zhang.san", own_one).await;
    assert_eq!(own.get("/desk").await.status, 200, "nothing is to be changed first");
    let csrf_own = own.get("/password").await.hidden("csrf");
    let change = async |old: &str, new: &str, again: &str| {
        own.post(
            "/password",
            &[("csrf", &csrf_own), ("old", old), ("new", new), ("again", again)],
        )
        .await
    };
    assert_eq!(change("wrong", own_two, own_two).await.status, 422);
    assert_eq!(change(own_one, own_two, "与上面不同的一个密码").await.status, 422);
    assert_eq!(change(own_one, "短", "短").await.status, 422);
    assert_eq!(change(own_one, own_one, own_one).await.status, 422);
    assert_eq!(change(own_one, own_two, own_two).await.status, 200);
    assert_eq!(own.get("/desk").await.status, 200, "this session goes on");
    assert_eq!(other.get("/desk").await.status, 303, "the others have ended");
    assert_eq!(try_login(&system, "zhang.san", own_one).await, StatusCode::UNAUTHORIZED);

    let csrf_own = own.get("/desk").await.hidden("csrf");
    let second = Browser::login(&system, "zhang.san", own_two).await;
    own.post("/logout-everywhere", &[("csrf", &csrf_own)]).await;
    assert_eq!(second.get("/desk").await.status, 303, "logout everywhere");

    let third = Browser::login(&system, "zhang.san", own_two).await;
    let path = format!("/people/{}", id(&system, "zhang.san").await);
    assert_eq!(
        admin.post(&format!("{path}/disable"), &[("csrf", &csrf)]).await.status,
        200
    );
    assert_eq!(third.get("/desk").await.status, 303, "disabling ends sessions at once");
    assert_eq!(try_login(&system, "zhang.san", own_two).await, StatusCode::UNAUTHORIZED);
    let refused = admin.post(&format!("{path}/invite"), &[("csrf", &csrf)]).await;
    assert_eq!(refused.status, 409, "nobody disabled is invited");
    assert_eq!(
        admin.post(&format!("{path}/enable"), &[("csrf", &csrf)]).await.status,
        200
    );
    Browser::login(&system, "zhang.san", own_two).await;
}

#[tokio::test]
async fn nobody_locks_the_county_out() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let csrf = admin.get("/people").await.hidden("csrf");
    let me = id(&system, "demo-admin").await;
    let refused = admin.post(&format!("/people/{me}/disable"), &[("csrf", &csrf)]).await;
    assert_eq!(refused.status, 409);
    let ended = admin
        .post(
            &format!("/people/{me}/end"),
            &[("csrf", &csrf), ("unit", "office"), ("role", "admin")],
        )
        .await;
    assert_eq!(ended.status, 409, "nor their own role");
    assert_eq!(admin.get("/people").await.status, 200);
    assert_eq!(
        accounts.browser(&system, "office").await.get("/people").await.status,
        404
    );
}

#[tokio::test]
async fn one_wrong_field_keeps_the_others_and_says_which() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let csrf = admin.get("/people").await.hidden("csrf");
    let wrong = admin
        .post("/people", &person(&csrf, "wang.wei", "王伟、李娜", "没有号码", "ca"))
        .await;
    assert_eq!(wrong.status, 422);
    for kept in [
        "value=\"wang.wei\"",
        "value=\"王伟、李娜\"",
        "value=\"没有号码\"",
        "value=\"ca\" selected",
        "id=\"phone-wrong\"",
    ] {
        assert!(wrong.text.contains(kept), "{kept}");
    }
    assert!(!wrong.text.contains("id=\"login-wrong\""));
    let made = admin
        .post(
            "/people",
            &person(&csrf, "ＷＡＮＧ.wei", "王伟、李娜", "0558-8612345转8012", "ca"),
        )
        .await;
    assert_eq!(made.status, 201);
    invited(&made, "wang.wei");
    let taken = admin
        .post("/people", &person(&csrf, "Wang.Wei", "值班 2", "", "ca"))
        .await;
    assert!(
        taken.status == 409 && taken.text.contains("value=\"值班 2\"") && taken.text.contains("id=\"login-wrong\"")
    );

    // Only the phone is a link, with its extension.
    let unit = admin.get("/units/ca").await;
    assert!(
        unit.text
            .contains("<a href=\"tel:05588612345,8012\">0558-8612345转8012</a>")
    );
    let office = accounts.browser(&system, "office").await;
    let mut sample: serde_json::Value = Sample::BruisesAtSchool.json();
    sample["present_danger"] = true.into();
    let filed = system.file(&sample.to_string()).await;
    system.routed(&filed).await;
    let ticket: i64 = sqlx::query_scalar("SELECT id FROM tickets WHERE report_id = $1 AND unit = 'ca' LIMIT 1")
        .bind(filed.id())
        .fetch_one(&system.db)
        .await
        .unwrap();
    let board = office.get(&format!("/board/tickets/{ticket}")).await.text;
    assert_eq!(board.matches("class=\"person\">王伟、李娜").count(), 1, "one person");
    assert!(board.contains("tel:05588612345,8012") && !board.contains("tel:2\""));
}

#[tokio::test]
async fn names_and_phones_are_mended_and_the_act_is_kept() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let member = id(&system, "demo-member").await;
    let path = format!("/people/{member}");
    let csrf = admin.get(&path).await.hidden("csrf");
    let refused = admin
        .post(
            &format!("{path}/mend"),
            &[("csrf", &csrf), ("name", "\u{200b}"), ("phone", "(0558)8612345")],
        )
        .await;
    assert!(
        refused.status == 422
            && refused.text.contains("value=\"(0558)8612345\"")
            && refused.text.contains("id=\"name-wrong\"")
    );
    let mended = admin
        .post(
            &format!("{path}/mend"),
            &[
                ("csrf", &csrf),
                ("name", "值班 2"),
                ("phone", "０５５８８６１２３４５、13805581234"),
            ],
        )
        .await;
    assert_eq!(mended.status, 200);
    for part in [
        "值班 2",
        "演示·派出所民警 → 值班 2",
        "0558-8600000 → ０５５８８６１２３４５",
        "demo-admin",
    ] {
        assert!(mended.text.contains(part), "{part}");
    }
    // Search finds people by name, login, phone and unit.
    for q in ["值班", "DEMO-member", "13805581234", "旧县 派出所", "pol-341222101"] {
        let found = admin.get(&format!("/people?{}", query(q))).await;
        assert!(found.text.contains(&format!("/people/{member}\"")), "{q}");
    }
    let none = admin.get(&format!("/people?{}", query("值班 民政局"))).await;
    assert!(!none.text.contains(&format!("/people/{member}\"")));
}

#[tokio::test]
async fn the_first_two_people_come_by_command_and_a_demo_can_be_taken_away() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    assert_ne!(
        system.intake_cli(&["people", "check"]).await.code,
        0,
        "a demo's people don't count"
    );
    let first = [
        "people",
        "first",
        "--admin-login",
        "admin1",
        "--admin-name",
        "赵管理",
        "--office-login",
        "office1",
        "--office-name",
        "钱值班",
    ];
    let out = system.intake_cli(&first).await;
    assert_eq!(out.code, 0, "{}", out.stderr);
    for (who, login) in [("admin", "admin1"), ("office", "office1")] {
        let line = out
            .stdout
            .lines()
            .find(|line| line.starts_with(&format!("{who}: ")))
            .unwrap();
        let link = line.split_once("invitation ").unwrap().1.split(' ').next().unwrap();
        let chosen = "自己选的一个很长的密码";
        assert_eq!(accept(&system, link, chosen, chosen).await.0, 200, "{line}");
        let browser = Browser::login(&system, login, chosen).await;
        assert_eq!(browser.get("/").await.status, 303);
    }
    // The office is told of roles that a command gave, with who typed it; a demo's people are nobody's news.
    let told = "SELECT count(*) FROM notices WHERE kind = 'rights-changed' AND unit = 'office' AND said ->> 'by' LIKE '命令行（系统用户 %，people first）'";
    assert_eq!(system.count(told).await, 2);
    let all = "SELECT count(*) FROM notices WHERE kind = 'rights-changed'";
    assert_eq!(system.count(all).await, 2);
    let one_more = ["people", "admin", "--login", "admin3", "--name", "孙管理"];
    assert_eq!(system.intake_cli(&one_more).await.code, 0);
    assert_eq!(system.count(all).await, 3);
    assert_eq!(system.intake_cli(&["people", "check"]).await.code, 0);
    assert_ne!(system.intake_cli(&first).await.code, 0, "the first only");

    let office = accounts.browser(&system, "office").await;
    assert_eq!(system.intake_cli(&["people", "no-demo"]).await.code, 0);
    assert_eq!(office.get("/board").await.status, 303, "the demo's sessions have ended");
    let (login, password) = accounts.of("office");
    assert_eq!(try_login(&system, login, password).await, StatusCode::UNAUTHORIZED);
    let phones: i64 = system
        .count("SELECT count(*) FROM units WHERE duty_phone IS NOT NULL")
        .await;
    assert_eq!(phones, 0, "nothing of a demo is left");
}
