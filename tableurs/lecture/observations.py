"""What is said about a table besides its rows: everything that is read in silence elsewhere."""

from itertools import pairwise

from tableurs.cellules import afficher
from tableurs.lecture.constats import CITES_MAX, Remarque, citer, compter
from tableurs.lecture.reperes import adresse, lettre


def observer(zone, details, feuille):
    """Return the remarks on a table, in the order in which they are worth reading."""
    remarques = [
        *_au_dessus(zone),
        *_colonnes(zone),
        *_lignes_vides(zone),
        *_masquees(zone, details),
        *_fin(zone),
        *_fusions(zone, details),
        *_formules(zone, details),
        *_erreurs(zone, details),
        *_sens_cache(zone, details),
    ]
    return [Remarque(r.code, r.texte, feuille, r.ligne, r.colonne) for r in remarques]


def _dans(zone, ligne, colonne):
    return zone.entete.fin < ligne <= zone.fin and colonne in zone.colonnes_connues


def _au_dessus(zone):
    entete = zone.entete
    if not entete.sure:
        yield Remarque(
            "entete_incertain",
            f"Aucune ligne d'en-têtes n'a été reconnue : la ligne {entete.fin} est proposée, à vérifier.",
            ligne=entete.fin,
        )
    if zone.titres:
        texte = " / ".join(afficher(c) for _, cellules in zone.titres for c in cellules if c != "")
        yield Remarque(
            "titres",
            f"{compter(len(zone.titres), 'ligne')} de titre au-dessus des en-têtes (ligne {entete.debut}) : "
            f"« {texte[:200]} ».",
            ligne=zone.titres[0][0],
        )
    if entete.fin > entete.debut:
        yield Remarque(
            "entete_double",
            f"Les en-têtes tiennent sur deux lignes ({entete.debut} et {entete.fin}) : elles ont été jointes.",
            ligne=entete.debut,
        )


def _colonnes(zone):
    colonnes = zone.colonnes()
    vides = [lettre(c) for c in range(colonnes[0], colonnes[-1]) if c not in zone.colonnes_connues]
    if vides:
        yield Remarque("colonnes_vides", f"Colonnes vides, passées : {citer(vides)}.", colonne=vides[0])
    sans_nom = [lettre(c) for c in colonnes if not zone.entete.textes.get(c)]
    if sans_nom:
        yield Remarque("colonnes_sans_entete", f"Colonnes sans en-tête : {citer(sans_nom)}.", colonne=sans_nom[0])


def _lignes_vides(zone):
    blocs = [bloc for bloc in zone.blocs if bloc.debut <= zone.fin]
    vides = [
        numero for avant, apres in pairwise(blocs) for numero in (avant.fin + 1, *range(avant.fin + 2, apres.debut))
    ]
    if vides:
        yield Remarque("lignes_vides", f"Lignes vides, passées : {citer(vides)}.", ligne=vides[0])


def _masquees(zone, details):
    lignes = sorted({numero for numero in details.lignes_masquees if zone.entete.fin < numero <= zone.fin})
    if lignes:
        nature = "masquées ou filtrées" if details.filtre else "masquées"
        yield Remarque(
            "lignes_masquees",
            f"Lignes {nature}, lues comme les autres : {citer(lignes)}.",
            ligne=lignes[0],
        )
    colonnes = [lettre(colonne) for colonne in zone.colonnes() if colonne in details.colonnes_masquees]
    if colonnes:
        yield Remarque(
            "colonnes_masquees",
            f"Colonnes masquées, lues comme les autres : {citer(colonnes)}.",
            colonne=colonnes[0],
        )


def _fin(zone):
    if zone.totaux:
        lignes = [numero for numero, _ in zone.totaux]
        yield Remarque("totaux", f"Lignes de total, mises à part des données : {citer(lignes)}.", ligne=lignes[0])
    if zone.notes:
        lignes = [numero for numero, _ in zone.notes]
        yield Remarque("notes", f"Notes sous le tableau, mises à part des données : {citer(lignes)}.", ligne=lignes[0])


def _fusions(zone, details):
    verticales = [f for f in details.fusions if f.bas > f.haut and _dans(zone, f.haut, f.gauche)]
    if verticales:
        premiere = verticales[0]
        yield Remarque(
            "fusions",
            f"{compter(len(verticales), 'cellule fusionnée', 'cellules fusionnées')} sur plusieurs lignes : leur "
            "valeur est lue sur chacune.",
            ligne=premiere.haut,
            colonne=lettre(premiere.gauche),
        )


def _formules(zone, details):
    if details.formules:
        yield Remarque(
            "formules",
            f"{compter(details.formules, 'formule')} dans la feuille : la dernière valeur enregistrée est lue, "
            "rien n'est recalculé.",
        )
    yield from _cellules_dites(
        "formules_sans_valeur",
        "Formules sans valeur enregistrée, lues comme vides : {}. Ouvrez le fichier dans votre tableur et "
        "enregistrez-le pour qu'elles soient calculées.",
        zone,
        details.formules_sans_valeur,
    )


def _cellules_dites(code, texte, zone, cellules):
    """Yield the remark on those of some cells that are in a table, if any; `texte` has a place for their addresses."""
    dedans = [cellule for cellule in cellules if _dans(zone, *cellule)]
    if dedans:
        (ligne, colonne), *_ = dedans
        yield Remarque(code, texte.format(_cellules(dedans)), ligne=ligne, colonne=lettre(colonne))


def _erreurs(zone, details):
    yield from _cellules_dites("erreurs", "Cellules en erreur dans le tableur : {}.", zone, details.erreurs)


def _sens_cache(zone, details):
    texte = "Des commentaires de cellule ne sont pas lus : {}."
    yield from _cellules_dites("commentaires", texte, zone, details.commentaires)
    colorees = _colonnes_colorees(zone, details)
    if colorees:
        yield Remarque(
            "couleurs",
            f"Des couleurs de fond distinguent des cellules des colonnes {citer(map(lettre, colorees))} : si elles "
            "ont un sens, écrivez-le dans une colonne, car les couleurs ne sont pas lues.",
            colonne=lettre(colorees[0]),
        )


def _colonnes_colorees(zone, details):
    """Return the columns in which a background tells some rows of data from others."""
    lignes = zone.compter()
    colorees = set()
    for (colonne, _), numeros in details.fonds.items():
        if colonne in zone.colonnes_connues and colonne not in colorees:
            dans_les_donnees = sum(1 for numero in numeros if zone.entete.fin < numero <= zone.fin)
            if 0 < dans_les_donnees < lignes:
                colorees.add(colonne)
    return sorted(colorees)


def _cellules(positions):
    """Return the first cells of a list by their address."""
    adresses = [adresse(*cellule) for cellule in positions[: CITES_MAX + 1]]
    return citer(adresses if len(positions) <= CITES_MAX + 1 else adresses + [""] * (len(positions) - len(adresses)))
