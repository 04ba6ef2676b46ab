-- Who is on duty, by what a person is reached, and what rings. casework's roster and ringing are what these tables are read into.

-- A person's own telephones. The number is sealed: nobody reads it but who calls it, and its owner.
CREATE TABLE phones (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id  bigint      NOT NULL REFERENCES accounts,
    number      bytea       NOT NULL,
    number_mac  bytea       NOT NULL,
    place       smallint    NOT NULL CHECK (place BETWEEN 1 AND 9),
    night       boolean     NOT NULL,
    added_at    timestamptz NOT NULL,
    added_by    bigint      NOT NULL REFERENCES accounts,
    verified_at timestamptz,
    ended_at    timestamptz,
    CONSTRAINT phones_verified_in_time CHECK (verified_at >= added_at AND (ended_at IS NULL OR verified_at <= ended_at)),
    -- Two change places in one statement, so it is looked at when the transaction ends.
    CONSTRAINT phones_place EXCLUDE (account_id WITH =, place WITH =) WHERE (ended_at IS NULL) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX phones_number ON phones (number_mac);
-- A number that answers for somebody answers for one person.
CREATE UNIQUE INDEX phones_of_one ON phones (number_mac) WHERE verified_at IS NOT NULL AND ended_at IS NULL;
COMMENT ON TABLE phones IS 'telephones of persons; a shared one is units.duty_phone and nobody''s';
COMMENT ON COLUMN phones.number IS 'what is dialled, extension included, sealed with the contact key and bound to the account';
COMMENT ON COLUMN phones.number_mac IS 'keyed hash of what is dialled: whose an incoming call or message is, without opening anything';
COMMENT ON COLUMN phones.place IS 'in which order they are called, 1 first';
COMMENT ON COLUMN phones.night IS 'rings outside of the unit''s duty hours too; a telephone on a desk does not';
COMMENT ON COLUMN phones.verified_at IS 'a code that was sent there came back; NULL: it is never called';

CREATE TABLE duty_pins (
    account_id bigint      PRIMARY KEY REFERENCES accounts,
    pin_hash   text        NOT NULL,
    set_at     timestamptz NOT NULL
);
COMMENT ON TABLE duty_pins IS 'a person''s own number for answering on a shared telephone';
COMMENT ON COLUMN duty_pins.pin_hash IS 'argon2id';

-- Duty hours that a unit set itself; without a row those of the pack's duty.csv hold.
CREATE TABLE duty_hours (
    county       text        NOT NULL,
    unit         text        NOT NULL,
    working_days text        NOT NULL,
    days_off     text        NOT NULL,
    set_at       timestamptz NOT NULL,
    set_by       bigint      NOT NULL REFERENCES accounts,
    PRIMARY KEY (county, unit),
    FOREIGN KEY (county, unit) REFERENCES units (county, code)
);
COMMENT ON TABLE duty_hours IS 'when a unit is there, where it said so itself';
COMMENT ON COLUMN duty_hours.working_days IS 'as in the pack''s duty.csv: 08:00-12:00 14:30-17:30';
COMMENT ON COLUMN duty_hours.days_off IS 'the same for weekends and holidays; empty: closed';

-- The rows of a roster. One that is wrong is ended and another one written, so that who was on duty stays readable.
CREATE TABLE roster_patterns (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county   text        NOT NULL,
    unit     text        NOT NULL,
    from_day date        NOT NULL,
    weeks    jsonb       NOT NULL CHECK (jsonb_typeof(weeks) = 'array' AND jsonb_array_length(weeks) > 0),
    made_at  timestamptz NOT NULL,
    made_by  bigint      NOT NULL REFERENCES accounts,
    ended_at timestamptz,
    ended_by bigint      REFERENCES accounts,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    CONSTRAINT roster_patterns_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX roster_patterns_in_force ON roster_patterns (county, unit, from_day) WHERE ended_at IS NULL;
COMMENT ON TABLE roster_patterns IS 'weekly patterns; of those that have begun the latest counts';
COMMENT ON COLUMN roster_patterns.weeks IS 'weeks that take turns, persons by login: casework''s roster::Week';

CREATE TABLE roster_changes (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county     text        NOT NULL,
    unit       text        NOT NULL,
    kind       text        NOT NULL CHECK (kind IN ('exception', 'swap', 'absence')),
    seat       text        CHECK (seat IN ('duty', 'deputy', 'leader')),
    account_id bigint      REFERENCES accounts,
    other_id   bigint      REFERENCES accounts,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    takes_from timestamptz,
    takes_to   timestamptz,
    made_at    timestamptz NOT NULL,
    made_by    bigint      NOT NULL REFERENCES accounts,
    decided_at timestamptz,
    decision   text        CHECK (decision IN ('accepted', 'declined', 'withdrawn')),
    ended_at   timestamptz,
    ended_by   bigint      REFERENCES accounts,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    CONSTRAINT roster_changes_last CHECK (starts_at < ends_at AND takes_from < takes_to),
    CONSTRAINT roster_changes_seat CHECK ((kind = 'exception') = (seat IS NOT NULL)),
    CONSTRAINT roster_changes_whose CHECK (kind = 'exception' OR account_id IS NOT NULL),
    CONSTRAINT roster_changes_swap CHECK (CASE WHEN kind = 'swap' THEN other_id IS NOT NULL ELSE decided_at IS NULL AND takes_from IS NULL END),
    CONSTRAINT roster_changes_takes CHECK ((takes_from IS NULL) = (takes_to IS NULL)),
    CONSTRAINT roster_changes_decided CHECK ((decided_at IS NULL) = (decision IS NULL)),
    CONSTRAINT roster_changes_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
-- Who waits for whose answer: asked with every page of the person.
CREATE INDEX roster_changes_asked ON roster_changes (other_id) WHERE kind = 'swap' AND decision IS NULL AND ended_at IS NULL;
CREATE INDEX roster_changes_unit ON roster_changes (county, unit, ends_at) WHERE ended_at IS NULL;
COMMENT ON TABLE roster_changes IS 'what changes a pattern for a while: single exceptions, swaps, absences';
COMMENT ON COLUMN roster_changes.seat IS 'of an exception; the others follow the person';
COMMENT ON COLUMN roster_changes.account_id IS 'exception: who has the seat, NULL nobody; swap: who asked; absence: who is away';
COMMENT ON COLUMN roster_changes.other_id IS 'swap: who is asked to agree; absence: the delegate, NULL none';
COMMENT ON COLUMN roster_changes.starts_at IS 'from then on; of a swap what the asking person gives away';
COMMENT ON COLUMN roster_changes.takes_from IS 'swap: what the asking person takes over in return; NULL: nothing';
COMMENT ON COLUMN roster_changes.decision IS 'of a swap; only an accepted one changes who is on duty';
COMMENT ON COLUMN roster_changes.ended_at IS 'taken back; NULL: in force';

CREATE TABLE handovers (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county     text        NOT NULL,
    unit       text        NOT NULL,
    at         timestamptz NOT NULL,
    from_id    bigint      NOT NULL REFERENCES accounts,
    to_id      bigint      NOT NULL REFERENCES accounts,
    tickets    bigint[]    NOT NULL,
    taken_at   timestamptz,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    CONSTRAINT handovers_two CHECK (from_id <> to_id)
);
CREATE TRIGGER act_step AFTER INSERT OR UPDATE ON handovers FOR EACH ROW EXECUTE FUNCTION act_step('at', 'taken_at');
CREATE INDEX handovers_waiting ON handovers (to_id) WHERE taken_at IS NULL;
CREATE INDEX handovers_unit ON handovers (county, unit, id DESC);
COMMENT ON TABLE handovers IS '交班: who gave which open tickets over to whom';
COMMENT ON COLUMN handovers.tickets IS 'the open ones at that moment, the next due first';
COMMENT ON COLUMN handovers.taken_at IS 'when the other person took them over; NULL: not yet';

-- A bell is a row as soon as it has rung; before that it follows from its stage.
CREATE TABLE bells (
    stage_id       bigint      NOT NULL REFERENCES stages,
    due_generation integer     NOT NULL,
    cause          text        NOT NULL CHECK (cause ~ '^(dispatch|asked|again|level-[1-9])$'),
    county         text        NOT NULL,
    next_ring      integer     NOT NULL CHECK (next_ring > 0),
    answered_at    timestamptz,
    answered_by    bigint      REFERENCES accounts,
    answered_how   text        CHECK (answered_how IN ('login', 'digit', 'message', 'pin', 'mail', 'telephone')),
    PRIMARY KEY (stage_id, due_generation, cause),
    CONSTRAINT bells_answered CHECK ((answered_at IS NULL) = (answered_by IS NULL) AND (answered_by IS NULL) = (answered_how IS NULL))
);
COMMENT ON TABLE bells IS 'how far each bell has come (decision 54); an act on its stage ends it without a word here';
COMMENT ON COLUMN bells.cause IS 'as casework''s ringing::bells::Cause writes it';
COMMENT ON COLUMN bells.next_ring IS 'the rings before this number are covered';
COMMENT ON COLUMN bells.answered_by IS 'a named person; of the cause again the last one who answered, which silences one ring only';
COMMENT ON COLUMN bells.answered_how IS 'telephone: somebody of the office wrote down who answered, when and on which number';

-- When the bells of a stage are looked at next. A table of its own: it is written at every ring, and rows of stages are wide.
CREATE TABLE ring_turns (
    stage_id bigint      PRIMARY KEY REFERENCES stages,
    county   text        NOT NULL,
    next_at  timestamptz NOT NULL,
    held     text        CHECK (held IN ('off-hours', 'weekend', 'holiday'))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
CREATE INDEX ring_turns_next ON ring_turns (county, next_at, stage_id);
COMMENT ON TABLE ring_turns IS 'stages that ring; the row comes with the dispatch, the question, a level that is sent or a reopening. Who ends a stage leaves it: the next turn finds it ended and takes the row away';
COMMENT ON COLUMN ring_turns.next_at IS 'the earliest moment of its bells; whoever answers or changes a roster leaves it, the turn reads anew';
COMMENT ON COLUMN ring_turns.held IS 'it waits until next_at because the unit is not there: why; NULL: it does not';

-- A call: to one person, by one channel, for one ring or several. A queue like the notices.
CREATE TABLE calls (
    id           uuid        PRIMARY KEY,
    kind         text        NOT NULL DEFAULT 'ring' CHECK (kind IN ('ring', 'code')),
    dedup        text        NOT NULL UNIQUE,
    county       text        NOT NULL,
    account_id   bigint      REFERENCES accounts,
    last_resort  smallint,
    unit         text        NOT NULL,
    channel      text        NOT NULL CHECK (channel IN ('voice', 'sms', 'mail', 'desk')),
    urgency      text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3')),
    drill        boolean     NOT NULL,
    night        boolean     NOT NULL,
    waiting      integer,
    system_late  boolean     NOT NULL,
    created_at   timestamptz NOT NULL,
    state        text        NOT NULL CHECK (state IN ('queued', 'handed-over', 'delivered', 'failed', 'silenced')),
    due_at       timestamptz NOT NULL DEFAULT '-infinity',
    lease_owner  uuid,
    leased_until timestamptz,
    attempts     integer     NOT NULL DEFAULT 0,
    finished_at  timestamptz,
    last_error   text,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    CONSTRAINT calls_callee CHECK ((account_id IS NULL) <> (last_resort IS NULL)),
    CONSTRAINT calls_finished CHECK ((state IN ('queued', 'handed-over')) = (finished_at IS NULL))
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
CREATE INDEX calls_lease ON calls (county, urgency, due_at, created_at) WHERE state = 'queued';
CREATE INDEX calls_account ON calls (account_id, created_at DESC);
COMMENT ON TABLE calls IS 'what rings whom; written by the router with the progress of the bells, sent at least once by the notifier';
COMMENT ON COLUMN calls.kind IS 'code: no ring, but a code for one telephone (phone_codes), which the notifier sends or says there and nowhere else';
COMMENT ON COLUMN calls.id IS 'the gateway is given it with each try, so that a repeat is recognisable';
COMMENT ON COLUMN calls.dedup IS 'the ring that it is for, person and channel: the same is queued once';
COMMENT ON COLUMN calls.account_id IS 'who; NULL: a phone of the pack''s last resort';
COMMENT ON COLUMN calls.last_resort IS 'which of the pack''s phones, 1 first';
COMMENT ON COLUMN calls.unit IS 'for which unit the person is on duty';
COMMENT ON COLUMN calls.waiting IS 'how many reports wait for the person, where the call says their number alone';
COMMENT ON COLUMN calls.night IS 'outside of the unit''s duty hours: only telephones that ring at night are tried';
COMMENT ON COLUMN calls.due_at IS 'when it is tried next; -infinity: never tried';
COMMENT ON COLUMN calls.channel IS 'desk: it stands on the page that the person keeps open, so it is handed over as it is written and no notifier sends it';
COMMENT ON COLUMN calls.state IS 'silenced: somebody answered, or the act was done (call_is_wanted), before it went out';
COMMENT ON COLUMN calls.last_error IS 'the gateway''s words, numbers taken out';

-- Codes by which a person shows that a telephone is theirs. A code is queued as a call of the kind `code`, of one telephone,
-- verified or not: sms to a mobile, voice to any other. The notifier opens `code` with the contact key, sends it until
-- `expires_at` and not after, and tries no other number. A failed one is just `call_fail`: no stage waits for it.
CREATE TABLE phone_codes (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    phone_id   bigint      NOT NULL REFERENCES phones,
    call_id    uuid        NOT NULL UNIQUE REFERENCES calls,
    code       bytea,
    code_mac   bytea       NOT NULL,
    sent_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    tries      smallint    NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
    used_at    timestamptz,
    CONSTRAINT phone_codes_used_in_time CHECK (used_at < expires_at)
);
CREATE INDEX phone_codes_phone ON phone_codes (phone_id, id DESC);
COMMENT ON TABLE phone_codes IS 'codes that were sent to telephones; each is taken once, and only the last one of a telephone';
COMMENT ON COLUMN phone_codes.code IS 'six digits, sealed with the contact key and bound to the account; NULL: the call has ended';
COMMENT ON COLUMN phone_codes.code_mac IS 'keyed hash of the code, by which what was typed is compared';
COMMENT ON COLUMN phone_codes.sent_at IS 'when it was asked for';
COMMENT ON COLUMN phone_codes.tries IS 'how often something was typed; reserved before it is compared';

-- A code whose call has ended is kept as a hash only.
CREATE FUNCTION phone_code_forget() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE phone_codes SET code = NULL WHERE call_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER phone_code_forget AFTER UPDATE ON calls FOR EACH ROW
    WHEN (NEW.kind = 'code' AND NEW.finished_at IS NOT NULL) EXECUTE FUNCTION phone_code_forget();

CREATE TABLE call_rings (
    call_id        uuid     NOT NULL REFERENCES calls,
    stage_id       bigint   NOT NULL,
    due_generation integer  NOT NULL,
    cause          text     NOT NULL,
    first_ring     integer  NOT NULL,
    ring           integer  NOT NULL,
    planned_at     timestamptz NOT NULL,
    PRIMARY KEY (call_id, stage_id, due_generation, cause),
    FOREIGN KEY (stage_id, due_generation, cause) REFERENCES bells,
    CONSTRAINT call_rings_cover CHECK (first_ring <= ring)
);
CREATE INDEX call_rings_bell ON call_rings (stage_id, due_generation, cause, ring);
COMMENT ON TABLE call_rings IS 'the rings that a call is for';
COMMENT ON COLUMN call_rings.first_ring IS 'smaller than ring: those before it were missed in an outage and are said with it';

CREATE TABLE call_steps (
    at      timestamptz NOT NULL,
    call_id uuid        NOT NULL REFERENCES calls,
    step    text        NOT NULL CHECK (step IN ('queued', 'held', 'handed-over', 'delivered', 'opened', 'picked-up', 'acknowledged', 'failed')),
    detail  text        NOT NULL,
    PRIMARY KEY (call_id, at, step)
);
COMMENT ON TABLE call_steps IS 'the evidence ladder of a call: only added to';
COMMENT ON COLUMN call_steps.step IS 'picked-up: a shared telephone answered, which is nobody';
COMMENT ON COLUMN call_steps.detail IS 'until when and why it is held, why it failed; numbers taken out';

-- One number of a call. A person has several, and the next one is tried when one does not answer.
CREATE TABLE call_tries (
    call_id        uuid        NOT NULL REFERENCES calls,
    place          smallint    NOT NULL CHECK (place > 0),
    county         text        NOT NULL,
    phone_id       bigint      REFERENCES phones,
    gateway        text        NOT NULL,
    provider_id    text,
    attempts       integer     NOT NULL,
    began_at       timestamptz NOT NULL,
    handed_at      timestamptz,
    receipt_due_at timestamptz,
    outcome        text        CHECK (outcome IN ('delivered', 'failed')),
    outcome_at     timestamptz,
    PRIMARY KEY (call_id, place),
    CONSTRAINT call_tries_outcome CHECK ((outcome IS NULL) = (outcome_at IS NULL))
);
CREATE INDEX call_tries_provider ON call_tries (gateway, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX call_tries_awaited ON call_tries (county, receipt_due_at) WHERE outcome IS NULL AND receipt_due_at IS NOT NULL;
CREATE INDEX call_tries_phone ON call_tries (phone_id, handed_at) WHERE phone_id IS NOT NULL AND handed_at IS NOT NULL;
CREATE INDEX call_tries_month ON call_tries (county, handed_at) WHERE handed_at IS NOT NULL;
COMMENT ON TABLE call_tries IS 'the numbers of a call that were tried, and what became of each';
COMMENT ON COLUMN call_tries.place IS 'which number, 1 first; the gateway is given it with the id of the call';
COMMENT ON COLUMN call_tries.phone_id IS 'NULL: no telephone of a person, but a shared one, one of the last resort, a mailbox or a page';
COMMENT ON COLUMN call_tries.gateway IS 'by which description it was sent';
COMMENT ON COLUMN call_tries.provider_id IS 'what the provider calls it, where it says so';
COMMENT ON COLUMN call_tries.began_at IS 'written before the gateway is asked: a try that is repeated after a crash is known for one';
COMMENT ON COLUMN call_tries.receipt_due_at IS 'without a receipt until then it counts as failed; NULL: the gateway gives none';
COMMENT ON COLUMN call_tries.outcome IS 'as the receipt says; the first word stands, but for a success after none came in time';

-- Whether a call still calls for something: one of its rings is of an open stage and unanswered; or its code was not typed yet.
CREATE FUNCTION call_is_wanted(which uuid) RETURNS boolean
    LANGUAGE sql STABLE AS $$
    -- Stage and bell each by their key: as one join it would begin at the bells that nobody answered, which are taken to be none.
    SELECT EXISTS (SELECT FROM call_rings r
                   WHERE r.call_id = which
                       AND (SELECT s.ended_at IS NULL AND s.due_generation = r.due_generation FROM stages s WHERE s.id = r.stage_id)
                       AND (SELECT b.answered_at IS NULL
                                OR (b.cause = 'again' AND b.answered_at < (SELECT c.created_at FROM calls c WHERE c.id = which))
                            FROM bells b WHERE b.stage_id = r.stage_id AND b.due_generation = r.due_generation AND b.cause = r.cause));
$$;

-- A call that reached nobody: the router's next turn finds its stages at once, and queues the next channel or the next seat.
CREATE FUNCTION call_fail(which uuid, at timestamptz, why text) RETURNS void
    LANGUAGE sql AS $$
    WITH failed AS (
        UPDATE calls SET state = 'failed', finished_at = at, last_error = why, lease_owner = NULL, leased_until = NULL
        WHERE id = which AND finished_at IS NULL RETURNING id
    ), step AS (
        INSERT INTO call_steps (at, call_id, step, detail) SELECT at, id, 'failed', why FROM failed ON CONFLICT DO NOTHING
    )
    UPDATE ring_turns t SET next_at = least(t.next_at, at)
    WHERE t.stage_id IN (SELECT r.stage_id FROM failed f JOIN call_rings r ON r.call_id = f.id);
$$;

-- A named person answers calls (知悉接手), and with each all the rings that it is for. Their bells are silent from then on, for
-- everybody; that of the cause again for this ring only. Calls that nobody waits for any more are silenced, and each ticket has one
-- line in its trail. Who is second changes nothing. One row for each bell: who answered first, and whether that was this answer.
CREATE FUNCTION bells_answer(p_calls uuid[], p_account bigint, p_how text, p_said jsonb, p_at timestamptz)
RETURNS TABLE (report_id bigint, ticket_id bigint, stage_id bigint, cause text, fresh boolean, answered_at timestamptz,
               answered_by bigint, answered_how text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    p_name text;
BEGIN
    SELECT a.name INTO p_name FROM accounts a WHERE a.id = p_account AND a.disabled_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nobody of that account can answer' USING ERRCODE = 'check_violation', CONSTRAINT = 'bells_answered';
    END IF;
    RETURN QUERY
    WITH rung AS (
        SELECT r.stage_id, r.due_generation, r.cause, max(c.created_at) AS rung_at
        FROM call_rings r JOIN calls c ON c.id = r.call_id WHERE c.id = ANY (p_calls) GROUP BY 1, 2, 3
    ), held AS (
        SELECT b.*, rung.rung_at FROM bells b JOIN rung USING (stage_id, due_generation, cause)
        ORDER BY b.stage_id, b.due_generation, b.cause FOR UPDATE OF b
    ), found AS (
        SELECT t.report_id, t.id AS ticket_id, h.stage_id, h.due_generation, h.cause, h.answered_at, h.answered_by, h.answered_how,
               s.ended_at IS NULL AND s.due_generation = h.due_generation
                   AND (h.answered_at IS NULL OR h.cause = 'again' AND h.answered_at < h.rung_at) AS fresh
        FROM held h JOIN stages s ON s.id = h.stage_id JOIN tickets t ON t.id = s.ticket_id
    ), answered AS (
        UPDATE bells b SET answered_at = p_at, answered_by = p_account, answered_how = p_how
        FROM found f WHERE f.fresh AND b.stage_id = f.stage_id AND b.due_generation = f.due_generation AND b.cause = f.cause
    ), trail AS (
        INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
        SELECT p_at, f.report_id, f.ticket_id, 'ring-answered', p_name, p_account,
               p_said || jsonb_build_object('how', p_how, 'bells', jsonb_agg(jsonb_build_object('stage', f.stage_id, 'cause', f.cause)))
        FROM found f WHERE f.fresh GROUP BY f.report_id, f.ticket_id ORDER BY f.report_id, f.ticket_id
    ), step AS (
        INSERT INTO call_steps (at, call_id, step, detail)
        SELECT DISTINCT p_at, r.call_id, 'acknowledged', p_how
        FROM found f JOIN call_rings r USING (stage_id, due_generation, cause) WHERE f.fresh AND r.call_id = ANY (p_calls)
        ON CONFLICT DO NOTHING
    )
    SELECT f.report_id, f.ticket_id, f.stage_id, f.cause, f.fresh, CASE WHEN f.fresh THEN p_at ELSE f.answered_at END,
           CASE WHEN f.fresh THEN p_account ELSE f.answered_by END, CASE WHEN f.fresh THEN p_how ELSE f.answered_how END
    FROM found f ORDER BY f.report_id, f.ticket_id, f.stage_id, f.cause;
    UPDATE calls c SET state = 'silenced', finished_at = p_at, lease_owner = NULL, leased_until = NULL
    WHERE c.state = 'queued' AND NOT call_is_wanted(c.id)
      AND c.id IN (SELECT o.call_id FROM call_rings o JOIN call_rings mine USING (stage_id, due_generation, cause)
                   WHERE mine.call_id = ANY (p_calls));
END $$;
REVOKE ALL ON FUNCTION bells_answer(uuid[], bigint, text, jsonb, timestamptz) FROM PUBLIC;

-- The same from a desk: only calls to that person, or for the duty of its units.
CREATE FUNCTION desk_bells_answer(p_calls uuid[], p_account bigint, p_how text, p_said jsonb, p_at timestamptz)
RETURNS TABLE (report_id bigint, ticket_id bigint, stage_id bigint, cause text, fresh boolean, answered_at timestamptz,
               answered_by bigint, answered_how text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM bells_answer(ARRAY(SELECT c.id FROM calls c
                                     WHERE c.id = ANY (p_calls) AND (c.account_id = p_account OR c.unit = ANY (desk_units()))),
                               p_account, p_how, p_said, p_at)
$$;
REVOKE ALL ON FUNCTION desk_bells_answer(uuid[], bigint, text, jsonb, timestamptz) FROM PUBLIC;

-- The calls that ring for a person: made within a month, of open stages, and answered by nobody.
CREATE FUNCTION calls_ringing(p_account bigint, p_at timestamptz) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.id FROM calls c
    WHERE c.account_id = p_account AND c.created_at > p_at - interval '31 days' AND c.kind = 'ring' AND call_is_wanted(c.id)
    ORDER BY c.created_at DESC
$$;
REVOKE ALL ON FUNCTION calls_ringing(bigint, timestamptz) FROM PUBLIC;

-- The office has somebody called now about what rings and nobody answered, by voice and message: again, or somebody else. The call
-- is for the bells' last rings, so that an answer to it is one to them; the bells ring on at their own moments. How many calls.
CREATE FUNCTION calls_by_hand(p_ticket bigint, p_account bigint, p_by bigint, p_at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH about AS (
        SELECT b.stage_id, b.due_generation, b.cause, b.next_ring - 1 AS ring, t.report_id, t.county, t.unit, t.urgency, r.drill
        FROM stages s JOIN tickets t ON t.id = s.ticket_id JOIN reports r ON r.id = t.report_id
        JOIN bells b ON b.stage_id = s.id AND b.due_generation = s.due_generation
        WHERE t.id = p_ticket AND s.ended_at IS NULL AND (b.answered_at IS NULL OR b.cause = 'again')
    ), made AS (
        INSERT INTO calls (id, kind, dedup, county, account_id, unit, channel, urgency, drill, system_late, night, created_at, state)
        SELECT gen_random_uuid(), 'ring', format('hand:%s:%s:%s:%s', p_ticket, p_account, way, extract(epoch FROM p_at)), a.county, p_account,
               a.unit, way, a.urgency, a.drill, false, false, p_at, 'queued'
        FROM (SELECT DISTINCT county, unit, urgency, drill FROM about) a, unnest(ARRAY['voice', 'sms']) way
        WHERE EXISTS (SELECT FROM accounts p WHERE p.id = p_account AND p.county = a.county AND p.disabled_at IS NULL)
        ON CONFLICT (dedup) DO NOTHING RETURNING id
    ), rings AS (
        INSERT INTO call_rings (call_id, stage_id, due_generation, cause, first_ring, ring, planned_at)
        SELECT m.id, a.stage_id, a.due_generation, a.cause, a.ring, a.ring, p_at FROM made m, about a
    ), step AS (
        INSERT INTO call_steps (at, call_id, step, detail) SELECT p_at, id, 'queued', '' FROM made
    ), trail AS (
        INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail)
        SELECT p_at, a.report_id, p_ticket, 'rung-by-hand', by.name, p_by, jsonb_build_object('to', whom.name)
        FROM (SELECT DISTINCT report_id FROM about) a, accounts by, accounts whom
        WHERE by.id = p_by AND whom.id = p_account AND EXISTS (SELECT FROM made)
    )
    SELECT count(*) FROM made
$$;
REVOKE ALL ON FUNCTION calls_by_hand(bigint, bigint, bigint, timestamptz) FROM PUBLIC;

-- As in 0014: the services' and the desk's policies are in grants.sql.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['handovers', 'bells', 'ring_turns', 'calls', 'call_rings', 'call_steps', 'call_tries'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    END LOOP;
END $$;
