-- $1 a notice that did not arrive, $2 id of the new one, $3 now. The office is told; of its own mailbox the leading group.
-- The dedup key ends a chain: each such notice is reported once, and a failed report of a failure goes one step up only.
WITH told AS (
    INSERT INTO notices (id, dedup, county, kind, ticket_id, stage_id, level, unit, urgency, drill, created_at, state, reports_on,
                         subject_kind, subject_id, said)
    SELECT $2, 'undeliverable:' || n.id, n.county, 'undeliverable', n.ticket_id, n.stage_id, n.level, up.code, n.urgency, n.drill, $3,
           'queued', n.id, n.subject_kind, n.subject_id, n.said
    FROM notices n
    JOIN units u ON u.county = n.county AND u.code = n.unit
    JOIN units up ON up.county = n.county AND up.retired_at IS NULL
                 AND up.kind = CASE WHEN u.kind = 'office' THEN 'leading-group' ELSE 'office' END
    WHERE n.id = $1 AND u.kind <> 'leading-group'
    ORDER BY up.code LIMIT 1
    ON CONFLICT (dedup) DO NOTHING
    RETURNING id
)
INSERT INTO notice_tickets (notice_id, ticket_id, stage_id, level)
SELECT told.id, i.ticket_id, i.stage_id, i.level
FROM told, (SELECT nt.ticket_id, nt.stage_id, nt.level FROM notice_tickets nt WHERE nt.notice_id = $1
            UNION SELECT n.ticket_id, n.stage_id, n.level FROM notices n WHERE n.id = $1) i
WHERE i.ticket_id IS NOT NULL
ON CONFLICT DO NOTHING
