-- After 办结 the office calls the reporter back: one row per try. 满意 and 匿名 end it, 不满意 reopens tickets or is decided by a
-- second person of the office, 无法联系 comes back on another day until three tries are on record.

CREATE TABLE callbacks (
    report_id       bigint      NOT NULL REFERENCES reports,
    attempt         smallint    NOT NULL,
    round           smallint    NOT NULL DEFAULT 1 CHECK (round >= 1),
    try             smallint    CHECK (try BETWEEN 1 AND 3),
    at              timestamptz NOT NULL,
    by_name         text        NOT NULL,
    by_account      bigint      REFERENCES accounts,
    result          text        NOT NULL CHECK (result IN ('satisfied', 'dissatisfied', 'unreachable', 'anonymous')),
    sealed          bytea,
    retry_at        timestamptz,
    proposal        text        CHECK (proposal IN ('reopen', 'keep')),
    reason          bytea,
    decision        text        CHECK (decision IN ('reopen', 'keep')),
    decided_at      timestamptz,
    decided_by      text,
    decided_account bigint      REFERENCES accounts,
    PRIMARY KEY (report_id, attempt),
    CONSTRAINT callbacks_attempt CHECK (attempt >= 1),
    CONSTRAINT callbacks_tries CHECK ((result = 'unreachable') = (try IS NOT NULL) AND (retry_at IS NOT NULL) = (coalesce(try, 3) < 3)),
    CONSTRAINT callbacks_try_once UNIQUE (report_id, round, try),
    CONSTRAINT callbacks_followed CHECK ((result = 'dissatisfied') = (proposal IS NOT NULL)),
    CONSTRAINT callbacks_reopened_at_once CHECK (proposal IS DISTINCT FROM 'reopen' OR decision IS NOT DISTINCT FROM 'reopen'),
    CONSTRAINT callbacks_decided CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)
        AND (decision IS NULL OR proposal IS NOT NULL)),
    CONSTRAINT callbacks_second_person CHECK (decision IS DISTINCT FROM 'keep' OR decided_account IS DISTINCT FROM by_account)
);
-- Tries of one report lie on different days of the county.
CREATE UNIQUE INDEX callbacks_one_try_a_day ON callbacks (report_id, ((at AT TIME ZONE 'Asia/Shanghai')::date)) WHERE result = 'unreachable';
CREATE INDEX callbacks_undecided ON callbacks (at) WHERE result = 'dissatisfied' AND decision IS NULL;
CREATE INDEX callbacks_again ON callbacks (retry_at) WHERE retry_at IS NOT NULL;
COMMENT ON TABLE callbacks IS 'calls to reporters, one row per try; written by the office';
COMMENT ON COLUMN callbacks.attempt IS 'counts all calls about a report, from 1';
COMMENT ON COLUMN callbacks.round IS 'rises with every reopening: each round has three tries of its own';
COMMENT ON COLUMN callbacks.try IS 'which of the three tries of its round, where nobody answered; NULL: somebody answered, or there is nobody to call';
COMMENT ON COLUMN callbacks.by_name IS 'who called: the name of that time; by_account is the person';
COMMENT ON COLUMN callbacks.sealed IS 'what the reporter said, sealed with the report''s key; NULL: nothing was noted';
COMMENT ON COLUMN callbacks.retry_at IS 'the report is listed again from this time; the third try has none and ends the round';
COMMENT ON COLUMN callbacks.proposal IS 'what whoever called an unhappy reporter proposes: reopen is done at once, keep is decided by somebody else';
COMMENT ON COLUMN callbacks.reason IS 'sealed: why nothing is to be reopened; somebody else of the office decides on it';
COMMENT ON COLUMN callbacks.decision IS 'NULL: nothing to decide, or waits';

-- Whether a report waits is said by all of its tickets together, so no index over tickets has it: a list read from there walked
-- over every closed ticket whose report has an open one (decision 49).
CREATE TABLE callbacks_waiting (
    report_id bigint      PRIMARY KEY REFERENCES reports,
    county    text        NOT NULL,
    due_at    timestamptz NOT NULL
);
CREATE INDEX callbacks_waiting_due ON callbacks_waiting (county, due_at, report_id);
COMMENT ON TABLE callbacks_waiting IS 'reports that wait for a call-back, one row each. Kept by triggers alone, from tickets and callbacks; nobody may write it';
COMMENT ON COLUMN callbacks_waiting.due_at IS 'when the last ticket was resolved, or when the reporter is tried again, whichever is later';

-- A ticket takes its report off the list when its reporter is content (it is confirmed then), or when 不满意 waits for a decision or
-- was decided without reopening (callback_shut): its reporter was called about this closing. Closed again, it is another closing.
CREATE FUNCTION callback_wait(report bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    waits record;
BEGIN
    -- Two tickets of one report may be closed at the same instant. The second waits here, and its next statement sees both.
    PERFORM FROM reports WHERE id = report FOR NO KEY UPDATE;
    SELECT t.county, max(t.resolved_at) AS resolved_at INTO waits FROM tickets t
    WHERE t.report_id = report AND t.state NOT IN ('returned', 'waived')
    GROUP BY t.county
    HAVING bool_and(t.resolved_at IS NOT NULL) AND bool_or(t.state = 'resolved' AND t.callback_shut IS DISTINCT FROM t.resolved_at);
    IF NOT FOUND THEN
        DELETE FROM callbacks_waiting WHERE report_id = report;
        RETURN;
    END IF;
    INSERT INTO callbacks_waiting AS w (report_id, county, due_at)
    SELECT report, waits.county, greatest(waits.resolved_at, (SELECT max(c.retry_at) FROM callbacks c WHERE c.report_id = report))
    ON CONFLICT (report_id) DO UPDATE SET due_at = EXCLUDED.due_at WHERE w.due_at <> EXCLUDED.due_at;
END $$;
REVOKE ALL ON FUNCTION callback_wait(bigint) FROM PUBLIC;
CREATE FUNCTION callback_wait_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- A report that is being routed has nothing to take back: most inserts end here.
    IF TG_OP = 'INSERT' AND TG_TABLE_NAME = 'tickets'
        AND NOT EXISTS (SELECT FROM callbacks_waiting w WHERE w.report_id = NEW.report_id) THEN
        RETURN NULL;
    END IF;
    PERFORM callback_wait(NEW.report_id);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION callback_wait_changed() FROM PUBLIC;

-- At the commit: then every row that the transaction needs is locked already, and waiting for the report can't cross it.
CREATE CONSTRAINT TRIGGER callback_waits AFTER UPDATE ON tickets DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.resolved_at IS DISTINCT FROM NEW.resolved_at OR OLD.callback_shut IS DISTINCT FROM NEW.callback_shut
          OR (OLD.state = 'resolved') <> (NEW.state = 'resolved')
          OR (OLD.state IN ('returned', 'waived')) <> (NEW.state IN ('returned', 'waived')))
    EXECUTE FUNCTION callback_wait_changed();
CREATE CONSTRAINT TRIGGER callback_waits_no_more AFTER INSERT ON tickets DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION callback_wait_changed();
CREATE CONSTRAINT TRIGGER callback_waits AFTER INSERT ON callbacks DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.retry_at IS NOT NULL)
    EXECUTE FUNCTION callback_wait_changed();
