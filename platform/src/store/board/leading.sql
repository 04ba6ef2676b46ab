-- What is overdue at the leading group's level, the longest first: $1 county, $2 how many. Of the facts only the area is handed out, where the row of the leading group shows it.
SELECT t.id AS ticket_id, t.unit, u.name AS unit_name, t.obligation, t.urgency, s.stage, s.due_at AS since,
       e.sent_at, e.action = 'advisory-letter' AS letter, r.drill,
       leading_area(t.report_id) AS area,
       unit_call(t.county, t.unit) AS call
FROM (SELECT s.id, s.ticket_id, s.stage, s.due_at, s.due_generation, s.next_step
      FROM (VALUES (false), (true)) AS apart (drill),
           LATERAL (SELECT * FROM stages s
                    WHERE s.county = $1 AND s.drill = apart.drill AND s.ended_at IS NULL AND s.next_step >= 2 AND s.next_step >= 4
                    ORDER BY s.next_step DESC, s.due_at, s.ticket_id LIMIT $2) s
      ORDER BY s.next_step DESC, s.due_at, s.ticket_id LIMIT $2) s
JOIN LATERAL (SELECT e.action, e.sent_at FROM escalation_steps e
              WHERE e.stage_id = s.id AND e.due_generation = s.due_generation AND e.level >= 4 AND e.sent_at IS NOT NULL
              ORDER BY e.level LIMIT 1) e ON true
JOIN tickets t ON t.id = s.ticket_id
JOIN units u ON u.county = t.county AND u.code = t.unit
JOIN reports r ON r.id = t.report_id
ORDER BY s.due_at, t.id
