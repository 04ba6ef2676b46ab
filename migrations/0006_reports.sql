-- What reporters file, and its way to the router.

-- Immutable but for an erasure. Each part is sealed by itself and bound to its own column, with the report's own key;
-- casework names the parts. NULL: not given, or erased.
CREATE TABLE reports (
    id            bigint      PRIMARY KEY,
    county        text        NOT NULL,
    received_at   timestamptz NOT NULL,
    channel       text        NOT NULL CHECK (channel IN ('form', 'api')),
    drill         boolean     NOT NULL,
    follow_up_mac bytea       NOT NULL,
    key_id        text        NOT NULL,
    data_key      bytea       NOT NULL,
    identity      bytea,
    place         bytea,
    child         bytea,
    birth         bytea,
    school        bytea,
    home          bytea,
    narrative     bytea,
    reporter      bytea
);
COMMENT ON TABLE reports IS 'what a reporter filed, sealed part by part; written by intake once';
COMMENT ON COLUMN reports.id IS 'begins with its day; people read it as the receipt';
COMMENT ON COLUMN reports.drill IS 'a drill: routed like any other, and apart from them in every list, count and mail';
COMMENT ON COLUMN reports.follow_up_mac IS 'HMAC of the 16-digit code: the code itself is shown once and never stored';
COMMENT ON COLUMN reports.data_key IS 'per-report key, wrapped by the master key named in key_id';
COMMENT ON COLUMN reports.identity IS 'sealed: who reported, whole; opening it is a recorded act. Empty after erasure';
COMMENT ON COLUMN reports.place IS 'sealed: where the child is now in words, when it was found';
COMMENT ON COLUMN reports.child IS 'sealed: names, sexes, ages, with whom they live; one entry a child, as in the other parts';
COMMENT ON COLUMN reports.birth IS 'sealed: birth dates and numbers of identity papers';
COMMENT ON COLUMN reports.school IS 'sealed: names of schools';
COMMENT ON COLUMN reports.home IS 'sealed: home addresses';
COMMENT ON COLUMN reports.narrative IS 'sealed: what happened';
COMMENT ON COLUMN reports.reporter IS 'sealed: kind, organization and, of a named reporter, name and phone, as far as units may know it';

