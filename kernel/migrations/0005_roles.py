"""The roles of the second wall (docs/adr/0018). They are the server's: databases share them."""

from django.db import migrations

CREATE = """
DO $$
DECLARE wanted name;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['haodian_shop', 'haodian_platform'] LOOP
        IF to_regrole(wanted::text) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION
                -- Another database of this server is being migrated at this moment.
                WHEN duplicate_object OR unique_violation THEN NULL;
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'The role % is missing and % may not create it.', wanted, current_user
                    USING HINT = 'As an administrator of the server: CREATE ROLE haodian_shop NOLOGIN; '
                        'CREATE ROLE haodian_platform NOLOGIN; GRANT haodian_shop TO '
                        || current_user || ' WITH ADMIN TRUE, INHERIT FALSE; GRANT haodian_platform TO '
                        || current_user || ' WITH ADMIN TRUE;';
            END;
        END IF;
    END LOOP;
    -- Who migrates sees every row, and may take the role of a shop; a superuser does anyway.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT haodian_shop TO %I WITH INHERIT FALSE, SET TRUE', current_user);
        EXECUTE format('GRANT haodian_platform TO %I WITH INHERIT TRUE', current_user);
    END IF;
END $$;

-- Whoever serves and works reads and writes every table, those to come too, and owns none.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO haodian_platform;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO haodian_platform;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO haodian_platform;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO haodian_platform;
"""

DROP = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM haodian_platform;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM haodian_platform;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM haodian_platform;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM haodian_platform;
"""


class Migration(migrations.Migration):
    """Makes the roles and lets the platform's work; reversed, the roles stay for other databases."""

    dependencies = [("kernel", "0004_list_indexes")]

    operations = [migrations.RunSQL(CREATE, DROP)]
