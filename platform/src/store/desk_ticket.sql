SELECT t.id, t.version, t.report_id, t.unit, t.obligation, t.lead, t.urgency, t.state, t.evidence, t.evidence_at, t.basis,
       t.dispatched_at, t.signed_at, t.signed_by, t.assignee, t.assignee_name,
       assignee_gone(t.county, t.unit, t.assignee) AS assignee_gone, t.contacted_at, t.resolved_at, t.resolved_by,
       t.outcome, t.next_stage, t.next_due_at, r.received_at, r.drill, f.facts, r.data_key, r.matter, r.reporter,
       coalesce((SELECT jsonb_agg(jsonb_build_object('stage', s.stage, 'due_at', s.due_at, 'time_limit', s.time_limit,
                     'start_event', s.start_event, 'basis', s.basis, 'grade', s.grade, 'provisional', s.provisional,
                     'derivation', s.derivation, 'ended_at', s.ended_at,
                     'level', (SELECT max(e.level) FROM escalation_steps e
                               WHERE e.stage_id = s.id AND e.due_generation = s.due_generation AND e.sent_at IS NOT NULL)) ORDER BY s.id)
                 FROM stages s WHERE s.ticket_id = t.id), '[]') AS stages,
       coalesce((SELECT jsonb_agg(jsonb_build_object('at', e.at, 'kind', e.kind, 'actor', e.actor, 'detail', e.detail,
                     'sealed', encode(e.sealed, 'hex')) ORDER BY e.at)
                 FROM events e WHERE e.ticket_id = t.id AND e.report_id = t.report_id), '[]') AS events,
       coalesce((SELECT jsonb_agg(to_jsonb(o)) FROM case_others(t.id) o), '[]') AS others,
       desk_ticket_made(t.id) AS made
FROM tickets t
JOIN reports r ON r.id = t.report_id
JOIN report_facts f ON f.report_id = t.report_id
WHERE t.id = $1 AND t.unit = ANY ((SELECT desk_units())::text[])
