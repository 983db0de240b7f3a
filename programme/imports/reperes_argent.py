"""What the rows of an operator's file name, found in the base in a few queries, however many rows there are."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from comptes.acces import est_administrateur
from programme.argent.enums import GenreFait, QualiteOperateur
from programme.argent.rapprochement import ATTRIBUTIONS, VERSEMENTS, cle_d_acte, cle_de_dossier
from programme.models import Dotation, Ecart, Enveloppe, FaitImporte, Financement, Mouvement, Operateur
from tableurs.colonnes import nom_compare
from tableurs.exports import par_lots
from tableurs.francais import normaliser
from territoires.models import inscriptions_actuelles
from territoires.noms import noms_des_territoires

PARTOUT = None
SIREN = 9


class Ligne(NamedTuple):
    """A line of money, as far as comparing needs it."""

    pk: int
    enveloppe: int
    etat: str
    dossier: str
    numero: str | None
    titre: str | None
    siren: str | None
    siret: str
    nom: str
    region: str
    engage: object
    dotation: int | None

    @property
    def dite(self):
        return f"{self.numero or 'projet sans numéro'} · {self.titre}" if self.titre else self.nom or self.siret

    def est_celle_de(self, siret):
        return self.siret == siret if self.siret else bool(self.siren) and siret.startswith(self.siren)


CHAMPS = (
    "pk",
    "enveloppe",
    "etat",
    "dossier_operateur",
    "projet__numero",
    "projet__titre",
    "projet__porteur_siren",
    "beneficiaire_siret",
    "beneficiaire_nom",
    "region",
    "engage",
    "dotation",
)


class Passe(NamedTuple):
    """What the journal holds, or an open `Ecart`. `fait`: case, and whether it has a reference, if a file said it."""

    versement: bool
    montant: object
    dit: str
    fait: tuple | None

    @staticmethod
    def identite_de(fait):
        """Return what a fact has in common with what the journal holds of it: kind, amount, day or act."""
        versement = fait["genre"] == GenreFait.VERSEMENT
        return versement, Decimal(fait["montant"]), fait["date"] if versement else nom_compare(fait["acte"])


class Reperes:
    """`lignes()` yields the rows, for a first look."""

    def __init__(self, auteur, lignes, options):
        self.auteur = auteur
        self.enveloppes = {enveloppe.pk: enveloppe for enveloppe in Enveloppe.objects.all()}
        self.par_nom = {
            normaliser(nom): enveloppe.pk
            for enveloppe in self.enveloppes.values()
            for nom in (enveloppe.nom, enveloppe.code)
        }
        self.choisie = self.par_nom.get(normaliser(options.get("enveloppe", "")))
        self.regions_permises = regions_operees(auteur, self.enveloppes)
        self._lire_les_territoires()
        dossiers, sirets = set(), set()
        for ligne in lignes():
            dossiers.add(cle_de_dossier(ligne.valeurs.get("dossier") or ""))
            sirets.add(ligne.valeurs.get("siret") or "")
        self._lire_les_lignes(dossiers - {""}, sirets - {""})
        self._lire_les_faits()
        self._lire_les_dotations()

    def _lire_les_territoires(self):
        self.territoires = defaultdict(set)
        for cle, nom in noms_des_territoires():
            self.territoires[normaliser(nom)].add(cle)
        self.regions = dict(inscriptions_actuelles().values_list("territoire", "region"))

    def _lire_les_lignes(self, dossiers, sirets):
        """Those that a dossier number names; those of who receives, by the acts of their journal."""
        self.par_dossier, self.lignes = defaultdict(set), {}
        siennes = Financement.objects.none()
        if self.regions_permises:
            siennes = Financement.objects.attribuables_par(self.auteur).filter(enveloppe__in=self.regions_permises)
        numerotees = siennes.exclude(dossier_operateur="").order_by().values_list(*CHAMPS)
        for champs in numerotees.iterator(chunk_size=2000):
            ligne = Ligne(*champs)
            if cle_de_dossier(ligne.dossier) in dossiers:
                self.lignes[ligne.pk] = ligne
                self.par_dossier[ligne.enveloppe, cle_de_dossier(ligne.dossier)].add(ligne.pk)
        for relation, valeurs in (
            ("beneficiaire_siret", sirets),
            ("projet__porteur_siren", {siret[:SIREN] for siret in sirets}),
            ("pk", self._retenues()),
        ):
            for lot in par_lots(sorted(valeurs)):
                trouvees = siennes.filter(**{f"{relation}__in": lot}).order_by().values_list(*CHAMPS)
                self.lignes |= {champs[0]: Ligne(*champs) for champs in trouvees}
        self._lire_le_journal(sirets)

    def _retenues(self):
        """Return the keys of the lines that somebody chose for a case, and remember them."""
        choisis = FaitImporte.objects.filter(
            enveloppe__in=self.regions_permises, decide_par__isnull=False, financement__isnull=False
        )
        self.memoire = {
            (enveloppe, repere): financement
            for enveloppe, repere, financement in choisis.order_by("decide_le", "pk").values_list(
                "enveloppe", "repere", "financement"
            )
        }
        return set(self.memoire.values())

    def _lire_le_journal(self, sirets):
        par_siren = defaultdict(set)
        for siret in sirets:
            par_siren[siret[:SIREN]].add(siret)
        self.passes, self.par_acte = defaultdict(list), defaultdict(set)
        noms = ("financement", "transition", "acte", "date", "montant", "dit_repere", "dit_reference")
        passes = Mouvement.objects.annotate(**_dits("fait_importe", "ecart__fait_importe"))
        ouverts = Ecart.objects.filter(mouvement=None, motif="").annotate(**_dits("fait_importe"))
        for lot in par_lots(sorted(self.lignes)):
            for trouves in (passes, ouverts):
                siens = trouves.filter(financement__in=lot, transition__in=ATTRIBUTIONS + VERSEMENTS)
                for cle, transition, acte, date, montant, repere, reference in siens.order_by("pk").values_list(*noms):
                    ligne, versement = self.lignes[cle], transition in VERSEMENTS
                    dit = date.isoformat() if versement else nom_compare(acte)
                    fait = (repere, bool(reference)) if repere else None
                    self.passes[cle].append(Passe(versement, montant, dit, fait))
                    if not versement and acte:
                        siens_sirets = {ligne.siret} if ligne.siret else par_siren[ligne.siren]
                        for siret in siens_sirets:
                            self.par_acte[ligne.enveloppe, cle_d_acte(acte, siret, date.year)].add(cle)

    def _lire_les_faits(self):
        """Keep the amount of each fact that these envelopes know, and which wait: by (envelope, fingerprint)."""
        connus = FaitImporte.objects.filter(enveloppe__in=self.regions_permises).order_by()
        montants = connus.values_list("enveloppe", "empreinte", "montant").iterator(chunk_size=2000)
        self.faits = {(enveloppe, empreinte): montant for enveloppe, empreinte, montant in montants}
        self.attendent = set(connus.a_rapprocher().values_list("enveloppe", "empreinte"))

    def _lire_les_dotations(self):
        self.dotations = {
            (enveloppe, annee, region)
            for enveloppe, annee, region in Dotation.objects.filter(territoire=None)
            .order_by()
            .values_list("exercice__enveloppe", "exercice__annee", "region")
        }

    def memes(self, fait, ligne):
        """Return what the journal of a line holds that may be a fact."""
        return [passe for passe in self.passes[ligne.pk] if passe[:3] == Passe.identite_de(fait)]

    def candidates(self, enveloppe, repere):
        """Return the lines of a case: the one that was chosen for it, else those that its dossier or its act names."""
        choisie = self.memoire.get((enveloppe, repere))
        if choisie in self.lignes:
            return [self.lignes[choisie]]
        genre, _, cle = repere.partition(" ")
        par = self.par_dossier if genre == "dossier" else self.par_acte
        return [self.lignes[pk] for pk in sorted(par.get((enveloppe, cle), ()))]


def _dits(*chemins):
    """Return the annotations that say which fact of a file said what the journal holds, by any of these paths."""
    return {
        f"dit_{nom}": Coalesce(*(F(f"{chemin}__{nom}") for chemin in chemins), Value(""))
        for nom in ("repere", "reference")
    }


def regions_operees(personne, enveloppes):
    """Return {envelope: regions where a person records awards and payments, or `PARTOUT`}; {} for nobody."""
    if personne is None:
        return {}
    if est_administrateur(personne):
        return dict.fromkeys(enveloppes, PARTOUT)
    tenues = Operateur.objects.de(personne).filter(qualite=QualiteOperateur.DECISION)
    permises = defaultdict(set)
    for enveloppe, region in tenues.values_list("enveloppe", "region"):
        permises[enveloppe].add(region)
    return {enveloppe: PARTOUT if None in regions else regions for enveloppe, regions in permises.items()}


def est_operee(permises, enveloppe, region):
    """Tell whether `regions_operees` gives an envelope in a region; None, a region that nobody said."""
    if enveloppe not in permises:
        return False
    return permises[enveloppe] is PARTOUT or region in permises[enveloppe]
