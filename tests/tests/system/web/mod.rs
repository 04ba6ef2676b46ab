//! The API as a school's system meets it: every refusal has its status, its words and its pointer, and stores nothing.

mod filing;
mod keys;
mod status;

use reqwest::Response;
use serde_json::Value;
use tests::{Sample, System};

fn report() -> Value {
    Sample::OrphanNew.json() // an orphan: no present danger
}

async fn post(system: &System, body: impl Into<reqwest::Body>, headers: &[(&str, &str)]) -> Response {
    let mut request = system.http.post(format!("{}/api/v1/reports", system.public_url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body).send().await.expect("an answer")
}

async fn problem(response: Response) -> Value {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    response.json().await.expect("JSON")
}
