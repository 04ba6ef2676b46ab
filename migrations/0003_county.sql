-- The county: what this database was made for, and what its pack says of places and units.

CREATE TABLE installation (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    demo   boolean NOT NULL
);
COMMENT ON TABLE installation IS 'one row, written by `migrate` when the database is made';
COMMENT ON COLUMN installation.single IS 'always true: holds the table to one row';
COMMENT ON COLUMN installation.demo IS 'made for a demo (`migrate --demo`): only such a database gets accounts whose passwords stand on the login page';

-- Decided once, when the database is made, and never changed afterwards.
CREATE FUNCTION installation_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a database was made for does not change';
END $$;
CREATE TRIGGER installation_is_fixed BEFORE UPDATE OR DELETE ON installation
    FOR EACH ROW EXECUTE FUNCTION installation_is_fixed();

CREATE TABLE packs (
    county    text        NOT NULL,
    version   integer     NOT NULL,
    digest    text        NOT NULL,
    files     jsonb       NOT NULL,
    loaded_at timestamptz NOT NULL,
    PRIMARY KEY (county, version)
);
COMMENT ON TABLE packs IS 'each county pack as it was loaded, whole; areas and units are the newest one''s projection for joins';
COMMENT ON COLUMN packs.digest IS 'SHA-256 over all files: the same content again is a no-op';
COMMENT ON COLUMN packs.files IS 'path -> text';

CREATE TABLE areas (
    county text NOT NULL,
    code   text NOT NULL,
    name   text NOT NULL,
    level  text NOT NULL,
    parent text,
    PRIMARY KEY (county, code)
);
COMMENT ON TABLE areas IS 'the pack''s list of places';
COMMENT ON COLUMN areas.code IS 'code of the administrative division, as the pack gives it';
COMMENT ON COLUMN areas.level IS 'as in the pack''s areas.csv: province, prefecture, county, township, village';
COMMENT ON COLUMN areas.parent IS 'code of the area that it lies in; NULL: the highest';

CREATE TABLE units (
    county               text        NOT NULL,
    code                 text        NOT NULL,
    kind                 text        NOT NULL,
    name                 text        NOT NULL,
    area                 text        NOT NULL,
    parent               text,
    mailbox              text        NOT NULL,
    mailbox_confirmed_at timestamptz,
    mailbox_confirmed_by bigint      REFERENCES accounts,
    duty_phone           text,
    retired_at           timestamptz,
    successor            text,
    PRIMARY KEY (county, code),
    CONSTRAINT units_confirmed CHECK ((mailbox_confirmed_at IS NULL) = (mailbox_confirmed_by IS NULL))
);
-- Looked up for every step that the clock sends.
CREATE INDEX units_kind ON units (county, kind, code) WHERE retired_at IS NULL;
COMMENT ON TABLE units IS 'who may hold a ticket: the pack''s units, those that left it included';
COMMENT ON COLUMN units.kind IS 'as the pack''s obligations name it: police, office, school, …';
COMMENT ON COLUMN units.area IS 'code of the area that it serves';
COMMENT ON COLUMN units.parent IS 'code of the unit above it; NULL: none';
COMMENT ON COLUMN units.mailbox IS 'by the pack until a person confirms it; a confirmed one is never overwritten by a pack';
COMMENT ON COLUMN units.mailbox_confirmed_at IS 'NULL: an example (示例) of the pack, made up by a scheme';
COMMENT ON COLUMN units.duty_phone IS '值班电话, as typed: may hold an extension or two numbers. Written by administrators and leaders';
COMMENT ON COLUMN units.retired_at IS 'a unit that left the pack: its old tickets still name it, so the row stays';
COMMENT ON COLUMN units.successor IS 'who took over the open tickets when this unit left the pack';

-- One row per code and not per report, so that it stays as short as the list of townships is long.
CREATE TABLE unlisted_areas (
    county   text        NOT NULL,
    code     text        NOT NULL,
    township text,
    reports  bigint      NOT NULL,
    receipts bigint[]    NOT NULL,
    last_at  timestamptz NOT NULL,
    PRIMARY KEY (county, code)
);
COMMENT ON TABLE unlisted_areas IS 'area codes of the county that reports gave and the pack''s list does not have; the office mends the list. Written by the router';
COMMENT ON COLUMN unlisted_areas.township IS 'by its first nine digits; NULL: sought from the county';
COMMENT ON COLUMN unlisted_areas.reports IS 'how many gave it';
COMMENT ON COLUMN unlisted_areas.receipts IS 'ids of the newest reports with it, at most five';
