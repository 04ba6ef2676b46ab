-- What rang and did not arrive: $1 county, $2 now, $3 how many. Calls of the last day that are older than their urgency allows (due), that
-- no gateway said to have delivered and nobody answered; a bell of which a later or the same ring was delivered has arrived. An unanswered bell has
-- rung again within a day, so the newest thousand of each urgency are enough, and the index has them in this order. Each bell is looked up
-- once, however often it rang.
WITH newest AS MATERIALIZED (
    SELECT c.* FROM (VALUES ('P1', interval '5 minutes'), ('P2', interval '15 minutes'), ('P3', interval '1 hour')) AS u (urgency, after)
    CROSS JOIN LATERAL (
        SELECT c.id, c.account_id, c.channel, c.state, c.last_error, c.created_at, c.created_at <= $2 - u.after AS due FROM calls c
        WHERE c.county = $1 AND c.urgency = u.urgency AND c.kind = 'ring' AND c.state IN ('queued', 'handed-over', 'failed')
          AND c.created_at > $2 - interval '1 day' AND c.created_at <= $2
        ORDER BY c.created_at DESC LIMIT 1000) c
), rung AS MATERIALIZED (
    SELECT n.*, r.stage_id, r.due_generation, r.cause, r.ring FROM newest n JOIN call_rings r ON r.call_id = n.id
), bell AS MATERIALIZED (
    SELECT b.*, (SELECT s.ticket_id FROM stages s
                 WHERE s.id = b.stage_id AND s.ended_at IS NULL AND s.due_generation = b.due_generation) AS ticket_id,
           (SELECT k.answered_at FROM bells k
            WHERE k.stage_id = b.stage_id AND k.due_generation = b.due_generation AND k.cause = b.cause) AS answered_at,
           (SELECT max(o.ring) FROM call_rings o JOIN calls a ON a.id = o.call_id
            WHERE o.stage_id = b.stage_id AND o.due_generation = b.due_generation AND o.cause = b.cause AND a.state = 'delivered') AS arrived
    FROM (SELECT DISTINCT stage_id, due_generation, cause FROM rung) b
), open AS (
    SELECT r.*, b.ticket_id FROM rung r JOIN bell b USING (stage_id, due_generation, cause)
    WHERE b.ticket_id IS NOT NULL AND (b.answered_at IS NULL OR b.cause = 'again' AND b.answered_at < r.created_at)
      AND r.ring > coalesce(b.arrived, -1)
), stage AS (
    SELECT o.stage_id, o.ticket_id, count(DISTINCT o.id) FILTER (WHERE o.due) AS calls, min(o.created_at) AS since,
           max(o.created_at) FILTER (WHERE o.due) AS last,
           -- The loudest of the last ring says what became of it; a page that nobody keeps open says least.
           (array_agg(o.id ORDER BY o.created_at DESC, o.channel = 'desk', o.state = 'failed', o.channel) FILTER (WHERE o.due))[1] AS call_id,
           coalesce(array_agg(DISTINCT o.account_id) FILTER (WHERE o.account_id IS NOT NULL), '{}') AS called
    FROM open o GROUP BY o.stage_id, o.ticket_id HAVING bool_or(o.due)
), shown AS (
    SELECT st.*, t.report_id, t.county, t.unit, t.obligation, t.urgency, t.drill FROM stage st JOIN tickets t ON t.id = st.ticket_id
    ORDER BY t.drill, t.urgency, st.since, st.ticket_id LIMIT $3
)
SELECT v.ticket_id, v.report_id, v.unit, u.name AS unit_name, v.obligation, v.urgency, s.stage, v.calls, v.since, v.last, v.drill, v.called,
       c.channel, c.state, c.last_error, c.account_id, person_shown(c.account_id, a.name) AS person, unit_call(v.county, v.unit) AS call
FROM shown v JOIN stages s ON s.id = v.stage_id JOIN units u ON u.county = v.county AND u.code = v.unit
JOIN calls c ON c.id = v.call_id LEFT JOIN accounts a ON a.id = c.account_id
ORDER BY v.drill, v.urgency, v.since, v.ticket_id
