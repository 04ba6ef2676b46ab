-- 点验: whether whoever is on duty answers, by the channels of a real call. A drill has its own rows beside the bells: no report, no
-- ticket, no stage, so that no figure of the county can ever count one.

CREATE TABLE drills (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county       text        NOT NULL,
    units        text[]      NOT NULL,
    random       boolean     NOT NULL,
    at           timestamptz NOT NULL,
    minutes      smallint    NOT NULL CHECK (minutes BETWEEN 5 AND 240),
    monthly      boolean     NOT NULL,
    round        smallint    NOT NULL CHECK (round > 0),
    of_drill     bigint      REFERENCES drills,
    follows      bigint      UNIQUE REFERENCES drills,
    made_at      timestamptz NOT NULL,
    made_by      bigint      NOT NULL REFERENCES accounts,
    started_at   timestamptz,
    ended_at     timestamptz,
    withdrawn_at timestamptz,
    withdrawn_by bigint      REFERENCES accounts,
    CONSTRAINT drills_round CHECK ((round = 1) = (of_drill IS NULL)),
    CONSTRAINT drills_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL OR started_at IS NULL)),
    CONSTRAINT drills_in_time CHECK (ended_at >= started_at AND (ended_at IS NULL OR started_at IS NOT NULL)),
    UNIQUE (of_drill, round)
);
CREATE INDEX drills_open ON drills (county, at) WHERE ended_at IS NULL AND withdrawn_at IS NULL;
COMMENT ON TABLE drills IS '点验: planned by the office, started and rung by the router''s clock';
COMMENT ON COLUMN drills.units IS 'codes; empty: every unit of the pack at the moment of the start';
COMMENT ON COLUMN drills.at IS 'when it starts; of a random one drawn by the server, and shown to nobody before';
COMMENT ON COLUMN drills.minutes IS 'so long the bells ring on where nobody answers';
COMMENT ON COLUMN drills.monthly IS 'with its start the next one is planned: at the same hour, or at another random one of the next month';
COMMENT ON COLUMN drills.round IS '2 and more: called again for those who did not answer';
COMMENT ON COLUMN drills.of_drill IS 'the first round of a repeated one';
COMMENT ON COLUMN drills.follows IS 'the drill of the month before; unique, so that two routers plan the next one once';

CREATE TABLE drill_units (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    drill_id     bigint      NOT NULL REFERENCES drills,
    county       text        NOT NULL,
    unit         text        NOT NULL,
    next_ring    integer     NOT NULL DEFAULT 0 CHECK (next_ring >= 0),
    next_at      timestamptz,
    answered_at  timestamptz,
    answered_by  bigint      REFERENCES accounts,
    answered_how text        CHECK (answered_how IN ('login', 'digit', 'message', 'pin', 'mail', 'telephone')),
    recorded_by  bigint      REFERENCES accounts,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    UNIQUE (drill_id, unit),
    CONSTRAINT drill_units_answered CHECK ((answered_at IS NULL) = (answered_by IS NULL) AND (answered_by IS NULL) = (answered_how IS NULL)),
    CONSTRAINT drill_units_silent CHECK (answered_at IS NULL OR next_at IS NULL)
);
CREATE INDEX drill_units_next ON drill_units (county, next_at) WHERE next_at IS NOT NULL;
COMMENT ON TABLE drill_units IS 'the bell of a unit in a drill; answered by a named person or by nobody';
COMMENT ON COLUMN drill_units.next_ring IS 'the rings before this number are covered';
COMMENT ON COLUMN drill_units.next_at IS 'when it is looked at next; NULL: answered, or the drill has ended';
COMMENT ON COLUMN drill_units.recorded_by IS 'who of the office wrote it down, where it came by telephone';

CREATE TABLE drill_rings (
    call_id       uuid    NOT NULL REFERENCES calls,
    drill_unit_id bigint  NOT NULL REFERENCES drill_units,
    first_ring    integer NOT NULL,
    ring          integer NOT NULL,
    PRIMARY KEY (call_id, drill_unit_id),
    CONSTRAINT drill_rings_cover CHECK (first_ring <= ring)
);
CREATE INDEX drill_rings_unit ON drill_rings (drill_unit_id, ring);
COMMENT ON TABLE drill_rings IS 'the rings of a drill that a call is for';

ALTER TABLE calls DROP CONSTRAINT calls_kind_check;
ALTER TABLE calls ADD CONSTRAINT calls_kind_check CHECK (kind IN ('ring', 'code', 'drill'));

-- As before, or one of its units has not answered a drill that lasts. It reads with the owner's eyes: whoever has a call may know
-- whether it still calls for something.
CREATE OR REPLACE FUNCTION call_is_wanted(which uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM call_rings r
                   WHERE r.call_id = which
                       AND (SELECT s.ended_at IS NULL AND s.due_generation = r.due_generation FROM stages s WHERE s.id = r.stage_id)
                       AND (SELECT b.answered_at IS NULL
                                OR (b.cause = 'again' AND b.answered_at < (SELECT c.created_at FROM calls c WHERE c.id = which))
                            FROM bells b WHERE b.stage_id = r.stage_id AND b.due_generation = r.due_generation AND b.cause = r.cause))
        OR EXISTS (SELECT FROM drill_rings r JOIN drill_units u ON u.id = r.drill_unit_id JOIN drills d ON d.id = u.drill_id
                   WHERE r.call_id = which AND u.answered_at IS NULL AND d.ended_at IS NULL);
