-- The calls of a drill's turn with the bells that they ring: $1 list (see CallRow), $2 county, $3 now. One that another turn made
-- already is left as it is.
WITH input AS (
    SELECT * FROM jsonb_to_recordset($1) AS c (id uuid, dedup text, account bigint, last_resort smallint, unit text, channel text,
        urgency text, night boolean, waiting integer, late boolean, state text, fault text, rings jsonb)
), made AS (
    INSERT INTO calls (id, kind, dedup, county, account_id, last_resort, unit, channel, urgency, drill, night, waiting, system_late,
                       created_at, state, finished_at, last_error)
    SELECT id, 'drill', 'drill:' || dedup, $2, account, last_resort, unit, channel, urgency, true, night, waiting, late, $3, state,
           CASE WHEN fault IS NOT NULL THEN $3 END, fault
    FROM input ORDER BY id
    ON CONFLICT (dedup) DO NOTHING
    RETURNING id, state, last_error
), rung AS (
    INSERT INTO drill_rings (call_id, drill_unit_id, first_ring, ring)
    SELECT made.id, r.stage, r.first, r.ring
    FROM made JOIN input USING (id), jsonb_to_recordset(input.rings) AS r (stage bigint, first integer, ring integer)
    ON CONFLICT DO NOTHING
), step AS (
    INSERT INTO call_steps (at, call_id, step, detail) SELECT $3, id, state, coalesce(last_error, '') FROM made
)
SELECT count(*) FROM made
