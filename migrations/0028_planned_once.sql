-- Functions that a list asks for each of its lines, and a call that fails. In SQL they were planned anew for each line, which took
-- twenty times as long as what they do; in PL/pgSQL a connection plans them once. What they say is the same, word for word. A plan
-- that is kept must not be that of a table which was almost empty: those that read tables find their rows by key.

CREATE OR REPLACE FUNCTION facts_shown(facts jsonb, shows text[], own text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_object_agg(f.key, f.value), '{}') FROM (
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
    ) f);
END $$;

CREATE OR REPLACE FUNCTION facts_listed(facts jsonb, shows text[], own text[]) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN facts_shown(facts,
        ARRAY(SELECT unnest(shows) INTERSECT SELECT unnest('{place,child,own}'::text[])) ||
        CASE WHEN 'situations' = ANY (shows) THEN CASE WHEN own = '{}' THEN '{situations}'::text[] ELSE '{own}'::text[] END ELSE '{}' END,
        own);
END $$;

CREATE OR REPLACE FUNCTION report_looks(report bigint, role text) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN coalesce((SELECT ARRAY(SELECT jsonb_array_elements_text(d.looks -> role)) FROM decisions d
                     WHERE d.report_id = report AND jsonb_typeof(d.looks -> role) = 'array' ORDER BY d.round DESC LIMIT 1), '{place,own}');
END $$;

CREATE OR REPLACE FUNCTION board_looks(report bigint) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN ARRAY(SELECT unnest(report_looks(report, 'office')) INTERSECT SELECT unnest(report_looks(report, 'oversight')) ORDER BY 1);
END $$;

CREATE OR REPLACE FUNCTION board_listed(p_ticket bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT facts_listed(f.facts, CASE u.kind WHEN 'office' THEN t.shows ELSE board_looks(t.report_id) END, t.own)
    FROM tickets t JOIN units u ON u.county = t.county AND u.code = t.unit JOIN report_facts f ON f.report_id = t.report_id
    WHERE t.id = p_ticket);
END $$;

CREATE OR REPLACE FUNCTION desk_ticket_listed(p_ticket bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT facts_listed(f.facts, t.shows, t.own)
    FROM tickets t LEFT JOIN report_facts f ON f.report_id = t.report_id WHERE t.id = p_ticket AND t.unit = ANY (desk_units()));
END $$;

CREATE OR REPLACE FUNCTION board_facts(p_report bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT facts_shown(f.facts, ARRAY(SELECT unnest(board_looks(p_report)) INTERSECT SELECT unnest('{place,situations,child}'::text[])), '{}')
    FROM report_facts f WHERE f.report_id = p_report);
END $$;

-- A call that reached nobody: the router's next turn finds its stages, or its drill, at once.
CREATE OR REPLACE FUNCTION call_fail(which uuid, at timestamptz, why text) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_variable
BEGIN
    UPDATE calls SET state = 'failed', finished_at = at, last_error = why, lease_owner = NULL, leased_until = NULL
    WHERE id = which AND finished_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO call_steps (at, call_id, step, detail) VALUES (at, which, 'failed', why) ON CONFLICT DO NOTHING;
    UPDATE drill_units u SET next_at = least(u.next_at, at)
    WHERE u.next_at IS NOT NULL AND u.id IN (SELECT r.drill_unit_id FROM drill_rings r WHERE r.call_id = which);
    UPDATE ring_turns t SET next_at = least(t.next_at, at)
    WHERE t.stage_id IN (SELECT r.stage_id FROM call_rings r WHERE r.call_id = which);
END $$;
