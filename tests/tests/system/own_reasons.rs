//! Tickets that no rule sent are explained by the act that made them: a transfer, a decision not to file. And the transfer whose
//! receiver is gone: it is not approved, and the page says why.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::json;
use tests::{
    Filed, Sample, System,
    officers::{Accounts, Browser},
    shown::Ticket,
};

const CITY: &str = "pol-341222100";

struct Case {
    system: System,
    accounts: Accounts,
    filed: Filed,
    ticket: i64,
}

impl Case {
    /// A report whose police ticket the station's member has signed.
    async fn new() -> Self {
        let system = System::start().await;
        let accounts = Accounts::make(&system).await;
        let filed = system.file(Sample::BruisesAtSchool.body()).await;
        system.routed(&filed).await;
        let ticket = sqlx::query_scalar("SELECT id FROM tickets WHERE report_id = $1 AND obligation = 'police-accept'")
            .bind(filed.id())
            .fetch_one(&system.db)
            .await
            .unwrap();
        let case = Self {
            system,
            accounts,
            filed,
            ticket,
        };
        let member = case.browser("member").await;
        let page = member.get(&format!("/tickets/{ticket}")).await;
        assert_eq!(member.act(&page, ticket, "sign", &[]).await.status, 303);
        case
    }

    async fn browser(&self, who: &str) -> Browser {
        self.accounts.browser(&self.system, who).await
    }

    /// The member asks to close with this outcome; no child was seen.
    async fn asks(&self, outcome: &str, more: &[(&str, &str)]) {
        let member = self.browser("member").await;
        let page = member.get(&format!("/tickets/{}", self.ticket)).await;
        let mut fields = vec![
            ("outcome", outcome),
            ("seen", "no"),
            ("unseen", "孩子在外地"),
            ("missing", "尚未出具"),
            ("note", "已核实"),
        ];
        fields.extend_from_slice(more);
        let asked = member.act(&page, self.ticket, "resolve", &fields).await;
        assert_eq!(asked.status, 303, "{}", asked.text);
    }

    /// The ticket of this obligation that came last, as `router show --json` has it.
    async fn made(&self, obligation: &str) -> Ticket {
        let shown = self.system.show(&self.filed.receipt).await;
        let of = shown
            .tickets
            .into_iter()
            .filter(|ticket| ticket.obligation == obligation);
        of.max_by_key(|ticket| ticket.id).unwrap()
    }
}

fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word} in\n{text}");
    }
}

#[tokio::test]
async fn a_transferred_ticket_says_that_a_transfer_brought_it() {
    let mut case = Case::new().await;
    case.asks("transferred", &[("unit", CITY), ("reason", "案发地在城关镇")])
        .await;
    let office = case.browser("office").await;
    let page = office.get(&format!("/closings/{}", case.ticket)).await;
    let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
    let done = office
        .post(
            &format!("/closings/{}/confirm", case.ticket),
            &[("csrf", &csrf), ("version", &version)],
        )
        .await;
    assert_eq!(
        done.location.as_deref(),
        Some("/closings?done=approve"),
        "{}",
        done.text
    );

    let ticket = case.made("police-accept").await;
    assert_eq!(ticket.unit, CITY);
    let text = &ticket.explanation.text;
    says(
        text,
        &[
            "本事项原由太和县公安局旧县派出所承办",
            "申请移送，办公室同意后于",
            "不是规则直接派来的",
            "由移送指定",
            "没有按地点逐级查找",
        ],
    );
    assert!(!text.contains("应办事项表第"), "no rule asked this unit:\n{text}");
    // The same on the page of the unit that has it now; the first ticket still says which rule sent it.
    case.accounts.join(&case.system, "city", "王伟", (CITY, "member")).await;
    let there = case.browser("city").await.get(&format!("/tickets/{}", ticket.id)).await;
    says(&there.text, &["本事项原由太和县公安局旧县派出所承办", "由移送指定"]);
    let first = case
        .browser("member")
        .await
        .get(&format!("/tickets/{}", case.ticket))
        .await;
    says(&first.text, &["应办事项表第"]);
    assert!(!first.text.contains("本事项原由"));
}

