-- The people behind the tickets: their accounts and how they log in.

CREATE TABLE accounts (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county        text        NOT NULL,
    login         text        NOT NULL CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
    name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    phone         text,
    mail          text        CHECK (mail ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
    password_hash text,
    password_at   timestamptz,
    factor        bytea,
    factor_at     timestamptz,
    factor_step   bigint      NOT NULL DEFAULT 0,
    demo          boolean     NOT NULL DEFAULT false,
    created_at    timestamptz NOT NULL,
    created_by    text        NOT NULL,
    disabled_at   timestamptz,
    last_login_at timestamptz,
    UNIQUE (county, login),
    CONSTRAINT accounts_factor CHECK ((factor IS NULL) = (factor_at IS NULL))
);
CREATE INDEX accounts_name ON accounts (county, name);
COMMENT ON TABLE accounts IS 'one row per login of a person; never deleted, because acts name it';
COMMENT ON COLUMN accounts.phone IS 'as typed: may hold an extension or two numbers';
COMMENT ON COLUMN accounts.mail IS 'the person''s own address, by which calls of their duty reach them; NULL: none';
COMMENT ON COLUMN accounts.password_hash IS 'argon2id; NULL: no password opens this account until its owner has set one by an invitation';
COMMENT ON COLUMN accounts.password_at IS 'when its owner last set the password';
COMMENT ON COLUMN accounts.factor IS 'secret of the second factor (RFC 6238), sealed with the master key and bound to the account; NULL: none is set up';
COMMENT ON COLUMN accounts.factor_step IS 'the last time step whose code was taken: no code is taken twice';
COMMENT ON COLUMN accounts.demo IS 'made by `people demo`: its password stands on the login page, so a deployment without a demo disables it';
COMMENT ON COLUMN accounts.created_by IS 'name of whoever made it, or the command';
COMMENT ON COLUMN accounts.disabled_at IS 'NULL: may log in';

-- Two logins of one person are one person: the same mobile phone, or the same name where no two different phones say otherwise.
-- It errs towards refusing: somebody else then decides.
CREATE FUNCTION mobile_phones(said text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT regexp_replace(m[1], '[ -]', '', 'g')), '{}')
    FROM regexp_matches(translate(coalesce(said, ''), '０１２３４５６７８９－', '0123456789-'),
                        '(?:^|[^0-9]|86)(1[3-9][0-9](?:[ -]?[0-9]){8})(?![0-9])', 'g') AS m
