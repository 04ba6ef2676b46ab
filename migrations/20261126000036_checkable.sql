-- Every leaf of an act can be checked against a row that never changes; a flood's closing says on what ground; logins that went well
-- take no room from refusals.

-- What changes step by step (an opening that is asked, decided, reviewed) left a leaf for each step and no row that the leaf could
-- be compared with: the row itself had gone on. So each step is a row of its own, which is an act like any other.
CREATE TABLE act_steps (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    of_table text        NOT NULL,
    of_id    bigint      NOT NULL,
    stands   jsonb       NOT NULL
);
COMMENT ON TABLE act_steps IS 'how a row of of_table stood after a step; the last one of a row is how it stands now';
COMMENT ON COLUMN act_steps.stands IS 'the row; bytes (sealed texts, digests) as their SHA-256, so that nothing sealed is kept twice';
CREATE INDEX act_steps_of ON act_steps (of_table, of_id, id DESC);
SELECT act_table('act_steps', 'act-step', 'id');

-- A row as a step keeps it.
CREATE FUNCTION step_stands(stood jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_strip_nulls(jsonb_object_agg(key, CASE WHEN jsonb_typeof(value) = 'string' AND value #>> '{}' LIKE '\\x%'
        THEN to_jsonb(encode(sha256(convert_to(value #>> '{}', 'UTF8')), 'hex')) ELSE value END))
    FROM jsonb_each(stood)
$$;

-- Arguments: the columns of times; the step is at the latest of them.
CREATE FUNCTION act_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
    stood  jsonb := to_jsonb(NEW);
    latest timestamptz;
BEGIN
    SELECT max((stood ->> c)::timestamptz) INTO latest FROM unnest(TG_ARGV) AS c;
    INSERT INTO act_steps (at, of_table, of_id, stands) VALUES (latest, TG_TABLE_NAME, NEW.id, step_stands(stood));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION act_step() FROM PUBLIC;

DROP TRIGGER step_leaf ON grant_requests;
DROP TRIGGER step_leaf ON openings;
DROP FUNCTION step_leaf();

-- On what ground many tickets end at once: they are all no real reports, or a drill that was filed as real, or the same report over and
-- over, of which one stays.
ALTER TABLE flood_closings
    ADD COLUMN ground text NOT NULL DEFAULT 'not-real' CHECK (ground IN ('not-real', 'drill', 'duplicate')),
    ADD COLUMN stays  bigint REFERENCES reports,
    ADD CONSTRAINT flood_closings_stays CHECK ((ground = 'duplicate') = (stays IS NOT NULL) AND stays <> ALL (reports));
ALTER TABLE flood_closings ALTER COLUMN ground DROP DEFAULT;
COMMENT ON COLUMN flood_closings.stays IS 'the report of which the others are duplicates: its own tickets go on';

DO $$
DECLARE
    stepped record;
BEGIN
    SET LOCAL TimeZone = 'UTC';
    FOR stepped IN SELECT * FROM (VALUES
        ('grant_requests', ARRAY['asked_at', 'decided_at']),
        ('openings', ARRAY['asked_at', 'decided_at', 'opened_at', 'ended_at', 'reviewed_at', 'told_at']),
        ('factor_resets', ARRAY['asked_at', 'ended_at']),
        ('flood_closings', ARRAY['asked_at', 'decided_at']),
        ('invitations', ARRAY['made_at', 'ended_at'])) AS t (name, times)
    LOOP
        -- Rows that are there already begin as they stand now.
        EXECUTE format('INSERT INTO act_steps (at, of_table, of_id, stands)
                        SELECT (SELECT max((to_jsonb(t) ->> c)::timestamptz) FROM unnest(%L::text[]) AS c), %L, t.id, step_stands(to_jsonb(t))
                        FROM %I t ORDER BY t.id', stepped.times, stepped.name, stepped.name);
        EXECUTE format('CREATE TRIGGER act_step AFTER INSERT OR UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION act_step(%s)', stepped.name,
                       (SELECT string_agg(quote_literal(c), ', ') FROM unnest(stepped.times) AS c));
    END LOOP;
END $$;

-- What a closing ends says on what ground, in the trail of each ticket.
CREATE OR REPLACE FUNCTION flood_close(p_county text, p_closing bigint, p_at timestamptz, p_by text, p_account bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    asked flood_closings;
    ended bigint;
BEGIN
    SELECT * INTO asked FROM flood_closings c
    WHERE c.id = p_closing AND c.county = p_county AND c.decision IS NULL AND c.asked_account <> p_account FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    WITH picked AS (
        SELECT t.id, t.report_id FROM tickets t
        WHERE t.report_id = ANY (asked.reports) AND t.county = p_county AND t.state = 'dispatched' ORDER BY t.id FOR UPDATE
    ), gone AS (
        UPDATE tickets t SET state = 'waived', version = version + 1, next_stage = NULL, next_due_at = NULL
        FROM picked WHERE t.id = picked.id
    ), clocks AS (
        UPDATE stages s SET ended_at = p_at, next_at = NULL, ended_how = 'void'
        FROM picked WHERE s.ticket_id = picked.id AND s.ended_at IS NULL
    ), trail AS (
        INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, reason, detail)
        SELECT p_at, picked.report_id, picked.id, 'flood-closed', p_by, p_account, asked.reason,
               jsonb_strip_nulls(jsonb_build_object('flood', asked.flood_id, 'closing', asked.id, 'asked_by', asked.asked_by,
                                  'asked_account', asked.asked_account, 'asked_at', asked.asked_at, 'ground', asked.ground,
                                  'stays', asked.stays))
        FROM picked
    )
    SELECT count(*) INTO ended FROM picked;
    UPDATE flood_closings SET decision = 'confirmed', decided_at = p_at, decided_by = p_by, decided_account = p_account, tickets = ended
    WHERE id = asked.id;
    RETURN ended;
END $$;

-- As before, but a login that went well takes no room: it takes a right password, and an office of thirty people behind one address
-- comes in within a minute. Refusals of that minute went uncounted by name then.
CREATE OR REPLACE FUNCTION access_record(p_county text, p_at timestamptz, p_kind text, p_account bigint, p_login text, p_address inet,
                              p_door text, p_detail jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
    minute timestamptz := date_trunc('minute', p_at);
    hour   timestamptz := date_trunc('hour', p_at);
    many   boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('access_record'), hashtext(p_county || host(p_address)));
    UPDATE access_events e SET times = e.times + 1, last_at = greatest(e.last_at, p_at)
    WHERE e.id = (SELECT s.id FROM access_events s
                  WHERE s.county = p_county AND s.address = p_address AND s.at >= minute AND s.at < minute + interval '1 minute'
                    AND s.kind = p_kind AND s.door = p_door AND s.account_id IS NOT DISTINCT FROM p_account
                    AND s.login IS NOT DISTINCT FROM p_login LIMIT 1);
    IF FOUND THEN
        RETURN;
    END IF;
    IF p_kind <> 'login' THEN
        SELECT count(*) FILTER (WHERE s.at >= minute) >= 20 OR count(*) >= 200 INTO many
        FROM (SELECT s.at FROM access_events s WHERE s.county = p_county AND s.address = p_address AND s.kind <> 'login'
                AND s.at >= hour AND s.at < hour + interval '1 hour' ORDER BY s.at DESC LIMIT 200) s;
        IF NOT many THEN
            SELECT count(*) >= 1000 INTO many
            FROM (SELECT FROM access_events s WHERE s.county = p_county AND s.kind <> 'login' AND s.at >= hour
                    AND s.at < hour + interval '1 hour' LIMIT 1000) s;
            IF many THEN
                p_address := NULL;
            END IF;
        END IF;
        IF many THEN
            -- One row for all addresses is one row to wait for; whoever finds none makes it, and two at once make two.
            UPDATE access_events e SET times = e.times + 1, last_at = greatest(e.last_at, p_at)
            WHERE e.id = (SELECT s.id FROM access_events s
                          WHERE s.county = p_county AND s.address IS NOT DISTINCT FROM p_address AND s.at >= hour
                            AND s.at < hour + interval '1 hour' AND s.kind = p_kind AND s.door = '*' ORDER BY s.id LIMIT 1);
            IF FOUND THEN
                RETURN;
            END IF;
            INSERT INTO access_events (county, at, last_at, kind, address, door) VALUES (p_county, p_at, p_at, p_kind, p_address, '*');
            RETURN;
        END IF;
    END IF;
    INSERT INTO access_events (county, at, last_at, kind, account_id, login, address, door, detail)
    VALUES (p_county, p_at, p_at, p_kind, p_account, p_login, p_address, p_door, p_detail);
END $$;
