//! Who may ask, and what one asking makes.

use casework::{
    routing::{Asking, askable, request},
    words::Urgency,
};
use serde_json::{Value, json};
use tests::{Api, Problem, Sample, fixture::Fixture};

use super::{POLICE, Scene};

#[tokio::test]
async fn who_is_entitled_asks_once_and_the_court_has_the_ticket() {
    let scene = Scene::new().await;
    // Before anybody has signed nothing is asked.
    let early = scene.ask(None, "protection-order").await;
    assert_eq!(early.status, 409);
    scene.sign(&scene.member, scene.police).await;

    let page = scene.member.get(&format!("/tickets/{}", scene.police)).await;
    for offered in ["protection-order", "appropriate-adult", "legal-aid"] {
        assert!(page.text.contains(&format!("<option value=\"{offered}\"")), "{offered}");
    }
    assert!(!page.text.contains("<option value=\"guardianship-revocation\""));
    assert!(page.text.contains("：可由") && page.text.contains("未成年人保护法第一百一十条"));

    let refused = scene.ask(None, "guardianship-revocation").await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("撤销监护人资格：可由") && refused.text.contains("孩子回家仍有危险"));
    assert_eq!(scene.ask(None, "police-accept").await.status, 422);

    assert_eq!(scene.ask(Some(&page), "protection-order").await.status, 303);
    // The same press again, and the same from a fresh page.
    let again = scene.ask(Some(&page), "protection-order").await;
    assert_eq!(again.status, 200, "a double click is no fault");
    let twice = scene.ask(None, "protection-order").await;
    assert!(twice.status == 409 && twice.text.contains("没有重复提请"));

    let row: Value = sqlx::query_scalar(
        "SELECT jsonb_build_object('unit', t.unit, 'kind', t.unit_kind, 'case', t.case_id = p.case_id, 'lead', t.lead, 'urgency', t.urgency,
                'rules', t.rule_set, 'evidence', t.evidence, 'sign', s.time_limit, 'resolve', r.time_limit, 'event', r.start_event,
                'waits', r.due_at IS NULL AND r.started_at IS NULL, 'rings', EXISTS (SELECT FROM ring_turns x WHERE x.stage_id = s.id),
                'notices', (SELECT count(*) FROM notices n WHERE n.ticket_id = t.id AND n.kind = 'dispatch'))
         FROM tickets t JOIN requests q ON q.ticket_id = t.id JOIN tickets p ON p.id = q.from_ticket
         JOIN stages s ON s.ticket_id = t.id AND s.stage = 'sign' JOIN stages r ON r.ticket_id = t.id AND r.stage = 'resolve'
         WHERE p.id = $1",
    )
    .bind(scene.police)
    .fetch_one(&scene.system.db)
    .await
    .unwrap();
    let evidence = row["evidence"].as_str().unwrap().to_owned();
    assert_eq!(
        row,
        json!({"unit": "court", "kind": "court", "case": true, "lead": false, "urgency": "P1", "rules": 1, "evidence": evidence,
               "sign": "1h", "resolve": "24h", "event": "application-accepted", "waits": true, "rings": true, "notices": 1})
    );

    // Both pages say who asked whom; the court's says why, and why it has the ticket.
    let mine = scene.member.get(&format!("/tickets/{}", scene.police)).await.text;
    assert!(mine.contains("提请协办：人身安全保护令，派给 太和县人民法院"));
    let court = scene.accounts.browser(&scene.system, "court").await;
    let ticket = scene.asked("protection-order").await;
    let theirs = court.get(&format!("/tickets/{ticket}")).await.text;
    assert!(theirs.contains("向本单位提请协办") && theirs.contains("孩子回家仍有危险"));
    assert!(theirs.contains("按规则中“提请”的行派给本单位") && theirs.contains("《反家庭暴力法》"));
    // And nobody else's desk has either of them.
    let just = scene.accounts.browser(&scene.system, "just").await;
    assert_eq!(just.get(&format!("/tickets/{ticket}")).await.status, 404);
}

