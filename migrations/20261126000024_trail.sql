-- Who did what, and who may: acts are only added to and leave an audit leaf, rights have a granter and, where they reach over the
-- county, a second person, and who was refused or failed to log in is kept for 90 days.

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

DROP TRIGGER rule_set_acts_guard ON rule_set_acts;
DROP FUNCTION rule_set_acts_guard();
SELECT act_table('events', 'event', 'report_id'), act_table('account_acts', 'account-act', 'id'),
       act_table('rule_set_acts', 'rule-set-act', 'id');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_leaves FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_leaves FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- A partition inherits the triggers of rows, not the one against TRUNCATE.
CREATE FUNCTION partition_never_emptied(child regclass) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER never_emptied BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION append_only()', child);
END $$;
REVOKE ALL ON FUNCTION partition_never_emptied(regclass) FROM PUBLIC;
SELECT partition_never_emptied(i.inhrelid::regclass) FROM pg_inherits i
WHERE i.inhparent IN ('events'::regclass, 'audit_leaves'::regclass);

CREATE OR REPLACE FUNCTION partitions_ensure(month date) RETURNS void
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

-- Rights.

-- What one person asks for another: a role that reaches over the county. Nothing is granted until a second person confirms it.
CREATE TABLE grant_requests (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county     text        NOT NULL,
    account_id bigint      NOT NULL REFERENCES accounts,
    unit       text        NOT NULL,
    role       text        NOT NULL CHECK (role IN ('office', 'leading-group', 'oversight', 'admin')),
    asked_at   timestamptz NOT NULL,
    asked_by   bigint      NOT NULL REFERENCES accounts,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by bigint      REFERENCES accounts,
    decision   text        CHECK (decision IN ('confirmed', 'declined', 'withdrawn', 'expired')),
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    CONSTRAINT grant_requests_not_for_oneself CHECK (asked_by <> account_id),
    CONSTRAINT grant_requests_second_person CHECK (decision IS DISTINCT FROM 'confirmed'
        OR (decided_by <> asked_by AND decided_by <> account_id AND decided_at < expires_at) IS TRUE),
    CONSTRAINT grant_requests_decided CHECK ((decided_at IS NULL) = (decision IS NULL)
        AND (decided_by IS NULL) = (decision IS NULL OR decision = 'expired')),
    CONSTRAINT grant_requests_withdrawn CHECK (decision IS DISTINCT FROM 'withdrawn' OR decided_by = asked_by)
);
CREATE UNIQUE INDEX grant_requests_open ON grant_requests (account_id, unit, role) WHERE decision IS NULL;
CREATE INDEX grant_requests_waiting ON grant_requests (county, asked_at) WHERE decision IS NULL;
COMMENT ON COLUMN grant_requests.expires_at IS 'after this nobody can confirm it; it is asked for anew';

-- A grant is a row of its own from its beginning to its end: given again it is another row, and `since` stays what it was.
ALTER TABLE memberships
    DROP CONSTRAINT memberships_pkey,
    ADD COLUMN id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ADD COLUMN granted_by   bigint REFERENCES accounts,
    ADD COLUMN confirmed_by bigint REFERENCES accounts,
    ADD COLUMN request      bigint REFERENCES grant_requests,
    ADD COLUMN ended_by     bigint REFERENCES accounts,
    ADD CONSTRAINT memberships_not_for_oneself CHECK (granted_by <> account_id AND confirmed_by <> account_id),
    ADD CONSTRAINT memberships_second_person CHECK (role IN ('member', 'leader') OR granted_by IS NULL
        OR (confirmed_by IS NOT NULL AND request IS NOT NULL AND confirmed_by <> granted_by) IS TRUE);
COMMENT ON COLUMN memberships.granted_by IS 'NULL: the command line, which alone makes the first people of a county';
COMMENT ON COLUMN memberships.confirmed_by IS 'the second person, for a role that reaches over the county';
CREATE UNIQUE INDEX memberships_held ON memberships (account_id, unit, role) WHERE ended_at IS NULL;
CREATE INDEX memberships_account ON memberships (account_id);

-- Whether an enabled person holds one of these roles just now: anywhere, or in one unit.
CREATE FUNCTION holds_role(account bigint, of_county text, roles text[], of_unit text DEFAULT NULL) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM memberships m JOIN accounts a ON a.id = m.account_id
                   WHERE m.account_id = account AND m.county = of_county AND m.role = ANY (roles)
                     AND (of_unit IS NULL OR m.unit = of_unit) AND m.ended_at IS NULL AND a.disabled_at IS NULL)
