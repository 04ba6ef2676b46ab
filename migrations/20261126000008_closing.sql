-- Closing with substance: who closed, who confirmed, to whom a ticket moved, and by whom the child was seen.
--
-- The states and what may follow what are casework::lifecycle; here each state is tied to what must be known in it, so that a
-- row that says more than happened can't be stored by anybody.

-- People are not their names: two may share one. NULL is the system.
ALTER TABLE events ADD COLUMN account_id bigint REFERENCES accounts;
COMMENT ON COLUMN events.account_id IS 'who acted; actor is the name they had then. NULL: the system';
ALTER TABLE callbacks ADD COLUMN by_account bigint REFERENCES accounts;
CREATE INDEX accounts_name ON accounts (county, name);

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

ALTER TABLE tickets
    ADD COLUMN signed_by_account       bigint REFERENCES accounts,
    ADD COLUMN resolved_by_account     bigint REFERENCES accounts,
    ADD COLUMN contacted_by            text,
    ADD COLUMN contacted_by_account    bigint REFERENCES accounts,
    ADD COLUMN seen_at                 timestamptz,
    ADD COLUMN close_outcome           text,
    ADD COLUMN close_requested_at      timestamptz,
    ADD COLUMN close_requested_by      text,
    ADD COLUMN close_requested_account bigint REFERENCES accounts,
    ADD COLUMN close_by                text CHECK (close_by IN ('unit', 'office')),
    ADD COLUMN transfer_to             text,
    ADD COLUMN close_approved_at       timestamptz,
    ADD COLUMN close_approved_by       text,
    ADD COLUMN close_approved_account  bigint REFERENCES accounts,
    ADD FOREIGN KEY (county, transfer_to) REFERENCES units (county, code);
COMMENT ON COLUMN tickets.contacted_at IS 'when the first contact was recorded: the child was seen exactly when this is set. The same moment as its contacted event';
COMMENT ON COLUMN tickets.seen_at IS 'when the child was seen, as that person said; may lie before the dispatch (a patrol)';
COMMENT ON COLUMN tickets.close_outcome IS 'the outcome that waits: for a confirmation, or for the other unit to sign. outcome is the one that holds';
COMMENT ON COLUMN tickets.close_by IS 'who confirms the waiting closing: another person of the unit, or the office';
COMMENT ON COLUMN tickets.transfer_to IS 'the unit that is to take the ticket over';
COMMENT ON COLUMN tickets.close_approved_by IS 'who confirmed the closing or approved the transfer; never who asked for it';

UPDATE tickets t SET seen_at = contacted_at,
    contacted_by = coalesce((SELECT e.actor FROM events e WHERE e.ticket_id = t.id AND e.kind = 'contacted' ORDER BY e.at LIMIT 1), '–')
WHERE contacted_at IS NOT NULL;

ALTER TABLE tickets DROP CONSTRAINT tickets_state_check;
ALTER TABLE tickets
    ADD CONSTRAINT tickets_state CHECK (state IN ('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'resolved',
        'confirmed', 'archived', 'return-requested', 'returned', 'reopened', 'waived')),
    ADD CONSTRAINT tickets_signed CHECK (signed_at IS NOT NULL
        OR state NOT IN ('signed', 'in-progress', 'close-requested', 'transferring', 'resolved', 'confirmed', 'archived')),
    ADD CONSTRAINT tickets_resolved CHECK ((state IN ('resolved', 'confirmed', 'archived')) = (resolved_at IS NOT NULL)
        AND (resolved_at IS NULL) = (resolved_by IS NULL) AND (outcome IS NULL OR resolved_at IS NOT NULL)),
    ADD CONSTRAINT tickets_closing CHECK ((state IN ('close-requested', 'transferring')) = (close_outcome IS NOT NULL)
        AND (close_outcome IS NULL) = (close_requested_at IS NULL) AND (close_outcome IS NULL) = (close_requested_by IS NULL)
        AND (close_outcome IS NULL) = (close_by IS NULL)),
    ADD CONSTRAINT tickets_transfer CHECK ((transfer_to IS NOT NULL) = (close_outcome IS NOT NULL AND close_outcome = 'transferred')
        AND transfer_to IS DISTINCT FROM unit AND (state <> 'transferring' OR transfer_to IS NOT NULL AND close_approved_at IS NOT NULL)),
    ADD CONSTRAINT tickets_approved CHECK ((close_approved_at IS NULL) = (close_approved_by IS NULL)
        AND (close_approved_at IS NULL OR state IN ('transferring', 'resolved', 'confirmed', 'archived'))
        AND (close_approved_account IS NULL OR close_approved_account IS DISTINCT FROM coalesce(close_requested_account, resolved_by_account))),
    ADD CONSTRAINT tickets_contacted CHECK ((contacted_at IS NULL) = (contacted_by IS NULL) AND (contacted_at IS NULL) = (seen_at IS NULL)
        AND seen_at <= contacted_at);
