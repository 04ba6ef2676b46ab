//! The login of a store is its type: which rows and columns it may ask for stands in the signature, and a method that its grant
//! does not cover does not compile.
//!
//! ```
//! # async fn a_desk_asks(desk: platform::store::Store<platform::store::Desk>, scope: platform::store::DeskScope) {
//! desk.desk_open(&scope, "taihe").await.ok();
//! # }
//! ```
//!
//! The board reads county-wide and has no desk:
//!
//! ```compile_fail,E0599
//! # async fn a_board_asks(board: platform::store::Store<platform::store::Board>, scope: platform::store::DeskScope) {
//! board.desk_open(&scope, "taihe").await.ok();
//! # }
//! ```
//!
//! The types say what `admin/grants.sql` grants; where they err, the database still refuses.

/// A login of the database, one of those below. Traits and logins are of one crate: no other can say that one of these may do more.
pub trait Login: Clone + Send + Sync + 'static {
    /// The task whose URL stands in the folder of logins; none for the owner, whose URL is the operator's.
    const TASK: Option<&'static str>;
}

/// May read what routing needs of a report: its facts, nothing sealed.
pub trait ReadsFacts: Login {}

/// Queues mails that are about no ticket: whoever writes the thing itself tells of it.
pub trait Tells: Login {}

/// Reads the whole county's tickets and rules.
pub trait SeesCounty: Login {}

/// Reads who is on duty: rosters, duty hours, and of people's telephones whether they ring.
pub trait ReadsDuty: Login {}

/// Reads what became of every call of the county.
pub trait SeesCalls: Login {}

/// Reads telephones of people, sealed: whoever has the contact key.
pub trait OpensPhones: Login {}

/// Records the answer of a named person to any call of the county.
pub trait AnswersBells: Login {}

/// Watches another service, and is watched.
pub trait Watches: Login {}

/// Takes reports in and answers reporters: inserts, and reads back next to nothing.
#[derive(Clone, Copy, Debug)]
pub enum Intake {}

/// The outbox, and the age of what waits in it.
#[derive(Clone, Copy, Debug)]
pub enum Relay {}

/// Decides and turns the clock; no sealed column.
#[derive(Clone, Copy, Debug)]
pub enum Router {}

/// Notices, and what their mails say.
#[derive(Clone, Copy, Debug)]
pub enum Notifier {}

/// One unit's tickets, by row-level security.
#[derive(Clone, Copy, Debug)]
pub enum Desk {}

/// Reads county-wide: nothing sealed, and of the facts what the disclosure table shows.
#[derive(Clone, Copy, Debug)]
pub enum Board {}

/// Settles triage, records call-backs, decides on closings, openings, floods and rules.
#[derive(Clone, Copy, Debug)]
pub enum Office {}

/// Accounts, rights, sessions and a unit's contacts.
#[derive(Clone, Copy, Debug)]
pub enum People {}

/// Owns the schema. For the operator's commands and for tests: no service has it.
#[derive(Clone, Copy, Debug)]
pub enum Owner {}

impl Login for Intake {
    const TASK: Option<&'static str> = Some("intake");
}

impl Login for Relay {
    const TASK: Option<&'static str> = Some("relay");
}

impl Login for Router {
    const TASK: Option<&'static str> = Some("router");
}

impl Login for Notifier {
    const TASK: Option<&'static str> = Some("notifier");
}

impl Login for Desk {
    const TASK: Option<&'static str> = Some("desk");
}

impl Login for Board {
    const TASK: Option<&'static str> = Some("board");
}

impl Login for Office {
    const TASK: Option<&'static str> = Some("office");
}

impl Login for People {
    const TASK: Option<&'static str> = Some("people");
}

impl Login for Owner {
    const TASK: Option<&'static str> = None;
}

impl ReadsFacts for Router {}
impl ReadsFacts for Office {}

impl OpensPhones for People {}
impl OpensPhones for Notifier {}
impl SeesCounty for Board {}
impl SeesCounty for Office {}

impl ReadsDuty for People {}
impl ReadsDuty for Router {}
impl ReadsDuty for Desk {}
impl ReadsDuty for Board {}
impl ReadsDuty for Office {}

impl SeesCalls for Router {}
impl SeesCalls for Board {}
impl SeesCalls for Office {}

impl AnswersBells for Notifier {}
impl AnswersBells for Office {}

impl Watches for Router {}
impl Watches for Notifier {}

impl Tells for Router {}
impl Tells for Desk {}
impl Tells for Office {}
impl Tells for People {}

#[cfg(test)]
mod tests {
    use super::{Board, Desk, Intake, Login, Notifier, Office, Owner, People, Relay, Router};
    use crate::store::TASKS;

    #[test]
    fn every_task_is_a_login_and_only_the_owner_is_none() {
        let logins = [
            Intake::TASK,
            Relay::TASK,
            Router::TASK,
            Notifier::TASK,
            Desk::TASK,
            Board::TASK,
            Office::TASK,
            People::TASK,
        ];
        assert_eq!(logins, TASKS.map(Some));
        assert_eq!(Owner::TASK, None);
    }
}
