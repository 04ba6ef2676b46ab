-- $1 notice, $2 id of the new one, $3 account, $4 its name, $5 now.
WITH new AS (
    INSERT INTO notices (id, dedup, county, kind, ticket_id, stage_id, level, unit, urgency, drill, system_late, created_at, state,
                         resent_from, resent_by, reports_on, subject_kind, subject_id, said, account_id)
    SELECT $2, 'resend:' || n.id, n.county, n.kind, n.ticket_id, n.stage_id, n.level, n.unit, n.urgency, n.drill, n.system_late, $5, 'queued',
           n.id, $3, n.reports_on, n.subject_kind, n.subject_id, n.said, n.account_id
    FROM notices n WHERE n.id = $1
    RETURNING id, ticket_id, kind, unit
), told AS (
    INSERT INTO notice_tickets (notice_id, ticket_id, stage_id, level)
    SELECT new.id, i.ticket_id, i.stage_id, i.level
    FROM new, (SELECT nt.ticket_id, nt.stage_id, nt.level FROM notice_tickets nt WHERE nt.notice_id = $1
               UNION SELECT n.ticket_id, n.stage_id, n.level FROM notices n WHERE n.id = $1) i
    WHERE i.ticket_id IS NOT NULL
    RETURNING ticket_id
), act AS (
    INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
    SELECT $5, t.report_id, t.id, 'notice-resent', $4, $3, jsonb_build_object('notice', $1, 'as', new.id, 'kind', new.kind, 'unit', new.unit)
    FROM new, tickets t WHERE t.id IN (SELECT ticket_id FROM told)
)
SELECT id, ticket_id FROM new
