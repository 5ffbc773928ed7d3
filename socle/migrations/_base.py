"""What must exist before the first table: extensions, French text search, rights of the application's role."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

# unaccent() is not immutable, hence refused in a generated column; the two-argument form with both names
# schema-qualified is safe to call so.
SANS_ACCENT = """
CREATE FUNCTION public.sans_accent(texte text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$
"""
# The stop words are looked up after unaccent: those that lose an accent (« à », « été ») need their own list,
# which a server without file access cannot have; french_stem keeps the others.
CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION public.portail (COPY = pg_catalog.french);
ALTER TEXT SEARCH CONFIGURATION public.portail
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.french_stem
"""
# The application's role neither owns nor rewrites: it reads and writes rows, and only that.
DROITS = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'portail') THEN
        RAISE EXCEPTION 'Le rôle « portail » n’existe pas : voir docs/exploitation.md, « Les deux rôles ».';
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO portail;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portail;
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO portail;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portail;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO portail
"""

BASE = [
    UnaccentExtension(),
    TrigramExtension(),
    BtreeGistExtension(),
    migrations.RunSQL(SANS_ACCENT, "DROP FUNCTION public.sans_accent(text)"),
    migrations.RunSQL(CONFIGURATION, "DROP TEXT SEARCH CONFIGURATION public.portail"),
    migrations.RunSQL(DROITS, migrations.RunSQL.noop),
]
