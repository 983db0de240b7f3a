"""The rule of access in the admin: which rows, which choices, which filters."""

import re
from functools import partial

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.http import Http404

from comptes.acces import est_modifiable

# What the links of a filter add to its name.
_PRECISIONS = re.compile(r"(__(id|pk|code))?(__(exact|isnull|in|gte|lt|year|month|day))?")


def _precise(lookup, nom):
    """Tell whether a lookup of an address is that filter."""
    return lookup.startswith(nom) and bool(_PRECISIONS.fullmatch(lookup.removeprefix(nom)))


class SelonLaRegle:
    """Of a page or an inline of the admin: one more screen behind the rule of access (`comptes.acces`).

    Rows come from `visibles_par`, what may be written from `modifiables_par`; so do the choices of the forms, the
    history, what autocompletes propose. Outside the scope nothing exists (404); inside, without the right: 403.
    """

    def get_queryset(self, request):
        return super().get_queryset(request) & self.model.objects.visibles_par(request.user)

    def get_object(self, request, object_id, from_field=None):
        """Raise 404 outside the scope, before any right is looked at: inside, without the right, Django answers 403."""
        objet = super().get_object(request, object_id, from_field)
        if objet is None:
            raise Http404(f"{self.opts.verbose_name} inconnu(e) : {object_id}")
        return objet

    def has_module_permission(self, request):
        return request.user.is_staff

    def has_view_permission(self, request, obj=None):
        return request.user.is_staff

    def has_add_permission(self, request, *args):
        return self._interroger(request, None, self.model.objects.ajoutables_par)

    def has_change_permission(self, request, obj=None):
        return self._peut_ecrire(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self._peut_ecrire(request, obj)

    def lookup_allowed(self, lookup, value, request=None):
        """Take the filters of the page only: Django lets any field one relation away be guessed, passwords included."""
        noms = [filtre[0] if isinstance(filtre, tuple) else filtre for filtre in self.get_list_filter(request)]
        if self.date_hierarchy:
            noms.append(self.date_hierarchy)
        return any(_precise(lookup, nom) for nom in noms if isinstance(nom, str))

    def get_view_on_site_url(self, obj=None):
        """Link to the page itself: Django's shortcut would answer for any object."""
        if obj is None or callable(self.view_on_site):
            return self.view_on_site(obj) if obj else None
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    def _peut_ecrire(self, request, obj):
        """Tell whether the object may be written; of no object in particular, whether some may be."""
        if obj is None or obj.pk is None or obj._meta.model is not self.model:
            return self._interroger(request, None, self.model.objects.ajoutables_par)
        return self._interroger(request, obj.pk, partial(est_modifiable, obj))

    def _interroger(self, request, cle, question):
        """Ask once a request: the admin asks again at every button."""
        reponses = request.__dict__.setdefault("_reponses_de_la_regle", {})
        if (self.model, cle) not in reponses:
            reponses[self.model, cle] = question(request.user)
        return reponses[self.model, cle]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(db_field, request, **self._choix(db_field, request, kwargs))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, **self._choix(db_field, request, kwargs))

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        champ = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(getattr(champ, "widget", None), "widget", None)
        if type(widget) in ASSISTES:
            widget.__class__ = ASSISTES[type(widget)]
        return champ

    def _choix(self, db_field, request, kwargs):
        objets = getattr(db_field.related_model, "objects", None)
        if "queryset" not in kwargs and hasattr(objets, "visibles_par"):
            return {**kwargs, "queryset": objets.visibles_par(request.user)}
        return kwargs


class _ChoixDeCles:
    """Of a field with assisted choice: what can't be a key is shown as no choice, where Django would fail."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [cle for cle in value if self._est_une_cle(cle)], attr)

    def _est_une_cle(self, valeur):
        try:
            # Its limits too: SQLite fails on a number that no key reaches.
            self.field.remote_field.model._meta.pk.clean(valeur, None)
        except ValidationError:
            return False
        return True


class _Choix(_ChoixDeCles, AutocompleteSelect):
    pass


class _ChoixMultiple(_ChoixDeCles, AutocompleteSelectMultiple):
    pass


ASSISTES = {AutocompleteSelect: _Choix, AutocompleteSelectMultiple: _ChoixMultiple}
