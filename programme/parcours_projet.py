"""The life of a project, on one screen: what moves it, who may, what it takes, who is told (ADR 0004)."""

from collections import defaultdict

from django.db.models import Q
from django.utils import timezone

from comptes.models import Utilisateur
from comptes.parcours import Manque, Parcours, Transition
from programme.enums import EtatProjet as E
from programme.genres_de_courrier import PROJETS
from programme.models.habilitations import Porteur
from programme.models.numeros import Compteur
from tableurs.francais import montant
from territoires.enums import QualiteRegionale, QualiteTerritoriale
from territoires.models import ActeurLocal, EtatTerritorial, PiloteRegional, inscriptions_actuelles

# --- Who is told


def comptes_de_l_equipe(projet):
    """Return the accounts of the lead territory's team that write its projects."""
    return _comptes(_ecrivent(projet))


def equipe(projet):
    """Return the accounts of those who write the project: the lead territory's team, the porteurs."""
    return _comptes(_ecrivent(projet), Porteur.objects.en_cours().filter(projet=projet.pk))


def _ecrivent(projet):
    return ActeurLocal.objects.en_cours().filter(
        territoire=projet.territoire_id, qualite__in=QualiteTerritoriale.redigent()
    )


def region(projet):
    """Return the accounts of those who decide for the region that leads."""
    pilote = inscriptions_actuelles().filter(territoire=projet.territoire_id).values("region")
    return _comptes(
        PiloteRegional.objects.en_cours().filter(region__in=pilote, qualite__in=QualiteRegionale.decident())
    )


def region_si_transmis(projet):
    """Return the region's: of a project that it never saw, nobody's."""
    return region(projet) if projet.numero else []


def tous(projet):
    return [*{compte.pk: compte for compte in (*equipe(projet), *region_si_transmis(projet))}.values()]


def etat_sans_avis(projet):
    """Return the accounts of the State's services around it, lead territory or associated, whose opinion is awaited.

    Nothing awaits who acts for an authority that has given its own already.
    """
    territoires = [projet.territoire_id, *projet.territoires_associes.values_list("pk", flat=True)]
    services = EtatTerritorial.objects.en_cours().couvrant(territoires)
    donnes = projet.avis.courants()
    ont_dit = services.filter(Q(region__in=donnes.values("region")) | Q(departement__in=donnes.values("departement")))
    return _comptes(services.exclude(personne__in=ont_dit.values("personne")))


def _comptes(*habilitations):
    pks = {pk for siennes in habilitations for pk in siennes.values_list("personne", flat=True)}
    return list(Utilisateur.objects.filter(pk__in=pks, is_active=True).order_by("pk"))


# --- What it takes, what it does besides


def complet(projet):
    return projet.manques()


def hors_des_archives(projet):
    return [Manque("Ce projet est archivé : sortez-le d'abord des archives.")] if projet.archive_le else []


def rien_a_payer(projet):
    """Return what remains to be released, or paid, before giving up."""
    return [
        Manque(f"{ligne.financeur_dit} : {montant(ligne.porte - ligne.verse)} restent engagés ou programmés.")
        for ligne in projet.financements.exclude(engage=0, programme=0).select_related("enveloppe")
        if ligne.porte > ligne.verse
    ]


def numeroter(objets):
    """Give each project its number, at its first transmission, for ever."""
    par_annee = defaultdict(list)
    for projet, instant in objets:
        if not projet.numero:
            par_annee[timezone.localtime(instant).year].append(projet)
    for annee, projets in sorted(par_annee.items()):
        for rang, projet in enumerate(projets, start=Compteur.reserver(annee, len(projets))):
            projet.numero = f"FA-{annee}-{rang:05d}"
            projet.normaliser()


def rouvrir(objets):
    """Begin a new version of the fiche: its local validation was of the one before."""
    for projet, _ in objets:
        projet.version_fiche += 1
        projet.retirer_la_validation()


# --- The table

TERRITOIRE, REGION, TOUS = "transmissibles_par", "instruisibles_par", "conduits_par"
DECISION = {"qui": REGION, "decision": True, "avertit": equipe, "interdit_a_qui_a_saisi": True}
EXAMEN = {"qui": REGION, "avertit": equipe, "interdit_a_qui_a_saisi": True}

