"""What leaves: modes and numbers, what becomes of it, what is then reopened; the list, the receipts, the day's bordereau."""

import csv
import io
import re
from datetime import timedelta

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courrier import bordereaux, exemples
from courrier.forms.expedition import ConstaterForm, ExpedierForm
from courrier.models import Arrivee, Depart, Envoi
from courrier.services import redaction
from socle import journal, workflow
from socle.erreurs import Refus, TransitionRefused
from socle.idempotence import nouvelle_cle
from socle.models import (
    Attente,
    Compteur,
    Correspondant,
    CorrespondantFiche,
    Evenement,
    Fiche,
    Structure,
    TypeFiche,
    Valeur,
)
from socle.views import FicheViews

from .conftest import mode, signer

pytestmark = pytest.mark.django_db
NUMERO = "1A20944122708"


def aujourd_hui(jours: int = 0):
    return timezone.localdate() + timedelta(days=jours)


def poster(client, depart, acte: str, **donnees):
    adresse = FicheViews.de(depart).url_transition(depart, acte)
    version = Fiche.objects.get(pk=depart.pk).version
    return client.post(adresse, {"cle": nouvelle_cle(), "version": version, **donnees})


def constater(agents, depart, issue, **plus):
    donnees = {"envoi": depart.envois.order_by("pk").last(), "issue": issue, "le": aujourd_hui(), **plus}
    return workflow.perform(depart, "constater", by=agents["BUREAU_ORDRE"], data=donnees)


@pytest.fixture
def client(agents, client_de):
    return client_de(agents["BUREAU_ORDRE"])


# How it leaves -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["simple", "suivi", "lrar", "valise", "coursier", "courriel", "main-propre"])
def test_chaque_mode_part_sous_un_numero_de_depart(code, client, signe):
    depart = signe()
    donnees = {"mode_1": mode(code).pk, "expedie_le": str(aujourd_hui()), "adresse_1": "Rue du Mail"}
    donnees |= {"numero_1": "1a 209 441 2270 8"} if code in ("lrar", "suivi") else {}
    donnees |= {"courriel_1": "carpentier@exemple.invalid"} if code == "courriel" else {}
    assert poster(client, depart, "expedier", **donnees).status_code == 302
    depart = Depart.objects.get(pk=depart.pk)
    envoi = depart.envois.get()
    assert (depart.etat, depart.reference) == ("EXPEDIE", f"D-{depart.annee}-00001")
    assert (envoi.mode.code, envoi.nom) == (code, "Me Hélène Carpentier")
    assert envoi.numero_suivi == (NUMERO if code in ("lrar", "suivi") else "")
    assert envoi.etat_courriel == ("A_ENVOYER" if code == "courriel" else "")
    assert Arrivee.objects.get(pk=depart.arrivees().get().pk).etat == "TRAITE"


@pytest.mark.parametrize(
    ("code", "saisie", "champ", "mot"),
    [
        ("lrar", {}, "numero_1", "écrivez-le"),
        ("suivi", {"numero_1": "  "}, "numero_1", "écrivez-le"),
        ("lrar", {"numero_1": "n° 12"}, "numero_1", "que des lettres"),
        ("lrar", {"numero_1": "A" * 41}, "numero_1", "40"),
        ("courriel", {}, "courriel_1", "Écrivez l’adresse"),
        ("courriel", {"courriel_1": "pas une adresse"}, "courriel_1", "adresse"),
        ("simple", {"expedie_le": str(timezone.localdate() - timedelta(days=1))}, "expedie_le", "avant d’être signée"),
        ("simple", {"expedie_le": str(timezone.localdate() + timedelta(days=1))}, "expedie_le", "futur"),
    ],
)
def test_une_saisie_fausse_se_dit_au_champ_et_rien_ne_part(code, saisie, champ, mot, client, signe):
    depart = signe()
    donnees = {"mode_1": mode(code).pk, "expedie_le": str(aujourd_hui()), **saisie}
    reponse = poster(client, depart, "expedier", **donnees)
    assert reponse.status_code == 422
    assert mot in str(reponse.context["form"].errors[champ])
    assert not Envoi.objects.exists() and not Compteur.objects.filter(serie="D").exists()


