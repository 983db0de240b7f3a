"""Of the invented programme: changes to inscribed fiches, at every stage; the tags that regions put on projects."""

import datetime
from random import Random

from django.utils import timezone

from comptes.cles import ALPHABET_DES_CLES
from comptes.rejouer import Etape, Histoire, rejouer
from programme import valeurs_de_fiche as plat
from programme.enums import AutoriteDecision, EtatActualisation, EtatProjet
from programme.models import Actualisation, Etiquette, PointDeComite, Projet
from tableurs import masse

RAISON = "Démonstration"
MOTIF = "Motif inventé pour la démonstration."
UN_JOUR = datetime.timedelta(days=1)
# What becomes of one, of those that follow each other: one in `PART` of the followed projects has one.
VIES = (
    ("soumettre",),
    (),
    ("soumettre", "accepter"),
    ("soumettre",),
    ("appliquer",),
    ("soumettre", "refuser"),
    ("soumettre",),
    ("soumettre", "juger-mineure"),
    ("soumettre", "retirer"),
)
PART = 4
ETIQUETTES = ("À signer (démonstration)", "Priorité de la région (démonstration)", "Visite prévue (démonstration)")


class ActualisationsInventees:
    """`comites`: of `pilotage.demonstration_comites`. Of its own random: the projects are the same without it."""

    def __init__(self, auteur, maintenant, comites, creer):
        self.auteur, self.maintenant, self.comites, self.creer = auteur, maintenant, comites, creer
        self.hasard = Random(20230601)  # noqa: S311 - to look plausible, not to hide anything
        self.suivis = 0
        self.etiquettes = {}

    def cle(self):
        return "".join(self.hasard.choices(ALPHABET_DES_CLES, k=10))

    def actualiser(self, projets):
        """Write those of some of these projects, their fiches where it is accepted, and the agendas where it is not."""
        histoires, points = [], []
        for projet in projets:
            if projet.etat not in EtatProjet.suivis():
                continue
            self.suivis += 1
            if self.suivis % PART == 0:
                vie = VIES[self.suivis // PART % len(VIES)]
                histoire, comite = self._histoire(projet, vie)
                histoires.append(histoire)
                points += self.comites.point(comite, projet) if comite else []
        rejouer(histoires, self.auteur, RAISON)
        self.creer(PointDeComite, points)
        actualisations = [histoire.objet for histoire in histoires]
        auteurs = Actualisation.auteurs.through
        auteurs.objects.bulk_create(
            [auteurs(actualisation_id=une.pk, utilisateur_id=self.auteur.pk) for une in actualisations], batch_size=500
        )
        self._ecrire([une for une in actualisations if une.etat in EtatActualisation.ecrites()])

    def _histoire(self, projet, vie):
        """Return its story, and the committee that decided of it, or will."""
        valeurs = {"partenaires": "Partenaires inventés pour la démonstration."}
        if vie != ("appliquer",):
            valeurs = {"fin": plat.a_plat(projet.fin + 90 * UN_JOUR)}
            if self.hasard.random() < 0.6:
                valeurs["cout_total"] = plat.a_plat(round(projet.cout_total * self.hasard.randint(105, 160) / 100, 2))
        soumise = self.maintenant - self.hasard.randint(3, 45) * UN_JOUR
        comite = None
        if vie == ("soumettre",):
            comite = self.comites.actualiser(projet, timezone.localdate(soumise))
        elif vie and vie[-1] in ("accepter", "refuser"):
            comite = self.comites.dernier_clos(projet)
            jour = datetime.datetime.combine(comite.date, datetime.time(9))
            soumise = timezone.make_aware(jour) - 20 * UN_JOUR
        actualisation = Actualisation(
            cle=self.cle(),
            projet=projet,
            avant=plat.du_projet(projet, list(valeurs)),
            valeurs=valeurs,
            ecrite_le=soumise - UN_JOUR,
            saisi_par=self.auteur,
            cree_le=soumise - 2 * UN_JOUR,
        )
        etapes = [self._etape(cle, soumise + 21 * UN_JOUR * rang, comite) for rang, cle in enumerate(vie)]
        return Histoire(actualisation, etapes, depuis=actualisation.cree_le), comite

    def _etape(self, cle, instant, comite):
        transition = Actualisation.parcours.transition(cle)
        champs = {"motif": MOTIF} if transition.motif else {}
        if transition.decision:
            champs |= {
                "autorite": AutoriteDecision.COMITE_REGIONAL,
                "date": comite.date,
                "acte": f"Relevé fictif n° {self.hasard.randint(1, 400)}",
                "comite": comite,
            }
        return Etape(cle, min(instant, self.maintenant), self.auteur, champs)

    def _ecrire(self, ecrites):
        """What is accepted is in the fiche, with its history."""
        for une in ecrites:
            projet = une.projet
            for nom, valeur in une.valeurs.items():
                champ = Projet._meta.get_field(nom)
                setattr(projet, nom, champ.to_python(valeur.replace(",", ".") if nom == "cout_total" else valeur))
            projet.version_fiche = une.version or projet.version_fiche
            projet.revision += 1
        champs = ["partenaires", "fin", "cout_total", "version_fiche", "revision"]
        projets = [une.projet for une in ecrites]
        masse.modifier(Projet, champs, projets)
        masse.historiser(Projet, projets, "~", self.auteur, RAISON)

    # --- Tags
    def creer_les_etiquettes(self):
        regions = sorted(set(self.comites.regions.values()))
        self.etiquettes = {
            region: [Etiquette(cle=self.cle(), region_id=region, nom=nom) for nom in ETIQUETTES] for region in regions
        }
        self.creer(Etiquette, [une for siennes in self.etiquettes.values() for une in siennes])

    def etiqueter(self, projets):
        """Return [(project, tag)] of those that the lead regions put: on one transmitted project in four."""
        transmis = [projet for projet in projets if projet.numero]
        return [
            (projet.pk, etiquette.pk)
            for projet in transmis
            if self.hasard.random() < 0.25
            for etiquette in self.hasard.sample(
                self.etiquettes[self.comites.regions[projet.territoire_id]], k=self.hasard.choice([1, 1, 2])
            )
        ]
