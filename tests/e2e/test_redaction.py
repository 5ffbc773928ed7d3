"""The editor of letters in Chromium, on a page of its own: what is seen is what is kept, in light marks."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.contrib.staticfiles import finders
from django.template import engines

from socle.forms import Formulaire, Redaction, TexteField
from socle.texte import en_html, paragraphes

ORIGINE = "http://portail.test"
CSP = "default-src 'self'; img-src 'self' data:"
PAGE = """<!DOCTYPE html><html lang="fr" data-fr-scheme="light" data-fr-theme="light"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Rédiger</title>
{% for f in feuilles %}<link rel="stylesheet" href="/static/{{ f }}">{% endfor %}</head>
<body class="outil seul"><main class="page" id="contenu"><h1>Rédiger</h1><form method="post" data-garde>{{ form }}
<input type="hidden" name="csrfmiddlewaretoken" value="jeton"><input type="file" name="piece" aria-label="Pièce"></form></main>
<script type="module" src="/static/js/formulaires.js"></script></body></html>"""
FEUILLES = [
    "dsfr/dist/core/core.main.min.css",
    "dsfr/dist/scheme/scheme.min.css",
    "dsfr/dist/component/button/button.main.min.css",
]
FEUILLES += [f"css/{nom}.css" for nom in ("icones", "portail", "listes", "saisie", "ecrans", "adaptation")]


class Lettre(Formulaire):
    texte = TexteField(label="Texte de la lettre", help_text="Sans l’appel.", max_length=1000, required=False)
    disposition = {"texte": "c6"}


class LettreVue(Formulaire):
    texte = TexteField(
        label="Texte de la lettre", required=False, widget=Redaction(attrs={"data-apercu-url": "/apercu/"})
    )
    disposition = {"texte": "c6"}


class Table:
    """The page, served to the browser without a server; what the preview was sent is kept."""

    def __init__(self, navigateur, formulaire: type[forms.Form], texte: str, **contexte):
        self.form, self.recus, self.reponse, self.erreurs = formulaire, [], (200, "<p>Page 1</p>"), []
        self.texte = texte
        self.contexte = navigateur.new_context(
            **{"locale": "fr-FR", "viewport": {"width": 1440, "height": 900}, **contexte}
        )
        self.contexte.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page = self.contexte.new_page()
        self.page.set_default_timeout(8_000)
        self.page.on("pageerror", lambda erreur: self.erreurs.append(str(erreur)))
        # Chromium gives their own style to the words that it moves; our policy refuses it, as it should.
        attendus = re.compile("status of|Applying inline style")
        self.page.on(
            "console", lambda m: m.type == "error" and not attendus.search(m.text) and self.erreurs.append(m.text)
        )
        self.page.route(f"{ORIGINE}/**", self.servir)
        self.ouvrir()

    def servir(self, route):
        chemin = route.request.url.removeprefix(ORIGINE).split("?")[0]
        if chemin == "/apercu/":
            self.recus.append(route.request)
            if self.reponse is None:
                return route.abort()
            return route.fulfill(status=self.reponse[0], body=self.reponse[1], content_type="text/html; charset=utf-8")
        if chemin == "/":
            form = self.form(initial={"texte": self.texte})
            html = engines["django"].from_string(PAGE).render({"form": form, "feuilles": FEUILLES})
            return route.fulfill(
                body=html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": CSP}
            )
        trouve = finders.find(chemin.removeprefix("/static/"))
        return route.fulfill(path=trouve) if trouve else route.fulfill(status=404)

    def ouvrir(self):
        self.page.goto(f"{ORIGINE}/")

    @property
    def editeur(self):
        return self.page.get_by_role("textbox", name="Texte de la lettre")

    @property
    def valeur(self) -> str:
        return self.page.locator("textarea").input_value()

    def bouton(self, nom):
        return self.page.get_by_role("button", name=nom, exact=True)

    def coller(self, html="", texte="x"):
        self.editeur.focus()
        self.page.evaluate(
            """([html, texte]) => { const d = new DataTransfer(); if (html) d.setData("text/html", html);
            d.setData("text/plain", texte);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: d, bubbles: true, cancelable: true})); }""",
            [html, texte],
        )


@pytest.fixture
def table(navigateur):
    ouvertes = []

    def ouvrir(texte="", formulaire=Lettre, **contexte) -> Table:
        ouvertes.append(Table(navigateur, formulaire, texte, **contexte))
        return ouvertes[-1]

    yield ouvrir
    for une in ouvertes:
        une.contexte.close()
        assert une.erreurs == []


def test_ecrire_enrichir_enregistrer_et_retrouver(table):
    t = table()
    page = t.page
    t.editeur.click()
    page.keyboard.type("Un ")
    t.bouton("Gras").click()
    page.keyboard.type("mot gras")
    page.keyboard.press("Control+B")
    page.keyboard.type(", un ")
    page.keyboard.press("Control+I")
    page.keyboard.type("italique")
    page.keyboard.press("Control+I")
    page.keyboard.type(", 2 * 3 [1].")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("- Seconde ligne")
    page.keyboard.press("Enter")
    t.bouton("Liste").click()
    page.keyboard.type("pomme")
    page.keyboard.press("Enter")
    page.keyboard.type("poire")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("Voir le site.")
    for _ in range(5):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Control+K")
    page.get_by_label("Adresse du lien").fill("justice.exemple/a?b=1")
    page.keyboard.press("Enter")
    attendu = "Un **mot gras**, un *italique*, 2 \\* 3 \\[1\\].\n\\- Seconde ligne\n\n- pomme\n- poire\n\nVoir le [site.](https://justice.exemple/a?b=1)"
    assert t.valeur == attendu
    t.texte = t.valeur
    t.ouvrir()
    assert t.valeur == attendu
    t.editeur.press("Control+End")
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    assert t.valeur == attendu, "what the server shows again is written the same"


def test_annuler_retablir_effacer(table):
    t = table("Un **mot** gras")
    t.editeur.press("Control+A")
    t.bouton("Effacer la mise en forme").click()
    assert t.valeur == "Un mot gras"
    t.bouton("Annuler").click()
    assert t.valeur == "Un **mot** gras"
    t.bouton("Rétablir").click()
    assert t.valeur == "Un mot gras"
    t.bouton("Liste numérotée").click()
    assert t.valeur == "1. Un mot gras"
    assert t.bouton("Liste numérotée").get_attribute("aria-pressed") == "true"
    t.bouton("Liste numérotée").click()
    assert t.valeur == "Un mot gras"


def test_rien_ne_change_tant_que_l_on_n_ecrit_pas(table):
    texte = "2) faux\n* étoile\n#  titre  <b>\n\n1. un\n\n5. cinq\n\n`code` _souligné_ & «\u00a0oui\u00a0»"
    t = table(texte)
    assert t.valeur == texte
    t.editeur.press("Control+End")
    t.page.keyboard.type(" !")
    assert [b.texte for b in paragraphes(t.valeur)] == [b.texte for b in paragraphes(texte + " !")]
    assert en_html(t.valeur) == en_html(texte + " !")


class TestLien:
    def test_poser_changer_retirer(self, table):
        t = table("Voir ici")
        t.editeur.press("Control+End")
        t.bouton("Lien").click()
        adresse = t.page.get_by_label("Adresse du lien")
        adresse.fill("javascript:alert(1)")
        t.page.keyboard.press("Enter")
        assert "adresse complète" in t.page.get_by_role("alert").inner_text()
        assert adresse.get_attribute("aria-invalid") is not None
        adresse.fill("a@b.fr")
        t.bouton("Poser le lien").click()
        assert t.valeur == "Voir ici[a@b.fr](mailto:a@b.fr)"
        t.editeur.press("ArrowLeft")
        assert t.bouton("Lien").get_attribute("aria-pressed") == "true"
        t.page.keyboard.press("Control+K")
        assert adresse.input_value() == "a@b.fr"
        t.bouton("Retirer le lien").click()
        assert t.valeur == "Voir icia@b.fr"

    def test_echap_rend_la_main_au_texte(self, table):
        t = table("abc")
        t.editeur.press("Control+A")
        t.page.keyboard.press("Control+K")
        t.page.keyboard.press("Escape")
        t.page.keyboard.type("z")
        assert t.valeur == "z"


COLLAGES = {
    "<p>Un <b>gras</b> <span style='font-style:italic;color:red'>it</span><script>x()</script></p><h2>Titre</h2><ul><li>a<li>b</ul>":
        "Un **gras** *it*\n\nTitre\n\n- a\n- b",
    "<b style='font-weight:normal'><p>Google</p><ol start=3><li><p>c</p></li></ol></b>": "Google\n\n3. c",
    "<p class=MsoListParagraph><span style='mso-list:Ignore'>·<span> </span></span>un</p>"
    "<p class=MsoListParagraph><span style='mso-list:Ignore'>·</span>deux</p>": "- un\n- deux",
    "<table><tr><td>1</td></tr><tr><td>2</td></tr></table>": "1\n\n2",
    "<a href='javascript:x'>non</a> <a href='https://ex.fr/a(b)'>oui</a><img src=x onerror=alert(1)>": "non [oui](https://ex.fr/a%28b%29)",
    "<div>a<br>b</div><div>c</div>": "a\nb\n\nc",
}  # fmt: skip


@pytest.mark.parametrize("html", COLLAGES)
def test_coller_ne_garde_que_nos_marques(table, html):
    t = table()
    t.coller(html)
    assert t.valeur == COLLAGES[html]
    assert not t.editeur.locator("script, img, table, span[style]").count()


def test_coller_du_texte_seul(table):
    t = table("Avant")
    t.editeur.press("Control+End")
    t.coller(texte="ligne *un*\r\nligne deux\r\n\r\n- fin")
    assert paragraphes(t.valeur)[-1].texte == "- fin"
    assert "ligne \\*un\\*\nligne deux" in t.valeur


def test_inserer_depuis_un_autre_script(table):
    t = table("Début.")
    t.page.evaluate(
        "document.querySelector('textarea').dispatchEvent(new CustomEvent('portail:inserer', {detail: '<p>Un <strong>type</strong></p><p>b</p>'}))"
    )
    assert "Un **type**" in t.valeur


class TestClavierEtAccessibilite:
    def test_roles_noms_et_description(self, table):
        t = table("abc")
        assert t.editeur.get_attribute("aria-multiline") == "true"
        assert t.editeur.get_attribute("aria-describedby") == "id_texte_helptext"
        t.page.get_by_text("Texte de la lettre").click()
        assert t.editeur.evaluate("e => e === document.activeElement")
        assert Axe().run(t.page).response["violations"] == []

    def test_une_seule_etape_du_clavier_puis_les_fleches(self, table):
        t = table("abc")
        t.page.keyboard.press("Tab")
        assert t.bouton("Gras").evaluate("e => e === document.activeElement")
        t.page.keyboard.press("ArrowRight")
        t.page.keyboard.press("ArrowRight")
        t.page.keyboard.press("End")
        assert t.bouton("Rétablir").evaluate("e => e === document.activeElement")
        t.page.keyboard.press("ArrowRight")
        assert t.bouton("Gras").evaluate("e => e === document.activeElement")
        t.page.keyboard.press("Tab")
        assert t.editeur.evaluate("e => e === document.activeElement")
        t.page.keyboard.press("Tab")
        assert not t.editeur.evaluate("e => e === document.activeElement"), "no trap"

    def test_le_compte_se_montre_pres_de_la_limite(self, table):
        t = table("a" * 890)
        assert t.page.locator("[data-compte]").inner_text() == ""
        t.editeur.press("Control+End")
        t.page.keyboard.insert_text("b" * 60)
        assert t.page.locator("[data-compte]").inner_text() == "Il reste 50 caractères."
        t.page.keyboard.insert_text("b" * 60)
        assert t.page.locator("[data-compte]").inner_text() == "10 caractères de trop."

    @pytest.mark.parametrize("largeur", [320, 768, 1440])
    def test_tient_dans_la_page(self, table, largeur):
        t = table("Un mot", formulaire=LettreVue, viewport={"width": largeur, "height": 800})
        t.page.get_by_text("Aperçu à jour").wait_for()
        assert t.page.evaluate("document.documentElement.scrollWidth") <= largeur
        gauche, droite = t.editeur.bounding_box(), t.page.locator("[data-pages]").bounding_box()
        assert (droite["x"] > gauche["x"] + gauche["width"]) == (largeur >= 1200)

    def test_rien_ne_saute_au_chargement(self, table):
        t = table("Un mot\n\n" * 3)
        total = t.page.evaluate(
            "() => new Promise(r => { let s = 0; new PerformanceObserver(l => { for (const e of l.getEntries()) s += e.value; })"
            ".observe({type: 'layout-shift', buffered: true}); setTimeout(() => r(s), 300); })"
        )
        assert total < 0.01


def test_sans_javascript(table):
    t = table("Un **mot**", java_script_enabled=False)
    champ = t.page.get_by_label("Texte de la lettre")
    assert champ.input_value() == "Un **mot**" and champ.is_visible()
    assert "**gras**" in t.page.locator(".marques").inner_text() and t.page.locator(".marques").is_visible()
    assert not t.page.get_by_role("toolbar").is_visible()


class TestApercu:
    def test_a_l_ouverture_puis_quand_on_s_arrete(self, table):
        t = table("Un", formulaire=LettreVue)
        etat = t.page.locator("[data-etat]")
        t.page.get_by_text(re.compile(r"^Aperçu à jour à \d+\u00a0h\u00a0\d\d$")).wait_for()
        t.page.set_input_files("input[type=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x"})
        t.reponse = (200, "<p>Page deux</p>")
        t.editeur.press("Control+End")
        t.page.keyboard.type(" mot")
        t.page.get_by_text("Page deux").wait_for()
        derniere = t.recus[-1]
        assert len(t.recus) == 2 or "piece" in t.recus[1].post_data
        assert derniere.headers["x-csrftoken"] == "jeton"
        assert "Un mot" in derniere.post_data and "a.pdf" not in derniere.post_data
        assert etat.get_attribute("role") == "status"

    @pytest.mark.parametrize(
        ("reponse", "dit"),
        [
            ((422, "<p>L’adresse manque.</p>"), "Aperçu impossible"),
            ((500, "panne"), "n’a pas pu être fait"),
            ((403, "refus"), "session est finie"),
            (None, "n’a pas pu être fait"),
        ],
    )
    def test_les_echecs_se_disent_et_laissent_le_texte(self, table, reponse, dit):
        t = table("Un", formulaire=LettreVue)
        t.page.get_by_text("Aperçu à jour").wait_for()
        t.reponse = reponse
        t.bouton("Actualiser l’aperçu").click()
        t.page.get_by_text(re.compile(dit)).wait_for()
        assert ("L’adresse manque." in t.page.content()) == (reponse == (422, "<p>L’adresse manque.</p>"))
        assert t.valeur == "Un"
        t.erreurs.clear()  # the browser's own word on an aborted request


DOCUMENTS = """async (sages) => {
  const { ecrire } = await import("/static/js/balisage.js");
  const { construire, lire } = await import("/static/js/blocs.js");
  let graine = 7;
  const tirer = (n) => { graine = (graine * 1103515245 + 12345) % 2147483648; return Math.floor(graine / 65536) % n; };
  const mots = ["mot", "été", " ", " ", " ", "\\n", "- ", "1. ", "12) ", "*", "**", "_", "[", "](", "]", ")", "«\\u00a0oui\\u00a0»",
    ".", ",", "!", "(", "\\\\", "#", "<b>", "&amp;", "\\u00a0", "€", "x", "5", "+", "-"];
  const choisir = (parmi) => parmi[tirer(parmi.length)];
  const look = () => ({ gras: !tirer(3), italique: !tirer(3), href: tirer(8) ? "" : "https://ex.fr/a_(b)?c=1&d=*2" });
  const sage = () => [
    { texte: choisir(["mot", "Objet\\u00a0:", "(note)", "a*b", "été.", "l’an\\n- deux", "3 %"]), ...look() },
    { texte: choisir([" ", ", ", " (", ") ", "\\n", " – "]), gras: false, italique: false, href: "" },
  ];
  const fou = () => [{ texte: Array.from({ length: 1 + tirer(4) }, () => choisir(mots)).join(""), ...look() }];
  return Array.from({ length: 500 }, () => {
    let niveau = 0;
    const blocs = Array.from({ length: 1 + tirer(4) }, () => {
      niveau = Math.min(tirer(4), niveau + 1);
      const fragments = Array.from({ length: 1 + tirer(4) }, sages ? sage : fou).flat();
      return { niveau, numero: niveau && tirer(2) ? 1 + tirer(12) : 0, fragments };
    });
    const lus = lire(construire(blocs));
    return [lus, ecrire(lus)];
  });
}"""


def test_tout_document_garde_ses_mots_et_ses_listes(table):
    """Hundreds of absurd documents, written by the browser and read by the server: not a sign is lost."""
    for blocs, ecrit in table().page.evaluate(DOCUMENTS, False):
        relus = paragraphes(ecrit)
        assert [b.texte for b in relus] == ["".join(f["texte"] for f in bloc["fragments"]) for bloc in blocs], ecrit
        assert [(b.niveau, b.numero) for b in relus] == [(bloc["niveau"], bloc["numero"]) for bloc in blocs], ecrit


def test_tout_document_raisonnable_garde_son_allure(table):
    for blocs, ecrit in table().page.evaluate(DOCUMENTS, True):
        attendu = [[(f["texte"], f["gras"], f["italique"], f["href"]) for f in b["fragments"]] for b in blocs]
        attendu = [[(t, g, i, h.replace("(", "%28").replace(")", "%29")) for t, g, i, h in b] for b in attendu]
        assert [[(f.texte, f.gras, f.italique, f.href) for f in b.fragments] for b in paragraphes(ecrit)] == attendu, (
            ecrit
        )