def test_un_numero_deja_pris_se_dit_au_champ(client, signe, expedie):
    expedie("lrar", numero_suivi=NUMERO)
    depart = signe()
    donnees = {"mode_1": mode("lrar").pk, "expedie_le": str(aujourd_hui()), "numero_1": "1A 2094412 2708"}
    reponse = poster(client, depart, "expedier", **donnees)
    assert reponse.status_code == 422
    assert "déjà celui d’un autre envoi" in str(reponse.context["form"].errors["numero_1"])


def test_un_numero_pris_entre_temps_ne_casse_rien(signe, expedie):
    """The form saw it free; the database says no, and the service names the row of the form."""
    expedie("lrar", numero_suivi=NUMERO)
    with pytest.raises(TransitionRefused, match="déjà celui d’un autre envoi") as refus:
        expedie("lrar", numero_suivi=NUMERO)
    assert refus.value.champ == "numero_1"


def test_un_envoi_par_destinataire_chacun_son_mode(agents, client, signe):
    depart = signe()
    autre = Correspondant.objects.create(
        nom="Mairie d’Aigremont", genre="ORGANISME", code_postal="99200", ville="Aigremont"
    )
    CorrespondantFiche.objects.create(
        fiche=depart,
        correspondant=autre,
        part="DESTINATAIRE",
        nom=str(autre),
        bloc_adresse="\n".join(autre.bloc_adresse),
    )
    donnees = {
        "expedie_le": str(aujourd_hui()),
        "mode_1": mode("lrar").pk,
        "numero_1": NUMERO,
        "mode_2": mode("valise").pk,
    }
    assert poster(client, depart, "expedier", **donnees).status_code == 302
    assert list(depart.envois.values_list("nom", "mode__code").order_by("pk")) == [
        ("Me Hélène Carpentier", "lrar"),
        ("Mairie d’Aigremont", "valise"),
    ]
    # Only the one that came back leaves again, with its address corrected.
    depart = workflow.perform(
        Depart.objects.get(pk=depart.pk), "constater", by=agents["BUREAU_ORDRE"],
        data={"envoi": depart.envois.first(), "issue": "NPAI", "le": aujourd_hui(), "precision": "Inconnue"},
    )  # fmt: skip
    form = ExpedierForm(agent=agents["BUREAU_ORDRE"], fiche=depart)
    assert [d["nom"] for d in form.destinataires] == ["Me Hélène Carpentier"]
    assert poster(
        client, depart, "reexpedier", expedie_le=str(aujourd_hui()), mode_1=mode("simple").pk, adresse_1="4 rue des Tanneurs"
    ).status_code == 302  # fmt: skip
    assert depart.envois.count() == 3 and depart.envois.last().adresse == "4 rue des Tanneurs"


def test_un_lot_part_par_un_mode_sans_numero(agents, client, signe):
    departs = [signe(), signe()]
    lot = reverse("depart_lot", args=["expedier"])
    choisis = {"fiches": [d.pk for d in departs]}
    page = client.post(lot, choisis)
    assert page.status_code == 200 and "mode_1" not in page.context["form"].fields
    saisie = {**choisis, "cle": nouvelle_cle(), "expedie_le": str(aujourd_hui())}
    refus = client.post(lot, {**saisie, "mode": mode("lrar").pk})
    assert "lettre par lettre" in str(refus.context["form"].errors["mode"])
    assert not Envoi.objects.exists()
    assert client.post(lot, {**saisie, "mode": mode("valise").pk}).status_code == 302
    assert set(Envoi.objects.values_list("depart", "mode__code", "nom")) == {
        (d.pk, "valise", "Me Hélène Carpentier") for d in departs
    }
    assert client.post(lot, {**saisie, "mode": mode("valise").pk}).status_code == 302  # a second click
    assert Envoi.objects.count() == 2


