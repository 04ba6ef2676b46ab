//! Rings that begin anew: a closing is taken back, a reporter is not content, a ticket goes to another unit, tickets of a flood are
//! given back, a closing is asked for again. In each nobody is rung after an answer, no ring is lost and none doubled, and a P1 that
//! nobody signs still rings after three hours and after three days.

use casework::{
    callback::CallResult, county::Matter, routing, ticket::motion::ReturnGround, words::Urgency,
    words::reserved::TRANSFERRED,
};
use platform::store::{
    ActDone, Acting, AnsweredHow, Asking, Asks, BellAnswer, By, CallbackNew, CallbackRecorded, Closing, Desk,
    DeskScope, Detail, FloodAct, FloodActing, FloodClosingId, FloodGround, FloodId, Notifier, Office, ReportId,
    Successor, TicketDeed, TicketId, Wait,
};

use super::{random::NEVER, *};

/// Another police station.
const OTHER: &str = "pol-341222100";

impl Night {
    async fn acting<'a>(&self, login: &'a str, ticket: TicketId, at: DateTime<Utc>) -> Acting<'a> {
        let version = sqlx::query_scalar("SELECT version FROM tickets WHERE id = $1")
            .bind(ticket)
            .fetch_one(&self.fixture.db)
            .await
            .expect("a ticket");
        Acting {
            by: login,
            account: self.account(login).await,
            version,
            at,
            sealed: Some(b"sealed".to_vec()),
            detail: Detail::default(),
            telephone: None,
        }
    }

    /// Somebody of a unit does something.
    async fn deed(&self, (login, unit): (&str, &str), ticket: TicketId, deed: &TicketDeed, at: DateTime<Utc>) {
        let desk: Store<Desk> = self.fixture.store_as();
        let acting = self.acting(login, ticket, at).await;
        let done = desk.desk_act(&DeskScope::new([unit]), ticket, deed, &acting).await;
        assert_eq!(done.expect("the desk"), ActDone::Done, "{login}: {deed:?}");
    }

    /// The office does.
    async fn decide(&self, ticket: TicketId, deed: &TicketDeed, at: DateTime<Utc>) {
        let office: Store<Office> = self.fixture.store_as();
        let acting = self.acting("odu", ticket, at).await;
        let done = office.office_act("taihe", ticket, deed, &acting).await;
        assert_eq!(done.expect("the office"), ActDone::Done, "{deed:?}");
    }

    fn wait(&self, matter: Matter, to: Option<&str>, at: DateTime<Utc>) -> Wait {
        Wait {
            office: to.is_some(),
            transfer_to: to.map(str::to_owned),
            clock: routing::waiting(&self.fixture.pack, matter, Urgency::P1, at),
            calendar: "test".into(),
        }
    }

    fn successor(&self, unit: &str, at: DateTime<Utc>) -> TicketDeed {
        let pack = &self.fixture.pack;
        TicketDeed::Approve(Box::new(Successor {
            shows: casework::disclosure::Shows::all(),
            unit_kind: pack.units().get(unit).expect("a unit").kind.clone(),
            stages: routing::successor(pack, "police-accept", unit, Urgency::P1, at),
            rule_set: 1,
            calendar: "test".into(),
        }))
    }

    /// The calls of a moment for one stage: `li voice pol-341222101 dispatch:0`, the unit being the one that is rung.
    async fn rung(&self, (ticket, stage): (TicketId, &str), at: DateTime<Utc>) -> Vec<String> {
        sqlx::query_scalar(
            "SELECT DISTINCT coalesce(a.login, 'last-resort') || ' ' || c.channel || ' ' || c.unit || ' ' || r.cause || ':' || r.ring
             FROM calls c JOIN call_rings r ON r.call_id = c.id JOIN stages s ON s.id = r.stage_id LEFT JOIN accounts a ON a.id = c.account_id
             WHERE c.created_at = $1 AND s.ticket_id = $2 AND s.stage = $3 AND r.due_generation = s.due_generation ORDER BY 1",
        )
        .bind(at)
        .bind(ticket)
        .bind(stage)
        .fetch_all(&self.fixture.db)
        .await
        .expect("calls")
    }

    /// Turns, and what must never be is not.
    async fn turned(&self, at: DateTime<Utc>) {
        self.turn(at).await;
        for (what, sql) in NEVER {
            let count: i64 = sqlx::query_scalar(sql)
                .bind(at)
                .fetch_one(&self.fixture.db)
                .await
                .expect(what);
            assert_eq!(count, 0, "{at}: {what}");
        }
        let mended = self.router.ring_turns_mend("taihe", None, at).await.expect("a sweep");
        assert_eq!(mended.lost, 0, "{at}: a stage has lost its turn");
    }

    /// Calls of a unit's people for a ticket that say that the system is late.
    async fn late(&self, ticket: TicketId, unit: &str) -> i64 {
        sqlx::query_scalar(
            "SELECT count(*) FROM calls c WHERE c.system_late AND c.unit = $2
             AND EXISTS (SELECT FROM call_rings r JOIN stages s ON s.id = r.stage_id WHERE r.call_id = c.id AND s.ticket_id = $1)",
        )
        .bind(ticket)
        .bind(unit)
        .fetch_one(&self.fixture.db)
        .await
        .expect("calls")
    }

    async fn answered(&self, login: &str, at: DateTime<Utc>) -> usize {
        let notifier: Store<Notifier> = self.fixture.store_as();
        let answer = BellAnswer {
            by: self.account(login).await,
            how: AnsweredHow::Digit,
            recorded_by: None,
            at,
        };
        let bells = notifier.bell_answer_all(answer).await.expect("answered");
        bells.iter().filter(|bell| bell.fresh).count()
    }

    /// Half-hour by half-hour, as the clock of a P1 needs it.
    async fn hours(&self, from: DateTime<Utc>, hours: std::ops::RangeInclusive<i64>) {
        for half in hours.start() * 2..=hours.end() * 2 {
            self.turned(from + minutes(30 * half)).await;
        }
    }

    /// A ticket that began to wait for a signature: it rings `who` at once from its first ring on, an answer silences that bell, and
    /// unsigned it rings after three hours and after three days.
    async fn rings_anew(&self, ticket: TicketId, (who, unit): (&str, &str), from: DateTime<Utc>) {
        let sign = (ticket, "sign");
        self.turned(from).await;
        let first = self.rung(sign, from).await;
        for channel in ["mail", "sms", "voice"] {
            let call = format!("{who} {channel} {unit} dispatch:0");
            assert!(first.contains(&call), "{call}: {first:?}");
        }
        assert_eq!(self.late(ticket, unit).await, 0, "nothing is the system's delay");
        self.turned(from + minutes(5)).await;
        let second = self.rung(sign, from + minutes(5)).await;
        assert!(second.contains(&format!("{who} voice {unit} dispatch:1")), "{second:?}");
        assert!(self.answered(who, from + minutes(6)).await > 0);
        for minute in [10, 15, 20, 25] {
            let at = from + minutes(minute);
            self.turned(at).await;
            let calls = self.rung(sign, at).await;
            assert!(
                !calls.iter().any(|call| call.contains("dispatch:")),
                "{minute}: {calls:?}"
            );
        }
        self.hours(from, 1..=3).await;
        let calls = self.rung(sign, from + TimeDelta::hours(3)).await;
        assert!(calls.iter().any(|call| call.contains(" again:")), "{calls:?}");
        let days = from + TimeDelta::days(3);
        self.turned(days).await;
        let calls = self.rung(sign, days).await;
        assert!(calls.iter().any(|call| call.contains(" again:")), "{calls:?}");
    }

    /// Signed, and closed without another person, as where a pack asks for none.
    async fn closed(&self, at: DateTime<Utc>) -> TicketId {
        let ticket = TicketId(self.ticket);
        self.deed(("li", POLICE), ticket, &TicketDeed::Sign, at).await;
        let closing = Closing {
            outcome: "not-found".into(),
            ..Closing::default()
        };
        let close = TicketDeed::Close(Box::new(closing));
        self.deed(("li", POLICE), ticket, &close, at + minutes(1)).await;
        ticket
    }
}

