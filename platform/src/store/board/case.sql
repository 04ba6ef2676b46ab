-- The case of a report with everything that stands in it, the lead first: $1 county, $2 report
SELECT c.case_id,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', t.id, 'unit', t.unit, 'unit_name', u.name, 'obligation', t.obligation,
                     'lead', t.lead, 'state', t.state, 'ended_at', ticket_ended_at(t.id),
                     'assignee', person_shown(t.assignee, t.assignee_name), 'close_by', t.close_by, 'transfer_to', t.transfer_to,
                     'clocks', (SELECT coalesce(jsonb_agg(jsonb_build_object('clock', s.stage, 'due_at', s.due_at,
                                    'event', s.start_event) ORDER BY s.id), '[]')
                                FROM stages s WHERE s.ticket_id = t.id AND s.ended_at IS NULL)) ORDER BY t.lead DESC, t.id)
                 FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.unit WHERE t.case_id = c.case_id), '[]') AS tickets
FROM case_reports c JOIN cases of_county ON of_county.id = c.case_id AND of_county.county = $1
WHERE c.report_id = $2
