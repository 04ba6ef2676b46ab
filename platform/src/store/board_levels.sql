-- Overdue stages by the level reached (next_step counts steps sent): $1 county, $2 where a count stops. Where the database
-- holds one county the index alone answers; else the county is asked row by row, on purpose: a join could be planned as a
-- walk over every ticket.
SELECT level::smallint, (SELECT count(*) FROM (
           SELECT FROM stages s
           WHERE s.ended_at IS NULL AND s.next_step >= 2 AND s.next_step = level
             AND ((SELECT bool_and(p.county = $1) FROM packs p) OR (SELECT t.county FROM tickets t WHERE t.id = s.ticket_id) = $1)
           LIMIT $2) few)
FROM generate_series(2, 4) AS level ORDER BY level
