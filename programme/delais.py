"""How long a project is expected to stay with whom it waits, in each state (ADR 0017).

Our own choice, not a rule of the programme: « À faire » and the project's page say so. What « en retard » means of an
inscribed project (its milestones, its end) is `QuerySetProjets.en_retard`.
"""

from datetime import timedelta

from django.utils import timezone

from programme.enums import EtatProjet

# In calendar days.
DELAIS = {
    EtatProjet.TRANSMIS: 15,
    EtatProjet.A_COMPLETER: 30,
    EtatProjet.INSTRUCTION: 60,
}


def dernier_jour(projet):
    """Return the last day by which a project should have left its state; None when nothing says."""
    delai = DELAIS.get(projet.etat)
    return timezone.localdate(projet.etat_depuis) + timedelta(days=delai) if delai else None
