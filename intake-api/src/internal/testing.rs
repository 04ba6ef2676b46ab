//! Internal pages in process: no network, no database. A page is rendered from a named view and compared with the file of its
//! name in `intake-api/pages/`, so that a change of a page is seen in a diff.
//!
//! `SHOUWANG_NEW_PAGES=1 cargo test --workspace --lib pages` writes the files anew. One element stands on a line, and what names
//! a file's content in its address is left out.

use std::{path::Path, sync::Arc};

use askama::Template;
use axum::body::to_bytes;
use axum::response::IntoResponse;
use casework::pack::Pack;
use chrono::{DateTime, Utc};
use platform::{
    store::{Account, AccountId, Membership, Person, Role, SessionId},
    text::Lang,
};
use tests::snapshot;
use uuid::Uuid;

use super::{auth::Actor, counts::Counts, page::Frame};

/// Somebody who is signed in, with roles as `(unit, role)`.
pub(crate) fn actor(roles: &[(&str, Role)]) -> Actor {
    let account = Account {
        id: AccountId(7),
        login: "wangfang".into(),
        name: "王芳".into(),
        phone: Some("0558-8612345".into()),
        disabled_at: None,
        has_password: true,
        invited_until: None,
        last_login_at: None,
        demo: false,
        factor_at: None,
    };
    let membership = |(unit, role): &(&str, Role)| Membership {
        account_id: AccountId(7),
        unit: (*unit).into(),
        role: *role,
    };
    Actor {
        session: SessionId(Uuid::nil()),
        person: Arc::new(Person {
            account,
            memberships: roles.iter().map(membership).collect(),
            strange: Vec::new(),
        }),
        csrf: "a-token".into(),
        counts: Counts::default(),
        used_at: DateTime::<Utc>::UNIX_EPOCH,
        must_factor: false,
    }
}

/// The pack of the county of the tests.
pub(crate) fn pack() -> Pack {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../counties/taihe");
    Pack::read(&platform::pack::dir::read(&folder).expect("a folder")).expect("a pack")
}

/// The frame of a page of theirs.
pub(crate) fn frame(roles: &[(&str, Role)], lang: Lang, here: &str) -> Frame {
    Frame::of(&actor(roles), lang, here)
}

/// Compares a page with the file of its name.
pub(crate) fn page(name: &str, page: &impl Template) {
    compare(name, &page.render().expect("the page renders"));
}

/// Compares an answer with the file of its name, its status first.
pub(crate) async fn answer(name: &str, answer: impl IntoResponse) {
    let answer = answer.into_response();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    let body = String::from_utf8(body.to_vec()).expect("text");
    compare(name, &format!("{status}\n{body}"));
}

fn compare(name: &str, html: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    snapshot::compare(&folder.join(format!("{name}.html")), &readable(html));
}

/// One element a line, without the digests in the addresses of files.
fn readable(html: &str) -> String {
    let parted = html.replace("><", ">\n<");
    let mut lines = String::new();
    for line in parted.lines().filter(|line| !line.trim().is_empty()) {
        let mut rest = line.trim_end();
        while let Some((before, after)) = rest.split_once("?v=") {
            lines += before;
            lines += "?v=";
            rest = after.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        }
        lines += rest;
        lines.push('\n');
    }
    lines
}
