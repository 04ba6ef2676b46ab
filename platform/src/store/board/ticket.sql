-- One ticket with everything unsealed around it: $1 county, $2 ticket
SELECT t.id, t.report_id, t.obligation, t.unit, u.name AS unit_name, t.urgency, t.lead, t.state, t.outcome,
       person_shown(t.assignee, t.assignee_name) AS assignee_name, t.version, t.close_outcome, t.transfer_to, ticket_chain(t.id) AS chain,
       assignee_gone(t.county, t.unit, t.assignee) AS assignee_gone,
       r.received_at, t.dispatched_at, r.drill, t.own,
       unit_call(t.county, t.unit) AS call,
       coalesce((SELECT jsonb_agg(jsonb_build_object('stage', s.stage, 'limit', s.time_limit, 'started_at', s.started_at,
                     'due_at', s.due_at, 'ended_at', s.ended_at, 'ended_how', s.ended_how, 'basis', s.basis, 'grade', s.grade, 'provisional', s.provisional,
                     'earlier', (SELECT coalesce(jsonb_agg(jsonb_build_object('ended_at', p.ended_at, 'due_at', p.due_at,
                            'ended_how', p.ended_how) ORDER BY p.due_generation), '[]')
                        FROM stage_rounds p WHERE p.stage_id = s.id AND p.ended_at IS NOT NULL),
                     'steps', (SELECT coalesce(jsonb_agg(jsonb_build_object('level', e.level, 'action', e.action,
                            'crossed_at', e.crossed_at, 'sent_at', e.sent_at, 'system_late', e.system_late)
                            ORDER BY e.due_generation, e.level), '[]')
                        FROM escalation_steps e WHERE e.stage_id = s.id)) ORDER BY s.id)
                 FROM stages s WHERE s.ticket_id = t.id), '[]') AS stages,
       coalesce((SELECT jsonb_agg(jsonb_build_object('at', e.at, 'kind', e.kind, 'actor', person_shown(e.account_id, e.actor),
                     'account', e.account_id, 'reason', e.reason, 'detail', e.detail) ORDER BY e.at DESC)
                 FROM events e WHERE e.report_id = t.report_id AND (e.ticket_id = t.id OR e.ticket_id IS NULL)), '[]') AS events,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', n.id, 'kind', n.kind, 'unit_name', nu.name, 'state', n.state,
                     'replaced', n.replaced_by IS NOT NULL, 'resent', n.resent_from IS NOT NULL, 'created_at', n.created_at,
                     'finished_at', n.finished_at, 'last_error', n.last_error, 'system_late', n.system_late,
                     'attempts', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', a.at, 'outcome', a.outcome, 'detail', a.detail)
                            ORDER BY a.at), '[]') FROM notice_attempts a WHERE a.notice_id = n.id)) ORDER BY n.created_at DESC)
                 FROM notices n JOIN units nu ON nu.county = n.county AND nu.code = n.unit
                 WHERE n.id IN (SELECT nt.notice_id FROM notice_tickets nt WHERE nt.ticket_id = t.id
                                UNION SELECT o.id FROM notices o WHERE o.ticket_id = t.id)), '[]') AS notices,
       (SELECT jsonb_agg(jsonb_build_object('id', o.id, 'obligation', o.obligation, 'unit_name', ou.name, 'lead', o.lead,
                     'state', o.state) ORDER BY o.lead DESC, o.id)
        FROM tickets o JOIN units ou ON ou.county = o.county AND ou.code = o.unit WHERE o.report_id = t.report_id) AS others
FROM tickets t
JOIN units u ON u.county = t.county AND u.code = t.unit
JOIN reports r ON r.id = t.report_id
WHERE t.county = $1 AND t.id = $2
