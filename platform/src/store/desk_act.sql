-- $1 ticket, $2 state, $3 signing, $4 the child was seen at, $5 evidence, $6 outcome, $7 assignee, $8 assignee's name, $9 by, $10 at,
-- $11 account
UPDATE tickets t
SET state = $2, version = version + 1,
    signed_at = CASE WHEN $3 THEN $10 ELSE signed_at END,
    signed_by = CASE WHEN $3 THEN $9 ELSE signed_by END,
    signed_by_account = CASE WHEN $3 THEN $11 ELSE signed_by_account END,
    contacted_at = CASE WHEN $4 IS NULL THEN contacted_at ELSE coalesce(contacted_at, $10) END,
    contacted_by = CASE WHEN $4 IS NULL THEN contacted_by ELSE coalesce(contacted_by, $9) END,
    contacted_by_account = CASE WHEN $4 IS NOT NULL AND contacted_at IS NULL THEN $11 ELSE contacted_by_account END,
    seen_at = CASE WHEN contacted_at IS NULL THEN $4 ELSE seen_at END,
    evidence_at = CASE WHEN $5 THEN $10 ELSE evidence_at END,
    outcome = coalesce($6, outcome),
    resolved_at = CASE WHEN $6 IS NOT NULL THEN $10 ELSE resolved_at END,
    resolved_by = CASE WHEN $6 IS NOT NULL THEN $9 ELSE resolved_by END,
    resolved_by_account = CASE WHEN $6 IS NOT NULL THEN $11 ELSE resolved_by_account END,
    -- Whoever signs has it in hand, unless the leader has given it to somebody already.
    assignee = CASE WHEN $3 THEN coalesce(assignee, $7) ELSE coalesce($7, assignee) END,
    assignee_name = CASE WHEN $3 THEN coalesce(assignee_name, $8) ELSE coalesce($8, assignee_name) END,
    (next_stage, next_due_at) = (SELECT n.stage, n.due_at FROM ticket_next(t.id) n)
WHERE id = $1
