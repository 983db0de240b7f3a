"""The grid of a campaign: the rows of a page, what was typed on them, what is wrong."""

from functools import cached_property

from django.core.paginator import Paginator

from programme.campagnes import avec_ce_qui_precede, repondre
from programme.forms.campagnes import LIGNES_PAR_PAGE, FormulaireEnvoi, FormulairePoint
from programme.models import PointDeSuivi
from tableurs.views.acces import page_demandee


class Grille:
    """Rows that a person answers, by pages in a stable order; `en_attente`: those without an answer only."""

    def __init__(self, campagne, personne, en_attente=False):
        self.campagne, self.personne, self.en_attente = campagne, personne, en_attente
        self.siens = PointDeSuivi.objects.modifiables_par(personne).filter(campagne=campagne)
        self.lignes, self.refusees = [], []

    @cached_property
    def points(self):
        siens = self.siens.en_attente() if self.en_attente else self.siens
        lus = siens.select_related("projet__territoire", "saisi_par")
        return avec_ce_qui_precede(lus).order_by("projet__territoire__nom", "projet_id")

    def montrer(self, request):
        """Read the page that the address asks for."""
        self.page = page_demandee(request, Paginator(self.points, LIGNES_PAR_PAGE))
        self.lignes = [FormulairePoint(point=point) for point in self.page.object_list]

    def recevoir(self, request):
        """Keep the rows that are right; the others stay, as typed, with what is wrong. Returns how many were kept."""
        envoi = FormulaireEnvoi(request.POST)
        envoi.is_valid()
        demandees, rien = envoi.cleaned_data.get("ligne", []), envoi.cleaned_data.get("rien", "")
        self.en_attente = False
        recues = self._lire(request.POST, self.points.filter(projet__cle__in=demandees), rien)
        justes = [ligne for ligne in recues if ligne.is_valid() and ligne.a_change]
        gardees, depassees = repondre(self.campagne, [ligne.reponse() for ligne in justes], self.personne)
        if depassees:
            # Answered by somebody else while these were being checked: looked at again.
            recues = [ligne for ligne in recues if ligne.point.pk not in depassees]
            recues += self._lire(request.POST, self.points.filter(pk__in=depassees), rien)
        self.refusees = [ligne for ligne in recues if not ligne.is_valid()]
        a_corriger = {ligne.point.pk: ligne for ligne in self.refusees}
        montres = [] if not a_corriger else self.points.filter(projet__cle__in=demandees)
        self.lignes = [a_corriger.get(point.pk) or FormulairePoint(point=point) for point in montres]
        return gardees

    @staticmethod
    def _lire(donnees, points, rien):
        return [FormulairePoint(donnees, point=point, rien=point.projet.cle == rien) for point in points]
