-- 提请协办: a unit asks for what another unit owes, by the rules' rows for requests. The ticket that follows is one like any other; here
-- stands from which ticket it was asked, and by which versions and rows it was routed.
CREATE TABLE requests (
    ticket_id    bigint      PRIMARY KEY REFERENCES tickets,
    from_ticket  bigint      NOT NULL REFERENCES tickets,
    asked_at     timestamptz NOT NULL,
    pack_version integer     NOT NULL,
    rule_set     integer     NOT NULL,
    rows         jsonb       NOT NULL
);
CREATE INDEX requests_from ON requests (from_ticket);
COMMENT ON TABLE requests IS 'one row per ticket that another unit asked for; who asked and why is in the events of both tickets';
COMMENT ON COLUMN requests.from_ticket IS 'the ticket of the unit that asked';
COMMENT ON COLUMN requests.rows IS 'rows of the decision tables that matched or were used, as a decision keeps them';

-- Opens the ticket of a request made on a ticket of the desk's own units, in the same case, and tells its unit as at any dispatch. planned is
-- one ticket as routing plans it. NULL: the same is open there already, and nothing is done.
CREATE FUNCTION desk_request_open(p_ticket bigint, planned jsonb, routed jsonb, p_calendar text, p_at timestamptz, p_by text,
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
    -- Two tickets of one report may ask for the same at once: the second waits here, and finds what the first one opened.
    PERFORM FROM cases WHERE id = t.case_id FOR UPDATE;
    IF EXISTS (SELECT FROM tickets o WHERE o.report_id = t.report_id AND o.obligation = planned ->> 'obligation'
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
            planned -> 'basis', ARRAY(SELECT jsonb_array_elements_text(planned -> 'unknowns')), (routed ->> 'rule_set')::integer, p_at,
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
    INSERT INTO requests (ticket_id, from_ticket, asked_at, pack_version, rule_set, rows)
    VALUES (opened, t.id, p_at, (routed ->> 'pack_version')::integer, (routed ->> 'rule_set')::integer, routed -> 'rows');
    INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
    SELECT (planned ->> 'notice_id')::uuid, 'dispatch:' || opened, o.county, 'dispatch', o.id, o.unit, o.urgency, o.drill, p_at, 'queued'
    FROM tickets o WHERE o.id = opened;
    -- What the asking unit wrote goes along: the asked unit decides by it.
    INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail, sealed)
    VALUES (p_at, t.report_id, opened, 'request-received', p_by, p_account, jsonb_build_object('unit', t.unit, 'ticket', t.id), p_sealed);
    RETURN opened;
END $$;
REVOKE ALL ON FUNCTION desk_request_open(bigint, jsonb, jsonb, text, timestamptz, text, bigint, bytea) FROM PUBLIC;

COMMENT ON COLUMN reads.how IS 'page, api, opening, call-back, draft';

-- What was asked for on a ticket of the desk's own units, and how far it is: the asked unit's words are not in it.
CREATE FUNCTION desk_requests(p_ticket bigint)
RETURNS TABLE (obligation text, unit text, state text, asked_at timestamptz, started_at timestamptz, outcome text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.obligation, o.unit, o.state, q.asked_at,
           (SELECT min(s.started_at) FROM stages s WHERE s.ticket_id = o.id AND s.start_event NOT IN ('dispatch', 'close-requested')),
           o.outcome
    FROM tickets t JOIN requests q ON q.from_ticket = t.id JOIN tickets o ON o.id = q.ticket_id
    WHERE t.id = p_ticket AND t.unit = ANY (desk_units())
    ORDER BY q.asked_at, o.id
$$;
REVOKE ALL ON FUNCTION desk_requests(bigint) FROM PUBLIC;

-- What a ticket was made from, for its explanation: the decision that dispatched it, its clocks as they run without those of a
-- confirmation (no rule of routing made those), what brought it where no rule did (the act that made it carries the ticket's own
-- time), and which of the report's tickets leads. Without a right of its own: each login sees through it what it may read.
CREATE OR REPLACE FUNCTION ticket_made(ticket bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'obligation', t.obligation, 'unit', t.unit, 'unit_kind', t.unit_kind, 'lead', t.lead, 'urgency', t.urgency,
        'basis', t.basis, 'dispatched_at', t.dispatched_at, 'facts', f.facts,
        'brought', (SELECT jsonb_build_object('how', e.kind, 'from', e.detail ->> 'unit')
                    FROM events e WHERE e.report_id = t.report_id AND e.ticket_id = t.id
                      AND e.kind IN ('transferred-in', 'returned-in', 'not-filed-told', 'request-received')
                      AND e.at >= t.dispatched_at AND e.at < t.dispatched_at + interval '1 millisecond'
                    ORDER BY e.at LIMIT 1),
        -- A request is a decision of its own. Else a decision and its tickets carry the same time; a successor has that of its own
        -- dispatch, later.
        'decision', coalesce(
            (SELECT jsonb_build_object('round', 1, 'pack_version', q.pack_version, 'rule_set', q.rule_set, 'rows', q.rows,
                            'triage_reasons', '[]'::jsonb)
             FROM requests q WHERE q.ticket_id = t.id),
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
