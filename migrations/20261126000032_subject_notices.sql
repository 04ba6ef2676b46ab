-- Mails that are not about a ticket: rules that wait for approval, rights that changed, an opening that is asked for.

ALTER TABLE notices
    ALTER COLUMN ticket_id DROP NOT NULL,
    ADD COLUMN subject_kind text CHECK (subject_kind IN ('rule-set', 'account', 'opening', 'callbacks')),
    ADD COLUMN subject_id   bigint,
    ADD COLUMN said         jsonb,
    ADD CONSTRAINT notices_about CHECK (
        (ticket_id IS NULL) = (subject_kind IS NOT NULL)
        AND (subject_kind IS NULL) = (subject_id IS NULL) AND (subject_kind IS NULL) = (said IS NULL)
        AND (ticket_id IS NOT NULL OR (stage_id IS NULL AND level IS NULL)));
COMMENT ON COLUMN notices.subject_kind IS 'what the mail is about where that is no ticket; then there is no ticket, stage or level';
COMMENT ON COLUMN notices.subject_id IS
    'rule-set: its version; account: its id; opening: its id; callbacks: the day as a number, 20261126';
COMMENT ON COLUMN notices.said IS 'what the mail says of its subject; nothing sealed';

-- Queues such a mail, once for a subject and its round, to each recipient: a unit, all units of an account, or the office where
-- neither is named or nobody is left. One narrow function, so that no login needs to write notices for it. Answers how many.
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