-- The key of the newest report, so that a service that holds another one notices before it seals anything with it. An id begins
-- with its day, so the highest is of the newest day.
CREATE FUNCTION reports_newest_key(of_county text) RETURNS TABLE (id bigint, key_id text, data_key bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.id, r.key_id, r.data_key FROM reports r WHERE r.county = of_county ORDER BY r.id DESC LIMIT 1
$$;
REVOKE ALL ON FUNCTION reports_newest_key(text) FROM PUBLIC;

-- The accept statement writes this row, the outbox row and the report together, so a foreign key here would check, and lock, at the
-- hottest place what can't be otherwise.
CREATE TABLE report_facts (
    report_id bigint PRIMARY KEY,
    facts     jsonb  NOT NULL
);
COMMENT ON TABLE report_facts IS 'what routing needs of a report, without identity and readable without any key';
COMMENT ON COLUMN report_facts.facts IS 'as casework writes facts; read back by its one reader of stored facts alone';

-- Stored facts in SQL, as casework reads them (a test holds the two together): present danger is told by a plain
-- no alone. Whatever else stands there, or nothing, is danger. No cast: a row with odd facts must not fail a whole list.
CREATE FUNCTION facts_danger(facts jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT facts -> 'present_danger' IS DISTINCT FROM 'false'::jsonb
$$;
CREATE FUNCTION facts_area(facts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(facts -> 'area') = 'string' THEN facts ->> 'area' END
$$;

-- First answers, kept sealed for seven days so that a client which retries gets the same receipt and code. Two institutions may
-- choose the same key, so a key alone says nothing. Both hashes are keyed and have 16 bytes; no address is stored.
CREATE TABLE idempotency_keys (
    key_mac    bytea       PRIMARY KEY,
    client_mac bytea       NOT NULL,
    report_id  bigint      NOT NULL,
    answer     bytea       NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX idempotency_keys_client ON idempotency_keys (client_mac);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
COMMENT ON TABLE idempotency_keys IS 'the first answer to a report that was filed with a key';
COMMENT ON COLUMN idempotency_keys.key_mac IS 'HMAC over idempotency key, drill mark and parsed body: the same report again, from any address';
COMMENT ON COLUMN idempotency_keys.client_mac IS 'HMAC over idempotency key and client: one client uses a key for one report';
COMMENT ON COLUMN idempotency_keys.answer IS 'sealed: receipt and follow-up code, as they were answered first';

CREATE TABLE idempotency_repeats (
    client_mac bytea       PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX idempotency_repeats_expiry ON idempotency_repeats (expires_at);
COMMENT ON TABLE idempotency_repeats IS 'who else got the answer of a key: under that key they can''t file anything else either. Written on such a repeat only';

-- The intake login inserts and can't read reports back; these are the things it may learn.

-- The first answer, if this very report came before; a row without an answer, if the client used its key for another one.
CREATE FUNCTION intake_answer(key bytea, client bytea) RETURNS TABLE (report_id bigint, answer bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT k.report_id, k.answer FROM idempotency_keys k WHERE k.key_mac = key;
    IF FOUND THEN
        INSERT INTO idempotency_repeats (client_mac, expires_at)
        SELECT client, k.expires_at FROM idempotency_keys k WHERE k.key_mac = key AND k.client_mac <> client
        ON CONFLICT DO NOTHING;
    ELSE
        RETURN QUERY SELECT 0::bigint, NULL::bytea
            WHERE EXISTS (SELECT FROM idempotency_keys k WHERE k.client_mac = client)
               OR EXISTS (SELECT FROM idempotency_repeats k WHERE k.client_mac = client);
    END IF;
END $$;
REVOKE ALL ON FUNCTION intake_answer(bytea, bytea) FROM PUBLIC;
CREATE FUNCTION intake_is_stored(report bigint, mac bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM reports r WHERE r.id = report AND r.follow_up_mac = mac)
$$;
REVOKE ALL ON FUNCTION intake_is_stored(bigint, bytea) FROM PUBLIC;

-- Expired answers go; a lost answer after seven days is a new report.
CREATE FUNCTION intake_forget_answers(at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH repeats AS (DELETE FROM idempotency_repeats WHERE expires_at <= at),
         gone AS (DELETE FROM idempotency_keys WHERE expires_at <= at RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION intake_forget_answers(timestamptz) FROM PUBLIC;

-- One row per report until it is routed. due_at is when somebody may take it up: leased rows when the lease ends, published rows
-- when the sweep would doubt them. The router deletes the row in its own transaction.
--
-- Each row of a queue is written several times and then leaves it. By default a table is swept when a fifth of it is dead, which
-- for a queue in front of millions of finished rows is far too late: the head of its index would be a graveyard. A turn of a queue
-- costs what is due, not what waits: each is read from an index that has the order in which it is served (decision 31).
CREATE TABLE outbox (
    report_id    bigint      PRIMARY KEY,
    county       text        NOT NULL,
    urgent       boolean     NOT NULL,
    received_at  timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    lease_owner  uuid,
    published_at timestamptz,
    publishes    integer     NOT NULL DEFAULT 0,
    taken_until  timestamptz
) WITH (fillfactor = 70,
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
CREATE INDEX outbox_due ON outbox (urgent, due_at);
CREATE INDEX outbox_oldest ON outbox (urgent, received_at);
COMMENT ON TABLE outbox IS 'reports that are not routed yet; written by intake and relay, deleted by the router';
COMMENT ON COLUMN outbox.urgent IS 'which of the two queues';
COMMENT ON COLUMN outbox.received_at IS 'as the report''s: the row says itself how long it has waited';
COMMENT ON COLUMN outbox.lease_owner IS 'the relay that publishes it just now';
COMMENT ON COLUMN outbox.published_at IS 'when the broker confirmed it last; NULL: never';
COMMENT ON COLUMN outbox.publishes IS 'how often the broker confirmed it';
COMMENT ON COLUMN outbox.taken_until IS 'a router takes this report past the broker; until then no other router tries';

CREATE TABLE blind_index (
    report_id bigint   NOT NULL REFERENCES reports,
    child     smallint NOT NULL,
    kind      text     NOT NULL CHECK (kind IN ('name-birth', 'id-number')),
    token     bytea    NOT NULL,
    PRIMARY KEY (report_id, child, kind)
);
CREATE INDEX blind_index_token ON blind_index (token);
COMMENT ON TABLE blind_index IS 'links repeat reports without storing what they are about. A link never suppresses a ticket';
COMMENT ON COLUMN blind_index.child IS 'which child of the report, from 0';
COMMENT ON COLUMN blind_index.token IS 'keyed hash of name and birth date, or of the number of an identity paper';

CREATE TABLE report_sources (
    report_id   bigint      PRIMARY KEY,
    county      text        NOT NULL,
    received_at timestamptz NOT NULL,
    source      bytea       NOT NULL,
    township    text        NOT NULL
);
CREATE INDEX report_sources_source ON report_sources (county, source, received_at);
CREATE INDEX report_sources_township ON report_sources (county, township, received_at);
COMMENT ON TABLE report_sources IS 'where a report came from, for a day; what floods are told by. Drills leave no row';
COMMENT ON COLUMN report_sources.source IS 'keyed hash of the client''s address, from which nobody gets the address back';
COMMENT ON COLUMN report_sources.township IS 'the first nine digits of the report''s area; empty where the area is not known';

CREATE TABLE parked_messages (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue     text        NOT NULL,
    reason    text        NOT NULL,
    body      bytea       NOT NULL,
    parked_at timestamptz NOT NULL
);
COMMENT ON TABLE parked_messages IS 'messages that name no report of ours: kept for the office to look at, never looped, never dropped. Written by the router';

CREATE TABLE routing_attempts (
    report_id  bigint      PRIMARY KEY REFERENCES reports,
    attempts   integer     NOT NULL,
    last_at    timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
COMMENT ON TABLE routing_attempts IS 'written before a suspect message is tried again, one by one, so that a crash is charged to the right report';
COMMENT ON COLUMN routing_attempts.attempts IS 'the router parks the report when it rises too high';
