"""What the page of a perimeter request shows: its deliberations, its story, what the reader may do."""

from django.db.models import Prefetch
from django.utils.functional import cached_property

from comptes.parcours import possibles
from programme.enums import EtatDemande
from programme.models import DemandeDePerimetre, DocumentSigne
from programme.parcours_perimetre import NATION, REGION, TERRITOIRE

ATTENDUS = {TERRITOIRE: "L'équipe du territoire", REGION: "La région", NATION: "L'équipe nationale"}


class FicheDemande:
    """A request and its reader. Each property costs a query at most, deliberations two."""

    def __init__(self, demande, personne):
        self.demande, self.personne = demande, personne

    @cached_property
    def deliberations(self):
        documents = Prefetch("documents", DocumentSigne.objects.en_cours(), to_attr="en_cours")
        return list(self.demande.deliberations.select_related("collectivite").prefetch_related(documents))

    @cached_property
    def passages(self):
        """The latest first."""
        lus = self.demande.passages.select_related("saisie_par", "comite__region").order_by("-saisie_le", "-pk")
        return list(lus)

    @cached_property
    def possibles(self):
        return possibles(self.demande, self.personne)

    @cached_property
    def manques(self):
        return self.demande.manques() if self.demande.etat == EtatDemande.BROUILLON else []

    @cached_property
    def peut_ecrire(self):
        return DemandeDePerimetre.objects.modifiables_par(self.personne).filter(pk=self.demande.pk).exists()

    @cached_property
    def attendu(self):
        """Who is awaited, as the table says; "" at the end."""
        suites = [
            une for une in DemandeDePerimetre.parcours.possibles_depuis(self.demande.etat) if une.cle != "retirer"
        ]
        return ATTENDUS[suites[0].qui] if suites else ""
