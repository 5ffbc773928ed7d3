"""A mail server on the loopback: it keeps what it takes, and refuses, delays or hangs as it is told."""

import email
import socketserver
import threading
from email.message import Message


class Puits(socketserver.ThreadingTCPServer):
    """`refus`: the answer to RCPT TO. `tient`: while cleared, the message stays without an answer."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Seance)
        self.recus: list[Message] = []
        self.refus, self.refus_du_corps = "", ""
        self.arrive, self.tient = threading.Event(), threading.Event()
        self.tient.set()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def handle_error(self, request, client_address):
        """A client killed in the middle is what some tests are about."""

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *erreur):
        self.tient.set()
        self.shutdown()
        self.server_close()


class Seance(socketserver.StreamRequestHandler):
    server: Puits

    def dire(self, ligne: str) -> None:
        self.wfile.write(f"{ligne}\r\n".encode())

    def handle(self):
        self.dire("220 puits")
        for brut in self.rfile:
            verbe = brut.decode().strip().upper()
            if verbe.startswith("RCPT") and self.server.refus:
                self.dire(self.server.refus)
            elif verbe == "DATA":
                self.dire("354 allez-y")
                self.recevoir()
            elif verbe == "QUIT":
                return self.dire("221 adieu")
            else:
                self.dire("250 bien")
        return None

    def recevoir(self):
        lignes = []
        for ligne in self.rfile:
            if ligne == b".\r\n":
                break
            lignes.append(ligne.removeprefix(b".") if ligne.startswith(b"..") else ligne)
        self.server.arrive.set()
        self.server.tient.wait(20)
        if self.server.refus_du_corps:
            return self.dire(self.server.refus_du_corps)
        self.server.recus.append(email.message_from_bytes(b"".join(lignes)))
        return self.dire("250 pris")
