-- Acts are only added to, and each leaves an audit leaf. The tables of acts themselves stand with their subject; here is what makes
-- a table one, and the leaves.
--
-- About the whole schema: time is always passed in by the services, nothing here reads the database's clock. What each login may do
-- is in platform's grants.sql, applied after every migration; a function is for the logins named there alone, hence the REVOKEs.

CREATE TABLE audit_leaves (
    at      timestamptz NOT NULL,
    subject bigint      NOT NULL,
    kind    text        NOT NULL,
    salt    bytea       NOT NULL,
    leaf    bytea       NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE audit_leaves_default PARTITION OF audit_leaves DEFAULT;
COMMENT ON TABLE audit_leaves IS 'salted hashes of reports and acts, written in the transaction of what they hash; ordering them is background work';
COMMENT ON COLUMN audit_leaves.at IS 'when the report came or the act happened';
COMMENT ON COLUMN audit_leaves.subject IS 'id of the report, or of the row of acts; 0: the act has none';
COMMENT ON COLUMN audit_leaves.kind IS 'report-received (written by intake), event, account-act, rule-set-act, act-step';
COMMENT ON COLUMN audit_leaves.salt IS '16 random bytes: two equal acts have different leaves, and a leaf tells nothing of a guessed act';
COMMENT ON COLUMN audit_leaves.leaf IS 'SHA-256; of an act as act_digest makes it';

-- Acts are added and never changed, by nobody, the owner of the tables included. The one thing that may go is what an erasure
-- takes: the sealed text of a row, and nothing else of it (SET LOCAL shouwang.erasure = 'on', which needs the right to update).
CREATE FUNCTION append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    was jsonb;
    becomes jsonb;
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('shouwang.erasure', true) = 'on' THEN
        was := to_jsonb(OLD);
        becomes := to_jsonb(NEW);
        IF was ? 'sealed' AND becomes -> 'sealed' = 'null'::jsonb AND was - 'sealed' = becomes - 'sealed' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'check_violation', CONSTRAINT = 'append_only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_leaves FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_leaves FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- What a leaf hashes: a fresh salt, the kind, and the row as it was written, sealed columns as ciphertext. Empty columns are left
-- out, so that a column added later changes no old leaf.
CREATE FUNCTION act_digest(salt bytea, kind text, act jsonb) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(salt || convert_to(kind || E'\n' || jsonb_strip_nulls(act)::text, 'UTF8'))
$$;

-- A leaf for each act, in the act's own transaction. Arguments: the kind, and the column that names the subject.
-- The time zone is fixed because a row's text has its times in it.
CREATE FUNCTION act_leaf() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
    act   jsonb := to_jsonb(NEW);
    fresh bytea := uuid_send(gen_random_uuid());
BEGIN
    INSERT INTO audit_leaves (at, subject, kind, salt, leaf)
    VALUES (NEW.at, coalesce((act ->> TG_ARGV[1])::bigint, 0), TG_ARGV[0], fresh, act_digest(fresh, TG_ARGV[0], act));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION act_leaf() FROM PUBLIC;

-- Makes a table one of acts: it needs a column `at`, and one that names what the act is about.
CREATE FUNCTION act_table(act_of regclass, kind text, subject text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION append_only()', act_of);
    EXECUTE format('CREATE OR REPLACE TRIGGER never_emptied BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION append_only()', act_of);
    EXECUTE format('CREATE OR REPLACE TRIGGER act_leaf AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION act_leaf(%L, %L)', act_of, kind, subject);
END $$;
REVOKE ALL ON FUNCTION act_table(regclass, text, text) FROM PUBLIC;

-- A partition inherits the triggers of rows, not the one against TRUNCATE.
CREATE FUNCTION partition_never_emptied(child regclass) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER never_emptied BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION append_only()', child);
END $$;
REVOKE ALL ON FUNCTION partition_never_emptied(regclass) FROM PUBLIC;
SELECT partition_never_emptied('audit_leaves_default');

-- Monthly partitions are made ahead by the router's housekeeping; its login owns no table, hence SECURITY DEFINER.
CREATE FUNCTION partitions_ensure(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent text;
    first  date := date_trunc('month', month)::date;
    child  text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('partitions_ensure'));
    FOREACH parent IN ARRAY ARRAY['audit_leaves', 'notice_attempts', 'events'] LOOP
        child := parent || to_char(first, '_YYYYMM');
        IF to_regclass(child) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                               child, parent, first, (first + interval '1 month')::date);
                IF parent <> 'notice_attempts' THEN
                    PERFORM partition_never_emptied(child::regclass);
                END IF;
            EXCEPTION WHEN check_violation THEN
                -- Rows of that month already lie in the default partition (a clock driven ahead): they stay there.
                RAISE NOTICE '% stays in the default partition', child;
            END;
        END IF;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION partitions_ensure(date) FROM PUBLIC;

-- What changes step by step (an opening that is asked, decided, reviewed) has no row that a leaf could be compared with later: the
-- row itself goes on. So each step is a row of its own, which is an act like any other.
CREATE TABLE act_steps (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    of_table text        NOT NULL,
    of_id    bigint      NOT NULL,
    stands   jsonb       NOT NULL
);
CREATE INDEX act_steps_of ON act_steps (of_table, of_id, id DESC);
SELECT act_table('act_steps', 'act-step', 'id');
COMMENT ON TABLE act_steps IS 'how a row of of_table stood after a step; the last one of a row is how it stands now. Written by triggers (act_step) alone';
COMMENT ON COLUMN act_steps.at IS 'the latest of the row''s times';
COMMENT ON COLUMN act_steps.of_id IS 'id of the row in of_table';
COMMENT ON COLUMN act_steps.stands IS 'the row; bytes (sealed texts, digests) as their SHA-256, so that nothing sealed is kept twice';

-- A row as a step keeps it.
CREATE FUNCTION step_stands(stood jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_strip_nulls(jsonb_object_agg(key, CASE WHEN jsonb_typeof(value) = 'string' AND value #>> '{}' LIKE '\\x%'
        THEN to_jsonb(encode(sha256(convert_to(value #>> '{}', 'UTF8')), 'hex')) ELSE value END))
    FROM jsonb_each(stood)
$$;

-- Arguments: the columns of times; the step is at the latest of them.
CREATE FUNCTION act_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
    stood  jsonb := to_jsonb(NEW);
    latest timestamptz;
BEGIN
    SELECT max((stood ->> c)::timestamptz) INTO latest FROM unnest(TG_ARGV) AS c;
    INSERT INTO act_steps (at, of_table, of_id, stands) VALUES (latest, TG_TABLE_NAME, NEW.id, step_stands(stood));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION act_step() FROM PUBLIC;
