"""XLSX in constant memory: rows go to disk as they come."""

import re
from datetime import date

import xlsxwriter
from django.utils import timezone

from tableurs.cellules import afficher
from tableurs.ecriture.colonnes import NUMERIQUES, TypeColonne, en_liste, oui_non, texte_de_classeur
from tableurs.ecriture.definitions import lignes_de_definition
from tableurs.ecriture.fichiers import ExportTropGrand
from tableurs.francais import INSECABLE, nombre, pluriel
from tableurs.lecture.limites import CARACTERES_MAX
from tableurs.typographie import typographier

# Excel's own limits: rows of a sheet but for the header, characters of a sheet's name.
LIGNES_MAX = 1_048_575
NOM_MAX = 31
COUPE = "… [texte coupé]"
FEUILLE_DES_DEFINITIONS = "Colonnes"
_INTERDITS = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# Excel's own number for « Texte »: its « @ » among other formats is not always taken for it.
FORMAT_TEXTE = 49
FORMATS = {
    TypeColonne.TEXTE: FORMAT_TEXTE,
    TypeColonne.CODE: FORMAT_TEXTE,
    TypeColonne.ENTIER: "#,##0",
    TypeColonne.NOMBRE: "#,##0.00",
    TypeColonne.MONTANT: '#,##0.00" €"',
    TypeColonne.DATE: "dd/mm/yyyy",
    TypeColonne.HORODATAGE: "dd/mm/yyyy hh:mm",
    TypeColonne.OUI_NON: FORMAT_TEXTE,
    TypeColonne.LISTE: FORMAT_TEXTE,
}
LARGEURS = {TypeColonne.TEXTE: 40, TypeColonne.LISTE: 40, TypeColonne.MONTANT: 20, TypeColonne.HORODATAGE: 18}
LARGEUR = 14
# Excel's calendar doesn't know earlier days.
PREMIER_JOUR = date(1900, 1, 1)
ENTETE = {"bold": True, "bg_color": "#E3E3FD", "bottom": 1, "text_wrap": True, "valign": "top"}


def ouvrir_classeur(sortie, titre):
    """Return an xlsxwriter workbook where every text stays a text. The caller closes it."""
    classeur = xlsxwriter.Workbook(
        sortie,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    classeur.set_properties({"title": titre, "created": timezone.localtime().replace(tzinfo=None)})
    return classeur


def nom_de_feuille(titre):
    """Return a title as Excel accepts it for a sheet."""
    return _INTERDITS.sub(" ", titre)[:NOM_MAX].strip(" '") or "Feuille"


def ecrire_xlsx(table, sortie):
    """Write a table to a binary file: its rows, then the sheet that defines its columns."""
    with ouvrir_classeur(sortie, table.titre) as classeur:
        feuille = FeuilleXlsx(classeur, nom_de_feuille(table.titre), table.noms(), table.colonnes)
        for lot in table.lots():
            feuille.ajouter(lot)
        feuille.finir()
        _definir(classeur, table, feuille.coupes)


class FeuilleXlsx:
    """A sheet that is being written: a frozen header, then rows of native values."""

    def __init__(self, classeur, nom, entetes, colonnes):
        self.feuille = classeur.add_worksheet(nom)
        self.rang, self.coupes, self.largeur = 0, 0, len(colonnes)
        formats = {genre: classeur.add_format({"num_format": code}) for genre, code in FORMATS.items()}
        self._ecrivains = []
        for place, colonne in enumerate(colonnes):
            self.feuille.set_column(place, place, LARGEURS.get(colonne.type, LARGEUR), formats[colonne.type])
            self._ecrivains.append((place, self._ecrivain(colonne), formats[colonne.type]))
        self.feuille.freeze_panes(1, 0)
        entete = classeur.add_format(ENTETE)
        for place, texte in enumerate(entetes):
            self.feuille.write_string(0, place, texte, entete)

    def ajouter(self, lot):
        if self.rang + len(lot) > LIGNES_MAX:
            raise ExportTropGrand(
                f"Une feuille Excel ne peut avoir plus de {nombre(LIGNES_MAX)} lignes : choisissez le format CSV, ou "
                "filtrez la liste."
            )
        rang, ecrivains = self.rang, self._ecrivains
        for ligne in lot:
            rang += 1
            for place, ecrire, format in ecrivains:
                valeur = ligne[place]
                if valeur is not None and valeur != "":
                    ecrire(rang, place, valeur, format)
        self.rang = rang

    def finir(self):
        if self.rang:
            self.feuille.autofilter(0, 0, self.rang, self.largeur - 1)

    def _ecrivain(self, colonne):
        """Return the function (row, column, value, format) that writes the values of a column."""
        if colonne.choix:
            libelles = colonne.libelles
            return self._texte_apres(lambda valeur: libelles.get(valeur, str(valeur)))
        if colonne.type in NUMERIQUES:
            return self.feuille.write_number
        if colonne.type in (TypeColonne.DATE, TypeColonne.HORODATAGE):
            return self._ecrire_date
        conversions = {TypeColonne.OUI_NON: oui_non, TypeColonne.LISTE: en_liste}
        if colonne.type in conversions:
            return self._texte_apres(conversions[colonne.type])
        return self._ecrire_texte

    def _texte_apres(self, convertir):
        return lambda rang, place, valeur, format: self._ecrire_texte(rang, place, convertir(valeur), format)

    def _ecrire_texte(self, rang, place, valeur, format):
        texte = valeur if valeur.__class__ is str else str(valeur)
        if texte[0:1] == "'":
            texte = texte_de_classeur(texte)
        if len(texte) > CARACTERES_MAX:
            self.coupes += 1
            texte = texte[: CARACTERES_MAX - len(COUPE)] + COUPE
        self.feuille.write_string(rang, place, texte, format)

    def _ecrire_date(self, rang, place, valeur, format):
        if getattr(valeur, "tzinfo", None):
            valeur = timezone.localtime(valeur).replace(tzinfo=None)
        if valeur.year < PREMIER_JOUR.year:
            self.feuille.write_string(rang, place, afficher(valeur), format)
        else:
            self.feuille.write_datetime(rang, place, valeur, format)


def _definir(classeur, table, coupes):
    """Write the sheet that says what each column holds."""
    feuille = classeur.add_worksheet(FEUILLE_DES_DEFINITIONS)
    entete, corps = classeur.add_format(ENTETE), classeur.add_format({"text_wrap": True, "valign": "top"})
    mentions = list(table.mentions)
    if coupes:
        mentions.append(
            typographier(
                f"{nombre(coupes)}{INSECABLE}{pluriel(coupes, 'texte dépasse', 'textes dépassent')} "
                f"{nombre(CARACTERES_MAX)} caractères, la limite d'Excel : l'export CSV les donne en entier."
            )
        )
    for place, largeur in enumerate((28, 24, 24, 70, 60)):
        feuille.set_column(place, place, largeur)
    feuille.freeze_panes(1, 0)
    for rang, ligne in enumerate(lignes_de_definition(table, mentions)):
        for place, texte in enumerate(ligne):
            feuille.write_string(rang, place, texte, corps if rang else entete)
