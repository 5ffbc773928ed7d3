"""Two agents wrote the same fiche: what each changed, what agrees by itself, what must be chosen."""

from django.core.exceptions import ValidationError
from django.forms import Textarea
from django.utils.html import escape
from django.utils.safestring import mark_safe

from .. import suivi
from ..depots import FichiersField
from ..models import Evenement
from ..presentation import instant


def fusionner(post):
    """The posted data once the choices of the conflict page are applied: `choix_objet=eux` takes `eux_objet`."""
    data = post.copy()
    for cle in list(post):
        if cle.startswith("choix_") and post[cle] in ("eux", "vous"):
            nom = cle.removeprefix("choix_")
            data.setlist(nom, post.getlist(f"{post[cle]}_{nom}"))
    return data


def _cache(nom: str, valeurs) -> str:
    return "".join(f'<input type="hidden" name="{escape(nom)}" value="{escape(v)}">' for v in valeurs)


def _ecrit(champ, valeur) -> str:
    """A value as a form would send it; an unticked box sends nothing, and lines end one way."""
    valeur = champ.prepare_value(valeur)
    return "" if valeur in (None, False) else str(valeur).replace("\r\n", "\n")


def _brut(form, nom) -> str:
    """The value in the database."""
    return _ecrit(form.fields[nom], form.get_initial_for_field(form.fields[nom], nom))


def _envoye(form, nom, brut: str) -> str:
    """What was sent, in the same terms: « on » and « True » are one box, « 20/11/2026 » and « 2026-11-20 » one day."""
    champ = form.fields[nom]
    try:
        return _ecrit(champ, champ.to_python(brut)) if nom in form.Meta.fields else brut
    except ValidationError:
        return brut


def _mots(form, nom, brut) -> str:
    try:
        return suivi.en_mots(form.fields[nom].to_python(brut))
    except ValidationError:
        return brut


def comparer(form, actuelle, data, agent, lecture) -> dict:
    """Context of the 409 page. The base is what the agent opened, sent back as `initial-…` hidden inputs."""
    eux_form = type(form)(instance=actuelle, agent=agent, fiche=actuelle)
    champs, repris, caches = [], [], []
    for nom, champ in eux_form.fields.items():
        if isinstance(champ, FichiersField):
            caches.append(_cache("depots", [depot.pk for depot in form.cleaned_data[nom]]))
            continue
        vous = _envoye(eux_form, nom, data.get(nom, ""))
        eux = _brut(eux_form, nom)
        base = _envoye(eux_form, nom, data.get(f"initial-{nom}", eux))
        libelle = str(champ.label)
        caches.append(_cache(f"initial-{nom}", [eux]))
        if nom not in eux_form.Meta.fields or vous in (eux, base):
            garde = vous if nom not in eux_form.Meta.fields else eux
            caches.append(_cache(nom, [garde]))
            if vous == base and eux != base:
                repris.append({"libelle": libelle, "valeur": _mots(eux_form, nom, eux), "par": "l’autre agent"})
        elif eux == base:
            caches.append(_cache(nom, [vous]))
            repris.append({"libelle": libelle, "valeur": _mots(eux_form, nom, vous), "par": "vous"})
        else:
            caches += [_cache(f"eux_{nom}", [eux]), _cache(f"vous_{nom}", [vous])]
            champs.append(
                {
                    "nom": nom,
                    "libelle": libelle,
                    "conflit": True,
                    "base": _mots(eux_form, nom, base),
                    "eux": _mots(eux_form, nom, eux),
                    "vous": _mots(eux_form, nom, vous),
                    "long": isinstance(champ.widget, Textarea),
                }
            )
    dernier = Evenement.objects.filter(fiche_id=actuelle.pk).order_by("-rang").select_related("agent").first()
    return {
        "champs": champs,
        "repris": repris,
        "caches": mark_safe("".join(caches)),
        "par": dernier.agent.nom_complet if dernier and dernier.agent_id else "Un autre agent",
        "quand": f"le {instant(dernier.quand, lecture)}" if dernier else "",
        "version_ouverte": data.get("version", ""),
    }
