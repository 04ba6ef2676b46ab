-- $1 owner; then one array per column: $2 id, $3 state, $4 retry at, $5 ended at, $6 error, $7 number, $8 outcome, $9 phase,
-- $10 detail, $11 milliseconds, $12 the failure was the mail's own, $13 somebody must be told already.
-- Answers the notices that the owner held, and which of them are told one step up.
WITH settled AS (
    SELECT * FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::integer[], $8::text[],
                         $9::text[], $10::text[], $11::integer[], $12::boolean[], $13::boolean[])
        AS s (id, state, retry_at, at, error, number, outcome, phase, detail, took_ms, strike, tell)
), attempt AS (
    INSERT INTO notice_attempts (at, notice_id, attempt, outcome, phase, detail, took_ms)
    SELECT at, id, number, outcome, phase, detail, took_ms FROM settled
), held AS (
    -- By the key alone. Statistics from an empty queue make the planner believe that an index of what is queued is the short way.
    SELECT id, lease_owner, state FROM notices WHERE id = ANY ($2) ORDER BY id FOR UPDATE
)
UPDATE notices n
SET state = s.state, due_at = coalesce(s.retry_at, n.due_at), attempts = n.attempts + 1, strikes = n.strikes + s.strike::integer,
    lease_owner = NULL, leased_until = NULL,
    finished_at = CASE WHEN s.state <> 'queued' THEN s.at END, last_error = s.error
FROM settled s JOIN held h ON h.id = s.id
WHERE n.id = h.id AND h.lease_owner = $1 AND h.state = 'queued'
RETURNING n.id, (n.state = 'failed' OR s.tell) AND n.urgency = 'P1'
