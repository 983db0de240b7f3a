"""The way in: `ouvrir` a file that someone has sent, then ask for the tables of one of its sheets."""

from dataclasses import dataclass, field

from tableurs.cellules import abreger
from tableurs.lecture import dialectes, encodages, formats, limites
from tableurs.lecture.constats import FichierIllisible, Remarque, compter
from tableurs.lecture.entetes import LigneEntete, textes_de
from tableurs.lecture.formats import Format
from tableurs.lecture.observations import observer
from tableurs.lecture.profil import blocs
from tableurs.lecture.tableaux import Tableau, entetes_de
from tableurs.lecture.texte import SourceTexte
from tableurs.lecture.vues import ouvrir_vue
from tableurs.lecture.zones import Zone, zones
from tableurs.typographie import typographier

NOM_CITE_MAX = 100
DEPOSER = "Enregistrez votre tableau dans votre tableur, puis déposez-le."


@dataclass(frozen=True)
class Feuille:
    """A sheet: `masquee` when its tab is not shown in the workbook."""

    nom: str
    masquee: bool = False


@dataclass
class Classeur:
    """A file that was opened. Nothing is kept on disk; the caller keeps the file and closes it.

    `encodage` and `separateur` are those of a text file, None for a workbook. `epoque`: the calendar of its serial
    numbers of dates, 1900 or (old Macintosh) 1904.
    """

    nom: str
    format: Format
    feuilles: list[Feuille]
    encodage: str | None = None
    separateur: str | None = None
    epoque: int = 1900
    remarques: list[Remarque] = field(default_factory=list)
    _source: object = field(default=None, repr=False)
    _details: dict = field(default_factory=dict, repr=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.fermer()

    def fermer(self):
        self._source.fermer()
        self._details.clear()

    @property
    def lu_comme(self):
        """Return how the file was understood: « CSV, séparateur « ; », encodage Windows 1252 »."""
        if self.format != Format.CSV:
            return str(self.format)
        separateur = dialectes.SEPARATEURS.get(self.separateur, self.separateur)
        encodage = encodages.NOMS.get(self.encodage, self.encodage)
        return typographier(f"{self.format}, séparateur {separateur}, encodage {encodage}")

    def _nom_de(self, feuille):
        noms = [f.nom for f in self.feuilles]
        if feuille is None:
            return next((f.nom for f in self.feuilles if not f.masquee), noms[0])
        if feuille not in noms:
            raise FichierIllisible(
                "feuille_absente",
                f"La feuille « {abreger(feuille, NOM_CITE_MAX)} » n'existe pas dans ce fichier.",
                f"Choisissez parmi : {', '.join(noms)}.",
            )
        return feuille

    def _details_de(self, nom):
        if nom not in self._details:
            self._details[nom] = self._source.details(nom)
        return self._details[nom]

    def lignes(self, feuille=None):
        """Yield (row number as in Excel, cells) for every row of a sheet, empty ones included.

        Cells in error hold the word that the spreadsheet shows (« #N/A »).
        """
        nom = self._nom_de(feuille)
        erreurs = {}
        for (ligne, colonne), mot in self._details_de(nom).erreurs.items():
            erreurs.setdefault(ligne, []).append((colonne, mot))
        for numero, cellules in enumerate(self._source.lignes(nom), 1):
            for colonne, mot in erreurs.get(numero, ()):
                cellules.extend([""] * (colonne + 1 - len(cellules)))
                cellules[colonne] = mot
            yield numero, cellules

    def tableaux(self, feuille=None, mots=frozenset(), ligne_entete=None):
        """Return the tables of a sheet (the first visible one by default), the one to propose first.

        `mots`: normalised headers that the caller knows, which help to find the right row. `ligne_entete`: the row
        that the user names as the header; the table is then everything under it.
        Raises `FichierIllisible` when the sheet holds no row of data.
        """
        nom = self._nom_de(feuille)
        details = self._details_de(nom)
        trouves = blocs(self.lignes(nom), nom)
        if not trouves:
            raise FichierIllisible("feuille_vide", f"La feuille « {nom} » est vide.", "Choisissez-en une autre.")
        if ligne_entete is None:
            choisies = zones(trouves, mots, details.fusions)
        else:
            choisies = [self._zone_imposee(nom, trouves, ligne_entete)]
        pleines = [zone for zone in choisies if zone.compter()]
        if not pleines:
            raise FichierIllisible(
                "sans_donnees",
                f"La feuille « {nom} » ne contient que des en-têtes : aucune ligne de données.",
                "Ajoutez les lignes à importer sous les en-têtes, ou choisissez une autre feuille.",
            )
        return [self._tableau(nom, rang, zone, details, len(pleines)) for rang, zone in enumerate(pleines)]

    def tableau(self, feuille=None, mots=frozenset(), rang=0):
        """Return one table of a sheet, by its rank in `tableaux`. Raises `FichierIllisible`, as when it is gone."""
        tableaux = self.tableaux(feuille, mots)
        if 0 <= rang < len(tableaux):
            return tableaux[rang]
        raise FichierIllisible(
            "tableau_absent",
            f"Il n'y a pas de tableau numéro {rang + 1} {self._lieu(tableaux[0].feuille)}.",
            f"Choisissez de 1 à {len(tableaux)}." if len(tableaux) > 1 else "Il n'y en a qu'un.",
        )

    def _lieu(self, feuille):
        return "dans ce fichier" if self.format == Format.CSV else f"sur la feuille « {feuille} »"

    def _zone_imposee(self, nom, trouves, ligne_entete):
        cellules = next((cellules for numero, cellules in self.lignes(nom) if numero == ligne_entete), [])
        textes = textes_de(cellules)
        if not textes:
            raise FichierIllisible(
                "entete_vide",
                f"La ligne {ligne_entete} est vide.",
                "Choisissez la ligne qui nomme les colonnes.",
            )
        suite = [bloc for bloc in trouves if bloc.fin >= ligne_entete]
        return Zone(LigneEntete(ligne_entete, ligne_entete, textes), suite, fin=suite[-1].fin)

    def _tableau(self, nom, rang, zone, details, nombre):
        lignes = zone.compter()
        if lignes > limites.LIGNES_MAX:
            raise limites.trop_de_lignes(nom)
        tableau = Tableau(
            feuille=nom,
            rang=rang,
            ligne_entete=zone.entete.fin,
            entetes=entetes_de(zone),
            nombre_de_lignes=lignes,
            titres=zone.titres,
            totaux=zone.totaux,
            notes=zone.notes,
            remarques=observer(zone, details, nom),
            _colonnes=zone.colonnes(),
            _etendue=(zone.entete.fin + 1, zone.fin),
            _fusions=[f for f in details.fusions if f.bas > f.haut > zone.entete.fin],
            _source=lambda: self.lignes(nom),
        )
        if nombre > 1:
            tableau.remarques.insert(0, self._plusieurs(tableau, nombre))
        return tableau

    def _plusieurs(self, tableau, nombre):
        lequel = "premier" if tableau.rang == 0 else f"{tableau.rang + 1}e"
        return Remarque(
            "plusieurs_tableaux",
            f"{compter(nombre, 'tableau', 'tableaux')} {self._lieu(tableau.feuille)} : seul le {lequel} est lu "
            f"({tableau.place}).",
            tableau.feuille,
        )


def ouvrir(fichier, nom, encodage=None, separateur=None):
    """Open `fichier`, a binary file that can seek, named `nom`; return a `Classeur`.

    What it is comes from its content, never from its name. `encodage` (a Python codec) and `separateur` replace
    what would be detected in a text file. Raises `FichierIllisible`.
    """
    vue = ouvrir_vue(fichier)
    taille = vue.seek(0, 2)
    if taille > limites.TAILLE_MAX:
        raise limites.trop_gros(taille)
    if not taille:
        raise FichierIllisible("vide", "Le fichier est vide.", DEPOSER)
    ouvert = formats.ouvrir_classeur(vue)
    if ouvert is None:
        return _ouvrir_texte(fichier, nom, encodage, separateur)
    genre, source = ouvert
    grilles = [Feuille(titre, masquee) for titre, masquee, grille in source.feuilles() if grille]
    if not grilles:
        raise FichierIllisible("sans_feuille", "Ce classeur ne contient aucune feuille de calcul.", DEPOSER)
    remarques = source.remarques()
    masquees = [feuille.nom for feuille in grilles if feuille.masquee]
    if masquees:
        remarques.append(
            Remarque("feuilles_masquees", f"Feuilles masquées, qui peuvent être choisies : {', '.join(masquees)}.")
        )
    return Classeur(nom, genre, grilles, epoque=source.epoque, remarques=remarques, _source=source)


def _ouvrir_texte(fichier, nom, encodage, separateur):
    source = SourceTexte(fichier, encodage, separateur)
    formats.refuser_texte_deguise(source.tete)
    if not source.tete.strip("\ufeff \t\r\n"):
        raise FichierIllisible("vide", "Le fichier est vide.", DEPOSER)
    feuilles = [Feuille(titre) for titre, _, _ in source.feuilles()]
    return Classeur(
        nom,
        Format.CSV,
        feuilles,
        encodage=source.encodage,
        separateur=source.separateur,
        remarques=source.remarques(),
        _source=source,
    )
