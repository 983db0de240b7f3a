"""What the admin shows and does not write."""


class EnLecture:
    """Of a page or an inline whose rows are written elsewhere."""

    def has_add_permission(self, request, *args):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
