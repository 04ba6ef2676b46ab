-- Open tickets of the desk's units, and those of drills: $1 county, $2 where each count stops. Row-level security names the
-- units; the condition repeats them for the index.
SELECT (SELECT count(*) FROM (SELECT FROM (SELECT DISTINCT unnest(desk_units()) AS unit) mine,
               LATERAL (SELECT FROM tickets
                        WHERE county = $1 AND unit = mine.unit AND drill = apart.drill
                          AND state IN ('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'return-requested', 'reopened')
                        ORDER BY next_due_at, id LIMIT $2) open
               LIMIT $2) few)
FROM (VALUES (false), (true)) AS apart (drill) ORDER BY apart.drill
