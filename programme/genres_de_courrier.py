"""What the room writes to people about."""

from comptes.genres_de_courrier import GenreCourrier, declarer

PROJETS = declarer(GenreCourrier("projets", "Vie des projets", "ce projet est de ceux que vous suivez"))
MESSAGES = declarer(GenreCourrier("messages", "Messages sur les projets", "vous lisez les échanges de ce projet"))
CAMPAGNES = declarer(
    GenreCourrier("campagnes", "Rappels des campagnes de suivi", "des projets que vous suivez attendent leur météo")
)
PERIMETRES = declarer(
    GenreCourrier("perimetres", "Demandes de périmètre", "cette demande concerne un territoire que vous suivez")
)
FINANCEMENTS = declarer(
    GenreCourrier("financements", "Financements des projets", "vous suivez ce financement, ou vous l'instruisez")
)
