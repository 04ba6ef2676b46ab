//! What people type can't turn round, hide or forge what others read: not on a page, not in a mail, not at a terminal.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path};

use serde_json::{Value, json};
use tests::{Sample, System, officers::Accounts, root};

/// A right-to-left override, ESC, a hidden tag, a zero-width space, an isolate that is never closed, and Uyghur.
const ODD: &str = "\u{202e}\u{1b}[31m\u{e0041}\u{200b}\u{2067}ئالىم";

fn odd(what: &str) -> Value {
    json!(format!("{what}{ODD}"))
}

/// What must not stand raw in the source of anything.
fn is_raw(c: char) -> bool {
    matches!(c, '\u{1b}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}' | '\u{e0000}'..='\u{e0fff}')
        || (c.is_control() && !c.is_whitespace())
}

fn reads_safely(what: &str, page: &str) {
    let raw = page.chars().find(|c| is_raw(*c));
    assert_eq!(raw, None, "{what}: U+{:04X}", raw.map_or(0, u32::from));
    assert_eq!(page.matches("<bdi>").count(), page.matches("</bdi>").count(), "{what}");
    // No markup where none may stand.
    for part in ["<title>", "<option", "<textarea"] {
        for (_, rest) in page.match_indices(part).map(|(at, _)| page.split_at(at)) {
            let inside = rest
                .split(&format!("</{}", part.trim_matches(['<', '>'])))
                .next()
                .unwrap();
            assert!(!inside.contains("<bdi>"), "{what}: {inside}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_text_of_a_report_is_read_as_it_is() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let mut body: Value = Sample::BruisesAtSchool.json();
    body["narrative"] = odd("经过");
    body["where_now"] = odd("位置");
    for (name, value) in [
        ("name", "姓名"),
        ("school", "学校"),
        ("home_address", "住址"),
        ("id_number", "证件"),
    ] {
        body["children"][0][name] = odd(value);
    }
    body["children"][0]["age"] = json!(12);
    body["reporter"] = json!({"kind": "teacher", "identity": "named", "organization": odd("单位"), "name": odd("报告人"), "phone": "13800000000"});
    let filed = system.file(&body.to_string()).await;
    system.routed(&filed).await;
    let id: i64 = sqlx::query_scalar("SELECT id FROM tickets WHERE report_id = $1 AND unit = 'pol-341222101'")
        .bind(filed.id())
        .fetch_one(&system.db)
        .await
        .unwrap();
    let member = accounts.browser(&system, "member").await;
    let page = member.get(&format!("/tickets/{id}")).await;
    member.act(&page, id, "sign", &[]).await;
    let page = member.get(&format!("/tickets/{id}")).await;
    for what in ["经过", "位置", "姓名", "学校", "住址"] {
        let shown = format!("<bdi>{what}〔U+202E〕〔U+001B〕[31m〔U+E0041〕〔U+200B〕〔U+2067〕ئالىم</bdi>");
        assert!(page.text.contains(&shown), "{what}: {}", page.text);
    }
    reads_safely("ticket", &page.text);

    // An act with odd words, and the words of an act that was refused: they come back as they were typed.
    let at = "2020-01-01T08:00";
    let who = format!("见到的人{ODD}");
    let refused = member
        .act(&page, id, "contact", &[("who", &who), ("at", at), ("place", &who)])
        .await;
    reads_safely("a refused contact", &refused.text);
    assert!(
        refused
            .text
            .contains("&#x202E;&#x1B;[31m&#xE0041;&#x200B;&#x2067;ئالىم"),
        "{}",
        refused.text
    );
    let now = platform::clock::now().with_timezone(&casework::calendar::shanghai());
    let now = now.format("%Y-%m-%dT%H:%M").to_string();
    member
        .act(&page, id, "contact", &[("who", &who), ("at", &now), ("place", &who)])
        .await;
    let page = member.get(&format!("/tickets/{id}")).await;
    assert!(page.text.contains("<bdi>见到的人〔U+202E〕"), "{}", page.text);
    reads_safely("after the contact", &page.text);

    let office = accounts.browser(&system, "office").await;
    for path in [
        "/board".to_owned(),
        format!("/board/tickets/{id}"),
        "/callbacks".into(),
        "/closings".into(),
        "/motions".into(),
        "/triage".into(),
    ] {
        let page = office.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        reads_safely(&path, &page.text);
    }
    for path in [format!("/tickets/{id}/close"), "/desk".to_owned()] {
        reads_safely(&path, &member.get(&path).await.text);
    }
    let shown = system.router_cli(&["show", &filed.receipt]).await;
    reads_safely("router show", &shown.stdout);
    for mail in system.mail.mails() {
        reads_safely("a mail", &mail.text());
    }
}

fn files(dir: &Path, ends: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ends, found);
        } else if path.to_string_lossy().ends_with(ends) {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

fn of(dir: &str, ends: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&root().join(dir), ends, &mut found);
    assert!(!found.is_empty(), "{dir} has no {ends}");
    found
}

#[test]
fn every_page_and_every_mail_passes_the_last_step() {
    // A page leaves by `Html(…)`; what is rendered elsewhere is a part of one.
    for (file, text) in of("intake-api/src", ".rs") {
        let ships = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in ships.lines().filter(|line| line.contains("Html(")) {
            let constant = line.trim_start().starts_with("Html(\"");
            assert!(constant || line.contains("Html(foreign::page("), "{file}: {line}");
        }
        let by_hand = ships.contains("\"text/html") && !ships.contains("starts_with(\"text/html\")");
        assert!(
            !by_hand || text.contains("foreign::page("),
            "{file} answers with HTML past foreign::page"
        );
    }
    let mail = fs::read_to_string(root().join("notifier/src/mail/mod.rs")).unwrap();
    for (part, step) in [
        ("subject:", "foreign::line("),
        ("text:", "foreign::text("),
        ("html:", "foreign::page("),
    ] {
        assert!(
            mail.contains(&format!("{part} {step}")),
            "a mail's {part} doesn't pass {step}…)"
        );
    }
    let show = fs::read_to_string(root().join("router/src/cli/show.rs")).unwrap();
    assert!(show.contains("foreign::text(&text::of("), "router show");
}

#[test]
fn what_is_opened_is_foreign_and_templates_escape_it() {
    // Unescaped is only what templates of ours rendered, attributes that templates of ours name, and words of ours.
    let safe = [
        "{{ more|safe }}",
        "{{ words|safe }}",
        "{{ said|safe }}",
        "{{ setup.picture|safe }}",
    ];
    for (file, text) in [of("intake-api/templates", ".html"), of("notifier/templates", "")].concat() {
        let rest = safe.iter().fold(text, |text, known| text.replace(known, ""));
        for way_round in [
            "|safe",
            "| safe",
            "|escape",
            "| escape",
            "|e(",
            "autoescape",
            "{% filter",
        ] {
            assert!(!rest.contains(way_round), "{file}: {way_round}");
        }
    }
    // Opened words have no other type, and only machines get them as they are.
    let opened = ["intake-api/src/parts.rs", "intake-api/src/internal/desk/sealed.rs"];
    let opened = opened
        .map(|file| fs::read_to_string(root().join(file)).unwrap())
        .concat();
    let fields = opened
        .lines()
        .filter(|line| line.trim_start().starts_with("pub") && line.contains(": "));
    for field in fields.filter(|line| !line.contains("fn ")) {
        assert!(
            !field.contains("String"),
            "an opened text that prints as it is: {field}"
        );
    }
    for dir in ["intake-api/src", "notifier/src", "router/src", "platform/src"] {
        for (file, text) in of(dir, ".rs")
            .iter()
            .filter(|(file, _)| !file.starts_with("platform/src/foreign/"))
        {
            assert!(
                !text.contains(".verbatim()") || VERBATIM.contains(&file.as_str()),
                "{file} takes a text as it was typed"
            );
        }
    }
}

/// Who may take foreign text as it was typed: what goes on to programs.
const VERBATIM: [&str; 1] = ["intake-api/src/internal/openings/api.rs"];
