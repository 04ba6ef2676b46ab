-- A person's own mail address, verified by a code that was sent there, as their telephones are.

ALTER TABLE accounts ADD COLUMN mail_verified_at timestamptz;
ALTER TABLE accounts ADD COLUMN mail_unverified boolean NOT NULL GENERATED ALWAYS AS (mail IS NOT NULL AND mail_verified_at IS NULL) STORED;
COMMENT ON COLUMN accounts.mail_verified_at IS 'when a code that was sent to this very address came back; another address begins unverified';
COMMENT ON COLUMN accounts.mail_unverified IS 'of those who may not read the address: whether it is one that nobody verified';
-- The column is new, so nobody is in it yet.
CREATE UNIQUE INDEX accounts_mail_of_one ON accounts (county, lower(mail)) WHERE mail_verified_at IS NOT NULL;

CREATE TABLE mail_codes (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint      NOT NULL REFERENCES accounts,
    mail       text        NOT NULL,
    call_id    uuid        NOT NULL UNIQUE REFERENCES calls,
    code       bytea,
    code_mac   bytea       NOT NULL,
    sent_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    tries      smallint    NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
    used_at    timestamptz,
    CONSTRAINT mail_codes_used_in_time CHECK (used_at < expires_at)
);
CREATE INDEX mail_codes_account ON mail_codes (account_id, id DESC);
CREATE INDEX mail_codes_mail ON mail_codes (lower(mail), sent_at);
COMMENT ON TABLE mail_codes IS 'codes that were sent to people''s own addresses; each is taken once, for the address that it went to, and only the last one of a person';
COMMENT ON COLUMN mail_codes.code IS 'as phone_codes.code';
COMMENT ON COLUMN mail_codes.tries IS 'how often something was typed; reserved before it is compared';

-- As in 0015, for both kinds of codes.
CREATE OR REPLACE FUNCTION phone_code_forget() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE phone_codes SET code = NULL WHERE call_id = NEW.id;
    UPDATE mail_codes SET code = NULL WHERE call_id = NEW.id;
    RETURN NULL;
END $$;
