-- What each task may do. {role} is the database's name. Applied after every migration; everything not here is refused.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{role}_intake", "{role}_relay", "{role}_router", "{role}_notifier";
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM "{role}_intake", "{role}_relay", "{role}_router", "{role}_notifier";
GRANT USAGE ON SCHEMA public TO "{role}_intake", "{role}_relay", "{role}_router", "{role}_notifier";

-- intake: inserts; reads back only ids, and answers and status through functions. The pack it shows is readable.
GRANT INSERT ON reports, report_facts, outbox, audit_leaves, blind_index, idempotency_keys TO "{role}_intake";
GRANT SELECT (id) ON reports TO "{role}_intake";
GRANT SELECT (key_mac, report_id) ON idempotency_keys TO "{role}_intake";
GRANT SELECT ON packs, rule_sets TO "{role}_intake";
GRANT EXECUTE ON FUNCTION intake_answer(bytea), intake_is_stored(bigint, bytea), report_status(bigint, bytea),
    intake_forget_answers(timestamptz) TO "{role}_intake";

-- relay: the outbox, and the age of what waits in it.
GRANT SELECT, UPDATE ON outbox TO "{role}_relay";
GRANT SELECT (id, received_at) ON reports TO "{role}_relay";

-- router: decides, turns the clock, answers the operator. It never sees a sealed column.
GRANT SELECT (id, county, received_at, channel, drill) ON reports TO "{role}_router";
GRANT SELECT ON report_facts, packs, rule_sets, areas, units, outbox, routing_attempts, decisions, cases, case_reports, tickets,
    stages, escalation_steps, notices, notice_attempts, events, parked_messages TO "{role}_router";
GRANT INSERT ON parked_messages, routing_attempts, decisions, cases, case_reports, tickets, stages, escalation_steps, notices,
    events, audit_leaves TO "{role}_router";
GRANT UPDATE ON routing_attempts, tickets, stages, escalation_steps TO "{role}_router";
GRANT DELETE ON outbox, routing_attempts TO "{role}_router";
GRANT EXECUTE ON FUNCTION partitions_ensure(date) TO "{role}_router";

-- notifier: notices and what their mails say.
GRANT SELECT ON notices, notice_attempts, tickets, stages, report_facts, units, packs, rule_sets TO "{role}_notifier";
GRANT INSERT ON notices, notice_attempts TO "{role}_notifier";
GRANT UPDATE ON notices TO "{role}_notifier";
