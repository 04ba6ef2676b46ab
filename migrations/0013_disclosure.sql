-- Least disclosure: whoever is handed a part of a report is written down in the same call. No login reads a sealed part of a table;
-- the functions here are the only ways, each with the logins that may call it.

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
CREATE INDEX reads_report ON reads (report_id, at);
CREATE INDEX reads_account ON reads (account_id, at);
CREATE INDEX reads_at ON reads (at);
-- Who looked at a ticket, or at who reported, also where millions of other looks lie between.
CREATE INDEX reads_ticket ON reads (ticket_id, at) WHERE ticket_id IS NOT NULL;
CREATE INDEX reads_identity ON reads (at) WHERE 'identity' = ANY (parts);
-- Records of reading are no acts and leave no leaf each; they are only added to.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON reads FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON reads FOR EACH STATEMENT EXECUTE FUNCTION append_only();
COMMENT ON TABLE reads IS 'who was shown what of which report; written by the functions below alone';
COMMENT ON COLUMN reads.ticket_id IS 'NULL: as somebody of the office or the oversight, without a ticket';
COMMENT ON COLUMN reads.role IS 'member or leader of the ticket''s unit, office, leading-group, oversight';
COMMENT ON COLUMN reads.parts IS 'parts of the report, as in tickets.shows';
COMMENT ON COLUMN reads.how IS 'page, api, opening, call-back';

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

-- What an account may see of a ticket's report: what the ticket shows to people of its unit, and what is open for this account
-- just then; to others nothing. The identity is never shown by a row alone: it takes an opening.
CREATE FUNCTION ticket_shows(ticket bigint, account bigint, at timestamptz) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT array_agg(DISTINCT part) FROM tickets t,
                     unnest(array_remove(t.shows, 'identity') || openings_shown(t.report_id, t.id, account, at)) AS part
                     WHERE t.id = ticket AND ticket_role(ticket, account) IS NOT NULL), '{}')
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

-- The one way to the sealed parts of a ticket's report: hands out what the account may see, and writes down that it did. The
-- identity is never among them. No login may call it; those below are its doors.
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

