-- What a login may do beyond its own tables, each as one narrow function.

-- Monthly partitions are made ahead by the router's housekeeping; its login owns no table, hence SECURITY DEFINER.
CREATE FUNCTION partitions_ensure(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent text;
    first  date := date_trunc('month', month)::date;
    child  text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('partitions_ensure'));
    FOREACH parent IN ARRAY ARRAY['audit_leaves', 'notice_attempts', 'events'] LOOP
        child := parent || to_char(first, '_YYYYMM');
        IF to_regclass(child) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                               child, parent, first, (first + interval '1 month')::date);
            EXCEPTION WHEN check_violation THEN
                -- Rows of that month already lie in the default partition (a clock driven ahead): they stay there.
                RAISE NOTICE '% stays in the default partition', child;
            END;
        END IF;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION partitions_ensure(date) FROM PUBLIC;

-- The intake login inserts and can't read reports back; these are the two things it may learn.
CREATE FUNCTION intake_answer(key bytea) RETURNS TABLE (report_id bigint, body_mac bytea, answer bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.report_id, k.body_mac, k.answer FROM idempotency_keys k WHERE k.key_mac = key
$$;
REVOKE ALL ON FUNCTION intake_answer(bytea) FROM PUBLIC;

CREATE FUNCTION intake_is_stored(report bigint, mac bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM reports r WHERE r.id = report AND r.follow_up_mac = mac)
$$;
REVOKE ALL ON FUNCTION intake_is_stored(bigint, bytea) FROM PUBLIC;

-- Status for the reporter: by receipt and follow-up code together, and no more than where the matter stands.
CREATE FUNCTION report_status(report bigint, mac bytea)
RETURNS TABLE (received_at timestamptz, reporter_kind text, dispatched_at timestamptz, police_signed_at timestamptz,
               child_seen_at timestamptz, resolved_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.received_at, f.facts ->> 'reporter_kind',
           (SELECT min(d.decided_at) FROM decisions d WHERE d.report_id = r.id),
           (SELECT min(t.signed_at) FROM tickets t WHERE t.report_id = r.id AND t.obligation = 'police-accept'),
           (SELECT min(s.ended_at) FROM stages s JOIN tickets t ON t.id = s.ticket_id
            WHERE t.report_id = r.id AND s.stage = 'contact'),
           (SELECT CASE WHEN bool_and(t.resolved_at IS NOT NULL) THEN max(t.resolved_at) END
            FROM tickets t WHERE t.report_id = r.id AND t.state NOT IN ('returned', 'waived'))
    FROM reports r JOIN report_facts f ON f.report_id = r.id
    WHERE r.id = report AND r.follow_up_mac = mac
$$;
REVOKE ALL ON FUNCTION report_status(bigint, bytea) FROM PUBLIC;

-- Expired idempotency answers go; a lost answer after seven days is a new report.
CREATE FUNCTION intake_forget_answers(at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM idempotency_keys WHERE expires_at <= at RETURNING 1) SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION intake_forget_answers(timestamptz) FROM PUBLIC;
