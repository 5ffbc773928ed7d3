import re

import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from socle.texte import (
    ADRESSE,
    ATTRIBUTS,
    BALISES,
    LONGUEUR_MAX,
    Bloc,
    Fragment,
    differences,
    en_clair,
    en_html,
    paragraphes,
)

# What people type and what attackers try, in any order.
MORCEAUX = [
    "*", "**", "_", "`", "#", "- ", "1. ", "2° ", "12) ", "+ ", "> ", "~", "|", "\n", "\n\n", "  ", "    ", "\t", "\\",
    "[", "]", "(", ")", "](", "<b>", "<script>", "&", "&amp;", "&#106;", "é", "mot", "« oui »", "’", "\u00a0", "a@b.fr",
    "https://ex.fr/?a=1&b=2", "javascript:alert(1)", "JaVaScRiPt:x", "mailto:a@b.fr", "data:text/html,x", '"', "\0",
    "[t](https://ex.fr)", "[t](javascript:x)", "![i](https://ex.fr/i.png)", "<https://ex.fr>", "www.ex.fr", "---",
]  # fmt: skip
TEXTES = st.lists(st.sampled_from(MORCEAUX) | st.text(max_size=6), max_size=40).map("".join)
BALISE = re.compile(r"<(/?)([a-z]+)([^>]*)>")


@given(TEXTES)
@example("[a](javascript:alert(1))")
@example("- 1. - [**x](https://a.b)**\n      1. y")
def test_le_html_ne_contient_que_ce_qui_est_permis(texte):
    html = en_html(texte)
    for _, balise, attributs in BALISE.findall(html):
        assert balise in BALISES
        for nom, valeur in re.findall(r' ([a-z]+)="([^"]*)"', attributs):
            assert nom in ATTRIBUTS[balise] | {"rel"}
            assert nom != "href" or ADRESSE.match(valeur)
    assert "<" not in BALISE.sub("", html) and ">" not in BALISE.sub("", html)
    assert "javascript:" not in "".join(attributs.lower() for _, _, attributs in BALISE.findall(html))


@given(TEXTES)
def test_nettoyer_encore_ne_change_rien(texte):
    html = en_html(texte)
    rel = {"link_rel": "noopener noreferrer"}
    assert nh3.clean(html, tags=BALISES, attributes=ATTRIBUTS, url_schemes={"http", "https", "mailto"}, **rel) == html


@given(TEXTES.filter(lambda texte: "](" not in texte))
def test_aucun_mot_ne_se_perd(texte):
    """Every letter and figure typed is shown, in order, the numbers of the lists by the lists themselves."""
    vu = "".join(f"{bloc.numero or ''}{bloc.texte}" for bloc in paragraphes(texte))
    assert re.findall(r"\w", vu) == re.findall(r"\w", texte.replace("01. ", "1. "))


@given(st.text(alphabet="abc àé.,;:!?’«»&<>#_@+=/\u00a0", max_size=200))
def test_sans_marque_le_texte_est_rendu_tel_quel(texte):
    assert en_clair(texte) == texte.strip()


@pytest.mark.parametrize(
    "ligne",
    [
        "2° Sur le fond", "1) Sur la forme", "2026. Une année", "+33 1 23 45 67 89", "+ 3 points", "# 12 rue du Mail",
        "* sous réserve", "- - - - - -", "---", "5 * 3 * 2 = 30", "Prix*, remise*", "_______", "le_nom_du_fichier.odt",
        "a < b > c & d", "<b>gras</b>", "h.carpentier@barreau.example", "« oui »", "–\u00a0oui", "-5 °C", "3.14", "1.",
        "[1] voir l’annexe", "[voir](page 2)", "[x](javascript:alert(1))", "> cité", "`code`", "~~barré~~", "a | b", "-",
    ],
)  # fmt: skip
def test_qui_ne_connait_pas_les_marques_retrouve_son_texte(ligne):
    attendu = [Bloc((Fragment(f"Avant\n{ligne}\naprès"),))]
    assert paragraphes(f"Avant\n{ligne}\naprès") == attendu
    assert paragraphes(ligne) == [Bloc((Fragment(ligne),))]


