"""« À faire »: what awaits a person, in sentences that are links, late ones first.

A source is a queryset of rows that wait, and how each is said; the header's count is theirs, in one query.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from django.db.models import Count, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from comptes.acces import administre, aujourdhui, genres
from comptes.models import Courrier, EtatCourrier, Invitation
from comptes.requetes import lire_pour
from pilotage.mes_territoires import MANQUES, en_vigueur
from tableurs.enums import EtatLot
from tableurs.francais import jour
from tableurs.models import LotImport
from territoires.models import ActeurLocal, Territoire

# What was sent or asked is answered within a week.
DELAI = timedelta(days=7)
# An habilitation that ends is announced so long before.
PREAVIS = timedelta(days=30)
# Of each source; the count says them all.
PHRASES_MAX = 50
INSECABLE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Tache:
    """A sentence that is a link. `depuis`: since when it waits; `echeance`: the last day; None when there is none."""

    phrase: str
    adresse: str
    depuis: date | None = None
    echeance: date | None = None

    @property
    def attente(self):
        """« depuis 12 jours », « depuis hier », « aujourd'hui »; "" when it isn't known."""
        if self.depuis is None:
            return ""
        jours = (aujourdhui() - self.depuis).days
        if jours < 1:
            return "depuis aujourd'hui"
        return "depuis hier" if jours == 1 else f"depuis {jours}{INSECABLE}jours"


class Source(NamedTuple):
    """What may await people. `lignes(personne)`: the rows; `dire(ligne)`: the task of one.

    `resumer(nombre)`: one task for all the rows, when several of them are said in one sentence.
    """

    lignes: Callable
    dire: Callable
    resumer: Callable | None = None

    def taches(self, personne):
        lignes = list(self.lignes(personne)[:PHRASES_MAX])
        if self.resumer and len(lignes) > 1:
            return [self.resumer(self.lignes(personne).count() if len(lignes) == PHRASES_MAX else len(lignes))]
        return [self.dire(ligne) for ligne in lignes]


@dataclass(frozen=True)
class Groupe:
    titre: str
    taches: list
    en_retard: bool = False


def groupes(personne):
    """Return the tasks of a person in groups: late, this week, then the rest; without the empty ones."""
    taches = [tache for source in sources() for tache in source.taches(personne)]
    jour_meme, semaine = aujourdhui(), aujourdhui() + DELAI
    rangees = {"En retard": [], "Cette semaine": [], "Ensuite": []}
    for tache in sorted(taches, key=lambda tache: (tache.echeance or date.max, tache.depuis or date.max)):
        if tache.echeance and tache.echeance < jour_meme:
            rangees["En retard"].append(tache)
        elif tache.echeance and tache.echeance <= semaine:
            rangees["Cette semaine"].append(tache)
        else:
            rangees["Ensuite"].append(tache)
    return [Groupe(titre, siennes, titre == "En retard") for titre, siennes in rangees.items() if siennes]


def nombre(personne):
    """Return how many sentences « À faire » holds for a person, in one query."""
    toutes = sources()
    # A chosen capacity is not what was composed for everybody.
    comptes = _compter(personne) if personne.en_qualite_de else lire_pour(personne, _compter)
    return sum(min(combien, 1) if toutes[rang].resumer else combien for rang, combien in comptes)


def _compter(personne):
    parties = [
        source.lignes(personne)
        .order_by()
        .annotate(rang=Value(rang))
        .values("rang")
        .annotate(nombre=Count("pk", distinct=True))
        .values_list("rang", "nombre")
        for rang, source in enumerate(sources())
    ]
    return parties[0].union(*parties[1:], all=True)


# --- Invitations


def _redemandees(personne):
    return Invitation.objects.modifiables_par(personne).ouvertes().filter(demandee_le__isnull=False)


def _dire_redemandee(invitation):
    depuis = timezone.localdate(invitation.demandee_le)
    phrase = f"{invitation.destinataire} demande un nouveau lien d'invitation"
    return Tache(phrase, f"{reverse('invitations')}?etat=expirees", depuis, depuis + DELAI)


def _sans_reponse(personne):
    """One's own: whoever invited knows whom to call."""
    siennes = Invitation.objects.modifiables_par(personne).filter(auteur=personne.pk, demandee_le=None)
    return siennes.expirees()


