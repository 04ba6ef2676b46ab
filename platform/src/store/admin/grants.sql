-- What each task may do. {role} is the database's name. Applied after every migration; everything not here is refused.
DO $$
DECLARE
    task text;
BEGIN
    FOREACH task IN ARRAY ARRAY['intake', 'relay', 'router', 'notifier', 'desk', 'board', 'office', 'people'] LOOP
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', '{role}_' || task);
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM %I', '{role}_' || task);
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', '{role}_' || task);
        EXECUTE format('GRANT SELECT ON packs, rule_sets, areas, units, installation TO %I', '{role}_' || task);
    END LOOP;
END $$;

-- intake: inserts; reads back only ids, and answers and status through functions.
GRANT INSERT ON reports, report_facts, outbox, audit_leaves, blind_index, idempotency_keys TO "{role}_intake";
GRANT SELECT (id) ON reports TO "{role}_intake";
GRANT INSERT ON report_sources TO "{role}_intake";
GRANT SELECT (key_mac, report_id) ON idempotency_keys TO "{role}_intake";
GRANT SELECT (client_mac) ON idempotency_repeats TO "{role}_intake";
GRANT EXECUTE ON FUNCTION intake_answer(bytea, bytea), intake_is_stored(bigint, bytea), report_status(bigint, bytea), report_waived(bigint, bytea),
    intake_forget_answers(timestamptz), intake_forget_sources(timestamptz), reports_newest_key(text) TO "{role}_intake";

-- relay: the outbox, and the age of what waits in it.
GRANT SELECT, UPDATE ON outbox TO "{role}_relay";
GRANT SELECT (id, received_at) ON reports TO "{role}_relay";

-- router: decides, turns the clock. It never sees a sealed column.
GRANT SELECT (id, county, received_at, channel, drill) ON reports TO "{role}_router";
GRANT SELECT ON report_facts, outbox, routing_attempts, decisions, cases, case_reports, tickets, stages, escalation_steps,
    notices, notice_tickets, notice_attempts, events, parked_messages TO "{role}_router";
GRANT INSERT ON parked_messages, routing_attempts, decisions, cases, case_reports, tickets, stages, escalation_steps, notices,
    notice_tickets, events, audit_leaves TO "{role}_router";
GRANT UPDATE ON routing_attempts, tickets, stages, escalation_steps TO "{role}_router";
GRANT UPDATE (taken_until) ON outbox TO "{role}_router";
-- How many reporters wait for a call; nothing of what was written about them.
GRANT SELECT (report_id, result, decision, retry_at) ON callbacks TO "{role}_router";
GRANT SELECT ON callbacks_waiting TO "{role}_router", "{role}_board", "{role}_office";
GRANT SELECT, INSERT, UPDATE ON unlisted_areas TO "{role}_router";
-- A column is enough to lock a notice that another ticket is added to.
GRANT UPDATE (lease_owner) ON notices TO "{role}_router";
GRANT DELETE ON outbox, routing_attempts TO "{role}_router";
GRANT EXECUTE ON FUNCTION partitions_ensure(date), flood_of_report(bigint, integer),
    flood_tell(bigint, uuid, text, text, smallint, boolean, text, timestamptz, bigint[], bigint[], integer[]) TO "{role}_router";
GRANT SELECT ON floods, flood_reports TO "{role}_router", "{role}_notifier", "{role}_board", "{role}_office";
GRANT UPDATE (state, decided_at, decided_by, decided_account) ON floods TO "{role}_office";
GRANT SELECT, INSERT ON flood_closings TO "{role}_office";
-- What the office decides about a flood leaves its line in the trail.
GRANT INSERT ON account_acts TO "{role}_office";
GRANT UPDATE (decision, decided_at, decided_by, decided_account, tickets) ON flood_closings TO "{role}_office";
GRANT SELECT ON flood_closings TO "{role}_board";
GRANT EXECUTE ON FUNCTION flood_close(text, bigint, timestamptz, text, bigint), flood_give_back(text, bigint, timestamptz, text, bigint)
    TO "{role}_office";

