"""What nobody sees leaves every text that is typed, pasted or read, before it is checked."""

import pytest
from django import forms
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from courrier import exemples
from socle.caracteres import INVISIBLES, nettoyer
from socle.forms import Formulaire, FormulaireSocle, MotifForm, TextesNets
from socle.models import Correspondant, Fermeture

INVISIBLE = "\x00\x07\x1b\x7f\x85\u00ad\u200b\u200d\u200e\u202a\u202e\u2066\u2069\ufeff\U000e0041"


@pytest.mark.parametrize("signe", INVISIBLE)
def test_un_signe_invisible_disparait_ou_qu_il_soit(signe):
    assert nettoyer(f"{signe}Œu{signe}vrard{signe}") == "Œuvrard"


@pytest.mark.parametrize("texte", ["l’été\u00a0: «\u202f12\u00a0€\u202f»", "a\nb", "e\u0301", "مرحبا", "👍🏽", "…–—"])
def test_ce_qui_se_voit_reste(texte):
    assert nettoyer(texte) == texte


@pytest.mark.parametrize(("garder", "propre"), [("", "a b c d e"), ("\n", "a\nb\nc\nd e"), ("\n\t", "a\nb\nc\nd\te")])
def test_les_fins_de_ligne_deviennent_une(garder, propre):
    assert nettoyer("a\r\nb\rc\u2028d\te", garder) == propre


@given(st.text())
def test_nettoyer_deux_fois_n_ote_rien_de_plus(texte):
    propre = nettoyer(texte)
    assert nettoyer(propre) == propre and not INVISIBLES.search(propre)


class EssaiForm(Formulaire):
    ligne = forms.CharField(max_length=5)
    texte = forms.CharField(widget=forms.Textarea)

    def preparer(self):
        self.fields["ajoute"] = forms.CharField(required=False)


def test_chaque_champ_de_texte_est_net_avant_d_etre_controle_et_quand_il_revient():
    form = EssaiForm({"ligne": "\u200babc\nde\u202e", "texte": "un\r\n\tdeux\x00", "ajoute": "\ufeffx"})
    assert not form.is_valid() and "ligne" in form.errors  # « abc de », six signs
    assert form["ligne"].value() == "abc de"
    assert (form.cleaned_data["texte"], form.cleaned_data["ajoute"]) == ("un\n\tdeux", "x")


def test_un_texte_fait_d_invisible_est_vide():
    assert "obligatoire" in str(MotifForm({"motif": INVISIBLE}).errors["motif"])


def test_tous_nos_formulaires_heritent_du_meme_nettoyage():
    assert issubclass(FormulaireSocle, TextesNets)


@pytest.mark.django_db
def test_une_note_collee_est_nette_en_base(agents, client_de):
    lettre = exemples.arrivee(agents)
    client = client_de(agents["BUREAU_ORDRE"])
    client.post(
        reverse("arrivee_noter", args=[lettre.pk]), {"texte": "\ufeffVu\u202e avec\u200b le préfet\r\nÀ suivre"}
    )
    assert lettre.notes.get().texte == "Vu avec le préfet\nÀ suivre"


@pytest.mark.django_db
def test_l_administration_aussi(agents, client_de):
    saisie = {"jour": "2027-05-14", "libelle": "Pont\u200b de l’Ascension\u202e"}
    assert client_de(agents["ADMINISTRATEUR"]).post("/referentiels/socle/fermeture/add/", saisie).status_code == 302
    assert Fermeture.objects.get(jour="2027-05-14").libelle == "Pont de l’Ascension"


@pytest.mark.django_db
def test_un_nom_colle_avec_de_l_invisible_se_trouve(client_de, agents):
    cree = Correspondant.objects.create(nom="Œuvrard")
    trouves = client_de(agents["BUREAU_ORDRE"]).get(reverse("correspondants"), {"q": "\u202aœuv\u200brard"}).json()
    assert [t["id"] for t in trouves] == [cree.pk]
