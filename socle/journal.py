"""The journal: who did what, for whom, when; chained by hash under the fiche's lock."""

import hashlib
import json
import secrets
from datetime import UTC

from django.utils import timezone

from .models import Consultation, Evenement, EvenementDetail


def _condensat(contenu) -> str:
    canonique = json.dumps(contenu, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonique.encode()).hexdigest()


def _empreinte(evenement: Evenement) -> str:
    return _condensat(
        [
            evenement.fiche_id,
            evenement.rang,
            evenement.agent_id,
            evenement.pour_id,
            evenement.quand.astimezone(UTC).isoformat(timespec="microseconds"),
            evenement.acte,
            evenement.donnees,
            evenement.empreinte_detail,
            evenement.precedente,
        ]
    )


def preparer(fiche_id, rang, precedente, acte, by_id, *, pour_id=None, donnees=None, detail=None, quand=None):
    """An event and its detail, hashed and not yet saved: also used by the bulk door."""
    evenement = Evenement(
        fiche_id=fiche_id,
        rang=rang,
        agent_id=by_id,
        pour_id=pour_id,
        quand=quand or timezone.now(),
        acte=acte,
        donnees=donnees or {},
        precedente=precedente,
    )
    joint = None
    if detail:
        joint = EvenementDetail(sel=secrets.token_hex(16), contenu=detail)
        evenement.empreinte_detail = _condensat([joint.sel, joint.contenu])
    evenement.empreinte = _empreinte(evenement)
    return evenement, joint


def record(fiche, acte: str, by, *, pour=None, donnees=None, detail=None) -> Evenement:
    """Appends one event. The caller holds the fiche's lock, so ranks follow without a gap.

    `donnees`: ids and codes, kept for ever. `detail`: names, texts, differences, which retention may erase.
    """
    dernier = Evenement.objects.filter(fiche_id=fiche.pk).order_by("-rang").only("rang", "empreinte").first()
    evenement, joint = preparer(
        fiche.pk,
        dernier.rang + 1 if dernier else 1,
        dernier.empreinte if dernier else "",
        acte,
        by.pk if by else None,
        pour_id=pour,
        donnees=donnees,
        detail=detail,
    )
    evenement.save(force_insert=True)
    if joint:
        joint.evenement = evenement
        joint.save(force_insert=True)
    return evenement


def verify_chain(fiche_id) -> int | None:
    """Rank of the first event that does not hold, or None when the whole chain does."""
    precedente = ""
    attendu = 1
    for evenement in Evenement.objects.filter(fiche_id=fiche_id).order_by("rang").select_related("detail"):
        joint = getattr(evenement, "detail", None)
        intact = (
            evenement.rang == attendu
            and evenement.precedente == precedente
            and evenement.empreinte == _empreinte(evenement)
            and (joint is None or evenement.empreinte_detail == _condensat([joint.sel, joint.contenu]))
        )
        if not intact:
            return evenement.rang
        precedente, attendu = evenement.empreinte, attendu + 1
    return None


def consulter(fiche, agent, quoi: str = "fiche") -> None:
    """Notes that `agent` read the fiche, a piece or an export; no chain, no lock."""
    Consultation.objects.create(fiche_id=fiche.pk, agent_id=agent.pk, quoi=quoi)
