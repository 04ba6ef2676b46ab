-- Reports that wait for a call-back, by their last resolved ticket, the longest first: $1 county, $2 how many. Read in the
-- order of the index until enough are found; a report stands where its last ticket was resolved.
SELECT t.report_id
FROM tickets t
WHERE t.county = $1 AND t.state = 'resolved'
  AND NOT EXISTS (SELECT FROM tickets o WHERE o.report_id = t.report_id AND o.state NOT IN ('returned', 'waived')
                    AND (o.resolved_at IS NULL OR o.state = 'resolved' AND (o.resolved_at, o.id) > (t.resolved_at, t.id)))
  AND NOT EXISTS (SELECT FROM callbacks c WHERE c.report_id = t.report_id)
ORDER BY t.resolved_at LIMIT $2
