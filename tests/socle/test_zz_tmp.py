import pytest
from django.urls import reverse
from courrier import exemples
from socle import workflow
from socle.models import *
from socle.workflow import Workflow
from socle.views import FicheViews
from socle.idempotence import nouvelle_cle

pytestmark = pytest.mark.django_db
ODD = [
    "\x00",
    "²",
    "9" * 5000,
    str(10**30),
    "9999-12-31",
    "2100-12-31",
    "1990-01-01",
    "-1",
    "0",
    "365",
    "99999",
    "x" * 600,
    "\ud800".encode("utf-8", "surrogatepass"),
]


def test_profond(agents, client_de):
    clients = [client_de(agents[n]) for n in ("CHEF_CABINET", "REDACTEUR", "BUREAU_ORDRE")]
    lettre = exemples.arrivee(agents)
    att = workflow.perform(
        exemples.arrivee(agents),
        "attribuer",
        by=agents["CHEF_CABINET"],
        data={"structure": Structure.objects.get(sigle="BCAB"), "agent": agents["REDACTEUR"]},
    )
    dep = exemples.depart(agents)
    from django.db import transaction

    bad = []
    for fiche in (lettre, att, dep):
        table = Workflow.registry[fiche.kind]
        fv = FicheViews.de(fiche)
        for name, t in table.transitions.items():
            if fiche.etat not in t.sources:
                continue
            base = t.exemple(fiche) if t.exemple else {}
            page = clients[0].get(fv.url_transition(fiche, name))
            champs = page.context["form"].fields if page.context and "form" in page.context else {}
            for champ in champs:
                for odd in ODD:
                    for c in clients:
                        with transaction.atomic():
                            try:
                                r = c.post(fv.url_transition(fiche, name), {**base, champ: odd, "cle": nouvelle_cle()})
                                if r.status_code >= 500:
                                    bad.append((name, champ, str(odd)[:20], r.status_code))
                            except Exception as e:
                                bad.append((name, champ, str(odd)[:20], type(e).__name__, str(e)[:100]))
                            transaction.set_rollback(True)
    saisie = {
        "recu_le": "2026-11-20",
        "nature": Valeur.objects.filter(liste="NATURE").first().pk,
        "expediteur": Correspondant.objects.first().pk,
        "objet": "x",
        "niveau": "ORDINAIRE",
        "suite": "ouvrir",
    }
    champs = clients[2].get(reverse("enregistrer")).context["form"].fields
    for champ in [
        *champs,
        "nouveau-nom",
        "nouveau-ville",
        "nouveau-adresse",
        "nouveau-courriel",
        "nouveau-genre",
        "depots",
        "expediteur_texte",
    ]:
        for odd in ODD:
            with transaction.atomic():
                d = {**saisie, champ: odd, "cle": nouvelle_cle()}
                if champ.startswith("nouveau"):
                    d.pop("expediteur")
                    d.setdefault("nouveau-nom", "N")
                if champ == "expediteur_texte":
                    d.pop("expediteur")
                try:
                    r = clients[2].post(reverse("enregistrer"), d)
                    if r.status_code >= 500:
                        bad.append(("enr", champ, str(odd)[:20]))
                except Exception as e:
                    bad.append(("enr", champ, str(odd)[:20], type(e).__name__, str(e)[:100]))
                transaction.set_rollback(True)
    for fiche, nom in ((lettre, "arrivee"), (dep, "depart")):
        adr = reverse(nom + "_modifier", args=[fiche.pk])
        for c in clients:
            g = c.get(adr)
            if g.status_code != 200:
                continue
            form = g.context["form"]
            base = {b.name: ("" if b.value() in (None, False, []) else str(b.value())) for b in form}
            base["motif"] = "m"
            for champ in form.fields:
                for odd in ODD:
                    for v in (fiche.version, 0):
                        with transaction.atomic():
                            try:
                                r = c.post(
                                    adr,
                                    {
                                        **base,
                                        champ: odd,
                                        "cle": nouvelle_cle(),
                                        "version": v,
                                        f"initial-{champ}": odd,
                                        f"choix_{champ}": "eux",
                                        f"eux_{champ}": odd,
                                    },
                                )
                                if r.status_code >= 500:
                                    bad.append((nom, champ, str(odd)[:20]))
                            except Exception as e:
                                bad.append((nom, champ, str(odd)[:20], type(e).__name__, str(e)[:100]))
                            transaction.set_rollback(True)
    print("\n".join(map(str, bad)))
    assert not bad
