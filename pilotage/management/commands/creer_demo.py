"""Fictional accounts, one in each capacity, to look around on one's own machine."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from agences.enums import QualiteAgence, QualiteCner, QualiteFederation
from agences.models import Agence, Cner, Correspondant, Federation, MembreFederation
from comptes.enums import QualiteNationale
from comptes.models import EquipeNationale, Utilisateur
from pilotage.demonstration_agences import FEDERATION
from programme.argent.enums import QualiteOperateur
from programme.enums import EtatProjet, QualitePorteur
from programme.models import Enveloppe, Operateur, Porteur, Projet
from territoires.enums import QualiteEtat, QualiteRegionale, QualiteTerritoriale
from territoires.models import ActeurLocal, EtatTerritorial, PiloteRegional, Region, Territoire

# Known to everyone, hence the refusal outside development.
MOT_DE_PASSE = "demonstration-locale"
# Of which no second factor is asked, in development (`DOMAINE_SANS_SECOND_FACTEUR`).
DOMAINE = "demo.example"
HAUTS_DE_FRANCE, GRAND_EST = "32", "44"
# Of the invented network.
AGENCE = "demonstration-agence-fictive-hauts-de-france"
# Before the @, first name, kind of habilitation, quality, scope (code of a region, of an envelope,
# address of a territory or of an agency; for a porteur, of that of the project).
COMPTES = [
    ("equipe", "Équipe", EquipeNationale, QualiteNationale.ADMINISTRATEUR, None),
    ("analyste", "Analyste", EquipeNationale, QualiteNationale.ANALYSTE, None),
    ("auditeur", "Auditeur", EquipeNationale, QualiteNationale.AUDITEUR, None),
    ("pilote.hdf", "Pilote Hauts-de-France", PiloteRegional, QualiteRegionale.PRESIDENCE, HAUTS_DE_FRANCE),
    ("pilote.ges", "Pilote Grand Est", PiloteRegional, QualiteRegionale.PRESIDENCE, GRAND_EST),
    ("etat.hdf", "État Hauts-de-France", EtatTerritorial, QualiteEtat.DREETS, HAUTS_DE_FRANCE),
    ("operateur.pic", "Opérateur PIC", Operateur, QualiteOperateur.DECISION, "PIC"),
    ("agence.hdf", "Agence Hauts-de-France", Correspondant, QualiteAgence.CORRESPONDANT, AGENCE),
    ("cner", "CNER", Cner, QualiteCner.GESTION, None),
    ("federation", "Fédération", MembreFederation, QualiteFederation.REFERENT, FEDERATION),
    ("local.dunkerque", "Local Dunkerque", ActeurLocal, QualiteTerritoriale.CHEF_DE_PROJET, "dunkerque"),
    ("local.vosges", "Local Vosges", ActeurLocal, QualiteTerritoriale.CHEF_DE_PROJET, "vosges"),
    ("porteur.dunkerque", "Porteur Dunkerque", Porteur, QualitePorteur.REDACTION, "dunkerque"),
]


class Command(BaseCommand):
    help = "Crée des comptes fictifs, un par habilitation, sur une base de développement. Sans effet sinon."

    def handle(self, *args, **options):
        if not settings.DEVELOPPEMENT:
            raise CommandError(
                "Les comptes de démonstration ont un mot de passe connu de tous : "
                "ils n'existent qu'en développement (ENVIRONNEMENT=developpement)."
            )
        if Utilisateur.objects.exclude(email__endswith=f"@{DOMAINE}").exists():
            self.stdout.write("La base a déjà des comptes : aucun compte de démonstration n'est ajouté.")
            return
        with transaction.atomic():
            comptes = [compte for demande in COMPTES if (compte := self._creer(*demande))]
        self.stdout.write(f"Comptes de démonstration (fictifs), mot de passe « {MOT_DE_PASSE} » :")
        for compte in comptes:
            nuance = "" if compte.check_password(MOT_DE_PASSE) else ", avec le mot de passe que vous avez choisi"
            self.stdout.write(f"  {compte.email}{nuance}")

    def _creer(self, debut, prenom, genre, qualite, portee):
        email = f"{debut}@{DOMAINE}"
        if compte := Utilisateur.objects.filter(email=email).first():
            return compte
        portee = self._portee(genre, portee)
        if portee is None:
            return None
        compte = Utilisateur.objects.create_user(
            email, MOT_DE_PASSE, prenom=prenom, nom="(démonstration)", fonction="Compte fictif"
        )
        genre.objects.create(personne=compte, qualite=qualite, **portee)
        return compte

    def _portee(self, genre, cle):
        """Return what the habilitation is about, by field; None when the database has nothing of the kind."""
        if genre is Porteur:
            # One that is being written: there is something to do.
            projets = Projet.objects.filter(territoire__slug=cle, etat__in=EtatProjet.redigeables()).order_by("pk")
            return {"projet": projets.first()} if projets else None
        if genre is Correspondant:
            agence = Agence.objects.filter(slug=cle).first()
            return {"agence": agence} if agence else None
        if genre is MembreFederation:
            federation = Federation.objects.filter(nom=cle).first()
            return {"federation": federation} if federation else None
        if genre is Operateur:
            return {"enveloppe": Enveloppe.objects.get(code=cle)}
        if genre is ActeurLocal:
            return {"territoire": Territoire.objects.get(slug=cle)}
        return {"region": Region.objects.get(pk=cle)} if cle else {}
