"""What is taken away from an import: its rows by bucket, and the refused ones to correct and send again."""

from tableurs.colonnes import nom_compare, reconnaitre
from tableurs.ecriture.colonnes import SEPARATEUR_DE_LISTE, ColonneExport, TypeColonne, texte_de_classeur
from tableurs.ecriture.fichiers import Fichier, FormatExport
from tableurs.ecriture.tables import Table, fichier_de
from tableurs.ecriture.xlsx import ENTETE, FORMAT_TEXTE, LARGEUR, nom_de_feuille, ouvrir_classeur
from tableurs.enums import Seau
from tableurs.exports import TAILLE_DE_LOT, par_lots
from tableurs.protection import deproteger
from tableurs.ressources import ressource
from tableurs.typographie import typographier

MOTIF = "Motif du refus"
# Beyond, cells are red and the reason stands in its column only: each comment is a drawing that Excel loads.
COMMENTAIRES_MAX = 1000
_FAUTIVE = {"bg_color": "#FFE9E9", "font_color": "#B34000", "border": 1}
CONSIGNES = tuple(
    typographier(consigne)
    for consigne in (
        "Ce fichier contient seulement les lignes refusées.",
        f"Les cellules à corriger sont en rouge ; la colonne « {MOTIF} » dit pourquoi et quoi faire.",
        f"Corrigez-les, puis déposez ce fichier : la colonne « {MOTIF} » n'est pas lue, vous pouvez la laisser.",
        "Les lignes qui n'étaient pas refusées n'ont pas à être envoyées de nouveau.",
    )
)


def exporter_lignes(lot, seau=None, format=FormatExport.XLSX):
    """Return the `Fichier` of the rows of a lot: those of a bucket (`Seau`), or all of them."""
    entetes = [(f"colonne_{lettre}", texte or f"Colonne {lettre}") for lettre, texte in lot.entetes]
    colonnes = (
        ColonneExport("ligne", "Ligne", type=TypeColonne.ENTIER, definition="Numéro de la ligne, comme dans Excel."),
        ColonneExport("resultat", "Résultat", choix=Seau.choices, definition="Ce que la comparaison a donné."),
        ColonneExport("objet", "Objet", definition="Ce dont parle la ligne."),
        *(ColonneExport(cle, texte, definition="Telle que lue dans le fichier.") for cle, texte in entetes),
        ColonneExport("changements", "Changements", definition="Champ : avant → après."),
        ColonneExport("motif", MOTIF, definition="Pourquoi la ligne est refusée, et quoi faire."),
    )
    titre = Seau(seau).label.capitalize() if seau else "Lignes"
    table = Table(titre, colonnes, lambda: _lots(lot, seau, len(entetes)), mentions=(lot.nom_fichier,))
    return fichier_de(table, FormatExport(format), f"import_{lot.cle}_{seau or 'lignes'}")


def _lots(lot, seau, largeur):
    for details in par_lots(_lues(lot, seau, "numero", "seau", "libelle", "cellules", "changements", "problemes")):
        yield [
            (
                numero or None,
                resultat,
                objet,
                *_cellules(cellules, largeur),
                SEPARATEUR_DE_LISTE.join(f"{c['champ']} : {c['avant']} → {c['apres']}" for c in changements),
                _motif(problemes),
            )
            for numero, resultat, objet, cellules, changements, problemes in details
        ]


def _lues(lot, seau, *attributs):
    details = lot.details.filter(seau=seau) if seau else lot.details.all()
    return details.order_by("pk").values_list(*attributs).iterator(chunk_size=TAILLE_DE_LOT)


def _cellules(cellules, largeur):
    """Return the texts of a row as they were meant: each format protects them its own way."""
    return [deproteger(cellule) for cellule in cellules] + [""] * (largeur - len(cellules))


def _motif(problemes):
    return "\n".join(_raison(probleme, probleme["colonne"]) for probleme in problemes)


def _raison(probleme, colonne=""):
    debut = typographier(f"{colonne} : ") if colonne else ""
    return f"{debut}{probleme['raison']} {probleme['remede']}"


def exporter_refus(lot):
    """Return the XLSX `Fichier` of the refused rows alone: same headers, red cells that say why, a last column."""
    return Fichier(f"import_{lot.cle}_a_corriger", FormatExport.XLSX, ecrire=lambda sortie: _ecrire_refus(lot, sortie))


def _ecrire_refus(lot, sortie):
    # The column of reasons of a file that comes back is written anew.
    gardees = [rang for rang, (_, texte) in enumerate(lot.entetes) if nom_compare(texte) != nom_compare(MOTIF)]
    places = {rang: place for place, rang in enumerate(gardees)}
    rangs = {lettre: rang for rang, (lettre, _) in enumerate(lot.entetes)}
    textes = _entetes(lot)
    with ouvrir_classeur(sortie, "Lignes refusées") as classeur:
        feuille = classeur.add_worksheet(nom_de_feuille(lot.feuille))
        ordinaire = classeur.add_format({"num_format": FORMAT_TEXTE})
        rouge = classeur.add_format({**_FAUTIVE, "num_format": FORMAT_TEXTE})
        motif = classeur.add_format({"text_wrap": True, "valign": "top"})
        feuille.set_column(0, len(gardees), LARGEUR * 2, ordinaire)
        feuille.set_column(len(gardees), len(gardees), 80, motif)
        feuille.freeze_panes(1, 0)
        entete = classeur.add_format(ENTETE)
        for rang, place in places.items():
            feuille.write_string(0, place, textes[rang], entete)
        feuille.write_string(0, len(gardees), MOTIF, entete)
        commentaires = 0
        for numero, (cellules, problemes) in enumerate(_lues(lot, Seau.REFUSEE, "cellules", "problemes"), 1):
            fautives = _fautives(rangs, problemes)
            for rang, cellule in enumerate(_cellules(cellules, len(lot.entetes))):
                if rang not in places or not (cellule or rang in fautives):
                    continue
                place = places[rang]
                if rang in fautives and commentaires < COMMENTAIRES_MAX:
                    commentaires += 1
                    feuille.write_comment(numero, place, fautives[rang], {"x_scale": 2})
                if cellule:
                    feuille.write_string(
                        numero, place, texte_de_classeur(cellule), rouge if rang in fautives else ordinaire
                    )
                else:
                    feuille.write_blank(numero, place, None, rouge)
            feuille.write_string(numero, len(gardees), _motif(problemes), motif)
        aide = classeur.add_worksheet("À lire")
        aide.set_column(0, 0, 110, classeur.add_format({"text_wrap": True}))
        for rang, consigne in enumerate(CONSIGNES):
            aide.write_string(rang, 0, consigne)


def _entetes(lot):
    """Return the headers to write: those of the file, but for columns that only the user's choice told apart.

    The file that comes back has one more column, so what was remembered for the first one doesn't apply.
    """
    textes = [texte for _, texte in lot.entetes]
    if reconnaitre(ressource(lot.ressource).colonnes, [*textes, MOTIF]).places == lot.correspondance:
        return textes
    cles = {place: cle for cle, place in lot.correspondance.items()}
    return [
        cles[rang] if rang in cles else typographier(f"{texte or 'sans titre'} (colonne ignorée)")
        for rang, texte in enumerate(textes)
    ]


def _fautives(rangs, problemes):
    """Return {rank of a column of the file: why its cell is refused}, from the ranks of letters."""
    fautives = {}
    for probleme in problemes:
        rang = rangs.get(probleme["lettre"])
        if rang is not None:
            fautives[rang] = f"{fautives[rang]}\n{_raison(probleme)}" if rang in fautives else _raison(probleme)
    return fautives
