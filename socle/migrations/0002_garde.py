"""What the database itself refuses: another kind's state, a changed reference, a rewritten journal."""

from django.db import migrations

ETAT = """
ALTER TABLE socle_fiche ADD CONSTRAINT fiche_etat_du_genre
    FOREIGN KEY (kind, etat) REFERENCES socle_etat (kind, code) DEFERRABLE INITIALLY DEFERRED;
REVOKE INSERT, UPDATE, DELETE ON socle_etat FROM portail
"""

REFERENCE = """
CREATE FUNCTION public.fiche_garder_reference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.reference IS NOT NULL THEN
            RAISE EXCEPTION 'la fiche % est numérotée : elle s’annule, elle ne se supprime pas', OLD.reference
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.kind <> NEW.kind OR (OLD.reference IS NOT NULL
        AND (OLD.reference, OLD.serie, OLD.annee, OLD.numero)
            IS DISTINCT FROM (NEW.reference, NEW.serie, NEW.annee, NEW.numero)) THEN
        RAISE EXCEPTION 'la référence % ne change plus', OLD.reference USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fiche_reference BEFORE UPDATE OR DELETE ON socle_fiche
    FOR EACH ROW EXECUTE FUNCTION public.fiche_garder_reference()
"""

ACCES = """
CREATE FUNCTION public.acces_ouvre(niveau text, titre text, agent bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE niveau
        WHEN 'ORDINAIRE' THEN true
        WHEN 'RESTREINT' THEN titre IN ('CHARGE', 'ENREGISTREMENT', 'REPARTITION')
                              OR (agent IS NOT NULL AND titre <> 'ANCIENNE')
        ELSE false END
$$;
CREATE FUNCTION public.acces_selon_niveau() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.ouvre := public.acces_ouvre((SELECT niveau FROM socle_fiche WHERE id = NEW.fiche_id), NEW.titre, NEW.agent_id);
    RETURN NEW;
END $$;
CREATE TRIGGER acces_ouvre BEFORE INSERT OR UPDATE ON socle_acces
    FOR EACH ROW EXECUTE FUNCTION public.acces_selon_niveau();
CREATE FUNCTION public.acces_reporter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE socle_fiche f
       SET lecteurs = COALESCE((SELECT array_agg(DISTINCT COALESCE(a.structure_id, -a.agent_id))
                                  FROM socle_acces a WHERE a.fiche_id = f.id AND a.ouvre), '{}')
     WHERE f.id IN (SELECT fiche_id FROM touches);
    UPDATE socle_indexrecherche i SET lecteurs = f.lecteurs
      FROM socle_fiche f WHERE f.id = i.fiche_id AND i.fiche_id IN (SELECT fiche_id FROM touches);
    RETURN NULL;
END $$;
CREATE TRIGGER acces_ajoute AFTER INSERT ON socle_acces REFERENCING NEW TABLE AS touches
    FOR EACH STATEMENT EXECUTE FUNCTION public.acces_reporter();
CREATE TRIGGER acces_modifie AFTER UPDATE ON socle_acces REFERENCING NEW TABLE AS touches
    FOR EACH STATEMENT EXECUTE FUNCTION public.acces_reporter();
CREATE TRIGGER acces_retire AFTER DELETE ON socle_acces REFERENCING OLD TABLE AS touches
    FOR EACH STATEMENT EXECUTE FUNCTION public.acces_reporter();
CREATE FUNCTION public.fiche_niveau_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE socle_acces SET ouvre = ouvre WHERE fiche_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER fiche_niveau AFTER UPDATE OF niveau ON socle_fiche
    FOR EACH ROW WHEN (OLD.niveau IS DISTINCT FROM NEW.niveau) EXECUTE FUNCTION public.fiche_niveau_change()
"""

JOURNAL = """
CREATE FUNCTION public.journal_refuser() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'le journal ne se réécrit pas' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER evenement_ajout_seul BEFORE UPDATE OR DELETE ON socle_evenement
    FOR EACH ROW EXECUTE FUNCTION public.journal_refuser();
CREATE TRIGGER evenement_sans_vidage BEFORE TRUNCATE ON socle_evenement
    FOR EACH STATEMENT EXECUTE FUNCTION public.journal_refuser();
CREATE TRIGGER detail_ajout_seul BEFORE UPDATE ON socle_evenementdetail
    FOR EACH ROW EXECUTE FUNCTION public.journal_refuser();
REVOKE UPDATE, DELETE, TRUNCATE ON socle_evenement FROM portail;
REVOKE UPDATE, DELETE, TRUNCATE ON socle_evenementdetail FROM portail;
REVOKE UPDATE, TRUNCATE ON socle_consultation FROM portail;
REVOKE UPDATE, DELETE ON socle_version FROM portail;
GRANT UPDATE (controle, texte, pages) ON socle_version TO portail
"""


class Migration(migrations.Migration):
    dependencies = [("socle", "0001_initial")]
    operations = [
        migrations.RunSQL(ETAT, "ALTER TABLE socle_fiche DROP CONSTRAINT fiche_etat_du_genre"),
        migrations.RunSQL(
            REFERENCE,
            "DROP TRIGGER fiche_reference ON socle_fiche; DROP FUNCTION public.fiche_garder_reference()",
        ),
        migrations.RunSQL(
            ACCES,
            "DROP TRIGGER fiche_niveau ON socle_fiche; DROP TRIGGER acces_ouvre ON socle_acces; "
            "DROP TRIGGER acces_ajoute ON socle_acces; DROP TRIGGER acces_modifie ON socle_acces; "
            "DROP TRIGGER acces_retire ON socle_acces; DROP FUNCTION public.acces_reporter(); "
            "DROP FUNCTION public.fiche_niveau_change(); DROP FUNCTION public.acces_selon_niveau(); "
            "DROP FUNCTION public.acces_ouvre(text, text, bigint)",
        ),
        migrations.RunSQL(
            JOURNAL,
            "DROP TRIGGER evenement_ajout_seul ON socle_evenement; DROP TRIGGER evenement_sans_vidage ON "
            "socle_evenement; DROP TRIGGER detail_ajout_seul ON socle_evenementdetail; "
            "DROP FUNCTION public.journal_refuser()",
        ),
    ]
