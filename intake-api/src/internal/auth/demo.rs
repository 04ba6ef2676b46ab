//! Accounts that a demo shows on its login page.

use platform::text::Lang;
use serde::{Deserialize, Serialize};

/// An account of the demo, shown on its login page.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct DemoAccount {
    /// What to type.
    pub(crate) login: String,
    /// Its password.
    pub(crate) password: String,
    /// Who that is: `office`, `leader`, `member`, `leading`, `admin`.
    pub(crate) who: String,
}

impl DemoAccount {
    /// Who that is, in words.
    pub(crate) fn words(&self, lang: &Lang) -> &'static str {
        match self.who.as_str() {
            "office" => lang.t("login.demo.office"),
            "leader" => lang.t("login.demo.leader"),
            "leading" => lang.t("login.demo.leading"),
            "member" => lang.t("login.demo.member"),
            "office2" => lang.t("login.demo.office2"),
            "oversight" => lang.t("login.demo.oversight"),
            _ => lang.t("login.demo.admin"),
        }
    }
}
