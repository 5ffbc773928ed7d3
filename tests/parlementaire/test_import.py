"""Importing: what each format says, once; nothing taken back, nothing lost, what is wrong told by its name."""

import json
import os
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from parlementaire.models import (
    CodeCloture,
    EvenementParlementaire,
    Ministere,
    Parlementaire,
    Question,
    QuestionEcartee,
    SourceQuestion,
    Timbre,
)
from parlementaire.services import rapprochement
from parlementaire.services.importation import importer
from socle.erreurs import Refus
from socle.models import Fiche
from tests.parlementaire import fichiers as f

pytestmark = pytest.mark.django_db
REEL = Path(os.environ.get("PORTAIL_DONNEES_REELLES") or "/absent") / "parlementaire"
reel = pytest.mark.skipif(not REEL.is_dir(), reason="le dossier des données réelles n’est pas là")


def question() -> Question:
    return Question.objects.get()


def comptes(bilan) -> tuple[int, ...]:
    return bilan.lues, bilan.creees, bilan.mises_a_jour, bilan.inchangees


def test_une_question_entiere(tmp_path, agents):
    bilan = importer([f.poser(tmp_path, f.an())])
    assert comptes(bilan) == (1, 1, 0, 0) and bilan.erreurs == []
    q = question()
    assert (q.reference, q.date_ref, q.echeance) == ("QE AN 17-2216", date(2026, 9, 1), date(2026, 11, 1))
    assert (q.objet, q.rubrique, q.page, q.sort, q.etat) == ("Délais de jugement", "justice", "12", "EN_COURS", "RECUE")
    assert (q.groupe.sigle, q.interroge.ministere.code, q.texte) == ("GI", "justice", "Une <b>question</b>.")
    assert Fiche.objects.visible_to(agents["CHEF_CABINET"]).filter(pk=q.pk).exists()
    assert not Fiche.objects.visible_to(agents["REDACTEUR"]).filter(pk=q.pk).exists()


def test_le_meme_fichier_deux_fois_ne_change_rien(tmp_path):
    dossier = f.poser(tmp_path, f.an(), f.repondue("2217"))
    importer([dossier])
    avant = list(Fiche.objects.order_by("pk").values_list("pk", "version", "etat"))
    assert comptes(importer([dossier])) == (2, 0, 0, 2)
    assert list(Fiche.objects.order_by("pk").values_list("pk", "version", "etat")) == avant
    assert SourceQuestion.objects.count() == 2


def test_les_quatre_formats_disent_la_meme_question(tmp_path):
    """JSON, then the site's XML which knows more, then « Réponses »; and all again."""
    json_, xml, ws = f.poser(tmp_path / "j", f.an()), tmp_path / "site.xml", tmp_path / "ws.xml"
    xml.write_text(f.SITE, encoding="utf-8")
    ws.write_text(f.REPONSES, encoding="utf-8")
    importer([json_])
    assert comptes(importer([xml])) == (1, 0, 1, 0)
    q = question()
    assert (q.renouvelee, q.signale, q.echeance) == (True, True, date(2026, 11, 20))  # ten days from the signalement
    assert q.auteur.nom == ""  # the known author is not replaced by another row
    assert importer([ws]).erreurs == []
    assert comptes(importer([json_, xml, ws])) == (3, 0, 0, 3)
    assert Question.objects.count() == 1


