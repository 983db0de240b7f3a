"""What the page of a perimeter request shows: its deliberations, its story, what the reader may do."""

from django.db.models import Prefetch
from django.utils.functional import cached_property

from comptes.parcours import laisse_a_d_autres, permises_parmi, possibles
from programme.enums import EtatDemande
from programme.models import DemandeDePerimetre, DocumentSigne

# What is awaited, of whom, in a sentence.
ATTENDUS = {
    EtatDemande.BROUILLON: "L'équipe du territoire joint les délibérations, puis transmet la demande à la région.",
    EtatDemande.TRANSMISE: "La région porte la demande à son comité, puis note ici l'avis rendu.",
    EtatDemande.AVIS_RENDU: "L'équipe nationale inscrit la demande dans la liste en vigueur, ou la refuse.",
}


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
    def _permises(self):
        return permises_parmi([self.demande], self.personne)[self.demande.pk]

    @cached_property
    def possibles(self):
        return possibles(self.demande, self.personne, self._permises)

    @property
    def est_examinee_par_d_autres(self):
        """Whether the reader would give the region's opinion, had they not carried the request."""
        return laisse_a_d_autres(self.demande, self._permises)

    @cached_property
    def manques(self):
        return self.demande.manques() if self.demande.etat == EtatDemande.BROUILLON else []

    @cached_property
    def peut_ecrire(self):
        return DemandeDePerimetre.objects.modifiables_par(self.personne).filter(pk=self.demande.pk).exists()

    @property
    def attendu(self):
        """What is awaited, and of whom; "" at the end."""
        return ATTENDUS.get(self.demande.etat, "")

    @property
    def est_sans_suite(self):
        """Whether the perimeter stays as it was: another request may be made."""
        return self.demande.etat in (EtatDemande.REFUSEE, EtatDemande.RETIREE)
