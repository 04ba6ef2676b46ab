-- 申请事项: what a unit that holds a ticket asks of the office (decision 67). The states and what may be asked are casework's
-- (ticket::motion); the constraints and the guard say the same, so that nothing is granted that nobody asked, and nobody grants
-- what they asked themselves.
CREATE TABLE motions (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county          text        NOT NULL,
    report_id       bigint      NOT NULL REFERENCES reports,
    ticket_id       bigint      NOT NULL REFERENCES tickets,
    unit            text        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('return', 'extension')),
    urgency         text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3')),
    drill           boolean     NOT NULL,
    state           text        NOT NULL CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn', 'lapsed')),
    ground          text        CHECK (ground IN ('not-our-duty', 'not-our-area', 'duplicate', 'other')),
    wanted_unit     text,
    stage           text        CHECK (stage IN ('contact', 'resolve')),
    was_due         timestamptz,
    wanted_due      timestamptz,
    asked_at        timestamptz NOT NULL,
    asked_by        text        NOT NULL,
    asked_account   bigint      NOT NULL REFERENCES accounts,
    reason          bytea       NOT NULL,
    due_at          timestamptz NOT NULL,
    decided_at      timestamptz,
    decided_by      text,
    decided_account bigint      REFERENCES accounts,
    decided_note    bytea,
    granted_unit    text,
    successor       bigint      REFERENCES tickets,
    granted_due     timestamptz,
    ended_at        timestamptz,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    FOREIGN KEY (county, wanted_unit) REFERENCES units (county, code),
    FOREIGN KEY (county, granted_unit) REFERENCES units (county, code),
    CONSTRAINT motions_asks CHECK ((kind = 'return') = (ground IS NOT NULL) AND (kind = 'return' OR wanted_unit IS NULL)
        AND (kind = 'extension') = (stage IS NOT NULL) AND (stage IS NULL) = (was_due IS NULL) AND (stage IS NULL) = (wanted_due IS NULL)
        AND wanted_due > was_due),
    CONSTRAINT motions_decided CHECK ((decided_at IS NOT NULL) = (state IN ('granted', 'refused'))
        AND (decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (decided_account IS NULL)
        AND (state <> 'refused' OR decided_note IS NOT NULL) AND (decided_note IS NULL OR decided_at IS NOT NULL)
        AND decided_account IS DISTINCT FROM asked_account),
    CONSTRAINT motions_granted CHECK (((state, kind) = ('granted', 'return')) = (granted_unit IS NOT NULL)
        AND (granted_unit IS NULL) = (successor IS NULL) AND granted_unit <> unit
        AND ((state, kind) = ('granted', 'extension')) = (granted_due IS NOT NULL) AND granted_due > was_due),
    CONSTRAINT motions_ended CHECK ((ended_at IS NOT NULL) = (state IN ('withdrawn', 'lapsed')))
);
-- One thing at a time: its clock is a clock of the ticket.
CREATE UNIQUE INDEX motions_one ON motions (ticket_id) WHERE state = 'asked';
CREATE INDEX motions_waiting ON motions (county, due_at, id) WHERE state = 'asked';
CREATE INDEX motions_ticket ON motions (ticket_id, id);
COMMENT ON TABLE motions IS 'what a unit asks of the office about a ticket that it holds: to return it, or more time for a stage';
COMMENT ON COLUMN motions.unit IS 'that asks: the ticket''s, then';
COMMENT ON COLUMN motions.ground IS 'of a return; the reason in words is sealed';
COMMENT ON COLUMN motions.wanted_unit IS 'whom the unit proposes instead; NULL: nobody. The office names whom it likes';
COMMENT ON COLUMN motions.stage IS 'for which more time is asked';
COMMENT ON COLUMN motions.was_due IS 'when that was due; stays when the due is put off';
COMMENT ON COLUMN motions.asked_by IS 'the name of that time, as in every column _by; the account stands beside it';
COMMENT ON COLUMN motions.reason IS 'sealed with the report''s key, as decided_note';
COMMENT ON COLUMN motions.due_at IS 'by when the office decides: the due of the ticket''s stage motion';
COMMENT ON COLUMN motions.granted_unit IS 'whom the office named; successor is its ticket';
COMMENT ON COLUMN motions.ended_at IS 'the unit took it back, or it lapsed because its stage ended';

