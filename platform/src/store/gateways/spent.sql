-- What went out by each provider: $1 county, $2 now, $3 the start of the day and $4 of the month, $5 since when the pace is counted,
-- $6 a provider that was described before this is left out, $7 at most so many tries of one. A try that is repeated is one.
SELECT g.name, g.channel, g.price_yuan, g.quota, g.quota_from, g.warn_below, g.seen_at, g.away_since, g.away_why, c.*
FROM gateways g
CROSS JOIN LATERAL (SELECT CASE WHEN g.quota_from IS NULL THEN $4
                                ELSE g.quota_from::timestamp AT TIME ZONE 'Asia/Shanghai' END AS counts) since
CROSS JOIN LATERAL (
    SELECT count(*) AS counted,
           count(t.handed_at) FILTER (WHERE t.began_at >= $3) AS today,
           count(t.handed_at) FILTER (WHERE t.began_at >= $4) AS month,
           count(*) FILTER (WHERE t.began_at >= $4 AND t.outcome = 'delivered') AS arrived,
           count(*) FILTER (WHERE t.began_at >= $4 AND t.outcome = 'failed') AS failed,
           count(t.handed_at) FILTER (WHERE t.began_at >= $5) AS lately,
           min(t.began_at) FILTER (WHERE t.began_at >= $5 AND t.handed_at IS NOT NULL) AS first_at,
           count(t.handed_at) FILTER (WHERE t.began_at >= since.counts) AS of_quota
    FROM (SELECT began_at, handed_at, outcome FROM call_tries
          WHERE county = g.county AND gateway = g.name AND began_at >= least($4, $5, since.counts) AND began_at <= $2
          ORDER BY began_at DESC LIMIT $7) t
) c
WHERE g.county = $1 AND g.seen_at > $6
ORDER BY g.channel, g.name
