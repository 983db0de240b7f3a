"""Erasing a person, not what they did: the row, its history, messages, sessions, whatever names them elsewhere.

Models are walked (`comptes.traces`): what goes with an account (CASCADE) goes, what names it by its address is blanked,
what it signed stays, signed « Compte effacé ». Rooms declare what only they can find.
"""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from comptes import acces, courrier, invitations, traces
from comptes.cles import nouvelle_cle
from comptes.enums import QualiteNationale
from comptes.genres_de_courrier import ADRESSE
from comptes.models import (
    ChangementAdresse,
    Courrier,
    EquipeNationale,
    Invitation,
    Utilisateur,
)
from comptes.second_facteur import mettre_fin_aux_sessions

DOMAINE = "exemple.invalid"
EFFACE = "Effacé"
DERNIER_ADMINISTRATEUR = (
    "C'est le seul compte administrateur en service : sans lui, personne ne pourrait plus ouvrir ni fermer de compte. "
    "Un autre administrateur doit d'abord être nommé."
)

_declarees = []


class EffacementImpossible(Exception):
    """The text says why, in French."""


def declarer(fonction):
    """Add what a room does when somebody is erased, given their `traces.Identite`, within the transaction."""
    _declarees.append(fonction)
    return fonction


def est_le_dernier_administrateur(personne):
    """Tell whether nobody else, with an active account, administers the portal today."""
    administrateurs = EquipeNationale.objects.en_cours().filter(
        qualite=QualiteNationale.ADMINISTRATEUR, personne__is_active=True
    )
    return (
        administrateurs.filter(personne=personne).exists() and not administrateurs.exclude(personne=personne).exists()
    )


def verrouiller_les_administrateurs():
    """Two administrators who go at the same time: the second waits, then finds that they are the last."""
    administrateurs = EquipeNationale.objects.filter(qualite=QualiteNationale.ADMINISTRATEUR)
    list(administrateurs.select_for_update().order_by("pk").values_list("pk"))


def consequences(personne):
    """Return {what, in French: how many}: what ends, what is erased, what stays."""
    modeles = [modele.historique.model for modele in traces.nos_modeles() if hasattr(modele, "historique")]
    return {
        "habilitations": sum(_en_vigueur(genre, personne).count() for genre in acces.genres()),
        "courriels": Courrier.objects.filter(destinataire=personne, purge_le=None).count(),
        "modifications": sum(modele.objects.filter(history_user=personne).count() for modele in modeles),
    }


def anonymiser(personne):
    """Erase a person, for good. Once is enough. Raises `EffacementImpossible` for the last administrator."""
    with transaction.atomic():
        verrouiller_les_administrateurs()
        personne = Utilisateur.objects.select_for_update().get(pk=personne.pk)
        if personne.efface_le:
            return
        if est_le_dernier_administrateur(personne):
            raise EffacementImpossible(DERNIER_ADMINISTRATEUR)
        identite = traces.Identite.de(personne)
        for genre in acces.genres():
            for habilitation in _en_vigueur(genre, personne):
                habilitation.retirer()
        mettre_fin_aux_sessions(personne)
        _effacer_les_courriers(identite)
        for fonction in _declarees:
            fonction(identite)
        _effacer_ce_qui_va_avec(identite)
        _annuler_les_invitations(identite)
        _vider_ce_qui_le_nomme(identite)
        _vider_le_journal_de_l_administration(identite)
        _vider_le_compte(personne)


def _en_vigueur(genre, personne):
    """Return the habilitations that have not ended, those to come among them."""
    non_finies = Q(au=None) | Q(au__gte=acces.aujourdhui())
    return genre.objects.filter(non_finies, personne=personne, retiree_le=None)


def _effacer_les_courriers(identite):
    demandees = ChangementAdresse.objects.filter(personne=identite.personne).values("nouvelle")
    # To an address that they asked for, perhaps somebody else's: only what was about that.
    courrier.effacer(Courrier.objects.filter(genre=ADRESSE.cle, adresse__in=demandees, destinataire=None))
    courrier.effacer_ceux_de(identite.personne, identite.adresses)


def _effacer_ce_qui_va_avec(identite):
    """Delete the rows that would go with the account, and their history."""
    for lien in Utilisateur._meta.related_objects:
        modele = lien.related_model
        if lien.on_delete is not models.CASCADE or modele in traces.TIERCES_SIGNEES:
            continue
        modele._base_manager.filter(**{lien.field.name: identite.personne}).delete()
        # After them: deleting a row writes its last state there.
        if historique := traces.historique_de(modele):
            historique.objects.filter(**{lien.field.name: identite.personne.pk}).delete()


def _annuler_les_invitations(identite):
    """Their links would open an account under the address that takes the place of theirs."""
    for invitation in Invitation.objects.ouvertes().filter(adresse__in=identite.adresses):
        invitations.annuler(invitation.cle, identite.personne)


def _vider_ce_qui_le_nomme(identite):
    """Blank the rows that hold their address elsewhere, with what is said of them there, and their history.

    One address after the other: rows of different addresses may not become alike.
    """
    for modele in traces.nos_modeles():
        if modele in (Utilisateur, Courrier) or not traces.champs_d_adresse(modele):
            continue
        for table in filter(None, (modele, traces.historique_de(modele))):
            for adresse in identite.adresses:
                siennes = traces.a_propos_de(modele, identite._replace(adresses=(adresse,)), table)
                table._base_manager.filter(siennes).update(**_vides(table, modele.donnees_personnelles))


def _vider_le_journal_de_l_administration(identite):
    """Django's own journal keeps the name of what was changed."""
    compte = ContentType.objects.get_for_model(Utilisateur)
    nommes = Q(content_type=compte, object_id=str(identite.personne.pk))
    for texte in identite.textes:
        nommes |= Q(object_repr__icontains=texte)
    LogEntry.objects.filter(nommes).update(object_repr=EFFACE)


def _vider_le_compte(personne):
    vides = _vides(Utilisateur, personne.donnees_personnelles)
    for nom, valeur in vides.items():
        setattr(personne, nom, valeur)
    personne.is_active, personne.efface_le, personne.prevenu_le = False, timezone.now(), None
    personne.set_unusable_password()
    personne._change_reason = "Compte effacé"
    personne.save()
    historique = Utilisateur.historique.model
    valeurs = _vides(historique, personne.donnees_personnelles) | {"email": vides["email"]}
    historique.objects.filter(id=personne.pk).update(**valeurs)


def _vides(table, noms):
    """Return what replaces the declared fields of a table: links to accounts stay, their accounts are blank."""
    adresse = f"efface-{nouvelle_cle()}@{DOMAINE}"
    presents = {champ.name: champ for champ in table._meta.concrete_fields}
    vides = {}
    for champ in (presents[nom] for nom in noms if nom in presents):
        if isinstance(champ, models.EmailField):
            vides[champ.name] = adresse
        elif isinstance(champ, models.CharField | models.TextField | models.FileField):
            vides[champ.name] = ""
        elif isinstance(champ, models.JSONField):
            vides[champ.name] = champ.get_default()
        elif not champ.is_relation and champ.null:
            vides[champ.name] = None
    return vides
