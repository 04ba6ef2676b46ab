-- What an act at one unit's desk changes at another unit's ticket, each as one narrow function: a desk's login sees and writes
-- nothing but its own unit's rows. The same for the logins of the people and of a ticket's handing over.

-- The units the desk acts for in this transaction; nothing set means none.
CREATE FUNCTION desk_units() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(nullif(current_setting('shouwang.units', true), ''), ',')
$$;

-- A ticket with the ones it hands over to or comes from, locked in the order of their ids: two acts on one chain wait for each
-- other and never crosswise.
CREATE FUNCTION tickets_lock(ticket bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT FROM tickets t WHERE t.id = ticket OR t.predecessor = ticket
        OR t.id = (SELECT m.predecessor FROM tickets m WHERE m.id = ticket)
    ORDER BY t.id FOR UPDATE
$$;
REVOKE ALL ON FUNCTION tickets_lock(bigint) FROM PUBLIC;

-- Other units of a case, for somebody who holds a ticket of it: all, where that ticket shows all situations. What is asked of
-- others tells what was reported, so to the rest only who leads is named, and what is asked only where it is their own part.
CREATE FUNCTION case_others(ticket bigint)
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
REVOKE ALL ON FUNCTION case_others(bigint) FROM PUBLIC;

-- Where a ticket of the desk's units comes from and goes to.
CREATE FUNCTION desk_ticket_chain(ticket bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ticket_chain(t.id) FROM tickets t WHERE t.id = ticket AND t.unit = ANY (desk_units())
$$;
REVOKE ALL ON FUNCTION desk_ticket_chain(bigint) FROM PUBLIC;

-- Tells who must act next: the ticket's own unit, or the office. Only about a ticket of the desk's units.
CREATE FUNCTION desk_notice(notice uuid, ticket bigint, kind text, to_office boolean, stage text, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO notices (id, dedup, county, kind, ticket_id, stage_id, unit, urgency, drill, created_at, state)
    SELECT notice, desk_notice.kind || ':' || notice, t.county, desk_notice.kind, t.id,
           (SELECT s.id FROM stages s WHERE s.ticket_id = t.id AND s.stage = desk_notice.stage),
           CASE WHEN to_office THEN (SELECT min(u.code) FROM units u
                WHERE u.county = t.county AND u.kind = 'office' AND u.retired_at IS NULL) ELSE t.unit END,
           t.urgency, r.drill, desk_notice.at, 'queued'
    FROM tickets t JOIN reports r ON r.id = t.report_id
    WHERE t.id = desk_notice.ticket AND t.unit = ANY (desk_units())
$$;
REVOKE ALL ON FUNCTION desk_notice(uuid, bigint, text, boolean, text, timestamptz) FROM PUBLIC;

-- Mails about a ticket that did not reach its own unit and were not sent again. Only of a ticket of the desk's units.
CREATE FUNCTION desk_failed_notices(ticket bigint)
RETURNS TABLE (id uuid, kind text, state text, finished_at timestamptz, last_error text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.id, n.kind, n.state, n.finished_at, n.last_error
    FROM tickets t
    JOIN notices n ON n.unit = t.unit AND n.county = t.county AND n.state IN ('failed', 'bounced') AND n.replaced_by IS NULL
        AND n.id IN (SELECT nt.notice_id FROM notice_tickets nt WHERE nt.ticket_id = t.id
                     UNION SELECT o.id FROM notices o WHERE o.ticket_id = t.id)
    WHERE t.id = ticket AND t.unit = ANY (desk_units())
    ORDER BY n.finished_at DESC, n.id
$$;
REVOKE ALL ON FUNCTION desk_failed_notices(bigint) FROM PUBLIC;

-- A leader of the ticket's unit has one of these sent again: as a notice of its own, once, and the act is recorded. False where
-- it is none of these, or somebody was first.
CREATE FUNCTION desk_notice_resend(p_ticket bigint, p_notice uuid, p_new uuid, p_account bigint, p_by text, p_at timestamptz)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM notices WHERE id = p_notice FOR UPDATE;
    IF NOT EXISTS (SELECT FROM desk_failed_notices(p_ticket) f WHERE f.id = p_notice)
       OR NOT EXISTS (SELECT FROM memberships m JOIN tickets t ON t.id = p_ticket AND t.unit = m.unit AND t.county = m.county
                      WHERE m.account_id = p_account AND m.role = 'leader' AND m.ended_at IS NULL) THEN
        RETURN false;
    END IF;
    INSERT INTO notices (id, dedup, county, kind, ticket_id, stage_id, level, unit, urgency, drill, system_late, created_at, state,
                         resent_from, resent_by, reports_on)
    SELECT p_new, 'resend:' || n.id, n.county, n.kind, n.ticket_id, n.stage_id, n.level, n.unit, n.urgency, n.drill, n.system_late,
           p_at, 'queued', n.id, p_account, n.reports_on
    FROM notices n WHERE n.id = p_notice;
    INSERT INTO notice_tickets (notice_id, ticket_id, stage_id, level)
    SELECT p_new, i.ticket_id, i.stage_id, i.level
    FROM (SELECT nt.ticket_id, nt.stage_id, nt.level FROM notice_tickets nt WHERE nt.notice_id = p_notice
          UNION SELECT n.ticket_id, n.stage_id, n.level FROM notices n WHERE n.id = p_notice) i
    WHERE i.ticket_id IS NOT NULL;
    UPDATE notices SET replaced_by = p_new WHERE id = p_notice;
    INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
    SELECT p_at, t.report_id, t.id, 'notice-resent', p_by, p_account,
           jsonb_build_object('notice', p_notice, 'as', p_new, 'kind', n.kind, 'unit', n.unit)
    FROM notices n, tickets t WHERE n.id = p_new AND t.id = p_ticket;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION desk_notice_resend(bigint, uuid, uuid, bigint, text, timestamptz) FROM PUBLIC;

-- The unit that takes over has signed: the ticket it comes from ends as transferred.
CREATE FUNCTION desk_hand_over(successor bigint, p_at timestamptz, p_by text, p_account bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    old tickets;
BEGIN
    SELECT o.* INTO old FROM tickets s JOIN tickets o ON o.id = s.predecessor
    WHERE s.id = successor AND s.state = 'signed' AND s.unit = ANY (desk_units()) AND o.state = 'transferring';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    UPDATE stages SET ended_at = p_at, next_at = NULL, ended_how = CASE stage WHEN 'contact' THEN 'closed' ELSE 'act' END
    WHERE ticket_id = old.id AND ended_at IS NULL;
    UPDATE tickets SET state = 'resolved', version = version + 1, outcome = close_outcome, resolved_at = p_at,
        resolved_by = close_requested_by, resolved_by_account = close_requested_account, close_outcome = NULL,
        close_requested_at = NULL, close_requested_by = NULL, close_requested_account = NULL, close_by = NULL, transfer_to = NULL,
        next_stage = NULL, next_due_at = NULL
    WHERE id = old.id;
    INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
    SELECT p_at, old.report_id, old.id, 'transfer-received', p_by, p_account, jsonb_build_object('unit', s.unit)
    FROM tickets s WHERE s.id = successor;
END $$;
REVOKE ALL ON FUNCTION desk_hand_over(bigint, timestamptz, text, bigint) FROM PUBLIC;

-- A transfer is taken back before the other unit signed: its ticket ends, and leads no longer. False when there is nothing to
-- take back any more.
CREATE FUNCTION desk_transfer_withdraw(old bigint, p_at timestamptz, p_by text, p_account bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone tickets;
BEGIN
    SELECT s.* INTO gone FROM tickets o JOIN tickets s ON s.predecessor = o.id
    WHERE o.id = old AND o.unit = ANY (desk_units()) AND o.state = 'transferring' AND s.state = 'dispatched';
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE stages SET ended_at = p_at, next_at = NULL, ended_how = 'void' WHERE ticket_id = gone.id AND ended_at IS NULL;
    UPDATE tickets SET state = 'returned', version = version + 1, lead = false, next_stage = NULL, next_due_at = NULL WHERE id = gone.id;
    UPDATE tickets SET lead = lead OR gone.lead WHERE id = old;
    INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
    SELECT p_at, gone.report_id, gone.id, 'transfer-withdrawn', p_by, p_account, jsonb_build_object('unit', o.unit)
    FROM tickets o WHERE o.id = old;
    INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
    SELECT gen_random_uuid(), 'transfer-withdrawn:' || gone.id, gone.county, 'transfer-withdrawn', gone.id, gone.unit, gone.urgency,
           r.drill, p_at, 'queued'
    FROM reports r WHERE r.id = gone.report_id;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION desk_transfer_withdraw(bigint, timestamptz, text, bigint) FROM PUBLIC;

-- 不予立案 of a statutory situation: the procuratorate's open ticket is told, or one is opened, which shows what its own row of the
-- disclosure table says. planned is one ticket as routing plans it. The number and date of the decision, sealed with the report's
-- key, go along.
CREATE FUNCTION oversight_open(p_ticket bigint, planned jsonb, p_rule_set integer, p_calendar text, p_at timestamptz, p_by text,
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
        INSERT INTO ring_turns (stage_id, county, next_at)
        SELECT s.id, s.county, p_at FROM stages s WHERE s.ticket_id = held AND s.stage = 'sign';
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
REVOKE ALL ON FUNCTION oversight_open(bigint, jsonb, integer, text, timestamptz, text, bigint) FROM PUBLIC;

-- The same from a desk: only about a ticket of its own units.
CREATE FUNCTION desk_oversight_open(p_ticket bigint, planned jsonb, p_rule_set integer, p_calendar text, p_at timestamptz, p_by text,
                                    p_account bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM tickets WHERE id = p_ticket AND unit = ANY (desk_units())) THEN
        RAISE EXCEPTION 'ticket % is not of these units', p_ticket;
    END IF;
    PERFORM oversight_open(p_ticket, planned, p_rule_set, p_calendar, p_at, p_by, p_account);
END $$;
REVOKE ALL ON FUNCTION desk_oversight_open(bigint, jsonb, integer, text, timestamptz, text, bigint) FROM PUBLIC;

-- A 不予立案 that was told is taken back: the procuratorate's ticket stays, and is told that too.
CREATE FUNCTION desk_oversight_withdraw(p_ticket bigint, p_at timestamptz, p_by text, p_account bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH mine AS (
        SELECT t.* FROM tickets t WHERE t.id = p_ticket AND t.unit = ANY (desk_units())
    ), told AS (
        SELECT DISTINCT o.id, o.report_id, o.county, o.unit, o.urgency FROM mine t
        JOIN events e ON e.report_id = t.report_id AND e.kind = 'not-filed-told' AND e.detail -> 'ticket' = to_jsonb(t.id)
        JOIN tickets o ON o.id = e.ticket_id
        WHERE o.state NOT IN ('resolved', 'confirmed', 'archived', 'returned', 'waived')
    ), version AS (
        UPDATE tickets o SET version = version + 1 FROM told WHERE o.id = told.id
    ), notice AS (
        INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
        SELECT gen_random_uuid(), 'not-filed-withdrawn:' || told.id || ':' || p_at, told.county, 'not-filed-withdrawn', told.id, told.unit,
               told.urgency, r.drill, p_at, 'queued'
        FROM told JOIN reports r ON r.id = told.report_id
    )
    INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
    SELECT p_at, told.report_id, told.id, 'not-filed-withdrawn', p_by, p_account, jsonb_build_object('unit', mine.unit)
    FROM told, mine
$$;
REVOKE ALL ON FUNCTION desk_oversight_withdraw(bigint, timestamptz, text, bigint) FROM PUBLIC;

-- Open tickets that a person holds, counted; the people's login sees nothing else of them.
CREATE FUNCTION account_holds(of_county text, holder bigint)
RETURNS TABLE (unit text, obligation text, urgency text, tickets bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.unit, t.obligation, t.urgency, count(*)
    FROM tickets t
    WHERE t.assignee = holder AND t.county = of_county
      AND t.state NOT IN ('resolved', 'confirmed', 'archived', 'returned', 'waived')
    GROUP BY t.unit, t.obligation, t.urgency
    ORDER BY t.unit, t.urgency, t.obligation
$$;
REVOKE ALL ON FUNCTION account_holds(text, bigint) FROM PUBLIC;

-- Gives the open tickets that a person holds in a unit to a colleague, or to nobody. Each leaves an event with who did it.
CREATE FUNCTION account_hand_over(of_county text, holder bigint, of_unit text, receiver bigint, by_account bigint,
                                  by_name text, act_at timestamptz)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    receiver_name text;
    moved bigint;
BEGIN
    IF receiver IS NOT NULL THEN
        SELECT c.name INTO receiver_name FROM unit_contacts(of_county, of_unit) c
        WHERE c.account_id = receiver AND NOT assignee_gone(of_county, of_unit, receiver) AND receiver <> holder;
        IF receiver_name IS NULL THEN
            RAISE EXCEPTION 'account % can not take tickets of unit %', receiver, of_unit USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    WITH given AS (
        UPDATE tickets t SET assignee = receiver, assignee_name = receiver_name, version = t.version + 1
        WHERE t.county = of_county AND t.unit = of_unit AND t.assignee = holder
          AND t.state NOT IN ('resolved', 'confirmed', 'archived', 'returned', 'waived')
        RETURNING t.id, t.report_id
    ), said AS (
        INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
        SELECT act_at, g.report_id, g.id, CASE WHEN receiver IS NULL THEN 'unassigned' ELSE 'assigned' END, by_name, by_account,
               jsonb_strip_nulls(jsonb_build_object('to', receiver_name, 'why', 'left'))
        FROM given g
    )
    SELECT count(*) INTO moved FROM given;
    RETURN moved;
END $$;
REVOKE ALL ON FUNCTION account_hand_over(text, bigint, text, bigint, bigint, text, timestamptz) FROM PUBLIC;

-- A name that was mended shows on the open tickets of that person; acts keep the name they were done under.
CREATE FUNCTION account_renamed(of_county text, holder bigint, new_name text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE tickets t SET assignee_name = new_name
    WHERE t.county = of_county AND t.assignee = holder
      AND t.state NOT IN ('resolved', 'confirmed', 'archived', 'returned', 'waived')
$$;
REVOKE ALL ON FUNCTION account_renamed(text, bigint, text) FROM PUBLIC;
