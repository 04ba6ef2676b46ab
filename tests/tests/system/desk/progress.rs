//! 记一笔进展: it is kept sealed and shown, and it ends nothing.

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};
use tests::{
    Api, System,
    officers::{Accounts, Browser, Page},
};

use super::filed;

async fn stages(system: &System, ticket: i64) -> Value {
    sqlx::query_scalar(
        "SELECT jsonb_agg(jsonb_build_object('stage', stage, 'due', due_at, 'ended', ended_at, 'generation', due_generation) ORDER BY stage)
         FROM stages WHERE ticket_id = $1",
    )
    .bind(ticket)
    .fetch_one(&system.db)
    .await
    .unwrap()
}

async fn write(who: &Browser, page: &Page, ticket: i64, (visit, place, note): (&str, &str, &str)) -> Page {
    let at = (platform::clock::now() - TimeDelta::minutes(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let fields = [("visit", visit), ("at", at.as_str()), ("place", place), ("note", note)];
    who.act(page, ticket, "progress", &fields).await
}

#[tokio::test]
async fn progress_ends_nothing_and_a_visit_in_vain_is_no_contact() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (ticket, _, filed) = filed(&system).await;
    let member = accounts.browser(&system, "member").await;
    let fresh = async || member.get(&format!("/tickets/{ticket}")).await;

    // Before somebody has signed nothing is recorded.
    let page = fresh().await;
    assert!(!page.text.contains("记一笔进展"));
    assert_eq!(
        write(&member, &page, ticket, ("", "", "电话联系了班主任")).await.status,
        409
    );
    assert_eq!(member.act(&page, ticket, "sign", &[]).await.status, 303);
    let before = stages(&system, ticket).await;

    // What is missing is said, and what was typed comes back.
    let page = fresh().await;
    for (typed, said) in [
        (("", "", ""), "请填写做了什么或了解到什么。"),
        (("failed", "", "家里没有人"), "请填写去了哪里。"),
        (("failed", "村东头第三家", ""), "请填写没有见到孩子的原因。"),
        (
            ("perhaps", "村东头第三家", "家里没有人"),
            "请选择是进展，还是上门未见到孩子。",
        ),
    ] {
        let refused = write(&member, &page, ticket, typed).await;
        assert!(refused.status == 422 && refused.text.contains(said), "{said}");
        assert!(
            refused.text.contains(typed.1) && refused.text.contains(typed.2),
            "{said}"
        );
    }

    assert_eq!(
        write(&member, &page, ticket, ("", "", "电话联系了班主任")).await.status,
        303
    );
    // The same page again is a double click: one line.
    assert_eq!(
        write(&member, &page, ticket, ("", "", "电话联系了班主任")).await.status,
        200
    );
    let page = fresh().await;
    let visit = ("failed", "村东头第三家", "家里没有人，邻居说去了外婆家");
    assert_eq!(write(&member, &page, ticket, visit).await.status, 303);
    // A page of before changes nothing, and says who did what.
    let stale = write(&member, &page, ticket, ("", "", "另一句")).await;
    assert!(stale.status == 409 && stale.text.contains("记录了上门未见到孩子") && stale.text.contains("另一句"));

    assert_eq!(stages(&system, ticket).await, before, "no clock moved");
    let page = fresh().await;
    for said in [
        "电话联系了班主任",
        "上门，未见到孩子",
        "邻居说去了外婆家",
        "上门 1 次，未见到孩子",
    ] {
        assert!(page.text.contains(said), "{said}");
    }
    let kinds: Vec<(String, bool)> = sqlx::query_as(
        "SELECT kind, sealed IS NOT NULL AND position('班主任' in encode(sealed, 'escape')) = 0 FROM events
         WHERE ticket_id = $1 AND kind IN ('progress', 'visit-failed', 'contacted') ORDER BY at",
    )
    .bind(ticket)
    .fetch_all(&system.db)
    .await
    .unwrap();
    assert_eq!(
        kinds,
        [("progress".to_owned(), true), ("visit-failed".to_owned(), true)]
    );

    // Who reported reads no word of it.
    let known: Value = system.known(&filed).await;
    let known = known.to_string();
    assert!(!known.contains("外婆家") && !known.contains("班主任"), "{known}");

    // The child is seen after all: what was in vain before is not counted any more.
    let at = platform::clock::now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let seen = [("who", "民警甲"), ("at", at.as_str()), ("place", "外婆家")];
    let page = fresh().await;
    assert_eq!(member.act(&page, ticket, "contact", &seen).await.status, 303);
    assert!(!fresh().await.text.contains("上门 1 次"));

    // By API, with the same words for what is wrong.
    let api = Api::of(&system, &accounts, "member").await;
    let path = format!("/tickets/{ticket}");
    let shown: Value = api.get(&path).await;
    let at = platform::clock::now().to_rfc3339();
    let send = async |note: &str| -> (u16, Value) {
        let body = json!({"version": shown["version"], "at": at, "note": note});
        api.post(&format!("{path}/progress"), &body).await
    };
    let (status, refused) = send("").await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/note")));
    assert_eq!(send("已与外婆谈话").await.0, 200);
}
