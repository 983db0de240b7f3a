"""The Django admin, in the portal's words, behind the portal's own sign-in."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig


class Administration(AdminSite):
    site_header = "Territoires d'industrie · administration"
    site_title = "Territoires d'industrie"
    index_title = "Administration du programme"
    enable_nav_sidebar = True


class AdministrationConfig(AdminConfig):
    default_site = "config.administration.Administration"