def test_un_lot_est_tout_ou_rien(agents, client, signe, expedie):
    pret, parti = signe(), expedie()
    saisie = {
        "fiches": [pret.pk, parti.pk],
        "cle": nouvelle_cle(),
        "expedie_le": str(aujourd_hui()),
        "mode": mode("simple").pk,
    }
    reponse = client.post(reverse("depart_lot", args=["expedier"]), saisie)
    assert reponse.status_code == 409
    assert parti.reference in reponse.content.decode()
    assert Envoi.objects.count() == 1 and Depart.objects.get(pk=pret.pk).etat == "SIGNE"


def test_un_courrier_interne_arrive_dans_mon_travail_du_service(agents, client_de):
    dsj = Structure.objects.get(sigle="DSJ")
    modele = redaction.modeles().get(code="interne")
    donnees = {
        "objet": "Note de service",
        "forme": "TEXTE",
        "modele": modele,
        "texte": "Pour votre information.",
        "interne": dsj,
    }
    depart = signer(agents, redaction.rediger(donnees, by=agents["REDACTEUR"]))
    correspondante = agents["correspondant"]
    assert not Depart.objects.visible_to(correspondante).filter(pk=depart.pk).exists()
    form = ExpedierForm(agent=agents["BUREAU_ORDRE"], fiche=depart)
    assert form.fields["mode_1"].initial == mode("valise").pk and "issue" not in form.fields
    data = {"expedie_le": aujourd_hui(), "mode": mode("valise")}
    workflow.perform(depart, "expedier", by=agents["BUREAU_ORDRE"], data=data)
    assert Attente.objects.get(fiche_id=depart.pk, close_le=None).genre == "COPIE"
    page = (
        client_de(correspondante).get("/?quoi=copies").content.decode()
        + client_de(correspondante).get("/").content.decode()
    )
    assert "Note de service" in page
    assert depart.envois.get().nom == dsj.libelle


def test_un_interne_restreint_part_sur_papier_sans_copie(agents):
    modele = redaction.modeles().get(code="interne")
    dsj = Structure.objects.get(sigle="DSJ")
    donnees = {
        "objet": "Note",
        "forme": "TEXTE",
        "modele": modele,
        "texte": "Texte.",
        "interne": dsj,
    }
    depart = redaction.rediger(donnees, by=agents["REDACTEUR"])
    Fiche.objects.filter(pk=depart.pk).update(niveau="RESTREINT")
    depart = signer(agents, Depart.objects.get(pk=depart.pk))
    data = {"expedie_le": aujourd_hui(), "mode": mode("valise")}
    assert workflow.perform(depart, "expedier", by=agents["BUREAU_ORDRE"], data=data).etat == "EXPEDIE"
    assert not depart.diffusions.exists()


# What becomes of it --------------------------------------------------------------------------------------------
def test_npai_rouvre_le_depart_et_la_lettre_puis_la_reexpedition_les_referme(agents, client, expedie):
    depart = expedie("lrar", numero_suivi=NUMERO)
    arrivee = depart.arrivees().get()
    workflow.perform(
        arrivee, "clore", by=agents["CHEF_CABINET"], data={"issue": Valeur.objects.get(liste="ISSUE", code="reponse")}
    )
    sans_motif = poster(client, depart, "constater", envoi=depart.envois.get().pk, issue="NPAI", le=str(aujourd_hui()))
    assert "Écrivez le motif" in str(sans_motif.context["form"].errors["precision"])
    assert poster(
        client, depart, "constater", envoi=depart.envois.get().pk, issue="NPAI", le=str(aujourd_hui()),
        precision="Parti sans laisser d’adresse",
    ).status_code == 302  # fmt: skip
    depart, arrivee = Depart.objects.get(pk=depart.pk), Arrivee.objects.get(pk=arrivee.pk)
    assert (depart.etat, arrivee.etat, arrivee.issue) == ("REVENU", "EN_TRAITEMENT", None)
    assert Attente.objects.get(fiche_id=depart.pk, close_le=None).agent == agents["REDACTEUR"]
    assert arrivee.echeance is not None
    motif = Evenement.objects.get(fiche_id=arrivee.pk, acte="rouvrir").detail.contenu["motif"]
    assert depart.reference in motif and "Parti sans laisser d’adresse" in motif
    numero = depart.reference
    assert poster(
        client, depart, "reexpedier", expedie_le=str(aujourd_hui()), mode_1=mode("simple").pk,
        issue=Valeur.objects.get(liste="ISSUE", code="reponse").pk,
    ).status_code == 302  # fmt: skip
    depart, arrivee = Depart.objects.get(pk=depart.pk), Arrivee.objects.get(pk=arrivee.pk)
    assert (depart.etat, depart.reference, arrivee.etat) == ("EXPEDIE", numero, "CLOS")
    assert list(depart.envois.values_list("issue", flat=True).order_by("pk")) == ["NPAI", ""]
    assert journal.verify_chain(depart.pk) is journal.verify_chain(arrivee.pk) is None


