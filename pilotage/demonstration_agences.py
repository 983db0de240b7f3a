"""Of the invented programme: a network of agencies. None exists: every name says so, no SIREN is given to any."""

import datetime

from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from agences.enums import NiveauAgence
from agences.models import Agence, Desserte, Federation
from agences.models.organismes import slug_libre
from tableurs.francais import normaliser
from territoires.enums import NatureCollectivite
from territoires.models import Collectivite, Departement, Region, inscriptions_actuelles

PREFIXE = "Démonstration · Agence fictive, "
FEDERATION = "Démonstration · Fédération fictive"
RAISON = "Démonstration"
# One département in so many has an agency; how many of each kind of group do.
DEPARTEMENTS, METROPOLES, INTERCOMMUNALITES = 3, 8, 20
# One in so many isn't a member, or says nothing of itself.
NON_ADHERENTES, MUETTES = 6, 7
GROUPEMENTS_ORDINAIRES = (NatureCollectivite.COMMUNAUTE_AGGLOMERATION, NatureCollectivite.COMMUNAUTE_DE_COMMUNES)


def reseau(auteur):
    """Write it, once: one agency a region, and some départements, métropoles and intercommunalités of the programme."""
    if Agence.objects.filter(nom__startswith=PREFIXE).exists():
        return
    pris, agences, zones = set(), [], []
    for rang, (niveau, champ, lieu) in enumerate(_lieux()):
        nom = f"{PREFIXE}{lieu.nom}"
        slug = slug_libre(nom, pris.__contains__)
        pris.add(slug)
        agences.append(_agence(rang, nom, slug, niveau))
        zones.append({champ: lieu})
    bulk_create_with_history(agences, Agence, default_user=auteur, default_change_reason=RAISON)
    ecrites = {agence.slug: agence for agence in Agence.objects.filter(slug__in=pris)}
    dessertes = [Desserte(agence=ecrites[agence.slug], **zone) for agence, zone in zip(agences, zones, strict=True)]
    bulk_create_with_history(dessertes, Desserte, default_user=auteur, default_change_reason=RAISON)
    Federation.objects.get_or_create(nom=FEDERATION)


def _lieux():
    """Yield (level, field of the area, place)."""
    for region in Region.objects.all():
        yield NiveauAgence.REGIONALE, "region", region
    metropolitains = Departement.objects.exclude(code__startswith="97")
    for departement in metropolitains.order_by("code")[::DEPARTEMENTS]:
        yield NiveauAgence.DEPARTEMENTALE, "departement", departement
    groupements = Collectivite.objects.actuelles().filter(
        compositions__inscription__in=inscriptions_actuelles().values("pk")
    )
    for niveau, natures, combien in (
        (NiveauAgence.METROPOLITAINE, [NatureCollectivite.METROPOLE], METROPOLES),
        (NiveauAgence.INTERCOMMUNALE, GROUPEMENTS_ORDINAIRES, INTERCOMMUNALITES),
    ):
        for groupement in groupements.filter(nature__in=natures).distinct().order_by("-population", "code")[:combien]:
            yield niveau, "collectivite", groupement


def _agence(rang, nom, slug, niveau):
    adhesion = datetime.date(timezone.localdate().year - 1 - rang % 8, 1, 1)
    dite = rang % MUETTES != MUETTES - 1
    return Agence(
        nom=nom,
        nom_normalise=normaliser(nom),
        slug=slug,
        niveau=niveau,
        adherente_du=None if rang % NON_ADHERENTES == NON_ADHERENTES - 1 else adhesion,
        courriel=f"agence{rang}@demo.example" if dite else "",
        # Numbers that are given to nobody, for works of fiction.
        telephone=f"01 99 00 {rang // 100:02d} {rang % 100:02d}" if dite else "",
        adresse="1 place de la Démonstration (adresse inventée)" if dite else "",
        site=f"https://agence{rang}.demo.example" if dite else "",
        presentation="Accompagne les entreprises et les collectivités de sa zone (texte inventé)." if dite else "",
    )
