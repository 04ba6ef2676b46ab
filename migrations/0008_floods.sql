-- Floods: very many reports from one source or in one township within minutes. Every report is taken and every ticket is made
-- with its deadlines; only what is told about them is put together (decision 42). What the office does about one: many tickets are
-- ended at once as no real reports, by two persons, and may be given back.

CREATE TABLE floods (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county          text        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('source', 'township')),
    source          bytea,
    township        text,
    began_at        timestamptz NOT NULL,
    last_at         timestamptz NOT NULL,
    state           text        NOT NULL CHECK (state IN ('open', 'confirmed', 'over', 'ended')),
    decided_at      timestamptz,
    decided_by      text,
    decided_account bigint      REFERENCES accounts,
    CONSTRAINT floods_of_what CHECK ((kind = 'township') = (township IS NOT NULL) AND (kind = 'source' OR source IS NULL)),
    CONSTRAINT floods_decided CHECK ((state IN ('confirmed', 'ended')) <= (decided_at IS NOT NULL))
);
CREATE UNIQUE INDEX floods_source ON floods (county, source) WHERE state IN ('open', 'confirmed') AND source IS NOT NULL;
CREATE UNIQUE INDEX floods_township ON floods (county, township) WHERE state IN ('open', 'confirmed') AND township IS NOT NULL;
CREATE INDEX floods_last ON floods (county, last_at);
CREATE INDEX floods_of_source ON floods (county, source, id) WHERE source IS NOT NULL;
CREATE INDEX floods_of_township ON floods (county, township, id) WHERE township IS NOT NULL;
COMMENT ON TABLE floods IS 'written by the functions below, in the transaction that routes a report, and by the office that decides on one';
COMMENT ON COLUMN floods.source IS 'keyed hash of the address, forgotten after a day, as in report_sources';
COMMENT ON COLUMN floods.last_at IS 'when its newest report came';
COMMENT ON COLUMN floods.state IS 'open: grouped until it is quiet. confirmed: the office says it is one, grouped for a day. over: quiet. ended: the office says it is none, told one by one';
COMMENT ON COLUMN floods.decided_by IS 'NULL: nobody of the office has decided';

CREATE TABLE flood_reports (
    report_id bigint PRIMARY KEY REFERENCES reports,
    flood_id  bigint NOT NULL REFERENCES floods
);
CREATE INDEX flood_reports_flood ON flood_reports (flood_id, report_id);
COMMENT ON TABLE flood_reports IS 'reports that belong to a flood: those whose notices were grouped, and those just before them';

