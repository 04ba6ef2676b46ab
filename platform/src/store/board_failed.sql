SELECT n.ticket_id, n.unit, u.name AS unit_name, n.kind, n.urgency, n.finished_at, n.last_error,
       (SELECT string_agg(p.said, '、' ORDER BY p.rank, p.said) FROM (
            SELECT a.name || coalesce(' ' || a.phone, '') AS said, min(CASE m.role WHEN 'member' THEN 2 ELSE 1 END) AS rank
            FROM memberships m JOIN accounts a ON a.id = m.account_id
            WHERE m.county = n.county AND m.unit = n.unit AND m.role <> 'admin' AND m.ended_at IS NULL AND a.disabled_at IS NULL
            GROUP BY a.id, a.name, a.phone) p) AS phones
FROM notices n JOIN units u ON u.county = n.county AND u.code = n.unit
WHERE n.county = $1 AND n.state = 'failed'
ORDER BY n.finished_at DESC, n.id OFFSET $3 LIMIT $2
