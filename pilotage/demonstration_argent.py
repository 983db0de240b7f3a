"""Of the invented programme: envelopes opened and shared, lines asked for, programmed, awarded, paid.

Nothing here is a fact: every act says « démonstration ».
"""

import datetime
from collections import defaultdict
from decimal import Decimal
from random import Random

from django.utils import timezone

from comptes.cles import ALPHABET_DES_CLES
from comptes.rejouer import Etape, Histoire, rejouer
from programme.argent.enums import (
    AutoriteFinanciere,
    EtatFinancement,
    Financeur,
    GenreDotation,
    GenreOuverture,
    GenreVersement,
    NatureFinancement,
    Preuve,
)
from programme.argent.verification import constater, retablir
from programme.enums import EtatProjet
from programme.models import (
    ActeDeDotation,
    Dotation,
    Ecart,
    Enveloppe,
    Exercice,
    Financement,
    LigneDeScenario,
    Ouverture,
    Scenario,
)
from territoires.models import Region, inscriptions_actuelles

RAISON = "Démonstration"
ACTE = "Acte fictif (démonstration)"
CENTIME = Decimal("0.01")
ANNEES = 3
# Amounts that are decided are round.
ROND = Decimal("10000.00")
UN_JOUR = datetime.timedelta(days=1)
# What happened to a line of an envelope, by how far its project is.
VIES_AVANT = (("solliciter",), (), ("solliciter", "instruire"), ("solliciter",), ("solliciter", "instruire", "refuser"))
VIES_APRES = (
    ("solliciter", "instruire", "programmer"),
    ("solliciter", "instruire", "programmer", "attribuer"),
    ("solliciter", "instruire", "programmer", "attribuer", "verser"),
    ("solliciter", "instruire", "programmer", "attribuer", "verser", "solder"),
    ("attribuer", "verser"),
    ("solliciter", "instruire", "programmer", "attribuer", "desengager"),
    ("solliciter",),
)


SOLLICITE, INSTRUCTION = EtatFinancement.SOLLICITE, EtatFinancement.INSTRUCTION
SCENARIOS = ("Démonstration · Les plus avancés d'abord", "Démonstration · Un peu à chacun")
ATTENTES_LUES = 500


