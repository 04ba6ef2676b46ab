-- $1 reports after number $2, each with one ticket whose stage of signing runs: a step far ahead, and the ring of its dispatch answered.
WITH n AS (
    SELECT g AS id, u.code, u.kind FROM generate_series($2::bigint + 1, $2::bigint + $1::bigint) g
    JOIN (SELECT code, kind, row_number() OVER (ORDER BY code) - 1 AS n, count(*) OVER () AS of FROM units
          WHERE kind NOT IN ('office', 'leading-group')) u ON u.n = g % u.of
), r AS (
    INSERT INTO reports (id, county, received_at, channel, drill, follow_up_mac, key_id, data_key, child, identity)
    SELECT id, 'taihe', now(), 'api', false, 'x', 'generated', 'x', 'x', 'x' FROM n
), c AS (
    INSERT INTO cases (county, opened_at, urgency) VALUES ('taihe', now(), 'P1') RETURNING id
), t AS (
    INSERT INTO tickets (county, case_id, report_id, obligation, unit, unit_kind, lead, urgency, basis, rule_set, dispatched_at, state,
                         next_stage, next_due_at, drill)
    SELECT 'taihe', c.id, n.id, 'police-accept', n.code, n.kind, true, 'P1', '[]', 1, now(), 'dispatched', 'sign', now() + interval '30 days', false
    FROM n, c RETURNING id
), s AS (
    INSERT INTO stages (ticket_id, stage, time_limit, start_event, started_at, due_at, provisional, basis, grade, calendar_version,
                        derivation, plan, next_step, next_at, county, drill)
    SELECT id, 'sign', '30min', 'dispatch', now(), now() + interval '30 days', false, 'county policy', 'P', 'generated', '[]',
           jsonb_build_array(jsonb_build_object('level', 1, 'to', 'unit-leader', 'action', 'urge', 'at', now() + interval '30 days')),
           0, now() + interval '30 days', 'taihe', false FROM t
    RETURNING id
), b AS (
    INSERT INTO bells (stage_id, due_generation, cause, county, next_ring, answered_at, answered_by, answered_how)
    SELECT s.id, 1, 'dispatch', 'taihe', 1, now(), (SELECT min(id) FROM accounts), 'login' FROM s
)
INSERT INTO ring_turns (stage_id, county, next_at) SELECT id, 'taihe', now() + interval '30 days' FROM s
