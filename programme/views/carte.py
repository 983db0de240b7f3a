"""The map of the projects that the list would show: how many each territory has; the table that says the same."""

from django.db.models import Count
from django.shortcuts import render
from django.urls import reverse

from comptes.pages_publiques import page_publique
from programme.carte import CLASSES, classe_de
from programme.models import Besoin, Jalon, Mesure, Projet
from programme.views.projets import LIEUX, filtres_actifs, incompris, projets_demandes
from tableurs.listes import sans_chaque_filtre
from territoires.carte import carte_nationale, perimetres_a_tracer
from territoires.models import Departement, Liste, Perimetre, Phase, Territoire, liste_en_vigueur


@page_publique(Projet, Besoin, Mesure, Jalon, *LIEUX, Departement, Perimetre, Phase, selon_le_lecteur=True)
def carte(request):
    """Of the list in force, each territory by the number of its projects, of which it is the lead."""
    filtre, projets = projets_demandes(request)
    nombres = dict(projets.order_by().values_list("territoire__slug").annotate(nombre=Count("pk")))
    liste = liste_en_vigueur(Liste.objects.select_related("phase"))
    perimetres = list(perimetres_a_tracer(liste))
    for perimetre in perimetres:
        perimetre["nombre"] = nombres.pop(perimetre["slug"], 0)
        perimetre["classe"] = classe_de(perimetre["nombre"])
        perimetre["adresse"] = Territoire(slug=perimetre["slug"]).get_absolute_url()
    servis = sorted((un for un in perimetres if un["nombre"]), key=lambda un: -un["nombre"])
    contexte = {
        "fil_ariane": [("Projets", reverse("projets")), ("Carte", "")],
        "liste": liste,
        "carte": carte_nationale(perimetres),
        "perimetres": servis,
        "nombre": sum(un["nombre"] for un in servis),
        # Of territories of other lists.
        "ailleurs": sum(nombres.values()),
        "classes": CLASSES,
        "inconnus": incompris(filtre),
        "actifs": sans_chaque_filtre(request, filtres_actifs(filtre)),
        "connu": request.user.is_authenticated,
    }
    return render(request, "programme/projet_carte.html", contexte)
