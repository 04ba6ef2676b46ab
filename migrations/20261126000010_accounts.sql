-- Who is who, whom to call, and what happens to the tickets of somebody who leaves.

-- The leading group reads one page: what is overdue at its level, and whom to phone.
ALTER TABLE memberships DROP CONSTRAINT memberships_role_check;
ALTER TABLE memberships ADD CONSTRAINT memberships_role_check
    CHECK (role IN ('member', 'leader', 'office', 'leading-group', 'oversight', 'admin'));

ALTER TABLE accounts ADD COLUMN demo boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN accounts.demo IS 'made by `people demo`: its password stands on the login page, so a deployment without a demo disables it';

-- A unit's contacts. The pack brings a mailbox for every unit, made up by the same scheme; a person must say that it is right.
ALTER TABLE units
    ADD COLUMN duty_phone           text,
    ADD COLUMN mailbox_confirmed_at timestamptz,
    ADD COLUMN mailbox_confirmed_by bigint REFERENCES accounts,
    ADD COLUMN successor            text,
    ADD CONSTRAINT units_confirmed CHECK ((mailbox_confirmed_at IS NULL) = (mailbox_confirmed_by IS NULL));
COMMENT ON COLUMN units.duty_phone IS '值班电话, as typed: may hold an extension or two numbers';
COMMENT ON COLUMN units.mailbox_confirmed_at IS 'NULL: an example (示例). Once confirmed, a pack never overwrites the mailbox';
COMMENT ON COLUMN units.successor IS 'who took over the open tickets when this unit left the pack';

-- What administrators did to accounts and units: only added to.
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
COMMENT ON COLUMN account_acts.actor IS 'NULL: the command line or a pack load';
CREATE INDEX account_acts_account ON account_acts (account_id, id DESC) WHERE account_id IS NOT NULL;
CREATE INDEX account_acts_unit ON account_acts (county, unit, id DESC) WHERE unit IS NOT NULL;

-- Browsers in which somebody logged in. Their wrong passwords count here and strangers' count at the account, so that a
-- stranger who guesses delays nobody at a browser of their own.
CREATE TABLE login_devices (
    device     uuid        NOT NULL,
    account_id bigint      NOT NULL REFERENCES accounts,
    since      timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    failures   integer     NOT NULL DEFAULT 0,
    retry_at   timestamptz,
    PRIMARY KEY (device, account_id)
);
CREATE INDEX login_devices_account ON login_devices (account_id);

-- After units were merged one unit may hold two tickets of one report and obligation.
ALTER TABLE tickets ADD COLUMN beside bigint REFERENCES tickets;
COMMENT ON COLUMN tickets.beside IS 'came from a unit that was merged into this one, which held the same obligation already by the ticket named here';
DROP INDEX tickets_once;
CREATE UNIQUE INDEX tickets_once ON tickets (report_id, obligation, unit) WHERE predecessor IS NULL AND beside IS NULL;
CREATE INDEX tickets_assignee ON tickets (assignee) WHERE assignee IS NOT NULL;

-- Whether the person a ticket is assigned to can't act on it any more: disabled, or no longer of its unit.
CREATE FUNCTION assignee_gone(of_county text, of_unit text, assignee bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT assignee IS NOT NULL AND NOT EXISTS (
        SELECT FROM memberships m JOIN accounts a ON a.id = m.account_id
        WHERE m.account_id = assignee AND m.county = of_county AND m.unit = of_unit AND m.role IN ('member', 'leader')
          AND m.ended_at IS NULL AND a.disabled_at IS NULL)
$$;
REVOKE ALL ON FUNCTION assignee_gone(text, text, bigint) FROM PUBLIC;

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

-- Open tickets that a person holds, counted; the people's login sees nothing else of them.
CREATE FUNCTION account_holds(of_county text, holder bigint)
RETURNS TABLE (unit text, obligation text, urgency text, tickets bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.unit, t.obligation, t.urgency, count(*)
    FROM tickets t
    WHERE t.assignee = holder AND t.county = of_county
      AND t.state NOT IN ('resolved', 'confirmed', 'archived', 'returned', 'waived')
    GROUP BY t.unit, t.obligation, t.urgency
    ORDER BY t.unit, t.urgency, t.obligation
$$;
REVOKE ALL ON FUNCTION account_holds(text, bigint) FROM PUBLIC;

-- Gives the open tickets that a person holds in a unit to a colleague, or to nobody. Each leaves an event with who did it.
CREATE FUNCTION account_hand_over(of_county text, holder bigint, of_unit text, receiver bigint, by_account bigint,
                                  by_name text, act_at timestamptz)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    receiver_name text;
    moved bigint;
BEGIN
    IF receiver IS NOT NULL THEN
        SELECT c.name INTO receiver_name FROM unit_contacts(of_county, of_unit) c
        WHERE c.account_id = receiver AND NOT assignee_gone(of_county, of_unit, receiver) AND receiver <> holder;
        IF receiver_name IS NULL THEN
            RAISE EXCEPTION 'account % can not take tickets of unit %', receiver, of_unit USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    WITH given AS (
        UPDATE tickets t SET assignee = receiver, assignee_name = receiver_name, version = t.version + 1
        WHERE t.county = of_county AND t.unit = of_unit AND t.assignee = holder
          AND t.state NOT IN ('resolved', 'confirmed', 'archived', 'returned', 'waived')
        RETURNING t.id, t.report_id
    ), said AS (
        INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
        SELECT act_at, g.report_id, g.id, CASE WHEN receiver IS NULL THEN 'unassigned' ELSE 'assigned' END, by_name, by_account,
               jsonb_strip_nulls(jsonb_build_object('to', receiver_name, 'why', 'left'))
        FROM given g
    )
    SELECT count(*) INTO moved FROM given;
    RETURN moved;
END $$;
REVOKE ALL ON FUNCTION account_hand_over(text, bigint, text, bigint, bigint, text, timestamptz) FROM PUBLIC;

-- A name that was mended shows on the open tickets of that person; acts keep the name they were done under.
CREATE FUNCTION account_renamed(of_county text, holder bigint, new_name text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE tickets t SET assignee_name = new_name
    WHERE t.county = of_county AND t.assignee = holder
      AND t.state NOT IN ('resolved', 'confirmed', 'archived', 'returned', 'waived')
$$;
REVOKE ALL ON FUNCTION account_renamed(text, bigint, text) FROM PUBLIC;