@pytest.mark.parametrize("issue", ["REFUSE", "NON_RECLAME", "DISTRIBUE"])
def test_un_pli_presente_ne_rouvre_rien(issue, agents, expedie):
    depart = constater(agents, expedie("lrar", numero_suivi=NUMERO), issue)
    assert depart.etat == "EXPEDIE" and depart.arrivees().get().etat == "TRAITE"
    assert depart.envois.get().get_issue_display()


def test_ce_qui_est_constate_une_fois_revient_ne_se_rejoue_pas(agents, expedie):
    depart = constater(agents, expedie(), "NPAI", precision="Inconnu")
    depart = workflow.perform(depart, "renoncer", by=agents["BUREAU_ORDRE"], data={"motif": "Adresse introuvable"})
    assert constater(agents, depart, "NPAI", precision="Inconnu").etat == "EXPEDIE"
    with pytest.raises(TransitionRefused, match="déjà constatée"):
        constater(agents, depart, "DISTRIBUE")


def test_l_avis_revient_apres_la_distribution(client, expedie):
    depart = expedie("lrar", numero_suivi=NUMERO)
    envoi = depart.envois.get()
    Envoi.objects.filter(pk=envoi.pk).update(remis_le=aujourd_hui(-9))
    commun = {"envoi": envoi.pk, "issue": "DISTRIBUE"}
    for le, ar_le, champ in ((-10, 0, "le"), (-5, -10, "ar_le"), (-5, -6, "ar_le"), (1, 1, "le")):
        reponse = poster(client, depart, "constater", **commun, le=str(aujourd_hui(le)), ar_le=str(aujourd_hui(ar_le)))
        assert reponse.status_code == 422 and champ in reponse.context["form"].errors, (le, ar_le)
    assert (
        poster(client, depart, "constater", **commun, le=str(aujourd_hui(-7)), ar_le=str(aujourd_hui())).status_code
        == 302
    )
    envoi.refresh_from_db()
    assert (envoi.issue, envoi.issue_le, envoi.ar_le) == ("DISTRIBUE", aujourd_hui(-7), aujourd_hui())


def test_un_avis_seul_suffit_et_l_issue_vient_ensuite(client, agents, expedie):
    depart = expedie("lrar", numero_suivi=NUMERO)
    saisie = {"envoi": depart.envois.get().pk, "issue": "AVIS", "le": str(aujourd_hui())}
    vide = poster(client, depart, "constater", **saisie)
    assert "quand l’avis de réception est revenu" in str(vide.context["form"].errors["ar_le"])
    assert poster(client, depart, "constater", **saisie, ar_le=str(aujourd_hui())).status_code == 302
    constater(agents, Depart.objects.get(pk=depart.pk), "DISTRIBUE")
    envoi = depart.envois.get()
    assert envoi.ar_le == aujourd_hui() and envoi.issue == "DISTRIBUE"


def test_sans_recommande_pas_d_avis_de_reception(agents, expedie):
    depart = expedie()
    assert "ar_le" not in ConstaterForm(agent=agents["BUREAU_ORDRE"], fiche=depart).fields
    with pytest.raises(TransitionRefused, match="sans avis de réception"):
        constater(agents, depart, "DISTRIBUE", ar_le=aujourd_hui())


