-- The people behind the tickets, and what a unit may see.

CREATE TABLE accounts (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county        text        NOT NULL,
    login         text        NOT NULL CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
    name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    phone         text,
    password_hash text        NOT NULL,
    must_change   boolean     NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL,
    created_by    text        NOT NULL,
    disabled_at   timestamptz,
    failures      integer     NOT NULL DEFAULT 0,
    retry_at      timestamptz,
    last_login_at timestamptz,
    UNIQUE (county, login)
);
COMMENT ON COLUMN accounts.retry_at IS 'growing delay: no attempt counts before this time, a right password included';

-- person x unit x role, read at every request and never from a token.
CREATE TABLE memberships (
    account_id bigint      NOT NULL REFERENCES accounts,
    county     text        NOT NULL,
    unit       text        NOT NULL,
    role       text        NOT NULL CHECK (role IN ('member', 'leader', 'office', 'oversight', 'admin')),
    since      timestamptz NOT NULL,
    ended_at   timestamptz,
    PRIMARY KEY (account_id, unit, role),
    FOREIGN KEY (county, unit) REFERENCES units (county, code)
);
CREATE INDEX memberships_unit ON memberships (county, unit) WHERE ended_at IS NULL;

CREATE TABLE sessions (
    id         uuid        PRIMARY KEY,
    account_id bigint      NOT NULL REFERENCES accounts,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz
);
CREATE INDEX sessions_account ON sessions (account_id) WHERE ended_at IS NULL;

-- What the desk needs on a ticket.
ALTER TABLE tickets
    ADD COLUMN version       integer NOT NULL DEFAULT 1,
    ADD COLUMN next_due_at   timestamptz,
    ADD COLUMN next_stage    text,
    ADD COLUMN assignee      bigint REFERENCES accounts,
    ADD COLUMN assignee_name text,
    ADD COLUMN contacted_at  timestamptz,
    ADD COLUMN evidence_at   timestamptz;
COMMENT ON COLUMN tickets.version IS 'rises with every act; a page that carries an older one is stale and changes nothing';
COMMENT ON COLUMN tickets.next_due_at IS 'due time of next_stage, the first stage not ended: the order of the desk';
UPDATE tickets t SET (next_due_at, next_stage) =
    (SELECT s.due_at, s.stage FROM stages s WHERE s.ticket_id = t.id AND s.ended_at IS NULL ORDER BY s.id LIMIT 1);
CREATE INDEX tickets_report ON tickets (report_id);
CREATE INDEX tickets_desk ON tickets (county, unit, next_due_at)
    WHERE state IN ('dispatched', 'signed', 'in-progress', 'return-requested', 'reopened');
CREATE INDEX tickets_p1_unsigned ON tickets (county, dispatched_at) WHERE state = 'dispatched' AND urgency = 'P1';
CREATE INDEX tickets_triage ON tickets (county, dispatched_at) WHERE obligation = 'triage' AND resolved_at IS NULL;
CREATE INDEX tickets_dispatched ON tickets (county, dispatched_at);
CREATE INDEX stages_overdue ON stages (due_at) WHERE ended_at IS NULL AND next_step >= 2;

-- What an officer writes down is about a child: sealed with the report's data key.
ALTER TABLE events ADD COLUMN sealed bytea;

-- After 办结 the office calls the reporter back.
CREATE TABLE callbacks (
    report_id bigint      PRIMARY KEY REFERENCES reports,
    result    text        NOT NULL CHECK (result IN ('satisfied', 'dissatisfied', 'unreachable', 'anonymous')),
    at        timestamptz NOT NULL,
    by_name   text        NOT NULL,
    sealed    bytea
);

-- Figures of the board, computed in the background; exact as of `at`.
CREATE TABLE board_snapshots (
    county text        PRIMARY KEY,
    at     timestamptz NOT NULL,
    took_ms integer    NOT NULL,
    data   jsonb       NOT NULL
);

-- Row-level security. FORCE binds the owner too, so it gets a policy of its own; the services' and the desk's policies are
-- in grants.sql, because their logins carry the database's name.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['tickets', 'stages', 'escalation_steps', 'events', 'reports', 'report_facts', 'notices'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    END LOOP;
END $$;

-- The units the desk acts for in this transaction; nothing set means none.
CREATE FUNCTION desk_units() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(nullif(current_setting('shouwang.units', true), ''), ',')
$$;

-- Other units of a ticket's case: who, what, how far. Only for someone who holds a ticket of it.
CREATE FUNCTION case_others(ticket bigint)
RETURNS TABLE (unit text, unit_name text, obligation text, lead boolean, state text, next_due_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.unit, u.name, o.obligation, o.lead, o.state, o.next_due_at
    FROM tickets mine
    JOIN tickets o ON o.case_id = mine.case_id AND o.id <> mine.id
    JOIN units u ON u.county = o.county AND u.code = o.unit
    WHERE mine.id = ticket AND mine.unit = ANY (desk_units())
    ORDER BY o.lead DESC, o.id
$$;
REVOKE ALL ON FUNCTION case_others(bigint) FROM PUBLIC;
