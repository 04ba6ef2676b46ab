//! Percent-encoding as signatures are reckoned over it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but letters, digits and `-_.~` (RFC 3986).
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

pub(super) fn strict(text: &str) -> String {
    utf8_percent_encode(text, STRICT).to_string()
}
