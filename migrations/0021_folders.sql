-- Units on closed networks never open our pages: a ticket's content reaches them as files in a folder of theirs, encrypted to the unit's
-- key, that a one-way gate takes away. Like every outlet it reaches no person, and no ring and no step asks what became of it.

ALTER TABLE outlets DROP CONSTRAINT outlets_kind_check,
    ADD CONSTRAINT outlets_kind_check CHECK (kind IN ('robot', 'webhook', 'folder')),
    ADD COLUMN recipient text,
    ADD COLUMN mark uuid,
    ADD COLUMN marked boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT outlets_folder CHECK ((kind = 'folder') = (recipient IS NOT NULL) AND (recipient IS NULL) = (mark IS NULL)
        AND (recipient IS NULL OR made_by IS NOT NULL));
-- Also of one that was ended: its files may lie there still, and the folder is the unit's.
CREATE UNIQUE INDEX outlets_folder_of_unit ON outlets (county, unit) WHERE kind = 'folder';
COMMENT ON COLUMN outlets.recipient IS 'of a folder: the unit''s public key (age), to which files are encrypted';
COMMENT ON COLUMN outlets.mark IS 'of a folder: what its mark holds. Without it nothing is believed of what lies there, so that a folder that is not mounted is not taken for one that was emptied';
COMMENT ON COLUMN outlets.marked IS 'that mark was laid';

-- A queue like the posts. It carries ids; what is written is read when it is written.
CREATE TABLE folder_files (
    id           uuid        PRIMARY KEY,
    n            bigint      GENERATED ALWAYS AS IDENTITY,
    outlet_id    uuid        NOT NULL REFERENCES outlets,
    ticket_id    bigint      NOT NULL REFERENCES tickets,
    county       text        NOT NULL,
    event        text        NOT NULL CHECK (event IN ('dispatched', 'changed')),
    urgency      text        NOT NULL CHECK (urgency IN ('P1', 'P2', 'P3')),
    drill        boolean     NOT NULL,
    created_at   timestamptz NOT NULL,
    since        timestamptz NOT NULL,
    state        text        NOT NULL CHECK (state IN ('queued', 'written', 'taken', 'replaced', 'withdrawn')),
    due_at       timestamptz NOT NULL DEFAULT '-infinity',
    lease_owner  uuid,
    leased_until timestamptz,
    attempts     integer     NOT NULL DEFAULT 0,
    last_error   text,
    read_at      timestamptz,
    written_at   timestamptz,
    finished_at  timestamptz,
    CONSTRAINT folder_files_finished CHECK ((state IN ('queued', 'written')) = (finished_at IS NULL)),
    CONSTRAINT folder_files_written CHECK (state NOT IN ('written', 'taken') OR written_at IS NOT NULL),
    CONSTRAINT folder_files_read CHECK (written_at IS NULL OR read_at IS NOT NULL)
);
CREATE INDEX folder_files_lease ON folder_files (county, urgency, due_at, created_at) WHERE state = 'queued';
CREATE INDEX folder_files_open ON folder_files (outlet_id, ticket_id) WHERE state IN ('queued', 'written');
CREATE INDEX folder_files_ticket ON folder_files (ticket_id, n DESC);
COMMENT ON TABLE folder_files IS 'a version of a ticket for a unit''s folder; written in the transaction of what changed the ticket';
COMMENT ON COLUMN folder_files.id IS 'the name of its files';
COMMENT ON COLUMN folder_files.n IS 'the order of versions';
COMMENT ON COLUMN folder_files.created_at IS 'when the ticket was dispatched or changed';
COMMENT ON COLUMN folder_files.since IS 'since when the unit has not got what it should have: the first change since the last version that was taken';
COMMENT ON COLUMN folder_files.state IS 'taken: the gate fetched it, which says nothing of any person; replaced: a later version took its place; withdrawn: the ticket went elsewhere, or the folder was ended, before it was written or taken';
COMMENT ON COLUMN folder_files.last_error IS 'a word of ours';
COMMENT ON COLUMN folder_files.read_at IS 'when the report was opened for it, which stands in reads';

ALTER TABLE reads ALTER COLUMN account_id DROP NOT NULL,
    ADD COLUMN file_id uuid REFERENCES folder_files,
    ADD CONSTRAINT reads_by CHECK ((account_id IS NULL) = (file_id IS NOT NULL));
COMMENT ON COLUMN reads.account_id IS 'NULL: nobody looked at a page; it was written for the folder of the ticket''s unit';
COMMENT ON COLUMN reads.file_id IS 'the file that it was written into';
COMMENT ON COLUMN reads.how IS 'page, api, opening, call-back, folder';

