import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socle.controle import nettoyer_nom


@pytest.mark.parametrize(
    ("nom", "propre"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\lettre.pdf", "lettre.pdf"),
        ("lettre\x00.exe.pdf", "lettre.exe.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("re\u0301ponse.pdf", "réponse.pdf"),
        ("  Lettre   du\t26 octobre .pdf ", "Lettre du 26 octobre.pdf"),
        ('a<b>:"c"|?*.pdf', "a-b---c----.pdf"),
        ("", "document"),
        ("..", "document"),
        (".pdf", "document.pdf"),
        ("///", "document"),
        ("lettre.pdf...", "lettre.pdf"),
        ("\u200b\ufeff.odt", "document.odt"),
    ],
)
def test_cas_connus(nom, propre):
    assert nettoyer_nom(nom) == propre


def test_un_nom_long_garde_son_extension():
    propre = nettoyer_nom("é" * 4096 + ".docx")
    assert len(propre) == 150
    assert propre.endswith("é.docx")


@given(st.text(max_size=300))
def test_toujours_sur(nom):
    propre = nettoyer_nom(nom)
    assert 0 < len(propre) <= 150
    assert not set(propre) & set('/\\<>:"|?*\0')
    assert propre not in (".", "..") and not propre.startswith(".")
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in propre)
    assert nettoyer_nom(propre) == propre
