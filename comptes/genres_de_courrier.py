"""The kinds of messages, declared by the room that writes them: what each is for, and whether people may choose.

Those of this room are about access to the portal: always sent at once.
"""

from typing import NamedTuple

from django.db.models import TextChoices


class Cadence(TextChoices):
    AUSSITOT = "aussitot", "Tout de suite"
    QUOTIDIEN = "quotidien", "Une fois par jour, dans un récapitulatif"
    AUCUN = "aucun", "Jamais"


class GenreCourrier(NamedTuple):
    """A kind of message. `raison` ends the sentence « Vous recevez ce message parce que … ».

    When people have no choice (`au_choix` false: access and security) the message may hold a link that opens an
    account: nobody reads its text in the admin, and it is erased as soon as it is sent.
    """

    cle: str
    libelle: str
    raison: str
    au_choix: bool = True
    defaut: str = Cadence.AUSSITOT


_genres = {}


def declarer(genre):
    """Add a kind, and return it. Rooms call it when they are loaded."""
    if genre.cle in _genres:
        raise ValueError(f"Deux genres de courriel ont la clé « {genre.cle} ».")
    _genres[genre.cle] = genre
    return genre


def tous():
    return list(_genres.values())


def au_choix():
    """Return the kinds that people choose to receive or not, in the order in which rooms declare them."""
    return [genre for genre in _genres.values() if genre.au_choix]


def est_au_choix(cle):
    """Tell whether the kind of a message may be refused; one that no room declares any more is kept from readers."""
    return cle in _genres and _genres[cle].au_choix


def libelle(cle):
    return _genres[cle].libelle if cle in _genres else cle


INVITATION = declarer(
    GenreCourrier("invitation", "Invitation", "quelqu'un vous a invité à rejoindre le portail", au_choix=False)
)
MOT_DE_PASSE = declarer(
    GenreCourrier("mot_de_passe", "Mot de passe", "quelqu'un change le mot de passe de votre compte", au_choix=False)
)
ADRESSE = declarer(
    GenreCourrier("adresse", "Changement d'adresse", "quelqu'un change l'adresse de votre compte", au_choix=False)
)
SECURITE = declarer(
    GenreCourrier("securite", "Sécurité du compte", "ce qui protège votre compte a changé", au_choix=False)
)
COMPTE = declarer(GenreCourrier("compte", "Vie du compte", "vous avez un compte sur le portail", au_choix=False))
RECAPITULATIF = declarer(
    GenreCourrier(
        "recapitulatif", "Récapitulatif quotidien", "vous avez choisi un récapitulatif quotidien", au_choix=False
    )
)
SUITES_D_INVITATION = declarer(
    GenreCourrier("suites_d_invitation", "Suites de mes invitations", "vous avez invité quelqu'un sur le portail")
)
