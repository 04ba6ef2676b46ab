//! 开始值班 by HTTP: the page begins, hears by a stream what rings, says that it is there, and ends; and the same for programs.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use serde_json::{Value, json};
use tests::{
    Api, STATION, Sample, System, eventually,
    officers::{Accounts, Browser},
};

/// Sends what the page's script sends, and reads the answer.
async fn send(browser: &Browser, csrf: &str, path: &str, fields: &[(&str, &str)]) -> Value {
    let mut all = vec![("csrf", csrf)];
    all.extend_from_slice(fields);
    let answer = browser.post(path, &all).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    serde_json::from_str(&answer.text).expect("JSON")
}

/// The next event of this name.
async fn event(stream: &mut reqwest::Response, name: &str) -> Value {
    let mut text = String::new();
    loop {
        let chunk = stream.chunk().await.expect("a stream").expect("it goes on");
        text.push_str(&String::from_utf8_lossy(&chunk));
        let found = text
            .split("\n\n")
            .find(|event| event.contains(&format!("event: {name}")));
        if let Some(data) = found.and_then(|event| event.lines().find_map(|line| line.strip_prefix("data: "))) {
            return serde_json::from_str(data).expect("JSON");
        }
    }
}

/// The leader has a telephone, so that calls fall to them.
async fn a_telephone(system: &System) {
    sqlx::query(
        "INSERT INTO phones (account_id, number, number_mac, place, night, added_at, added_by, verified_at)
         SELECT id, '\\x01', '\\x01', 1, true, now(), id, now() FROM accounts WHERE login = 'demo-leader'",
    )
    .execute(&system.db)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_page_hears_what_rings_shows_it_and_keeps_no_session_alive() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    a_telephone(&system).await;
    let leader = accounts.browser(&system, "leader").await;
    let page = leader.get("/on-duty").await;
    assert_eq!(page.status, 200);
    for word in ["开始值班", "旧县派出所", "没有呼叫", "duty.js"] {
        assert!(page.text.contains(word), "the page says {word}");
    }
    let (_, csrf) = page.text.split_once("data-csrf=\"").unwrap();
    let csrf = csrf.split_once('"').unwrap().0.to_owned();
    let began = send(&leader, &csrf, "/on-duty/begin", &[("unit", STATION)]).await;
    let id = began["page"].to_string();
    assert_eq!(began["ended"], Value::Null);

    let mut stream = system
        .http
        .get(format!("{}/on-duty/stream?page={id}", system.internal_url))
        .header("cookie", leader.cookie())
        .send()
        .await
        .unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    assert_eq!(event(&mut stream, "rings").await["count"], 0);

    // The session is old, and stays so, whatever the page asks by itself.
    sqlx::query("UPDATE sessions SET used_at = used_at - interval '10 minutes'")
        .execute(&system.db)
        .await
        .unwrap();
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    let rings = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let rings = event(&mut stream, "rings").await;
            if rings["count"].as_u64() > Some(0) {
                return rings;
            }
        }
    })
    .await
    .expect("what rings comes by the stream");
    assert!(event(&mut stream, "beat").await["looked_s"].as_i64().unwrap() < 10);
    let shown: Vec<&str> = rings["calls"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let fields = [("page", id.as_str()), ("shown", &shown.join(" "))];
    send(&leader, &csrf, "/on-duty/beat", &fields).await;
    let asked = leader.get(&format!("/on-duty/state?page={id}")).await;
    let asked: Value = serde_json::from_str(&asked.text).unwrap();
    assert!(asked["count"].as_u64() > Some(0), "a page whose stream is cut asks");
    let touched = "SELECT count(*) FROM sessions s JOIN accounts a ON a.id = s.account_id
                   WHERE a.login = 'demo-leader' AND s.used_at > now() - interval '5 minutes'";
    assert_eq!(system.count(touched).await, 0, "none of it is an act of the person");
    eventually(
        "the call on the page is delivered",
        Duration::from_secs(20),
        async || {
            let delivered = "SELECT count(*) FROM calls WHERE channel = 'desk' AND state = 'delivered'";
            // A ring that came just now is shown by the next beat.
            let state = leader.get(&format!("/on-duty/state?page={id}")).await;
            let state: Value = serde_json::from_str(&state.text).ok()?;
            let calls: Vec<&str> = state["calls"].as_array()?.iter().filter_map(Value::as_str).collect();
            let fields = [("page", id.as_str()), ("shown", &calls.join(" "))];
            send(&leader, &csrf, "/on-duty/beat", &fields).await;
            (system.count(delivered).await > 0).then_some(())
        },
    )
    .await;

    // Pressing that one is there is.
    send(&leader, &csrf, "/on-duty/here", &[("page", id.as_str())]).await;
    eventually("the session is used", Duration::from_secs(10), async || {
        (system.count(touched).await > 0).then_some(())
    })
    .await;

    let list = leader.get(&format!("/on-duty/list?unit={STATION}")).await;
    assert!(
        list.text.contains("全部知悉接手") && list.text.contains("特急"),
        "{}",
        list.text
    );
    for secret in ["化名", "卫生室"] {
        assert!(!list.text.contains(secret), "{secret}");
    }

    let opened = leader.get(&format!("/on-duty/open/{}", shown[0])).await;
    assert!(opened.location.unwrap().starts_with("/tickets/"));
    let answered = leader
        .post("/on-duty/acknowledge", &[("csrf", &csrf), ("unit", STATION)])
        .await;
    assert_eq!(answered.location.as_deref(), Some("/on-duty"));
    let ended = send(&leader, &csrf, "/on-duty/end", &[("page", id.as_str())]).await;
    assert_eq!(ended["ended"], "finished");
    // Another person's page is none.
    let member = accounts.browser(&system, "member").await;
    assert_eq!(member.get(&format!("/on-duty/state?page={id}")).await.status, 404);
}

