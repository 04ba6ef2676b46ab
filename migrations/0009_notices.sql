-- What units are told by mail: one mail for several tickets, what became of it after it was sent, and whether mail goes out at all.

-- A queue of its own kind: see the outbox. A lease changes no indexed column, so that it stays within the row's page; that
-- needs room in the page.
CREATE TABLE notices (
    id           uuid        PRIMARY KEY,
    dedup        text        NOT NULL UNIQUE,
    county       text        NOT NULL,
    kind         text        NOT NULL,
    ticket_id    bigint      REFERENCES tickets,
    stage_id     bigint      REFERENCES stages,
    level        smallint,
    flood_id     bigint      REFERENCES floods,
    subject_kind text        CHECK (subject_kind IN ('rule-set', 'account', 'opening', 'callbacks', 'factor-reset', 'flood')),
    subject_id   bigint,
    said         jsonb,
    unit         text        NOT NULL,
    urgency      text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3')),
    drill        boolean     NOT NULL,
    system_late  boolean     NOT NULL DEFAULT false,
    created_at   timestamptz NOT NULL,
    state        text        NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'suppressed', 'bounced')),
    due_at       timestamptz NOT NULL DEFAULT '-infinity',
    lease_owner  uuid,
    leased_until timestamptz,
    attempts     integer     NOT NULL DEFAULT 0,
    strikes      integer     NOT NULL DEFAULT 0,
    finished_at  timestamptz,
    last_error   text,
    resent_from  uuid        REFERENCES notices,
    resent_by    bigint      REFERENCES accounts,
    replaced_by  uuid        REFERENCES notices,
    reports_on   uuid        REFERENCES notices,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    CONSTRAINT notices_finished CHECK ((state = 'queued') = (finished_at IS NULL)),
    CONSTRAINT notices_resent CHECK ((resent_from IS NULL) = (resent_by IS NULL)),
    CONSTRAINT notices_about CHECK (
        (ticket_id IS NULL) = (subject_kind IS NOT NULL)
        AND (subject_kind IS NULL) = (subject_id IS NULL) AND (subject_kind IS NULL) = (said IS NULL)
        AND (ticket_id IS NOT NULL OR (stage_id IS NULL AND level IS NULL)))
) WITH (fillfactor = 50,
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0.02);
-- One urgency after the other. Where a lease ends, where a retry is due and what the office looks at have the county first as
-- well, because every question has it.
CREATE INDEX notices_lease ON notices (county, urgency, due_at, created_at) WHERE state = 'queued';
-- The same rows by other words, so that no lease can be planned over it.
CREATE INDEX notices_oldest ON notices (county, created_at) WHERE finished_at IS NULL;
CREATE INDEX notices_undelivered ON notices (county, finished_at, id) WHERE state IN ('failed', 'bounced') AND replaced_by IS NULL;
-- When the last mail to one unit failed.
CREATE INDEX notices_failed ON notices (unit, finished_at) WHERE state IN ('failed', 'bounced');
CREATE INDEX notices_ticket ON notices (ticket_id);
CREATE INDEX notices_flood ON notices (flood_id, unit, kind, created_at) WHERE flood_id IS NOT NULL;
CREATE UNIQUE INDEX notices_resent_once ON notices (resent_from) WHERE resent_from IS NOT NULL;
COMMENT ON TABLE notices IS 'mails to units, sent at least once; queued by router, desk, office and people, sent by the notifier';
COMMENT ON COLUMN notices.id IS 'becomes the mail''s Message-ID, the same however often it is sent';
COMMENT ON COLUMN notices.dedup IS 'what it tells of, as a text: the same is queued once';
COMMENT ON COLUMN notices.ticket_id IS 'the first of notice_tickets; NULL: it is about no ticket but about subject_kind';
COMMENT ON COLUMN notices.stage_id IS 'the clock that it tells of; NULL: none';
COMMENT ON COLUMN notices.level IS 'of the escalation; NULL: no escalation';
COMMENT ON COLUMN notices.flood_id IS 'tells a unit of all its tickets of a flood at once';
COMMENT ON COLUMN notices.subject_kind IS 'what the mail is about where that is no ticket; then there is no ticket, stage or level';
COMMENT ON COLUMN notices.subject_id IS 'rule-set: its version; account, opening, factor-reset, flood: its id; callbacks: the day as a number, 20261126';
COMMENT ON COLUMN notices.said IS 'what the mail says of its subject; nothing sealed';
COMMENT ON COLUMN notices.system_late IS 'the system queued this later than planned (an outage)';
COMMENT ON COLUMN notices.due_at IS 'by the notifier''s clock: since ever until it was tried, then when a retry is due';
COMMENT ON COLUMN notices.lease_owner IS 'the notifier that sends it just now';
COMMENT ON COLUMN notices.leased_until IS 'a notifier holds it; a dead one holds it until then. No index has this column';
COMMENT ON COLUMN notices.attempts IS 'how often it was tried';
COMMENT ON COLUMN notices.strikes IS 'failures that were this mail''s own; those of a server that refuses everything use up nobody''s chances';
COMMENT ON COLUMN notices.last_error IS 'phase and the server''s words, addresses taken out';
COMMENT ON COLUMN notices.resent_from IS 'a person (resent_by) had this notice sent again; it is a notice of its own, with an id of its own';
COMMENT ON COLUMN notices.replaced_by IS 'was sent again as that one, so nobody needs to look at this one any more';
COMMENT ON COLUMN notices.reports_on IS 'an undeliverable notice tells of this one';