$$;
CREATE FUNCTION same_person(one bigint, other bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT one = other OR EXISTS (
        SELECT FROM accounts a, accounts b WHERE a.id = one AND b.id = other
          AND (mobile_phones(a.phone) && mobile_phones(b.phone)
               OR regexp_replace(a.name, '\s', '', 'g') = regexp_replace(b.name, '\s', '', 'g')
                  AND (mobile_phones(a.phone) = '{}' OR mobile_phones(b.phone) = '{}')))
$$;
REVOKE ALL ON FUNCTION same_person(bigint, bigint) FROM PUBLIC;

-- A name as it is shown is made where the units are known: person_shown, in 0004.

CREATE TABLE sessions (
    id         uuid        PRIMARY KEY,
    account_id bigint      NOT NULL REFERENCES accounts,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    used_at    timestamptz NOT NULL,
    address    inet,
    agent      text,
    device     uuid,
    factor     boolean     NOT NULL DEFAULT false
);
CREATE INDEX sessions_account ON sessions (account_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_device ON sessions (device) WHERE ended_at IS NULL;
COMMENT ON TABLE sessions IS 'what a login opened; read at every request, so an ended one opens nothing from then on';
COMMENT ON COLUMN sessions.expires_at IS 'the end at the latest, however much it is used';
COMMENT ON COLUMN sessions.used_at IS 'when a person last did something; what a page asks by itself does not count';
COMMENT ON COLUMN sessions.address IS 'of the login, shown to the account''s owner';
COMMENT ON COLUMN sessions.agent IS 'the browser as it named itself at the login, shown to the account''s owner';
COMMENT ON COLUMN sessions.device IS 'login_devices.device; NULL: the browser keeps no cookie';
COMMENT ON COLUMN sessions.factor IS 'opened with the second factor';

-- Browsers in which somebody logged in. Their wrong passwords count here and strangers' count at the account, so that a
-- stranger who guesses delays nobody at a browser of their own.
CREATE TABLE login_devices (
    device     uuid        NOT NULL,
    account_id bigint      NOT NULL REFERENCES accounts,
    since      timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    place      bytea,
    PRIMARY KEY (device, account_id)
);
CREATE INDEX login_devices_account ON login_devices (account_id);
COMMENT ON TABLE login_devices IS 'browsers in which an account was opened, each known by a random cookie';
COMMENT ON COLUMN login_devices.place IS 'keyed hash of the address of the last login there: strangers elsewhere do not brake a login from it';

-- How much of a limit is used up, as a leaky bucket: each try adds its cost, and `empty_at` is when all of it has leaked away.
CREATE TABLE login_tries (
    key      bytea       PRIMARY KEY,
    empty_at timestamptz NOT NULL
);
CREATE INDEX login_tries_empty_at ON login_tries (empty_at);
COMMENT ON TABLE login_tries IS 'rows whose time has passed say nothing and are dropped by the housekeeping';
COMMENT ON COLUMN login_tries.key IS 'keyed hash of what counts (an address, a login at an address, a login, a browser): made-up and mistyped logins, which may be passwords in the wrong field, are kept nowhere';

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

-- Nobody is given a password: an invitation is a code, as a link or on paper, by which a person sets a password that nobody else
-- ever knew. It is used once and ends after seven days.
CREATE TABLE invitations (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint      NOT NULL REFERENCES accounts,
    digest     bytea       NOT NULL UNIQUE,
    made_at    timestamptz NOT NULL,
    made_by    bigint      REFERENCES accounts,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    ended_how  text        CHECK (ended_how IN ('used', 'voided')),
    CONSTRAINT invitations_ended CHECK ((ended_at IS NULL) = (ended_how IS NULL)),
    CONSTRAINT invitations_end_by_themselves CHECK (expires_at - made_at = interval '7 days'),
    CONSTRAINT invitations_used_in_time CHECK (ended_how IS DISTINCT FROM 'used' OR ended_at < expires_at),
    CONSTRAINT invitations_not_oneself CHECK (made_by <> account_id)
);
-- One at a time: inviting again voids the old one.
CREATE UNIQUE INDEX invitations_open ON invitations (account_id) WHERE ended_at IS NULL;
CREATE INDEX invitations_account ON invitations (account_id, id DESC);
COMMENT ON TABLE invitations IS 'codes by which a person sets a password of their own';
COMMENT ON COLUMN invitations.digest IS 'of the code, which has 80 random bits and is stored nowhere';
COMMENT ON COLUMN invitations.made_by IS 'NULL: the command line';

-- An invitation ends once and nothing else of it changes.
CREATE FUNCTION invitations_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
            OR (NEW.id, NEW.account_id, NEW.digest, NEW.made_at, NEW.made_by, NEW.expires_at)
               IS DISTINCT FROM (OLD.id, OLD.account_id, OLD.digest, OLD.made_at, OLD.made_by, OLD.expires_at) THEN
        RAISE EXCEPTION 'an invitation ends once and is not changed' USING ERRCODE = 'check_violation', CONSTRAINT = 'invitations_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invitations_guard BEFORE UPDATE ON invitations FOR EACH ROW EXECUTE FUNCTION invitations_guard();
CREATE TRIGGER act_step AFTER INSERT OR UPDATE ON invitations FOR EACH ROW EXECUTE FUNCTION act_step('made_at', 'ended_at');

CREATE TABLE recovery_codes (
    account_id bigint      NOT NULL REFERENCES accounts,
    mac        bytea       NOT NULL,
    made_at    timestamptz NOT NULL,
    used_at    timestamptz,
    PRIMARY KEY (account_id, mac)
);
COMMENT ON TABLE recovery_codes IS 'single-use codes for a lost telephone';
COMMENT ON COLUMN recovery_codes.mac IS 'keyed hash of the code, which is shown once and stored nowhere';

-- A lost factor is reset in person by two people: one asks after having seen the owner, another confirms.
CREATE TABLE factor_resets (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county     text        NOT NULL,
    account_id bigint      NOT NULL REFERENCES accounts,
    asked_at   timestamptz NOT NULL,
    asked_by   bigint      NOT NULL REFERENCES accounts,
    reason     text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 300),
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    ended_by   bigint      REFERENCES accounts,
    confirmed  boolean,
    CONSTRAINT factor_resets_ended CHECK ((ended_at IS NULL) = (confirmed IS NULL)),
    CONSTRAINT factor_resets_two_people CHECK (confirmed IS NOT TRUE OR (ended_by IS NOT NULL AND ended_by <> asked_by)),
    CONSTRAINT factor_resets_not_oneself CHECK (asked_by <> account_id AND (confirmed IS NOT TRUE OR ended_by <> account_id))
);
CREATE UNIQUE INDEX factor_resets_open ON factor_resets (account_id) WHERE ended_at IS NULL;
CREATE INDEX factor_resets_waiting ON factor_resets (county, asked_at) WHERE ended_at IS NULL;
CREATE TRIGGER act_step AFTER INSERT OR UPDATE ON factor_resets FOR EACH ROW EXECUTE FUNCTION act_step('asked_at', 'ended_at');
COMMENT ON TABLE factor_resets IS 'second factors that are to be reset, or were';
COMMENT ON COLUMN factor_resets.expires_at IS 'after this nobody can confirm it; it is asked for anew';
COMMENT ON COLUMN factor_resets.ended_by IS 'NULL while it waits, and where it ran out';
COMMENT ON COLUMN factor_resets.confirmed IS 'true: the factor is gone. false: declined, withdrawn or run out. NULL: waits';
