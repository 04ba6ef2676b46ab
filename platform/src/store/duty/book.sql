-- The duty of a county: $1 county, $2 from when on (changes that ended before are left out). One row of lists; each list's rows are
-- read one by one, so that one that can't be read is one unit's trouble. Of telephones only whether and when they ring.
SELECT
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'login', a.login, 'name', a.name, 'disabled_at', a.disabled_at,
                'mail_unverified', a.mail_unverified,
                'phones', (SELECT coalesce(jsonb_agg(jsonb_build_object('verified', p.verified_at IS NOT NULL, 'night', p.night)
                                                     ORDER BY p.place), '[]')
                           FROM phones p WHERE p.account_id = a.id AND p.ended_at IS NULL))), '[]')
     FROM accounts a WHERE a.county = $1) AS people,
    -- Whoever may decide for a unit leads it; who was named so comes first.
    (SELECT coalesce(jsonb_agg(jsonb_build_array(l.unit, l.login) ORDER BY l.unit, l.rank, l.account_id), '[]')
     FROM (SELECT m.unit, a.login, m.account_id, min(CASE m.role WHEN 'leader' THEN 1 ELSE 2 END) AS rank
           FROM memberships m JOIN accounts a ON a.id = m.account_id
           WHERE m.county = $1 AND m.role IN ('leader', 'office', 'leading-group') AND m.ended_at IS NULL
             AND (a.disabled_at IS NULL OR a.disabled_at > $2)
           GROUP BY m.unit, a.login, m.account_id) l) AS leaders,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('unit', p.unit, 'from', p.from_day, 'weeks', p.weeks) ORDER BY p.unit, p.from_day), '[]')
     FROM roster_patterns p WHERE p.county = $1 AND p.ended_at IS NULL) AS patterns,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('unit', c.unit, 'kind', c.kind, 'seat', c.seat, 'person', a.login, 'other', o.login,
                'from', c.starts_at, 'to', c.ends_at, 'takes_from', c.takes_from, 'takes_to', c.takes_to, 'decision', c.decision)
                ORDER BY coalesce(c.decided_at, c.made_at), c.id), '[]')
     FROM roster_changes c LEFT JOIN accounts a ON a.id = c.account_id LEFT JOIN accounts o ON o.id = c.other_id
     WHERE c.county = $1 AND c.ended_at IS NULL AND greatest(c.ends_at, c.takes_to) > $2) AS changes,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(h.unit, h.working_days, h.days_off)), '[]') FROM duty_hours h WHERE h.county = $1) AS hours
