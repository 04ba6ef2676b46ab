-- Per unit, over tickets dispatched in the last $3 days: counts, shares in time, median and 90th percentile in seconds.
-- A stage counts as in time when it ended before its due time, as late when it ended after it or is open beyond it; a stage
-- that is open and not yet due counts for neither. A contact that closing ended (未见面即办结) was not met, however early; what was
-- taken away from the unit (void) is not judged. Court and procuratorate are listed but never ranked. Drills are left out.
WITH t AS (
    -- A reopened ticket was first signed in its first round.
    SELECT t.id, t.unit, t.dispatched_at, t.contacted_at, t.resolved_at,
           coalesce((SELECT min(p.ended_at) FROM stages f JOIN stage_rounds p ON p.stage_id = f.id
                     WHERE f.ticket_id = t.id AND f.stage = 'sign'), t.signed_at) AS signed_at
    FROM tickets t JOIN reports r ON r.id = t.report_id
    WHERE t.county = $1 AND t.dispatched_at > $2 - make_interval(days => $3) AND NOT r.drill
), rounds AS (
    -- How a stage went before its ticket was reopened counts as well; one that the rules do not start anew stands in both tables.
    SELECT s.ticket_id, s.stage, s.due_at, s.ended_at, s.ended_how FROM stages s JOIN t ON t.id = s.ticket_id
    UNION ALL
    SELECT s.ticket_id, s.stage, p.due_at, p.ended_at, p.ended_how
    FROM stage_rounds p JOIN stages s ON s.id = p.stage_id AND s.due_generation <> p.due_generation JOIN t ON t.id = s.ticket_id
), s AS (
    SELECT t.unit,
           count(*) FILTER (WHERE s.stage = 'sign' AND s.ended_how = 'act' AND s.ended_at <= s.due_at) AS signed_in_time,
           count(*) FILTER (WHERE s.stage = 'sign' AND judged) AS sign_judged,
           count(*) FILTER (WHERE s.stage = 'contact' AND s.ended_how = 'act' AND s.ended_at <= s.due_at) AS contacted_in_time,
           count(*) FILTER (WHERE s.stage = 'contact' AND judged) AS contact_judged,
           count(*) FILTER (WHERE s.stage = 'resolve' AND s.ended_how = 'act' AND s.ended_at <= s.due_at) AS resolved_in_time,
           count(*) FILTER (WHERE s.stage = 'resolve' AND judged) AS resolve_judged
    FROM rounds s JOIN t ON t.id = s.ticket_id
    CROSS JOIN LATERAL (SELECT s.ended_how IS DISTINCT FROM 'void' AND (s.due_at < $2
        OR s.ended_at IS NOT NULL AND (s.due_at IS NOT NULL OR s.ended_how = 'closed')) AS judged) j
    GROUP BY t.unit
), d AS (
    SELECT unit, count(*) AS tickets, count(signed_at) AS signed, count(contacted_at) AS contacted, count(resolved_at) AS resolved,
           percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM signed_at - dispatched_at)) AS sign,
           percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM contacted_at - dispatched_at)) AS contact,
           percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - dispatched_at)) AS resolve
    FROM t GROUP BY unit
)
SELECT coalesce(jsonb_agg(jsonb_build_object(
           'unit', d.unit, 'unit_name', u.name, 'unit_kind', u.kind, 'tickets', d.tickets, 'signed', d.signed,
           'contacted', d.contacted, 'resolved', d.resolved, 'signed_in_time', s.signed_in_time, 'sign_judged', s.sign_judged,
           'contacted_in_time', s.contacted_in_time, 'contact_judged', s.contact_judged,
           'resolved_in_time', s.resolved_in_time, 'resolve_judged', s.resolve_judged,
           'sign_p50_s', d.sign[1], 'sign_p90_s', d.sign[2], 'contact_p50_s', d.contact[1], 'contact_p90_s', d.contact[2],
           'resolve_p50_s', d.resolve[1], 'resolve_p90_s', d.resolve[2]) ORDER BY d.tickets DESC, d.unit), '[]')
FROM d LEFT JOIN s USING (unit) JOIN units u ON u.county = $1 AND u.code = d.unit
