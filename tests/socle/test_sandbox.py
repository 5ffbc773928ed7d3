import io
import json
import os
import tempfile
import time
from pathlib import Path

import pytest

from socle.sandbox import MIB, ChildFailed, Limits, run


def repeter(arguments, source, reponse):
    reponse.write(arguments["avant"].encode() + source.read())


def dormir(arguments, source, reponse):
    if petit_enfant := os.fork():
        Path(arguments["temoin"]).write_text(str(petit_enfant))
    time.sleep(60)


def tourner(arguments, source, reponse):
    while True:
        pass


def gonfler(arguments, source, reponse):
    reponse.write(bytes(2000 * MIB)[:1])


def tomber(arguments, source, reponse):
    raise RuntimeError("secret de fabrication")


def trop_repondre(arguments, source, reponse):
    reponse.write(bytes(3 * MIB))


def environnement(arguments, source, reponse):
    import sys

    reponse.write(json.dumps([dict(os.environ), sorted(sys.modules)]).encode())


def lancer(fonction, entree=b"", limits=Limits(seconds=10, memory=256 * MIB, answer=MIB), **arguments):  # noqa: B008
    with tempfile.TemporaryFile() as source:
        source.write(entree)
        source.seek(0)
        return run(f"tests.socle.test_sandbox:{fonction.__name__}", arguments, source, limits)


def test_la_reponse_revient():
    assert lancer(repeter, b"courrier", avant="é") == "écourrier".encode()


def test_un_enfant_qui_dort_est_tue_avec_sa_lignee(tmp_path):
    temoin = tmp_path / "temoin"
    with pytest.raises(ChildFailed) as echec:
        lancer(dormir, limits=Limits(seconds=4), temoin=str(temoin))
    assert echec.value.reason == "timeout"
    etat = Path("/proc", temoin.read_text(), "stat")
    time.sleep(0.2)
    assert not etat.exists() or etat.read_text().split()[2] == "Z"


def test_un_enfant_qui_tourne_est_tue():
    with pytest.raises(ChildFailed) as echec:
        lancer(tourner, limits=Limits(seconds=1))
    assert echec.value.reason == "timeout"


def test_la_memoire_est_bornee():
    with pytest.raises(ChildFailed) as echec:
        lancer(gonfler)
    assert echec.value.reason == "memory"


@pytest.mark.parametrize("fonction", [tomber, trop_repondre])
def test_une_chute_est_dite_sans_reponse_partielle(fonction):
    with pytest.raises(ChildFailed) as echec:
        lancer(fonction)
    assert echec.value.reason == "crash"


def test_l_enfant_n_herite_ni_secret_ni_django(monkeypatch):
    monkeypatch.setenv("PORTAIL_SECRET_KEY", "ne doit pas passer")
    variables, modules = json.loads(lancer(environnement))
    assert "PORTAIL_SECRET_KEY" not in variables
    assert "django" not in modules


def test_une_source_sans_descripteur_est_refusee():
    with pytest.raises(io.UnsupportedOperation):
        run("socle.sandbox:child", {}, io.BytesIO(b"x"))
