//! 退单 before signing: the ticket waits as it is, and its clocks with it.

use serde_json::{Value, json};
use tests::{Sample, Scene, officers::Page};

use super::{Case, says};

impl Case {
    async fn state(&self, ticket: i64) -> String {
        self.row(ticket).await["state"].as_str().unwrap().to_owned()
    }

    /// What was asked is over, and nobody of the office is rung for it any more.
    async fn is_over(&self, motion: &str, clock: &str) {
        assert_eq!(self.motion().await["state"], motion);
        let stage = self.stage(self.ticket, "motion").await;
        assert_eq!((&stage["ended_how"], &stage["next_at"]), (&json!(clock), &Value::Null));
    }
}

#[tokio::test]
async fn what_is_not_its_own_a_unit_returns_without_signing() {
    let case = Case::unsigned().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    let path = format!("/tickets/{}", case.ticket);
    let page = holder.get(&path).await;
    says(&page, 200, &["收到并签收", "申请退单", "不必先签收"]);
    assert!(!page.text.contains("提交延期申请"), "more time is for who has signed");
    let clocks = |of: &Value| (of["due_at"].clone(), of["next_at"].clone(), of["ended_at"].clone());
    let sign = clocks(&case.stage(case.ticket, "sign").await);
    let asked = case.asks_return(&holder, case.ticket).await;
    assert_eq!(asked.status, 303, "{}", asked.text);
    assert_eq!(case.state(case.ticket).await, "dispatched");
    assert_eq!(
        clocks(&case.stage(case.ticket, "sign").await),
        sign,
        "it runs on, and rings"
    );
    assert_eq!(
        case.row(case.ticket).await["next_stage"],
        "sign",
        "the unit's next due is still its own"
    );
    // The same page once more is a double click; a second asking waits for the first.
    let fields = [("ground", "not-our-duty"), ("reason", "孩子化名甲不归本单位管")];
    says(
        &holder.act(&page, case.ticket, "return", &fields).await,
        200,
        &["已经登记过了"],
    );
    says(
        &case.asks_return(&holder, case.ticket).await,
        409,
        &["已有一件申请在等待决定"],
    );
    let page = holder.get(&path).await;
    says(&page, 200, &["已申请退单，等待县未保办决定", "收到并签收", "撤回申请"]);
    says(&office.get("/motions").await, 200, &["退单", "不属本单位职责"]);
    assert_eq!(case.mails("motion-asked", "office").await, 1);

    let there = case.another(&[]).await;
    let granted = case.decides(&office, "grant", &[("unit", &there)]).await;
    assert_eq!(granted.status, 303, "{}", granted.text);
    assert_eq!(case.state(case.ticket).await, "returned");
    for clock in ["sign", "resolve"] {
        assert_eq!(
            case.stage(case.ticket, clock).await["ended_how"],
            "void",
            "{clock}: nobody is late for what was not theirs"
        );
    }
    case.is_over("granted", "act").await;
    let new = case
        .json("SELECT to_jsonb(t) FROM tickets t WHERE predecessor = $1", case.ticket)
        .await;
    assert_eq!((&new["state"], &new["unit"]), (&json!("dispatched"), &json!(there)));
    assert_eq!(case.mails("dispatch", &there).await, 1);
    // Whoever signs the old page now does nothing.
    says(
        &holder.act(&page, case.ticket, "sign", &[]).await,
        409,
        &["您的这次操作没有执行"],
    );
    case.balances().await;
    // It counts as a return of this obligation.
    let returns: i64 = case
        .json("SELECT to_jsonb(case_returns($1))", case.ticket)
        .await
        .as_i64()
        .unwrap();
    assert_eq!(returns, 1);
}

#[tokio::test]
async fn an_unsigned_return_that_is_refused_or_taken_back_leaves_the_ticket_as_it_was() {
    let case = Case::unsigned().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    let due = case.stage(case.ticket, "sign").await["due_at"].clone();
    assert_eq!(case.asks_return(&holder, case.ticket).await.status, 303);
    let refused = case.decides(&office, "refuse", &[("reason", "属于贵单位职责")]).await;
    assert_eq!(refused.status, 303, "{}", refused.text);
    assert_eq!(case.state(case.ticket).await, "dispatched");
    case.is_over("refused", "act").await;
    assert_eq!(case.asks_return(&holder, case.ticket).await.status, 303);
    assert_eq!(case.asks(&holder, case.ticket, "unask", &[]).await.status, 303);
    assert_eq!(case.state(case.ticket).await, "dispatched");
    case.is_over("withdrawn", "void").await;
    let sign = case.stage(case.ticket, "sign").await;
    assert_eq!(
        (&sign["due_at"], &sign["ended_at"]),
        (&due, &Value::Null),
        "nothing was reset"
    );
    case.scene.signed(&holder, case.ticket).await;
    assert_eq!(case.state(case.ticket).await, "signed");
    case.balances().await;
}