-- What was received before this and is known by now is forgotten.
CREATE FUNCTION intake_forget_sources(before timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH floods AS (UPDATE floods SET source = NULL WHERE source IS NOT NULL AND last_at < before),
         gone AS (DELETE FROM report_sources WHERE received_at < before RETURNING 1)
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION intake_forget_sources(timestamptz) FROM PUBLIC;

-- Whether reports of one key (a source, else a township) are a flood at the moment when this one came: the flood's id, or
-- nothing. One that the office ended leaves its key alone for an hour. The row is locked: whatever is grouped into one flood
-- is grouped one after the other.
CREATE FUNCTION flood_of_key(p_county text, p_kind text, p_source bytea, p_township text, p_at timestamptz, p_above integer,
                             OUT flood bigint, OUT fresh boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    latest floods;
    seen   bigint;
BEGIN
    fresh := false;
    IF p_kind = 'source' THEN
        SELECT * INTO latest FROM floods f WHERE f.county = p_county AND f.source = p_source ORDER BY f.id DESC LIMIT 1;
    ELSE
        SELECT * INTO latest FROM floods f WHERE f.county = p_county AND f.township = p_township ORDER BY f.id DESC LIMIT 1;
    END IF;
    IF latest.state = 'ended' AND p_at < latest.decided_at + interval '1 hour' THEN
        RETURN;
    END IF;
    IF latest.state IN ('open', 'confirmed') THEN
        -- Locked, and read anew: the office may have ended it in between.
        SELECT * INTO latest FROM floods f WHERE f.id = latest.id FOR UPDATE;
        IF latest.state = 'ended' THEN
            RETURN;
        END IF;
        IF p_at <= latest.last_at + (CASE latest.state WHEN 'confirmed' THEN interval '1 day' ELSE interval '10 minutes' END) THEN
            UPDATE floods f SET last_at = greatest(f.last_at, p_at) WHERE f.id = latest.id;
            flood := latest.id;
            RETURN;
        END IF;
    END IF;
    IF p_kind = 'source' THEN
        SELECT count(*) INTO seen FROM (
            SELECT FROM report_sources s WHERE s.county = p_county AND s.source = p_source
              AND s.received_at > p_at - interval '10 minutes' AND s.received_at <= p_at LIMIT p_above + 1) few;
    ELSE
        -- What one source floods, or what the office has looked at and let pass, does not make the township's other reports a flood.
        SELECT count(*) INTO seen FROM (
            SELECT FROM report_sources s WHERE s.county = p_county AND s.township = p_township
              AND s.received_at > p_at - interval '10 minutes' AND s.received_at <= p_at
              AND s.source NOT IN (SELECT f.source FROM floods f WHERE f.county = p_county AND f.source IS NOT NULL AND f.state <> 'over')
            LIMIT p_above + 1) few;
    END IF;
    IF seen <= p_above THEN
        RETURN;
    END IF;
    UPDATE floods f SET state = 'over' WHERE f.id = latest.id AND f.state IN ('open', 'confirmed');
    BEGIN
        INSERT INTO floods (county, kind, source, township, began_at, last_at, state)
        VALUES (p_county, p_kind, CASE WHEN p_kind = 'source' THEN p_source END, CASE WHEN p_kind = 'township' THEN p_township END,
                p_at, p_at, 'open')
        RETURNING id INTO flood;
        fresh := true;
        -- Those that came before, and were told one by one, belong to it as well.
        INSERT INTO flood_reports (report_id, flood_id)
        SELECT s.report_id, flood FROM report_sources s
        WHERE s.county = p_county AND s.received_at > p_at - interval '10 minutes' AND s.received_at <= p_at
          AND CASE p_kind WHEN 'source' THEN s.source = p_source
              ELSE s.township = p_township AND s.source NOT IN (SELECT f.source FROM floods f
                  WHERE f.county = p_county AND f.source IS NOT NULL AND f.state <> 'over') END
        ON CONFLICT DO NOTHING;
    EXCEPTION WHEN unique_violation THEN
        -- Another router was faster.
        SELECT f.id INTO flood FROM floods f
        WHERE f.county = p_county AND f.state IN ('open', 'confirmed')
          AND CASE p_kind WHEN 'source' THEN f.source = p_source ELSE f.township = p_township END FOR UPDATE;
    END;
END $$;
REVOKE ALL ON FUNCTION flood_of_key(text, text, bytea, text, timestamptz, integer) FROM PUBLIC;

-- The flood that a report belongs to, if any, which is recorded: by its source, else by its township.
CREATE FUNCTION flood_of_report(p_report bigint, p_above integer, OUT flood bigint, OUT fresh boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    came report_sources;
BEGIN
    fresh := false;
    SELECT * INTO came FROM report_sources s WHERE s.report_id = p_report;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT k.flood, k.fresh INTO flood, fresh
    FROM flood_of_key(came.county, 'source', came.source, came.township, came.received_at, p_above) k;
    IF flood IS NULL THEN
        SELECT k.flood, k.fresh INTO flood, fresh
        FROM flood_of_key(came.county, 'township', came.source, came.township, came.received_at, p_above) k;
    END IF;
    IF flood IS NOT NULL THEN
        INSERT INTO flood_reports (report_id, flood_id) VALUES (p_report, flood) ON CONFLICT DO NOTHING;
    END IF;
END $$;
REVOKE ALL ON FUNCTION flood_of_report(bigint, integer) FROM PUBLIC;

-- Tells a unit of tickets of a flood: the notice that waits to be sent is added to; where none waits the next one is made. The
-- first gathers for half a minute, so that its number says something; later ones come no sooner than five minutes after the
-- last. The flood's row is locked by then, or is locked here.
CREATE FUNCTION flood_tell(p_flood bigint, p_notice uuid, p_unit text, p_kind text, p_level smallint, p_late boolean, p_urgency text,
                           p_at timestamptz, p_tickets bigint[], p_stages bigint[], p_generations integer[]) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_county text;
    told      uuid;
    planned   timestamptz;
BEGIN
    SELECT f.county INTO of_county FROM floods f WHERE f.id = p_flood FOR UPDATE;
    -- One that is leased is being written: it is left alone.
    SELECT n.id INTO told FROM notices n
    WHERE n.flood_id = p_flood AND n.unit = p_unit AND n.kind = p_kind AND n.level IS NOT DISTINCT FROM p_level AND n.system_late = p_late
      AND n.state = 'queued' AND n.lease_owner IS NULL AND n.attempts = 0
    LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF told IS NULL THEN
        SELECT greatest(p_at + interval '30 seconds', max(n.created_at) + interval '5 minutes') INTO planned FROM notices n
        WHERE n.flood_id = p_flood AND n.unit = p_unit AND n.kind = p_kind AND n.level IS NOT DISTINCT FROM p_level;
        told := p_notice;
        INSERT INTO notices (id, dedup, county, kind, ticket_id, stage_id, level, unit, urgency, drill, system_late, created_at, state,
                             due_at, flood_id)
        VALUES (told, 'flood:' || told, of_county, p_kind, p_tickets[1], p_stages[1], p_level, p_unit, p_urgency, false, p_late,
                planned, 'queued', planned, p_flood);
    ELSE
        UPDATE notices n SET urgency = least(n.urgency, p_urgency) WHERE n.id = told AND n.urgency > p_urgency;
    END IF;
    INSERT INTO notice_tickets (notice_id, ticket_id, stage_id, due_generation, level)
    SELECT told, c.ticket, c.stage, c.generation, CASE WHEN c.stage IS NULL THEN NULL ELSE p_level END
    FROM unnest(p_tickets, p_stages, p_generations) AS c (ticket, stage, generation);
    RETURN told;
END $$;
REVOKE ALL ON FUNCTION flood_tell(bigint, uuid, text, text, smallint, boolean, text, timestamptz, bigint[], bigint[], integer[]) FROM PUBLIC;

CREATE TABLE flood_closings (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county          text        NOT NULL,
    flood_id        bigint      NOT NULL REFERENCES floods,
    reports         bigint[]    NOT NULL,
    ground          text        NOT NULL CHECK (ground IN ('not-real', 'drill', 'duplicate')),
    stays           bigint      REFERENCES reports,
    reason          text        NOT NULL,
    asked_at        timestamptz NOT NULL,
    asked_by        text        NOT NULL,
    asked_account   bigint      NOT NULL REFERENCES accounts,
    due_at          timestamptz NOT NULL,
    decision        text        CHECK (decision IN ('confirmed', 'refused', 'given-back')),
    decided_at      timestamptz,
    decided_by      text,
    decided_account bigint      REFERENCES accounts,
    tickets         bigint      NOT NULL DEFAULT 0,
    CONSTRAINT flood_closings_stays CHECK ((ground = 'duplicate') = (stays IS NOT NULL) AND stays <> ALL (reports)),
    CONSTRAINT flood_closings_decided CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)
        AND (decision IS NULL) = (decided_account IS NULL)),
    CONSTRAINT flood_closings_second_person CHECK (decision <> 'confirmed' OR decided_account <> asked_account)
);
CREATE UNIQUE INDEX flood_closings_one ON flood_closings (flood_id) WHERE decision IS NULL;
CREATE INDEX flood_closings_of ON flood_closings (flood_id, asked_at);
CREATE TRIGGER act_step AFTER INSERT OR UPDATE ON flood_closings FOR EACH ROW EXECUTE FUNCTION act_step('asked_at', 'decided_at');
COMMENT ON TABLE flood_closings IS 'what the office asked to end at once; written by the office';
COMMENT ON COLUMN flood_closings.reports IS 'exactly these, as they were when it was asked: what came later is not ended with them';
COMMENT ON COLUMN flood_closings.ground IS 'they are all no real reports, or a drill that was filed as real, or one report over and over, of which one stays';
COMMENT ON COLUMN flood_closings.stays IS 'the report of which the others are duplicates: its own tickets go on';
COMMENT ON COLUMN flood_closings.due_at IS 'by when another person of the office should have looked; the clocks of the tickets run on meanwhile';
COMMENT ON COLUMN flood_closings.decision IS 'NULL: waits';
COMMENT ON COLUMN flood_closings.tickets IS 'how many were ended';

-- What one person asked and another confirms: every ticket of these reports that no unit has signed ends with approval, each
-- with a line in its own trail that says on what ground. What a unit has signed is in its hands and stays. Answers how many; nothing
-- where it was decided before, or asked by the same person.
CREATE FUNCTION flood_close(p_county text, p_closing bigint, p_at timestamptz, p_by text, p_account bigint) RETURNS bigint
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
REVOKE ALL ON FUNCTION flood_close(text, bigint, timestamptz, text, bigint) FROM PUBLIC;

-- It was a mistake: the tickets are as they were, with the same clocks. Steps that were planned in between are late by nobody's
-- fault but that mistake's.
CREATE FUNCTION flood_give_back(p_county text, p_closing bigint, p_at timestamptz, p_by text, p_account bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    closed flood_closings;
    back   bigint;
BEGIN
    SELECT * INTO closed FROM flood_closings c
    WHERE c.id = p_closing AND c.county = p_county AND c.decision = 'confirmed' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    WITH picked AS (
        SELECT t.id, t.report_id FROM tickets t
        WHERE t.report_id = ANY (closed.reports) AND t.county = p_county AND t.state = 'waived'
          AND EXISTS (SELECT FROM events e WHERE e.report_id = t.report_id AND e.ticket_id = t.id AND e.kind = 'flood-closed'
                      AND e.detail -> 'closing' = to_jsonb(closed.id))
        ORDER BY t.id FOR UPDATE
    ), clocks AS (
        UPDATE stages s SET ended_at = NULL, ended_how = NULL, resumed_at = p_at, next_at = (s.plan -> s.next_step ->> 'at')::timestamptz
        FROM picked WHERE s.ticket_id = picked.id AND s.ended_how = 'void' AND s.ended_at = closed.decided_at
        RETURNING s.id, s.county
    ), ringing AS (
        INSERT INTO ring_turns (stage_id, county, next_at) SELECT clocks.id, clocks.county, p_at FROM clocks
        ON CONFLICT (stage_id) DO UPDATE SET next_at = least(ring_turns.next_at, excluded.next_at), held = NULL
    ), tickets AS (
        UPDATE tickets t SET state = 'dispatched', version = version + 1,
            (next_stage, next_due_at) = (SELECT s.stage, s.due_at FROM stages s
                WHERE s.ticket_id = t.id AND (s.ended_at IS NULL OR s.ended_how = 'void' AND s.ended_at = closed.decided_at)
                ORDER BY s.id LIMIT 1)
        FROM picked WHERE t.id = picked.id
    ), trail AS (
        INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
        SELECT p_at, picked.report_id, picked.id, 'flood-given-back', p_by, p_account,
               jsonb_build_object('flood', closed.flood_id, 'closing', closed.id)
        FROM picked
    )
    SELECT count(*) INTO back FROM picked;
    UPDATE flood_closings SET decision = 'given-back', decided_at = p_at, decided_by = p_by, decided_account = p_account WHERE id = closed.id;
    RETURN back;
END $$;
REVOKE ALL ON FUNCTION flood_give_back(text, bigint, timestamptz, text, bigint) FROM PUBLIC;
