"""The life of an object: one table of transitions a model, and one function that moves it (ADR 0004).

Knows no domain. A room declares a `Parcours`, gives it to a model (`AvecParcours`), and a journal (`Passage`). Nothing
else writes the state: not the forms, whose `save` leaves it alone, nor the admin, nor the imports (`comptes.rejouer`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from comptes import courrier
from comptes.acces import QuerySetPortee, aujourdhui
from comptes.conditions import condition_gardee

A_VENIR = "Cette date est à venir : une décision est déjà prise."


class Manque(NamedTuple):
    """What is missing for a transition, in a sentence, and the field where it is written ("" for none)."""

    message: str
    champ: str = ""


class Transition(NamedTuple):
    """A row of the table.

    `qui` names a method of the model's queryset (« instruisibles_par »): one rule, for one object as for many. `exige`
    returns what is missing of an object; `champs`, what the journal must hold besides. `vers`: "" when it stays where
    it is. `effet` is given [(object, instant)] before they are written; `applique`, the object and its passage;
    `rejoue`, these too, of a past that is brought in: in memory only. `avertit` returns the accounts that are told,
    besides who acts; `sollicite`, those of whom it asks something, who are told so instead.
    """

    cle: str
    verbe: str
    de: tuple
    vers: str
    qui: str
    consequence: str = ""
    exige: tuple[Callable, ...] = ()
    motif: bool = False
    decision: bool = False
    champs: tuple[str, ...] = ()
    effet: Callable | None = None
    applique: Callable | None = None
    rejoue: Callable | None = None
    avertit: Callable | None = None
    sollicite: Callable | None = None
    interdit_a_qui_a_saisi: bool = False


@dataclass(frozen=True)
class Parcours:
    """The table of a model. `journal`: the reverse name of its `Passage`; `genre`, `gabarit`: how people are told.

    `sollicitation`: how those of whom something is asked are told.

    `saisie`: the rules (`qui`) under which one acts for who asks: whoever did, answers to none of it.
    """

    transitions: tuple
    journal: str
    saisie: tuple = ()
    genre: Any = None
    gabarit: str = ""
    sollicitation: str = ""
    champ: str = "etat"
    depuis: str = "etat_depuis"

    def transition(self, cle):
        """Return the row of this key. Raises KeyError."""
        return {transition.cle: transition for transition in self.transitions}[cle]

    def possibles_depuis(self, etat):
        return [transition for transition in self.transitions if etat in transition.de]


class TransitionImpossible(Exception):
    """It can't be done, or not any more; the text says why, in French."""


class TransitionInterdite(TransitionImpossible):
    """It can be done, by others."""


class TransitionIncomplete(TransitionImpossible):
    """Something is missing: `manques` says what, and where."""

    def __init__(self, message, manques):
        super().__init__(message)
        self.manques = manques


class Possible(NamedTuple):
    transition: Transition
    manques: list


class QuerySetDeParcours(QuerySetPortee):
    """Of what has a life: who entered it, or moved it for who asks, is refused what `interdit_a_qui_a_saisi` says."""

    def saisis_par(self, personne):
        return self.filter(self._saisis_par(personne))

    def saisis_par_d_autres(self, personne):
        return self.filter(~self._saisis_par(personne))

    def _saisis_par(self, personne):
        if not personne.is_authenticated:
            return Q(pk__in=[])
        parcours = self.model.parcours
        demandes = [transition.cle for transition in parcours.transitions if transition.qui in parcours.saisie]
        relation = getattr(self.model, parcours.journal).rel
        passages = relation.related_model._base_manager.filter(
            **{relation.field.name: OuterRef("pk")}, transition__in=demandes, saisie_par=personne.pk
        )
        return Q(saisi_par=personne.pk) | Exists(passages)


class AvecParcours(models.Model):
    """Has a life: `parcours`. A save leaves the state as it is in the database: `passer` only moves it."""

    parcours = None
    # Said to whoever entered it, where somebody else is to act: each model has its words.
    refus_a_qui_a_saisi = ""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding and not vars(self).get("_passe"):
            gardes = {self.parcours.champ, self.parcours.depuis}
            noms = {champ.name for champ in self._meta.concrete_fields if not champ.primary_key}
            kwargs["update_fields"] = set(kwargs.get("update_fields") or noms) - gardes
        super().save(*args, **kwargs)

    def a_ete_saisi_par(self, personne):
        return type(self).objects.saisis_par(personne).filter(pk=self.pk).exists()


