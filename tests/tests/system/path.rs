//! The main job: every sample through the running system gives exactly what the county expects.

use std::{collections::BTreeMap, time::Duration};

use tests::{Sample, System, eventually, root, shown::Unsent};

/// A line of `router route --json`, as far as it is compared.
#[derive(serde::Deserialize)]
struct Decided {
    file: String,
    urgency: String,
    tickets: Vec<Asked>,
    unsent: Vec<Unsent>,
}

#[derive(serde::Deserialize)]
struct Asked {
    obligation: String,
    unit: String,
}

struct Expected {
    urgency: String,
    lead: String,
    tickets: Vec<String>,
    unsent: Vec<String>,
}

fn expected() -> BTreeMap<String, Expected> {
    let mut reader = csv::Reader::from_path(root().join("tests/samples/expected.csv")).expect("expected.csv");
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    reader
        .records()
        .map(|row| {
            let row = row.expect("a row");
            let expected = Expected {
                urgency: row[1].into(),
                lead: row[2].into(),
                tickets: words(&row[3]),
                unsent: words(&row[4]),
            };
            (row[0].to_owned(), expected)
        })
        .collect()
}

fn names<'a>(pairs: impl IntoIterator<Item = (&'a String, &'a String)>) -> Vec<String> {
    let mut names: Vec<_> = pairs.into_iter().map(|(what, who)| format!("{what}@{who}")).collect();
    names.sort();
    names
}

#[tokio::test]
async fn every_sample_gets_its_tickets_and_mails() {
    let system = System::start().await;
    let expected = expected();
    assert_eq!(Sample::ALL.len(), expected.len());
    let mut mails = 0;
    for sample in Sample::ALL {
        let name = sample.file();
        let want = &expected[name];
        let filed = system.file(sample.body()).await;
        assert_eq!(filed.follow_up_code.len(), 16);
        let shown = system.routed(&filed).await;
        assert_eq!(shown.urgency.as_ref(), Some(&want.urgency), "{name}");
        let tickets = shown.tickets.iter().map(|t| (&t.obligation, &t.unit));
        assert_eq!(names(tickets), want.tickets, "{name}");
        let unsent = shown.unsent.iter().map(|u| (&u.obligation, &u.unit_kind));
        assert_eq!(names(unsent), want.unsent, "{name}");
        let leads = shown.leads().into_iter().map(|t| (&t.obligation, &t.unit));
        assert_eq!(names(leads), std::slice::from_ref(&want.lead), "{name}");
        let units: std::collections::BTreeSet<_> = shown.tickets.iter().map(|t| &t.unit).collect();
        mails += units.len();
        for ticket in &shown.tickets {
            assert_eq!(
                ticket.notices.len(),
                1,
                "{name}: grouped ones are shown with each ticket"
            );
        }
    }
    system.quiet(Duration::from_secs(30)).await;
    eventually("every unit's mail", Duration::from_secs(10), async || {
        (system.mail.count() >= mails).then_some(())
    })
    .await;
    let arrived = system.mail.mails();
    assert_eq!(arrived.len(), mails, "one mail a unit and report, no more");
    let mut ids: Vec<_> = arrived
        .iter()
        .map(|m| m.header("message-id").expect("a Message-ID"))
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), mails, "each with an id of its own");
    // Invariant 2, on a quiet system.
    assert_eq!(
        system.count("SELECT count(*) FROM reports").await,
        Sample::ALL.len() as i64
    );
    assert_eq!(
        system.count("SELECT count(DISTINCT report_id) FROM decisions").await,
        Sample::ALL.len() as i64
    );
    assert_eq!(system.count("SELECT count(*) FROM outbox").await, 0);
    assert_eq!(system.count("SELECT count(*) FROM parked_messages").await, 0);
}

#[tokio::test]
async fn route_says_the_same_without_any_server() {
    let mut words = vec![
        "route".to_owned(),
        "--json".to_owned(),
        "--at".to_owned(),
        "2026-11-24T08:10:00+08:00".to_owned(),
    ];
    let files: Vec<_> = Sample::ALL
        .iter()
        .map(|sample| format!("tests/samples/{}.json", sample.file()))
        .collect();
    words.extend(files.clone());
    let out = std::process::Command::new(tests::binary("router"))
        .args(&words)
        .env_clear()
        .current_dir(root())
        .output()
        .expect("router");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let stdout = String::from_utf8(out.stdout).expect("UTF-8");
    let expected = expected();
    assert_eq!(stdout.lines().count(), files.len());
    for (line, file) in stdout.lines().zip(&files) {
        let decided: Decided = serde_json::from_str(line).expect("JSON");
        let name = file.trim_start_matches("tests/samples/").trim_end_matches(".json");
        let want = &expected[name];
        assert_eq!((&decided.file, &decided.urgency), (file, &want.urgency), "{name}");
        let tickets = decided.tickets.iter().map(|t| (&t.obligation, &t.unit));
        assert_eq!(names(tickets), want.tickets, "{name}");
        let unsent = decided.unsent.iter().map(|u| (&u.obligation, &u.unit_kind));
        assert_eq!(names(unsent), want.unsent, "{name}");
    }
}

#[tokio::test]
async fn a_drill_needs_the_secret_and_is_marked() {
    let system = System::start().await;
    let body = Sample::BruisesAtSchool.body();
    let send = |secret: String| {
        let request = system
            .http
            .post(format!("{}/api/v1/reports", system.public_url))
            .header("X-Shouwang-Drill", secret);
        request.header("content-type", "application/json").body(body).send()
    };
    let refused = send("guess".into()).await.expect("an answer");
    assert_eq!(refused.status(), 403);
    assert_eq!(
        system.count("SELECT count(*) FROM reports").await,
        0,
        "a refused drill stores nothing"
    );
    let accepted = send(system.drill_secret.clone()).await.expect("an answer");
    assert_eq!(accepted.status(), 201);
    let filed: tests::Filed = accepted.json().await.expect("a receipt");
    assert!(system.routed(&filed).await.drill);
    system.quiet(Duration::from_secs(20)).await;
    assert_eq!(system.count("SELECT count(*) FROM notices WHERE NOT drill").await, 0);
    let subject = system.mail.mails()[0].header("subject").expect("a subject");
    assert!(
        subject.contains("=?utf-8?"),
        "encoded, as Chinese subjects are: {subject}"
    );
}