#[tokio::test]
async fn a_closing_that_is_taken_back_rings_on_and_says_nothing_of_a_delay() {
    let night = Night::new().await;
    night.turned(night.at).await;
    let ticket = night.closed(night.at + minutes(2)).await;
    let due: DateTime<Utc> = sqlx::query_scalar("SELECT due_at FROM stages WHERE ticket_id = $1 AND stage = 'contact'")
        .bind(ticket)
        .fetch_one(&night.fixture.db)
        .await
        .expect("the child is to be seen by then");
    // Closed over all its levels: nothing of it rings.
    let back = night.at + TimeDelta::hours(20);
    assert!(due < back, "{due}");
    for hours in 1..20 {
        let at = night.at + TimeDelta::hours(hours);
        night.turned(at).await;
        assert_eq!(
            night.rung((ticket, "contact"), at).await,
            [""; 0],
            "{hours} h: it is closed"
        );
    }
    night.deed(("li", POLICE), ticket, &TicketDeed::TakeBack, back).await;
    night.turned(back).await;
    let calls = night.rung((ticket, "contact"), back).await;
    assert!(
        calls.iter().any(|call| call.contains(" level-1:0")) && !calls.iter().any(|call| call.contains("dispatch")),
        "{calls:?}"
    );
    assert_eq!(
        night.late(ticket, POLICE).await,
        0,
        "that it was closed is not the system's delay"
    );
    // The levels at the distances of the plan, and what is answered rings no more.
    assert!(night.answered("li", back + minutes(1)).await > 0);
    for minute in [10, 20] {
        let at = back + minutes(minute);
        night.turned(at).await;
        let calls = night.rung((ticket, "contact"), at).await;
        assert!(!calls.iter().any(|call| call.contains("level-1:")), "{calls:?}");
    }
    night.hours(back, 1..=30).await;
    let levels = "SELECT count(*) FROM escalation_steps e JOIN stages s ON s.id = e.stage_id
                  WHERE s.stage = 'contact' AND e.sent_at IS NOT NULL AND s.ticket_id = (SELECT min(ticket_id) FROM events WHERE kind = 'close-taken-back')";
    assert_eq!(night.fixture.count(levels).await, 4, "each level once");
    let late = back + TimeDelta::days(3);
    night.turned(late).await;
    let calls = night.rung((ticket, "contact"), late).await;
    assert!(
        calls.iter().any(|call| call.contains(" again:")),
        "unseen after three days: {calls:?}"
    );
}

