//! Style and scripts of the internal pages, embedded in the binary, and where pages find them.
//!
//! Pages ask for a file with a digest of its content in the query, so that a browser keeps it for good and still sees a new
//! version at once. Nothing is ever loaded from elsewhere: the inner network has no way out.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

const STYLE: &str = concat!(
    include_str!("../../../assets/style.css"),
    "\n",
    include_str!("../../../assets/internal.css")
);
/// Name, content type, content.
pub(super) const FILES: [(&str, &str, &str); 8] = [
    ("style.css", "text/css; charset=utf-8", STYLE),
    (
        "htmx.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/htmx.min.js"),
    ),
    (
        "leave.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/leave.js"),
    ),
    (
        "expert.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/expert.js"),
    ),
    (
        "expert.css",
        "text/css; charset=utf-8",
        include_str!("../../../assets/expert.css"),
    ),
    (
        "live.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/live.js"),
    ),
    (
        "duty.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/duty.js"),
    ),
    (
        "list.js",
        "text/javascript; charset=utf-8",
        include_str!("../../../assets/list.js"),
    ),
];
/// The address changes with the content.
pub(super) const FOREVER: &str = "public, max-age=31536000, immutable";

/// Addresses with digests, in the order of [`FILES`].
static ADDRESSES: LazyLock<[String; 8]> =
    LazyLock::new(|| FILES.map(|(name, _, content)| format!("/assets/{name}?v={}", digest(content))));

/// What names a content in the address of its file.
pub(super) fn digest(content: &str) -> String {
    hex::encode(&Sha256::digest(content.as_bytes())[..6])
}

/// Where a page finds the style sheet.
pub(super) fn style() -> &'static str {
    &ADDRESSES[0]
}

/// Where a page finds htmx.
pub(super) fn htmx() -> &'static str {
    &ADDRESSES[1]
}

/// Where a page finds the script behind 快速离开.
pub(super) fn leave_script() -> &'static str {
    &ADDRESSES[2]
}

/// Where a page finds the script for what it does while it stays open.
pub(super) fn live_script() -> &'static str {
    &ADDRESSES[5]
}

/// Where the duty page finds its script.
pub(super) fn duty_script() -> &'static str {
    &ADDRESSES[6]
}

/// Where a list finds the script for its keys.
pub(super) fn list_script() -> &'static str {
    &ADDRESSES[7]
}

/// Where the expert's page of the rules finds its script.
pub(crate) fn expert_script() -> &'static str {
    &ADDRESSES[3]
}

/// Where it finds its style sheet.
pub(crate) fn expert_style() -> &'static str {
    &ADDRESSES[4]
}

#[cfg(test)]
mod tests {
    use super::{FILES, htmx, style};

    #[test]
    fn addresses_name_the_content() {
        assert!(style().starts_with("/assets/style.css?v=") && style() != htmx());
        assert!(FILES.iter().all(|(_, _, content)| content.len() > 50));
    }
}
