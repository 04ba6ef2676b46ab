-- The life of a rule set: draft -> submitted -> approved by a second person -> in force from a date. What may not happen is
-- held here and not only in the program: a version that was approved never changes, an unchecked one is never approved, and
-- nobody approves what they wrote.

CREATE TABLE rule_sets (
    county           text        NOT NULL,
    version          integer     NOT NULL,
    digest           text        NOT NULL,
    files            jsonb       NOT NULL,
    state            text        NOT NULL,
    seed             boolean     NOT NULL DEFAULT false,
    revision         integer     NOT NULL DEFAULT 1,
    base             integer,
    restores         integer,
    reason           text        NOT NULL DEFAULT '',
    authors          bigint[]    NOT NULL DEFAULT '{}',
    created_at       timestamptz NOT NULL,
    created_by       text        NOT NULL DEFAULT '',
    saved_at         timestamptz,
    saved_by         text,
    checked_at       timestamptz,
    checked_digest   text,
    check_sound      boolean     NOT NULL DEFAULT false,
    replayed_at      timestamptz,
    replayed_digest  text,
    replayed_against integer,
    replay           jsonb,
    submitted_at     timestamptz,
    submitted_by     text,
    approver         bigint,
    approved_at      timestamptz,
    approved_by      text,
    active_from      timestamptz,
    withdrawn_at     timestamptz,
    withdrawn_by     text,
    PRIMARY KEY (county, version),
    CONSTRAINT rule_sets_state CHECK (state IN ('draft', 'submitted', 'approved', 'withdrawn')),
    CONSTRAINT rule_sets_base FOREIGN KEY (county, base) REFERENCES rule_sets (county, version),
    CONSTRAINT rule_sets_restores FOREIGN KEY (county, restores) REFERENCES rule_sets (county, version),
    CONSTRAINT rule_sets_in_force CHECK ((active_from IS NOT NULL) = (approved_at IS NOT NULL OR seed)),
    CONSTRAINT rule_sets_withdrawn CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
    -- NULL makes a CHECK pass, hence IS NOT DISTINCT FROM and IS TRUE.
    CONSTRAINT rule_sets_checked CHECK (
        seed OR state IN ('draft', 'withdrawn')
        OR (check_sound AND checked_digest IS NOT DISTINCT FROM digest AND replayed_digest IS NOT DISTINCT FROM digest
            AND replay IS NOT NULL AND submitted_at IS NOT NULL AND cardinality(authors) > 0)),
    CONSTRAINT rule_sets_approved CHECK (
        seed OR state <> 'approved'
        OR (approver IS NOT NULL AND approved_by IS NOT NULL AND approved_at IS NOT NULL AND active_from >= approved_at) IS TRUE),
    CONSTRAINT rule_sets_second_person CHECK (approver IS NULL OR approver <> ALL (authors))
);
CREATE INDEX rule_sets_force ON rule_sets (county, active_from) WHERE state = 'approved';
COMMENT ON TABLE rule_sets IS 'versions of a county''s rules; they live longer than packs: the first load seeds them, later loads bring changes as a draft';
COMMENT ON COLUMN rule_sets.digest IS 'SHA-256 over files';
COMMENT ON COLUMN rule_sets.files IS 'path -> text, as in the pack';
COMMENT ON COLUMN rule_sets.seed IS 'brought by the first load of the pack, before there was anybody to approve it';
COMMENT ON COLUMN rule_sets.revision IS 'rises with every save; a page that carries an older one is stale and changes nothing';
COMMENT ON COLUMN rule_sets.base IS 'the version it was drawn from; differences are shown against it';
COMMENT ON COLUMN rule_sets.restores IS 'the older version that it publishes again';
COMMENT ON COLUMN rule_sets.reason IS 'why it was drafted, for people';
COMMENT ON COLUMN rule_sets.authors IS 'accounts that wrote or submitted it: none of them may approve it';
COMMENT ON COLUMN rule_sets.created_by IS 'the name of that time, as saved_by, submitted_by, approved_by, withdrawn_by; accounts stand in rule_set_acts';
COMMENT ON COLUMN rule_sets.checked_digest IS 'the content that was checked; another digest means that it was changed since';
COMMENT ON COLUMN rule_sets.check_sound IS 'the check found nothing that forbids submitting it';
COMMENT ON COLUMN rule_sets.replayed_digest IS 'the content that was replayed over past reports';
COMMENT ON COLUMN rule_sets.replayed_against IS 'the version in force that it was compared with';
COMMENT ON COLUMN rule_sets.replay IS 'what would have been different';
COMMENT ON COLUMN rule_sets.approver IS 'the account behind approved_by';
COMMENT ON COLUMN rule_sets.active_from IS 'in force from then until a later version''s; NULL: not approved';