class ArgentInvente:
    """Of its own random: the projects are the same without it."""

    def __init__(self, auteur, maintenant):
        self.auteur, self.maintenant = auteur, maintenant
        self.hasard = Random(20181122)  # noqa: S311 - to look plausible, not to hide anything
        self.regions = dict(inscriptions_actuelles().values_list("territoire", "region"))
        self.enveloppes = list(Enveloppe.objects.order_by("ordre", "pk"))
        self.dotations = {}

    def repartir(self):
        """Share each envelope between the regions, three years."""
        annee = self.maintenant.year
        exercices = Exercice.objects.bulk_create(
            Exercice(enveloppe=enveloppe, annee=une)
            for enveloppe in self.enveloppes
            for une in range(annee - ANNEES + 1, annee + 1)
        )
        regions = list(Region.objects.filter(pk__in=set(self.regions.values())).order_by("pk"))
        dotations = Dotation.objects.bulk_create(
            Dotation(cle=self.cle(), exercice=exercice, region=region) for exercice in exercices for region in regions
        )
        for dotation in dotations:
            cle = dotation.exercice.enveloppe_id, dotation.region_id
            self.dotations.setdefault(cle, []).append(dotation)

    def financer(self, projets):
        """Write the plans of some of these projects, those of the inscribed ones further."""
        histoires = []
        for projet in projets:
            if projet.cout_total is None or projet.etat in (EtatProjet.IDEE, EtatProjet.RETIRE, EtatProjet.ABANDONNE):
                continue
            histoires += self._plan(projet)
        rejouer(histoires, self.auteur, RAISON)

    def compter(self):
        """Set the shares around what they carry, some almost used up; open as much. Some amounts stay unknown."""
        retablir(constater())
        dotations = Dotation.objects.select_related("exercice").order_by("pk")
        ActeDeDotation.objects.bulk_create(
            self._acte(dotation, rang % 5 == 0) for rang, dotation in enumerate(dotations) if rang % 7
        )
        retablir(constater())
        exercices = Exercice.objects.order_by("enveloppe", "annee")
        Ouverture.objects.bulk_create(self._ouverture(exercice) for exercice in exercices if self.hasard.random() < 0.8)
        retablir(constater())

    def arbitrer(self):
        """Draft two ways of sharing out what most wait for; keep two acts apart that exceed what there is."""
        attendent = Financement.objects.filter(enveloppe__isnull=False, etat__in=(SOLLICITE, INSTRUCTION))
        par_dotation = defaultdict(list)
        for ligne in attendent.order_by("pk")[:ATTENTES_LUES]:
            par_dotation[ligne.enveloppe_id, ligne.region_id].append(ligne)
        if not par_dotation:
            return
        premiere, *autres = sorted(par_dotation, key=lambda cle: -len(par_dotation[cle]))
        scenarios = Scenario.objects.bulk_create(
            Scenario(cle=self.cle(), dotation=self.dotations[premiere][-1], nom=nom, saisi_par=self.auteur)
            for nom in SCENARIOS
        )
        LigneDeScenario.objects.bulk_create(
            LigneDeScenario(scenario=scenario, financement=ligne, montant=(ligne.demande / part).quantize(CENTIME))
            for part, scenario in enumerate(scenarios, start=1)
            for ligne in par_dotation[premiere][: 3 * part]
        )
        Ecart.objects.bulk_create(self._ecart(par_dotation[cle][0], self.dotations[cle][-1]) for cle in autres[:2])

    def _ecart(self, ligne, dotation):
        return Ecart(
            cle=self.cle(),
            financement=ligne,
            dotation=dotation,
            transition="attribuer",
            montant=ligne.demande,
            autorite=AutoriteFinanciere.OPERATEUR,
            date=timezone.localdate(self.maintenant) - 20 * UN_JOUR,
            acte=ACTE,
            raison="Cet acte fictif dépasse ce qui reste sur l'enveloppe régionale.",
            saisi_par=self.auteur,
        )

    def cle(self):
        return "".join(self.hasard.choices(ALPHABET_DES_CLES, k=10))

    def _ouverture(self, exercice):
        return Ouverture(
            exercice=exercice,
            genre=GenreOuverture.INITIALE,
            ae=max(Decimal(self.hasard.randrange(40, 90) * 1_000_000), exercice.reparti),
            cp=Decimal(self.hasard.randrange(20, 60) * 1_000_000),
            date=datetime.date(exercice.annee, 1, 1),
            acte=ACTE,
            saisie_par=self.auteur,
        )

    def _acte(self, dotation, objectif):
        porte = dotation.charge * self.hasard.randrange(75 if objectif else 102, 300) / 100
        return ActeDeDotation(
            dotation=dotation,
            genre=GenreDotation.OBJECTIF if objectif else GenreDotation.PLAFOND,
            montant=max(ROND * (porte // ROND + 1), 5 * ROND),
            autorite=AutoriteFinanciere.NATION,
            date=datetime.date(dotation.exercice.annee, 1, 1),
            acte=ACTE,
            saisi_par=self.auteur,
        )

    def _plan(self, projet):
        reste = projet.cout_total
        part = (reste * self.hasard.randrange(15, 30) / 100).quantize(CENTIME)
        enveloppe = self.hasard.choice(self.enveloppes)
        suivi = projet.etat in EtatProjet.publics()
        vie = self.hasard.choice(VIES_APRES if suivi else VIES_AVANT)
        region = self.regions.get(projet.territoire_id)
        if region is None:
            return
        nature = NatureFinancement.PRET if self.hasard.random() < 0.15 else NatureFinancement.SUBVENTION
        ligne = self._ligne(projet, region, part, financeur=Financeur.ENVELOPPE, enveloppe=enveloppe, nature=nature)
        yield self._histoire(ligne, vie, part)
        apport = (reste * self.hasard.randrange(30, 55) / 100).quantize(CENTIME)
        preuve = self.hasard.choice(list(Preuve))
        yield Histoire(
            self._ligne(projet, region, apport, financeur=Financeur.AUTOFINANCEMENT, preuve=preuve),
            [],
            self._debut(projet),
        )

    def _ligne(self, projet, region, demande, **champs):
        return Financement(
            cle=self.cle(),
            projet=projet,
            region_id=region,
            demande=demande,
            retenu=demande,
            saisi_par=self.auteur,
            **champs,
        )

    def _debut(self, projet):
        return projet.etat_depuis - 60 * UN_JOUR

    def _histoire(self, ligne, vie, montant):
        le, etapes = self._debut(ligne.projet), []
        dotation = self.hasard.choice(self.dotations[ligne.enveloppe_id, ligne.region_id])
        for cle in vie:
            le = min(le + self.hasard.randrange(5, 40) * UN_JOUR, self.maintenant)
            etapes.append(Etape(cle, le, self.auteur, self._champs(cle, le, montant, dotation)))
        return Histoire(ligne, etapes, self._debut(ligne.projet))

    def _champs(self, cle, le, montant, dotation):
        transition = Financement.parcours.transition(cle)
        champs = {}
        if transition.decision:
            champs |= {"autorite": AutoriteFinanciere.OPERATEUR, "date": timezone.localdate(le), "acte": ACTE}
        if transition.motif:
            champs["motif"] = "Motif inventé pour la démonstration."
        if "montant" in transition.champs:
            parts = {"verser": 4, "desengager": 3, "solder": 2}
            champs["montant"] = (montant / parts.get(cle, 1)).quantize(CENTIME)
        if "exercice" in transition.champs:
            genre = GenreVersement.SOLDE if cle == "solder" else GenreVersement.ACOMPTE
            champs |= {"exercice": le.year, "genre_versement": genre}
        if cle in ("programmer", "attribuer"):
            champs["dotation"] = dotation
        return champs
