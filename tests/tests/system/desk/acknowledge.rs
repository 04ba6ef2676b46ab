//! 知悉接手 on the pages: who is called sees it and answers, and every page says what is still owed.

use std::time::Duration;

use tests::{
    System, eventually,
    officers::{Accounts, Browser, Page},
};

use super::filed;

/// Sends the form of a page.
async fn press(browser: &Browser, page: &Page, path: &str) -> Page {
    let csrf = page.hidden("csrf");
    browser.post(path, &[("csrf", csrf.as_str())]).await
}

/// Sample 01 at the demo's police, whose leader has a telephone and an address: nobody made a roster, so a call falls to them.
async fn rings(system: &System) -> i64 {
    sqlx::query(
        "INSERT INTO phones (account_id, number, number_mac, place, night, added_at, added_by, verified_at)
         SELECT id, '\\x01', '\\x01', 1, true, now(), id, now() FROM accounts WHERE login = 'demo-leader'",
    )
    .execute(&system.db)
    .await
    .unwrap();
    sqlx::query("UPDATE accounts SET mail = 'leader@police.example' WHERE login = 'demo-leader'")
        .execute(&system.db)
        .await
        .unwrap();
    let (id, _, _) = filed(system).await;
    eventually("the police ticket rings", Duration::from_secs(30), async || {
        let rung: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM call_rings r JOIN stages s ON s.id = r.stage_id JOIN calls c ON c.id = r.call_id
                            JOIN accounts a ON a.id = c.account_id WHERE s.ticket_id = $1 AND a.login = 'demo-leader')",
        )
        .bind(id)
        .fetch_one(&system.db)
        .await
        .unwrap();
        rung.then_some(())
    })
    .await;

    id
}

#[tokio::test]
async fn who_is_called_answers_and_the_ticket_is_still_unsigned() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let id = rings(&system).await;

    let leader = accounts.browser(&system, "leader").await;
    let queue = leader.get("/desk").await;
    assert!(queue.text.contains("还没有人知悉接手") && queue.text.contains("全部知悉接手"));
    let path = format!("/tickets/{id}");
    let ticket = leader.get(&path).await;
    for word in [
        "这件工单正在呼叫值班人员",
        "呼叫记录",
        "签收·派单（第 1 次）",
        "演示·派出所所长",
        "短信",
    ] {
        assert!(ticket.text.contains(word), "the ticket says {word}");
    }
    assert!(!ticket.text.contains("\\x01"));

    // A colleague of the unit may take it as well; here the one who is called does.
    let done = press(&leader, &ticket, &format!("{path}/acknowledge")).await;
    assert_eq!(
        done.location.as_deref(),
        Some(format!("{path}?done=acknowledge").as_str())
    );
    let ticket = leader.get(done.location.as_deref().unwrap()).await;
    for word in [
        "这一次呼叫停止。签收时限照常计算。",
        "知悉接手（登录平台）；签收还没有完成。",
        "收到并签收",
    ] {
        assert!(ticket.text.contains(word), "the ticket says {word}");
    }
    assert!(!ticket.text.contains("正在呼叫值班人员"));
    // Pressed twice it says that nothing new was recorded.
    let again = press(&leader, &ticket, &format!("{path}/acknowledge")).await;
    assert_eq!(
        again.location.as_deref(),
        Some(format!("{path}?done=acknowledged-before").as_str())
    );

    // The office sees who answered and that nobody signed.
    let board = accounts
        .browser(&system, "office")
        .await
        .get(&format!("/board{path}"))
        .await;
    for word in ["知悉接手（登录平台）；签收还没有完成。", "呼叫记录", "演示·派出所所长"]
    {
        assert!(board.text.contains(word), "the board says {word}");
    }
    let signed: bool = sqlx::query_scalar("SELECT signed_at IS NOT NULL FROM tickets WHERE id = $1")
        .bind(id)
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert!(!signed);

    // What rings for a person is answered from the list at once.
    let queue = leader.get("/desk").await;
    if queue.text.contains("全部知悉接手") {
        let all = press(&leader, &queue, "/desk/acknowledge").await;
        assert_eq!(all.location.as_deref(), Some("/desk?done=acknowledge"));
    }
    assert!(!leader.get("/desk").await.text.contains("全部知悉接手"));
}

