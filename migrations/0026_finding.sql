-- Finding and listing: one narrow row a ticket, in the orders in which lists are read, and what was searched for.

-- Lists filter and sort by things that stand in tickets, in the report and in its facts. Here they stand beside each other, so that
-- each filter has an index with the list's whole order, and the table of tickets, which every act writes, gets no index more. A
-- table that is new is filled and indexed before anybody reads it.
CREATE TABLE listings (
    ticket_id   bigint      PRIMARY KEY REFERENCES tickets,
    county      text        NOT NULL,
    drill       boolean     NOT NULL,
    report_id   bigint      NOT NULL,
    unit        text        NOT NULL,
    obligation  text        NOT NULL,
    urgency     text        NOT NULL,
    state       text        NOT NULL,
    open        boolean     NOT NULL GENERATED ALWAYS AS (state IN ('dispatched', 'signed', 'in-progress', 'close-requested',
                            'transferring', 'return-requested', 'reopened')) STORED,
    waiting     boolean     NOT NULL GENERATED ALWAYS AS (state IN ('close-requested', 'transferring', 'return-requested')) STORED,
    assignee    bigint,
    received_at timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    township    text,
    situations  text[]      NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
COMMENT ON TABLE listings IS 'a ticket as lists find it; written by triggers of tickets alone';
COMMENT ON COLUMN listings.open IS 'the unit has still to act, or waits for somebody';
COMMENT ON COLUMN listings.waiting IS 'others have to act: who confirms a closing, who takes over, who decides a return';
COMMENT ON COLUMN listings.received_at IS 'as the report''s: the tickets of one report stand together';
COMMENT ON COLUMN listings.due_at IS 'due time of the next stage; the year 9999 where no clock runs, so that such tickets stand last';
COMMENT ON COLUMN listings.township IS 'the first nine digits of the report''s area; NULL: not known, or some list of this ticket does not say it';
COMMENT ON COLUMN listings.situations IS 'what was reported, as far as every list of this ticket says it: nobody learns more by a filter than a line says';

-- The eight characters that follow the day in a receipt, as the six groups of three that stand in them one after the other. A piece of a
-- receipt is found by its own groups.
CREATE FUNCTION receipt_parts(report bigint) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY[(report >> 25 & 32767)::integer, (report >> 20 & 32767)::integer, (report >> 15 & 32767)::integer,
                 (report >> 10 & 32767)::integer, (report >> 5 & 32767)::integer, (report & 32767)::integer]
$$;

-- What every list of a ticket says of where and what: the unit's by the ticket's row, the office's and the oversight's by theirs, in
-- force when the report was decided (as report_looks has them). Facts that are of no known shape say nothing. Both are plain
-- expressions, so that a query that uses them has them in its own plan: they are asked for each ticket that is dispatched.
CREATE FUNCTION listing_looks(report bigint, role text) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT d.looks -> role FROM decisions d WHERE d.report_id = report AND jsonb_typeof(d.looks -> role) = 'array'
                     ORDER BY d.round DESC LIMIT 1), '["place", "own"]')
