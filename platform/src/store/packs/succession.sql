-- Open tickets of a unit that left the pack go to its successor: $1 county, $2 old unit, $3 new unit, $4 old unit's name, $5 now.
-- Where the successor holds the same obligation of the report already, the ticket stands beside that one.
WITH moved AS (
    UPDATE tickets t SET unit = $3, version = t.version + 1,
        beside = coalesce(t.beside, (SELECT o.id FROM tickets o WHERE o.report_id = t.report_id AND o.obligation = t.obligation
                                     AND o.unit = $3 AND o.predecessor IS NULL AND o.beside IS NULL AND t.predecessor IS NULL))
    WHERE t.county = $1 AND t.unit = $2 AND t.state NOT IN ('resolved', 'confirmed', 'archived', 'returned', 'waived')
    RETURNING t.id, t.report_id, t.urgency
), said AS (
    INSERT INTO events (at, report_id, ticket_id, kind, actor, detail)
    SELECT $5, m.report_id, m.id, 'unit-moved', 'pack load', jsonb_build_object('from', $2::text, 'from_name', $4::text, 'to', $3::text)
    FROM moved m
)
SELECT m.id, m.report_id, m.urgency, r.drill FROM moved m JOIN reports r ON r.id = m.report_id ORDER BY m.id
