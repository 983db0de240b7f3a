"""What can be imported: each resource says its columns, compares rows with the base, and what follows an import.

A room declares its resources in its `imports.py`, which its `apps.py` loads: this room knows no domain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from import_export.resources import Resource

from comptes.acces import demander_une_fois, habilitations, voit_tout
from tableurs import operations
from tableurs.cellules import afficher
from tableurs.enums import Seau
from tableurs.typographie import typographier
from tableurs.valeurs import ValeurRefusee
from tableurs.valeurs.textes import meme_texte

# Of those that a file repeats, so that each is validated once.
VALEURS_RETENUES_MAX = 10_000
_ressources = {}


def enregistrer(classe):
    """Class decorator: makes a resource known by its `cle`."""
    _ressources[classe.cle] = classe
    return classe


def ressource(cle):
    """Return the class of a resource. Raises KeyError."""
    return _ressources[cle]


def toutes():
    return dict(sorted(_ressources.items()))


def ouvertes(personne):
    """Return {key: class} of what a person may import: asked once for the habilitations that were read."""
    return dict(demander_une_fois(personne, "imports", _ouvertes))


def _ouvertes(personne):
    return {cle: classe for cle, classe in toutes().items() if classe.ouverte_a(personne)}


def consultables(personne):
    """Return {key: class} of those whose files a person may take away: the auditors import nothing and see all."""
    return toutes() if voit_tout(personne) else ouvertes(personne)


@dataclass
class Verdict:
    """What becomes of a row: its bucket, what it is about, what would change, why it is refused."""

    seau: str
    libelle: str = ""
    changements: list = field(default_factory=list)
    problemes: list = field(default_factory=list)
    operations: list = field(default_factory=list)


@dataclass
class Ligne:
    """A row of the file: its number as in Excel and, by key of column, its raw cells and the values that were read."""

    numero: int
    bruts: dict
    valeurs: dict = field(default_factory=dict)
    problemes: list = field(default_factory=list)


class RessourceImport(Resource):
    """Base of what can be imported. Subclasses give `cle`, `nom`, `colonnes`, `modeles` and the three steps.

    `modeles`: what is written, in an order where what is named comes first. `attributs`: keys of columns that are
    attributes of a model under another name. `options`: what the user chose for this import (the list…), JSON.
    `auteur`: who brought the file, then who applies it; None on the command line, which those that need one refuse.
    """

    cle = ""
    nom = ""
    colonnes = ()
    modeles = ()
    attributs = {}
    # Django form of the options, on the screens: its `options()` returns them, its `resume(options)` says them in a
    # few words, without asking the database. None: there is nothing to choose.
    formulaire = None
    # Whether what may be imported depends on who does.
    demande_un_auteur = False
    # How many rows are written while somebody waits, when each takes longer than most; the worker writes the rest.
    lignes_ecrites_sur_le_champ = None
    # What the history of what it writes says: set when a lot is applied, or undone.
    motif = "Import"
    # The lot that is applied, undone or shown: set with what follows.
    lot = None
    # What the rows ask it to do itself (`operations.agir`): set with it, for what follows the rows.
    actes = staticmethod(lambda: ())
    # What applying does beyond the base (messages…), in a French sentence; and what undoing it doesn't take back.
    effets, reste = "", ""
    # Whether what it writes can be taken back: said before it is applied.
    annulable = True

    def __init__(self, options=None, auteur=None):
        super().__init__()
        self.options = options or {}
        self.auteur = auteur
        for colonne in self.colonnes:
            self.fields[colonne.cle] = colonne.champ()

    @classmethod
    def ouverte_a(cls, personne):
        """Tell whether a person may import it: by default who keeps the reference."""
        return any(habilitation.tient_la_reference for habilitation in habilitations(personne))

    @classmethod
    def arguments(cls, parser):
        """Add to the command line the options of this resource."""

    @classmethod
    def options_de(cls, arguments):
        """Return the options of an import from the arguments of the command line."""
        return {}

    def resume(self):
        return self.formulaire.resume(self.options) if self.formulaire else ""

    def ou_voir(self):
        """Return the objects on whose pages an import shows, beside the lists of the admin."""
        return ()

    def bilan(self):
        """Yield (sentence, words of a link, its address) of what came of applying the lot, beyond its counts."""
        return ()

    def empechement_d_annuler(self):
        """Return why the lot, applied, can't be undone, in French; "" when it can."""
        return ""

    @classmethod
    def jeux(cls):
        """Return what the base holds, as [(key, name, options)]: each can be taken away, and brought back changed."""
        return [("", "", {})]

    def valeurs_possibles(self):
        """Return {key of column: labels} of the closed lists that stand in the base, for the template file."""
        return {}

    def verifier(self, correspondance):
        """Yield the `Probleme`s that only this resource sees in the columns (one of several is needed…)."""
        return ()

    # --- Steps --------------------------------------------------------------------------------------------------
    def commencer(self, lignes):
        """Read from the base what comparing needs, in a few queries; `lignes()` yields all rows for a first look."""

    def comparer(self, ligne):
        """Return the `Verdict` of a row without problem."""
        raise NotImplementedError

    def noter_refusee(self, ligne):
        """Remember what a refused row names, as far as it can be read: it hasn't disappeared."""

    def disparus(self):
        """Yield a `Verdict` for each object of the base that the file doesn't name; with operations if it can end."""
        return ()

    def sort_des_disparus(self):
        """Return a French sentence: what ending an object that the file doesn't name does, or that none can be."""
        return "Gardés : rien ne se supprime par import."

    def operations_initiales(self):
        """Return operations that belong to no row in particular (the list that is created)."""
        return []

    def agir(self, actes):
        """Do the acts of the rows (`operations.agir`), by the room's own functions, in the same transaction.

        Return the keys of what they created, as [(model, key)]. May raise `operations.Conflit`.
        """
        return []

    def revenir(self, creees):
        """Take back what `agir` did, given {model label: [[first key, number]]}. May raise `operations.Conflit`."""

    def suites(self):
        """Do what follows the rows, in the same transaction (perimeters). May raise `operations.Conflit`."""

    def avant_de_defaire(self):
        """Remove what was derived from rows that are about to go, in the same transaction."""

    # --- Reading ------------------------------------------------------------------------------------------------
    def lire(self, numero, cellules, correspondance, lettres):
        """Return the `Ligne` read with the columns' types; problems are kept on it."""
        ligne = Ligne(numero, correspondance.extraire(cellules))
        for colonne in self.colonnes:
            if colonne.cle not in ligne.bruts:
                continue
            brut = ligne.bruts[colonne.cle]
            try:
                ligne.valeurs[colonne.cle] = self.fields[colonne.cle].widget.lire(brut).valeur
            except ValeurRefusee as refus:
                lettre = lettres[correspondance.places[colonne.cle]]
                ligne.problemes.append(probleme(colonne.libelle, lettre, brut, refus.raison, refus.remede))
        return ligne


