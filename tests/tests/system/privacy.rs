//! Invariant 8: nothing that a reporter typed is readable in a database dump, the logs, the metrics or the broker's messages.

use std::{process::Command, time::Duration};

use casework::report::Report;
use platform::broker::{Connection, Queue, Topology};
use serde_json::{Value, json};
use tests::{Options, Sample, Servers, System, eventually};

/// A report in which every free text is a phrase that occurs nowhere else.
fn planted() -> (Value, Vec<String>) {
    let mut phrases = Vec::new();
    let mut plant = |word: &str| {
        phrases.push(format!("绝密{word}Zx9"));
        format!("绝密{word}Zx9")
    };
    let body = json!({
        "situations": ["abuse-injury"], "present_danger": true, "area": "341222101001", "where_now": plant("地点"),
        "place": "home", "suspect": "guardian",
        "children": [{"name": plant("姓名"), "sex": "male", "age": 9, "birth_date": "2017-03-02", "id_number": plant("证件"),
                      "school": plant("学校"), "home_address": plant("住址")}],
        "reporter": {"kind": "teacher", "identity": "named", "organization": plant("单位"), "name": plant("报告人"), "phone": plant("电话")},
        "narrative": plant("经过"),
    });
    phrases.push("2017-03-02".into());
    (body, phrases)
}

/// Phrases that stand in the samples.
fn of_samples() -> Vec<String> {
    let mut phrases = Vec::new();
    for sample in Sample::ALL {
        let body = sample.json();
        phrases.push(body["narrative"].as_str().expect("a narrative").to_owned());
        let report = Report::parse(sample.body().as_bytes()).expect("a report");
        phrases.extend(report.children.into_iter().filter_map(|child| child.name));
        phrases.extend(body["reporter"]["organization"].as_str().map(str::to_owned));
    }
    phrases
}

fn nowhere(place: &str, text: &str, phrases: &[String]) {
    for phrase in phrases {
        assert!(!text.contains(phrase.as_str()), "{place} holds {phrase:?}");
        assert!(
            !text.contains(&hex::encode(phrase)),
            "{place} holds {phrase:?} in hexadecimal"
        );
    }
}

#[tokio::test]
async fn nothing_typed_is_readable_outside() {
    let env = vec![("SHOUWANG_LOG".to_owned(), "debug,hyper=info,h2=info".to_owned())];
    let system = System::start_on(
        &Servers::shared(),
        Options {
            env,
            ..Options::default()
        },
    )
    .await;
    let (body, mut phrases) = planted();
    phrases.extend(of_samples());
    let filed = system.try_file(&body.to_string(), Some("key-1")).await.expect("a 201");
    phrases.push(filed.follow_up_code.clone());
    for sample in Sample::ALL {
        system.file(sample.body()).await;
    }
    // Wrong input is answered, not logged.
    let wrong = body.to_string().replace("\"male\"", "\"绝密性别Zx9\"");
    phrases.push("绝密性别Zx9".into());
    assert!(system.try_file(&wrong, None).await.is_none());
    system.routed(&filed).await;
    system.quiet(Duration::from_secs(30)).await;

    let dump = Command::new("pg_dump")
        .args(["--enable-row-security", "--dbname"])
        .arg(&system.database_url)
        .output()
        .expect("pg_dump (package postgresql-client)");
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let dump = String::from_utf8_lossy(&dump.stdout).into_owned();
    assert!(dump.contains("abuse-injury"), "the dump holds the routing facts");
    nowhere("the database dump", &dump, &phrases);
    for (name, service) in [
        ("intake-api", &system.intake),
        ("router", &system.router),
        ("notifier", &system.notifier),
    ] {
        let log = service.log_text();
        assert!(log.len() > 500, "{name} logged something");
        nowhere(&format!("the log of {name}"), &log, &phrases);
        nowhere(&format!("the metrics of {name}"), &service.metrics().await, &phrases);
        assert!(
            !log.contains("@taihe.example"),
            "mailboxes stay out of the log of {name}"
        );
    }
    for mail in system.mail.mails() {
        nowhere("a mail", &mail.raw, &phrases);
    }
}

#[tokio::test]
async fn messages_carry_ids_only() {
    let options = Options {
        start: vec!["intake-api"],
        ..Options::default()
    };
    let system = System::start_on(&Servers::shared(), options).await;
    let (body, phrases) = planted();
    let filed = system.file(&body.to_string()).await;
    eventually("published", Duration::from_secs(10), async || {
        (system
            .count("SELECT count(*) FROM outbox WHERE published_at IS NOT NULL")
            .await
            == 1)
            .then_some(())
    })
    .await;
    let connection = Connection::dial(&system.amqp_url, "test", Topology::new(&system.prefix))
        .await
        .expect("the broker");
    let received = connection
        .consumer(Queue::Urgent, 1)
        .await
        .expect("a subscription")
        .next()
        .await
        .expect("a message");
    let text = String::from_utf8(received.bytes.clone()).expect("text");
    nowhere("the message", &text, &phrases);
    let message: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(message, json!({"v": 1, "county": "taihe", "report": filed.id()}));
}
