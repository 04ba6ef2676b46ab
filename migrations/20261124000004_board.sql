-- The office's lists stay quick however long the backlog is: each is read from an index in the order in which it is shown,
-- and a count stops early.

-- Highest level first, longest overdue first. ticket_id is there so that a count never visits the table's own pages.
CREATE INDEX stages_by_level ON stages (next_step DESC, due_at) INCLUDE (ticket_id) WHERE ended_at IS NULL AND next_step >= 2;
DROP INDEX stages_overdue;

-- Call-backs, the longest waiting first. A ticket leaves this index when its reporter was called: it is confirmed then.
CREATE INDEX tickets_resolved ON tickets (county, resolved_at) WHERE state = 'resolved';
