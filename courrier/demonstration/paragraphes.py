"""Invented standard paragraphs: their title says so, and one of them expires."""

from datetime import timedelta

from django.utils import timezone

from ..models import ParagrapheType

PARAGRAPHES = (
    ("Accès au droit", "Points-justice (inventé)", 45,
     "La carte des points-justice fait l’objet d’une concertation avec les conseils départementaux de l’accès au droit. "
     "Aucune fermeture n’interviendra avant son terme."),
    ("Aide juridictionnelle", "Orientation du demandeur (inventé)", None,
     "Le bureau d’aide juridictionnelle du tribunal judiciaire de votre domicile est compétent pour examiner votre "
     "demande. Il vous indiquera les pièces à joindre."),
    ("Délais", "Transmission au service compétent (inventé)", None,
     "Votre courrier a été transmis au service compétent, qui vous répondra directement."),
    ("Immobilier", "Travaux d’accessibilité (inventé)", None,
     "Les travaux d’accessibilité du palais de justice sont inscrits à la programmation immobilière. Leur calendrier "
     "comprend :\n\n- les études préalables ;\n- la consultation des entreprises ;\n- le chantier, en site occupé."),
    ("Indépendance", "Affaire en cours (inventé)", None,
     "Le respect de l’indépendance de l’autorité judiciaire ne me permet pas d’intervenir dans une procédure en cours, "
     "ni de commenter une décision de justice."),
    ("Recrutement", "Candidature spontanée (inventé)", None,
     "Votre candidature a été versée au vivier du ministère. Les concours et les postes ouverts sont publiés sur le "
     "site du ministère."),
)  # fmt: skip


def charger_paragraphes() -> None:
    """Once: what an administrator changed or withdrew is left as it is."""
    if ParagrapheType.objects.exists():
        return
    jour = timezone.localdate()
    for theme, titre, duree, texte in PARAGRAPHES:
        fin = jour + timedelta(days=duree) if duree else None
        ParagrapheType.objects.create(theme=theme, titre=titre, texte=texte, du=jour - timedelta(days=30), au=fin)
