"""What every page of the admin shares: a readable history, accent-insensitive search, 404 for what isn't there."""

from collections import defaultdict
from contextlib import contextmanager

from django.apps import apps
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import display_for_field, unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, models
from django.http import Http404
from django.utils.text import capfirst
from simple_history.admin import SimpleHistoryAdmin
from simple_history.utils import get_m2m_reverse_field_name

from comptes.acces import est_modifiable, voit_tout
from comptes.administration_regle import SelonLaRegle
from comptes.noms import simplifier

# Rooms that this one doesn't know have it in `tableurs.francais`.
INSECABLE = "\N{NO-BREAK SPACE}"
VIDE = "(vide)"


class SansDetour:
    """Of a form or an inline: an object is chosen there, not changed nor deleted in passing."""

    # Fields whose missing object may be added from here.
    se_creent_en_passant = ()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        champ = super().formfield_for_dbfield(db_field, request, **kwargs)
        if champ and isinstance(champ.widget, RelatedFieldWidgetWrapper):
            champ.widget.can_add_related &= db_field.name in self.se_creent_en_passant
            champ.widget.can_change_related = champ.widget.can_delete_related = False
        return champ


@contextmanager
def filtres_impossibles():
    """Say as Django's admin does that no column may hold what was asked: a null character, a year of ten figures."""
    try:
        yield
    except (ValueError, OverflowError, DataError) as erreur:
        raise IncorrectLookupParameters from erreur


class Liste(ChangeList):
    def get_queryset(self, request, **kwargs):
        with filtres_impossibles():
            return super().get_queryset(request, **kwargs)

    def get_results(self, request):
        if not self.params:
            return super().get_results(request)
        with filtres_impossibles():
            return super().get_results(request)


class AdministrationHistorisee(SelonLaRegle, SansDetour, SimpleHistoryAdmin):
    """Base of our admin pages.

    The history is read, not replayed: going back is an ordinary change, which passes through the same checks as
    any other (simple_history's « revert » page would skip them, and forgets inlines).
    Rows are deleted one at a time, on the page that shows what goes with them.
    """

    object_history_template = "admin/historique.html"
    delete_confirmation_template = "admin/suppression.html"
    history_list_per_page = 50
    list_per_page = 50
    list_max_show_all = 500
    # What to do rather than delete, in one sentence.
    plutot_que_supprimer = ""
    # Fields whose changes the history leaves out.
    tus_dans_l_historique = ()

    def get_urls(self):
        # Without simple_history's pages of past versions: see above.
        return super(SimpleHistoryAdmin, self).get_urls()

    def get_changelist(self, request, **kwargs):
        return Liste

    def get_actions(self, request):
        return {nom: action for nom, action in super().get_actions(request).items() if action[0] is not delete_selected}

    # --- Writing

    def save_model(self, request, obj, form, change):
        """Write inside the scope only, whatever the form was made to say: Django's transaction undoes the rest."""
        super().save_model(request, obj, form, change)
        if not est_modifiable(obj, request.user):
            raise PermissionDenied

    # --- Titles: Django's put an article-less name in an English sentence's place

    def changelist_view(self, request, extra_context=None):
        titre = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": titre, **(extra_context or {})})

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        nom = self.opts.verbose_name
        titre = capfirst(nom) if object_id else f"Ajouter{INSECABLE}: {nom}"
        return super().changeform_view(request, object_id, form_url, {"title": titre, **(extra_context or {})})

    # --- Search

    def get_search_results(self, request, queryset, search_term):
        """Keep the rows whose `search_fields`, taken together, contain every word: whatever accents and case.

        Compared here rather than in SQL, which neither database does alike: for tables of a few thousand rows.
        """
        mots = simplifier(search_term).split()
        if not search_term.strip() or not self.get_search_fields(request):
            return queryset, False
        champs = queryset.order_by().values_list("pk", *self.get_search_fields(request))
        textes = {}
        for cle, *valeurs in champs.iterator(chunk_size=2000):
            textes[cle] = f"{textes.get(cle, '')} {simplifier(' '.join(str(v) for v in valeurs if v))}"
        trouvees = [cle for cle, texte in textes.items() if mots and all(mot in texte for mot in mots)]
        return queryset.filter(pk__in=trouvees), False

    # --- Deletion

    def get_deleted_objects(self, objs, request):
        a_supprimer, nombres, interdits, proteges = super().get_deleted_objects(objs, request)
        liaisons = {
            modele._meta.verbose_name_plural
            for modele in apps.get_models(include_auto_created=True)
            if modele._meta.auto_created
        }
        nombres = {libelle: nombre for libelle, nombre in nombres.items() if libelle not in liaisons}
        # « Label: object », some of them safe HTML: their kind is kept.
        proteges = [type(texte)(texte.replace(": ", f"{INSECABLE}: ", 1)) for texte in proteges]
        return a_supprimer, nombres, interdits, proteges

    def delete_view(self, request, object_id, extra_context=None):
        return super().delete_view(
            request,
            object_id,
            {
                "title": "Suppression",
                "plutot_que_supprimer": self.plutot_que_supprimer,
                **(extra_context or {}),
            },
        )

    # --- History

    def history_view(self, request, object_id, extra_context=None):
        try:
            cle = self.model._meta.pk.clean(unquote(object_id), None)
        except ValidationError:
            raise Http404 from None
        if "\0" in object_id or not self._montre_l_historique(request, cle):
            raise Http404
        journaux = self.journaux_lies(cle)
        return super().history_view(request, object_id, {"journaux_lies": journaux, **(extra_context or {})})

    def _montre_l_historique(self, request, cle):
        """Tell whether the reader sees the object; once it is deleted, whether they see every one."""
        if self.get_queryset(request).filter(pk=cle).exists():
            return True
        return not self.model._base_manager.filter(pk=cle).exists() and voit_tout(request.user)

    def history_view_title(self, request, obj):
        return f"Historique{INSECABLE}: {obj}"

    def journaux_lies(self, cle):
        """Return [(title, rows from `decrire`, each with its `objet`)] of the parts of the object."""
        return []

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        decrire_la_page(historical_records, self.tus_dans_l_historique)


