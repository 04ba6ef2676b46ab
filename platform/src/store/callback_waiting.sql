-- Reports that wait for a call-back at $3, by their last resolved ticket, the longest first: $1 county, $2 how many. Read in the
-- order of the index until enough are found; a report stands where its last ticket was resolved. What is put off to another day
-- is passed over: no more reports than the office called today.
SELECT t.report_id
FROM tickets t
WHERE t.county = $1 AND t.state = 'resolved' AND t.callback_shut IS DISTINCT FROM t.resolved_at
  AND NOT EXISTS (SELECT FROM tickets o WHERE o.report_id = t.report_id AND o.state NOT IN ('returned', 'waived')
                    AND (o.resolved_at IS NULL OR o.state = 'resolved' AND o.callback_shut IS DISTINCT FROM o.resolved_at
                         AND (o.resolved_at, o.id) > (t.resolved_at, t.id)))
  AND NOT EXISTS (SELECT FROM callbacks c WHERE c.report_id = t.report_id AND c.retry_at > $3)
ORDER BY t.resolved_at LIMIT $2
