"""Where the portal holds something about a person: read from the models, so that a new one is covered as it is written.

Of ours, `donnees_personnelles` says which fields; the first that points to an account or holds an address says whom a
row is about. The tables of libraries declare nothing: they are named here.
"""

from typing import NamedTuple

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalChanges

from comptes.models import Utilisateur

# {table of a library: what may be told of it}. Never a secret.
TIERCES = {
    EmailAddress: ("email", "verified", "primary"),
    UserSession: ("created_at", "last_seen_at", "ip", "user_agent"),
    SocialAccount: ("provider", "uid", "last_login", "date_joined", "extra_data"),
    Authenticator: ("type", "created_at", "last_used_at"),
    LogEntry: ("action_time", "action_flag", "content_type", "object_repr"),
}
# What people did stays signed, even in a library's table.
TIERCES_SIGNEES = (LogEntry,)


class Identite(NamedTuple):
    """A person, every address that was theirs, and what else would name them in a text."""

    personne: Utilisateur
    adresses: tuple
    textes: tuple

    @classmethod
    def de(cls, personne):
        adresses = {personne.email, *personne.historique.order_by().values_list("email", flat=True).distinct()}
        # An address that has become somebody else's is theirs.
        autres = Utilisateur.objects.filter(email__in=adresses).exclude(pk=personne.pk)
        adresses = tuple(sorted(adresses - set(autres.values_list("email", flat=True))))
        return cls(personne, adresses, tuple(filter(None, [*adresses, personne.get_full_name()])))


def nos_modeles():
    """Return the models of our rooms, without the tables of history."""
    return [
        modele
        for modele in apps.get_models()
        if hasattr(modele, "donnees_personnelles") and not issubclass(modele, HistoricalChanges)
    ]


def declares(modele):
    """Return the fields that hold personal data of a model of ours."""
    return [modele._meta.get_field(nom) for nom in modele.donnees_personnelles]


def vers_un_compte(modele):
    """Return the fields of a model that point to an account."""
    return [champ for champ in modele._meta.concrete_fields if champ.related_model is Utilisateur]


def sujet(modele):
    """Return the field that says whom a row is about, None when it is about nobody, or about an address first."""
    qui = (champ for champ in declares(modele) if champ.related_model is Utilisateur or est_une_adresse(champ))
    premier = next(qui, None)
    return None if premier is None or est_une_adresse(premier) else premier


def champs_d_adresse(modele):
    return [champ for champ in declares(modele) if est_une_adresse(champ)]


def est_une_adresse(champ):
    return isinstance(champ, models.EmailField)


def a_propos_de(modele, identite, table=None):
    """Return the condition « is about this person » on a model of ours, or on a table that has only some of its fields.

    An address that now belongs to somebody else's account is about them: the row says whose it is.
    """
    presents = {champ.name for champ in (table or modele)._meta.concrete_fields}
    if modele is Utilisateur:
        return Q(id=identite.personne.pk)
    condition, qui = Q(pk__in=[]), sujet(modele)
    if qui:
        condition |= Q(**{qui.name: identite.personne.pk})
    for champ in champs_d_adresse(modele):
        for adresse in identite.adresses if champ.name in presents else ():
            condition |= Q(**{f"{champ.name}__iexact": adresse}, **({qui.name: None} if qui else {}))
    return condition


def historique_de(modele):
    """Return the model of the history of a model of ours, None when it has none."""
    return modele.historique.model if hasattr(modele, "historique") else None
