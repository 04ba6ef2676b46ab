-- What rings on duty pages: $1 county, $2 accounts and $3 units of the pages, $4 from when on. The newest of each person and of each
-- unit are looked at, by their indexes, so that the question costs the same whatever was; and the calls of a drill that runs and that
-- nobody answered yet for the page's unit.
SELECT k.n - 1 AS page, c.id AS call_id, c.channel, c.urgency, c.account_id IS NOT DISTINCT FROM k.account_id AS mine
FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS k (account_id, unit, n)
CROSS JOIN LATERAL (
    (SELECT p.id, p.channel, p.urgency, p.account_id, p.created_at FROM calls p
     WHERE p.account_id = k.account_id AND p.created_at > $4 AND p.kind IN ('ring', 'drill') ORDER BY p.created_at DESC LIMIT 50)
    UNION
    (SELECT p.id, p.channel, p.urgency, p.account_id, p.created_at FROM calls p
     WHERE p.county = $1 AND p.unit = k.unit AND p.created_at > $4 AND p.kind = 'ring' ORDER BY p.created_at DESC LIMIT 50)
    UNION
    (SELECT p.id, p.channel, p.urgency, p.account_id, p.created_at
     FROM drills d JOIN drill_units u ON u.drill_id = d.id AND u.unit = k.unit AND u.answered_at IS NULL
     JOIN drill_rings r ON r.drill_unit_id = u.id JOIN calls p ON p.id = r.call_id
     WHERE d.county = $1 AND d.ended_at IS NULL AND d.withdrawn_at IS NULL AND d.started_at IS NOT NULL
     ORDER BY p.created_at DESC LIMIT 50)
) c
WHERE call_is_wanted(c.id)
ORDER BY k.n, c.created_at DESC, c.id