$$;

-- Who may grant what. It binds the services' logins; the owner of the tables is the command line and grants by itself, and what
-- a row says of its granter must be true for both.
CREATE FUNCTION memberships_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    commanded boolean := pg_has_role(current_user, (SELECT c.relowner FROM pg_class c WHERE c.oid = TG_RELID), 'USAGE');
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a grant is ended and never deleted' USING ERRCODE = 'check_violation', CONSTRAINT = 'memberships_kept';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
                OR (NEW.id, NEW.account_id, NEW.county, NEW.unit, NEW.role, NEW.since, NEW.granted_by, NEW.confirmed_by, NEW.request)
                IS DISTINCT FROM (OLD.id, OLD.account_id, OLD.county, OLD.unit, OLD.role, OLD.since, OLD.granted_by, OLD.confirmed_by, OLD.request) THEN
            RAISE EXCEPTION 'a grant is ended once and not changed' USING ERRCODE = 'check_violation', CONSTRAINT = 'memberships_kept';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.granted_by IS NULL THEN
        IF NOT commanded THEN
            RAISE EXCEPTION 'a grant has a granter' USING ERRCODE = 'check_violation', CONSTRAINT = 'memberships_granter';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT (holds_role(NEW.granted_by, NEW.county, ARRAY['admin'])
            OR NEW.role = 'member' AND holds_role(NEW.granted_by, NEW.county, ARRAY['leader'], NEW.unit)) THEN
        RAISE EXCEPTION 'account % may not grant %', NEW.granted_by, NEW.role
            USING ERRCODE = 'check_violation', CONSTRAINT = 'memberships_granter';
    END IF;
    IF NEW.role NOT IN ('member', 'leader') AND NOT (
            holds_role(NEW.confirmed_by, NEW.county, ARRAY['admin', 'office'])
            AND EXISTS (SELECT FROM grant_requests g WHERE g.id = NEW.request AND g.account_id = NEW.account_id AND g.unit = NEW.unit
                            AND g.role = NEW.role AND g.asked_by = NEW.granted_by AND g.decided_by = NEW.confirmed_by
                            AND g.decision = 'confirmed'
                            AND NOT EXISTS (SELECT FROM memberships m WHERE m.request = g.id))) THEN
        RAISE EXCEPTION 'nobody confirmed this grant of %', NEW.role
            USING ERRCODE = 'check_violation', CONSTRAINT = 'memberships_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER memberships_guard BEFORE INSERT OR UPDATE OR DELETE ON memberships FOR EACH ROW EXECUTE FUNCTION memberships_guard();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON memberships FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- The last administrator can't vanish. Whoever takes one away waits for whoever else does: two who disable each other come one
-- after the other, and the second is refused. The command that ends a demo says so, and leaves nobody.
CREATE FUNCTION last_admin(of_county text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF current_setting('shouwang.demo_ends', true) = 'on' THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('last_admin'), hashtext(of_county));
    IF NOT EXISTS (SELECT FROM memberships m JOIN accounts a ON a.id = m.account_id
                   WHERE m.county = of_county AND m.role = 'admin' AND m.ended_at IS NULL AND a.disabled_at IS NULL) THEN
        RAISE EXCEPTION 'no administrator would be left' USING ERRCODE = 'check_violation', CONSTRAINT = 'last_admin';
    END IF;
END $$;
CREATE FUNCTION last_admin_disabled() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM memberships m WHERE m.account_id = NEW.id AND m.role = 'admin' AND m.ended_at IS NULL) THEN
        PERFORM last_admin(NEW.county);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER last_admin AFTER UPDATE OF disabled_at ON accounts FOR EACH ROW
    WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL) EXECUTE FUNCTION last_admin_disabled();
CREATE FUNCTION last_admin_ended() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM last_admin(NEW.county);
    RETURN NULL;
