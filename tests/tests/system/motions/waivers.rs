//! 终止办理: asked by a unit, agreed to by one person of the office, confirmed by another; never of what the law asks.

use serde_json::{Value, json};
use tests::{
    Sample, Scene,
    officers::{Browser, Page},
};

use super::{Case, says};

const WHY: &str = "孩子化名丙已随父母迁往外省";

impl Case {
    /// Psychological support of the case: the county's own policy, signed by somebody of its unit.
    async fn of_policy() -> Self {
        let mut scene = Scene::of(Sample::BruisesAtSchool).await;
        let (ticket, unit): (i64, String) = sqlx::query_as(
            "SELECT id, unit FROM tickets WHERE report_id = $1 AND obligation = 'psychological-support'",
        )
        .bind(scene.filed.id())
        .fetch_one(&scene.system.db)
        .await
        .unwrap();
        scene
            .accounts
            .join(&scene.system, "holder", "王伟", (&unit, "member"))
            .await;
        let case = Self { scene, ticket, unit };
        let holder = case.browser("holder").await;
        case.scene.signed(&holder, ticket).await;
        case
    }

    async fn asks_waiver(&self, who: &Browser) -> Page {
        self.asks(who, self.ticket, "waive", &[("reason", WHY)]).await
    }

    /// Who holds the ticket, and two people of the office.
    async fn people(&mut self) -> (Browser, Browser, Browser) {
        let office = ("office", "office");
        self.scene
            .accounts
            .join(&self.scene.system, "second", "吴静", office)
            .await;
        (
            self.browser("holder").await,
            self.browser("office").await,
            self.browser("second").await,
        )
    }
}

#[tokio::test]
async fn two_people_of_the_office_waive_what_is_needed_no_more() {
    let mut case = Case::of_policy().await;
    let (holder, office, second) = case.people().await;
    let path = format!("/tickets/{}", case.ticket);
    let page = holder.get(&path).await;
    says(&page, 200, &["申请终止办理", "一人同意、另一人确认"]);
    says(
        &case.asks(&holder, case.ticket, "waive", &[("reason", " ")]).await,
        422,
        &["请填写具体说明"],
    );
    let due = case.stage(case.ticket, "resolve").await["due_at"].clone();
    let asked = case.asks_waiver(&holder).await;
    assert_eq!(
        asked.location.as_deref(),
        Some(&*format!("{path}?done=waive")),
        "{}",
        asked.text
    );
    assert_eq!(case.row(case.ticket).await["state"], "signed");
    let motion = case.last().await;
    says(
        &office.get(&format!("/motions/{motion}")).await,
        200,
        &[WHY, "终止办理须办公室两人同意"],
    );
    // The first yes ends nothing.
    let agreed = case.decides(&office, "grant", &[]).await;
    assert_eq!(
        agreed.location.as_deref(),
        Some("/motions?done=agree"),
        "{}",
        agreed.text
    );
    assert_eq!(case.row(case.ticket).await["state"], "signed");
    let stage = case.stage(case.ticket, "resolve").await;
    assert_eq!((&stage["due_at"], &stage["ended_at"]), (&due, &Value::Null));
    assert_eq!(
        case.stage(case.ticket, "motion").await["ended_at"],
        Value::Null,
        "its clock runs on"
    );
    assert_eq!(case.mails("motion-asked", "office").await, 2);
    says(&office.get("/motions").await, 200, &["须由另一人确认"]);
    says(&holder.get(&path).await, 200, &["须由另一人确认"]);
    // Whoever agreed does not confirm, on the page or past it.
    let page = office.get(&format!("/motions/{motion}")).await;
    says(&page, 200, &["您已经同意，须由办公室另一人确认"]);
    assert!(!page.text.contains("确认后，这件工单随即终止"));
    says(
        &case.decides(&office, "grant", &[]).await,
        409,
        &["同意的人自己不能确认"],
    );
    assert_eq!(case.motion().await["state"], "asked");
    says(
        &second.get(&format!("/motions/{motion}")).await,
        200,
        &["确认后，这件工单随即终止"],
    );
    let confirmed = case.decides(&second, "grant", &[]).await;
    assert_eq!(
        confirmed.location.as_deref(),
        Some("/motions?done=grant"),
        "{}",
        confirmed.text
    );
    let ticket = case.row(case.ticket).await;
    assert_eq!(
        (&ticket["state"], &ticket["next_stage"]),
        (&json!("waived"), &Value::Null)
    );
    let running = "SELECT count(*) FROM stages s JOIN tickets t ON t.id = s.ticket_id WHERE t.state = 'waived' AND s.ended_at IS NULL";
    assert_eq!(case.scene.system.count(running).await, 0);
    assert_eq!(case.stage(case.ticket, "resolve").await["ended_how"], "void");
    assert_eq!(case.stage(case.ticket, "motion").await["ended_how"], "act");
    assert_eq!(case.mails("motion-granted", &case.unit).await, 1);
    says(
        &holder.get(&path).await,
        200,
        &["经批准终止办理", "吴静", "确认终止办理"],
    );
    says(
        &second
            .post(
                &format!("/motions/{motion}/grant"),
                &[("csrf", &*page_csrf(&second).await), ("version", "1")],
            )
            .await,
        409,
        &["没有执行"],
    );
    case.balances().await;
}