-- What an approved version says, and who approved it, can't be changed by anybody, the owner of the tables included.
CREATE FUNCTION rule_sets_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a rule set is never deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.county, NEW.version, NEW.seed, NEW.base, NEW.restores, NEW.created_at, NEW.created_by)
        IS DISTINCT FROM (OLD.county, OLD.version, OLD.seed, OLD.base, OLD.restores, OLD.created_at, OLD.created_by) THEN
        RAISE EXCEPTION 'where a rule set comes from does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.files, NEW.digest) IS DISTINCT FROM (OLD.files, OLD.digest) AND NOT (OLD.state = 'draft' AND NEW.state = 'draft') THEN
        RAISE EXCEPTION 'only a draft can be changed' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT OLD.authors <@ NEW.authors THEN
        RAISE EXCEPTION 'who wrote a rule set stays its author' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('approved', 'withdrawn') AND (NEW.authors, NEW.approver, NEW.approved_by, NEW.approved_at, NEW.active_from, NEW.replay,
            NEW.reason, NEW.checked_digest, NEW.submitted_at, NEW.submitted_by)
        IS DISTINCT FROM (OLD.authors, OLD.approver, OLD.approved_by, OLD.approved_at, OLD.active_from, OLD.replay,
            OLD.reason, OLD.checked_digest, OLD.submitted_at, OLD.submitted_by) THEN
        RAISE EXCEPTION 'an approved rule set does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT (OLD.state = NEW.state AND OLD.state <> 'submitted'
            OR (OLD.state, NEW.state) IN (('draft', 'submitted'), ('submitted', 'draft'), ('submitted', 'approved'),
                                          ('draft', 'withdrawn'), ('submitted', 'withdrawn'))
            OR OLD.state = 'approved' AND NEW.state = 'withdrawn' AND OLD.active_from > NEW.withdrawn_at) THEN
        RAISE EXCEPTION 'a rule set can''t go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'approved' AND OLD.state <> 'approved'
            AND NOT EXISTS (SELECT FROM memberships m WHERE m.account_id = NEW.approver AND m.county = NEW.county
                                AND m.role = 'office' AND m.ended_at IS NULL) THEN
        RAISE EXCEPTION 'only somebody of the office approves' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rule_sets_guard BEFORE UPDATE OR DELETE ON rule_sets FOR EACH ROW EXECUTE FUNCTION rule_sets_guard();

CREATE TABLE rule_set_acts (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county     text        NOT NULL,
    version    integer     NOT NULL,
    at         timestamptz NOT NULL,
    account_id bigint      REFERENCES accounts,
    actor      text        NOT NULL,
    act        text        NOT NULL CHECK (act IN ('loaded', 'drafted', 'saved', 'replayed', 'submitted', 'declined', 'approved', 'withdrawn')),
    digest     text        NOT NULL,
    reason     text        NOT NULL DEFAULT '',
    detail     jsonb       NOT NULL DEFAULT '{}',
    FOREIGN KEY (county, version) REFERENCES rule_sets (county, version)
);
CREATE INDEX rule_set_acts_version ON rule_set_acts (county, version, id);
CREATE INDEX rule_set_acts_account ON rule_set_acts (account_id, id DESC) WHERE account_id IS NOT NULL;
SELECT act_table('rule_set_acts', 'rule-set-act', 'id');
COMMENT ON TABLE rule_set_acts IS 'who did what to which version: only added to';
COMMENT ON COLUMN rule_set_acts.account_id IS 'NULL: the command line';
COMMENT ON COLUMN rule_set_acts.actor IS 'the name that they had then';
COMMENT ON COLUMN rule_set_acts.digest IS 'the content at that moment';
COMMENT ON COLUMN rule_set_acts.reason IS 'as typed by whoever acted, for people';

-- Who took a step of a version, from its trail: the version itself keeps the name of that time.
CREATE FUNCTION rules_person(of_county text, of_version integer, step text, said text) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT person_shown((SELECT c.account_id FROM rule_set_acts c WHERE c.county = of_county AND c.version = of_version
                           AND c.act = step ORDER BY c.id DESC LIMIT 1), said)
$$;
