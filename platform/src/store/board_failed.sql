SELECT n.ticket_id, u.name AS unit_name, n.kind, n.urgency, n.finished_at, n.last_error,
       (SELECT string_agg(a.name || coalesce(' ' || a.phone, ''), '、' ORDER BY m.role, a.name)
        FROM memberships m JOIN accounts a ON a.id = m.account_id
        WHERE m.county = n.county AND m.unit = n.unit AND m.ended_at IS NULL AND a.disabled_at IS NULL) AS phones
FROM notices n JOIN units u ON u.county = n.county AND u.code = n.unit
WHERE n.county = $1 AND n.state = 'failed'
ORDER BY n.finished_at DESC LIMIT $2
