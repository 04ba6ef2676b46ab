-- The login: tries that are reserved before a password is compared, sessions that their owner can look at and end, a second
-- factor, and passwords and invitations that end by themselves.

-- How much of a limit is used up, as a leaky bucket: each try adds its cost, and `empty_at` is when all of it has leaked away.
-- What counts (an address, a login at an address, a login, a browser) is a keyed hash, so that made-up and mistyped logins,
-- which may be passwords typed into the wrong field, are not kept anywhere.
CREATE TABLE login_tries (
    key      bytea       PRIMARY KEY,
    empty_at timestamptz NOT NULL
);
COMMENT ON TABLE login_tries IS 'rows whose time has passed say nothing and are dropped by the housekeeping';
CREATE INDEX login_tries_empty_at ON login_tries (empty_at);

-- Takes a try from all of these buckets, or from none: NULL when it was taken, else the time from which one may be taken. The
-- rows are locked in one order, so that tries at the same moment are counted one after the other and never wait in a circle.
CREATE FUNCTION login_take(keys bytea[], costs_ms bigint[], rooms_ms bigint[], taken_at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql AS $$
DECLARE
    free_at timestamptz;
BEGIN
    INSERT INTO login_tries (key, empty_at) SELECT k, taken_at FROM unnest(keys) k ORDER BY k ON CONFLICT DO NOTHING;
    PERFORM FROM login_tries t WHERE t.key = ANY (keys) ORDER BY t.key FOR UPDATE;
    SELECT max(greatest(t.empty_at, taken_at) + (b.cost - b.room) * interval '1 millisecond') INTO free_at
    FROM unnest(keys, costs_ms, rooms_ms) AS b (key, cost, room) JOIN login_tries t ON t.key = b.key;
    IF free_at > taken_at THEN
        DELETE FROM login_tries t WHERE t.key = ANY (keys) AND t.empty_at <= taken_at;
        RETURN free_at;
    END IF;
    UPDATE login_tries t SET empty_at = greatest(t.empty_at, taken_at) + b.cost * interval '1 millisecond'
    FROM unnest(keys, costs_ms) AS b (key, cost) WHERE t.key = b.key;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION login_take(bytea[], bigint[], bigint[], timestamptz) FROM PUBLIC;

-- The counters that this replaces.
ALTER TABLE accounts DROP COLUMN failures, DROP COLUMN retry_at;
ALTER TABLE login_devices DROP COLUMN failures, DROP COLUMN retry_at, ADD COLUMN place bytea;
COMMENT ON COLUMN login_devices.place IS 'keyed hash of the address of the last login there: strangers elsewhere do not brake a login from it';

-- A password that somebody else knows ends by itself.
ALTER TABLE accounts
    ADD COLUMN password_until timestamptz,
    ADD COLUMN password_at    timestamptz,
    ADD COLUMN factor         bytea,
    ADD COLUMN factor_at      timestamptz,
    ADD COLUMN factor_step    bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT accounts_factor CHECK ((factor IS NULL) = (factor_at IS NULL));
UPDATE accounts SET password_until = created_at + interval '7 days' WHERE must_change;
COMMENT ON COLUMN accounts.password_until IS 'NULL: its owner chose it. Otherwise it opens nothing after this time';
COMMENT ON COLUMN accounts.factor IS 'secret of the second factor (RFC 6238), sealed with the master key and bound to the account';
COMMENT ON COLUMN accounts.factor_step IS 'the last time step whose code was taken: no code is taken twice';

-- Single-use codes for a lost telephone.
CREATE TABLE recovery_codes (
    account_id bigint      NOT NULL REFERENCES accounts,
    mac        bytea       NOT NULL,
    made_at    timestamptz NOT NULL,
    used_at    timestamptz,
    PRIMARY KEY (account_id, mac)
);

-- A lost factor is reset in person by two people: one asks after having seen the owner, another confirms.
CREATE TABLE factor_resets (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county       text        NOT NULL,
    account_id   bigint      NOT NULL REFERENCES accounts,
    asked_at     timestamptz NOT NULL,
    asked_by     bigint      NOT NULL REFERENCES accounts,
    reason       text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 300),
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    ended_by     bigint      REFERENCES accounts,
    confirmed    boolean,
    CONSTRAINT factor_resets_ended CHECK ((ended_at IS NULL) = (confirmed IS NULL)),
    CONSTRAINT factor_resets_two_people CHECK (confirmed IS NOT TRUE OR (ended_by IS NOT NULL AND ended_by <> asked_by)),
    CONSTRAINT factor_resets_not_oneself CHECK (asked_by <> account_id AND (confirmed IS NOT TRUE OR ended_by <> account_id))
);
CREATE UNIQUE INDEX factor_resets_open ON factor_resets (account_id) WHERE ended_at IS NULL;
CREATE INDEX factor_resets_waiting ON factor_resets (county, asked_at) WHERE ended_at IS NULL;

-- An invitation is a link by which a person sets a password that nobody else ever knew: single use, with an end.
CREATE TABLE invitations (
    mac        bytea       PRIMARY KEY,
    account_id bigint      NOT NULL REFERENCES accounts,
    made_at    timestamptz NOT NULL,
    made_by    bigint      REFERENCES accounts,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    used       boolean     NOT NULL DEFAULT false
);
CREATE INDEX invitations_account ON invitations (account_id) WHERE ended_at IS NULL;

-- What a person sees of their own sessions, and what ends one by itself.
ALTER TABLE sessions
    ADD COLUMN used_at timestamptz,
    ADD COLUMN address inet,
    ADD COLUMN agent   text,
    ADD COLUMN device  uuid,
    ADD COLUMN factor  boolean NOT NULL DEFAULT false;
UPDATE sessions SET used_at = created_at;
ALTER TABLE sessions ALTER COLUMN used_at SET NOT NULL;
COMMENT ON COLUMN sessions.used_at IS 'when a person last did something; what a page asks by itself does not count';
COMMENT ON COLUMN sessions.factor IS 'opened with the second factor';
CREATE INDEX sessions_device ON sessions (device) WHERE ended_at IS NULL;
