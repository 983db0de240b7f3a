"""What an agency writes of its own file; its public page, which draws on territories and lists, is further on."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from agences.forms import FormulaireCoordonnees
from agences.models import Agence
from comptes.acces import est_modifiable
from comptes.methodes import lire_ou_ecrire
from tableurs.typographie import typographier


@lire_ou_ecrire
@never_cache
def modifier(request, slug):
    """The agency is public: without the right, 403."""
    agence = get_object_or_404(Agence, slug=slug)
    if not Agence.objects.coordonnees_modifiables_par(request.user).filter(pk=agence.pk).exists():
        raise PermissionDenied
    formulaire = FormulaireCoordonnees(request.POST or None, instance=agence)
    if request.method == "POST" and formulaire.is_valid():
        if formulaire.has_changed():
            formulaire.save()
            texte = f"La fiche de « {agence.nom} » est à jour. La page publique la montre déjà."
        else:
            texte = "Rien n'a changé : la fiche reste telle qu'elle est."
        messages.success(request, typographier(texte))
        return redirect(agence)
    return render(
        request,
        "agences/agence_modifier.html",
        {
            "fil_ariane": [(agence.nom, agence.get_absolute_url()), ("Mettre à jour", "")],
            "agence": agence,
            "form": formulaire,
            "tient_le_registre": est_modifiable(agence, request.user),
        },
    )
