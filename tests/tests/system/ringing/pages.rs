//! Duty pages: what a call to one is worth, and what is missed when it is lost. And what did not arrive, as the board sees it.

use platform::store::{
    Board, CallFault, Desk, DeskScope, DutyPage, DutyPageEnd, NewHandover, OnDuty, PagesTurned, Router,
};

use super::*;

impl Night {
    async fn begin(&self, login: &str, at: DateTime<Utc>) -> DutyPage {
        let who = OnDuty {
            county: "taihe",
            unit: POLICE,
            account: self.account(login).await,
        };
        let desk = self.fixture.store_as::<Desk>();
        desk.duty_page_begin(&police(), who, at).await.expect("a page")
    }

    async fn beat(&self, page: &DutyPage, shown: &[CallId], at: DateTime<Utc>) -> DutyPage {
        let desk = self.fixture.store_as::<Desk>();
        let of = (page.id, page.account_id);
        let stands = desk.duty_page_beat(&police(), of, shown, at).await.expect("a beat");
        stands.expect("their page")
    }

    async fn pages_turn(&self, at: DateTime<Utc>) -> PagesTurned {
        self.router.duty_pages_turn("taihe", at).await.expect("the pages")
    }

    /// State and reason of li's call to the page, and the steps of its ladder.
    async fn on_page(&self) -> (String, Option<String>, Vec<String>) {
        let call = self.call("li", "desk").await;
        let (state, why) = sqlx::query_as("SELECT state, last_error FROM calls WHERE id = $1")
            .bind(call)
            .fetch_one(&self.fixture.db)
            .await
            .expect("the call");
        let steps = sqlx::query_scalar("SELECT step FROM call_steps WHERE call_id = $1 ORDER BY at, step")
            .bind(call)
            .fetch_all(&self.fixture.db)
            .await
            .expect("its steps");
        (state, why, steps)
    }

    /// Units that were told by mail of a lost page.
    async fn told(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT unit FROM notices WHERE kind = 'duty-page-lost' ORDER BY unit")
            .fetch_all(&self.fixture.db)
            .await
            .expect("mails")
    }
}

fn police() -> DeskScope {
    DeskScope::new([POLICE])
}

fn seconds(count: i64) -> TimeDelta {
    TimeDelta::seconds(count)
}

#[tokio::test]
async fn without_a_page_a_call_to_it_reaches_nobody_and_says_so() {
    let night = Night::new().await;
    night.turn(night.at).await;
    let (state, why, steps) = night.on_page().await;
    assert_eq!(
        (state.as_str(), why.as_deref()),
        ("failed", Some(CallFault::NoPage.as_str()))
    );
    assert_eq!(steps, ["failed"]);
    assert_eq!(
        night.calls(night.at).await,
        [
            "li desk dispatch:0",
            "li mail dispatch:0",
            "li sms dispatch:0",
            "li voice dispatch:0"
        ],
        "the others are on their way: nothing falls"
    );
}

#[tokio::test]
async fn a_page_that_shows_a_call_delivers_it_and_one_that_does_not_passes_it_on() {
    let night = Night::new().await;
    let page = night.begin("li", night.at).await;
    night.turn(night.at).await;
    assert_eq!(night.on_page().await.0, "handed-over");
    let call = night.call("li", "desk").await;

    // Somebody else's page shows nothing of it.
    let other = night.begin("zhao", night.at).await;
    night.beat(&other, &[call], night.at + seconds(3)).await;
    assert_eq!(night.on_page().await.0, "handed-over");

    night.beat(&page, &[call], night.at + seconds(5)).await;
    let desk = night.fixture.store_as::<Desk>();
    let (scope, of) = (police(), (call, page.account_id));
    for at in [7, 9] {
        let opened = desk.duty_call_opened(&scope, of, night.at + seconds(at)).await;
        assert_eq!(opened.expect("opened").map(|ticket| ticket.0), Some(night.ticket));
    }
    let (state, why, steps) = night.on_page().await;
    assert_eq!((state.as_str(), why), ("delivered", None));
    assert_eq!(steps, ["handed-over", "delivered", "opened"], "opened once");

    // Another night, and a page that is there and shows nothing.
    let night = Night::new().await;
    let page = night.begin("li", night.at).await;
    night.turn(night.at).await;
    night.beat(&page, &[], night.at + seconds(59)).await;
    assert_eq!(night.pages_turn(night.at + seconds(59)).await.fell, 0);
    let turned = night.pages_turn(night.at + seconds(60)).await;
    assert_eq!((turned.fell, turned.lost), (1, 0));
    let (state, why, _) = night.on_page().await;
    assert_eq!(
        (state.as_str(), why.as_deref()),
        ("failed", Some(CallFault::NotShown.as_str()))
    );
}