#[tokio::test]
async fn a_reporter_who_is_not_content_rings_the_unit_from_the_first_ring_on() {
    let night = Night::new().await;
    night.turned(night.at).await;
    let before: Vec<platform::store::CallId> = vec![night.call("li", "voice").await];
    let report: ReportId = sqlx::query_scalar("SELECT report_id FROM tickets WHERE id = $1")
        .bind(night.ticket)
        .fetch_one(&night.fixture.db)
        .await
        .expect("its report");
    let ticket = TicketId(night.ticket);
    crate::callbacks::close(&night.fixture.db, report, night.at + minutes(2)).await;
    let again = night.at + TimeDelta::hours(6);
    night.turned(again - minutes(1)).await;
    let office: Store<Office> = night.fixture.store_as();
    let new = CallbackNew {
        county: "taihe",
        report_id: report,
        attempt: None,
        result: CallResult::Dissatisfied,
        follow_up: Some(platform::store::FollowUpAsked::Reopen(vec![ticket])),
        by: By {
            account: night.account("odu").await,
            name: "odu",
        },
        note: Some(b"sealed".to_vec()),
        at: again,
    };
    let recorded = office
        .callback_record(&new, &night.fixture.pack)
        .await
        .expect("the office");
    assert!(matches!(recorded, CallbackRecorded::Now(_)), "{recorded:?}");
    // Whoever presses in a mail of the first round answers nothing of the second.
    night.turned(again).await;
    let notifier: Store<Notifier> = night.fixture.store_as();
    let answer = BellAnswer {
        by: night.account("li").await,
        how: AnsweredHow::Mail,
        recorded_by: None,
        at: again + minutes(1),
    };
    let old = notifier.bell_answer(&before, answer).await.expect("answered");
    assert!(!old.iter().any(|bell| bell.fresh), "{old:?}");
    night.rings_anew(ticket, ("li", POLICE), again).await;
    let generation: i32 = sqlx::query_scalar("SELECT due_generation FROM stages WHERE id = $1")
        .bind(night.stage)
        .fetch_one(&night.fixture.db)
        .await
        .expect("a stage");
    assert_eq!(generation, 2);
}

