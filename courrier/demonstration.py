def charger_courriers(nombre, ecrire=print):
    return 0
