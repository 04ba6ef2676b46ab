-- Call-backs that lead somewhere: one row per try. 满意 and 匿名 end it, 不满意 reopens tickets or is decided by a second person of
-- the office, 无法联系 comes back on another day until three tries are on record.

ALTER TABLE callbacks
    ADD COLUMN attempt         smallint,
    ADD COLUMN round           smallint NOT NULL DEFAULT 1 CHECK (round >= 1),
    ADD COLUMN try             smallint CHECK (try BETWEEN 1 AND 3),
    ADD COLUMN retry_at        timestamptz,
    ADD COLUMN proposal        text CHECK (proposal IN ('reopen', 'keep')),
    ADD COLUMN reason          bytea,
    ADD COLUMN decision        text CHECK (decision IN ('reopen', 'keep')),
    ADD COLUMN decided_at      timestamptz,
    ADD COLUMN decided_by      text,
    ADD COLUMN decided_account bigint REFERENCES accounts;
COMMENT ON COLUMN callbacks.round IS 'rises with every reopening: each round has three tries of its own';
COMMENT ON COLUMN callbacks.try IS 'which of the three tries of its round, where nobody answered';
COMMENT ON COLUMN callbacks.retry_at IS 'the report is listed again from this time; the third try has none and ends the round';
COMMENT ON COLUMN callbacks.reason IS 'sealed: why nothing is to be reopened; somebody else of the office decides on it';

-- What was recorded before: an unhappy reporter whom nobody followed up goes to the office now, an unreached one stays closed.
UPDATE callbacks SET attempt = 1, try = CASE WHEN result = 'unreachable' THEN 3 END,
    proposal = CASE WHEN result = 'dissatisfied' THEN 'keep' END;

ALTER TABLE callbacks DROP CONSTRAINT callbacks_pkey;
ALTER TABLE callbacks
    ADD PRIMARY KEY (report_id, attempt),
    ADD CONSTRAINT callbacks_attempt CHECK (attempt >= 1),
    ADD CONSTRAINT callbacks_tries CHECK ((result = 'unreachable') = (try IS NOT NULL) AND (retry_at IS NOT NULL) = (coalesce(try, 3) < 3)),
    ADD CONSTRAINT callbacks_try_once UNIQUE (report_id, round, try),
    ADD CONSTRAINT callbacks_followed CHECK ((result = 'dissatisfied') = (proposal IS NOT NULL)),
    ADD CONSTRAINT callbacks_reopened_at_once CHECK (proposal IS DISTINCT FROM 'reopen' OR decision IS NOT DISTINCT FROM 'reopen'),
    ADD CONSTRAINT callbacks_decided CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)
        AND (decision IS NULL OR proposal IS NOT NULL)),
    ADD CONSTRAINT callbacks_second_person CHECK (decision IS DISTINCT FROM 'keep' OR decided_account IS DISTINCT FROM by_account);
-- Tries of one report lie on different days of the county.
CREATE UNIQUE INDEX callbacks_one_try_a_day ON callbacks (report_id, ((at AT TIME ZONE 'Asia/Shanghai')::date)) WHERE result = 'unreachable';
CREATE INDEX callbacks_undecided ON callbacks (at) WHERE result = 'dissatisfied' AND decision IS NULL;
CREATE INDEX callbacks_again ON callbacks (retry_at) WHERE retry_at IS NOT NULL;

-- A ticket leaves the list of call-backs when its reporter is content (it is confirmed then), or when 不满意 waits for a decision or
-- was decided without reopening: its reporter was called about this closing. Closed again, it is another closing.
ALTER TABLE tickets ADD COLUMN callback_shut timestamptz;
COMMENT ON COLUMN tickets.callback_shut IS 'the resolved_at that the reporter was called about and was not content with';
DROP INDEX tickets_resolved;
CREATE INDEX tickets_resolved ON tickets (county, resolved_at) WHERE state = 'resolved' AND callback_shut IS DISTINCT FROM resolved_at;

-- How a stage went before its ticket was reopened. The stage itself starts anew with the next due_generation.
CREATE TABLE stage_rounds (
    stage_id       bigint      NOT NULL REFERENCES stages,
    due_generation integer     NOT NULL,
    time_limit     text        NOT NULL,
    started_at     timestamptz,
    due_at         timestamptz,
    ended_at       timestamptz,
    ended_how      text,
    PRIMARY KEY (stage_id, due_generation)
);
ALTER TABLE stage_rounds ENABLE ROW LEVEL SECURITY;
ALTER TABLE stage_rounds FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON stage_rounds TO CURRENT_USER USING (true) WITH CHECK (true);