#[tokio::test]
async fn what_the_law_asks_is_never_waived() {
    let case = Case::new().await;
    let obligation = case.row(case.ticket).await["obligation"].clone();
    // What this ticket rests on is made law, as a county that has read the text would write it.
    sqlx::query(
        "UPDATE tickets SET basis = '[{\"text\": \"《未成年人保护法》第九十二条\", \"grade\": \"V\"}]' WHERE id = $1",
    )
    .bind(case.ticket)
    .execute(&case.scene.system.db)
    .await
    .unwrap();
    let holder = case.browser("holder").await;
    let page = holder.get(&format!("/tickets/{}", case.ticket)).await;
    says(&page, 200, &["法律规定的事项不能申请终止办理"]);
    assert!(!page.text.contains("提交终止办理申请"), "no form leads there");
    says(
        &case.asks_waiver(&holder).await,
        409,
        &["法律规定的事项", "不能终止办理"],
    );
    let api = case.scene.api("holder").await;
    let body = json!({"version": case.row(case.ticket).await["version"], "reason": WHY});
    let (status, answer): (u16, Value) = api.post(&format!("/tickets/{}/waive", case.ticket), &body).await;
    assert_eq!(
        (status, &answer["denied"]),
        (409, &json!("by-law")),
        "{answer} {obligation}"
    );
    // The police's is refused too, and the schema takes it from nobody.
    let station = case.scene.ticket_of(tests::scene::STATION).await;
    let member = case.browser("member").await;
    let page = case.scene.signed(&member, station).await;
    says(
        &member.act(&page, station, "waive", &[("reason", WHY)]).await,
        409,
        &["不能终止办理"],
    );
    let written = sqlx::query(
        "INSERT INTO motions (county, report_id, ticket_id, unit, kind, urgency, drill, state, asked_at, asked_by, asked_account, reason, due_at)
         SELECT t.county, t.report_id, t.id, t.unit, 'waiver', t.urgency, false, 'asked', now(), '甲', a.id, '\\x01', now()
         FROM tickets t, accounts a WHERE t.id = $1 AND a.login = 'holder'",
    )
    .bind(station)
    .execute(&case.scene.system.db)
    .await;
    assert!(written.unwrap_err().to_string().contains("never waived"));
    assert_eq!(case.scene.system.count("SELECT count(*) FROM motions").await, 0);
}

