"""Of whom something is expected in each state: (structure id, agent id)."""

from socle.attentes import structure_de
from socle.models import Structure


def a_repartir(fiche):
    return structure_de(Structure.Genre.CABINET), None


def au_service(fiche):
    return fiche.structure_id, None


def a_l_agent(fiche):
    return fiche.structure_id, fiche.agent_id


def au_bureau_d_ordre(fiche):
    return structure_de(Structure.Genre.BUREAU_ORDRE), None
