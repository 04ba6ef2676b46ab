//! What most stories begin with: a system in which one report was filed and has reached the desks.

use crate::{
    Api, Filed, Sample, System,
    officers::{Accounts, Browser, Page},
};

/// The demo's police station, where `member` and `leader` belong.
pub const STATION: &str = "pol-341222101";

/// A system, the demo's people in it, and a report that is dispatched.
pub struct Scene {
    /// With all three services.
    pub system: System,
    /// Who may log in.
    pub accounts: Accounts,
    /// What its reporter was given.
    pub filed: Filed,
}

impl Scene {
    /// With this sample.
    pub async fn of(sample: Sample) -> Self {
        Self::with(sample.body()).await
    }

    /// With a report of the test's own.
    pub async fn with(body: &str) -> Self {
        let system = System::start().await;
        let accounts = Accounts::make(&system).await;
        let filed = system.file(body).await;
        system.routed(&filed).await;
        Self {
            system,
            accounts,
            filed,
        }
    }

    /// The first ticket of a unit.
    pub async fn ticket_of(&self, unit: &str) -> i64 {
        self.system.ticket_of(&self.filed, unit).await
    }

    /// A browser in which that person is signed in.
    pub async fn browser(&self, who: &str) -> Browser {
        self.accounts.browser(&self.system, who).await
    }

    /// A program with that person's token.
    pub async fn api(&self, who: &str) -> Api<'_> {
        Api::of(&self.system, &self.accounts, who).await
    }

    /// The page of a ticket on the desk, after it was signed there.
    pub async fn signed(&self, officer: &Browser, ticket: i64) -> Page {
        let address = format!("/tickets/{ticket}");
        let page = officer.get(&address).await;
        let signed = officer.act(&page, ticket, "sign", &[]).await;
        assert_eq!(signed.status, 303, "{}", signed.text);
        officer.get(&address).await
    }
}
