//! Who runs a command, as the operating system says: it stands in the trail beside what the command did.

use std::{env, fs, os::unix::fs::MetadataExt};

/// The user whose process this is, by name; behind sudo also who called it.
pub fn os_user() -> String {
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
    use super::{name_of, os_user};

    #[test]
    fn who_types_is_named() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\n\nbroken\nzhang:x:1000:1000::/home/zhang:/bin/sh\n";
        assert_eq!(name_of(passwd, 1000).as_deref(), Some("zhang"));
        assert_eq!(name_of(passwd, 7), None);
        assert!(!os_user().is_empty());
    }
}
