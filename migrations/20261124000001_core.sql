-- The path of a report: accepted, relayed, routed, notified, escalated.
-- Time is always passed in by the services; nothing here reads the database's clock.

-- The county pack as it was loaded, whole. Areas and units below are its projection for joins.
CREATE TABLE packs (
    county      text        NOT NULL,
    version     integer     NOT NULL,
    digest      text        NOT NULL,
    files       jsonb       NOT NULL,
    loaded_at   timestamptz NOT NULL,
    PRIMARY KEY (county, version)
);
COMMENT ON COLUMN packs.digest IS 'SHA-256 over all files: the same content again is a no-op';

-- Rules live longer than packs: the first load seeds them, later loads bring changes as a draft.
CREATE TABLE rule_sets (
    county       text        NOT NULL,
    version      integer     NOT NULL,
    digest       text        NOT NULL,
    files        jsonb       NOT NULL,
    state        text        NOT NULL CHECK (state IN ('draft', 'active', 'retired')),
    created_at   timestamptz NOT NULL,
    activated_at timestamptz,
    PRIMARY KEY (county, version),
    CHECK ((state = 'draft') = (activated_at IS NULL))
);
CREATE UNIQUE INDEX rule_sets_one_active ON rule_sets (county) WHERE state = 'active';

CREATE TABLE areas (
    county text NOT NULL,
    code   text NOT NULL,
    name   text NOT NULL,
    level  text NOT NULL,
    parent text,
    PRIMARY KEY (county, code)
);

CREATE TABLE units (
    county     text NOT NULL,
    code       text NOT NULL,
    kind       text NOT NULL,
    name       text NOT NULL,
    area       text NOT NULL,
    parent     text,
    mailbox    text NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (county, code)
);
COMMENT ON COLUMN units.retired_at IS 'a unit that left the pack: its old tickets still name it, so the row stays';

-- What a reporter filed. Immutable. The id is also the receipt (see platform::store::receipt).
CREATE TABLE reports (
    id            bigint      PRIMARY KEY,
    county        text        NOT NULL,
    received_at   timestamptz NOT NULL,
    channel       text        NOT NULL CHECK (channel IN ('form', 'api')),
    drill         boolean     NOT NULL,
    follow_up_mac bytea       NOT NULL,
    key_id        text        NOT NULL,
    data_key      bytea       NOT NULL,
    matter        bytea       NOT NULL,
    reporter      bytea
);
COMMENT ON COLUMN reports.follow_up_mac IS 'HMAC of the 16-digit code: the code itself is shown once and never stored';
COMMENT ON COLUMN reports.data_key IS 'per-report key, wrapped by the master key named in key_id';
COMMENT ON COLUMN reports.matter IS 'sealed: children, where_now, narrative';
COMMENT ON COLUMN reports.reporter IS 'sealed apart: who reported; opening it is a logged act. Empty after erasure';

-- Routing facts hold no identity and stay readable without any key. The accept statement writes this row, the outbox row and
-- the report together, so a foreign key here would check, and lock, at the hottest place what can't be otherwise.
CREATE TABLE report_facts (
    report_id bigint PRIMARY KEY,
    facts     jsonb  NOT NULL
);

-- First answers, kept sealed for seven days so that a client which retries gets the same receipt and code.
CREATE TABLE idempotency_keys (
    key_mac    bytea       PRIMARY KEY,
    body_mac   bytea       NOT NULL,
    report_id  bigint      NOT NULL,
    answer     bytea       NOT NULL,
    expires_at timestamptz NOT NULL
);
-- Rows arrive in the order of their expiry, so a summary per block range is enough for housekeeping.
CREATE INDEX idempotency_keys_expiry ON idempotency_keys USING brin (expires_at);

