-- What fell due before a time and is still not done, the highest level first, then the longest: $1 county, $2 until, $3 how many. As the
-- board has it, in the order of the same index. Whose delay: the system's where it sent the last step late, the others' where the
-- ticket waits for them, else the unit's.
SELECT t.id AS ticket_id, t.report_id, t.unit, t.obligation, t.urgency, s.stage, s.due_at AS since, s.next_step AS level,
       CASE WHEN coalesce(e.system_late, false) THEN 'system'
            WHEN s.stage IN ('confirm', 'approve', 'motion') OR t.state IN ('close-requested', 'transferring', 'return-requested') THEN 'others'
            ELSE 'unit' END AS whose
FROM (SELECT s.id, s.ticket_id, s.stage, s.due_at, s.due_generation, s.next_step FROM stages s
      WHERE s.county = $1 AND NOT s.drill AND s.ended_at IS NULL AND s.next_step >= 2 AND s.due_at < $2
      ORDER BY s.next_step DESC, s.due_at, s.ticket_id LIMIT $3) s
JOIN tickets t ON t.id = s.ticket_id
LEFT JOIN LATERAL (SELECT e.system_late FROM escalation_steps e
                   WHERE e.stage_id = s.id AND e.due_generation = s.due_generation AND e.sent_at IS NOT NULL
                   ORDER BY e.level DESC LIMIT 1) e ON true
ORDER BY s.next_step DESC, s.due_at, s.ticket_id
