-- Who may do what: rights have a granter and, where they reach over the county, a second person. Who did what to accounts and
-- units, and who came to which door.

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
CREATE TRIGGER act_step AFTER INSERT OR UPDATE ON grant_requests FOR EACH ROW EXECUTE FUNCTION act_step('asked_at', 'decided_at');
COMMENT ON TABLE grant_requests IS 'roles over the county that were asked for somebody';
COMMENT ON COLUMN grant_requests.account_id IS 'who is to get the role';
COMMENT ON COLUMN grant_requests.expires_at IS 'after this nobody can confirm it; it is asked for anew';
COMMENT ON COLUMN grant_requests.decision IS 'NULL: waits';

-- Person x unit x role, read at every request and never from a token. A grant is a row of its own from its beginning to its end:
-- given again it is another row, and `since` stays what it was.
CREATE TABLE memberships (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id   bigint      NOT NULL REFERENCES accounts,
    county       text        NOT NULL,
    unit         text        NOT NULL,
    role         text        NOT NULL CHECK (role IN ('member', 'leader', 'office', 'leading-group', 'oversight', 'admin')),
    since        timestamptz NOT NULL,
    granted_by   bigint      REFERENCES accounts,
    confirmed_by bigint      REFERENCES accounts,
    request      bigint      REFERENCES grant_requests,
    ended_at     timestamptz,
    ended_by     bigint      REFERENCES accounts,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    CONSTRAINT memberships_not_for_oneself CHECK (granted_by <> account_id AND confirmed_by <> account_id),
    CONSTRAINT memberships_second_person CHECK (role IN ('member', 'leader') OR granted_by IS NULL
        OR (confirmed_by IS NOT NULL AND request IS NOT NULL AND confirmed_by <> granted_by) IS TRUE)
);
CREATE UNIQUE INDEX memberships_held ON memberships (account_id, unit, role) WHERE ended_at IS NULL;
CREATE INDEX memberships_unit ON memberships (county, unit) WHERE ended_at IS NULL;
CREATE INDEX memberships_account ON memberships (account_id);
COMMENT ON TABLE memberships IS 'which person has which role in which unit, and had';
COMMENT ON COLUMN memberships.role IS 'leading-group reads one page: what is overdue at its level, and whom to phone';
COMMENT ON COLUMN memberships.granted_by IS 'NULL: the command line, which alone makes the first people of a county';
COMMENT ON COLUMN memberships.confirmed_by IS 'the second person, for a role that reaches over the county';
COMMENT ON COLUMN memberships.request IS 'what confirmed_by confirmed';
COMMENT ON COLUMN memberships.ended_at IS 'NULL: in force';
COMMENT ON COLUMN memberships.ended_by IS 'NULL while in force, and where the command line ended it';

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

-- A name as it is shown: with the login beside it where the unit has another person of that name, with the unit where
-- another unit has one. Whoever may read the accounts may ask.
CREATE FUNCTION person_shown(account bigint, said text) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce((
        SELECT said || CASE
            WHEN NOT EXISTS (SELECT FROM accounts o WHERE o.county = a.county AND o.name = said AND o.id <> a.id) THEN ''
            WHEN EXISTS (SELECT FROM accounts o JOIN memberships om ON om.account_id = o.id
                         JOIN memberships m ON m.account_id = a.id AND m.county = om.county AND m.unit = om.unit
                         WHERE o.county = a.county AND o.name = said AND o.id <> a.id) THEN '（' || a.login || '）'
            ELSE coalesce((SELECT '（' || u.name || '）' FROM memberships m JOIN units u ON u.county = m.county AND u.code = m.unit
                           WHERE m.account_id = a.id ORDER BY m.ended_at IS NOT NULL, m.since, m.unit LIMIT 1),
                          '（' || a.login || '）') END
        FROM accounts a WHERE a.id = account), said)
$$;

