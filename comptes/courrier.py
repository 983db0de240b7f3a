"""The outbox. A message is written in the transaction of what it announces, and sent by the worker.

Whoever writes never waits for a mail server, nor fails with it. Each message is claimed before it is given to the
server, so that two workers never send it both; one whose fate is unknown is shown « à vérifier » and never sent again
unless an administrator says so (docs/adr/0008).
"""

import logging
import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from comptes import genres_de_courrier as genres
from comptes.cles import nouvelle_cle
from comptes.expedition import Liaison, PasParti, Refuse, SansReponse
from comptes.genres_de_courrier import Cadence
from comptes.models import Courrier, EtatCourrier, PreferenceCourrier, Utilisateur
from comptes.models.courriers import ETATS_A_RENVOYER, ETATS_OUVERTS, ETATS_RECLAMES

journal = logging.getLogger("comptes")

# Between two attempts; then the message has failed, a day and a half later.
DELAIS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720, 1440))
# Longer than any conversation with a server: each of its ten answers comes in `expedition.PATIENCE_SECONDES`.
SILENCE_MAX = timedelta(minutes=15)
# Imports wait meanwhile.
COURRIERS_PAR_TOUR = 50
DUREE_DES_TEXTES = timedelta(days=365)
# A text that may open an account goes when it is sent; when it never is, as soon as it serves no more.
DUREE_DES_TEXTES_CONFIDENTIELS = timedelta(days=30)

INTERROMPU = "L'envoi a été interrompu alors que le serveur avait peut-être le message."
LONGUEUR_DE_L_OBJET = Courrier._meta.get_field("objet").max_length

# Not `\s`, which would take away non-breaking spaces.
_BLANCS = re.compile(r"[ \t\r\n]+")
_LIGNES_VIDES = re.compile(r"\n\s*\n\s*\n")


class ActionImpossible(Exception):
    """The message is no longer in a state where this can be done; the text says so in French."""


# --- Writing ---------------------------------------------------------------------------------------------------------
def ecrire(genre, destinataire, gabarit, contexte=None, *, lien=""):
    """Write a message to a person, or to an address that may have no account, as its kind and their choice say.

    `gabarit` names `templates/courriels/<gabarit>_objet.txt`, `.txt` and `.html`. They get `contexte`, what
    `contexte_commun` gives and, but for the first, `objet`. `lien`: path of the page that the message is about.
    Call it within the transaction of what is announced. Returns the message, or None when the person doesn't want it
    or their account is closed.
    """
    personne = destinataire if isinstance(destinataire, Utilisateur) else None
    cadence = Cadence.AUSSITOT if personne is None else cadence_de(genre, personne)
    if cadence == Cadence.AUCUN or (genre.au_choix and personne and not personne.is_active):
        return None
    contexte = {**contexte_commun(genre, personne, lien), **(contexte or {})}
    contexte["objet"] = _sur_une_ligne(rendre(f"{gabarit}_objet.txt", contexte))
    return _garder(
        genre=genre.cle,
        destinataire=personne,
        adresse=personne.email if personne else destinataire,
        objet=contexte["objet"],
        texte=rendre(f"{gabarit}.txt", contexte),
        html=rendre(f"{gabarit}.html", contexte),
        lien=contexte["lien"],
        etat=EtatCourrier.A_GROUPER if cadence == Cadence.QUOTIDIEN else EtatCourrier.A_ENVOYER,
    )


def ecrire_rendu(genre, adresse, objet, texte, html="", destinataire=None):
    """Write a message whose text is ready, whatever its recipient wants. Returns it."""
    return _garder(genre=genre.cle, destinataire=destinataire, adresse=adresse, objet=objet, texte=texte, html=html)


def contexte_commun(genre, personne, lien=""):
    """Return what every template of a message may use; addresses are absolute, whatever the request said."""
    return {
        "personne": personne,
        "lien": absolue(lien),
        "raison": genre.raison,
        "au_choix": genre.au_choix,
        "adresse_du_site": settings.ADRESSE_DU_SITE,
        "adresse_des_preferences": absolue(reverse("courriels")),
    }


def absolue(chemin):
    return f"{settings.ADRESSE_DU_SITE}{chemin}" if chemin.startswith("/") else chemin


def rendre(nom, contexte):
    gabarit = get_template(f"courriels/{nom}").template
    return gabarit.render(Context(contexte, autoescape=nom.endswith(".html")))