#[tokio::test]
async fn a_lost_page_is_told_once_and_not_where_the_duty_was_handed_over_or_a_colleague_has_one() {
    let night = Night::new().await;
    let board = night.fixture.store_as::<Board>();
    let page = night.begin("li", night.at).await;
    night.beat(&page, &[], night.at + seconds(30)).await;
    assert_eq!(night.pages_turn(night.at + seconds(89)).await, PagesTurned::default());
    let turned = night.pages_turn(night.at + seconds(90)).await;
    assert_eq!((turned.lost, turned.told), (1, 2));
    assert_eq!(night.told().await, ["office", POLICE]);
    assert_eq!(
        night.pages_turn(night.at + seconds(91)).await,
        PagesTurned::default(),
        "once"
    );
    let lost = board
        .duty_pages_lost("taihe", night.at + minutes(2))
        .await
        .expect("lost");
    assert_eq!(lost.len(), 1);
    assert_eq!(
        (lost[0].unit.as_str(), lost[0].beat_at),
        (POLICE, night.at + seconds(30))
    );

    // It comes back, begins anew, and is no alarm any more; lost again within ten minutes it is shown, and not mailed.
    let stands = night.beat(&page, &[], night.at + minutes(2)).await;
    assert_eq!(stands.ended_how.map(|how| how.0), Some(DutyPageEnd::Lost));
    night.begin("li", night.at + minutes(2)).await;
    let open = board
        .duty_pages_lost("taihe", night.at + minutes(2))
        .await
        .expect("lost");
    assert!(open.is_empty());
    let turned = night.pages_turn(night.at + minutes(4)).await;
    assert_eq!((turned.lost, turned.told), (1, 0));
    assert_eq!(night.told().await.len(), 2);

    // A colleague's page is open.
    let later = night.at + minutes(30);
    night.begin("li", later).await;
    let colleague = night.begin("zhao", later).await;
    night.beat(&colleague, &[], later + seconds(80)).await;
    let turned = night.pages_turn(later + seconds(90)).await;
    assert_eq!((turned.lost, turned.told), (1, 0));

    // Who gave the duty over did not lose the page.
    let desk = night.fixture.store_as::<Desk>();
    let new = NewHandover {
        county: "taihe",
        unit: POLICE,
        from: colleague.account_id,
        to: night.account("li").await,
        at: later + minutes(2),
    };
    desk.handover_give(&police(), new).await.expect("given");
    let turned = night.pages_turn(later + minutes(10)).await;
    assert_eq!((turned.lost, turned.told), (0, 0));
    let how = night.beat(&colleague, &[], later + minutes(11)).await.ended_how;
    assert_eq!(how.map(|how| how.0), Some(DutyPageEnd::HandedOver));
}

