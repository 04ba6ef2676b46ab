-- $1 tickets: one report each, at a random unit, dispatched over the last 90 days; 9 of 10 are resolved. Sealed columns are
-- not real: only pages of real reports are opened.
WITH numbers AS (
    SELECT n, (SELECT coalesce(max(id), 0) FROM reports WHERE id < 1::bigint << 40) + n AS report_id,
           now() - random() * interval '90 days' AS at, random() AS luck,
           (ARRAY['P1', 'P2', 'P3', 'P3', 'P3'])[1 + floor(random() * 5)::int] AS urgency,
           -- Townships and obligations alike, situations from common to rare.
           '341222' || lpad((101 + floor(random() * 30))::int::text, 3, '0') || '000' AS area,
           (ARRAY['return-to-school', 'family-support', 'benefit-review', 'urge-guardianship'])[1 + floor(random() * 4)::int] AS obligation,
           (ARRAY['dropout', 'dropout', 'dropout', 'left-alone', 'abuse-injury', 'orphan'])[1 + floor(random() * 6)::int] AS situation,
           floor(random() * 1000)::int = 0 AS rare
    FROM generate_series(1, $1::bigint) n
), unit AS (
    SELECT code, kind, row_number() OVER (ORDER BY code) AS n, count(*) OVER () AS of
    FROM units WHERE kind IN ('police', 'education', 'civil-affairs', 'township', 'village', 'health')
), r AS (
    INSERT INTO reports (id, county, received_at, channel, drill, follow_up_mac, key_id, data_key, child, identity)
    SELECT report_id, 'taihe', at, 'api', false, 'x', 'generated', 'x', 'x', 'x' FROM numbers RETURNING id
), f AS (
    INSERT INTO report_facts (report_id, facts)
    SELECT report_id, jsonb_build_object('situations', jsonb_build_array(CASE WHEN rare THEN 'illness' ELSE situation END),
               'present_danger', false, 'area', area, 'reporter_kind', 'teacher', 'identity', 'confidential') FROM numbers
), b AS (
    INSERT INTO blind_index (report_id, child, kind, token) SELECT report_id, 0, 'id-number', sha256(int8send(report_id)) FROM numbers
), people AS (
    SELECT array_agg(id) AS ids FROM accounts
), d AS (
    INSERT INTO decisions (report_id, round, urgency, pack_version, rule_set, rows, unsent, triage_reasons, decided_by, decided_at)
    SELECT report_id, 1, urgency, 1, 1, '[]', '[]', '[]', 'router', at FROM numbers
), c AS (
    INSERT INTO cases (county, opened_at, urgency) SELECT 'taihe', at, urgency FROM numbers ORDER BY n RETURNING id
), cn AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM c
), t AS (
    INSERT INTO tickets (county, case_id, report_id, obligation, unit, unit_kind, lead, urgency, basis, rule_set, dispatched_at,
                         state, signed_at, signed_by, resolved_at, resolved_by, outcome, contacted_at, contacted_by, seen_at, next_stage, next_due_at, drill, own,
                         assignee, assignee_name)
    SELECT 'taihe', cn.id, numbers.report_id, numbers.obligation, unit.code, unit.kind, true, numbers.urgency,
           '[{"text": "county policy", "grade": "P"}]', 1, at,
           CASE WHEN luck < 0.9 THEN 'resolved' WHEN luck < 0.96 THEN 'signed' ELSE 'dispatched' END,
           CASE WHEN luck < 0.96 THEN at + luck * interval '6 hours' END, CASE WHEN luck < 0.96 THEN '生成' END,
           CASE WHEN luck < 0.9 THEN at + luck * interval '9 days' END, CASE WHEN luck < 0.9 THEN '生成' END,
           CASE WHEN luck < 0.9 THEN 'handled' END, CASE WHEN luck < 0.9 THEN at + luck * interval '2 days' END,
           CASE WHEN luck < 0.9 THEN '生成' END, CASE WHEN luck < 0.9 THEN at + luck * interval '2 days' END,
           CASE WHEN luck < 0.9 THEN NULL WHEN luck < 0.96 THEN 'contact' ELSE 'sign' END,
           CASE WHEN luck < 0.9 THEN NULL WHEN luck < 0.96 THEN at + interval '3 days' ELSE at + interval '1 day' END, false,
           ARRAY[CASE WHEN rare THEN 'illness' ELSE situation END],
           CASE WHEN luck * 3 > 1 THEN people.ids[1 + numbers.n % cardinality(people.ids)] END, CASE WHEN luck * 3 > 1 THEN '生成' END
    FROM people, numbers JOIN cn USING (n) JOIN unit ON unit.n = 1 + (numbers.report_id * 7919) % unit.of
    RETURNING id, dispatched_at, state, signed_at, contacted_at, resolved_at
)
INSERT INTO stages (ticket_id, stage, time_limit, start_event, started_at, due_at, provisional, basis, grade, calendar_version,
                    derivation, plan, next_step, next_at, ended_at, ended_how, county, drill)
SELECT t.id, s.stage, s.time_limit, 'dispatch', t.dispatched_at, t.dispatched_at + s.span, false, 'county policy', 'P', 'generated',
       '[]', '[]', CASE WHEN s.ended IS NULL AND t.dispatched_at + s.span < now() THEN 4 ELSE 0 END, NULL, s.ended, CASE WHEN s.ended IS NOT NULL THEN 'act' END, 'taihe', false
FROM t CROSS JOIN LATERAL (VALUES ('sign', '1wd', interval '1 day', t.signed_at), ('contact', '3wd', interval '3 days', t.contacted_at),
                                  ('resolve', '10wd', interval '14 days', t.resolved_at)) AS s (stage, time_limit, span, ended)
