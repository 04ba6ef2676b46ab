-- Why a case is open, and children who were looked for in vain.

-- How a ticket stands in its case and in the ledger, as casework's ticket::standing says it; a test compares the two. Without settings of
-- its own, so that a query has it in its own plan.
CREATE FUNCTION ticket_standing(state text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN state IN ('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'return-requested', 'reopened')
                THEN 'open' WHEN state = 'waived' THEN 'waived' ELSE 'discharged' END
$$;
REVOKE ALL ON FUNCTION ticket_standing(text) FROM PUBLIC;

-- When a ticket ended: one that was waived or returned has no time of its own, but its clocks ended with it.
CREATE FUNCTION ticket_ended_at(ticket bigint) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(t.resolved_at, (SELECT max(s.ended_at) FROM stages s WHERE s.ticket_id = t.id))
            FROM tickets t WHERE t.id = ticket AND ticket_standing(t.state) <> 'open');
END $$;
REVOKE ALL ON FUNCTION ticket_ended_at(bigint) FROM PUBLIC;

-- Since when nothing is owed in a case any more; NULL: something is.
CREATE FUNCTION case_closed_at(p_case bigint) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT CASE WHEN bool_and(ticket_standing(t.state) <> 'open') THEN max(ticket_ended_at(t.id)) END
            FROM tickets t WHERE t.case_id = p_case);
END $$;
REVOKE ALL ON FUNCTION case_closed_at(bigint) FROM PUBLIC;

-- The same for who holds a ticket of it that shows all situations: to others it would tell of units that they don't see.
CREATE FUNCTION desk_case_closed_at(ticket bigint) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT case_closed_at(t.case_id) FROM tickets t
            WHERE t.id = ticket AND t.unit = ANY (desk_units()) AND 'situations' = ANY (t.shows));
END $$;
REVOKE ALL ON FUNCTION desk_case_closed_at(bigint) FROM PUBLIC;

-- Children whom somebody went to see in vain: a row for each such report, so that the office's list costs what it shows.
CREATE TABLE visits_in_vain (
    report_id bigint      PRIMARY KEY REFERENCES reports,
    county    text        NOT NULL,
    drill     boolean     NOT NULL,
    visits    integer     NOT NULL CHECK (visits > 0),
    last_at   timestamptz NOT NULL,
    ticket_id bigint      NOT NULL REFERENCES tickets,
    open      boolean     NOT NULL
);
CREATE INDEX visits_in_vain_open ON visits_in_vain (county, drill, visits DESC, last_at, report_id) WHERE open;
COMMENT ON TABLE visits_in_vain IS 'visits that did not see the child, since anybody of the case saw it; written by triggers of events and tickets alone';
COMMENT ON COLUMN visits_in_vain.last_at IS 'when the last of them was recorded';
COMMENT ON COLUMN visits_in_vain.ticket_id IS 'on which ticket';
COMMENT ON COLUMN visits_in_vain.open IS 'some ticket of the report is still owed';

-- A child that was seen is no longer looked for, whoever of the case saw it.
CREATE FUNCTION visits_in_vain_count() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.kind = 'contacted' THEN
        DELETE FROM visits_in_vain v WHERE v.report_id = NEW.report_id;
    ELSE
        INSERT INTO visits_in_vain AS v (report_id, county, drill, visits, last_at, ticket_id, open)
        SELECT t.report_id, t.county, t.drill, 1, NEW.at, t.id, true FROM tickets t WHERE t.id = NEW.ticket_id
        ON CONFLICT (report_id) DO UPDATE SET visits = v.visits + 1, last_at = greatest(v.last_at, excluded.last_at),
            ticket_id = excluded.ticket_id, open = true;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION visits_in_vain_count() FROM PUBLIC;
CREATE TRIGGER visits_in_vain_count AFTER INSERT ON events FOR EACH ROW
    WHEN (NEW.ticket_id IS NOT NULL AND NEW.kind IN ('contacted', 'visit-failed')) EXECUTE FUNCTION visits_in_vain_count();

-- Closed with everything that was owed, they are no longer listed; done again, they are.
CREATE FUNCTION visits_in_vain_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE visits_in_vain v
    SET open = EXISTS (SELECT FROM tickets t WHERE t.report_id = v.report_id AND ticket_standing(t.state) = 'open')
    WHERE v.report_id = NEW.report_id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION visits_in_vain_follow() FROM PUBLIC;
-- The states in which something is owed, spelled out: a condition runs with the rights of whoever writes.
CREATE TRIGGER visits_in_vain_follow AFTER UPDATE OF state ON tickets FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state AND
          (NEW.state IN ('resolved', 'confirmed', 'archived', 'returned', 'waived')
           OR OLD.state IN ('resolved', 'confirmed', 'archived', 'returned', 'waived'))) EXECUTE FUNCTION visits_in_vain_follow();

INSERT INTO visits_in_vain (report_id, county, drill, visits, last_at, ticket_id, open)
SELECT e.report_id, min(t.county), bool_or(t.drill), count(*), max(e.at), (array_agg(t.id ORDER BY e.at DESC))[1],
       EXISTS (SELECT FROM tickets o WHERE o.report_id = e.report_id AND ticket_standing(o.state) = 'open')
FROM events e JOIN tickets t ON t.id = e.ticket_id
WHERE e.kind = 'visit-failed' AND NOT EXISTS (SELECT FROM events c WHERE c.report_id = e.report_id AND c.kind = 'contacted' AND c.at > e.at)
GROUP BY e.report_id;

ALTER TABLE visits_in_vain ENABLE ROW LEVEL SECURITY;
ALTER TABLE visits_in_vain FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON visits_in_vain TO CURRENT_USER USING (true) WITH CHECK (true);
