SELECT r.received_at, r.drill,
       CASE WHEN EXISTS (SELECT FROM decisions d WHERE d.report_id = r.id) THEN 'routed' ELSE 'waiting' END AS state,
       coalesce((SELECT a.attempts FROM routing_attempts a WHERE a.report_id = r.id), 0) AS attempts,
       coalesce((SELECT jsonb_agg(jsonb_build_object('round', d.round, 'urgency', d.urgency, 'pack_version', d.pack_version,
                     'rule_set', d.rule_set, 'rows', d.rows, 'unsent', d.unsent, 'triage_reasons', d.triage_reasons,
                     'decided_by', d.decided_by, 'decided_at', d.decided_at) ORDER BY d.round)
                 FROM decisions d WHERE d.report_id = r.id), '[]') AS decisions,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', t.id, 'obligation', t.obligation, 'unit', t.unit,
                     'unit_kind', t.unit_kind, 'lead', t.lead, 'urgency', t.urgency, 'state', t.state, 'rule_set', t.rule_set,
                     'dispatched_at', t.dispatched_at, 'signed_at', t.signed_at, 'signed_by', person_shown(t.signed_by_account, t.signed_by),
                     'resolved_at', t.resolved_at, 'resolved_by', person_shown(t.resolved_by_account, t.resolved_by),
                     'outcome', t.outcome, 'contacted_at', t.contacted_at, 'seen_at', t.seen_at, 'predecessor', t.predecessor,
                     'close_outcome', t.close_outcome, 'close_requested_at', t.close_requested_at,
                     'close_requested_by', person_shown(t.close_requested_account, t.close_requested_by), 'close_by', t.close_by,
                     'transfer_to', t.transfer_to, 'close_approved_at', t.close_approved_at,
                     'close_approved_by', person_shown(t.close_approved_account, t.close_approved_by), 'basis', t.basis, 'unknowns', t.unknowns, 'evidence', t.evidence,
                     'made', ticket_made(t.id),
                     'stages', (SELECT coalesce(jsonb_agg(jsonb_build_object('stage', s.stage, 'due', s.due_at,
                            'limit', s.time_limit, 'start', s.start_event, 'started_at', s.started_at, 'ended_at', s.ended_at,
                            'ended_how', s.ended_how,
                            'basis', s.basis, 'grade', s.grade, 'provisional', s.provisional, 'derivation', s.derivation,
                            'due_generation', s.due_generation, 'next_at', s.next_at,
                            'steps', (SELECT coalesce(jsonb_agg(jsonb_build_object('level', e.level, 'to', e.recipient,
                                   'action', e.action, 'due_generation', e.due_generation, 'crossed_at', e.crossed_at,
                                   'sent_at', e.sent_at, 'system_late', e.system_late) ORDER BY e.due_generation, e.level), '[]')
                               FROM escalation_steps e WHERE e.stage_id = s.id)) ORDER BY s.id), '[]')
                         FROM stages s WHERE s.ticket_id = t.id),
                     -- A notice that is about several tickets, or stages, stands with each of them under its one id.
                     'notices', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', n.id, 'kind', n.kind, 'level', i.level,
                            'stage', (SELECT s.stage FROM stages s WHERE s.id = i.stage_id), 'unit', n.unit, 'state', n.state,
                            'attempts', n.attempts, 'created_at', n.created_at, 'finished_at', n.finished_at,
                            'system_late', n.system_late, 'last_error', n.last_error) ORDER BY n.created_at, n.dedup, i.stage_id), '[]')
                         FROM (SELECT nt.notice_id, nt.stage_id, nt.level FROM notice_tickets nt WHERE nt.ticket_id = t.id
                               UNION SELECT o.id, o.stage_id, o.level FROM notices o WHERE o.ticket_id = t.id) i
                         JOIN notices n ON n.id = i.notice_id),
                     -- A call that is for several rings stands with each of them, also with those of other tickets.
                     'rings', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', concat_ws(':', 'ring', r.stage_id, r.due_generation, r.cause, r.ring),
                            'stage', s.stage, 'due_generation', r.due_generation, 'cause', r.cause, 'ring', r.ring, 'first_ring', r.first_ring,
                            'planned_at', r.planned_at, 'call', c.id, 'person', a.login, 'last_resort', c.last_resort, 'unit', c.unit,
                            'channel', c.channel, 'grouped', (SELECT count(*) FROM call_rings g WHERE g.call_id = c.id), 'waiting', c.waiting, 'system_late', c.system_late, 'created_at', c.created_at,
                            'state', c.state, 'finished_at', c.finished_at, 'last_error', c.last_error,
                            'steps', (SELECT coalesce(jsonb_agg(jsonb_build_object('at', p.at, 'step', p.step, 'detail', p.detail) ORDER BY p.at, p.step), '[]')
                                      FROM call_steps p WHERE p.call_id = c.id),
                            -- The answer to a repetition is that of the rings before it alone.
                            'answered_at', x.answered_at, 'answered_by', (SELECT w.login FROM accounts w WHERE w.id = x.answered_by),
                            'answered_how', x.answered_how) ORDER BY c.created_at, r.planned_at, s.id, c.dedup), '[]')
                         FROM stages s
                         JOIN call_rings r ON r.stage_id = s.id
                         JOIN calls c ON c.id = r.call_id
                         LEFT JOIN accounts a ON a.id = c.account_id
                         LEFT JOIN bells x ON x.stage_id = r.stage_id AND x.due_generation = r.due_generation AND x.cause = r.cause
                              AND (r.cause <> 'again' OR x.answered_at >= c.created_at)
                         WHERE s.ticket_id = t.id)
                 ) ORDER BY t.lead DESC, t.id) FROM tickets t WHERE t.report_id = r.id), '[]') AS tickets,
       coalesce((SELECT jsonb_agg(jsonb_build_object('at', e.at, 'kind', e.kind, 'actor', person_shown(e.account_id, e.actor),
                     'account', e.account_id, 'reason', e.reason,
                     'ticket', e.ticket_id, 'detail', e.detail) ORDER BY e.at)
                 FROM events e WHERE e.report_id = r.id), '[]') AS events
FROM reports r WHERE r.id = $1
