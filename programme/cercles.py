"""The circles of a project: which a person belongs to, who reads in each."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from comptes.acces import est_administrateur
from comptes.models import Utilisateur
from programme.enums import Cercle, EtatProjet, Groupe
from programme.models import Operateur, Porteur, Projet
from tableurs.francais import enumeration
from territoires.models import ActeurLocal, EtatTerritorial, PiloteRegional


@dataclass
class CercleOffert:
    """A choice of who reads. `lecteurs`: how many accounts, without the one who chooses."""

    cercle: Cercle
    qui: str
    lecteurs: int
    choisi: bool = False

    @property
    def combien(self):
        """« 4 personnes liront », without the one who chooses."""
        if not self.lecteurs:
            return "pour l'instant, vous seul lirez"
        return (
            "1\N{NO-BREAK SPACE}personne lira"
            if self.lecteurs == 1
            else f"{self.lecteurs}\N{NO-BREAK SPACE}personnes liront"
        )


def cercles_de(projet, personne):
    """Return those that a person may choose: whose groups they are in. One query.

    Administrators are in no group: they speak to everybody or to nobody.
    """
    groupes = [Exists(_du_groupe(personne, groupe)) for groupe in Groupe]
    (reponses,) = Projet.objects.filter(pk=projet.pk).values_list(*groupes)
    siens = {groupe for groupe, oui in zip(Groupe, reponses, strict=True) if oui}
    choix = [cercle for cercle in Cercle if siens.intersection(cercle.groupes)]
    return choix or ([Cercle.TOUS] if est_administrateur(personne) else [])


def _du_groupe(personne, groupe):
    return Projet.objects.du_groupe(personne, groupe).filter(pk=OuterRef("pk"))


def cercles_offerts(projet, personne, choisi=""):
    """Return the same, each with who reads and how many. One query a group."""
    par_groupe = comptes_par_groupe(projet)
    return [
        CercleOffert(
            cercle,
            enumeration([groupe.label for groupe in cercle.groupes]),
            len(_reunis(par_groupe, cercle) - {personne.pk}),
            cercle == choisi,
        )
        for cercle in cercles_de(projet, personne)
    ]


def lecteurs(projet, cercle):
    """Return the accounts of a circle, as `QuerySetDeCercle.visibles_par` has it, the other way round."""
    pks = _reunis(comptes_par_groupe(projet), Cercle(cercle))
    return list(Utilisateur.objects.filter(pk__in=pks).order_by("pk"))


def _reunis(par_groupe, cercle):
    return set().union(*(par_groupe[groupe] for groupe in cercle.groupes))


def comptes_par_groupe(projet):
    """Return {group: keys of accounts}: territories, their regions, the State once transmitted, operators if asked."""
    territoires = [projet.territoire_id, *projet.territoires_associes.values_list("pk", flat=True)]
    habilitations = {
        Groupe.EQUIPE: ActeurLocal.objects.filter(territoire__in=territoires),
        Groupe.PORTEURS: Porteur.objects.filter(projet=projet.pk),
        Groupe.REGION: PiloteRegional.objects.couvrant(territoires),
        Groupe.ETAT: EtatTerritorial.objects.none()
        if projet.numero is None or projet.etat in EtatProjet.brouillons()
        else EtatTerritorial.objects.couvrant(territoires),
        Groupe.OPERATEURS: Operateur.objects.sollicites_par(projet),
    }
    return {
        groupe: set(siennes.en_cours().filter(personne__is_active=True).values_list("personne", flat=True))
        for groupe, siennes in habilitations.items()
    }