def test_deux_plis_dont_un_revient_l_autre_se_constate_encore(agents, client, expedie):
    depart = expedie("lrar", numero_suivi=NUMERO)
    autre = Envoi.objects.get(depart=depart)
    autre.pk, autre.numero_suivi = None, "2C1"
    autre.save()
    depart = constater(agents, depart, "NPAI", precision="Inconnu")
    premier = depart.envois.first()
    saisie = {"envoi": premier.pk, "issue": "DISTRIBUE", "le": str(aujourd_hui())}
    assert poster(client, depart, "constater", **saisie).status_code == 302
    assert Depart.objects.get(pk=depart.pk).etat == "REVENU"
    assert Envoi.objects.get(pk=premier.pk).issue == "DISTRIBUE"


def test_une_reponse_a_deux_lettres_et_une_lettre_a_deux_reponses(agents, signe, expedie):
    depart = exemples.depart(agents)
    seconde = exemples.arrivee(agents, objet="Autre lettre", type=TypeFiche.objects.get(code="elus"))
    seconde = workflow.perform(
        seconde, "attribuer", by=agents["CHEF_CABINET"],
        data={"structure": Structure.objects.get(sigle="BCAB"), "agent": agents["REDACTEUR"]},
    )  # fmt: skip
    depart = workflow.perform(depart, "etendre", by=agents["REDACTEUR"], data={"arrivee": seconde})
    premiere = depart.arrivees().exclude(pk=seconde.pk).get()
    complement = redaction.rediger(
        {"objet": "Complément", "forme": "TEXTE", "modele": redaction.modele_propose(), "texte": "Suite."},
        by=agents["REDACTEUR"], arrivees=[premiere],
    )  # fmt: skip
    depart = expedie(depart=signer(agents, depart))
    assert {a.etat for a in depart.arrivees()} == {"TRAITE"}
    complement = expedie(depart=signer(agents, complement))
    assert Arrivee.objects.get(pk=premiere.pk).etat == "TRAITE" and complement.reference != depart.reference
    constater(agents, depart, "NPAI", precision="Inconnu")
    assert {a.etat for a in depart.arrivees()} == {"EN_TRAITEMENT"}


# The list, the receipts ----------------------------------------------------------------------------------------
def test_la_liste_des_plis_ne_montre_que_ce_que_l_on_voit(agents, client_de, client, expedie):
    depart = expedie("lrar", numero_suivi=NUMERO)
    page = client.get(reverse("envoi_liste")).content.decode()
    assert NUMERO in page and depart.reference in page and FicheViews.url_de(depart) in page
    assert client_de(agents["REDACTEUR"]).get(reverse("envoi_liste")).status_code == 403
    Fiche.objects.filter(pk=depart.pk).update(niveau="RESERVE")
    assert NUMERO not in client.get(reverse("envoi_liste")).content.decode()
    assert NUMERO not in b"".join(client.get(reverse("envoi_csv")).streaming_content).decode()
    reponse = client.get(reverse("envoi_retour"), {"numero": NUMERO}, follow=True)
    assert "Aucun pli expédié sous le numéro" in reponse.content.decode()


