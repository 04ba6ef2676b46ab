//! Who leaves, and whom to call: tickets are handed over, contacts confirmed.

use tests::{Sample, System, officers::Accounts};

use super::id;

#[tokio::test]
async fn who_leaves_hands_over_what_they_hold() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    let ticket: i64 = sqlx::query_scalar(
        "SELECT id FROM tickets WHERE report_id = $1 AND unit = 'pol-341222101' AND obligation = 'police-accept'",
    )
    .bind(filed.id())
    .fetch_one(&system.db)
    .await
    .unwrap();
    let member = accounts.browser(&system, "member").await;
    let page = member.get(&format!("/tickets/{ticket}")).await;
    assert_eq!(member.act(&page, ticket, "sign", &[]).await.status, 303);
    let (leaving, colleague) = (id(&system, "demo-member").await, id(&system, "demo-leader").await);
    let admin = accounts.browser(&system, "admin").await;
    let path = format!("/people/{leaving}");
    let page = admin.get(&format!("{path}/leave")).await;
    assert!(page.text.contains("name=\"to-pol-341222101\"") && page.text.contains(&format!("value=\"{colleague}\"")));
    assert!(!page.text.contains(&filed.receipt), "an administrator sees no report");
    let csrf = page.hidden("csrf");

    // Not without a word on what is in hand, and not to somebody of another unit.
    let outsider = id(&system, "demo-office").await.to_string();
    for to in ["", "12345678", outsider.as_str()] {
        let refused = admin
            .post(&format!("{path}/disable"), &[("csrf", &csrf), ("to-pol-341222101", to)])
            .await;
        assert_eq!(refused.status, 422, "{to}");
    }
    assert_eq!(member.get("/desk").await.status, 200, "nothing was done");

    // A role that ends leaves the ticket to be assigned; the page says that.
    let role = [
        ("csrf", csrf.as_str()),
        ("unit", "pol-341222101"),
        ("role", "member"),
        ("to-pol-341222101", "none"),
    ];
    assert_eq!(admin.post(&format!("{path}/end"), &role).await.status, 200);
    let held: (Option<i64>, Option<String>) =
        sqlx::query_as("SELECT assignee, assignee_name FROM tickets WHERE id = $1")
            .bind(ticket)
            .fetch_one(&system.db)
            .await
            .unwrap();
    assert_eq!(held, (None, None));
    let leader = accounts.browser(&system, "leader").await;
    let seen = leader.get(&format!("/tickets/{ticket}")).await.text;
    assert!(
        seen.contains("取消分办") && seen.contains("演示·账号管理员"),
        "the act stands in the timeline"
    );

    // Back again, in hand again, then the whole account goes.
    let back = [("csrf", csrf.as_str()), ("unit", "pol-341222101"), ("role", "member")];
    assert_eq!(admin.post(&format!("{path}/grant"), &back).await.status, 200);
    let page = leader.get(&format!("/tickets/{ticket}")).await;
    let assigned = leader
        .act(&page, ticket, "assign", &[("account", &leaving.to_string())])
        .await;
    assert_eq!(assigned.status, 303);
    let to = colleague.to_string();
    let gone = admin
        .post(
            &format!("{path}/disable"),
            &[("csrf", &csrf), ("to-pol-341222101", &to)],
        )
        .await;
    assert!(gone.status == 200 && gone.text.contains("已移交 1 件"));
    let holder: Option<i64> = sqlx::query_scalar("SELECT assignee FROM tickets WHERE id = $1")
        .bind(ticket)
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert_eq!(holder, Some(colleague));
    let by: Option<i64> = sqlx::query_scalar(
        "SELECT account_id FROM events WHERE ticket_id = $1 AND kind = 'assigned' ORDER BY at DESC LIMIT 1",
    )
    .bind(ticket)
    .fetch_one(&system.db)
    .await
    .unwrap();
    assert_eq!(by, Some(id(&system, "demo-admin").await));

    // However somebody came to be gone, their tickets say so until they are assigned again.
    sqlx::query("UPDATE accounts SET disabled_at = now() WHERE login = 'demo-leader'")
        .execute(&system.db)
        .await
        .unwrap();
    sqlx::query("UPDATE accounts SET disabled_at = NULL WHERE login = 'demo-member'")
        .execute(&system.db)
        .await
        .unwrap();
    let member = accounts.browser(&system, "member").await;
    for path in ["/desk".to_owned(), format!("/tickets/{ticket}")] {
        assert!(member.get(&path).await.text.contains("请重新分办"), "{path}");
    }
    let office = accounts.browser(&system, "office").await;
    assert!(
        office
            .get(&format!("/board/tickets/{ticket}"))
            .await
            .text
            .contains("请重新分办")
    );
}

#[tokio::test]
async fn a_units_contacts_are_an_example_until_somebody_confirms_them() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let admin = accounts.browser(&system, "admin").await;
    let member = accounts.browser(&system, "member").await;
    assert!(member.get("/desk").await.text.contains("（示例）"));
    // The reporters' pages ask for the office's phone every half a minute.
    tests::eventually(
        "the office's phone on the form",
        std::time::Duration::from_secs(60),
        async || {
            let form = system
                .http
                .get(&system.public_url)
                .send()
                .await
                .ok()?
                .text()
                .await
                .ok()?;
            form.contains("<a href=\"tel:05588600000\">0558-8600000</a> <small>（示例）</small>")
                .then_some(())
        },
    )
    .await;
    let list = admin.get("/units").await.text;
    assert!(list.contains("示例") && list.contains("还有 "));
    let path = "/units/pol-341222101";
    let page = admin.get(path).await;
    let csrf = page.hidden("csrf");
    assert!(page.text.contains("还没有人确认") && page.text.contains("demo-member"));
    let refused = admin
        .post(
            path,
            &[
                ("csrf", &csrf),
                ("mailbox", "不是邮箱"),
                ("duty_phone", "0558-8612345转8012"),
            ],
        )
        .await;
    assert!(
        refused.status == 422
            && refused.text.contains("value=\"不是邮箱\"")
            && refused.text.contains("value=\"0558-8612345转8012\"")
    );
    let done = admin
        .post(
            path,
            &[
                ("csrf", &csrf),
                ("mailbox", "jiuxian＠ah.example"),
                ("duty_phone", "0558-8612345转8012"),
            ],
        )
        .await;
    assert_eq!(done.status, 200);
    for part in [
        "由 演示·账号管理员 于",
        "jiuxian@ah.example",
        "pol-341222101@taihe.example → jiuxian@ah.example",
    ] {
        assert!(done.text.contains(part), "{part}");
    }
    assert!(!member.get("/desk").await.text.contains("（示例）"));
    assert_eq!(admin.get("/units/no-such-unit").await.status, 404);
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    system.quiet(std::time::Duration::from_secs(20)).await;
    assert!(
        system.mail.mails().iter().any(|mail| mail.to == "jiuxian@ah.example"),
        "mails go there"
    );
}