#[tokio::test]
async fn who_signs_while_a_return_is_asked_goes_on_asking() {
    let case = Case::unsigned().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    assert_eq!(case.asks_return(&holder, case.ticket).await.status, 303);
    let motion = case.last().await;
    let before = office.get(&format!("/motions/{motion}")).await;
    let page = case.scene.signed(&holder, case.ticket).await;
    says(&page, 200, &["已申请退单，等待县未保办决定"]);
    assert_eq!(case.state(case.ticket).await, "return-requested");
    assert_eq!(case.stage(case.ticket, "sign").await["ended_how"], "act");
    assert_eq!(case.motion().await["state"], "asked");
    let there = case.another(&[]).await;
    let (csrf, version) = (before.hidden("csrf"), before.hidden("version"));
    let stale = [("csrf", &*csrf), ("version", &*version), ("unit", &*there)];
    let stale = office.post(&format!("/motions/{motion}/grant"), &stale).await;
    says(&stale, 409, &["签收", "您的这次操作没有执行"]);
    let granted = case.decides(&office, "grant", &[("unit", &there)]).await;
    assert_eq!(granted.status, 303, "{}", granted.text);
    assert_eq!(case.state(case.ticket).await, "returned");
    case.balances().await;
}

#[tokio::test]
async fn a_ticket_that_ends_otherwise_is_not_asked_about_any_more() {
    let case = Case::unsigned().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    assert_eq!(case.asks_return(&holder, case.ticket).await.status, 303);
    let motion = case.last().await;
    let page = office.get(&format!("/motions/{motion}")).await;
    // As a flood that another person confirmed ends it.
    let mut tx = case.scene.system.db.begin().await.unwrap();
    for ends in [
        "UPDATE tickets SET state = 'waived', version = version + 1, next_stage = NULL, next_due_at = NULL WHERE id = $1",
        "UPDATE stages SET ended_at = now(), next_at = NULL, ended_how = 'void' WHERE ticket_id = $1 AND ended_at IS NULL",
    ] {
        sqlx::query(ends).bind(case.ticket).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    case.is_over("lapsed", "void").await;
    says(&office.get("/motions").await, 200, &["现在没有等待决定的申请事项"]);
    let fields = [
        ("csrf", &*page.hidden("csrf")),
        ("version", &*page.hidden("version")),
        ("reason", "不同意"),
    ];
    says(
        &office.post(&format!("/motions/{motion}/refuse"), &fields).await,
        409,
        &["没有执行"],
    );
    case.balances().await;
}

#[tokio::test]
async fn who_gives_a_ticket_away_waits_for_a_signature_and_not_for_a_return() {
    let mut case = Case::new().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    let there = case.another(&[]).await;
    let transfer = [
        ("outcome", "transferred"),
        ("unit", &*there),
        ("reason", "孩子住在那边"),
        ("seen", "no"),
        ("unseen", "已转走"),
    ];
    let closed = case.asks(&holder, case.ticket, "resolve", &transfer).await;
    assert_eq!(closed.status, 303, "{}", closed.text);
    let page: Page = office.get(&format!("/closings/{}", case.ticket)).await;
    let fields = [("csrf", &*page.hidden("csrf")), ("version", &*page.hidden("version"))];
    let approved = office
        .post(&format!("/closings/{}/confirm", case.ticket), &fields)
        .await;
    assert_eq!(approved.status, 303, "{}", approved.text);
    let new = case
        .json(
            "SELECT to_jsonb(t.id) FROM tickets t WHERE predecessor = $1",
            case.ticket,
        )
        .await
        .as_i64()
        .unwrap();
    case.scene
        .accounts
        .join(&case.scene.system, "other", "周敏", (&there, "member"))
        .await;
    let other = case.browser("other").await;
    let page = other.get(&format!("/tickets/{new}")).await;
    says(&page, 200, &["签收之前不能退单"]);
    assert!(!page.text.contains("提交退单申请"));
    let fields = [("ground", "not-our-area"), ("reason", "也不在本辖区")];
    says(
        &other.act(&page, new, "return", &fields).await,
        409,
        &["签收之前不能退单"],
    );
    let api = case.scene.api("other").await;
    let body = json!({"version": 1, "ground": "not-our-area", "reason": "也不在本辖区"});
    let (status, answer): (u16, Value) = api.post(&format!("/tickets/{new}/return"), &body).await;
    assert_eq!((status, &answer["denied"]), (409, &json!("awaited")), "{answer}");
    case.scene.signed(&other, new).await;
    assert_eq!(case.state(case.ticket).await, "resolved");
    assert_eq!(
        case.asks_return(&other, new).await.status,
        303,
        "signed, it is returned like any other"
    );
    case.balances().await;
}

#[tokio::test]
async fn the_police_keep_a_p1_also_unsigned() {
    let scene = Scene::of(Sample::BruisesAtSchool).await;
    let (member, ticket) = (
        scene.browser("member").await,
        scene.ticket_of(tests::scene::STATION).await,
    );
    let page = member.get(&format!("/tickets/{ticket}")).await;
    says(&page, 200, &["特急工单公安机关不能退单"]);
    let asked = member
        .act(
            &page,
            ticket,
            "return",
            &[("ground", "not-our-area"), ("reason", "案发地不在本所")],
        )
        .await;
    says(&asked, 409, &["特急工单公安机关不能退单"]);
    assert_eq!(scene.system.count("SELECT count(*) FROM motions").await, 0);
}
