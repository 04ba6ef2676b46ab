-- Overdue stages by the level reached (next_step counts steps sent), without drills: $1 county, $2 where a count stops.
SELECT level::smallint, (SELECT count(*) FROM (
           SELECT FROM stages s
           WHERE s.county = $1 AND NOT s.drill AND s.ended_at IS NULL AND s.next_step >= 2 AND s.next_step = level
           ORDER BY s.due_at, s.ticket_id LIMIT $2) few)
FROM generate_series(2, 4) AS level ORDER BY level
