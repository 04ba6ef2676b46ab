-- no-transaction
-- The clocks of units that fell due on certain days, for the sheet of a week, month or quarter: read from the index alone.
CREATE INDEX CONCURRENTLY stages_due ON stages (county, drill, due_at) INCLUDE (ticket_id, stage, due_generation, started_at, ended_at, ended_how)
    WHERE stage IN ('sign', 'contact', 'resolve');
