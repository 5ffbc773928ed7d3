"""A decision is never rewritten nor erased, only voided; a visa asked of a structure opens a restreint fiche to it."""

from django.db import migrations

DECISION = """
CREATE FUNCTION public.validation_garder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.demandee_le IS NOT NULL THEN
            RAISE EXCEPTION 'une demande de visa ou d’avis s’annule, elle ne s’efface pas'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.decision <> '' AND (OLD.decision, OLD.motif, OLD.decidee_le, OLD.decidee_par_id, OLD.pour_id,
                               OLD.empreinte, OLD.version_id, OLD.fiche_id, OLD.genre)
        IS DISTINCT FROM (NEW.decision, NEW.motif, NEW.decidee_le, NEW.decidee_par_id, NEW.pour_id,
                          NEW.empreinte, NEW.version_id, NEW.fiche_id, NEW.genre) THEN
        RAISE EXCEPTION 'une décision rendue ne se réécrit pas' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.nulle_le IS NOT NULL AND (OLD.nulle_le, OLD.cause) IS DISTINCT FROM (NEW.nulle_le, NEW.cause) THEN
        RAISE EXCEPTION 'une décision annulée le reste' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER validation_decision BEFORE UPDATE OR DELETE ON socle_validation
    FOR EACH ROW EXECUTE FUNCTION public.validation_garder();
REVOKE TRUNCATE ON socle_validation FROM portail
"""

ACCES = """
CREATE OR REPLACE FUNCTION public.acces_ouvre(niveau text, titre text, agent bigint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE niveau
        WHEN 'ORDINAIRE' THEN true
        WHEN 'RESTREINT' THEN titre IN ('CHARGE', 'ENREGISTREMENT', 'REPARTITION'{plus})
                              OR (agent IS NOT NULL AND titre <> 'ANCIENNE')
        ELSE false END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("socle", "0003_validations")]
    operations = [
        migrations.RunSQL(
            DECISION,
            "DROP TRIGGER validation_decision ON socle_validation; DROP FUNCTION public.validation_garder()",
        ),
        migrations.RunSQL(ACCES.replace("{plus}", ", 'VISA'"), ACCES.replace("{plus}", "")),
    ]
