//! A whole life of a ticket through the pages, and what must not be in the database afterwards.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::Value;
use tests::{System, officers::Accounts};

use super::{dispatched, events, filed, local, sample};

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
            && page.text.contains("本县规定")
            && page.text.contains("《未成年人保护法》第十一条")
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
    let early = local(dispatched(&system, id).await - TimeDelta::days(31));
    let bad = member
        .act(&page, id, "contact", &[("who", "甲"), ("at", &early), ("place", "乙")])
        .await;
    assert!(bad.status == 422 && bad.text.contains("时间早于派单30天以上"));

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
    // The outcome first, then only what it needs: a decision, no material, no contact (it is recorded).
    let form = member.get(&format!("/tickets/{id}/close?outcome=not-filed")).await;
    assert!(form.text.contains("name=\"decision_number\"") && form.text.contains("演示·派出所所长"));
    for absent in ["name=\"unit\"", "name=\"reference\"", "name=\"seen\""] {
        assert!(!form.text.contains(absent), "{absent} is not asked");
    }
    let bare = member
        .act(
            &form,
            id,
            "resolve",
            &[("outcome", "not-filed"), ("note", "写了一半的结论")],
        )
        .await;
    assert!(bare.status == 422 && bare.text.contains("请填写决定书文号") && bare.text.contains("写了一半的结论"));
    let closing = [
        ("outcome", "not-filed"),
        ("decision_number", "密封文号戊"),
        ("decision_date", "2026-01-05"),
        ("note", "密封结论丁"),
    ];
    let sent = member.act(&form, id, "resolve", &closing).await;
    assert_eq!(
        sent.location.as_deref(),
        Some(format!("/tickets/{id}?done=request").as_str())
    );
    let page = member.get(&format!("/tickets/{id}")).await;
    assert!(page.text.contains("待确认办结") && page.text.contains("由本单位的 演示·派出所所长 确认"));
    assert!(!page.text.contains("/confirm\""), "nobody confirms their own closing");
    let own = member.act(&page, id, "confirm", &[]).await;
    assert!(own.status == 409 && own.text.contains("不能自己确认"));
    let page = leader.get(&format!("/tickets/{id}")).await;
    for word in ["不予立案", "密封文号戊", "2026-01-05", "密封结论丁"] {
        assert!(page.text.contains(word), "who confirms sees {word}");
    }
    assert_eq!(leader.act(&page, id, "confirm", &[]).await.status, 303);
    let page = member.get(&format!("/tickets/{id}")).await;
    assert!(
        page.text.contains("已办结：不予立案")
            && page.text.contains("不予立案的决定已转送检察机关")
            && page.text.contains("密封结论丁")
    );
    assert!(
        !member.get("/desk").await.text.contains(&format!("/tickets/{id}\"")),
        "a closed ticket leaves the queue"
    );
    assert_eq!(
        events(&system, id).await,
        [
            "signed",
            "assigned",
            "contacted",
            "evidence",
            "decision-recorded",
            "close-requested",
            "close-confirmed",
            "oversight-opened"
        ]
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
    for planted in [
        "密封测试地点甲",
        "密封测试说明乙",
        "密封编号丙号",
        "密封结论丁",
        "密封文号戊",
    ] {
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
    let ticket = shown.ticket("police-accept");
    assert_eq!(ticket.unit, "pol-341222101");
    for stage in &ticket.stages {
        assert_eq!(stage.steps, [], "{} escalated after it ended", stage.stage);
    }
}

#[tokio::test]
async fn a_leader_gives_a_ticket_to_somebody_before_it_is_signed() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (id, ..) = filed(&system).await;
    let account: i64 = system
        .count("SELECT id FROM accounts WHERE login = 'demo-member'")
        .await;
    let account = account.to_string();
    let due = "SELECT due_at::text FROM stages WHERE ticket_id = $1 AND stage = 'sign' AND ended_at IS NULL";
    let sign_due = async || {
        sqlx::query_scalar::<_, String>(due)
            .bind(id)
            .fetch_one(&system.db)
            .await
            .unwrap()
    };
    let before = sign_due().await;
    let path = format!("/tickets/{id}");
    let member = accounts.browser(&system, "member").await;
    let page = member.get(&path).await;
    assert!(
        !page.text.contains(&format!("/tickets/{id}/assign")),
        "a member signs first"
    );
    let refused = member.act(&page, id, "assign", &[("account", &account)]).await;
    assert_eq!(refused.status, 409);
    let leader = accounts.browser(&system, "leader").await;
    let page = leader.get(&path).await;
    assert!(page.text.contains("收到并签收") && page.text.contains(&format!("/tickets/{id}/assign")));
    assert_eq!(
        leader.act(&page, id, "assign", &[("account", &account)]).await.status,
        303
    );
    let (state, holder): (String, String) = sqlx::query_as("SELECT state, assignee_name FROM tickets WHERE id = $1")
        .bind(id)
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert_eq!((state.as_str(), holder.as_str()), ("dispatched", "演示·派出所民警"));
    assert_eq!(sign_due().await, before, "the time to sign runs on");
    // Whoever signs does not take it away from the person it was given to.
    let page = leader.get(&path).await;
    assert_eq!(leader.act(&page, id, "sign", &[]).await.status, 303);
    let holder: String = sqlx::query_scalar("SELECT assignee_name FROM tickets WHERE id = $1")
        .bind(id)
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert_eq!(holder, "演示·派出所民警");
}
