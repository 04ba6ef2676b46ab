//! 增派: another unit joins the case with a ticket of its own, asked for by one unit and granted by the office.

use serde_json::{Value, json};
use tests::{
    officers::{Browser, Page},
    scene::STATION,
};

use super::{Case, says};

const WHY: &str = "孩子化名乙晚上无人照看，需要村里每天看望";

impl Case {
    async fn asks_for_another(&self, who: &Browser, unit: &str) -> Page {
        self.asks(who, self.ticket, "reinforce", &[("unit", unit), ("reason", WHY)])
            .await
    }

    /// The ticket that joined last.
    async fn added(&self) -> Value {
        let motion = self.motion().await;
        self.row(motion["added"].as_i64().unwrap()).await
    }
}

#[tokio::test]
async fn another_unit_joins_the_case_with_clocks_of_its_own_and_reads_why() {
    let mut case = Case::new().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    let path = format!("/tickets/{}", case.ticket);
    says(&holder.get(&path).await, 200, &["申请增派", "增派的单位也会看到"]);
    let before = case.row(case.ticket).await;
    let dues = (
        case.stage(case.ticket, "contact").await,
        case.stage(case.ticket, "resolve").await,
    );
    // Nothing, or itself, is no other unit.
    says(
        &case.asks(&holder, case.ticket, "reinforce", &[("reason", " ")]).await,
        422,
        &["请填写具体说明"],
    );
    says(
        &case.asks_for_another(&holder, &case.unit).await,
        422,
        &["没有找到这个单位"],
    );
    let there = case.another(&[]).await;
    let page = holder.get(&path).await;
    let fields = [("unit", there.as_str()), ("reason", WHY)];
    let asked = holder.act(&page, case.ticket, "reinforce", &fields).await;
    assert_eq!(
        asked.location.as_deref(),
        Some(&*format!("{path}?done=reinforce")),
        "{}",
        asked.text
    );
    says(
        &holder.act(&page, case.ticket, "reinforce", &fields).await,
        200,
        &["已经登记过了"],
    );
    assert_eq!(
        case.row(case.ticket).await["state"],
        before["state"],
        "it stays as it is"
    );
    assert_eq!(case.mails("motion-asked", "office").await, 1);
    says(&office.get("/motions").await, 200, &["增派", "建议增派"]);
    let motion = case.last().await;
    says(
        &office.get(&format!("/motions/{motion}")).await,
        200,
        &[WHY, "由它承办什么事项", "心理疏导"],
    );
    // What the police accept is nobody else's, and no obligation is none.
    let wrong = [("unit", there.as_str()), ("obligation", "police-accept")];
    says(
        &case.decides(&office, "grant", &wrong).await,
        422,
        &["接报处置由公安承办"],
    );
    says(
        &case.decides(&office, "grant", &[("unit", &*there)]).await,
        422,
        &["请选择事项和增派的单位"],
    );

    let right = [("unit", there.as_str()), ("obligation", "psychological-support")];
    let granted = case.decides(&office, "grant", &right).await;
    assert_eq!(
        granted.location.as_deref(),
        Some("/motions?done=grant"),
        "{}",
        granted.text
    );
    let new = case.added().await;
    let id = new["id"].as_i64().unwrap();
    for same in ["case_id", "report_id", "urgency"] {
        assert_eq!(new[same], before[same], "{same}");
    }
    assert_eq!(
        (&new["unit"], &new["obligation"]),
        (&json!(there), &json!("psychological-support"))
    );
    assert_eq!(
        (&new["state"], &new["lead"], &new["predecessor"]),
        (&json!("dispatched"), &json!(false), &Value::Null)
    );
    for clock in ["sign", "resolve"] {
        let stage = case.stage(id, clock).await;
        assert!(
            stage["due_at"].is_string() && stage["next_at"].is_string(),
            "{clock}: {stage}"
        );
    }
    assert_eq!(case.mails("dispatch", &there).await, 1);
    assert_eq!(case.mails("motion-granted", &case.unit).await, 1);
    // The ticket of the unit that asked goes on, its clocks as they were.
    let now = case.row(case.ticket).await;
    assert_eq!((&now["state"], &now["lead"]), (&before["state"], &before["lead"]));
    assert_eq!(case.stage(case.ticket, "contact").await["due_at"], dues.0["due_at"]);
    assert_eq!(case.stage(case.ticket, "resolve").await["due_at"], dues.1["due_at"]);
    assert_eq!(case.stage(case.ticket, "motion").await["ended_how"], "act");
    says(&holder.get(&path).await, 200, &["同意增派"]);
    case.balances().await;
    // Whoever joins reads who asked, why, and that no rule did.
    let joined = case.joined("joined", &there, id).await;
    says(
        &joined.get(&format!("/tickets/{id}")).await,
        200,
        &[
            "申请增派，县未保办指定本单位承办",
            WHY,
            "没有规则行派出",
            "同意增派时指定",
        ],
    );
    let shown = case.scene.system.show(&case.scene.filed.receipt).await;
    let made = shown.tickets.into_iter().find(|ticket| ticket.id == id).unwrap();
    for word in ["申请增派，办公室同意后于", "没有规则行派出", "规则第"] {
        assert!(
            made.explanation.text.contains(word),
            "{word} in\n{}",
            made.explanation.text
        );
    }
    assert!(
        !made.explanation.text.contains("规则没能用上"),
        "{}",
        made.explanation.text
    );
}

