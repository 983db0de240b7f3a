"""What every page of the admin shares: a readable history, accent-insensitive search, 404 for what isn't there."""

import re
import unicodedata

from django.apps import apps
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import display_for_field, unquote
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404
from simple_history.admin import SimpleHistoryAdmin
from simple_history.utils import get_m2m_reverse_field_name

VIDE = "(vide)"
_NON_ALPHANUMERIQUE = re.compile(r"[\W_]+")


class AdministrationHistorisee(SimpleHistoryAdmin):
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

    def get_urls(self):
        # Without simple_history's pages of past versions: see above.
        return super(SimpleHistoryAdmin, self).get_urls()

    def get_actions(self, request):
        return {nom: action for nom, action in super().get_actions(request).items() if action[0] is not delete_selected}

    # --- Missing objects

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404(f"{opts.verbose_name} inconnu(e) : {object_id}")

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
        return a_supprimer, nombres, interdits, proteges

    def delete_view(self, request, object_id, extra_context=None):
        return super().delete_view(
            request,
            object_id,
            {"plutot_que_supprimer": self.plutot_que_supprimer, **(extra_context or {})},
        )

    # --- History

    def history_view(self, request, object_id, extra_context=None):
        try:
            cle = self.model._meta.pk.to_python(unquote(object_id))
        except ValidationError:
            raise Http404 from None
        if "\0" in object_id:
            raise Http404
        journaux = [(titre, decrire(lignes)) for titre, lignes in self.journaux_lies(cle)]
        return super().history_view(request, object_id, {"journaux_lies": journaux, **(extra_context or {})})

    def history_view_title(self, request, obj):
        return f"Historique : {obj}"

    def journaux_lies(self, cle):
        """Return [(title, historical rows, latest first)] of the parts of the object, shown under its own history."""
        return []

    def get_history_queryset(self, request, history_manager, pk_name, object_id):
        lignes = super().get_history_queryset(request, history_manager, pk_name, object_id)
        relations = history_manager.model._history_m2m_fields
        return lignes.prefetch_related(*(f"{champ.name}__{get_m2m_reverse_field_name(champ)}" for champ in relations))

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        page = historical_records
        # The oldest row of a page is told apart from the first of the next.
        plus_ancienne = list(page.paginator.object_list[page.end_index() : page.end_index() + 1])
        decrire([*page.object_list, *plus_ancienne])


def simplifier(texte):
    """Return `texte` in lower-case words without accents, separated by a space."""
    # As `tableurs.francais.normaliser`, which this room doesn't know; here other alphabets stay.
    decompose = unicodedata.normalize("NFKD", texte.casefold())
    sans_accents = "".join(caractere for caractere in decompose if not unicodedata.combining(caractere))
    return _NON_ALPHANUMERIQUE.sub(" ", sans_accents).strip()


def decrire(lignes):
    """Give each historical row its `changements`: [(field, before, after)], against the row before it.

    `lignes` come latest first and may be of several objects. A creation tells what was written, a deletion what was lost.
    """
    lignes = list(lignes)
    precedentes = {}
    for ligne in reversed(lignes):
        ligne.changements = _changements(precedentes.get(_cle(ligne)), ligne)
        precedentes[_cle(ligne)] = ligne
    return lignes


def _cle(ligne):
    return getattr(ligne, ligne.instance_type._meta.pk.attname)


def _changements(avant, apres):
    if apres.history_type == "-":
        return []
    changements = []
    for champ in (*apres.tracked_fields, *apres._history_m2m_fields):
        if not champ.editable:
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
        autre = get_m2m_reverse_field_name(champ)
        return ", ".join(sorted(str(getattr(lien, autre)) for lien in getattr(ligne, champ.name).all())) or VIDE
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
