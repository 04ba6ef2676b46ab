-- What the mails of the notices $1 need to say
SELECT l.id, l.kind, l.level, s.stage, l.unit, u.name AS unit_name, u.mailbox, l.urgency, l.drill, l.system_late,
       l.created_at, l.attempts, l.ticket_id, t.report_id, t.obligation, t.unit AS ticket_unit, tu.name AS ticket_unit_name,
       tu.kind AS ticket_unit_kind, t.lead, t.dispatched_at, t.basis,
       facts_area(f.facts) AS area, facts_danger(f.facts) AS present_danger,
       coalesce((SELECT jsonb_agg(jsonb_build_object('stage', a.stage, 'due_at', a.due_at, 'time_limit', a.time_limit,
                     'start_event', a.start_event, 'basis', a.basis, 'grade', a.grade, 'provisional', a.provisional, 'ended_at', a.ended_at)
                     ORDER BY array_position(ARRAY['sign', 'contact', 'resolve'], a.stage))
                 FROM stages a WHERE a.ticket_id = t.id), '[]') AS stages,
       CASE WHEN l.kind = 'undeliverable' THEN
           (SELECT jsonb_build_object('kind', b.kind, 'unit_name', bu.name, 'mailbox', bu.mailbox, 'error', b.last_error)
            FROM notices b JOIN units bu ON bu.county = b.county AND bu.code = b.unit
            WHERE 'undeliverable:' || b.id = l.dedup AND b.ticket_id = l.ticket_id) END AS failed
FROM notices l
JOIN units u ON u.county = l.county AND u.code = l.unit
JOIN tickets t ON t.id = l.ticket_id
JOIN units tu ON tu.county = t.county AND tu.code = t.unit
LEFT JOIN report_facts f ON f.report_id = t.report_id
LEFT JOIN stages s ON s.id = l.stage_id
WHERE l.id = ANY ($1)
ORDER BY l.urgency, l.created_at