#[tokio::test]
async fn the_same_is_not_dispatched_twice_in_a_case_and_two_who_decide_at_once_do_it_once() {
    let case = Case::new().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    // The station has its ticket in this case already.
    assert_eq!(case.asks_for_another(&holder, "").await.status, 303);
    let twice = [("unit", STATION), ("obligation", "police-accept")];
    says(
        &case.decides(&office, "grant", &twice).await,
        409,
        &["已有同一事项的工单正在办理"],
    );
    assert_eq!(case.motion().await["state"], "asked", "it waits still");
    let tickets = case.scene.system.count("SELECT count(*) FROM tickets").await;
    let there = case.another(&[]).await;
    let motion = case.last().await;
    let page = office.get(&format!("/motions/{motion}")).await;
    let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
    let fields = [
        ("csrf", &*csrf),
        ("version", &*version),
        ("unit", &*there),
        ("obligation", "companionship"),
    ];
    let path = format!("/motions/{motion}/grant");
    let (one, two) = tokio::join!(office.post(&path, &fields), office.post(&path, &fields));
    let mut both = [one.status, two.status];
    both.sort_unstable();
    assert_eq!(both, [303, 409], "{}\n{}", one.text, two.text);
    assert_eq!(
        case.scene.system.count("SELECT count(*) FROM tickets").await,
        tickets + 1
    );
    case.balances().await;
}

#[tokio::test]
async fn what_is_refused_taken_back_or_closed_first_dispatches_nobody() {
    let case = Case::new().await;
    let (holder, office) = (case.browser("holder").await, case.browser("office").await);
    let tickets = case.scene.system.count("SELECT count(*) FROM tickets").await;
    assert_eq!(case.asks_for_another(&holder, "").await.status, 303);
    assert_eq!(
        case.decides(&office, "refuse", &[("reason", "本单位可以承担")])
            .await
            .status,
        303
    );
    says(
        &holder.get(&format!("/tickets/{}", case.ticket)).await,
        200,
        &["不同意申请：增派", "本单位可以承担"],
    );
    assert_eq!(case.asks_for_another(&holder, "").await.status, 303);
    assert_eq!(case.asks(&holder, case.ticket, "unask", &[]).await.status, 303);
    assert_eq!(case.motion().await["state"], "withdrawn");
    assert_eq!(case.asks_for_another(&holder, "").await.status, 303);
    let motion = case.last().await;
    let page = office.get(&format!("/motions/{motion}")).await;
    // Closed while it waits, as a closing ends every clock.
    for ends in [
        "UPDATE stages SET ended_at = now(), next_at = NULL, ended_how = 'act' WHERE ticket_id = $1 AND ended_at IS NULL",
        "UPDATE tickets SET state = 'resolved', version = version + 1, outcome = 'no-harm-found', resolved_at = now(), resolved_by = '王伟',
                next_stage = NULL, next_due_at = NULL WHERE id = $1",
    ] {
        sqlx::query(ends).bind(case.ticket).execute(&case.scene.system.db).await.unwrap();
    }
    assert_eq!(case.motion().await["state"], "lapsed");
    let there = case.another(&[]).await;
    let fields = [
        ("csrf", &*page.hidden("csrf")),
        ("version", &*page.hidden("version")),
        ("unit", &*there),
        ("obligation", "companionship"),
    ];
    says(
        &office.post(&format!("/motions/{motion}/grant"), &fields).await,
        409,
        &["没有执行"],
    );
    says(&office.get(&format!("/motions/{motion}")).await, 200, &["无需再决定"]);
    assert_eq!(case.scene.system.count("SELECT count(*) FROM tickets").await, tickets);
    case.balances().await;
}

#[tokio::test]
async fn a_program_asks_and_grants_the_same() {
    let case = Case::new().await;
    let (api, office) = (case.scene.api("holder").await, case.scene.api("office").await);
    let version = case.row(case.ticket).await["version"].clone();
    let body = json!({"version": version, "reason": WHY});
    let (status, answer): (u16, Value) = api.post(&format!("/tickets/{}/reinforce", case.ticket), &body).await;
    assert_eq!(status, 200, "{answer}");
    let waiting: Vec<Value> = office.get("/motions").await;
    assert_eq!((waiting.len(), &waiting[0]["kind"]), (1, &json!("reinforcement")));
    let there = case.another(&[]).await;
    let path = format!("/motions/{}/grant", waiting[0]["id"]);
    let body = json!({"version": waiting[0]["version"], "unit": STATION, "obligation": "police-accept"});
    let (status, answer): (u16, Value) = office.post(&path, &body).await;
    assert_eq!((status, &answer["denied"]), (409, &json!("in-case")), "{answer}");
    let body = json!({"version": waiting[0]["version"], "unit": there, "obligation": "companionship"});
    let (status, answer): (u16, Value) = office.post(&path, &body).await;
    assert_eq!((status, &answer["done"]), (200, &json!("grant")), "{answer}");
    assert_eq!(case.added().await["unit"], json!(there));
    case.balances().await;
}
