"""Templates: they compile, hold no inline style or script (CSP), load nothing from elsewhere, and are set in
French typography. templates/pdf goes through WeasyPrint, not through a browser: only compiled here."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template

RACINE = Path(settings.BASE_DIR) / "templates"
TOUS = sorted(str(p.relative_to(RACINE)) for p in RACINE.rglob("*.html"))
ECRANS = [nom for nom in TOUS if not nom.startswith("pdf/")]
BALISE_DJANGO = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.S)
COMMENTAIRE = re.compile(r"\{% comment %\}.*?\{% endcomment %\}", re.S)


def source(nom: str) -> str:
    return COMMENTAIRE.sub("", (RACINE / nom).read_text())


@pytest.mark.parametrize("nom", TOUS)
def test_compile(nom):
    get_template(nom)


@pytest.mark.parametrize("nom", ECRANS)
def test_ni_style_ni_script_en_ligne(nom):
    html = source(nom)
    assert not re.search(r"\sstyle\s*=|<style\b", html), "style en ligne"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", html), "gestionnaire d’événement en ligne"
    assert not re.search(r"<script\b(?![^>]*\ssrc=)", html), "script en ligne"
    assert "javascript:" not in html


@pytest.mark.parametrize("nom", ECRANS)
def test_rien_ne_vient_d_ailleurs(nom):
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", source(nom))


@pytest.mark.parametrize("nom", ECRANS)
def test_chaque_envoi_porte_son_jeton(nom):
    for formulaire in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", source(nom), re.S):
        assert "{% csrf_token %}" in formulaire


@pytest.mark.parametrize("nom", ECRANS)
def test_nouvel_onglet_annonce(nom):
    for lien in re.findall(r"<a\b[^>]*target=\"_blank\".*?</a>", source(nom), re.S):
        assert 'rel="noopener"' in lien
        assert "nouvel onglet" in lien


def visible(nom: str) -> str:
    """The words on screen: text, labels and placeholders, without tags; a Django tag counts as a word."""
    html = source(nom)
    attributs = " \n ".join(re.findall(r'(?:aria-label|placeholder|title)="([^"]*)"', html))
    phrases = " \n ".join(re.findall(r'\{%[^%\n]*?"([^"\n]*[ ’][^"\n]*)"[^%\n]*?%\}', html))
    texte = re.sub(r"<[^>]*>", "", BALISE_DJANGO.sub("X", html))
    return BALISE_DJANGO.sub("X", f"{texte} \n {attributs} \n {phrases}")


@pytest.mark.parametrize("nom", ECRANS)
def test_typographie(nom):
    texte = visible(nom)
    assert not re.search(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]", texte), "apostrophe droite"
    assert not re.search(r"[^\s\u00a0] (?:[:;!?»%](?=[\s<.,]|$))", texte), "espace sécable avant : ; ! ? » %"
    assert not re.search(r"« ", texte), "espace sécable après «"
    assert "..." not in texte, "points de suspension en trois signes"


@pytest.mark.parametrize("nom", ECRANS)
def test_fichiers_statiques_presents(nom):
    for chemin in re.findall(r"\{% static '([^']+)' %\}", source(nom)):
        assert finders.find(chemin), chemin
    for chemin in re.findall(r"\{\{ prefixe \}\}([^\"]+)", source(nom)):
        assert finders.find(chemin), chemin