-- The one way to a report's parts for a folder: what the ticket shows to anybody of its unit, and never what was opened for one person.
-- A file that is written again after a crash was handed out once.
CREATE FUNCTION desk_folder_read(p_file uuid, p_at timestamptz)
RETURNS TABLE (shows text[], facts jsonb, place bytea, child bytea, birth bytea, school bytea, home bytea, narrative bytea, reporter bytea,
               data_key bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_file  folder_files;
    v_shows text[];
BEGIN
    SELECT f.* INTO v_file FROM folder_files f
    JOIN outlets o ON o.id = f.outlet_id AND o.kind = 'folder' AND o.ended_at IS NULL
    JOIN tickets t ON t.id = f.ticket_id AND t.county = o.county AND t.unit = o.unit AND t.unit = ANY (desk_units())
    WHERE f.id = p_file AND f.state = 'queued' FOR UPDATE OF f;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT array_remove(t.shows, 'identity') INTO v_shows FROM tickets t WHERE t.id = v_file.ticket_id;
    IF v_file.read_at IS NULL THEN
        UPDATE folder_files SET read_at = p_at WHERE id = p_file;
        INSERT INTO reads (at, report_id, ticket_id, role, parts, how, file_id)
        SELECT p_at, t.report_id, t.id, 'member', v_shows, 'folder', p_file FROM tickets t WHERE t.id = v_file.ticket_id;
    END IF;
    RETURN QUERY
    SELECT v_shows, facts_shown(f.facts, v_shows, t.own),
           CASE WHEN 'place' = ANY (v_shows) THEN r.place END, CASE WHEN 'child' = ANY (v_shows) THEN r.child END,
           CASE WHEN 'birth' = ANY (v_shows) THEN r.birth END, CASE WHEN 'school' = ANY (v_shows) THEN r.school END,
           CASE WHEN 'home' = ANY (v_shows) THEN r.home END, CASE WHEN 'narrative' = ANY (v_shows) THEN r.narrative END,
           CASE WHEN 'reporter' = ANY (v_shows) THEN r.reporter END, r.data_key
    FROM tickets t JOIN reports r ON r.id = t.report_id JOIN report_facts f ON f.report_id = t.report_id WHERE t.id = v_file.ticket_id;
END $$;
REVOKE ALL ON FUNCTION desk_folder_read(uuid, timestamptz) FROM PUBLIC;

-- The folder of a ticket's unit should have a new version of it.
CREATE FUNCTION folder_ask(p_ticket bigint, p_event text, p_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO folder_files (id, outlet_id, ticket_id, county, event, urgency, drill, created_at, since, state)
    SELECT gen_random_uuid(), o.id, t.id, t.county, p_event, t.urgency, t.drill, p_at,
           least(p_at, (SELECT min(f.since) FROM folder_files f
                        WHERE f.outlet_id = o.id AND f.ticket_id = t.id AND f.state IN ('queued', 'written'))), 'queued'
    FROM tickets t JOIN outlets o ON o.county = t.county AND o.unit = t.unit AND o.kind = 'folder' AND o.ended_at IS NULL
    WHERE t.id = p_ticket
$$;
REVOKE ALL ON FUNCTION folder_ask(bigint, text, timestamptz) FROM PUBLIC;

-- Where no unit has a folder, nothing is looked up.
CREATE FUNCTION folder_dispatched() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM outlets WHERE kind = 'folder' AND ended_at IS NULL) THEN
        PERFORM folder_ask(t.id, 'dispatched', t.dispatched_at) FROM fresh t;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION folder_dispatched() FROM PUBLIC;
CREATE TRIGGER folder_dispatched AFTER INSERT ON tickets REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION folder_dispatched();

CREATE FUNCTION folder_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM outlets WHERE kind = 'folder' AND ended_at IS NULL) THEN
        PERFORM folder_ask(NEW.ticket_id, 'changed', NEW.at);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION folder_changed() FROM PUBLIC;
-- Acts that change what the ticket says. Not calls, looks and mails: those are no news to whoever holds the paper.
CREATE TRIGGER folder_changed AFTER INSERT ON events FOR EACH ROW
    WHEN (NEW.ticket_id IS NOT NULL AND NEW.kind IN ('signed', 'assigned', 'unassigned', 'unit-moved', 'contacted', 'evidence',
        'decision-recorded', 'resolved', 'close-requested', 'close-confirmed', 'close-refused', 'close-taken-back', 'transfer-approved',
        'transfer-received', 'transferred-in', 'transfer-withdrawn', 'oversight-opened', 'not-filed-told', 'not-filed-withdrawn',
        'reopened', 'flood-closed', 'flood-given-back', 'instructed', 'due-moved'))
    EXECUTE FUNCTION folder_changed();

-- As in 0014: the services', the desk's and the administrators' policies are in grants.sql.
ALTER TABLE folder_files ENABLE ROW LEVEL SECURITY;
ALTER TABLE folder_files FORCE ROW LEVEL SECURITY;
DO $$
BEGIN
    EXECUTE 'CREATE POLICY owner ON folder_files TO CURRENT_USER USING (true) WITH CHECK (true)';
END $$;
