-- What is open for somebody shows, for as long as it is open and to nobody else; each look through an opening is written down in
-- the call that hands it out, like every other look.

-- What an account may see of a ticket's report: what the ticket shows to people of its unit, and what is open for this account
-- just then. The identity is never shown by a row alone: it takes an opening.
CREATE OR REPLACE FUNCTION ticket_shows(ticket bigint, account bigint, at timestamptz) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT array_agg(DISTINCT part) FROM tickets t,
                     unnest(array_remove(t.shows, 'identity') || openings_shown(t.report_id, t.id, account, at)) AS part
                     WHERE t.id = ticket AND ticket_role(ticket, account) IS NOT NULL), '{}')
$$;

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

-- The ways that went past an opening are gone.
DROP FUNCTION desk_ticket_identity(bigint, bigint, timestamptz);
DROP FUNCTION callback_identity(bigint, bigint, timestamptz);

-- Who looked at who reported stands out, also where millions of other looks lie between.
CREATE INDEX reads_identity ON reads (at) WHERE 'identity' = ANY (parts);
