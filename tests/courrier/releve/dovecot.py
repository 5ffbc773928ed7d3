"""A real IMAP server on the loopback, over a Maildir that tests feed; and a wire that breaks where it is told."""

import os
import pwd
import shutil
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from itertools import count
from pathlib import Path

from imap_tools import MailBoxUnencrypted

MOT_DE_PASSE = "secret-d-essai"
CONFIGURATION = """
base_dir = {d}/run
state_dir = {d}/run
log_path = {d}/journal
protocols = imap
ssl = no
listen = 127.0.0.1
disable_plaintext_auth = no
default_login_user = {qui}
default_internal_user = {qui}
default_internal_group = {groupe}
first_valid_uid = 1
mail_location = maildir:{d}/boite
maildir_stat_dirs = yes
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password={mdp}
}}
userdb {{
  driver = static
  args = uid={qui} gid={groupe} home={d}/maison
}}
"""


class Dovecot:
    """Under root, it serves as nobody; otherwise as whoever runs the tests."""

    def __init__(self):
        self.dossier = Path(tempfile.mkdtemp(prefix="portail-imap-", dir="/tmp"))
        self.dossier.chmod(0o755)
        compte = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.uid, self.gid, self.rangs = compte.pw_uid, compte.pw_gid, count(1)
        with socket.socket() as prise:
            prise.bind(("127.0.0.1", 0))
            self.port = prise.getsockname()[1]
        for nom in ("boite/new", "boite/cur", "boite/tmp", "maison", "run"):
            (self.dossier / nom).mkdir(parents=True)
        groupe = subprocess.run(["id", "-gn", compte.pw_name], capture_output=True, text=True, check=True).stdout
        self.fichier = self.dossier / "dovecot.conf"
        self.fichier.write_text(
            CONFIGURATION.format(
                d=self.dossier, port=self.port, qui=compte.pw_name, groupe=groupe.strip(), mdp=MOT_DE_PASSE
            )
        )
        for chemin in [self.dossier / "boite", *(self.dossier / "boite").iterdir(), self.dossier / "maison"]:
            os.chown(chemin, self.uid, self.gid)
        self.processus = None

    def __enter__(self):
        self.demarrer()
        return self

    def __exit__(self, *erreur):
        self.tuer()
        shutil.rmtree(self.dossier, ignore_errors=True)

    def demarrer(self) -> None:
        self.processus = subprocess.Popen(
            ["dovecot", "-F", "-c", self.fichier], start_new_session=True, stderr=subprocess.DEVNULL
        )
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        journal = self.dossier / "journal"
        raise AssertionError(journal.read_text() if journal.exists() else "dovecot says nothing")

    def tuer(self) -> None:
        if self.processus and self.processus.poll() is None:
            os.killpg(self.processus.pid, signal.SIGKILL)
            self.processus.wait(10)

    def mettre(self, octets: bytes) -> None:
        """One message delivered, as a delivery agent does."""
        nom = f"{int(time.time())}.{next(self.rangs):06}.essai"
        chemin = self.dossier / "boite/tmp" / nom
        chemin.write_bytes(octets)
        os.chown(chemin, self.uid, self.gid)
        chemin.rename(self.dossier / "boite/new" / nom)

    def compter(self, *dossiers: str) -> dict[str, int]:
        with MailBoxUnencrypted("127.0.0.1", self.port, 10).login("bo", MOT_DE_PASSE) as imap:
            presents = {f.name for f in imap.folder.list()}
            return {d: imap.folder.status(d, ["MESSAGES"])["MESSAGES"] for d in dossiers if d in presents}


class Fil(socketserver.ThreadingTCPServer):
    """A relay that is cut once it has carried `reste` bytes from the server, for all its connections together."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, vers: int):
        super().__init__(("127.0.0.1", 0), _Passage)
        self.vers, self.reste = vers, None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def handle_error(self, request, client_address):
        """Both ends fall silent when the wire is cut."""

    def __exit__(self, *erreur):
        self.shutdown()
        self.server_close()


class _Passage(socketserver.BaseRequestHandler):
    server: Fil

    def handle(self):
        with socket.create_connection(("127.0.0.1", self.server.vers), 10) as serveur:
            threading.Thread(target=self.monter, args=[serveur], daemon=True).start()
            while octets := serveur.recv(4096):
                if self.server.reste is not None:
                    octets = octets[: self.server.reste]
                    self.server.reste -= len(octets)
                    if not octets:
                        return
                self.request.sendall(octets)

    def monter(self, serveur):
        try:
            while octets := self.request.recv(4096):
                serveur.sendall(octets)
            serveur.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
