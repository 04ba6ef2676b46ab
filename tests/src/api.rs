//! The internal API as a program speaks it, and its answers, typed as far as tests look at them.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{System, officers::Accounts};

/// A program with somebody's token.
pub struct Api<'s> {
    system: &'s System,
    token: String,
}

impl<'s> Api<'s> {
    /// With the token of one of these people.
    pub async fn of(system: &'s System, accounts: &Accounts, who: &str) -> Self {
        Self {
            system,
            token: accounts.token(system, who).await,
        }
    }

    async fn ask(&self, path: &str) -> reqwest::Response {
        let url = format!("{}/api/v1{path}", self.system.internal_url);
        let asked = self.system.http.get(url).bearer_auth(&self.token).send().await;
        asked.expect("an answer of the internal API")
    }

    /// The status of an address below `/api/v1`.
    pub async fn status(&self, path: &str) -> u16 {
        self.ask(path).await.status().as_u16()
    }

    /// What is found there.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let answer = self.ask(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    /// Sends a body; the status and the answer.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> (u16, T) {
        let url = format!("{}/api/v1{path}", self.system.internal_url);
        let request = self.system.http.post(url).bearer_auth(&self.token).json(body);
        let answer = request.send().await.expect("an answer of the internal API");
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_else(|e| panic!("{path}: {e}")))
    }
}

/// A refusal as RFC 9457 has it.
#[derive(Clone, Debug, Deserialize)]
pub struct Problem {
    /// The wrong fields; empty where it is about none.
    #[serde(default)]
    pub errors: Vec<Wrong>,
}

/// A wrong field.
#[derive(Clone, Debug, Deserialize)]
pub struct Wrong {
    /// JSON pointer.
    pub pointer: String,
    /// For people.
    pub detail: String,
}

impl Problem {
    /// Which fields are wrong.
    pub fn pointers(&self) -> Vec<&str> {
        self.errors.iter().map(|wrong| wrong.pointer.as_str()).collect()
    }
}

/// What a reporter is told of their report.
#[derive(Clone, Debug, Deserialize)]
pub struct Known {
    /// What was done and what is owed, in their order.
    pub steps: Vec<KnownStep>,
    /// RFC 3339; `None`: nobody has said so.
    pub child_seen_at: Option<String>,
    /// RFC 3339; `None`: it is open.
    pub resolved_at: Option<String>,
}

/// A step of a report as its reporter sees it.
#[derive(Clone, Debug, Deserialize)]
pub struct KnownStep {
    /// `received`, `child-seen`, …
    pub step: String,
    /// When it was done; `None`: not yet.
    pub at: Option<String>,
    /// By when it is owed; `None`: by no certain time.
    pub due_at: Option<String>,
}

impl Known {
    /// The steps by name.
    pub fn names(&self) -> Vec<&str> {
        self.steps.iter().map(|step| step.step.as_str()).collect()
    }
}