def test_les_marques():
    assert en_html("Un **gras**, un *italique*, ***les deux***.\nSuite") == (
        "<p>Un <strong>gras</strong>, un <em>italique</em>, <strong><em>les deux</em></strong>.<br>Suite</p>"
    )
    assert en_html("- a\n- b\n  suite\n\n1. c\n   - d\n2. e") == (
        "<ul><li>a</li><li>b<br>suite</li></ul><ol><li>c<ul><li>d</li></ul></li><li>e</li></ol>"
    )
    assert en_html("[le *site*](https://ex.fr/?a=1&b=2)") == (
        '<p><a href="https://ex.fr/?a=1&amp;b=2" rel="noopener noreferrer">le <em>site</em></a></p>'
    )
    assert en_html("\\*a\\* \\- \\[b\\]\n\\- c\n1\\. d") == "<p>*a* - [b]<br>- c<br>1. d</p>"
    assert en_html("a\r\nb\r\n\r\nc") == "<p>a<br>b</p><p>c</p>"


def test_un_numero_ecrit_reste_le_sien():
    """« 2. Sur le fond », alone after its paragraphs, is not renumbered 1."""
    html = en_html("1. Sur la forme\n\nRecevable.\n\n2. Sur le fond\n5. Autre")
    assert html == (
        "<ol><li>Sur la forme</li></ol><p>Recevable.</p>"
        '<ol start="2"><li>Sur le fond</li></ol><ol start="5"><li>Autre</li></ol>'
    )


@pytest.mark.parametrize(
    "motif", ["- ", "  - x\n", "1. - ", "[", "![", "**a", "*a**b", "[a](", "\\", "<", "- [**a*](b\n"]
)
def test_un_texte_hostile_reste_borne(motif):
    """Depth is bounded whatever is typed; nothing recurses as deep as the text is long."""
    texte = (motif * LONGUEUR_MAX)[:LONGUEUR_MAX]
    assert max((bloc.niveau for bloc in paragraphes(texte)), default=0) <= 6
    assert en_html(texte)


def test_une_liste_ne_s_enfonce_pas():
    texte = "\n".join(f"{'  ' * n}- n{n}" for n in range(120))
    assert max(bloc.niveau for bloc in paragraphes(texte)) == 6
    assert [bloc.texte for bloc in paragraphes(texte)] == [f"n{n}" for n in range(120)]


def test_au_dela_de_la_limite_le_texte_est_montre_sans_marque():
    assert en_html("**a** " * LONGUEUR_MAX).count("**") == 2 * LONGUEUR_MAX


def test_en_clair():
    assert en_clair("Un **mot**\n\n- [lien](https://ex.fr)\n\n3. c") == "Un mot\nlien\nc"


class TestDifferences:
    def test_mot_a_mot(self):
        assert differences("Le préfet de Valmont.", "La préfète de Valmont-sur-Loire.") == [
            ("-", "Le préfet"),
            ("+", "La préfète"),
            ("=", " de Valmont"),
            ("+", "-sur-Loire"),
            ("=", "."),
        ]

    def test_les_listes_se_lisent(self):
        assert differences("a", "a\n\n1. b\n- c") == [("=", "a"), ("+", "\n1. b\n– c")]

    @given(TEXTES, TEXTES)
    def test_les_deux_textes_s_y_retrouvent(self, avant, apres):
        ecarts = differences(avant, apres)
        for signe, texte in (("-", avant), ("+", apres)):
            lu = "".join(t for s, t in ecarts if s in ("=", signe))
            assert lu == "".join(t for _, t in differences(texte, texte))
        assert all(t for _, t in ecarts)
        assert all(a[0] != b[0] for a, b in zip(ecarts, ecarts[1:], strict=False))

    def test_deux_textes_enormes_se_comparent_par_lignes(self):
        avant = "\n".join(f"ligne {n}" for n in range(2500))
        apres = avant.replace("ligne 7\n", "ligne sept\n")
        assert ("-", "ligne 7\n") in differences(avant, apres)
