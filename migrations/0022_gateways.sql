-- What a provider of messages and calls is, how it stands and what was bought of it: the notifier has the descriptions, and writes
-- down here what the board, the page of the bill and the router's warning need of them. No secret, no address, no number.
CREATE TABLE gateways (
    county      text        NOT NULL,
    name        text        NOT NULL,
    channel     text        NOT NULL CHECK (channel IN ('sms', 'voice')),
    price_yuan  float8      CHECK (price_yuan >= 0),
    quota       bigint      CHECK (quota >= 0),
    quota_from  date,
    warn_below  bigint,
    seen_at     timestamptz NOT NULL,
    away_since  timestamptz,
    away_why    text,
    warned_at   timestamptz,
    PRIMARY KEY (county, name),
    CONSTRAINT gateways_quota CHECK ((quota IS NULL) = (warn_below IS NULL) AND (quota_from IS NULL OR quota IS NOT NULL)),
    CONSTRAINT gateways_away CHECK ((away_since IS NULL) = (away_why IS NULL))
);
COMMENT ON TABLE gateways IS 'descriptions of providers as the notifier last read them, and how it found each. The board reads it';
COMMENT ON COLUMN gateways.price_yuan IS 'of one message or call, as the description says; NULL: it says none';
COMMENT ON COLUMN gateways.quota IS 'how many were bought; NULL: nothing is counted down';
COMMENT ON COLUMN gateways.quota_from IS 'since the start of this day; NULL: so many in each calendar month';
COMMENT ON COLUMN gateways.warn_below IS 'with so many left somebody is warned, whatever the pace';
COMMENT ON COLUMN gateways.seen_at IS 'when a notifier last said so: an old one means that none runs, or that none has this description any more';
COMMENT ON COLUMN gateways.away_since IS 'since when it answers nothing; NULL: it answers';
COMMENT ON COLUMN gateways.away_why IS 'its last words, without numbers';
COMMENT ON COLUMN gateways.warned_at IS 'when the office was last told that its quota ends; written by the router';

-- What each provider was given, newest first: counted from the index alone.
CREATE INDEX call_tries_gateway ON call_tries (county, gateway, began_at) INCLUDE (handed_at, outcome);

-- Codes that wait to be sent: before whom a person stands and waits.
CREATE INDEX calls_codes ON calls (county, created_at) WHERE state = 'queued' AND kind = 'code';

ALTER TABLE notices DROP CONSTRAINT notices_subject_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_subject_kind_check
    CHECK (subject_kind IN ('rule-set', 'account', 'opening', 'callbacks', 'factor-reset', 'flood', 'duty-page', 'duty', 'swap', 'gateway'));

-- As before, but a ticket that the waiting mail names already is left as it is: the last level of a flood's tickets is told again
-- with each of its rings, for two stages of one ticket at once or while the mail server is away, and failed with it.
CREATE OR REPLACE FUNCTION flood_tell(p_flood bigint, p_notice uuid, p_unit text, p_kind text, p_level smallint, p_late boolean, p_urgency text,
                           p_at timestamptz, p_tickets bigint[], p_stages bigint[], p_generations integer[]) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_county text;
    told      uuid;
    planned   timestamptz;
BEGIN
    SELECT f.county INTO of_county FROM floods f WHERE f.id = p_flood FOR UPDATE;
    -- One that is leased is being written: it is left alone.
    SELECT n.id INTO told FROM notices n
    WHERE n.flood_id = p_flood AND n.unit = p_unit AND n.kind = p_kind AND n.level IS NOT DISTINCT FROM p_level AND n.system_late = p_late
      AND n.state = 'queued' AND n.lease_owner IS NULL AND n.attempts = 0
    LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF told IS NULL THEN
        SELECT greatest(p_at + interval '30 seconds', max(n.created_at) + interval '5 minutes') INTO planned FROM notices n
        WHERE n.flood_id = p_flood AND n.unit = p_unit AND n.kind = p_kind AND n.level IS NOT DISTINCT FROM p_level;
        told := p_notice;
        INSERT INTO notices (id, dedup, county, kind, ticket_id, stage_id, level, unit, urgency, drill, system_late, created_at, state,
                             due_at, flood_id)
        VALUES (told, 'flood:' || told, of_county, p_kind, p_tickets[1], p_stages[1], p_level, p_unit, p_urgency, false, p_late,
                planned, 'queued', planned, p_flood);
    ELSE
        UPDATE notices n SET urgency = least(n.urgency, p_urgency) WHERE n.id = told AND n.urgency > p_urgency;
    END IF;
    INSERT INTO notice_tickets (notice_id, ticket_id, stage_id, due_generation, level)
    SELECT told, c.ticket, c.stage, c.generation, CASE WHEN c.stage IS NULL THEN NULL ELSE p_level END
    FROM unnest(p_tickets, p_stages, p_generations) AS c (ticket, stage, generation)
    ON CONFLICT (notice_id, ticket_id, stage_id) DO NOTHING;
    RETURN told;
END $$;
