//! The board's own database login gets of a report what the rows `*` of the disclosure table show, however it asks: below every
//! handler.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use platform::{
    clock,
    store::{BoardList, FloodId, Listed, ReportId, TicketId},
};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};
use tests::{Sample, fixture::Fixture};

/// What the database hands out of sample 2's facts under these rows of office, oversight and leading group.
struct Shown {
    listed: Value,
    facts: Value,
    reporter: (Option<String>, Option<String>),
    area: Option<String>,
}

struct Board {
    fixture: Fixture,
    login: PgConnection,
    report: ReportId,
    ticket: TicketId,
}

impl Board {
    async fn new(sample: Sample) -> Self {
        let fixture = Fixture::new().await;
        let report = fixture.stored(sample).await;
        fixture.route(&report, clock::now()).await;
        let ticket = sqlx::query_scalar(
            "SELECT id FROM tickets WHERE report_id = $1 AND obligation <> 'triage' ORDER BY id LIMIT 1",
        )
        .bind(report.id)
        .fetch_one(&fixture.db)
        .await
        .unwrap();
        let login = PgConnection::connect(&fixture.login("board")).await.unwrap();
        Self {
            fixture,
            login,
            report: report.id,
            ticket,
        }
    }

    /// As if the county's rows had been these when it was decided.
    async fn rows(&mut self, office: &[&str], oversight: &[&str], group: &[&str]) -> Shown {
        sqlx::query("UPDATE decisions SET looks = $2 WHERE report_id = $1")
            .bind(self.report)
            .bind(json!({"office": office, "oversight": oversight, "leading-group": group}))
            .execute(&self.fixture.db)
            .await
            .unwrap();
        let one = |sql: &'static str, id: i64| sqlx::query_scalar::<_, Value>(sql).bind(id);
        Shown {
            listed: one("SELECT board_listed($1)", self.ticket.0)
                .fetch_one(&mut self.login)
                .await
                .unwrap(),
            facts: one("SELECT board_facts($1)", self.report.get())
                .fetch_one(&mut self.login)
                .await
                .unwrap(),
            reporter: sqlx::query_as("SELECT * FROM board_reporter($1)")
                .bind(self.report)
                .fetch_one(&mut self.login)
                .await
                .unwrap(),
            area: sqlx::query_scalar("SELECT leading_area($1)")
                .bind(self.report)
                .fetch_one(&mut self.login)
                .await
                .unwrap(),
        }
    }
}

