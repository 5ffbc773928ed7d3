"""Two thousand invented correspondents: bars, town halls, associations, elected people, citizens."""

import random

from ..lots import copier, reserver_ids
from ..models import Correspondant

VILLES = [
    ("Valmont-sur-Loire", "99100"), ("Brévannes-le-Haut", "99210"), ("Saint-Aubin-le-Mont", "99320"),
    ("Montreuil-les-Eaux", "99430"), ("Valbonne-le-Haut", "99140"), ("Port-Sainte-Anne", "99550"),
    ("Roquevaire-en-Brie", "99660"), ("Cerisy-la-Forêt", "99770"), ("Lannédern-Plage", "99880"),
    ("Villeneuve-d’Ormes", "99120"), ("Châtelneuf-en-Forez", "99230"), ("Aigremont-sur-Ource", "99340"),
    ("Beaumesnil", "99450"), ("Coulombiers-les-Bois", "99560"), ("Esternay-le-Vieux", "99670"),
]  # fmt: skip
RUES = ["rue des Tanneurs", "place du Mail", "avenue de la République", "impasse du Puits", "chemin des Vignes",
        "boulevard des Lices", "rue du Palais", "quai des Mariniers", "rue Haute", "allée des Tilleuls"]  # fmt: skip
PRENOMS = [
    ("Mme", "Hélène"), ("M.", "Luc"), ("M.", "Youssef"), ("Mme", "Brigitte"), ("M.", "Paul"), ("Mme", "Solange"),
    ("M.", "Étienne"), ("Mme", "Nadège"), ("M.", "Gérard"), ("Mme", "Anne-Lise"), ("M.", "Mamadou"), ("Mme", "Chloé"),
    ("M.", "Thierry"), ("Mme", "Inès"), ("M.", "Bernard"), ("Mme", "Aïcha"), ("M.", "Matthieu"), ("Mme", "Françoise"),
    ("M.", "Yves"), ("Mme", "Léa"),
]  # fmt: skip
NOMS = ["Carpentier", "Amrani", "Lorrain", "Abadie", "Petit", "Roche", "Perrot", "Pons", "Morel", "Diallo", "Girard",
        "Lefèvre", "N’Guyen", "Marchetti", "Le Goff", "Dupré-Lambert", "Benali", "Schneider", "Fontaine", "Vasseur",
        "Quéré", "Da Silva", "Mercœur", "Charpentier", "Bouvier", "Delacroix", "Hamon", "Tessier"]  # fmt: skip
ORGANISMES = [
    ("Ordre des avocats du barreau de {ville}", False), ("Commune de {ville}", True),
    ("Préfecture de {ville}", True),
    ("Tribunal judiciaire de {ville}", False), ("Association Droits et Cité de {ville}", False),
    ("Chambre des commissaires de justice de {ville}", False), ("Syndicat des personnels des greffes de {ville}", False),
    ("Compagnie des experts de justice de {ville}", False), ("Conseil départemental de {ville}", True),
    ("Union des interprètes de {ville}", False), ("Centre communal d’action sociale de {ville}", False),
    ("Société Archivex, agence de {ville}", False),
]  # fmt: skip
ELUS = {
    "Mme": ["Députée", "Sénatrice", "Maire", "Présidente du conseil régional"],
    "M.": ["Député", "Sénateur", "Maire", "Président du conseil départemental"],
}


def charger_correspondants(nombre: int, graine: int = 2026) -> list[int]:
    """Adds `nombre` invented correspondents by COPY; returns their ids."""
    hasard = random.Random(graine)
    ids = reserver_ids(Correspondant, nombre)
    colonnes = ["id", "genre", "civilite", "prenom", "nom", "adresse", "code_postal", "ville", "pays", "courriel",
                "telephone", "elu", "actif", "demonstration"]  # fmt: skip
    copier("socle_correspondant", colonnes, (_ligne(pk, rang, hasard) for rang, pk in enumerate(ids)))
    return ids


def _ligne(pk: int, rang: int, hasard: random.Random) -> list:
    ville, code = VILLES[rang % len(VILLES)]
    adresse = f"{hasard.randint(1, 180)}, {hasard.choice(RUES)}"
    if rang % 4 == 0:
        modele, elu = ORGANISMES[(rang // 4) % len(ORGANISMES)]
        return [pk, "ORGANISME", "", "", modele.format(ville=ville), adresse, code, ville, "", "", "", elu, True, True]
    (civilite, prenom), nom = hasard.choice(PRENOMS), hasard.choice(NOMS)
    elu = rang % 4 == 1 and rang % 12 == 1
    if hasard.random() < 0.1:
        civilite = "Me"
    if elu:
        civilite = "M." if civilite == "M." else "Mme"
        adresse = f"{hasard.choice(ELUS[civilite])}\n{adresse}"
    courriel = f"contact{rang}@demonstration.invalid" if rang % 3 == 0 else ""
    return [pk, "PERSONNE", civilite, prenom, nom, adresse, code, ville, "", courriel, "", elu, True, True]
