-- A unit's own system is told of every act that changes what a ticket says, not only of its beginning, its rings and its end; and a
-- folder's paper follows the same acts. Which those are is said here once, and by EventKind::is_news: a test compares the two.

CREATE FUNCTION event_is_news(kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT kind IN ('signed', 'assigned', 'unassigned', 'unit-moved', 'contacted', 'evidence', 'decision-recorded', 'progress',
        'visit-failed', 'clock-started', 'resolved', 'close-requested', 'close-confirmed', 'close-refused', 'close-taken-back',
        'transfer-approved', 'transfer-received', 'transferred-in', 'transfer-withdrawn', 'requested', 'oversight-opened',
        'not-filed-told', 'not-filed-withdrawn', 'due-moved', 'motion-asked', 'motion-agreed', 'motion-granted', 'motion-refused', 'motion-withdrawn',
        'returned-in', 'reopened', 'flood-closed', 'flood-given-back', 'instructed')
$$;
REVOKE ALL ON FUNCTION event_is_news(text) FROM PUBLIC;
COMMENT ON FUNCTION event_is_news IS 'whether an act changes what a ticket says: not calls, looks and mails';

ALTER TABLE posts DROP CONSTRAINT posts_event_check;
ALTER TABLE posts ADD CONSTRAINT posts_event_check
    CHECK (event IN ('dispatched', 'rung', 'escalated', 'acknowledged', 'changed', 'closed', 'reopened'));
COMMENT ON COLUMN posts.detail IS 'level, stage, cause, how, act: words and numbers only';

-- Asked here and not in the WHEN of a trigger, which runs with the rights of whoever writes the event. Where nobody has such an
-- outlet, nothing is looked up.
DROP TRIGGER folder_changed ON events;
DROP TRIGGER folder_changed_by_motion ON events;
CREATE OR REPLACE FUNCTION folder_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF event_is_news(NEW.kind) AND EXISTS (SELECT FROM outlets WHERE kind = 'folder' AND ended_at IS NULL) THEN
        PERFORM folder_ask(NEW.ticket_id, 'changed', NEW.at);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER folder_changed AFTER INSERT ON events FOR EACH ROW WHEN (NEW.ticket_id IS NOT NULL) EXECUTE FUNCTION folder_changed();

-- Whether a ticket has ended is read of the ticket, not of the act: a closing may still wait for somebody.
DROP TRIGGER post_event ON events;
CREATE OR REPLACE FUNCTION post_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ended boolean;
    what  text;
BEGIN
    IF NOT (NEW.kind = 'ring-answered' OR event_is_news(NEW.kind))
       OR NOT EXISTS (SELECT FROM outlets WHERE kind = 'webhook' AND ended_at IS NULL) THEN
        RETURN NULL;
    END IF;
    SELECT t.state IN ('resolved', 'confirmed', 'archived', 'returned', 'waived') INTO ended FROM tickets t WHERE t.id = NEW.ticket_id;
    what := CASE
        WHEN NEW.kind = 'ring-answered' THEN 'acknowledged'
        WHEN ended AND NEW.kind IN ('resolved', 'close-confirmed', 'transfer-received', 'transfer-withdrawn', 'not-filed-withdrawn',
                                       'motion-granted', 'flood-closed') THEN 'closed'
        WHEN NOT ended AND (NEW.kind IN ('reopened', 'transfer-withdrawn', 'flood-given-back')
                            OR NEW.kind = 'close-taken-back' AND NEW.detail ->> 'was' = 'resolved') THEN 'reopened'
        ELSE 'changed' END;
    INSERT INTO posts (id, outlet_id, dedup, county, event, ticket_id, detail, urgency, drill, created_at, state)
    SELECT gen_random_uuid(), o.id, format('%s:%s:%s', CASE what WHEN 'changed' THEN NEW.kind ELSE what END, t.id, extract(epoch FROM NEW.at)),
           t.county, what, t.id,
           jsonb_strip_nulls(jsonb_build_object('how', CASE what WHEN 'acknowledged' THEN NEW.detail ->> 'how' END,
                                                'act', CASE WHEN what <> 'acknowledged' THEN NEW.kind END)),
           t.urgency, t.drill, NEW.at, 'queued'
    FROM tickets t JOIN outlets o ON o.county = t.county AND o.unit = t.unit AND o.kind = 'webhook' AND o.ended_at IS NULL
    WHERE t.id = NEW.ticket_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER post_event AFTER INSERT ON events FOR EACH ROW WHEN (NEW.ticket_id IS NOT NULL) EXECUTE FUNCTION post_event();