PARCOURS = Parcours(
    journal="decisions",
    saisie=(TERRITOIRE,),
    genre=PROJETS,
    gabarit="projet_passage",
    sollicitation="projet_avis_attendu",
    transitions=(
        Transition(
            "preparer", "Commencer la préparation", (E.IDEE,), E.PREPARATION, TERRITOIRE,
            "L'idée devient une fiche à compléter. La région la voit, l'État pas encore.",
        ),
        Transition(
            "transmettre", "Transmettre à la région", (E.PREPARATION,), E.TRANSMIS, TERRITOIRE,
            "Le projet reçoit son numéro. La fiche ne change plus, sauf si la région demande des compléments.",
            exige=(complet,), effet=numeroter, avertit=region,
        ),
        Transition(
            "demander-complements", "Demander des compléments", (E.TRANSMIS,), E.A_COMPLETER, **EXAMEN, motif=True,
            consequence="L'équipe du territoire et le porteur peuvent de nouveau écrire la fiche.",
        ),
        Transition(
            "transmettre-a-nouveau", "Transmettre à nouveau", (E.A_COMPLETER,), E.TRANSMIS, TERRITOIRE,
            "La fiche ne change plus, sauf si la région demande d'autres compléments.",
            exige=(complet,), avertit=region,
        ),
        Transition(
            "instruire", "Commencer l'instruction", (E.TRANSMIS,), E.INSTRUCTION, **EXAMEN, sollicite=etat_sans_avis,
            consequence="La fiche est tenue pour complète : elle est examinée, puis portée au comité.",
        ),
        Transition(
            "inscrire", "Inscrire au contrat", (E.INSTRUCTION,), E.INSCRIT, **DECISION,
            consequence="Le projet devient public, sauf ce qui est marqué secret.",
        ),
        Transition(
            "inscrire-sous-reserve", "Inscrire sous réserve", (E.INSTRUCTION,), E.INSCRIT_RESERVE, **DECISION,
            champs=("condition", "echeance"),
            consequence="Le projet devient public. Il ne démarre qu'une fois la réserve levée.",
        ),
        Transition(
            "lever-la-reserve", "Lever la réserve", (E.INSCRIT_RESERVE,), E.INSCRIT, **DECISION,
            consequence="Le projet est inscrit au contrat sans condition.",
        ),
        Transition(
            "ajourner", "Ajourner", (E.INSTRUCTION,), E.AJOURNE, **DECISION, motif=True,
            consequence="Le projet attend : l'instruction reprendra quand la région le décidera.",
        ),
        Transition(
            "reprendre", "Reprendre l'instruction", (E.AJOURNE,), E.INSTRUCTION, **EXAMEN, sollicite=etat_sans_avis,
            consequence="Le projet peut de nouveau être porté au comité.",
        ),
        Transition(
            "ne-pas-inscrire", "Ne pas inscrire", (E.INSTRUCTION,), E.NON_INSCRIT, **DECISION, motif=True,
            consequence="L'équipe du territoire peut reprendre la fiche, dans une nouvelle version, ou la retirer.",
        ),
        Transition(
            "reprendre-la-fiche", "Reprendre la fiche", (E.NON_INSCRIT,), E.PREPARATION, TERRITOIRE,
            "Une nouvelle version commence. La validation locale est à refaire ; le numéro reste.",
            exige=(hors_des_archives,), effet=rouvrir, avertit=equipe,
        ),
        Transition(
            "demarrer", "Démarrer la réalisation", (E.INSCRIT,), E.REALISATION, TOUS,
            "Le projet est en cours : ses étapes et ses indicateurs sont suivis.", avertit=tous,
        ),
        Transition(
            "suspendre", "Suspendre", (E.REALISATION,), E.SUSPENDU, TOUS,
            "Le projet s'arrête pour un temps : il est montré comme suspendu.", motif=True, avertit=tous,
        ),
        Transition(
            "relancer", "Relancer", (E.SUSPENDU,), E.REALISATION, TOUS, "Le projet reprend.", avertit=tous,
        ),
        Transition(
            "achever", "Déclarer réalisé", (E.REALISATION,), E.REALISE, TOUS,
            "Le projet est terminé : plus rien n'y change.", avertit=tous,
        ),
        Transition(
            "retirer", "Retirer", tuple(E.avant_inscription()), E.RETIRE, TERRITOIRE,
            "Le projet est retiré pour de bon : un projet semblable serait une nouvelle fiche.",
            exige=(hors_des_archives,), motif=True, avertit=tous,
        ),
        Transition(
            "abandonner", "Abandonner", tuple(E.suivis()), E.ABANDONNE, TOUS,
            "Le projet est abandonné pour de bon, et montré comme tel.",
            exige=(rien_a_payer,), motif=True, avertit=tous,
        ),
    ),
)  # fmt: skip
