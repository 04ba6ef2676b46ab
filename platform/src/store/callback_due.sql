-- Those of the reports $2 that wait for a call-back, with what the call is about: $1 county
SELECT r.id AS report_id, r.received_at, max(t.resolved_at) AS resolved_at, min(t.urgency) AS urgency,
       f.facts ->> 'reporter_kind' AS reporter_kind, f.facts ->> 'identity' AS identity, r.drill,
       coalesce(array_agg(DISTINCT t.outcome) FILTER (WHERE t.outcome IS NOT NULL), '{}') AS outcomes
FROM reports r
JOIN report_facts f ON f.report_id = r.id
JOIN tickets t ON t.report_id = r.id AND t.state NOT IN ('returned', 'waived')
WHERE r.id = ANY ($2) AND r.county = $1 AND NOT EXISTS (SELECT FROM callbacks c WHERE c.report_id = r.id)
GROUP BY r.id, f.facts
HAVING bool_and(t.resolved_at IS NOT NULL) AND bool_or(t.state = 'resolved')
ORDER BY max(t.resolved_at), r.id