#[tokio::test]
async fn a_waiver_that_was_agreed_to_can_still_be_refused_or_taken_back() {
    let mut case = Case::of_policy().await;
    let (holder, office, second) = case.people().await;
    assert_eq!(case.asks_waiver(&holder).await.status, 303);
    assert_eq!(case.decides(&office, "grant", &[]).await.status, 303);
    let refused = case.decides(&second, "refuse", &[("reason", "仍需心理支持")]).await;
    assert_eq!(refused.status, 303, "{}", refused.text);
    assert_eq!(case.row(case.ticket).await["state"], "signed");
    says(
        &holder.get(&format!("/tickets/{}", case.ticket)).await,
        200,
        &["不同意申请：终止办理", "仍需心理支持"],
    );
    assert_eq!(case.asks_waiver(&holder).await.status, 303);
    assert_eq!(case.decides(&office, "grant", &[]).await.status, 303);
    let motion = case.last().await;
    let page = second.get(&format!("/motions/{motion}")).await;
    let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
    assert_eq!(case.asks(&holder, case.ticket, "unask", &[]).await.status, 303);
    let stale = second
        .post(
            &format!("/motions/{motion}/grant"),
            &[("csrf", &*csrf), ("version", &*version)],
        )
        .await;
    says(&stale, 409, &["撤回了申请事项", "没有执行"]);
    assert_eq!(case.motion().await["state"], "withdrawn");
    case.balances().await;
}

#[tokio::test]
async fn two_who_agree_at_once_are_one_yes() {
    let mut case = Case::of_policy().await;
    let (holder, office, second) = case.people().await;
    assert_eq!(case.asks_waiver(&holder).await.status, 303);
    let path = format!("/motions/{}/grant", case.last().await);
    let version = case.row(case.ticket).await["version"].to_string();
    let (one, two) = (page_csrf(&office).await, page_csrf(&second).await);
    let (one, two) = (
        [("csrf", &*one), ("version", &*version)],
        [("csrf", &*two), ("version", &*version)],
    );
    let (one, two) = tokio::join!(office.post(&path, &one), second.post(&path, &two));
    let mut both = [one.status, two.status];
    both.sort_unstable();
    assert_eq!(both, [303, 409], "{}\n{}", one.text, two.text);
    assert_eq!(case.row(case.ticket).await["state"], "signed", "one yes is not two");
    // By API the second yes is the confirmation.
    let by_second = "SELECT count(*) FROM motions m JOIN accounts a ON a.id = m.agreed_account WHERE a.name = '吴静'";
    let by_second = case.scene.system.count(by_second).await == 1;
    let other = case.scene.api(if by_second { "office" } else { "second" }).await;
    let waiting: Vec<Value> = other.get("/motions").await;
    assert!(waiting[0]["agreed_by"].is_string(), "{waiting:?}");
    let body = json!({"version": waiting[0]["version"]});
    let (status, answer): (u16, Value) = other.post(&format!("/motions/{}/grant", waiting[0]["id"]), &body).await;
    assert_eq!((status, &answer["done"]), (200, &json!("grant")), "{answer}");
    assert_eq!(case.row(case.ticket).await["state"], "waived");
    case.balances().await;
}

#[tokio::test]
async fn the_reporter_is_told_that_part_of_it_was_ended() {
    let case = Case::of_policy().await;
    let known: Value = case.scene.system.known(&case.scene.filed).await;
    assert_eq!(known["waived"], Value::Null, "{known}");
    let waive = "UPDATE tickets SET state = 'waived', version = version + 1, next_stage = NULL, next_due_at = NULL WHERE id = $1";
    sqlx::query(waive)
        .bind(case.ticket)
        .execute(&case.scene.system.db)
        .await
        .unwrap();
    let known: Value = case.scene.system.known(&case.scene.filed).await;
    assert_eq!(
        (&known["waived"], &known["state"]),
        (&json!(true), &json!("dispatched")),
        "{known}"
    );
    let asked = [
        ("receipt", case.scene.filed.receipt.as_str()),
        ("code", case.scene.filed.follow_up_code.as_str()),
    ];
    let system = &case.scene.system;
    let page = system.http.post(format!("{}/status", system.public_url)).form(&asked);
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("有一部分事项经县未保办批准终止办理"), "{page}");
}

async fn page_csrf(browser: &Browser) -> String {
    browser.get("/triage").await.hidden("csrf")
}
