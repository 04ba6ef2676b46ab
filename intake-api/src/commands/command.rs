//! Acts by command line: which command, and who typed it as the operating system says. Both stand in the trail.

use chrono::{DateTime, Utc};
use platform::{
    run::os_user::os_user,
    store::{AccountActKind, AccountId, NewAct},
};
use serde_json::{Value, json};

/// A command as it was typed.
pub(crate) struct Typed {
    command: &'static str,
    os_user: String,
}

impl Typed {
    /// Who acts, in the trail: pages say it in their own language.
    pub(crate) const BY: &'static str = "command line";

    /// This command, by whoever runs it.
    pub(crate) fn now(command: &'static str) -> Self {
        Self {
            command,
            os_user: os_user(),
        }
    }

    /// What the trail says of it.
    pub(crate) fn detail(&self) -> Value {
        json!({"command": self.command, "os_user": self.os_user})
    }

    /// An act by it.
    pub(crate) fn act<'a>(
        &self,
        county: &'a str,
        at: DateTime<Utc>,
        act: AccountActKind,
        account: Option<AccountId>,
    ) -> NewAct<'a> {
        NewAct {
            county,
            at,
            actor: None,
            actor_name: Self::BY,
            act,
            account,
            unit: None,
            role: None,
            detail: self.detail(),
        }
    }
}