-- How often the obligation of a ticket was returned in its case: after two the owner that the office named is final.
CREATE FUNCTION case_returns(ticket bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM tickets mine
    JOIN tickets t ON t.case_id = mine.case_id AND t.obligation = mine.obligation
    JOIN motions m ON m.ticket_id = t.id AND m.kind = 'return' AND m.state = 'granted'
    WHERE mine.id = ticket
$$;
REVOKE ALL ON FUNCTION case_returns(bigint) FROM PUBLIC;

CREATE FUNCTION motions_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'asked' OR NEW.kind = 'return' AND case_returns(NEW.ticket_id) >= 2 THEN
            RAISE EXCEPTION 'a motion begins as asked, and no obligation is returned three times' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'asked' OR NEW.state = 'asked'
       OR (NEW.county, NEW.report_id, NEW.ticket_id, NEW.unit, NEW.kind, NEW.urgency, NEW.drill, NEW.ground, NEW.wanted_unit, NEW.stage,
           NEW.was_due, NEW.wanted_due, NEW.asked_at, NEW.asked_by, NEW.asked_account, NEW.reason, NEW.due_at)
          IS DISTINCT FROM
          (OLD.county, OLD.report_id, OLD.ticket_id, OLD.unit, OLD.kind, OLD.urgency, OLD.drill, OLD.ground, OLD.wanted_unit, OLD.stage,
           OLD.was_due, OLD.wanted_due, OLD.asked_at, OLD.asked_by, OLD.asked_account, OLD.reason, OLD.due_at) THEN
        RAISE EXCEPTION 'motion % is % and can''t be changed so', OLD.id, OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.decided_account IS NOT NULL AND same_person(NEW.decided_account, NEW.asked_account) THEN
        RAISE EXCEPTION 'motion % is decided by another person', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION motions_guard() FROM PUBLIC;
CREATE TRIGGER motions_guard BEFORE INSERT OR UPDATE ON motions FOR EACH ROW EXECUTE FUNCTION motions_guard();
CREATE TRIGGER act_step AFTER INSERT OR UPDATE ON motions FOR EACH ROW EXECUTE FUNCTION act_step('asked_at', 'decided_at', 'ended_at');

-- Whatever ends a stage ends the asking for more time, with the clock on which the office had to decide it.
CREATE FUNCTION motions_follow_stage() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE motions SET state = 'lapsed', ended_at = NEW.ended_at
    WHERE ticket_id = NEW.ticket_id AND state = 'asked' AND kind = 'extension' AND stage = NEW.stage;
    IF FOUND THEN
        UPDATE stages SET ended_at = NEW.ended_at, next_at = NULL, ended_how = 'void'
        WHERE ticket_id = NEW.ticket_id AND stage = 'motion' AND ended_at IS NULL;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION motions_follow_stage() FROM PUBLIC;
CREATE TRIGGER motions_follow_stage AFTER UPDATE ON stages
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.stage IN ('contact', 'resolve'))
    EXECUTE FUNCTION motions_follow_stage();

ALTER TABLE motions ENABLE ROW LEVEL SECURITY;
ALTER TABLE motions FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON motions TO CURRENT_USER USING (true) WITH CHECK (true);

-- The clock on which the office decides, and dues that a person chose: a calendar leaves them where they are.
ALTER TABLE stages DROP CONSTRAINT stages_stage;
ALTER TABLE stages ADD CONSTRAINT stages_stage CHECK (stage IN ('sign', 'contact', 'resolve', 'confirm', 'approve', 'motion'));
ALTER TABLE stages ADD COLUMN due_fixed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN stages.due_fixed IS 'its due is a day that the office chose, or that of the case''s first ticket: it does not follow from the limit';
COMMENT ON COLUMN stages.due_generation IS 'rises when the clock starts anew (a reopening) or its due moves (a calendar, an extension): crossings of an older one are told apart';

INSERT INTO ticket_changes (was, becomes) VALUES
    ('signed', 'return-requested'), ('in-progress', 'return-requested'),
    ('return-requested', 'returned'), ('return-requested', 'in-progress');

ALTER TABLE notices DROP CONSTRAINT notices_subject_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_subject_kind_check
    CHECK (subject_kind IN ('rule-set', 'account', 'opening', 'callbacks', 'factor-reset', 'flood', 'duty-page', 'duty', 'swap', 'calendar',
                            'gateway', 'motion'));

-- News for whoever holds a ticket on paper.
CREATE TRIGGER folder_changed_by_motion AFTER INSERT ON events FOR EACH ROW
    WHEN (NEW.ticket_id IS NOT NULL AND NEW.kind IN ('motion-asked', 'motion-granted', 'motion-refused', 'motion-withdrawn', 'returned-in'))
    EXECUTE FUNCTION folder_changed();

-- The reporter is told that the child was seen, whoever has the ticket since.
CREATE OR REPLACE FUNCTION report_status(report bigint, mac bytea)
RETURNS TABLE (received_at timestamptz, reporter_kind text, tickets jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.received_at, f.facts ->> 'reporter_kind',
           (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'police', t.obligation = 'police-accept',
                'triage', t.obligation = 'triage',
                'state', t.state,
                'dispatched_at', t.dispatched_at,
                'signed_at', t.signed_at,
                -- Seen is a contact that a named person recorded; that a stage ended says nothing. A child that was seen
                -- before the ticket was returned stays seen.
                'seen_at', (SELECT min(p.seen_at) FROM tickets p
                            WHERE (p.id = t.id OR p.state = 'returned' AND p.report_id = r.id AND p.obligation = t.obligation)
                              AND p.contacted_at IS NOT NULL
                              AND EXISTS (SELECT FROM events e WHERE e.report_id = r.id AND e.ticket_id = p.id
                                                                 AND e.kind = 'contacted' AND e.account_id IS NOT NULL)),
                'resolved_at', t.resolved_at,
                'stages', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'stage', s.stage, 'due_at', s.due_at, 'provisional', s.provisional, 'ended_at', s.ended_at,
                        'sent', (SELECT coalesce(jsonb_agg(DISTINCT n.kind), '[]') FROM notices n
                                 WHERE n.ticket_id = t.id AND n.stage_id = s.id AND n.state = 'sent' AND n.level IS NOT NULL)
                    )), '[]') FROM stages s WHERE s.ticket_id = t.id AND s.ended_how IS DISTINCT FROM 'void')
            ) ORDER BY t.id), '[]')
            FROM tickets t WHERE t.report_id = r.id AND t.state NOT IN ('returned', 'waived'))
    FROM reports r JOIN report_facts f ON f.report_id = r.id
    WHERE r.id = report AND r.follow_up_mac = mac
$$;
