-- What a reporter may learn, on the facts themselves; and idempotency keys that belong to one client.

-- Status. It says of each ticket only what the words of a status need: whether the police or the office's triage holds it,
-- how far it is, whether a named person saw the child, and of each clock its due time and what was really sent about it.
-- Neither units nor obligations nor anything sealed.
DROP FUNCTION report_status(bigint, bytea);
CREATE FUNCTION report_status(report bigint, mac bytea)
RETURNS TABLE (received_at timestamptz, reporter_kind text, tickets jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.received_at, f.facts ->> 'reporter_kind',
           (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'police', t.obligation = 'police-accept',
                'triage', t.obligation = 'triage',
                'state', t.state,
                'dispatched_at', t.dispatched_at,
                'signed_at', t.signed_at,
                -- Seen is a contact that a named person recorded; that a stage ended says nothing.
                'seen_at', CASE WHEN t.contacted_at IS NOT NULL
                                 AND EXISTS (SELECT FROM events e WHERE e.report_id = r.id AND e.ticket_id = t.id
                                                                 AND e.kind = 'contacted' AND e.account_id IS NOT NULL)
                                THEN t.seen_at END,
                'resolved_at', t.resolved_at,
                'stages', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                        'stage', s.stage, 'due_at', s.due_at, 'provisional', s.provisional, 'ended_at', s.ended_at,
                        'sent', (SELECT coalesce(jsonb_agg(DISTINCT n.kind), '[]') FROM notices n
                                 WHERE n.ticket_id = t.id AND n.stage_id = s.id AND n.state = 'sent' AND n.level IS NOT NULL)
                    )), '[]') FROM stages s WHERE s.ticket_id = t.id AND s.ended_how IS DISTINCT FROM 'void')
            ) ORDER BY t.id), '[]')
            FROM tickets t WHERE t.report_id = r.id AND t.state NOT IN ('returned', 'waived'))
    FROM reports r JOIN report_facts f ON f.report_id = r.id
    WHERE r.id = report AND r.follow_up_mac = mac
$$;
REVOKE ALL ON FUNCTION report_status(bigint, bytea) FROM PUBLIC;

-- Keys. Two institutions may choose the same key, so a key alone says nothing. key_mac is over key and body: the same report
-- again, wherever from. client_mac is over key and address: another report of the same client under a used key, which is
-- refused. Both are keyed hashes of 16 bytes; no address is stored. Answers kept so far can't be found by the new hashes.
TRUNCATE idempotency_keys;
ALTER TABLE idempotency_keys DROP COLUMN body_mac;
ALTER TABLE idempotency_keys ADD COLUMN client_mac bytea NOT NULL;
CREATE UNIQUE INDEX idempotency_keys_client ON idempotency_keys (client_mac);
COMMENT ON COLUMN idempotency_keys.key_mac IS 'HMAC over idempotency key, drill mark and parsed body: the same report again, from any address';
COMMENT ON COLUMN idempotency_keys.client_mac IS 'HMAC over idempotency key and client: one client uses a key for one report';

-- Who else got the answer of a key: under that key they can't file anything else either. Written on such a repeat only.
CREATE TABLE idempotency_repeats (
    client_mac bytea       PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX idempotency_repeats_expiry ON idempotency_repeats (expires_at);

DROP FUNCTION intake_answer(bytea);
-- The first answer, if this very report came before; a row without an answer, if the client used its key for another one.
CREATE FUNCTION intake_answer(key bytea, client bytea) RETURNS TABLE (report_id bigint, answer bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT k.report_id, k.answer FROM idempotency_keys k WHERE k.key_mac = key;
    IF FOUND THEN
        INSERT INTO idempotency_repeats (client_mac, expires_at)
        SELECT client, k.expires_at FROM idempotency_keys k WHERE k.key_mac = key AND k.client_mac <> client
        ON CONFLICT DO NOTHING;
    ELSE
        RETURN QUERY SELECT 0::bigint, NULL::bytea
            WHERE EXISTS (SELECT FROM idempotency_keys k WHERE k.client_mac = client)
               OR EXISTS (SELECT FROM idempotency_repeats k WHERE k.client_mac = client);
    END IF;
END $$;
REVOKE ALL ON FUNCTION intake_answer(bytea, bytea) FROM PUBLIC;

CREATE OR REPLACE FUNCTION intake_forget_answers(at timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH repeats AS (DELETE FROM idempotency_repeats WHERE expires_at <= at),
         gone AS (DELETE FROM idempotency_keys WHERE expires_at <= at RETURNING 1)
    SELECT count(*) FROM gone
$$;