-- notifier: notices and what their mails say.
GRANT SELECT ON notices, notice_tickets, notice_attempts, tickets, stages, report_facts, memberships, mail_state TO "{role}_notifier";
GRANT SELECT (report_id, round, pack_version, rule_set, rows, decided_at, looks) ON decisions TO "{role}_notifier";
GRANT SELECT (id, county, name, phone, disabled_at) ON accounts TO "{role}_notifier";
GRANT SELECT (id, ended_at) ON factor_resets TO "{role}_notifier";
GRANT INSERT ON notices, notice_tickets, notice_attempts, mail_state TO "{role}_notifier";
GRANT UPDATE ON notices, mail_state TO "{role}_notifier";

-- notifier, calls: whom to dial, what came of it, and the turn of the router that a failed one wakes.
GRANT SELECT ON calls, call_rings, call_tries, call_steps, bells, phones, phone_codes, mail_codes TO "{role}_notifier";
GRANT SELECT (stage_id, next_at) ON ring_turns TO "{role}_notifier";
GRANT UPDATE (state, due_at, lease_owner, leased_until, attempts, finished_at, last_error) ON calls TO "{role}_notifier";
GRANT INSERT, UPDATE ON call_tries TO "{role}_notifier";
GRANT INSERT ON call_steps TO "{role}_notifier";
GRANT UPDATE (next_at) ON ring_turns TO "{role}_notifier";
GRANT EXECUTE ON FUNCTION call_is_wanted(uuid), call_fail(uuid, timestamptz, text) TO "{role}_notifier";
-- How the providers stand: the board reads it, and the router tells that a quota ends.
GRANT SELECT ON gateways TO "{role}_notifier", "{role}_router", "{role}_board";
GRANT INSERT ON gateways TO "{role}_notifier";
GRANT UPDATE (channel, price_yuan, quota, quota_from, warn_below, seen_at, away_since, away_why) ON gateways TO "{role}_notifier";
GRANT UPDATE (warned_at) ON gateways TO "{role}_router";

-- desk: one unit's tickets, by row-level security. No report but those it holds a ticket of.
-- What a report says comes through desk_ticket_read alone, which writes down who read it.
GRANT SELECT ON tickets, stages, stage_rounds, escalation_steps, events TO "{role}_desk";
GRANT SELECT (id, county, received_at, channel, drill, data_key) ON reports TO "{role}_desk";
GRANT UPDATE ON stages TO "{role}_desk";
-- Every column of a ticket but those that say which report it is about and what it shows of it.
DO $$
BEGIN
    EXECUTE (SELECT format('GRANT UPDATE (%s) ON tickets TO %I', string_agg(quote_ident(column_name), ', '), '{role}_desk')
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'tickets'
             AND column_name NOT IN ('id', 'county', 'case_id', 'report_id', 'unit', 'obligation', 'unit_kind', 'shows', 'own'));
END $$;
GRANT EXECUTE ON FUNCTION desk_ticket_read(bigint, bigint, text, timestamptz), 
    desk_ticket_listed(bigint), ticket_shows(bigint, bigint, timestamptz) TO "{role}_desk";
GRANT INSERT ON events, audit_leaves, stages, stage_rounds TO "{role}_desk";
GRANT EXECUTE ON FUNCTION tickets_lock(bigint), desk_notice(uuid, bigint, text, boolean, text, timestamptz),
    desk_hand_over(bigint, timestamptz, text, bigint), desk_transfer_withdraw(bigint, timestamptz, text, bigint),
    desk_oversight_open(bigint, jsonb, integer, text, timestamptz, text, bigint),
    desk_oversight_withdraw(bigint, timestamptz, text, bigint), desk_ticket_chain(bigint),
    desk_request_open(bigint, jsonb, jsonb, text, timestamptz, text, bigint, bytea), desk_requests(bigint),
    desk_failed_notices(bigint), desk_notice_resend(bigint, uuid, uuid, bigint, text, timestamptz) TO "{role}_desk";
GRANT EXECUTE ON FUNCTION tickets_lock(bigint), oversight_open(bigint, jsonb, integer, text, timestamptz, text, bigint),
    ticket_chain(bigint) TO "{role}_office";
GRANT EXECUTE ON FUNCTION ticket_chain(bigint) TO "{role}_board";
GRANT SELECT ON memberships TO "{role}_desk";
GRANT SELECT (id, county, login, name, phone, disabled_at) ON accounts TO "{role}_desk";
GRANT EXECUTE ON FUNCTION case_others(bigint), desk_case_closed_at(bigint) TO "{role}_desk";

