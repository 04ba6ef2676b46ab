//! A P1 at any hour, by the provider of the tests.

use std::time::Duration;

use platform::{
    clock,
    seal::{Cipher, ContactKey},
};
use reqwest::StatusCode;
use serde_json::json;
use tests::{
    CALLBACK_SECRET, FakeGateway, NewPerson, Options, Sample, Servers, System, calls::phone, eventually, person,
    service::free_port,
};

/// Of the leader of the police station: nobody stands on its roster.
const LEADER: &str = "13812345671";

#[tokio::test]
async fn a_p1_rings_a_named_person_and_their_reply_ends_it() {
    let gateway = FakeGateway::start();
    let dir = std::env::temp_dir().join(format!("sw-night-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir_all(&dir).expect("a folder");
    let file = gateway.describe(&dir, &[("sms", "sms"), ("voice", "voice")], 600);
    let listen = format!("127.0.0.1:{}", free_port());
    let options = Options {
        env: vec![
            ("SHOUWANG_GATEWAYS".into(), file.display().to_string()),
            ("SHOUWANG_GATEWAY_LISTEN".into(), listen.clone()),
        ],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    let line = std::fs::read_to_string(system.dir().join("contact.key")).expect("the contact key");
    let key = ContactKey::parse(&line, Cipher::Aes256Gcm).expect("the contact key");
    let leader = NewPerson {
        login: "zhang.wei",
        name: "张伟",
        phone: None,
        unit: "pol-341222101",
        role: "leader",
        since: clock::now(),
    };
    let leader = person(&system.db, leader).await;
    phone(&system.db, &key, leader, 1, LEADER).await;

    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    eventually(
        "a message and a call to the leader",
        Duration::from_secs(30),
        async || {
            let asked = gateway.asked();
            let to = |name: &str| asked.iter().any(|asked| asked.by == name && asked.text("to") == LEADER);
            (to("sms") && to("voice")).then_some(())
        },
    )
    .await;
    for asked in gateway.asked() {
        let body = asked.body.to_string();
        assert!(!body.contains(&filed.receipt) && !body.contains("http"), "{body}");
    }

    let url = format!("http://{listen}/gateways/sms/{CALLBACK_SECRET}");
    let reply = json!({"from": LEADER, "text": "1"});
    let answer = system.http.post(url).body(reply.to_string()).send().await;
    assert_eq!(answer.expect("an answer").status(), StatusCode::OK);
    let open = "SELECT count(*) FROM bells b JOIN call_rings r USING (stage_id, due_generation, cause) JOIN calls c ON c.id = r.call_id
                WHERE c.account_id IS NOT NULL AND b.answered_at IS NULL";
    assert_eq!(system.count(open).await, 0, "all that rang for the leader is answered");
    assert!(
        system
            .count("SELECT count(*) FROM bells WHERE answered_how = 'message'")
            .await
            > 0
    );
    for service in ["intake-api", "router", "notifier"] {
        let log = system.service(service).log_text();
        assert!(
            !log.contains(LEADER) && !log.contains(CALLBACK_SECRET),
            "{service}: {log}"
        );
    }
    std::fs::remove_dir_all(&dir).expect("the folder goes");
}
