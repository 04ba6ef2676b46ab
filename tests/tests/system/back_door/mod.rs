//! No back door: of reports in which every part is a word of its own, each person gets through every door of the program — every
//! route that it prints, with every id that there is — no word but those of the parts that their row shows or an opening has opened for
//! them; and whenever a word is shown, a row of `reads` says so in the same moment.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod doors;
mod person;
mod planted;

use std::collections::BTreeSet;

use reqwest::redirect::Policy;
use serde_json::{Value, json};
use tests::{System, officers::Accounts};

use self::{
    doors::{Ids, is_walked},
    person::{Person, one, unit_people},
    planted::Planted,
};

/// Reports in every state that has a page of its own, with looks that are asked, open, ended and refused.
async fn scene(system: &System, accounts: &mut Accounts) -> (Vec<Planted>, Vec<String>) {
    let many = [
        "abuse-injury",
        "guardian-unfit",
        "dropout",
        "internet-harm",
        "orphan",
        "illness",
        "disability",
        "psychological",
        "minor-offence",
        "hardship",
    ];
    let reports = vec![
        Planted::file(system, "Zq1", false, &many, true).await,
        Planted::file(
            system,
            "Zq2",
            true,
            &["living-alone", "bullying", "sexual-under-14", "dropout"],
            false,
        )
        .await,
        Planted::file(system, "Zq3", false, &["abuse-injury"], false).await,
        Planted::file(system, "Zq4", true, &["dropout"], false).await,
    ];
    let units = unit_people(system, accounts).await;
    let (first, last) = (reports[0].filed.id(), reports[3].filed.id());
    let post = async |who: &str, path: String, body: Value| {
        let token = accounts.token(system, who).await;
        let answer = system
            .http
            .post(format!("{}/api/v1{path}", system.internal_url))
            .bearer_auth(token)
            .json(&body);
        let answer = answer.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{who} {path}: {status} {text}");
    };
    // The third waits for the office, which holds it.
    sqlx::query(
        "UPDATE tickets SET obligation = 'triage', unit = 'office', unit_kind = 'office',
                shows = '{place,situations,child,birth,school,home,suspect,narrative,reporter}'
         WHERE id = (SELECT min(id) FROM tickets WHERE report_id = $1)",
    )
    .bind(reports[2].filed.id())
    .execute(&system.db)
    .await
    .unwrap();
    // Two units sign; the police open the identity, the other what a P1 opens at once, and asks for more.
    for obligation in ["police-accept", "psychological-support"] {
        let (ticket, unit): (i64, String) =
            sqlx::query_as("SELECT id, unit FROM tickets WHERE report_id = $1 AND obligation = $2 ORDER BY id LIMIT 1")
                .bind(first)
                .bind(obligation)
                .fetch_one(&system.db)
                .await
                .unwrap();
        post(&unit, format!("/tickets/{ticket}/sign"), json!({"version": 1})).await;
        let parts = if obligation == "police-accept" {
            json!(["identity"])
        } else {
            json!(["home", "birth", "reporter"])
        };
        post(
            &unit,
            format!("/tickets/{ticket}/openings"),
            json!({"parts": parts, "reason": "上门需要"}),
        )
        .await;
        if obligation != "police-accept" {
            // Closed but for another person's word.
            let version: i32 = one(system, "SELECT version FROM tickets WHERE id = $1", ticket).await;
            let closing = json!({"version": version, "outcome": "no-harm-found", "note": "未见异常", "unseen": "电话核实", "missing": "无"});
            post(&unit, format!("/tickets/{ticket}/resolve"), closing).await;
        }
    }
    // The office asks for what it is not shown, the second person approves; the oversight asks and is refused.
    post(
        "office",
        format!("/reports/{first}/openings"),
        json!({"parts": ["identity", "school"], "reason": "回访"}),
    )
    .await;
    let asked: i64 = one(system, "SELECT max(id) FROM openings WHERE $1 = $1", 0_i64).await;
    post("office2", format!("/openings/{asked}/approve"), json!({"version": 1})).await;
    post(
        "oversight",
        format!("/reports/{first}/openings"),
        json!({"parts": ["identity"], "reason": "核查"}),
    )
    .await;
    let asked: i64 = one(system, "SELECT max(id) FROM openings WHERE $1 = $1", 0_i64).await;
    post(
        "office",
        format!("/openings/{asked}/refuse"),
        json!({"version": 1, "note": "不需要"}),
    )
    .await;
    // The last report is closed and waits for a call-back; two are of a flood.
    for step in [
        "UPDATE tickets SET state = 'signed', signed_at = dispatched_at, signed_by = '王伟' WHERE report_id = $1",
        "UPDATE tickets SET state = 'resolved', resolved_at = dispatched_at, resolved_by = '王伟', outcome = 'no-harm-found',
                next_stage = NULL, next_due_at = NULL WHERE report_id = $1",
        "UPDATE stages SET ended_at = started_at, next_at = NULL, ended_how = 'closed' WHERE ticket_id IN (SELECT id FROM tickets WHERE report_id = $1)",
    ] {
        sqlx::query(step).bind(last).execute(&system.db).await.unwrap();
    }
    sqlx::query(
        "WITH f AS (INSERT INTO floods (county, kind, township, began_at, last_at, state)
                    SELECT county, 'township', '341222101000', received_at, received_at, 'open' FROM reports WHERE id = $1 RETURNING id)
         INSERT INTO flood_reports (report_id, flood_id) SELECT r.id, f.id FROM f, reports r WHERE r.id IN ($1, $2)",
    )
    .bind(first)
    .bind(reports[1].filed.id())
    .execute(&system.db)
    .await
    .unwrap();
    (reports, units)
}

