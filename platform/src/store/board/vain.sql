-- Children whom somebody went to see in vain, the most often first: $1 county, $2 how many, $3 after how many. The index has this
-- order, so only as many are read as are shown. The next step is the earliest by which somebody of the case is to see the child.
SELECT t.id AS ticket_id, t.report_id, t.unit, u.name AS unit_name, t.obligation, t.urgency, v.visits, v.last_at,
       next.stage AS next_stage, next.due_at AS next_due_at, next.unit_name AS next_unit,
       unit_call(t.county, t.unit) AS call, board_listed(t.id) AS facts
FROM (SELECT * FROM visits_in_vain v WHERE v.county = $1 AND NOT v.drill AND v.open
      ORDER BY v.visits DESC, v.last_at, v.report_id OFFSET $3 LIMIT $2) v
JOIN tickets t ON t.id = v.ticket_id
JOIN units u ON u.county = t.county AND u.code = t.unit
LEFT JOIN LATERAL (SELECT s.stage, s.due_at, o.name AS unit_name FROM tickets c
                   JOIN stages s ON s.ticket_id = c.id AND s.stage = 'contact' AND s.ended_at IS NULL
                   JOIN units o ON o.county = c.county AND o.code = c.unit
                   WHERE c.report_id = v.report_id AND ticket_standing(c.state) = 'open'
                   ORDER BY s.due_at NULLS LAST, s.id LIMIT 1) next ON true
ORDER BY v.visits DESC, v.last_at, v.report_id
