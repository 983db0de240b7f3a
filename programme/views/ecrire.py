"""Writing to the chefs de projet of the projects that a list shows."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from comptes import courrier
from comptes.acces import habilitations
from comptes.methodes import lire_ou_ecrire
from programme.forms.ecrire import FormulaireMessage
from programme.genres_de_courrier import PROJETS
from programme.models import Projet
from programme.views.projets import projets_demandes
from tableurs.francais import INSECABLE, nombre, pluriel
from tableurs.views.acces import envoi
from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal

# Beyond, a message says how many others there are.
PROJETS_NOMMES = 20


@lire_ou_ecrire
@never_cache
def ecrire_aux_chefs(request):
    """Those of the projects that the same address, at `/projets/`, shows and that the author examines."""
    if not Projet.objects.instruisibles_par(request.user).exists():
        raise PermissionDenied
    filtre, projets = projets_demandes(request)
    destinataires, sans_chef = _destinataires(projets & Projet.objects.instruisibles_par(request.user))
    donnees, _ = envoi(request)
    formulaire = FormulaireMessage(donnees)
    liste = f"{reverse('projets')}?{request.GET.urlencode()}"
    if formulaire.is_bound and formulaire.is_valid() and destinataires:
        _envoyer(request.user, destinataires, formulaire.cleaned_data)
        messages.success(request, f"Votre message va partir à {_personnes(destinataires)}.")
        return redirect(liste)
    contexte = {
        "fil_ariane": [("Projets", reverse("projets")), ("Écrire aux chefs de projet", "")],
        "form": formulaire,
        "filtre": filtre,
        "destinataires": [(chef, len(siens)) for chef, siens in destinataires.items()],
        "personnes": _personnes(destinataires),
        "sans_chef": sans_chef,
        "liste": liste,
    }
    return render(request, "programme/projet_ecrire.html", contexte)


def _destinataires(projets):
    """Return {account: [projects]}, how many projects have nobody: each chef de projet, with those of their territory.

    In the order of the list.
    """
    chefs = ActeurLocal.objects.en_cours().filter(
        qualite=QualiteTerritoriale.CHEF_DE_PROJET,
        personne__is_active=True,
        territoire__in=projets.order_by().values("territoire"),
    )
    par_territoire = {}
    for projet in projets.only("cle", "numero", "titre", "territoire_id"):
        par_territoire.setdefault(projet.territoire_id, []).append(projet)
    siens = {}
    chefs = chefs.select_related("personne").order_by("personne__nom", "personne__prenom", "pk")
    for chef in chefs:
        siens.setdefault(chef.personne, []).extend(par_territoire[chef.territoire_id])
    servis = {chef.territoire_id for chef in chefs}
    return siens, sum(len(projets) for territoire, projets in par_territoire.items() if territoire not in servis)


def _envoyer(auteur, destinataires, donnees):
    """One message a person, in the outbox: all or none."""
    titre = next((str(une) for une in habilitations(auteur)), "")
    with transaction.atomic():
        for chef, projets in destinataires.items():
            contexte = {
                **donnees,
                "auteur": auteur,
                "titre": titre,
                "projets": [
                    (projet, courrier.absolue(projet.get_absolute_url())) for projet in projets[:PROJETS_NOMMES]
                ],
                "autres": max(len(projets) - PROJETS_NOMMES, 0),
            }
            courrier.ecrire(PROJETS, chef, "message_aux_chefs", contexte, lien=reverse("projets"))


def _personnes(destinataires):
    combien = len(destinataires)
    return f"{nombre(combien)}{INSECABLE}{pluriel(combien, 'chef')} de projet"