#[tokio::test]
async fn a_page_is_asked_for_with_all_others_and_shows_what_its_person_and_unit_are_called_for() {
    let night = Night::new().await;
    let board = night.fixture.store_as::<Board>();
    night.turn(night.at).await;
    let now = night.at + seconds(10);
    let (li, zhao, odu) = (
        night.account("li").await,
        night.account("zhao").await,
        night.account("odu").await,
    );
    let pages = [
        (li, POLICE.to_owned()),
        (zhao, POLICE.to_owned()),
        (odu, "relief".to_owned()),
    ];
    let calls = board.page_calls("taihe", &pages, now).await.expect("calls");
    let of = |page: i64| calls.iter().filter(move |call| call.page == page);
    assert_eq!((of(0).count(), of(1).count()), (4, 4));
    assert!(of(0).all(|call| call.mine) && of(1).all(|call| !call.mine));
    // Units of the report without anybody fall to the office; its officer hears that on a page for another unit too.
    assert!(of(2).count() > 0 && of(2).all(|call| call.mine));
    let ids: Vec<CallId> = of(1).map(|call| call.call_id).collect();
    let rings = board.page_rings(&ids).await.expect("rings");
    assert_eq!(rings.len(), 1, "four calls about one thing are one line");
    assert_eq!((rings[0].ticket_id.0, rings[0].since), (night.ticket, night.at));

    // Answered, it rings no more.
    let answer = platform::store::BellAnswer {
        by: zhao,
        how: platform::store::AnsweredHow::Login,
        recorded_by: None,
        at: now,
    };
    let desk = night.fixture.store_as::<Desk>();
    desk.desk_bell_answer(&police(), &ids, answer).await.expect("answered");
    let calls = board.page_calls("taihe", &pages, now).await.expect("calls");
    assert!(
        calls.iter().all(|call| call.page == 2),
        "what rings for the office is another matter"
    );
}

#[tokio::test]
async fn the_board_sees_what_did_not_arrive_within_minutes_and_what_became_of_it() {
    let night = Night::new().await;
    let board = night.fixture.store_as::<Board>();
    night.turn(night.at).await;
    let mut all = night.at;
    for minute in [4, 5] {
        all = night.at + minutes(minute);
        let found = board.arrivals("taihe", all).await.expect("arrivals");
        let police = found.not_arrived.iter().filter(|line| line.unit == POLICE).count();
        assert_eq!(police, usize::from(minute == 5), "after {minute} minutes");
    }
    let found = board.arrivals("taihe", all).await.expect("arrivals");
    let line = found
        .not_arrived
        .iter()
        .find(|line| line.unit == POLICE)
        .expect("the police");
    assert_eq!((line.ticket_id.0, line.calls, line.since), (night.ticket, 4, night.at));
    assert_eq!(line.person.as_deref(), Some("li"));
    assert_eq!(line.called, [night.account("li").await]);

    // The unit's chain: whoever was called is passed over, by hand and a moment ago too.
    let book = board.duty_book(&night.fixture.pack, all).await.expect("a book");
    let chain = book.watch(&night.fixture.pack).chain(POLICE, all);
    let chain: Vec<&str> = chain.iter().map(|link| link.person.0.as_str()).collect();
    assert_eq!(chain, ["li", "zhao", "wang", "odu"]);
    let (zhao, odu) = (night.account("zhao").await, night.account("odu").await);
    let office = night.fixture.store_as::<platform::store::Office>();
    let ticket = platform::store::TicketId(night.ticket);
    assert_eq!(office.call_by_hand(ticket, zhao, odu, all).await.expect("called"), 2);
    let found = board.arrivals("taihe", all).await.expect("arrivals");
    let line = found
        .not_arrived
        .iter()
        .find(|line| line.unit == POLICE)
        .expect("the police");
    assert!(line.called.contains(&zhao) && line.calls == 4, "{line:?}");
    assert!(
        found.late.iter().any(|notice| notice.ticket_id.is_some()),
        "no notifier runs: its mail is late as well"
    );

    // A gateway says that it arrived.
    sqlx::query("UPDATE calls SET state = 'delivered', finished_at = $2 WHERE id = $1")
        .bind(night.call("li", "sms").await)
        .bind(all)
        .execute(&night.fixture.db)
        .await
        .expect("delivered");
    let found = board.arrivals("taihe", all).await.expect("arrivals");
    assert!(found.not_arrived.iter().all(|line| line.unit != POLICE));
}

#[tokio::test]
async fn the_router_turns_pages_with_its_own_login() {
    let night = Night::new().await;
    let router = night.fixture.store_as::<Router>();
    let turned = router.duty_pages_turn("taihe", night.at).await.expect("the grant");
    assert_eq!(turned, PagesTurned::default());
}
