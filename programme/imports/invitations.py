"""Many porteurs invited from one table, each on one project."""

from programme.enums import QualitePorteur
from programme.models import Porteur, Projet
from tableurs.colonnes import Colonne
from tableurs.ressources import enregistrer
from tableurs.valeurs import Texte
from territoires.imports.invitations import RessourceInvitations, colonnes

# Beyond, the file to fill in has no list of projects to choose from.
PROPOSES_MAX = 500


@enregistrer
class ImportPorteurs(RessourceInvitations):
    """Only the projects to which the importer may invite are known: nothing tells what neighbours have."""

    cle = "invitations_porteurs"
    nom = "Invitations de porteurs de projet"
    genre = Porteur
    remede_inconnu = "Écrivez le numéro du projet, sa référence dans votre région ou la fin de l'adresse de sa fiche."
    colonnes = colonnes(
        QualitePorteur,
        {"rédacteur": QualitePorteur.REDACTION.value, "rédactrice": QualitePorteur.REDACTION.value},
        Colonne(
            "projet",
            "Projet",
            Texte(obligatoire=True),
            ("numéro", "numéro du projet", "fiche", "fiche-action", "référence"),
            True,
            "Son numéro, sa référence dans la région, son titre ou la fin de l'adresse de sa fiche.",
            "FA-2026-00042",
        ),
    )

    def objets(self):
        if self.auteur is None:
            return {}
        siens = Projet.objects.conduits_par(self.auteur).filter(archive_le=None).order_by()
        return siens.only("cle", "numero", "titre", "reference_regionale").in_bulk()

    def noms(self):
        for cle, projet in self.objets().items():
            noms = (projet.numero, projet.cle, projet.reference_regionale, projet.titre)
            yield from ((cle, nom) for nom in noms if nom)

    def valeurs_possibles(self):
        proposes = super().valeurs_possibles()
        return proposes if len(proposes["projet"]) <= PROPOSES_MAX else {}