-- board: reads, county-wide, nothing sealed and no facts that the rules don't show it; writes its own snapshot.
GRANT SELECT (id, county, received_at, channel, drill) ON reports TO "{role}_board";
GRANT SELECT ON outbox, decisions, cases, case_reports, tickets, stages, escalation_steps, notices, notice_tickets, notice_attempts,
    mail_state,
    events, parked_messages, routing_attempts, callbacks, stage_rounds, memberships, board_snapshots TO "{role}_board";
GRANT SELECT (id, county, login, name, phone, disabled_at) ON accounts TO "{role}_board";
GRANT INSERT, UPDATE ON board_snapshots TO "{role}_board";
GRANT SELECT ON unlisted_areas, visits_in_vain TO "{role}_board";
GRANT EXECUTE ON FUNCTION ticket_standing(text), ticket_ended_at(bigint) TO "{role}_board";
GRANT EXECUTE ON FUNCTION ticket_shows(bigint, bigint, timestamptz) TO "{role}_board";
-- Of a report's facts what the rows of the disclosure table show, through these alone.
GRANT EXECUTE ON FUNCTION board_looks(bigint), board_listed(bigint), board_facts(bigint), board_reporter(bigint), leading_area(bigint)
    TO "{role}_board", "{role}_office";
GRANT SELECT ON reads TO "{role}_board";

-- What a request was routed by: for the explanation of its ticket.
GRANT SELECT ON requests TO "{role}_office";

-- office: settles triage and records call-backs; may open what a call-back needs.
GRANT SELECT (id, county, received_at, channel, drill, data_key) ON reports TO "{role}_office";
GRANT EXECUTE ON FUNCTION office_ticket_read(bigint, bigint, text, timestamptz), 
    report_look(bigint, bigint, bigint, text, text, timestamptz), ticket_shows(bigint, bigint, timestamptz), ticket_made(bigint)
    TO "{role}_office";
GRANT SELECT ON reads, report_facts, decisions, cases, case_reports, tickets, stages, escalation_steps, notices, notice_tickets, events,
    notice_attempts, callbacks, stage_rounds, outbox, routing_attempts TO "{role}_office";
GRANT INSERT ON decisions, tickets, stages, stage_rounds, notices, notice_tickets, events, callbacks, audit_leaves TO "{role}_office";
GRANT UPDATE (decision, decided_at, decided_by, decided_account) ON callbacks TO "{role}_office";
GRANT UPDATE ON tickets, stages, cases TO "{role}_office";
GRANT UPDATE (decided_account) ON decisions TO "{role}_office";
GRANT UPDATE (replaced_by) ON notices TO "{role}_office";
GRANT DELETE ON outbox, routing_attempts TO "{role}_office";

-- office, rules: drafts, submits, approves; a version can't be seeded or moved to another county, and the trail is only added to.
GRANT INSERT (county, version, digest, files, state, created_at, base, restores, reason, created_by, authors, saved_at, saved_by)
    ON rule_sets TO "{role}_office";
GRANT UPDATE (digest, files, state, revision, reason, authors, saved_at, saved_by, checked_digest, check_sound, checked_at,
    replayed_digest, replayed_against, replayed_at, replay, submitted_at, submitted_by, approver, approved_at, approved_by,
    active_from, withdrawn_at, withdrawn_by) ON rule_sets TO "{role}_office";
GRANT SELECT ON memberships TO "{role}_office";
GRANT SELECT (id, county, login, name, disabled_at) ON accounts TO "{role}_office";
GRANT SELECT, INSERT ON rule_set_acts TO "{role}_office";
GRANT SELECT ON rule_set_acts TO "{role}_board";

-- openings: a unit's person asks and ends, the office and the oversight decide and review, the clock tells what is overdue. What
-- was written with one is read by who asked, decides or reviews it.
GRANT SELECT, INSERT ON openings TO "{role}_desk", "{role}_office";
GRANT UPDATE (state, version, ended_at, ended_by, ended_account) ON openings TO "{role}_desk";
GRANT UPDATE (state, version, decided_at, decided_by, decided_account, decided_note, opened_at, ends_at, ended_at, ended_by,
    ended_account, ended_why, review, reviewed_at, reviewed_by, reviewed_account, review_note) ON openings TO "{role}_office";
