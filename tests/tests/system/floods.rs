//! Floods: every report is taken, every ticket is made with its deadlines, and what is told of them is put together.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use tests::{Options, Sample, Servers, System, eventually, officers::Accounts};

const HERE: &str = "341222101001";
const THERE: &str = "341222102001";

fn report(area: &str, danger: bool) -> Value {
    let mut report: Value = Sample::OrphanNew.json();
    report["present_danger"] = json!(danger);
    report["area"] = json!(area);
    report
}

/// With the usual limit, and clients told apart by what a proxy says.
async fn system() -> System {
    let env = [("SHOUWANG_GROUP_ABOVE", "60"), ("SHOUWANG_TRUST_FORWARDED", "true")];
    let options = Options {
        env: env.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec(),
        ..Options::default()
    };
    System::start_on(&Servers::shared(), options).await
}

async fn file(system: &System, from: &str, report: &Value) {
    let answer = system
        .http
        .post(format!("{}/api/v1/reports", system.public_url))
        .header("x-forwarded-for", from)
        .json(report)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 201, "{from}");
}

/// Files one after the other, so that each is received after the last.
async fn file_each(system: &System, from: impl Iterator<Item = String>, report: &Value) {
    for from in from {
        file(system, &from, report).await;
    }
}

async fn routed(system: &System) {
    eventually("everything routed", Duration::from_secs(120), async || {
        (system.count("SELECT count(*) FROM outbox").await == 0).then_some(())
    })
    .await;
}

/// Nothing is lost and nothing is told twice: each ticket stands in exactly one notice to its unit.
async fn balances(system: &System) {
    let lost = "SELECT count(*) FROM reports r WHERE NOT EXISTS (SELECT FROM decisions d WHERE d.report_id = r.id)
                OR NOT EXISTS (SELECT FROM tickets t WHERE t.report_id = r.id)";
    assert_eq!(system.count(lost).await, 0);
    let told = "SELECT count(*) FROM tickets t WHERE 1 <> (
                SELECT count(*) FROM notice_tickets nt JOIN notices n ON n.id = nt.notice_id
                WHERE nt.ticket_id = t.id AND n.unit = t.unit AND n.kind IN ('dispatch', 'flood'))";
    assert_eq!(system.count(told).await, 0, "each ticket is told of once");
    let timeless = "SELECT count(*) FROM tickets t WHERE NOT EXISTS (
                    SELECT FROM stages s WHERE s.ticket_id = t.id AND s.stage = 'sign' AND s.due_at IS NOT NULL)";
    assert_eq!(system.count(timeless).await, 0, "each has its deadlines");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_hundred_reports_of_danger_are_one_mail_a_unit() {
    let system = system().await;
    let danger = report(HERE, true);
    let mut under_way = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (http, url, danger) = (system.http.clone(), system.public_url.clone(), danger.clone());
        under_way.spawn(async move {
            for _ in 0..30 {
                let answer = http.post(format!("{url}/api/v1/reports")).json(&danger).send().await;
                assert_eq!(answer.expect("an answer").status(), 201, "danger is never refused");
            }
        });
    }
    while let Some(filed) = under_way.join_next().await {
        filed.expect("filed");
    }
    routed(&system).await;
    balances(&system).await;
    assert_eq!(system.count("SELECT count(*) FROM reports").await, 600);
    let police = "SELECT count(DISTINCT report_id) FROM tickets WHERE obligation = 'police-accept'";
    assert_eq!(system.count(police).await, 600, "each has its police ticket");
    assert_eq!(system.count("SELECT count(*) FROM floods").await, 1);
    assert_eq!(system.count("SELECT count(*) FROM flood_reports").await, 600);
    let grouped = "SELECT count(*) FROM (SELECT unit FROM notices WHERE kind = 'flood' GROUP BY unit
                               HAVING count(*) FILTER (WHERE state = 'sent') > 1 OR count(*) > 2) more";
    assert_eq!(
        system.count(grouped).await,
        0,
        "one mail a unit, added to while it waits; what comes after it waits for the next in five minutes"
    );
    let single = "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM notices WHERE kind = 'dispatch' GROUP BY unit) each";
    assert!(system.count(single).await <= 60, "those before the flood");
    // What came after the first mail of a unit waits for the next; on a slow machine that is some of the flood.
    eventually(
        "a mail to each unit of the flood",
        Duration::from_secs(90),
        async || {
            let without = "SELECT count(*) FROM (SELECT unit FROM notices WHERE kind = 'flood' GROUP BY unit
                                             HAVING count(*) FILTER (WHERE state = 'sent') = 0) more";
            (system.count(without).await == 0).then_some(())
        },
    )
    .await;
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    let mut words = String::new();
    for mail in system.mail.mails() {
        let subject = mail.header("subject").unwrap_or_default();
        if mail.text().contains("批量报告") || subject.contains("批量报告") {
            *told.entry(mail.to.clone()).or_default() += 1;
            words = mail.text();
        }
    }
    assert!(!told.is_empty() && told.values().all(|mails| *mails == 1), "{told:?}");
    assert!(words.contains("同一来源"), "{words}");
    let number: Option<i64> = words.split_once('份').and_then(|(before, _)| {
        let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    });
    assert!(number.is_some_and(|reports| (60..=600).contains(&reports)), "{words}");
    let metrics = system.router.metrics().await;
    assert!(metrics.contains("shouwang_floods_open 1"), "{metrics}");
}

