//! One word, one wording: no page shows a basis in English, a dash in the place of a reason or a name, or a grade to those who
//! do not edit rules; levels are called the same in the rules and everywhere else; drills stand apart.

use tests::{Sample, System, officers::Accounts};

/// The texts of a page, each as it stands between tags.
fn texts(html: &str) -> Vec<String> {
    let body = html.split_once("<main").map_or(html, |(_, rest)| rest);
    let body = body.split_once("</main>").map_or(body, |(main, _)| main);
    let mut found = Vec::new();
    for piece in body.split('<').skip(1) {
        let text = piece.split_once('>').map_or("", |(_, text)| text).trim();
        if !text.is_empty() {
            found.push(text.to_owned());
        }
    }
    found
}

/// Two English words in a row. Addresses, codes and times have none.
fn english(text: &str) -> bool {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || !c.is_ascii())
        .filter(|word| !word.is_empty())
        .map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
        .collect();
    let spoken = |word: &str| word.len() >= 3 && word.chars().all(|c| c.is_ascii_lowercase());
    words.windows(2).any(|pair| spoken(pair[0]) && spoken(pair[1]))
}

#[tokio::test]
async fn pages_speak_chinese_and_never_in_dashes() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    for sample in Sample::ALL {
        let filed = system.file(sample.body()).await;
        system.routed(&filed).await;
    }
    let office = accounts.browser(&system, "office").await;
    // Somebody takes a report in hand without a reason: the trail has none then, and no dash.
    let triage: Option<i64> = sqlx::query_scalar("SELECT report_id FROM tickets WHERE obligation = 'triage' LIMIT 1")
        .fetch_optional(&system.db)
        .await
        .unwrap();
    if let Some(id) = triage {
        let page = office.get(&format!("/triage/{id}")).await;
        let taken = office
            .post(&format!("/triage/{id}/take"), &[("csrf", &page.hidden("csrf"))])
            .await;
        assert_eq!(taken.status, 200);
        assert_eq!(
            system
                .count("SELECT count(*) FROM events WHERE reason IN ('-', '–')")
                .await,
            0
        );
    }
    let tickets: Vec<i64> = sqlx::query_scalar("SELECT id FROM tickets ORDER BY id")
        .fetch_all(&system.db)
        .await
        .unwrap();
    let mut pages = vec![
        "/board".to_owned(),
        "/triage".into(),
        "/callbacks".into(),
        "/rules".into(),
    ];
    pages.extend(["/board/unsigned", "/board/overdue", "/board/failed"].map(str::to_owned));
    pages.extend(tickets.iter().map(|id| format!("/board/tickets/{id}")));
    let member = accounts.browser(&system, "member").await;
    let mine: Vec<i64> = sqlx::query_scalar("SELECT id FROM tickets WHERE unit = 'pol-341222101' ORDER BY id")
        .fetch_all(&system.db)
        .await
        .unwrap();
    assert!(!mine.is_empty());
    let desk = std::iter::once("/desk".to_owned()).chain(mine.iter().map(|id| format!("/tickets/{id}")));
    let mut wrong = Vec::new();
    for (browser, path) in pages
        .iter()
        .map(|p| (&office, p.clone()))
        .chain(desk.map(|p| (&member, p)))
    {
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        for text in texts(&page.text) {
            let dash = ["-", "–", "—", "－"].contains(&text.as_str());
            let grade =
                ["条文已核对", "条文待核对"].iter().any(|word| text.contains(word)) && !path.starts_with("/rules");
            // Why a ticket is as it is quotes the rows of the rules, grades and all.
            let quoted = text.contains("第") && text.contains("行");
            if dash || english(&text) || grade && !quoted {
                wrong.push(format!("{path}: {text}"));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let rules = office.get("/rules/1/tables/escalation").await;
    for level in ["到期提醒", "催办", "办公室督办", "领导小组督办"] {
        assert!(rules.text.contains(level), "{level}");
    }
    assert!(
        !rules.text.contains("提示函"),
        "a letter is what court and procuratorate get, whatever the row"
    );
}

#[tokio::test]
async fn drills_stand_apart_and_counts_are_in_the_navigation() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let real = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&real).await;
    let drill = system
        .file(
            &Sample::BruisesAtSchool
                .body()
                .replace("abuse-injury", "domestic-violence"),
        )
        .await;
    system.routed(&drill).await;
    for mark in [
        "UPDATE reports SET drill = true WHERE id = $1",
        "UPDATE tickets SET drill = true WHERE report_id = $1",
        "UPDATE stages SET drill = true WHERE ticket_id IN (SELECT id FROM tickets WHERE report_id = $1)",
    ] {
        sqlx::query(mark).bind(drill.id()).execute(&system.db).await.unwrap();
    }
    let unsigned = |drill: bool| {
        let sql = format!(
            "SELECT count(*) FROM tickets t JOIN reports r ON r.id = t.report_id
             WHERE t.state = 'dispatched' AND t.urgency = 'P1' AND r.drill = {drill}"
        );
        let db = system.db.clone();
        async move {
            sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(sql))
                .fetch_one(&db)
                .await
                .unwrap()
        }
    };
    let (counted, drills) = (unsigned(false).await, unsigned(true).await);
    assert!(counted > 0 && drills > 0);
    let office = accounts.browser(&system, "office").await;
    let board = office.get("/board").await;
    let list = board
        .text
        .split_once("id=\"unsigned\"")
        .unwrap()
        .1
        .split_once("</section>")
        .unwrap()
        .0;
    assert!(
        list.contains(&real.receipt) && !list.contains(&drill.receipt),
        "a drill is never among the real ones"
    );
    let apart = board
        .text
        .split_once("id=\"drills\"")
        .unwrap()
        .1
        .split_once("</section>")
        .unwrap()
        .0;
    assert!(apart.contains(&drill.receipt) && !apart.contains(&real.receipt));
    assert!(board.text.contains(&format!("<strong>{counted}</strong>")));
    assert!(
        list.contains("男 9岁") && list.contains("旧县"),
        "receipt, place, sex and age, situation: {list}"
    );

    let member = accounts.browser(&system, "member").await;
    let desk = member.get("/desk").await;
    assert!(
        desk.text.contains("<title>待办 1 · 公安局旧县派出所</title>"),
        "{}",
        desk.text
    );
    assert!(
        desk.text
            .contains("aria-current=\"page\">我的工单 <span class=\"mark count\">1</span>")
    );
    assert!(desk.text.contains("另有演练 1 件"));
    let all = office.get("/board/unsigned").await;
    assert!(all.text.contains(&real.receipt) && !all.text.contains(&drill.receipt));
}

#[test]
fn english_is_told_from_addresses_and_numbers() {
    assert!(english("county policy") && english("反家庭暴力法 28（urgent cases, 24 h）"));
    assert!(!english("邮箱 ca@taihe.example") && !english("11月24日 16:05 P1") && !english("20261124-7K3M-9QXAC"));
}
