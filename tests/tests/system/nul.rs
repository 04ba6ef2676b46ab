//! NUL is the one character that PostgreSQL can't hold. Wherever a program or a browser puts it, it is refused with words or left
//! out, and never becomes "try again later".

use reqwest::StatusCode;
use serde_json::json;
use tests::{STATION, Sample, Scene};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nul_is_never_the_databases_trouble() {
    let scene = Scene::of(Sample::BruisesAtSchool).await;
    let Scene { system, accounts, .. } = &scene;
    let ticket = scene.ticket_of(STATION).await;
    let at = |path: &str| format!("{}{path}", system.internal_url);

    let token = accounts.token(system, "member").await;
    let programs = [
        (
            "/api/v1/session".to_owned(),
            json!({"login": "a\0b", "password": "x\0y"}),
        ),
        (
            format!("/api/v1/tickets/{ticket}/evidence"),
            json!({"version": 1, "reference": "密封\0编号"}),
        ),
        (
            format!("/api/v1/tickets/{ticket}/openings"),
            json!({"parts": ["home"], "reason": "\0", "version": 1}),
        ),
    ];
    for (path, body) in programs {
        let answer = system.http.post(at(&path)).bearer_auth(&token).json(&body).send().await;
        let answer = answer.unwrap();
        let (status, said) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert!(matches!(status, 404 | 422), "{path}: {status} {said}");
    }
    for path in [
        "/api/v1/tickets?before=%00",
        "/api/v1/openings?list=a%00ll",
        "/api/v1/%00",
    ] {
        let answer = system.http.get(at(path)).bearer_auth(&token).send().await.unwrap();
        assert!(answer.status().as_u16() < 500, "{path}: {}", answer.status());
    }

    let admin = scene.browser("admin").await;
    for path in [
        "/people?q=%00",
        "/people?q=a%%0000b",
        "/people%00",
        "/units?q=%E5%AE%98%00",
        "/trail?login=%00",
    ] {
        let page = admin.get(path).await;
        assert!(page.status.as_u16() < 500, "{path}: {}", page.status);
    }
    let member = scene.browser("member").await;
    let page = scene.signed(&member, ticket).await;
    let page = member
        .act(&page, ticket, "evidence", &[("reference", "密封\0编号丙号")])
        .await;
    assert!(page.status == StatusCode::SEE_OTHER, "{} {}", page.status, page.text);
    let kept = member.get(&format!("/tickets/{ticket}")).await.text;
    assert!(kept.contains("密封编号丙号"), "what was typed is there without it");
}