def _sur_une_ligne(texte):
    return _BLANCS.sub(" ", texte).strip(" ")


def cadence_de(genre, personne):
    """Return when a person gets messages of a kind: what they chose, else what the kind says."""
    if not genre.au_choix:
        return Cadence.AUSSITOT
    choix = PreferenceCourrier.objects.filter(personne=personne, genre=genre.cle).values_list("choix", flat=True)
    return choix.first() or genre.defaut


def _garder(objet, texte, **champs):
    objet = _sur_une_ligne(objet)
    if len(objet) > LONGUEUR_DE_L_OBJET:
        objet = f"{objet[: LONGUEUR_DE_L_OBJET - 1]}…"
    texte = _LIGNES_VIDES.sub("\n\n", texte.strip("\n")) + "\n"
    courrier = Courrier(objet=objet, texte=texte, **champs)
    if courrier.etat == EtatCourrier.A_ENVOYER:
        courrier.a_envoyer_apres = courrier.cree_le
    courrier.save_without_historical_record()
    return courrier


# --- Sending: the worker ---------------------------------------------------------------------------------------------
def envoyer_ce_qui_attend(maintenant=None):
    """Send the messages whose time has come, some dozens at most. Returns how many went. One query when none waits.

    Never call it in a transaction: what is claimed must be seen by the other workers before it is sent.
    """
    instant = maintenant or timezone.now()
    attendent = Courrier.objects.a_traiter(instant, SILENCE_MAX).select_related("destinataire")
    envoyes = 0
    with Liaison() as liaison:
        for courrier in attendent.order_by("a_envoyer_apres", "pk")[:COURRIERS_PAR_TOUR]:
            if courrier.etat == EtatCourrier.EN_COURS:
                _douter(courrier, INTERROMPU)
            elif _n_est_plus_attendu(courrier):
                _a_envoyer(courrier).update(etat=EtatCourrier.ANNULE, a_envoyer_apres=None)
            else:
                envoyes += _envoyer(courrier, liaison, maintenant)
    return envoyes


def _n_est_plus_attendu(courrier):
    personne = courrier.destinataire
    return genres.est_au_choix(courrier.genre) and personne is not None and not personne.is_active


def _envoyer(courrier, liaison, maintenant):
    """Claim a message, send it, keep how it ended. Returns whether it went."""
    try:
        liaison.ouvrir()
    except PasParti as echec:
        _reporter(courrier, _a_envoyer(courrier), echec, maintenant)
        return False
    if not _reclamer(courrier, maintenant or timezone.now()):
        return False
    try:
        liaison.expedier(courrier)
    except Refuse as echec:
        _echouer(courrier, _reclame(courrier), echec)
    except PasParti as echec:
        _reporter(courrier, _reclame(courrier), echec, maintenant)
    except SansReponse as echec:
        _douter(courrier, str(echec))
    else:
        _reclame(courrier).update(**_envoye(courrier, maintenant or timezone.now()))
        return True
    return False


def _a_envoyer(courrier):
    """Return the row of a message if nobody has taken it since it was read."""
    return Courrier.objects.filter(pk=courrier.pk, etat=EtatCourrier.A_ENVOYER, tentatives=courrier.tentatives)


def _reclame(courrier):
    """Return the row of a message if the claim still stands; the latecomer who knows the end is believed."""
    return Courrier.objects.filter(pk=courrier.pk, etat__in=ETATS_RECLAMES, jeton=courrier.jeton)


def _reclamer(courrier, instant):
    """Take a message: one UPDATE, hence one winner, on both databases."""
    courrier.jeton = nouvelle_cle()
    return _a_envoyer(courrier).update(
        etat=EtatCourrier.EN_COURS, a_envoyer_apres=None, reclame_le=instant, jeton=courrier.jeton
    )


def _envoye(courrier, instant):
    """Return the values of a message that was sent."""
    confidentiel = {"texte": "", "html": "", "lien": "", "purge_le": instant} if courrier.est_confidentiel else {}
    return {
        "etat": EtatCourrier.ENVOYE,
        "envoye_le": instant,
        "reclame_le": None,
        "jeton": "",
        "tentatives": F("tentatives") + 1,
        "dernier_echec": "",
        **confidentiel,
    }


