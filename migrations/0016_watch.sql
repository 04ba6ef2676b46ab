-- The router watches the notifier, and the notifier the router's clock (decision 58). Both tables have a handful of rows, written over
-- in place: room on their pages keeps a beat from touching an index.
CREATE TABLE watch_beats (
    county     text        NOT NULL,
    service    text        NOT NULL CHECK (service IN ('router', 'notifier')),
    beat_at    timestamptz NOT NULL,
    considered bigint      NOT NULL CHECK (considered >= 0),
    due        bigint      NOT NULL CHECK (due >= 0),
    oldest_due timestamptz,
    PRIMARY KEY (county, service)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
COMMENT ON TABLE watch_beats IS 'that a service lives and does its work; of several of one kind the last word';
COMMENT ON COLUMN watch_beats.beat_at IS 'when its slowest part last did a whole turn: of the router clock and ringing, of the notifier mails and calls';
COMMENT ON COLUMN watch_beats.considered IS 'router: stages with a step or a ring ahead; notifier: mails and calls in the queue. Stops at 1,001';
COMMENT ON COLUMN watch_beats.due IS 'of these, due by then. Stops at 1,001';
COMMENT ON COLUMN watch_beats.oldest_due IS 'the moment of the oldest of them; NULL: nothing is due';

CREATE TABLE watch_rings (
    county   text        NOT NULL,
    about    text        NOT NULL CHECK (about IN ('router', 'notifier', 'database')),
    episode  integer     NOT NULL CHECK (episode > 0),
    began_at timestamptz NOT NULL,
    rung_at  timestamptz NOT NULL,
    rings    integer     NOT NULL CHECK (rings > 0),
    well_at  timestamptz,
    PRIMARY KEY (county, about),
    CONSTRAINT watch_rings_in_time CHECK (rung_at >= began_at)
);
COMMENT ON TABLE watch_rings IS 'whom the office and IT were rung about last; whoever may ring of several that look writes it here first';
COMMENT ON COLUMN watch_rings.episode IS 'counts up with each outage; part of the id that the provider is given, so that the ring of a second watcher is recognisable';
COMMENT ON COLUMN watch_rings.rings IS 'how often it was rung in this episode';
COMMENT ON COLUMN watch_rings.well_at IS 'when all was well again; NULL: it lasts';

-- What a service has before it. Of the notifier only what nobody may wait for: calls, and mails of P1. Other mails wait for a mail
-- server that is away, which the board says; a notifier that is not there at all is silent.
CREATE FUNCTION watch_due(p_county text, p_service text, p_at timestamptz)
RETURNS TABLE (considered bigint, due bigint, oldest_due timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (SELECT count(*) FROM (SELECT FROM stages WHERE county = p_county AND next_at IS NOT NULL
                                  UNION ALL SELECT FROM ring_turns WHERE county = p_county LIMIT 1001) few),
           (SELECT count(*) FROM (SELECT FROM stages WHERE county = p_county AND next_at <= p_at
                                  UNION ALL SELECT FROM ring_turns WHERE county = p_county AND next_at <= p_at LIMIT 1001) few),
           least((SELECT next_at FROM stages WHERE county = p_county AND next_at <= p_at ORDER BY next_at LIMIT 1),
                 (SELECT next_at FROM ring_turns WHERE county = p_county AND next_at <= p_at ORDER BY next_at LIMIT 1))
    WHERE p_service = 'router'
    UNION ALL
    SELECT (SELECT count(*) FROM (SELECT FROM calls WHERE county = p_county AND state = 'queued'
                                  UNION ALL SELECT FROM notices WHERE county = p_county AND state = 'queued' LIMIT 1001) few),
           (SELECT count(*) FROM (SELECT FROM calls WHERE county = p_county AND state = 'queued' AND due_at <= p_at
                                  UNION ALL SELECT FROM notices WHERE county = p_county AND state = 'queued' AND due_at <= p_at LIMIT 1001) few),
           least((SELECT min(greatest(few.due_at, few.created_at)) FROM
                     (SELECT due_at, created_at FROM calls WHERE county = p_county AND state = 'queued' AND due_at <= p_at
                      ORDER BY urgency, due_at, created_at LIMIT 1000) few),
                 (SELECT min(greatest(few.due_at, few.created_at)) FROM
                     (SELECT due_at, created_at FROM notices WHERE county = p_county AND state = 'queued' AND urgency = 'P1' AND due_at <= p_at
                      ORDER BY due_at, created_at LIMIT 1000) few))
    WHERE p_service = 'notifier'
$$;
REVOKE ALL ON FUNCTION watch_due(text, text, timestamptz) FROM PUBLIC;
