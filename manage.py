#!/usr/bin/env python
import os
import sys

# These commands create or change tables: they log in as the owner of the database, everything else
# runs as the role `portail`, which neither owns the tables nor may rewrite the journal.
COMMANDES_DU_PROPRIETAIRE = {"migrate", "sqlflush", "flush", "dbshell", "test"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in COMMANDES_DU_PROPRIETAIRE:
        os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL_PROPRIETAIRE") or os.environ.get("DATABASE_URL", "")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
