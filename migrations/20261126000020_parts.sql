-- Least disclosure: a report is sealed part by part, a ticket keeps which parts it shows, and whoever is handed a part
-- is written down in the same call. casework::disclosure names the parts.

-- Each part is bound to its own column. What was sealed as `reporter` is who reported, whole, and only an opening hands it
-- out; `reporter` is what the units may know of it.
ALTER TABLE reports RENAME COLUMN reporter TO identity;
ALTER TABLE reports
    ALTER COLUMN matter DROP NOT NULL,
    ADD COLUMN place     bytea,
    ADD COLUMN child     bytea,
    ADD COLUMN birth     bytea,
    ADD COLUMN school    bytea,
    ADD COLUMN home      bytea,
    ADD COLUMN narrative bytea,
    ADD COLUMN reporter  bytea;
COMMENT ON COLUMN reports.matter IS 'only in reports filed before parts were sealed apart; no login reads it';
COMMENT ON COLUMN reports.identity IS 'sealed: who reported, whole; opening it is a recorded act. Empty after erasure';
COMMENT ON COLUMN reports.place IS 'sealed: where the child is now in words, when it was found. NULL: neither was given';
COMMENT ON COLUMN reports.child IS 'sealed: names, sexes, ages, with whom they live; one entry a child, as in the other parts';
COMMENT ON COLUMN reports.birth IS 'sealed: birth dates and numbers of identity papers. NULL: none was given';
COMMENT ON COLUMN reports.school IS 'sealed. NULL: none was given';
COMMENT ON COLUMN reports.home IS 'sealed: home addresses. NULL: none was given';
COMMENT ON COLUMN reports.narrative IS 'sealed: what happened';
COMMENT ON COLUMN reports.reporter IS 'sealed: kind, organization and, of a named reporter, name and phone';

ALTER TABLE tickets
    ADD COLUMN shows text[] NOT NULL DEFAULT '{place,own}',
    ADD COLUMN own   text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT tickets_shows CHECK (shows <@ '{place,situations,own,child,birth,school,home,suspect,narrative,reporter,identity}');
COMMENT ON COLUMN tickets.shows IS 'parts of the report that it shows, by the disclosure row in force when it was dispatched';
COMMENT ON COLUMN tickets.own IS 'situations that asked this obligation';

ALTER TABLE decisions ADD COLUMN looks jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN decisions.looks IS 'parts that office, leading-group and oversight see without a ticket, by the rows in force then';

-- Who was shown what of which report. Only the functions below write here, and nobody changes it.
CREATE TABLE reads (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL,
    report_id  bigint      NOT NULL REFERENCES reports,
    ticket_id  bigint      REFERENCES tickets,
    account_id bigint      NOT NULL REFERENCES accounts,
    role       text        NOT NULL,
    parts      text[]      NOT NULL,
    how        text        NOT NULL
);
COMMENT ON COLUMN reads.role IS 'member or leader of the ticket''s unit, office, leading-group, oversight';
COMMENT ON COLUMN reads.how IS 'page, api, opening, call-back';
CREATE INDEX reads_report ON reads (report_id, at);
CREATE INDEX reads_account ON reads (account_id, at);
CREATE INDEX reads_at ON reads (at);

CREATE FUNCTION reads_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was read is only added to' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER reads_stay BEFORE UPDATE OR DELETE ON reads FOR EACH ROW EXECUTE FUNCTION reads_stay();
CREATE TRIGGER reads_stay_all BEFORE TRUNCATE ON reads FOR EACH STATEMENT EXECUTE FUNCTION reads_stay();

