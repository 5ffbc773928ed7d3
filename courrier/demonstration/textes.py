"""Invented subjects, places and bodies of letters. Nobody and nothing here exists."""

LIEUX = [
    "Valmont-sur-Loire", "Brévannes-le-Haut", "Saint-Aubin-le-Mont", "Montreuil-les-Eaux", "Valbonne-le-Haut",
    "Port-Sainte-Anne", "Roquevaire-en-Brie", "Cerisy-la-Forêt", "Lannédern-Plage", "Villeneuve-d’Ormes",
    "Châtelneuf-en-Forez", "Aigremont-sur-Ource",
]  # fmt: skip
OBJETS = [
    "Fermeture annoncée du point-justice de {lieu}",
    "Retards de paiement des experts judiciaires de {lieu}",
    "Vacance de postes de greffiers au tribunal judiciaire de {lieu}",
    "Inauguration du palais de justice rénové de {lieu}",
    "Cession de l’ancien tribunal d’instance de {lieu}",
    "Contestation d’un refus d’aide juridictionnelle",
    "Régime indemnitaire des directeurs des services de greffe",
    "Demande d’audience de l’union des interprètes de {lieu}",
    "Convention de partenariat avec l’école des greffes",
    "Accessibilité du greffe de {lieu} aux personnes à mobilité réduite",
    "Réclamation sur le lot n° 3 du marché de gardiennage",
    "Maison de justice et du droit de {lieu} : renouvellement du bail",
    "Délais d’audiencement en matière familiale à {lieu}",
    "Soutien à une demande de mutation",
    "Remboursement de frais de déplacement d’un juré",
    "Effectifs du service administratif régional",
    "Formation continue des conciliateurs de justice de {lieu}",
    "Protection sociale complémentaire des agents",
    "Visite d’une délégation étrangère de magistrats",
    "Versement des archives du conseil de l’ordre de {lieu}",
    "Stationnement aux abords du palais de justice de {lieu}",
    "Subvention : bilan de l’exercice écoulé",
    "Dysfonctionnement d’un dispositif de visioconférence à {lieu}",
    "Candidature à la journée nationale de l’accès au droit",
    "Invitation à la rentrée solennelle du barreau de {lieu}",
    "Demande de communication d’un dossier de pension",
    "Sécurité des personnels de l’accueil du tribunal de {lieu}",
    "Travaux de toiture et fermeture provisoire du greffe de {lieu}",
]
CORPS = [
    "J’apprends que le service de proximité ouvert dans les locaux de la mairie cesserait de recevoir le public à la "
    "fin de l’année.\n\nQuatorze permanences y sont tenues chaque mois par des avocats, deux associations et un "
    "conciliateur. Plus de la moitié des personnes reçues n’ont aucun moyen de se rendre au chef-lieu.\n\nJe vous "
    "demande de bien vouloir proroger la convention de douze mois et de me recevoir avant la prochaine réunion.",
    "Depuis le printemps, les mémoires déposés par nos confrères sont réglés avec un retard qui dépasse sept mois. "
    "Plusieurs d’entre eux refusent désormais de nouvelles missions.\n\nNous souhaitons connaître le calendrier de "
    "résorption et les crédits qui y seront consacrés.",
    "Le greffe de notre juridiction compte quatre emplois vacants sur dix-neuf. Les audiences correctionnelles du "
    "jeudi ont été suspendues à deux reprises.\n\nJe vous serais reconnaissante de m’indiquer si des affectations sont "
    "prévues à la prochaine commission.",
    "Ma demande a été rejetée au motif que mes ressources dépasseraient le plafond, alors que l’avis d’imposition joint "
    "montre le contraire.\n\nJe conteste cette décision et je demande que mon dossier soit examiné de nouveau.",
    "Notre commune souhaite acquérir l’immeuble laissé libre par le regroupement des services, afin d’y installer une "
    "maison des associations.\n\nLe conseil municipal en a délibéré à l’unanimité. Nous attendons l’évaluation "
    "domaniale.",
    "Nous avons l’honneur de vous inviter à la cérémonie qui réunira les acteurs du droit de notre ressort.\n\nVotre "
    "présence, ou celle de votre représentant, serait un honneur pour notre compagnie. Une réponse avant le quinze du "
    "mois prochain nous obligerait.",
    "Le matériel de visioconférence de la salle B ne fonctionne plus depuis trois semaines. Les interprètes doivent "
    "se déplacer, et deux audiences ont été renvoyées.\n\nNous demandons son remplacement.",
]
