"""The question on paper: who asked what, what the chamber did of it, the answer; an engagement on one page."""

from socle import pdf, texte
from socle.presentation import jour_long


def imprimer(question, lignes, faits) -> bytes:
    """`lignes`: (label, HTML) pairs of the summary; `faits`: (date, fact, JO) in words."""
    contexte = {
        "reference": str(question),
        "objet": question.objet,
        "lignes": lignes,
        "faits": faits,
        "question": texte.recu_en_html(question.texte),
        "reponse": texte.recu_en_html(question.reponse),
        "reponse_le": jour_long(question.repondue_le) if question.repondue_le else "",
    }
    return pdf.rendre("pdf/question.html", contexte)


def imprimer_engagement(engagement, lignes) -> bytes:
    """`lignes`: (label, HTML) pairs of the summary."""
    contexte = {"reference": str(engagement), "objet": engagement.objet, "lignes": lignes}
    return pdf.rendre("pdf/engagement.html", contexte)


def imprimer_seance(seance, passages, lignes) -> bytes:
    """For the bench: the order of the questions, then one page each, in large type."""
    contexte = {
        "reference": str(seance),
        "objet": seance.objet,
        "lignes": lignes,
        "passages": [
            {
                "rang": p.rang, "qui": p.qui, "theme": p.theme, "ministre": p.ministre, "suite": p.suite,
                "elements": texte.en_html(p.elements) if p.elements.strip() else "",
            }
            for p in passages
        ],
    }  # fmt: skip
    return pdf.rendre("pdf/seance.html", contexte)
