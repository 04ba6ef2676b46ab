//! Whether the server takes mails from us at all, told from the answers to all mails together.
//!
//! What a server says before a recipient was named it says to everybody: one such answer closes the gate. What it says to a
//! mail may be about that mail: a second such answer in a row closes the gate, and where other mails passed in between it is
//! this mail's own. Behind a closed gate one mail, or one greeting, is tried at growing distances, instead of all of them.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{Blocked, NoticeId};

use crate::{
    mailer::{Failure, Fault},
    verdict::Whose,
};

/// Distances between tries behind a closed gate, in seconds. The longest is what a repaired server waits for us.
const TRIES_S: [i64; 5] = [5, 15, 30, 60, 60];
/// Minutes of closed gate after which it is tried less often.
const LONG_MINUTES: i64 = 30;
const SELDOM_S: i64 = 300;
/// Refused mails remembered, so that a mail that alone is refused is known for it.
const REMEMBERED: usize = 1000;

/// What may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// Everything.
    Open,
    /// One mail, to see.
    One,
    /// Nothing.
    Closed,
}

/// A closed gate.
#[derive(Clone, Debug)]
struct Block {
    since: DateTime<Utc>,
    failure: Failure,
    next: DateTime<Utc>,
    tries: usize,
    /// One mail is under way to see.
    trying: bool,
    /// There was no mail to try with.
    idle: bool,
}

/// The gate; it reads no clock.
#[derive(Debug, Default)]
pub(super) struct Circuit {
    block: Option<Block>,
    /// Mails that passed.
    passed: u64,
    /// Refusals in a row that may be everybody's.
    streak: u32,
    /// Refused mails, and how many others had passed by then.
    refused: HashMap<NoticeId, u64>,
}

impl Circuit {
    /// What may be sent. Whoever is told [`Gate::One`] says [`Circuit::trying`] and sends one, or says [`Circuit::idle`].
    pub(super) fn gate(&self, now: DateTime<Utc>) -> Gate {
        match &self.block {
            None => Gate::Open,
            Some(block) if block.by_greeting() || block.trying || block.idle || now < block.next => Gate::Closed,
            Some(_) => Gate::One,
        }
    }

    /// One mail is under way to see.
    pub(super) fn trying(&mut self) {
        if let Some(block) = &mut self.block {
            block.trying = true;
        }
    }

    /// There is no mail to try with.
    pub(super) fn idle(&mut self) {
        if let Some(block) = &mut self.block {
            block.trying = false;
            block.idle = true;
        }
    }

    /// Whether a greeting should be tried: the refusal came before any mail, or there is no mail.
    pub(super) fn wants_greeting(&self, now: DateTime<Utc>) -> bool {
        self.block
            .as_ref()
            .is_some_and(|block| now >= block.next && (block.by_greeting() || block.idle))
    }

    /// A greeting went well.
    pub(super) fn greeted(&mut self) {
        self.open();
    }

    /// A greeting failed.
    pub(super) fn not_greeted(&mut self, failure: &Failure, now: DateTime<Utc>) {
        self.close(failure, now);
    }

    /// Learns from an attempt; answers whose failure it was.
    pub(super) fn heard(&mut self, id: NoticeId, result: &Result<(), Failure>, now: DateTime<Utc>) -> Whose {
        let failure = match result {
            Ok(()) => {
                self.passed += 1;
                self.refused.remove(&id);
                self.open();
                return Whose::Own;
            }
            Err(failure) => failure,
        };
        if !failure.fault.is_everybodys() {
            // A mail that could not be written says nothing of the server; one about whose recipient it speaks says that it
            // listens.
            match &mut self.block {
                _ if failure.named => self.open(),
                Some(block) => block.trying = false,
                None => {}
            }
            return Whose::Own;
        }
        if failure.named && self.refused.get(&id).is_some_and(|passed| *passed < self.passed) {
            if let Some(block) = &mut self.block {
                block.trying = false;
            }
            return Whose::Own;
        }
        if failure.named {
            if self.refused.len() >= REMEMBERED {
                self.refused.clear();
            }
            self.refused.insert(id, self.passed);
            self.streak += 1;
        }
        if !failure.named || self.streak > 1 || self.block.is_some() {
            self.close(failure, now);
        }
        Whose::Everybodys(self.block.as_ref().map(|block| block.next))
    }

    /// Why nothing is sent, for board and alarm.
    pub(super) fn blocked(&self) -> Option<Blocked> {
        self.block.as_ref().map(|block| Blocked {
            since: block.since,
            phase: block.failure.phase.as_str().to_owned(),
            answer: block.failure.detail.clone(),
            ours: block.failure.fault == Fault::Ours,
        })
    }

    fn open(&mut self) {
        self.block = None;
        self.streak = 0;
    }

    /// Closes the gate, or keeps it closed for the next distance. Mails that were under way when it closed change nothing.
    fn close(&mut self, failure: &Failure, now: DateTime<Utc>) {
        let (since, tries) = match &self.block {
            None => (now, 0),
            Some(block) if now < block.next => return,
            Some(block) => (block.since, block.tries + 1),
        };
        let distance = if now - since > TimeDelta::minutes(LONG_MINUTES) {
            SELDOM_S
        } else {
            TRIES_S[tries.min(TRIES_S.len() - 1)]
        };
        self.block = Some(Block {
            since,
            failure: failure.clone(),
            next: now + TimeDelta::seconds(distance),
            tries,
            trying: false,
            idle: false,
        });
    }
}

