//! What is named so that it tells no more than it must.

use crate::words::Lang;

/// An illness, without which one.
pub(crate) const fn health(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "健康状况",
        Lang::En => "state of health",
    }
}
