-- What waits for its unit's duty hours, the next first: $1 county, $2 how many
SELECT t.id AS ticket_id, t.report_id, t.unit, u.name AS unit_name, t.obligation, t.urgency, s.stage, h.next_at AS until, h.held AS why, t.drill
FROM (SELECT stage_id, next_at, held FROM ring_turns WHERE county = $1 AND held IS NOT NULL ORDER BY next_at LIMIT $2) h
JOIN stages s ON s.id = h.stage_id AND s.ended_at IS NULL JOIN tickets t ON t.id = s.ticket_id
JOIN units u ON u.county = t.county AND u.code = t.unit
ORDER BY h.next_at, t.id