GRANT SELECT (id, county, report_id, ticket_id, unit, side, way, parts, urgency, drill, version, state, asked_at, asked_by,
    asked_account, due_at, decided_at, decided_by, decided_account, opened_at, ends_at, ended_at, ended_by, ended_account, ended_why,
    plan, next_step, next_at, review_due_at, review, reviewed_at, reviewed_by, reviewed_account, told_at) ON openings TO "{role}_board", "{role}_router";
GRANT UPDATE (told_at, next_step, next_at) ON openings TO "{role}_router";
-- Whether a mail still asks for something.
GRANT SELECT (id, county, state, review_due_at, review) ON openings TO "{role}_notifier";
GRANT EXECUTE ON FUNCTION same_person(bigint, bigint) TO "{role}_desk", "{role}_office";
GRANT EXECUTE ON FUNCTION desk_opening_ground(bigint, bigint, timestamptz), desk_opening_handed(bigint, bigint, text, timestamptz)
    TO "{role}_desk";
GRANT EXECUTE ON FUNCTION opening_ground(bigint, text, bigint, timestamptz), opening_handed(bigint, bigint, text, timestamptz)
    TO "{role}_office";

-- motions: a unit asks and takes back, the office decides; what was written is for these two.
GRANT SELECT, INSERT ON motions TO "{role}_desk";
GRANT UPDATE (state, ended_at) ON motions TO "{role}_desk";
GRANT SELECT ON motions TO "{role}_office";
GRANT UPDATE (state, agreed_at, agreed_by, agreed_account, decided_at, decided_by, decided_account, decided_note, granted_unit, successor,
    added, granted_due) ON motions
    TO "{role}_office";
GRANT SELECT (id, county, report_id, ticket_id, unit, kind, urgency, drill, state, ground, wanted_unit, stage, was_due, wanted_due,
    asked_at, asked_by, asked_account, due_at, agreed_at, agreed_by, agreed_account, decided_at, decided_by, decided_account, granted_unit,
    successor, added, granted_due, ended_at)
    ON motions TO "{role}_board";
-- Whether a mail still asks for something.
GRANT SELECT (id, state) ON motions TO "{role}_notifier";
GRANT EXECUTE ON FUNCTION case_ticket_open(bigint, jsonb, integer, text, timestamptz) TO "{role}_office";
GRANT EXECUTE ON FUNCTION case_returns(bigint), ticket_awaited(bigint) TO "{role}_desk", "{role}_office", "{role}_board";

-- people: accounts, memberships, sessions, a unit's contacts; of tickets only how many a person holds, and to hand them over.
GRANT SELECT, INSERT, UPDATE ON accounts, sessions TO "{role}_people";
-- A grant is added and ended. Who may give what is held by the table's guard.
GRANT SELECT ON memberships TO "{role}_people";
GRANT INSERT (account_id, county, unit, role, since, granted_by, confirmed_by, request) ON memberships TO "{role}_people";
GRANT UPDATE (ended_at, ended_by) ON memberships TO "{role}_people";
GRANT SELECT, INSERT ON grant_requests TO "{role}_people";
GRANT UPDATE (decided_at, decided_by, decision) ON grant_requests TO "{role}_people";
-- Who came to which door: recorded and forgotten by functions only.
GRANT SELECT ON access_events TO "{role}_people";
GRANT EXECUTE ON FUNCTION same_person(bigint, bigint) TO "{role}_people";
GRANT EXECUTE ON FUNCTION access_record(text, timestamptz, text, bigint, text, inet, text, jsonb) TO "{role}_people";
GRANT EXECUTE ON FUNCTION access_forget(timestamptz) TO "{role}_intake";
GRANT SELECT, INSERT, UPDATE, DELETE ON login_devices, login_tries, recovery_codes TO "{role}_people";
GRANT EXECUTE ON FUNCTION login_take(bytea[], bigint[], bigint[], timestamptz) TO "{role}_people";
GRANT SELECT, INSERT, UPDATE ON factor_resets TO "{role}_people";
-- An invitation is made and ends; its guard keeps the rest of it.
GRANT SELECT, INSERT ON invitations TO "{role}_people";
GRANT UPDATE (ended_at, ended_how) ON invitations TO "{role}_people";
GRANT SELECT, INSERT ON account_acts TO "{role}_people";
GRANT UPDATE (mailbox, duty_phone, mailbox_confirmed_at, mailbox_confirmed_by) ON units TO "{role}_people";
GRANT EXECUTE ON FUNCTION account_holds(text, bigint), account_renamed(text, bigint, text),
    account_hand_over(text, bigint, text, bigint, bigint, text, timestamptz), unit_contacts(text, text) TO "{role}_people";
