-- Days off that were published after the pack was loaded, and the dues that moved with them (decision 66).
CREATE TABLE calendar_changes (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    county            text        NOT NULL,
    source            text        NOT NULL CHECK (source IN ('notice', 'table', 'pack')),
    said              text        NOT NULL,
    years             integer[]   NOT NULL CHECK (cardinality(years) > 0),
    holidays          text        NOT NULL,
    through           date        NOT NULL,
    calendar          text        NOT NULL,
    base              text        NOT NULL,
    proposed_at       timestamptz NOT NULL,
    proposed_by       text        NOT NULL,
    proposed_account  bigint      REFERENCES accounts,
    confirmed_at      timestamptz,
    confirmed_by      text,
    confirmed_account bigint      REFERENCES accounts,
    withdrawn_at      timestamptz,
    withdrawn_by      text,
    withdrawn_account bigint      REFERENCES accounts,
    pack_version      integer,
    passes            smallint    NOT NULL DEFAULT 0,
    looked_to         bigint      NOT NULL DEFAULT 0,
    moved             integer     NOT NULL DEFAULT 0,
    done_at           timestamptz,
    CONSTRAINT calendar_changes_confirmed CHECK ((confirmed_at IS NULL) = (confirmed_account IS NULL)
        AND (confirmed_at IS NULL) = (confirmed_by IS NULL) AND (confirmed_at IS NULL) = (pack_version IS NULL)),
    CONSTRAINT calendar_changes_second_person CHECK (confirmed_account IS DISTINCT FROM proposed_account OR confirmed_account IS NULL),
    CONSTRAINT calendar_changes_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    CONSTRAINT calendar_changes_ends_once CHECK (confirmed_at IS NULL OR withdrawn_at IS NULL),
    CONSTRAINT calendar_changes_done CHECK (done_at IS NULL OR confirmed_at IS NOT NULL)
);
CREATE UNIQUE INDEX calendar_changes_waiting ON calendar_changes (county) WHERE confirmed_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX calendar_changes_followed ON calendar_changes (county) WHERE confirmed_at IS NOT NULL AND done_at IS NULL;
COMMENT ON TABLE calendar_changes IS 'a calendar that was proposed, and what came of it. A confirmed one stands in a version of the pack';
COMMENT ON COLUMN calendar_changes.source IS 'notice: pasted from the State Council''s; table: rows of holidays.csv; pack: a folder that was loaded had another calendar';
COMMENT ON COLUMN calendar_changes.said IS 'as pasted or uploaded; of a pack its holidays.csv';
COMMENT ON COLUMN calendar_changes.years IS 'the years that it publishes, or publishes anew';
COMMENT ON COLUMN calendar_changes.holidays IS 'holidays.csv as it stands with it';
COMMENT ON COLUMN calendar_changes.through IS 'the last day that is published with it';
COMMENT ON COLUMN calendar_changes.calendar IS 'version of the calendar with it, as stages have it';
COMMENT ON COLUMN calendar_changes.base IS 'version of the calendar in force when it was proposed: it is confirmed on no other';
COMMENT ON COLUMN calendar_changes.proposed_account IS 'NULL: by a command, which is nobody of the office';
COMMENT ON COLUMN calendar_changes.pack_version IS 'the version of the pack that holds it';
COMMENT ON COLUMN calendar_changes.passes IS 'how often the router has gone through all open clocks: the second time finds those that were written by the old calendar meanwhile';
COMMENT ON COLUMN calendar_changes.looked_to IS 'id of the last stage that this pass has looked at';
COMMENT ON COLUMN calendar_changes.moved IS 'dues that it moved';
COMMENT ON COLUMN calendar_changes.done_at IS 'when every open clock followed it; NULL: not yet';

CREATE TABLE calendar_moves (
    change_id bigint      NOT NULL REFERENCES calendar_changes,
    stage_id  bigint      NOT NULL REFERENCES stages,
    ticket_id bigint      NOT NULL REFERENCES tickets,
    unit      text        NOT NULL,
    was       timestamptz NOT NULL,
    due       timestamptz NOT NULL,
    at        timestamptz NOT NULL,
    told_at   timestamptz,
    PRIMARY KEY (change_id, stage_id)
);
CREATE INDEX calendar_moves_untold ON calendar_moves (change_id, unit) WHERE told_at IS NULL;
COMMENT ON TABLE calendar_moves IS 'each due that a calendar moved, with both times; the stage went on with its next due_generation';
COMMENT ON COLUMN calendar_moves.unit IS 'that held the ticket then';
COMMENT ON COLUMN calendar_moves.told_at IS 'when the mail to the unit was queued';

ALTER TABLE notices DROP CONSTRAINT notices_subject_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_subject_kind_check
    CHECK (subject_kind IN ('rule-set', 'account', 'opening', 'callbacks', 'factor-reset', 'flood', 'duty-page', 'duty', 'swap', 'calendar', 'gateway'));
COMMENT ON COLUMN notices.subject_id IS 'rule-set: its version; account, opening, factor-reset, flood, swap, calendar: its id; callbacks, duty: the day as a number, 20261126; calendar-ends: the last day that is published, as such a number';
COMMENT ON COLUMN stages.due_generation IS 'rises when the clock starts anew (a reopening) or its due moves (a calendar): crossings of an older one are told apart';
