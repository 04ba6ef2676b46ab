-- 退单 before signing (decision 72): a unit says that a ticket is not its own without signing it. The ticket stays dispatched and its clocks
-- run on; whoever signs meanwhile has one whose return is asked.
INSERT INTO ticket_changes (was, becomes) VALUES ('dispatched', 'return-requested');

-- The unit that gives a ticket away by a transfer owes it until the other one has signed: a return before that would leave it waiting for a
-- signature that never comes.
CREATE FUNCTION ticket_awaited(ticket bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM tickets t JOIN tickets p ON p.id = t.predecessor WHERE t.id = ticket AND p.state = 'transferring')
$$;
REVOKE ALL ON FUNCTION ticket_awaited(bigint) FROM PUBLIC;

-- Whatever ends a stage ends the asking for more time, and what ends a ticket that nobody has signed (a flood's) ends the asking for its return;
-- both with the clock on which the office had to decide it. What is asked besides (0033, 0034) ends with the ticket: whoever closes has what the
-- case needs, or says so first.
CREATE OR REPLACE FUNCTION motions_follow_stage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE motions SET state = 'lapsed', ended_at = NEW.ended_at
    WHERE ticket_id = NEW.ticket_id AND state = 'asked'
      AND (kind = 'extension' AND stage = NEW.stage
           OR kind IN ('reinforcement', 'waiver') AND NEW.stage = 'resolve'
           OR kind = 'return' AND NEW.stage = 'resolve'
              AND EXISTS (SELECT FROM tickets t WHERE t.id = NEW.ticket_id AND t.state <> 'return-requested'));
    IF FOUND THEN
        UPDATE stages SET ended_at = NEW.ended_at, next_at = NULL, ended_how = 'void'
        WHERE ticket_id = NEW.ticket_id AND stage = 'motion' AND ended_at IS NULL;
    END IF;
    RETURN NULL;
END $$;

-- It was a mistake: the tickets are as they were, with the same clocks, but what was asked of the office about them is not asked any more.
-- Steps that were planned in between are late by nobody's fault but that mistake's.
CREATE OR REPLACE FUNCTION flood_give_back(p_county text, p_closing bigint, p_at timestamptz, p_by text, p_account bigint) RETURNS bigint
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
        FROM picked WHERE s.ticket_id = picked.id AND s.stage <> 'motion' AND s.ended_how = 'void' AND s.ended_at = closed.decided_at
        RETURNING s.id, s.county
    ), ringing AS (
        INSERT INTO ring_turns (stage_id, county, next_at) SELECT clocks.id, clocks.county, p_at FROM clocks
        ON CONFLICT (stage_id) DO UPDATE SET next_at = least(ring_turns.next_at, excluded.next_at), held = NULL
    ), tickets AS (
        UPDATE tickets t SET state = 'dispatched', version = version + 1,
            (next_stage, next_due_at) = (SELECT s.stage, s.due_at FROM stages s
                WHERE s.ticket_id = t.id AND s.stage <> 'motion' AND (s.ended_at IS NULL OR s.ended_how = 'void' AND s.ended_at = closed.decided_at)
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