#[tokio::test]
async fn the_button_of_a_mail_answers_by_the_press_alone() {
    let system = System::start().await;
    Accounts::make(&system).await;
    let id = rings(&system).await;
    let base = &system.internal_url;
    let path = eventually("the call by mail", Duration::from_secs(30), async || {
        let mails = system.mail.mails();
        let mail = mails
            .iter()
            .find(|mail| mail.to.contains("leader@police.example") && mail.text().contains("/answer/"))?;
        let text = mail.text();
        let link = text
            .split_whitespace()
            .find_map(|word| word.strip_prefix(base.as_str()))?;
        Some(link.to_owned())
    })
    .await;
    let url = format!("{base}{path}");
    let answered = async || -> i64 {
        sqlx::query_scalar(
            "SELECT count(*) FROM bells b JOIN stages s ON s.id = b.stage_id JOIN accounts a ON a.id = b.answered_by
             WHERE s.ticket_id = $1 AND b.answered_how = 'mail' AND a.login = 'demo-leader'",
        )
        .bind(id)
        .fetch_one(&system.db)
        .await
        .unwrap()
    };
    let get = async || system.http.get(&url).send().await.unwrap().text().await.unwrap();

    let page = get().await;
    assert!(page.contains("演示·派出所所长") && page.contains(&format!("action=\"{path}\"")));
    assert_eq!(answered().await, 0, "looking answers nothing");
    // A code that is wrong in one place is as good as none.
    let wrong = url.strip_suffix(|_: char| true).unwrap();
    for wrong in [format!("{wrong}x"), format!("{base}/answer/x/y")] {
        assert_eq!(system.http.get(&wrong).send().await.unwrap().status(), 404);
        assert_eq!(system.http.post(&wrong).send().await.unwrap().status(), 404);
    }
    assert_eq!(answered().await, 0);

    for _ in 0..2 {
        let pressed = system.http.post(&url).send().await.unwrap();
        assert!(pressed.status().is_success(), "back to the page");
    }
    assert_eq!(answered().await, 1);
    let page = get().await;
    assert!(
        page.contains("演示·派出所所长 已于")
            && page.contains("知悉接手（邮件）")
            && !page.contains("<form method=\"post\" action=\"/answer")
    );
    let steps: Vec<String> = sqlx::query_scalar(
        "SELECT e.step FROM call_steps e JOIN calls c ON c.id = e.call_id JOIN accounts a ON a.id = c.account_id
         WHERE c.channel = 'mail' AND a.login = 'demo-leader' AND e.call_id IN (
             SELECT r.call_id FROM call_rings r JOIN stages s ON s.id = r.stage_id WHERE s.ticket_id = $1) ORDER BY e.at",
    )
    .bind(id)
    .fetch_all(&system.db)
    .await
    .unwrap();
    assert_eq!(steps, ["queued", "handed-over", "opened", "acknowledged"]);
}