fn keys(facts: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = facts.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

const ALL: [&str; 9] = [
    "place",
    "situations",
    "child",
    "birth",
    "school",
    "home",
    "suspect",
    "narrative",
    "reporter",
];

#[tokio::test]
async fn the_boards_login_reads_no_facts_of_its_own() {
    let mut board = Board::new(Sample::BruisesAtSchool).await;
    for sql in [
        "SELECT facts FROM report_facts",
        "SELECT count(*) FROM report_facts",
        "SELECT report_id FROM report_facts",
        "COPY report_facts TO STDOUT",
        "SELECT ticket_made(id) FROM tickets",
        "SELECT report_look(id, NULL, 1, 'oversight', 'page', now()) FROM reports",
        "SELECT ticket_handed(id, 1, 'page', now()) FROM tickets",
        "SELECT opening_handed(id, 1, 'page', now()) FROM openings",
        "SELECT reason FROM openings",
        "SELECT place FROM reports",
        "SELECT data_key FROM reports",
        "SELECT identity FROM reports",
        "CREATE TEMP TABLE facts AS SELECT * FROM report_facts",
        "UPDATE decisions SET looks = '{\"office\": [\"place\",\"suspect\"]}'",
    ] {
        let refused = board.login.execute(sql).await;
        let code = refused
            .err()
            .and_then(|e| e.as_database_error().and_then(|e| e.code().map(|c| c.to_string())));
        assert_eq!(code.as_deref(), Some("42501"), "{sql}");
    }
}

#[tokio::test]
async fn the_board_is_handed_what_its_rows_show_and_nothing_else() {
    let mut board = Board::new(Sample::BruisesAtSchool).await;
    // As the county has it: place, situations and the child.
    let shown = board
        .rows(&["place", "situations", "child"], &ALL, &["place", "own"])
        .await;
    let all = [
        "adult_co_offender",
        "area",
        "children",
        "guardian_absent",
        "place",
        "present_danger",
        "repeat",
        "situations",
    ];
    assert_eq!(keys(&shown.facts), all);
    assert_eq!(
        keys(&shown.listed),
        ["area", "children", "present_danger", "situations"]
    );
    assert!(
        shown.reporter.0.is_some() && shown.reporter.1.is_none(),
        "{:?}",
        shown.reporter
    );
    assert!(shown.area.is_some());
    // Of each part that one of the two rows lacks nothing is handed out, whichever of them lacks it.
    for (part, gone) in [
        ("place", &["area"][..]),
        ("child", &["children"]),
        (
            "situations",
            &["situations", "place", "guardian_absent", "adult_co_offender", "repeat"],
        ),
    ] {
        let less: Vec<&str> = ALL.into_iter().filter(|p| *p != part).collect();
        for (office, oversight) in [(&less[..], &ALL[..]), (&ALL[..], &less[..])] {
            let shown = board.rows(office, oversight, &less).await;
            for fact in gone {
                assert!(
                    shown.facts.get(fact).is_none(),
                    "{fact} without {part}: {}",
                    shown.facts
                );
            }
            if part != "situations" {
                assert!(shown.listed.get(gone[0]).is_none(), "{part}: {}", shown.listed);
            }
            assert_eq!(shown.area.is_none(), part == "place", "{part}");
        }
    }
    // Whatever the rows say, a list names no suspect and no reporter; with both rows the kind of person is told for a call-back.
    let shown = board.rows(&ALL, &ALL, &ALL).await;
    for facts in [&shown.facts, &shown.listed] {
        for hidden in ["suspect", "reporter_kind", "identity"] {
            assert!(facts.get(hidden).is_none(), "{hidden} in {facts}");
        }
    }
    assert!(shown.reporter.1.is_some());
    let shown = board.rows(&[], &[], &[]).await;
    assert_eq!(
        keys(&shown.facts),
        ["present_danger"],
        "the alarm itself is told to everybody"
    );
    assert_eq!((keys(&shown.listed), shown.area), (vec!["present_danger"], None));
}

#[tokio::test]
async fn the_lists_of_the_board_are_cut_in_sql() {
    let mut board = Board::new(Sample::BruisesAtSchool).await;
    let store = board.fixture.store_as::<platform::store::Board>();
    for (office, area) in [(&["place", "own", "child"][..], true), (&["own"], false)] {
        board.rows(office, &ALL, &[]).await;
        let lines = store
            .board_list("taihe", BoardList::Unsigned, false, 0, 50)
            .await
            .unwrap();
        let of = lines
            .iter()
            .filter_map(Listed::read)
            .filter(|line| line.report_id == board.report);
        let facts = of.filter_map(|line| line.facts.as_deref());
        let facts: Vec<Value> = facts.map(|facts| serde_json::to_value(facts).unwrap()).collect();
        assert!(!facts.is_empty());
        for facts in facts {
            assert_eq!(facts.get("area").is_some(), area, "{facts}");
            assert!(
                facts.get("suspect").is_none() && facts.get("reporter_kind").is_none(),
                "{facts}"
            );
        }
    }
    // The rest of what the board asks works with what it may read.
    let now = clock::now();
    store.board_now("taihe", now).await.unwrap();
    store.board_ticket("taihe", board.ticket).await.unwrap().unwrap();
    store.triage_list("taihe", 0, 50).await.unwrap();
    store.callbacks_page("taihe", now, 0, 50).await.unwrap();
    store.callbacks_undecided("taihe").await.unwrap();
    store.leading_now("taihe", "office").await.unwrap();
    store.flood_reports(FloodId(1), 0, 50).await.unwrap();
    assert!(
        store
            .callback_case("taihe", board.report)
            .await
            .unwrap()
            .unwrap()
            .identity
            .is_some()
    );
}
