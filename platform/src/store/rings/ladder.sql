-- The calls for the bells of a ticket, the last first, each with its steps and who answered: $1 ticket, $2 at most so many
SELECT c.id, c.channel, c.unit, u.name AS unit_name, c.account_id, person_shown(c.account_id, a.name) AS person, c.last_resort, c.state,
       c.urgency, c.created_at, c.system_late, c.waiting, c.last_error, ring.planned_at, ring.rings, ring.open, ring.owed,
       first.answered_at, first.answered_how, first.answered_by,
       coalesce((SELECT jsonb_agg(jsonb_build_object('at', e.at, 'step', e.step, 'detail', e.detail) ORDER BY e.at, e.step)
                 FROM call_steps e WHERE e.call_id = c.id), '[]') AS steps
FROM (SELECT $1::bigint AS ticket) about
CROSS JOIN LATERAL (
      SELECT r.call_id, min(r.planned_at) AS planned_at,
             jsonb_agg(jsonb_build_object('stage', s.stage, 'cause', r.cause, 'first', r.first_ring, 'ring', r.ring) ORDER BY s.id, r.cause) AS rings,
             bool_or(s.ended_at IS NULL AND s.due_generation = r.due_generation AND (b.answered_at >= rung.created_at) IS NOT TRUE) AS open,
             bool_or(s.ended_at IS NULL AND s.due_generation = r.due_generation) AS owed
      FROM stages s JOIN call_rings r ON r.stage_id = s.id
      JOIN bells b ON b.stage_id = r.stage_id AND b.due_generation = r.due_generation AND b.cause = r.cause
      JOIN calls rung ON rung.id = r.call_id
      WHERE s.ticket_id = about.ticket GROUP BY r.call_id) ring
JOIN calls c ON c.id = ring.call_id
JOIN units u ON u.county = c.county AND u.code = c.unit
LEFT JOIN accounts a ON a.id = c.account_id
LEFT JOIN LATERAL ({first_answer}) first ON true
ORDER BY c.created_at DESC, c.id LIMIT $2