#[tokio::test]
async fn the_office_has_somebody_called_and_writes_down_who_answered_by_telephone() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let id = rings(&system).await;
    let office = accounts.browser(&system, "office").await;
    let path = format!("/board/tickets/{id}");
    let page = office.get(&path).await;
    assert!(page.text.contains("没有人知悉接手时"));
    let member: i64 = sqlx::query_scalar("SELECT id FROM accounts WHERE login = 'demo-member'")
        .fetch_one(&system.db)
        .await
        .unwrap();
    let send = async |act: &str, person: &str| {
        let csrf = page.hidden("csrf");
        let fields = [("csrf", csrf.as_str()), ("person", person)];
        office.post(&format!("{path}/{act}"), &fields).await
    };
    let calls = async || -> Vec<String> {
        sqlx::query_scalar(
            "SELECT DISTINCT c.channel FROM calls c JOIN call_rings r ON r.call_id = c.id JOIN stages s ON s.id = r.stage_id
             WHERE s.ticket_id = $1 AND c.account_id = $2 ORDER BY 1",
        )
        .bind(id)
        .bind(member)
        .fetch_all(&system.db)
        .await
        .unwrap()
    };
    assert!(calls().await.is_empty());
    // Who is nobody of those that can be called is not called.
    for nobody in ["", "x", "999999"] {
        assert_eq!(send("call", nobody).await.status, 303);
    }
    assert!(calls().await.is_empty());
    assert_eq!(send("call", &member.to_string()).await.status, 303);
    assert_eq!(calls().await, ["sms", "voice"]);
    assert!(office.get(&path).await.text.contains("县未保办再次呼叫"));

    assert_eq!(send("answered", &member.to_string()).await.status, 303);
    let page = office.get(&path).await;
    assert!(
        page.text.contains("演示·派出所民警 于")
            && page.text.contains("（电话告知，由县未保办记录）；签收还没有完成。")
    );
    assert!(!page.text.contains("没有人知悉接手时"), "nothing rings any more");
    let (how, recorder): (String, bool) = sqlx::query_as(
        "SELECT b.answered_how, EXISTS (SELECT FROM events e WHERE e.kind = 'ring-answered' AND e.ticket_id = $1 AND e.account_id = b.answered_by
                 AND e.detail::text LIKE '%' || (SELECT o.id FROM accounts o WHERE o.login = 'demo-office') || '%')
         FROM bells b JOIN stages s ON s.id = b.stage_id WHERE s.ticket_id = $1 AND b.cause = 'dispatch'",
    )
    .bind(id)
    .fetch_one(&system.db)
    .await
    .unwrap();
    assert_eq!(
        (how.as_str(), recorder),
        ("telephone", true),
        "the trail says who wrote it down"
    );
}

#[tokio::test]
async fn the_office_has_the_next_person_called_until_nobody_is_left() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let id = rings(&system).await;
    sqlx::query(
        "INSERT INTO phones (account_id, number, number_mac, place, night, added_at, added_by, verified_at)
         SELECT id, '\\x02', '\\x02', 1, true, now(), id, now() FROM accounts WHERE login = 'demo-office'",
    )
    .execute(&system.db)
    .await
    .unwrap();
    // Ten minutes later, as far as the board can see.
    sqlx::query("UPDATE calls SET created_at = created_at - interval '10 minutes'")
        .execute(&system.db)
        .await
        .unwrap();
    let office = accounts.browser(&system, "office").await;
    let next = format!("/board/tickets/{id}/next");
    let board = office.get("/board").await;
    let (_, form) = board.text.split_once(&format!("action=\"{next}\"")).expect("a button");
    let (form, _) = form.split_once("</form>").unwrap();
    assert!(form.contains("呼叫下一位：") && form.contains("带班领导"), "{form}");
    let called = async || -> i64 {
        sqlx::query_scalar(
            "SELECT count(*) FROM calls c JOIN accounts a ON a.id = c.account_id WHERE a.login = 'demo-office' AND c.dedup LIKE 'hand:%'",
        )
        .fetch_one(&system.db)
        .await
        .unwrap()
    };
    // Somebody else than the button named is not called.
    let csrf = board.hidden("csrf");
    office
        .post(&next, &[("csrf", csrf.as_str()), ("person", "999999999")])
        .await;
    assert_eq!(called().await, 0);
    let person = form
        .split_once("name=\"person\" value=\"")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0;
    let pressed = office.post(&next, &[("csrf", csrf.as_str()), ("person", person)]).await;
    assert_eq!(
        pressed.location.as_deref(),
        Some(format!("/board/tickets/{id}#rings").as_str())
    );
    assert_eq!(called().await, 2, "by voice and message");
    let trail = "SELECT count(*) FROM events WHERE kind = 'rung-by-hand'";
    assert_eq!(system.count(trail).await, 1);
    assert!(office.get("/board").await.text.contains("没有下一位"));

    // By a program: nobody is next any more, and nothing is done.
    let token = accounts.token(&system, "office").await;
    let url = format!("{}/api/v1/board/tickets/{id}/next", system.internal_url);
    let answer = system.http.post(url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 409);
    assert_eq!(called().await, 2);
    let api = tests::Api::of(&system, &accounts, "office").await;
    let arrivals: serde_json::Value = api.get("/board/arrivals").await;
    let lines = arrivals["not_arrived"].as_array().unwrap();
    assert!(
        lines
            .iter()
            .any(|line| line["ticket_id"] == id && line["next"].is_null()),
        "{lines:?}"
    );
}
