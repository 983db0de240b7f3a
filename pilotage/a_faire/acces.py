"""What awaits about access: invitations, habilitations, teams; and what goes through the portal."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from comptes.acces import administre, aujourdhui, genres
from comptes.models import Courrier, EtatCourrier, Invitation, Utilisateur
from pilotage.a_faire.taches import DELAI, INSECABLE, Source, Tache
from pilotage.mes_territoires import MANQUES, en_vigueur
from tableurs.enums import EtatLot
from tableurs.francais import jour
from tableurs.models import LotImport
from territoires.models import ActeurLocal, Inscription, Liste, Phase, Territoire

# An habilitation that ends is announced so long before.
PREAVIS = timedelta(days=30)


def sources():
    # Who may invite, and complete a team: the rule of access, the lists, the teams and who was invited already.
    equipes = (Utilisateur, *genres(), Invitation, Territoire, Inscription, Liste, Phase)
    return (
        Source(_redemandees, _dire_redemandee, modeles=equipes),
        Source(_sans_reponse, _dire_sans_reponse, modeles=equipes),
        *(Source(_finissent(genre), _dire_finissante, modeles=(genre,)) for genre in genres()),
        *(
            Source(_a_completer(manque), _dire_a_completer(manque), _resumer_a_completer(manque), equipes)
            for manque in MANQUES
        ),
        # Neither has a history: always asked.
        Source(_imports, _dire_import),
        Source(_courriels, _dire_courriel, _resumer_courriels),
    )


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
        if not genre.objects.tient(personne):
            return genre.objects.none()
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
