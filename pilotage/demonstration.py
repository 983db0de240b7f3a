"""An invented programme: projects, their life and what is followed of them, on the real territories.

Deterministic: the same number on the same day gives the same projects. Nothing here is a fact: every title says so.
"""

import datetime
from collections import defaultdict
from decimal import Decimal
from itertools import accumulate
from random import Random

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from comptes.cles import ALPHABET_DES_CLES
from comptes.rejouer import Etape, Histoire, rejouer
from pilotage.demonstration_actualisations import ActualisationsInventees
from pilotage.demonstration_agences import reseau
from pilotage.demonstration_argent import ArgentInvente
from pilotage.demonstration_campagnes import campagnes
from pilotage.demonstration_comites import ComitesInventes
from pilotage.demonstration_echanges import echanger
from pilotage.demonstration_perimetres import demander
from programme.enums import AutoriteDecision, AutoriteLocale, BaseDeTaxe, EtatProjet, GenrePorteur, Maturite
from programme.models import Frein, Indicateur, Jalon, Mesure, Projet, Releve
from programme.parcours_projet import PARCOURS
from territoires.models import Couverture, Territoire, inscriptions_actuelles

PREFIXE = "Démonstration · "
RAISON = "Démonstration"
LOT = 1000
# Where the demonstration accounts of teams are: one project in ten there, in turn.
VITRINES = ("dunkerque", "vosges")
# One in so many of those that may be put away is.
ARCHIVES = 3
GRAINE = 20181122

INSTRUIT = ("preparer", "transmettre", "instruire")
COMPLETE = ("preparer", "transmettre", "demander-complements", "transmettre-a-nouveau", "instruire")
# (How many of a hundred, what happened.)
VIES = (
    (6, ()),
    (8, INSTRUIT[:1]),
    (8, INSTRUIT[:2]),
    (4, COMPLETE[:3]),
    (3, COMPLETE[:4]),
    (9, INSTRUIT),
    (3, COMPLETE),
    (12, (*INSTRUIT, "inscrire")),
    (4, (*COMPLETE, "inscrire")),
    (3, (*INSTRUIT, "inscrire-sous-reserve")),
    (2, (*INSTRUIT, "inscrire-sous-reserve", "lever-la-reserve")),
    (3, (*INSTRUIT, "ajourner")),
    (2, (*INSTRUIT, "ajourner", "reprendre", "inscrire")),
    (3, (*INSTRUIT, "ne-pas-inscrire")),
    (1, (*INSTRUIT, "ne-pas-inscrire", "reprendre-la-fiche")),
    (12, (*INSTRUIT, "inscrire", "demarrer")),
    (3, (*COMPLETE, "inscrire", "demarrer", "suspendre")),
    (2, (*INSTRUIT, "inscrire", "demarrer", "suspendre", "relancer")),
    (7, (*INSTRUIT, "inscrire", "demarrer", "achever")),
    (2, ("preparer", "retirer")),
    (1, (*INSTRUIT, "retirer")),
    (2, (*INSTRUIT, "inscrire", "abandonner")),
)
AUTORITES = (AutoriteDecision.COMITE_REGIONAL, AutoriteDecision.COMMISSION_PERMANENTE)
ACTIONS = (
    "Ouvrir",
    "Moderniser",
    "Étendre",
    "Préparer",
    "Mutualiser",
    "Décarboner",
    "Relocaliser",
    "Expérimenter",
)
OBJETS = (
    "un plateau technique pour les métiers de l'usinage",
    "un atelier partagé de fabrication additive",
    "une friche industrielle en vue d'accueillir trois ateliers",
    "une école de production en chaudronnerie",
    "une ligne pilote de recyclage des composites",
    "la chaleur fatale d'un site de transformation",
    "un parcours d'accueil des nouveaux salariés et de leur famille",
    "un groupement d'employeurs de la plasturgie",
    "un centre d'essais pour batteries",
    "une navette entre la gare et la zone d'activités",
    "un bâtiment relais pour jeunes entreprises industrielles",
    "un observatoire local des compétences",
    "une filière locale de bois d'œuvre",
    "un réseau de tuteurs pour apprentis",
)
ETAPES_DE_PROJET = ("Études préalables", "Autorisations obtenues", "Travaux engagés", "Mise en service")
INDICATEURS = (
    ("Emplois créés", "emplois", 40),
    ("Personnes formées", "personnes", 200),
    ("Surface réhabilitée", "m²", 5000),
    ("Entreprises accompagnées", "entreprises", 30),
)
FREINS = (
    ("Délai d'instruction d'une autorisation", "Service instructeur (fictif)", "Un calendrier d'instruction partagé."),
    ("Règlement d'une zone d'activités", "Intercommunalité (fictive)", "Une adaptation de la hauteur autorisée."),
    ("Cumul de deux aides", "Financeur (fictif)", "Une règle de cumul écrite."),
)


