"""Of the invented programme: a campaign of follow-up that is closed, and one that is open."""

import datetime

from django.utils import timezone

from comptes.cles import ALPHABET_DES_CLES
from programme.campagnes import couvrir, remettre_la_meteo
from programme.enums import Meteo
from programme.models import Campagne, PointDeSuivi
from tableurs import masse
from tableurs.exports import par_lots

# (Title, first and last day from today, how many of a hundred have answered.)
CAMPAGNES = (("Démonstration · Premier point", -120, -90, 92), ("Démonstration · Deuxième point", -6, 15, 35))
METEOS = (*[Meteo.BON] * 6, *[Meteo.A_SURVEILLER] * 3, Meteo.BLOQUE)
TEXTES = {
    Meteo.BON: "Le calendrier est tenu (texte inventé).",
    Meteo.A_SURVEILLER: "Une autorisation tarde (texte inventé).",
    Meteo.BLOQUE: "Le plan de financement n'est pas bouclé (texte inventé).",
}


def campagnes(auteur, hasard, maintenant):
    jour = timezone.localdate(maintenant)
    for titre, debut, fin, part in CAMPAGNES:
        campagne = Campagne.objects.create(
            cle="".join(hasard.choices(ALPHABET_DES_CLES, k=10)),
            titre=titre,
            du=jour + datetime.timedelta(days=debut),
            au=jour + datetime.timedelta(days=fin),
            rappels=[7, 1],
            nationale=True,
            toutes_les_regions=True,
            ouverte_par=auteur,
            # Nobody is written to about an invented campaign.
            rappelee_le=jour + datetime.timedelta(days=fin),
        )
        couvrir(campagne)
        instant = maintenant + datetime.timedelta(days=min(fin, 0) - 2)
        repondus = []
        for point in campagne.points.order_by("projet_id"):
            if hasard.randint(1, 100) > part:
                continue
            point.meteo = hasard.choice(METEOS)
            point.texte = TEXTES[point.meteo]
            point.saisi_par, point.saisi_le, point.version = auteur, instant, 1
            repondus.append(point)
        masse.modifier(PointDeSuivi, ["meteo", "texte", "saisi_par_id", "saisi_le", "version"], repondus)
        masse.historiser(PointDeSuivi, repondus, "~", auteur, "Démonstration")
        for lot in par_lots(repondus):
            remettre_la_meteo([point.projet_id for point in lot])
