//! Why a ticket is as it is: the same words in `router show`, on the desk, on the board and in the API, by the versions that
//! it was dispatched by, and for nobody but its own unit and the office.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use tests::{
    Filed, Left, Sample, System,
    officers::{Accounts, Browser},
};

/// The demo's police station; its officer is `member`.
const STATION: &str = "pol-341222101";

/// A ticket of a report with its explanation as `router show --json` says it.
struct Shown {
    id: i64,
    text: String,
}

async fn shown(system: &System, filed: &Filed, obligation: &str) -> Shown {
    let shown = system.show(&filed.receipt).await;
    let ticket = shown.ticket(obligation);
    Shown {
        id: ticket.id,
        text: ticket.explanation.text.clone(),
    }
}

/// What a page says in its `<details>`.
async fn on_page(browser: &Browser, path: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}");
    let (_, rest) = page.text.split_once("class=\"why-text\" lang=\"zh-CN\">").unwrap();
    let text = rest.split_once("</div>").unwrap().0;
    let signs = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ];
    signs
        .iter()
        .fold(text.to_owned(), |text, (code, sign)| text.replace(code, sign))
}

struct Everywhere<'s> {
    system: &'s System,
    member: Browser,
    office: Browser,
    token: String,
}

impl Everywhere<'_> {
    /// The board says no more than what it shows of what the CLI says; desk and API say the same where the ticket is the member's.
    async fn same(&self, ticket: &Shown, of_the_member: bool) {
        let id = ticket.id;
        // The office looks without a ticket: it is told what that shows, and nothing that the whole does not say.
        let seen = on_page(&self.office, &format!("/board/tickets/{id}")).await;
        assert!(!seen.contains("嫌疑人：") && !seen.contains("报告人："), "{seen}");
        let hidden = "本工单不显示：";
        let own =
            |line: &str| !line.contains(hidden) && !line.contains("现实危险：") && !line.contains("按报告的地点和规则");
        for line in seen.lines().filter(|line| own(line)) {
            assert!(
                ticket.text.contains(line) || line.contains("另有规则行"),
                "{line}\nin\n{}",
                ticket.text
            );
        }
        if !of_the_member {
            return;
        }
        assert_eq!(on_page(&self.member, &format!("/tickets/{id}")).await, ticket.text);
        let url = format!("{}/api/v1/tickets/{id}", self.system.internal_url);
        let answer = self.system.http.get(url).bearer_auth(&self.token).send().await.unwrap();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["explanation"]["text"], ticket.text);
        assert!(body["explanation"]["stages"][0]["due"].is_string());
    }
}

fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word} in\n{text}");
    }
}

/// Rules in which the police sign within 45 minutes, in force from now.
async fn second_rules(system: &System) {
    let now: DateTime<Utc> = platform::clock::now();
    let done = sqlx::query(
        "INSERT INTO rule_sets (county, version, digest, files, state, created_at, seed, active_from)
         SELECT county, 2, 'second', jsonb_set(files, '{routing.dmn}', to_jsonb(replace(files ->> 'routing.dmn', '30min', '45min'))),
                'approved', $1, true, $1
         FROM rule_sets WHERE version = 1",
    )
    .bind(now)
    .execute(&system.db)
    .await
    .unwrap();
    assert_eq!(done.rows_affected(), 1);
}

