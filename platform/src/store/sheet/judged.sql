-- How units kept the clocks of a span, by unit and stage: $1 county, $2 now, $3 from, $4 until. Drills are left out.
-- A clock is of the span in which it fell due: by the due that stood when it ended, or stands now. A contact that closing ended before
-- its clock began has no due: it is of the span in which it was closed, and was not met. How a stage went before its ticket was
-- reopened counts as well; where the rules have no such stage any more it stands as it was, in both tables, and counts once.
-- What was taken away from the unit (void) is not judged, and neither is what is open and not yet due.
WITH rounds AS (
    SELECT s.ticket_id, s.stage, s.started_at, s.due_at, s.ended_at, s.ended_how FROM stages s
    WHERE s.county = $1 AND NOT s.drill AND s.stage IN ('sign', 'contact', 'resolve') AND s.due_at >= $3 AND s.due_at < $4
    UNION ALL
    SELECT s.ticket_id, s.stage, s.started_at, s.due_at, s.ended_at, s.ended_how FROM stages s
    WHERE s.county = $1 AND NOT s.drill AND s.stage IN ('sign', 'contact', 'resolve') AND s.due_at IS NULL
      AND s.ended_how = 'closed' AND s.ended_at >= $3 AND s.ended_at < $4
    UNION ALL
    SELECT s.ticket_id, s.stage, p.started_at, p.due_at, p.ended_at, p.ended_how
    FROM stage_rounds p JOIN stages s ON s.id = p.stage_id AND s.due_generation <> p.due_generation
    WHERE s.county = $1 AND NOT s.drill AND s.stage IN ('sign', 'contact', 'resolve')
      AND coalesce(p.due_at, CASE p.ended_how WHEN 'closed' THEN p.ended_at END) >= $3
      AND coalesce(p.due_at, CASE p.ended_how WHEN 'closed' THEN p.ended_at END) < $4
)
SELECT l.unit, r.stage, count(*) AS judged,
       count(*) FILTER (WHERE r.ended_how = 'act' AND r.ended_at <= r.due_at) AS kept,
       count(*) FILTER (WHERE r.ended_how = 'act') AS done,
       (percentile_cont(0.5) WITHIN GROUP (ORDER BY took.s))::float8 AS p50_s,
       (percentile_cont(0.9) WITHIN GROUP (ORDER BY took.s))::float8 AS p90_s
FROM rounds r
JOIN listings l ON l.ticket_id = r.ticket_id
CROSS JOIN LATERAL (SELECT CASE r.ended_how WHEN 'act' THEN extract(epoch FROM r.ended_at - r.started_at)::float8 END AS s) took
WHERE r.ended_how IS DISTINCT FROM 'void' AND (r.ended_at IS NOT NULL OR r.due_at < $2)
GROUP BY l.unit, r.stage
ORDER BY l.unit, r.stage
