-- Row-level security: which rows a login sees. FORCE binds the owner too, so it gets a policy of its own; the services' and the
-- desk's policies are in grants.sql, because their logins carry the database's name.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['tickets', 'stages', 'stage_rounds', 'escalation_steps', 'events', 'reports', 'report_facts', 'notices',
                             'notice_tickets', 'openings'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY owner ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', t);
    END LOOP;
END $$;
