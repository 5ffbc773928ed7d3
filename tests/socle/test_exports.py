import csv
import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from socle.caracteres import nettoyer
from socle.exports import MIMETYPE, csv_lignes, ods

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXTE = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CONFIG = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"
INSTANT = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)


def lire_csv(colonnes, lignes):
    texte = b"".join(csv_lignes(colonnes, lignes)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(texte, newline=""), delimiter=";"))


def feuille(colonnes, lignes, titre="Courrier"):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(ods(colonnes, lignes, titre))))
    return archive, ElementTree.fromstring(archive.read("content.xml"))


def cellules(colonnes, lignes):
    """(type, value, text) of every cell of the first data row."""
    _, racine = feuille(colonnes, lignes)
    rangee = list(racine.iter(f"{TABLE}table-row"))[1]
    lues = []
    for cellule in rangee:
        genre = cellule.get(f"{OFFICE}value-type")
        valeur = cellule.get(f"{OFFICE}value") or cellule.get(f"{OFFICE}date-value")
        lues.append((genre, valeur, "\n".join("".join(p.itertext()) for p in cellule.iter(f"{TEXTE}p"))))
    return lues


FORMULES = [
    "=1+1",
    "+33 1 44 00 00 00",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\x00=1+1",
    "＝1+1",
    '=HYPERLINK("http://exemple.example";"x")',
    "=cmd|' /C calc'!A0",
]


class TestCsv:
    def test_marque_separateur_et_fins_de_ligne(self):
        octets = b"".join(csv_lignes(["Référence", "Objet"], [["A-2026-00001", "Fermeture ; suite"]]))
        assert octets == '\ufeffRéférence;Objet\r\nA-2026-00001;"Fermeture ; suite"\r\n'.encode()

    def test_valeurs_a_la_francaise(self):
        ligne = ["x", 12, -3.5, Decimal("1.20"), date(2026, 11, 5), INSTANT, True, None]
        assert lire_csv("abcdefgh", [ligne])[1] == [
            "x", "12", "-3,5", "1,20", "05/11/2026", "24/11/2026 14:05", "oui", "",
        ]  # fmt: skip

    @pytest.mark.parametrize("texte", FORMULES)
    def test_un_texte_ne_devient_jamais_une_formule(self, texte):
        (entete, ligne) = lire_csv([texte], [[texte]])
        assert entete[0].startswith("'")
        assert ligne[0].startswith("'")

    def test_un_texte_ordinaire_n_est_pas_touche(self):
        assert lire_csv(["a"], [["l’an 2026 = bon"], ["5-6"], ["dix « mots »"]])[1:] == [
            ["l’an 2026 = bon"],
            ["5-6"],
            ["dix « mots »"],
        ]

    def test_les_caracteres_de_controle_disparaissent(self):
        assert nettoyer("a\x00b\x1b[31m\tc\r\nd\ud800\x85") == "ab[31m c\nd"
        assert lire_csv(["a"], [["deux\r\nlignes"]])[1] == ["deux\nlignes"]

    def test_sans_ligne(self):
        assert lire_csv(["a", "b"], []) == [["a", "b"]]

    def test_le_flux_part_avant_la_fin(self):
        lues = []

        def lignes():
            for numero in range(5000):
                lues.append(numero)
                yield [numero]

        flux = csv_lignes(["n"], lignes())
        assert next(flux) == "\ufeffn\r\n".encode()
        next(flux)
        assert len(lues) < 1500


class TestOds:
    def test_la_structure_du_fichier(self):
        archive, _ = feuille(["a"], [["x"]])
        premiere = archive.infolist()[0]
        assert (premiere.filename, premiere.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype").decode() == MIMETYPE
        assert archive.testzip() is None
        manifeste = archive.read("META-INF/manifest.xml").decode()
        assert 'full-path="content.xml"' in manifeste
        assert 'full-path="settings.xml"' in manifeste

    def test_les_cellules_sont_typees(self):
        ligne = ["x", 12, Decimal("-1.20"), date(2026, 11, 5), INSTANT, True, None, 10**16, float("nan")]
        assert cellules("abcdefghi", [ligne]) == [
            ("string", None, "x"),
            ("float", "12", "12"),
            ("float", "-1.20", "-1,20"),
            ("date", "2026-11-05", "05/11/2026"),
            ("date", "2026-11-24T14:05:00", "24/11/2026 14:05"),
            ("string", None, "oui"),
            (None, None, ""),
            ("string", None, "10000000000000000"),
            ("string", None, "nan"),
        ]

    @pytest.mark.parametrize("texte", FORMULES)
    def test_un_texte_reste_un_texte(self, texte):
        _, racine = feuille([texte], [[texte]], titre=texte)
        for cellule in racine.iter(f"{TABLE}table-cell"):
            assert cellule.get(f"{OFFICE}value-type") == "string"
            assert cellule.get(f"{TABLE}formula") is None

    def test_balises_blancs_et_lignes(self):
        texte = "<b>&amp;</b>  deux\nlignes"
        archive, _ = feuille(["a"], [[texte]])
        contenu = archive.read("content.xml").decode()
        assert '&lt;b&gt;&amp;amp;&lt;/b&gt;<text:s text:c="2"/>deux</text:p><text:p>lignes' in contenu

    @pytest.mark.parametrize("titre", ["Registre : arrivée", "d'un [jour]", 'a"b<c>&', "", "x" * 80, "'"])
    def test_tout_titre_donne_une_feuille_lisible(self, titre):
        archive, racine = feuille(["a", "b"], [[1, 2]], titre)
        nom = next(racine.iter(f"{TABLE}table")).get(f"{TABLE}name")
        assert 0 < len(nom) <= 31
        assert not set(nom) & set("[]*?:/\\")
        plage = next(racine.iter(f"{TABLE}database-range")).get(f"{TABLE}target-range-address")
        assert plage.endswith(".B2")
        reglages = ElementTree.fromstring(archive.read("settings.xml"))
        assert nom in {entree.get(f"{CONFIG}name") for entree in reglages.iter()}

    def test_une_erreur_en_route_n_envoie_rien(self):
        def lignes():
            yield [1]
            raise RuntimeError("la base ne répond plus")

        with pytest.raises(RuntimeError):
            next(ods(["a"], lignes(), "Courrier"))


@pytest.mark.parametrize("ecrire", [csv_lignes, lambda colonnes, lignes: ods(colonnes, lignes, "Courrier")])
def test_la_memoire_reste_plate(ecrire):
    def pointe(nombre):
        lignes = ([f"A-2026-{n:06d}", date(2026, 11, 24), "Fermeture du point-justice " * 4, n] for n in range(nombre))
        tracemalloc.start()
        octets = sum(map(len, ecrire(["Référence", "Reçu le", "Objet", "Rang"], lignes)))
        _, maximum = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return octets, maximum

    petit, memoire_petite = pointe(2000)
    grand, memoire_grande = pointe(20_000)
    assert grand > 8 * petit
    assert memoire_grande < memoire_petite + 1_000_000
