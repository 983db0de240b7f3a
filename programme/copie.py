"""A new idea from a fiche that one knows."""

from django.db import transaction

from programme.forms.projets import FormulaireNouveau
from programme.models import Frein, Indicateur, Jalon, Projet
from programme.redaction import MONTANTS
from territoires.models import Couverture, inscriptions_actuelles

# What a new idea takes up. Not the number, the life, the validation, the region's own: they are of the other.
REPRIS = [
    "sans_lieu",
    "contexte",
    "objectifs",
    "partenaires",
    "porteur_nom",
    "porteur_genre",
    "porteur_siren",
    "porteur_en_creation",
    "debut",
    "fin",
    "maturite",
    "emplois",
]
PARTIES_REPRISES = (
    (Frein, ("regle", "autorite_competente", "demande")),
    (Jalon, ("titre", "prevu_le")),
    (Indicateur, ("nom", "unite", "base", "cible")),
)


class FormulaireCopie(FormulaireNouveau):
    """The title and the territory of the new idea; the rest comes from the model."""

    def __init__(self, *args, modele, **kwargs):
        super().__init__(*args, territoire=modele.territoire.slug, **kwargs)
        longueur = Projet._meta.get_field("titre").max_length
        self.initial["titre"] = f"Copie de {modele.titre}"[:longueur]

    def copier(self, modele, avec_montants):
        """Write the new idea. `avec_montants`: its author reads those of the model. Returns it."""
        with transaction.atomic():
            for champ in [*REPRIS, *(MONTANTS if avec_montants else ["montants_secrets"])]:
                setattr(self.instance, champ, getattr(modele, champ))
            self.instance._change_reason = "Copie d'une fiche"
            projet = self.save()
            projet.mesures.set(modele.mesures.all())
            projet.territoires_associes.set(modele.territoires_associes.exclude(pk=projet.territoire_id))
            projet.communes.set(_communes(modele, projet))
            for partie, champs in PARTIES_REPRISES:
                for ligne in partie.objects.filter(projet=modele).order_by("pk"):
                    partie.objects.create(projet=projet, **{champ: getattr(ligne, champ) for champ in champs})
        return projet


def _communes(modele, projet):
    """Return the communes of the model that are of the new one's territory, or of its associates."""
    territoires = [projet.territoire_id, *projet.territoires_associes.values_list("pk", flat=True)]
    actuelles = inscriptions_actuelles().filter(territoire__in=territoires).values("pk")
    return modele.communes.filter(pk__in=Couverture.objects.filter(inscription__in=actuelles).values("commune"))
