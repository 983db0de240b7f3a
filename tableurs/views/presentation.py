"""What the screens of the imports show, in words and figures: everything is ready before the template."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from tableurs.cellules import abreger
from tableurs.ecriture import FormatExport
from tableurs.enums import EtatLot, Seau
from tableurs.exports import exports_de
from tableurs.francais import INSECABLE, enumeration, jour, nombre, pluriel
from tableurs.lecture import Format
from tableurs.lecture.constats import compter
from tableurs.models import LotImport
from tableurs.ressources import toutes
from tableurs.typographie import typographier

BADGES = {
    EtatLot.DEPOSE: "info",
    EtatLot.LECTURE: "info",
    EtatLot.A_VERIFIER: "new",
    EtatLot.EN_COURS: "info",
    EtatLot.APPLIQUE: "success",
    EtatLot.ECHOUE: "error",
}
# Bucket → (counter of the lot, one, several, what these rows are, what they are once applied).
SEAUX = {
    Seau.CREEE: ("crees", "créée", "créées", "ce qui manque à la base", "ajouté à la base"),
    Seau.MODIFIEE: ("modifies", "modifiée", "modifiées", "ce qui diffère de la base", "changé dans la base"),
    Seau.INCHANGEE: ("inchanges", "inchangée", "inchangées", "déjà ainsi dans la base", "était ainsi dans la base"),
    Seau.REFUSEE: ("refuses", "refusée", "refusées", "à corriger dans le fichier", "laissé de côté"),
    Seau.DOUBLON: ("doublons", "doublon", "doublons", "dit plus haut dans le fichier", "dit plus haut dans le fichier"),
}
SUIVANTS_CITES = 5


def moment(instant):
    """Return « 22 novembre 2026 à 18 h 30 », in Paris; an empty text for None."""
    if instant is None:
        return ""
    local = timezone.localtime(instant)
    return f"{jour(local)} à {local.hour}{INSECABLE}h{INSECABLE}{local:%M}"


def fil_ariane(lot, fin=None):
    suite = [(lot.nom_fichier, lot.get_absolute_url()), (fin, "")] if fin else [(lot.nom_fichier, "")]
    return [("Imports", reverse("imports")), *suite]


# --- A lot --------------------------------------------------------------------------------------------------------
@dataclass
class LotEnBref:
    """A line of the list of imports; also the head of the page of one."""

    lot: LotImport
    contenu: str
    precision: str
    feuille: str
    badge: str
    depuis: str
    par: object
    bilan: str


def lot_en_bref(lot):
    classe = toutes().get(lot.ressource)
    instants = {
        EtatLot.EN_COURS: (lot.battement, lot.applique_par),
        EtatLot.APPLIQUE: (lot.applique_le, lot.applique_par),
        EtatLot.ANNULE: (lot.annule_le, lot.annule_par),
    }
    instant, par = instants.get(lot.etat, (lot.depose_le, None))
    return LotEnBref(
        lot=lot,
        contenu=classe.nom if classe else lot.ressource,
        precision=classe(lot.options).resume() if classe else "",
        feuille="" if lot.lu_comme.startswith(Format.CSV) else lot.feuille,
        badge=BADGES.get(lot.etat, ""),
        depuis=moment(instant),
        par=par or lot.depose_par or "la ligne de commande",
        bilan=_bilan(lot),
    )


def _bilan(lot):
    if lot.etat in (EtatLot.DEPOSE, EtatLot.LECTURE):
        return f"{compter(lot.attendues, 'ligne')} à lire"
    return enumeration(seau.en_mots for seau in Chiffres(lot).seaux if seau.nombre) or "aucune ligne"


@dataclass
class SeauCompte:
    code: str
    nombre: int
    mot: str
    sens: str

    @property
    def en_mots(self):
        return f"{nombre(self.nombre)}{INSECABLE}{self.mot}"


class Chiffres:
    """The counts of a lot. `retenus`: how many disappeared objects would be ended."""

    def __init__(self, lot, retenus=0):
        self.lot, self.retenus = lot, retenus
        self.gardes = lot.disparus - retenus
        self.applique = lot.etat == EtatLot.APPLIQUE
        self.seaux = [
            SeauCompte(code.value, compte, pluriel(compte, un, plusieurs), apres if self.applique else avant)
            for code, (attribut, un, plusieurs, avant, apres) in SEAUX.items()
            for compte in [getattr(lot, attribut)]
        ]

    @property
    def somme(self):
        """« 588 lignes = 580 créées + 6 inchangées + 2 refusées »."""
        termes = " + ".join(seau.en_mots for seau in self.seaux if seau.nombre)
        return f"{compter(self.lot.lignes, 'ligne')} = {termes or '0'}"

    @property
    def a_appliquer(self):
        """Rows that change something."""
        return self.lot.crees + self.lot.modifies

    @property
    def a_faire(self):
        return self.a_appliquer or self.retenus

    @property
    def sans_effet(self):
        return self.lot.inchanges + self.lot.doublons

    @property
    def objets(self):
        """What an applied import created: « 1 liste, 149 territoires »."""
        modeles = [
            (apps.get_model(etiquette), sum(compte for _, compte in plages))
            for etiquette, plages in self.lot.creees.items()
        ]
        return [compter(n, str(m._meta.verbose_name), str(m._meta.verbose_name_plural)) for m, n in modeles]


def lot_en_chiffres(lot):
    retenus = lot.details.filter(seau=Seau.DISPARU, retenue=True).count() if lot.disparus else 0
    return Chiffres(lot, retenus)


def imports_suivants(lot, personne):
    """Return the imports applied since on the same data, that a person sees: what may prevent undoing this one."""
    suivants = (
        LotImport.objects.visibles_par(personne)
        .filter(ressource=lot.ressource, etat=EtatLot.APPLIQUE, applique_le__gt=lot.applique_le)
        .only("cle", "nom_fichier", "applique_le")
    )
    return [(autre, moment(autre.applique_le)) for autre in suivants.order_by("applique_le")[:SUIVANTS_CITES]]


def liens(request, lot):
    """Return where an import shows: pairs (words, address) that the reader may open."""
    classe = toutes().get(lot.ressource)
    if classe is None:
        return []
    trouves = []
    for objet in classe(lot.options).ou_voir():
        page = admin.site._registry.get(type(objet))
        if hasattr(objet, "get_absolute_url"):
            trouves.append((str(objet), objet.get_absolute_url()))
        elif page and page.has_view_permission(request):
            nom = f"admin:{objet._meta.app_label}_{objet._meta.model_name}_change"
            trouves.append((f"{objet}, dans l'administration", reverse(nom, args=[objet.pk])))
    for modele in classe.modeles:
        page = admin.site._registry.get(modele)
        if page and page.has_view_permission(request):
            nom = f"admin:{modele._meta.app_label}_{modele._meta.model_name}_changelist"
            pluriels = capfirst(str(modele._meta.verbose_name_plural))
            trouves.append((f"{pluriels}, dans l'administration", reverse(nom)))
    return trouves


def suites(lot):
    """Return what came of an applied lot, and why it can't be undone, as its resource tells them."""
    classe = toutes().get(lot.ressource)
    if classe is None or lot.etat != EtatLot.APPLIQUE:
        return {}
    modele = classe(lot.options)
    modele.lot = lot
    bilan = [(typographier(phrase), mots, adresse) for phrase, mots, adresse in modele.bilan()]
    return {"bilan": bilan, "empechement": typographier(modele.empechement_d_annuler())}


