"""Many correspondents invited from one table, each for an agency."""

from agences.enums import QualiteAgence
from agences.models import Agence, Correspondant
from comptes.acces import est_administrateur
from tableurs.colonnes import Colonne
from tableurs.ressources import enregistrer
from tableurs.valeurs import Texte
from territoires.imports.invitations import RessourceInvitations, colonnes


@enregistrer
class ImportCorrespondants(RessourceInvitations):
    cle = "invitations_agences"
    nom = "Invitations de correspondants d'agences"
    genre = Correspondant
    remede_inconnu = "Écrivez le nom de l'agence, son SIREN ou la fin de l'adresse de sa page."
    colonnes = colonnes(
        QualiteAgence,
        {"correspondant": QualiteAgence.CORRESPONDANT.value, "correspondante": QualiteAgence.CORRESPONDANT.value},
        Colonne(
            "agence",
            "Agence",
            Texte(obligatoire=True),
            ("nom de l'agence", "structure", "organisme", "siren"),
            True,
            "Son nom, son SIREN ou la fin de l'adresse de sa page.",
            "Agence de développement de l'Aisne",
        ),
    )

    @classmethod
    def ouverte_a(cls, personne):
        """CNER's people have no scope, and name on all of them."""
        return est_administrateur(personne) or cls.genre.objects.ajoutables_par(personne)

    def objets(self):
        return Agence.objects.in_bulk()

    def noms(self):
        for cle, slug, siren, nom in Agence.objects.values_list("pk", "slug", "siren", "nom"):
            yield from ((cle, texte) for texte in (nom, slug, siren) if texte)