#[tokio::test]
async fn a_program_is_on_duty_and_who_hands_over_is_not_any_more() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let api = Api::of(&system, &accounts, "leader").await;
    let (status, began): (u16, Value) = api.post("/on-duty", &json!({"unit": STATION})).await;
    assert_eq!(status, 200, "{began}");
    let page = began["page"].as_i64().unwrap();
    let (status, _): (u16, Value) = api.post("/on-duty", &json!({"unit": "office"})).await;
    assert_eq!(status, 404, "not for a unit of somebody else");
    let open: Value = api.get("/on-duty").await;
    assert_eq!(open["pages"][0]["page"], page);
    let rings: Value = api.get(&format!("/on-duty/{page}")).await;
    assert_eq!(rings["rings"], json!([]));
    let (_, beat): (u16, Value) = api.post(&format!("/on-duty/{page}/beat"), &json!({"shown": []})).await;
    assert_eq!(beat["ended"], Value::Null);

    // 交班: the page of who gave it ends when it is taken.
    let (leader, member) = (
        accounts.browser(&system, "leader").await,
        accounts.browser(&system, "member").await,
    );
    let path = format!("/duty/{STATION}/handover");
    let to = system
        .count("SELECT id FROM accounts WHERE login = 'demo-member'")
        .await;
    let csrf = leader.get(&path).await.hidden("csrf");
    leader.post(&path, &[("csrf", &csrf), ("to", &to.to_string())]).await;
    let handover = system.count("SELECT id FROM handovers WHERE taken_at IS NULL").await;
    let csrf = member.get(&path).await.hidden("csrf");
    let taken = member
        .post(
            &format!("/duty/{STATION}/handovers/{handover}/take"),
            &[("csrf", &csrf)],
        )
        .await;
    assert_eq!(taken.status, 200);
    let (_, beat): (u16, Value) = api.post(&format!("/on-duty/{page}/beat"), &json!({})).await;
    assert_eq!(beat["ended"], "handed-over");
    let (_, ended): (u16, Value) = api.post(&format!("/on-duty/{page}/end"), &json!({})).await;
    assert_eq!(ended["ended"], "handed-over", "it stands as it ended");
}
