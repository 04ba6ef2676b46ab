-- Overdue stages, the highest level first, then the longest overdue: $1 county, $2 how many, $3 after how many, $4 drills or
-- the others. The index has this order, so only as many are read as are shown.
SELECT t.id AS ticket_id, t.report_id, t.unit, u.name AS unit_name, t.obligation, t.urgency, s.stage, s.due_at AS since,
       s.next_step AS level,
       unit_call(t.county, t.unit) AS call,
       board_listed(t.id) AS facts,
       $4 AS drill
FROM (SELECT s.ticket_id, s.stage, s.due_at, s.next_step FROM stages s
      WHERE s.county = $1 AND s.drill = $4 AND s.ended_at IS NULL AND s.next_step >= 2
      ORDER BY s.next_step DESC, s.due_at, s.ticket_id OFFSET $3 LIMIT $2) s
JOIN tickets t ON t.id = s.ticket_id
JOIN units u ON u.county = t.county AND u.code = t.unit
ORDER BY s.next_step DESC, s.due_at, s.ticket_id