#[tokio::test]
async fn sixty_are_normal_and_the_next_is_one_too_many() {
    let system = system().await;
    let calm = report(HERE, false);
    file_each(&system, (0..60).map(|_| "10.1.0.1".to_owned()), &calm).await;
    file_each(&system, (0..30).map(|n| format!("10.2.0.{n}")), &report(THERE, false)).await;
    routed(&system).await;
    assert_eq!(
        system.count("SELECT count(*) FROM floods").await,
        0,
        "60 of one source, 30 of a township"
    );
    file(&system, "10.1.0.1", &calm).await;
    routed(&system).await;
    assert_eq!(
        system
            .count("SELECT count(*) FROM floods WHERE kind = 'source' AND state = 'open'")
            .await,
        1
    );
    assert_eq!(
        system.count("SELECT count(*) FROM flood_reports").await,
        61,
        "with those before it"
    );
    // Whoever else reports from that township at that time is told of at once and by itself.
    file(&system, "10.9.0.1", &report(HERE, true)).await;
    routed(&system).await;
    assert_eq!(system.count("SELECT count(*) FROM flood_reports").await, 61);
    let grouped = "SELECT count(*) FROM flood_reports f JOIN report_facts r USING (report_id) WHERE r.facts ->> 'area' = '341222102001'";
    assert_eq!(system.count(grouped).await, 0);
    balances(&system).await;
    // Where a report came from is a hash, and goes after a day.
    assert_eq!(
        system
            .count("SELECT count(*) FROM report_sources WHERE length(source) <> 16")
            .await,
        0
    );
    sqlx::query("SELECT intake_forget_sources(now() + interval '1 minute')")
        .execute(&system.db)
        .await
        .expect("forgotten");
    let left = "SELECT (SELECT count(*) FROM report_sources) + (SELECT count(*) FROM floods WHERE source IS NOT NULL)";
    assert_eq!(system.count(left).await, 0);
}

#[tokio::test]
async fn a_township_floods_from_many_sources() {
    let system = system().await;
    file_each(&system, (0..60).map(|n| format!("10.3.0.{n}")), &report(HERE, true)).await;
    file_each(&system, (0..20).map(|n| format!("10.4.0.{n}")), &report(THERE, true)).await;
    routed(&system).await;
    assert_eq!(system.count("SELECT count(*) FROM floods").await, 0);
    file_each(&system, (0..5).map(|n| format!("10.5.0.{n}")), &report(HERE, true)).await;
    routed(&system).await;
    let flood = "SELECT count(*) FROM floods WHERE kind = 'township' AND township = '341222101'";
    assert_eq!(system.count(flood).await, 1);
    assert_eq!(system.count("SELECT count(*) FROM flood_reports").await, 65);
    balances(&system).await;
    // Quiet for ten minutes, it is over by itself: the next report is told of as ever.
    sqlx::query(
        "UPDATE floods SET last_at = last_at - interval '11 minutes', began_at = began_at - interval '11 minutes'",
    )
    .execute(&system.db)
    .await
    .expect("later");
    sqlx::query("UPDATE report_sources SET received_at = received_at - interval '11 minutes'")
        .execute(&system.db)
        .await
        .expect("later");
    file(&system, "10.6.0.1", &report(HERE, true)).await;
    routed(&system).await;
    assert_eq!(system.count("SELECT count(*) FROM flood_reports").await, 65);
    balances(&system).await;
}

