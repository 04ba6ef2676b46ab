-- A ticket of a transfer, or of a decision not to file, is explained by what made it; a reopened P1 waits for a signature like a
-- new one; a unit's leader sends a failed mail to his own unit again.

DROP INDEX tickets_p1_unsigned;
CREATE INDEX tickets_p1_unsigned ON tickets (county, drill, dispatched_at, id) WHERE state IN ('dispatched', 'reopened') AND urgency = 'P1';

-- As before, with what brought the ticket where no rule did: the act that made it carries the ticket's own time.
CREATE OR REPLACE FUNCTION ticket_made(ticket bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'obligation', t.obligation, 'unit', t.unit, 'unit_kind', t.unit_kind, 'lead', t.lead, 'urgency', t.urgency,
        'basis', t.basis, 'dispatched_at', t.dispatched_at, 'facts', f.facts,
        'brought', (SELECT jsonb_build_object('how', e.kind, 'from', e.detail ->> 'unit')
                    FROM events e WHERE e.report_id = t.report_id AND e.ticket_id = t.id
                      AND e.kind IN ('transferred-in', 'not-filed-told')
                      AND e.at >= t.dispatched_at AND e.at < t.dispatched_at + interval '1 millisecond'
                    ORDER BY e.at LIMIT 1),
        -- A decision and its tickets carry the same time; a successor has that of its own dispatch, later.
        'decision', (SELECT jsonb_build_object('round', d.round, 'pack_version', d.pack_version, 'rule_set', d.rule_set,
                            'rows', d.rows, 'triage_reasons', d.triage_reasons)
                     FROM decisions d WHERE d.report_id = t.report_id AND d.decided_at <= t.dispatched_at
                     ORDER BY d.decided_at DESC, d.round DESC LIMIT 1),
        'stages', (SELECT coalesce(jsonb_agg(jsonb_build_object('stage', s.stage, 'due_at', s.due_at, 'time_limit', s.time_limit,
                            'start_event', s.start_event, 'basis', s.basis, 'grade', s.grade, 'provisional', s.provisional,
                            'derivation', s.derivation, 'plan', s.plan) ORDER BY s.id), '[]')
                   FROM stages s WHERE s.ticket_id = t.id AND s.stage IN ('sign', 'contact', 'resolve')),
        'tickets', (SELECT jsonb_agg(jsonb_build_object('obligation', o.obligation, 'unit', o.unit, 'unit_kind', o.unit_kind,
                            'lead', o.lead) ORDER BY o.id)
                    FROM tickets o WHERE o.report_id = t.report_id AND (o.predecessor IS NULL OR o.id = t.id)))
    FROM tickets t JOIN report_facts f ON f.report_id = t.report_id WHERE t.id = ticket
$$;

-- Mails about a ticket that did not reach its own unit and were not sent again. Only of a ticket of the desk's units.
CREATE FUNCTION desk_failed_notices(ticket bigint)
RETURNS TABLE (id uuid, kind text, state text, finished_at timestamptz, last_error text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.id, n.kind, n.state, n.finished_at, n.last_error
    FROM tickets t
    JOIN notices n ON n.unit = t.unit AND n.county = t.county AND n.state IN ('failed', 'bounced') AND n.replaced_by IS NULL
        AND n.id IN (SELECT nt.notice_id FROM notice_tickets nt WHERE nt.ticket_id = t.id
                     UNION SELECT o.id FROM notices o WHERE o.ticket_id = t.id)
    WHERE t.id = ticket AND t.unit = ANY (desk_units())
    ORDER BY n.finished_at DESC, n.id
$$;
REVOKE ALL ON FUNCTION desk_failed_notices(bigint) FROM PUBLIC;

-- A leader of the ticket's unit has one of these sent again: as a notice of its own, once, and the act is recorded. False where
-- it is none of these, or somebody was first.
CREATE FUNCTION desk_notice_resend(p_ticket bigint, p_notice uuid, p_new uuid, p_account bigint, p_by text, p_at timestamptz)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM notices WHERE id = p_notice FOR UPDATE;
    IF NOT EXISTS (SELECT FROM desk_failed_notices(p_ticket) f WHERE f.id = p_notice)
       OR NOT EXISTS (SELECT FROM memberships m JOIN tickets t ON t.id = p_ticket AND t.unit = m.unit AND t.county = m.county
                      WHERE m.account_id = p_account AND m.role = 'leader' AND m.ended_at IS NULL) THEN
        RETURN false;
    END IF;
    INSERT INTO notices (id, dedup, county, kind, ticket_id, stage_id, level, unit, urgency, drill, system_late, created_at, state,
                         resent_from, resent_by, reports_on)
    SELECT p_new, 'resend:' || n.id, n.county, n.kind, n.ticket_id, n.stage_id, n.level, n.unit, n.urgency, n.drill, n.system_late,
           p_at, 'queued', n.id, p_account, n.reports_on
    FROM notices n WHERE n.id = p_notice;
    INSERT INTO notice_tickets (notice_id, ticket_id, stage_id, level)
    SELECT p_new, i.ticket_id, i.stage_id, i.level
    FROM (SELECT nt.ticket_id, nt.stage_id, nt.level FROM notice_tickets nt WHERE nt.notice_id = p_notice
          UNION SELECT n.ticket_id, n.stage_id, n.level FROM notices n WHERE n.id = p_notice) i
    WHERE i.ticket_id IS NOT NULL;
    UPDATE notices SET replaced_by = p_new WHERE id = p_notice;
    INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
    SELECT p_at, t.report_id, t.id, 'notice-resent', p_by, p_account,
           jsonb_build_object('notice', p_notice, 'as', p_new, 'kind', n.kind, 'unit', n.unit)
    FROM notices n, tickets t WHERE n.id = p_new AND t.id = p_ticket;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION desk_notice_resend(bigint, uuid, uuid, bigint, text, timestamptz) FROM PUBLIC;
