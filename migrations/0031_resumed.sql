-- A clock that had ended goes on, because its closing was taken back or its flood given back. Days off that were published meanwhile
-- passed it by: the calendar in force is followed once more from there.

CREATE FUNCTION calendar_follows_resumed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE calendar_changes c
    SET done_at = NULL, looked_to = CASE WHEN c.done_at IS NULL THEN least(c.looked_to, NEW.id - 1) ELSE NEW.id - 1 END
    WHERE c.id = (SELECT max(o.id) FROM calendar_changes o WHERE o.county = NEW.county AND o.confirmed_at IS NOT NULL)
      AND c.calendar <> NEW.calendar_version;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION calendar_follows_resumed() FROM PUBLIC;
CREATE TRIGGER calendar_follows_resumed AFTER UPDATE ON stages
    FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL AND NEW.due_at IS NOT NULL AND NOT NEW.due_fixed)
    EXECUTE FUNCTION calendar_follows_resumed();
COMMENT ON COLUMN calendar_changes.done_at IS 'when every open clock followed it; NULL: not yet, or one goes on that had ended by an older calendar';
