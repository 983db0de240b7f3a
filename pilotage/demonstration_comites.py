"""Of the invented programme: committees, what the State said, contracts. Nothing here is a fact either."""

import datetime
from collections import defaultdict
from random import Random

from django.utils import timezone

from comptes.cles import ALPHABET_DES_CLES
from programme.enums import EtatProjet, GenreComite, GenreContrat, SensAvis
from programme.models import Avis, Comite, Contrat, PointDeComite
from territoires.models import inscriptions_actuelles

FICTIF = "inventé pour la démonstration"
# Held every so often, over two years; the last is yet to close, the next to come.
INTERVALLE, TENUS = datetime.timedelta(days=120), 6
POINTS_A_VENIR, POINTS_A_DECIDER = 12, 4


class ComitesInventes:
    """The committees of each region, before the projects are; then what they examine. `creer(model, objects)`."""

    def __init__(self, territoires, auteur, maintenant, creer):
        self.auteur, self.creer = auteur, creer
        self.jour = timezone.localdate(maintenant)
        # Of its own: the projects are the same with or without it.
        self.hasard = Random(20230501)  # noqa: S311 - to look plausible, not to hide anything
        actuelles = inscriptions_actuelles().filter(territoire__in=territoires)
        self.regions = dict(actuelles.order_by("pk").values_list("territoire", "region"))
        self.tenus, self.prochains = defaultdict(list), {}
        self.points, self.a_voir = defaultdict(dict), defaultdict(int)

    def cle(self):
        return "".join(self.hasard.choices(ALPHABET_DES_CLES, k=10))

    def convoquer(self):
        """Write the committees: of each region, those held, the latest first, and the next."""
        for region in sorted(set(self.regions.values())):
            premier = self.jour - datetime.timedelta(days=self.hasard.randint(5, 60))
            self.tenus[region] = [self._comite(region, premier - INTERVALLE * rang, rang > 0) for rang in range(TENUS)]
            a_venir = self.jour + datetime.timedelta(days=self.hasard.randint(10, 50))
            self.prochains[region] = self._comite(region, a_venir, clos=False)
        self.creer(Comite, [*self.prochains.values(), *(comite for tenus in self.tenus.values() for comite in tenus)])

    def _comite(self, region, date, clos):
        reunion = self.hasard.random() < 0.8
        comite = Comite(
            cle=self.cle(),
            region_id=region,
            genre=GenreComite.REUNION if reunion else GenreComite.CONSULTATION,
            date=date,
            lieu=f"Lieu {FICTIF}" if reunion else "",
            presents="" if date > self.jour else f"Présences : {FICTIF}",
            saisi_par=self.auteur,
        )
        if clos:
            le = datetime.datetime.combine(date + datetime.timedelta(days=3), datetime.time(10))
            comite.clos_le, comite.clos_par = timezone.make_aware(le), self.auteur
        return comite

    def du_jour(self, territoire, jour):
        """Return the committee that decided of a project, seven times out of ten: the last before `jour`."""
        precedents = [c for c in self.tenus[self.regions[territoire]] if jour - INTERVALLE < c.date <= jour]
        return precedents[0] if precedents and self.hasard.random() < 0.7 else None

    def examiner(self, histoires):
        """Write the points of what was decided, and the opinions given during the examination."""
        avis, nouveaux = [], []
        for projet, etapes, _ in histoires:
            for etape in etapes:
                if comite := etape.champs.get("comite"):
                    nouveaux += self.point(comite, projet)
            avis += self._avis(projet, etapes)
            if projet.etat in EtatProjet.a_l_ordre_du_jour():
                nouveaux += self._points_a_voir(projet)
        self.creer(PointDeComite, nouveaux)
        self.creer(Avis, avis)

    def _points_a_voir(self, projet):
        """Of the one that was held and whose decisions are to be entered, a few; of the next, more."""
        region = self.regions[projet.territoire_id]
        tenu, prochain = self.tenus[region][0], self.prochains[region]
        self.a_voir[region] += 1
        if self.a_voir[region] <= POINTS_A_DECIDER and timezone.localdate(projet.etat_depuis) <= tenu.date:
            return self.point(tenu, projet)
        return self.point(prochain, projet) if len(self.points[prochain.pk]) < POINTS_A_VENIR else []

    def actualiser(self, projet, soumise):
        """Return the committee that is to decide of changes submitted on a day: held, or the next."""
        region = self.regions[projet.territoire_id]
        tenu = self.tenus[region][0]
        return tenu if soumise <= tenu.date else self.prochains[region]

    def dernier_clos(self, projet):
        return self.tenus[self.regions[projet.territoire_id]][1]

    def point(self, comite, projet):
        """Return [the point of a project on an agenda], to be written; [] when it is there already."""
        points = self.points[comite.pk]
        if projet.pk in points:
            return []
        points[projet.pk] = PointDeComite(comite=comite, projet=projet, rang=len(points) + 1)
        return [points[projet.pk]]

    def _avis(self, projet, etapes):
        instruits = [timezone.localdate(etape.le) for etape in etapes if etape.transition == "instruire"]
        if not instruits or projet.version_fiche > 1 or self.hasard.random() < 0.4:
            return []
        [sens] = self.hasard.choices(SensAvis.values, weights=(7, 2, 1))
        decides = [timezone.localdate(etape.le) for etape in etapes if etape.champs.get("autorite")]
        dernier = min([*decides, self.jour])
        return [
            Avis(
                cle=self.cle(),
                projet=projet,
                region_id=self.regions[projet.territoire_id],
                sens=sens,
                motif="" if sens == SensAvis.FAVORABLE else f"Motif {FICTIF}.",
                date=min(instruits[0] + datetime.timedelta(days=self.hasard.randint(1, 30)), dernier),
                donne_par=self.auteur,
            )
        ]

    def contracter(self, projets):
        """Write a contract for each territory that has inscribed projects, and now and then an avenant."""
        inscrits = defaultdict(list)
        for projet in projets:
            if projet.etat in EtatProjet.publics():
                inscrits[projet.territoire_id].append(projet.pk)
        contrats, avenants, liens = [], [], []
        for territoire, siens in sorted(inscrits.items()):
            contrat = self._contrat(territoire, GenreContrat.CONTRAT, 700)
            contrats.append(contrat)
            parts = [(contrat, siens)]
            if len(siens) > 2 and self.hasard.random() < 0.5:
                avenant = self._contrat(territoire, GenreContrat.AVENANT, 200)
                avenant.contrat_initial = contrat
                avenants.append(avenant)
                parts = [(contrat, siens[:-1]), (avenant, siens[-1:])]
            liens += [(un, projet) for un, ceux in parts for projet in ceux]
        self.creer(Contrat, contrats)
        self.creer(Contrat, avenants)
        intermediaire = Contrat.projets.through
        intermediaire.objects.bulk_create(
            [intermediaire(contrat_id=contrat.pk, projet_id=projet) for contrat, projet in liens], batch_size=1000
        )

    def _contrat(self, territoire, genre, il_y_a):
        signe = self.jour - datetime.timedelta(days=il_y_a + self.hasard.randint(0, 90))
        return Contrat(
            cle=self.cle(),
            territoire_id=territoire,
            genre=genre,
            signe_le=signe,
            du=signe,
            au=signe + datetime.timedelta(days=4 * 365),
            signataires=f"Signataires : {FICTIF}",
            saisi_par=self.auteur,
        )