def test_les_filtres_de_la_liste(agents, client, expedie):
    depart, *_ = [expedie("lrar", numero_suivi=n) for n in ("NUM/A1", "NUM/R2", "NUM/D3")]
    for numero, issue in (("NUM/R2", "REFUSE"), ("NUM/D3", "DISTRIBUE")):
        Envoi.objects.filter(numero_suivi=numero).update(issue=issue, issue_le=aujourd_hui())
    Envoi.objects.create(
        depart=depart, nom="Me Hélène Carpentier", mode=mode("courriel"), remis_le=aujourd_hui(), numero_suivi="NUM/C4",
        etat_courriel="ECHEC", erreur="550 inconnu", par=agents["BUREAU_ORDRE"],
    )  # fmt: skip
    tous = {"NUM/A1", "NUM/R2", "NUM/D3", "NUM/C4"}
    for filtre, attendus in (
        ("devenu=ar", {"NUM/A1"}),
        ("devenu=revenus", {"NUM/R2"}),
        ("devenu=distribues", {"NUM/D3"}),
        ("devenu=courriels", {"NUM/C4"}),
        (f"mode={mode('courriel').pk}", {"NUM/C4"}),
        ("q=num%2Fa1", {"NUM/A1"}),
        ("q=helene", tous),
        (f"q={depart.reference.lower()}", {"NUM/A1", "NUM/C4"}),
        ("q=personne", set()),
        (f"au={aujourd_hui(-1)}", set()),
        (f"du={aujourd_hui()}", tous),
    ):
        export = b"".join(client.get(reverse("envoi_csv") + f"?{filtre}")).decode("utf-8-sig")
        entetes, *rangees = csv.reader(io.StringIO(export), delimiter=";")
        assert {r[entetes.index("Numéro")] for r in rangees} == attendus, filtre
        page = client.get(reverse("envoi_liste") + f"?{filtre}").content.decode()
        assert {n for n in tous if f">{n}<" in page} == attendus, filtre
    assert client.get(reverse("envoi_liste") + "?du=hier").status_code == 422


def test_la_liste_des_plis_coute_autant_pour_dix_que_pour_cent(agents, client, expedie):
    depart, comptes = expedie(), []
    for nombre in (9, 40, 60):
        Envoi.objects.bulk_create(
            Envoi(depart=depart, nom=f"M. {n}", mode=mode("simple"), remis_le=aujourd_hui(), par=agents["BUREAU_ORDRE"])
            for n in range(nombre)
        )
        for adresse in (reverse("envoi_liste"), reverse("envoi_liste") + "?devenu=sans&q=m."):
            client.get(adresse)
            with CaptureQueriesContext(connection) as capture:
                page = client.get(adresse)
            lues = [q["sql"] for q in capture if q["sql"].startswith("SELECT") and "set_config" not in q["sql"]]
            comptes.append(len(lues))
    assert len(set(comptes)) == 1 and comptes[0] <= 8, comptes
    assert "25 premières sur 109" in page.content.decode()
    suivante = re.search(r'href="(\?[^"]*apres=[^"]*)"', page.content.decode()).group(1).replace("&amp;", "&")
    assert "25 affichées sur 109" in client.get(reverse("envoi_liste") + suivante).content.decode()


def test_un_numero_lu_mene_a_l_issue_et_ramene_a_la_liste(client, expedie):
    expedie("lrar", numero_suivi="AUTRE")
    depart = expedie("lrar", numero_suivi=NUMERO)
    reponse = client.get(reverse("envoi_retour"), {"numero": "1a 209 441 22708"}, follow=True)
    form = reponse.context["form"]
    assert form["envoi"].value() == depart.envois.get().pk and form["ar_le"].value() == aujourd_hui()
    assert reponse.context["retour"] == f"{reverse('envoi_liste')}#id_numero"
    saisie = {
        "envoi": form["envoi"].value(),
        "issue": "DISTRIBUE",
        "le": str(aujourd_hui()),
        "ar_le": str(aujourd_hui()),
    }
    retour = poster(client, depart, "constater", **saisie, retour=reponse.context["retour"])
    assert retour["Location"] == reponse.context["retour"]
    assert client.get(reverse("envoi_retour"), {"numero": "n°"}, follow=True).status_code == 200


def test_le_lien_ne_mene_pas_hors_du_portail(client, expedie):
    depart = expedie("lrar", numero_suivi=NUMERO)
    adresse = FicheViews.de(depart).url_transition(depart, "constater")
    for ailleurs in ("https://ailleurs.invalid/", "//ailleurs.invalid", "javascript:alert(1)"):
        assert client.get(adresse, {"retour": ailleurs}).context["retour"] == ""
    assert client.get(adresse, {"envoi": "zéro", "precision": "soufflée"}).context["form"]["precision"].value() is None


