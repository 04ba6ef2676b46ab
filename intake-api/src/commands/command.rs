//! Acts by command line: which command, and who typed it as the operating system says. Both stand in the trail.

use chrono::{DateTime, Utc};
use platform::{
    run::os_user::os_user,
    store::{AccountActKind, AccountId, Detail, NewAct, act_detail::ByCommand},
};

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
    pub(crate) fn detail(&self) -> Detail {
        Detail::of(&self.said(None))
    }

    /// What it says of the pack's version that it loaded.
    pub(crate) fn loaded(&self, version: i32) -> Detail {
        Detail::of(&self.said(Some(version)))
    }

    fn said(&self, version: Option<i32>) -> ByCommand {
        ByCommand {
            command: self.command.to_owned(),
            os_user: self.os_user.clone(),
            version,
        }
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
