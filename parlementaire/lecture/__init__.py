"""Reading what the chambers and « Réponses » publish: from files to one shape; nothing is written here."""
