//! The way in: what happens to a report from the socket to the queue.
//!
//! A reporter sees one answer. Between the bytes that they send and the message that a router takes stand six points, in this
//! order, and each says what may be promised from there on and what a crash there leaves behind.
//!
//! 1. **The socket** (`platform::run::listener`, `public/body.rs`). The whole body is read before the request's time begins, so
//!    that a slow line takes nothing from it. Nothing is promised. A crash: the reporter's browser says that there is no answer;
//!    what was typed stays in the form, whose key is still good.
//! 2. **The gates** (`public/`). The form or the API reads the report; what can't be read comes back with its mistakes named.
//!    Then the address must not file too fast, unless a child is in present danger. Nothing is promised, nothing is kept.
//! 3. **Sealing** ([`accept`]). A fresh id, the receipt and the follow-up code are drawn; everything that a person typed is
//!    sealed with a key of this report; what routing needs is taken out of it as coarse facts. The id is fixed here, before the
//!    first try to store, and so is the idempotency key of the form. Only now the report is a row, still in memory alone.
//! 4. **The queue of jobs** ([`accept::Intake::accept`] to [`writer`]). Bounded: when it is full the door waits, and the reporter
//!    sees a slow page. Handing over is the point from which the request no longer decides: the write is the writer's, and a
//!    browser that hangs up changes nothing. A crash before the commit loses the row and its receipt with it: nobody was told
//!    either. The reporter sends again, with the same key.
//! 5. **The commit** ([`writer`]). One transaction stores the report, its facts, its idempotency key and its outbox row; several
//!    reports share it. After the commit, and only then, the door is told, and shows the receipt: **from here on the report is
//!    not lost**. Where the database refuses, it is certain that nothing is stored, and the answer says so. Where it does not
//!    confirm in time, nobody knows: the answer says that too, and sending again with the same key gives the first receipt or
//!    stores it once. A crash between commit and answer is this case.
//! 6. **The outbox** ([`relay`]). The committed row carries a lease of the relay beside its writer, which publishes it outside any
//!    transaction and marks what the broker confirmed; the router that decides deletes the row. A crash after the commit leaves
//!    the row with a lease that runs out, and another relay or a router takes it. A crash between confirm and mark publishes it
//!    twice, and the second message finds the decision there. While the broker is away the relay gives its rows back at once,
//!    and routers take them from the database.
//!
//! What follows is the router's: `router/src/serve`.

pub(crate) mod accept;
pub(crate) mod relay;
pub(crate) mod writer;
