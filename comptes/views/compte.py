"""One's own account: what the portal knows of a person, and what they may do about it."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from comptes import acces, adresses, effacement, mes_donnees, second_facteur
from comptes.forms_compte import FormulaireCoordonnees
from comptes.methodes import lire_ou_ecrire, lire_seulement
from comptes.models import Utilisateur

# Of habilitations; what has ended comes last.
ORDRE = {"en cours": 0, "à venir": 1}


@lire_ou_ecrire
def compte(request):
    envoye = request.POST if request.method == "POST" else None
    # A copy: what a form refuses must not show in the header.
    personne = Utilisateur.objects.get(pk=request.user.pk)
    formulaire = FormulaireCoordonnees(envoye, instance=personne)
    if formulaire.is_bound and formulaire.is_valid():
        if formulaire.has_changed():
            formulaire.save()
        messages.success(request, "Vos coordonnées sont enregistrées.")
        return redirect("compte")
    contexte = {
        "form": formulaire,
        "changement": adresses.en_attente(request.user),
        "facteur": _facteur(request.user),
        "habilitations": _habilitations(request.user),
        "fil_ariane": [("Mon compte", "")],
    }
    return render(request, "comptes/compte.html", contexte)


@lire_seulement
def mes_donnees_en_fichier(request):
    reponse = JsonResponse(mes_donnees.rassembler(request.user), json_dumps_params={"ensure_ascii": False, "indent": 2})
    reponse["Content-Disposition"] = 'attachment; filename="mes-donnees-territoires-d-industrie.json"'
    return reponse


@lire_ou_ecrire
@reauthentication_required
def effacer(request):
    """Say what follows; then do it at once: nobody has to grant it."""
    if request.method == "POST":
        try:
            effacement.anonymiser(request.user)
        except effacement.EffacementImpossible as impossible:
            messages.error(request, str(impossible))
            return redirect("effacer")
        logout(request)
        return redirect("efface")
    contexte = {
        "chiffres": effacement.consequences(request.user),
        "est_le_dernier": effacement.est_le_dernier_administrateur(request.user),
        "fil_ariane": [("Mon compte", reverse("compte")), ("Effacer mon compte", "")],
    }
    return render(request, "comptes/effacer.html", contexte)


@login_not_required
@lire_seulement
def efface(request):
    return render(request, "comptes/efface.html")


def _facteur(personne):
    """Return what a person has for a second factor, in words, and whether one is missing."""
    types = list(Authenticator.objects.filter(user=personne).values_list("type", flat=True))
    cles = types.count(Authenticator.Type.WEBAUTHN)
    moyens = ["une application d'authentification"] if Authenticator.Type.TOTP in types else []
    if cles:
        moyens.append("une clé de sécurité" if cles == 1 else f"{cles} clés de sécurité")
    est_exige = second_facteur.est_exige(personne)
    return {"moyens": " et ".join(moyens), "est_exige": est_exige, "manque": est_exige and not moyens}


def _habilitations(personne):
    """Return every habilitation that a person has or had, those in force first: one query a kind."""
    toutes = [
        habilitation
        for genre in acces.genres()
        for habilitation in genre.objects.filter(personne=personne).select_related("nommee_par", *genre.avec)
    ]
    toutes.sort(key=lambda habilitation: habilitation.du, reverse=True)
    return sorted(toutes, key=lambda habilitation: ORDRE.get(habilitation.etat, len(ORDRE)))
