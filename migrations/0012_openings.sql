-- 申请查看: what a ticket doesn't show, or who reported, opened for one person for a time. One table for a unit's asking, the
-- police's look at the sealed identity and the office's at a reporter whom it calls back.
--
-- The states and what may follow what are casework's state machine of openings; the CHECK constraints and the trigger say the same,
-- so that an opening that nobody approved, that approved itself or that never ends can't be stored by anybody.

CREATE TABLE openings (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county           text        NOT NULL,
    report_id        bigint      NOT NULL REFERENCES reports,
    ticket_id        bigint      REFERENCES tickets,
    unit             text        NOT NULL,
    side             text        NOT NULL CHECK (side IN ('unit', 'office', 'oversight')),
    way              text        NOT NULL CHECK (way IN ('approval', 'urgent', 'police')),
    parts            text[]      NOT NULL CHECK (cardinality(parts) > 0 AND parts <@ ARRAY['place', 'situations', 'own', 'child', 'birth',
                                     'school', 'home', 'suspect', 'narrative', 'reporter', 'identity']),
    urgency          text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3')),
    drill            boolean     NOT NULL,
    version          integer     NOT NULL DEFAULT 1,
    state            text        NOT NULL CHECK (state IN ('asked', 'open', 'refused', 'withdrawn', 'ended')),
    asked_at         timestamptz NOT NULL,
    asked_by         text        NOT NULL,
    asked_account    bigint      NOT NULL REFERENCES accounts,
    reason           bytea       NOT NULL,
    due_at           timestamptz,
    decided_at       timestamptz,
    decided_by       text,
    decided_account  bigint      REFERENCES accounts,
    decided_note     bytea,
    opened_at        timestamptz,
    ends_at          timestamptz,
    ended_at         timestamptz,
    ended_by         text,
    ended_account    bigint      REFERENCES accounts,
    ended_why        text        CHECK (ended_why IN ('ticket', 'review')),
    review_due_at    timestamptz,
    review           text        CHECK (review IN ('compliant', 'not-compliant')),
    reviewed_at      timestamptz,
    reviewed_by      text,
    reviewed_account bigint      REFERENCES accounts,
    review_note      bytea,
    plan             jsonb       NOT NULL DEFAULT '[]',
    next_step        smallint    NOT NULL DEFAULT 0,
    next_at          timestamptz,
    told_at          timestamptz,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    CONSTRAINT openings_of_a_unit CHECK (side <> 'unit' OR ticket_id IS NOT NULL),
    CONSTRAINT openings_way CHECK (
        (way = 'approval') = (due_at IS NOT NULL) AND (way = 'approval') = (review_due_at IS NULL)
        AND (way = 'approval' OR ticket_id IS NOT NULL AND state IN ('open', 'ended'))
        AND (way <> 'urgent' OR urgency = 'P1' AND NOT parts && ARRAY['reporter', 'identity'])
        AND (way <> 'police' OR side = 'unit' AND parts = ARRAY['identity'])),
    CONSTRAINT openings_open CHECK ((state IN ('open', 'ended')) = (opened_at IS NOT NULL)
        AND (opened_at IS NULL) = (ends_at IS NULL) AND ends_at - opened_at = interval '72 hours'),
    CONSTRAINT openings_decided CHECK (
        (decided_at IS NOT NULL) = (state = 'refused' OR way = 'approval' AND state IN ('open', 'ended'))
        AND (decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (decided_account IS NULL)
        AND (decided_note IS NULL OR decided_at IS NOT NULL) AND decided_account IS DISTINCT FROM asked_account
        AND (state = 'refused' OR decided_at IS NOT DISTINCT FROM opened_at OR way <> 'approval')),
    CONSTRAINT openings_ended CHECK ((state IN ('withdrawn', 'ended')) = (ended_at IS NOT NULL)
        AND (ended_at IS NULL) = (ended_by IS NULL)
        -- What the program itself closes has no account behind it.
        AND (ended_at IS NOT NULL OR ended_account IS NULL)
        AND (ended_account IS NOT NULL OR ended_at IS NULL OR ended_why IS NOT DISTINCT FROM 'ticket')
        AND (ended_why IS NULL OR ended_at IS NOT NULL)
        AND (ended_why IS DISTINCT FROM 'review' OR state = 'ended' AND review = 'not-compliant' AND ended_at = reviewed_at)
        AND (state <> 'ended' OR ended_at >= opened_at AND ended_at < ends_at)),
    CONSTRAINT openings_reviewed CHECK ((review IS NULL) = (reviewed_at IS NULL) AND (review IS NULL) = (reviewed_by IS NULL)
        AND (review IS NULL) = (reviewed_account IS NULL) AND (review IS NULL OR review_due_at IS NOT NULL)
        AND (review_note IS NULL OR review IS NOT NULL) AND (review IS DISTINCT FROM 'not-compliant' OR review_note IS NOT NULL)
        AND reviewed_account IS DISTINCT FROM asked_account)
);
CREATE INDEX openings_waiting ON openings (county, due_at) WHERE state = 'asked';
CREATE INDEX openings_to_review ON openings (county, review_due_at) WHERE review_due_at IS NOT NULL AND review IS NULL;
CREATE INDEX openings_shown ON openings (ticket_id, asked_account, ends_at) WHERE state = 'open';
CREATE INDEX openings_report ON openings (report_id, asked_at);
CREATE INDEX openings_list ON openings (county, id DESC);
CREATE INDEX openings_next ON openings (next_at) WHERE next_at IS NOT NULL;
-- What the ticket's end looks for.
CREATE INDEX openings_of_ticket ON openings (ticket_id) WHERE state IN ('asked', 'open');
COMMENT ON TABLE openings IS 'what is opened for one account beyond what its ticket or role shows: asked, decided or reviewed by somebody else, over after 72 hours';
COMMENT ON COLUMN openings.ticket_id IS 'in whose name; the office and the oversight may ask without one';
COMMENT ON COLUMN openings.unit IS 'of whoever asked';
COMMENT ON COLUMN openings.way IS 'approval: another person approves first. urgent and police: at once, and reviewed';
COMMENT ON COLUMN openings.parts IS 'parts of the report, as in tickets.shows';
COMMENT ON COLUMN openings.version IS 'rises with every act; a page that carries an older one is stale and changes nothing';
COMMENT ON COLUMN openings.asked_by IS 'the name of that time, as in every column _by; the account stands beside it';
COMMENT ON COLUMN openings.reason IS 'sealed with the report''s key, as decided_note and review_note';
COMMENT ON COLUMN openings.due_at IS 'by when it must be decided; NULL: nobody has to';
COMMENT ON COLUMN openings.ends_at IS 'over from then on, without anybody''s act';
COMMENT ON COLUMN openings.ended_at IS 'ended before that, or withdrawn before it was decided';
COMMENT ON COLUMN openings.ended_why IS 'NULL: a person ended it. ticket: the ticket closed or left the unit. review: found not compliant while it still ran';
COMMENT ON COLUMN openings.review_due_at IS 'by when it must be reviewed; NULL: nobody has to';
COMMENT ON COLUMN openings.plan IS 'who is told when nobody decides or reviews it, as in stages.plan';
COMMENT ON COLUMN openings.next_step IS 'position in plan of the next step to send';
COMMENT ON COLUMN openings.next_at IS 'when the clock looks at it next; NULL: it waits for nobody, or everybody was told';
COMMENT ON COLUMN openings.told_at IS 'when somebody was last told that the decision or the review is due';

-- What was asked never changes, what was written once stays, and the states follow each other as the state machine says. The
-- other person is another person, not another login of the same.
CREATE FUNCTION openings_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> (CASE NEW.way WHEN 'approval' THEN 'asked' ELSE 'open' END) OR NEW.review IS NOT NULL THEN
            RAISE EXCEPTION 'an opening begins as asked, or open where it is reviewed afterwards' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.county, NEW.report_id, NEW.ticket_id, NEW.unit, NEW.side, NEW.way, NEW.parts, NEW.urgency, NEW.drill, NEW.asked_at,
        NEW.asked_by, NEW.asked_account, NEW.reason, NEW.due_at, NEW.review_due_at)
       IS DISTINCT FROM
       (OLD.county, OLD.report_id, OLD.ticket_id, OLD.unit, OLD.side, OLD.way, OLD.parts, OLD.urgency, OLD.drill, OLD.asked_at,
        OLD.asked_by, OLD.asked_account, OLD.reason, OLD.due_at, OLD.review_due_at)
       OR OLD.decided_at IS NOT NULL AND (NEW.decided_at, NEW.decided_by, NEW.decided_account, NEW.decided_note)
          IS DISTINCT FROM (OLD.decided_at, OLD.decided_by, OLD.decided_account, OLD.decided_note)
       OR OLD.opened_at IS NOT NULL AND (NEW.opened_at, NEW.ends_at) IS DISTINCT FROM (OLD.opened_at, OLD.ends_at)
       OR OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ended_by, NEW.ended_account)
          IS DISTINCT FROM (OLD.ended_at, OLD.ended_by, OLD.ended_account)
       OR OLD.review IS NOT NULL AND (NEW.review, NEW.reviewed_at, NEW.reviewed_by, NEW.reviewed_account, NEW.review_note)
          IS DISTINCT FROM (OLD.review, OLD.reviewed_at, OLD.reviewed_by, OLD.reviewed_account, OLD.review_note)
       OR NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (('asked', 'open'), ('asked', 'refused'), ('asked', 'withdrawn'),
          ('open', 'ended')) THEN
        RAISE EXCEPTION 'opening % is % and can''t be changed so', OLD.id, OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.decided_account IS NULL AND NEW.decided_account IS NOT NULL AND same_person(NEW.decided_account, NEW.asked_account)
       OR OLD.reviewed_account IS NULL AND NEW.reviewed_account IS NOT NULL AND same_person(NEW.reviewed_account, NEW.asked_account) THEN
        RAISE EXCEPTION 'opening % is decided and reviewed by another person', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER openings_guard BEFORE INSERT OR UPDATE ON openings FOR EACH ROW EXECUTE FUNCTION openings_guard();
CREATE TRIGGER act_step AFTER INSERT OR UPDATE ON openings FOR EACH ROW
    EXECUTE FUNCTION act_step('asked_at', 'decided_at', 'opened_at', 'ended_at', 'reviewed_at', 'told_at');

-- Nothing is told of what waits for nobody any more; the plan stays what it was.
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
CREATE TRIGGER openings_clock BEFORE INSERT OR UPDATE ON openings FOR EACH ROW EXECUTE FUNCTION openings_clock();

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

-- What is open for an account just then: of a ticket, or of a report without one. A part that stands in several openings is in
-- the answer once.
CREATE FUNCTION openings_shown(p_report bigint, p_ticket bigint, p_account bigint, p_at timestamptz) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT part), '{}')
    FROM openings o, unnest(o.parts) AS part
    WHERE o.report_id = p_report AND o.asked_account = p_account AND o.state = 'open'
      AND o.opened_at <= p_at AND o.ends_at > p_at
      AND (o.ticket_id = p_ticket OR p_ticket IS NULL AND o.side <> 'unit')
$$;
REVOKE ALL ON FUNCTION openings_shown(bigint, bigint, bigint, timestamptz) FROM PUBLIC;
