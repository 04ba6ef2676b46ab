//! Calls in the queue, and telephones of people, as the router and the pages write them.

use casework::words::Channel;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    seal::{Cipher, ContactKey},
    store::{AccountId, CallId, PhoneId, StageId},
};
use sqlx::PgPool;
use uuid::Uuid;

/// The line of the contact key of tests.
pub const CONTACT_KEY: &str = "ck-test:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// The key.
pub fn contact_key() -> ContactKey {
    ContactKey::parse(CONTACT_KEY, Cipher::Aes256Gcm).expect("the contact key of tests")
}

/// A verified telephone of a person.
pub async fn phone(db: &PgPool, key: &ContactKey, account: AccountId, place: i16, number: &str) -> PhoneId {
    sqlx::query_scalar(
        "INSERT INTO phones (account_id, number, number_mac, place, night, added_at, added_by, verified_at)
         VALUES ($1, $2, $3, $4, true, $5, $1, $5) RETURNING id",
    )
    .bind(account)
    .bind(key.seal(account, number, &mut rand::rng()))
    .bind(key.mac(number).to_vec())
    .bind(place)
    .bind(clock::now())
    .fetch_one(db)
    .await
    .expect("a telephone")
}

/// Queues a P1 call for the dispatch of the first open ticket's sign stage, to a person or to the first of the last resort.
pub async fn call(db: &PgPool, account: Option<AccountId>, channel: Channel) -> CallId {
    call_at(db, account, channel, clock::now()).await
}

/// The same, of a moment.
pub async fn call_at(db: &PgPool, account: Option<AccountId>, channel: Channel, at: DateTime<Utc>) -> CallId {
    let id = CallId(Uuid::new_v4());
    sqlx::query(
        "WITH stage AS (SELECT s.id, s.county, s.due_generation, t.unit FROM stages s JOIN tickets t ON t.id = s.ticket_id
                        WHERE s.stage = 'sign' AND s.ended_at IS NULL ORDER BY s.id LIMIT 1),
         bell AS (INSERT INTO bells (stage_id, due_generation, cause, county, next_ring)
                  SELECT id, due_generation, 'dispatch', county, 1 FROM stage ON CONFLICT DO NOTHING),
         turn AS (INSERT INTO ring_turns (stage_id, county, next_at) SELECT id, county, 'infinity' FROM stage
                  ON CONFLICT (stage_id) DO UPDATE SET next_at = 'infinity'),
         call AS (INSERT INTO calls (id, dedup, county, account_id, last_resort, unit, channel, urgency, drill, system_late, night,
                                     created_at, state)
                  SELECT $1, $1::text, county, $2, CASE WHEN $2::bigint IS NULL THEN 1 END, unit, $3, 'P1', false, false, true, $4,
                         'queued' FROM stage RETURNING id)
         INSERT INTO call_rings (call_id, stage_id, due_generation, cause, first_ring, ring, planned_at)
         SELECT $1, id, due_generation, 'dispatch', 0, 0, $4 FROM stage",
    )
    .bind(id)
    .bind(account)
    .bind(channel.as_str())
    .bind(at)
    .execute(db)
    .await
    .expect("a call");
    id
}

/// State of a call.
pub async fn state(db: &PgPool, id: CallId) -> String {
    sqlx::query_scalar("SELECT state FROM calls WHERE id = $1")
        .bind(id)
        .fetch_one(db)
        .await
        .expect("a call")
}

/// Its ladder.
pub async fn ladder(db: &PgPool, id: CallId) -> Vec<(String, String)> {
    sqlx::query_as("SELECT step, detail FROM call_steps WHERE call_id = $1 ORDER BY at, step")
        .bind(id)
        .fetch_all(db)
        .await
        .expect("a ladder")
}

/// The stage that a call is for.
pub async fn stage(db: &PgPool, id: CallId) -> StageId {
    sqlx::query_scalar("SELECT stage_id FROM call_rings WHERE call_id = $1")
        .bind(id)
        .fetch_one(db)
        .await
        .expect("a ring")
}
