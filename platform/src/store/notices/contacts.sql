-- Whom to phone: $1 county, $2 unit codes; the office is always among the answers. Leaders first; three names are enough for a mail.
SELECT u.code AS unit, u.kind = 'office' AS office, u.name AS unit_name, nullif(trim(to_jsonb(u) ->> 'duty_phone'), '') AS duty_phone,
       coalesce((SELECT jsonb_agg(jsonb_build_object('name', p.name, 'phone', p.phone) ORDER BY p.rank, p.name)
        FROM (SELECT a.name, a.phone, min(CASE m.role WHEN 'member' THEN 2 ELSE 1 END) AS rank
              FROM memberships m JOIN accounts a ON a.id = m.account_id
              WHERE m.county = u.county AND m.unit = u.code AND m.role <> 'admin' AND m.ended_at IS NULL
                AND a.disabled_at IS NULL AND a.phone IS NOT NULL
              GROUP BY a.id, a.name, a.phone ORDER BY rank, a.name LIMIT 3) p), '[]') AS people
FROM units u
WHERE u.county = $1 AND (u.code = ANY ($2) OR (u.kind = 'office' AND u.retired_at IS NULL))
