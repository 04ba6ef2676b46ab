-- 收办核对: accepted = routed + waiting, dispatched = open + discharged + waived. What is missing is named.
SELECT jsonb_build_object(
    'accepted', (SELECT count(*) FROM reports WHERE county = $1),
    'routed', (SELECT count(*) FROM reports r WHERE r.county = $1 AND EXISTS (SELECT FROM decisions d WHERE d.report_id = r.id AND d.round = 1)),
    'waiting', (SELECT count(*) FROM outbox WHERE county = $1),
    'missing', (SELECT coalesce(jsonb_agg(m.id), '[]') FROM (
        SELECT r.id FROM reports r
        WHERE r.county = $1 AND NOT EXISTS (SELECT FROM decisions d WHERE d.report_id = r.id)
          AND NOT EXISTS (SELECT FROM outbox o WHERE o.report_id = r.id)
        UNION
        SELECT d.report_id FROM decisions d JOIN reports r ON r.id = d.report_id AND r.county = $1
        WHERE NOT EXISTS (SELECT FROM tickets t WHERE t.report_id = d.report_id)
        LIMIT 50) m)) ||
    (SELECT jsonb_build_object(
        'dispatched', count(*),
        'open', count(*) FILTER (WHERE ticket_standing(state) = 'open'),
        'discharged', count(*) FILTER (WHERE ticket_standing(state) = 'discharged'),
        'waived', count(*) FILTER (WHERE ticket_standing(state) = 'waived')) FROM tickets WHERE county = $1)