DROP INDEX tickets_desk;
CREATE INDEX tickets_desk ON tickets (county, unit, next_due_at)
    WHERE state IN ('dispatched', 'signed', 'in-progress', 'close-requested', 'transferring', 'return-requested', 'reopened');
CREATE INDEX tickets_closing_due ON tickets (county, close_requested_at) WHERE state = 'close-requested';
CREATE INDEX tickets_predecessor ON tickets (predecessor) WHERE predecessor IS NOT NULL;

-- A stage that closing ended is not one that its act ended: 未见面即办结 is no 见到. The office's and the confirmer's clocks
-- (办结确认, 移送审批) are stages like the others, so that the one clock turns them too.
ALTER TABLE stages DROP CONSTRAINT stages_stage_check;
ALTER TABLE stages
    ADD CONSTRAINT stages_stage CHECK (stage IN ('sign', 'contact', 'resolve', 'confirm', 'approve')),
    ADD COLUMN ended_how  text CHECK (ended_how IN ('act', 'closed', 'void')),
    ADD COLUMN resumed_at timestamptz;
COMMENT ON COLUMN stages.ended_how IS 'act: what it asks was done. closed: the ticket was closed without it, which counts as not met. void: it was taken away, and is not judged';
COMMENT ON COLUMN stages.resumed_at IS 'a closing was taken back: steps planned before this are late by nobody''s fault but that closing''s';
UPDATE stages s SET ended_how = CASE
    WHEN s.stage = 'contact' AND (SELECT t.contacted_at FROM tickets t WHERE t.id = s.ticket_id) IS NULL THEN 'closed' ELSE 'act' END
WHERE ended_at IS NOT NULL;
ALTER TABLE stages ADD CONSTRAINT stages_ended CHECK ((ended_at IS NULL) = (ended_how IS NULL));

-- The first stage not ended, and its due: a confirmation or approval that is asked for comes before what else runs.
CREATE FUNCTION ticket_next(ticket bigint) RETURNS TABLE (stage text, due_at timestamptz)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT s.stage, s.due_at FROM stages s WHERE s.ticket_id = ticket AND s.ended_at IS NULL
    ORDER BY s.stage NOT IN ('confirm', 'approve'), s.id LIMIT 1
$$;

-- As before, without the clocks of a confirmation: no rule of routing made those.
CREATE OR REPLACE FUNCTION ticket_made(ticket bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'obligation', t.obligation, 'unit', t.unit, 'unit_kind', t.unit_kind, 'lead', t.lead, 'urgency', t.urgency,
        'basis', t.basis, 'dispatched_at', t.dispatched_at, 'facts', f.facts,
        -- A decision and its tickets carry the same time; a successor has that of its own dispatch, later.
        'decision', (SELECT jsonb_build_object('round', d.round, 'pack_version', d.pack_version, 'rule_set', d.rule_set,
                            'rows', d.rows, 'triage_reasons', d.triage_reasons)
                     FROM decisions d WHERE d.report_id = t.report_id AND d.decided_at <= t.dispatched_at
                     ORDER BY d.decided_at DESC, d.round DESC LIMIT 1),
        'stages', (SELECT coalesce(jsonb_agg(jsonb_build_object('stage', s.stage, 'due_at', s.due_at, 'time_limit', s.time_limit,
                            'start_event', s.start_event, 'basis', s.basis, 'grade', s.grade, 'provisional', s.provisional,
                            'derivation', s.derivation, 'plan', s.plan) ORDER BY s.id), '[]')
                   FROM stages s WHERE s.ticket_id = t.id AND s.stage IN ('sign', 'contact', 'resolve')),
        'tickets', (SELECT jsonb_agg(jsonb_build_object('obligation', o.obligation, 'unit', o.unit, 'unit_kind', o.unit_kind,
                            'lead', o.lead) ORDER BY o.id)
                    FROM tickets o WHERE o.report_id = t.report_id AND (o.predecessor IS NULL OR o.id = t.id)))
    FROM tickets t JOIN report_facts f ON f.report_id = t.report_id WHERE t.id = ticket
$$;
