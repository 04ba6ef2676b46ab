-- $1 county, $2 offset, $3 limit. Row-level security names the units; the condition repeats them for the
-- index, which has the order within each unit: of each as many are read as the page reaches, and merged.
SELECT t.id, t.report_id, t.unit, t.obligation, t.lead, t.urgency, t.state, t.next_stage, t.next_due_at,
       person_shown(t.assignee, t.assignee_name) AS assignee_name,
       assignee_gone(t.county, t.unit, t.assignee) AS assignee_gone,
       t.dispatched_at, facts_area(listed.facts) AS area, facts_danger(listed.facts) AS present_danger, t.drill, listed.facts
FROM (SELECT q.*
      FROM (SELECT DISTINCT unnest(desk_units()) AS unit) mine, (VALUES (false), (true)) AS apart (drill),
           LATERAL (SELECT * FROM tickets
                    WHERE county = $1 AND unit = mine.unit AND drill = apart.drill
                      AND state IN ('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'return-requested', 'reopened')
                    ORDER BY next_due_at, id LIMIT $2 + $3) q
      ORDER BY q.next_due_at, q.id OFFSET $2 LIMIT $3) t
-- OFFSET 0: asked once for a line, and not once for each place that it stands in.
CROSS JOIN LATERAL (SELECT desk_ticket_listed(t.id) AS facts OFFSET 0) listed
ORDER BY t.next_due_at, t.id