-- One row per report until it is routed. due_at is when somebody may take it up: leased rows when
-- the lease ends, published rows when the sweep would doubt them. The router deletes the row in its own transaction.
CREATE TABLE outbox (
    report_id    bigint      PRIMARY KEY,
    county       text        NOT NULL,
    urgent       boolean     NOT NULL,
    due_at       timestamptz NOT NULL,
    lease_owner  uuid,
    published_at timestamptz,
    publishes    integer     NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
CREATE INDEX outbox_due ON outbox (urgent DESC, due_at);

-- Links repeat reports without storing what they are about: keyed hashes only. A link never suppresses a ticket.
CREATE TABLE blind_index (
    report_id bigint   NOT NULL REFERENCES reports,
    child     smallint NOT NULL,
    kind      text     NOT NULL CHECK (kind IN ('name-birth', 'id-number')),
    token     bytea    NOT NULL,
    PRIMARY KEY (report_id, child, kind)
);
CREATE INDEX blind_index_token ON blind_index (token);

-- Salted hashes over ciphertext and metadata; ordering them is background work.
CREATE TABLE audit_leaves (
    at      timestamptz NOT NULL,
    subject bigint      NOT NULL,
    kind    text        NOT NULL,
    salt    bytea       NOT NULL,
    leaf    bytea       NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE audit_leaves_default PARTITION OF audit_leaves DEFAULT;

-- A message that names no report of ours. Kept for the office to look at, never looped, never dropped.
CREATE TABLE parked_messages (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue     text        NOT NULL,
    reason    text        NOT NULL,
    body      bytea       NOT NULL,
    parked_at timestamptz NOT NULL
);

-- Written before a suspect message is tried again, one by one, so that a crash is charged to the right report.
CREATE TABLE routing_attempts (
    report_id  bigint      PRIMARY KEY REFERENCES reports,
    attempts   integer     NOT NULL,
    last_at    timestamptz NOT NULL,
    last_error text
);

CREATE TABLE cases (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county      text        NOT NULL,
    opened_at   timestamptz NOT NULL,
    urgency     text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3')),
    merged_into bigint      REFERENCES cases
);
CREATE TABLE case_reports (
    report_id bigint PRIMARY KEY REFERENCES reports,
    case_id   bigint NOT NULL REFERENCES cases
);
CREATE INDEX case_reports_case ON case_reports (case_id);

-- round 1 is the first routing; each 重新分派 by the office adds a round.
CREATE TABLE decisions (
    report_id      bigint      NOT NULL REFERENCES reports,
    round          smallint    NOT NULL,
    urgency        text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3')),
    pack_version   integer     NOT NULL,
    rule_set       integer     NOT NULL,
    rows           jsonb       NOT NULL,
    unsent         jsonb       NOT NULL,
    triage_reasons jsonb       NOT NULL,
    decided_by     text        NOT NULL,
    decided_at     timestamptz NOT NULL,
    PRIMARY KEY (report_id, round)
);
COMMENT ON TABLE decisions IS 'its primary key is what makes a report routed exactly once, however often its message arrives';

CREATE TABLE tickets (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county        text        NOT NULL,
    case_id       bigint      NOT NULL REFERENCES cases,
    report_id     bigint      NOT NULL REFERENCES reports,
    predecessor   bigint      REFERENCES tickets,
    obligation    text        NOT NULL,
    unit          text        NOT NULL,
    unit_kind     text        NOT NULL,
    lead          boolean     NOT NULL,
    urgency       text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3')),
    evidence      text,
    basis         jsonb       NOT NULL,
    rule_set      integer     NOT NULL,
    dispatched_at timestamptz NOT NULL,
    state         text        NOT NULL CHECK (state IN ('dispatched', 'signed', 'in-progress', 'resolved', 'confirmed',
                                                        'archived', 'return-requested', 'returned', 'reopened', 'waived')),
    signed_at     timestamptz,
    signed_by     text,
    resolved_at   timestamptz,
    resolved_by   text,
    outcome       text,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    CHECK (state <> 'dispatched' OR signed_at IS NULL),
    CHECK ((signed_at IS NULL) = (signed_by IS NULL)),
    CHECK (state NOT IN ('resolved', 'confirmed', 'archived') OR resolved_at IS NOT NULL)
);
COMMENT ON COLUMN tickets.unit_kind IS 'the kind the rules asked; where nobody is of that kind the unit is the office';
CREATE UNIQUE INDEX tickets_once ON tickets (report_id, obligation, unit) WHERE predecessor IS NULL;
CREATE INDEX tickets_case ON tickets (case_id);
CREATE INDEX tickets_unit ON tickets (county, unit, state);

-- The clocks of a ticket. plan holds the escalation steps with their times, computed once at (re-)start from the due time;
-- next_at is the earliest step not yet taken. The clock needs nothing else, so rules may change under open tickets.
CREATE TABLE stages (
    id               bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id        bigint      NOT NULL REFERENCES tickets,
    stage            text        NOT NULL CHECK (stage IN ('sign', 'contact', 'resolve')),
    due_generation   integer     NOT NULL DEFAULT 1,
    time_limit       text        NOT NULL,
    start_event      text        NOT NULL,
    started_at       timestamptz,
    due_at           timestamptz,
    provisional      boolean     NOT NULL,
    basis            text        NOT NULL,
    grade            text        NOT NULL,
    calendar_version text        NOT NULL,
    derivation       jsonb       NOT NULL,
    plan             jsonb       NOT NULL,
    next_step        smallint    NOT NULL DEFAULT 0,
    next_at          timestamptz,
    ended_at         timestamptz,
    UNIQUE (ticket_id, stage),
    CHECK ((started_at IS NULL) = (due_at IS NULL)),
    CHECK (ended_at IS NULL OR next_at IS NULL)
) WITH (fillfactor = 80);
COMMENT ON COLUMN stages.next_step IS 'position in plan of the next step to send';
CREATE INDEX stages_next ON stages (next_at) WHERE next_at IS NOT NULL;

-- One row per crossing. crossed_at is the true time by the plan; sent_at when its notices were queued.
CREATE TABLE escalation_steps (
    stage_id       bigint      NOT NULL REFERENCES stages,
    due_generation integer     NOT NULL,
    level          smallint    NOT NULL,
    recipient      text        NOT NULL,
    action         text        NOT NULL,
    crossed_at     timestamptz NOT NULL,
    sent_at        timestamptz,
    system_late    boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (stage_id, due_generation, level)
);
COMMENT ON COLUMN escalation_steps.system_late IS 'the system sent this later than planned (an outage), so the delay is not the unit''s';

-- A notice is sent at least once; its id is stable and becomes the mail''s Message-ID.
CREATE TABLE notices (
    id          uuid        PRIMARY KEY,
    dedup       text        NOT NULL UNIQUE,
    county      text        NOT NULL,
    kind        text        NOT NULL,
    ticket_id   bigint      NOT NULL REFERENCES tickets,
    stage_id    bigint      REFERENCES stages,
    level       smallint,
    unit        text        NOT NULL,
    urgency     text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3')),
    drill       boolean     NOT NULL,
    system_late boolean     NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL,
    state       text        NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'suppressed')),
    due_at      timestamptz NOT NULL DEFAULT '-infinity',
    lease_owner uuid,
    attempts    integer     NOT NULL DEFAULT 0,
    finished_at timestamptz,
    last_error  text,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    CHECK ((state = 'queued') = (finished_at IS NULL))
) WITH (fillfactor = 80);
COMMENT ON COLUMN notices.due_at IS 'by the notifier''s clock: at once, when a lease ends, or when a retry is due';
CREATE INDEX notices_due ON notices (urgency, due_at) WHERE state = 'queued';
CREATE INDEX notices_failed ON notices (finished_at) WHERE state = 'failed';
CREATE INDEX notices_ticket ON notices (ticket_id);

CREATE TABLE notice_attempts (
    at        timestamptz NOT NULL,
    notice_id uuid        NOT NULL,
    attempt   integer     NOT NULL,
    outcome   text        NOT NULL CHECK (outcome IN ('sent', 'retry', 'gave-up', 'suppressed')),
    phase     text        NOT NULL,
    detail    text        NOT NULL,
    took_ms   integer     NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE notice_attempts_default PARTITION OF notice_attempts DEFAULT;
CREATE INDEX notice_attempts_notice ON notice_attempts (notice_id);

-- Acts of named humans and of the system on a ticket: its timeline.
CREATE TABLE events (
    at        timestamptz NOT NULL,
    report_id bigint      NOT NULL,
    ticket_id bigint,
    kind      text        NOT NULL,
    actor     text        NOT NULL,
    reason    text,
    detail    jsonb       NOT NULL DEFAULT '{}'
) PARTITION BY RANGE (at);
CREATE TABLE events_default PARTITION OF events DEFAULT;
CREATE INDEX events_report ON events (report_id, at);
