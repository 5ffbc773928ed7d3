"""Every kind prints: a PDF that names the fiche, for whoever sees it; nothing for the others."""

import io

import pypdf
import pytest
from django.urls import reverse

from socle.models import Agent, Fiche

pytestmark = pytest.mark.django_db


def test_la_fiche_s_imprime(marcheur):
    fiche = marcheur.nouvelle()
    for agent in marcheur.tous:
        vue = Fiche.objects.visible_to(Agent.objects.get(pk=agent.pk)).filter(pk=fiche.pk).exists()
        reponse = marcheur.client_de(agent).get(reverse(f"{marcheur.fv.nom}_pdf", args=[fiche.pk]))
        assert reponse.status_code == (200 if vue else 404), agent
        if vue:
            texte = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(reponse.content)).pages)
            assert fiche.objet.split()[0] in texte
            break
    else:
        raise AssertionError("nobody sees it")