-- A notice may be about several tickets: all that one dispatch gives a unit, or all steps of one level that are due for
-- the same recipient in the same turn of the clock.
CREATE TABLE notice_tickets (
    notice_id      uuid     NOT NULL REFERENCES notices,
    ticket_id      bigint   NOT NULL REFERENCES tickets,
    stage_id       bigint   REFERENCES stages,
    due_generation integer,
    level          smallint,
    UNIQUE NULLS NOT DISTINCT (notice_id, ticket_id, stage_id),
    CONSTRAINT notice_tickets_crosses CHECK (due_generation IS NULL OR (stage_id IS NOT NULL AND level IS NOT NULL))
);
CREATE INDEX notice_tickets_ticket ON notice_tickets (ticket_id);
-- Whatever is grouped how: each crossing is told by one notice.
CREATE UNIQUE INDEX notice_tickets_crossing ON notice_tickets (stage_id, due_generation, level) WHERE due_generation IS NOT NULL;
COMMENT ON TABLE notice_tickets IS 'the tickets that a notice is about';
COMMENT ON COLUMN notice_tickets.due_generation IS 'with stage and level names the crossing that this notice tells of; empty where it tells of another notice, or tells it again';

CREATE TABLE notice_attempts (
    at        timestamptz NOT NULL,
    notice_id uuid        NOT NULL,
    attempt   integer     NOT NULL,
    outcome   text        NOT NULL CHECK (outcome IN ('sent', 'retry', 'gave-up', 'suppressed', 'bounced')),
    phase     text        NOT NULL,
    detail    text        NOT NULL,
    took_ms   integer     NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE notice_attempts_default PARTITION OF notice_attempts DEFAULT;
CREATE INDEX notice_attempts_notice ON notice_attempts (notice_id);
COMMENT ON TABLE notice_attempts IS 'each try to send a notice, and what came back later; written by the notifier';
COMMENT ON COLUMN notice_attempts.attempt IS 'from 1';
COMMENT ON COLUMN notice_attempts.phase IS 'how far the conversation with the mail server came';
COMMENT ON COLUMN notice_attempts.detail IS 'the server''s words, addresses taken out';

CREATE TABLE mail_state (
    county        text        PRIMARY KEY,
    seen_at       timestamptz NOT NULL,
    blocked_since timestamptz,
    phase         text,
    answer        text,
    ours          boolean     NOT NULL DEFAULT false,
    CONSTRAINT mail_state_blocked CHECK ((blocked_since IS NULL) = (phase IS NULL) AND (phase IS NULL) = (answer IS NULL))
);
COMMENT ON TABLE mail_state IS 'whether the county''s mail goes out, as the notifier last found it. The board reads it';
COMMENT ON COLUMN mail_state.seen_at IS 'when a notifier last said so: an old one means that none runs';
COMMENT ON COLUMN mail_state.blocked_since IS 'NULL: mail goes out';
COMMENT ON COLUMN mail_state.phase IS 'where the conversation with the mail server ends';
COMMENT ON COLUMN mail_state.answer IS 'the server''s words, addresses taken out';
COMMENT ON COLUMN mail_state.ours IS 'login, relaying or encryption: waiting does not mend it';

-- Queues a mail about something else than a ticket, once for a subject and its round, to each recipient: a unit, all units of an
-- account, or the office where neither is named or nobody is left. One narrow function, so that no login needs to write notices
-- for it. Answers how many.
CREATE FUNCTION subject_notice(p_county text, p_kind text, p_subject text, p_id bigint, p_round bigint, p_unit text, p_account bigint,
                               p_urgency text, p_drill boolean, p_said jsonb, p_at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH named AS (
        SELECT u.code FROM units u
        WHERE u.county = p_county AND u.retired_at IS NULL
          AND (u.code = p_unit OR u.code IN (SELECT m.unit FROM memberships m
                                             WHERE m.county = p_county AND m.account_id = p_account AND m.ended_at IS NULL))
    ), recipient AS (
        SELECT code FROM named
        UNION ALL
        SELECT min(u.code) FROM units u
        WHERE u.county = p_county AND u.kind = 'office' AND u.retired_at IS NULL AND NOT EXISTS (SELECT FROM named)
    ), queued AS (
        INSERT INTO notices (id, dedup, county, kind, subject_kind, subject_id, said, unit, urgency, drill, created_at, state)
        SELECT gen_random_uuid(), concat_ws(':', p_kind, p_county, p_id, p_round, r.code), p_county, p_kind, p_subject, p_id, p_said, r.code,
               p_urgency, p_drill, p_at, 'queued'
        FROM recipient r WHERE r.code IS NOT NULL
        ON CONFLICT (dedup) DO NOTHING
        RETURNING 1
    )
    SELECT count(*) FROM queued
$$;
REVOKE ALL ON FUNCTION subject_notice(text, text, text, bigint, bigint, text, bigint, text, boolean, jsonb, timestamptz) FROM PUBLIC;
