"""True of every kind: what an agent does not see does not exist for him, on every channel."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from socle import acces, search
from socle.models import Acces, Agent, Fiche, Habilitation, Niveau, Role
from socle.permissions import droits_de

pytestmark = pytest.mark.django_db
MOT = "zibelinequinconce"


@pytest.fixture
def etranger(agents) -> Agent:
    """An agent of a direction that has nothing to do with the fiche."""
    return Agent.objects.get(pk=agents["CORRESPONDANT"].pk)


@pytest.fixture
def cachee(marcheur):
    fiche = marcheur.nouvelle()
    Fiche.objects.filter(pk=fiche.pk).update(objet=f"Objet {MOT}")
    fiche = marcheur.recharger(fiche)
    search.indexer(fiche)
    return fiche


def sans_jeton(contenu: bytes) -> str:
    """The page without its CSRF token, which changes at each answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", contenu.decode())


def test_l_etranger_recoit_404_partout(cachee, etranger, client_de, adresses_de):
    client = client_de(etranger)
    inconnue = client.get(reverse(type(cachee)._meta.model_name, args=[10**9]))
    for adresse in adresses_de(cachee):
        reponse = client.get(adresse)
        assert reponse.status_code == 404, adresse
        assert sans_jeton(reponse.content) == sans_jeton(inconnue.content), adresse
        assert client.post(adresse, {}).status_code in (404, 405), adresse


def test_absente_des_listes_exports_recherches_et_compteurs(marcheur, cachee, etranger, client_de):
    nom = marcheur.fv.nom
    for agent, vue in ((etranger, False), (marcheur.agents["CHEF_CABINET"], True)):
        client = client_de(agent)
        liste = client.get(reverse(f"{nom}_liste") + "?vue=tous").content.decode()
        csv = b"".join(client.get(reverse(f"{nom}_csv") + "?vue=tous").streaming_content).decode()
        ods = b"".join(client.get(reverse(f"{nom}_ods") + "?vue=tous").streaming_content)
        contenu = zipfile.ZipFile(io.BytesIO(ods)).read("content.xml").decode()
        partout = client.get(reverse("recherche"), {"q": MOT}).content.decode().replace(f"« {MOT} »", "")
        dans_la_liste = client.get(reverse(f"{nom}_liste"), {"q": MOT, "vue": "tous"}).content.decode()
        assert [f"Objet {MOT}" in texte for texte in (liste, csv, contenu, partout, dans_la_liste)] == [vue] * 5
    assert Fiche.objects.visible_to(etranger).count() == 0


def test_une_habilitation_nominative_ouvre_aux_dates_dites_et_pas_au_dela(cachee, etranger, agents):
    jour = timezone.localdate()
    droit = Permission.objects.get(codename="view_fiche")
    ouverte = Habilitation(
        user=etranger, permission=droit, content_object_id=cachee.pk, du=jour, motif="essai", par=agents["CHEF_CABINET"]
    )
    ouverte.content_object = Fiche.objects.get(pk=cachee.pk)
    ouverte.save()
    etranger = Agent.objects.get(pk=etranger.pk)  # the next request
    assert Fiche.objects.visible_to(etranger).filter(pk=cachee.pk).exists()
    Habilitation.en_base.filter(pk=ouverte.pk).update(du=jour - timedelta(days=9), au=jour - timedelta(days=1))
    etranger = Agent.objects.get(pk=etranger.pk)
    assert not Fiche.objects.visible_to(etranger).filter(pk=cachee.pk).exists()


def test_une_copie_ouvre_l_ordinaire_et_pas_le_restreint(cachee, etranger):
    structure = Role.objects.get(agent=etranger).structure
    acces.ouvrir(cachee, Acces.Titre.COPIE, structure=structure.pk)
    assert Fiche.objects.visible_to(etranger).filter(pk=cachee.pk).exists()
    Fiche.objects.filter(pk=cachee.pk).update(niveau=Niveau.RESTREINT)
    assert not Fiche.objects.visible_to(etranger).filter(pk=cachee.pk).exists()


def test_un_role_echu_ne_donne_plus_rien(cachee, agents):
    chef = Agent.objects.get(pk=agents["CHEF_CABINET"].pk)
    assert Fiche.objects.visible_to(chef).filter(pk=cachee.pk).exists()
    Role.objects.filter(agent=chef).update(au=timezone.localdate() - timedelta(days=1))
    chef = Agent.objects.get(pk=chef.pk)
    assert droits_de(chef).mandats == []
    assert not Fiche.objects.visible_to(chef).filter(pk=cachee.pk).exists()


def test_un_administrateur_ne_voit_aucune_fiche(cachee, agents):
    assert Fiche.objects.visible_to(agents["ADMINISTRATEUR"]).count() == 0
