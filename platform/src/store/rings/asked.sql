-- A call that went to a person by mail: $1 county, $2 call. Of a drill its units answer, and not bells.
SELECT c.account_id, person_shown(a.id, a.name) AS person, u.name AS unit_name, c.urgency, c.drill, call_is_wanted(c.id) AS open,
       greatest(coalesce(c.waiting, (SELECT count(DISTINCT t.report_id) FROM call_rings r JOIN stages s ON s.id = r.stage_id
                                     JOIN tickets t ON t.id = s.ticket_id WHERE r.call_id = c.id)), 1) AS reports,
       coalesce(first.answered_at, drilled.answered_at) AS answered_at, coalesce(first.answered_how, drilled.answered_how) AS answered_how,
       coalesce(first.answered_by, person_shown(drilled.answered_by,
                                                (SELECT n.name FROM accounts n WHERE n.id = drilled.answered_by))) AS answered_by
FROM (SELECT NULL::bigint AS ticket) about
CROSS JOIN calls c JOIN accounts a ON a.id = c.account_id AND a.disabled_at IS NULL
JOIN units u ON u.county = c.county AND u.code = c.unit
LEFT JOIN LATERAL ({first_answer}) first ON true
LEFT JOIN LATERAL drill_answered(c.id) drilled ON true
WHERE c.id = $2 AND c.county = $1 AND c.channel = 'mail' AND c.kind IN ('ring', 'drill')
