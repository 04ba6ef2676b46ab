-- $1 owner, $2 now, $3 end of the lease, $4 how many, $5 county, $6 the lowest urgency that may be taken
WITH due AS (
    SELECT id FROM notices WHERE state = 'queued' AND due_at <= $2 AND county = $5 AND urgency <= $6
    ORDER BY urgency, due_at, created_at LIMIT $4 FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE notices n SET lease_owner = $1, due_at = $3 FROM due WHERE n.id = due.id
    RETURNING n.id, n.dedup, n.kind, n.level, n.stage_id, n.county, n.unit, n.urgency, n.drill, n.system_late, n.created_at,
              n.attempts, n.ticket_id
)
SELECT l.id, l.kind, l.level, s.stage, l.unit, u.name AS unit_name, u.mailbox, l.urgency, l.drill, l.system_late,
       l.created_at, l.attempts, l.ticket_id, t.report_id, t.obligation, t.unit AS ticket_unit, tu.name AS ticket_unit_name,
       tu.kind AS ticket_unit_kind, t.lead, t.dispatched_at, t.basis,
       f.facts ->> 'area' AS area, coalesce(f.facts -> 'present_danger' = 'true', false) AS present_danger,
       coalesce((SELECT jsonb_agg(jsonb_build_object('stage', a.stage, 'due_at', a.due_at, 'time_limit', a.time_limit,
                     'start_event', a.start_event, 'basis', a.basis, 'grade', a.grade, 'provisional', a.provisional, 'ended_at', a.ended_at)
                     ORDER BY array_position(ARRAY['sign', 'contact', 'resolve'], a.stage))
                 FROM stages a WHERE a.ticket_id = t.id), '[]') AS stages,
       CASE WHEN l.kind = 'undeliverable' THEN
           (SELECT jsonb_build_object('kind', b.kind, 'unit_name', bu.name, 'mailbox', bu.mailbox, 'error', b.last_error)
            FROM notices b JOIN units bu ON bu.county = b.county AND bu.code = b.unit
            WHERE 'undeliverable:' || b.id = l.dedup AND b.ticket_id = l.ticket_id) END AS failed
FROM leased l
JOIN units u ON u.county = l.county AND u.code = l.unit
JOIN tickets t ON t.id = l.ticket_id
JOIN units tu ON tu.county = t.county AND tu.code = t.unit
LEFT JOIN report_facts f ON f.report_id = t.report_id
LEFT JOIN stages s ON s.id = l.stage_id
ORDER BY l.urgency, l.created_at