class TestGardes:
    def test_repondue_reste_repondue(self, tmp_path):
        importer([f.poser(tmp_path / "b", f.repondue())])
        assert comptes(importer([f.poser(tmp_path / "a", f.an())])) == (1, 0, 0, 1)
        q = question()
        assert (q.sort, q.etat, q.repondue_le) == ("REPONDU", "CLOSE", date(2026, 10, 6))

    def test_le_vide_n_efface_rien(self, tmp_path):
        importer([f.poser(tmp_path / "a", f.repondue())])
        vide = f.repondue(indexationAN={"rubrique": None, "teteAnalyse": None, "analyses": None}, textesQuestion=None)
        vide["question"]["textesReponse"] = {"texteReponse": {"infoJO": f.jo("2026-10-06"), "texte": None}}
        importer([f.poser(tmp_path / "b", vide)])
        q = question()
        assert (q.objet, q.rubrique) == ("Délais de jugement", "justice")
        assert "réponse" in q.reponse and "question" in q.texte

    def test_une_question_disparue_du_fichier_demeure(self, tmp_path):
        importer([f.poser(tmp_path / "a", f.an(), f.an("2217"))])
        importer([f.poser(tmp_path / "b", f.an())])
        assert Question.objects.count() == 2

    def test_une_reponse_arrivee_ensuite_clot_chez_nous(self, tmp_path, agents):
        importer([f.poser(tmp_path / "a", f.an())])
        assert comptes(importer([f.poser(tmp_path / "b", f.repondue())])) == (1, 0, 1, 0)
        q = question()
        assert (q.sort, q.etat, q.echeance) == ("REPONDU", "CLOSE", None)
        assert q.attentes.filter(close_le__isnull=True).count() == 0

    def test_la_base_refuse_de_reecrire_un_fait(self, tmp_path):
        importer([f.poser(tmp_path, f.an())])
        for geste in (
            lambda: EvenementParlementaire.objects.update(genre="REPONSE"),
            lambda: EvenementParlementaire.objects.filter(genre="PUBLICATION").delete(),
            lambda: SourceQuestion.objects.update(contenu=""),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                geste()


class TestPieges:
    """The traps read in real files (§ 6.7 of what was learnt)."""

    def test_plusieurs_attributions_en_liste(self, tmp_path):
        ailleurs = {"abrege": "Intérieur", "developpe": "Ministère de l’intérieur"}
        suite = [
            f.attribution("2026-09-01", ailleurs),
            f.attribution("2026-09-15"),
            f.attribution("2026-10-13", None, "JO_LOI_DECRET"),
        ]
        importer([f.poser(tmp_path, f.an(minInt=ailleurs, minAttribs={"minAttrib": suite}))])
        q = question()
        assert [(a.timbre.intitule[:16], a.cause) for a in q.attributions.order_by("rang")] == [
            ("Ministère de l’i", "DEPOT"), ("Ministère de la ", "TRANSFERT"),
        ]  # fmt: skip
        assert q.reattribuee and q.attributaire.ministere.code == "justice"

    def test_textes_et_analyses_en_liste(self, tmp_path):
        textes = [
            {"infoJO": f.jo("2026-09-01", page="12"), "texte": "Premier jet."},
            {"infoJO": f.jo("2026-09-08"), "texte": "Texte rectifié."},
        ]
        indexation = {"rubrique": None, "teteAnalyse": None, "analyses": {"analyse": ["un", "deux, trois"]}}
        importer([f.poser(tmp_path, f.an(textesQuestion={"texteQuestion": textes}, indexationAN=indexation))])
        q = question()
        assert (q.texte, q.analyses, q.objet, q.rubrique) == ("Texte rectifié.", ["un", "deux, trois"], "Un", "")
        assert q.evenements_parlementaires.filter(genre="ERRATUM_QUESTION", le=date(2026, 9, 8)).exists()

    def test_le_html_rompu_s_assainit_le_brut_reste(self, tmp_path):
        piege = '</p><p align=CENTER>Oui <a name=PG18>ici</a><script>alert(1)</script><td rowspan=2">x</td>'
        importer([f.poser(tmp_path, f.repondue(texte=piege))])
        q = question()
        assert q.reponse_brute == piege
        assert (
            "script" not in q.reponse and "alert" not in q.reponse and "<a" not in q.reponse and "Oui ici" in q.reponse
        )

    def test_xml_de_la_xve_en_jours_francais(self, tmp_path):
        (tmp_path / "q.xml").write_text(
            '<?xml version="1.0"?><question xmlns="http://schemas.assemblee-nationale.fr/referentiel" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><uid>QANR5L15QE7</uid><identifiant><numero>7</numero>'
            "<legislature>15</legislature></identifiant><type>QE</type><minInt><abrege>Justice</abrege>"
            "<developpe>Ministère de la justice</developpe></minInt><auteur><identite><acteurRef>PA1</acteurRef></identite>"
            "</auteur><textesQuestion><texteQuestion><infoJO><dateJO>05/12/2017</dateJO></infoJO><texte>Oui.</texte>"
            '</texteQuestion></textesQuestion><textesReponse xsi:nil="true"/></question>', encoding="utf-8",
        )  # fmt: skip
        importer([tmp_path])
        assert question().date_ref == date(2017, 12, 5)

    def test_la_xive_en_un_seul_fichier(self, tmp_path):
        un = "<question><uid>QANR5L14QE{n}</uid><identifiant><numero>{n}</numero><legislature>14</legislature></identifiant>"
        un += "<type>QE</type><minInt><developpe>Ministère de la justice</developpe></minInt><textesQuestion><texteQuestion>"
        un += "<infoJO><dateJO>2014-01-07</dateJO></infoJO><texte>T</texte></texteQuestion></textesQuestion></question>"
        corps = "".join(un.format(n=n) for n in range(1, 1203))
        (tmp_path / "q.xml").write_text(f"<questionsEcrites>{corps}</questionsEcrites>", encoding="utf-8")
        assert comptes(importer([tmp_path])) == (1202, 1202, 0, 0)
        assert comptes(importer([tmp_path])) == (1202, 0, 0, 1202)
        assert Question.objects.order_by("pk").first().echeance == date(
            2014, 2, 7
        )  # one month then (before 28/11/2014)

    @pytest.mark.parametrize("codage", ["cp1252", "utf-8", "utf-8-sig"])
    def test_senat_codages_espace_final_et_virgule_dans_un_theme(self, tmp_path, codage):
        importer([f.ecrire_senat(tmp_path, codage=codage)])
        q = question()
        assert (q.reference, q.chambre, q.numero_question) == ("QE Sénat 26-07859", "SENAT", "07859")
        assert (q.analyses, q.interroge.ministere.code) == (["Économie et finances, fiscalité"], "justice")
        assert (q.objet, q.echeance) == ("Délais de la filière d’appel", date(2026, 4, 26))

    def test_senat_caducite_a_l_ouverture_de_la_session_qui_suit_deux_ans(self, tmp_path):
        """The first working day of October: a Monday when the 1st is a Sunday; and never at two years to the day."""
        lignes = [
            f.ligne_senat(numero=f"0100{n}", reference=f"SEQ2602{n:05d}", parue=parue)
            for n, parue in enumerate(("2026-02-26", "2021-09-30", "2021-10-01", "2021-10-07"))
        ]
        importer([f.ecrire_senat(tmp_path, *lignes)])
        dates = Question.objects.order_by("numero_question").values_list("caduque_le", flat=True)
        # 1 October 2023 is a Sunday; 2028 too.
        assert list(dates) == [date(2028, 10, 2), date(2023, 10, 2), date(2023, 10, 2), date(2024, 10, 1)]

    def test_senat_suffixes_rappel_et_reponse(self, tmp_path):
        lignes = [
            f.ligne_senat(
                nature="QG", numero="0505G", reference="SQG26050505G", sort="Réponse reçue", repondue="2026-02-27"
            ),
            f.ligne_senat(numero="07860", reference="SEQ260307860", rappel="SEQ260207859"),
        ]
        importer([f.ecrire_senat(tmp_path, *lignes)])
        qg, rappel = Question.objects.get(genre_question="QG"), Question.objects.get(numero_question="07860")
        assert (qg.numero_question, qg.sort, qg.etat) == ("0505G", "REPONDU", "CLOSE")
        assert rappel.rappelee and rappel.sort == "EN_COURS"

    def test_meme_depute_un_autre_groupe_un_autre_jour(self, tmp_path):
        autre = f.an("2217")
        autre["question"]["auteur"]["groupe"] = {"organeRef": "PO900002", "abrege": "GX", "developpe": "Autre groupe"}
        importer([f.poser(tmp_path, f.an(), autre)])
        assert set(Question.objects.values_list("numero_question", "groupe__sigle")) == {("2216", "GI"), ("2217", "GX")}

    def test_deux_apostrophes_font_un_seul_ministere(self, tmp_path):
        a, b = ({"abrege": "X", "developpe": f"Ministère de l{x}exemple"} for x in "'’")
        importer(
            [f.poser(tmp_path, f.an(minInt=a, minAttribs=None), f.an("2217", minInt=b, minAttribs=None))],
            ministere="tous",
        )
        assert Timbre.objects.filter(abrege="X").count() == 1


class TestARapprocher:
    INCONNU = {"abrege": "Droit", "developpe": "Ministère du droit"}

    def _inconnue(self):
        return f.an(minInt=self.INCONNU, minAttribs={"minAttrib": f.attribution("2026-09-01", self.INCONNU)})

    def test_un_ministere_inconnu_attend_puis_entre(self, tmp_path, agents):
        bilan = importer([f.poser(tmp_path, self._inconnue())])
        assert (bilan.a_rapprocher, bilan.creees, QuestionEcartee.objects.count()) == (1, 0, 1)
        timbre = Timbre.objects.get(ministere=None)
        rapprochement.rattacher_timbre(timbre, Ministere.objects.get(code="justice"), by=agents["SECRETARIAT"])
        assert question().numero_question == "2216" and not QuestionEcartee.objects.exists()

    def test_un_ministere_etranger_s_oublie(self, tmp_path, agents):
        importer([f.poser(tmp_path, self._inconnue())])
        timbre = Timbre.objects.get(ministere=None)
        rapprochement.rattacher_timbre(timbre, Ministere.objects.get(code="autre"), by=agents["SECRETARIAT"])
        assert not QuestionEcartee.objects.exists() and not Question.objects.exists()
        assert importer([f.poser(tmp_path, self._inconnue())]).ecartees == 1

    def test_la_liste_officielle_dit_les_autres_sauf_ce_qui_nous_ressemble(self, tmp_path):
        partage = "Ministère auprès du garde des sceaux et de la santé, chargé de l’enfance"
        organes = [
            f.organe("PO1", "Ministère du droit"),
            f.organe("PO2", partage),
            f.organe("PO3", "Ministère de la justice"),
        ]
        bilan = importer([f.poser(tmp_path, *organes, self._inconnue())])
        assert (bilan.ecartees, bilan.a_rapprocher) == (1, 0)
        codes = dict(Timbre.objects.filter(organe__isnull=False).values_list("organe", "ministere__code"))
        assert codes == {"PO1": "autre", "PO2": None, "PO3": "justice"}

    def test_un_auteur_inconnu_est_nomme_par_la_liste(self, tmp_path):
        assert importer([f.poser(tmp_path / "q", f.an())]).a_rapprocher == 1
        assert question().correspondant is None
        importer([f.poser(tmp_path / "a", f.acteur())])
        q = question()
        assert (str(q.correspondant), q.auteur.circonscription) == ("Mme Solène Aubrac-Inventé", "Drôme (2e)")
        assert importer([tmp_path / "q"]).a_rapprocher == 0

    def test_un_senateur_se_reconnait_par_son_nom(self, tmp_path):
        importer([f.ecrire_senat(tmp_path)])
        assert Parlementaire.objects.get().identifiant is None
        liste = tmp_path / "senateurs.csv"
        tete = "% liste inventée\r\nMatricule,Qualité,Nom usuel,Prénom usuel,État,Groupe politique,Circonscription\r\n"
        liste.write_bytes((tete + "99001A,Mme,KERVENO-INVENTÉ,Maud,ACTIF,GI,Calvados\r\n").encode("cp1252"))
        importer([liste])
        assert question().auteur.identifiant == "99001A" and Parlementaire.objects.count() == 1

    def test_un_code_inconnu_s_explique_et_se_rejoue(self, tmp_path, agents):
        cloture = {"codeCloture": "ETRANGE", "libelleCloture": "Étrange", "dateCloture": "2026-10-01", "infoJO": None}
        assert importer([f.poser(tmp_path, f.an(cloture=cloture))]).a_rapprocher == 1
        assert (question().sort, question().etat) == ("EN_COURS", "RECUE")
        code = CodeCloture.objects.get(code="ETRANGE")
        assert rapprochement.expliquer_code(code, "RETIREE", by=agents["SECRETARIAT"]) == 1
        assert (question().sort, question().etat) == ("RETIREE", "CLOSE")


class TestMauvaisesEntrees:
    def test_chacune_a_son_motif_et_le_reste_entre(self, tmp_path):
        f.poser(tmp_path, f.an())
        (tmp_path / "a-tronque.json").write_text('{"question": {"uid": "QANR5L17QE9", "type"')
        (tmp_path / "b-liste.json").write_text(json.dumps(f.an("9", auteur=["x"])))
        (tmp_path / "c-date.json").write_text(
            json.dumps(f.an("10", textesQuestion={"texteQuestion": {"infoJO": {"dateJO": "32/13/2026"}, "texte": "T"}}))
        )
        (tmp_path / "d-page.xml").write_text("<html><body>Erreur 502</body></html>")
        (tmp_path / "e-bombe.xml").write_text('<!DOCTYPE x [<!ENTITY a "b">]><question>&a;</question>')
        (tmp_path / "f-autre.csv").write_text("nom;prix\nx;3\n")
        (tmp_path / "g.zip").write_bytes(b"PK\x03\x04 tronque")
        (tmp_path / "h-vide.json").write_text("")
        bilan = importer([tmp_path])
        assert comptes(bilan)[:2] == (1, 1)
        motifs = {e["fichier"].split(",")[0][:1]: e["motif"] for e in bilan.erreurs}
        assert motifs.keys() == set("abcdefgh")
        assert "tronqué" in motifs["a"] and "forme attendue" in motifs["b"] and "date" in motifs["c"]
        assert (
            "page" in motifs["d"] and "entités" in motifs["e"] and "colonnes" in motifs["f"] and "vide" in motifs["h"]
        )

    def test_sans_ministere_sans_date_ou_dans_un_autre_siecle(self, tmp_path):
        sans = f.an("11", minInt=None, minAttribs=None)
        sans_date = f.an("12", minAttribs=None, textesQuestion=None)
        loin = f.an("13", textesQuestion={"texteQuestion": {"infoJO": f.jo("9999-12-31"), "texte": "T"}})
        bilan = importer([f.poser(tmp_path, f.an(), sans, sans_date, loin)])
        assert (bilan.creees, bilan.a_rapprocher) == (1, 2)  # its author is still unknown, and the one set aside
        assert {e["motif"].split(" :")[0] for e in bilan.erreurs} == {
            "la question n’a pas de date de publication", "« dateJO » n’est pas une date",
        }  # fmt: skip
        assert Timbre.objects.get(intitule="Ministère non indiqué").ecartees.count() == 1

    def test_ce_que_la_base_refuse_n_arrete_pas_le_reste(self, tmp_path):
        """Two questions of two years that would bear one reference: the second alone is refused, and said."""
        lignes = [
            f.ligne_senat(numero="00001", reference="SEQ220100001", parue="2022-01-13"),
            f.ligne_senat(numero="00001", reference="SEQ220700001", parue="2022-07-14"),
            f.ligne_senat(numero="00002", reference="SEQ220700002", parue="2022-07-14"),
        ]
        bilan = importer([f.ecrire_senat(tmp_path, *lignes)])
        assert (bilan.lues, bilan.creees, len(bilan.erreurs)) == (3, 2, 1)
        assert bilan.erreurs[0]["fichier"] == "SEQ220700001" and Question.objects.count() == 2

    def test_un_zip_se_lit_une_bombe_se_refuse(self, tmp_path):
        bon = f.zipper(f.poser(tmp_path / "q", f.an()), tmp_path / "bon.zip")
        (tmp_path / "b").mkdir()
        (tmp_path / "b" / "zeros.json").write_bytes(b" " * 40_000_000)
        bombe = f.zipper(tmp_path / "b", tmp_path / "bombe.zip")
        bilan = importer([bon, bombe])
        assert bilan.creees == 1 and "démesurément" in bilan.erreurs[0]["motif"]

    def test_un_zip_coupe_au_milieu(self, tmp_path):
        entier = f.zipper(f.poser(tmp_path / "q", f.an(), f.an("2217")), tmp_path / "entier.zip").read_bytes()
        (tmp_path / "coupe.zip").write_bytes(entier[: len(entier) // 2])
        bilan = importer([tmp_path / "coupe.zip"])
        assert bilan.creees == 0 and "tronqué" in bilan.erreurs[0]["motif"]

    def test_un_ministere_qui_n_existe_pas(self, tmp_path):
        with pytest.raises(Refus, match="Aucun ministère"):
            importer([f.poser(tmp_path, f.an())], ministere="licornes")


class TestCommandes:
    def test_le_bilan_json_est_la_derniere_ligne(self, tmp_path):
        sortie = StringIO()
        call_command(
            "importer_questions", str(f.poser(tmp_path, f.an())), format="json", stdout=sortie, stderr=StringIO()
        )
        bilan = json.loads(sortie.getvalue().strip().splitlines()[-1])
        assert list(bilan) == ["lues", "creees", "mises_a_jour", "inchangees", "ecartees", "a_rapprocher", "erreurs"]
        assert (bilan["lues"], bilan["creees"], bilan["erreurs"]) == (1, 1, [])

    def test_un_fichier_illisible_fait_echouer_la_commande(self, tmp_path):
        with pytest.raises(SystemExit) as sortie:
            call_command("importer_questions", str(tmp_path / "absent.zip"), stdout=StringIO(), stderr=StringIO())
        assert sortie.value.code == 1

    def test_un_enregistrement_en_erreur_ou_un_fichier_etranger_ne_la_fait_pas_echouer(self, tmp_path):
        f.poser(tmp_path, f.an(), f.an("9", auteur=["x"]))
        (tmp_path / "autre.csv").write_text("nom;prix\nx;3\n")
        sortie = StringIO()
        call_command("importer_questions", str(tmp_path), format="json", stdout=sortie, stderr=StringIO())
        bilan = json.loads(sortie.getvalue().strip().splitlines()[-1])
        assert (bilan["creees"], len(bilan["erreurs"])) == (1, 2)

    def test_les_parlementaires_seuls(self, tmp_path):
        sortie = StringIO()
        call_command("importer_parlementaires", str(f.poser(tmp_path, f.acteur())), stdout=sortie, stderr=StringIO())
        membre = Parlementaire.objects.get()
        assert (str(membre), membre.mandats.count()) == ("Mme Solène Aubrac-Inventé", 1)
        assert not hasattr(membre, "naissance")


@reel
class TestDonneesReelles:
    def test_les_439_questions_au_gouvernement(self):
        dossiers = [REEL / "an_qag_xvi_json", REEL / "an_amo_json"]
        bilan = importer(dossiers, ministere="tous")
        assert comptes(bilan) == (439, 439, 0, 0) and bilan.erreurs == [] and bilan.a_rapprocher == 0
        assert not Question.objects.filter(correspondant=None).exists()
        assert not Question.objects.filter(groupe=None).exists()
        assert comptes(importer(dossiers, ministere="tous")) == (439, 0, 0, 439)

    def test_par_defaut_celles_de_la_justice(self):
        bilan = importer([REEL / "an_qag_xvi_json", REEL / "an_amo_json"])
        assert (bilan.lues, bilan.creees, bilan.ecartees) == (439, 19, 420)
        assert set(Question.objects.values_list("interroge__ministere__code", flat=True)) == {"justice"}

    def test_une_question_du_site(self):
        importer([REEL / "an_qe_xiv_47351_format_site.xml"], ministere="tous")
        q = question()
        assert (q.reference, q.sort, q.renouvelee, q.reattribuee) == ("QE AN 14-47351", "REPONDU", True, True)
        assert "<table>" in q.reponse and "rowspan" in q.reponse
