"""What a record read becomes: a new question by the bulk door, or what it adds to one that is known."""

import hashlib
import re
from datetime import date, datetime, time

from django.db.models import Max
from django.utils import timezone

from socle import attentes, deadlines, echeances, journal, search, texte, workflow
from socle.lots import Lot
from socle.models import (
    Acces,
    Agent,
    Attente,
    CorrespondantFiche,
    Echeance,
    Structure,
    TypeFiche,
    Valeur,
)

from ..lecture.lu import Denomination, QuestionLue
from ..models import (
    Attribution,
    EvenementParlementaire,
    Legislature,
    Question,
    QuestionEcartee,
    Sort,
    SourceQuestion,
    Timbre,
)
from .auteurs import carnet
from .complement import SANS_TITRE, champs_a_ecrire, moins_dit, suite_des_attributions
from .delais import Delais
from .faits import situation
from .referentiel import Referentiel

TOUS = "tous"
G = EvenementParlementaire.Genre
ANNEE_SENAT = re.compile(r"S[A-Z]+(\d{2})\d{2}")
SANS_MINISTERE = Denomination("Ministère non indiqué")
COMPTE_DE_L_IMPORT = "importation.parlementaire"


def compte_de_l_import() -> Agent:
    """Who registers what no agent typed: an account that nobody can open."""
    agent, cree = Agent.objects.get_or_create(
        username=COMPTE_DE_L_IMPORT,
        defaults={"last_name": "Import des questions parlementaires", "is_active": False},
    )
    if cree:
        agent.set_unusable_password()
        agent.save(update_fields=["password"])
    return agent


def reference_de(lue: QuestionLue, legislature: Legislature | None) -> str:
    """« QE AN 17-2216 », « QE Sénat 26-07859 »: as the chambers say it."""
    if lue.chambre == "AN":
        return f"{lue.genre} AN {legislature.numero if legislature else '?'}-{lue.numero}"
    annee = ANNEE_SENAT.match(lue.uid)
    annee = annee[1] if annee else f"{lue.parue_le:%y}" if lue.parue_le else "?"
    return f"{lue.genre} Sénat {annee}-{lue.numero}"


