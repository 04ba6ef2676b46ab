-- $1 report, $2 recipient, $3 action, $4 level, $5 late, $6 now, $7 county, $8 id of a new notice, then the crossings: $9 tickets,
-- $10 stages, $11 due generations; $12 the highest urgency, $13 a drill.
-- One that is leased is being written; SKIP LOCKED leaves it alone, and what is added here is seen by whoever leases it next.
-- `|| ''`: found by its ticket, never by an index of what is queued, which the planner believes to be empty and may be long.
WITH crossing AS (
    SELECT * FROM unnest($9::bigint[], $10::bigint[], $11::integer[]) AS c (ticket_id, stage_id, due_generation)
), open AS (
    SELECT n.id FROM notices n JOIN tickets t ON t.id = n.ticket_id
    WHERE t.report_id = $1 AND n.unit = $2 AND n.kind = $3 AND n.level = $4 AND n.system_late = $5 AND n.created_at = $6
      AND n.state || '' = 'queued' AND n.lease_owner IS NULL AND n.attempts = 0 AND n.dedup LIKE 'step:%'
    LIMIT 1 FOR UPDATE OF n SKIP LOCKED
), new AS (
    INSERT INTO notices (id, dedup, county, kind, ticket_id, stage_id, level, unit, urgency, drill, system_late, created_at, state)
    SELECT $8, 'step:' || c.stage_id || ':' || c.due_generation || ':' || $4, $7, $3, c.ticket_id, c.stage_id, $4, $2, $12, $13, $5, $6,
           'queued'
    FROM (SELECT * FROM crossing ORDER BY ticket_id, stage_id LIMIT 1) c WHERE NOT EXISTS (SELECT FROM open)
    RETURNING id
)
INSERT INTO notice_tickets (notice_id, ticket_id, stage_id, due_generation, level)
SELECT told.id, c.ticket_id, c.stage_id, c.due_generation, $4 FROM crossing c, (SELECT id FROM open UNION ALL SELECT id FROM new) told
