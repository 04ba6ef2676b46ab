-- 申请查看: what a ticket doesn't show, or who reported, opened for one person for a time. One table for a unit's asking, the
-- police's look at the sealed identity and the office's at a reporter whom it calls back.
--
-- The states and what may follow what are casework::lifecycle::opening; the CHECK constraints and the trigger say the same, so that an
-- opening that nobody approved, that approved itself or that never ends can't be stored by anybody.

-- Two logins of one person are one person: the same mobile phone, or the same name where no two different phones say otherwise.
-- It errs towards refusing: somebody else then decides.
CREATE FUNCTION mobile_phones(said text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT regexp_replace(m[1], '[ -]', '', 'g')), '{}')
    FROM regexp_matches(translate(coalesce(said, ''), '０１２３４５６７８９－', '0123456789-'),
                        '(?:^|[^0-9]|86)(1[3-9][0-9](?:[ -]?[0-9]){8})(?![0-9])', 'g') AS m
$$;
CREATE FUNCTION same_person(one bigint, other bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one = other OR EXISTS (
        SELECT FROM accounts a, accounts b WHERE a.id = one AND b.id = other
          AND (mobile_phones(a.phone) && mobile_phones(b.phone)
               OR regexp_replace(a.name, '\s', '', 'g') = regexp_replace(b.name, '\s', '', 'g')
                  AND (mobile_phones(a.phone) = '{}' OR mobile_phones(b.phone) = '{}')))
$$;
REVOKE ALL ON FUNCTION same_person(bigint, bigint) FROM PUBLIC;

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
    review_due_at    timestamptz,
    review           text        CHECK (review IN ('compliant', 'not-compliant')),
    reviewed_at      timestamptz,
    reviewed_by      text,
    reviewed_account bigint      REFERENCES accounts,
    review_note      bytea,
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
        AND (ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ended_account IS NULL)
        AND (state <> 'ended' OR ended_at >= opened_at AND ended_at < ends_at)),
    CONSTRAINT openings_reviewed CHECK ((review IS NULL) = (reviewed_at IS NULL) AND (review IS NULL) = (reviewed_by IS NULL)
        AND (review IS NULL) = (reviewed_account IS NULL) AND (review IS NULL OR review_due_at IS NOT NULL)
        AND (review_note IS NULL OR review IS NOT NULL) AND (review IS DISTINCT FROM 'not-compliant' OR review_note IS NOT NULL)
        AND reviewed_account IS DISTINCT FROM asked_account)
);
COMMENT ON TABLE openings IS 'what is opened for one account beyond what its ticket or role shows: asked, decided or reviewed by somebody else, over after 72 hours';
COMMENT ON COLUMN openings.ticket_id IS 'in whose name; the office and the oversight may ask without one';
COMMENT ON COLUMN openings.way IS 'approval: another person approves first. urgent and police: at once, and reviewed';
COMMENT ON COLUMN openings.reason IS 'sealed with the report''s key, as decided_note and review_note';
COMMENT ON COLUMN openings.due_at IS 'by when it must be decided';
COMMENT ON COLUMN openings.told_at IS 'when the office was told that the decision or the review is overdue';

CREATE INDEX openings_waiting ON openings (county, due_at) WHERE state = 'asked';
CREATE INDEX openings_to_review ON openings (county, review_due_at) WHERE review_due_at IS NOT NULL AND review IS NULL;
CREATE INDEX openings_shown ON openings (ticket_id, asked_account, ends_at) WHERE state = 'open';
CREATE INDEX openings_report ON openings (report_id, asked_at);
CREATE INDEX openings_list ON openings (county, id DESC);
CREATE INDEX openings_overdue ON openings ((coalesce(due_at, review_due_at)))
    WHERE told_at IS NULL AND (state = 'asked' OR review_due_at IS NOT NULL AND review IS NULL);

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

ALTER TABLE openings ENABLE ROW LEVEL SECURITY;
ALTER TABLE openings FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON openings TO CURRENT_USER USING (true) WITH CHECK (true);

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