#[tokio::test]
async fn the_office_ends_grouping_and_ends_many_tickets_with_a_second_person() {
    let system = system().await;
    let mut accounts = Accounts::make(&system).await;
    accounts
        .join(&system, "office2", "办公室乙", ("office", "office"))
        .await;
    let calm = report(HERE, false);
    file_each(&system, (0..65).map(|_| "10.7.0.1".to_owned()), &calm).await;
    routed(&system).await;
    let flood = system.count("SELECT id FROM floods").await;
    let path = format!("/floods/{flood}");
    let first = accounts.browser(&system, "office").await;
    let board = first.get("/board").await;
    assert!(
        board.text.contains("可能的批量报告") && board.text.contains(&path),
        "{}",
        board.text
    );
    let page = first.get(&path).await;
    assert!(
        page.text.contains("65份报告") && page.text.contains("同一来源"),
        "{}",
        page.text
    );
    let csrf = page.hidden("csrf");

    // One unit signs a ticket: that one is in its hands.
    sqlx::query(
        "UPDATE tickets SET state = 'signed', signed_at = dispatched_at, signed_by = '某人' WHERE id = (SELECT min(id) FROM tickets)",
    )
    .execute(&system.db)
    .await
    .expect("signed");
    // One of them waits for a human.
    sqlx::query("UPDATE tickets SET obligation = 'triage' WHERE id = (SELECT max(id) FROM tickets)")
        .execute(&system.db)
        .await
        .expect("triage");
    let triage = format!(
        "/triage/{}",
        system
            .count("SELECT report_id FROM tickets WHERE obligation = 'triage'")
            .await
    );
    assert!(first.get("/triage").await.text.contains(&triage));
    let tickets = system.count("SELECT count(*) FROM tickets").await;
    let empty = first
        .post(&format!("{path}/ask"), &[("csrf", &csrf), ("all", "yes")])
        .await;
    assert_eq!(empty.status, 422, "not without a reason");
    let reason = ("reason", "电话核实，同一人恶作剧");
    for wrong in [("ground", ""), ("ground", "joke"), ("ground", "duplicate")] {
        let asked = [("csrf", csrf.as_str()), ("all", "yes"), reason, wrong];
        assert_eq!(
            first.post(&format!("{path}/ask"), &asked).await.status,
            422,
            "{wrong:?}"
        );
    }
    let ground = ("ground", "not-real");
    let asked = first
        .post(
            &format!("{path}/ask"),
            &[("csrf", &csrf), ("all", "yes"), reason, ground],
        )
        .await;
    assert_eq!(asked.status, 303, "{}", asked.text);
    let closing = system.count("SELECT id FROM flood_closings").await.to_string();
    let confirm = format!("{path}/confirm");
    let own = first.post(&confirm, &[("csrf", &csrf), ("closing", &closing)]).await;
    assert_eq!(own.status, 409, "nobody confirms their own");
    assert_eq!(
        system
            .count("SELECT count(*) FROM tickets WHERE state = 'waived'")
            .await,
        0
    );

    let other = accounts.browser(&system, "office2").await;
    let page = other.get(&path).await;
    assert!(
        page.text.contains("恶作剧") && page.text.contains("不是真实报告"),
        "{}",
        page.text
    );
    let csrf2 = page.hidden("csrf");
    // What comes in between is not ended with them.
    file(&system, "10.7.0.1", &calm).await;
    routed(&system).await;
    let later = system.count("SELECT count(*) FROM tickets").await - tickets;
    assert!(later > 0);
    let done = other.post(&confirm, &[("csrf", &csrf2), ("closing", &closing)]).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(
        system
            .count("SELECT count(*) FROM tickets WHERE state = 'waived'")
            .await,
        tickets - 1
    );
    assert_eq!(
        system
            .count("SELECT count(*) FROM tickets WHERE state = 'dispatched'")
            .await,
        later
    );
    assert!(
        !first.get("/triage").await.text.contains(&triage),
        "nobody waits for it any more"
    );
    told_each_unit(&system, "flood-closed", tickets - 1).await;
    let trail = "SELECT count(*) FROM tickets t WHERE state = 'waived' AND 1 = (SELECT count(*) FROM events e
                 WHERE e.ticket_id = t.id AND e.kind = 'flood-closed' AND e.account_id IS NOT NULL AND e.detail ? 'asked_account')";
    assert_eq!(
        system.count(trail).await,
        tickets - 1,
        "each has its own line, with both persons"
    );
    let running = "SELECT count(*) FROM stages s JOIN tickets t ON t.id = s.ticket_id WHERE t.state = 'waived' AND s.next_at IS NOT NULL";
    assert_eq!(system.count(running).await, 0);

    // A mistake: as they were.
    let back = first
        .post(&format!("{path}/give-back"), &[("csrf", &csrf), ("closing", &closing)])
        .await;
    assert_eq!(back.status, 303, "{}", back.text);
    told_each_unit(&system, "flood-given-back", tickets - 1).await;
    assert_eq!(
        system
            .count("SELECT count(*) FROM tickets WHERE state = 'dispatched' AND next_due_at IS NOT NULL")
            .await,
        tickets - 1 + later
    );
    let still = "SELECT count(*) FROM tickets t WHERE t.state = 'dispatched' AND NOT EXISTS (
                 SELECT FROM stages s WHERE s.ticket_id = t.id AND s.stage = 'sign' AND s.ended_at IS NULL AND s.next_at IS NOT NULL)";
    assert_eq!(system.count(still).await, 0, "their clocks run");

    // The office says that it is none: what comes now is told of by itself.
    let grouped = system.count("SELECT count(*) FROM flood_reports").await;
    let ended = first.post(&format!("{path}/end"), &[("csrf", &csrf)]).await;
    assert_eq!(ended.status, 303, "{}", ended.text);
    file(&system, "10.7.0.1", &calm).await;
    routed(&system).await;
    assert_eq!(system.count("SELECT count(*) FROM flood_reports").await, grouped);
    let told = "SELECT count(*) FROM notices n JOIN notice_tickets nt ON nt.notice_id = n.id JOIN tickets t ON t.id = nt.ticket_id
                WHERE n.kind = 'dispatch' AND t.report_id = (SELECT id FROM reports ORDER BY received_at DESC LIMIT 1)";
    assert!(system.count(told).await > 0, "one by one");
    balances(&system).await;
}

