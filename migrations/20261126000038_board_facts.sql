-- The board's login reads no facts of a report but what the rows `*` of the disclosure table show: by these functions and nothing
-- else. It serves the office and the oversight, so it is handed what both rows show; what one of them sees beyond that comes
-- through report_look, which writes it down. What the program judges by (why a ticket is as it is, routing by hand, replays) it
-- reads with the office's login.

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

-- Who looked at a ticket, also where millions of other looks lie between.
CREATE INDEX reads_ticket ON reads (ticket_id, at) WHERE ticket_id IS NOT NULL;
