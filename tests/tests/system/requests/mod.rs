//! 提请协办: asked by who is entitled, routed by the rules, once; clocks that start with an event; the papers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod asked;
mod clocks;
mod papers;

use tests::{
    Filed, Sample, System,
    officers::{Accounts, Browser, Page},
};

const POLICE: &str = "pol-341222101";

/// A system with the police's ticket of sample 01 signed by the demo's member, and people of court and justice bureau.
struct Scene {
    system: System,
    accounts: Accounts,
    member: Browser,
    police: i64,
    filed: Filed,
}

impl Scene {
    async fn new() -> Self {
        let system = System::start().await;
        let mut accounts = Accounts::make(&system).await;
        accounts
            .more(&system, &[("court", "court", "member"), ("just", "just", "member")])
            .await;
        let filed = system.file(Sample::BruisesAtSchool.body()).await;
        system.routed(&filed).await;
        let police: i64 = sqlx::query_scalar(
            "SELECT id FROM tickets WHERE report_id = $1 AND unit = $2 AND obligation = 'police-accept'",
        )
        .bind(filed.id())
        .bind(POLICE)
        .fetch_one(&system.db)
        .await
        .unwrap();
        let member = accounts.browser(&system, "member").await;
        Self {
            system,
            accounts,
            member,
            police,
            filed,
        }
    }

    async fn sign(&self, who: &Browser, ticket: i64) {
        let page = who.get(&format!("/tickets/{ticket}")).await;
        assert_eq!(who.act(&page, ticket, "sign", &[]).await.status, 303);
    }

    /// The police ask for an obligation, from a page of before where one is given.
    async fn ask(&self, page: Option<&Page>, obligation: &str) -> Page {
        let fresh = self.member.get(&format!("/tickets/{}", self.police)).await;
        let fields = [("obligation", obligation), ("reason", "孩子回家仍有危险")];
        self.member
            .act(page.unwrap_or(&fresh), self.police, "requests", &fields)
            .await
    }

    /// The ticket that was asked for.
    async fn asked(&self, obligation: &str) -> i64 {
        sqlx::query_scalar(
            "SELECT t.id FROM tickets t JOIN requests q ON q.ticket_id = t.id WHERE t.report_id = $1 AND t.obligation = $2
             ORDER BY t.id DESC LIMIT 1",
        )
        .bind(self.filed.id())
        .bind(obligation)
        .fetch_one(&self.system.db)
        .await
        .unwrap()
    }

    /// The court has signed what the police asked for.
    async fn at_court(&self) -> (Browser, i64) {
        self.sign(&self.member, self.police).await;
        assert_eq!(self.ask(None, "protection-order").await.status, 303);
        let court = self.accounts.browser(&self.system, "court").await;
        let ticket = self.asked("protection-order").await;
        self.sign(&court, ticket).await;
        (court, ticket)
    }
}