-- Of calls it queues codes and sees how far they are.
GRANT INSERT (id, kind, dedup, county, account_id, unit, channel, urgency, drill, system_late, night, created_at, state) ON calls
    TO "{role}_people";
GRANT SELECT (id, kind, state) ON calls TO "{role}_people";
GRANT INSERT ON call_steps TO "{role}_people";

-- Mails that are not about a ticket: whoever writes the thing itself queues them.
GRANT EXECUTE ON FUNCTION subject_notice(text, text, text, bigint, bigint, text, bigint, text, boolean, jsonb, timestamptz)
    TO "{role}_router", "{role}_desk", "{role}_office", "{role}_people";
-- The same to one person: holes of a roster, and swaps.
GRANT EXECUTE ON FUNCTION person_notice(text, text, text, bigint, bigint, text, bigint, text, jsonb, timestamptz)
    TO "{role}_router", "{role}_people";
GRANT SELECT, INSERT, UPDATE (looked_on, units) ON duty_told TO "{role}_router";

-- Whom to call. These hand out names and phones of a unit's people, and nothing that is not meant for that.
GRANT EXECUTE ON FUNCTION unit_contacts(text, text), unit_call(text, text)
    TO "{role}_desk", "{role}_board", "{role}_office", "{role}_notifier";
GRANT EXECUTE ON FUNCTION assignee_gone(text, text, bigint) TO "{role}_desk", "{role}_board";

-- Duty and ringing. Of a person's telephones everybody but their owner and the notifier, which dials, knows only that they are there.
-- people: what a person and a unit's leader say of themselves.
GRANT SELECT, INSERT ON phones, phone_codes, mail_codes, duty_pins, duty_hours, roster_patterns, roster_changes TO "{role}_people";
GRANT UPDATE (place, night, verified_at, ended_at) ON phones TO "{role}_people";
GRANT UPDATE (tries, used_at) ON phone_codes, mail_codes TO "{role}_people";
GRANT UPDATE (pin_hash, set_at) ON duty_pins TO "{role}_people";
GRANT UPDATE (working_days, days_off, set_at, set_by) ON duty_hours TO "{role}_people";
GRANT DELETE ON duty_pins, duty_hours TO "{role}_people";
GRANT UPDATE (ended_at, ended_by) ON roster_patterns TO "{role}_people";
GRANT UPDATE (decided_at, decision, ended_at, ended_by) ON roster_changes TO "{role}_people";
-- Who is on duty where, and whether a call reaches them.
GRANT SELECT ON duty_hours, roster_patterns, roster_changes
    TO "{role}_router", "{role}_notifier", "{role}_desk", "{role}_board", "{role}_office";
GRANT SELECT (id, account_id, place, night, verified_at, ended_at) ON phones
    TO "{role}_router", "{role}_desk", "{role}_board", "{role}_office";
