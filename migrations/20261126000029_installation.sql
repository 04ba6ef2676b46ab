-- What this database was made for: decided once, when it is made, and never changed afterwards.
CREATE TABLE installation (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    demo   boolean NOT NULL
);
COMMENT ON TABLE installation IS 'one row, written by `migrate` when the database is made';
COMMENT ON COLUMN installation.demo IS 'made for a demo (`migrate --demo`): only such a database gets accounts whose passwords stand on the login page';

-- A database of an earlier version had no such mark. It counts as a demo where nobody but the demo''s people has an account
-- and every report is a drill; in doubt it is a county''s.
INSERT INTO installation (demo)
SELECT EXISTS (SELECT FROM accounts WHERE demo)
       AND NOT EXISTS (SELECT FROM accounts WHERE NOT demo)
       AND NOT EXISTS (SELECT FROM reports WHERE NOT drill)
WHERE EXISTS (SELECT FROM packs);

CREATE FUNCTION installation_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a database was made for does not change';
END $$;
CREATE TRIGGER installation_is_fixed BEFORE UPDATE OR DELETE ON installation
    FOR EACH ROW EXECUTE FUNCTION installation_is_fixed();

-- The key of the newest report, so that a service that holds another one notices before it seals anything with it. An id begins
-- with its day, so the highest is of the newest day.
CREATE FUNCTION reports_newest_key(of_county text) RETURNS TABLE (id bigint, key_id text, data_key bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.id, r.key_id, r.data_key FROM reports r WHERE r.county = of_county ORDER BY r.id DESC LIMIT 1
$$;
REVOKE ALL ON FUNCTION reports_newest_key(text) FROM PUBLIC;