END $$;
CREATE TRIGGER last_admin AFTER UPDATE OF ended_at ON memberships FOR EACH ROW
    WHEN (NEW.role = 'admin' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION last_admin_ended();

-- Who came to which door: logins, failed ones, refusals. Rows of one minute that say the same are one row with a number.
CREATE TABLE access_events (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county     text        NOT NULL,
    at         timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    times      bigint      NOT NULL DEFAULT 1,
    kind       text        NOT NULL,
    account_id bigint      REFERENCES accounts,
    login      text,
    address    inet,
    door       text        NOT NULL,
    detail     jsonb       NOT NULL DEFAULT '{}'
);
COMMENT ON COLUMN access_events.at IS 'the first time; last_at the last one of the same minute, or hour where many are put together';
COMMENT ON COLUMN access_events.login IS 'of an account; of a name that nobody has only the beginning, because people type passwords there';
COMMENT ON COLUMN access_events.address IS 'NULL: from many addresses, put together because there were too many';
CREATE INDEX access_events_at ON access_events (county, at DESC, id DESC);
CREATE INDEX access_events_address ON access_events (county, address, at);
CREATE INDEX access_events_account ON access_events (account_id, at) WHERE account_id IS NOT NULL;

-- Records one. A flood doesn't fill the disk: of one address at most 20 different rows a minute and 200 an hour, of a county 1,000
-- an hour; what is more is counted in one row of the address, or of all addresses, per kind and hour. Only a login that went
-- well is always a row of its own: it takes a right password.
CREATE FUNCTION access_record(p_county text, p_at timestamptz, p_kind text, p_account bigint, p_login text, p_address inet,
                              p_door text, p_detail jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
    minute timestamptz := date_trunc('minute', p_at);
    hour   timestamptz := date_trunc('hour', p_at);
    many   boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('access_record'), hashtext(p_county || host(p_address)));
    UPDATE access_events e SET times = e.times + 1, last_at = greatest(e.last_at, p_at)
    WHERE e.id = (SELECT s.id FROM access_events s
                  WHERE s.county = p_county AND s.address = p_address AND s.at >= minute AND s.at < minute + interval '1 minute'
                    AND s.kind = p_kind AND s.door = p_door AND s.account_id IS NOT DISTINCT FROM p_account
                    AND s.login IS NOT DISTINCT FROM p_login LIMIT 1);
    IF FOUND THEN
        RETURN;
    END IF;
    IF p_kind <> 'login' THEN
        SELECT count(*) FILTER (WHERE s.at >= minute) >= 20 OR count(*) >= 200 INTO many
        FROM (SELECT s.at FROM access_events s WHERE s.county = p_county AND s.address = p_address
                AND s.at >= hour AND s.at < hour + interval '1 hour' ORDER BY s.at DESC LIMIT 200) s;
        IF NOT many THEN
            SELECT count(*) >= 1000 INTO many
            FROM (SELECT FROM access_events s WHERE s.county = p_county AND s.at >= hour AND s.at < hour + interval '1 hour' LIMIT 1000) s;
            IF many THEN
                p_address := NULL;
            END IF;
        END IF;
        IF many THEN
            -- One row for all addresses is one row to wait for; whoever finds none makes it, and two at once make two.
            UPDATE access_events e SET times = e.times + 1, last_at = greatest(e.last_at, p_at)
            WHERE e.id = (SELECT s.id FROM access_events s
                          WHERE s.county = p_county AND s.address IS NOT DISTINCT FROM p_address AND s.at >= hour
                            AND s.at < hour + interval '1 hour' AND s.kind = p_kind AND s.door = '*' ORDER BY s.id LIMIT 1);
            IF FOUND THEN
                RETURN;
            END IF;
            INSERT INTO access_events (county, at, last_at, kind, address, door) VALUES (p_county, p_at, p_at, p_kind, p_address, '*');
            RETURN;
        END IF;
    END IF;
    INSERT INTO access_events (county, at, last_at, kind, account_id, login, address, door, detail)
    VALUES (p_county, p_at, p_at, p_kind, p_account, p_login, p_address, p_door, p_detail);
END $$;
REVOKE ALL ON FUNCTION access_record(text, timestamptz, text, bigint, text, inet, text, jsonb) FROM PUBLIC;

-- What is older than 90 days goes: the only rows of a trail that are ever deleted.
CREATE FUNCTION access_forget(at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM access_events e WHERE e.last_at < access_forget.at - interval '90 days' RETURNING 1) SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION access_forget(timestamptz) FROM PUBLIC;

-- Whom a line of a trail names is settled by account: two of one name are told apart wherever acts are shown.
ALTER TABLE decisions ADD COLUMN decided_account bigint REFERENCES accounts;
COMMENT ON COLUMN decisions.decided_account IS 'NULL: the router by itself, or the command line';

-- Records of reading are no acts and leave no leaf each; they are only added to.
DO $$
BEGIN
    IF to_regclass('reads') IS NOT NULL THEN
        EXECUTE 'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON reads FOR EACH ROW EXECUTE FUNCTION append_only()';
        EXECUTE 'CREATE OR REPLACE TRIGGER never_emptied BEFORE TRUNCATE ON reads FOR EACH STATEMENT EXECUTE FUNCTION append_only()';
    END IF;
END $$;
