-- A turn of a queue costs what is due, not what waits: each is read from an index that has the order in which it is served.
-- See docs/decisions/0032-queues-cost-what-is-due.md.

-- Notices, one urgency after the other. Where a lease ends, where a retry is due and what the office looks at have the county
-- first as well, because every question has it.
DROP INDEX notices_due;
CREATE INDEX notices_lease ON notices (county, urgency, due_at, created_at) WHERE state = 'queued';
CREATE INDEX notices_oldest ON notices (county, created_at) WHERE state = 'queued';
DROP INDEX notices_failed;
CREATE INDEX notices_failed ON notices (county, finished_at) WHERE state = 'failed';

-- Held until then. No index has this column, so that a lease changes a row within its page; that needs room in the page.
ALTER TABLE notices ADD COLUMN leased_until timestamptz;
COMMENT ON COLUMN notices.leased_until IS 'a notifier holds it; a dead one holds it until then';
COMMENT ON COLUMN notices.due_at IS 'by the notifier''s clock: since ever until it was tried, then when a retry is due';
ALTER TABLE notices SET (fillfactor = 50);

-- Reports that are not routed yet. The row says itself how long it has waited, so that nobody has to ask the reports.
ALTER TABLE outbox
    ADD COLUMN received_at timestamptz,
    ADD COLUMN taken_until timestamptz;
UPDATE outbox o SET received_at = r.received_at FROM reports r WHERE r.id = o.report_id;
ALTER TABLE outbox ALTER COLUMN received_at SET NOT NULL;
COMMENT ON COLUMN outbox.taken_until IS 'a router takes this report past the broker; until then no other router tries';
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (urgent, due_at);
CREATE INDEX outbox_oldest ON outbox (urgent, received_at);

-- The office's list of what waits for a human, the most urgent first.
DROP INDEX tickets_triage;
CREATE INDEX tickets_triage ON tickets (county, urgency, dispatched_at, id) WHERE obligation = 'triage' AND resolved_at IS NULL;

-- Answers that are past their time, found by it. A summary per block range grows useless once places are used again: then
-- every range holds something old and something new, and housekeeping reads them all.
DROP INDEX IF EXISTS idempotency_keys_expiry;
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

-- Looked up for every step that the clock sends.
CREATE INDEX units_kind ON units (county, kind, code) WHERE retired_at IS NULL;

-- Each row of a queue is written several times and then leaves it. By default a table is swept when a fifth of it is dead,
-- which for a queue in front of millions of finished rows is far too late: the head of its index would be a graveyard.
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0,
                        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
ALTER TABLE notices SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0,
                         autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE stages SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
ALTER TABLE routing_attempts SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