-- The office's own ticket (triage), by its own row.
CREATE FUNCTION office_ticket_read(p_ticket bigint, p_account bigint, p_how text, p_at timestamptz)
RETURNS TABLE (shows text[], facts jsonb, place bytea, child bytea, birth bytea, school bytea, home bytea, narrative bytea, reporter bytea,
               data_key bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT h.* FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.unit AND u.kind = 'office',
         ticket_handed(t.id, p_account, p_how, p_at) h WHERE t.id = p_ticket
$$;
REVOKE ALL ON FUNCTION office_ticket_read(bigint, bigint, text, timestamptz) FROM PUBLIC;

-- A line of a list about a ticket of the desk's units.
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

-- Openings.

-- What an asking is judged by. A desk's login reads no facts; it learns here only whether anybody stands behind the report.
CREATE FUNCTION desk_opening_ground(p_ticket bigint, p_account bigint, p_at timestamptz)
RETURNS TABLE (report_id bigint, ticket_id bigint, state text, urgency text, unit text, unit_kind text, drill boolean,
               anonymous boolean, shows text[], shown_now text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.report_id, t.id, t.state, t.urgency, t.unit, u.kind, r.drill, coalesce(f.facts ->> 'identity' = 'anonymous', false),
           t.shows, ticket_shows(t.id, p_account, p_at)
    FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.unit
    JOIN reports r ON r.id = t.report_id JOIN report_facts f ON f.report_id = t.report_id
    WHERE t.id = p_ticket AND t.unit = ANY (desk_units()) AND ticket_role(t.id, p_account) IS NOT NULL
$$;
REVOKE ALL ON FUNCTION desk_opening_ground(bigint, bigint, timestamptz) FROM PUBLIC;

-- The same for the office and the oversight. A ticket that the office itself has signed counts as the one it asks for.
CREATE FUNCTION opening_ground(p_report bigint, p_side text, p_account bigint, p_at timestamptz)
RETURNS TABLE (report_id bigint, ticket_id bigint, state text, urgency text, unit text, unit_kind text, drill boolean,
               anonymous boolean, shows text[], shown_now text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.id, held.id, held.state,
           coalesce(held.urgency, (SELECT min(t.urgency) FROM tickets t WHERE t.report_id = r.id), 'P1'), own.code, own.kind, r.drill,
           coalesce(f.facts ->> 'identity' = 'anonymous', false), array_remove(report_looks(r.id, p_side), 'identity'),
           array_remove(report_looks(r.id, p_side), 'identity') || coalesce(ticket_shows(held.id, p_account, p_at), '{}')
               || openings_shown(r.id, NULL, p_account, p_at)
    FROM reports r JOIN report_facts f ON f.report_id = r.id
    JOIN LATERAL (SELECT u.code, u.kind FROM units u WHERE u.county = r.county AND u.kind = 'office' AND u.retired_at IS NULL
                  ORDER BY u.code LIMIT 1) own ON true
    LEFT JOIN LATERAL (SELECT t.id, t.state, t.urgency FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.unit
                       WHERE p_side = 'office' AND t.report_id = r.id AND u.kind = 'office'
                         AND t.state IN ('signed', 'in-progress', 'close-requested', 'transferring')
                       ORDER BY t.id LIMIT 1) held ON true
    WHERE r.id = p_report
      AND EXISTS (SELECT FROM memberships m WHERE m.county = r.county AND m.account_id = p_account AND m.role = p_side AND m.ended_at IS NULL)
$$;
REVOKE ALL ON FUNCTION opening_ground(bigint, text, bigint, timestamptz) FROM PUBLIC;

-- The one way to what an opening opens: to its account, while it is open and while that person still has the role or unit. Who
-- reported is handed out here and nowhere else.
CREATE FUNCTION opening_handed(p_opening bigint, p_account bigint, p_how text, p_at timestamptz)
RETURNS TABLE (shows text[], facts jsonb, place bytea, child bytea, birth bytea, school bytea, home bytea, narrative bytea,
               reporter bytea, data_key bytea, identity bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o    openings;
    role text;
    own  text[];
BEGIN
    SELECT * INTO o FROM openings WHERE id = p_opening AND asked_account = p_account AND state = 'open'
        AND opened_at <= p_at AND ends_at > p_at;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF o.side = 'unit' THEN
        role := ticket_role(o.ticket_id, p_account);
    ELSE
        SELECT m.role INTO role FROM memberships m JOIN accounts a ON a.id = m.account_id AND a.disabled_at IS NULL
        WHERE m.account_id = p_account AND m.county = o.county AND m.ended_at IS NULL
          AND (m.role = o.side OR o.ticket_id IS NOT NULL AND m.unit = o.unit AND m.role IN ('leader', 'member'))
        ORDER BY m.role = o.side DESC LIMIT 1;
    END IF;
    IF role IS NULL THEN
        RETURN;
    END IF;
    SELECT t.own INTO own FROM tickets t WHERE t.id = o.ticket_id;
    INSERT INTO reads (at, report_id, ticket_id, account_id, role, parts, how)
    VALUES (p_at, o.report_id, o.ticket_id, p_account, role, o.parts, p_how);
    RETURN QUERY
    SELECT o.parts, facts_shown(f.facts, o.parts, coalesce(own, '{}')),
           CASE WHEN 'place' = ANY (o.parts) THEN r.place END, CASE WHEN 'child' = ANY (o.parts) THEN r.child END,
           CASE WHEN 'birth' = ANY (o.parts) THEN r.birth END, CASE WHEN 'school' = ANY (o.parts) THEN r.school END,
           CASE WHEN 'home' = ANY (o.parts) THEN r.home END, CASE WHEN 'narrative' = ANY (o.parts) THEN r.narrative END,
           CASE WHEN 'reporter' = ANY (o.parts) THEN r.reporter END, r.data_key, CASE WHEN 'identity' = ANY (o.parts) THEN r.identity END
    FROM reports r JOIN report_facts f ON f.report_id = r.id WHERE r.id = o.report_id;
END $$;
REVOKE ALL ON FUNCTION opening_handed(bigint, bigint, text, timestamptz) FROM PUBLIC;

-- For the desk: openings of its units' tickets only.
CREATE FUNCTION desk_opening_handed(p_opening bigint, p_account bigint, p_how text, p_at timestamptz)
RETURNS TABLE (shows text[], facts jsonb, place bytea, child bytea, birth bytea, school bytea, home bytea, narrative bytea,
               reporter bytea, data_key bytea, identity bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT h.* FROM openings o JOIN tickets t ON t.id = o.ticket_id, opening_handed(o.id, p_account, p_how, p_at) h
    WHERE o.id = p_opening AND t.unit = ANY (desk_units())
$$;
REVOKE ALL ON FUNCTION desk_opening_handed(bigint, bigint, text, timestamptz) FROM PUBLIC;

-- The board. Its login reads no facts of a report but what the rows `*` of the disclosure table show: by these functions and
-- nothing else. It serves the office and the oversight, so it is handed what both rows show; what one of them sees beyond that
-- comes through report_look, which writes it down. What the program judges by (why a ticket is as it is, routing by hand, replays)
-- it reads with the office's login.

-- What whoever reads the board sees of a report.
CREATE FUNCTION board_looks(report bigint) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ARRAY(SELECT unnest(report_looks(report, 'office')) INTERSECT SELECT unnest(report_looks(report, 'oversight')) ORDER BY 1)
$$;
REVOKE ALL ON FUNCTION board_looks(bigint) FROM PUBLIC;

-- A line of a list about a ticket: never more situations than asked the ticket. The office's own ticket (triage) shows its own row.
CREATE FUNCTION board_listed(p_ticket bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT facts_listed(f.facts, CASE u.kind WHEN 'office' THEN t.shows ELSE board_looks(t.report_id) END, t.own)
    FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.unit JOIN report_facts f ON f.report_id = t.report_id
    WHERE t.id = p_ticket
$$;
REVOKE ALL ON FUNCTION board_listed(bigint) FROM PUBLIC;

-- A line of a list about a report: where the child is, sexes and ages, the situations. Not who is suspected, nor who reported.
CREATE FUNCTION board_facts(p_report bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT facts_shown(f.facts, ARRAY(SELECT unnest(board_looks(p_report)) INTERSECT SELECT unnest('{place,situations,child}'::text[])), '{}')
    FROM report_facts f WHERE f.report_id = p_report
$$;
REVOKE ALL ON FUNCTION board_facts(bigint) FROM PUBLIC;

-- Who can be called back: whether anybody stands behind the report, and what kind of person, where the rows show it.
CREATE FUNCTION board_reporter(p_report bigint) RETURNS TABLE (identity text, reporter_kind text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.facts ->> 'identity', CASE WHEN 'reporter' = ANY (board_looks(p_report)) THEN f.facts ->> 'reporter_kind' END
    FROM report_facts f WHERE f.report_id = p_report
$$;
REVOKE ALL ON FUNCTION board_reporter(bigint) FROM PUBLIC;

-- What the leading group sees of where: the area, whose township its page names.
CREATE FUNCTION leading_area(p_report bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN 'place' = ANY (report_looks(p_report, 'leading-group')) THEN facts_area(f.facts) END
    FROM report_facts f WHERE f.report_id = p_report
$$;
REVOKE ALL ON FUNCTION leading_area(bigint) FROM PUBLIC;

CREATE TABLE board_snapshots (
    county  text        PRIMARY KEY,
    at      timestamptz NOT NULL,
    took_ms integer     NOT NULL,
    data    jsonb       NOT NULL
);
COMMENT ON TABLE board_snapshots IS 'figures of the board, computed in the background by the board''s login';
COMMENT ON COLUMN board_snapshots.at IS 'the figures are exact as of then';

-- Reporters.

-- Status, by receipt and follow-up code together. It says of each ticket only what the words of a status need: whether the police
-- or the office's triage holds it, how far it is, whether a named person saw the child, and of each clock its due time and what
-- was really sent about it. Neither units nor obligations nor anything sealed.
CREATE FUNCTION report_status(report bigint, mac bytea)
RETURNS TABLE (received_at timestamptz, reporter_kind text, tickets jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.received_at, f.facts ->> 'reporter_kind',
           (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'police', t.obligation = 'police-accept',
                'triage', t.obligation = 'triage',
                'state', t.state,
                'dispatched_at', t.dispatched_at,
                'signed_at', t.signed_at,
                -- Seen is a contact that a named person recorded; that a stage ended says nothing.
                'seen_at', CASE WHEN t.contacted_at IS NOT NULL
                                 AND EXISTS (SELECT FROM events e WHERE e.report_id = r.id AND e.ticket_id = t.id
                                                                 AND e.kind = 'contacted' AND e.account_id IS NOT NULL)
                                THEN t.seen_at END,
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
REVOKE ALL ON FUNCTION report_status(bigint, bytea) FROM PUBLIC;