#[tokio::test]
async fn the_same_words_everywhere_by_the_versions_of_the_ticket() {
    let mut system = System::start().await;
    // A decision is damaged on purpose, and that is logged.
    system.leaves(&[Left::Errors]);
    let accounts = Accounts::make(&system).await;
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    // Facts of another version: no rule can be asked.
    system.router.stop().await;
    let poor = system.file(Sample::OrphanNew.body()).await;
    sqlx::query("UPDATE report_facts SET facts = '{\"situations\": [\"orphan\"], \"area\": \"341222101001\"}' WHERE report_id = $1")
        .bind(poor.id())
        .execute(&system.db)
        .await
        .unwrap();
    second_rules(&system).await;
    system.router.spawn();
    system.routed(&poor).await;

    let everywhere = Everywhere {
        member: accounts.browser(&system, "member").await,
        office: accounts.browser(&system, "office").await,
        token: accounts.token(&system, "member").await,
        system: &system,
    };

    // By rows, under the first rules.
    let police = shown(&system, &filed, "police-accept").await;
    says(
        &police.text,
        &[
            "应办事项表第1行",
            "程序安全底线",
            "签收 30分钟（环节时限表第1行）",
            "规则第1版，本县配置第1版",
        ],
    );
    everywhere.same(&police, true).await;

    // By the safety floor alone.
    let floor = shown(&system, &poor, "police-accept").await;
    says(
        &floor.text,
        &[
            "现实危险：读不出，按有处理",
            "程序安全底线：现实危险一律派公安",
            "不能完整读取",
            "签收 45分钟",
            "规则第2版",
        ],
    );
    assert!(!floor.text.contains("应办事项表"), "no row asked it:\n{}", floor.text);
    everywhere.same(&floor, true).await;

    let triage = shown(&system, &poor, "triage").await;
    says(
        &triage.text,
        &[
            "需要人工研判：",
            "can't be read",
            "待人工研判一律由领导小组办公室承办",
            "规则第2版",
        ],
    );
    everywhere.same(&triage, false).await;

    // By hand, in a second round.
    let words = [
        "triage",
        "assign",
        &poor.receipt,
        "--by",
        "李主任",
        "--reason",
        "已核实",
        "--obligation",
        "emergency-care",
    ];
    let words: Vec<&str> = words.into_iter().chain(["--unit", STATION]).collect();
    let assigned = system.router_cli(&words).await;
    assert_eq!(assigned.code, 0, "{}", assigned.stderr);
    let hand = shown(&system, &poor, "emergency-care").await;
    says(
        &hand.text,
        &[
            "没有规则行派出本事项：办公室人工研判后指定",
            "没有按地点逐级查找",
            "规则第2版",
            "第2次分派：办公室人工研判后指定",
        ],
    );
    assert!(!hand.text.contains("李主任"), "an explanation names nobody");
    everywhere.same(&hand, false).await;
    // No row says what the police see of it, so its page shows the least and says what it does not show.
    let cut = on_page(&everywhere.member, &format!("/tickets/{}", hand.id)).await;
    says(&cut, &["读不出，按有处理", "办公室人工研判后指定", "本工单不显示："]);
    assert!(!cut.contains("孤儿"), "{cut}");

    // The text of `router show` has it when asked.
    let plain = system.router_cli(&["show", &filed.receipt]).await.stdout;
    let asked = system.router_cli(&["show", &filed.receipt, "--explain"]).await.stdout;
    assert!(!plain.contains("为什么派这件事"));
    for line in police.text.lines() {
        assert!(asked.contains(line), "{line}");
    }

    // What was recorded can't be read at all: said in words, on a page that is there.
    sqlx::query("UPDATE tickets SET basis = '7' WHERE id = $1")
        .bind(triage.id)
        .execute(&system.db)
        .await
        .unwrap();
    let unread = shown(&system, &poor, "triage").await;
    says(&unread.text, &["不能说明"]);
    everywhere.same(&unread, false).await;
    others_get_nothing(&system).await;
}

/// What a ticket was made from comes to the desk only with a ticket that it holds (`disclosure.rs`), cut as that ticket is.
async fn others_get_nothing(system: &System) {
    let url = std::fs::read_to_string(system.dir().join("logins/desk.url")).unwrap();
    let mut desk = PgConnection::connect(url.trim()).await.unwrap();
    for statement in ["SELECT ticket_made(1)", "SELECT rule_set FROM decisions"] {
        let refused = sqlx::query(statement).execute(&mut desk).await.unwrap_err().to_string();
        assert!(refused.contains("permission denied"), "{statement}: {refused}");
    }
}
