"""Giving one message to the mail server, and telling how it ended: accepted, refused, not given, or unknown.

The last case is why this exists: once the server has the text, an answer that doesn't come means neither yes nor no.
"""

import re
import smtplib
from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends import console, smtp

# A server that says nothing for so long is given up.
PATIENCE_SECONDES = 30
REFUS_DEFINITIF = 500
INCOMPOSABLE = "L'adresse ou l'objet est invalide, le message ne peut pas être composé."
_ADRESSE_WEB = re.compile(r"\w+://\S+")


class Echec(Exception):
    """The message did not go, as far as is known; the text says why, in French, without any secret."""


class Refuse(Echec):
    """The server doesn't want this message, and won't later."""


class PasParti(Echec):
    """The server has not taken the message: it may be given again."""


class SansReponse(Echec):
    """The server had the text and didn't say what it made of it."""


class _Suivi:
    """Of an SMTP connection: knows whether the text of the message under way has been given."""

    confie = False

    def mail(self, *args, **kwargs):
        self.confie = False
        return super().mail(*args, **kwargs)

    def data(self, msg):
        self.confie = True
        return super().data(msg)


class _SMTP(_Suivi, smtplib.SMTP):
    pass


class _SMTPChiffre(_Suivi, smtplib.SMTP_SSL):
    pass


class TransportSMTP(smtp.EmailBackend):
    connection_class = property(lambda self: _SMTPChiffre if self.use_ssl else _SMTP)


class TransportConsole(console.EmailBackend):
    """In development, what a person would read: no HTML, no encoding."""

    def write_message(self, message):
        texte = f"Courriel pour {', '.join(message.to)}\nObjet\N{NO-BREAK SPACE}: {message.subject}\n\n{message.body}"
        self.stream.write("".join(f"| {ligne}\n" for ligne in texte.splitlines()))


def _transport():
    transport = get_connection()
    if type(transport) is console.EmailBackend:
        return TransportConsole()
    if type(transport) is smtp.EmailBackend:
        return TransportSMTP(timeout=settings.EMAIL_TIMEOUT or PATIENCE_SECONDES)
    return transport


class Liaison:
    """A connection to the server, for several messages. A server that can't be reached is asked only once."""

    def __init__(self):
        self._transport = None
        self._injoignable = None

    def __enter__(self):
        return self

    def __exit__(self, *erreur):
        self._fermer()

    def ouvrir(self):
        """Be ready to send. Raises `PasParti`."""
        if self._injoignable:
            raise self._injoignable
        if self._transport is not None:
            return
        transport = _transport()
        try:
            transport.open()
        except (OSError, ValueError) as erreur:
            self._injoignable = PasParti(_dire_la_panne(erreur))
            with suppress(OSError):
                transport.close()
            raise self._injoignable from erreur
        self._transport = transport

    def expedier(self, courrier):
        """Send a message, once `ouvrir` has returned. Raises `Refuse`, `PasParti` or `SansReponse`."""
        message = composer(courrier)
        try:
            self._transport.send_messages([message])
        except Exception as erreur:
            echec = self._juger(erreur)
            # Whatever state it is in, the next message begins anew.
            self._fermer()
            raise echec from erreur

    def _juger(self, erreur):
        if isinstance(erreur, ValueError):
            return Refuse(INCOMPOSABLE)
        if isinstance(erreur, smtplib.SMTPRecipientsRefused):
            code, reponse = next(iter(erreur.recipients.values()))
            nature = Refuse if code >= REFUS_DEFINITIF else PasParti
            return nature(f"Le serveur refuse l'adresse ({_repondu(code, reponse)}).")
        if isinstance(erreur, smtplib.SMTPDataError):
            nature = Refuse if erreur.smtp_code >= REFUS_DEFINITIF else PasParti
            return nature(f"Le serveur refuse le message ({_repondu(erreur.smtp_code, erreur.smtp_error)}).")
        if isinstance(erreur, smtplib.SMTPSenderRefused):
            # Our settings, or a server that is too busy: not the recipient's fault.
            return PasParti(f"Le serveur refuse l'expéditeur ({_repondu(erreur.smtp_code, erreur.smtp_error)}).")
        # What isn't SMTP doesn't say how far it went.
        if getattr(getattr(self._transport, "connection", None), "confie", True):
            return SansReponse(
                f"Le message a été remis au serveur, qui n'a pas dit s'il l'acceptait ({type(erreur).__name__})."
            )
        return PasParti(f"Le serveur a coupé avant de prendre le message ({type(erreur).__name__}).")

    def _fermer(self):
        if self._transport is not None:
            with suppress(OSError):
                self._transport.close()
            self._transport = None


def composer(courrier):
    """Return the e-mail of a message. Raises `Refuse` when it can't be written (an address that is none)."""
    message = EmailMultiAlternatives(
        courrier.objet,
        courrier.texte,
        to=[courrier.adresse],
        headers={
            # The same if it is sent again: mailboxes that received it twice may show it once.
            "Message-ID": f"<{courrier.cle}@{urlsplit(settings.ADRESSE_DU_SITE).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    if courrier.html:
        message.attach_alternative(courrier.html, "text/html")
    try:
        message.message()
    except ValueError as erreur:
        raise Refuse(INCOMPOSABLE) from erreur
    return message


def _dire_la_panne(erreur):
    if isinstance(erreur, smtplib.SMTPAuthenticationError):
        return f"Le serveur de courriel refuse l'identifiant ou le mot de passe du portail ({erreur.smtp_code})."
    return f"Le serveur de courriel est injoignable ({type(erreur).__name__})."


def _repondu(code, reponse):
    """Return the answer of a server in one line. It may quote the text, whose links open accounts."""
    texte = reponse.decode(errors="replace") if isinstance(reponse, bytes) else str(reponse)
    return f"{code} {' '.join(_ADRESSE_WEB.sub('[lien]', texte).split())}"[:200]