-- As what a person reads a ticket: a member or leader of its unit, or of the office where the unit is the office's.
CREATE FUNCTION ticket_role(ticket bigint, account bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.role FROM tickets t
    JOIN memberships m ON m.county = t.county AND m.unit = t.unit AND m.ended_at IS NULL AND m.role IN ('leader', 'member', 'office')
    JOIN accounts a ON a.id = m.account_id AND a.county = t.county AND a.disabled_at IS NULL
    WHERE t.id = ticket AND m.account_id = account
    ORDER BY m.role LIMIT 1
$$;
REVOKE ALL ON FUNCTION ticket_role(bigint, bigint) FROM PUBLIC;

-- What an account may see of a ticket's report: what the ticket shows, to people of its unit; to others nothing.
CREATE FUNCTION ticket_shows(ticket bigint, account bigint, at timestamptz) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT t.shows FROM tickets t WHERE t.id = ticket AND ticket_role(ticket, account) IS NOT NULL), '{}')
$$;
REVOKE ALL ON FUNCTION ticket_shows(bigint, bigint, timestamptz) FROM PUBLIC;

-- The unsealed facts, without what is not shown. Present danger is told to everybody: it is the alarm itself. Whatever was
-- stored: what is no object, no list, no word is left out.
CREATE FUNCTION facts_shown(facts jsonb, shows text[], own text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}') FROM (
        SELECT e.key, e.value FROM jsonb_each(CASE jsonb_typeof(facts) WHEN 'object' THEN facts ELSE '{}' END) e
        WHERE CASE
            WHEN e.key = 'present_danger' THEN true
            WHEN e.key = 'area' THEN 'place' = ANY (shows)
            WHEN e.key IN ('situations', 'place', 'guardian_absent', 'adult_co_offender', 'repeat') THEN 'situations' = ANY (shows)
            WHEN e.key = 'children' THEN 'child' = ANY (shows)
            WHEN e.key = 'suspect' THEN 'suspect' = ANY (shows)
            WHEN e.key IN ('reporter_kind', 'identity') THEN 'reporter' = ANY (shows)
            ELSE false END
        UNION ALL
        SELECT 'situations', to_jsonb(own) WHERE 'own' = ANY (shows) AND NOT 'situations' = ANY (shows)
    ) f
$$;