#[tokio::test]
async fn a_transfer_rings_the_unit_that_takes_over() {
    let night = Night::new().await;
    let he = night.officer("he", OTHER, "member").await;
    night.officer("kong", OTHER, "leader").await;
    night.on_duty(OTHER, he, ("he", None, Some("kong"))).await;
    night.turned(night.at).await;
    let ticket = TicketId(night.ticket);
    night
        .deed(("li", POLICE), ticket, &TicketDeed::Sign, night.at + minutes(1))
        .await;
    let asked = night.at + minutes(2);
    let closing = Closing {
        outcome: TRANSFERRED.into(),
        wait: Some(night.wait(Matter::Approve, Some(OTHER), asked)),
        ..Closing::default()
    };
    night
        .deed(("li", POLICE), ticket, &TicketDeed::Close(Box::new(closing)), asked)
        .await;
    night.turned(asked).await;
    let calls = night.rung((ticket, "approve"), asked).await;
    assert!(
        !calls.is_empty() && calls.iter().all(|call| call.contains(" office asked:0")),
        "the office is asked: {calls:?}"
    );
    let moved = night.at + minutes(4);
    night.decide(ticket, &night.successor(OTHER, moved), moved).await;
    let successor: TicketId = sqlx::query_scalar("SELECT id FROM tickets WHERE predecessor = $1")
        .bind(ticket)
        .fetch_one(&night.fixture.db)
        .await
        .expect("a successor");
    night.rings_anew(successor, ("he", OTHER), moved).await;
    let own = "SELECT count(*) FROM calls c JOIN call_rings r ON r.call_id = c.id JOIN stages s ON s.id = r.stage_id
               JOIN tickets t ON t.id = s.ticket_id WHERE t.predecessor IS NOT NULL AND c.unit = 'pol-341222101'";
    assert_eq!(
        night.fixture.count(own).await,
        0,
        "the unit that gave it away is not rung for it"
    );
    let asked = "SELECT count(*) FROM call_rings r JOIN calls c ON c.id = r.call_id WHERE r.cause = 'asked' AND c.created_at > $1";
    let after: i64 = sqlx::query_scalar(asked)
        .bind(moved)
        .fetch_one(&night.fixture.db)
        .await
        .expect("calls");
    assert_eq!(after, 0, "it is decided");
}