-- The people of a unit as rows, leaders first: whoever lists people takes them from here, so that a name is never cut up.
CREATE FUNCTION unit_contacts(of_county text, of_unit text)
RETURNS TABLE (account_id bigint, login text, name text, phone text, leader boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.id, a.login, a.name, a.phone, bool_or(m.role <> 'member')
    FROM memberships m JOIN accounts a ON a.id = m.account_id
    WHERE m.county = of_county AND m.unit = of_unit AND m.role IN ('member', 'leader', 'office', 'leading-group')
      AND m.ended_at IS NULL AND a.disabled_at IS NULL
    GROUP BY a.id
    ORDER BY 5 DESC, a.name, a.id
$$;
REVOKE ALL ON FUNCTION unit_contacts(text, text) FROM PUBLIC;

-- Whom to call about a unit: {"unit", "duty_phone", "mailbox", "example", "people": [{"name", "login", "phone", "leader"}]}.
CREATE FUNCTION unit_call(of_county text, of_unit text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object('unit', u.code, 'duty_phone', u.duty_phone, 'mailbox', u.mailbox,
        'example', u.mailbox_confirmed_at IS NULL,
        'people', coalesce((SELECT jsonb_agg(jsonb_build_object('name', c.name, 'login', c.login, 'phone', c.phone,
                                    'leader', c.leader) ORDER BY c.leader DESC, c.name, c.account_id)
                            FROM unit_contacts(of_county, of_unit) c), '[]'))
    FROM units u WHERE u.county = of_county AND u.code = of_unit
$$;
REVOKE ALL ON FUNCTION unit_call(text, text) FROM PUBLIC;

-- Whether the person a ticket is assigned to can't act on it any more: disabled, or no longer of its unit.
CREATE FUNCTION assignee_gone(of_county text, of_unit text, assignee bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT assignee IS NOT NULL AND NOT EXISTS (
        SELECT FROM memberships m JOIN accounts a ON a.id = m.account_id
        WHERE m.account_id = assignee AND m.county = of_county AND m.unit = of_unit AND m.role IN ('member', 'leader')
          AND m.ended_at IS NULL AND a.disabled_at IS NULL)
$$;
REVOKE ALL ON FUNCTION assignee_gone(text, text, bigint) FROM PUBLIC;

CREATE TABLE account_acts (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county     text        NOT NULL,
    at         timestamptz NOT NULL,
    actor      bigint      REFERENCES accounts,
    actor_name text        NOT NULL,
    act        text        NOT NULL,
    account_id bigint      REFERENCES accounts,
    unit       text,
    role       text,
    detail     jsonb       NOT NULL DEFAULT '{}'
);
CREATE INDEX account_acts_account ON account_acts (account_id, id DESC) WHERE account_id IS NOT NULL;
CREATE INDEX account_acts_unit ON account_acts (county, unit, id DESC) WHERE unit IS NOT NULL;
CREATE INDEX account_acts_county ON account_acts (county, id DESC);
CREATE INDEX account_acts_actor ON account_acts (actor, id DESC) WHERE actor IS NOT NULL;
SELECT act_table('account_acts', 'account-act', 'id');
COMMENT ON TABLE account_acts IS 'what people did to accounts, rights, units and floods: only added to';
COMMENT ON COLUMN account_acts.actor IS 'NULL: the command line or a pack load';
COMMENT ON COLUMN account_acts.actor_name IS 'the name that they had then; of the command line the operating system''s user';
COMMENT ON COLUMN account_acts.account_id IS 'whom the act is about; NULL: no person';
COMMENT ON COLUMN account_acts.unit IS 'which unit the act is about; NULL: none';
COMMENT ON COLUMN account_acts.role IS 'the role that was given or taken; NULL: none';

-- Who came to which door. Rows of one minute that say the same are one row with a number.
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
CREATE INDEX access_events_at ON access_events (county, at DESC, id DESC);
CREATE INDEX access_events_address ON access_events (county, address, at);
CREATE INDEX access_events_account ON access_events (account_id, at) WHERE account_id IS NOT NULL;
COMMENT ON TABLE access_events IS 'logins, failed ones and refusals, kept for 90 days; written by access_record alone, bounded whatever a flood does';
COMMENT ON COLUMN access_events.at IS 'the first time; last_at the last one of the same minute, or hour where many are put together';
COMMENT ON COLUMN access_events.times IS 'how many';
COMMENT ON COLUMN access_events.account_id IS 'NULL: nobody was logged in';
COMMENT ON COLUMN access_events.login IS 'of an account; of a name that nobody has only the beginning, because people type passwords there';
COMMENT ON COLUMN access_events.address IS 'NULL: from many addresses, put together because there were too many';
COMMENT ON COLUMN access_events.door IS 'method and route pattern; *: many of an hour, put together';

-- Records one. A flood doesn't fill the disk: of one address at most 20 different rows a minute and 200 an hour, of a county 1,000
-- an hour; what is more is counted in one row of the address, or of all addresses, per kind and hour. A login that went well is
-- always a row of its own and takes no room from refusals: it takes a right password, and an office of thirty people behind one
-- address comes in within a minute.
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
        FROM (SELECT s.at FROM access_events s WHERE s.county = p_county AND s.address = p_address AND s.kind <> 'login'
                AND s.at >= hour AND s.at < hour + interval '1 hour' ORDER BY s.at DESC LIMIT 200) s;
        IF NOT many THEN
            SELECT count(*) >= 1000 INTO many
            FROM (SELECT FROM access_events s WHERE s.county = p_county AND s.kind <> 'login' AND s.at >= hour
                    AND s.at < hour + interval '1 hour' LIMIT 1000) s;
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
