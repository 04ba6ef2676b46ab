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
