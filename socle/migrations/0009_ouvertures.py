"""The periods during which each fiche is open: a table, the triggers that write it, and what was before it."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

# A fiche loaded in bulk comes in its final state with its own dates: hence cree_le and clos_le, never the clock, at
# insertion. A whole COPY is one statement.
DECLENCHEURS = """
CREATE FUNCTION public.ouverture_entrer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO socle_ouverture (fiche_id, ouverte_le, fermee_le)
    SELECT n.id, n.cree_le, CASE WHEN NOT e.ouvert THEN GREATEST(n.cree_le, COALESCE(n.clos_le, n.cree_le)) END
      FROM nouvelles n JOIN socle_etat e ON e.kind = n.kind AND e.code = n.etat;
    RETURN NULL;
END $$;
CREATE TRIGGER fiche_ouverte AFTER INSERT ON socle_fiche REFERENCING NEW TABLE AS nouvelles
    FOR EACH STATEMENT EXECUTE FUNCTION public.ouverture_entrer();
CREATE FUNCTION public.ouverture_suivre() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    etait boolean := (SELECT ouvert FROM socle_etat WHERE kind = OLD.kind AND code = OLD.etat);
    est boolean := (SELECT ouvert FROM socle_etat WHERE kind = NEW.kind AND code = NEW.etat);
BEGIN
    IF etait AND NOT est THEN
        UPDATE socle_ouverture SET fermee_le = GREATEST(ouverte_le, COALESCE(NEW.clos_le, clock_timestamp()))
         WHERE fiche_id = NEW.id AND fermee_le IS NULL;
    ELSIF est AND NOT etait THEN
        INSERT INTO socle_ouverture (fiche_id, ouverte_le)
        SELECT NEW.id, GREATEST(clock_timestamp(), max(fermee_le)) FROM socle_ouverture WHERE fiche_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER fiche_etat_change AFTER UPDATE OF etat ON socle_fiche
    FOR EACH ROW WHEN (OLD.etat IS DISTINCT FROM NEW.etat) EXECUTE FUNCTION public.ouverture_suivre()
"""

# What the journal tells: the state after each act, from the registration to the state of today.
REPRISE = """
INSERT INTO socle_ouverture (fiche_id, ouverte_le, fermee_le)
WITH passages AS (
    SELECT id AS fiche, 0 AS rang, cree_le AS quand, true AS ouvert FROM socle_fiche
    UNION ALL
    SELECT v.fiche_id, v.rang, v.quand, e.ouvert
      FROM socle_evenement v JOIN socle_fiche f ON f.id = v.fiche_id
      JOIN socle_etat e ON e.kind = f.kind AND e.code = v.donnees->>'a'
    UNION ALL
    SELECT f.id, 2147483647, COALESCE(f.clos_le, f.cree_le), e.ouvert
      FROM socle_fiche f JOIN socle_etat e ON e.kind = f.kind AND e.code = f.etat
), ranges AS (
    SELECT fiche, rang, ouvert, max(quand) OVER (PARTITION BY fiche ORDER BY rang) AS quand,
           lag(ouvert) OVER (PARTITION BY fiche ORDER BY rang) AS avant
      FROM passages
), bascules AS (
    SELECT fiche, ouvert, quand, lead(quand) OVER (PARTITION BY fiche ORDER BY rang) AS suivante
      FROM ranges WHERE ouvert IS DISTINCT FROM avant
)
SELECT fiche, quand, suivante FROM bascules WHERE ouvert
"""
RETIRER = """
DROP TRIGGER fiche_etat_change ON socle_fiche;
DROP TRIGGER fiche_ouverte ON socle_fiche;
DROP FUNCTION public.ouverture_suivre();
DROP FUNCTION public.ouverture_entrer()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("socle", "0008_reconnaissance"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ouverture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ouverte_le", models.DateTimeField()),
                ("fermee_le", models.DateTimeField(null=True)),
                (
                    "fiche",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ouvertures", to="socle.fiche"
                    ),
                ),
            ],
            options={
                "verbose_name": "période d’ouverture",
                "verbose_name_plural": "périodes d’ouverture",
                "ordering": ["fiche", "ouverte_le", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fermee_le__isnull", True), ("fermee_le__gte", models.F("ouverte_le")), _connector="OR"
                        ),
                        name="ouverture_periode",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("ouverte_le"),
                                    models.F("fermee_le"),
                                    function="tstzrange",
                                    output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                ),
                                "&&",
                            ),
                            ("fiche", "="),
                        ],
                        name="ouverture_une_a_la_fois",
                    ),
                ],
            },
        ),
        migrations.RunSQL(REPRISE, migrations.RunSQL.noop),
        migrations.RunSQL(DECLENCHEURS, RETIRER),
    ]
