"""The desks of those who steer money, read by a regional pilot, and the public sums: at several sizes."""

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models import Count

from benchmarks.mesures import durees, requetes
from benchmarks.pages import ouvrir_session
from programme.argent.enums import EtatFinancement
from programme.models import Dotation, Financement, Scenario
from territoires.models import PiloteRegional

BUT_REQUETES = 15
NUE = "/nue/?"
# Bare views, at the first size only: the bare view that the same reader asks for, whose session and account are read.
BUT_SCENARIO = 40


def mesurer_bureaux(premiere_taille):
    """Print a table of the desks, and return what is over its goal."""
    application, cookie = WSGIHandler(), ouvrir_session()
    scenario = _scenario()
    adresses = {
        "suivi des enveloppes": "/financements/suivi/",
        "suivi, par besoin": "/financements/suivi/?annee=0&par=besoin",
        "suivi, par territoire": "/financements/suivi/?annee=0&par=territoire",
        "une enveloppe régionale": scenario.dotation.get_absolute_url(),
        "demandes": "/financements/demandes/",
        "mouvements": "/financements/mouvements/",
        "un scénario": scenario.get_absolute_url(),
        "public, par besoin": "/financements/?par=besoin",
    }
    nue, *lues = durees(application, [NUE, *adresses.values()], cookie, tours=7)
    print(f"\nArgent de {Financement.objects.count()} financements, lu par un pilote ({connection.vendor})")
    print(f"{'une vue nue, du même pilote':26} {nue * 1000:8.1f} ms")
    depassements = []
    for (nom, adresse), duree in zip(adresses.items(), lues, strict=True):
        nombre, rapport = requetes(application, adresse, cookie), duree / nue
        trop = nombre > BUT_REQUETES or (premiere_taille and nom == "un scénario" and rapport > BUT_SCENARIO)
        depassements += [nom] if trop else []
        print(
            f"{nom:26} {duree * 1000:8.1f} ms {nombre:4}/{BUT_REQUETES} requêtes {rapport:8.1f} vues nues"
            f"{'  TROP' if trop else ''}"
        )
    return depassements


def _scenario():
    """Return a scenario of the pilot's share that has the most requests: a full page of them."""
    pilote = PiloteRegional.objects.get(personne__email="mesure@demo.example")
    demandes = Financement.objects.filter(region=pilote.region_id, etat__in=EtatFinancement.avant_decision())
    enveloppe = demandes.exclude(enveloppe=None).values("enveloppe").annotate(n=Count("pk")).order_by("-n").first()
    dotation = Dotation.objects.filter(
        exercice__enveloppe=enveloppe["enveloppe"], region=pilote.region_id, territoire=None
    ).first()
    return Scenario.objects.get_or_create(dotation=dotation, nom="Mesure", saisi_par=pilote.personne)[0]
