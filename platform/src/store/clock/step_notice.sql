-- The notices of steps: $1 the ids that new ones get, $2 counties, $3 reports, $4 recipients, $5 actions, $6 levels, $7 late,
-- $8 the highest urgencies, $9 drills; then the crossings: $10 the new id of their notice, $11 tickets, $12 stages, $13 due generations;
-- $14 now.
-- One that is leased is being written; SKIP LOCKED leaves it alone, and what is added here is seen by whoever leases it next.
-- `|| ''`: found by its ticket, never by an index of what is queued, which the planner believes to be empty and may be long.
WITH told AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::smallint[], $7::boolean[], $8::text[],
                         $9::boolean[]) AS g (id, county, report_id, unit, kind, level, late, urgency, drill)
), crossing AS (
    SELECT * FROM unnest($10::uuid[], $11::bigint[], $12::bigint[], $13::integer[]) AS c (told, ticket_id, stage_id, due_generation)
), open AS (
    SELECT g.id, waiting.notice FROM told g CROSS JOIN LATERAL (
        SELECT n.id AS notice FROM notices n JOIN tickets t ON t.id = n.ticket_id
        WHERE t.report_id = g.report_id AND n.unit = g.unit AND n.kind = g.kind AND n.level = g.level AND n.system_late = g.late
          AND n.created_at = $14 AND n.state || '' = 'queued' AND n.lease_owner IS NULL AND n.attempts = 0 AND n.dedup LIKE 'step:%'
        LIMIT 1 FOR UPDATE OF n SKIP LOCKED
    ) waiting
), new AS (
    INSERT INTO notices (id, dedup, county, kind, ticket_id, stage_id, level, unit, urgency, drill, system_late, created_at, state)
    SELECT g.id, 'step:' || c.stage_id || ':' || c.due_generation || ':' || g.level, g.county, g.kind, c.ticket_id, c.stage_id, g.level,
           g.unit, g.urgency, g.drill, g.late, $14, 'queued'
    FROM told g JOIN (SELECT DISTINCT ON (told) * FROM crossing ORDER BY told, ticket_id, stage_id) c ON c.told = g.id
    WHERE g.id NOT IN (SELECT id FROM open)
    RETURNING id
)
INSERT INTO notice_tickets (notice_id, ticket_id, stage_id, due_generation, level)
SELECT coalesce(open.notice, g.id), c.ticket_id, c.stage_id, c.due_generation, g.level
FROM crossing c JOIN told g ON g.id = c.told LEFT JOIN open ON open.id = g.id
