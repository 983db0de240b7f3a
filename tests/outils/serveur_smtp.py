"""A mail server on this machine, as well or badly behaved as a test wants."""

import email
import email.policy
import socketserver
import threading

import pytest

# The steps of a conversation, where it may refuse or hang up.
ACCUEIL, EXPEDITEUR, DESTINATAIRE, DONNEES, FIN = "accueil", "MAIL", "RCPT", "DATA", "fin"


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        serveur = self.server.pilote
        with serveur.verrou:
            serveur.connexions += 1
        self.repondre(ACCUEIL, "220 essai")
        while ligne := self.rfile.readline().decode().strip():
            mot = ligne.split()[0].upper()
            if mot == DONNEES:
                if self.repondre(DONNEES, "354 allez"):
                    self.recevoir()
            elif mot == "QUIT":
                self.repondre("QUIT", "221 au revoir")
                return
            else:
                self.repondre(mot, "250 oui")

    def recevoir(self):
        lignes = []
        while (ligne := self.rfile.readline()) not in (b".\r\n", b""):
            lignes.append(ligne.removeprefix(b".") if ligne.startswith(b"..") else ligne)
        if not lignes:
            return
        serveur = self.server.pilote
        serveur.pendant()
        with serveur.verrou:
            serveur.recus.append(email.message_from_bytes(b"".join(lignes), policy=email.policy.default))
        self.repondre(FIN, "250 pris")

    def repondre(self, etape, reponse):
        """Answer, as the test said. Returns whether all is well."""
        serveur = self.server.pilote
        if etape == serveur.coupe_a:
            # As a server that dies: neither answer nor goodbye.
            raise ConnectionAbortedError
        reponse = serveur.refus.get(etape, reponse)
        self.wfile.write(f"{reponse}\r\n".encode())
        return reponse[0] in "23"


class _Ecoute(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A conversation that ends badly is what the test wanted."""


class ServeurSMTP:
    """`recus`: the messages it was given, whatever it answered. `refus`: {step: answer}. `coupe_a`: a step.

    `pendant`: called with each message, before the answer.
    """

    def __init__(self):
        self.recus, self.refus, self.coupe_a, self.connexions = [], {}, "", 0
        self.pendant = lambda: None
        self.verrou = threading.Lock()
        self._ecoute = None

    def demarrer(self, port=0):
        self._ecoute = _Ecoute(("127.0.0.1", port), _Conversation)
        self._ecoute.pilote = self
        self.port = self._ecoute.server_address[1]
        threading.Thread(target=self._ecoute.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def arreter(self):
        if self._ecoute:
            self._ecoute.shutdown()
            self._ecoute.server_close()
            self._ecoute = None

    def sujets(self):
        return sorted(recu["Subject"] for recu in self.recus)


@pytest.fixture
def serveur_smtp(settings):
    """A mail server to which the portal sends."""
    serveur = ServeurSMTP().demarrer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", serveur.port, 5
    yield serveur
    serveur.arreter()
