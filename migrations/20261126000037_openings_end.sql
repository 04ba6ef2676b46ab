-- An opening ends with what it rests on, and its clock leads somewhere: with its ticket, by a review that finds it was not right,
-- and from the office up to the leading group where nobody decides or reviews in time.

ALTER TABLE openings
    ADD COLUMN ended_why text CHECK (ended_why IN ('ticket', 'review')),
    ADD COLUMN plan      jsonb    NOT NULL DEFAULT '[]',
    ADD COLUMN next_step smallint NOT NULL DEFAULT 0,
    ADD COLUMN next_at   timestamptz;
COMMENT ON COLUMN openings.ended_why IS 'NULL: a person ended it. ticket: the ticket closed or left the unit. review: found not compliant while it still ran';
COMMENT ON COLUMN openings.plan IS 'who is told when nobody decides or reviews it, as in stages.plan';
COMMENT ON COLUMN openings.next_at IS 'when the clock looks at it next; NULL: it waits for nobody, or everybody was told';
COMMENT ON COLUMN openings.told_at IS 'when somebody was last told that the decision or the review is due';

ALTER TABLE openings DROP CONSTRAINT openings_ended;
ALTER TABLE openings ADD CONSTRAINT openings_ended CHECK ((state IN ('withdrawn', 'ended')) = (ended_at IS NOT NULL)
    AND (ended_at IS NULL) = (ended_by IS NULL)
    -- What the program itself closes has no account behind it.
    AND (ended_at IS NOT NULL OR ended_account IS NULL)
    AND (ended_account IS NOT NULL OR ended_at IS NULL OR ended_why IS NOT DISTINCT FROM 'ticket')
    AND (ended_why IS NULL OR ended_at IS NOT NULL)
    AND (ended_why IS DISTINCT FROM 'review' OR state = 'ended' AND review = 'not-compliant' AND ended_at = reviewed_at)
    AND (state <> 'ended' OR ended_at >= opened_at AND ended_at < ends_at));

-- Nothing is told of what waits for nobody any more.
CREATE FUNCTION openings_clock() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT (NEW.state = 'asked' OR NEW.review_due_at IS NOT NULL AND NEW.review IS NULL) THEN
        NEW.next_at := NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.plan IS DISTINCT FROM OLD.plan
       OR TG_OP = 'UPDATE' AND OLD.ended_at IS NOT NULL AND NEW.ended_why IS DISTINCT FROM OLD.ended_why THEN
        RAISE EXCEPTION 'opening % is % and can''t be changed so', OLD.id, OLD.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- What waits already: the office at the due time, the leading group an hour later, as the county's rows for the end of a stage say.
UPDATE openings SET
    plan = jsonb_build_array(
        jsonb_build_object('level', 2, 'to', 'office', 'action', 'urge', 'at', coalesce(due_at, review_due_at)),
        jsonb_build_object('level', 4, 'to', 'leading-group', 'action', 'supervise-letter',
                           'at', coalesce(due_at, review_due_at) + interval '1 hour')),
    next_step = CASE WHEN told_at IS NULL THEN 0 ELSE 1 END,
    next_at = coalesce(due_at, review_due_at) + CASE WHEN told_at IS NULL THEN interval '0' ELSE interval '1 hour' END
WHERE state = 'asked' OR review_due_at IS NOT NULL AND review IS NULL;

CREATE TRIGGER openings_clock BEFORE INSERT OR UPDATE ON openings FOR EACH ROW EXECUTE FUNCTION openings_clock();

DROP INDEX openings_overdue;
CREATE INDEX openings_next ON openings (next_at) WHERE next_at IS NOT NULL;
-- What the ticket's end looks for.
CREATE INDEX openings_of_ticket ON openings (ticket_id) WHERE state IN ('asked', 'open');

-- Whatever closes a ticket, or takes it from the unit, ends what is open in its name and takes back what is asked. At the end of
-- the transaction, when the act that did it stands in the trail: it tells when, and who. What is to be reviewed still is.
CREATE FUNCTION openings_follow_ticket() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    act  record;
    o    openings;
    over timestamptz;
    nth  integer := 0;
BEGIN
    IF NOT EXISTS (SELECT FROM tickets t WHERE t.id = NEW.id
                   AND (t.unit <> OLD.unit OR t.state IN ('resolved', 'confirmed', 'archived', 'returned', 'waived'))) THEN
        RETURN NULL;
    END IF;
    SELECT e.at, e.actor, e.account_id INTO act FROM events e
    WHERE e.report_id = NEW.report_id AND e.ticket_id = NEW.id AND e.kind NOT LIKE 'opening-%' ORDER BY e.at DESC LIMIT 1;
    FOR o IN SELECT * FROM openings WHERE ticket_id = NEW.id AND state IN ('asked', 'open') ORDER BY id FOR UPDATE LOOP
        over := greatest(act.at, NEW.resolved_at, o.asked_at, o.opened_at);
        CONTINUE WHEN o.state = 'open' AND o.ends_at <= over;
        UPDATE openings SET state = CASE o.state WHEN 'asked' THEN 'withdrawn' ELSE 'ended' END, version = version + 1,
            ended_at = over, ended_by = coalesce(act.actor, ''), ended_account = act.account_id, ended_why = 'ticket'
        WHERE id = o.id;
        -- After the act itself, and one after the other.
        nth := nth + 1;
        INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
        VALUES (over + (200 + nth) * interval '1 microsecond', o.report_id, o.ticket_id,
                CASE o.state WHEN 'asked' THEN 'opening-withdrawn' ELSE 'opening-ended' END, coalesce(act.actor, ''), act.account_id,
                jsonb_build_object('opening', o.id, 'parts', o.parts, 'why', 'ticket'));
    END LOOP;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER openings_follow_ticket AFTER UPDATE ON tickets DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.unit <> NEW.unit
        OR OLD.state <> NEW.state AND NEW.state IN ('resolved', 'confirmed', 'archived', 'returned', 'waived'))
    EXECUTE FUNCTION openings_follow_ticket();

-- What outlived its ticket before.
UPDATE openings o SET state = CASE o.state WHEN 'asked' THEN 'withdrawn' ELSE 'ended' END, version = o.version + 1,
    ended_at = greatest(t.resolved_at, o.asked_at, o.opened_at), ended_by = coalesce(t.resolved_by, ''),
    ended_account = t.resolved_by_account, ended_why = 'ticket'
FROM tickets t
WHERE t.id = o.ticket_id AND t.state IN ('resolved', 'confirmed', 'archived', 'returned', 'waived') AND o.state IN ('asked', 'open')
  AND (o.state = 'asked' OR greatest(t.resolved_at, o.opened_at) < o.ends_at);