class Demonstration:
    """What is drawn, always in the same order."""

    def __init__(self, auteur):
        self.auteur = auteur
        self.hasard = Random(GRAINE)  # noqa: S311 - to look plausible, not to hide anything
        self.maintenant = timezone.now()
        self.liste, self.territoires, self.communes = _lieux()
        self.mesures = list(Mesure.objects.order_by("pk").values_list("pk", flat=True))
        self.comites = ComitesInventes(self.territoires, auteur, self.maintenant, self._creer)
        self.actualisations = ActualisationsInventees(auteur, self.maintenant, self.comites, self._creer)
        self.argent = ArgentInvente(auteur, self.maintenant)
        self.vitrines = list(Territoire.objects.filter(slug__in=VITRINES).order_by("pk").values_list("pk", flat=True))
        self.poids = list(accumulate(nombre for nombre, _ in VIES))

    def peupler(self, nombre):
        """Write `nombre` projects, all or nothing."""
        tous = []
        with transaction.atomic():
            reseau(self.auteur)
            self.comites.convoquer()
            self.actualisations.creer_les_etiquettes()
            self.argent.repartir()
            for premier in range(0, nombre, LOT):
                histoires = [self._histoire(rang) for rang in range(premier, min(premier + LOT, nombre))]
                rejouer(histoires, self.auteur, RAISON)
                projets = [histoire.objet for histoire in histoires]
                self._lier(projets)
                self._suivre(projets)
                self.comites.examiner(histoires)
                self.actualisations.actualiser(projets)
                echanger(self, projets)
                self.argent.financer(projets)
                tous += projets
            self.argent.compter()
            self.argent.arbitrer()
            self.comites.contracter(tous)
            campagnes(self.auteur, self.hasard, self.maintenant)
            autres = [pk for pk in self.territoires if pk not in self.vitrines]
            demander(self.auteur, self.maintenant, self.liste, self.vitrines + autres, self._creer)

    def _creer(self, modele, objets):
        if objets:
            bulk_create_with_history(
                objets, modele, batch_size=LOT, default_user=self.auteur, default_change_reason=RAISON
            )

    def cle(self):
        return "".join(self.hasard.choices(ALPHABET_DES_CLES, k=10))

    # --- A project and its past

    def _histoire(self, rang):
        (_, vie) = self.hasard.choices(VIES, cum_weights=self.poids)[0]
        instants = self._instants(len(vie))
        projet = self._projet(rang, instants[0], vie)
        etapes = [
            Etape(cle, instant, self.auteur, self._champs(PARCOURS.transition(cle), instant, projet))
            for cle, instant in zip(vie, instants[1:], strict=True)
        ]
        if vie and rang % ARCHIVES == 0 and PARCOURS.transition(vie[-1]).vers in EtatProjet.archivables():
            projet.archive_le, projet.archive_par = timezone.localdate(self.maintenant), self.auteur
        return Histoire(projet, etapes, depuis=instants[0])

    def _instants(self, nombre):
        """Return the instants of the creation and of each step, the last within the year."""
        instants = [self.maintenant - datetime.timedelta(days=self.hasard.randint(1, 360), hours=nombre)]
        for _ in range(nombre):
            instants.append(instants[-1] - datetime.timedelta(days=self.hasard.randint(7, 150)))
        return instants[::-1]

    def _champs(self, transition, instant, projet):
        champs = {}
        if transition.motif:
            champs["motif"] = "Motif inventé pour la démonstration."
        if transition.decision:
            jour = timezone.localdate(instant)
            champs |= {
                "autorite": self.hasard.choice(
                    [AutoriteDecision.COMITE_REGIONAL, AutoriteDecision.COMMISSION_PERMANENTE]
                ),
                "date": jour - datetime.timedelta(days=self.hasard.randint(0, 10)),
                "acte": f"Relevé fictif n° {self.hasard.randint(1, 400)}",
            }
            leve = transition.cle == "lever-la-reserve"
            if not leve and (comite := self.comites.du_jour(projet.territoire_id, jour)):
                champs |= {"comite": comite, "date": comite.date, "autorite": AutoriteDecision.COMITE_REGIONAL}
        if "condition" in transition.champs:
            echeance = timezone.localdate(instant) + datetime.timedelta(days=180)
            champs |= {"condition": "Boucler le plan de financement (fictif).", "echeance": echeance}
        return champs

    def _projet(self, rang, cree_le, vie):
        hasard = self.hasard
        debut = timezone.localdate(cree_le) + datetime.timedelta(days=hasard.randint(60, 400))
        cout = Decimal(max(20, round(hasard.lognormvariate(6, 1.2)))) * Decimal("1000.00")
        taxe = hasard.choice([BaseDeTaxe.HT, BaseDeTaxe.TTC])
        complet = len(vie) > 1 or hasard.random() < 0.4
        titre = f"{PREFIXE}{hasard.choice(ACTIONS)} {hasard.choice(OBJETS)} ({rang + 1})"
        projet = Projet(
            cle=self.cle(),
            titre=titre,
            territoire_id=self._territoire(rang),
            saisi_par=self.auteur,
            cree_le=cree_le,
            porteur_nom=f"Porteur fictif {hasard.randint(1, 900)}",
            porteur_genre=hasard.choice(GenrePorteur.values),
            porteur_siren=self._siren(),
            contexte="Contexte inventé pour la démonstration.",
        )
        if complet:
            self._completer(projet, debut, cout, taxe)
        if complet and "reprendre-la-fiche" not in vie and vie[1:]:
            projet.validation_locale_le = timezone.localdate(cree_le) + datetime.timedelta(days=3)
            projet.validation_locale_par = hasard.choice(AutoriteLocale.values)
            projet.validation_saisie_par = self.auteur
        projet.normaliser()
        return projet

    def _territoire(self, rang):
        tire = self.hasard.choice(self.territoires)
        return self.vitrines[rang // 10 % len(self.vitrines)] if self.vitrines and rang % 10 == 0 else tire

    def _completer(self, projet, debut, cout, taxe):
        hasard = self.hasard
        projet.objectifs = "Objectifs inventés pour la démonstration."
        projet.debut, projet.fin = debut, debut + datetime.timedelta(days=hasard.randint(180, 1200))
        projet.cout_total, projet.cout_total_taxe = cout, taxe
        if hasard.random() < 0.7:
            projet.assiette_eligible, projet.assiette_taxe = cout * hasard.randint(4, 10) / 10, taxe
        projet.montants_secrets = hasard.random() < 0.08
        projet.maturite = hasard.choice(Maturite.values)
        projet.emplois = hasard.choice([None, 0, 5, 12, 30, 80])
        projet.sans_lieu = hasard.random() < 0.2

    def _siren(self):
        """Return a SIREN whose key is right and that nobody has: none begins with three zeros."""
        corps = f"000{self.hasard.randint(0, 99999):05d}"
        somme = sum(sum(divmod(int(chiffre) * (1 + rang % 2), 10)) for rang, chiffre in enumerate(corps))
        return f"{corps}{-somme % 10}"

    # --- What it is linked to, what is followed

    def _lier(self, projets):
        mesures, communes, associes = [], [], []
        for projet in projets:
            choisies = self.hasard.sample(self.mesures, k=min(self.hasard.randint(1, 2), len(self.mesures)))
            mesures += [(projet.pk, mesure) for mesure in choisies]
            possibles = self.communes[projet.territoire_id]
            if projet.objectifs and not projet.sans_lieu and possibles:
                prises = self.hasard.sample(possibles, k=min(self.hasard.randint(1, 3), len(possibles)))
                communes += [(projet.pk, commune) for commune in prises]
            autre = self.hasard.choice(self.territoires)
            if self.hasard.random() < 0.05 and autre != projet.territoire_id:
                associes.append((projet.pk, autre))
        etiquettes = self.actualisations.etiqueter(projets)
        choisis = {
            "mesures": mesures,
            "communes": communes,
            "territoires_associes": associes,
            "etiquettes": etiquettes,
        }
        for relation, liens in choisis.items():
            _relier(relation, liens)

    def _suivre(self, projets):
        parties = defaultdict(list)
        for projet in projets:
            if self.hasard.random() < 0.1:
                regle, autorite, demande = self.hasard.choice(FREINS)
                parties[Frein].append(
                    Frein(cle=self.cle(), projet=projet, regle=regle, autorite_competente=autorite, demande=demande)
                )
            if projet.etat in EtatProjet.publics():
                parties[Jalon] += self._jalons(projet)
                parties[Indicateur] += self._indicateurs(projet)
        for modele, objets in parties.items():
            self._creer(modele, objets)
        releves = [releve for indicateur in parties[Indicateur] for releve in self._releves(indicateur)]
        self._creer(Releve, releves)

    def _jalons(self, projet):
        pas = (projet.fin - projet.debut) / len(ETAPES_DE_PROJET)
        aujourdhui, jalons = timezone.localdate(self.maintenant), []
        for rang, titre in enumerate(ETAPES_DE_PROJET, start=1):
            prevu = projet.debut + pas * rang
            fait = prevu < aujourdhui and self.hasard.random() < 0.8
            jalons.append(
                Jalon(cle=self.cle(), projet=projet, titre=titre, prevu_le=prevu, atteint_le=prevu if fait else None)
            )
        return jalons

    def _indicateurs(self, projet):
        choisis = self.hasard.sample(INDICATEURS, k=self.hasard.randint(1, 2))
        return [
            Indicateur(
                cle=self.cle(),
                projet=projet,
                nom=nom,
                unite=unite,
                base=Decimal(0),
                cible=Decimal(self.hasard.randint(1, plafond)),
            )
            for nom, unite, plafond in choisis
        ]

    def _releves(self, indicateur):
        if indicateur.projet.etat not in (EtatProjet.REALISATION, EtatProjet.REALISE, EtatProjet.SUSPENDU):
            return
        jour = timezone.localdate(indicateur.projet.etat_depuis)
        for rang, part in enumerate((Decimal("0.25"), Decimal("0.6"))):
            le = jour + datetime.timedelta(days=90 * rang)
            if le <= timezone.localdate(self.maintenant):
                valeur = round(indicateur.cible * part, 2)
                yield Releve(cle=self.cle(), indicateur=indicateur, date=le, valeur=valeur)


def _lieux():
    """Return the latest list, the keys of its territories, and {territory: codes of its communes}."""
    actuelles = inscriptions_actuelles()
    plus_recente = actuelles.order_by("-liste__date").select_related("liste")[0].liste
    siennes = dict(actuelles.filter(liste=plus_recente).values_list("pk", "territoire"))
    communes = defaultdict(list)
    couvertes = Couverture.objects.filter(inscription__in=siennes).order_by("commune")
    for inscription, commune in couvertes.values_list("inscription", "commune"):
        communes[siennes[inscription]].append(commune)
    territoires = Territoire.objects.filter(pk__in=siennes.values()).order_by("pk")
    return plus_recente, list(territoires.values_list("pk", flat=True)), communes


def _relier(relation, liens):
    """Write [(project, key of the other)] of a many-to-many relation."""
    champ = Projet._meta.get_field(relation)
    intermediaire = champ.remote_field.through
    depart, arrivee = champ.m2m_field_name(), champ.m2m_reverse_field_name()
    intermediaire.objects.bulk_create(
        [intermediaire(**{f"{depart}_id": projet, f"{arrivee}_id": autre}) for projet, autre in liens], batch_size=LOT
    )
