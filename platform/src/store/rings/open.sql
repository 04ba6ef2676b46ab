-- What a turn of the ringing knows of stages: $1 their ids. The calls of a bell's last ring are read with it: one that failed is
-- made good by another.
SELECT s.id, s.ticket_id, s.due_generation, s.stage, s.time_limit, s.drill, s.plan, s.ended_at IS NOT NULL AS ended,
       coalesce(s.started_at, t.dispatched_at) AS start, s.resumed_at, t.report_id, t.unit, t.obligation, t.urgency, a.login AS assignee,
       f.id AS flood, f.began_at AS flood_began,
       coalesce((SELECT jsonb_object_agg(e.level, e.sent_at) FROM escalation_steps e
                 WHERE e.stage_id = s.id AND e.due_generation = s.due_generation AND e.sent_at IS NOT NULL), '{}') AS sent,
       coalesce((SELECT jsonb_agg(jsonb_build_object('cause', b.cause, 'next', b.next_ring, 'answered', b.answered_at IS NOT NULL,
                    'made', coalesce((SELECT jsonb_agg(jsonb_build_object('person', p.login, 'unit', c.unit, 'channel', c.channel,
                                                                          'failed', c.state = 'failed') ORDER BY c.id)
                                      FROM call_rings r JOIN calls c ON c.id = r.call_id LEFT JOIN accounts p ON p.id = c.account_id
                                      WHERE r.stage_id = b.stage_id AND r.due_generation = b.due_generation AND r.cause = b.cause
                                        AND r.ring = b.next_ring - 1), '[]')))
                 FROM bells b WHERE b.stage_id = s.id AND b.due_generation = s.due_generation), '[]') AS bells
FROM stages s
JOIN tickets t ON t.id = s.ticket_id
LEFT JOIN accounts a ON a.id = t.assignee
LEFT JOIN flood_reports fr ON fr.report_id = t.report_id
LEFT JOIN floods f ON f.id = fr.flood_id AND f.state <> 'ended'
WHERE s.id = ANY ($1)
