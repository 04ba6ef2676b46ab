-- Mails about rosters: holes days before, and what two people say to each other about a swap.

ALTER TABLE notices ADD COLUMN account_id bigint REFERENCES accounts;
COMMENT ON COLUMN notices.account_id IS 'it goes to this person''s own address, where they have one and their account is open; NULL: to the unit''s mailbox';
ALTER TABLE notices DROP CONSTRAINT notices_subject_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_subject_kind_check
    CHECK (subject_kind IN ('rule-set', 'account', 'opening', 'callbacks', 'factor-reset', 'flood', 'duty-page', 'duty', 'swap'));
COMMENT ON COLUMN notices.subject_id IS 'rule-set: its version; account, opening, factor-reset, flood, swap: its id; callbacks, duty: the day as a number, 20261126';

CREATE TABLE duty_told (
    county    text  PRIMARY KEY,
    looked_on date  NOT NULL,
    units     jsonb NOT NULL
);
COMMENT ON TABLE duty_told IS 'what was told of each roster''s holes by mail, so that the same is not told each day';
COMMENT ON COLUMN duty_told.looked_on IS 'the day in the county on which rosters were last looked through: once a day, by one router';
COMMENT ON COLUMN duty_told.units IS 'by unit: casework''s roster::Told';

-- As subject_notice, to a person. Whoever has no address of their own is told in the unit's mailbox, which gets one mail for all of
-- them. Answers how many were queued.
CREATE FUNCTION person_notice(p_county text, p_kind text, p_subject text, p_id bigint, p_round bigint, p_unit text, p_account bigint,
                              p_urgency text, p_said jsonb, p_at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH recipient AS (
        SELECT u.code, a.id FROM units u
        LEFT JOIN accounts a ON a.id = p_account AND a.county = u.county AND a.disabled_at IS NULL AND a.mail IS NOT NULL
        WHERE u.county = p_county AND u.code = p_unit AND u.retired_at IS NULL
    ), queued AS (
        INSERT INTO notices (id, dedup, county, kind, subject_kind, subject_id, said, unit, account_id, urgency, drill, created_at, state)
        SELECT gen_random_uuid(), concat_ws(':', p_kind, p_county, p_id, p_round, r.code, r.id), p_county, p_kind, p_subject, p_id, p_said,
               r.code, r.id, p_urgency, false, p_at, 'queued'
        FROM recipient r
        ON CONFLICT (dedup) DO NOTHING
        RETURNING 1
    )
    SELECT count(*) FROM queued
$$;
REVOKE ALL ON FUNCTION person_notice(text, text, text, bigint, bigint, text, bigint, text, jsonb, timestamptz) FROM PUBLIC;
