"""What rows of projects name, found in the base: territories, measures, communes, the projects that are there.

Only what is in the territories where the person decides is looked for: nothing tells what neighbours have.
"""

from collections import defaultdict

from comptes.acces import est_administrateur
from programme.imports import histoires
from programme.imports.colonnes_projets import IDENTITES, LIBELLES, LIENS
from programme.models import Mesure, Projet
from tableurs.cellules import afficher
from tableurs.exports import par_lots
from tableurs.francais import enumeration, normaliser
from tableurs.ressources import refus
from territoires.models import (
    Collectivite,
    Couverture,
    Territoire,
    inscriptions_actuelles,
    territoires_pilotes_par,
)
from territoires.noms import noms_des_territoires


class LigneRefusee(Exception):
    """A row that can't be taken: the key of the column at fault, its value, why, and what to do."""

    def __init__(self, colonne, valeur, raison, remede):
        super().__init__(raison)
        self.verdict = refus(raison, remede, colonne, afficher(valeur) if valeur else "")


def territoires_permis(personne):
    """Return the keys of the territories whose projects a person may import; none for nobody."""
    if personne is None:
        return set()
    if est_administrateur(personne):
        return set(Territoire.objects.values_list("pk", flat=True))
    return set(territoires_pilotes_par(personne).values_list("territoire", flat=True))


def liens_de(relation):
    """Return the rows that link projects by a many-to-many relation."""
    return Projet._meta.get_field(relation).remote_field.through.objects.all()


def autre_bout(relation):
    """Return the attname, on those rows, of what the projects are linked to."""
    return f"{Projet._meta.get_field(relation).m2m_reverse_field_name()}_id"


