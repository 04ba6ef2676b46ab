-- Those of the reports $2, in their order, that wait for a call-back at $3, with what the call is about: $1 county
SELECT r.id AS report_id, r.received_at, max(t.resolved_at) AS resolved_at, min(t.urgency) AS urgency,
       p.reporter_kind, p.identity, coalesce(board_facts(r.id), '{}') AS facts, r.drill,
       coalesce(array_agg(DISTINCT t.outcome) FILTER (WHERE t.outcome IS NOT NULL
           AND NOT EXISTS (SELECT FROM tickets s WHERE s.predecessor = t.id AND s.state <> 'returned')), '{}') AS outcomes,
       (SELECT count(*) FROM callbacks c WHERE c.report_id = r.id AND c.try IS NOT NULL
            AND c.round = (SELECT 1 + count(*) FROM callbacks d WHERE d.report_id = r.id AND d.decision = 'reopen')) AS tries
FROM reports r
CROSS JOIN LATERAL board_reporter(r.id) p
JOIN tickets t ON t.report_id = r.id AND t.state NOT IN ('returned', 'waived')
WHERE r.id = ANY ($2) AND r.county = $1
  AND NOT EXISTS (SELECT FROM callbacks c WHERE c.report_id = r.id AND c.retry_at > $3)
GROUP BY r.id, p.reporter_kind, p.identity
HAVING bool_and(t.resolved_at IS NOT NULL) AND bool_or(t.state = 'resolved' AND t.callback_shut IS DISTINCT FROM t.resolved_at)
ORDER BY array_position($2, r.id)
