-- 终止办理 (decision 74): a unit asks that what it owes be waived; one person of the office agrees, another one confirms.
ALTER TABLE motions ADD COLUMN agreed_at timestamptz;
ALTER TABLE motions ADD COLUMN agreed_by text;
ALTER TABLE motions ADD COLUMN agreed_account bigint REFERENCES accounts;
COMMENT ON COLUMN motions.agreed_at IS 'a waiver: when the first person of the office agreed; who decides is another one';
ALTER TABLE motions DROP CONSTRAINT motions_kind_check;
ALTER TABLE motions ADD CONSTRAINT motions_kind_check CHECK (kind IN ('return', 'extension', 'reinforcement', 'waiver'));
ALTER TABLE motions ADD CONSTRAINT motions_agreed CHECK ((agreed_at IS NULL) = (agreed_by IS NULL)
    AND (agreed_at IS NULL) = (agreed_account IS NULL) AND (agreed_at IS NULL OR kind = 'waiver')
    AND agreed_account <> asked_account
    AND ((state, kind) <> ('granted', 'waiver') OR agreed_account IS NOT NULL AND agreed_account <> decided_account));

INSERT INTO ticket_changes (was, becomes) VALUES ('signed', 'waived'), ('in-progress', 'waived');

-- What the law asks is known by the county's pack; what stands on the ticket itself holds whoever writes.
CREATE OR REPLACE FUNCTION motions_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'asked' OR NEW.agreed_at IS NOT NULL OR NEW.kind = 'return' AND case_returns(NEW.ticket_id) >= 2 THEN
            RAISE EXCEPTION 'a motion begins as asked, and no obligation is returned three times' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.kind = 'waiver' AND EXISTS (SELECT FROM tickets t WHERE t.id = NEW.ticket_id
                AND (t.obligation IN ('police-accept', 'triage') OR t.basis @> '[{"grade": "V"}]' OR t.basis @> '[{"grade": "S"}]')) THEN
            RAISE EXCEPTION 'what the law asks is never waived' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'asked' OR NEW.state = 'asked' AND (OLD.agreed_at IS NOT NULL OR NEW.agreed_at IS NULL)
       OR NEW.state <> 'asked' AND (NEW.agreed_at, NEW.agreed_by, NEW.agreed_account)
          IS DISTINCT FROM (OLD.agreed_at, OLD.agreed_by, OLD.agreed_account)
       OR (NEW.county, NEW.report_id, NEW.ticket_id, NEW.unit, NEW.kind, NEW.urgency, NEW.drill, NEW.ground, NEW.wanted_unit, NEW.stage,
           NEW.was_due, NEW.wanted_due, NEW.asked_at, NEW.asked_by, NEW.asked_account, NEW.reason, NEW.due_at)
          IS DISTINCT FROM
          (OLD.county, OLD.report_id, OLD.ticket_id, OLD.unit, OLD.kind, OLD.urgency, OLD.drill, OLD.ground, OLD.wanted_unit, OLD.stage,
           OLD.was_due, OLD.wanted_due, OLD.asked_at, OLD.asked_by, OLD.asked_account, OLD.reason, OLD.due_at) THEN
        RAISE EXCEPTION 'motion % is % and can''t be changed so', OLD.id, OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.decided_account IS NOT NULL AND same_person(NEW.decided_account, NEW.asked_account)
       OR NEW.agreed_account IS NOT NULL AND same_person(NEW.agreed_account, NEW.asked_account)
       OR (NEW.state, NEW.kind) = ('granted', 'waiver') AND same_person(NEW.agreed_account, NEW.decided_account) THEN
        RAISE EXCEPTION 'motion % is decided by another person', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER act_step ON motions;
CREATE TRIGGER act_step AFTER INSERT OR UPDATE ON motions
    FOR EACH ROW EXECUTE FUNCTION act_step('asked_at', 'agreed_at', 'decided_at', 'ended_at');

-- Whether some of a report's tickets were waived: they are in none of the steps that its reporter reads.
CREATE FUNCTION report_waived(report bigint, mac bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM reports r JOIN tickets t ON t.report_id = r.id AND t.state = 'waived'
                   WHERE r.id = report AND r.follow_up_mac = mac)
$$;
REVOKE ALL ON FUNCTION report_waived(bigint, bytea) FROM PUBLIC;