class Passage(models.Model):
    """A row of the journal: what was done, by whose decision, entered by whom. Written by this module, never changed.

    The concrete model adds what it is about, and says the choices of `de`, `vers` and `autorite`.
    """

    transition = models.SlugField("transition", max_length=40, editable=False)
    de = models.CharField("état précédent", max_length=20, editable=False)
    vers = models.CharField("nouvel état", max_length=20, editable=False)
    motif = models.TextField("motif", blank=True)
    autorite = models.CharField("autorité qui décide", max_length=30, blank=True)
    date = models.DateField("date de la décision", null=True, blank=True)
    acte = models.CharField(
        "acte", max_length=200, blank=True, help_text="Référence de la délibération, de l'arrêté, du relevé."
    )
    saisie_par = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        editable=False,
        related_name="+",
        verbose_name="saisie par",
    )
    saisie_le = models.DateTimeField("saisie le", default=timezone.now, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(autorite="", date=None) | (~Q(autorite="") & Q(date__isnull=False)),
                name="%(app_label)s_%(class)s_autorite",
                violation_error_message="Une décision a une autorité et une date.",
            ),
            models.CheckConstraint(
                condition=Q(acte="") | ~Q(autorite=""),
                name="%(app_label)s_%(class)s_acte",
                violation_error_message="Un acte est celui d'une autorité : dites laquelle.",
            ),
        ]

    def clean(self):
        super().clean()
        if self.date and self.date > aujourdhui():
            raise ValidationError({"date": A_VENIR})


# --- What may be done ------------------------------------------------------------------------------------------------
# Read with the rules: whether somebody entered it, who then leaves some of it to others.
SAISIS = "saisis_par"


def regles(modele):
    """Return the names of the rules that the table of a model asks: whose each transition is, and `SAISIS`."""
    return {regle for transition in modele.parcours.transitions for regle in _regles_de(transition)}


def _regles_de(transition):
    return {transition.qui, SAISIS} if transition.interdit_a_qui_a_saisi else {transition.qui}


def droits(modele, personne, noms):
    """Return the annotations {rule: condition} that say of each row what a person may."""
    lignes = modele.objects.all()
    return {
        nom: models.ExpressionWrapper(_est_permis(lignes, personne, nom), models.BooleanField()) for nom in sorted(noms)
    }


@condition_gardee
def _est_permis(lignes, personne, regle):
    return Q(Exists(getattr(lignes, regle)(personne).filter(pk=OuterRef("pk"))))


def possibles(objet, personne, permises=None):
    """Return what a person may do of an object as it is, each with what is missing: a query, then `exige`.

    `permises`: the names of the rules (`qui`) that are theirs, when the page has read them already (`droits`).
    """
    if permises is None:
        permises = permises_parmi([objet], personne)[objet.pk]
    return [
        Possible(transition, _manques(transition, objet))
        for transition in objet.parcours.possibles_depuis(etat_de(objet))
        if transition.qui in permises and not _a_saisi(transition, permises)
    ]


def permises_parmi(objets, personne, noms=None):
    """Return {key: rules that are somebody's} of objects of one model: one query, however many they are.

    `noms`: which rules are asked; all those of the table by default.
    """
    objets = list(objets)
    if not objets:
        return {}
    modele = type(objets[0])
    rangees = modele._base_manager.filter(pk__in=[objet.pk for objet in objets])
    permis = droits(modele, personne, noms or regles(modele))
    lues = {
        cle: {nom for nom, oui in zip(permis, ouis, strict=True) if oui}
        for cle, *ouis in rangees.annotate(**permis).values_list("pk", *permis)
    }
    return {objet.pk: lues.get(objet.pk, set()) for objet in objets}


def refus(objet, transition, permises):
    """Return why it is not somebody's to do, "" when it is: who entered it is told so, of what would be theirs."""
    if transition.qui not in permises:
        return "vous n'avez pas ce droit, d'autres que vous l'ont."
    return objet.refus_a_qui_a_saisi if _a_saisi(transition, permises) else ""


def etat_de(objet):
    return getattr(objet, objet.parcours.champ)


def laisse_a_d_autres(objet, permises):
    """Tell whether, of an object as it is, something would be somebody's, had they not entered it."""
    depuis = objet.parcours.possibles_depuis(etat_de(objet))
    return any(une.qui in permises and _a_saisi(une, permises) for une in depuis)


def _a_saisi(transition, permises):
    return transition.interdit_a_qui_a_saisi and SAISIS in permises


def _manques(transition, objet):
    return [manque for exigence in transition.exige for manque in exigence(objet)]


