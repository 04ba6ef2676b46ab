//! The texts of mails, in Chinese.

use platform::text::Lang;

pub(super) fn t(key: &str) -> &'static str {
    Lang::Zh.t(key)
}

pub(super) fn fill(key: &str, values: &[(&str, &str)]) -> String {
    Lang::Zh.fill(key, values)
}
