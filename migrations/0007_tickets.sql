-- Routing's outcome: cases, decisions, tickets and their clocks, and the trail of what happened to them.

CREATE TABLE cases (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county    text        NOT NULL,
    opened_at timestamptz NOT NULL,
    urgency   text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3'))
);
COMMENT ON TABLE cases IS 'what the tickets of one report stand in';
COMMENT ON COLUMN cases.urgency IS 'as the first decision found it';

CREATE TABLE case_reports (
    report_id bigint PRIMARY KEY REFERENCES reports,
    case_id   bigint NOT NULL REFERENCES cases
);
CREATE INDEX case_reports_case ON case_reports (case_id);
COMMENT ON TABLE case_reports IS 'which case a report belongs to';

CREATE TABLE decisions (
    report_id       bigint      NOT NULL REFERENCES reports,
    round           smallint    NOT NULL,
    urgency         text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3')),
    pack_version    integer     NOT NULL,
    rule_set        integer     NOT NULL,
    rows            jsonb       NOT NULL,
    unsent          jsonb       NOT NULL,
    triage_reasons  jsonb       NOT NULL,
    looks           jsonb       NOT NULL DEFAULT '{}',
    decided_by      text        NOT NULL,
    decided_account bigint      REFERENCES accounts,
    decided_at      timestamptz NOT NULL,
    PRIMARY KEY (report_id, round)
);
COMMENT ON TABLE decisions IS 'its primary key is what makes a report routed exactly once, however often its message arrives';
COMMENT ON COLUMN decisions.round IS '1 is the first routing; each 重新分派 by the office adds a round';
COMMENT ON COLUMN decisions.rule_set IS 'version of the rules that decided, as pack_version of the pack';
COMMENT ON COLUMN decisions.rows IS 'the rows of the tables that fired, for explanations';
COMMENT ON COLUMN decisions.unsent IS 'what was owed and went to nobody, with the reason';
COMMENT ON COLUMN decisions.triage_reasons IS 'why the office has to look; empty: it need not';
COMMENT ON COLUMN decisions.looks IS 'parts that office, leading-group and oversight see without a ticket, by the rows in force then';
COMMENT ON COLUMN decisions.decided_account IS 'NULL: the router by itself, or the command line';

