-- P1 without a signature, the longest first: $1 county, $2 how many, $3 after how many, $4 drills or the others. The index has
-- this order, so only as many are read as are shown.
SELECT t.id AS ticket_id, t.report_id, t.unit, u.name AS unit_name, t.obligation, t.urgency, 'sign' AS stage,
       -- One that is owed again waits since then.
       CASE t.state WHEN 'reopened' THEN coalesce((SELECT s.started_at FROM stages s WHERE s.ticket_id = t.id AND s.stage = 'sign'),
                                                  t.dispatched_at)
                    ELSE t.dispatched_at END AS since,
       (SELECT max(e.level) FROM stages s JOIN escalation_steps e ON e.stage_id = s.id AND e.sent_at IS NOT NULL
        WHERE s.ticket_id = t.id AND s.stage = 'sign') AS level,
       unit_call(t.county, t.unit) AS call,
       board_listed(t.id) AS facts,
       $4 AS drill
FROM (SELECT * FROM tickets t
      WHERE t.county = $1 AND t.drill = $4 AND t.state IN ('dispatched', 'reopened') AND t.urgency = 'P1'
      ORDER BY t.dispatched_at, t.id OFFSET $3 LIMIT $2) t
JOIN units u ON u.county = t.county AND u.code = t.unit
ORDER BY t.dispatched_at, t.id