GRANT SELECT (mail_unverified) ON accounts TO "{role}_router", "{role}_desk", "{role}_board", "{role}_office";
GRANT SELECT ON memberships TO "{role}_router";
GRANT SELECT (id, county, login, name, disabled_at) ON accounts TO "{role}_router";
GRANT SELECT (login, mail) ON accounts TO "{role}_notifier";
-- The router rings, the notifier calls. Whoever starts a clock says that it rings.
GRANT SELECT ON bells, ring_turns, calls, call_rings, call_steps, call_tries TO "{role}_router", "{role}_desk", "{role}_board", "{role}_office";
GRANT INSERT ON bells, calls, call_rings, call_steps TO "{role}_router";
-- That the link of a mail was opened.
GRANT INSERT ON call_steps TO "{role}_office";
GRANT EXECUTE ON FUNCTION call_is_wanted(uuid), calls_by_hand(bigint, bigint, bigint, timestamptz) TO "{role}_office";
GRANT UPDATE (next_ring) ON bells TO "{role}_router";
GRANT UPDATE (state, finished_at) ON calls TO "{role}_router";
GRANT INSERT ON ring_turns TO "{role}_router", "{role}_desk", "{role}_office";
GRANT UPDATE (next_at, held) ON ring_turns TO "{role}_router", "{role}_desk", "{role}_office";
GRANT DELETE ON ring_turns TO "{role}_router";
GRANT SELECT ON duty_pins TO "{role}_notifier";
-- Who answers, and how: on a page, by telephone to the office, by digit, message or number.
GRANT EXECUTE ON FUNCTION bells_answer(uuid[], bigint, text, jsonb, timestamptz) TO "{role}_office", "{role}_notifier";
GRANT EXECUTE ON FUNCTION desk_bells_answer(uuid[], bigint, text, jsonb, timestamptz) TO "{role}_desk";
GRANT EXECUTE ON FUNCTION calls_ringing(bigint, timestamptz) TO "{role}_desk", "{role}_office", "{role}_notifier";
-- Outlets: an administrator sets a unit's own system, the notifier has the robots of its file. Who writes what is told tells them too;
-- nobody but these two reads a secret.
GRANT SELECT, INSERT ON outlets TO "{role}_people", "{role}_notifier";
GRANT UPDATE (secret, old_secret, old_until, ended_at, ended_by) ON outlets TO "{role}_people";
GRANT UPDATE (old_secret, old_until, ended_at, failures, failing_since, last_sent_at, last_failed_at, last_error, next_at) ON outlets
    TO "{role}_notifier";
GRANT SELECT (id, county, unit, kind, ended_at) ON outlets TO "{role}_router", "{role}_desk", "{role}_board", "{role}_office";
GRANT INSERT ON posts TO "{role}_router";
GRANT SELECT (id, outlet_id, dedup) ON posts TO "{role}_router";
GRANT SELECT ON posts TO "{role}_notifier", "{role}_desk", "{role}_board", "{role}_office";
GRANT SELECT (id, outlet_id, state) ON posts TO "{role}_people";
GRANT UPDATE (state, due_at, lease_owner, leased_until, attempts, finished_at, last_error) ON posts TO "{role}_notifier";
-- Folders: the relay's login keeps the queue and says what became of a file; what is written into it comes through the desk's. The
-- notifier has no part in it.
GRANT SELECT (id, county, unit, kind, recipient, mark, marked, ended_at, failures, failing_since, last_error) ON outlets TO "{role}_relay";
GRANT UPDATE (marked, failures, failing_since, last_sent_at, last_failed_at, last_error) ON outlets TO "{role}_relay";
GRANT SELECT (id, county, unit) ON tickets TO "{role}_relay";
GRANT SELECT ON folder_files TO "{role}_relay", "{role}_router", "{role}_desk", "{role}_board", "{role}_office";
GRANT UPDATE (state, due_at, lease_owner, leased_until, attempts, last_error, written_at, finished_at) ON folder_files TO "{role}_relay";
GRANT SELECT (id, outlet_id, ticket_id, state, since, urgency) ON folder_files TO "{role}_people";
GRANT UPDATE (recipient, marked, made_at, made_by) ON outlets TO "{role}_people";
GRANT EXECUTE ON FUNCTION desk_folder_read(uuid, timestamptz) TO "{role}_desk";
-- 交班: the two people of a unit.
GRANT SELECT ON handovers TO "{role}_desk", "{role}_board", "{role}_office";
GRANT INSERT ON handovers TO "{role}_desk";
GRANT UPDATE (taken_at) ON handovers TO "{role}_desk";
-- 开始值班: the person opens the page and keeps it; the router finds that it was lost; the board says so.
GRANT SELECT ON duty_pages TO "{role}_desk", "{role}_router", "{role}_board", "{role}_office";
GRANT INSERT ON duty_pages TO "{role}_desk";
GRANT UPDATE (beat_at, ended_at, ended_how) ON duty_pages TO "{role}_desk";
GRANT UPDATE (ended_at, ended_how, told) ON duty_pages TO "{role}_router";
GRANT SELECT ON handovers TO "{role}_router";
GRANT EXECUTE ON FUNCTION desk_calls_shown(uuid[], bigint, timestamptz), desk_call_opened(uuid, bigint, timestamptz) TO "{role}_desk";
GRANT EXECUTE ON FUNCTION call_is_wanted(uuid) TO "{role}_board";
GRANT EXECUTE ON FUNCTION call_fail(uuid, timestamptz, text) TO "{role}_router";
-- What a page did not show is ended as a gateway's failure is.
GRANT UPDATE (last_error, lease_owner, leased_until) ON calls TO "{role}_router";