class Redacteur:
    """Writes batches of records, for one import."""

    def __init__(self, referentiel: Referentiel, bilan, *, ministere: str = "", by=None, demonstration=False):
        self.referentiel, self.bilan, self.ministere = referentiel, bilan, ministere
        self.demonstration = demonstration
        self.agent = by or compte_de_l_import()
        self.cabinet = attentes.structure_de(Structure.Genre.CABINET)
        self.types = dict(TypeFiche.objects.filter(kind=Question.genre()).values_list("code", "pk"))
        self.chambres = dict(Valeur.objects.filter(liste="CHAMBRE").values_list("code", "pk"))
        self.delais = Delais()
        self.calendrier = echeances.calendrier()

    # Choosing ------------------------------------------------------------------------------------------
    def cle(self, lue: QuestionLue) -> tuple:
        """Who is who, from one file or format to the next."""
        legislature = self.referentiel.legislature(lue.legislature, lue.parue_le)
        return lue.chambre, lue.genre, legislature.pk if legislature else lue.uid, lue.numero

    def est_a_nous(self, timbres: list[Timbre]) -> bool | None:
        """None: nobody knows, since one of its ministries is not matched."""
        if self.ministere == TOUS:
            return True
        connus = {t.ministere_id for t in timbres}
        voulus = self.referentiel.codes_ministeres.get(self.ministere, self.referentiel.notres)
        if connus & voulus:
            return True
        return None if None in connus or not timbres else False

    def verser(self, lues: list[QuestionLue]) -> None:
        """One batch, in the caller’s transaction; no question comes twice in it."""
        retenues = []
        for lue in lues:
            timbres = [self.referentiel.timbre(d, lue.parue_le) for d in lue.denominations]
            match self.est_a_nous(timbres):
                case True:
                    retenues.append(lue)
                case False:
                    self.bilan.ecartees += 1
                case None:
                    self._mettre_de_cote(lue, timbres)
        connues = self._connues(retenues)
        lot = Lot()
        for lue in retenues:
            question = connues.get(self.cle(lue))
            if question is None and (motif := self._refus(lue)):
                self.bilan.erreur(lue.uid or lue.numero, motif)
            elif question is None:
                self._creer(lot, lue)
                self.bilan.creees += 1
            else:
                if self._completer(question, lue):
                    self.bilan.mises_a_jour += 1
                else:
                    self.bilan.inchangees += 1
                self._compter_le_reste(
                    question.auteur, [t for t, _, _ in self._attributions(lue)], self._faits(lue), lue
                )
        lot.verser()

    def _refus(self, lue: QuestionLue) -> str:
        """Why a question cannot be created, in words."""
        if lue.parue_le is None:
            return "la question n’a pas de date de publication"
        if not lue.uid and self.referentiel.legislature(lue.legislature, lue.parue_le) is None:
            return "la question n’a ni identifiant, ni législature connue"
        return ""

    def _mettre_de_cote(self, lue: QuestionLue, timbres: list[Timbre]) -> None:
        sans = self.referentiel.timbre(SANS_MINISTERE, None) if not timbres else None
        inconnu = next((t for t in timbres if t.ministere_id is None), sans)
        QuestionEcartee.objects.get_or_create(
            empreinte=_empreinte(lue), defaults={"timbre": inconnu, "format": lue.format, "contenu": lue.brut}
        )
        self.bilan.a_rapprocher += 1

    def _connues(self, lues: list[QuestionLue]) -> dict[tuple, Question]:
        """By the identifier, then by chamber, genre, legislature and number."""
        par_uid = Question.objects.filter(uid__in=[lue.uid for lue in lues if lue.uid]).in_bulk(field_name="uid")
        numeros = Question.objects.filter(numero_question__in={lue.numero for lue in lues}).select_related("auteur")
        par_cle = {(q.chambre, q.genre_question, q.legislature_id, q.numero_question): q for q in numeros}
        trouvees = {}
        for lue in lues:
            cle = self.cle(lue)
            if question := par_uid.get(lue.uid) or par_cle.get(cle):
                trouvees[cle] = question
        return trouvees

    # Reading a record ----------------------------------------------------------------------------------
    def _faits(self, lue: QuestionLue) -> list[dict]:
        """The facts of a record; an unknown closing code enters the list of those to match."""
        faits = [{"genre": G.PUBLICATION, "le": lue.parue_le, "page": lue.page[:20], "numero_jo": "", "precision": ""}]
        for fait in lue.faits:
            if fait.genre == "ATTRIBUTION":
                continue
            if fait.genre == G.CLOTURE:
                self.referentiel.code(lue.chambre, fait.precision, lue.libelle_code)
            faits.append(
                {
                    "genre": fait.genre, "le": fait.le, "page": fait.page[:20], "numero_jo": fait.numero_jo[:20],
                    "precision": fait.precision[:120],
                }
            )  # fmt: skip
        uniques = {(f["genre"], f["le"], f["precision"]): f for f in faits}
        return list(uniques.values())

    def _attributions(self, lue: QuestionLue) -> list[tuple[Timbre, date | None, str]]:
        """In order; the ministry first asked stands alone when the record tells no attribution."""
        suite = [
            (self.referentiel.timbre(f.ministere, f.le or lue.parue_le), f.le, f.precision or "DEPOT")
            for f in lue.faits
            if f.genre == "ATTRIBUTION"
        ]
        if not suite and lue.interroge:
            suite = [(self.referentiel.timbre(lue.interroge, lue.parue_le), lue.parue_le, "DEPOT")]
        sans_suite = []
        for timbre, le, cause in suite:
            if not sans_suite or sans_suite[-1][0].pk != timbre.pk:
                sans_suite.append((timbre, le, cause))
        return sans_suite

    def _sens(self, chambre: str) -> dict[str, str]:
        return {code: c.sort for (de, code), c in self.referentiel.codes.items() if de == chambre}

    def _compter_le_reste(self, auteur, timbres, faits, lue: QuestionLue) -> None:
        codes = [self.referentiel.codes[lue.chambre, f["precision"]] for f in faits if f["genre"] == G.CLOTURE]
        if not auteur.connu or any(t.ministere_id is None for t in timbres) or any(not c.sort for c in codes):
            self.bilan.a_rapprocher += 1

    # A new one -----------------------------------------------------------------------------------------
    def _creer(self, lot: Lot, lue: QuestionLue) -> None:
        referentiel, maintenant = self.referentiel, timezone.now()
        auteur = referentiel.auteur(lue.chambre, lue.auteur, lue.parue_le)
        correspondant = carnet(auteur, demonstration=self.demonstration)
        groupe = referentiel.groupe(lue.chambre, lue.groupe, auteur, lue.parue_le)
        legislature = referentiel.legislature(lue.legislature, lue.parue_le)
        reference = reference_de(lue, legislature)[:40]
        attributions, faits = self._attributions(lue), self._faits(lue)
        timbres = [t for t, _, _ in attributions]
        ou_en = situation([(f["genre"], f["precision"]) for f in faits], self._sens(lue.chambre), len(attributions))
        ouverte = ou_en.sort == Sort.EN_COURS
        signalee = max((f["le"] for f in faits if f["genre"] == G.SIGNALEMENT and f["le"]), default=None)
        regle = self.delais.courant(lue.chambre, lue.genre, lue.parue_le, signalee) if ouverte else None
        calcul = regle and deadlines.calculer(
            regle[1], deadlines.Regle(regle[0].unite, regle[0].delai), self.calendrier, origine=Question.origine_delai
        )
        echeance = calcul.date if calcul else None
        dernier = max((f["le"] for f in faits if f["le"]), default=lue.parue_le)
        objet = (lue.titre or SANS_TITRE)[:500]
        question, reponse = texte.assainir(lue.texte), texte.assainir(lue.reponse)
        pk = lot.fiche(
            Question,
            {
                "reference": reference, "serie": None, "annee": None, "numero": None, "objet": objet,
                "etat": "RECUE" if ouverte else "CLOSE", "structure_id": None, "agent_id": None,
                "type_id": self.types[lue.genre.lower()], "nature_id": self.chambres[lue.chambre.lower()],
                "correspondant_id": correspondant.pk if correspondant else None, "date_ref": lue.parue_le,
                "echeance": echeance, "niveau": "ORDINAIRE", "signale": ou_en.signalee, "cree_le": maintenant,
                "cree_par_id": self.agent.pk, "demonstration": self.demonstration,
                "clos_le": None if ouverte else _a_midi(dernier, maintenant),
            },
            {
                "chambre": lue.chambre, "genre_question": lue.genre, "numero_question": lue.numero[:12],
                "legislature_id": legislature.pk if legislature else None, "uid": lue.uid[:40] or None,
                "rubrique": lue.rubrique[:200], "tete": lue.tete[:300], "analyses": [a[:500] for a in lue.analyses],
                "auteur_id": auteur.pk, "groupe_id": groupe.pk if groupe else None,
                "interroge_id": timbres[0].pk if timbres else None,
                "attributaire_id": timbres[-1].pk if timbres else None, "page": lue.page[:20], "texte": question,
                "texte_brut": lue.texte, "reponse": reponse, "reponse_brute": lue.reponse,
                "repondue_le": lue.repondue_le,
                "caduque_le": self.delais.caducite(lue.chambre, lue.genre, lue.parue_le, self.calendrier), "page_reponse": lue.page_reponse[:20], "sort": ou_en.sort,
                "renouvelee": ou_en.renouvelee, "rappelee": ou_en.rappelee, "reattribuee": ou_en.reattribuee,
                "url": lue.url[:250],
            },
        )  # fmt: skip
        if correspondant:
            lot.ligne(
                CorrespondantFiche, fiche_id=pk, correspondant_id=correspondant.pk, part="EXPEDITEUR", principal=True,
                nom=str(correspondant), bloc_adresse="\n".join(correspondant.bloc_adresse),
            )  # fmt: skip
        if self.cabinet:
            lot.ligne(
                Acces, fiche_id=pk, structure_id=self.cabinet, agent_id=None, titre=Acces.Titre.REPARTITION, ouvre=True
            )
            if ouverte:
                lot.ligne(
                    Attente, fiche_id=pk, genre=Attente.Genre.ATTRIBUTION, structure_id=self.cabinet, fonction="",
                    agent_id=None, echeance=echeance, ouverte_le=maintenant, close_le=None,
                )  # fmt: skip
        if calcul:
            lot.ligne(
                Echeance, fiche_id=pk, genre="INTERNE", base=regle[1], delai=regle[0].delai, unite=regle[0].unite,
                regle=regle[0].texte[:120], courante=echeance, detail=calcul.as_json(), calculee_le=maintenant,
                close_le=None,
            )  # fmt: skip
        for rang, (timbre, le, cause) in enumerate(attributions, 1):
            lot.ligne(Attribution, question_id=pk, rang=rang, timbre_id=timbre.pk, le=le, cause=cause)
        for fait in faits:
            lot.ligne(EvenementParlementaire, question_id=pk, par_id=None, constate_le=maintenant, **fait)
        lot.ligne(
            SourceQuestion, question_id=pk, format=lue.format, empreinte=_empreinte(lue), contenu=lue.brut,
            lue_le=maintenant,
        )  # fmt: skip
        lot.evenement(
            pk, "importer", self.agent.pk, maintenant, donnees={"a": "RECUE" if ouverte else "CLOSE", "format": lue.format},
            detail={"reference": reference},
        )  # fmt: skip
        mots = [str(correspondant or ""), lue.numero, lue.numero.lstrip("0"), lue.rubrique, lue.tete, *lue.analyses]
        lot.indexer(pk, objet, " ".join(mots), texte.nu(f"{question} {reponse}"))
        self._compter_le_reste(auteur, timbres, faits, lue)

    # A known one ---------------------------------------------------------------------------------------
    def _completer(self, question: Question, lue: QuestionLue) -> bool:
        """Adds what the record knows more. True when something changed."""
        faits, attributions = self._faits(lue), self._attributions(lue)
        deja = set(question.evenements_parlementaires.values_list("genre", "le", "precision"))
        nouveaux = [f for f in faits if (f["genre"], f["le"], f["precision"]) not in deja and not moins_dit(f, deja)]
        dernier = question.evenements_parlementaires.aggregate(m=Max("le"))["m"]
        recents = [f["le"] for f in faits if f["le"]]
        frais = bool(recents) and (dernier is None or max(recents) >= dernier)
        champs = champs_a_ecrire(question, lue, self.referentiel, frais)
        suite = suite_des_attributions(question, attributions)
        if not (nouveaux or champs or suite):
            return False
        question = workflow.verrouiller(question)
        for fait in nouveaux:
            EvenementParlementaire.objects.get_or_create(
                question=question, genre=fait["genre"], le=fait["le"], precision=fait["precision"],
                defaults={"page": fait["page"], "numero_jo": fait["numero_jo"]},
            )  # fmt: skip
        if suite:
            question.attributions.all().delete()
            Attribution.objects.bulk_create(
                Attribution(question=question, rang=n, timbre_id=t, le=le, cause=cause)
                for n, (t, le, cause) in enumerate(suite, 1)
            )
            champs["attributaire_id"] = suite[-1][0]
        objet = champs.pop("objet", None)
        if champs:
            Question.objects.filter(pk=question.pk).update(**champs)
            for nom, valeur in champs.items():
                setattr(question, nom, valeur)
        if objet:
            workflow.enregistrer_version(question, objet=objet)
        SourceQuestion.objects.get_or_create(
            question=question, empreinte=_empreinte(lue), defaults={"format": lue.format, "contenu": lue.brut}
        )
        journal.record(
            question, "importer", self.agent,
            donnees={"format": lue.format, "faits": [f["genre"] for f in nouveaux], "champs": sorted(champs)},
        )  # fmt: skip
        if suite:
            self.suivre(question)
        self.situer(question)
        search.indexer(question)
        return True

    def suivre(self, question: Question) -> None:
        """It went from us to another ministry, or came back: our side follows what the JO says. Locked."""
        suite = list(question.attributions.order_by("rang").values_list("timbre__ministere_id", flat=True))
        notres, dernier = self.referentiel.notres, suite[-1]
        partie = dernier is not None and dernier not in notres and bool(notres & set(suite[:-1]))
        if partie and workflow.etat_de(question).ouvert:
            workflow.perform(question, "transferer", by=None, d_office=True)
        elif dernier in notres and question.etat == "TRANSFEREE":
            revenue = {"motif": "elle nous est de nouveau attribuée"}
            workflow.perform(question, "redemarrer", by=None, data=revenue, d_office=True)
        question.refresh_from_db()

    def situer(self, question: Question) -> None:
        """Computes the parliamentary state again; what follows on our side follows. The question is locked."""
        faits = list(question.evenements_parlementaires.values_list("genre", "precision", "le"))
        ou_en = situation([(g, p) for g, p, _ in faits], self._sens(question.chambre), question.attributions.count())
        valeurs = {c: getattr(ou_en, c) for c in ("sort", "renouvelee", "rappelee", "reattribuee")}
        Question.objects.filter(pk=question.pk).update(**valeurs)
        if ou_en.signalee != question.signale:
            workflow.enregistrer_version(question, signale=ou_en.signalee)
        close = workflow.etat_de(question).ouvert is False
        if ou_en.sort != Sort.EN_COURS:
            if acte := acte_de_fin(question, ou_en.sort):
                workflow.perform(question, acte, by=None, d_office=True)
            return
        signalee = max((le for g, _, le in faits if g == G.SIGNALEMENT and le), default=None)
        if not close and (
            regle := self.delais.courant(question.chambre, question.genre_question, question.date_ref, signalee)
        ):
            delai, base = regle
            courante = echeances.interne(question)
            if courante is None or (courante.base, courante.delai) != (base, delai.delai):
                echeances.ouvrir(question, base=base, delai=delai.delai, unite=delai.unite, regle=delai.texte[:120])


def acte_de_fin(question: Question, sort: str) -> str:
    """What the end of its parliamentary life does on our side; nothing when it is already there, or waits its text."""
    if sort == Sort.REPONDU and question.etat in ("SIGNEE", "TRANSMISE", "ECART"):
        return "publier" if question.reponse else ""
    return "constater_fin" if workflow.etat_de(question).ouvert and question.etat != "ECART" else ""


def _empreinte(lue: QuestionLue) -> str:
    return hashlib.sha256(f"{lue.format}\n{lue.brut}".encode()).hexdigest()


def _a_midi(jour: date, maintenant: datetime) -> datetime:
    return min(timezone.make_aware(datetime.combine(jour, time(12))), maintenant)
