-- Where a unit's tickets are told of beside its mailbox and its people: the robot of a group chat, and the unit's own system. None of
-- these reaches a person: no ring counts them, and no step is unnecessary because of them.

CREATE TABLE outlets (
    id             uuid        PRIMARY KEY,
    county         text        NOT NULL,
    unit           text        NOT NULL,
    kind           text        NOT NULL CHECK (kind IN ('robot', 'webhook')),
    gateway        text,
    url            text,
    secret         bytea,
    old_secret     bytea,
    old_until      timestamptz,
    made_at        timestamptz NOT NULL,
    made_by        bigint      REFERENCES accounts,
    ended_at       timestamptz,
    ended_by       bigint      REFERENCES accounts,
    failures       integer     NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since  timestamptz,
    last_sent_at   timestamptz,
    last_failed_at timestamptz,
    last_error     text,
    next_at        timestamptz NOT NULL DEFAULT '-infinity',
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    CONSTRAINT outlets_robot CHECK ((kind = 'robot') = (gateway IS NOT NULL)),
    CONSTRAINT outlets_webhook CHECK ((kind = 'webhook') = (url IS NOT NULL) AND (url IS NULL) = (secret IS NULL)
        AND (url IS NULL OR made_by IS NOT NULL)),
    CONSTRAINT outlets_rotated CHECK ((old_secret IS NULL) = (old_until IS NULL)),
    CONSTRAINT outlets_failing CHECK ((failures = 0) = (failing_since IS NULL))
);
CREATE UNIQUE INDEX outlets_robot_of_unit ON outlets (county, unit, gateway) WHERE kind = 'robot' AND ended_at IS NULL;
CREATE UNIQUE INDEX outlets_webhook_of_unit ON outlets (county, unit, url) WHERE kind = 'webhook' AND ended_at IS NULL;
COMMENT ON TABLE outlets IS 'robots of group chats (from the file of gateways) and systems of units (Standard Webhooks, set on a page)';
COMMENT ON COLUMN outlets.gateway IS 'of a robot: the name of its description';
COMMENT ON COLUMN outlets.secret IS 'of a webhook: what signs, sealed with the contact key and bound to the row';
COMMENT ON COLUMN outlets.old_secret IS 'the one before, which signs beside it until old_until, so that the receiver can change over';
COMMENT ON COLUMN outlets.made_by IS 'NULL: the file of gateways';
COMMENT ON COLUMN outlets.failures IS 'in a row; from the third on all of its posts wait for one try (a circuit)';
COMMENT ON COLUMN outlets.last_error IS 'in our words and a status; nothing of an answer''s text';
COMMENT ON COLUMN outlets.next_at IS 'nothing is sent before: the distance that a group''s robot wants, or an open circuit';

-- A queue like the notices. It carries ids; what is said is read when it is sent.
CREATE TABLE posts (
    id           uuid        PRIMARY KEY,
    outlet_id    uuid        NOT NULL REFERENCES outlets,
    dedup        text        NOT NULL,
    county       text        NOT NULL,
    event        text        NOT NULL CHECK (event IN ('dispatched', 'rung', 'escalated', 'acknowledged', 'closed', 'reopened')),
    ticket_id    bigint      NOT NULL REFERENCES tickets,
    detail       jsonb       NOT NULL DEFAULT '{}',
    urgency      text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3')),
    drill        boolean     NOT NULL,
    created_at   timestamptz NOT NULL,
    state        text        NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'silenced')),
    due_at       timestamptz NOT NULL DEFAULT '-infinity',
    lease_owner  uuid,
    leased_until timestamptz,
    attempts     integer     NOT NULL DEFAULT 0,
    finished_at  timestamptz,
    last_error   text,
    CONSTRAINT posts_once UNIQUE (outlet_id, dedup),
    CONSTRAINT posts_finished CHECK ((state = 'queued') = (finished_at IS NULL))
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
CREATE INDEX posts_lease ON posts (county, urgency, due_at, created_at) WHERE state = 'queued';
CREATE INDEX posts_outlet ON posts (outlet_id, created_at DESC);
CREATE INDEX posts_ticket ON posts (ticket_id, created_at DESC);
COMMENT ON TABLE posts IS 'what is told to an outlet, at least once; written in the transaction of what it tells of';
COMMENT ON COLUMN posts.id IS 'the webhook-id, the same with each try';
COMMENT ON COLUMN posts.dedup IS 'the event that it tells of: the same is queued once for an outlet';
COMMENT ON COLUMN posts.detail IS 'level, stage, cause, how: words and numbers only';
COMMENT ON COLUMN posts.created_at IS 'when the event was';
COMMENT ON COLUMN posts.due_at IS 'when it is tried next; -infinity: never tried';
COMMENT ON COLUMN posts.state IS 'sent: the other side took it, which says nothing of any person; silenced: a ring that was answered before a group was told';

