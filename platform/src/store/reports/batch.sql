-- One batch of reports, one statement, one transaction. $1 county, $2 master key id; then one array per column.
-- A row whose idempotency key is taken, for this report or by this client, stores nothing and is missing from the result.
WITH input AS (
    SELECT *
    FROM unnest($3::bigint[], $4::timestamptz[], $5::text[], $6::boolean[], $7::bytea[], $8::bytea[],
                $9::bytea[], $10::bytea[], $11::bytea[], $12::bytea[], $13::bytea[], $14::bytea[], $15::bytea[], $16::bytea[],
                $17::text[], $18::boolean[], $19::bytea[], $20::bytea[], $21::bytea[], $22::bytea[], $23::bytea[],
                $30::bytea[], $31::text[])
      AS i (id, received_at, channel, drill, follow_up_mac, data_key,
            place, child, birth, school, home, narrative, reporter, identity,
            facts, urgent, key_mac, client_mac, answer, salt, leaf, source, township)
), keyed AS (
    INSERT INTO idempotency_keys (key_mac, client_mac, report_id, answer, expires_at)
    SELECT key_mac, client_mac, id, answer, received_at + interval '7 days' FROM input
    WHERE key_mac IS NOT NULL AND NOT EXISTS (SELECT FROM idempotency_repeats r WHERE r.client_mac = input.client_mac)
    -- Either hash may be taken: by this very report, or by another of the same client.
    ON CONFLICT DO NOTHING
    RETURNING report_id
), fresh AS (
    SELECT * FROM input WHERE key_mac IS NULL OR id IN (SELECT report_id FROM keyed)
), stored AS (
    INSERT INTO reports (id, county, received_at, channel, drill, follow_up_mac, key_id, data_key, place, child, birth, school, home, narrative,
                         reporter, identity)
    SELECT id, $1, received_at, channel, drill, follow_up_mac, $2, data_key, place, child, birth, school, home, narrative, reporter, identity
    FROM fresh
    RETURNING id
), facts AS (
    INSERT INTO report_facts (report_id, facts) SELECT id, facts::jsonb FROM fresh
), sources AS (
    -- Whoever holds the drill secret floods nobody.
    INSERT INTO report_sources (report_id, county, received_at, source, township)
    SELECT id, $1, received_at, source, township FROM fresh WHERE NOT drill
), outgoing AS (
    -- Born leased to the relay beside this writer, which is told after the commit and publishes without asking first. If it
    -- dies, the lease ends like any other.
    INSERT INTO outbox (report_id, county, urgent, received_at, lease_owner, due_at)
    SELECT id, $1, urgent, received_at, $28, CASE WHEN $28 IS NULL THEN received_at ELSE received_at + $29 END FROM fresh
), leaves AS (
    INSERT INTO audit_leaves (at, subject, kind, salt, leaf) SELECT received_at, id, 'report-received', salt, leaf FROM fresh
), tokens AS (
    INSERT INTO blind_index (report_id, child, kind, token)
    SELECT t.* FROM unnest($24::bigint[], $25::smallint[], $26::text[], $27::bytea[]) AS t (report_id, child, kind, token)
    WHERE t.report_id IN (SELECT id FROM fresh)
)
SELECT id FROM stored
