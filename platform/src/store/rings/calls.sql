-- The calls of a turn with the rings that they are for: $1 list (see CallRow), $2 county, $3 now. One that another turn made already
-- is left as it is.
WITH input AS (
    SELECT * FROM jsonb_to_recordset($1) AS c (id uuid, dedup text, account bigint, last_resort smallint, unit text, channel text,
        urgency text, drill boolean, night boolean, waiting integer, late boolean, state text, fault text, rings jsonb)
), made AS (
    INSERT INTO calls (id, dedup, county, account_id, last_resort, unit, channel, urgency, drill, night, waiting, system_late, created_at,
                       state, finished_at, last_error)
    SELECT id, dedup, $2, account, last_resort, unit, channel, urgency, drill, night, waiting, late, $3, state,
           CASE WHEN fault IS NOT NULL THEN $3 END, fault
    FROM input ORDER BY id
    ON CONFLICT (dedup) DO NOTHING
    RETURNING id, state, last_error
), rung AS (
    INSERT INTO call_rings (call_id, stage_id, due_generation, cause, first_ring, ring, planned_at)
    SELECT made.id, r.stage, r.generation, r.cause, r.first, r.ring, r.planned
    FROM made JOIN input USING (id),
         jsonb_to_recordset(input.rings) AS r (stage bigint, generation integer, cause text, first integer, ring integer, planned timestamptz)
    ON CONFLICT DO NOTHING
), step AS (
    INSERT INTO call_steps (at, call_id, step, detail) SELECT $3, id, state, coalesce(last_error, '') FROM made
), post AS (
    -- Beside the first call of a ring: the robot of the unit whose duty is rung, and the own system of the unit that holds the ticket.
    -- Where the county has neither, nothing is looked up.
    INSERT INTO posts (id, outlet_id, dedup, county, event, ticket_id, detail, urgency, drill, created_at, state)
    SELECT gen_random_uuid(), o.id, format('rung:%s:%s:%s:%s', r.stage, r.generation, r.cause, r.ring), $2, 'rung', t.id,
           jsonb_build_object('stage', s.stage, 'cause', r.cause, 'ring', r.ring + 1), t.urgency, input.drill, $3, 'queued'
    FROM made JOIN input USING (id)
         CROSS JOIN LATERAL jsonb_to_recordset(input.rings) AS r (stage bigint, generation integer, cause text, ring integer)
         JOIN stages s ON s.id = r.stage JOIN tickets t ON t.id = s.ticket_id
         JOIN outlets o ON o.county = $2 AND o.ended_at IS NULL AND o.kind <> 'folder'
                           AND o.unit = CASE o.kind WHEN 'robot' THEN input.unit ELSE t.unit END
    WHERE EXISTS (SELECT FROM outlets any_of WHERE any_of.county = $2 AND any_of.kind <> 'folder' AND any_of.ended_at IS NULL)
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM made