-- A ticket is dispatched, whoever makes it. Nothing is looked up where no unit has a system of its own.
CREATE FUNCTION post_dispatched() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM outlets WHERE kind = 'webhook' AND ended_at IS NULL) THEN
        INSERT INTO posts (id, outlet_id, dedup, county, event, ticket_id, urgency, drill, created_at, state)
        SELECT gen_random_uuid(), o.id, 'dispatched:' || t.id, t.county, 'dispatched', t.id, t.urgency, t.drill, t.dispatched_at, 'queued'
        FROM fresh t JOIN outlets o ON o.county = t.county AND o.unit = t.unit AND o.kind = 'webhook' AND o.ended_at IS NULL
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION post_dispatched() FROM PUBLIC;
CREATE TRIGGER post_dispatched AFTER INSERT ON tickets REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION post_dispatched();

-- Somebody answered, or the ticket ended or goes on: every such act has its line in the trail, in the same transaction. Whether it
-- has ended is read of the ticket, not of the act: a closing may still wait for somebody.
CREATE FUNCTION post_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    what text;
BEGIN
    IF NOT EXISTS (SELECT FROM outlets WHERE kind = 'webhook' AND ended_at IS NULL) THEN
        RETURN NULL;
    END IF;
    IF NEW.kind = 'ring-answered' THEN
        what := 'acknowledged';
    ELSE
        SELECT CASE WHEN t.state IN ('resolved', 'confirmed', 'archived', 'returned', 'waived') THEN 'closed'
                    WHEN NEW.kind <> 'close-taken-back' OR NEW.detail ->> 'was' = 'resolved' THEN 'reopened' END
        INTO what FROM tickets t WHERE t.id = NEW.ticket_id;
    END IF;
    IF what IS NOT NULL THEN
        INSERT INTO posts (id, outlet_id, dedup, county, event, ticket_id, detail, urgency, drill, created_at, state)
        SELECT gen_random_uuid(), o.id, format('%s:%s:%s', what, t.id, extract(epoch FROM NEW.at)), t.county, what, t.id,
               jsonb_strip_nulls(jsonb_build_object('how', CASE WHEN what = 'acknowledged' THEN NEW.detail ->> 'how' END)),
               t.urgency, t.drill, NEW.at, 'queued'
        FROM tickets t JOIN outlets o ON o.county = t.county AND o.unit = t.unit AND o.kind = 'webhook' AND o.ended_at IS NULL
        WHERE t.id = NEW.ticket_id
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION post_event() FROM PUBLIC;
CREATE TRIGGER post_event AFTER INSERT ON events FOR EACH ROW
    WHEN (NEW.ticket_id IS NOT NULL AND NEW.kind IN ('ring-answered', 'resolved', 'close-confirmed', 'transfer-received',
        'transfer-withdrawn', 'flood-closed', 'reopened', 'close-taken-back', 'flood-given-back'))
    EXECUTE FUNCTION post_event();

-- As in 0014: the services', the desk's and the administrators' policies are in grants.sql.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['outlets', 'posts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    END LOOP;
END $$;
