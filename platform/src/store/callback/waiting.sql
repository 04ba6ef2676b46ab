-- Reports that wait for a call-back at $3, since when, the first first: $1 county, $2 how many. The table has them in this order;
-- what is put off to another day stands behind. The cut comes first, with some to spare, and by the county alone: then no
-- statistics make a walk over the whole queue look cheap. A ticket made in the very instant of the last closing is looked for.
SELECT w.report_id
FROM (SELECT report_id, due_at FROM callbacks_waiting WHERE county = $1 ORDER BY due_at, report_id LIMIT $2 + 100) w
WHERE w.due_at <= $3
  AND NOT EXISTS (SELECT FROM tickets o WHERE o.report_id = w.report_id AND o.resolved_at IS NULL AND o.state NOT IN ('returned', 'waived'))
ORDER BY w.due_at, w.report_id LIMIT $2