#[tokio::test]
async fn programs_ask_in_the_same_words() {
    let scene = Scene::new().await;
    scene.sign(&scene.member, scene.police).await;
    let api = Api::of(&scene.system, &scene.accounts, "member").await;
    let path = format!("/tickets/{}/requests", scene.police);
    let before: Value = api.get(&path).await;
    let entitled = |of: &str| {
        let all = before["askable"].as_array().unwrap();
        all.iter().find(|one| one["obligation"] == of).unwrap()["entitled"].clone()
    };
    assert_eq!(
        (entitled("legal-aid"), entitled("guardianship-revocation")),
        (json!(true), json!(false))
    );
    let version = before["version"].clone();

    let body = json!({"version": version, "obligation": "guardianship-revocation", "reason": "x"});
    let (status, problem): (u16, Value) = api.post(&path, &body).await;
    assert_eq!(status, 403);
    assert!(problem["detail"].as_str().unwrap().contains("may be asked for by"));
    let (status, problem): (u16, Problem) = api
        .post(&path, &json!({"version": version, "obligation": "legal-aid"}))
        .await;
    assert_eq!((status, problem.pointers()), (422, vec!["/reason"]));

    let body = json!({"version": version, "obligation": "legal-aid", "reason": "x"});
    let (status, done): (u16, Value) = api.post(&path, &body).await;
    assert_eq!((status, &done["requests"][0]["unit"]), (200, &json!("just")));
    let (status, _): (u16, Value) = api.post(&path, &body).await;
    assert_eq!(status, 409);
}

#[tokio::test]
async fn a_request_is_routed_as_the_rules_say_for_each_kind_of_unit() {
    let fixture = Fixture::new().await;
    let at = platform::clock::now();
    let facts = casework::report::Report::parse(Sample::BruisesAtSchool.body().as_bytes())
        .unwrap()
        .facts(at);
    // The rows of the county.s tables, by hand: who may ask for what, and where it goes.
    let rows = [
        (
            "protection-order",
            "court",
            &["police", "womens-federation", "village", "relief-station"][..],
        ),
        (
            "guardianship-revocation",
            "court",
            &[
                "civil-affairs",
                "education",
                "health",
                "womens-federation",
                "disabled-federation",
                "village",
            ],
        ),
        ("appropriate-adult", "just", &["police", "procuratorate", "court"]),
        (
            "legal-aid",
            "just",
            &["police", "procuratorate", "court", "civil-affairs"],
        ),
    ];
    let pack = &fixture.pack;
    let askable = askable(pack, &facts);
    assert_eq!(askable.len(), rows.len());
    for (obligation, unit, kinds) in rows {
        for kind in pack.vocabulary().unit_kinds.iter() {
            let asking = Asking {
                unit_kind: &kind.term.code,
                obligation,
                urgency: Urgency::P2,
                at,
            };
            let planned = request(pack, &facts, asking);
            let units: Option<Vec<String>> = planned.map(|p| p.tickets.into_iter().map(|t| t.unit).collect());
            let expected = kinds.contains(&kind.term.code.as_str()).then(|| vec![unit.to_owned()]);
            assert_eq!(units, expected, "{obligation} by {}", kind.term.code);
            let offered = askable[obligation].contains(&kind.term.code);
            assert_eq!(offered, expected.is_some(), "the page offers what the rules route");
        }
    }
    assert_eq!(pack.units().get(POLICE).unwrap().kind, "police");
}

#[tokio::test]
async fn a_double_click_opens_one_ticket() {
    let scene = Scene::new().await;
    scene.sign(&scene.member, scene.police).await;
    let page = scene.member.get(&format!("/tickets/{}", scene.police)).await;
    let (first, second) = tokio::join!(
        scene.ask(Some(&page), "appropriate-adult"),
        scene.ask(Some(&page), "appropriate-adult")
    );
    let mut answers = [first.status.as_u16(), second.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [200, 303], "one did it, the other is told that it is done");
    let tickets = scene
        .system
        .count("SELECT count(*) FROM tickets WHERE obligation = 'appropriate-adult'")
        .await;
    assert_eq!(tickets, 1);
}
