"""The life of a perimeter request, on one screen (ADR 0004): the EPCI deliberate, the region gives its opinion, the
national team enters it in the list in force."""

from comptes.enums import QualiteNationale
from comptes.models import EquipeNationale, Utilisateur
from comptes.parcours import Parcours, Transition, TransitionImpossible
from programme.enums import EtatDemande as E
from programme.genres_de_courrier import PERIMETRES
from territoires.enums import QualiteRegionale, QualiteTerritoriale
from territoires.models import ActeurLocal, PiloteRegional, inscriptions_actuelles

# --- Who is told


def equipe(demande):
    return _comptes(
        ActeurLocal.objects.en_cours().filter(
            territoire=demande.territoire_id, qualite__in=QualiteTerritoriale.redigent()
        )
    )


def region(demande):
    pilote = inscriptions_actuelles().filter(territoire=demande.territoire_id).values("region")
    return _comptes(
        PiloteRegional.objects.en_cours().filter(region__in=pilote, qualite__in=QualiteRegionale.decident())
    )


def equipe_et_administrateurs(demande):
    administrateurs = EquipeNationale.objects.en_cours().filter(qualite=QualiteNationale.ADMINISTRATEUR)
    return _sans_double(equipe(demande), _comptes(administrateurs))


def equipe_et_region(demande):
    return _sans_double(equipe(demande), region(demande))


def _comptes(habilitations):
    return list(
        Utilisateur.objects.filter(pk__in=habilitations.values("personne"), is_active=True).order_by("pk").distinct()
    )


def _sans_double(*groupes):
    return [*{compte.pk: compte for groupe in groupes for compte in groupe}.values()]


# --- What it takes, what it does besides


def complete(demande):
    return demande.manques()


def dater_la_transmission(objets):
    for demande, instant in objets:
        demande.transmise_le = demande.transmise_le or instant


def a_dater(objets):
    """Refuse: entered without its day, it would change nothing. `programme.perimetres.inscrire` gives both."""
    raise TransitionImpossible("L'inscription dans la liste en vigueur se fait à compter d'un jour dit.")


# --- The table

TERRITOIRE, REGION, NATION = "demandees_par", "avisables_par", "inscriptibles_par"
PARCOURS = Parcours(
    journal="passages",
    saisie=(TERRITOIRE,),
    genre=PERIMETRES,
    gabarit="perimetre_passage",
    transitions=(
        Transition(
            "transmettre", "Transmettre à la région", (E.BROUILLON,), E.TRANSMISE, TERRITOIRE,
            "La demande ne change plus. La région pilote la porte à son comité et en note l'avis.",
            exige=(complete,), effet=dater_la_transmission, avertit=region,
        ),
        Transition(
            "rendre-avis", "Noter l'avis de la région", (E.TRANSMISE,), E.AVIS_RENDU, REGION,
            "L'équipe nationale voit l'avis ; elle inscrit la demande dans la liste en vigueur, ou la refuse.",
            decision=True, champs=("avis",), avertit=equipe_et_administrateurs, interdit_a_qui_a_saisi=True,
        ),
        Transition(
            "inscrire", "Inscrire dans la liste en vigueur", (E.AVIS_RENDU,), E.INSCRITE, NATION,
            "Les membres du territoire changent à compter du jour dit, sur sa page publique aussi.",
            effet=a_dater, avertit=equipe_et_region,
        ),
        Transition(
            "refuser", "Refuser", (E.AVIS_RENDU,), E.REFUSEE, NATION,
            "Le périmètre ne change pas. Une nouvelle demande reste possible.", motif=True, avertit=equipe_et_region,
        ),
        Transition(
            "retirer", "Retirer", tuple(E.ouverts()), E.RETIREE, TERRITOIRE,
            "La demande s'arrête là. Une nouvelle demande reste possible.", motif=True, avertit=equipe_et_region,
        ),
    ),
)  # fmt: skip