#[tokio::test]
async fn no_door_tells_more_than_its_row_and_every_look_is_written_down() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    let (reports, units) = scene(&system, &mut accounts).await;
    let printed = system.intake_cli(&["routes"]).await.stdout;
    let routes: Vec<(&str, &str)> = printed.lines().map(|line| line.split_once(' ').unwrap()).collect();
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let people = ["member", "leader", "office", "office2", "oversight", "leading", "admin"].map(str::to_owned);
    let (mut wrong, mut shown, mut doors) = (Vec::new(), BTreeSet::new(), 0);
    for who in people.iter().chain(&units) {
        let person = Person::open(&system, &accounts, who).await;
        let ids = Ids::of(&system, person.account).await;
        let mut may = Vec::new();
        for planted in &reports {
            may.push(person.parts(&system, planted.filed.id()).await);
        }
        for (method, route) in routes.iter().filter(|(method, route)| is_walked(method, route)) {
            // A unit's person finds nothing behind the county's pages, whatever the id: one is enough there.
            let mut addresses = ids.addresses(route);
            let county = !route.contains("/tickets/") || route.contains("/board/");
            // A form that fails shows the page that it stands on: one of each is enough.
            if *method == "POST" && route.contains("/tickets/") {
                addresses.truncate(1);
            }
            if county && !["office", "office2", "oversight"].contains(&who.as_str()) {
                addresses.truncate(1);
            }
            for path in addresses {
                let before = platform::clock::now();
                let text = person.ask(&system, &client, method, &path).await;
                doors += 1;
                for (planted, may) in reports.iter().zip(&may) {
                    let told = planted.told(&text);
                    if told.is_empty() {
                        continue;
                    }
                    let read: Vec<String> = sqlx::query_scalar(
                        "SELECT DISTINCT unnest(parts) FROM reads WHERE at >= $1 AND report_id = $2 AND account_id = $3",
                    )
                    .bind(before)
                    .bind(planted.filed.id())
                    .bind(person.account)
                    .fetch_all(&system.db)
                    .await
                    .unwrap();
                    let read: BTreeSet<String> = read.into_iter().collect();
                    for part in told {
                        shown.insert((person.who.clone(), part));
                        if !planted.covers(may, part) {
                            wrong.push(format!("{who} {method} {path}: shows {part} of {}", planted.mark));
                        }
                        if !planted.covers(&read, part) {
                            wrong.push(format!(
                                "{who} {method} {path}: shows {part} of {}, and no look is written down",
                                planted.mark
                            ));
                        }
                        if !route.contains('{') {
                            wrong.push(format!(
                                "{who} {method} {path}: a list shows {part} of {}",
                                planted.mark
                            ));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {doors}:\n{}", wrong.len(), wrong.join("\n"));
    // The walk did meet what it looks for.
    for (who, part) in [
        ("office", "place"),
        ("office", "child"),
        ("office", "contact"),
        ("office", "school"),
        ("oversight", "narrative"),
        ("oversight", "birth"),
        ("pol-341222101", "contact"),
        ("pol-341222101", "narrative"),
        ("leader", "narrative"),
    ] {
        assert!(
            shown.contains(&(who.to_owned(), part)),
            "{who} was never shown {part}: {shown:?}"
        );
    }
    assert!(
        !shown.iter().any(|(who, _)| who == "leading" || who == "admin"),
        "{shown:?}"
    );
    eprintln!("{doors} doors");
    assert!(doors > 1500, "{doors} doors");

    // What needs no login, what an operator prints, what is mailed, logged and measured.
    system.quiet(std::time::Duration::from_secs(60)).await;
    let mut elsewhere = vec![];
    for planted in &reports {
        elsewhere.push((
            format!("show {}", planted.mark),
            system
                .router_cli(&["show", &planted.filed.receipt, "--json"])
                .await
                .stdout,
        ));
        let status = json!({"receipt": planted.filed.receipt, "follow_up_code": planted.filed.follow_up_code});
        let status = system
            .http
            .post(format!("{}/api/v1/status", system.public_url))
            .json(&status)
            .send()
            .await
            .unwrap();
        assert_eq!(status.status(), 200);
        elsewhere.push((format!("status {}", planted.mark), status.text().await.unwrap()));
    }
    for mail in system.mail.mails() {
        elsewhere.push(("a mail".to_owned(), format!("{}{}", mail.raw, mail.text())));
    }
    for (name, service) in [
        ("intake-api", &system.intake),
        ("router", &system.router),
        ("notifier", &system.notifier),
    ] {
        elsewhere.push((format!("the log of {name}"), service.log_text()));
        elsewhere.push((format!("the metrics of {name}"), service.metrics().await));
    }
    for (place, text) in elsewhere {
        for planted in &reports {
            assert!(planted.told(&text).is_empty(), "{place}: {:?}", planted.told(&text));
        }
    }
}