impl Block {
    fn by_greeting(&self) -> bool {
        self.failure.phase.is_before_any_mail()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailer::Phase;

    fn at(s: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + s, 0).unwrap()
    }

    fn refused(fault: Fault, phase: Phase, named: bool) -> Result<(), Failure> {
        let mut failure = Failure::new(fault, phase, "550 no");
        failure.named = named;
        Err(failure)
    }

    fn mail(n: u128) -> NoticeId {
        NoticeId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn one_refusal_of_us_closes_the_gate_and_tries_grow_apart() {
        let mut circuit = Circuit::default();
        assert_eq!(circuit.gate(at(0)), Gate::Open);
        let no = refused(Fault::Ours, Phase::Envelope, false);
        assert_eq!(circuit.heard(mail(1), &no, at(0)), Whose::Everybodys(Some(at(5))));
        // Those under way change nothing.
        for n in 2..100 {
            assert_eq!(circuit.heard(mail(n), &no, at(1)), Whose::Everybodys(Some(at(5))));
        }
        let (mut now, mut tries) = (5, Vec::new());
        while now < 3 * 3600 {
            assert_eq!(circuit.gate(at(now - 1)), Gate::Closed);
            assert_eq!(circuit.gate(at(now)), Gate::One);
            circuit.trying();
            assert_eq!(circuit.gate(at(now)), Gate::Closed, "one at a time");
            let Whose::Everybodys(Some(next)) = circuit.heard(mail(7), &no, at(now)) else {
                panic!("given up")
            };
            tries.push((next - at(now)).num_seconds());
            now = (next - at(0)).num_seconds();
        }
        assert_eq!(tries[..4], [15, 30, 60, 60]);
        assert!(
            tries.is_sorted() && tries.last() == Some(&300) && tries.len() < 80,
            "{tries:?}"
        );
        assert_eq!(circuit.blocked().unwrap().since, at(0));
        assert!(circuit.blocked().unwrap().ours);
        circuit.heard(mail(7), &Ok(()), at(now));
        assert_eq!((circuit.gate(at(now)), circuit.blocked()), (Gate::Open, None));
    }

    #[test]
    fn a_refusal_of_one_mail_is_its_own_where_others_pass() {
        let mut circuit = Circuit::default();
        let spam = refused(Fault::Server, Phase::Done, true);
        assert_eq!(circuit.heard(mail(1), &spam, at(0)), Whose::Everybodys(None));
        assert_eq!(circuit.gate(at(0)), Gate::Open, "one answer says little");
        circuit.heard(mail(2), &Ok(()), at(1));
        assert_eq!(circuit.heard(mail(1), &spam, at(5)), Whose::Own);
        assert_eq!(circuit.gate(at(5)), Gate::Open);
        circuit.heard(mail(3), &Ok(()), at(6));
        assert_eq!(circuit.heard(mail(1), &spam, at(9)), Whose::Own);
    }

    #[test]
    fn two_mails_in_a_row_are_everybodys() {
        let mut circuit = Circuit::default();
        let limited = refused(Fault::Server, Phase::Envelope, true);
        circuit.heard(mail(1), &limited, at(0));
        assert_eq!(circuit.heard(mail(2), &limited, at(0)), Whose::Everybodys(Some(at(5))));
        assert_eq!(circuit.gate(at(1)), Gate::Closed);
        // A lonely mail that is refused twice, too: nothing goes out.
        let mut alone = Circuit::default();
        alone.heard(mail(1), &limited, at(0));
        assert!(alone.blocked().is_none());
        alone.heard(mail(1), &limited, at(5));
        assert!(alone.blocked().is_some());
        // Behind the gate, a word about a recipient shows that the server listens again.
        assert_eq!(alone.gate(at(10)), Gate::One);
        alone.trying();
        alone.heard(mail(1), &refused(Fault::Recipient, Phase::Envelope, true), at(10));
        assert_eq!(alone.gate(at(10)), Gate::Open);
    }

    #[test]
    fn a_server_that_is_away_is_greeted_and_gets_no_mails() {
        let mut circuit = Circuit::default();
        circuit.heard(mail(1), &refused(Fault::Server, Phase::Connect, false), at(0));
        assert!(!circuit.wants_greeting(at(4)) && circuit.wants_greeting(at(5)));
        assert_eq!(circuit.gate(at(5)), Gate::Closed);
        circuit.not_greeted(&Failure::new(Fault::Server, Phase::Connect, "away"), at(5));
        assert!(!circuit.wants_greeting(at(19)) && circuit.wants_greeting(at(20)));
        circuit.greeted();
        assert_eq!(circuit.gate(at(20)), Gate::Open);
    }

    #[test]
    fn without_a_mail_to_try_with_a_greeting_decides() {
        let mut circuit = Circuit::default();
        circuit.heard(mail(1), &refused(Fault::Ours, Phase::Envelope, false), at(0));
        assert!(!circuit.wants_greeting(at(9)), "a mail tells more");
        assert_eq!(circuit.gate(at(5)), Gate::One);
        circuit.idle();
        assert!(circuit.wants_greeting(at(9)));
    }

    #[test]
    fn a_mail_that_cant_be_written_says_nothing_of_the_server() {
        let mut circuit = Circuit::default();
        circuit.heard(mail(1), &refused(Fault::Ours, Phase::Envelope, false), at(0));
        circuit.trying();
        circuit.heard(mail(2), &refused(Fault::Recipient, Phase::Render, false), at(5));
        assert!(circuit.blocked().is_some());
        assert_eq!(circuit.gate(at(5)), Gate::One, "the next one tries");
    }
}
