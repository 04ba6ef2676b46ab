-- $1 the notice that was given up, $2 id of the new one, $3 now. The office is told; of its own mailbox the leading group.
-- The dedup key ends a chain: each failed notice is reported once, and a failed report of a failure goes one step up only.
INSERT INTO notices (id, dedup, county, kind, ticket_id, stage_id, level, unit, urgency, drill, created_at, state)
SELECT $2, 'undeliverable:' || n.id, n.county, 'undeliverable', n.ticket_id, n.stage_id, n.level, up.code, n.urgency, n.drill, $3, 'queued'
FROM notices n
JOIN units u ON u.county = n.county AND u.code = n.unit
JOIN units up ON up.county = n.county AND up.retired_at IS NULL
             AND up.kind = CASE WHEN u.kind = 'office' THEN 'leading-group' ELSE 'office' END
WHERE n.id = $1 AND u.kind <> 'leading-group'
ORDER BY up.code LIMIT 1
ON CONFLICT (dedup) DO NOTHING
