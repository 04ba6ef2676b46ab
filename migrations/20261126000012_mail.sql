-- Mails that work: one mail for several tickets, what became of a mail after it was sent, and whether mail goes out at all.

-- A notice may be about several tickets: all that one dispatch gives a unit, or all steps of one level that are due for
-- the same recipient in the same turn of the clock. notices.ticket_id stays the first of them.
CREATE TABLE notice_tickets (
    notice_id      uuid     NOT NULL REFERENCES notices,
    ticket_id      bigint   NOT NULL REFERENCES tickets,
    stage_id       bigint   REFERENCES stages,
    due_generation integer,
    level          smallint,
    UNIQUE NULLS NOT DISTINCT (notice_id, ticket_id, stage_id),
    CHECK (due_generation IS NULL OR (stage_id IS NOT NULL AND level IS NOT NULL))
);
COMMENT ON COLUMN notice_tickets.due_generation IS
    'with stage and level names the crossing that this notice tells of; empty where it tells of another notice, or tells it again';
CREATE INDEX notice_tickets_ticket ON notice_tickets (ticket_id);
-- Whatever is grouped how: each crossing is told by one notice.
CREATE UNIQUE INDEX notice_tickets_crossing ON notice_tickets (stage_id, due_generation, level) WHERE due_generation IS NOT NULL;
INSERT INTO notice_tickets (notice_id, ticket_id, stage_id, due_generation, level)
SELECT n.id, n.ticket_id, n.stage_id, CASE WHEN n.dedup LIKE 'step:%' THEN split_part(n.dedup, ':', 3)::integer END, n.level
FROM notices n;
ALTER TABLE notice_tickets ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice_tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON notice_tickets TO CURRENT_USER USING (true) WITH CHECK (true);

ALTER TABLE notices
    ADD COLUMN strikes     integer NOT NULL DEFAULT 0,
    ADD COLUMN resent_from uuid    REFERENCES notices,
    ADD COLUMN resent_by   bigint  REFERENCES accounts,
    ADD COLUMN replaced_by uuid    REFERENCES notices,
    ADD COLUMN reports_on  uuid    REFERENCES notices,
    DROP CONSTRAINT notices_state_check,
    ADD CONSTRAINT notices_state_check CHECK (state IN ('queued', 'sent', 'failed', 'suppressed', 'bounced')),
    ADD CONSTRAINT notices_resent CHECK ((resent_from IS NULL) = (resent_by IS NULL));
COMMENT ON COLUMN notices.strikes IS
    'failures that were this mail''s own; those of a server that refuses everything use up nobody''s chances';
COMMENT ON COLUMN notices.resent_from IS 'a person (resent_by) had this notice sent again; it is a notice of its own, with an id of its own';
COMMENT ON COLUMN notices.replaced_by IS 'was sent again as that one, so nobody needs to look at this one any more';
COMMENT ON COLUMN notices.reports_on IS 'an undeliverable notice tells of this one';
UPDATE notices SET reports_on = substr(dedup, length('undeliverable:') + 1)::uuid WHERE kind = 'undeliverable';
CREATE INDEX notices_undelivered ON notices (county, finished_at) WHERE state IN ('failed', 'bounced') AND replaced_by IS NULL;
CREATE UNIQUE INDEX notices_resent_once ON notices (resent_from) WHERE resent_from IS NOT NULL;

ALTER TABLE notice_attempts
    DROP CONSTRAINT notice_attempts_outcome_check,
    ADD CONSTRAINT notice_attempts_outcome_check CHECK (outcome IN ('sent', 'retry', 'gave-up', 'suppressed', 'bounced'));

-- Whether the county's mail goes out, as the notifier last found it. The board reads it.
CREATE TABLE mail_state (
    county        text        PRIMARY KEY,
    seen_at       timestamptz NOT NULL,
    blocked_since timestamptz,
    phase         text,
    answer        text,
    ours          boolean     NOT NULL DEFAULT false,
    CHECK ((blocked_since IS NULL) = (phase IS NULL) AND (phase IS NULL) = (answer IS NULL))
);
COMMENT ON COLUMN mail_state.seen_at IS 'when a notifier last said so: an old one means that none runs';
COMMENT ON COLUMN mail_state.answer IS 'the server''s words, addresses taken out';
COMMENT ON COLUMN mail_state.ours IS 'login, relaying or encryption: waiting does not mend it';
