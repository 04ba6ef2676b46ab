-- Drills stand apart in every list and count. A row says itself whether it is one, so that an index can have it: asked of the
-- report row by row, a few drills among a long backlog were found by walking over all of it.
ALTER TABLE tickets ADD COLUMN drill boolean;
ALTER TABLE stages ADD COLUMN county text, ADD COLUMN drill boolean;
UPDATE tickets t SET drill = r.drill FROM reports r WHERE r.id = t.report_id;
UPDATE stages s SET county = t.county, drill = t.drill FROM tickets t WHERE t.id = s.ticket_id;
ALTER TABLE tickets ALTER COLUMN drill SET NOT NULL;
ALTER TABLE stages ALTER COLUMN county SET NOT NULL, ALTER COLUMN drill SET NOT NULL;
COMMENT ON COLUMN tickets.drill IS 'as its report; filled in by a trigger where an insert does not say it';
COMMENT ON COLUMN stages.drill IS 'as its ticket, and so is county; filled in by a trigger where an insert does not say it';

-- Whoever inserts may leave them out. Routing, which inserts most, says them itself, and then nothing is looked up.
CREATE FUNCTION ticket_is_drill() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT r.drill INTO NEW.drill FROM reports r WHERE r.id = NEW.report_id;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION ticket_is_drill() FROM PUBLIC;
CREATE TRIGGER tickets_drill BEFORE INSERT ON tickets
    FOR EACH ROW WHEN (NEW.drill IS NULL) EXECUTE FUNCTION ticket_is_drill();

CREATE FUNCTION stage_is_drill() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT t.county, t.drill INTO NEW.county, NEW.drill FROM tickets t WHERE t.id = NEW.ticket_id;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION stage_is_drill() FROM PUBLIC;
CREATE TRIGGER stages_drill BEFORE INSERT ON stages
    FOR EACH ROW WHEN (NEW.drill IS NULL OR NEW.county IS NULL) EXECUTE FUNCTION stage_is_drill();

-- Each list from an index that has its whole order, so that nothing is sorted, however many share a time.
DROP INDEX stages_by_level;
CREATE INDEX stages_by_level ON stages (county, drill, next_step DESC, due_at, ticket_id) WHERE ended_at IS NULL AND next_step >= 2;
DROP INDEX tickets_p1_unsigned;
CREATE INDEX tickets_p1_unsigned ON tickets (county, drill, dispatched_at, id) WHERE state = 'dispatched' AND urgency = 'P1';
DROP INDEX tickets_desk;
CREATE INDEX tickets_desk ON tickets (county, unit, drill, next_due_at, id)
    WHERE state IN ('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'return-requested', 'reopened');
DROP INDEX notices_undelivered;
CREATE INDEX notices_undelivered ON notices (county, finished_at, id) WHERE state IN ('failed', 'bounced') AND replaced_by IS NULL;
-- When the last mail to one unit failed.
DROP INDEX notices_failed;
CREATE INDEX notices_failed ON notices (unit, finished_at) WHERE state IN ('failed', 'bounced');
