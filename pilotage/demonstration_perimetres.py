"""Of the invented programme: perimeter requests, in each of their states. No row of a list is changed by them."""

import datetime
from collections import defaultdict
from dataclasses import replace
from random import Random

from django.utils import timezone

from comptes.cles import ALPHABET_DES_CLES
from comptes.rejouer import Etape, Histoire, rejouer
from programme.enums import AutoriteDecision, SensAvis, SensDePerimetre
from programme.models import DeliberationDePerimetre, DemandeDePerimetre
from territoires.models import Collectivite, Composition, Couverture, Inscription, Perimetre, Rattachement

RAISON = "Démonstration"
INVENTEE = "Raison inventée pour la démonstration."
MOTIF = "Motif inventé pour la démonstration."
# What happened to each, and the opinion given.
TRANSMISE, RENDUE = ("transmettre",), ("transmettre", "rendre-avis")
VIES = (
    (TRANSMISE, ""),
    ((), ""),
    (RENDUE, SensAvis.FAVORABLE),
    ((*RENDUE, "inscrire"), SensAvis.FAVORABLE),
    ((*RENDUE, "refuser"), SensAvis.DEFAVORABLE),
    ((*TRANSMISE, "retirer"), ""),
    (RENDUE, SensAvis.RESERVE),
    (TRANSMISE, ""),
)
NOMBRE = 24


def demander(auteur, maintenant, liste, territoires, creer):
    """Write them: of the given territories first, in turn. `creer(model, objects)`."""
    hasard = Random(20231201)  # noqa: S311 - to look plausible, not to hide anything
    inscriptions = dict(
        Inscription.objects.filter(liste=liste, territoire__in=territoires).values_list("territoire", "pk")
    )
    libres, membres = _libres(liste, inscriptions.values()), _membres(inscriptions.values())
    histoires, prises, parcours = [], set(), _parcours(liste)
    for territoire in territoires:
        if len(histoires) == NOMBRE:
            break
        vie, avis = VIES[len(histoires) % len(VIES)]
        siens, voisins = membres[inscriptions[territoire]], libres[inscriptions[territoire]] - prises
        # One is never asked to leave alone; one that was entered is a member of the list: it is left as it is.
        sens = SensDePerimetre.SORTIE if not voisins and len(siens) > 1 else SensDePerimetre.ENTREE
        possibles = siens if "inscrire" in vie or sens == SensDePerimetre.SORTIE else voisins
        if not possibles:
            continue
        collectivite = sorted(possibles)[0]
        prises.add(collectivite)
        demande = DemandeDePerimetre(
            cle=_cle(hasard),
            territoire_id=territoire,
            sens=sens,
            collectivite_id=collectivite,
            raison=INVENTEE,
            saisi_par=auteur,
            cree_le=maintenant - datetime.timedelta(days=hasard.randint(200, 300)),
        )
        demande.parcours = parcours
        histoires.append(Histoire(demande, _etapes(hasard, demande, vie, avis, auteur), depuis=demande.cree_le))
    rejouer(histoires, auteur, RAISON)
    creer(DeliberationDePerimetre, [_deliberation(hasard, histoire.objet) for histoire in histoires])


def _parcours(liste):
    """Return the table, whose « inscrire » says the day and the list, and leaves the list as it is."""

    def dater(objets):
        for demande, _ in objets:
            demande.effet_le, demande.liste = liste.date + datetime.timedelta(days=1), liste

    table = DemandeDePerimetre.parcours
    suites = [une._replace(effet=dater) if une.cle == "inscrire" else une for une in table.transitions]
    return replace(table, transitions=tuple(suites))


def _cle(hasard):
    return "".join(hasard.choices(ALPHABET_DES_CLES, k=10))


def _etapes(hasard, demande, vie, avis, auteur):
    instant, etapes = demande.cree_le, []
    for cle in vie:
        instant += datetime.timedelta(days=hasard.randint(15, 60))
        transition = DemandeDePerimetre.parcours.transition(cle)
        defavorable = transition.decision and avis != SensAvis.FAVORABLE
        champs = {"motif": MOTIF} if transition.motif or defavorable else {}
        if transition.decision:
            champs |= {
                "avis": avis,
                "autorite": AutoriteDecision.COMITE_REGIONAL,
                "date": timezone.localdate(instant),
                "acte": f"Relevé fictif n° {hasard.randint(1, 400)}",
            }
        etapes.append(Etape(cle, instant, auteur, champs))
    return etapes


def _deliberation(hasard, demande):
    jour = timezone.localdate(demande.cree_le) - datetime.timedelta(days=hasard.randint(10, 60))
    return DeliberationDePerimetre(
        cle=_cle(hasard),
        demande=demande,
        collectivite_id=demande.collectivite_id,
        numero=f"Fictive {hasard.randint(1, 400)}",
        date=jour,
    )


def _membres(inscriptions):
    """Return {inscription: keys of its members}, of groups of communes."""
    membres = defaultdict(set)
    groupements = Composition.objects.filter(
        inscription__in=inscriptions, au=None, collectivite__in=Collectivite.objects.groupements().actuelles()
    )
    for inscription, collectivite in groupements.values_list("inscription", "collectivite"):
        membres[inscription].add(collectivite)
    return membres


def _libres(liste, inscriptions):
    """Return {inscription: keys of the groups of its départements that no territory of the list touches}."""
    couvertes = Couverture.objects.filter(liste=liste).values("commune")
    actuels = Rattachement.objects.filter(au=None, groupement__in=Collectivite.objects.groupements().actuelles())
    touches = actuels.filter(commune__in=couvertes).values("groupement")
    par_departement = defaultdict(set)
    for departement, groupement in (
        actuels.exclude(groupement__in=touches).values_list("commune__departement", "groupement").distinct()
    ):
        par_departement[departement].add(groupement)
    libres = defaultdict(set)
    perimetres = Perimetre.objects.filter(inscription__in=inscriptions)
    for inscription, departement in perimetres.values_list("inscription", "departements"):
        libres[inscription] |= par_departement[departement]
    return libres
