-- The life of a rule set: draft -> submitted -> approved by a second person -> in force from a date. What may not happen is
-- held here and not only in the program: a version that was approved never changes, an unchecked one is never approved, and
-- nobody approves what they wrote.

ALTER TABLE rule_sets
    DROP CONSTRAINT rule_sets_state_check,
    DROP CONSTRAINT rule_sets_check,
    ADD COLUMN seed            boolean     NOT NULL DEFAULT false,
    ADD COLUMN revision        integer     NOT NULL DEFAULT 1,
    ADD COLUMN base            integer,
    ADD COLUMN restores        integer,
    ADD COLUMN reason          text        NOT NULL DEFAULT '',
    ADD COLUMN created_by      text        NOT NULL DEFAULT '',
    ADD COLUMN authors         bigint[]    NOT NULL DEFAULT '{}',
    ADD COLUMN saved_at        timestamptz,
    ADD COLUMN saved_by        text,
    ADD COLUMN checked_digest  text,
    ADD COLUMN check_sound     boolean     NOT NULL DEFAULT false,
    ADD COLUMN checked_at      timestamptz,
    ADD COLUMN replayed_digest text,
    ADD COLUMN replayed_against integer,
    ADD COLUMN replayed_at     timestamptz,
    ADD COLUMN replay          jsonb,
    ADD COLUMN submitted_at    timestamptz,
    ADD COLUMN submitted_by    text,
    ADD COLUMN approver        bigint,
    ADD COLUMN approved_at     timestamptz,
    ADD COLUMN approved_by     text,
    ADD COLUMN active_from     timestamptz,
    ADD COLUMN withdrawn_at    timestamptz,
    ADD COLUMN withdrawn_by    text;

DROP INDEX rule_sets_one_active;
-- Until now the one version in force was the seed of the first load.
UPDATE rule_sets SET state = 'approved', seed = true, active_from = activated_at WHERE activated_at IS NOT NULL;
ALTER TABLE rule_sets
    DROP COLUMN activated_at,
    ADD CONSTRAINT rule_sets_state CHECK (state IN ('draft', 'submitted', 'approved', 'withdrawn')),
    ADD CONSTRAINT rule_sets_restores FOREIGN KEY (county, restores) REFERENCES rule_sets (county, version),
    ADD CONSTRAINT rule_sets_base FOREIGN KEY (county, base) REFERENCES rule_sets (county, version),
    ADD CONSTRAINT rule_sets_in_force CHECK ((active_from IS NOT NULL) = (approved_at IS NOT NULL OR seed)),
    ADD CONSTRAINT rule_sets_withdrawn CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
    -- NULL makes a CHECK pass, hence IS NOT DISTINCT FROM and IS TRUE.
    ADD CONSTRAINT rule_sets_checked CHECK (
        seed OR state IN ('draft', 'withdrawn')
        OR (check_sound AND checked_digest IS NOT DISTINCT FROM digest AND replayed_digest IS NOT DISTINCT FROM digest
            AND replay IS NOT NULL AND submitted_at IS NOT NULL AND cardinality(authors) > 0)),
    ADD CONSTRAINT rule_sets_approved CHECK (
        seed OR state <> 'approved'
        OR (approver IS NOT NULL AND approved_by IS NOT NULL AND approved_at IS NOT NULL AND active_from >= approved_at) IS TRUE),
    ADD CONSTRAINT rule_sets_second_person CHECK (approver IS NULL OR approver <> ALL (authors));
COMMENT ON COLUMN rule_sets.seed IS 'brought by the first load of the pack, before there was anybody to approve it';
COMMENT ON COLUMN rule_sets.revision IS 'rises with every save; a page that carries an older one is stale and changes nothing';
COMMENT ON COLUMN rule_sets.base IS 'the version it was drawn from; differences are shown against it';
COMMENT ON COLUMN rule_sets.restores IS 'the older version that it publishes again';
COMMENT ON COLUMN rule_sets.authors IS 'accounts that wrote or submitted it: none of them may approve it';
COMMENT ON COLUMN rule_sets.checked_digest IS 'the content that was checked; another digest means that it was changed since';
CREATE INDEX rule_sets_force ON rule_sets (county, active_from) WHERE state = 'approved';

-- Who did what to which version. Rows are added and never changed.
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

CREATE FUNCTION rule_set_acts_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the trail of a rule set is only added to' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER rule_set_acts_guard BEFORE UPDATE OR DELETE ON rule_set_acts FOR EACH ROW EXECUTE FUNCTION rule_set_acts_guard();
