-- What the office does about a flood: many tickets are ended at once as no real reports, by two persons, and may be given back.
CREATE TABLE flood_closings (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county          text        NOT NULL,
    flood_id        bigint      NOT NULL REFERENCES floods,
    reports         bigint[]    NOT NULL,
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
    CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)
        AND (decision IS NULL) = (decided_account IS NULL)),
    CHECK (decision <> 'confirmed' OR decided_account <> asked_account)
);
COMMENT ON COLUMN flood_closings.reports IS 'exactly these, as they were when it was asked: what came later is not ended with them';
COMMENT ON COLUMN flood_closings.due_at IS 'by when another person of the office should have looked; the clocks of the tickets run on meanwhile';
CREATE UNIQUE INDEX flood_closings_one ON flood_closings (flood_id) WHERE decision IS NULL;
CREATE INDEX flood_closings_of ON flood_closings (flood_id, asked_at);

-- What one person asked and another confirms: every ticket of these reports that no unit has signed ends with approval, each
-- with a line in its own trail. What a unit has signed is in its hands and stays. Answers how many; nothing where it was
-- decided before, or asked by the same person.
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
               jsonb_build_object('flood', asked.flood_id, 'closing', asked.id, 'asked_by', asked.asked_by,
                                  'asked_account', asked.asked_account, 'asked_at', asked.asked_at)
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
