-- Floods: very many reports from one source or in one township within minutes. Every report is taken and every ticket is made
-- with its deadlines; only what is told about them is put together. See docs/decisions/0043-floods-are-grouped.md.

-- Where a report came from, for a day: a keyed hash of the address, from which nobody gets the address back. The township is
-- the first nine digits of the report's area; empty where the area is not known. Drills leave no row.
CREATE TABLE report_sources (
    report_id   bigint      PRIMARY KEY,
    county      text        NOT NULL,
    received_at timestamptz NOT NULL,
    source      bytea       NOT NULL,
    township    text        NOT NULL
);
CREATE INDEX report_sources_source ON report_sources (county, source, received_at);
CREATE INDEX report_sources_township ON report_sources (county, township, received_at);
COMMENT ON COLUMN report_sources.source IS 'keyed hash of the client''s address; the row is deleted after a day';

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
    CHECK ((kind = 'township') = (township IS NOT NULL) AND (kind = 'source' OR source IS NULL)),
    CHECK ((state IN ('confirmed', 'ended')) <= (decided_at IS NOT NULL))
);
COMMENT ON COLUMN floods.state IS 'open: grouped until it is quiet. confirmed: the office says it is one, grouped for a day. over: quiet. ended: the office says it is none, told one by one';
COMMENT ON COLUMN floods.source IS 'forgotten after a day, as in report_sources';
CREATE UNIQUE INDEX floods_source ON floods (county, source) WHERE state IN ('open', 'confirmed') AND source IS NOT NULL;
CREATE UNIQUE INDEX floods_township ON floods (county, township) WHERE state IN ('open', 'confirmed') AND township IS NOT NULL;
CREATE INDEX floods_last ON floods (county, last_at);
CREATE INDEX floods_of_source ON floods (county, source, id) WHERE source IS NOT NULL;
CREATE INDEX floods_of_township ON floods (county, township, id) WHERE township IS NOT NULL;

-- Reports whose notices were grouped.
CREATE TABLE flood_reports (
    report_id bigint PRIMARY KEY REFERENCES reports,
    flood_id  bigint NOT NULL REFERENCES floods
);
CREATE INDEX flood_reports_flood ON flood_reports (flood_id, report_id);

ALTER TABLE notices ADD COLUMN flood_id bigint REFERENCES floods;
COMMENT ON COLUMN notices.flood_id IS 'tells a unit of all its tickets of a flood at once';
CREATE INDEX notices_flood ON notices (flood_id, unit, kind, created_at) WHERE flood_id IS NOT NULL;

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
