-- Overdue stages by the level reached (next_step counts steps sent), drills apart: $1 county, $2 where a count stops. County
-- and drill are asked row by row, on purpose: a join could be planned as a walk over every ticket.
SELECT level::smallint, (SELECT count(*) FROM (
           SELECT FROM stages s
           WHERE s.ended_at IS NULL AND s.next_step >= 2 AND s.next_step = level
             AND (SELECT t.county = $1 AND NOT r.drill FROM tickets t JOIN reports r ON r.id = t.report_id WHERE t.id = s.ticket_id)
           LIMIT $2) few)
FROM generate_series(2, 4) AS level ORDER BY level