-- Calendars: the office proposes and confirms, which makes the next version of the pack; the router has the clocks follow.
GRANT SELECT, INSERT ON calendar_changes TO "{role}_office";
GRANT UPDATE (confirmed_at, confirmed_by, confirmed_account, withdrawn_at, withdrawn_by, withdrawn_account, pack_version)
    ON calendar_changes TO "{role}_office";
GRANT INSERT ON packs TO "{role}_office";
GRANT SELECT ON calendar_changes, calendar_moves TO "{role}_router", "{role}_board", "{role}_office";
GRANT UPDATE (passes, looked_to, moved, done_at) ON calendar_changes TO "{role}_router";
GRANT INSERT, UPDATE ON calendar_moves TO "{role}_router";

-- Drills: the office plans, the router rings, whoever answers is written down by functions.
GRANT SELECT ON drills, drill_units, drill_rings TO "{role}_router", "{role}_board", "{role}_office";
GRANT INSERT ON drills, drill_units, drill_rings TO "{role}_router";
GRANT UPDATE (started_at, ended_at) ON drills TO "{role}_router";
GRANT UPDATE (next_ring, next_at) ON drill_units TO "{role}_router";
GRANT INSERT (county, units, random, at, minutes, monthly, round, of_drill, made_at, made_by) ON drills TO "{role}_office";
GRANT UPDATE (withdrawn_at, withdrawn_by) ON drills TO "{role}_office";
GRANT SELECT ON drill_units, drill_rings TO "{role}_notifier";
GRANT UPDATE (next_at) ON drill_units TO "{role}_notifier";
GRANT EXECUTE ON FUNCTION drills_answer(uuid[], bigint, text, bigint, timestamptz) TO "{role}_office", "{role}_notifier";
GRANT EXECUTE ON FUNCTION desk_drills_answer(uuid[], bigint, text, bigint, timestamptz) TO "{role}_desk";
GRANT EXECUTE ON FUNCTION drill_answered(uuid) TO "{role}_office";

-- Each watches the other. The board shows both.
GRANT SELECT, INSERT, UPDATE ON watch_beats, watch_rings TO "{role}_router", "{role}_notifier";
GRANT SELECT ON watch_beats, watch_rings TO "{role}_board";
GRANT EXECUTE ON FUNCTION watch_due(text, text, timestamptz) TO "{role}_router", "{role}_notifier", "{role}_board";

-- Finding: lists from their own table, searches and what is taken away by functions that write down who did it.
GRANT SELECT ON listings TO "{role}_desk", "{role}_board";
GRANT EXECUTE ON FUNCTION desk_receipts_found(text, text, integer[], bigint[], bigint[], integer),
    desk_child_search(text, text, text, bytea, bigint, text, timestamptz) TO "{role}_desk";
GRANT EXECUTE ON FUNCTION receipts_found(text, text[], integer[], bigint[], bigint[], integer),
    board_child_search(text, text, bytea, bigint, text, timestamptz) TO "{role}_board";
GRANT EXECUTE ON FUNCTION list_taken(text, text, text, integer, bigint, timestamptz) TO "{role}_desk", "{role}_board";
GRANT SELECT ON searches TO "{role}_board";
-- The sheet: which reports came in a span; their facts are counted in one statement.
GRANT SELECT ON listings TO "{role}_office";