def decrire_la_page(page, sauf=()):
    """Give each historical row of a page (`django.core.paginator`), latest first, its `changements`."""
    # The oldest row of a page is told apart from the first of the next.
    plus_ancienne = list(page.paginator.object_list[page.end_index() : page.end_index() + 1])
    decrire([*page.object_list, *plus_ancienne], sauf)


def decrire(lignes, sauf=()):
    """Give each historical row its `changements`: [(field, before, after)], against the row before it.

    `lignes` come latest first and may be of several objects; the fields named in `sauf` are left out. A creation
    tells what was written, with nothing before.
    """
    lignes = list(lignes)
    _lire_liaisons(lignes)
    precedentes = {}
    for ligne in reversed(lignes):
        ligne.changements = _changements(precedentes.get(_cle(ligne)), ligne, sauf)
        precedentes[_cle(ligne)] = ligne
    return lignes


def _lire_liaisons(lignes):
    """Give each row its `liaisons`: {name of a many-to-many field: names of the objects}, in one query each."""
    for ligne in lignes:
        ligne.liaisons = defaultdict(list)
    for champ in lignes[0]._history_m2m_fields if lignes else ():
        par_cle = {ligne.pk: ligne for ligne in lignes}
        autre = get_m2m_reverse_field_name(champ)
        liens = getattr(lignes[0], champ.name).model.objects.filter(history__in=par_cle)
        for lien in liens.select_related(autre):
            par_cle[lien.history_id].liaisons[champ.name].append(str(getattr(lien, autre)))


def _cle(ligne):
    return getattr(ligne, ligne.instance_type._meta.pk.attname)


def _changements(avant, apres, sauf):
    if apres.history_type == "-":
        return []
    changements = []
    for champ in (*apres.tracked_fields, *apres._history_m2m_fields):
        if not champ.editable or isinstance(champ, models.AutoField) or champ.name in sauf:
            continue
        ancienne, nouvelle = _afficher(avant, champ), _afficher(apres, champ)
        if ancienne != nouvelle:
            # Nothing before: the object has just been made, or its first row is not in what was read.
            changements.append((champ.verbose_name, "" if avant is None else ancienne, nouvelle))
    return changements


def _afficher(ligne, champ):
    if ligne is None:
        return VIDE
    if isinstance(champ, models.ManyToManyField):
        return ", ".join(sorted(ligne.liaisons[champ.name])) or VIDE
    if isinstance(champ, models.ForeignKey):
        cle = getattr(ligne, champ.attname)
        return VIDE if cle is None else _afficher_objet(ligne, champ, cle)
    valeur = getattr(ligne, champ.attname)
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    return VIDE if valeur in (None, "") else str(display_for_field(valeur, champ, VIDE))


def _afficher_objet(ligne, champ, cle):
    # Histories keep the keys of objects deleted since.
    try:
        return str(getattr(ligne, champ.name) or f"{cle} (supprimé depuis)")
    except champ.related_model.DoesNotExist:
        return f"{cle} (supprimé depuis)"
