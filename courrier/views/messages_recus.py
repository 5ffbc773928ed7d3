"""The letters that came by e-mail: the list of those to qualify, the page of one, its files."""

from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from socle import mon_travail, pieces
from socle.listing import Column, Tri
from socle.models.pieces import Controle
from socle.pages.pieces import envoyer, image
from socle.permissions import peut
from socle.presentation import NBSP, instant, taille
from socle.views import Acces, FicheViews, Raccourci, VueSocle
from socle.views.liste import ExportCsv, ExportOds, Liste
from socle.views.pieces import FERMEES

from ..filters import MessageFilter
from ..models import BoiteReception, Message, PieceMessage
from ..services.qualification import depart_vu
from .registres import ligne

Etat = Message.Etat
PAGES_MONTREES = 10  # of the files of a message, stacked
CADRANS = {Etat.A_QUALIFIER: (1, "a-vous"), Etat.A_EXAMINER: (1, "retour"), Etat.ENREGISTRE: (4, "fait"),
           Etat.RATTACHE: (4, "fait"), Etat.ECARTE: (0, "annule")}  # fmt: skip


def etat(message: Message) -> dict:
    cadran, css = CADRANS[Etat(message.etat)]
    return {"libelle": message.get_etat_display(), "cadran": cadran, "css": css}


def _etat_html(message, lecture):
    return format_html('<span class="etat v{cadran} {css}">{libelle}</span>', **etat(message))


def _objet(message, lecture):
    return format_html('<a href="{}">{}</a>', reverse("message", args=[message.pk]), message)


def _jointes(message, lecture) -> str:
    return f"{message.jointes}{NBSP}pièce{'s' if message.jointes > 1 else ''}" if message.jointes else ""


def _suite(message: Message, lecture) -> str:
    """What became of it, or why the portal did not leave it open."""
    if message.fiche_id:
        return str(message.fiche)
    return message.get_motif_display() if message.etat == Etat.ECARTE else message.raison


class MessageViews(FicheViews):
    """Only what the list reads: a message is not a fiche, it becomes one or not."""

    model = Message
    nom = "message"
    titre_liste = "Messages reçus"
    relations = ("fiche", "boite")
    filtre = MessageFilter
    tris = (Tri("recu", "jour", True, "recu", "du plus récent"),)
    raccourcis = (
        Raccourci("qualifier", "À qualifier", lambda lect: Q(etat=Etat.A_QUALIFIER)),
        Raccourci("examiner", "À examiner", lambda lect: Q(etat=Etat.A_EXAMINER)),
    )
    colonnes = (
        Column("recu", "Reçu", lambda m, lect: m.jour, html=lambda m, lect: instant(m.recu_le, lect), css="nb"),
        Column("de", "De", lambda m, lect: m.expediteur),
        Column("objet", "Objet", lambda m, lect: str(m), html=_objet, entete=True),
        Column("adresse", "Adresse", lambda m, lect: m.adresse, a_l_ecran=False),
        Column("pieces", "Pièces jointes", lambda m, lect: m.jointes, html=_jointes, css="nb"),
        Column("etat", "État", lambda m, lect: m.get_etat_display(), html=_etat_html, css="nb"),
        Column("suite", "Suite", _suite, css="casse"),
        Column("boite", "Boîte", lambda m, lect: str(m.boite), a_l_ecran=False),
    )
    vide = ("Aucun message à qualifier.", "Les lettres reçues par courriel paraîtront ici, sans numéro encore.")

    @classmethod
    def genre(cls) -> str:
        return Message._meta.label_lower

    @classmethod
    def url(cls, message) -> str:
        return reverse("message", args=[message.pk])


def a_qualifier(agent):
    """The counter of « Mon travail », for whoever may register."""
    if not peut(agent, "courrier.enregistrer"):
        return None
    return Message.objects.filter(etat=Etat.A_QUALIFIER).count(), "Messages à qualifier", reverse("message_liste")


mon_travail.AILLEURS.append(a_qualifier)


class VueMessages:
    acces = Acces.REGLE
    regle = "courrier.enregistrer"
    fv = MessageViews

    def base(self):
        return Message.objects.visible_to(self.agent).annotate(jointes=Count("pieces", filter=Q(pieces__rang__gt=0)))

    def choix(self):
        return {"boite": [(str(pk), nom) for pk, nom in BoiteReception.objects.values_list("pk", "libelle")]}


class Messages(VueMessages, Liste):
    unite = "message"
    enregistrable = False

    def puces(self):
        """The ready searches, then what is over."""
        *pretes, tous = super().puces()
        courant = self.request.GET.get("etat", "")
        for etat_voulu, libelle in ((Etat.ECARTE, "Écartés"), (Etat.ENREGISTRE, "Enregistrés")):
            url = self.parametres(sans=("apres", "avant", "vue"), etat=etat_voulu)
            pretes.append({"libelle": libelle, "url": url, "compte": None, "courant": courant == etat_voulu})
        return [*pretes, tous]

    def masse(self):
        return []


class MessagesCsv(VueMessages, ExportCsv):
    pass


class MessagesOds(VueMessages, ExportOds):
    pass


class VueMessage(VueSocle):
    """One message, or 404 for whoever may not register."""

    acces = Acces.FICHE

    def message(self, pk) -> Message:
        return self.trouver(Message, pk, "boite", "fiche")

    def fil(self, message, *suite) -> list[dict]:
        un = {"libelle": str(message), "url": MessageViews.url(message) if suite else ""}
        return [{"libelle": MessageViews.titre_liste, "url": reverse("message_liste")}, un, *suite]


