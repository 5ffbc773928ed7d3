"""Following a fiche: corrections merged three ways, notes, pieces and copies, each once and journaled."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from courrier import exemples
from courrier.models import Arrivee
from socle import idempotence, journal, suivi, workflow
from socle.erreurs import Refus
from socle.exemples import pdf_signe
from socle.models import (
    Attente,
    CleIdempotence,
    Depot,
    Diffusion,
    Fiche,
    Mention,
    Niveau,
    Note,
    Notification,
    Structure,
    Valeur,
)
from socle.pieces import deposer

pytestmark = pytest.mark.django_db


class Ecran:
    """The correction form in a browser: opened, filled, sent with the hidden inputs it came with."""

    def __init__(self, client, fiche, nom="arrivee"):
        self.client, self.adresse = client, reverse(f"{nom}_modifier", args=[fiche.pk])
        self.champs = self.lire(client.get(self.adresse))

    @staticmethod
    def lire(reponse) -> dict:
        champs = {"version": str(reponse.context["version"]), "cle": reponse.context["cle"]}
        if "caches" in reponse.context:
            caches = re.findall(r'name="([^"]+)" value="([^"]*)"', reponse.context["caches"])
            return champs | {nom: valeur.replace("&amp;", "&") for nom, valeur in caches}
        form = reponse.context["form"]
        for champ in form:
            valeur = champ.value()
            brut = "" if valeur in (None, False, []) else "on" if valeur is True else str(valeur)
            champs |= {champ.name: brut, f"initial-{champ.name}": "True" if valeur is True else str(valeur or "")}
        return champs

    def envoyer(self, **saisie):
        return self.client.post(self.adresse, {**self.champs, **saisie})


@pytest.fixture
def deux(arrivee, agents, client_de):
    """Two clerks who opened the same correction."""
    return [Ecran(client_de(agents[nom]), arrivee) for nom in ("bureau.ordre", "bureau.ordre2")]


def relue(fiche) -> Arrivee:
    return Arrivee.objects.get(pk=fiche.pk)


def corrections(fiche) -> list:
    return list(fiche.evenements.filter(acte="corriger").order_by("rang").select_related("detail", "agent"))


def test_une_correction_a_son_motif_sa_trace_et_se_trouve(arrivee, deux, agents, client_de):
    ecran = deux[0]
    sans = ecran.envoyer(objet="Audience refusée")
    assert sans.status_code == 422 and "motif" in sans.context["form"].errors
    assert "Audience refusée" in sans.content.decode() and not corrections(arrivee)
    assert ecran.envoyer(objet="Audience refusée", signale="", motif="Faute de frappe").status_code == 302
    (fait,) = corrections(arrivee)
    assert fait.agent == agents["bureau.ordre"] and fait.donnees == {"champs": ["objet", "signale"]}
    assert fait.detail.contenu["motif"] == "Faute de frappe"
    assert {"champ": "objet", "avant": "Demande d’audience", "apres": "Audience refusée"} in fait.detail.contenu[
        "changements"
    ]
    assert journal.verify_chain(arrivee.pk) is None
    page = client_de(agents["SG"]).get(reverse("arrivee", args=[arrivee.pk])).content.decode()
    assert "<ins>Audience refusée</ins>" in page and "Faute de frappe" in page
    assert client_de(agents["SG"]).get("/recherche/", {"q": "audience refusée"}).context["resultats"]


def test_sans_difference_rien_n_est_ecrit(arrivee, deux):
    assert deux[0].envoyer(motif="Pour voir").status_code == 302
    assert relue(arrivee).version == arrivee.version and not corrections(arrivee)


def test_deux_champs_differents_se_fondent_sans_rien_perdre(arrivee, deux):
    premier, second = deux
    assert premier.envoyer(objet="Objet du premier", motif="un").status_code == 302
    conflit = second.envoyer(reference_expediteur="SUITE/12", motif="deux")
    assert conflit.status_code == 409 and conflit.context["champs"] == []
    assert {(r["libelle"], r["par"]) for r in conflit.context["repris"]} == {
        ("Objet", "l’autre agent"),
        ("Sa référence", "vous"),
    }
    second.champs = Ecran.lire(conflit)
    assert second.envoyer().status_code == 302
    apres = relue(arrivee)
    assert (apres.objet, apres.reference_expediteur) == ("Objet du premier", "SUITE/12")
    assert [c.detail.contenu["motif"] for c in corrections(arrivee)] == ["un", "deux"]


@pytest.mark.parametrize(("choix", "garde"), [("eux", "Objet du premier"), ("vous", "Objet du second")])
def test_le_meme_champ_se_choisit_et_le_choix_est_suivi(choix, garde, arrivee, deux):
    premier, second = deux
    premier.envoyer(objet="Objet du premier", motif="un")
    conflit = second.envoyer(objet="Objet du second", numero_suivi="1A 234", motif="deux")
    page = conflit.content.decode()
    assert conflit.status_code == 409
    (champ,) = conflit.context["champs"]
    assert (champ["nom"], champ["base"], champ["eux"], champ["vous"]) == (
        "objet", "Demande d’audience", "Objet du premier", "Objet du second"
    )  # fmt: skip
    assert "Nadia Belkacem" in conflit.context["par"] and "Objet du second" in page
    assert relue(arrivee).objet == "Objet du premier"
    second.champs = Ecran.lire(conflit)
    assert second.envoyer(choix_objet=choix).status_code == 302
    assert (relue(arrivee).objet, relue(arrivee).numero_suivi) == (garde, "1A 234")


def test_une_case_cochee_et_une_date_ecrite_autrement_ne_sont_pas_des_conflits(arrivee, deux):
    premier, second = deux
    premier.envoyer(objet="Objet du premier", motif="un")
    jour = f"{arrivee.date_ref:%d/%m/%Y}"
    conflit = second.envoyer(signale="on" if arrivee.signale else "", date_ref=jour, motif="deux")
    assert conflit.status_code == 409 and conflit.context["champs"] == []
    assert [r["libelle"] for r in conflit.context["repris"]] == ["Objet"]


def test_un_troisieme_passe_entre_temps_le_conflit_se_montre_de_nouveau(arrivee, deux, agents, client_de):
    premier, second = deux
    troisieme = Ecran(client_de(agents["secretariat"]), arrivee)
    premier.envoyer(objet="Objet du premier", motif="un")
    second.champs = Ecran.lire(second.envoyer(objet="Objet du second", motif="deux"))
    troisieme.champs = Ecran.lire(troisieme.envoyer(objet="Objet du troisième", motif="trois"))
    assert troisieme.envoyer(choix_objet="vous").status_code == 302
    encore = second.envoyer(choix_objet="vous")
    assert encore.status_code == 409
    assert (encore.context["champs"][0]["base"], encore.context["champs"][0]["eux"]) == (
        "Objet du premier",
        "Objet du troisième",
    )


def test_un_envoi_refuse_ne_rajeunit_pas_la_version_ouverte(arrivee, deux):
    """Otherwise the second one, told of a missing motive, would erase what the first one wrote meanwhile."""
    premier, second = deux
    premier.envoyer(objet="Objet du premier", motif="un")
    sans_motif = second.envoyer(numero_suivi="1A 234")
    assert sans_motif.status_code == 422
    second.champs = Ecran.lire(sans_motif) | {k: v for k, v in second.champs.items() if k.startswith("initial-")}
    assert second.champs["version"] == str(arrivee.version)
    assert second.envoyer(motif="deux").status_code == 409
    assert relue(arrivee).objet == "Objet du premier"


@pytest.mark.parametrize("version", ["", "²", "-1", "x", "9" * 5000, None])
def test_sans_version_lisible_rien_n_est_ecrase(version, arrivee, deux):
    if version is None:
        del deux[0].champs["version"]
    reponse = deux[0].envoyer(objet="Autre", motif="x", **({} if version is None else {"version": version}))
    assert reponse.status_code == 409
    assert relue(arrivee).objet == arrivee.objet


def test_le_double_clic_ne_corrige_qu_une_fois(arrivee, deux):
    for _ in range(2):
        assert deux[0].envoyer(objet="Autre", motif="x").status_code == 302
    assert len(corrections(arrivee)) == 1
    assert CleIdempotence.objects.get(acte=f"corriger:{arrivee.pk}").fiche_id == arrivee.pk


def test_la_cle_d_un_autre_ne_sert_pas(arrivee, deux):
    deux[0].envoyer(objet="Autre", motif="x")
    reponse = deux[1].envoyer(objet="Encore", motif="y", cle=deux[0].champs["cle"], version=relue(arrivee).version)
    assert reponse.status_code == 422 and "déjà servi" in reponse.content.decode()
    assert relue(arrivee).objet == "Autre"


def test_un_refus_du_service_rend_le_formulaire_et_la_saisie(agents, client_de):
    depart = exemples.depart(agents)
    ecran = Ecran(client_de(agents["REDACTEUR"]), depart, "depart")
    reponse = ecran.envoyer(
        texte="Un texte long à retrouver.", pieces=pdf_signe().__class__("mauvais.pdf", b"%PDF-rien")
    )
    assert reponse.status_code == 422 and "pieces" in reponse.context["form"].errors
    assert "Un texte long à retrouver." in reponse.content.decode()


def test_un_pdf_depose_de_nouveau_est_une_version_inscrite_au_journal(agents, client_de):
    depart = exemples.depart(agents, forme="PDF", texte="")
    client = client_de(agents["REDACTEUR"])
    for n in (1, 2):
        assert Ecran(client, depart, "depart").envoyer(pieces=pdf_signe(f"Réponse numéro {n}")).status_code == 302
    (piece,) = depart.pieces.all()
    assert (piece.genre, piece.versions.count()) == ("PROJET", 2)
    assert depart.evenements.filter(acte="joindre").count() == 2
    assert client.get("/recherche/", {"q": "réponse numéro"}).context["resultats"]


def test_qui_n_en_a_pas_le_droit_ne_corrige_pas_et_un_etat_clos_non_plus(arrivee, agents, client_de):
    adresse = reverse("arrivee_modifier", args=[arrivee.pk])
    suivi.diffuser(arrivee, Mention.COPIE, by=agents["SG"], structures=[Structure.objects.get(sigle="DSJ")])
    for envoi in (client_de(agents["CORRESPONDANT"]).get, client_de(agents["CORRESPONDANT"]).post):
        assert envoi(adresse).status_code == 404
    motif = Valeur.objects.filter(liste="MOTIF_ANNULATION").first()
    workflow.perform(arrivee, "annuler", by=agents["BUREAU_ORDRE"], data={"motif": motif})
    assert client_de(agents["BUREAU_ORDRE"]).get(adresse).status_code == 409


def test_une_note_s_ecrit_une_fois_previent_l_agent_en_charge_et_s_echappe(attribuee, agents, client_de):
    client, cle = client_de(agents["SG"]), idempotence.nouvelle_cle()
    adresse = reverse("arrivee_noter", args=[attribuee.pk])
    for _ in range(2):
        assert client.post(adresse, {"texte": "<i>Vu</i>", "cle": cle}).status_code == 302
    assert Note.objects.get().texte == "<i>Vu</i>"
    assert Notification.objects.filter(agent=agents["REDACTEUR"], genre="note").count() == 1
    page = client.get(reverse("arrivee", args=[attribuee.pk])).content.decode()
    assert "&lt;i&gt;Vu&lt;/i&gt;" in page and "<i>Vu</i>" not in page
    assert client.post(adresse, {"texte": "a\x00b\u202e"}).status_code == 302
    assert Note.objects.order_by("-pk").first().texte == "ab"
    assert client.post(adresse, {"texte": " "}).status_code == 422


def test_les_pieces_s_ajoutent_a_une_fiche_ouverte_et_se_cherchent(arrivee, agents, client_de):
    client = client_de(agents["BUREAU_ORDRE"])
    adresse = reverse("arrivee_pieces", args=[arrivee.pk])
    assert client.post(adresse, {"genre": "ANNEXE"}).status_code == 422
    sien, autrui = (
        deposer(pdf_signe("zibeline"), by=agents["BUREAU_ORDRE"]),
        deposer(pdf_signe("intrus"), by=agents["SG"]),
    )
    forges = ["x", "\x00", str(autrui.pk), str(sien.pk), str(sien.pk)]
    assert client.post(adresse, {"genre": "ANNEXE", "depots": forges}).status_code == 302
    assert [p.libelle for p in arrivee.pieces.all()] == [sien.nom]
    assert Depot.objects.get(pk=autrui.pk).utilise_le is None
    assert client.get("/recherche/", {"q": "zibeline"}).context["resultats"]
    motif = Valeur.objects.filter(liste="MOTIF_ANNULATION").first()
    workflow.perform(arrivee, "annuler", by=agents["BUREAU_ORDRE"], data={"motif": motif})
    refus = client.post(adresse, {"genre": "ANNEXE", "pieces": pdf_signe("trop tard")})
    assert refus.status_code == 422 and "rouvrez-la" in refus.content.decode()
    assert arrivee.pieces.count() == 1


def test_une_copie_se_donne_une_fois_et_ouvre_la_fiche(arrivee, agents):
    dsj = Structure.objects.get(sigle="DSJ")
    for attendu in (1, 0):
        assert suivi.diffuser(arrivee, Mention.COPIE, by=agents["SG"], structures=[dsj]) == attendu
    assert Fiche.objects.visible_to(agents["CORRESPONDANT"]).filter(pk=arrivee.pk).exists()
    assert Notification.objects.filter(agent=agents["CORRESPONDANT"]).count() == 1
    assert Diffusion.objects.get().par == agents["SG"]


def test_une_fiche_restreinte_se_donne_en_copie_a_un_agent_pas_a_un_service(arrivee, agents):
    Fiche.objects.filter(pk=arrivee.pk).update(niveau=Niveau.RESTREINT)
    fiche = relue(arrivee)
    with pytest.raises(Refus, match="restreinte") as refus:
        suivi.diffuser(fiche, Mention.COPIE, by=agents["SG"], structures=[Structure.objects.get(sigle="DSJ")])
    assert refus.value.champ == "copie"
    suivi.diffuser(fiche, Mention.COPIE, by=agents["SG"], agents=[agents["CORRESPONDANT"]])
    assert Fiche.objects.visible_to(agents["CORRESPONDANT"]).filter(pk=fiche.pk).exists()
    assert Attente.objects.get(genre="COPIE").agent == agents["CORRESPONDANT"]


@pytest.mark.parametrize(
    ("valeur", "mots"), [(None, ""), ("", ""), (True, "oui"), (False, "non"), (timezone.localdate, None), (12, "12")]
)
def test_les_valeurs_se_disent_en_mots(valeur, mots):
    if callable(valeur):
        valeur = valeur()
        mots = f"{valeur:%d/%m/%Y}"
    assert suivi.en_mots(valeur) == mots
