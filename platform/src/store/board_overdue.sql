-- Overdue stages, longest overdue first: $1 county, $2 how many
SELECT t.id AS ticket_id, t.report_id, t.unit, u.name AS unit_name, t.obligation, t.urgency, s.stage, s.due_at AS since,
       s.next_step AS level,
       (SELECT string_agg(p.said, '、' ORDER BY p.rank, p.said) FROM (
            SELECT a.name || coalesce(' ' || a.phone, '') AS said, min(CASE m.role WHEN 'member' THEN 2 ELSE 1 END) AS rank
            FROM memberships m JOIN accounts a ON a.id = m.account_id
            WHERE m.county = t.county AND m.unit = t.unit AND m.role <> 'admin' AND m.ended_at IS NULL AND a.disabled_at IS NULL
            GROUP BY a.id, a.name, a.phone) p) AS phones,
       (SELECT r.drill FROM reports r WHERE r.id = t.report_id) AS drill
FROM (SELECT * FROM stages WHERE ended_at IS NULL AND next_step >= 2 ORDER BY due_at LIMIT $2) s
JOIN tickets t ON t.id = s.ticket_id
JOIN units u ON u.county = t.county AND u.code = t.unit
WHERE t.county = $1
ORDER BY s.next_step DESC, s.due_at
