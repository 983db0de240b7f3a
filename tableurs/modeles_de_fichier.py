"""The template of an import: a sheet to fill, whose columns are typed, and a sheet that explains each of them."""

from functools import partial

from xlsxwriter.utility import xl_col_to_name

from tableurs.ecriture.fichiers import Fichier, FormatExport
from tableurs.ecriture.xlsx import ENTETE, FORMAT_TEXTE, LIGNES_MAX, PREMIER_JOUR, nom_de_feuille, ouvrir_classeur
from tableurs.lecture import limites
from tableurs.ressources import ressource
from tableurs.typographie import typographier
from tableurs.valeurs import Booleen, Choix, Date, DateApprochee, Decimal, Entier, ListeDe, Montant, Texte
from tableurs.valeurs.codes import Code

AIDE = "Aide"
LISTE_CITEE_MAX = 20
_ENTETE_REQUISE = {**ENTETE, "bg_color": "#000091", "font_color": "#FFFFFF"}
_COLONNES_AIDE = ("Colonne", "Obligatoire", "Ce qu'elle contient", "Exemple", "Valeurs acceptées")
_LARGEURS_AIDE = (32, 14, 60, 28, 60)
INSTRUCTIONS = (
    "Remplissez la première feuille, une ligne par objet, puis déposez ce fichier sur la page des imports.",
    "Les colonnes dont l'en-tête est foncé sont obligatoires. Supprimez les autres si elles ne vous servent pas : une "
    "colonne absente ne change rien à ce que contient la base, une cellule vide efface la valeur.",
    "Rien n'est enregistré au dépôt : vous verrez d'abord ce que le fichier changerait.",
    f"Limites : {', '.join(limites.ENONCES)}.",
)


def modele_de_fichier(cle, options=None):
    """Return the XLSX `Fichier` to fill for an import resource. Raises KeyError."""
    modele = ressource(cle)(options)
    return Fichier(f"modele_{cle}", FormatExport.XLSX, ecrire=partial(_ecrire, modele))


def listes_fermees(modele):
    """Return {key of column: labels that it accepts} when its list is closed, in the class or in the base."""
    de_la_base = modele.valeurs_possibles()
    return {colonne.cle: _liste_fermee(colonne.valeur, de_la_base.get(colonne.cle, ())) for colonne in modele.colonnes}


def _liste_fermee(valeur, de_la_base):
    if isinstance(valeur, Choix):
        return list(valeur.libelles.values())
    return ["oui", "non"] if isinstance(valeur, Booleen) else list(de_la_base)


def _ecrire(modele, sortie):
    with ouvrir_classeur(sortie, modele.nom) as classeur:
        feuille = classeur.add_worksheet(nom_de_feuille(modele.nom))
        listes = listes_fermees(modele)
        plages = _ecrire_aide(classeur, modele, listes)
        requise, facultative = classeur.add_format(_ENTETE_REQUISE), classeur.add_format(ENTETE)
        feuille.freeze_panes(1, 0)
        for place, colonne in enumerate(modele.colonnes):
            genre = classeur.add_format({"num_format": _format(colonne.valeur)})
            feuille.set_column(place, place, max(18, len(colonne.libelle) + 4), genre)
            feuille.write_string(0, place, colonne.libelle, requise if colonne.requise else facultative)
            regle = _regle(colonne, plages.get(colonne.cle))
            if regle["validate"] == "any" and not colonne.aide:
                continue
            # Excel shows 32 characters of the title and 255 of the message.
            feuille.data_validation(
                1,
                place,
                LIGNES_MAX,
                place,
                {
                    **regle,
                    "ignore_blank": True,
                    "error_type": "warning",
                    "error_title": "À vérifier",
                    "error_message": typographier(f"On attend {colonne.valeur.nom}.")[:255],
                    "input_title": colonne.libelle[:32],
                    "input_message": _explication(colonne)[:255],
                },
            )
        feuille.activate()


