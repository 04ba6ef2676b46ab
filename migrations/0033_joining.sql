-- 增派 (decision 73): a unit asks that another unit join the case, and the office names it with what it owes.
ALTER TABLE motions ADD COLUMN added bigint REFERENCES tickets;
COMMENT ON COLUMN motions.added IS 'the ticket of the unit that joined the case; its unit is granted_unit';
ALTER TABLE motions DROP CONSTRAINT motions_kind_check;
ALTER TABLE motions ADD CONSTRAINT motions_kind_check CHECK (kind IN ('return', 'extension', 'reinforcement'));
ALTER TABLE motions DROP CONSTRAINT motions_asks;
ALTER TABLE motions ADD CONSTRAINT motions_asks CHECK ((kind = 'return') = (ground IS NOT NULL)
    AND (kind IN ('return', 'reinforcement') OR wanted_unit IS NULL)
    AND (kind = 'extension') = (stage IS NOT NULL) AND (stage IS NULL) = (was_due IS NULL) AND (stage IS NULL) = (wanted_due IS NULL)
    AND wanted_due > was_due);
ALTER TABLE motions DROP CONSTRAINT motions_granted;
ALTER TABLE motions ADD CONSTRAINT motions_granted CHECK (((state, kind) = ('granted', 'return')) = (successor IS NOT NULL)
    AND ((state, kind) = ('granted', 'reinforcement')) = (added IS NOT NULL)
    AND (granted_unit IS NULL) = (coalesce(successor, added) IS NULL) AND granted_unit <> unit
    AND ((state, kind) = ('granted', 'extension')) = (granted_due IS NOT NULL) AND granted_due > was_due);

