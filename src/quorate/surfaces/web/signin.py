"""One sign-in form for both ways that need an address: with a password when there is one, by a mailed code when not."""

from __future__ import annotations

from allauth.account.forms import LoginForm

from quorate.kernel.i18n import _


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """An address, and a password for those who have one; left empty, a code is sent."""

    def _setup_password_field(self) -> None:
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("E-mail address")
        login.widget.attrs.pop("placeholder", None)
        password.required = False
        password.help_text = _("Leave it empty and a code is sent to your address.")
        password.widget.attrs.pop("placeholder", None)
