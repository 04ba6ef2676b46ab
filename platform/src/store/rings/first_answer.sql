-- Who answered the call c first, of its rings for one ticket (about.ticket) or, where that is NULL, of all. An answer that is older than
-- the call is none to it: that of a repetition silences the rings so far.
SELECT b.answered_at, b.answered_how, person_shown(b.answered_by, (SELECT n.name FROM accounts n WHERE n.id = b.answered_by)) AS answered_by
FROM call_rings r JOIN bells b USING (stage_id, due_generation, cause) JOIN stages s ON s.id = r.stage_id
WHERE r.call_id = c.id AND s.ticket_id = coalesce(about.ticket, s.ticket_id) AND b.answered_at >= c.created_at
ORDER BY b.answered_at LIMIT 1