-- The states and what may follow what are casework's state machine: ticket_changes repeats it. Here each state is tied to what must
-- be known in it, so that a row that says more than happened can't be stored by anybody. People are accounts and not their names:
-- two may share one.
CREATE TABLE tickets (
    id                      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county                  text        NOT NULL,
    drill                   boolean     NOT NULL,
    case_id                 bigint      NOT NULL REFERENCES cases,
    report_id               bigint      NOT NULL REFERENCES reports,
    predecessor             bigint      REFERENCES tickets,
    beside                  bigint      REFERENCES tickets,
    version                 integer     NOT NULL DEFAULT 1,
    -- What is owed by whom, and why.
    obligation              text        NOT NULL,
    unit                    text        NOT NULL,
    unit_kind               text        NOT NULL,
    lead                    boolean     NOT NULL,
    urgency                 text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3')),
    evidence                text,
    basis                   jsonb       NOT NULL,
    rule_set                integer     NOT NULL,
    unknowns                text[]      NOT NULL DEFAULT '{}' CHECK (unknowns <@ ARRAY['age', 'sex', 'left_behind']),
    shows                   text[]      NOT NULL DEFAULT '{place,own}',
    own                     text[]      NOT NULL DEFAULT '{}',
    dispatched_at           timestamptz NOT NULL,
    -- How far it is.
    state                   text        NOT NULL,
    next_stage              text,
    next_due_at             timestamptz,
    assignee                bigint      REFERENCES accounts,
    assignee_name           text,
    signed_at               timestamptz,
    signed_by               text,
    signed_by_account       bigint      REFERENCES accounts,
    contacted_at            timestamptz,
    contacted_by            text,
    contacted_by_account    bigint      REFERENCES accounts,
    seen_at                 timestamptz,
    evidence_at             timestamptz,
    -- A closing that waits.
    close_outcome           text,
    close_by                text        CHECK (close_by IN ('unit', 'office')),
    close_requested_at      timestamptz,
    close_requested_by      text,
    close_requested_account bigint      REFERENCES accounts,
    transfer_to             text,
    close_approved_at       timestamptz,
    close_approved_by       text,
    close_approved_account  bigint      REFERENCES accounts,
    -- The closing that holds.
    outcome                 text,
    resolved_at             timestamptz,
    resolved_by             text,
    resolved_by_account     bigint      REFERENCES accounts,
    callback_shut           timestamptz,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    FOREIGN KEY (county, transfer_to) REFERENCES units (county, code),
    CONSTRAINT tickets_state CHECK (state IN ('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'resolved',
        'confirmed', 'archived', 'return-requested', 'returned', 'reopened', 'waived')),
    CONSTRAINT tickets_signed CHECK ((signed_at IS NULL) = (signed_by IS NULL) AND (state <> 'dispatched' OR signed_at IS NULL)
        AND (signed_at IS NOT NULL
             OR state NOT IN ('signed', 'in-progress', 'close-requested', 'transferring', 'resolved', 'confirmed', 'archived'))),
    CONSTRAINT tickets_contacted CHECK ((contacted_at IS NULL) = (contacted_by IS NULL) AND (contacted_at IS NULL) = (seen_at IS NULL)
        AND seen_at <= contacted_at),
    CONSTRAINT tickets_closing CHECK ((state IN ('close-requested', 'transferring')) = (close_outcome IS NOT NULL)
        AND (close_outcome IS NULL) = (close_requested_at IS NULL) AND (close_outcome IS NULL) = (close_requested_by IS NULL)
        AND (close_outcome IS NULL) = (close_by IS NULL)),
    CONSTRAINT tickets_transfer CHECK ((transfer_to IS NOT NULL) = (close_outcome IS NOT NULL AND close_outcome = 'transferred')
        AND transfer_to IS DISTINCT FROM unit AND (state <> 'transferring' OR transfer_to IS NOT NULL AND close_approved_at IS NOT NULL)),
    CONSTRAINT tickets_approved CHECK ((close_approved_at IS NULL) = (close_approved_by IS NULL)
        AND (close_approved_at IS NULL OR state IN ('transferring', 'resolved', 'confirmed', 'archived'))
        AND (close_approved_account IS NULL OR close_approved_account IS DISTINCT FROM coalesce(close_requested_account, resolved_by_account))),
    CONSTRAINT tickets_resolved CHECK ((state IN ('resolved', 'confirmed', 'archived')) = (resolved_at IS NOT NULL)
        AND (resolved_at IS NULL) = (resolved_by IS NULL) AND (outcome IS NULL OR resolved_at IS NOT NULL)),
    CONSTRAINT tickets_shows CHECK (shows <@ '{place,situations,own,child,birth,school,home,suspect,narrative,reporter,identity}')
);
-- A report asks each obligation of a unit once; what follows on another ticket, or came from a merged unit, stands beside it.
CREATE UNIQUE INDEX tickets_once ON tickets (report_id, obligation, unit) WHERE predecessor IS NULL AND beside IS NULL;
CREATE INDEX tickets_case ON tickets (case_id);
CREATE INDEX tickets_report ON tickets (report_id);
CREATE INDEX tickets_unit ON tickets (county, unit, state);
CREATE INDEX tickets_dispatched ON tickets (county, dispatched_at);
CREATE INDEX tickets_predecessor ON tickets (predecessor) WHERE predecessor IS NOT NULL;
CREATE INDEX tickets_assignee ON tickets (assignee) WHERE assignee IS NOT NULL;
CREATE INDEX tickets_closing_due ON tickets (county, close_requested_at) WHERE state = 'close-requested';
-- Each list from an index that has its whole order, so that nothing is sorted, however many share a time.
CREATE INDEX tickets_desk ON tickets (county, unit, drill, next_due_at, id)
    WHERE state IN ('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'return-requested', 'reopened');
CREATE INDEX tickets_p1_unsigned ON tickets (county, drill, dispatched_at, id) WHERE state IN ('dispatched', 'reopened') AND urgency = 'P1';
CREATE INDEX tickets_triage ON tickets (county, urgency, dispatched_at, id) WHERE obligation = 'triage' AND resolved_at IS NULL AND state <> 'waived';
COMMENT ON TABLE tickets IS 'what one unit owes about one report; written by the router, then by desk and office';
COMMENT ON COLUMN tickets.drill IS 'as its report; filled in by a trigger where an insert does not say it';
COMMENT ON COLUMN tickets.predecessor IS 'the ticket that it takes over from: a transfer, or one that is closed already';
COMMENT ON COLUMN tickets.beside IS 'came from a unit that was merged into this one, which held the same obligation already by the ticket named here';
COMMENT ON COLUMN tickets.version IS 'rises with every act; a page that carries an older one is stale and changes nothing';
COMMENT ON COLUMN tickets.obligation IS 'code of the pack; triage: the office has to look';
COMMENT ON COLUMN tickets.unit_kind IS 'the kind the rules asked; where nobody is of that kind the unit is the office';
COMMENT ON COLUMN tickets.lead IS 'leads the case';
COMMENT ON COLUMN tickets.evidence IS 'code of the pack''s evidence.csv: what the unit has to record; NULL: nothing';
COMMENT ON COLUMN tickets.basis IS 'statutes and rows that asked it, for people';
COMMENT ON COLUMN tickets.rule_set IS 'version of the rules that made it; a change of rules leaves it alone';
COMMENT ON COLUMN tickets.unknowns IS 'unknown facts of a child on which the whole ticket rests: once they are known nothing may be owed';
COMMENT ON COLUMN tickets.shows IS 'parts of the report that it shows, by the disclosure row in force when it was dispatched';
COMMENT ON COLUMN tickets.own IS 'situations that asked this obligation';
COMMENT ON COLUMN tickets.next_stage IS 'the first stage not ended, as ticket_next says; NULL: none runs';
COMMENT ON COLUMN tickets.next_due_at IS 'due time of next_stage: the order of the desk';
COMMENT ON COLUMN tickets.assignee_name IS 'mended with the account''s name while the ticket is open';
COMMENT ON COLUMN tickets.signed_by IS 'the name of that time, as in every column _by; the account stands beside it. An account of NULL: the system, or nobody logged in';
COMMENT ON COLUMN tickets.contacted_at IS 'when the first contact was recorded: the child was seen exactly when this is set. The same moment as its contacted event';
COMMENT ON COLUMN tickets.seen_at IS 'when the child was seen, as that person said; may lie before the dispatch (a patrol)';
COMMENT ON COLUMN tickets.evidence_at IS 'when what evidence asks was recorded; NULL: not yet';
COMMENT ON COLUMN tickets.close_outcome IS 'the outcome that waits: for a confirmation, or for the other unit to sign. outcome is the one that holds';
COMMENT ON COLUMN tickets.close_by IS 'who confirms the waiting closing: another person of the unit, or the office';
COMMENT ON COLUMN tickets.transfer_to IS 'the unit that is to take the ticket over';
COMMENT ON COLUMN tickets.close_approved_by IS 'who confirmed the closing or approved the transfer; never who asked for it';
COMMENT ON COLUMN tickets.callback_shut IS 'the resolved_at that the reporter was called about and was not content with';

-- What may follow what, whoever writes it: a service, a function of this schema, or a person at psql. It is a copy of casework's
-- state machine, and a test compares the two pair by pair.
CREATE TABLE ticket_changes (
    was     text NOT NULL,
    becomes text NOT NULL,
    PRIMARY KEY (was, becomes)
);
COMMENT ON TABLE ticket_changes IS 'which state of a ticket may follow which';
INSERT INTO ticket_changes (was, becomes) VALUES
    ('dispatched', 'signed'), ('dispatched', 'returned'), ('dispatched', 'waived'),
    ('signed', 'in-progress'), ('signed', 'close-requested'), ('signed', 'resolved'),
    ('in-progress', 'close-requested'), ('in-progress', 'resolved'),
    ('close-requested', 'in-progress'), ('close-requested', 'transferring'), ('close-requested', 'resolved'),
    ('transferring', 'in-progress'), ('transferring', 'resolved'),
    ('resolved', 'in-progress'), ('resolved', 'confirmed'), ('resolved', 'reopened'),
    ('confirmed', 'reopened'),
    ('archived', 'reopened'),
    ('reopened', 'signed'),
    ('waived', 'dispatched');

CREATE FUNCTION ticket_change_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ticket_changes c WHERE c.was = OLD.state AND c.becomes = NEW.state) THEN
        RAISE EXCEPTION 'a ticket that is % does not become %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', TABLE = 'tickets', CONSTRAINT = 'tickets_change';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION ticket_change_held() FROM PUBLIC;