#[tokio::test]
async fn what_a_unit_asks_rings_the_office_and_goes_up_when_it_is_late() {
    let night = Night::new().await;
    night.turned(night.at).await;
    let (ticket, unit): (TicketId, String) = sqlx::query_as(
        "SELECT t.id, t.unit FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.unit
         WHERE u.kind NOT IN ('police', 'office') ORDER BY t.id LIMIT 1",
    )
    .fetch_one(&night.fixture.db)
    .await
    .expect("a ticket of another unit");
    night.officer("he", &unit, "member").await;
    let signed = night.at + minutes(1);
    night.deed(("he", &unit), ticket, &TicketDeed::Sign, signed).await;
    let asked = night.at + minutes(2);
    let asking = Asking {
        asks: Asks::Return {
            ground: ReturnGround::NotOurDuty,
            unit: None,
        },
        clock: routing::waiting(&night.fixture.pack, Matter::Approve, Urgency::P1, asked),
        calendar: "test".into(),
    };
    let due = asking.clock.due;
    assert_eq!(due - asked, TimeDelta::hours(1), "P1: an hour");
    night
        .deed(("he", &unit), ticket, &TicketDeed::Ask(Box::new(asking)), asked)
        .await;
    night.turned(asked).await;
    let calls = night.rung((ticket, "motion"), asked).await;
    assert!(
        !calls.is_empty() && calls.iter().all(|call| call.contains(" office asked:0")),
        "the office is asked: {calls:?}"
    );
    // Nobody decides: the office is called on, and what is late goes up to the leading group.
    for minute in [60, 90, 120, 180] {
        night.turned(asked + minutes(minute)).await;
    }
    let told = "SELECT count(*) FROM notices n JOIN stages s ON s.id = n.stage_id WHERE s.stage = 'motion' AND n.unit IN ('office', 'lg')";
    assert!(night.fixture.count(told).await >= 2, "by mail as well");
    let up = "SELECT count(*) FROM escalation_steps e JOIN stages s ON s.id = e.stage_id WHERE s.stage = 'motion' AND e.recipient = 'lg'";
    assert!(night.fixture.count(up).await >= 1);
    let late = asked + minutes(181);
    night.decide(ticket, &refusal(&night, ticket).await, late).await;
    night.turned(late + minutes(30)).await;
    let after: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM calls c JOIN call_rings r ON r.call_id = c.id JOIN stages s ON s.id = r.stage_id
         WHERE s.stage = 'motion' AND c.created_at > $1",
    )
    .bind(late)
    .fetch_one(&night.fixture.db)
    .await
    .expect("calls");
    assert_eq!(after, 0, "it is decided");
}

async fn refusal(night: &Night, ticket: TicketId) -> TicketDeed {
    let motion = sqlx::query_scalar("SELECT id FROM motions WHERE ticket_id = $1 AND state = 'asked'")
        .bind(ticket)
        .fetch_one(&night.fixture.db)
        .await
        .expect("a motion");
    TicketDeed::Deny(motion, casework::ticket::motion::MotionKind::Return)
}

#[tokio::test]
async fn tickets_of_a_flood_that_are_given_back_ring_on() {
    let night = Night::new().await;
    night.officer("second", "office", "office").await;
    let flood: FloodId = sqlx::query_scalar(
        "WITH f AS (INSERT INTO floods (county, kind, township, began_at, last_at, state)
                    VALUES ('taihe', 'township', '341222101000', $1, $1, 'open') RETURNING id)
         INSERT INTO flood_reports (report_id, flood_id) SELECT r.id, f.id FROM f, reports r RETURNING flood_id",
    )
    .bind(night.at)
    .fetch_one(&night.fixture.db)
    .await
    .expect("a flood");
    let office: Store<Office> = night.fixture.store_as();
    let act = async |login: &str, act: FloodAct, at| {
        let acting = FloodActing {
            by: login.to_owned(),
            account: night.account(login).await,
            at,
        };
        let done = office
            .flood_act("taihe", flood, &act, &acting)
            .await
            .expect("the office");
        assert!(done.is_some_and(|touched| touched > 0), "{act:?}");
    };
    // Its rings are gathered: the first half a minute after it began.
    let first = night.at + TimeDelta::seconds(30);
    night.turned(first).await;
    let ticket = TicketId(night.ticket);
    assert!(!night.rung((ticket, "sign"), first).await.is_empty());
    let asked = FloodAct::AskClosing {
        reports: Vec::new(),
        ground: FloodGround::NotReal,
        reason: "恶作剧".into(),
    };
    act("odu", asked, night.at + minutes(1)).await;
    let closing: FloodClosingId = sqlx::query_scalar("SELECT id FROM flood_closings")
        .fetch_one(&night.fixture.db)
        .await
        .expect("a closing");
    act("second", FloodAct::Confirm(closing), night.at + minutes(2)).await;
    for hours in 1..=4 {
        let at = night.at + TimeDelta::hours(hours);
        night.turned(at).await;
        assert_eq!(
            night.rung((ticket, "sign"), at).await,
            [""; 0],
            "{hours} h: it is closed"
        );
    }
    let back = night.at + TimeDelta::hours(5);
    act("second", FloodAct::GiveBack(closing), back).await;
    // At the flood's next moment all that was due is one ring, of all whom the steps meanwhile would have called.
    let next = back + TimeDelta::seconds(30);
    night.turned(back).await;
    night.turned(next).await;
    let calls = night.rung((ticket, "sign"), next).await;
    for who in ["li", "zhao", "wang"] {
        let dispatch = format!("{who} voice {POLICE} dispatch:");
        assert!(calls.iter().any(|call| call.starts_with(&dispatch)), "{who}: {calls:?}");
    }
    assert_eq!(
        night.late(ticket, POLICE).await,
        0,
        "that it was closed is not the system's delay"
    );
    assert!(night.answered("li", next + minutes(1)).await > 0);
    for minute in [10, 20, 25] {
        let at = next + minutes(minute);
        night.turned(at).await;
        let calls = night.rung((ticket, "sign"), at).await;
        assert!(!calls.iter().any(|call| call.contains("dispatch:")), "{calls:?}");
    }
    night.hours(next, 1..=3).await;
    for after in [TimeDelta::hours(3), TimeDelta::days(3)] {
        let at = next + after;
        night.turned(at).await;
        let calls = night.rung((ticket, "sign"), at).await;
        assert!(calls.iter().any(|call| call.contains(" again:")), "{after}: {calls:?}");
    }
}