class DetailMessage(VueMessage):
    def get(self, request, pk):
        message = self.message(pk)
        return render(
            request,
            "courrier/message.html",
            {
                "titre": str(message),
                "fil": self.fil(message),
                "objet": str(message),
                "etat": etat(message),
                "actions": actes(message),
                "avis": self.avis(message),
                "resume": {"titre": "Message", "lignes": resume(message, self.lecture)},
                "message_lu": lire(message),
                "journal": {
                    "titre": "Ce qui en a été fait",
                    "faits": [
                        {
                            "quand": instant(a.quand, self.lecture),
                            "quand_iso": a.quand.isoformat(),
                            "html": _fait(a),
                        }
                        for a in message.actes.select_related("par", "pour").order_by("-pk")
                    ],
                },
            },
        )

    def avis(self, message) -> list[dict]:
        dits = []
        if message.etat == Etat.A_EXAMINER:
            dits.append({"css": "attention", "titre": "À examiner.", "texte": message.raison})
        elif message.etat == Etat.ECARTE:
            titre = f"Écarté{NBSP}: {message.get_motif_display().lower()}."
            dits.append({"titre": titre, "texte": message.raison or "Il est gardé, et se reprend."})
        if message.fiche_id and FicheViews.de(message.fiche).model.objects.visible_to(self.agent).filter(
            pk=message.fiche_id
        ):
            titre = f"{message.get_etat_display()}{NBSP}:"
            texte = f"{message.fiche}, {message.fiche.objet}"
            dits.append({"css": "reussite", "titre": titre, "texte": texte, "url": FicheViews.url_de(message.fiche)})
        elif depart := depart_vu(message, self.agent):
            texte = f"{depart}, {depart.objet}"
            dits.append({"titre": f"Répond à{NBSP}:", "texte": texte, "url": FicheViews.url_de(depart)})
        memes = Message.objects.visible_to(self.agent).filter(message_id=message.message_id).exclude(pk=message.pk)
        if message.message_id and (autre := memes.first()):
            texte = "Le même identifiant, un contenu différent : comparez avant d’enregistrer."
            dits.append(
                {"css": "attention", "titre": "Reçu deux fois.", "texte": texte, "url": MessageViews.url(autre)}
            )
        return dits


def _fait(acte):
    qui = acte.par.nom_complet if acte.par_id else "Le portail"
    if acte.pour_id:
        qui = f"{qui}, pour {acte.pour.nom_complet}"
    suite = f"{NBSP}: {acte.precision}" if acte.precision else ""
    return format_html("<b>{}</b> {}{}", qui, FAITS[acte.acte], suite)


FAITS = {
    "RELEVER": "relève le message",
    "ENREGISTRER": "l’enregistre",
    "RATTACHER": "le rattache",
    "ECARTER": "l’écarte",
    "REPRENDRE": "le reprend",
}


def actes(message: Message) -> list[dict]:
    """What may be done with it now, the usual one last."""

    def acte(libelle, nom, icone, **plus):
        return {"libelle": libelle, "url": reverse(nom, args=[message.pk]), "icone": icone, "touche": "", **plus}

    if message.ouvert:
        return [
            acte("Écarter…", "message_ecarter", "", principal=False),
            acte("Rattacher…", "message_rattacher", "", principal=False),
            acte("Enregistrer…", "message_enregistrer", "", principal=True),
        ]
    if message.etat == Etat.ECARTE:
        return [acte("Reprendre", "message_reprendre", "", principal=False)]
    return []


def resume(message: Message, lecture) -> list:
    de = f"{message.expediteur}, {message.adresse}" if message.expediteur != message.adresse else message.adresse
    return [
        ligne("De", "<b>{}</b>", de or "Expéditeur illisible"),
        *(ligne(nom, "{}", valeur) for nom, valeur in message.entetes.items()),
        ligne("Reçu", "{} par la boîte «{}{}{}»", instant(message.recu_le, lecture), NBSP, message.boite, NBSP),
        ligne("Taille", "{}", taille(message.taille)),
    ]


def lire(message: Message) -> dict:
    """Its text and its files, as both screens show them."""
    return {
        "texte": message.texte,
        "fichiers": [
            {
                "nom": p.nom,
                "taille": taille(p.taille),
                "libelle": "Message entier" if p.rang == 0 else "",
                "etat": FERMEES.get(p.controle, "" if p.controle == Controle.SAIN else p.get_controle_display()),
                "url": "" if p.controle in FERMEES else reverse("message_piece", args=[p.pk]),
                "pages": p.pages,
                "apercus": []
                if p.controle in FERMEES
                else [
                    reverse("message_apercu", args=[p.pk, n]) for n in range(1, min(p.pages or 0, PAGES_MONTREES) + 1)
                ],
            }
            for p in message.pieces.order_by("rang")
        ],
        "non_jointes": [{"nom": nom, "raison": raison} for nom, raison in message.non_jointes],
    }


class VuePieceMessage(VueSocle):
    acces = Acces.FICHE

    def piece(self, pk) -> PieceMessage:
        vus = Message.objects.visible_to(self.agent)
        piece = PieceMessage.objects.filter(pk=pk, message__in=vus).exclude(controle=Controle.REFUSE).first()
        if piece is None:
            raise Http404
        pieces.exiger_ouvrable(piece)
        return piece


class TelechargerPieceMessage(VuePieceMessage):
    def get(self, request, pk):
        return envoyer(self.piece(pk))


class ApercuPieceMessage(VuePieceMessage):
    def get(self, request, pk, page):
        piece = self.piece(pk)
        if not piece.pages or not 1 <= page <= piece.pages:
            raise Http404
        try:
            return image(pieces.apercu(piece, page))
        except FileNotFoundError as absent:
            raise Http404 from absent