def _dire_sans_reponse(invitation):
    dernier = invitation.dernier_jour
    phrase = (
        f"L'invitation pour {invitation.destinataire} n'a pas eu de réponse, son lien a expiré le {jour(dernier)}"
        f"{INSECABLE}: renvoyez-la ou annulez-la"
    )
    return Tache(phrase, f"{reverse('invitations')}?etat=expirees", dernier, dernier)


# --- Habilitations


def _finissent(genre):
    def lignes(personne):
        fin = aujourdhui() + PREAVIS
        siennes = genre.objects.en_cours().filter(personne=personne.pk, au__lte=fin)
        return siennes.select_related(*genre.avec).order_by("au", "pk")

    return lignes


def _dire_finissante(habilitation):
    phrase = (
        f"Votre habilitation « {habilitation} » prend fin le {jour(habilitation.au)}{INSECABLE}: "
        "voyez à qui en demander la suite"
    )
    return Tache(phrase, reverse("membre", args=[habilitation.adresse(), habilitation.cle]), echeance=habilitation.au)


# --- Teams of the territories


def _a_completer(manque):
    """Return what finds the territories whose team a person may complete."""

    def lignes(personne):
        siens = Q(pk__in=[])
        for delegation in ActeurLocal.delegations:
            if set(manque.qualites) <= set(delegation.qualites):
                siens |= Q(pk__in=delegation.portees(personne))
        return Territoire.objects.filter(siens, en_vigueur(), manque.que_personne_n_attend()).order_by("slug")

    return lignes


def _dire_a_completer(manque):
    def dire(territoire):
        parametres = urlencode({"genre": ActeurLocal.adresse(), "portee": territoire.slug})
        return Tache(f"{territoire}{INSECABLE}: {manque.a_faire}", f"{reverse('inviter')}?{parametres}")

    return dire


def _resumer_a_completer(manque):
    def resumer(combien):
        phrase = f"{combien}{INSECABLE}territoires {manque.au_pluriel}{INSECABLE}: voyez lesquels et invitez"
        return Tache(phrase, f"{reverse('a_faire')}?{urlencode({'manque': manque.cle})}#territoires")

    return resumer


# --- What goes through the portal


def _imports(personne):
    return LotImport.objects.filter(depose_par=personne.pk, etat=EtatLot.A_VERIFIER).order_by("depose_le")


def _dire_import(lot):
    depuis = timezone.localdate(lot.depose_le)
    phrase = f"L'import « {lot.nom_fichier} » attend d'être appliqué ou abandonné"
    return Tache(phrase, lot.get_absolute_url(), depuis, depuis + DELAI)


def _courriels(personne):
    """Messages of which nobody knows whether they arrived: administrators decide."""
    return Courrier.objects.filter(administre(personne), etat=EtatCourrier.A_VERIFIER).order_by("cree_le")


def _dire_courriel(courrier):
    phrase = f"Le courriel « {courrier} » est à vérifier{INSECABLE}: est-il bien parti{INSECABLE}?"
    return Tache(phrase, _adresse_des_courriels(), timezone.localdate(courrier.cree_le))


def _resumer_courriels(combien):
    phrase = f"{combien}{INSECABLE}courriels sont à vérifier{INSECABLE}: sont-ils bien partis{INSECABLE}?"
    return Tache(phrase, _adresse_des_courriels())


def _adresse_des_courriels():
    return f"{reverse('admin:comptes_courrier_changelist')}?{urlencode({'etat__exact': EtatCourrier.A_VERIFIER})}"


@cache
def sources():
    """Return all the sources, once the rooms are loaded."""
    return (
        Source(_redemandees, _dire_redemandee),
        Source(_sans_reponse, _dire_sans_reponse),
        *(Source(_finissent(genre), _dire_finissante) for genre in genres()),
        Source(_imports, _dire_import),
        Source(_courriels, _dire_courriel, _resumer_courriels),
        *(Source(_a_completer(manque), _dire_a_completer(manque), _resumer_a_completer(manque)) for manque in MANQUES),
    )
