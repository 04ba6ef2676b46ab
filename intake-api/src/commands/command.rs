//! Acts by command line: which command, and who typed it as the operating system says. Both stand in the trail.

use std::{env, fs, os::unix::fs::MetadataExt};

use chrono::{DateTime, Utc};
use platform::store::NewAct;
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
        act: &'static str,
        account: Option<i64>,
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

/// The user whose process this is, by name; behind sudo also who called it.
fn os_user() -> String {
    let uid = fs::metadata("/proc/self").map(|me| me.uid()).ok();
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = uid.map(|uid| name_of(&passwd, uid).unwrap_or_else(|| format!("uid {uid}")));
    let name = name.unwrap_or_else(|| "?".to_owned());
    match env::var("SUDO_USER") {
        Ok(caller) if !caller.is_empty() && caller != name => format!("{name} (sudo: {caller})"),
        _ => name,
    }
}

/// The name of a user id in the lines of /etc/passwd.
fn name_of(passwd: &str, uid: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, id) = (fields.next()?, fields.nth(1)?);
        (id.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::{Typed, name_of};

    #[test]
    fn who_types_is_named() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\n\nbroken\nzhang:x:1000:1000::/home/zhang:/bin/sh\n";
        assert_eq!(name_of(passwd, 1000).as_deref(), Some("zhang"));
        assert_eq!(name_of(passwd, 7), None);
        let detail = Typed::now("people admin").detail();
        assert_eq!(detail["command"], "people admin");
        assert!(!detail["os_user"].as_str().unwrap().is_empty());
    }
}