def probleme(colonne, lettre, valeur, raison, remede):
    """Return why a row is refused, as it is kept: the cell, the reason and the remedy in French."""
    return {
        "colonne": colonne,
        "lettre": lettre,
        "valeur": afficher(valeur) if valeur is not None else "",
        "raison": typographier(raison),
        "remede": typographier(remede),
    }


def refus(raison, remede, colonne="", valeur=""):
    """Return the `Verdict` of a row refused as a whole, or for one of its columns."""
    return Verdict(Seau.REFUSEE, problemes=[probleme(colonne, "", valeur, raison, remede)])


class Existants(Mapping):
    """{identity: object of the base}: read in one query, kept as rows, made objects when they are asked for."""

    def __init__(self, objets, identite, attributs):
        self.modele = objets.model
        cle = self.modele._meta.pk.attname
        champs = self.modele._meta.concrete_fields
        self.attributs = [champ.attname for champ in champs if champ.attname in {cle, *attributs}]
        places = [self.attributs.index(nom) for nom in identite]
        self._lignes = {
            tuple(ligne[place] for place in places): ligne
            for ligne in objets.order_by().values_list(*self.attributs).iterator(chunk_size=2000)
        }
        self._dernier = (None, None)

    def __getitem__(self, cle):
        connue, objet = self._dernier
        if connue != cle:
            objet = self.modele.from_db(DEFAULT_DB_ALIAS, self.attributs, self._lignes[cle])
            self._dernier = cle, objet
        return objet

    def __contains__(self, cle):
        return cle in self._lignes

    def __iter__(self):
        return iter(self._lignes)

    def __len__(self):
        return len(self._lignes)