#[tokio::test]
async fn an_oversight_ticket_says_that_a_decision_not_to_file_opened_it() {
    let case = Case::new().await;
    // The rules asked the procuratorate from the first day. While that ticket is open it is told there; here it is closed already.
    for step in [
        "UPDATE tickets SET state = 'signed', signed_at = dispatched_at, signed_by = 'x' WHERE obligation = 'procuratorial-oversight'",
        "WITH s AS (UPDATE stages SET ended_at = coalesce(started_at, now()), ended_how = 'act', next_at = NULL
                    WHERE ticket_id IN (SELECT id FROM tickets WHERE obligation = 'procuratorial-oversight'))
         UPDATE tickets SET state = 'resolved', resolved_at = dispatched_at, resolved_by = 'x', outcome = 'no-harm-found',
                next_stage = NULL, next_due_at = NULL WHERE obligation = 'procuratorial-oversight'",
    ] {
        sqlx::query(step).execute(&case.system.db).await.unwrap();
    }
    let decision = [
        ("decision_number", "太公不立字〔2026〕1号"),
        ("decision_date", "2026-01-05"),
    ];
    case.asks("not-filed", &decision).await;
    let leader = case.browser("leader").await;
    let page = leader.get(&format!("/tickets/{}", case.ticket)).await;
    assert_eq!(leader.act(&page, case.ticket, "confirm", &[]).await.status, 303);

    let ticket = case.made("procuratorial-oversight").await;
    let text = &ticket.explanation.text;
    says(
        text,
        &[
            "太和县公安局旧县派出所于",
            "登记了不予立案决定，系统同时开出本工单，送检察机关监督",
            "不是报告时的规则派来的",
        ],
    );
    assert!(!text.contains("应办事项表第"), "no rule asked it:\n{text}");
    assert!(!text.contains("太公不立字"), "the decision's number is sealed:\n{text}");
}

#[tokio::test]
async fn a_transfer_to_a_unit_that_is_gone_is_not_approved_and_the_page_says_why() {
    let case = Case::new().await;
    case.asks("transferred", &[("unit", CITY), ("reason", "案发地在城关镇")])
        .await;
    // The pack knows no such unit any more.
    sqlx::query(
        "WITH gone AS (INSERT INTO units (county, code, name, kind, area, mailbox, retired_at)
                       SELECT county, 'pol-gone', '太和县公安局已撤派出所', kind, area, mailbox, now() FROM units WHERE code = $2
                       RETURNING code)
         UPDATE tickets SET transfer_to = (SELECT code FROM gone) WHERE id = $1",
    )
    .bind(case.ticket)
    .bind(CITY)
    .execute(&case.system.db)
    .await
    .unwrap();
    let office = case.browser("office").await;
    let path = format!("/closings/{}", case.ticket);
    let page = office.get(&path).await;
    let (csrf, version) = (page.hidden("csrf"), page.hidden("version"));
    let refused = office
        .post(&format!("{path}/confirm"), &[("csrf", &csrf), ("version", &version)])
        .await;
    assert_eq!(refused.status, 409);
    says(&refused.text, &["接收单位已不在本县的单位名录里，没有移送"]);
    let token = case.accounts.token(&case.system, "office").await;
    let url = format!("{}/api/v1/closings/{}/confirm", case.system.internal_url, case.ticket);
    let body = json!({"version": version.parse::<i32>().unwrap()});
    let answer = case
        .system
        .http
        .post(url)
        .bearer_auth(&token)
        .json(&body)
        .send()
        .await
        .unwrap();
    let (status, problem) = (answer.status(), answer.text().await.unwrap());
    assert!(
        status == 409 && problem.contains("The receiving unit"),
        "{status} {problem}"
    );
    // Given back, it is the first unit's again, which chooses another.
    let back = office
        .post(
            &format!("{path}/refuse"),
            &[("csrf", &csrf), ("version", &version), ("reason", "接收单位已撤销")],
        )
        .await;
    assert_eq!(back.location.as_deref(), Some("/closings?done=refuse"), "{}", back.text);
    let state: String = sqlx::query_scalar("SELECT state FROM tickets WHERE id = $1")
        .bind(case.ticket)
        .fetch_one(&case.system.db)
        .await
        .unwrap();
    assert_eq!(state, "in-progress");
}
