-- $1 ticket, $2 state, $3 signing, $4 contact, $5 evidence, $6 outcome, $7 assignee, $8 assignee's name, $9 by, $10 at
UPDATE tickets t
SET state = $2, version = version + 1,
    signed_at = CASE WHEN $3 THEN $10 ELSE signed_at END,
    signed_by = CASE WHEN $3 THEN $9 ELSE signed_by END,
    contacted_at = CASE WHEN $4 THEN coalesce(contacted_at, $10) ELSE contacted_at END,
    evidence_at = CASE WHEN $5 THEN $10 ELSE evidence_at END,
    outcome = coalesce($6, outcome),
    resolved_at = CASE WHEN $6 IS NOT NULL THEN $10 ELSE resolved_at END,
    resolved_by = CASE WHEN $6 IS NOT NULL THEN $9 ELSE resolved_by END,
    assignee = coalesce($7, assignee),
    assignee_name = coalesce($8, assignee_name),
    next_stage = (SELECT s.stage FROM stages s WHERE s.ticket_id = t.id AND s.ended_at IS NULL ORDER BY s.id LIMIT 1),
    next_due_at = (SELECT s.due_at FROM stages s WHERE s.ticket_id = t.id AND s.ended_at IS NULL ORDER BY s.id LIMIT 1)
WHERE id = $1
