-- Tickets of one decision with their stages, which ring from the dispatch on until they are signed, and one dispatch notice a unit. $9 is the list of tickets (see ticket_row).
-- $10: the report is one of a flood, and its units are told with the others of it; who was given what is answered.
-- A ticket that the report already has (routing again) is left as it is, and so are its clocks.
WITH input AS (
    SELECT * FROM jsonb_to_recordset($9) AS t (obligation text, unit text, unit_kind text, lead boolean, evidence text,
                                              basis jsonb, unknowns text[], shows text[], own text[], notice_id uuid, stages jsonb)
), ticket AS (
    INSERT INTO tickets (county, case_id, report_id, obligation, unit, unit_kind, lead, urgency, evidence, basis, unknowns, rule_set,
                         dispatched_at, state, next_stage, next_due_at, drill, shows, own)
    SELECT $1, $2, $3, obligation, unit, unit_kind, lead, $4, evidence, basis, unknowns, $5, $8, 'dispatched',
           stages -> 0 ->> 'stage', (stages -> 0 ->> 'due_at')::timestamptz, $7, shows, own FROM input
    ON CONFLICT (report_id, obligation, unit) WHERE predecessor IS NULL AND beside IS NULL DO NOTHING
    RETURNING id, obligation, unit
), stage AS (
    INSERT INTO stages (ticket_id, stage, time_limit, start_event, started_at, due_at, provisional, basis, grade,
                        calendar_version, derivation, plan, next_at, county, drill)
    SELECT ticket.id, s.stage, s.time_limit, s.start_event, CASE WHEN s.due_at IS NULL THEN NULL ELSE $8 END, s.due_at,
           s.provisional, s.basis, s.grade, $6, s.derivation, s.plan, s.next_at, $1, $7
    FROM ticket JOIN input USING (obligation, unit),
         jsonb_to_recordset(input.stages) AS s (stage text, time_limit text, start_event text, due_at timestamptz,
             provisional boolean, basis text, grade text, derivation jsonb, plan jsonb, next_at timestamptz)
    RETURNING id, stage
), ringing AS (
    INSERT INTO ring_turns (stage_id, county, next_at) SELECT id, $1, $8 FROM stage WHERE stage = 'sign'
), given AS (
    -- One mail for all that this dispatch gives a unit.
    SELECT ticket.unit, array_agg(ticket.id ORDER BY input.lead DESC, ticket.id) AS tickets,
           (array_agg(input.notice_id ORDER BY input.lead DESC, ticket.id))[1] AS notice_id
    FROM ticket JOIN input USING (obligation, unit) GROUP BY ticket.unit
), notice AS (
    INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
    SELECT notice_id, 'dispatch:' || tickets[1], $1, 'dispatch', tickets[1], unit, $4, $7, $8, 'queued' FROM given WHERE NOT $10
), told AS (
    INSERT INTO notice_tickets (notice_id, ticket_id) SELECT notice_id, unnest(tickets) FROM given WHERE NOT $10
)
SELECT (SELECT count(*) FROM ticket),
       (SELECT coalesce(jsonb_agg(jsonb_build_object('unit', unit, 'tickets', tickets, 'notice', notice_id)), '[]') FROM given WHERE $10)