def _reporter(courrier, ligne, echec, maintenant):
    """Try again later, less and less often, then no more."""
    if courrier.tentatives >= len(DELAIS):
        _echouer(courrier, ligne, echec)
        return
    ligne.update(
        etat=EtatCourrier.A_ENVOYER,
        a_envoyer_apres=(maintenant or timezone.now()) + DELAIS[courrier.tentatives],
        reclame_le=None,
        jeton="",
        tentatives=F("tentatives") + 1,
        dernier_echec=str(echec),
    )


def _echouer(courrier, ligne, echec):
    journal.warning("Courriel %s abandonné : %s", courrier.cle, echec)
    ligne.update(
        etat=EtatCourrier.ECHOUE,
        a_envoyer_apres=None,
        reclame_le=None,
        jeton="",
        tentatives=F("tentatives") + 1,
        dernier_echec=str(echec),
    )


def _douter(courrier, raison):
    journal.warning("Courriel %s à vérifier : %s", courrier.cle, raison)
    _reclame(courrier).update(etat=EtatCourrier.A_VERIFIER, tentatives=F("tentatives") + 1, dernier_echec=raison)


# --- Deciding: administrators ----------------------------------------------------------------------------------------
def envoyer_a_nouveau(courrier):
    """Send again a message that failed, or whose fate is unknown: it may then arrive twice. `ActionImpossible`."""
    with transaction.atomic():
        courrier = _a_decider(courrier, ETATS_A_RENVOYER)
        if courrier.purge_le:
            raise ActionImpossible("Le texte de ce courriel a été effacé, il ne peut plus être envoyé.")
        courrier.etat, courrier.a_envoyer_apres = EtatCourrier.A_ENVOYER, timezone.now()
        courrier.reclame_le, courrier.jeton, courrier.tentatives = None, "", 0
        courrier.save()


def marquer_comme_envoye(courrier):
    """Keep that a message « à vérifier » did arrive. Raises `ActionImpossible`."""
    with transaction.atomic():
        courrier = _a_decider(courrier, [EtatCourrier.A_VERIFIER])
        # The attempt is counted already.
        for champ, valeur in (_envoye(courrier, timezone.now()) | {"tentatives": courrier.tentatives}).items():
            setattr(courrier, champ, valeur)
        courrier.save()


def _a_decider(courrier, etats):
    courrier = Courrier.objects.select_for_update().get(pk=courrier.pk)
    if courrier.etat not in etats:
        raise ActionImpossible("Ce courriel n'attend pas cette décision, ou ne l'attend plus.")
    return courrier


# --- Forgetting ------------------------------------------------------------------------------------------------------
def purger(maintenant=None):
    """Erase the texts that are no longer to be kept; the rows stay. Returns how many."""
    maintenant = maintenant or timezone.now()
    # What waited for a year, no worker running, no longer makes sense.
    perimes = Courrier.objects.filter(etat__in=ETATS_OUVERTS, cree_le__lt=maintenant - DUREE_DES_TEXTES)
    perimes.update(**_annule())
    confidentiels = ~Q(genre__in=[genre.cle for genre in genres.au_choix()])
    anciens = Courrier.objects.purgeables(maintenant - DUREE_DES_TEXTES)
    anciens |= Courrier.objects.purgeables(maintenant - DUREE_DES_TEXTES_CONFIDENTIELS).filter(confidentiels)
    return anciens.update(texte="", html="", lien="", purge_le=maintenant)


def effacer_ceux_de(personne, anciennes=()):
    """Blank every message to a person whose account is erased; those that wait are not sent. Returns how many.

    `anciennes`: addresses that were theirs, among messages to nobody's account.
    """
    ecrits = Q(destinataire=personne) | Q(adresse__iexact=personne.email)
    for adresse in anciennes:
        ecrits |= Q(destinataire=None, adresse__iexact=adresse)
    return effacer(Courrier.objects.filter(ecrits))


def effacer(courriers):
    """Blank messages (a queryset), and send none of them any more. Returns how many."""
    courriers.filter(etat__in=ETATS_OUVERTS).update(**_annule())
    # An error may quote the address.
    courriers.exclude(dernier_echec="").update(dernier_echec="Effacé.")
    vides = {"adresse": "", "objet": "", "texte": "", "html": "", "lien": ""}
    return courriers.update(purge_le=timezone.now(), **vides)


def _annule():
    """Return the values of a message that is not to be sent."""
    return {"etat": EtatCourrier.ANNULE, "a_envoyer_apres": None, "reclame_le": None, "jeton": ""}
