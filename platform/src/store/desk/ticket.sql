SELECT t.id, t.version, t.report_id, t.unit, t.obligation, t.lead, t.urgency, t.state, t.evidence, t.evidence_at, t.basis,
       t.dispatched_at, t.signed_at, person_shown(t.signed_by_account, t.signed_by) AS signed_by, t.assignee,
       person_shown(t.assignee, t.assignee_name) AS assignee_name,
       assignee_gone(t.county, t.unit, t.assignee) AS assignee_gone, t.contacted_at,
       person_shown(t.contacted_by_account, t.contacted_by) AS contacted_by, t.seen_at, t.resolved_at,
       person_shown(t.resolved_by_account, t.resolved_by) AS resolved_by, t.resolved_by_account, t.close_outcome,
       t.close_requested_at, person_shown(t.close_requested_account, t.close_requested_by) AS close_requested_by,
       t.close_requested_account, t.close_by, t.transfer_to,
       person_shown(t.close_approved_account, t.close_approved_by) AS close_approved_by,
       coalesce(to_jsonb(t) -> 'unknowns', '[]') AS unknowns, desk_ticket_chain(t.id) AS chain, t.outcome, t.next_stage, t.next_due_at, desk_case_closed_at(t.id) AS case_closed_at,
       r.received_at, r.drill, r.data_key, t.own, t.shows,
       coalesce((SELECT jsonb_agg(jsonb_build_object('stage', s.stage, 'due_at', s.due_at, 'time_limit', s.time_limit,
                     'start_event', s.start_event, 'basis', s.basis, 'grade', s.grade, 'provisional', s.provisional,
                     'derivation', s.derivation, 'ended_at', s.ended_at, 'ended_how', s.ended_how,
                     'level', (SELECT max(e.level) FROM escalation_steps e
                               WHERE e.stage_id = s.id AND e.due_generation = s.due_generation AND e.sent_at IS NOT NULL)) ORDER BY s.id)
                 FROM stages s WHERE s.ticket_id = t.id), '[]') AS stages,
       coalesce((SELECT jsonb_agg(jsonb_build_object('at', e.at, 'kind', e.kind, 'actor', person_shown(e.account_id, e.actor),
                     'account', e.account_id, 'detail', e.detail,
                     'instruction', CASE e.kind WHEN 'instructed' THEN e.reason END,
                     'sealed', encode(e.sealed, 'hex')) ORDER BY e.at)
                 FROM events e WHERE e.ticket_id = t.id AND e.report_id = t.report_id), '[]') AS events,
       coalesce((SELECT jsonb_agg(to_jsonb(o)) FROM case_others(t.id) o), '[]') AS others
FROM tickets t
JOIN reports r ON r.id = t.report_id
WHERE t.id = $1 AND t.unit = ANY ((SELECT desk_units())::text[])
