"""Who and what a record names: found among what is known, or written down to be matched."""

from collections import defaultdict
from datetime import date

from ..lecture.lu import Auteur, Denomination, GroupeLu, normaliser
from ..models import CodeCloture, Groupe, Legislature, Mandat, Ministere, Parlementaire, Timbre

AUTRE = "autre"
SANS_NOM = "sans nom"


def _vaut(ligne, jour: date | None) -> bool:
    return jour is None or (ligne.du is None or ligne.du <= jour) and (ligne.au is None or jour <= ligne.au)


class Referentiel:
    """Read once for an import, kept up to date by it: a few thousand rows."""

    def __init__(self):
        notres = Ministere.objects.filter(notre=True)
        self.notres = {m.pk for m in notres}
        self.mots = {normaliser(mot) for m in notres for mot in m.mots}
        self.codes_ministeres = {code: {pk} for code, pk in Ministere.objects.values_list("code", "pk")}
        self.autre = Ministere.objects.get(code=AUTRE).pk
        self.legislatures = list(Legislature.objects.order_by("numero"))
        self.organes: dict[str, Timbre] = {}
        self.noms: dict[str, list[Timbre]] = defaultdict(list)
        for timbre in Timbre.objects.order_by("pk"):
            self.ranger(timbre)
        self.groupes = {(g.chambre, g.identifiant): g for g in Groupe.objects.order_by("pk")}
        self.parlementaires: dict[tuple[str, str], Parlementaire] = {}
        self.homonymes: dict[tuple[str, str], list[Parlementaire]] = defaultdict(list)
        for parlementaire in Parlementaire.objects.select_related("correspondant"):
            self._inscrire(parlementaire)
        self.mandats: dict[int, list[Mandat]] = defaultdict(list)
        for mandat in Mandat.objects.select_related("groupe"):
            self.mandats[mandat.parlementaire_id].append(mandat)
        self.codes = {(c.chambre, c.code): c for c in CodeCloture.objects.order_by("pk")}

    # Ministries ----------------------------------------------------------------------------------------
    def ranger(self, timbre: Timbre) -> Timbre:
        if timbre.organe:
            self.organes[timbre.organe] = timbre
        for nom in {timbre.norme, normaliser(timbre.abrege)} - {""}:
            self.noms[nom].append(timbre)
        return timbre

    def ministere_de(self, norme: str, *, officiel: bool = False, precedent: str = "") -> int | None:
        """The ministry that a new name is of: the one that already bears it. An official list names every ministry,
        so that what it adds is another one, unless it looks like ours; anything else is to be matched by somebody."""
        portes = {t.ministere_id for t in self.noms.get(norme, ()) if t.norme == norme and t.ministere_id}
        if len(portes) == 1:
            return portes.pop()
        suite = precedent and self.organes.get(precedent)
        if not officiel or portes or self._ressemble(norme) or (suite and suite.ministere_id != self.autre):
            return None
        return self.autre

    def _ressemble(self, norme: str) -> bool:
        return bool(self.mots & set(norme.split()))

    def timbre(self, nomme: Denomination, jour: date | None) -> Timbre:
        """By the Assemblée's id, else by its name that day, else a new one."""
        if nomme.organe and (connu := self.organes.get(nomme.organe)):
            return connu
        norme = normaliser(nomme.developpe or nomme.abrege)[:300]
        portes = [t for t in self.noms.get(norme, ()) if not nomme.organe or t.organe in (None, nomme.organe)]
        if portes:
            return max(portes, key=lambda t: (_vaut(t, jour), t.ministere_id is not None, t.organe is not None, t.pk))
        return self.ranger(
            Timbre.objects.create(
                intitule=(nomme.developpe or nomme.abrege or nomme.organe)[:300],
                abrege=nomme.abrege[:200] if nomme.developpe else "",
                norme=norme,
                organe=nomme.organe or None,
                ministere_id=self.ministere_de(norme),
            )
        )

    # Members -------------------------------------------------------------------------------------------
    def _inscrire(self, parlementaire: Parlementaire) -> Parlementaire:
        if parlementaire.identifiant:
            self.parlementaires[parlementaire.chambre, parlementaire.identifiant] = parlementaire
        if parlementaire.norme:
            self.homonymes[parlementaire.chambre, parlementaire.norme].append(parlementaire)
        return parlementaire

    def auteur(self, chambre: str, lu: Auteur, jour: date | None) -> Parlementaire:
        """By the identifier, else by a name that one alone bears that day, else a new one to be matched."""
        norme = normaliser(f"{lu.nom} {lu.prenom}")[:300] or ("" if lu.identifiant else SANS_NOM)
        if lu.identifiant:
            connu = self.parlementaires.get((chambre, lu.identifiant))
            return connu or self._creer(chambre, lu, norme)
        portes = self.homonymes.get((chambre, norme), [])
        en_poste = [p for p in portes if p.identifiant and self._siege(p, jour)]
        en_poste = en_poste if len(en_poste) < 2 else [p for p in en_poste if p.actif]
        if len(en_poste) == 1:
            return en_poste[0]
        provisoire = next((p for p in portes if not p.identifiant), None)
        return provisoire or self._creer(chambre, lu, norme)

    def _siege(self, parlementaire: Parlementaire, jour: date | None) -> bool:
        mandats = self.mandats.get(parlementaire.pk)
        return not mandats or any(_vaut(m, jour) for m in mandats)

    def _creer(self, chambre: str, lu: Auteur, norme: str) -> Parlementaire:
        return self._inscrire(
            Parlementaire.objects.create(
                chambre=chambre, identifiant=lu.identifiant or None, civilite=lu.civilite[:20], prenom=lu.prenom[:100],
                nom=lu.nom[:200], norme=norme, circonscription=lu.circonscription[:120],
            )
        )  # fmt: skip

    def groupe(self, chambre: str, lu: GroupeLu, auteur: Parlementaire | None, jour: date | None):
        """The group of that day: as the record says, else as the author's mandates do."""
        if not (lu.identifiant or lu.sigle):
            du_jour = [m for m in self.mandats.get(auteur.pk if auteur else 0, ()) if m.groupe_id and _vaut(m, jour)]
            return du_jour[0].groupe if du_jour else None
        identifiant = lu.identifiant or f"sigle:{normaliser(lu.sigle) or lu.sigle}"[:60]
        groupe = self.groupes.get((chambre, identifiant))
        if groupe is None:
            groupe = Groupe.objects.create(
                chambre=chambre, identifiant=identifiant, sigle=lu.sigle[:60], libelle=lu.libelle[:200]
            )
            self.groupes[chambre, identifiant] = groupe
        return groupe

    # The rest ------------------------------------------------------------------------------------------
    def legislature(self, numero: int | None, jour: date | None) -> Legislature | None:
        """By its number; else the one of that day."""
        if numero is not None:
            connue = next((x for x in self.legislatures if x.numero == numero), None)
            if connue is None and 1 <= numero <= 99 and jour:
                connue = Legislature.objects.create(numero=numero, du=jour)
                self.legislatures.append(connue)
            return connue
        return next((x for x in self.legislatures if jour and _vaut(x, jour)), None)

    def code(self, chambre: str, code: str, libelle: str) -> CodeCloture:
        """What the chamber says of the fate of a question; one never seen is to be matched."""
        connu = self.codes.get((chambre, code[:120]))
        if connu is None:
            connu = CodeCloture.objects.create(chambre=chambre, code=code[:120], libelle=libelle[:200])
            self.codes[chambre, code[:120]] = connu
        return connu
