//! Where a login leads: one of our own pages, by construction.
//!
//! A value of [`OwnPath`] can't be anything else: its path is that of a page in the list of routes, and its query holds
//! neither control signs nor anything that a browser reads as another host, written out or percent-encoded.

/// Longest address that is kept over a login.
const LONGEST: usize = 1000;

/// Path and query of a page of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnPath(String);

impl OwnPath {
    /// What a link or form asks for; anything but a page of ours is the first page.
    pub(crate) fn read(wanted: &str, pages: &[&str]) -> Self {
        if is_ours(wanted, pages) {
            Self(wanted.to_owned())
        } else {
            Self("/".to_owned())
        }
    }

    /// As it goes into `Location`.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the query.
    pub(crate) fn path(&self) -> &str {
        self.0.split(['?', '#']).next().unwrap_or("/")
    }
}

fn is_ours(wanted: &str, pages: &[&str]) -> bool {
    let (rest, fragment) = wanted.split_once('#').unwrap_or((wanted, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    wanted.len() <= LONGEST && is_page(path, pages) && is_query(query) && fragment.bytes().all(is_plain)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
}

/// A page in the list of routes. Its parts are plain signs, so that no encoding can hide anything.
fn is_page(path: &str, pages: &[&str]) -> bool {
    let Some(inner) = path.strip_prefix('/') else {
        return false;
    };
    let parts: Vec<&str> = inner.split('/').collect();
    if inner.is_empty() {
        return true;
    }
    let sound = parts
        .iter()
        .all(|part| !part.is_empty() && !part.bytes().all(|b| b == b'.') && part.bytes().all(is_plain));
    let no_page = ["api", "assets", "login", "logout", "leave"].contains(&parts[0]);
    sound && !no_page && pages.iter().any(|page| matches(page, &parts))
}

fn matches(route: &str, parts: &[&str]) -> bool {
    let named: Vec<&str> = route.trim_start_matches('/').split('/').collect();
    named.len() == parts.len()
        && named
            .iter()
            .zip(parts)
            .all(|(name, part)| name.starts_with('{') || name == part)
}

/// Signs of a query as browsers encode it, with no control sign behind a percent sign.
fn is_query(query: &str) -> bool {
    let bytes = query.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'%' => {
                let code = query
                    .get(at + 1..at + 3)
                    .and_then(|digits| u8::from_str_radix(digits, 16).ok());
                match code {
                    Some(code) if code >= b' ' && code != 0x7f && code != b'\\' => at += 3,
                    _ => return false,
                }
            }
            b if is_plain(b) || b"=&+:,/*()!'".contains(&b) => at += 1,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::OwnPath;
    use crate::internal::page_paths;

    #[test]
    fn pages_of_ours_are_kept() {
        let pages = page_paths();
        for good in [
            "/",
            "/desk",
            "/tickets/5?x=1",
            "/tickets/5#contact",
            "/people?q=%E7%8E%8B",
            "/rules/3/tables/urgency/rows/1",
            "/board/tickets/12?lang=en",
        ] {
            assert_eq!(OwnPath::read(good, &pages).as_str(), good);
        }
    }

    #[test]
    fn anything_else_is_the_first_page() {
        let pages = page_paths();
        for bad in [
            "",
            "desk",
            "https://evil.example",
            "//evil.example",
            "///evil.example",
            "/\t/evil.example",
            "/%09/evil.example",
            "/%0b/",
            "/\u{b}/",
            "/%2f/evil.example",
            "/%2fevil.example",
            "/\\evil.example",
            "/%5cevil.example",
            "/./evil.example",
            "/..//evil.example",
            "/desk/../..//evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x",
            "/desk?x=%0d%0aSet-Cookie:%20x",
            "/desk?x=\n",
            "/desk?x=%",
            "/desk?x=%zz",
            "/desk?x=%é",
            "/desk\0",
            "/desk#\u{7f}",
            "/工单",
            "/evil.example",
            "/@evil.example",
            "/api/v1/tickets",
            "/login?next=/desk",
            "/logout",
            " /desk",
            "/desk ",
            &format!("/desk?x={}", "a".repeat(2000)),
        ] {
            assert_eq!(OwnPath::read(bad, &pages).as_str(), "/", "{bad:?}");
        }
    }
}
