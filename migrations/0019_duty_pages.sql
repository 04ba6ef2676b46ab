-- 开始值班: pages that ring. A page that was begun and is heard of no more is an alarm.

CREATE TABLE duty_pages (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county     text        NOT NULL,
    unit       text        NOT NULL,
    account_id bigint      NOT NULL REFERENCES accounts,
    began_at   timestamptz NOT NULL,
    beat_at    timestamptz NOT NULL,
    ended_at   timestamptz,
    ended_how  text        CHECK (ended_how IN ('finished', 'handed-over', 'replaced', 'lost')),
    told       boolean     NOT NULL DEFAULT false,
    FOREIGN KEY (county, unit) REFERENCES units (county, code),
    CONSTRAINT duty_pages_beat CHECK (beat_at >= began_at),
    CONSTRAINT duty_pages_ended CHECK ((ended_at IS NULL) = (ended_how IS NULL))
);
-- The live ones are few, whatever was.
CREATE INDEX duty_pages_live ON duty_pages (county, account_id, beat_at) WHERE ended_at IS NULL;
-- A unit's newest, and those that were lost.
CREATE INDEX duty_pages_unit ON duty_pages (county, unit, began_at DESC);
CREATE INDEX duty_pages_lost ON duty_pages (county, ended_at) WHERE ended_how = 'lost';
COMMENT ON TABLE duty_pages IS 'pages that somebody on duty keeps open and that ring (开始值班)';
COMMENT ON COLUMN duty_pages.id IS 'of this time on duty; the page names it with every beat';
COMMENT ON COLUMN duty_pages.unit IS 'for which unit the person is on duty';
COMMENT ON COLUMN duty_pages.beat_at IS 'when the page was last heard of, by its own asking; a stream that stays open proves nothing';
COMMENT ON COLUMN duty_pages.told IS 'its loss was told by mail; of a page that comes and goes not each time';
COMMENT ON COLUMN duty_pages.ended_how IS 'lost: it was heard of no more and nobody said that the duty was over; replaced: the person began anew, here or elsewhere';

-- What stands on pages and was not shown within a minute falls to the next channel: found without a walk over all calls.
CREATE INDEX calls_on_page ON calls (county, created_at) WHERE channel = 'desk' AND state = 'handed-over';
-- What rang a unit last, and what of the county's calls did not arrive.
CREATE INDEX calls_unit ON calls (county, unit, created_at DESC) WHERE kind = 'ring';
CREATE INDEX calls_not_arrived ON calls (county, urgency, created_at DESC)
    WHERE kind = 'ring' AND state IN ('queued', 'handed-over', 'failed');
CREATE INDEX ring_turns_held ON ring_turns (county, next_at) WHERE held IS NOT NULL;

-- A page showed calls to this person: they arrived.
CREATE FUNCTION desk_calls_shown(p_calls uuid[], p_account bigint, p_at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH shown AS (
        UPDATE calls SET state = 'delivered', finished_at = p_at
        WHERE id = ANY (p_calls) AND account_id = p_account AND channel = 'desk' AND state = 'handed-over' RETURNING id
    ), step AS (
        INSERT INTO call_steps (at, call_id, step, detail) SELECT p_at, id, 'delivered', '' FROM shown ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM shown
$$;
REVOKE ALL ON FUNCTION desk_calls_shown(uuid[], bigint, timestamptz) FROM PUBLIC;

-- A person opened what their page showed; nothing is answered by that. The ticket that it is about; NULL: no such call for them.
CREATE FUNCTION desk_call_opened(p_call uuid, p_account bigint, p_at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH mine AS (
        SELECT c.id, c.account_id, c.channel FROM calls c
        WHERE c.id = p_call AND c.kind = 'ring' AND (c.account_id = p_account OR c.unit = ANY (desk_units()))
    ), step AS (
        INSERT INTO call_steps (at, call_id, step, detail)
        SELECT p_at, m.id, 'opened', '' FROM mine m
        WHERE m.channel = 'desk' AND m.account_id = p_account
          AND NOT EXISTS (SELECT FROM call_steps s WHERE s.call_id = m.id AND s.step = 'opened')
        ON CONFLICT DO NOTHING
    )
    SELECT min(s.ticket_id) FROM mine m JOIN call_rings r ON r.call_id = m.id JOIN stages s ON s.id = r.stage_id
$$;
REVOKE ALL ON FUNCTION desk_call_opened(uuid, bigint, timestamptz) FROM PUBLIC;

-- A lost page is told by mail, whose subject is its unit's page.
ALTER TABLE notices DROP CONSTRAINT notices_subject_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_subject_kind_check
    CHECK (subject_kind IN ('rule-set', 'account', 'opening', 'callbacks', 'factor-reset', 'flood', 'duty-page'));

-- As in 0014: the services' and the desk's policies are in grants.sql.
ALTER TABLE duty_pages ENABLE ROW LEVEL SECURITY;
ALTER TABLE duty_pages FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON duty_pages TO CURRENT_USER USING (true) WITH CHECK (true);
