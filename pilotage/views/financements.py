"""The money of the programme: what sources say was announced, then what was opened, programmed, awarded, paid."""

import datetime
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse

from comptes.acces import aujourdhui
from comptes.pages_publiques import page_publique
from programme.annonces import annonce_financiere
from programme.argent import tableaux
from programme.argent.axes import AXES, PAR_CLE, SANS_BESOIN
from programme.models import Besoin, ChiffreAnnonce, Enveloppe, Exercice, Financement, Mesure, Projet
from territoires.models import Phase, Region, Territoire

# How many month-ends may be looked at.
MOIS = 24
# What follows an announcement; the colour of its bars is in css/pages.css.
ETAPES = (
    ("annonce", "Annoncé"),
    ("ouvert", "Ouvert"),
    ("programme", "Programmé"),
    ("attribue", "Attribué"),
    ("verse", "Versé"),
)


# What they are made of, and named by. Movements have no history: each changes the line that it is of.
MODELES_DES_MONTANTS = (Enveloppe, Financement, Projet, Besoin, Mesure, Region, Territoire)


@page_publique(Phase, ChiffreAnnonce, Exercice, *MODELES_DES_MONTANTS)
def financements(request):
    total = ChiffreAnnonce.objects.filter(cle="montant").first()
    fins = fins_de_mois()
    au = fin_demandee(request)
    par = PAR_CLE.get(request.GET.get("par"), AXES[0])
    lignes = tableaux.lignes(tableaux.situation(tableaux.publics(), au), par)
    annonce = annonce_financiere(total)
    etapes = _etapes(annonce, lignes) if par.cle == "enveloppe" else []
    return render(
        request,
        "pilotage/financements.html",
        {
            "fil_ariane": [("Financements", "")],
            "total": total,
            "annonce": annonce,
            "par": par,
            "axes": AXES,
            "au": au,
            "fins": fins,
            "lignes": [(ligne, _projets(par, ligne)) for ligne in lignes],
            "question_au": f"?au={au.isoformat()}",
            "somme": tableaux.totaliser(lignes),
            "etapes": etapes,
            "barres": _barres(etapes),
            "legende": ETAPES,
            "restreints": tableaux.restreints(au),
        },
    )


def fins_de_mois():
    """Return the last days of the latest months that are over, the latest first."""
    fins, jour = [], aujourdhui().replace(day=1)
    for _ in range(MOIS):
        jour -= datetime.timedelta(days=1)
        fins.append(jour)
        jour = jour.replace(day=1)
    return fins


def _projets(par, ligne):
    """Return the address of the list of the projects of a group; "" when no filter of it says that."""
    if par.cle not in ("region", "besoin", "territoire") or ligne.cle in SANS_BESOIN:
        return ""
    return f"{reverse('projets')}?{urlencode({par.cle: ligne.cle})}"


def fin_demandee(request):
    """Return the month-end that the address asks for, else the latest."""
    fins = fins_de_mois()
    return next((jour for jour in fins if jour.isoformat() == request.GET.get("au")), fins[0])


def _etapes(annonce, lignes):
    """Return [(envelope, opened, years of which it is, sums)]: the five columns, by envelope."""
    sommes, ouverts = {ligne.cle: ligne for ligne in lignes}, tableaux.ouverts()
    return [
        (enveloppe, *ouverts.get(enveloppe.pk, (None, [])), sommes.get(enveloppe.code, tableaux.Ligne()))
        for enveloppe in annonce.enveloppes
    ]


def _barres(etapes):
    """Return [(envelope, [(step, width in thousandths of the longest bar)])]; none before anything followed.

    What is not known has no bar.
    """
    montants = {
        enveloppe: (enveloppe.montant_annonce, ouvert, ligne.programme, ligne.engage, ligne.verse)
        for enveloppe, ouvert, _, ligne in etapes
    }
    if not any(montant for siens in montants.values() for montant in siens[1:]):
        return []
    plus_long = max(montant for siens in montants.values() for montant in siens if montant)
    return [
        (enveloppe, [(cle, _largeur(montant, plus_long)) for (cle, _), montant in zip(ETAPES, siens, strict=True)])
        for enveloppe, siens in montants.items()
    ]


def _largeur(montant, plus_long):
    # What there is of it is seen, however little.
    return max(2, round(1000 * montant / plus_long)) if montant else 0
