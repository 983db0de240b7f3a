"""What is taken away from these pages."""

from tableurs.exports import ColonneExport, Export, TypeColonne, enregistrer


def _lignes(membres):
    """Yield the rows of the list of members, as the page shows them."""
    for une in membres:
        yield (
            une.personne.nom,
            une.personne.prenom,
            une.personne.fonction,
            une.personne.email,
            une.titre,
            une.get_qualite_display(),
            str(une.objet or ""),
            une.du,
            une.au,
            une.retiree_le,
            une.etat,
            str(une.nommee_par or ""),
            une.acte_numero,
            une.acte_date,
        )


MEMBRES = enregistrer(
    Export(
        cle="membres",
        titre="Membres",
        deplier=_lignes,
        mentions=("Données personnelles : à garder le temps nécessaire, à ne pas diffuser.",),
        colonnes=(
            ColonneExport("nom", "Nom", definition="Nom de la personne."),
            ColonneExport("prenom", "Prénom", definition="Prénom de la personne."),
            ColonneExport("fonction", "Fonction", definition="Telle que la personne l'a écrite sur son compte."),
            ColonneExport("email", "Adresse électronique", definition="Celle du compte."),
            ColonneExport("habilitation", "Habilitation", definition="Ce au titre de quoi la personne a accès."),
            ColonneExport("qualite", "Qualité", definition="Fonction ou qualité dans cette habilitation."),
            ColonneExport("perimetre", "Périmètre", definition="Région, département ou territoire. Vide : tout."),
            ColonneExport("du", "Depuis le", type=TypeColonne.DATE, definition="Premier jour, compris."),
            ColonneExport("au", "Jusqu'au", type=TypeColonne.DATE, definition="Dernier jour, compris, s'il est fixé."),
            ColonneExport(
                "retiree_le", "Retirée le", type=TypeColonne.HORODATAGE, definition="Si l'accès a été fermé avant."
            ),
            ColonneExport("etat", "État", definition="Le jour de l'export."),
            ColonneExport("nommee_par", "Nommée par", definition="Qui a donné l'habilitation dans le portail."),
            ColonneExport("acte_numero", "Acte de délégation", type=TypeColonne.CODE, definition="Numéro de l'acte."),
            ColonneExport("acte_date", "Date de l'acte", type=TypeColonne.DATE, definition="Date de l'acte."),
        ),
    )
)
