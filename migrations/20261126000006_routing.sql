-- Unknown facts are every value they may have; codes of areas that the list does not have; one way to read stored facts.

-- Stored facts in SQL, as casework::salvage reads them (a test holds the two together): present danger is told by a plain
-- no alone. Whatever else stands there, or nothing, is danger. No cast: a row with odd facts must not fail a whole list.
CREATE FUNCTION facts_danger(facts jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT facts -> 'present_danger' IS DISTINCT FROM 'false'::jsonb
$$;
CREATE FUNCTION facts_area(facts jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN jsonb_typeof(facts -> 'area') = 'string' THEN facts ->> 'area' END
$$;

ALTER TABLE tickets
    ADD COLUMN unknowns text[] NOT NULL DEFAULT '{}' CHECK (unknowns <@ ARRAY['age', 'sex', 'left_behind']);
COMMENT ON COLUMN tickets.unknowns IS 'unknown facts of a child on which the whole ticket rests: once they are known nothing may be owed';

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
COMMENT ON TABLE unlisted_areas IS 'area codes of the county that reports gave and the pack''s list does not have; the office mends the list';
COMMENT ON COLUMN unlisted_areas.township IS 'by its first nine digits; none = sought from the county';
COMMENT ON COLUMN unlisted_areas.receipts IS 'the newest reports with it, at most five';
