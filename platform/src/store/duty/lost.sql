-- Pages that are lost now: $1 county, $2 now, $3 heard of before that is lost, $4 a unit that was told since then is not told again.
-- Who had given the duty over did not lose it. One line for each page that was lost; of a unit one is told, if any.
WITH gone AS (
    SELECT p.id, p.unit, p.account_id, p.began_at, p.beat_at,
           EXISTS (SELECT FROM handovers h WHERE h.county = p.county AND h.unit = p.unit AND h.from_id = p.account_id
                   AND h.at >= p.began_at) AS given
    FROM duty_pages p WHERE p.county = $1 AND p.ended_at IS NULL AND p.beat_at <= $3
    ORDER BY p.id FOR UPDATE SKIP LOCKED
), named AS (
    SELECT g.*, NOT g.given
        AND g.id = (SELECT min(f.id) FROM gone f WHERE f.unit = g.unit AND NOT f.given)
        AND NOT EXISTS (SELECT FROM duty_pages o WHERE o.county = $1 AND o.unit = g.unit AND o.ended_at IS NULL AND o.beat_at > $3)
        AND NOT EXISTS (SELECT FROM duty_pages o WHERE o.county = $1 AND o.unit = g.unit AND o.told AND o.ended_at > $4) AS tell
    FROM gone g
), ended AS (
    UPDATE duty_pages p SET ended_at = $2, ended_how = CASE WHEN n.given THEN 'handed-over' ELSE 'lost' END, told = n.tell
    FROM named n WHERE p.id = n.id
)
SELECT n.id, n.unit, u.name AS unit_name, person_shown(a.id, a.name) AS person, n.beat_at, n.tell
FROM named n JOIN units u ON u.county = $1 AND u.code = n.unit JOIN accounts a ON a.id = n.account_id
WHERE NOT n.given ORDER BY n.id
