-- The reports that came in a span, counted: $1 county, $2 from, $3 until. Drills are left out. One row for the whole, the others by
-- what was reported, township, who reported, and of each child the age. An empty code: not known, or of no known shape.
WITH came AS (
    SELECT DISTINCT l.report_id FROM listings l
    WHERE l.county = $1 AND NOT l.drill AND l.received_at >= $2 AND l.received_at < $3
    UNION
    -- Nothing was dispatched of these yet.
    SELECT o.report_id FROM outbox o JOIN reports r ON r.id = o.report_id
    WHERE o.county = $1 AND NOT r.drill AND o.received_at >= $2 AND o.received_at < $3
), f AS MATERIALIZED (
    SELECT c.report_id, f.facts FROM came c LEFT JOIN report_facts f ON f.report_id = c.report_id
)
SELECT 'all' AS by, '' AS code, count(*) AS n FROM f
UNION ALL
SELECT 'situation', code, count(DISTINCT report_id) FROM f
CROSS JOIN LATERAL (SELECT CASE jsonb_typeof(f.facts -> 'situations') WHEN 'array' THEN f.facts -> 'situations' ELSE '[]' END AS list) s
CROSS JOIN LATERAL jsonb_array_elements_text(CASE s.list WHEN '[]' THEN '[""]' ELSE s.list END) AS each (code)
GROUP BY code
UNION ALL
SELECT 'township', coalesce(left(facts_area(f.facts), 9), ''), count(*) FROM f GROUP BY 2
UNION ALL
SELECT 'reporter', coalesce(f.facts ->> 'reporter_kind', ''), count(*) FROM f GROUP BY 2
UNION ALL
SELECT 'age', band.code, count(*) FROM f
CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(f.facts -> 'children') WHEN 'array' THEN f.facts -> 'children' ELSE '[]' END) child
CROSS JOIN LATERAL (SELECT CASE WHEN jsonb_typeof(child -> 'age') = 'number' THEN (child ->> 'age')::numeric END AS years) age
CROSS JOIN LATERAL (SELECT CASE WHEN years < 6 THEN '0-5' WHEN years < 12 THEN '6-11' WHEN years < 14 THEN '12-13' WHEN years < 16 THEN '14-15'
                                WHEN years < 18 THEN '16-17' ELSE '' END AS code) band
GROUP BY band.code
ORDER BY by, n DESC, code
