-- Nobody is given a password any more: an invitation is a code, as a link or on paper, by which a person sets a password that
-- nobody else ever knew. It is used once and ends after seven days.
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
COMMENT ON COLUMN invitations.digest IS 'of the code, which has 80 random bits and is stored nowhere';
COMMENT ON COLUMN invitations.made_by IS 'NULL: the command line';
-- One at a time: inviting again voids the old one.
CREATE UNIQUE INDEX invitations_open ON invitations (account_id) WHERE ended_at IS NULL;
CREATE INDEX invitations_account ON invitations (account_id, id DESC);

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

-- A password that somebody else had given out and its owner never replaced opens nothing any more: its account is invited.
ALTER TABLE accounts ALTER COLUMN password_hash DROP NOT NULL;
UPDATE accounts SET password_hash = NULL WHERE must_change;
ALTER TABLE accounts DROP COLUMN must_change, DROP COLUMN password_until;
COMMENT ON COLUMN accounts.password_hash IS 'argon2id; NULL: no password opens this account until its owner has set one by an invitation';

-- Mails about other things: a second factor to be reset waits for its second person; many tickets of a unit were ended at once, or
-- given back.
ALTER TABLE notices DROP CONSTRAINT notices_subject_kind_check,
    ADD CONSTRAINT notices_subject_kind_check
        CHECK (subject_kind IN ('rule-set', 'account', 'opening', 'callbacks', 'factor-reset', 'flood'));
COMMENT ON COLUMN notices.subject_id IS
    'rule-set: its version; account, opening, factor-reset, flood: its id; callbacks: the day as a number, 20261126';
