"""A broker that is down loses nothing and keeps nobody waiting."""

import socket
import threading

import pytest
from celery import Celery
from django.conf import settings

from socle.reveil import reveiller


@pytest.fixture
def courtier_mourant():
    """Takes a connection and drops it; how many it took."""
    essais = []
    with socket.create_server(("127.0.0.1", 0)) as serveur:

        def servir():
            while True:
                try:
                    lien, _ = serveur.accept()
                except OSError:
                    return
                essais.append(1)
                lien.close()

        threading.Thread(target=servir, daemon=True).start()
        yield serveur.getsockname()[1], essais
        serveur.shutdown(socket.SHUT_RDWR)


@pytest.mark.django_db(transaction=False)
def test_un_courtier_mort_ne_retient_pas_la_requete(courtier_mourant, django_capture_on_commit_callbacks, caplog):
    port, essais = courtier_mourant
    app = Celery("essai", broker=f"redis://127.0.0.1:{port}/0", set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS

    @app.task(name="essai")
    def tache():
        pass

    with django_capture_on_commit_callbacks(execute=True):
        reveiller(tache)
    assert "left to the sweep" in caplog.text
    assert 1 <= len(essais) <= 4, "tried again and again while somebody waits"
