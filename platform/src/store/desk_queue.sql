-- $1 county, $2 offset, $3 limit. Row-level security names the units; the condition repeats them for the
-- index, which has the order within each unit: of each as many are read as the page reaches, and merged.
SELECT t.id, t.report_id, t.unit, t.obligation, t.lead, t.urgency, t.state, t.next_stage, t.next_due_at,
       person_shown(t.assignee, t.assignee_name) AS assignee_name,
       assignee_gone(t.county, t.unit, t.assignee) AS assignee_gone,
       t.dispatched_at, facts_area(f.facts) AS area, facts_danger(f.facts) AS present_danger, t.drill, f.facts
FROM (SELECT q.*
      FROM (SELECT DISTINCT unnest(desk_units()) AS unit) mine, (VALUES (false), (true)) AS apart (drill),
           LATERAL (SELECT * FROM tickets
                    WHERE county = $1 AND unit = mine.unit AND drill = apart.drill
                      AND state IN ('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'return-requested', 'reopened')
                    ORDER BY next_due_at, id LIMIT $2 + $3) q
      ORDER BY q.next_due_at, q.id OFFSET $2 LIMIT $3) t
JOIN report_facts f ON f.report_id = t.report_id
ORDER BY t.next_due_at, t.id