# The bordereaux ------------------------------------------------------------------------------------------------
def lu(contenu: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(contenu)).pages
    return " ".join(" ".join(p.extract_text().split()) for p in pages)


def test_le_bordereau_du_jour_par_mode(client, agents, expedie):
    expedie("lrar", numero_suivi=NUMERO)
    expedie("courriel", courriel="h@exemple.invalid")
    page = client.get(reverse("impressions")).content.decode()
    assert reverse("bordereau_depart", args=[mode("lrar").pk]) in page
    assert reverse("bordereau_depart", args=[mode("courriel").pk]) not in page
    reponse = client.get(reverse("bordereau_depart", args=[mode("lrar").pk]))
    texte = lu(reponse.content)
    for mot in (NUMERO, "99100 Valmont-sur-Loire", "Me Hélène Carpentier", "D-", "Signature", "1 pli"):
        assert mot in texte, mot
    vide = client.get(reverse("bordereau_depart", args=[mode("coursier").pk]))
    assert vide.status_code == 409 and "Aucun pli remis le" in vide.content.decode()
    assert client.get(reverse("bordereau_depart", args=[0])).status_code == 409
    hier = client.get(reverse("impressions"), {"jour": str(aujourd_hui(-30))}).content.decode()
    assert "Aucun pli remis ce jour-là" in hier and "Aucun courrier enregistré ce jour-là" in hier


@pytest.mark.parametrize(
    ("adresse", "attendue"),
    [
        ("Mme X\n1 rue A\n99100 Valmont", "99100 Valmont"),
        ("Mme X\n1 rue A\n1050 Bruxelles\nBelgique", "Belgique"),
        ("M. Y\nRue B\n99100 Valmont\nSUISSE", "99100 Valmont, SUISSE"),
        ("DSJ", ""),
        ("", ""),
    ],
)
def test_la_ville_d_une_adresse(adresse, attendue):
    assert bordereaux.ville(adresse) == attendue


def test_un_mode_sans_pli_n_a_pas_de_bordereau(agents):
    assert bordereaux.modes_du_jour(agents["BUREAU_ORDRE"], aujourd_hui()) == []
    with pytest.raises(Refus, match="rien|pas de bordereau"):
        bordereaux.imprimer(agents["BUREAU_ORDRE"], mode("lrar").pk, aujourd_hui())


def test_le_bordereau_d_envoi_tient_en_trois_colonnes(agents, client_de):
    client, modele = client_de(agents["REDACTEUR"]), redaction.modeles().get(code="bordereau")
    adresse = reverse("nouveau_depart")
    assert "pour attribution" in client.get(adresse, {"modele": "bordereau"}).content.decode()
    saisie = {
        "modele": modele.pk, "objet": "Dossier du greffe", "forme": "TEXTE", "cle": nouvelle_cle(),
        "destinataire": Correspondant.objects.get(nom="Carpentier").pk, "destinataire_texte": "Me Hélène Carpentier",
    }  # fmt: skip
    for faux in ("Procès-verbal", "deux | Plans | Pour information", "1 | | Pour information", "1 | A | B | C"):
        reponse = client.post(adresse, {**saisie, "texte": f"1 | Lettre | Pour attribution\n{faux}"})
        assert reponse.status_code == 422 and faux[:9] in str(reponse.context["form"].errors["texte"]), faux
    texte = "1 | Lettre du 3 mars \\[copie\\] | Pour attribution\n\n2 | Plans | À toutes fins utiles\n3 | Photographies"
    assert client.post(adresse, {**saisie, "texte": texte}).status_code == 302
    depart = Depart.objects.get()
    assert redaction.contexte(depart)["rangs"][2] == ["3", "Photographies", ""]
    imprime = lu(redaction.rendre(depart))
    for mot in (
        "Bordereau d’envoi",
        "Lettre du 3 mars [copie]",
        "À toutes fins utiles",
        "Photographies",
        "Observations",
    ):
        assert mot in imprime, mot
