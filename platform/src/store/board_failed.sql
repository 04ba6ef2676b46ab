SELECT n.id, n.ticket_id, n.unit, u.name AS unit_name, n.kind, n.urgency, n.state, n.finished_at, n.last_error,
       unit_call(n.county, n.unit) AS call
FROM notices n JOIN units u ON u.county = n.county AND u.code = n.unit
WHERE n.county = $1 AND n.state IN ('failed', 'bounced') AND n.replaced_by IS NULL
ORDER BY n.finished_at DESC, n.id OFFSET $3 LIMIT $2
