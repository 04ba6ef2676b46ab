-- Notices that will never arrive by themselves, the latest first: $1 county, $2 how many, $3 after how many. Cut before anything
-- is joined or looked up, so that units and whom to call are asked for those that are shown, whatever the planner expects.
SELECT n.id, n.ticket_id, n.subject_kind, n.subject_id, n.unit, u.name AS unit_name, n.kind, n.urgency, n.state, n.finished_at, n.last_error,
       unit_call(n.county, n.unit) AS call
FROM (SELECT * FROM notices n
      WHERE n.county = $1 AND n.state IN ('failed', 'bounced') AND n.replaced_by IS NULL
      ORDER BY n.finished_at DESC, n.id DESC OFFSET $3 LIMIT $2) n
JOIN units u ON u.county = n.county AND u.code = n.unit
ORDER BY n.finished_at DESC, n.id DESC