$$;
CREATE FUNCTION listing_says(facts jsonb, shows jsonb, office jsonb, oversight jsonb, own text[])
RETURNS TABLE (township text, situations text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN shows ? 'place' AND office ? 'place' AND oversight ? 'place' THEN nullif(left(facts_area(facts), 9), '') END,
           CASE WHEN NOT (shows ?| '{own,situations}' AND office ?| '{own,situations}' AND oversight ?| '{own,situations}') THEN '{}'
                WHEN own <> '{}' THEN own
                WHEN shows ? 'situations' AND office ? 'situations' AND oversight ? 'situations'
                     AND jsonb_typeof(facts -> 'situations') = 'array'
                THEN ARRAY(SELECT jsonb_array_elements_text(facts -> 'situations')) ELSE '{}' END
$$;

CREATE FUNCTION listings_add() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO listings (ticket_id, county, drill, report_id, unit, obligation, urgency, state, assignee, received_at, due_at, township,
                          situations)
    SELECT t.id, t.county, t.drill, t.report_id, t.unit, t.obligation, t.urgency, t.state, t.assignee, r.received_at,
           coalesce(t.next_due_at, '9999-01-01 00:00+00'), says.township, says.situations
    FROM added t JOIN reports r ON r.id = t.report_id JOIN units u ON u.county = t.county AND u.code = t.unit
    LEFT JOIN report_facts f ON f.report_id = t.report_id
    CROSS JOIN LATERAL (SELECT to_jsonb(t.shows) AS shows,
                               CASE u.kind WHEN 'office' THEN to_jsonb(t.shows) ELSE listing_looks(t.report_id, 'office') END AS office,
                               CASE u.kind WHEN 'office' THEN to_jsonb(t.shows) ELSE listing_looks(t.report_id, 'oversight') END AS oversight) looks
    CROSS JOIN LATERAL listing_says(f.facts, looks.shows, looks.office, looks.oversight, t.own) says;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION listings_add() FROM PUBLIC;
CREATE TRIGGER tickets_listed AFTER INSERT ON tickets REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION listings_add();

CREATE FUNCTION listings_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE listings SET unit = NEW.unit, urgency = NEW.urgency, state = NEW.state, assignee = NEW.assignee,
        due_at = coalesce(NEW.next_due_at, '9999-01-01 00:00+00')
    WHERE ticket_id = NEW.id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION listings_follow() FROM PUBLIC;
CREATE TRIGGER tickets_listed_anew AFTER UPDATE OF unit, urgency, state, assignee, next_due_at ON tickets
    FOR EACH ROW WHEN ((OLD.unit, OLD.urgency, OLD.state, OLD.assignee, OLD.next_due_at)
        IS DISTINCT FROM (NEW.unit, NEW.urgency, NEW.state, NEW.assignee, NEW.next_due_at)) EXECUTE FUNCTION listings_follow();

INSERT INTO listings (ticket_id, county, drill, report_id, unit, obligation, urgency, state, assignee, received_at, due_at, township,
                      situations)
SELECT t.id, t.county, t.drill, t.report_id, t.unit, t.obligation, t.urgency, t.state, t.assignee, r.received_at,
       coalesce(t.next_due_at, '9999-01-01 00:00+00'), says.township, says.situations
FROM tickets t JOIN reports r ON r.id = t.report_id JOIN units u ON u.county = t.county AND u.code = t.unit
LEFT JOIN report_facts f ON f.report_id = t.report_id
CROSS JOIN LATERAL (SELECT to_jsonb(t.shows) AS shows,
                           CASE u.kind WHEN 'office' THEN to_jsonb(t.shows) ELSE listing_looks(t.report_id, 'office') END AS office,
                           CASE u.kind WHEN 'office' THEN to_jsonb(t.shows) ELSE listing_looks(t.report_id, 'oversight') END AS oversight) looks
CROSS JOIN LATERAL listing_says(f.facts, looks.shows, looks.office, looks.oversight, t.own) says;

-- The newest first, or the oldest: all, and by each filter.
CREATE INDEX listings_all ON listings (county, drill, received_at, ticket_id);
CREATE INDEX listings_unit ON listings (county, unit, drill, received_at, ticket_id);
CREATE INDEX listings_township ON listings (county, township, drill, received_at, ticket_id);
CREATE INDEX listings_obligation ON listings (county, obligation, drill, received_at, ticket_id);
CREATE INDEX listings_urgency ON listings (county, drill, urgency, received_at, ticket_id);
CREATE INDEX listings_state ON listings (county, state, drill, received_at, ticket_id);
CREATE INDEX listings_open ON listings (county, drill, received_at, ticket_id) WHERE open;
CREATE INDEX listings_assignee ON listings (assignee, received_at, ticket_id) WHERE assignee IS NOT NULL;
-- The next due first.
CREATE INDEX listings_due ON listings (county, drill, due_at, ticket_id) WHERE open;
CREATE INDEX listings_unit_due ON listings (county, unit, drill, due_at, ticket_id) WHERE open;
CREATE INDEX listings_unassigned ON listings (county, drill, due_at, ticket_id) WHERE open AND assignee IS NULL;
CREATE INDEX listings_waiting ON listings (county, drill, due_at, ticket_id) WHERE waiting;
-- Rare situations; common ones are met at once on the way through a list.
CREATE INDEX listings_situations ON listings USING gin (situations) WITH (gin_pending_list_limit = 256);
CREATE INDEX listings_report ON listings (report_id);
CREATE INDEX listings_receipt ON listings USING gin (receipt_parts(report_id)) WITH (gin_pending_list_limit = 256);

ALTER TABLE listings ENABLE ROW LEVEL SECURITY;
ALTER TABLE listings FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON listings TO CURRENT_USER USING (true) WITH CHECK (true);

-- Reports with a piece of a receipt: those that have all of these groups, and those of these ranges. For the desk those of its units:
-- the index of groups serves no login under row-level security, because its operator is not one that keeps rows to itself.
CREATE FUNCTION receipts_found(of_county text, of_units text[], groups integer[], low bigint[], high bigint[], most integer)
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Planned for these very groups: a plan for any would walk over all. Range by range in the order of the reports: a join would be
    -- free to read all tickets and ask of each which range it is in.
    RETURN QUERY EXECUTE
    'SELECT DISTINCT found.report_id FROM (
         SELECT l.report_id FROM listings l
         WHERE $3 <> ''{}'' AND receipt_parts(l.report_id) @> $3 AND l.county = $1 AND ($2 IS NULL OR l.unit = ANY ($2))
         UNION ALL
         SELECT met.report_id FROM unnest($4, $5) AS range (low, high), LATERAL (
             SELECT DISTINCT l.report_id FROM listings l
             WHERE l.report_id BETWEEN range.low AND range.high AND l.county = $1 AND ($2 IS NULL OR l.unit = ANY ($2))
             ORDER BY l.report_id LIMIT $6) met
     ) found LIMIT $6' USING of_county, of_units, groups, low, high, most;
