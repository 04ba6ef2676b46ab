//! The rights walk's other half: each act of each role leaves exactly its line, with the account that did it, and nobody else's.
//!
//! Every act is a real one, by the form or the API that people and programs use. After each the trails (reports, accounts, rules)
//! are counted by kind and account, and what was added is compared with what the act should have left.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use platform::store::ReportId;
use serde_json::{Value, json};
use tests::{
    Sample, System,
    officers::{Accounts, Browser, Page},
};

use crate::{
    factor::set_up,
    people::{accept, invited},
};

/// Every role, and a second person where acts take two.
const MORE: [(&str, &str, &str); 4] = [
    ("health", "health", "member"),
    ("office2", "office", "office"),
    ("oversight", "office", "oversight"),
    ("admin2", "office", "admin"),
];

/// Kind of a line and login of who did it, and how many there are.
type Lines = BTreeMap<(String, String), i64>;

struct Walk {
    system: System,
    accounts: Accounts,
    browsers: BTreeMap<&'static str, Browser>,
    seen: Lines,
    wrong: Vec<String>,
    acts: usize,
}

impl Walk {
    async fn new() -> Self {
        let system = System::start().await;
        let mut accounts = Accounts::make(&system).await;
        accounts.more(&system, &MORE).await;
        let mut browsers = BTreeMap::new();
        for who in [
            "member",
            "leader",
            "office",
            "leading",
            "admin",
            "health",
            "office2",
            "oversight",
            "admin2",
        ] {
            browsers.insert(who, accounts.browser(&system, who).await);
        }
        let mut walk = Self {
            system,
            accounts,
            browsers,
            seen: Lines::new(),
            wrong: Vec::new(),
            acts: 0,
        };
        walk.seen = walk.lines().await;
        walk
    }