CREATE TRIGGER tickets_change BEFORE UPDATE OF state ON tickets
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION ticket_change_held();

-- Drills stand apart in every list and count. A row says itself whether it is one, so that an index can have it: asked of the
-- report row by row, a few drills among a long backlog were found by walking over all of it. Whoever inserts may leave it out;
-- routing, which inserts most, says it itself, and then nothing is looked up.
CREATE FUNCTION ticket_is_drill() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT r.drill INTO NEW.drill FROM reports r WHERE r.id = NEW.report_id;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION ticket_is_drill() FROM PUBLIC;
CREATE TRIGGER tickets_drill BEFORE INSERT ON tickets
    FOR EACH ROW WHEN (NEW.drill IS NULL) EXECUTE FUNCTION ticket_is_drill();

-- The clocks of a ticket. plan holds the escalation steps with their times, computed once at (re-)start from the due time;
-- next_at is the earliest step not yet taken. The clock needs nothing else, so rules may change under open tickets. The clocks of
-- the office and of whoever confirms (办结确认, 移送审批) are stages like the others, so that the one clock turns them too.
CREATE TABLE stages (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id        bigint      NOT NULL REFERENCES tickets,
    county           text        NOT NULL,
    drill            boolean     NOT NULL,
    stage            text        NOT NULL,
    due_generation   integer     NOT NULL DEFAULT 1,
    time_limit       text        NOT NULL,
    start_event      text        NOT NULL,
    started_at       timestamptz,
    due_at           timestamptz,
    provisional      boolean     NOT NULL,
    basis            text        NOT NULL,
    grade            text        NOT NULL,
    calendar_version text        NOT NULL,
    derivation       jsonb       NOT NULL,
    plan             jsonb       NOT NULL,
    next_step        smallint    NOT NULL DEFAULT 0,
    next_at          timestamptz,
    resumed_at       timestamptz,
    ended_at         timestamptz,
    ended_how        text        CHECK (ended_how IN ('act', 'closed', 'void')),
    UNIQUE (ticket_id, stage),
    CONSTRAINT stages_stage CHECK (stage IN ('sign', 'contact', 'resolve', 'confirm', 'approve')),
    CONSTRAINT stages_started CHECK ((started_at IS NULL) = (due_at IS NULL)),
    CONSTRAINT stages_ended CHECK ((ended_at IS NULL) = (ended_how IS NULL)),
    CONSTRAINT stages_ended_stand_still CHECK (ended_at IS NULL OR next_at IS NULL)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
CREATE INDEX stages_next ON stages (next_at) WHERE next_at IS NOT NULL;
-- Highest level first, longest overdue first.
CREATE INDEX stages_by_level ON stages (county, drill, next_step DESC, due_at, ticket_id) WHERE ended_at IS NULL AND next_step >= 2;
COMMENT ON TABLE stages IS 'one row per clock of a ticket';
COMMENT ON COLUMN stages.drill IS 'as its ticket, and so is county; filled in by a trigger where an insert does not say it';
COMMENT ON COLUMN stages.due_generation IS 'rises when the clock starts anew (a reopening): crossings of an older one are told apart';
COMMENT ON COLUMN stages.time_limit IS 'as the rules give it';
COMMENT ON COLUMN stages.start_event IS 'what starts the clock';
COMMENT ON COLUMN stages.started_at IS 'NULL: waits for its start event';
COMMENT ON COLUMN stages.provisional IS 'the calendar of that year was not published yet: the due time was reckoned without it';
COMMENT ON COLUMN stages.basis IS 'the statute or agreement that the limit rests on';
COMMENT ON COLUMN stages.grade IS 'how firm that basis is: statutory, or set by the county';
COMMENT ON COLUMN stages.calendar_version IS 'of the calendar by which due_at was reckoned';
COMMENT ON COLUMN stages.derivation IS 'how due_at was reckoned, step by step, for explanations';
COMMENT ON COLUMN stages.plan IS '[{level, to, action, at}] in the order of time';
COMMENT ON COLUMN stages.next_step IS 'position in plan of the next step to send';
COMMENT ON COLUMN stages.next_at IS 'time of that step; NULL: none is left, or the stage does not run';
COMMENT ON COLUMN stages.resumed_at IS 'a closing was taken back: steps planned before this are late by nobody''s fault but that closing''s';
COMMENT ON COLUMN stages.ended_how IS 'act: what it asks was done. closed: the ticket was closed without it, which counts as not met. void: it was taken away, and is not judged';

CREATE FUNCTION stage_is_drill() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT t.county, t.drill INTO NEW.county, NEW.drill FROM tickets t WHERE t.id = NEW.ticket_id;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION stage_is_drill() FROM PUBLIC;
CREATE TRIGGER stages_drill BEFORE INSERT ON stages
    FOR EACH ROW WHEN (NEW.drill IS NULL OR NEW.county IS NULL) EXECUTE FUNCTION stage_is_drill();

-- The first stage not ended, and its due: a confirmation or approval that is asked for comes before what else runs.
CREATE FUNCTION ticket_next(ticket bigint) RETURNS TABLE (stage text, due_at timestamptz)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT s.stage, s.due_at FROM stages s WHERE s.ticket_id = ticket AND s.ended_at IS NULL
    ORDER BY s.stage NOT IN ('confirm', 'approve'), s.id LIMIT 1
$$;

CREATE TABLE stage_rounds (
    stage_id       bigint      NOT NULL REFERENCES stages,
    due_generation integer     NOT NULL,
    time_limit     text        NOT NULL,
    started_at     timestamptz,
    due_at         timestamptz,
    ended_at       timestamptz,
    ended_how      text,
    PRIMARY KEY (stage_id, due_generation)
);
COMMENT ON TABLE stage_rounds IS 'how a stage went before its ticket was reopened; the stage itself starts anew with the next due_generation';

CREATE TABLE escalation_steps (
    stage_id       bigint      NOT NULL REFERENCES stages,
    due_generation integer     NOT NULL,
    level          smallint    NOT NULL,
    recipient      text        NOT NULL,
    action         text        NOT NULL,
    crossed_at     timestamptz NOT NULL,
    sent_at        timestamptz,
    system_late    boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (stage_id, due_generation, level)
);
COMMENT ON TABLE escalation_steps IS 'one row per crossing; written by the clock with the notices that tell of it';
COMMENT ON COLUMN escalation_steps.recipient IS 'code of the unit that is told: the office or the leading group where the plan says so, else the ticket''s own';
COMMENT ON COLUMN escalation_steps.crossed_at IS 'the true time by the plan';
COMMENT ON COLUMN escalation_steps.sent_at IS 'when its notices were queued; NULL: not, a later step was due as well and was told instead';
COMMENT ON COLUMN escalation_steps.system_late IS 'the system sent this later than planned (an outage), so the delay is not the unit''s';

CREATE TABLE events (
    at         timestamptz NOT NULL,
    report_id  bigint      NOT NULL,
    ticket_id  bigint,
    kind       text        NOT NULL,
    actor      text        NOT NULL,
    account_id bigint      REFERENCES accounts,
    reason     text,
    detail     jsonb       NOT NULL DEFAULT '{}',
    sealed     bytea
) PARTITION BY RANGE (at);
CREATE TABLE events_default PARTITION OF events DEFAULT;
CREATE INDEX events_report ON events (report_id, at);
CREATE INDEX events_account ON events (account_id, at DESC) WHERE account_id IS NOT NULL;
SELECT act_table('events', 'event', 'report_id'), partition_never_emptied('events_default');
COMMENT ON TABLE events IS 'acts of named humans and of the system on a report or a ticket, its timeline: only added to';
COMMENT ON COLUMN events.ticket_id IS 'NULL: about the report';
COMMENT ON COLUMN events.actor IS 'the name that they had then';
COMMENT ON COLUMN events.account_id IS 'who acted; NULL: the system';
COMMENT ON COLUMN events.reason IS 'as typed, and nothing about a child: that goes into sealed';
COMMENT ON COLUMN events.detail IS 'by kind; codes, ids and times only';
COMMENT ON COLUMN events.sealed IS 'what an officer wrote down about a child, sealed with the report''s key; empty after erasure';

-- What a ticket was made from, for its explanation: the decision that dispatched it, its clocks as they run without those of a
-- confirmation (no rule of routing made those), what brought it where no rule did (the act that made it carries the ticket's own
-- time), and which of the report's tickets leads. Without a right of its own: each login sees through it what it may read.
CREATE FUNCTION ticket_made(ticket bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'obligation', t.obligation, 'unit', t.unit, 'unit_kind', t.unit_kind, 'lead', t.lead, 'urgency', t.urgency,
        'basis', t.basis, 'dispatched_at', t.dispatched_at, 'facts', f.facts,
        'brought', (SELECT jsonb_build_object('how', e.kind, 'from', e.detail ->> 'unit')
                    FROM events e WHERE e.report_id = t.report_id AND e.ticket_id = t.id
                      AND e.kind IN ('transferred-in', 'not-filed-told')
                      AND e.at >= t.dispatched_at AND e.at < t.dispatched_at + interval '1 millisecond'
                    ORDER BY e.at LIMIT 1),
        -- A decision and its tickets carry the same time; a successor has that of its own dispatch, later.
        'decision', (SELECT jsonb_build_object('round', d.round, 'pack_version', d.pack_version, 'rule_set', d.rule_set,
                            'rows', d.rows, 'triage_reasons', d.triage_reasons)
                     FROM decisions d WHERE d.report_id = t.report_id AND d.decided_at <= t.dispatched_at
                     ORDER BY d.decided_at DESC, d.round DESC LIMIT 1),
        'stages', (SELECT coalesce(jsonb_agg(jsonb_build_object('stage', s.stage, 'due_at', s.due_at, 'time_limit', s.time_limit,
                            'start_event', s.start_event, 'basis', s.basis, 'grade', s.grade, 'provisional', s.provisional,
                            'derivation', s.derivation, 'plan', s.plan) ORDER BY s.id), '[]')
                   FROM stages s WHERE s.ticket_id = t.id AND s.stage IN ('sign', 'contact', 'resolve')),
        'tickets', (SELECT jsonb_agg(jsonb_build_object('obligation', o.obligation, 'unit', o.unit, 'unit_kind', o.unit_kind,
                            'lead', o.lead) ORDER BY o.id)
                    FROM tickets o WHERE o.report_id = t.report_id AND (o.predecessor IS NULL OR o.id = t.id)))
    FROM tickets t JOIN report_facts f ON f.report_id = t.report_id WHERE t.id = ticket
$$;
REVOKE ALL ON FUNCTION ticket_made(bigint) FROM PUBLIC;

-- Where a ticket comes from and goes to, and the case's first clock, which no transfer resets. Without a right of its own.
CREATE FUNCTION ticket_chain(ticket bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH RECURSIVE back AS (
        SELECT t.id, t.predecessor, t.obligation, 0 AS step FROM tickets t WHERE t.id = ticket
        UNION ALL
        SELECT o.id, o.predecessor, o.obligation, b.step + 1 FROM back b JOIN tickets o ON o.id = b.predecessor
    ), first AS (
        SELECT t.* FROM tickets t WHERE t.id = (SELECT b.id FROM back b ORDER BY b.step DESC LIMIT 1)
    )
    SELECT jsonb_build_object(
        'case_dispatched_at', (SELECT min(c.dispatched_at) FROM tickets c JOIN first f ON f.case_id = c.case_id),
        'first', (SELECT jsonb_build_object('unit', f.unit, 'dispatched_at', f.dispatched_at,
                    'dues', (SELECT jsonb_object_agg(s.stage, s.due_at) FROM stages s
                             WHERE s.ticket_id = f.id AND s.stage IN ('sign', 'contact', 'resolve'))) FROM first f WHERE f.id <> ticket),
        'from', (SELECT p.unit FROM tickets t JOIN tickets p ON p.id = t.predecessor WHERE t.id = ticket),
        'from_state', (SELECT p.state FROM tickets t JOIN tickets p ON p.id = t.predecessor WHERE t.id = ticket),
        'to', (SELECT jsonb_build_object('unit', s.unit, 'state', s.state, 'signed_at', s.signed_at) FROM tickets s
               WHERE s.predecessor = ticket AND s.state <> 'returned' ORDER BY s.id DESC LIMIT 1))
$$;
REVOKE ALL ON FUNCTION ticket_chain(bigint) FROM PUBLIC;
