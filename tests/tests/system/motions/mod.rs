//! 申请事项: a unit asks to return its ticket, for more time, for another unit, or that nothing be owed any more; the office decides,
//! and whatever it does not waive stands.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod extensions;
mod reinforcements;
mod returns;
mod unsigned;
mod waivers;

use serde_json::Value;
use tests::{
    Sample, Scene,
    officers::{Browser, Page},
};

/// 收办核对
const LEDGER: &str = include_str!("../../../../platform/src/store/board/ledger.sql");

/// A report with a ticket of some unit (no police), and its people.
struct Case {
    scene: Scene,
    ticket: i64,
    unit: String,
}

impl Case {
    /// Somebody of the unit has signed it.
    async fn new() -> Self {
        let case = Self::unsigned().await;
        let holder = case.browser("holder").await;
        case.scene.signed(&holder, case.ticket).await;
        case
    }

    async fn unsigned() -> Self {
        let mut scene = Scene::of(Sample::BruisesAtSchool).await;
        let (ticket, unit): (i64, String) = sqlx::query_as(
            "SELECT t.id, t.unit FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.unit
             WHERE t.report_id = $1 AND u.kind NOT IN ('police', 'office', 'procuratorate', 'court') ORDER BY t.id LIMIT 1",
        )
        .bind(scene.filed.id())
        .fetch_one(&scene.system.db)
        .await
        .unwrap();
        scene
            .accounts
            .join(&scene.system, "holder", "王伟", (&unit, "member"))
            .await;
        Self { scene, ticket, unit }
    }

    async fn browser(&self, who: &str) -> Browser {
        self.scene.browser(who).await
    }

    /// Another unit that may have it, none of these.
    async fn another(&self, not: &[&str]) -> String {
        sqlx::query_scalar(
            "SELECT code FROM units WHERE kind = 'education' AND code <> $1 AND retired_at IS NULL AND NOT code = ANY ($2)
             ORDER BY code LIMIT 1",
        )
        .bind(&self.unit)
        .bind(not)
        .fetch_one(&self.scene.system.db)
        .await
        .unwrap()
    }

    /// Somebody of a unit, and their browser, in which they have signed that ticket.
    async fn joined(&mut self, login: &str, unit: &str, ticket: i64) -> Browser {
        self.scene
            .accounts
            .join(&self.scene.system, login, login, (unit, "member"))
            .await;
        let browser = self.browser(login).await;
        self.scene.signed(&browser, ticket).await;
        browser
    }

    /// Asks at the desk, from the page as it is now.
    async fn asks(&self, who: &Browser, ticket: i64, act: &str, fields: &[(&str, &str)]) -> Page {
        let page = who.get(&format!("/tickets/{ticket}")).await;
        who.act(&page, ticket, act, fields).await
    }

    async fn asks_return(&self, who: &Browser, ticket: i64) -> Page {
        let fields = [("ground", "not-our-duty"), ("reason", "孩子化名甲不归本单位管")];
        self.asks(who, ticket, "return", &fields).await
    }

    /// The motion that was asked last.
    async fn last(&self) -> i64 {
        self.scene.system.count("SELECT max(id) FROM motions").await
    }

    /// The office decides the last one.
    async fn decides(&self, who: &Browser, act: &str, fields: &[(&str, &str)]) -> Page {
        let motion = self.last().await;
        let page = who.get(&format!("/motions/{motion}")).await;
        let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
        let mut all = vec![("csrf", csrf.as_str()), ("version", version.as_str())];
        all.extend_from_slice(fields);
        who.post(&format!("/motions/{motion}/{act}"), &all).await
    }

    async fn row(&self, ticket: i64) -> Value {
        self.json("SELECT to_jsonb(t) FROM tickets t WHERE id = $1", ticket)
            .await
    }

    async fn motion(&self) -> Value {
        let last = self.last().await;
        self.json("SELECT to_jsonb(m) FROM motions m WHERE id = $1", last).await
    }

    /// `stage` with its ticket's number, as a row.
    async fn stage(&self, ticket: i64, stage: &str) -> Value {
        sqlx::query_scalar("SELECT to_jsonb(s) FROM stages s WHERE ticket_id = $1 AND stage = $2")
            .bind(ticket)
            .bind(stage)
            .fetch_one(&self.scene.system.db)
            .await
            .unwrap()
    }

    async fn json(&self, sql: &'static str, id: i64) -> Value {
        sqlx::query_scalar(sql)
            .bind(id)
            .fetch_one(&self.scene.system.db)
            .await
            .unwrap()
    }

    async fn mails(&self, kind: &str, unit: &str) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM notices WHERE kind = $1 AND unit = $2")
            .bind(kind)
            .bind(unit)
            .fetch_one(&self.scene.system.db)
            .await
            .unwrap()
    }

    /// dispatched = open + discharged + waived
    async fn balances(&self) {
        let ledger: Value = sqlx::query_scalar(LEDGER)
            .bind("taihe")
            .fetch_one(&self.scene.system.db)
            .await
            .unwrap();
        let count = |name: &str| ledger[name].as_i64().unwrap();
        assert_eq!(
            count("dispatched"),
            count("open") + count("discharged") + count("waived"),
            "{ledger}"
        );
    }
}

fn says(page: &Page, status: u16, words: &[&str]) {
    assert_eq!(page.status, status, "{}", page.text);
    for word in words {
        assert!(page.text.contains(word), "{word} in\n{}", page.text);
    }
}
