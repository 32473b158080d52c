"""The staff's addresses, all under /console/."""

from __future__ import annotations

from django.urls import path

from bitp.desk.staff.views import entrance, join, keys, lock, roster

app_name = "staff"

urlpatterns = [
    path("sign-in", entrance.sign_in, name="sign_in"),
    path("sign-in/options", entrance.sign_in_options, name="sign_in_options"),
    path("sign-in/passkey", entrance.sign_in_by_passkey, name="sign_in_by_passkey"),
    path("sign-in/language", entrance.language, name="language"),
    path("sign-out", entrance.sign_out, name="sign_out"),
    path("locked", lock.locked, name="locked"),
    path("locked/options", lock.unlock_options, name="unlock_options"),
    path("locked/passkey", lock.unlock_by_passkey, name="unlock_by_passkey"),
    path("lock", lock.lock_now, name="lock"),
    path("activity", lock.activity, name="activity"),
    path("join/<str:token>", join.join, name="join"),
    path("join/<str:token>/options", join.join_options, name="join_options"),
    path("join/<str:token>/passkey", join.join_by_passkey, name="join_by_passkey"),
    path("keys/", keys.keys, name="keys"),
    path("keys/options", keys.add_options, name="key_options"),
    path("keys/add", keys.add, name="add_key"),
    path("keys/<int:factor_id>/remove", keys.remove, name="remove_key"),
    path("staff/", roster.roster, name="roster"),
    path("staff/invite", roster.invite, name="invite"),
    path("staff/invitations/<int:invitation_id>/resend", roster.resend, name="resend"),
    path("staff/invitations/<int:invitation_id>/withdraw", roster.withdraw, name="withdraw"),
    path("staff/<int:member_id>/", roster.member, name="member"),
    path("staff/<int:member_id>/role", roster.change_role, name="change_role"),
    path("staff/<int:member_id>/deactivate", roster.deactivate, name="deactivate"),
]
