"""The money of the programme: what sources say was announced, then what was opened, programmed, awarded, paid."""

import datetime

from django.shortcuts import render

from comptes.acces import aujourdhui
from comptes.pages_publiques import page_publique
from programme.annonces import annonce_financiere
from programme.argent import tableaux
from programme.argent.axes import AXES, PAR_CLE
from programme.models import Besoin, ChiffreAnnonce, Enveloppe, Exercice, Financement, Mesure, Projet
from territoires.models import Phase, Region, Territoire

# How many month-ends may be looked at.
MOIS = 24


@page_publique(Phase, Enveloppe, ChiffreAnnonce, Exercice, Financement, Projet, Besoin, Mesure, Region, Territoire)
def financements(request):
    total = ChiffreAnnonce.objects.filter(cle="montant").first()
    fins = fins_de_mois()
    au = next((jour for jour in fins if jour.isoformat() == request.GET.get("au")), fins[0])
    par = PAR_CLE.get(request.GET.get("par"), AXES[0])
    lignes = tableaux.lignes(tableaux.situation(tableaux.publics(), au), par)
    annonce = annonce_financiere(total)
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
            "lignes": lignes,
            "somme": tableaux.totaliser(lignes),
            "etapes": _etapes(annonce, lignes) if par.cle == "enveloppe" else [],
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


def _etapes(annonce, lignes):
    """Return [(envelope, opened, years of which it is, sums)]: the five columns, by envelope."""
    sommes, ouverts = {ligne.cle: ligne for ligne in lignes}, tableaux.ouverts()
    return [
        (enveloppe, *ouverts.get(enveloppe.pk, (None, [])), sommes.get(enveloppe.code, tableaux.Ligne()))
        for enveloppe in annonce.enveloppes
    ]
