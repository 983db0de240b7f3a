"""The list of public pages for search engines, at the public address of the site."""

from types import SimpleNamespace

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse
from django.utils.functional import cached_property

from agences.models import Agence, Desserte
from programme.models import Mesure, Projet
from territoires.models import Composition, Inscription, Territoire


class PlanDuPortail(Sitemap):
    """Absolute addresses start with ADRESSE_DU_SITE: a load balancer may show another host and scheme."""

    def get_urls(self, page=1, site=None, protocol=None):
        protocole, _, domaine = settings.ADRESSE_DU_SITE.partition("://")
        return super().get_urls(page=page, site=SimpleNamespace(domain=domaine), protocol=protocole)


class PlanDesPages(PlanDuPortail):
    def items(self):
        return [
            "accueil",
            "communes",
            "carte",
            "territoires",
            "mesures",
            "projets",
            "financements",
            "agences",
            "aide",
            "plan_du_site",
            "accessibilite",
            "mentions_legales",
            "donnees_personnelles",
        ]

    def location(self, item):
        return reverse(item)


class PlanDObjets(PlanDuPortail):
    """A page an object, dated by the history of each of `sources`: (model, key of the object shown)."""

    sources = ()

    def lastmod(self, item):
        return self.ecritures.get(item.pk)

    @cached_property
    def ecritures(self):
        return _dernieres_ecritures(*self.sources)


class PlanDesTerritoires(PlanDObjets):
    sources = ((Territoire, "id"), (Inscription, "territoire_id"), (Composition, "inscription__territoire_id"))

    def items(self):
        return Territoire.objects.order_by("slug")


class PlanDesMesures(PlanDObjets):
    sources = ((Mesure, "id"),)

    def items(self):
        return Mesure.objects.order_by("code")


class PlanDesAgences(PlanDObjets):
    sources = ((Agence, "id"), (Desserte, "agence_id"))

    def items(self):
        return Agence.objects.ouvertes().order_by("slug")


class PlanDesProjets(PlanDuPortail):
    """Those that anyone may read, the latest first; dated by their state, as it is what a visitor follows."""

    def items(self):
        return (
            Projet.objects.publics().filter(archive_le=None).order_by("-etat_depuis", "-pk").only("cle", "etat_depuis")
        )

    def lastmod(self, item):
        return item.etat_depuis


def _dernieres_ecritures(*sources):
    """Return {key: date of the last change}, from the history of each (model, key of the object shown)."""
    dates = {}
    for modele, cle in sources:
        lignes = modele.historique.order_by().values_list(cle).annotate(Max("history_date"))
        for identifiant, date in lignes:
            dates[identifiant] = max(date, dates.get(identifiant, date))
    return dates


PLANS = {
    "pages": PlanDesPages,
    "territoires": PlanDesTerritoires,
    "mesures": PlanDesMesures,
    "agences": PlanDesAgences,
    "projets": PlanDesProjets,
}