def _ecrire_aide(classeur, modele, listes):
    """Write the sheet that explains; return {key of column: range of its accepted values}."""
    feuille = classeur.add_worksheet(AIDE)
    titre, entete = classeur.add_format({"bold": True, "font_size": 14}), classeur.add_format(ENTETE)
    corps = classeur.add_format({"text_wrap": True, "valign": "top", "num_format": FORMAT_TEXTE})
    for place, largeur in enumerate(_LARGEURS_AIDE):
        feuille.set_column(place, place, largeur)
    # Rows can only be written in order: those of the help and those of the lists go together.
    lignes = [[(0, typographier(f"{modele.nom} : comment remplir ce fichier"), titre)]]
    lignes += [[(0, typographier(phrase), None)] for phrase in INSTRUCTIONS]
    lignes += [[], [(place, texte, entete) for place, texte in enumerate(_COLONNES_AIDE)]]
    debut = len(lignes)
    for colonne in modele.colonnes:
        textes = (
            colonne.libelle,
            "oui" if colonne.requise else "non",
            _explication(colonne),
            colonne.exemple or str(getattr(colonne.valeur, "exemple", "")),
            typographier(_acceptees(colonne.valeur, listes[colonne.cle])),
        )
        lignes.append([(place, texte, corps) for place, texte in enumerate(textes)])
    plages = {}
    place = len(_COLONNES_AIDE)
    for colonne in modele.colonnes:
        valeurs = listes[colonne.cle]
        if not valeurs:
            continue
        place += 1
        feuille.set_column(place, place, 32)
        lignes += [[] for _ in range(debut + len(valeurs) - len(lignes))]
        lignes[debut - 1].append((place, typographier(f"Liste : {colonne.libelle}"), entete))
        for rang, valeur in enumerate(valeurs, debut):
            lignes[rang].append((place, valeur, corps))
        lettre = xl_col_to_name(place, col_abs=True)
        plages[colonne.cle] = f"={AIDE}!{lettre}${debut + 1}:{lettre}${debut + len(valeurs)}"
    for rang, ligne in enumerate(lignes):
        for colonne, texte, format in ligne:
            feuille.write_string(rang, colonne, texte, format)
    return plages


def _explication(colonne):
    return typographier(colonne.aide or f"{colonne.libelle} : {colonne.valeur.nom}.")


def _acceptees(valeur, liste):
    """Return in words what the cells of a column may hold."""
    if len(liste) > LISTE_CITEE_MAX:
        return f"Une des {len(liste)} valeurs de la liste, à droite."
    if liste:
        return " ; ".join(liste)
    if isinstance(valeur, ListeDe):
        return f"{_acceptees(valeur.membre, ())} Plusieurs valeurs sont séparées par « ; »."
    if isinstance(valeur, DateApprochee):
        return "Un jour (12/03/2019), un mois (03/2019) ou une année (2019)."
    if isinstance(valeur, Date):
        return "Jour, mois et année : 12/03/2019."
    if isinstance(valeur, Montant):
        return "En euros, par exemple 1234,56 ; « 1,2 M€ » est compris."
    if isinstance(valeur, Entier):
        return "Un nombre entier."
    if isinstance(valeur, Decimal):
        return f"Un nombre, {valeur.decimales} décimales au plus."
    if isinstance(valeur, Code):
        return f"{valeur.longueur} caractères, au format « Texte » : les zéros comptent."
    if isinstance(valeur, Texte) and valeur.longueur:
        return f"Un texte de {valeur.longueur} caractères au plus."
    return "Un texte."


def _format(valeur):
    """Return Excel's number format of a column. Text is the default: nothing typed is then transformed."""
    if isinstance(valeur, DateApprochee):
        return FORMAT_TEXTE
    if isinstance(valeur, Date):
        return "dd/mm/yyyy"
    if isinstance(valeur, Montant):
        return '#,##0.00" €"'
    if isinstance(valeur, Entier):
        return "0"
    return "General" if isinstance(valeur, Decimal) else FORMAT_TEXTE


def _regle(colonne, plage):
    """Return what Excel checks while one types. Only warnings: our reader knows more ways to write a value."""
    valeur = colonne.valeur
    if plage:
        return {"validate": "list", "source": plage}
    if isinstance(valeur, Date) and not isinstance(valeur, DateApprochee):
        return {"validate": "date", "criteria": ">=", "value": PREMIER_JOUR}
    if isinstance(valeur, Decimal):
        genre = "integer" if isinstance(valeur, Entier) else "decimal"
        minimum = valeur.minimum if valeur.minimum is not None else -(10**12)
        maximum = valeur.maximum if valeur.maximum is not None else 10**14
        return {"validate": genre, "criteria": "between", "minimum": minimum, "maximum": maximum}
    if isinstance(valeur, Texte) and valeur.longueur:
        return {"validate": "length", "criteria": "<=", "value": valeur.longueur}
    return {"validate": "any"}
