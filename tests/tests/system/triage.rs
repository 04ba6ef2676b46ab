//! 待人工研判 by two people of one name: a person is an account, and pages tell them apart.

use reqwest::StatusCode;
use tests::{
    System,
    officers::{Accounts, Browser},
};

use crate::board::unsettled;

#[tokio::test]
async fn two_people_of_one_name_at_one_triage() {
    let system = System::start().await;
    let mut accounts = Accounts::make(&system).await;
    for login in ["wang.wei", "wang.wei2"] {
        accounts.join(&system, login, "王伟", ("office", "office")).await;
    }
    let one = accounts.browser(&system, "wang.wei").await;
    let two = accounts.browser(&system, "wang.wei2").await;
    let id = unsettled(&system).await;
    let path = format!("/triage/{id}");
    let (first, second) = (one.get(&path).await.hidden("csrf"), two.get(&path).await.hidden("csrf"));
    let take = format!("{path}/take");
    assert_eq!(one.post(&take, &[("csrf", &first)]).await.status, StatusCode::OK);
    // The same person again is a double click; the other is told that somebody else has it, and who.
    let again = one.post(&take, &[("csrf", &first)]).await;
    assert!(
        again.status == StatusCode::OK && again.text.contains("王伟（wang.wei）"),
        "{}",
        again.text
    );
    let late = two.post(&take, &[("csrf", &second)]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    for page in [&late, &two.get(&path).await, &two.get("/triage").await] {
        assert!(
            page.text.contains("王伟（wang.wei）"),
            "who has it in hand: {}",
            page.text
        );
    }
    assert!(
        !late.text.contains("王伟（wang.wei2）已"),
        "nobody is told that he himself did it"
    );

    // Settled by the second: the trail has both, each with their own account; the first is told by whom.
    let assign = format!("{path}/assign");
    let send = async |browser: &Browser, csrf: &str| {
        let fields = [
            ("csrf", csrf),
            ("obligation", "benefit-review"),
            ("unit", "ca"),
            ("reason", "孤儿，转民政认定"),
        ];
        browser.post(&assign, &fields).await
    };
    let done = send(&two, &second).await;
    assert!(
        done.status == StatusCode::OK && done.text.contains("研判已了结"),
        "{}",
        done.text
    );
    let late = send(&one, &first).await;
    assert!(
        late.status == StatusCode::CONFLICT && late.text.contains("王伟（wang.wei2）"),
        "{}",
        late.text
    );
    assert_eq!(
        send(&two, &second).await.status,
        StatusCode::OK,
        "a double click of the second"
    );
    let acts: Vec<(String, String)> = sqlx::query_as(
        "SELECT e.kind, a.login FROM events e JOIN accounts a ON a.id = e.account_id
         WHERE e.report_id = $1 AND e.kind LIKE 'triage-%' ORDER BY e.at",
    )
    .bind(id)
    .fetch_all(&system.db)
    .await
    .unwrap();
    let acts: Vec<(&str, &str)> = acts
        .iter()
        .map(|(kind, login)| (kind.as_str(), login.as_str()))
        .collect();
    assert_eq!(acts, [("triage-taken", "wang.wei"), ("triage-assigned", "wang.wei2")]);
    let ticket: i64 = sqlx::query_scalar("SELECT id FROM tickets WHERE report_id = $1 AND obligation = 'triage'")
        .bind(id)
        .fetch_one(&system.db)
        .await
        .unwrap();
    let trail = one.get(&format!("/board/tickets/{ticket}")).await.text;
    assert!(trail.contains("王伟（wang.wei）") && trail.contains("王伟（wang.wei2）"));
}