/// One mail a unit, with the number of its own tickets, and it arrives.
async fn told_each_unit(system: &System, kind: &str, tickets: i64) {
    let (units, told, counted): (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(DISTINCT t.unit) FROM events e JOIN tickets t ON t.id = e.ticket_id WHERE e.kind = $1),
                count(*), coalesce(sum((said ->> 'count')::bigint), 0)::bigint
         FROM notices WHERE kind = $1",
    )
    .bind(kind)
    .fetch_one(&system.db)
    .await
    .expect("notices");
    assert!(units > 0);
    assert_eq!((told, counted), (units, tickets), "{kind}");
    let unsent = "SELECT count(*) FROM notices WHERE subject_kind = 'flood' AND state <> 'sent'";
    tests::eventually("the units' mails", std::time::Duration::from_secs(60), async || {
        (system.count(unsent).await == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn duplicates_end_and_one_of_them_stays() {
    let system = system().await;
    let mut accounts = Accounts::make(&system).await;
    accounts
        .join(&system, "office2", "办公室乙", ("office", "office"))
        .await;
    file_each(&system, (0..62).map(|_| "10.8.0.1".to_owned()), &report(HERE, false)).await;
    routed(&system).await;
    let flood = system.count("SELECT id FROM floods").await;
    let path = format!("/floods/{flood}");
    let stays = system
        .count("SELECT report_id FROM flood_reports ORDER BY report_id LIMIT 1")
        .await;
    let receipt = platform::receipt::ReportId::from_db(stays).to_string();
    let first = accounts.browser(&system, "office").await;
    let csrf = first.get(&path).await.hidden("csrf");
    let ask = async |stays: &str| {
        let fields = [
            ("csrf", csrf.as_str()),
            ("all", "yes"),
            ("reason", "一件事报了六十二次"),
            ("ground", "duplicate"),
            ("stays", stays),
        ];
        first.post(&format!("{path}/ask"), &fields).await.status
    };
    assert_eq!(ask("20261124-0000-000GR").await, 409, "no such report");
    assert_eq!(ask(&receipt).await, 303);
    let closing = system.count("SELECT id FROM flood_closings").await.to_string();
    let other = accounts.browser(&system, "office2").await;
    let page = other.get(&path).await;
    assert!(
        page.text.contains(&format!("重复报告，保留 {receipt}")),
        "{}",
        page.text
    );
    let csrf2 = page.hidden("csrf");
    let fields = [("csrf", csrf2.as_str()), ("closing", closing.as_str())];
    assert_eq!(other.post(&format!("{path}/confirm"), &fields).await.status, 303);
    let open: Vec<i64> = sqlx::query_scalar("SELECT DISTINCT report_id FROM tickets WHERE state = 'dispatched'")
        .fetch_all(&system.db)
        .await
        .expect("tickets");
    assert_eq!(open, [stays], "the one that stays goes on");
    let said = "SELECT count(*) FROM events WHERE kind = 'flood-closed' AND detail ->> 'ground' = 'duplicate' AND detail -> 'stays' IS NOT NULL";
    let ended = system
        .count("SELECT count(*) FROM tickets WHERE state = 'waived'")
        .await;
    assert_eq!(system.count(said).await, ended);
    balances(&system).await;
}

#[tokio::test]
async fn what_waits_for_a_human_is_taken_in_hand_at_once() {
    let system = system().await;
    let mut accounts = Accounts::make(&system).await;
    accounts
        .join(&system, "office2", "办公室乙", ("office", "office"))
        .await;
    file_each(&system, (0..62).map(|_| "10.9.0.1".to_owned()), &report(HERE, false)).await;
    routed(&system).await;
    let flood = system.count("SELECT id FROM floods").await;
    let path = format!("/floods/{flood}");
    let (first, other) = (
        accounts.browser(&system, "office").await,
        accounts.browser(&system, "office2").await,
    );
    // One is in another hand already and stays there.
    // As the router makes them when it can't decide.
    sqlx::query(
        "UPDATE tickets SET obligation = 'triage', unit = 'office', unit_kind = 'office'
         WHERE id IN (SELECT min(id) FROM tickets GROUP BY report_id)",
    )
    .execute(&system.db)
    .await
    .expect("triage");
    let one = system
        .count("SELECT min(report_id) FROM tickets WHERE obligation = 'triage'")
        .await;
    let csrf2 = other.get("/triage").await.hidden("csrf");
    let mine = other.post(&format!("/triage/{one}/take"), &[("csrf", &csrf2)]).await;
    assert!(
        mine.status.is_redirection() || mine.status.is_success(),
        "{}",
        mine.text
    );
    let page = first.get(&path).await;
    assert!(page.text.contains("接手全部 61 份"), "{}", page.text);
    let csrf = page.hidden("csrf");
    let take = format!("{path}/take");
    assert_eq!(first.post(&take, &[("csrf", &csrf)]).await.status, 303);
    assert_eq!(first.post(&take, &[("csrf", &csrf)]).await.status, 409, "once");
    let taken = "SELECT count(*) FROM events e JOIN accounts a ON a.id = e.account_id WHERE e.kind = 'triage-taken' AND a.login = 'demo-office'";
    assert_eq!(system.count(taken).await, 61);
    let open =
        "SELECT count(*) FROM tickets t WHERE t.obligation = 'triage' AND (t.state <> 'signed' OR t.next_stage = 'sign'
                OR EXISTS (SELECT FROM stages s WHERE s.ticket_id = t.id AND s.stage = 'sign' AND s.ended_at IS NULL))";
    assert_eq!(system.count(open).await, 0);
    let line = "SELECT count(*) FROM account_acts WHERE act = 'flood-taken' AND detail ->> 'n' = '61'";
    assert_eq!(system.count(line).await, 1);
}
