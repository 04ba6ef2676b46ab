//! The same by API, and the order of the queue.

use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};
use tests::{System, officers::Accounts};

use super::filed;

#[tokio::test]
async fn the_queue_is_ordered_by_next_due() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (first, ..) = filed(&system).await;
    let (second, ..) = filed(&system).await;
    let token = accounts.token(&system, "member").await;
    let queue = async || -> Vec<i64> {
        let url = format!("{}/api/v1/tickets?limit=100", system.internal_url);
        let body: Value = system
            .http
            .get(url)
            .bearer_auth(&token)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let tickets = body["tickets"].as_array().unwrap();
        assert_eq!(body["open"].as_u64().unwrap(), tickets.len() as u64);
        let due: Vec<_> = tickets
            .iter()
            .map(|t| {
                t["next_due_at"]
                    .as_str()
                    .map(|d| d.parse::<DateTime<FixedOffset>>().unwrap())
            })
            .collect();
        assert!(due.is_sorted(), "{due:?}");
        tickets.iter().map(|t| t["id"].as_i64().unwrap()).collect()
    };
    let before = queue().await;
    let place = |ids: &[i64], id| ids.iter().position(|x| *x == id).unwrap();
    assert!(
        place(&before, first) < place(&before, second),
        "both wait for a signature, the older first"
    );
    let member = accounts.browser(&system, "member").await;
    let page = member.get(&format!("/tickets/{first}")).await;
    assert_eq!(member.act(&page, first, "sign", &[]).await.status, 303);
    let after = queue().await;
    assert!(
        place(&after, first) > place(&after, second),
        "signed: its next due is later"
    );
    let html = member.get("/desk").await.text;
    let at = |id| html.find(&format!("/tickets/{id}\"")).unwrap();
    assert!(at(second) < at(first), "the page has the same order");
    let list = member.get("/desk/list").await;
    assert!(list.status == 200 && list.text.contains("hx-swap-oob") && !list.text.contains("<html"));
}

#[tokio::test]
async fn the_same_acts_by_api() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (id, other, _) = filed(&system).await;
    let token = accounts.token(&system, "member").await;
    let url = |path: &str| format!("{}/api/v1/tickets/{path}", system.internal_url);
    let post = async |act: &str, body: Value| {
        let answer = system
            .http
            .post(url(&format!("{id}/{act}")))
            .bearer_auth(&token)
            .json(&body)
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(
        system.http.get(url(&id.to_string())).send().await.unwrap().status(),
        401
    );
    assert_eq!(
        system
            .http
            .get(url(&other.to_string()))
            .bearer_auth(&token)
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    let ticket: Value = system
        .http
        .get(url(&id.to_string()))
        .bearer_auth(&token)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        (ticket["state"].as_str(), ticket["next_act"].as_str()),
        (Some("dispatched"), Some("sign"))
    );
    assert!(ticket["matter"]["narrative"].is_string());
    // Who asked for secrecy is not named; the identity is opened apart.
    assert!(ticket["reporter"]["kind"].is_string() && ticket["reporter"]["name"].is_null());

    let (status, body) = post("sign", json!({})).await;
    assert_eq!((status, body["errors"][0]["pointer"].as_str()), (422, Some("/version")));
    let (status, body) = post("sign", json!({"version": ticket["version"]})).await;
    assert_eq!(
        (status, body["state"].as_str(), body["next_act"].as_str()),
        (200, Some("signed"), Some("contact"))
    );
    let (status, stale) = post("sign", json!({"version": ticket["version"]})).await;
    assert_eq!((status, stale["last_act"]["kind"].as_str()), (409, Some("signed")));
    let (status, wrong) = post(
        "contact",
        json!({"version": body["version"], "who": "甲", "at": "yesterday"}),
    )
    .await;
    let pointers: Vec<_> = wrong["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect();
    assert_eq!((status, pointers), (422, vec!["/at", "/place"]));
    // What the outcome needs is asked: the material or why not, by whom the child was seen or why not.
    let version = body["version"].clone();
    let (status, wrong) = post(
        "resolve",
        json!({"version": version, "outcome": "confirmed-handled", "note": "完"}),
    )
    .await;
    let pointers: Vec<_> = wrong["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap())
        .collect();
    assert_eq!((status, pointers), (422, vec!["/reference", "/seen"]));
    let closing =
        json!({"version": version, "outcome": "confirmed-handled", "missing": "尚未出具", "unseen": "孩子已离开本县"});
    let (status, body) = post("resolve", closing).await;
    assert_eq!(
        (status, body["state"].as_str()),
        (200, Some("close-requested")),
        "{body}"
    );
    assert_eq!(
        (body["closing"]["outcome"].as_str(), body["next_stage"].as_str()),
        (Some("confirmed-handled"), Some("confirm"))
    );
    let (status, own) = post("confirm", json!({"version": body["version"]})).await;
    assert_eq!((status, own["denied"].as_str()), (409, Some("own")));
    let (status, back) = post("take-back", json!({"version": body["version"]})).await;
    assert_eq!(
        (status, back["state"].as_str(), back["next_stage"].as_str()),
        (200, Some("in-progress"), Some("contact"))
    );
    let (status, body) = post("sign", json!({"version": back["version"]})).await;
    assert_eq!((status, body["state"].as_str()), (409, Some("in-progress")));

    let document: Value = system
        .http
        .get(format!("{}/api/v1/openapi.json", system.internal_url))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let out = system.intake_cli(&["routes"]).await;
    let api = out
        .stdout
        .lines()
        .filter_map(|l| l.split_once(' '))
        .filter(|(_, p)| p.starts_with("/api/"));
    let mut count = 0;
    for (method, path) in api {
        assert!(
            document["paths"][path][method.to_lowercase()].is_object(),
            "{method} {path} is not in the document"
        );
        count += 1;
    }
    assert!(count >= 16, "{count}");
    system.quiet(Duration::from_secs(20)).await;
}