END $$;
REVOKE ALL ON FUNCTION receipts_found(text, text[], integer[], bigint[], bigint[], integer) FROM PUBLIC;
CREATE FUNCTION desk_receipts_found(of_county text, of_unit text, groups integer[], low bigint[], high bigint[], most integer)
RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM receipts_found(of_county, ARRAY(SELECT mine FROM unnest(desk_units()) mine WHERE mine = coalesce(of_unit, mine)),
                                 groups, low, high, most)
$$;
REVOKE ALL ON FUNCTION desk_receipts_found(text, text, integer[], bigint[], bigint[], integer) FROM PUBLIC;

-- Who searched for a child, and who took a list away. What was typed is not kept: it is a name.
CREATE TABLE searches (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county     text        NOT NULL,
    at         timestamptz NOT NULL,
    account_id bigint      NOT NULL REFERENCES accounts,
    role       text        NOT NULL,
    unit       text,
    kind       text        NOT NULL CHECK (kind IN ('name-birth', 'id-number', 'workbook')),
    reason     text,
    list       text,
    found      integer     NOT NULL,
    CHECK ((kind = 'workbook') = (reason IS NULL)),
    CHECK ((kind = 'workbook') = (list IS NOT NULL))
);
CREATE INDEX searches_at ON searches (county, at, id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON searches FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON searches FOR EACH STATEMENT EXECUTE FUNCTION append_only();
COMMENT ON TABLE searches IS 'searches for a child and lists taken away as a workbook; written by the functions below alone';
COMMENT ON COLUMN searches.unit IS 'whose tickets; NULL: of the county';
COMMENT ON COLUMN searches.reason IS 'a word of a closed list';
COMMENT ON COLUMN searches.list IS 'the filters of a workbook''s list, as its address has them: never a name';
COMMENT ON COLUMN searches.found IS 'how many tickets';

-- As what a person acts: of a unit, or over the county.
CREATE FUNCTION searcher(of_county text, of_unit text, account bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.role FROM memberships m JOIN accounts a ON a.id = m.account_id AND a.disabled_at IS NULL
    WHERE m.county = of_county AND m.account_id = account AND m.ended_at IS NULL
      AND CASE WHEN of_unit IS NULL THEN m.role IN ('office', 'oversight') ELSE m.unit = of_unit AND m.role IN ('leader', 'member') END
    ORDER BY m.role LIMIT 1
$$;
REVOKE ALL ON FUNCTION searcher(text, text, bigint) FROM PUBLIC;

-- The tickets of a child, by a token of the blind index, and the record of the search in the same call. A unit finds among its tickets
-- those that show it what it searches by: trying birth dates must not open what a row hides. Each report that is found was looked at: as
-- much of it as a line of a list says.
CREATE FUNCTION child_search(of_county text, of_unit text, p_kind text, p_token bytea, p_account bigint, p_reason text, p_at timestamptz)
RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    as_role text := searcher(of_county, of_unit, p_account);
    met     bigint[];
BEGIN
    IF as_role IS NULL THEN
        RETURN;
    END IF;
    met := ARRAY(SELECT DISTINCT t.id FROM blind_index b JOIN tickets t ON t.report_id = b.report_id
        WHERE b.token = p_token AND b.kind = p_kind AND t.county = of_county
          AND (of_unit IS NULL OR t.unit = of_unit
               AND CASE p_kind WHEN 'name-birth' THEN '{child,birth}'::text[] ELSE '{birth}' END <@ ticket_shows(t.id, p_account, p_at))
        ORDER BY t.id DESC LIMIT 200);
    INSERT INTO searches (county, at, account_id, role, unit, kind, reason, found)
    VALUES (of_county, p_at, p_account, as_role, of_unit, p_kind, p_reason, cardinality(met));
    INSERT INTO reads (at, report_id, ticket_id, account_id, role, parts, how)
    SELECT p_at, t.report_id, t.id, p_account, as_role,
           ARRAY(SELECT unnest(CASE WHEN of_unit IS NULL THEN board_looks(t.report_id) ELSE t.shows END)
                 INTERSECT SELECT unnest('{place,child,own,situations}'::text[])), 'search'
    FROM tickets t WHERE t.id = ANY (met);
    RETURN QUERY SELECT unnest(met);
END $$;
REVOKE ALL ON FUNCTION child_search(text, text, text, bytea, bigint, text, timestamptz) FROM PUBLIC;
CREATE FUNCTION desk_child_search(of_county text, of_unit text, p_kind text, p_token bytea, p_account bigint, p_reason text,
                                  p_at timestamptz) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF of_unit = ANY (desk_units()) THEN
        RETURN QUERY SELECT * FROM child_search(of_county, of_unit, p_kind, p_token, p_account, p_reason, p_at);
    END IF;
END $$;
REVOKE ALL ON FUNCTION desk_child_search(text, text, text, bytea, bigint, text, timestamptz) FROM PUBLIC;
CREATE FUNCTION board_child_search(of_county text, p_kind text, p_token bytea, p_account bigint, p_reason text, p_at timestamptz)
RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM child_search(of_county, NULL, p_kind, p_token, p_account, p_reason, p_at)
$$;
REVOKE ALL ON FUNCTION board_child_search(text, text, bytea, bigint, text, timestamptz) FROM PUBLIC;

-- A list was taken away as a workbook.
CREATE FUNCTION list_taken(of_county text, of_unit text, p_list text, p_rows integer, p_account bigint, p_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO searches (county, at, account_id, role, unit, kind, list, found)
    SELECT of_county, p_at, p_account, searcher(of_county, of_unit, p_account), of_unit, 'workbook', p_list, p_rows
$$;
REVOKE ALL ON FUNCTION list_taken(text, text, text, integer, bigint, timestamptz) FROM PUBLIC;