-- The one way to the sealed parts of a ticket's report: hands out what the account may see, and writes down that it did. The
-- identity is never among them (ticket_identity). No login may call it; those below are its doors.
CREATE FUNCTION ticket_handed(p_ticket bigint, p_account bigint, p_how text, p_at timestamptz)
RETURNS TABLE (shows text[], facts jsonb, place bytea, child bytea, birth bytea, school bytea, home bytea, narrative bytea, reporter bytea,
               data_key bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parts text[] := array_remove(ticket_shows(p_ticket, p_account, p_at), 'identity');
BEGIN
    IF cardinality(parts) = 0 THEN
        RETURN;
    END IF;
    INSERT INTO reads (at, report_id, ticket_id, account_id, role, parts, how)
    SELECT p_at, t.report_id, t.id, p_account, ticket_role(p_ticket, p_account), parts, p_how FROM tickets t WHERE t.id = p_ticket;
    RETURN QUERY
    SELECT parts, facts_shown(f.facts, parts, t.own),
           CASE WHEN 'place' = ANY (parts) THEN r.place END, CASE WHEN 'child' = ANY (parts) THEN r.child END,
           CASE WHEN 'birth' = ANY (parts) THEN r.birth END, CASE WHEN 'school' = ANY (parts) THEN r.school END,
           CASE WHEN 'home' = ANY (parts) THEN r.home END, CASE WHEN 'narrative' = ANY (parts) THEN r.narrative END,
           CASE WHEN 'reporter' = ANY (parts) THEN r.reporter END, r.data_key
    FROM tickets t JOIN reports r ON r.id = t.report_id JOIN report_facts f ON f.report_id = t.report_id WHERE t.id = p_ticket;
END $$;
REVOKE ALL ON FUNCTION ticket_handed(bigint, bigint, text, timestamptz) FROM PUBLIC;

-- For the desk: tickets of its units only.
CREATE FUNCTION desk_ticket_read(p_ticket bigint, p_account bigint, p_how text, p_at timestamptz)
RETURNS TABLE (shows text[], facts jsonb, place bytea, child bytea, birth bytea, school bytea, home bytea, narrative bytea, reporter bytea,
               data_key bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT h.* FROM tickets t, ticket_handed(t.id, p_account, p_how, p_at) h WHERE t.id = p_ticket AND t.unit = ANY (desk_units())
$$;
REVOKE ALL ON FUNCTION desk_ticket_read(bigint, bigint, text, timestamptz) FROM PUBLIC;

-- Who reported, for the police unit that signed: only after the opening stands on the ticket's timeline, by this person and
-- at this moment. What it hands out is written down too.
CREATE FUNCTION desk_ticket_identity(p_ticket bigint, p_account bigint, p_at timestamptz) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sealed bytea;
    report bigint;
BEGIN
    SELECT r.identity, r.id INTO sealed, report
    FROM tickets t JOIN reports r ON r.id = t.report_id JOIN units u ON u.county = t.county AND u.code = t.unit
    WHERE t.id = p_ticket AND t.unit = ANY (desk_units()) AND u.kind = 'police' AND t.signed_at IS NOT NULL
      AND 'identity' = ANY (ticket_shows(p_ticket, p_account, p_at))
      AND EXISTS (SELECT FROM events e WHERE e.report_id = t.report_id AND e.at = p_at AND e.ticket_id = t.id
                  AND e.kind = 'identity-opened' AND e.account_id = p_account);
    IF report IS NOT NULL THEN
        INSERT INTO reads (at, report_id, ticket_id, account_id, role, parts, how)
        VALUES (p_at, report, p_ticket, p_account, ticket_role(p_ticket, p_account), '{identity}', 'opening');
    END IF;
    RETURN sealed;
END $$;
REVOKE ALL ON FUNCTION desk_ticket_identity(bigint, bigint, timestamptz) FROM PUBLIC;

-- What lists and mails may say: of what is shown the place, sexes and ages, never more situations than asked the ticket. Where
-- all are shown and none asked it alone (present danger), all.
CREATE FUNCTION facts_listed(facts jsonb, shows text[], own text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT facts_shown(facts,
        ARRAY(SELECT unnest(shows) INTERSECT SELECT unnest('{place,child,own}'::text[])) ||
        CASE WHEN 'situations' = ANY (shows) THEN CASE WHEN own = '{}' THEN '{situations}'::text[] ELSE '{own}'::text[] END ELSE '{}' END,
        own)
$$;
-- What somebody of this role sees of a report without a ticket, by the row in force when it was decided.
CREATE FUNCTION report_looks(report bigint, role text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT ARRAY(SELECT jsonb_array_elements_text(d.looks -> role)) FROM decisions d
                     WHERE d.report_id = report AND jsonb_typeof(d.looks -> role) = 'array' ORDER BY d.round DESC LIMIT 1), '{place,own}')
$$;
CREATE FUNCTION desk_ticket_listed(p_ticket bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT facts_listed(f.facts, t.shows, t.own)
    FROM tickets t LEFT JOIN report_facts f ON f.report_id = t.report_id WHERE t.id = p_ticket AND t.unit = ANY (desk_units())
$$;
REVOKE ALL ON FUNCTION desk_ticket_listed(bigint) FROM PUBLIC;

-- Somebody of the office, the leading group or the oversight looks at a report without a ticket: what the row `*` of their role
-- showed when the report was decided. A report that is not decided yet shows its place.
CREATE FUNCTION report_look(p_report bigint, p_ticket bigint, p_account bigint, p_role text, p_how text, p_at timestamptz)
RETURNS TABLE (shows text[], facts jsonb, place bytea, child bytea, birth bytea, school bytea, home bytea, narrative bytea, reporter bytea,
               data_key bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parts text[];
    own   text[];
BEGIN
    IF p_role NOT IN ('office', 'leading-group', 'oversight') OR NOT EXISTS (
        SELECT FROM reports r JOIN memberships m ON m.county = r.county AND m.account_id = p_account AND m.role = p_role AND m.ended_at IS NULL
        JOIN accounts a ON a.id = m.account_id AND a.disabled_at IS NULL WHERE r.id = p_report) THEN
        RETURN;
    END IF;
    parts := array_remove(report_looks(p_report, p_role), 'identity');
    SELECT t.own INTO own FROM tickets t WHERE t.id = p_ticket AND t.report_id = p_report;
    INSERT INTO reads (at, report_id, ticket_id, account_id, role, parts, how)
    SELECT p_at, p_report, (SELECT t.id FROM tickets t WHERE t.id = p_ticket AND t.report_id = p_report), p_account, p_role, parts, p_how;
    RETURN QUERY
    SELECT parts, facts_shown(f.facts, parts, coalesce(own, '{}')),
           CASE WHEN 'place' = ANY (parts) THEN r.place END, CASE WHEN 'child' = ANY (parts) THEN r.child END,
           CASE WHEN 'birth' = ANY (parts) THEN r.birth END, CASE WHEN 'school' = ANY (parts) THEN r.school END,
           CASE WHEN 'home' = ANY (parts) THEN r.home END, CASE WHEN 'narrative' = ANY (parts) THEN r.narrative END,
           CASE WHEN 'reporter' = ANY (parts) THEN r.reporter END, r.data_key
    FROM reports r JOIN report_facts f ON f.report_id = r.id WHERE r.id = p_report;
END $$;
REVOKE ALL ON FUNCTION report_look(bigint, bigint, bigint, text, text, timestamptz) FROM PUBLIC;

-- The office's own ticket (triage), by its own row.
CREATE FUNCTION office_ticket_read(p_ticket bigint, p_account bigint, p_how text, p_at timestamptz)
RETURNS TABLE (shows text[], facts jsonb, place bytea, child bytea, birth bytea, school bytea, home bytea, narrative bytea, reporter bytea,
               data_key bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT h.* FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.unit AND u.kind = 'office',
         ticket_handed(t.id, p_account, p_how, p_at) h WHERE t.id = p_ticket
$$;
REVOKE ALL ON FUNCTION office_ticket_read(bigint, bigint, text, timestamptz) FROM PUBLIC;

-- The reporter's contact for a call-back: only after the opening stands in the trail, by this person and at this moment.
CREATE FUNCTION callback_identity(p_report bigint, p_account bigint, p_at timestamptz) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sealed bytea;
BEGIN
    SELECT r.identity INTO sealed FROM reports r
    WHERE r.id = p_report
      AND EXISTS (SELECT FROM memberships m WHERE m.county = r.county AND m.account_id = p_account AND m.role = 'office' AND m.ended_at IS NULL)
      AND EXISTS (SELECT FROM events e WHERE e.report_id = r.id AND e.at = p_at AND e.ticket_id IS NULL AND e.kind = 'identity-opened'
                  AND e.account_id = p_account);
    IF FOUND THEN
        INSERT INTO reads (at, report_id, account_id, role, parts, how) VALUES (p_at, p_report, p_account, 'office', '{identity}', 'call-back');
    END IF;
    RETURN sealed;
END $$;
REVOKE ALL ON FUNCTION callback_identity(bigint, bigint, timestamptz) FROM PUBLIC;

-- As before; the new ticket shows what its own row says.
CREATE OR REPLACE FUNCTION oversight_open(p_ticket bigint, planned jsonb, p_rule_set integer, p_calendar text, p_at timestamptz, p_by text,
                               p_account bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    t      tickets;
    held   bigint;
    opened boolean := false;
    is_drill boolean;
BEGIN
    SELECT * INTO t FROM tickets WHERE id = p_ticket AND state = 'resolved' AND outcome = 'not-filed';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ticket % was not closed as not filed', p_ticket;
    END IF;
    SELECT r.drill INTO is_drill FROM reports r WHERE r.id = t.report_id;
    SELECT o.id INTO held FROM tickets o
    WHERE o.report_id = t.report_id AND o.obligation = 'procuratorial-oversight' AND o.id <> t.id
      AND o.state NOT IN ('resolved', 'confirmed', 'archived', 'returned', 'waived')
    ORDER BY o.unit = planned ->> 'unit' DESC, o.id LIMIT 1 FOR UPDATE;
    IF held IS NULL THEN
        opened := true;
        -- One that is closed already is its predecessor: the pair of report and unit has one first ticket.
        INSERT INTO tickets (county, case_id, report_id, predecessor, obligation, unit, unit_kind, lead, urgency, evidence, basis,
                             rule_set, dispatched_at, state, next_stage, next_due_at, shows, own)
        VALUES (t.county, t.case_id, t.report_id,
                (SELECT max(o.id) FROM tickets o WHERE o.report_id = t.report_id AND o.obligation = planned ->> 'obligation'
                    AND o.unit = planned ->> 'unit'),
                planned ->> 'obligation', planned ->> 'unit', planned ->> 'unit_kind', false, t.urgency, planned ->> 'evidence',
                planned -> 'basis', p_rule_set, p_at, 'dispatched', planned -> 'stages' -> 0 ->> 'stage',
                (planned -> 'stages' -> 0 ->> 'due_at')::timestamptz,
                ARRAY(SELECT jsonb_array_elements_text(planned -> 'shows')), ARRAY(SELECT jsonb_array_elements_text(planned -> 'own')))
        RETURNING id INTO held;
        INSERT INTO stages (ticket_id, stage, time_limit, start_event, started_at, due_at, provisional, basis, grade,
                            calendar_version, derivation, plan, next_at)
        SELECT held, s.stage, s.time_limit, s.start_event, CASE WHEN s.due_at IS NULL THEN NULL ELSE p_at END, s.due_at,
               s.provisional, s.basis, s.grade, p_calendar, s.derivation, s.plan, s.next_at
        FROM jsonb_to_recordset(planned -> 'stages') AS s (stage text, time_limit text, start_event text, due_at timestamptz,
             provisional boolean, basis text, grade text, derivation jsonb, plan jsonb, next_at timestamptz);
    ELSE
        UPDATE tickets SET version = version + 1 WHERE id = held;
    END IF;
    INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
    SELECT (planned ->> 'notice_id')::uuid, CASE WHEN opened THEN 'dispatch:' || held ELSE 'not-filed:' || (planned ->> 'notice_id') END,
           t.county, CASE WHEN opened THEN 'dispatch' ELSE 'not-filed' END, o.id, o.unit, o.urgency, is_drill, p_at, 'queued'
    FROM tickets o WHERE o.id = held;
    INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail, sealed)
    SELECT p_at, t.report_id, held, 'not-filed-told', p_by, p_account, jsonb_build_object('unit', t.unit, 'ticket', t.id),
           (SELECT e.sealed FROM events e WHERE e.report_id = t.report_id AND e.ticket_id = t.id AND e.kind = 'decision-recorded'
            ORDER BY e.at DESC LIMIT 1);
    INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
    SELECT p_at + interval '1 microsecond', t.report_id, t.id, 'oversight-opened', p_by, p_account,
           jsonb_build_object('unit', o.unit, 'ticket', held, 'new', opened)
    FROM tickets o WHERE o.id = held;
END $$;

-- Other units of a case, for somebody who holds a ticket of it: all, where that ticket shows all situations. What is asked of
-- others tells what was reported, so to the rest only who leads is named, and what is asked only where it is their own part.
CREATE OR REPLACE FUNCTION case_others(ticket bigint)
RETURNS TABLE (unit text, unit_name text, obligation text, lead boolean, state text, next_due_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.unit, u.name,
           CASE WHEN 'situations' = ANY (mine.shows) OR o.obligation = mine.obligation OR o.unit = mine.unit THEN o.obligation END,
           o.lead, o.state, o.next_due_at
    FROM tickets mine
    JOIN tickets o ON o.case_id = mine.case_id AND o.id <> mine.id
    JOIN units u ON u.county = o.county AND u.code = o.unit
    WHERE mine.id = ticket AND mine.unit = ANY (desk_units())
      AND ('situations' = ANY (mine.shows) OR o.lead OR o.obligation = mine.obligation OR o.unit = mine.unit)
    ORDER BY o.lead DESC, o.id
$$;