# --- Doing it --------------------------------------------------------------------------------------------------------
def passer(objet, transition, par, *, motif="", autorite="", date=None, acte="", **champs):
    """Move an object, journal it and tell who is to be told, in one transaction. Returns the passage.

    `transition`: its row, or its key. Raises `TransitionInterdite`, `TransitionIncomplete` or `TransitionImpossible`;
    `ValidationError`, by field, when it is what was entered that is wrong. Of two people at once, one passes.
    """
    if isinstance(transition, str):
        transition = objet.parcours.transition(transition)
    passage = None
    try:
        with transaction.atomic():
            # The row is locked, and read again as the one before left it.
            objet.refresh_from_db(from_queryset=type(objet)._base_manager.select_for_update())
            _verifier(objet, transition, par)
            passage = passage_de(
                objet, transition, par, motif=motif.strip(), autorite=autorite, date=date, acte=acte, **champs
            )
            verifier_le_passage(passage, transition)
            deplacer([(objet, passage.saisie_le)], transition)
            if transition.applique:
                transition.applique(objet, passage)
            _ecrire(objet, passage, transition)
            _avertir(passage, objet, transition)
    except IntegrityError:
        if passage:
            # The database checks; its refusal is told in the words of the constraint, of an object that did not move.
            objet.refresh_from_db()
            passage.validate_constraints(exclude=_relations(passage))
        raise
    return passage


def _ecrire(objet, passage, transition):
    objet._passe, objet._change_reason, objet._history_user = True, transition.verbe, passage.saisie_par
    try:
        objet.save()
    finally:
        del objet._passe, objet._change_reason, objet._history_user
    passage.save()


def _verifier(objet, transition, par):
    permises = permises_parmi([objet], par, _regles_de(transition))[objet.pk]
    if raison := refus(objet, transition, permises):
        raise TransitionInterdite(f"« {transition.verbe} » : {raison}")
    if etat_de(objet) not in transition.de:
        raise TransitionImpossible(_ou_en_est(objet, transition))
    if manques := _manques(transition, objet):
        raise TransitionIncomplete(f"« {transition.verbe} » : il manque encore quelque chose.", manques)


def _ou_en_est(objet, transition):
    """Say, to whoever comes second, what the state has become, when, and by whom."""
    instant = timezone.localtime(getattr(objet, objet.parcours.depuis))
    dernier = getattr(objet, objet.parcours.journal).order_by("pk").select_related("saisie_par").last()
    par = f" ({dernier.saisie_par})" if dernier else ""
    etat = getattr(objet, f"get_{objet.parcours.champ}_display")()
    return (
        f"« {transition.verbe} » n'est pas possible : l'état est « {etat} »\N{NO-BREAK SPACE}"
        f"depuis le {instant:%d/%m/%Y} à {instant:%H}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{instant:%M}{par}."
    )


def passage_de(objet, transition, par, **champs):
    # Of the class: an object that is not written yet has no rows.
    relation = getattr(type(objet), objet.parcours.journal).rel
    return relation.related_model(
        **{relation.field.name: objet},
        transition=transition.cle,
        de=etat_de(objet),
        vers=transition.vers or etat_de(objet),
        saisie_par=par,
        **champs,
    )


def verifier_le_passage(passage, transition):
    """Raise `ValidationError`, by field: what is asked and was not given, what was given and is not asked.

    Its constraints are the database's to check.
    """
    erreurs = {}
    if transition.motif and not passage.motif:
        erreurs["motif"] = "Dites pourquoi : le motif est gardé et montré."
    demandes = [*transition.champs, *(["autorite", "date"] if transition.decision else [])]
    for nom in demandes:
        if getattr(passage, nom) in ("", None):
            erreurs[nom] = f"{passage._meta.get_field(nom).verbose_name.capitalize()} : à préciser."
    if erreurs:
        raise ValidationError(erreurs)
    if not transition.decision and passage.autorite:
        raise ValidationError({"autorite": f"« {transition.verbe} » n'est pas une décision d'autorité."})
    passage.full_clean(exclude=_relations(passage), validate_unique=False, validate_constraints=False)


def _relations(passage):
    return {champ.name for champ in passage._meta.concrete_fields if champ.is_relation}


def deplacer(objets, transition):
    """Write the new state of [(object, instant)] in memory: the one place where it is."""
    if transition.effet:
        transition.effet(objets)
    for objet, instant in objets if transition.vers else ():
        setattr(objet, objet.parcours.champ, transition.vers)
        setattr(objet, objet.parcours.depuis, instant)


def _avertir(passage, objet, transition):
    """Write once to each, whatever the number of reasons."""
    parcours = objet.parcours
    if not parcours.genre:
        return
    lien = objet.get_absolute_url() if hasattr(objet, "get_absolute_url") else ""
    contexte = {"objet_du_passage": objet, "passage": passage, "transition": transition}
    ecrits = {passage.saisie_par_id}
    for qui, gabarit in ((transition.sollicite, parcours.sollicitation), (transition.avertit, parcours.gabarit)):
        comptes = [compte for compte in qui(objet) if compte.pk not in ecrits] if qui else []
        ecrits |= {compte.pk for compte in comptes}
        for compte in comptes:
            courrier.ecrire(parcours.genre, compte, gabarit, contexte, lien=lien)
