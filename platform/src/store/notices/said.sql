-- What the mails of these notices say: $1 ids. No sealed column is read. The lease has its own query, so that its cost is that
-- of the queue's index alone.
SELECT n.id, n.kind, n.level, n.unit, u.name AS unit_name, u.kind AS unit_kind, coalesce(whom.mail, u.mailbox) AS mailbox, whom.name AS person, n.urgency, n.drill, n.system_late,
       n.created_at, n.attempts, n.strikes, first.report_id, 
       CASE WHEN f.facts IS NOT NULL THEN facts_shown(f.facts, told.parts, '{}') END AS facts, said.tickets,
       n.subject_kind, n.subject_id, n.said,
       -- Decided meanwhile: nothing is asked any more.
       coalesce(n.subject_kind = 'rule-set', false)
           AND NOT EXISTS (SELECT FROM rule_sets s WHERE s.county = n.county AND s.version = n.subject_id AND s.state = 'submitted')
           OR coalesce(n.subject_kind = 'factor-reset', false)
           AND EXISTS (SELECT FROM factor_resets r WHERE r.id = n.subject_id AND r.ended_at IS NOT NULL)
           OR coalesce(n.kind = 'motion-asked', false)
           AND NOT EXISTS (SELECT FROM motions m WHERE m.id = n.subject_id AND m.state = 'asked')
           OR coalesce(n.kind = 'swap-asked', false)
           AND EXISTS (SELECT FROM roster_changes c WHERE c.id = n.subject_id AND (c.decision IS NOT NULL OR c.ended_at IS NOT NULL))
           OR coalesce(n.subject_kind = 'opening' AND n.kind <> 'opening-faulted', false)
           AND NOT EXISTS (SELECT FROM openings o WHERE o.county = n.county AND o.id = n.subject_id
                           AND (o.state = 'asked' OR o.review_due_at IS NOT NULL AND o.review IS NULL)) AS settled,
       (SELECT o.created_at FROM notices o WHERE o.id = n.resent_from) AS resent_of,
       -- A person's own address is nobody else's to read: the name stands for it.
       (SELECT jsonb_build_object('kind', b.kind, 'unit', b.unit, 'unit_name', bu.name, 'state', b.state, 'error', b.last_error,
                                  'mailbox', coalesce((SELECT a.name FROM accounts a WHERE a.id = b.account_id), bu.mailbox))
        FROM notices b JOIN units bu ON bu.county = b.county AND bu.code = b.unit WHERE b.id = n.reports_on) AS failed,
       (SELECT jsonb_build_object('id', fl.id, 'township', fl.township, 'began_at', fl.began_at,
                   'reports', (SELECT count(*) FROM flood_reports fr WHERE fr.flood_id = fl.id),
                   'tickets', (SELECT count(DISTINCT nt.ticket_id) FROM notice_tickets nt WHERE nt.notice_id = n.id),
                   'of_unit', (SELECT count(*) FROM flood_reports fr JOIN tickets t ON t.report_id = fr.report_id
                               WHERE fr.flood_id = fl.id AND t.unit = n.unit))
        FROM floods fl WHERE fl.id = n.flood_id) AS flood
FROM notices n
JOIN units u ON u.county = n.county AND u.code = n.unit
-- Whoever left since, or took the address away, is told where the unit is.
LEFT JOIN accounts whom ON whom.id = n.account_id AND whom.disabled_at IS NULL AND whom.mail IS NOT NULL
LEFT JOIN tickets first ON first.id = n.ticket_id
LEFT JOIN report_facts f ON f.report_id = first.report_id
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', t.id, 'obligation', t.obligation, 'unit', t.unit, 'unit_name', tu.name, 'unit_kind', tu.kind, 'lead', t.lead,
               'own', CASE WHEN t.own = '{}' AND 'situations' = ANY (t.shows) THEN (facts_shown(f.facts, '{situations}', '{}') -> 'situations')
                           WHEN t.shows && '{own,situations}' THEN to_jsonb(t.own) ELSE '[]' END,
               'closed_at', t.resolved_at, 'close_outcome', t.close_outcome,
               'transfer_to', (SELECT x.name FROM units x WHERE x.county = t.county AND x.code = t.transfer_to), 'dispatched_at', t.dispatched_at, 'basis', t.basis, 'about', about.stages,
               'stages', (SELECT coalesce(jsonb_agg(jsonb_build_object('stage', s.stage, 'due_at', s.due_at, 'time_limit', s.time_limit,
                                'start_event', s.start_event, 'basis', s.basis, 'grade', s.grade, 'provisional', s.provisional,
                                'ended_at', s.ended_at, 'ended_how', s.ended_how) ORDER BY array_position(ARRAY['sign', 'contact', 'resolve', 'confirm', 'approve', 'motion'], s.stage)), '[]')
                          FROM stages s WHERE s.ticket_id = t.id)) ORDER BY t.lead DESC, t.id), '[]') AS tickets
    FROM (SELECT i.ticket_id, coalesce(jsonb_agg(s.stage ORDER BY s.id) FILTER (WHERE s.id IS NOT NULL), '[]') AS stages
          FROM (SELECT nt.ticket_id, nt.stage_id FROM notice_tickets nt WHERE nt.notice_id = n.id
                UNION SELECT n.ticket_id, n.stage_id) i
          LEFT JOIN stages s ON s.id = i.stage_id GROUP BY i.ticket_id
          -- A flood's mail says how many there are and lists the first.
          ORDER BY i.ticket_id LIMIT CASE WHEN n.flood_id IS NOT NULL THEN 10 END) about
    JOIN tickets t ON t.id = about.ticket_id
    JOIN units tu ON tu.county = t.county AND tu.code = t.unit) said
CROSS JOIN LATERAL (
    -- A mail says place and ages at most, and of those what each ticket of the unit shows; to others what they see without one.
    SELECT ARRAY(SELECT unnest('{place,child}'::text[]) INTERSECT
                 SELECT unnest(CASE WHEN t.unit = n.unit THEN t.shows
                                    ELSE report_looks(t.report_id, CASE u.kind WHEN 'leading-group' THEN u.kind ELSE 'office' END) END)
                 FROM (SELECT n.ticket_id AS id UNION SELECT nt.ticket_id FROM notice_tickets nt WHERE nt.notice_id = n.id) i
                 JOIN tickets t ON t.id = i.id) AS parts) told
WHERE n.id = ANY ($1)
ORDER BY n.urgency, n.created_at, n.id