    async fn lines(&self) -> Lines {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT kind, coalesce(a.login, '-'), count(*) FROM (
                 SELECT kind, account_id FROM events WHERE account_id IS NOT NULL
                 UNION ALL SELECT act, actor FROM account_acts UNION ALL SELECT act, account_id FROM rule_set_acts) c
             LEFT JOIN accounts a ON a.id = c.account_id GROUP BY 1, 2",
        )
        .fetch_all(&self.system.db)
        .await
        .unwrap();
        rows.into_iter().map(|(kind, login, n)| ((kind, login), n)).collect()
    }

    /// What was added since the last look must be exactly these lines, each by this person.
    async fn left(&mut self, what: &str, who: &str, kinds: &[&str]) {
        let now = self.lines().await;
        let mut added: Vec<String> = Vec::new();
        for (line, n) in &now {
            let before = self.seen.get(line).copied().unwrap_or_default();
            for _ in before..*n {
                added.push(format!("{} by {}", line.0, line.1));
            }
        }
        let login = if who.contains('.') {
            who.to_owned()
        } else {
            format!("demo-{who}")
        };
        let mut wanted: Vec<String> = kinds.iter().map(|kind| format!("{kind} by {login}")).collect();
        added.sort();
        wanted.sort();
        if added != wanted {
            self.wrong.push(format!("{who} {what}: left {added:?}, not {wanted:?}"));
        }
        self.seen = now;
        self.acts += 1;
    }

    async fn page(&self, who: &str, path: &str) -> Page {
        self.browsers[who].get(path).await
    }

    /// A form of this person, and what it leaves.
    async fn form(&mut self, who: &'static str, path: &str, fields: &[(&str, &str)], kinds: &[&str]) -> Page {
        let csrf = self.page(who, "/password").await.hidden("csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        let answer = self.browsers[who].post(path, &all).await;
        if !answer.status.is_success() && !answer.status.is_redirection() {
            let said = answer.text.split("role=\"alert\"").nth(1).unwrap_or(&answer.text);
            let said: String = said.chars().take(300).collect();
            self.wrong.push(format!("{who} POST {path}: {} {said}", answer.status));
        }
        self.left(&format!("POST {path}"), who, kinds).await;
        answer
    }

    /// An act on a ticket, by the form on its page.
    async fn ticket(&mut self, who: &'static str, id: i64, act: &str, fields: &[(&str, &str)], kind: &str) {
        let version = self
            .number_of("SELECT version::bigint FROM tickets WHERE id = $1", id)
            .await
            .to_string();
        let mut all = vec![("version", version.as_str())];
        all.extend_from_slice(fields);
        self.form(who, &format!("/tickets/{id}/{act}"), &all, &[kind]).await;
    }

    async fn number_of(&self, sql: &'static str, id: i64) -> i64 {
        sqlx::query_scalar(sql)
            .bind(id)
            .fetch_one(&self.system.db)
            .await
            .unwrap()
    }

    /// The version of an opening, which each act on it names.
    async fn version(&self, opening: i64) -> String {
        let sql = "SELECT version::bigint FROM openings WHERE id = $1";
        self.number_of(sql, opening).await.to_string()
    }

    async fn number(&self, sql: &'static str) -> i64 {
        self.system.count(sql).await
    }

    async fn id(&self, login: &str) -> i64 {
        sqlx::query_scalar("SELECT id FROM accounts WHERE login = $1")
            .bind(login)
            .fetch_one(&self.system.db)
            .await
            .unwrap()
    }

    /// A report with a child who has a school, and a reporter who asked for secrecy.
    async fn filed(&self) -> i64 {
        let mut body: Value = Sample::BruisesAtSchool.json();
        body["children"][0]["school"] = json!("化名小学丁");
        body["reporter"] =
            json!({"kind": "teacher", "identity": "confidential", "name": "化名报告人庚", "phone": "13911112222"});
        let filed = self.system.file(&body.to_string()).await;
        self.system.routed(&filed).await;
        filed.id()
    }

    async fn ticket_of(&self, report: i64, obligation: &str) -> i64 {
        sqlx::query_scalar("SELECT id FROM tickets WHERE report_id = $1 AND obligation = $2 ORDER BY id LIMIT 1")
            .bind(report)
            .bind(obligation)
            .fetch_one(&self.system.db)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn each_act_of_each_role_leaves_exactly_its_line() {
    let mut walk = Walk::new().await;
    on_reports(&mut walk).await;
    on_openings(&mut walk).await;
    of_the_office(&mut walk).await;
    on_accounts(&mut walk).await;
    on_ones_own(&mut walk).await;
    assert!(walk.wrong.is_empty(), "{}", walk.wrong.join("\n"));
    assert!(walk.acts >= 55, "{} acts say little", walk.acts);
    // And every one of them agrees with its leaf.
    let out = walk.system.intake_cli(&["audit", "verify"]).await;
    assert_eq!(out.code, 0, "{}", out.stdout);
}

async fn on_reports(walk: &mut Walk) {
    let report = walk.filed().await;
    let id = walk.ticket_of(report, "police-accept").await;
    walk.ticket("member", id, "sign", &[], "signed").await;
    let member = walk.id("demo-member").await.to_string();
    walk.ticket("leader", id, "assign", &[("account", &member)], "assigned")
        .await;
    let at: String = sqlx::query_scalar(
        "SELECT to_char(dispatched_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD\"T\"HH24:MI') FROM tickets WHERE id = $1",
    )
    .bind(id)
    .fetch_one(&walk.system.db)
    .await
    .unwrap();
    let seen = [
        ("who", "演示·派出所民警"),
        ("at", at.as_str()),
        ("place", "村委会"),
        ("note", "平安"),
    ];
    walk.ticket("member", id, "contact", &seen, "contacted").await;
    let evidence = [
        ("evidence", "case-receipt"),
        ("reference", "皖字〔2026〕1号"),
        ("note", "已受案"),
    ];
    walk.ticket("member", id, "evidence", &evidence, "evidence").await;
    let close = [
        ("outcome", "no-harm-found"),
        ("note", "未发现侵害"),
        ("missing", "不需要"),
        ("seen", "yes"),
    ];
    walk.ticket("member", id, "resolve", &close, "close-requested").await;
    walk.ticket("leader", id, "refuse", &[("reason", "请补充")], "close-refused")
        .await;
    walk.ticket("member", id, "resolve", &close, "close-requested").await;
    walk.ticket("leader", id, "confirm", &[], "close-confirmed").await;
    walk.ticket("member", id, "take-back", &[], "close-taken-back").await;
    // A mail that failed is sent again: by the unit's leader, and by the office.
    for (who, path) in [
        ("leader", format!("/tickets/{id}/notices/")),
        ("office", "/board/notices/".to_owned()),
    ] {
        walk.system.quiet(std::time::Duration::from_secs(30)).await;
        let lost: uuid::Uuid = sqlx::query_scalar(
            "UPDATE notices SET state = 'failed' WHERE id = (SELECT n.id FROM notices n
                WHERE n.ticket_id = $1 AND n.unit = 'pol-341222101' AND n.state = 'sent' AND n.replaced_by IS NULL LIMIT 1) RETURNING id",
        )
        .bind(id)
        .fetch_one(&walk.system.db)
        .await
        .unwrap();
        walk.form(who, &format!("{path}{lost}/resend"), &[], &["notice-resent"])
            .await;
    }
}

async fn on_openings(walk: &mut Walk) {
    let report = walk.filed().await;
    let (police, health) = (
        walk.ticket_of(report, "police-accept").await,
        walk.ticket_of(report, "psychological-support").await,
    );
    walk.ticket("member", police, "sign", &[], "signed").await;
    let reason = [("reason", "核实报案人")];
    walk.form(
        "member",
        &format!("/tickets/{police}/reporter"),
        &reason,
        &["opening-opened"],
    )
    .await;
    let last = "SELECT max(id) FROM openings";
    let opened = walk.number(last).await;
    let version = walk.version(opened).await;
    let review = [("version", version.as_str()), ("note", ""), ("finding", "compliant")];
    walk.form(
        "office",
        &format!("/openings/{opened}/review"),
        &review,
        &["opening-reviewed"],
    )
    .await;
    let version = walk.version(opened).await;
    let end = format!("/tickets/{police}/openings/{opened}/end");
    walk.form("member", &end, &[("version", &version)], &["opening-ended"])
        .await;
    let ask = [("part-school", "on"), ("reason", "联系学校")];
    for (act, fields, kind) in [
        ("refuse", vec![("note", "不需要")], "opening-refused"),
        ("approve", vec![], "opening-approved"),
    ] {
        walk.form(
            "health",
            &format!("/tickets/{health}/openings"),
            &ask,
            &["opening-asked"],
        )
        .await;
        let asked = walk.number(last).await;
        let version = walk.version(asked).await;
        let mut all = vec![("version", version.as_str())];
        all.extend(fields);
        walk.form("office2", &format!("/openings/{asked}/{act}"), &all, &[kind])
            .await;
    }
    // Asked without a ticket, and taken back.
    let ask = [
        ("part-narrative", "on"),
        ("part-reporter", "on"),
        ("part-identity", "on"),
        ("reason", "核查"),
    ];
    walk.form(
        "oversight",
        &format!("/reports/{report}/openings"),
        &ask,
        &["opening-asked"],
    )
    .await;
    let asked = walk.number(last).await;
    let version = walk.version(asked).await;
    let path = format!("/openings/{asked}/withdraw");
    walk.form("oversight", &path, &[("version", &version)], &["opening-withdrawn"])
        .await;
}

async fn of_the_office(walk: &mut Walk) {
    // What no rule settles waits for a human.
    let waiting = walk.filed().await;
    to_triage(&walk.system, waiting).await;
    let path = format!("/triage/{waiting}");
    walk.form("office", &format!("{path}/take"), &[], &["triage-taken"])
        .await;
    let settle = [
        ("obligation", "psychological-support"),
        ("unit", "health"),
        ("reason", "电话核实"),
    ];
    walk.form("office", &format!("{path}/assign"), &settle, &["triage-assigned"])
        .await;
    // A reporter is called back.
    let report = walk.filed().await;
    crate::callbacks::close(&walk.system.db, ReportId::from_db(report), platform::clock::now()).await;
    walk.seen = walk.lines().await;
    let call = [("attempt", "1"), ("result", "satisfied"), ("note", "满意")];
    walk.form("office", &format!("/callbacks/{report}"), &call, &["called-back"])
        .await;
    // A draft of the rules.
    let draft = [("from", "1"), ("reason", "试改")];
    walk.form("office", "/rules", &draft, &["drafted"]).await;
}

/// As the router does when it can't decide: the unit's ticket becomes the office's triage.
pub(super) async fn to_triage(system: &System, report: i64) {
    sqlx::query(
        "UPDATE tickets SET obligation = 'triage', unit = 'office', unit_kind = 'office'
         WHERE id = (SELECT min(id) FROM tickets WHERE report_id = $1)",
    )
    .bind(report)
    .execute(&system.db)
    .await
    .unwrap();
}

async fn on_accounts(walk: &mut Walk) {
    let new = |login, unit, role| {
        [
            ("login", login),
            ("name", "新人"),
            ("phone", ""),
            ("unit", unit),
            ("role", role),
        ]
    };
    let (made, led) = (["created", "invited"], ["created", "invited"]);
    let page = walk
        .form("admin", "/people", &new("new.one", "ca", "member"), &made)
        .await;
    let link = invited(&page, "new.one");
    let own = "自己选的一个很长的密码";
    assert_eq!(accept(&walk.system, &link, own, own).await.0, 200);
    walk.left("accepts", "new.one", &["invitation-used"]).await;
    walk.form("leader", "/people", &new("new.two", "pol-341222101", "member"), &led)
        .await;
    let asked = ["created", "asked", "invited"];
    walk.form("admin", "/people", &new("new.three", "office", "office"), &asked)
        .await;
    let last = "SELECT max(id) FROM grant_requests";
    let request = walk.number(last).await;
    walk.form("office", &format!("/grants/{request}/decline"), &[], &["declined"])
        .await;
    let one = format!("/people/{}", walk.id("new.one").await);
    let role = |unit, role| [("unit", unit), ("role", role)];
    for (who, act, kind) in [("admin", "withdraw", "withdrawn"), ("admin2", "confirm", "granted")] {
        walk.form(
            "admin",
            &format!("{one}/grant"),
            &role("office", "oversight"),
            &["asked"],
        )
        .await;
        let request = walk.number(last).await;
        walk.form(who, &format!("/grants/{request}/{act}"), &[], &[kind]).await;
    }
    walk.form("admin", &format!("{one}/end"), &role("office", "oversight"), &["ended"])
        .await;
    walk.form("admin", &format!("{one}/grant"), &role("ca", "leader"), &["granted"])
        .await;
    let mend = [("name", "新人甲"), ("phone", "0558-8612345")];
    walk.form("admin", &format!("{one}/mend"), &mend, &["mended"]).await;
    walk.form("admin", &format!("{one}/invite"), &[], &["invited"]).await;
    walk.form(
        "admin",
        &format!("{one}/invite"),
        &[],
        &["invitation-voided", "invited"],
    )
    .await;
    walk.form("admin", &format!("{one}/invitation-void"), &[], &["invitation-voided"])
        .await;
    walk.form("admin", &format!("{one}/disable"), &[], &["disabled"]).await;
    walk.form("admin", &format!("{one}/enable"), &[], &["enabled"]).await;
    let two = format!("/people/{}", walk.id("new.two").await);
    walk.form("leader", &format!("{two}/mend"), &mend, &["mended"]).await;
    walk.form(
        "leader",
        &format!("{two}/disable"),
        &[],
        &["disabled", "invitation-voided"],
    )
    .await;
    let contacts = [("mailbox", "ca@ah.example"), ("duty_phone", "0558-8612345")];
    walk.form("admin", "/units/ca", &contacts, &["contacts"]).await;
    let rows = json!([{"name": "导入", "login": "new.four", "phone": null, "unit": "ca", "role": "member"}]);
    let rows = rows.to_string();
    walk.form("admin", "/people/import/confirm", &[("rows", &rows)], &made)
        .await;
}

async fn on_ones_own(walk: &mut Walk) {
    for who in ["member", "leading", "oversight"] {
        let login = walk.accounts.of(who);
        Browser::login(&walk.system, login.0, login.1).await;
        walk.form(who, "/sessions/end-others", &[], &["sessions-ended"]).await;
    }
    let password = walk.accounts.of("leading").1.to_owned();
    let own = "自己选的一个很长的密码";
    let change = [("old", password.as_str()), ("new", own), ("again", own)];
    walk.form("leading", "/password", &change, &["password"]).await;
    set_up(&walk.browsers["leader"]).await;
    walk.left("sets a factor up", "leader", &["factor-set"]).await;
    let leader = format!("/people/{}", walk.id("demo-leader").await);
    let reason = [("reason", "手机丢失，当面看过身份证")];
    for (act, kind) in [("refuse", "factor-reset-refused"), ("confirm", "factor-reset")] {
        walk.form(
            "admin",
            &format!("{leader}/factor-reset"),
            &reason,
            &["factor-reset-asked"],
        )
        .await;
        let reset = walk.number("SELECT max(id) FROM factor_resets").await;
        walk.form("office", &format!("/factor-resets/{reset}/{act}"), &[], &[kind])
            .await;
    }
    let health = format!("/people/{}", walk.id("demo-health").await);
    walk.form("admin", &format!("{health}/sessions-end"), &[], &["sessions-ended"])
        .await;
}