#[tokio::test]
async fn a_closing_that_is_asked_for_again_rings_again() {
    let night = Night::new().await;
    night.turned(night.at).await;
    let ticket = TicketId(night.ticket);
    night
        .deed(("li", POLICE), ticket, &TicketDeed::Sign, night.at + minutes(1))
        .await;
    let ask = |at| {
        let closing = Closing {
            outcome: "not-found".into(),
            wait: Some(night.wait(Matter::Confirm, None, at)),
            ..Closing::default()
        };
        TicketDeed::Close(Box::new(closing))
    };
    let confirm = (ticket, "confirm");
    for (generation, asked) in [(1, minutes(2)), (2, minutes(40))] {
        let asked = night.at + asked;
        night.deed(("li", POLICE), ticket, &ask(asked), asked).await;
        night.turned(asked).await;
        let calls = night.rung(confirm, asked).await;
        let first = format!("li sms {POLICE} asked:0");
        assert!(calls.contains(&first), "{generation}: {calls:?}");
        assert!(night.answered("zhao", asked + minutes(1)).await + night.answered("li", asked + minutes(1)).await > 0);
        for minute in [5, 10, 20] {
            let at = asked + minutes(minute);
            night.turned(at).await;
            let calls = night.rung(confirm, at).await;
            assert!(
                !calls.iter().any(|call| call.contains("asked:")),
                "{generation}: {calls:?}"
            );
        }
        if generation == 1 {
            night
                .deed(("wang", POLICE), ticket, &TicketDeed::Refuse, asked + minutes(25))
                .await;
            let at = asked + minutes(30);
            night.turned(at).await;
            assert_eq!(night.rung(confirm, at).await, [""; 0], "it is refused");
        }
    }
    let generation: i32 =
        sqlx::query_scalar("SELECT due_generation FROM stages WHERE ticket_id = $1 AND stage = 'confirm'")
            .bind(ticket)
            .fetch_one(&night.fixture.db)
            .await
            .expect("a stage");
    assert_eq!(generation, 2);
    night.hours(night.at + minutes(40), 1..=6).await;
    let late = night.at + TimeDelta::days(3);
    night.turned(late).await;
    let calls = night.rung(confirm, late).await;
    assert!(
        calls.iter().any(|call| call.contains(" again:")),
        "nobody confirmed it: {calls:?}"
    );
}