-- Who sees which rows. Services see all of theirs; the desk only its units'.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['tickets', 'stages', 'stage_rounds', 'escalation_steps', 'events', 'reports', 'report_facts', 'notices',
                             'notice_tickets', 'openings', 'motions', 'handovers', 'bells', 'ring_turns', 'calls', 'call_rings', 'call_steps',
                             'call_tries', 'duty_pages', 'listings', 'visits_in_vain', 'outlets', 'posts', 'folder_files', 'drill_units',
                             'drill_rings'] LOOP
        EXECUTE format('DROP POLICY IF EXISTS services ON %I', t);
        EXECUTE format('CREATE POLICY services ON %I TO %I, %I, %I, %I, %I, %I USING (true) WITH CHECK (true)', t,
            '{role}_intake', '{role}_relay', '{role}_router', '{role}_notifier', '{role}_board', '{role}_office');
        EXECUTE format('DROP POLICY IF EXISTS desk ON %I', t);
    END LOOP;
    EXECUTE format('CREATE POLICY desk ON tickets TO %I USING (unit = ANY ((SELECT desk_units())::text[]))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON listings TO %I USING (unit = ANY ((SELECT desk_units())::text[]))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON stages TO %I USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON stage_rounds TO %I USING (EXISTS (SELECT FROM stages s WHERE s.id = stage_id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON escalation_steps TO %I USING (EXISTS (SELECT FROM stages s WHERE s.id = stage_id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON events TO %I USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON openings TO %I USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON motions TO %I USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON handovers TO %I USING (unit = ANY ((SELECT desk_units())::text[]))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON duty_pages TO %I USING (unit = ANY ((SELECT desk_units())::text[]))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON bells TO %I USING (EXISTS (SELECT FROM stages s WHERE s.id = stage_id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON ring_turns TO %I USING (EXISTS (SELECT FROM stages s WHERE s.id = stage_id))', '{role}_desk');
    -- What rings a unit's people, and what rings others for its tickets.
    EXECUTE format('CREATE POLICY desk ON call_rings TO %I USING (EXISTS (SELECT FROM stages s WHERE s.id = stage_id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON calls TO %I USING (unit = ANY ((SELECT desk_units())::text[])
                    OR EXISTS (SELECT FROM call_rings r WHERE r.call_id = calls.id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON outlets TO %I USING (unit = ANY ((SELECT desk_units())::text[])
                    OR EXISTS (SELECT FROM posts p WHERE p.outlet_id = outlets.id)
                    OR EXISTS (SELECT FROM folder_files f WHERE f.outlet_id = outlets.id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON posts TO %I USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON folder_files TO %I USING (EXISTS (SELECT FROM tickets t WHERE t.id = ticket_id))', '{role}_desk');
    EXECUTE format('DROP POLICY IF EXISTS people ON outlets');
    EXECUTE format('CREATE POLICY people ON outlets TO %I USING (true) WITH CHECK (kind IN (''webhook'', ''folder''))', '{role}_people');
    EXECUTE format('DROP POLICY IF EXISTS people ON posts');
    EXECUTE format('CREATE POLICY people ON posts TO %I USING (true)', '{role}_people');
    EXECUTE format('DROP POLICY IF EXISTS people ON folder_files');
    EXECUTE format('CREATE POLICY people ON folder_files TO %I USING (true)', '{role}_people');
    -- Codes for telephones, which are about no ticket.
    EXECUTE format('DROP POLICY IF EXISTS codes ON calls');
    EXECUTE format('CREATE POLICY codes ON calls TO %I USING (kind = ''code'') WITH CHECK (kind = ''code'')', '{role}_people');
    EXECUTE format('DROP POLICY IF EXISTS codes ON call_steps');
    EXECUTE format('CREATE POLICY codes ON call_steps TO %I USING (EXISTS (SELECT FROM calls c WHERE c.id = call_id))', '{role}_people');
    EXECUTE format('CREATE POLICY desk ON call_tries TO %I USING (EXISTS (SELECT FROM calls c WHERE c.id = call_id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON call_steps TO %I USING (EXISTS (SELECT FROM calls c WHERE c.id = call_id))', '{role}_desk');
    EXECUTE format('CREATE POLICY desk ON reports TO %I USING (EXISTS (SELECT FROM tickets t WHERE t.report_id = reports.id))', '{role}_desk');
END $$;
