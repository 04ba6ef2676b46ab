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
)
SELECT count(*) FROM made
