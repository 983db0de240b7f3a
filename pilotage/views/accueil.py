"""The home page: what the programme is, where it is, what was announced."""

from django.db.models import Count
from django.shortcuts import render

from comptes.pages_publiques import page_publique
from pilotage.listes import choisir_liste, premiere
from pilotage.projets import projets_publics
from programme.annonces import annonce_financiere
from programme.enums import EtatProjet, UniteChiffre
from programme.models import Besoin, ChiffreAnnonce, Enveloppe, Mesure, Projet
from tableurs.francais import INSECABLE, millions, nombre, part
from territoires.carte import carte_nationale, perimetres_a_tracer
from territoires.models import Collectivite, Inscription, Liste, Perimetre, Phase, Region, Territoire

INSCRITS_MONTRES = 5


@page_publique(
    Phase,
    Liste,
    Inscription,
    Perimetre,
    Region,
    Territoire,
    Collectivite,
    Besoin,
    Mesure,
    Enveloppe,
    ChiffreAnnonce,
    Projet,
)
def accueil(request):
    listes, liste = choisir_liste(request, premiere)
    perimetres = list(perimetres_a_tracer(liste))
    carte = carte_nationale(perimetres)
    annonces, annonce = _annonces()
    return render(
        request,
        "pilotage/accueil.html",
        {
            "listes": listes,
            "liste": liste,
            "carte": carte,
            "chiffres": _chiffres(perimetres, carte),
            "annonces": annonces,
            "annonce": annonce,
            "inscrits": projets_publics().filter(etat=EtatProjet.INSCRIT)[:INSCRITS_MONTRES],
            "besoins": Besoin.objects.annotate(nb_mesures=Count("mesures")),
        },
    )


def _chiffres(perimetres, carte):
    """Return the figures computed from the list shown; nothing when it is empty."""
    if not perimetres:
        return None
    population = sum(perimetre["population"] for perimetre in perimetres)
    superficie = sum(perimetre["superficie"] for perimetre in perimetres)
    return {
        "territoires": len(perimetres),
        "communes": sum(perimetre["nb_communes"] for perimetre in perimetres),
        "regions": len({perimetre["region"] for perimetre in perimetres}),
        "population": population,
        "precision_population": f"{part(population, carte.population)} de la population",
        "part_superficie": part(superficie, carte.superficie),
        "precision_superficie": f"{nombre(superficie)}{INSECABLE}km²",
    }


def _annonces():
    """Return what was announced, by key, as the page writes it: « 124 », « 30 % », « 1 360 M€ »."""
    ecrire = {
        UniteChiffre.NOMBRE: nombre,
        UniteChiffre.POURCENTAGE: lambda valeur: part(valeur, 100),
        UniteChiffre.EUROS: millions,
    }
    chiffres = {chiffre.cle: chiffre for chiffre in ChiffreAnnonce.objects.all()}
    textes = dict.fromkeys(("territoires", "part_superficie", "part_emploi"), "")
    textes |= {cle.replace("-", "_"): ecrire[c.unite](c.valeur) for cle, c in chiffres.items()}
    return textes, annonce_financiere(chiffres.get("montant"))
