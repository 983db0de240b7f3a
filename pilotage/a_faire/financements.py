"""What awaits about money: requests to instruct, agreements to give, acts to settle, regions to answer."""

from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils import timezone

from comptes.models import EquipeNationale
from pilotage.a_faire.taches import INSECABLE, Source, Tache
from programme.argent.enums import EtatFinancement
from programme.models import (
    Ecart,
    Enveloppe,
    FaitImporte,
    Financement,
    Mouvement,
    Operateur,
    PropositionDeDotation,
)
from territoires.models import EtatTerritorial, Inscription, Liste, Perimetre, PiloteRegional, regions_decidees_par

PHRASES_MAX = 10


def sources():
    return (
        Source(_demandes, _dire_demande, _resumer_demandes, (Financement, Operateur), PHRASES_MAX, "etat_depuis"),
        _accords("accorder-region", _de_la_region, "la région", (Financement, Enveloppe, PiloteRegional)),
        _accords(
            "accorder-etat",
            lambda personne: Financement.objects.a_l_etat(personne),
            "l'État",
            (Financement, Enveloppe, EtatTerritorial, Inscription, Liste, Perimetre),
        ),
        Source(_ecarts, _dire_ecart, _resumer_ecarts, (Ecart, Financement, Operateur), 1),
        # Without a history of theirs: asked by each page.
        Source(_a_rapprocher, _dire_a_rapprocher, _resumer_a_rapprocher),
        Source(
            _propositions, _dire_proposition, modeles=(PropositionDeDotation, Operateur, EquipeNationale, Enveloppe)
        ),
    )


def _demandes(personne):
    """An administrator may instruct too, but nothing awaits them there."""
    siennes = Financement.objects.filter(Operateur.objects.couvre(personne, "enveloppe", "region", decident=True))
    attendues = siennes.filter(etat__in=[EtatFinancement.SOLLICITE, EtatFinancement.INSTRUCTION])
    return attendues.select_related("projet", "enveloppe").order_by("etat_depuis", "pk")


def _dire_demande(ligne):
    phrase = f"La demande de « {ligne.objet_dit} » attend votre décision"
    return Tache(phrase, ligne.get_absolute_url(), timezone.localdate(ligne.etat_depuis))


def _resumer_demandes(combien):
    return Tache(f"{combien}{INSECABLE}financements demandés attendent votre décision", reverse("demandes"))


def _de_la_region(personne):
    return Financement.objects.filter(region__in=regions_decidees_par(personne))


def _accords(cle, chez, de_qui, modeles):
    """Return the source of the lines that await an agreement, where préfet and region decide together."""

    def lignes(personne):
        donnes = Mouvement.objects.filter(
            financement=OuterRef("pk"), transition=cle, saisie_le__gte=OuterRef("etat_depuis")
        )
        attendues = chez(personne).a_deux().filter(~Exists(donnes), etat=EtatFinancement.INSTRUCTION)
        return attendues.select_related("projet", "enveloppe").order_by("etat_depuis", "pk")

    def dire(ligne):
        phrase = f"Le financement de « {ligne.objet_dit} » attend l'accord de {de_qui}"
        adresse = reverse("financement_etape", args=[ligne.cle, cle])
        return Tache(phrase, adresse, timezone.localdate(ligne.etat_depuis))

    return Source(lignes, dire, modeles=modeles)


def _ecarts(personne):
    siennes = Operateur.objects.couvre(personne, "financement__enveloppe", "financement__region", decident=True)
    return Ecart.objects.filter(siennes, regle_le=None).select_related("financement__projet").order_by("saisi_le", "pk")


def _dire_ecart(ecart):
    phrase = f"Un acte de « {ecart.financement.objet_dit} » ne peut pas être compté{INSECABLE}: il est à régulariser"
    return Tache(phrase, reverse("ecarts"), timezone.localdate(ecart.saisi_le))


def _resumer_ecarts(combien):
    return Tache(f"{combien}{INSECABLE}actes ne peuvent pas être comptés et sont à régulariser", reverse("ecarts"))


def _a_rapprocher(personne):
    siennes = Operateur.objects.couvre(personne, "enveloppe", "region", decident=True)
    return FaitImporte.objects.a_rapprocher().filter(siennes).select_related("lot").order_by("pk")


def _dire_a_rapprocher(fait):
    phrase = f"Une ligne de votre fichier n'a pas trouvé son financement{INSECABLE}: elle est à rapprocher"
    return Tache(phrase, reverse("rapprocher", args=[fait.cle]), timezone.localdate(fait.lot.depose_le))


def _resumer_a_rapprocher(combien):
    phrase = f"{combien}{INSECABLE}lignes de vos fichiers n'ont pas trouvé leur financement et sont à rapprocher"
    return Tache(phrase, reverse("a_rapprocher"))


def _propositions(personne):
    decidables = PropositionDeDotation.objects.decidables_par(personne)
    return decidables.select_related("exercice__enveloppe", "region").order_by(F("proposee_le").asc(), "pk")


def _dire_proposition(une):
    phrase = f"{une.region} propose son enveloppe ({une.exercice}) et attend votre réponse"
    return Tache(phrase, reverse("proposition_decider", args=[une.cle]), timezone.localdate(une.proposee_le))