# --- Files to start from ------------------------------------------------------------------------------------------
FORMATS_DE_DEPART = (FormatExport.XLSX, FormatExport.CSV)


def fichiers_de_depart(ressource):
    """Return what the base holds in the columns that an import reads: [(what, [(export, [(format, address)])])]."""
    return [
        (nom, [(export.titre, _adresses_de(export, cle)) for export in exports_de(ressource.cle)])
        for cle, nom, _ in ressource.jeux()
    ]


def fichiers_de_depart_par_ressource(ressources):
    return [(classe, fichiers_de_depart(classe)) for classe in ressources.values()]


def _adresses_de(export, jeu):
    suite = f"?{urlencode({'jeu': jeu})}" if jeu else ""
    return [
        (format.label, reverse("import_donnees", args=[export.cle, format.value]) + suite)
        for format in FORMATS_DE_DEPART
    ]


# --- Columns ------------------------------------------------------------------------------------------------------
def colonnes_a_reconnaitre(lot, formulaire, apercu):
    """Return for each column of the file: letter, header, sample values, bound field."""
    return [
        (lettre, entete, exemples, formulaire[f"colonne_{place}"])
        for place, ((lettre, entete), exemples) in enumerate(zip(lot.entetes, apercu.exemples, strict=True))
    ]


# --- Rows ---------------------------------------------------------------------------------------------------------
COLONNES_MONTREES = 12
CARACTERES_MONTRES = 120
CARACTERES_SUR_UNE_LIGNE = 16


class Tableau:
    """The rows of a page of a lot, with the columns of the file that are imported, lettered as in Excel."""

    def __init__(self, lot, details):
        places = sorted(lot.correspondance.values()) or range(len(lot.entetes))
        self.places = list(places)[:COLONNES_MONTREES]
        self.colonnes = [lot.entetes[place] for place in self.places if place < len(lot.entetes)]
        self.autres = max(0, len(lot.entetes) - len(self.colonnes))
        self._rangs = {lettre: place for place, (lettre, _) in enumerate(lot.entetes)}
        self._entetes = lot.entetes
        self.lignes = [self._ligne(detail) for detail in details]

    def _ligne(self, detail):
        problemes = [self._probleme(probleme) for probleme in detail.problemes]
        fautives = {probleme["place"] for probleme in problemes}
        return {
            "detail": detail,
            "phrase": SEAUX_EN_PHRASE.get(detail.seau, "") if not detail.changements else "",
            "problemes": problemes,
            "cellules": [self._cellule(detail.cellules, place, place in fautives) for place in self.places],
        }

    @staticmethod
    def _cellule(cellules, place, fautive):
        """Return (text, whether it is refused, whether it stays on one line)."""
        texte = cellules[place] if place < len(cellules) else ""
        return abreger(texte, CARACTERES_MONTRES), fautive, len(texte) <= CARACTERES_SUR_UNE_LIGNE

    def _probleme(self, probleme):
        place = self._rangs.get(probleme["lettre"])
        entete = "" if place is None else self._entetes[place][1]
        # Most reasons quote the value, or say that there is none.
        valeur, raison = probleme["valeur"], probleme["raison"]
        montree = "" if valeur in raison else abreger(valeur, CARACTERES_MONTRES)
        return {
            **probleme,
            "place": place,
            "entete": entete,
            "montree": montree,
            "vide": not valeur and "vide" not in raison,
        }


SEAUX_EN_PHRASE = {
    Seau.INCHANGEE: "Déjà ainsi dans la base.",
    Seau.DOUBLON: "Une ligne plus haut dit déjà la même chose.",
}


def compte_du_seau(lot, seau):
    """Return how many rows of a lot a filter shows, from its counters."""
    if not seau:
        return lot.lignes
    return lot.disparus if seau == Seau.DISPARU else getattr(lot, SEAUX[seau][0])
