-- The bells of drills that are due: $1 county, $2 now. Locked, so that an answer waits until the turn has committed.
SELECT u.id, u.unit, d.started_at, u.next_ring,
       coalesce((SELECT jsonb_agg(jsonb_build_object('person', p.login, 'unit', c.unit, 'channel', c.channel, 'failed', c.state = 'failed')
                                  ORDER BY c.id)
                 FROM drill_rings r JOIN calls c ON c.id = r.call_id LEFT JOIN accounts p ON p.id = c.account_id
                 WHERE r.drill_unit_id = u.id AND r.ring = u.next_ring - 1), '[]') AS made
FROM drill_units u JOIN drills d ON d.id = u.drill_id
WHERE u.county = $1 AND u.next_at <= $2 AND u.answered_at IS NULL AND d.ended_at IS NULL
ORDER BY u.id FOR NO KEY UPDATE OF u
