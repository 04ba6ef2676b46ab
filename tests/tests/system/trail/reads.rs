//! What is read is what was recorded: random people open random pages and programs' answers, of reports in which every part has
//! words of its own. After each the words in the answer and the rows of `reads` must tell the same parts of the same reports, by this
//! account and no other.
//!
//! `SHOUWANG_READS_SEED` repeats a run, `SHOUWANG_READS_LOOKS` makes a longer one (600 else).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use platform::store::ReportId;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::json;
use tests::{
    Sample, System,
    officers::{Accounts, Browser},
};

const MORE: [(&str, &str, &str); 4] = [
    ("health", "health", "member"),
    ("edu", "edu", "leader"),
    ("office2", "office", "office"),
    ("oversight", "office", "oversight"),
];

const WHO: [&str; 9] = [
    "member",
    "leader",
    "office",
    "leading",
    "admin",
    "health",
    "edu",
    "office2",
    "oversight",
];

/// Parts that a word can be planted in.
const PARTS: [&str; 8] = [
    "place",
    "child",
    "birth",
    "school",
    "home",
    "narrative",
    "reporter",
    "identity",
];

/// Part of which report.
type Shown = BTreeSet<(i64, &'static str)>;

struct World {
    system: System,
    people: BTreeMap<&'static str, (i64, Browser, String)>,
    /// Word -> report and part.
    words: BTreeMap<String, (i64, &'static str)>,
    routes: Vec<String>,
}

impl World {
    async fn new(rng: &mut StdRng) -> Self {
        let system = System::start().await;
        let mut accounts = Accounts::make(&system).await;
        accounts.more(&system, &MORE).await;
        let mut people = BTreeMap::new();
        for who in WHO {
            let (login, _) = accounts.of(who);
            let id = sqlx::query_scalar("SELECT id FROM accounts WHERE login = $1")
                .bind(login)
                .fetch_one(&system.db)
                .await
                .unwrap();
            let person = (
                id,
                accounts.browser(&system, who).await,
                accounts.token(&system, who).await,
            );
            people.insert(who, person);
        }
        let printed = system.intake_cli(&["routes"]).await.stdout;
        let routes = printed.lines().filter_map(|line| line.strip_prefix("GET "));
        let routes = routes
            .filter(|path| !path.starts_with("/assets/"))
            .map(str::to_owned)
            .collect();
        let mut world = Self {
            system,
            people,
            words: BTreeMap::new(),
            routes,
        };
        for n in 0..5 {
            world.file(rng, n).await;
        }
        world.busy().await;
        world
    }

    /// A report whose every part, or some of them, holds a word of its own.
    async fn file(&mut self, rng: &mut StdRng, n: usize) {
        let word = |part: &str| format!("暗号{part}{n}Zq");
        // The first is one of the member's own unit.
        let sample = if n == 0 {
            Sample::BruisesAtSchool
        } else {
            Sample::ALL[rng.random_range(0..Sample::ALL.len())]
        };
        let mut body = sample.json();
        let named = rng.random_bool(0.3);
        let mut planted = vec![
            ("place", word("place")),
            ("child", word("child")),
            ("narrative", word("narrative")),
        ];
        body["where_now"] = json!(word("place"));
        body["children"] = json!([{"sex": "female", "age": 13, "name": word("child"), "living_with": "grandparents"}]);
        body["narrative"] = json!(word("narrative"));
        for (part, field) in [("birth", "id_number"), ("school", "school"), ("home", "home_address")] {
            if rng.random_bool(0.8) {
                body["children"][0][field] = json!(word(part));
                planted.push((part, word(part)));
            }
        }
        body["reporter"] = json!({"kind": "teacher", "identity": if named { "named" } else { "confidential" },
                                  "organization": word("organization"), "name": word("name"), "phone": "13911112222"});
        planted.push(("reporter", word("organization")));
        planted.push((if named { "reporter" } else { "identity" }, word("name")));
        let filed = self.system.file(&body.to_string()).await;
        self.system.routed(&filed).await;
        if n == 4 {
            super::walk::to_triage(&self.system, filed.id()).await;
        }
        for (part, word) in planted {
            self.words.insert(word, (filed.id(), part));
        }
    }

    /// Some tickets are signed, something is open and something waits.
    async fn busy(&self) {
        let (_, member, _) = &self.people["member"];
        let csrf = member.get("/password").await.hidden("csrf");
        for id in self.mine().await.iter().take(3) {
            let page = member.get(&format!("/tickets/{id}")).await;
            member.act(&page, *id, "sign", &[]).await;
            let fields = [("csrf", csrf.as_str()), ("reason", "核实报案人")];
            member.post(&format!("/tickets/{id}/reporter"), &fields).await;
        }
        let (_, oversight, _) = &self.people["oversight"];
        let csrf = oversight.get("/password").await.hidden("csrf");
        let reports: Vec<i64> = sqlx::query_scalar("SELECT id FROM reports ORDER BY id")
            .fetch_all(&self.system.db)
            .await
            .unwrap();
        let (_, office, _) = &self.people["office"];
        let office_csrf = office.get("/password").await.hidden("csrf");
        for report in &reports {
            let ask = [("csrf", csrf.as_str()), ("part-identity", "on"), ("reason", "核查")];
            oversight.post(&format!("/reports/{report}/openings"), &ask).await;
            let opening: Option<i64> =
                sqlx::query_scalar("SELECT max(id) FROM openings WHERE side = 'oversight' AND state = 'asked'")
                    .fetch_one(&self.system.db)
                    .await
                    .unwrap();
            if let Some(opening) = opening {
                let approve = [("csrf", office_csrf.as_str()), ("version", "1")];
                office.post(&format!("/openings/{opening}/approve"), &approve).await;
            }
        }
        crate::callbacks::close(&self.system.db, ReportId::from_db(reports[1]), platform::clock::now()).await;
    }

    /// Tickets of the member's unit.
    async fn mine(&self) -> Vec<i64> {
        sqlx::query_scalar(
            "SELECT id FROM tickets WHERE unit = 'pol-341222101' AND obligation = 'police-accept' ORDER BY id",
        )
        .fetch_all(&self.system.db)
        .await
        .unwrap()
    }

    /// A route with random numbers that there are.
    async fn path(&self, rng: &mut StdRng) -> String {
        let route = self.routes.choose(rng).unwrap().clone();
        let one = async |sql: &'static str| -> String {
            let id: Option<i64> = sqlx::query_scalar(sql).fetch_optional(&self.system.db).await.unwrap();
            id.unwrap_or(999_999_999).to_string()
        };
        let id = if route.contains("/openings/{id}") {
            one("SELECT id FROM openings ORDER BY random() LIMIT 1").await
        } else if route.contains("/people/{id}") {
            one("SELECT id FROM accounts ORDER BY random() LIMIT 1").await
        } else {
            one("SELECT id FROM tickets ORDER BY random() LIMIT 1").await
        };
        let report = one("SELECT id FROM reports ORDER BY random() LIMIT 1").await;
        let opening = one("SELECT id FROM openings ORDER BY random() LIMIT 1").await;
        let print = if rng.random_bool(0.1) { "?print=1" } else { "" };
        route
            .replace("{id}", &id)
            .replace("{report_id}", &report)
            .replace("{opening}", &opening)
            .replace("{version}", "1")
            .replace("{table}", "urgency")
            .replace("{row}", "1")
            .replace("{code}", "ca")
            + print
    }

    async fn get(&self, who: &str, path: &str) -> String {
        let (_, browser, token) = &self.people[who];
        if path.starts_with("/api/") {
            let url = format!("{}{path}", self.system.internal_url);
            let answer = self.system.http.get(url).bearer_auth(token).send().await.unwrap();
            return answer.text().await.unwrap_or_default();
        }
        if path.contains(".xlsx") {
            return String::new();
        }
        browser.get(path).await.text
    }

    fn told(&self, text: &str) -> Shown {
        let found = self.words.iter().filter(|(word, _)| text.contains(word.as_str()));
        found.map(|(_, of)| *of).collect()
    }

    /// The rows after this id: who, and which of the plantable parts of which report.
    async fn recorded(&self, after: i64) -> (BTreeSet<i64>, Shown, i64) {
        let rows: Vec<(i64, i64, i64, Vec<String>)> =
            sqlx::query_as("SELECT id, account_id, report_id, parts FROM reads WHERE id > $1 ORDER BY id")
                .bind(after)
                .fetch_all(&self.system.db)
                .await
                .unwrap();
        let mut shown = Shown::new();
        for (_, _, report, parts) in &rows {
            // Who reported, whole, tells the kind and the organization as well.
            let whole = parts.iter().any(|part| part == "identity");
            let known = PARTS
                .into_iter()
                .filter(|part| parts.iter().any(|p| p == part) || whole && *part == "reporter");
            // A part that this report doesn't have can't be seen in the answer.
            let planted = known.filter(|part| self.words.values().any(|of| of == &(*report, *part)));
            shown.extend(planted.map(|part| (*report, part)));
        }
        let last = rows.last().map_or(after, |(id, ..)| *id);
        (rows.iter().map(|(_, who, ..)| *who).collect(), shown, last)
    }
}

#[tokio::test]
async fn what_is_read_is_what_was_recorded() {
    let setting = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = setting("SHOUWANG_READS_SEED").unwrap_or_else(|| rand::rng().random());
    println!("SHOUWANG_READS_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let world = World::new(&mut rng).await;
    let mut last = world.system.count("SELECT coalesce(max(id), 0) FROM reads").await;
    let (mut wrong, mut seen) = (BTreeSet::new(), BTreeMap::<&str, usize>::new());
    // The member looks at the tickets of the own unit, so that every run meets the parts of a page that shows much.
    let mut first: Vec<String> = world.mine().await.iter().map(|id| format!("/tickets/{id}")).collect();
    for _ in 0..setting("SHOUWANG_READS_LOOKS").unwrap_or(600) {
        let (who, path) = match first.pop() {
            Some(path) => ("member", path),
            None => (*WHO.choose(&mut rng).unwrap(), world.path(&mut rng).await),
        };
        if path.starts_with("/logout") {
            continue;
        }
        let told = world.told(&world.get(who, &path).await);
        let (accounts, recorded, at) = world.recorded(last).await;
        last = at;
        let me = world.people[who].0;
        if told != recorded {
            let more: Vec<_> = told.difference(&recorded).collect();
            let less: Vec<_> = recorded.difference(&told).collect();
            wrong.insert(format!(
                "{who} GET {path}: shown and not recorded {more:?}; recorded and not shown {less:?}"
            ));
        }
        if accounts.iter().any(|account| *account != me) {
            wrong.insert(format!("{who} GET {path}: recorded for {accounts:?}"));
        }
        for (_, part) in &told {
            *seen.entry(part).or_default() += 1;
        }
    }
    println!("parts seen: {seen:?}");
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
    // A run that meets no part says nothing about it.
    for part in ["place", "child", "narrative"] {
        assert!(
            seen.contains_key(part),
            "no look of this run showed {part} (seed {seed}): {seen:?}"
        );
    }
}
