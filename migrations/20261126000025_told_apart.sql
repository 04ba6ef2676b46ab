-- Two accounts of one name are told apart wherever acts are shown, and the trail of a person or a unit is read from an index.

-- Who took a step of a version of the rules, from its trail: the version itself keeps the name of that time.
CREATE FUNCTION rules_person(of_county text, of_version integer, step text, said text) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT person_shown((SELECT c.account_id FROM rule_set_acts c WHERE c.county = of_county AND c.version = of_version
                           AND c.act = step ORDER BY c.id DESC LIMIT 1), said)
$$;

CREATE INDEX account_acts_county ON account_acts (county, id DESC);
CREATE INDEX account_acts_actor ON account_acts (actor, id DESC) WHERE actor IS NOT NULL;
CREATE INDEX events_account ON events (account_id, at DESC) WHERE account_id IS NOT NULL;
CREATE INDEX rule_set_acts_account ON rule_set_acts (account_id, id DESC) WHERE account_id IS NOT NULL;

-- What changes step by step leaves a leaf for each step: an opening that was asked, decided, reviewed. The leaf is of the row as it
-- stood then, at the latest of its times. Arguments: the kind, the subject, the columns of times.
CREATE FUNCTION step_leaf() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
    act    jsonb := to_jsonb(NEW);
    fresh  bytea := uuid_send(gen_random_uuid());
    latest timestamptz;
BEGIN
    SELECT max((act ->> c)::timestamptz) INTO latest FROM unnest(TG_ARGV[2:]) AS c;
    INSERT INTO audit_leaves (at, subject, kind, salt, leaf)
    VALUES (latest, coalesce((act ->> TG_ARGV[1])::bigint, 0), TG_ARGV[0], fresh, act_digest(fresh, TG_ARGV[0], act));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION step_leaf() FROM PUBLIC;
CREATE TRIGGER step_leaf AFTER INSERT OR UPDATE ON grant_requests FOR EACH ROW
    EXECUTE FUNCTION step_leaf('grant-request', 'id', 'asked_at', 'decided_at');
CREATE TRIGGER step_leaf AFTER INSERT OR UPDATE ON openings FOR EACH ROW
    EXECUTE FUNCTION step_leaf('opening', 'id', 'asked_at', 'decided_at', 'opened_at', 'ended_at', 'reviewed_at', 'told_at');