-- Opens a ticket in the case of another one, and tells its unit as at any dispatch. planned is one ticket as routing plans it. NULL: the
-- same is open there already, from whichever report of the case, and nothing is done.
CREATE FUNCTION case_ticket_open(p_ticket bigint, planned jsonb, p_rule_set integer, p_calendar text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    t      tickets;
    opened bigint;
BEGIN
    SELECT * INTO STRICT t FROM tickets WHERE id = p_ticket;
    -- Two tickets of one case may ask for the same at once: the second waits here, and finds what the first one opened.
    PERFORM FROM cases WHERE id = t.case_id FOR UPDATE;
    IF EXISTS (SELECT FROM tickets o WHERE o.case_id = t.case_id AND o.obligation = planned ->> 'obligation'
                   AND o.unit = planned ->> 'unit'
                   AND o.state NOT IN ('resolved', 'confirmed', 'archived', 'returned', 'waived')) THEN
        RETURN NULL;
    END IF;
    -- One that is closed already is its predecessor: the pair of report and unit has one first ticket.
    INSERT INTO tickets (county, case_id, report_id, predecessor, obligation, unit, unit_kind, lead, urgency, evidence, basis, unknowns,
                         rule_set, dispatched_at, state, next_stage, next_due_at, shows, own)
    VALUES (t.county, t.case_id, t.report_id,
            (SELECT max(o.id) FROM tickets o WHERE o.report_id = t.report_id AND o.obligation = planned ->> 'obligation'
                AND o.unit = planned ->> 'unit'),
            planned ->> 'obligation', planned ->> 'unit', planned ->> 'unit_kind', false, t.urgency, planned ->> 'evidence',
            planned -> 'basis', ARRAY(SELECT jsonb_array_elements_text(planned -> 'unknowns')), p_rule_set, p_at,
            'dispatched', planned -> 'stages' -> 0 ->> 'stage', (planned -> 'stages' -> 0 ->> 'due_at')::timestamptz,
            ARRAY(SELECT jsonb_array_elements_text(planned -> 'shows')), ARRAY(SELECT jsonb_array_elements_text(planned -> 'own')))
    RETURNING id INTO opened;
    INSERT INTO stages (ticket_id, stage, time_limit, start_event, started_at, due_at, provisional, basis, grade,
                        calendar_version, derivation, plan, next_at)
    SELECT opened, s.stage, s.time_limit, s.start_event, CASE WHEN s.due_at IS NULL THEN NULL ELSE p_at END, s.due_at,
           s.provisional, s.basis, s.grade, p_calendar, s.derivation, s.plan, s.next_at
    FROM jsonb_to_recordset(planned -> 'stages') AS s (stage text, time_limit text, start_event text, due_at timestamptz,
         provisional boolean, basis text, grade text, derivation jsonb, plan jsonb, next_at timestamptz);
    INSERT INTO ring_turns (stage_id, county, next_at)
    SELECT s.id, s.county, p_at FROM stages s WHERE s.ticket_id = opened AND s.stage = 'sign';
    INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
    SELECT (planned ->> 'notice_id')::uuid, 'dispatch:' || opened, o.county, 'dispatch', o.id, o.unit, o.urgency, o.drill, p_at, 'queued'
    FROM tickets o WHERE o.id = opened;
    RETURN opened;
END $$;
REVOKE ALL ON FUNCTION case_ticket_open(bigint, jsonb, integer, text, timestamptz) FROM PUBLIC;

-- The ticket of a request made on a ticket of the desk's own units, with what it was asked by. NULL: the same is open there already.
CREATE OR REPLACE FUNCTION desk_request_open(p_ticket bigint, planned jsonb, routed jsonb, p_calendar text, p_at timestamptz, p_by text,
                                             p_account bigint, p_sealed bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    t      tickets;
    opened bigint;
BEGIN
    SELECT * INTO t FROM tickets WHERE id = p_ticket AND unit = ANY (desk_units());
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ticket % is not of these units', p_ticket;
    END IF;
    opened := case_ticket_open(t.id, planned, (routed ->> 'rule_set')::integer, p_calendar, p_at);
    IF opened IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO requests (ticket_id, from_ticket, asked_at, pack_version, rule_set, rows)
    VALUES (opened, t.id, p_at, (routed ->> 'pack_version')::integer, (routed ->> 'rule_set')::integer, routed -> 'rows');
    -- What the asking unit wrote goes along: the asked unit decides by it.
    INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail, sealed)
    VALUES (p_at, t.report_id, opened, 'request-received', p_by, p_account, jsonb_build_object('unit', t.unit, 'ticket', t.id), p_sealed);
    RETURN opened;
END $$;

-- Why a ticket is there: a unit of the case asked for it, and by which versions its clocks were planned.
CREATE OR REPLACE FUNCTION ticket_made(ticket bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'obligation', t.obligation, 'unit', t.unit, 'unit_kind', t.unit_kind, 'lead', t.lead, 'urgency', t.urgency,
        'basis', t.basis, 'dispatched_at', t.dispatched_at, 'facts', f.facts,
        'brought', (SELECT jsonb_build_object('how', e.kind, 'from', e.detail ->> 'unit')
                    FROM events e WHERE e.report_id = t.report_id AND e.ticket_id = t.id
                      AND e.kind IN ('transferred-in', 'returned-in', 'not-filed-told', 'request-received', 'joined-in')
                      AND e.at >= t.dispatched_at AND e.at < t.dispatched_at + interval '1 millisecond'
                    ORDER BY e.at LIMIT 1),
        -- A request is a decision of its own. Else a decision and its tickets carry the same time; a successor has that of its own
        -- dispatch, later.
        'decision', coalesce(
            (SELECT jsonb_build_object('round', 1, 'pack_version', q.pack_version, 'rule_set', q.rule_set, 'rows', q.rows,
                            'triage_reasons', '[]'::jsonb)
             FROM requests q WHERE q.ticket_id = t.id),
            -- What a person chose rests on no row; its clocks were planned by the versions of that moment.
            (SELECT jsonb_build_object('round', 1, 'pack_version', (e.detail ->> 'pack')::integer, 'rule_set', t.rule_set, 'rows', '[]'::jsonb,
                            'triage_reasons', '[]'::jsonb)
             FROM events e WHERE e.report_id = t.report_id AND e.ticket_id = t.id AND e.kind = 'joined-in' LIMIT 1),
            (SELECT jsonb_build_object('round', d.round, 'pack_version', d.pack_version, 'rule_set', d.rule_set,
                            'rows', d.rows, 'triage_reasons', d.triage_reasons)
                     FROM decisions d WHERE d.report_id = t.report_id AND d.decided_at <= t.dispatched_at
                     ORDER BY d.decided_at DESC, d.round DESC LIMIT 1)),
        'stages', (SELECT coalesce(jsonb_agg(jsonb_build_object('stage', s.stage, 'due_at', s.due_at, 'time_limit', s.time_limit,
                            'start_event', s.start_event, 'basis', s.basis, 'grade', s.grade, 'provisional', s.provisional,
                            'derivation', s.derivation, 'plan', s.plan) ORDER BY s.id), '[]')
                   FROM stages s WHERE s.ticket_id = t.id AND s.stage IN ('sign', 'contact', 'resolve')),
        'tickets', (SELECT jsonb_agg(jsonb_build_object('obligation', o.obligation, 'unit', o.unit, 'unit_kind', o.unit_kind,
                            'lead', o.lead) ORDER BY o.id)
                    FROM tickets o WHERE o.report_id = t.report_id AND (o.predecessor IS NULL OR o.id = t.id)))
    FROM tickets t JOIN report_facts f ON f.report_id = t.report_id WHERE t.id = ticket
$$;
