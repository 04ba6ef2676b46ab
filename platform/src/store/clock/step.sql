-- The steps of a turn: $1 stages, $2 due generations, $3 levels, $4 recipients, $5 actions, $6 when crossed by the plan, $7 whether the
-- system is late, NULL: crossed but not sent; $8 now. Answers those that this turn sent, each once for ever.
INSERT INTO escalation_steps AS known (stage_id, due_generation, level, recipient, action, crossed_at, sent_at, system_late)
SELECT stage_id, due_generation, level, recipient, action, crossed_at, CASE WHEN late IS NOT NULL THEN $8::timestamptz END, coalesce(late, false)
FROM unnest($1::bigint[], $2::integer[], $3::smallint[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[])
     AS step (stage_id, due_generation, level, recipient, action, crossed_at, late)
ORDER BY stage_id, level
ON CONFLICT (stage_id, due_generation, level) DO UPDATE SET sent_at = excluded.sent_at, system_late = excluded.system_late
    WHERE known.sent_at IS NULL AND excluded.sent_at IS NOT NULL
RETURNING stage_id, level, sent_at IS NOT NULL AS sent