$$;

-- As before, and the bell of a drill is looked at at once too.
CREATE OR REPLACE FUNCTION call_fail(which uuid, at timestamptz, why text) RETURNS void
    LANGUAGE sql AS $$
    WITH failed AS (
        UPDATE calls SET state = 'failed', finished_at = at, last_error = why, lease_owner = NULL, leased_until = NULL
        WHERE id = which AND finished_at IS NULL RETURNING id
    ), step AS (
        INSERT INTO call_steps (at, call_id, step, detail) SELECT at, id, 'failed', why FROM failed ON CONFLICT DO NOTHING
    ), drill AS (
        UPDATE drill_units u SET next_at = least(u.next_at, at)
        WHERE u.next_at IS NOT NULL AND u.id IN (SELECT r.drill_unit_id FROM failed f JOIN drill_rings r ON r.call_id = f.id)
    )
    UPDATE ring_turns t SET next_at = least(t.next_at, at)
    WHERE t.stage_id IN (SELECT r.stage_id FROM failed f JOIN call_rings r ON r.call_id = f.id);
$$;

-- A named person answers the drills of these calls. Units that were answered for now.
CREATE FUNCTION drills_answer(p_calls uuid[], p_account bigint, p_how text, p_recorded bigint, p_at timestamptz)
RETURNS TABLE (drill_unit_id bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH answered AS (
        UPDATE drill_units u
        SET answered_at = p_at, answered_by = p_account, answered_how = p_how, recorded_by = p_recorded, next_at = NULL
        WHERE u.answered_at IS NULL AND u.id IN (SELECT r.drill_unit_id FROM drill_rings r WHERE r.call_id = ANY (p_calls))
            AND EXISTS (SELECT FROM drills d WHERE d.id = u.drill_id AND d.started_at <= p_at AND d.ended_at IS NULL)
            AND EXISTS (SELECT FROM accounts a WHERE a.id = p_account AND a.disabled_at IS NULL)
        RETURNING u.id
    ), step AS (
        INSERT INTO call_steps (at, call_id, step, detail)
        SELECT DISTINCT p_at, r.call_id, 'acknowledged', p_how FROM answered a JOIN drill_rings r ON r.drill_unit_id = a.id
        WHERE r.call_id = ANY (p_calls) ON CONFLICT DO NOTHING
    ), silenced AS (
        -- A call that is for other units too rings on for them.
        UPDATE calls c SET state = 'silenced', finished_at = p_at, lease_owner = NULL, leased_until = NULL
        WHERE c.state = 'queued' AND c.id IN (SELECT r.call_id FROM answered a JOIN drill_rings r ON r.drill_unit_id = a.id)
            AND NOT EXISTS (SELECT FROM drill_rings r JOIN drill_units u ON u.id = r.drill_unit_id
                            WHERE r.call_id = c.id AND u.answered_at IS NULL AND u.id NOT IN (SELECT a.id FROM answered a))
    )
    SELECT id FROM answered
$$;
REVOKE ALL ON FUNCTION drills_answer(uuid[], bigint, text, bigint, timestamptz) FROM PUBLIC;

-- The same from a desk: only calls to that person, or for the duty of its units.
CREATE FUNCTION desk_drills_answer(p_calls uuid[], p_account bigint, p_how text, p_recorded bigint, p_at timestamptz)
RETURNS TABLE (drill_unit_id bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM drills_answer(ARRAY(SELECT c.id FROM calls c
                                      WHERE c.id = ANY (p_calls) AND (c.account_id = p_account OR c.unit = ANY (desk_units()))),
                                p_account, p_how, p_recorded, p_at)
$$;
REVOKE ALL ON FUNCTION desk_drills_answer(uuid[], bigint, text, bigint, timestamptz) FROM PUBLIC;

-- As before, drills too.
CREATE OR REPLACE FUNCTION calls_ringing(p_account bigint, p_at timestamptz) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.id FROM calls c
    WHERE c.account_id = p_account AND c.created_at > p_at - interval '31 days' AND c.kind IN ('ring', 'drill') AND call_is_wanted(c.id)
    ORDER BY c.created_at DESC
$$;

-- What the page that a mail opens says of a drill.
CREATE FUNCTION drill_answered(p_call uuid) RETURNS TABLE (answered_at timestamptz, answered_by bigint, answered_how text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.answered_at, u.answered_by, u.answered_how FROM drill_rings r JOIN drill_units u ON u.id = r.drill_unit_id
    WHERE r.call_id = p_call AND u.answered_at IS NOT NULL ORDER BY u.answered_at LIMIT 1
$$;
REVOKE ALL ON FUNCTION drill_answered(uuid) FROM PUBLIC;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['drill_units', 'drill_rings'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    END LOOP;
END $$;