class RessourceModele(RessourceImport):
    """Rows of one model: a column a field (`attributs` maps keys of columns to attnames), told apart by `identite`.

    Everything is compared in memory with one reading of the table.
    """

    modele = None
    identite = ()

    def commencer(self, lignes):
        self.existants = Existants(self.portee(), self.identite, {*self.attributs.values(), *self.identite})
        self.champs = {nom: self.modele._meta.get_field(nom) for nom in self.attributs.values()}
        self.vus, self.nommes, self._valides = {}, set(), set()

    def portee(self):
        """Return the objects that the file is about."""
        return self.modele.objects.all()

    def attributs_de(self, ligne):
        """Return the attributes (attnames) that a row gives. May raise `Refus`."""
        return {self.attributs[cle]: valeur for cle, valeur in ligne.valeurs.items() if cle in self.attributs}

    def comparer(self, ligne):
        try:
            attributs = self.attributs_de(ligne)
            self._valider(attributs)
        except ValidationError as erreur:
            return Verdict(Seau.REFUSEE, problemes=[_en_probleme(p) for p in _a_plat(erreur)])
        cle = tuple(attributs[nom] for nom in self.identite)
        libelle = self.libelle(attributs)
        lue = tuple(attributs.values())
        if cle in self.vus:
            if self.vus[cle] == lue:
                return Verdict(Seau.DOUBLON, libelle)
            return refus(
                f"{libelle} est déjà dans ce fichier avec d'autres valeurs.",
                "Gardez une seule des deux lignes.",
                self.identite[0],
            )
        self.vus[cle] = lue
        objet = self.existants.get(cle)
        if objet is None:
            complet = {**self.valeurs_nouvelles(attributs), **attributs}
            identifiant = f"{self.cle}/{'/'.join(map(str, cle))}"
            return Verdict(
                Seau.CREEE,
                libelle,
                changements=self._changements({}, attributs),
                operations=[operations.creer(self.modele, identifiant, **complet)],
            )
        differents = {nom: valeur for nom, valeur in attributs.items() if not meme_texte(getattr(objet, nom), valeur)}
        if not differents:
            return Verdict(Seau.INCHANGEE, libelle)
        avant = {nom: getattr(objet, nom) for nom in differents}
        return Verdict(
            Seau.MODIFIEE,
            libelle,
            changements=self._changements(avant, differents),
            operations=[operations.modifier(objet, **differents)],
        )

    def valeurs_nouvelles(self, attributs):
        """Return what a new object needs beyond the columns of the file."""
        return {}

    def libelle(self, attributs):
        return " ".join(str(attributs[nom]) for nom in self.identite)

    def nom_de(self, objet):
        """Return an object's name and code, as the list of the disappeared shows it."""
        return str(objet)

    def identites_lues(self, ligne):
        """Yield the identities that a refused row may name."""
        lues = {self.attributs[cle]: valeur for cle, valeur in ligne.valeurs.items() if cle in self.attributs}
        if all(nom in lues for nom in self.identite):
            yield tuple(lues[nom] for nom in self.identite)

    def noter_refusee(self, ligne):
        self.nommes.update(self.identites_lues(ligne))

    def absents(self):
        """Return the objects of the base that no row names."""
        return [self.existants[cle] for cle in self.existants if cle not in self.vus and cle not in self.nommes]

    def disparus(self):
        """Kept: a model that has an end says otherwise."""
        for objet in self.absents():
            yield Verdict(Seau.DISPARU, self.nom_de(objet))

    def _valider(self, attributs):
        """Run the model fields' own validators, as forms and the admin do."""
        erreurs = {}
        for nom, valeur in attributs.items():
            champ = self.champs.get(nom) or self.modele._meta.get_field(nom)
            if champ.is_relation or (nom, valeur) in self._valides:
                continue
            try:
                champ.clean(valeur, None)
            except ValidationError as erreur:
                erreurs[nom] = erreur
            else:
                # A département, a date come back on many rows.
                if len(self._valides) < VALEURS_RETENUES_MAX:
                    self._valides.add((nom, valeur))
        if erreurs:
            raise ValidationError(erreurs)

    def _changements(self, avant, apres):
        return [
            {
                "champ": str((self.champs.get(nom) or self.modele._meta.get_field(nom)).verbose_name),
                "avant": afficher(avant[nom]) if avant.get(nom) is not None else "",
                "apres": afficher(valeur) if valeur is not None else "",
            }
            for nom, valeur in apres.items()
        ]


def _a_plat(erreur):
    if hasattr(erreur, "error_dict"):
        return [(nom, message) for nom, messages in erreur.message_dict.items() for message in messages]
    return [("", message) for message in erreur.messages]


def _en_probleme(paire):
    nom, message = paire
    return probleme(nom, "", "", message, "Corrigez la cellule dans le fichier.")