class Reperes:
    """`lignes()` yields the rows, for a first look. Names that tell nothing, or too much, raise `LigneRefusee`."""

    def __init__(self, auteur, lignes):
        self.auteur = auteur
        self._lire_les_territoires()
        self._lire_les_choix()
        citees = defaultdict(set)
        for ligne in lignes():
            for cle in (*IDENTITES, "titre"):
                if valeur := ligne.valeurs.get(cle):
                    citees[cle].add(valeur)
        self._lire_les_projets(citees)

    def _lire_les_territoires(self):
        self.territoires = dict(Territoire.objects.values_list("pk", "nom"))
        self.par_nom = defaultdict(set)
        for cle, nom in noms_des_territoires():
            self.par_nom[normaliser(nom)].add(cle)
        self.regions = dict(inscriptions_actuelles().values_list("territoire", "region"))
        self.permis = territoires_permis(self.auteur)

    def _lire_les_choix(self):
        self.mesures = defaultdict(set)
        for cle, code, titre in Mesure.objects.values_list("pk", "code", "titre"):
            for nom in (code, titre):
                self.mesures[normaliser(nom)].add(cle)
        couvertes = Couverture.objects.filter(
            inscription__in=inscriptions_actuelles().filter(territoire__in=self.permis)
        )
        self.communes = defaultdict(lambda: defaultdict(set))
        champs = ("inscription__territoire", "commune", "commune__nom")
        for territoire, code, nom in couvertes.values_list(*champs):
            self.communes[territoire][normaliser(nom)].add(code)
        self.codes_insee = None

    def _lire_les_projets(self, citees):
        """Only those that the file may be about, of the territories where the person decides."""
        miens = Projet.objects.filter(territoire__in=self.permis)
        trouves = {}
        champs = {"numero": "numero", "cle": "cle", "reference": "reference_regionale", "titre": "titre"}
        for cle, champ in champs.items():
            for lot in par_lots(sorted(citees[cle])):
                trouves |= {projet.pk: projet for projet in miens.filter(**{f"{champ}__in": lot})}
        self.par_identite, self.par_titre, self.liens = {}, {}, {pk: defaultdict(set) for pk in trouves}
        for projet in trouves.values():
            self.par_identite |= {("numero", projet.numero): projet, ("cle", projet.cle): projet}
            if projet.reference_regionale:
                region, reference = self.regions.get(projet.territoire_id), projet.reference_regionale
                self.par_identite["region", region, reference] = projet
                self.par_identite["reference", projet.territoire_id, reference] = projet
            self.par_titre[projet.territoire_id, normaliser(projet.titre)] = projet
        self.dites, self.ecrits = {}, set()
        for lot in par_lots(trouves.values()):
            cles = [projet.pk for projet in lot]
            self.dites |= histoires.dites_par_le_journal(lot)
            ecrits = Projet.objects.redigeables_par(self.auteur) | Projet.objects.filter(saisi_par=self.auteur)
            self.ecrits |= set(ecrits.filter(pk__in=cles).values_list("pk", flat=True))
            for nom in LIENS:
                for cle, autre in liens_de(nom).filter(projet__in=cles).values_list("projet", autre_bout(nom)):
                    self.liens[cle][nom].add(autre)

    def territoire(self, nom):
        cles = self.par_nom.get(normaliser(nom), set())
        if not cles:
            raise LigneRefusee("territoire", nom, f"« {nom} » n'est pas un territoire connu.", "Écrivez son code.")
        # A name comes back from one phase to the next.
        siens = cles & self.permis
        if not siens:
            raise LigneRefusee(
                "territoire",
                nom,
                f"Vous ne décidez pas pour la région qui pilote « {nom} ».",
                "Retirez la ligne : la région qui pilote ce territoire importe ses projets.",
            )
        if len(siens) > 1:
            raise LigneRefusee("territoire", nom, f"« {nom} » désigne plusieurs territoires.", "Écrivez son code.")
        return next(iter(siens))

    def existant(self, valeurs, territoire):
        """Return the project that a row is about, or None for a new one."""
        trouves = {}
        for cle in IDENTITES:
            valeur = valeurs.get(cle)
            if not valeur:
                continue
            if cle == "reference":
                projet = self._de_reference(valeur, territoire)
            else:
                projet = self.par_identite.get((cle, valeur))
            if projet is None and cle != "reference":
                raise LigneRefusee(
                    cle,
                    valeur,
                    f"« {valeur} » n'est pas un projet que vous examinez.",
                    "Corrigez la cellule, ou videz-la : la ligne est alors un nouveau projet.",
                )
            if projet:
                trouves[projet.pk] = (cle, projet)
        if len(trouves) > 1:
            noms = enumeration(f"« {LIBELLES[cle]} »" for cle, _ in trouves.values())
            raison = f"{noms} ne désignent pas le même projet."
            raise LigneRefusee("reference", valeurs.get("reference"), raison, "Corrigez l'une des deux cellules.")
        for cle, projet in trouves.values():
            if projet.territoire_id != territoire:
                autre = self.territoires[projet.territoire_id]
                raison = f"« {valeurs[cle]} » est un projet du territoire « {autre} »."
                raise LigneRefusee(
                    "territoire", valeurs["territoire"], raison, "Un projet ne change pas de territoire."
                )
            return projet
        if not valeurs.get("reference"):
            raise LigneRefusee(
                "reference",
                "",
                "Cette ligne n'a ni numéro, ni clé, ni référence de la région.",
                "Donnez-lui une référence à vous, qui ne change pas : le portail la reconnaîtra la prochaine fois.",
            )
        return None

    def _de_reference(self, reference, territoire):
        """The territory's, else another one's of its region: a region has one series of references."""
        sienne = self.par_identite.get(("reference", territoire, reference))
        return sienne or self.par_identite.get(("region", self.regions.get(territoire), reference))

    def mesure(self, nom):
        return self._un_seul("mesures", nom, self.mesures.get(normaliser(nom), ()), "Écrivez le code de la mesure.")

    def associe(self, nom):
        cles = self.par_nom.get(normaliser(nom), ())
        return self._un_seul("territoires_associes", nom, cles, "Écrivez le code du territoire.")

    def commune(self, nom, territoire):
        cles = self.communes[territoire].get(normaliser(nom), ())
        if not cles:
            if self.codes_insee is None:
                self.codes_insee = set(Collectivite.objects.communes().values_list("pk", flat=True))
            cles = {nom.upper()} & self.codes_insee
        return self._un_seul("communes", nom, cles, "Écrivez le code Insee de la commune.")

    @staticmethod
    def _un_seul(colonne, nom, cles, remede):
        if len(cles) == 1:
            return next(iter(cles))
        dit = "en désigne plusieurs" if cles else "n'est pas connu"
        raise LigneRefusee(colonne, nom, f"« {nom} » {dit}.", remede)
