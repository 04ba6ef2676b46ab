-- The calls for the bells of a ticket, the last first, each with its steps and who answered: $1 ticket, $2 at most so many
SELECT c.id, c.channel, c.unit, u.name AS unit_name, c.account_id, person_shown(c.account_id, a.name) AS person, c.last_resort, c.state,
       c.urgency, c.created_at, c.system_late, c.waiting, c.last_error, ring.planned_at, ring.rings, ring.open, ring.owed,
       ring.answered_at, CASE WHEN ring.answered_at IS NOT NULL THEN ring.answered_how END AS answered_how,
       CASE WHEN ring.answered_at IS NOT NULL
            THEN person_shown(ring.answered_by, (SELECT n.name FROM accounts n WHERE n.id = ring.answered_by)) END AS answered_by,
       coalesce((SELECT jsonb_agg(jsonb_build_object('at', e.at, 'step', e.step, 'detail', e.detail) ORDER BY e.at, e.step)
                 FROM call_steps e WHERE e.call_id = c.id), '[]') AS steps
FROM (SELECT r.call_id, min(r.planned_at) AS planned_at,
             jsonb_agg(jsonb_build_object('stage', s.stage, 'cause', r.cause, 'first', r.first_ring, 'ring', r.ring) ORDER BY s.id, r.cause) AS rings,
             bool_or(s.ended_at IS NULL AND s.due_generation = r.due_generation AND answer.at IS NULL) AS open,
             bool_or(s.ended_at IS NULL AND s.due_generation = r.due_generation) AS owed,
             -- Of several bells the first answer is told.
             min(answer.at) AS answered_at,
             (array_agg(b.answered_how ORDER BY answer.at))[1] AS answered_how,
             (array_agg(b.answered_by ORDER BY answer.at))[1] AS answered_by
      FROM stages s JOIN call_rings r ON r.stage_id = s.id
      JOIN bells b ON b.stage_id = r.stage_id AND b.due_generation = r.due_generation AND b.cause = r.cause
      JOIN calls rung ON rung.id = r.call_id
      -- Of the repetition an answer silences the rings so far: one before the call is none to it.
      CROSS JOIN LATERAL (SELECT CASE WHEN b.answered_at >= rung.created_at THEN b.answered_at END AS at) answer
      WHERE s.ticket_id = $1 GROUP BY r.call_id) ring
JOIN calls c ON c.id = ring.call_id
JOIN units u ON u.county = c.county AND u.code = c.unit
LEFT JOIN accounts a ON a.id = c.account_id
ORDER BY c.created_at DESC, c.id LIMIT $2
