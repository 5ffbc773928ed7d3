"""Give a file to the check, and read the verdict."""

import io

import pytest
from PIL import Image

from socle.controle import FichierRefuse, apercu, controler


@pytest.fixture
def deposer(tmp_path):
    """Write the bytes under a name that says nothing, then check them under the given one."""

    def depot(octets, nom):
        chemin = tmp_path / "depot"
        chemin.write_bytes(octets)
        return controler(chemin, nom)

    return depot


@pytest.fixture
def refus(deposer):
    def verdict(octets, nom):
        with pytest.raises(FichierRefuse) as exception:
            deposer(octets, nom)
        message = exception.value.message
        assert message[0].isupper() and message.endswith(".")
        return exception.value.code

    return verdict


@pytest.fixture
def dessiner(tmp_path):
    def dessin(octets, page=1, largeur=300):
        chemin = tmp_path / "piece"
        chemin.write_bytes(octets)
        return Image.open(io.BytesIO(apercu(chemin, page, largeur)))

    return dessin
