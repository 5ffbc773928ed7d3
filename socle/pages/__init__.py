"""Pages that belong to no kind of fiche."""
