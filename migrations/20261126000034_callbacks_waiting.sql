-- Reports that wait for a call-back, one row each, with the time from which they do. Whether a report waits is said by all of its
-- tickets together, so no index over tickets has it: a list read from there walked over every closed ticket whose report has an
-- open one. See docs/decisions/0050-call-backs-wait-in-a-table.md.
CREATE TABLE callbacks_waiting (
    report_id bigint      PRIMARY KEY REFERENCES reports,
    county    text        NOT NULL,
    due_at    timestamptz NOT NULL
);
COMMENT ON TABLE callbacks_waiting IS 'kept by triggers alone, from tickets and callbacks; nobody may write it';
COMMENT ON COLUMN callbacks_waiting.due_at IS 'when the last ticket was resolved, or when the reporter is tried again, whichever is later';
CREATE INDEX callbacks_waiting_due ON callbacks_waiting (county, due_at, report_id);

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

SELECT callback_wait(report_id) FROM (SELECT DISTINCT report_id FROM tickets WHERE state = 'resolved') resolved;

DROP INDEX tickets_resolved;
